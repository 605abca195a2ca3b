//! Which instances are meant, where they are not named one by one.

use serde::{Deserialize, Serialize};

use super::{InstanceView, State};

/// What instances have to have in common; nothing set means all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Filter {
    /// One of these: `ready`, `waiting`, `paused`, `finished`, `failed`, `diverged`, or `failed:KIND`.
    pub status: Vec<String>,
    /// Runs of this workflow.
    pub workflow: Option<String>,
    /// Those that have not changed since this moment: milliseconds since the Unix epoch.
    pub unchanged_since: Option<u64>,
    /// Their ids fit this: `*` stands for any text, `?` for one character.
    pub ids: Option<String>,
}

/// What can stand in [`Filter::status`].
pub const STATUSES: [&str; 6] = ["ready", "waiting", "paused", "finished", "failed", "diverged"];

impl Filter {
    /// Does it mean this one?
    #[must_use]
    pub fn fits(&self, view: &InstanceView) -> bool {
        let status = self.status.is_empty() || self.status.iter().any(|status| is(&view.state, status));
        status
            && self.workflow.as_ref().is_none_or(|workflow| *workflow == view.workflow)
            && self.unchanged_since.is_none_or(|since| view.changed <= since)
            && self.ids.as_ref().is_none_or(|ids| fits(ids, &view.id))
    }

    /// Nothing is set.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// A state by its word.
fn is(state: &State, word: &str) -> bool {
    match state {
        State::Ready => word == "ready",
        State::Waiting { .. } => word == "waiting",
        State::Paused => word == "paused",
        State::Finished => word == "finished",
        State::Failed { kind } => word == "failed" || word.strip_prefix("failed:") == Some(kind),
        State::Diverged { .. } => word == "diverged",
    }
}

/// Does a name fit a pattern? The place behind the last `*` is all that has to be remembered.
fn fits(pattern: &str, name: &str) -> bool {
    let (pattern, name): (Vec<char>, Vec<char>) = (pattern.chars().collect(), name.chars().collect());
    let (mut at, mut of, mut star) = (0, 0, None);
    while let Some(letter) = name.get(of) {
        match pattern.get(at) {
            Some('*') => {
                star = Some((at, of));
                at += 1;
            }
            Some(wanted) if *wanted == '?' || wanted == letter => {
                at += 1;
                of += 1;
            }
            _ => match star {
                Some((back, taken)) => {
                    star = Some((back, taken + 1));
                    at = back + 1;
                    of = taken + 1;
                }
                None => return false,
            },
        }
    }
    pattern.iter().skip(at).all(|rest| *rest == '*')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn view(id: &str, state: State) -> InstanceView {
        InstanceView {
            id: id.into(),
            workflow: "order".into(),
            digest: "sha256:0".into(),
            state,
            started: 1,
            changed: 5,
            entries: 2,
        }
    }

    #[test]
    fn each_part_has_to_fit() {
        let failed = view("o1", State::Failed { kind: "timeout".into() });
        let status = |words: &[&str]| Filter {
            status: words.iter().map(|word| (*word).to_owned()).collect(),
            ..Filter::default()
        };
        assert!(Filter::default().fits(&failed) && Filter::default().is_empty());
        for (words, fits) in [
            (&["failed"][..], true),
            (&["failed:timeout"], true),
            (&["failed:x"], false),
            (&["paused", "failed"], true),
        ] {
            assert_eq!(status(words).fits(&failed), fits, "{words:?}");
        }
        for word in STATUSES {
            let states = [State::Ready, State::Paused, State::Finished, failed.state.clone()];
            let of = states.iter().filter(|state| is(state, word)).count();
            assert!(of <= 1 && (of == 1 || word == "waiting" || word == "diverged"), "{word}");
        }
        let old = |since| Filter { unchanged_since: Some(since), ..Filter::default() };
        assert!(old(5).fits(&failed) && !old(4).fits(&failed));
        let other = Filter { workflow: Some("pack".into()), ..Filter::default() };
        assert!(!other.fits(&failed));
    }

    proptest! {
        #[test]
        fn a_pattern_is_what_it_says(one in "[ab]{0,6}", two in "[ab]{0,6}", any in "[ab]{0,4}") {
            let name = format!("{one}{any}{two}");
            let pattern = format!("{one}*{two}");
            prop_assert!(fits(&pattern, &name));
            prop_assert_eq!(fits(&one, &two), one == two);
            prop_assert_eq!(fits(&"?".repeat(one.len()), &two), one.len() == two.len());
            let missing = format!("{one}c*");
            prop_assert!(!fits(&missing, &name));
        }
    }
}

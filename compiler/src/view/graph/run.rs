//! A run painted on a picture: how far what stands under each key has come.

use std::collections::BTreeMap;

/// How far an operation of a run has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// It ended well.
    Done,
    /// It was given up.
    Cancelled,
    /// It waits for a moment, an event or a person.
    Waiting,
    /// It is being done.
    Running,
    /// It ended with a failure.
    Failed,
}

impl State {
    /// As classes and legends call it.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Cancelled => "cancelled",
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Failed => "failed",
        }
    }

    /// In the order of legends.
    pub(super) const ALL: [Self; 5] =
        [Self::Done, Self::Running, Self::Waiting, Self::Failed, Self::Cancelled];
}

/// The states of all operations of a run, by their journal keys.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Painting {
    /// By whole key: the operation itself, or the worst of what stands under it.
    states: BTreeMap<String, State>,
}

/// What is known of all keys that one template stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Tally {
    /// The worst of them.
    pub(super) state: State,
    /// How many ended well.
    pub(super) done: usize,
    /// How many there are.
    pub(super) of: usize,
}

impl Painting {
    /// Notes an operation. What it stands under is known by it too: `item[a]/hold` says something of `item[a]`.
    pub fn note(&mut self, key: &str, state: State) {
        let key = key.split('#').next().unwrap_or(key);
        self.states.insert(key.to_owned(), state);
        for (end, _) in key.match_indices('/') {
            let around = key.get(..end).unwrap_or_default().to_owned();
            let known = self.states.entry(around).or_insert(state);
            *known = (*known).max(state);
        }
    }

    /// Nothing is painted.
    pub(super) fn is_empty(&self) -> bool {
        self.states.is_empty()
    }

    /// All keys that a template stands for; none where nothing of it has begun.
    pub(super) fn tally(&self, template: &str) -> Option<Tally> {
        let of_it = self.states.iter().filter(|(key, _)| self::template(key) == template);
        let states: Vec<State> = of_it.map(|(_, state)| *state).collect();
        let state = states.iter().copied().max()?;
        let done = states.iter().filter(|state| **state == State::Done).count();
        Some(Tally { state, done, of: states.len() })
    }
}

/// `item[*]/hold` of `item[sku-1]/hold`.
fn template(key: &str) -> String {
    let mut template = String::new();
    let mut inside = false;
    for c in key.chars() {
        match c {
            '[' => {
                inside = true;
                template.push_str("[*");
            }
            ']' => {
                inside = false;
                template.push(c);
            }
            _ if inside => {}
            _ => template.push(c),
        }
    }
    template
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_are_counted_under_their_template() {
        let mut painting = Painting::default();
        painting.note("item[a%2Fb]/hold", State::Done);
        painting.note("item[c]/hold#2", State::Failed);
        painting.note("item[d]/hold", State::Done);
        painting.note("item[d]/wrap", State::Waiting);
        let tally = |template| painting.tally(template);
        assert_eq!(tally("item[*]/hold"), Some(Tally { state: State::Failed, done: 2, of: 3 }));
        assert_eq!(tally("item[*]"), Some(Tally { state: State::Failed, done: 1, of: 3 }));
        assert_eq!(tally("charge"), None);
    }
}

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
    /// By whole key.
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
    /// Notes an operation; of several notes on one key the last counts.
    pub fn note(&mut self, key: &str, state: State) {
        let key = key.split('#').next().unwrap_or(key);
        self.states.insert(key.to_owned(), state);
    }

    /// Nothing is painted.
    pub(super) fn is_empty(&self) -> bool {
        self.states.is_empty()
    }

    /// All keys that a template stands for; none where nothing of it has begun. What has no operation of its own, as `item[a]`, is as
    /// far as the worst of what stands under it.
    pub(super) fn tally(&self, template: &str) -> Option<Tally> {
        let mut states: BTreeMap<&str, State> = BTreeMap::new();
        for (key, state) in &self.states {
            let ends = key.match_indices('/').map(|(end, _)| end).chain([key.len()]);
            for part in ends.filter_map(|end| key.get(..end)).filter(|part| self::template(part) == template)
            {
                let own = self.states.get(part).copied();
                let known = states.entry(part).or_insert(own.unwrap_or(*state));
                *known = own.unwrap_or((*known).max(*state));
            }
        }
        let state = states.values().copied().max()?;
        let done = states.values().filter(|state| **state == State::Done).count();
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
        painting.note("item[d]/hold", State::Running);
        painting.note("item[d]/hold", State::Done);
        painting.note("item[d]/wrap", State::Waiting);
        let tally = |template| painting.tally(template);
        assert_eq!(tally("item[*]/hold"), Some(Tally { state: State::Failed, done: 2, of: 3 }));
        assert_eq!(tally("item[*]"), Some(Tally { state: State::Failed, done: 1, of: 3 }));
        painting.note("item[d]/wrap", State::Done);
        let both = painting.tally("item[*]");
        assert_eq!(
            both,
            Some(Tally { state: State::Failed, done: 2, of: 3 }),
            "an item is as far as what is in it now"
        );
        assert_eq!(painting.tally("charge"), None);
    }
}

//! Deciding about a request: is it what the journal says, is it news, or neither.

use super::{Asked, Machine, Phase};
use crate::{
    Command, Divergence, Entry, Instant, Key, Outcome, Seq, Side,
    divergence::{self, Case},
};

impl Machine {
    /// The guest of a scope asks for something durable. `key` is as the guest gave it; [`Asked::key`] is that in full, with the
    /// `#2`, `#3` … of a key that this activation used before.
    ///
    /// Recorded under that key: kind and arguments must be the same in full. Not recorded: it is news, unless recorded
    /// requests of this scope have not been asked for yet.
    ///
    /// # Errors
    /// [`Divergence`]; from then on the machine takes nothing and gives the same answer to every request.
    pub fn ask(
        &mut self,
        scope: Option<&Key>,
        key: &str,
        command: Command,
        at: Instant,
    ) -> Result<Asked, Divergence> {
        self.agreed_so_far()?;
        let key = self.progress_mut(scope).claim(Key::within(scope, key));
        let side = |command| Side::Command { key: key.clone(), command };
        if self.history.command(&key) == Some(&command) {
            let progress = self.progress_mut(scope);
            progress.unasked = progress.unasked.saturating_sub(1);
            progress.follow(&command);
            return Ok(Asked { key, news: None });
        }
        if let Some((seq, recorded)) = self.history.request(&key) {
            let divergence = divergence::of(Case::Other, recorded, side(command), Some(key.clone()), seq);
            return self.diverge(divergence);
        }
        self.may_be_news(scope, &key, || side(command.clone()))?;
        self.progress_mut(scope).follow(&command);
        let entry = Entry::Asked { key: key.clone(), at, command };
        self.history.push(entry.clone());
        Ok(Asked { key, news: Some(entry) })
    }

    /// Nothing new may come in front of something recorded.
    pub(crate) fn may_be_news(
        &mut self,
        scope: Option<&Key>,
        key: &Key,
        asked: impl Fn() -> Side,
    ) -> Result<(), Divergence> {
        if self.phase(scope) == Phase::Live {
            return Ok(());
        }
        let (case, recorded, seq) = match self.next_unasked(scope) {
            Some((seq, recorded)) => (Case::InFront, recorded, seq),
            None => match self.history.end_of(scope) {
                Some((seq, outcome)) => (Case::PastTheEnd, Side::End(outcome.clone()), seq),
                None => return Ok(()),
            },
        };
        let divergence = divergence::of(case, recorded, asked(), Some(key.clone()), seq);
        self.diverge(divergence)
    }

    /// The first recorded request that the code of a scope has not come to.
    fn next_unasked(&mut self, scope: Option<&Key>) -> Option<(Seq, Side)> {
        let recorded = self.history.scope(scope)?;
        let progress = match scope {
            None => &mut self.root,
            Some(block) => self.blocks.get_mut(block)?,
        };
        let key = progress.next_unasked(recorded)?;
        self.history.request(key)
    }

    /// The guest of a scope waits for one of these: the index of the one whose end stands first in the journal, or `None` if the
    /// host has to wait. Like [`Machine::first`], but finds out that a guest waits where the recorded one went on.
    ///
    /// # Errors
    /// [`Divergence`] if none has ended while recorded requests have not been asked for yet.
    pub fn wait(&mut self, scope: Option<&Key>, keys: &[Key]) -> Result<Option<usize>, Divergence> {
        self.agreed_so_far()?;
        if let Some(index) = self.first(keys) {
            return Ok(Some(index));
        }
        match self.next_unasked(scope) {
            None => Ok(None),
            Some((seq, recorded)) => {
                let key = recorded.key().cloned();
                self.diverge(divergence::of(Case::Waits, recorded, Side::Wait(keys.to_vec()), key, seq))
            }
        }
    }

    /// The guest of a scope returned: of the run itself, or of a block. Gives the entry to append, or `None` if the same end is
    /// recorded.
    ///
    /// # Errors
    /// [`Divergence`] if recorded requests were never asked for, or if another end is recorded.
    pub fn finish(
        &mut self,
        scope: Option<&Key>,
        outcome: Outcome,
        at: Instant,
    ) -> Result<Option<Entry>, Divergence> {
        self.agreed_so_far()?;
        if let Some((seq, recorded)) = self.next_unasked(scope) {
            let key = recorded.key().cloned();
            return self.diverge(divergence::of(Case::TooEarly, recorded, Side::End(outcome), key, seq));
        }
        if let Some((seq, recorded)) = self.history.end_of(scope) {
            if *recorded != outcome {
                let recorded = Side::End(recorded.clone());
                let (asked, key) = (Side::End(outcome), scope.cloned());
                return self.diverge(divergence::of(Case::OtherEnd, recorded, asked, key, seq));
            }
            self.progress_mut(scope).finished = true;
            return Ok(None);
        }
        let entry = match scope {
            None => Entry::Finished { at, outcome },
            Some(block) => Entry::Ended { key: block.clone(), at, outcome },
        };
        self.history.push(entry.clone());
        self.progress_mut(scope).finished = true;
        Ok(Some(entry))
    }
}

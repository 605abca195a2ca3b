//! `note`: a reading of the world, recorded so that every replay sees the same.

use crate::{
    Divergence, Entry, Instant, Key, Machine, Note, Side,
    divergence::{self, Case},
};

/// The word for what was read.
pub(crate) fn name(note: Note) -> &'static str {
    match note {
        Note::Now(_) => "the clock",
        Note::Random(_) => "a random number",
    }
}

impl Machine {
    /// The guest of a scope reads the clock or asks for a random number. `fresh` is what it gets if nothing is recorded under this
    /// key. Gives the value, and the entry to append if it is news.
    ///
    /// # Errors
    /// [`Divergence`], as with [`Machine::ask`]; a clock under a key that recorded a random number is one too.
    pub fn note(
        &mut self,
        scope: Option<&Key>,
        key: &str,
        fresh: Note,
        at: Instant,
    ) -> Result<(Note, Option<Entry>), Divergence> {
        self.agreed_so_far()?;
        let key = self.progress_mut(scope).claim(Key::within(scope, key));
        let side = || Side::Note { key: key.clone(), note: fresh };
        if let Some((seq, recorded)) = self.history.request(&key) {
            if let Some(note) = self.history.note(&key).filter(|note| name(*note) == name(fresh)) {
                let progress = self.progress_mut(scope);
                progress.unasked = progress.unasked.saturating_sub(1);
                return Ok((note, None));
            }
            let divergence = divergence::of(Case::Other, recorded, side(), Some(key.clone()), seq);
            return self.diverge(divergence);
        }
        self.may_be_news(scope, &key, side)?;
        let entry = Entry::Noted { key, at, note: fresh };
        self.history.push(entry.clone());
        Ok((fresh, Some(entry)))
    }
}

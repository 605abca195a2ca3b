//! `note`: a reading of the world, recorded so that every replay sees the same.

use crate::{
    Divergence, Entry, Instant, Machine, Note, Side,
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
    /// The guest reads the clock or asks for a random number. `fresh` is what it gets if nothing is recorded under this
    /// key. Gives the value, and the entry to append if it is news.
    ///
    /// # Errors
    /// [`Divergence`], as with [`Machine::ask`]; a clock under a key that recorded a random number is one too.
    pub fn note(&mut self, key: &str, fresh: Note, at: Instant) -> Result<(Note, Option<Entry>), Divergence> {
        self.agreed_so_far()?;
        let key = self.progress.claim(key);
        let side = || Side::Note { key: key.clone(), note: fresh };
        if let Some((seq, recorded)) = self.history.request(&key) {
            if let Some(note) = self.history.note(&key).filter(|note| name(*note) == name(fresh)) {
                self.progress.unasked -= 1;
                return Ok((note, None));
            }
            let divergence = divergence::of(Case::Other, recorded, side(), Some(key.clone()), seq);
            return self.diverge(divergence);
        }
        self.may_be_news(&key, side)?;
        let entry = Entry::Noted { key, at, note: fresh };
        self.history.push(entry.clone());
        Ok((fresh, Some(entry)))
    }
}

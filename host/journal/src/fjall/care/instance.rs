//! One instance's entries, one after the other.

use cairn_replay::{Entry, Instant, Seq};

use crate::{
    Digest, Head, InstanceId, Status, StoreError,
    format::{self, Chain, Flaw, Reference, Values},
    model::{Row, key_of},
};

/// Where entries are not as they should be.
#[derive(Clone, Debug)]
pub(super) struct Fault {
    /// Which entry.
    pub(super) at: u64,
    pub(super) why: String,
    /// The entry is whole, and this is a value that it refers to.
    pub(super) value: Option<Reference>,
}

impl Fault {
    pub(super) fn at(at: u64, why: impl Into<String>) -> Self {
        Self { at, why: why.into(), value: None }
    }
}

/// What an instance's entries say.
#[derive(Debug)]
pub(super) struct Story {
    pub(super) id: InstanceId,
    /// The sequence that the next entry would get.
    next: u64,
    chain: Chain,
    workflow: String,
    digest: Digest,
    started: Instant,
    changed: Instant,
    over: Option<Status>,
    /// The first entry that is not as it should be, and why.
    pub(super) fault: Option<Fault>,
}

impl Story {
    pub(super) fn new(id: InstanceId) -> Self {
        Self {
            next: 0,
            chain: Chain::start(&id),
            workflow: String::new(),
            digest: Digest(String::new()),
            started: Instant(0),
            changed: Instant(0),
            over: None,
            fault: None,
            id,
        }
    }

    /// Takes in the next stored entry.
    ///
    /// # Errors
    /// It is of a newer version than this build reads.
    pub(super) fn read(&mut self, seq: Seq, bytes: &[u8], values: &mut dyn Values) -> Result<(), StoreError> {
        if self.fault.is_some() {
            self.next = seq.0 + 1;
            return Ok(());
        }
        if seq.0 != self.next {
            let why = format!("it is missing; the next one there is entry {}", seq.0);
            self.fault = Some(Fault::at(self.next, why));
        } else {
            match format::decode(bytes, self.chain, values) {
                Ok((entry, chain)) => {
                    self.chain = chain;
                    self.take(&entry);
                }
                Err(Flaw::Newer(found)) => {
                    return Err(StoreError::Newer { found: found.into(), known: format::VERSION.into() });
                }
                Err(flaw) => self.fault = Some(self.flawed(seq, bytes, flaw)),
            }
        }
        self.next = seq.0 + 1;
        Ok(())
    }

    fn flawed(&self, seq: Seq, bytes: &[u8], flaw: Flaw) -> Fault {
        let Flaw::Value(reference, _) = flaw else { return Fault::at(seq.0, flaw.to_string()) };
        let of = key_of(bytes, self.chain).map(|key| format!("of `{}`: ", key.0)).unwrap_or_default();
        Fault { value: Some(reference), ..Fault::at(seq.0, format!("{of}{flaw}")) }
    }

    fn take(&mut self, entry: &Entry) {
        match entry {
            Entry::Began(began) => {
                self.workflow.clone_from(&began.workflow);
                self.digest = Digest(began.digest.clone());
                (self.started, self.changed) = (began.at, began.at);
            }
            Entry::Moved { digest, at, .. } => {
                self.digest = Digest(digest.clone());
                self.changed = *at;
            }
            Entry::Finished { outcome, at } => {
                self.changed = *at;
                self.over = Some(match outcome {
                    Ok(_) => Status::Finished,
                    Err(failure) => Status::Failed(failure.kind.clone()),
                });
            }
            _ => {}
        }
    }

    /// What its head is, as far as the entries tell: one that is not over is ready, so that the next start finds out what it waits for.
    pub(super) fn row(&self) -> Row {
        let head = Head {
            id: self.id.clone(),
            workflow: self.workflow.clone(),
            digest: self.digest.clone(),
            status: self.over.clone().unwrap_or(Status::Ready),
            next: Seq(self.next),
            started: self.started,
            changed: self.changed,
        };
        Row { head, chain: self.chain, timer: None }
    }

    /// What a head says of other entries than there are.
    pub(super) fn against(&self, row: &Row) -> Against {
        if let Some(fault) = self.fault.clone() {
            return Against::Entries(fault);
        }
        let (there, said) = (self.next, row.head.next.0);
        if there == said && self.chain == row.chain {
            return Against::Nothing;
        }
        if there > said {
            return Against::Head(format!("it speaks of {said} entries, and there are {there}, whole"));
        }
        Against::Lost(
            there,
            if there < said {
                format!("the journal ends here, but its head speaks of {said} entries")
            } else {
                "the journal's last entry is not the one that its head speaks of".into()
            },
        )
    }
}

/// Which of entries and head is wrong.
pub(super) enum Against {
    Nothing,
    Head(String),
    Entries(Fault),
    Lost(u64, String),
}

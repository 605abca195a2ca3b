//! Messages: each is taken once, none is lost, in order.

use super::{Eye, Violation};
use cairn_host::{
    journal::{Commit, Discard, Message, MessageId, Put},
    replay::{Command, Entry, Instant},
};

/// A message that was put.
#[derive(Debug)]
pub(super) struct Mail {
    pub(super) event: String,
    /// The commit that put it, and its place in the order.
    pub(super) put_in: u64,
    pub(super) place: u64,
    /// Whoever sent it was told that it is kept.
    pub(super) acknowledged: bool,
    /// The commit that took it.
    pub(super) taken_in: Option<u64>,
    /// From when on nobody is to take it.
    pub(super) expires: Option<Instant>,
}

impl Eye {
    /// A message was put.
    pub(crate) fn put(&mut self, number: u64, message: &Message, put: Put) -> Result<(), Violation> {
        self.outstanding.remove(&number);
        let name = (message.to.clone(), message.id.clone());
        let known = self.mail.contains_key(&name);
        match put {
            Put::Accepted if known => {
                Err(Violation::new("5", format!("the message {} was kept twice", message.id.0)))
            }
            Put::Duplicate if !known => Err(Violation::new(
                "5",
                format!("the message {} was refused, and it is the first", message.id.0),
            )),
            Put::Duplicate => Ok(()),
            Put::Accepted => {
                self.puts += 1;
                let (event, place) = (message.event.clone(), self.puts);
                let (expires, put_in) = (message.expires, number);
                let mail = Mail { event, put_in, place, acknowledged: false, taken_in: None, expires };
                self.mail.insert(name, mail);
                self.has_room(&message.to)
            }
        }
    }

    /// Whoever sent it was told that it is kept.
    pub(crate) fn message_acknowledged(&mut self, to: &str, message: &str) -> Result<(), Violation> {
        let name = (super::id(to), MessageId(message.to_owned()));
        let found = self.mail.get_mut(&name);
        match found {
            Some(mail) => {
                mail.acknowledged = true;
                Ok(())
            }
            None if self.removed.contains(&name) => Ok(()),
            None => Err(Violation::new(
                "4",
                format!("the message {message} was acknowledged, and it is not in the inbox"),
            )),
        }
    }

    /// What a commit has taken.
    pub(super) fn consumed(&mut self, number: u64, commit: &Commit) -> Result<(), Violation> {
        let name = &commit.id.instance;
        for message in &commit.consumed {
            let of = (commit.id.clone(), message.clone());
            let Some(mail) = self.mail.get_mut(&of) else {
                return Err(Violation::new("5", format!("{name} took {}, which nobody has sent", message.0)));
            };
            if mail.taken_in.is_some() {
                return Err(Violation::new("5", format!("{name} took {} twice", message.0)));
            }
            if let Some(expires) = mail.expires.filter(|expires| *expires <= commit.at) {
                let late = commit.at.0 - expires.0;
                let what = format!("{name} took {} {late} ms after it had expired", message.0);
                return Err(Violation::new("5", what));
            }
            mail.taken_in = Some(number);
            let (place, event) = (mail.place, mail.event.clone());
            let before = self.mail.iter().find(|((to, _), other)| {
                let waits = other.taken_in.is_none() && other.expires.is_none();
                *to == commit.id && waits && other.event == event && other.place < place
            });
            // Only where the wait takes any message of that name can it be told that the older one should have come first.
            if let Some(((_, older), _)) = before
                && self.takes_any(commit, &event)
            {
                let (older, newer) = (&older.0, &message.0);
                return Err(Violation::new("5", format!("{name} took {newer}, and {older} had come before")));
            }
        }
        Ok(())
    }

    /// Messages were thrown away.
    pub(crate) fn discarded(&mut self, number: u64, discard: &Discard) -> Result<(), Violation> {
        self.carried_out(number);
        for message in &discard.messages {
            let found = self.mail.get_mut(&(discard.to.clone(), message.clone()));
            let Some(mail) = found.filter(|mail| mail.taken_in.is_none()) else { continue };
            if mail.expires.is_none() {
                let what = format!("{} was thrown away, and it had not expired", message.0);
                return Err(Violation::new("5", what));
            }
            mail.taken_in = Some(number);
        }
        Ok(())
    }

    /// The waits that ended with this commit take any message of this name.
    fn takes_any(&self, commit: &Commit, event: &str) -> bool {
        let Some(line) = self.lines.get(&commit.id) else { return false };
        let ended = commit.entries.iter().filter_map(|entry| match entry {
            Entry::Ended { key, .. } => line.steps.get(key),
            _ => None,
        });
        let mut received = ended.filter(|step| matches!(step.command, Command::Receive { .. })).peekable();
        received.peek().is_some()
            && received.all(|step| match &step.command {
                Command::Receive { subscriptions } => subscriptions
                    .iter()
                    .all(|one| one.event == event && one.fields.is_empty() && one.condition.is_none()),
                _ => false,
            })
    }
}

//! A group of requests on its way into one batch. What one of them wrote, the next one sees; each key is written once, with
//! what it holds in the end.

use std::{
    collections::{BTreeMap, BTreeSet},
    mem,
};

use cairn_replay::Seq;
use fjall::{Keyspace, OwnedWriteBatch};

use super::{
    count::Count,
    files::mark,
    keys::{self, Tag},
    rows::Rows,
    tables::Tables,
    values,
};
use crate::{
    Discard, InstanceId, MessageId, Purge, Put, Refusal, Status, StoreError,
    model::{
        Accepted, Kept, Letter, Line, Prepared, Row, admit, change, check_kept, check_letter, check_names,
        may_go,
    },
};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Table {
    Entries,
    Heads,
    Timers,
    Messages,
}

/// A change of the index of timers.
#[derive(Debug)]
pub(super) enum TimerMove {
    Set(Vec<u8>),
    Cleared(Vec<u8>),
}

pub(super) struct Stage<'a> {
    tables: &'a Tables,
    rows: &'a mut Rows,
    puts: &'a mut u64,
    pending: BTreeMap<(Table, Vec<u8>), Option<Vec<u8>>>,
    pub(super) timers: Vec<TimerMove>,
    /// Instances that are removed, and of which the tables still have the rows.
    purged: BTreeSet<InstanceId>,
}

impl<'a> Stage<'a> {
    pub(super) fn new(tables: &'a Tables, rows: &'a mut Rows, puts: &'a mut u64) -> Self {
        Self { tables, rows, puts, pending: BTreeMap::new(), timers: Vec::new(), purged: BTreeSet::new() }
    }

    fn write(&mut self, table: Table, key: Vec<u8>, value: Vec<u8>) {
        self.pending.insert((table, key), Some(value));
    }

    fn remove(&mut self, table: Table, key: Vec<u8>) {
        self.pending.insert((table, key), None);
    }

    /// Takes in a commit, or refuses it; an error concerns this one alone. Nothing of it is staged in either case.
    pub(super) fn commit(&mut self, mut commit: Prepared) -> Result<Result<(), Refusal>, StoreError> {
        check_names(&commit)?;
        let row = self.row(&commit.id)?;
        let places = match self.places(&commit)? {
            Ok(places) => places,
            // Whose turn it is not learns that first.
            Err(missing) => return Ok(Err(admit(row, &mut commit).err().unwrap_or(missing))),
        };
        let lines = match self.lines(&commit)? {
            Ok(lines) => lines,
            Err(refusal) => return Ok(Err(admit(row, &mut commit).err().unwrap_or(refusal))),
        };
        let accepted = match admit(row, &mut commit) {
            Ok(accepted) => accepted,
            Err(refusal) => return Ok(Err(refusal)),
        };
        self.consume(&commit, places);
        self.line_up(&commit, &lines);
        self.keep(&mut commit);
        self.accept(&commit.id, accepted);
        Ok(Ok(()))
    }

    fn row(&self, id: &InstanceId) -> Result<Option<Row>, StoreError> {
        match self.rows.get(id) {
            Some(row) => Ok(Some(row.clone())),
            None if self.purged.contains(id) => Ok(None),
            None => self.tables.view().row(id),
        }
    }

    /// Takes in a removal, or refuses it.
    pub(super) fn purge(&mut self, purge: &Purge) -> Result<Result<(), Refusal>, StoreError> {
        let id = &purge.id;
        let mail = self.mail_of(id)?;
        let row = match may_go(self.row(id)?, !mail.is_empty(), purge) {
            Ok(row) => row,
            Err(refusal) => return Ok(Err(refusal)),
        };
        for key in mail {
            self.remove(Table::Messages, key);
        }
        for name in &purge.kept {
            self.remove(Table::Messages, keys::kept(&id.tenant, name));
        }
        let Some(row) = row else { return Ok(Ok(())) };
        for seq in 0..row.head.next.0 {
            self.remove(Table::Entries, keys::entry(id, Seq(seq)));
        }
        if let Some(due) = row.timer {
            self.remove(Table::Timers, keys::timer(due, id));
            self.timers.push(TimerMove::Cleared(keys::timer(due, id)));
        }
        self.remove(Table::Heads, keys::instance(Tag::Head, id));
        self.rows.remove(id);
        self.purged.insert(id.clone());
        Ok(Ok(()))
    }

    /// The keys of its messages, and of the ids of all that came, as this batch leaves them.
    fn mail_of(&self, id: &InstanceId) -> Result<BTreeSet<Vec<u8>>, StoreError> {
        let mut mail: BTreeSet<Vec<u8>> = self.tables.mail_of(id)?.into_iter().collect();
        for tag in [Tag::Inbox, Tag::Seen] {
            let prefix = keys::instance(tag, id);
            let staged = self.pending.range((Table::Messages, prefix.clone())..);
            for ((_, key), value) in staged.take_while(|((_, key), _)| key.starts_with(&prefix)) {
                match value {
                    Some(_) => mail.insert(key.clone()),
                    None => mail.remove(key),
                };
            }
        }
        Ok(mail)
    }

    /// The places of the messages that a commit consumes; each may be named once.
    fn places(&self, commit: &Prepared) -> Result<Result<Vec<u64>, Refusal>, StoreError> {
        let mut places = Vec::with_capacity(commit.consumed.len());
        for message in &commit.consumed {
            let place = self.place(&keys::seen(&commit.id, message))?.flatten();
            match place.filter(|place| !places.contains(place)) {
                Some(place) => places.push(place),
                None => return Ok(Err(Refusal::NoSuchMessage(message.clone()))),
            }
        }
        Ok(Ok(places))
    }

    /// The lines of locks as a commit leaves them, by the part in front of their keys.
    fn lines(&self, commit: &Prepared) -> Result<Result<BTreeMap<Vec<u8>, Line>, Refusal>, StoreError> {
        let mut lines = BTreeMap::new();
        for one in &commit.locks {
            let prefix = keys::line(&commit.id.tenant, &one.name);
            let mut line = match lines.remove(&prefix) {
                Some(line) => line,
                None => self.line(&prefix)?,
            };
            if let Err(refusal) = change(&mut line, &commit.id, one) {
                return Ok(Err(refusal));
            }
            lines.insert(prefix, line);
        }
        Ok(Ok(lines))
    }

    /// The line of a lock, with what is staged.
    fn line(&self, prefix: &[u8]) -> Result<Line, StoreError> {
        let mut line = self.tables.view().line(prefix)?;
        let staged = self.pending.range((Table::Messages, prefix.to_vec())..);
        for ((_, key), value) in staged.take_while(|((_, key), _)| key.starts_with(prefix)) {
            let Some(stand) = keys::stand_of(prefix, key) else { continue };
            let Some(value) = value else {
                line.remove(&stand);
                continue;
            };
            let place = values::read_place(value);
            let place = place.map_err(|flaw| self.tables.damaged("the line of a lock", flaw))?;
            line.insert(stand, place.is_some());
        }
        Ok(line)
    }

    fn line_up(&mut self, commit: &Prepared, lines: &BTreeMap<Vec<u8>, Line>) {
        for one in &commit.locks {
            let prefix = keys::line(&commit.id.tenant, &one.name);
            let stand = (one.asked, commit.id.instance.clone(), one.key.clone());
            let key = keys::stand(&prefix, &stand);
            match lines.get(&prefix).and_then(|line| line.get(&stand)) {
                None => self.remove(Table::Messages, key),
                Some(holds) => {
                    let place = holds.then_some(1);
                    self.write(Table::Messages, key, values::write_place(place));
                }
            }
        }
    }

    fn keep(&mut self, commit: &mut Prepared) {
        for (name, value) in mem::take(&mut commit.kept) {
            let value = values::write_kept(commit.at, &value);
            self.write(Table::Messages, keys::kept(&commit.id.tenant, &name), value);
        }
    }

    /// Keeps something by itself, or forgets it.
    pub(super) fn keep_alone(&mut self, kept: &Kept) -> Result<(), StoreError> {
        check_kept(kept)?;
        let key = keys::kept(&kept.tenant, &kept.name);
        match &kept.value {
            Some(value) => self.write(Table::Messages, key, values::write_kept(kept.at, value)),
            None => self.remove(Table::Messages, key),
        }
        Ok(())
    }

    fn place(&self, seen: &[u8]) -> Result<Option<Option<u64>>, StoreError> {
        match self.pending.get(&(Table::Messages, seen.to_vec())) {
            Some(Some(staged)) => values::read_place(staged)
                .map(Some)
                .map_err(|flaw| self.tables.damaged("the index of messages", flaw)),
            Some(None) => Ok(None),
            None => self.tables.place(seen),
        }
    }

    fn consume(&mut self, commit: &Prepared, places: Vec<u64>) {
        for (message, place) in commit.consumed.iter().zip(places) {
            self.take_out(&commit.id, message, place);
        }
    }

    /// Out of the inbox; its id stays known.
    fn take_out(&mut self, of: &InstanceId, message: &MessageId, place: u64) {
        self.remove(Table::Messages, keys::inbox(of, place));
        self.write(Table::Messages, keys::seen(of, message), values::write_place(None));
    }

    /// Removes messages that nobody is to have any more.
    pub(super) fn discard(&mut self, discard: &Discard) -> Result<(), StoreError> {
        for message in &discard.messages {
            if let Some(Some(place)) = self.place(&keys::seen(&discard.to, message))? {
                self.take_out(&discard.to, message, place);
            }
        }
        Ok(())
    }

    fn accept(&mut self, id: &InstanceId, accepted: Accepted) {
        let Accepted { row, old_timer, new_timer, was_ready, entries, stale } = accepted;
        for seq in stale {
            self.remove(Table::Entries, keys::entry(id, Seq(seq)));
        }
        for (seq, bytes) in entries {
            self.write(Table::Entries, keys::entry(id, seq), bytes);
        }
        if let Some(due) = old_timer {
            self.remove(Table::Timers, keys::timer(due, id));
            self.timers.push(TimerMove::Cleared(keys::timer(due, id)));
        }
        if let Some(due) = new_timer {
            self.write(Table::Timers, keys::timer(due, id), Vec::new());
            self.timers.push(TimerMove::Set(keys::timer(due, id)));
        }
        match (was_ready, row.head.status == Status::Ready) {
            (false, true) => self.write(Table::Heads, keys::instance(Tag::Ready, id), Vec::new()),
            (true, false) => self.remove(Table::Heads, keys::instance(Tag::Ready, id)),
            (true, true) | (false, false) => {}
        }
        self.write(Table::Heads, keys::instance(Tag::Head, id), values::write_row(&row));
        self.rows.insert(row);
    }

    pub(super) fn put(&mut self, letter: &Letter) -> Result<Put, StoreError> {
        check_letter(letter)?;
        let seen = keys::seen(&letter.to, &letter.id);
        if self.place(&seen)?.is_some() {
            return Ok(Put::Duplicate);
        }
        let number = *self.puts;
        *self.puts += 1;
        self.write(Table::Messages, keys::inbox(&letter.to, number), values::write_letter(letter));
        self.write(Table::Messages, seen, values::write_place(Some(number)));
        self.write(Table::Heads, keys::puts(), values::write_place(Some(*self.puts)));
        Ok(Put::Accepted)
    }

    /// The batch, numbered, and what is to be told about timers once it is visible.
    pub(super) fn batch(self, count: &mut Count) -> (OwnedWriteBatch, Vec<TimerMove>) {
        let mut batch = OwnedWriteBatch::with_capacity(self.tables.db.clone(), self.pending.len() + 4);
        if !self.pending.is_empty() {
            let wrote = [Table::Entries, Table::Timers, Table::Messages].map(|table| {
                self.pending.range((table, Vec::new())..).next().is_some_and(|((of, _), _)| *of == table)
            });
            let (whole, parts) = count.next(self.tables.db.seqno(), wrote);
            batch.insert(&self.tables.heads, mark::KEY, whole.write());
            let tables = [&self.tables.entries, &self.tables.timers, &self.tables.messages];
            for (keyspace, part) in tables.into_iter().zip(parts) {
                if let Some(part) = part {
                    batch.insert(keyspace, mark::KEY, part.write());
                }
            }
        }
        for ((table, key), value) in self.pending {
            let keyspace = keyspace(self.tables, table);
            match value {
                Some(value) => batch.insert(keyspace, key, value),
                None => batch.remove(keyspace, key),
            }
        }
        (batch, self.timers)
    }
}

fn keyspace(tables: &Tables, table: Table) -> &Keyspace {
    match table {
        Table::Entries => &tables.entries,
        Table::Heads => &tables.heads,
        Table::Timers => &tables.timers,
        Table::Messages => &tables.messages,
    }
}

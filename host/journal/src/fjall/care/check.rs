//! Everything in the tables against everything else.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use cairn_replay::Instant;

use super::{
    ASIDE,
    finding::Counts,
    instance::{Against, Fault, Story},
    lying::{File, Known, lying},
};
use crate::{
    Digest, InstanceId, Status, StoreError,
    fjall::{
        keys::{self, Tag},
        tables::{Tables, View},
        values,
    },
    model::Row,
};

/// Something in the tables that is not as it should be.
#[derive(Debug)]
pub(super) enum Wrong {
    /// Entries are not what was written.
    Entries { id: InstanceId, fault: Fault, aside: bool, row: Row },
    /// Entries are whole, but the head is not theirs.
    Head { id: InstanceId, why: String, rebuilt: Row },
    /// The index of timers and a head disagree.
    Timer { id: InstanceId, due: Instant, missing: bool },
    /// The index of those that can go on and a head disagree.
    Ready { id: InstanceId, missing: bool },
    /// A message and the index of messages disagree; what is to be written where.
    Message { id: InstanceId, why: String, mend: (Vec<u8>, Option<Vec<u8>>) },
    /// Somebody stands in the line of a lock who cannot.
    Lock { id: InstanceId, lock: String, why: String, key: Vec<u8> },
    /// A row cannot be read.
    Row { table: &'static str, why: String, key: Vec<u8> },
    /// A blob's bytes are others.
    Blob { path: String, why: String },
    /// The code of an instance that is not over is missing.
    NoBlob { id: InstanceId, digest: Digest },
}

impl Wrong {
    /// Whose entries are damaged.
    pub(super) fn damaged(&self) -> Option<&InstanceId> {
        match self {
            Self::Entries { id, .. } => Some(id),
            _ => None,
        }
    }

    /// Whether it is a consequence of setting one of these aside.
    pub(super) fn follows_from(&self, damaged: &[&InstanceId]) -> bool {
        match self {
            Self::Timer { id, .. } | Self::Ready { id, .. } => damaged.contains(&id),
            _ => false,
        }
    }
}

/// Looks through the tables, and the blobs and large values of a directory.
pub(super) fn check(tables: &Tables, dir: &Path, counts: &mut Counts) -> Result<Vec<Wrong>, StoreError> {
    let values = lying(&dir.join("values"))?;
    let (view, found, rows) = (tables.view(), Vec::new(), BTreeMap::new());
    let mut checking = Checking { tables, view, values: &values, counts, found, rows };
    let stories = checking.stories()?;
    checking.heads(stories)?;
    checking.timers()?;
    checking.ready()?;
    checking.messages()?;
    checking.blobs(&dir.join("blobs"))?;
    Ok(checking.found)
}

struct Checking<'a> {
    tables: &'a Tables,
    view: View<'a>,
    values: &'a BTreeMap<Digest, File>,
    counts: &'a mut Counts,
    found: Vec<Wrong>,
    /// Heads as they are, or as they will be once mended.
    rows: BTreeMap<InstanceId, Row>,
}

impl Checking<'_> {
    fn unreadable(&mut self, table: &'static str, key: &[u8], why: impl Into<String>) {
        self.found.push(Wrong::Row { table, why: why.into(), key: key.to_vec() });
    }

    fn stories(&mut self) -> Result<BTreeMap<InstanceId, Story>, StoreError> {
        let (mut stories, mut bad) = (BTreeMap::<InstanceId, Story>::new(), Vec::new());
        for item in self.view.all(&self.tables.entries) {
            let (key, bytes) = item?;
            let Some((id, seq)) = keys::entry_of(&key) else {
                bad.push(key);
                continue;
            };
            self.counts.entries += 1;
            stories.entry(id.clone()).or_insert_with(|| Story::new(id)).read(
                seq,
                &bytes,
                &mut Known(self.values),
            )?;
        }
        for key in bad {
            self.unreadable("entries", &key, "its key names no instance");
        }
        Ok(stories)
    }

    fn heads(&mut self, mut stories: BTreeMap<InstanceId, Story>) -> Result<(), StoreError> {
        for item in self.view.all(&self.tables.heads).collect::<Vec<_>>() {
            let (key, bytes) = item?;
            if key.first() != Some(&(Tag::Head as u8)) {
                continue;
            }
            let Some(id) = keys::instance_of(&key) else {
                self.unreadable("heads", &key, "its key names no instance");
                continue;
            };
            let story = stories.remove(&id);
            match (values::read_row(id.clone(), &bytes), story) {
                (Ok(row), Some(story)) => self.head(row, &story),
                (Ok(row), None) => {
                    let why =
                        format!("the journal is empty, but its head speaks of {} entries", row.head.next.0);
                    self.damaged(row, Fault::at(0, why));
                }
                (Err(flaw), Some(story)) => self.headless(&story, format!("it cannot be read: {flaw}")),
                (Err(flaw), None) => self.unreadable("heads", &key, format!("{flaw}, and it has no entries")),
            }
            self.counts.instances += 1;
        }
        for story in stories.into_values() {
            self.counts.instances += 1;
            self.headless(&story, "it is missing, but there are entries".into());
        }
        Ok(())
    }

    fn head(&mut self, row: Row, story: &Story) {
        match story.against(&row) {
            Against::Nothing => drop(self.rows.insert(row.head.id.clone(), row)),
            Against::Head(why) => self.headless(story, why),
            Against::Lost(at, why) => self.damaged(row, Fault::at(at, why)),
            Against::Entries(fault) => self.damaged(row, fault),
        }
    }

    /// Its head cannot be what it was: entries tell what it is.
    fn headless(&mut self, story: &Story, why: String) {
        let rebuilt = story.row();
        match story.fault.clone() {
            Some(fault) => self.damaged(rebuilt, fault),
            None => {
                self.rows.insert(story.id.clone(), rebuilt.clone());
                self.found.push(Wrong::Head { id: story.id.clone(), why, rebuilt });
            }
        }
    }

    fn damaged(&mut self, mut row: Row, fault: Fault) {
        let aside = matches!(&row.head.status, Status::Diverged(said) if said.starts_with(ASIDE));
        self.counts.aside += u64::from(aside);
        let id = row.head.id.clone();
        // Set aside, it has neither timer nor turn.
        row.timer = None;
        row.head.status = Status::Diverged(format!("{ASIDE}entry {}: {}", fault.at, fault.why));
        self.rows.insert(id.clone(), row.clone());
        self.found.push(Wrong::Entries { id, fault, aside, row });
    }

    fn timers(&mut self) -> Result<(), StoreError> {
        let mut wanted: BTreeSet<(Instant, InstanceId)> =
            self.rows.iter().filter_map(|(id, row)| Some((row.timer?, id.clone()))).collect();
        for item in self.view.all(&self.tables.timers).collect::<Vec<_>>() {
            let (key, _) = item?;
            self.counts.timers += 1;
            let (Some(due), Some(id)) = (keys::due(&key), keys::timer_of(&key)) else {
                self.unreadable("timers", &key, "its key names no instance");
                continue;
            };
            if !wanted.remove(&(due, id.clone())) {
                self.found.push(Wrong::Timer { id, due, missing: false });
            }
        }
        self.found.extend(wanted.into_iter().map(|(due, id)| Wrong::Timer { id, due, missing: true }));
        Ok(())
    }

    fn ready(&mut self) -> Result<(), StoreError> {
        let ready = |(id, row): (&InstanceId, &Row)| (row.head.status == Status::Ready).then(|| id.clone());
        let mut wanted: BTreeSet<InstanceId> = self.rows.iter().filter_map(ready).collect();
        for id in self.view.ready().collect::<Vec<_>>() {
            let id = id?;
            if !wanted.remove(&id) {
                self.found.push(Wrong::Ready { id, missing: false });
            }
        }
        self.found.extend(wanted.into_iter().map(|id| Wrong::Ready { id, missing: true }));
        Ok(())
    }

    fn messages(&mut self) -> Result<(), StoreError> {
        let (mut inbox, mut seen, mut puts) = (BTreeMap::new(), BTreeMap::new(), 0);
        for item in self.view.all(&self.tables.messages).collect::<Vec<_>>() {
            let (key, bytes) = item?;
            match key.first().copied() {
                Some(tag) if tag == Tag::Inbox as u8 => {
                    self.counts.messages += 1;
                    let read = keys::inbox_of(&key)
                        .and_then(|(id, number)| Some((number, values::read_letter(id, &bytes).ok()?)));
                    let Some((number, letter)) = read else {
                        self.unreadable("messages", &key, "a message in it cannot be read");
                        continue;
                    };
                    puts = puts.max(number + 1);
                    let of = (letter.to.clone(), letter.id.clone());
                    match letter.message(&mut Known(self.values)) {
                        Ok(_) => drop(inbox.insert(of, number)),
                        Err(lost) => self.unreadable("messages", &key, lost.to_string()),
                    }
                }
                Some(tag) if tag == Tag::Seen as u8 => {
                    match (keys::seen_of(&key), values::read_place(&bytes)) {
                        (Some(of), Ok(place)) => drop(seen.insert(of, place)),
                        _ => self.unreadable("messages", &key, "the place of a message cannot be read"),
                    }
                }
                Some(tag) if tag == Tag::Line as u8 => self.lock(&key, &bytes),
                Some(tag) if tag == Tag::Kept as u8 => {
                    self.counts.kept += 1;
                    self.kept(&key, &bytes);
                }
                _ => self.unreadable("messages", &key, "its key is of no known kind"),
            }
        }
        self.places(&inbox, &seen);
        self.puts(puts)
    }

    fn kept(&mut self, key: &[u8], bytes: &[u8]) {
        let Ok((_, value)) = values::read_kept(bytes) else {
            return self.unreadable("messages", key, "a kept outcome cannot be read");
        };
        if let Err(lost) = value.had(&mut Known(self.values), || "a kept outcome".into()) {
            self.unreadable("messages", key, lost.to_string());
        }
    }

    fn places(
        &mut self,
        inbox: &BTreeMap<(InstanceId, crate::MessageId), u64>,
        seen: &BTreeMap<(InstanceId, crate::MessageId), Option<u64>>,
    ) {
        for (of @ (id, message), number) in inbox {
            if seen.get(of) != Some(&Some(*number)) {
                let why = format!("message `{}` is there, but not in the index", message.0);
                let mend = (keys::seen(id, message), Some(values::write_place(Some(*number))));
                self.found.push(Wrong::Message { id: id.clone(), why, mend });
            }
        }
        for (of @ (id, message), place) in seen {
            if place.is_some() && !inbox.contains_key(of) {
                let why = format!("message `{}` was accepted, and is not there", message.0);
                let mend = (keys::seen(id, message), Some(values::write_place(None)));
                self.found.push(Wrong::Message { id: id.clone(), why, mend });
            }
        }
    }

    fn puts(&mut self, least: u64) -> Result<(), StoreError> {
        if self.tables.view().puts().unwrap_or(0) >= least {
            return Ok(());
        }
        let id = InstanceId { tenant: String::new(), instance: String::new() };
        let why = format!("{least} messages were put, and fewer are counted");
        self.found.push(Wrong::Message {
            id,
            why,
            mend: (keys::puts(), Some(values::write_place(Some(least)))),
        });
        Ok(())
    }

    fn lock(&mut self, key: &[u8], bytes: &[u8]) {
        self.counts.locks += 1;
        let (Some((id, lock)), Ok(place)) = (keys::waiter_of(key), values::read_place(bytes)) else {
            self.unreadable("messages", key, "a place in the line of a lock cannot be read");
            return;
        };
        let why = match self.rows.get(&id).map(|row| &row.head.status) {
            None => "it stands in the line, and there is no such instance",
            Some(Status::Finished | Status::Failed(_)) if place.is_some() => "it holds a place, and is over",
            Some(_) => return,
        };
        self.found.push(Wrong::Lock { id, lock, why: why.into(), key: key.to_vec() });
    }

    fn blobs(&mut self, folder: &Path) -> Result<(), StoreError> {
        let there = lying(folder)?;
        self.counts.blobs = there.len() as u64;
        self.counts.values = self.values.len() as u64;
        for (digest, file) in there.iter().chain(self.values) {
            self.counts.blob_bytes += file.bytes;
            if file.found != *digest {
                let why = format!("its bytes have the digest {}", file.found.0);
                self.found.push(Wrong::Blob { path: file.path.display().to_string(), why });
            }
        }
        for (id, row) in &self.rows {
            let over = matches!(row.head.status, Status::Finished | Status::Failed(_) | Status::Diverged(_));
            if !over && !there.contains_key(&row.head.digest) {
                let digest = row.head.digest.clone();
                self.found.push(Wrong::NoBlob { id: id.clone(), digest });
            }
        }
        Ok(())
    }
}

//! After a crash: the journal is read, and has to hold what was promised and nothing that never was.

use std::collections::BTreeSet;

use cairn_host::{
    journal::{InstanceId, Journal, MemoryJournal, MessageId},
    replay::{Act, Entry, Seq},
};

use super::{Eye, Generation, Line, Violation, line::MayNot};

impl Eye {
    /// The host has died; this is what it left.
    pub(crate) fn reopened(&mut self, journal: &MemoryJournal) -> Result<(), Violation> {
        let ids: Vec<InstanceId> = self.lines.keys().cloned().collect();
        for id in ids {
            self.read_again(&id, journal)?;
        }
        self.read_mail(journal)?;
        self.read_timed(journal)?;
        self.questions.clear();
        let open: Vec<(InstanceId, Generation, Entry)> =
            self.lines.iter().flat_map(|(id, line)| open_of(id, line)).collect();
        for (id, generation, entry) in open {
            self.note(&id, generation, &entry);
        }
        self.durable = 0;
        self.outstanding.clear();
        self.mail.values_mut().for_each(|mail| mail.put_in = 0);
        self.still_known()
    }

    fn read_again(&mut self, id: &InstanceId, journal: &MemoryJournal) -> Result<(), Violation> {
        let name = &id.instance;
        let found =
            journal.load(id, Seq(0)).map_err(|error| Violation::new("11", format!("{name}: {error}")))?;
        let head = journal.head(id).map_err(|error| Violation::new("11", format!("{name}: {error}")))?;
        let Some(line) = self.lines.get(id) else { return Ok(()) };
        let run = match found.first() {
            Some(Entry::Began(began)) => began.run,
            _ => line.run,
        };
        let rewind = |entry: &&Entry| matches!(entry, Entry::Acted { act: Act::Rewind { .. }, .. });
        let rewinds = found.iter().filter(rewind).count() as u64;
        if found.is_empty() || (run, rewinds) == (line.run, line.rewinds) {
            same(name, line, &found, self.durable)?;
        } else if line.began_in <= self.durable {
            let (run, rewinds) = (line.run, line.rewinds);
            return Err(Violation::new(
                "3",
                format!("{name}: run {run}.{rewinds} was lost, and it was sure"),
            ));
        }
        let Some(head) = head else {
            self.lines.remove(id);
            return Ok(());
        };
        let mut again = Line { run, status: head.status, ..Line::default() };
        for entry in &found {
            again
                .take(entry, 0, None)
                .map_err(|(promise, what)| Violation::new(promise, format!("{name}: {what}")))?;
        }
        self.lines.insert(id.clone(), again);
        Ok(())
    }

    fn read_mail(&mut self, journal: &MemoryJournal) -> Result<(), Violation> {
        let to: BTreeSet<InstanceId> = self.mail.keys().map(|(to, _)| to.clone()).collect();
        let mut lost = Vec::new();
        for to in to {
            let inbox = journal.inbox(&to).map_err(|error| Violation::new("11", error.to_string()))?;
            let there: BTreeSet<&MessageId> = inbox.iter().map(|message| &message.id).collect();
            for ((of, id), mail) in self.mail.iter_mut().filter(|((of, _), _)| *of == to) {
                match (there.contains(id), mail.taken_in) {
                    (true, Some(taken)) if taken <= self.durable => {
                        return Err(Violation::new(
                            "5",
                            format!("{} was taken, that was sure, and it is there again", id.0),
                        ));
                    }
                    (true, _) => mail.taken_in = None,
                    (false, Some(_)) => mail.taken_in = Some(0),
                    (false, None) if mail.acknowledged || mail.put_in <= self.durable => {
                        return Err(Violation::new(
                            "4",
                            format!("{} was acknowledged, and it is lost", id.0),
                        ));
                    }
                    (false, None) => lost.push((of.clone(), id.clone())),
                }
            }
        }
        lost.iter().for_each(|name| drop(self.mail.remove(name)));
        Ok(())
    }

    /// Nothing that the outside has seen is lost.
    fn still_known(&self) -> Result<(), Violation> {
        if let Some(id) = self.started.iter().find(|id| !self.lines.contains_key(id)) {
            return Err(Violation::new(
                "4",
                format!("the start of {} was acknowledged, and it is lost", id.instance),
            ));
        }
        let forgotten =
            |id: &&InstanceId| self.lines.get(*id).is_none_or(|line| !line.cancelled && !line.is_over());
        if let Some(id) = self.cancelled.iter().find(forgotten) {
            return Err(Violation::new(
                "4",
                format!("the cancel of {} was acknowledged, and it is lost", id.instance),
            ));
        }
        for key in self.called.keys() {
            let Some((id, generation, step)) = super::step_of(key) else { continue };
            let lost = match self.lines.get(&id) {
                Some(line) if (line.run, line.rewinds) == generation => !line.steps.contains_key(&step),
                // In between a part was taken back, or a run is over.
                Some(line) => (line.run, line.rewinds) < generation,
                None => true,
            };
            if lost {
                return Err(MayNot::lost().of(key));
            }
        }
        Ok(())
    }
}

/// What was read is what was written, and all that was sure of it.
fn same(name: &str, line: &Line, found: &[Entry], durable: u64) -> Result<(), Violation> {
    let differs = line.entries.iter().zip(found).position(|((entry, _), found)| entry != found);
    if let Some(at) = differs {
        return Err(Violation::new(
            "11",
            format!("{name}: entry {at} is another than was written: {:?}", found.get(at)),
        ));
    }
    let sure = line.entries.iter().take_while(|(_, number)| *number <= durable).count();
    if found.len() < sure {
        let found = found.len();
        return Err(Violation::new("3", format!("{name}: {sure} entries were sure, and {found} are left")));
    }
    Ok(())
}

/// Operations that were asked for and have not ended.
fn open_of<'l>(
    id: &'l InstanceId,
    line: &'l Line,
) -> impl Iterator<Item = (InstanceId, Generation, Entry)> + use<'l> {
    let open = line.entries.iter().filter(|(entry, _)| match entry {
        Entry::Asked { key, .. } => !line.is_over() && line.steps.get(key).is_some_and(|step| !step.ended),
        _ => false,
    });
    open.map(move |(entry, _)| (id.clone(), (line.run, line.rewinds), entry.clone()))
}

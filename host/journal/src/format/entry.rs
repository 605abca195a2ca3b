//! Entries.

use std::collections::BTreeMap;

use cairn_replay::{Act, Began, Entry, Failure, Instant, Key, Level, Note, Outcome};

use super::{
    Chain, Flaw, MAGIC, VERSION, Values,
    bytes::{Reader, Writer, Written},
    command,
};

/// The bytes of an entry that follows one with the chain `before`, and its own chain.
#[must_use]
pub fn encode(entry: &Entry, before: Chain) -> (Vec<u8>, Chain) {
    seal(body(entry).bytes, before)
}

/// The bytes in front of the chain: they depend on nothing but the entry. And the values that they refer to.
pub(crate) fn body(entry: &Entry) -> Written {
    Written::by(|to| {
        to.0.extend_from_slice(&MAGIC);
        to.byte(VERSION);
        write(to, entry);
    })
}

/// Ends a body with its chain.
pub(crate) fn seal(mut body: Vec<u8>, before: Chain) -> (Vec<u8>, Chain) {
    let chain = before.link(&body);
    body.extend_from_slice(&chain.0);
    (body, chain)
}

/// The entry that bytes hold, and its chain. Any bytes may be given.
///
/// # Errors
/// [`Flaw`]: what is wrong with them. The chain is looked at first, so that any other flaw means that the entry was
/// written like this; or that a value that it refers to cannot be had ([`Flaw::Value`]).
pub fn decode(bytes: &[u8], before: Chain, values: &mut dyn Values) -> Result<(Entry, Chain), Flaw> {
    let (body, found) = bytes.split_last_chunk::<{ Chain::LEN }>().ok_or(Flaw::Short)?;
    let mut from = Reader::with(body, values);
    if from.array()? != MAGIC {
        return Err(Flaw::Magic);
    }
    let version = from.byte()?;
    let chain = before.link(body);
    if chain.0 != *found {
        return Err(Flaw::Chain);
    }
    match version {
        1..=VERSION => from.in_version(version),
        0 => return Err(Flaw::Choice("version", 0)),
        newer => return Err(Flaw::Newer(newer)),
    }
    let entry = read(&mut from)?;
    from.end()?;
    Ok((entry, chain))
}

/// The last kinds that the versions in front of the newest have.
const LAST: [u8; 2] = [8, 10];

fn write(to: &mut Writer, entry: &Entry) {
    match entry {
        Entry::Began(began) => write_began(to, began),
        Entry::Asked { key, at, command } => {
            head(to, 1, key, *at);
            command::write(to, command);
        }
        Entry::Tried { key, at, attempt, failure, again } => {
            head(to, 2, key, *at);
            to.number(u64::from(*attempt));
            write_failure(to, failure);
            to.number(again.0);
        }
        Entry::Ended { key, at, outcome } => {
            head(to, 3, key, *at);
            write_outcome(to, outcome);
        }
        Entry::Noted { key, at, note } => {
            head(to, 4, key, *at);
            write_note(to, *note);
        }
        Entry::Logged { scope, at, level, message, fields } => {
            to.kind(5);
            to.number(at.0);
            write_level(to, *level);
            to.text(message);
            to.json(fields);
            write_scope(to, scope.as_ref());
        }
        Entry::CancelAsked { at, by, why } => texts(to, 6, *at, by, why),
        Entry::Moved { at, digest, by } => texts(to, 7, *at, digest, by),
        Entry::Finished { at, outcome } => {
            to.kind(8);
            to.number(at.0);
            write_outcome(to, outcome);
        }
        Entry::Exposed { scope, at, status } => {
            to.kind(9);
            write_scope(to, scope.as_ref());
            to.number(at.0);
            to.json(status);
        }
        Entry::ScopeCancelled { key, at } => head(to, 10, key, *at),
        Entry::Acted { at, by, why, act } => {
            texts(to, 11, *at, by, why);
            write_act(to, act);
        }
        Entry::Sent { key, at, attempt } => {
            head(to, 12, key, *at);
            to.number(u64::from(*attempt));
        }
    }
}

fn read(from: &mut Reader<'_>) -> Result<Entry, Flaw> {
    Ok(match from.kind(&LAST)? {
        0 => Entry::Began(read_began(from)?),
        1 => Entry::Asked { key: key(from)?, at: instant(from)?, command: command::read(from)? },
        2 => Entry::Tried {
            key: key(from)?,
            at: instant(from)?,
            attempt: from.small()?,
            failure: read_failure(from)?,
            again: instant(from)?,
        },
        3 => Entry::Ended { key: key(from)?, at: instant(from)?, outcome: read_outcome(from)? },
        4 => Entry::Noted { key: key(from)?, at: instant(from)?, note: read_note(from)? },
        5 => read_logged(from)?,
        6 => Entry::CancelAsked { at: instant(from)?, by: from.text()?, why: from.text()? },
        7 => Entry::Moved { at: instant(from)?, digest: from.text()?, by: from.text()? },
        8 => Entry::Finished { at: instant(from)?, outcome: read_outcome(from)? },
        9 => Entry::Exposed { scope: from.option(key)?, at: instant(from)?, status: from.json()? },
        10 => Entry::ScopeCancelled { key: key(from)?, at: instant(from)? },
        11 => Entry::Acted { at: instant(from)?, by: from.text()?, why: from.text()?, act: read_act(from)? },
        12 => Entry::Sent { key: key(from)?, at: instant(from)?, attempt: from.small()? },
        other => return Err(Flaw::Choice("kind of entry", other)),
    })
}

fn head(to: &mut Writer, kind: u8, key: &Key, at: Instant) {
    to.kind(kind);
    to.text(&key.0);
    to.number(at.0);
}

fn texts(to: &mut Writer, kind: u8, at: Instant, one: &str, other: &str) {
    to.kind(kind);
    to.number(at.0);
    to.text(one);
    to.text(other);
}

fn key(from: &mut Reader<'_>) -> Result<Key, Flaw> {
    from.text().map(Key)
}

fn instant(from: &mut Reader<'_>) -> Result<Instant, Flaw> {
    from.number().map(Instant)
}

fn write_scope(to: &mut Writer, scope: Option<&Key>) {
    to.option(scope, |to, key| to.text(&key.0));
}

fn read_logged(from: &mut Reader<'_>) -> Result<Entry, Flaw> {
    let at = instant(from)?;
    let level = read_level(from)?;
    let message = from.text()?;
    let fields = from.json()?;
    Ok(Entry::Logged { scope: from.since(2, |from| from.option(key))?, at, level, message, fields })
}

fn write_began(to: &mut Writer, began: &Began) {
    let Began { at, tenant, workflow, instance, digest, input, grant, peers, parent, run } = began;
    to.kind(0);
    to.number(at.0);
    for text in [tenant, workflow, instance, digest] {
        to.text(text);
    }
    to.json(input);
    to.json(grant);
    to.number(peers.len() as u64);
    for (name, digest) in peers {
        to.text(name);
        to.text(digest);
    }
    to.option(parent.as_ref(), |to, (instance, key)| {
        to.text(instance);
        to.text(&key.0);
    });
    to.number(u64::from(*run));
}

fn read_began(from: &mut Reader<'_>) -> Result<Began, Flaw> {
    Ok(Began {
        at: instant(from)?,
        tenant: from.text()?,
        workflow: from.text()?,
        instance: from.text()?,
        digest: from.text()?,
        input: from.json()?,
        grant: from.json()?,
        peers: from.since(2, read_peers)?,
        parent: from.since(2, |from| from.option(|from| Ok((from.text()?, key(from)?))))?,
        run: from.since(2, Reader::small)?,
    })
}

/// Each once and in order: a map has one form only.
fn read_peers(from: &mut Reader<'_>) -> Result<BTreeMap<String, String>, Flaw> {
    let peers = from.list(|from| Ok((from.text()?, from.text()?)))?;
    if peers.is_sorted_by(|(one, _), (next, _)| one < next) {
        return Ok(peers.into_iter().collect());
    }
    Err(Flaw::Order)
}

fn write_failure(to: &mut Writer, failure: &Failure) {
    to.text(&failure.kind);
    to.text(&failure.message);
    to.json(&failure.detail);
}

fn read_failure(from: &mut Reader<'_>) -> Result<Failure, Flaw> {
    Ok(Failure { kind: from.text()?, message: from.text()?, detail: from.json()? })
}

fn write_outcome(to: &mut Writer, outcome: &Outcome) {
    match outcome {
        Ok(result) => {
            to.byte(0);
            to.json(result);
        }
        Err(failure) => {
            to.byte(1);
            write_failure(to, failure);
        }
    }
}

fn read_outcome(from: &mut Reader<'_>) -> Result<Outcome, Flaw> {
    match from.byte()? {
        0 => from.json().map(Ok),
        1 => read_failure(from).map(Err),
        other => Err(Flaw::Choice("outcome", other)),
    }
}

fn write_act(to: &mut Writer, act: &Act) {
    match act {
        Act::Pause => to.byte(0),
        Act::Continue => to.byte(1),
        Act::Terminate => to.byte(2),
        Act::Decide { key } => {
            to.byte(3);
            to.text(&key.0);
        }
        Act::Rewind { dropped, key } => {
            to.byte(4);
            to.number(*dropped);
            to.text(&key.0);
        }
        Act::Restart { dropped } => {
            to.byte(5);
            to.number(*dropped);
        }
        Act::Resend { key } => {
            to.byte(6);
            to.text(&key.0);
        }
    }
}

fn read_act(from: &mut Reader<'_>) -> Result<Act, Flaw> {
    Ok(match from.byte()? {
        0 => Act::Pause,
        1 => Act::Continue,
        2 => Act::Terminate,
        3 => Act::Decide { key: key(from)? },
        4 => Act::Rewind { dropped: from.number()?, key: key(from)? },
        5 => Act::Restart { dropped: from.number()? },
        6 => Act::Resend { key: key(from)? },
        other => return Err(Flaw::Choice("act", other)),
    })
}

fn write_note(to: &mut Writer, note: Note) {
    let (kind, word) = match note {
        Note::Now(word) => (0, word),
        Note::Random(word) => (1, word),
    };
    to.byte(kind);
    to.word(word);
}

fn read_note(from: &mut Reader<'_>) -> Result<Note, Flaw> {
    match from.byte()? {
        0 => from.word().map(Note::Now),
        1 => from.word().map(Note::Random),
        other => Err(Flaw::Choice("note", other)),
    }
}

fn write_level(to: &mut Writer, level: Level) {
    to.byte(match level {
        Level::Debug => 0,
        Level::Info => 1,
        Level::Warn => 2,
        Level::Error => 3,
    });
}

fn read_level(from: &mut Reader<'_>) -> Result<Level, Flaw> {
    Ok(match from.byte()? {
        0 => Level::Debug,
        1 => Level::Info,
        2 => Level::Warn,
        3 => Level::Error,
        other => return Err(Flaw::Choice("level", other)),
    })
}

//! Values of the tables beside entries. Each begins with its version: 1, or 2 where it refers to a large value; a message that expires has 3 or 4
//! instead, and says when at its end.

use cairn_replay::{Instant, Json, Seq};

use crate::{
    Digest, Head, InstanceId, MessageId, Status, Waiting,
    format::{
        Chain, Flaw, Reference,
        bytes::{Reader, Writer},
    },
    model::{Letter, Row, Value},
};

const VERSION: u8 = 1;
const REFERS: u8 = 2;
/// So much more is the version of a message that expires.
const EXPIRES: u8 = 2;

fn begin(version: u8) -> Writer {
    let mut to = Writer::with_capacity(192);
    to.byte(version);
    to
}

/// The version of a row that may refer to a value.
fn version_with(value: &Value) -> u8 {
    if value.reference().is_some() { REFERS } else { VERSION }
}

fn write_value(to: &mut Writer, value: &Value) {
    match value {
        Value::Here(json) => to.text(&json.0),
        Value::There(reference) => reference.write(to),
    }
}

fn read_value(from: &mut Reader<'_>, refers: bool) -> Result<Value, Flaw> {
    if refers { Reference::read(from).map(Value::There) } else { Ok(Value::Here(Json(from.text()?.into()))) }
}

fn reader(bytes: &[u8]) -> Result<Reader<'_>, Flaw> {
    let mut from = Reader::new(bytes);
    match from.byte()? {
        VERSION => Ok(from),
        other => Err(Flaw::Choice("version of a row", other)),
    }
}

/// Whether a row refers to a value.
pub(super) fn refers(bytes: &[u8]) -> bool {
    matches!(bytes.first(), Some(&version) if version == REFERS || version == REFERS + EXPIRES)
}

/// Of a row that may refer to a value, and whether it does.
fn reader_of_value(bytes: &[u8]) -> Result<(Reader<'_>, bool), Flaw> {
    let mut from = Reader::new(bytes);
    match from.byte()? {
        VERSION => Ok((from, false)),
        REFERS => Ok((from, true)),
        other => Err(Flaw::Choice("version of a row", other)),
    }
}

/// A row; its id is in the key.
pub(super) fn write_row(row: &Row) -> Vec<u8> {
    let Row { head, chain, timer } = row;
    let mut to = begin(VERSION);
    to.text(&head.workflow);
    to.text(&head.digest.0);
    write_status(&mut to, &head.status);
    for number in [head.next.0, head.started.0, head.changed.0] {
        to.number(number);
    }
    to.option(*timer, |to, due| to.number(due.0));
    to.0.extend_from_slice(&chain.0);
    to.0
}

pub(super) fn read_row(id: InstanceId, bytes: &[u8]) -> Result<Row, Flaw> {
    let mut from = reader(bytes)?;
    let head = Head {
        id,
        workflow: from.text()?,
        digest: Digest(from.text()?),
        status: read_status(&mut from)?,
        next: Seq(from.number()?),
        started: Instant(from.number()?),
        changed: Instant(from.number()?),
    };
    let timer = from.option(|from| from.number().map(Instant))?;
    let chain = Chain(from.array()?);
    from.end()?;
    Ok(Row { head, chain, timer })
}

fn write_status(to: &mut Writer, status: &Status) {
    match status {
        Status::Ready => to.byte(0),
        Status::Waiting(Waiting { until, events, on }) => {
            to.byte(if on.is_empty() { 1 } else { 5 });
            to.option(*until, |to, until| to.number(until.0));
            to.list(events, |to, event| to.text(event));
            if !on.is_empty() {
                to.list(on, |to, what| to.text(what));
            }
        }
        Status::Paused => to.byte(6),
        Status::Finished => to.byte(2),
        Status::Failed(kind) => {
            to.byte(3);
            to.text(kind);
        }
        Status::Diverged(message) => {
            to.byte(4);
            to.text(message);
        }
    }
}

fn read_status(from: &mut Reader<'_>) -> Result<Status, Flaw> {
    Ok(match from.byte()? {
        0 => Status::Ready,
        kind @ (1 | 5) => Status::Waiting(Waiting {
            until: from.option(|from| from.number().map(Instant))?,
            events: from.list(Reader::text)?,
            on: if kind == 5 { from.list(Reader::text)? } else { Vec::new() },
        }),
        2 => Status::Finished,
        3 => Status::Failed(from.text()?),
        4 => Status::Diverged(from.text()?),
        6 => Status::Paused,
        other => return Err(Flaw::Choice("status", other)),
    })
}

/// A message; to whom it goes is in the key.
pub(super) fn write_letter(letter: &Letter) -> Vec<u8> {
    let mut to = begin(version_with(&letter.data) + letter.expires.map_or(0, |_| EXPIRES));
    to.text(&letter.id.0);
    to.text(&letter.event);
    write_value(&mut to, &letter.data);
    to.number(letter.at.0);
    if let Some(expires) = letter.expires {
        to.number(expires.0);
    }
    to.0
}

pub(super) fn read_letter(to: InstanceId, bytes: &[u8]) -> Result<Letter, Flaw> {
    const EXPIRING: u8 = VERSION + EXPIRES;
    const EXPIRING_REFERS: u8 = REFERS + EXPIRES;
    let mut from = Reader::new(bytes);
    let (refers, expires) = match from.byte()? {
        VERSION => (false, false),
        REFERS => (true, false),
        EXPIRING => (false, true),
        EXPIRING_REFERS => (true, true),
        other => return Err(Flaw::Choice("version of a row", other)),
    };
    let id = MessageId(from.text()?);
    let (event, data) = (from.text()?, read_value(&mut from, refers)?);
    let at = Instant(from.number()?);
    let expires = if expires { Some(Instant(from.number()?)) } else { None };
    from.end()?;
    Ok(Letter { id, to, event, data, at, expires })
}

/// An outcome that was kept, and when.
pub(super) fn write_kept(at: Instant, value: &Value) -> Vec<u8> {
    let mut to = begin(version_with(value));
    to.number(at.0);
    write_value(&mut to, value);
    to.0
}

pub(super) fn read_kept(bytes: &[u8]) -> Result<(Instant, Value), Flaw> {
    let (mut from, refers) = reader_of_value(bytes)?;
    let kept = (Instant(from.number()?), read_value(&mut from, refers)?);
    from.end()?;
    Ok(kept)
}

/// A place in the inbox, or in a line, or none.
pub(super) fn write_place(place: Option<u64>) -> Vec<u8> {
    let mut to = begin(VERSION);
    to.option(place, Writer::number);
    to.0
}

pub(super) fn read_place(bytes: &[u8]) -> Result<Option<u64>, Flaw> {
    let mut from = reader(bytes)?;
    let place = from.option(Reader::number)?;
    from.end()?;
    Ok(place)
}

#[cfg(test)]
mod tests;

//! Keys: how the rows of each table are ordered.
//!
//! A name is written so that names sort as texts do and none is the beginning of another: each 00 in it as 00 FF, and
//! 00 00 behind it. Numbers are big-endian.

use cairn_replay::{Instant, Key, Seq};

use crate::{InstanceId, MessageId};

/// A table's rows within its keyspace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Tag {
    /// Keyspace `heads`: tag, tenant, instance → row.
    Head = b'h',
    /// Keyspace `heads`: tag, tenant, instance → nothing. Those that can go on at once.
    Ready = b'r',
    /// Keyspace `heads`: tag → how many messages were ever put.
    Puts = b'p',
    /// Keyspace `messages`: tag, tenant, instance, number → message.
    Inbox = b'i',
    /// Keyspace `messages`: tag, tenant, instance, id → its number, or nothing once it is consumed.
    Seen = b's',
    /// Keyspace `messages`: tag, tenant, lock, asked, instance, key → something where it holds a place, nothing where it waits.
    Line = b'l',
    /// Keyspace `messages`: tag, tenant, name → an outcome that will do for others.
    Kept = b'k',
}

fn name(key: &mut Vec<u8>, text: &str) {
    for byte in text.bytes() {
        key.push(byte);
        if byte == 0 {
            key.push(0xFF);
        }
    }
    key.extend_from_slice(&[0, 0]);
}

fn id(mut key: Vec<u8>, id: &InstanceId) -> Vec<u8> {
    key.reserve(id.tenant.len() + id.instance.len() + 16);
    name(&mut key, &id.tenant);
    name(&mut key, &id.instance);
    key
}

/// In front of all of a tenant's rows.
pub(super) fn tenant(tag: Tag, tenant: &str) -> Vec<u8> {
    let mut key = vec![tag as u8];
    name(&mut key, tenant);
    key
}

/// An instance's row; in front of all of its rows where it has several.
pub(super) fn instance(tag: Tag, of: &InstanceId) -> Vec<u8> {
    id(vec![tag as u8], of)
}

pub(super) fn puts() -> Vec<u8> {
    vec![Tag::Puts as u8]
}

/// Keyspace `entries`: in front of all of an instance's entries.
pub(super) fn entries(of: &InstanceId) -> Vec<u8> {
    id(Vec::new(), of)
}

/// Keyspace `entries`: tenant, instance, sequence → entry.
pub(super) fn entry(of: &InstanceId, seq: Seq) -> Vec<u8> {
    numbered(entries(of), seq.0)
}

pub(super) fn inbox(of: &InstanceId, number: u64) -> Vec<u8> {
    numbered(instance(Tag::Inbox, of), number)
}

pub(super) fn seen(of: &InstanceId, message: &MessageId) -> Vec<u8> {
    let mut key = instance(Tag::Seen, of);
    key.extend_from_slice(message.0.as_bytes());
    key
}

/// In front of all who stand in the line of a lock.
pub(super) fn line(tenant_: &str, lock: &str) -> Vec<u8> {
    let mut key = tenant(Tag::Line, tenant_);
    name(&mut key, lock);
    key
}

/// One who stands in the line of a lock.
pub(super) fn stand(line: &[u8], (asked, instance, of): &(Instant, String, Key)) -> Vec<u8> {
    let mut key = numbered(line.to_vec(), asked.0);
    name(&mut key, instance);
    key.extend_from_slice(of.0.as_bytes());
    key
}

/// Whose place in a line a key is; `line` is the part in front.
pub(super) fn stand_of(line: &[u8], key: &[u8]) -> Option<(Instant, String, Key)> {
    let (asked, rest) = key.strip_prefix(line)?.split_first_chunk()?;
    let (instance, of) = read_name(rest)?;
    Some((Instant(u64::from_be_bytes(*asked)), instance, Key(String::from_utf8(of.to_vec()).ok()?)))
}

pub(super) fn kept(tenant_: &str, of: &str) -> Vec<u8> {
    let mut key = tenant(Tag::Kept, tenant_);
    key.extend_from_slice(of.as_bytes());
    key
}

/// Keyspace `timers`: due, tenant, instance → nothing.
pub(super) fn timer(due: Instant, of: &InstanceId) -> Vec<u8> {
    id(due.0.to_be_bytes().to_vec(), of)
}

fn numbered(mut key: Vec<u8>, number: u64) -> Vec<u8> {
    key.extend_from_slice(&number.to_be_bytes());
    key
}

/// The number at a key's end.
pub(super) fn number(key: &[u8]) -> Option<u64> {
    key.last_chunk().copied().map(u64::from_be_bytes)
}

/// The moment of a timer's key.
pub(super) fn due(key: &[u8]) -> Option<Instant> {
    key.first_chunk().copied().map(u64::from_be_bytes).map(Instant)
}

/// Whose timer a key is.
pub(super) fn timer_of(key: &[u8]) -> Option<InstanceId> {
    read_id(key.get(8..)?)
}

/// Which entry of whose a key of the entries is.
pub(super) fn entry_of(key: &[u8]) -> Option<(InstanceId, Seq)> {
    let (of, seq) = key.split_last_chunk::<8>()?;
    Some((read_id(of)?, Seq(u64::from_be_bytes(*seq))))
}

/// Whose message a key of the inbox is, and its number.
pub(super) fn inbox_of(key: &[u8]) -> Option<(InstanceId, u64)> {
    entry_of(key.get(1..)?).map(|(id, Seq(number))| (id, number))
}

/// Whose message a key of the ids that were seen is, and its id.
pub(super) fn seen_of(key: &[u8]) -> Option<(InstanceId, MessageId)> {
    let (tenant, rest) = read_name(key.get(1..)?)?;
    let (instance, message) = read_name(rest)?;
    Some((InstanceId { tenant, instance }, MessageId(String::from_utf8(message.to_vec()).ok()?)))
}

/// Who stands in the line of a lock, by the whole key.
pub(super) fn waiter_of(key: &[u8]) -> Option<(InstanceId, String)> {
    let (tenant, rest) = read_name(key.get(1..)?)?;
    let (lock, rest) = read_name(rest)?;
    let (instance, _) = read_name(rest.get(8..)?)?;
    Some((InstanceId { tenant, instance }, lock))
}

/// Whose row a key of [`instance`] is.
pub(super) fn instance_of(key: &[u8]) -> Option<InstanceId> {
    read_id(key.get(1..)?)
}

fn read_id(key: &[u8]) -> Option<InstanceId> {
    let (tenant, rest) = read_name(key)?;
    let (instance, rest) = read_name(rest)?;
    rest.is_empty().then_some(InstanceId { tenant, instance })
}

fn read_name(key: &[u8]) -> Option<(String, &[u8])> {
    let mut name = Vec::new();
    let mut rest = key;
    loop {
        match rest {
            [0, 0, rest @ ..] => return Some((String::from_utf8(name).ok()?, rest)),
            [0, 0xFF, after @ ..] => {
                name.push(0);
                rest = after;
            }
            [0, ..] | [] => return None,
            [byte, after @ ..] => {
                name.push(*byte);
                rest = after;
            }
        }
    }
}

#[cfg(test)]
mod tests;

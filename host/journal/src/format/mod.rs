//! The binary form of an entry, version 3. It is what lies in a journal for years, so it is written down here byte by
//! byte, and frozen: what each version wrote is kept as fixtures, and every later version reads it. What is marked with
//! `[2]` is not there in an entry of version 1: then it is empty, none or 0. What is marked with `[3]` is there from version 3 on.
//!
//! ```text
//! offset  bytes  what
//! 0       2      magic: CA 1E
//! 2       1      format version: 03
//! 3       1      kind, see below; [3] and 80 where values of it are kept apart
//! 4       n      the fields of the kind, in the order given below
//! 4 + n   16     chain: the first 16 bytes of SHA-256(chain of the entry before ‖ bytes 0 to 4 + n)
//! ```
//!
//! Magic, version and chain keep their places in every version. The chain is looked at before the version, so that a broken
//! byte is not taken for a newer build's.
//!
//! The chain in front of an instance's first entry is the first 16 bytes of
//! SHA-256("cairn journal\0" ‖ text tenant ‖ text instance); so an entry can be moved neither within its journal nor into
//! another one without being found out.
//!
//! Fields are made of:
//!
//! ```text
//! number   an unsigned integer: LEB128, the shortest form, at most 10 bytes
//! word     an unsigned integer of 64 bits: 8 bytes, little-endian
//! float    IEEE 754 binary64, its bits as a word
//! text     number of bytes, then that many bytes of UTF-8
//! option X one byte 00 (none), or 01 and then X
//! list X   number of items, then the items
//! instant  number: milliseconds since the Unix epoch
//! span     number: milliseconds
//! failure  text kind, text message, json detail
//! outcome  one byte 00 and json result, or 01 and failure
//! json     text: a JSON text as it was given. [3] Where values are kept apart, it is one byte 00 and text, of 65,536 bytes at most, or
//!          01, text digest (`sha256:` and 64 hex digits, small letters) and number length, of a longer one; at least one of them is
//! map      list (text, text), in the order of the first ones, each once
//! request  text tool, json arguments, [2] list text secrets
//! retry    number attempts, span delay, byte backoff (00 constant, 01 linear, 02 exponential), float factor,
//!          span longest delay, float jitter, list text on
//! options  option span timeout, option instant deadline, option retry, [2] option (text key, span age) cache
//! command  one byte, then: 00 call: request, options · 01 undo: request, options · 02 unwind: number depth ·
//!          03 until: instant due · 04 span: span ·
//!          05 receive: list (text event, list (text field, json value), [2] option json condition) ·
//!          [2] 06 block: number, json captured · [2] 07 undo block: number, json captured ·
//!          [2] 08 child: text workflow, json input · [2] 09 spawn: text workflow, json input ·
//!          [2] 0A lock: text name, number places · [2] 0B unlock · [2] 0C ask: text whom, json task ·
//!          [2] 0D emit: text event, json data, option text to ·
//!          [2] 0E calendar: text question, instant of, text zone, json arguments ·
//!          [3] 0F careful call: request, options, unclear · [3] 10 careful undo: request, options, unclear
//! unclear  byte: 01 fail, 02 ask
//! act      one byte, then: 00 pause · 01 continue · 02 terminate · 03 decide: text key · 04 rewind: number dropped, text key ·
//!          05 restart: number dropped · 06 resend: text key
//! ```
//!
//! Kinds:
//!
//! ```text
//! 00 began        instant at, text tenant, text workflow, text instance, text digest, json input, json grant,
//!                 [2] map peers, [2] option (text instance, text key) parent, [2] number run
//! 01 asked        text key, instant at, command
//! 02 tried        text key, instant at, number attempt, failure, instant again
//! 03 ended        text key, instant at, outcome
//! 04 noted        text key, instant at, one byte 00 (clock) or 01 (random), word
//! 05 logged       instant at, byte level (00 debug, 01 info, 02 warn, 03 error), text message, json fields,
//!                 [2] option text scope
//! 06 cancel asked instant at, text by, text why
//! 07 moved        instant at, text digest, text by
//! 08 finished     instant at, outcome
//! 09 exposed      [2] option text scope, instant at, json status
//! 0A scope cancelled  [2] text key, instant at
//! 0B acted        [3] instant at, text by, text why, act
//! 0C sent         [3] text key, instant at, number attempt
//! ```
//!
//! Each value has one form only in each version: what decodes, encodes to the same bytes. One exception: before version 3 was
//! released, a value of any length stood in its entry.

pub(crate) mod bytes;
mod chain;
mod command;
mod entry;
mod flaw;
mod value;

pub use chain::Chain;
pub(crate) use entry::{body, seal};
pub use entry::{decode, encode};
pub use flaw::Flaw;
pub use value::{LARGE, Lost, REFERENCE, Reference, Values};

/// Whether the bytes of an entry say that they refer to values; nothing else of them is looked at.
pub(crate) fn refers(bytes: &[u8]) -> bool {
    bytes.get(MAGIC.len() + 1).is_some_and(|kind| kind & bytes::REFERS != 0)
}

/// The version that this build writes, and the newest that it reads.
pub const VERSION: u8 = 3;

/// What every entry begins with.
const MAGIC: [u8; 2] = [0xCA, 0x1E];

#[cfg(test)]
mod tests;

//! The form holds what it is given, bears any bytes, and stays as it was.

mod any;
mod fixture;

use std::collections::BTreeMap;

use cairn_replay::{Entry, Failure, Instant, Json, Key};
use proptest::prelude::*;

use super::{Chain, Flaw, LARGE, Lost, Reference, encode};
use crate::{Digest, InstanceId};

fn start() -> Chain {
    Chain::start(&InstanceId { tenant: "acme".into(), instance: "order-1".into() })
}

fn small() -> Entry {
    Entry::Ended { key: Key("k".into()), at: Instant(1), outcome: Ok(Json("1".into())) }
}

/// Where no value is kept apart.
fn decode(bytes: &[u8], before: Chain) -> Result<(Entry, Chain), Flaw> {
    super::decode(bytes, before, &mut BTreeMap::<Digest, Json>::new())
}

/// Puts a body under a chain that fits, so that a flaw of the body is what is found.
fn sealed(body: &[u8]) -> Result<Entry, Flaw> {
    let (bytes, _) = super::seal(body.to_vec(), start());
    decode(&bytes, start()).map(|(entry, _)| entry)
}

proptest! {
    #[test]
    fn what_is_written_is_read(entry in any::entry(), before in any_chain()) {
        let (bytes, chain) = encode(&entry, before);
        prop_assert_eq!(decode(&bytes, before), Ok((entry, chain)));
        prop_assert_eq!(Chain::at_end_of(&bytes), Some(chain));
    }

    #[test]
    fn any_bytes_may_be_read(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
        prop_assert!(decode(&bytes, start()).is_err());
    }

    /// Bytes with a chain that fits are an entry's own bytes, or a flaw.
    #[test]
    fn what_is_read_is_written_the_same(kind in 0_u8..14, rest in prop::collection::vec(few(), 0..40)) {
        let body = [&[0xCA, 0x1E, 3, kind], &rest[..]].concat();
        if let Ok(entry) = sealed(&body) {
            prop_assert_eq!(super::body(&entry).bytes, body);
        }
    }

    /// One change anywhere, and it is no entry any more.
    #[test]
    fn each_byte_counts(entry in any::entry(), at in any::<prop::sample::Index>(), change in 1_u8..) {
        let (mut bytes, _) = encode(&entry, start());
        let at = at.index(bytes.len());
        bytes[at] ^= change;
        prop_assert!(decode(&bytes, start()).is_err());
    }

    /// A part of an entry is none, also when the chain fits.
    #[test]
    fn each_field_counts(entry in any::entry(), cut in any::<prop::sample::Index>(), more in any::<u8>()) {
        let body = super::body(&entry).bytes;
        prop_assert!(sealed(&body[..cut.index(body.len())]).is_err());
        prop_assert_eq!(sealed(&[&body[..], &[more]].concat()), Err(Flaw::Long));
    }

    #[test]
    fn an_entry_fits_its_place_only(entry in any::entry(), one in any_chain(), other in any_chain()) {
        prop_assume!(one != other);
        prop_assert_eq!(decode(&encode(&entry, one).0, other), Err(Flaw::Chain));
    }
}

fn any_chain() -> impl Strategy<Value = Chain> {
    any::<[u8; Chain::LEN]>().prop_map(Chain)
}

/// Bytes that often mean something.
fn few() -> impl Strategy<Value = u8> {
    prop_oneof![4 => 0_u8..6, 1 => any::<u8>(), 1 => Just(0x80), 1 => Just(b'x')]
}

#[test]
fn each_flaw_has_its_name() {
    let body = super::body(&small()).bytes;
    let with = |at: usize, byte: u8| {
        let mut body = body.clone();
        body[at] = byte;
        sealed(&body)
    };
    assert_eq!(sealed(&body), Ok(small()));
    assert_eq!(with(0, 0), Err(Flaw::Magic));
    assert_eq!(with(2, 4), Err(Flaw::Newer(4)));
    assert_eq!(with(2, 0), Err(Flaw::Choice("version", 0)));
    assert_eq!(with(3, 13), Err(Flaw::Choice("kind of entry", 13)));
    assert_eq!(with(4, 200), Err(Flaw::Short), "a text longer than what is left");
    assert_eq!(with(5, 0xFF), Err(Flaw::Text));
    assert_eq!(with(7, 7), Err(Flaw::Choice("outcome", 7)));
    assert_eq!(
        sealed(&[&body[..6], &[0x81, 0x00], &body[7..]].concat()),
        Err(Flaw::Number),
        "not the shortest form"
    );
    assert_eq!(sealed(&[&body[..6], &[0xFF; 9], &[0x02], &body[7..]].concat()), Err(Flaw::Number), "65 bits");
    assert_eq!(decode(&[0; 15], start()), Err(Flaw::Short));
    assert_eq!(Flaw::Newer(4).to_string(), "it has format version 4, this build reads up to 3");
}

/// What came with version 3 is no part of version 2.
#[test]
fn version_2_has_nothing_of_version_3() {
    let of_version_2 = |rest: &[u8]| sealed(&[&[0xCA, 0x1E, 2], rest].concat());
    assert_eq!(of_version_2(&[11, 0, 0, 0, 0]), Err(Flaw::Choice("kind of entry", 11)));
    assert_eq!(of_version_2(&[12, 0, 0, 1]), Err(Flaw::Choice("kind of entry", 12)));
    assert!(of_version_2(&[10, 0, 0]).is_ok());
}

/// What came with version 2 is no part of version 1.
#[test]
fn version_1_has_nothing_of_version_2() {
    let of_version_1 = |rest: &[u8]| sealed(&[&[0xCA, 0x1E, 1], rest].concat());
    assert_eq!(of_version_1(&[10, 0, 0]), Err(Flaw::Choice("kind of entry", 10)));
    assert_eq!(of_version_1(&[1, 1, b'k', 0, 11]), Err(Flaw::Choice("command", 11)));
}

#[test]
fn a_map_has_one_form() {
    let mut body = super::body(&Entry::Began(fixture::began_with(&[("a", "1"), ("b", "2")]))).bytes;
    assert!(sealed(&body).is_ok());
    let at = body.windows(2).position(|pair| pair == [1, b'a']).unwrap();
    body[at + 1] = b'b';
    assert_eq!(sealed(&body), Err(Flaw::Order));
}

#[test]
fn instances_begin_with_different_chains() {
    let start = |tenant: &str, instance: &str| {
        Chain::start(&InstanceId { tenant: tenant.into(), instance: instance.into() })
    };
    assert_ne!(start("ab", "c"), start("a", "bc"));
    assert_eq!(start("ab", "c"), start("ab", "c"));
}

fn large(length: usize) -> Json {
    Json("x".repeat(length).into())
}

fn with(result: Json) -> Entry {
    Entry::Ended { key: Key("k".into()), at: Instant(1), outcome: Ok(result) }
}

/// Values are apart, and what is written says so, if one of them is too long.
#[test]
fn a_large_value_is_apart() {
    assert!(super::body(&with(large(LARGE))).apart.is_empty());
    let value = large(LARGE + 1);
    let reference = Reference::to(&value.0);
    let entry = Entry::Tried {
        key: Key("k".into()),
        at: Instant(1),
        attempt: 1,
        failure: Failure { kind: "x".into(), message: String::new(), detail: value.clone() },
        again: Instant(2),
    };
    let written = super::body(&entry);
    assert_eq!(written.apart, [(reference, value.clone())]);
    assert!(super::refers(&written.bytes) && written.bytes.len() < 200, "{} bytes", written.bytes.len());
    let (bytes, chain) = super::seal(written.bytes, start());
    let mut values: BTreeMap<_, _> = [(reference.digest(), value)].into();
    assert_eq!(super::decode(&bytes, start(), &mut values), Ok((entry, chain)));
    assert_eq!(decode(&bytes, start()), Err(Flaw::Value(reference, Lost::Missing)));
    values.insert(reference.digest(), large(LARGE + 1 + 1));
    assert_eq!(super::decode(&bytes, start(), &mut values), Err(Flaw::Value(reference, Lost::Altered)));
}

/// Each value has one form.
#[test]
fn a_value_is_where_its_length_asks_for() {
    let reference = Reference { hash: [0xab; 32], length: LARGE as u64 };
    let refers = |rest: &[u8]| sealed(&[&[0xCA, 0x1E, 3, 0x83, 1, b'k', 0, 0], rest].concat());
    assert_eq!(refers(&[0, 1, b'1']), Err(Flaw::Large), "nothing of it is apart");
    let mut to = super::bytes::Writer::default();
    to.byte(1);
    reference.write(&mut to);
    assert_eq!(refers(&to.0), Err(Flaw::Large), "it is not too long");
    let mut to = super::bytes::Writer::default();
    to.byte(0);
    to.text(&large(LARGE + 1).0);
    assert_eq!(refers(&to.0), Err(Flaw::Large), "it is too long");
    assert_eq!(refers(&[2]), Err(Flaw::Choice("place of a value", 2)));
    let of_version_2 = [0xCA, 0x1E, 2, 0x83, 1, b'k', 0, 0, 0, 1, b'1'];
    assert_eq!(sealed(&of_version_2), Err(Flaw::Choice("kind of entry", 0x83)));
}

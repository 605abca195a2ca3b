//! Promise 8.

use cairn_replay::{Entry, Seq};

use super::{
    Subject,
    make::{began, instance, line},
    sure,
};
use crate::{
    InstanceId, Journal, StoreError,
    format::{Chain, encode},
};

/// How many entries the instance has.
const LEN: u64 = 5;

/// What is not what was written is found when it is loaded, and named.
pub fn promise_8(subject: &mut impl Subject) {
    let store = sure(subject.open());
    let id = instance(&store, "damaged", LEN);
    let healthy = instance(&store, "healthy", LEN);
    let stored = stored(&id);
    assert_eq!(sure(store.load(&id, Seq(0))).len() as u64, LEN, "it is healthy in the beginning");
    for (seq, bytes) in (0..).map(Seq).zip(&stored) {
        each_damage(bytes, |what, damaged| {
            subject.damage(&store, &id, seq, damaged);
            found(&store, &id, seq, what);
        });
        subject.damage(&store, &id, seq, Some(bytes.clone()));
        assert_eq!(sure(store.load(&id, Seq(0))).len() as u64, LEN, "put right, it is healthy again");
    }
    swapped(subject, &store, &id, &stored);
    assert_eq!(
        sure(store.load(&healthy, Seq(0))).len() as u64,
        LEN,
        "damage in one instance is none in another"
    );
}

/// The entries as they are stored, each with its chain.
fn stored(id: &InstanceId) -> Vec<Vec<u8>> {
    let entries = (0..LEN).map(|number| if number == 0 { began(id) } else { line(&number.to_string()) });
    let mut chain = Chain::start(id);
    let sealed = entries.map(|entry| {
        let (bytes, next) = encode(&entry, chain);
        chain = next;
        bytes
    });
    sealed.collect()
}

fn each_damage(bytes: &[u8], mut with: impl FnMut(&str, Option<Vec<u8>>)) {
    with("missing", None);
    with("empty", Some(Vec::new()));
    with("torn", Some(bytes.iter().copied().take(bytes.len() / 2).collect()));
    with("zeroed", Some(vec![0; bytes.len()]));
    with("longer", Some(bytes.iter().copied().chain([0]).collect()));
    for at in [0, 2, 3, bytes.len() / 2, bytes.len() - 1] {
        let flipped =
            bytes.iter().enumerate().map(|(index, byte)| if index == at { byte ^ 1 } else { *byte });
        with("altered", Some(flipped.collect()));
    }
}

/// From any sequence up to the damaged one a load fails, and names an entry no further than the one behind it.
fn found(store: &impl Journal, id: &InstanceId, seq: Seq, what: &str) {
    for from in 0..=seq.0 {
        let answer = store.load(id, Seq(from));
        let named = match &answer {
            Err(StoreError::Corrupt { place, .. }) => {
                place.contains(&id.instance) && place.contains(&format!("entry {}", seq.0))
            }
            Ok(_) | Err(_) => false,
        };
        assert!(named, "entry {} is {what}: a load from {from} names it, but said {answer:?}", seq.0);
    }
}

/// A whole entry that is another one: of another place, or made up.
fn swapped<S: Subject>(subject: &mut S, store: &S::Store, id: &InstanceId, stored: &[Vec<u8>]) {
    let [.., before, last] = stored else { return };
    let seq = Seq(LEN - 1);
    subject.damage(store, id, seq, Some(before.clone()));
    found(store, id, seq, "another one of the same journal");
    let forged = Chain::at_end_of(before).map(|chain| encode(&line("forged"), chain).0);
    subject.damage(store, id, seq, forged);
    let answer: Result<Vec<Entry>, _> = store.load(id, Seq(0));
    assert!(
        matches!(answer, Err(StoreError::Corrupt { .. })),
        "a last entry that its head does not know is found"
    );
    subject.damage(store, id, seq, Some(last.clone()));
    subject.damage(store, id, Seq(LEN), Some(last.clone()));
    let answer = store.load(id, Seq(0));
    assert!(matches!(answer, Err(StoreError::Corrupt { .. })), "an entry behind the last is found");
}

//! Promise 12.

use cairn_replay::{Instant, Json};

use super::{
    Subject,
    make::{append, commit, done, id, instance},
    sure,
};
use crate::{Commit, InstanceId, Journal, Refusal};

/// What was kept is found under its name in its tenant, the newest of it.
pub fn promise_12(subject: &mut impl Subject) {
    let store = sure(subject.open());
    let one = instance(&store, "one", 1);
    let other = InstanceId { tenant: "acme2".into(), instance: "one".into() };
    assert_eq!(sure(store.kept("acme", "rate")), None, "nothing is kept in the beginning");
    done(&store, Commit { at: Instant(5), ..keeping(&one, 1, &[("rate", "1"), ("rates", "[]")]) });
    let refused = keeping(&id("nobody"), 4, &[("rate", "9")]);
    assert_eq!(commit(&store, refused), Err(Refusal::Gone), "who is not there keeps nothing");
    subject.crash(store);

    let store = sure(subject.open());
    let rate = |tenant| sure(store.kept(tenant, "rate"));
    assert_eq!(rate("acme"), Some((Instant(5), Json("1".into()))), "what was kept survives, with its moment");
    assert_eq!(rate("acme2"), None, "a tenant sees its own only");
    assert_eq!(sure(store.kept("acme", "rat")), None, "a name is a whole name");
    done(&store, super::make::begin(&other));
    done(&store, keeping(&other, 1, &[("rate", "3")]));
    done(&store, Commit { at: Instant(7), ..keeping(&one, 1, &[("rate", "2"), ("rate", "4")]) });
    assert_eq!(rate("acme"), Some((Instant(7), Json("4".into()))), "the newest counts");
    assert_eq!(rate("acme2").map(|(_, json)| json), Some(Json("3".into())), "a tenant sees its own only");
}

fn keeping(id: &InstanceId, expect: u64, kept: &[(&str, &str)]) -> Commit {
    let kept = kept.iter().map(|(name, json)| ((*name).to_owned(), Json((*json).to_owned())));
    Commit { kept: kept.collect(), ..append(id, expect, Vec::new()) }
}

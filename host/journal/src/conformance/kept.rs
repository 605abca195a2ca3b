//! Promises 12 and 14.

use cairn_replay::{Instant, Json};

use super::{
    Subject,
    make::{append, commit, done, id, instance},
    sure, wait,
};
use crate::{Commit, InstanceId, Journal, Keep, Refusal};

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
    let kept = kept.iter().map(|(name, json)| ((*name).to_owned(), Json((*json).into())));
    Commit { kept: kept.collect(), ..append(id, expect, Vec::new()) }
}

/// What is kept by itself survives, can be forgotten, and all that is kept is listed by how its names begin.
pub fn promise_14(subject: &mut impl Subject) {
    let store = sure(subject.open());
    let keep = |name: &str, json: Option<&str>| Keep {
        tenant: "acme".into(),
        name: name.into(),
        json: json.map(|json| Json(json.into())),
        at: Instant(3),
    };
    let under = |store: &_, beginning| listed(store, "acme", beginning);
    for name in ["rate", "!s b", "!s a", "!s c", "!t", "\u{0}x"] {
        assert_eq!(wait(store.keep(keep(name, Some("1")))), Ok(()), "it is kept");
    }
    let one = instance(&store, "one", 1);
    done(&store, keeping(&one, 1, &[("!s ab", "2"), ("!s b", "3")]));
    assert_eq!(wait(store.keep(keep("!s c", None))), Ok(()), "it is forgotten");
    assert_eq!(wait(store.keep(keep("nothing", None))), Ok(()), "what is not there can be forgotten");
    subject.crash(store);

    let store = sure(subject.open());
    let rows = |all: &[(&str, &str)]| -> Vec<(String, Json)> {
        all.iter().map(|(name, json)| ((*name).to_owned(), Json((*json).into()))).collect()
    };
    assert_eq!(
        under(&store, "!s "),
        rows(&[("!s a", "1"), ("!s ab", "2"), ("!s b", "3")]),
        "in order, the newest"
    );
    assert_eq!(under(&store, "!s b"), rows(&[("!s b", "3")]), "a whole name begins with itself");
    assert_eq!(under(&store, "\u{0}"), rows(&[("\u{0}x", "1")]), "any text is a name");
    assert_eq!(under(&store, "").len(), 6, "all names begin with nothing");
    assert_eq!(listed(&store, "acm", "!s "), [], "a tenant sees its own only");
    assert_eq!(sure(store.kept("acme", "!s a")), Some((Instant(3), Json("1".into()))), "with its moment");
    assert_eq!(wait(store.keep(keep("!s a", Some("9")))), Ok(()), "it is kept anew");
    assert_eq!(under(&store, "!s a"), rows(&[("!s a", "9"), ("!s ab", "2")]), "and that counts");
}

fn listed(store: &impl Journal, tenant: &str, beginning: &str) -> Vec<(String, Json)> {
    sure(store.kept_under(tenant, beginning))
}

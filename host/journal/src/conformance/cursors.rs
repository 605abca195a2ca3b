//! Promise 7.

use super::{
    Subject,
    make::{begin, done, id, instance},
    sure,
};
use crate::{InstanceId, Journal};

/// A page goes on where the last one ended, whatever was written in between: all that was there all the time comes, once.
pub fn promise_7(subject: &mut impl Subject) {
    let store = sure(subject.open());
    for name in ["b", "d", "f", "h", "j"] {
        instance(&store, name, 1);
    }
    for tenant in ["acm", "acme2", ""] {
        done(&store, begin(&InstanceId { tenant: tenant.into(), instance: "z".into() }));
    }
    let first = sure(store.list("acme", None, 2));
    assert_eq!(names(&first.items), ["b", "d"], "in order of ids");
    assert_eq!(first.next, Some(id("d")), "a page says where the next begins");
    for name in ["a", "c", "e", "g"] {
        instance(&store, name, 2);
    }
    let second = sure(store.list("acme", first.next.as_ref(), 3));
    assert_eq!(names(&second.items), ["e", "f", "g"], "new ones in front do not move the cursor");
    let third = sure(store.list("acme", second.next.as_ref(), 3));
    assert_eq!(
        (names(&third.items), third.next),
        (vec!["h", "j"], None),
        "the last page says that it is the last"
    );
    let exact = sure(store.list("acme", second.next.as_ref(), 2));
    assert_eq!((names(&exact.items), exact.next), (vec!["h", "j"], None), "also if it is full");
    let gap = sure(store.list("acme", Some(&id("dx")), 1));
    assert_eq!(names(&gap.items), ["e"], "a cursor need not name what is there");
    assert_eq!(sure(store.list("nobody", None, 9)).items, [], "a tenant sees its own only");
    assert_eq!(names(&sure(store.list("acm", None, 9)).items), ["z"], "a tenant sees its own only");
}

fn names(heads: &[crate::Head]) -> Vec<&str> {
    heads.iter().map(|head| head.id.instance.as_str()).collect()
}

use cairn_replay::{Instant, Key, Seq};
use proptest::prelude::*;

use super::{
    Tag, due, entries, entry, inbox, instance, instance_of, line, number, stand, stand_of, tenant, timer,
    timer_of,
};
use crate::InstanceId;

/// Names of few different bytes, zero among them, so that neighbours are often near.
fn name() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(vec!['\0', '\u{1}', 'a', 'b', 'ÿ']), 0..4)
        .prop_map(|chars| chars.into_iter().collect())
}

fn id() -> impl Strategy<Value = InstanceId> {
    (name(), name()).prop_map(|(tenant, instance)| InstanceId { tenant, instance })
}

proptest! {
    #[test]
    fn keys_sort_as_ids_do_and_read_back(one in id(), two in id()) {
        let (a, b) = (instance(Tag::Head, &one), instance(Tag::Head, &two));
        prop_assert_eq!(a.cmp(&b), one.cmp(&two));
        prop_assert_eq!(instance_of(&a), Some(one));
    }

    #[test]
    fn no_instance_lies_within_another(one in id(), two in id()) {
        prop_assume!(one != two);
        prop_assert!(!entry(&two, Seq(0)).starts_with(&entries(&one)));
        prop_assert!(!inbox(&two, 0).starts_with(&instance(Tag::Inbox, &one)));
        prop_assume!(one.tenant != two.tenant);
        prop_assert!(!instance(Tag::Head, &two).starts_with(&tenant(Tag::Head, &one.tenant)));
    }

    #[test]
    fn a_line_sorts_by_moment_first(lock in id(), one in (any::<u64>(), name(), name()), two in (any::<u64>(), name(), name())) {
        let line = line(&lock.tenant, &lock.instance);
        let [one, two] = [one, two].map(|(asked, instance, key)| (Instant(asked), instance, Key(key)));
        let (a, b) = (stand(&line, &one), stand(&line, &two));
        prop_assert_eq!(a.cmp(&b), one.cmp(&two));
        prop_assert_eq!(stand_of(&line, &a), Some(one));
    }

    #[test]
    fn timers_sort_by_moment_first(one in id(), two in id(), a in any::<u64>(), b in any::<u64>()) {
        let (first, second) = (timer(Instant(a), &one), timer(Instant(b), &two));
        prop_assert_eq!(first.cmp(&second), (a, &one).cmp(&(b, &two)));
        prop_assert_eq!(due(&first), Some(Instant(a)));
        prop_assert_eq!(timer_of(&first), Some(one));
    }

    #[test]
    fn entries_sort_by_sequence(id in id(), a in any::<u64>(), b in any::<u64>()) {
        prop_assert_eq!(entry(&id, Seq(a)).cmp(&entry(&id, Seq(b))), a.cmp(&b));
        prop_assert_eq!(number(&entry(&id, Seq(a))), Some(a));
    }

    #[test]
    fn any_bytes_may_be_read(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
        let _ = (instance_of(&bytes), timer_of(&bytes), due(&bytes), number(&bytes));
    }
}

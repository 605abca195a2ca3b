//! Texts that grow, against what they should be; a text that was finished never changes.

use proptest::prelude::*;

use super::text;
use crate::draft::{Draft, Last};
use crate::value::{self, List, V};

proptest! {
    #[test]
    fn texts_that_grow_are_what_was_put_together(steps in proptest::collection::vec((any::<prop::sample::Index>(), 0..60_usize, any::<bool>()), 1..120)) {
        let last = Last::none();
        let mut built: Vec<(V, String)> = vec![(value::text_of(""), String::new())];
        for (from, more, newest) in steps {
            let (before, expected) =
                if newest { built[built.len() - 1].clone() } else { built[from.index(built.len())].clone() };
            let part = "ä".repeat(more);
            let mut draft = Draft::new();
            draft.push(&last, before.as_text());
            if more % 2 == 0 { draft.push(&last, &part) } else { draft.write(|out| out.push_str(&part)) }
            built.push((draft.end(&last), expected + &part));
        }
        for (value, expected) in built {
            prop_assert_eq!(value.as_text(), expected);
        }
    }

    #[test]
    fn lists_that_grow_are_what_was_put_together(steps in proptest::collection::vec((any::<prop::sample::Index>(), 0..5_i64), 1..60)) {
        let mut built = vec![(List::new(Vec::new()), Vec::new())];
        for (from, more) in steps {
            let (before, mut expected) = built[from.index(built.len())].clone();
            let items: Vec<V> = (0..more).map(value::int).collect();
            expected.extend(0..more);
            built.push((before.grown_by(&items), expected));
        }
        for (list, expected) in built {
            let items = text(value::list(list.items().to_vec()));
            prop_assert_eq!(items, serde_json::to_string(&expected).unwrap_or_default());
        }
    }
}

#[test]
fn a_text_that_grows_stays_where_it_is() {
    let last = Last::none();
    let mut whole = value::text_of(String::leak("x".repeat(200)));
    let mut places = std::collections::BTreeSet::new();
    for _ in 0..10_000 {
        let mut draft = Draft::new();
        draft.push(&last, whole.as_text());
        draft.push(&last, "y");
        whole = draft.end(&last);
        places.insert(whole.as_text().as_ptr());
    }
    assert_eq!(whole.as_text().len(), 10_200);
    assert!(places.len() < 12, "{}", places.len());
}

//! What was done is undone.

use serde_json::json;

use super::{Behaviour, behaviour, guest::Guest};

pub(super) const TABLE: &[Behaviour] = &[
    behaviour("a failure undoes what was done, newest first", "undo", newest_first),
    behaviour("a part can be undone, and the run goes on", "unwind", part),
    behaviour("a cancelled run is undone", "undo_cancel", cancelled),
];

pub(super) fn newest_first(guest: &Guest) {
    guest.fails(&json!({}), "refused");
    let calls: Vec<_> = guest
        .services
        .calls()
        .into_iter()
        .map(|call| (call.operation, call.arguments["item"].clone()))
        .collect();
    let of = |operation: &str, item: &str| (operation.to_owned(), json!(item));
    let (reserve, release) = ("t.reserve", "t.release");
    assert_eq!(calls, [of(reserve, "a"), of(reserve, "b"), of(release, "b"), of(release, "a")]);
}

fn part(guest: &Guest) {
    assert_eq!(guest.gives(&json!({})), json!("back"));
    assert_eq!(guest.called(), ["t.reserve", "t.release"]);
}

fn cancelled(guest: &Guest) {
    guest.waits(&json!({}));
    guest.cmd("cancel").arg(&guest.id).run();
    guest.resume().run().ended(1);
    guest.failed("cancelled");
    assert_eq!(guest.called(), ["t.reserve", "t.release"]);
}

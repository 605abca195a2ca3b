//! `receive`: a message is waited for.

use crate::{Subscription, divergence::Fields};

pub(super) fn describe(subscriptions: &[Subscription]) -> String {
    format!("a wait for {}", names(subscriptions))
}

pub(super) fn compare(fields: &mut Fields, recorded: &[Subscription], asked: &[Subscription]) {
    fields.value("events", &names(recorded), &names(asked));
    for (recorded, asked) in recorded.iter().zip(asked).filter(|(one, other)| one.event == other.event) {
        fields.text(&format!("{}.where", asked.event), &conditions(recorded), &conditions(asked));
        let closed = |of: &Subscription| of.condition.as_ref().map_or("", |one| &*one.0).to_owned();
        fields.text(&format!("{}.condition", asked.event), &closed(recorded), &closed(asked));
    }
}

fn names(subscriptions: &[Subscription]) -> String {
    let names: Vec<_> = subscriptions.iter().map(|one| format!("`{}`", one.event)).collect();
    names.join(" or ")
}

fn conditions(subscription: &Subscription) -> String {
    let conditions: Vec<_> =
        subscription.fields.iter().map(|(field, value)| format!("{field} = {}", value.0)).collect();
    conditions.join(", ")
}

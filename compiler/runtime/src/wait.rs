//! Waits: for one of several events, or a timer.

use alloc::{string::String, vec::Vec};

use crate::deadline;
use crate::effect::{awaited, given_up, settle};
use crate::fault::{Failure, Fault};
use crate::host::{self, Condition, Span, Subscription};
use crate::json::print;
use crate::number::Number;
use crate::table::Table;
use crate::value::{self, V, count};

/// An event and what its fields have to equal.
pub struct Wanted {
    /// Its name.
    pub event: V,
    /// Names and values.
    pub fields: Vec<(V, V)>,
    /// A closed condition, or null.
    pub condition: V,
}

/// A moment or a span under a key.
pub struct Timer {
    /// Of the sleep.
    pub key: V,
    /// It is a moment.
    pub until: bool,
    /// Since the epoch, or from now on.
    pub milliseconds: i64,
}

/// Which of the wanted events came, and its fields; none where the timer was first.
pub fn wait(key: V, wanted: &[Wanted], timer: Option<Timer>) -> Result<Option<(i32, V)>, Fault> {
    deadline::check()?;
    let subscriptions = wanted.iter().map(lower).collect::<Result<Vec<_>, _>>()?;
    let event = host::receive(key.as_text(), &subscriptions);
    let Some(timer) = timer else {
        return came(awaited(&event)?, wanted.len()).map(Some);
    };
    let sleep = host::sleep(timer.key.as_text(), timer.until, timer.milliseconds);
    match deadline::first(&[&event, &sleep]) {
        Ok(0) => {
            sleep.cancel();
            came(settle(&event)?, wanted.len()).map(Some)
        }
        Ok(_) => {
            event.cancel();
            settle(&sleep)?;
            Ok(None)
        }
        Err(late) => {
            sleep.cancel();
            came(given_up(&event, late)?, wanted.len()).map(Some)
        }
    }
}

fn lower(wanted: &Wanted) -> Result<Subscription, Fault> {
    let mut fields = Vec::with_capacity(wanted.fields.len());
    for (name, value) in &wanted.fields {
        let value = print(value)?.leak();
        fields.push(Condition { name: Span::text(name.as_text()), value: Span::text(value) });
    }
    let condition = if wanted.condition.is_null() { None } else { Some(&*print(wanted.condition)?.leak()) };
    Ok(Subscription {
        event: Span::text(wanted.event.as_text()),
        conditions: Span::list(fields.leak()),
        closed: condition.into(),
    })
}

fn came(outcome: V, wanted: usize) -> Result<(i32, V), Fault> {
    let Some(table) = outcome.as_record() else {
        return Err(Failure::bad_data(String::new(), "an event of the host".into(), "something else".into()));
    };
    let which = Number::of(table.get_or_null("subscription")).and_then(|n| n.to_int());
    match which.and_then(|n| i32::try_from(n).ok()).filter(|n| (0..count(wanted)).contains(&i64::from(*n))) {
        Some(which) => Ok((which, table.get("data").filter(|data| !data.is_null()).unwrap_or_else(nothing))),
        None => Err(Failure::bad_data(
            "subscription".into(),
            "the number of a subscription".into(),
            "another".into(),
        )),
    }
}

/// The fields of an event that was sent without any.
fn nothing() -> V {
    value::record(Table::new(0))
}

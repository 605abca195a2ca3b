//! What those outside see: input, result, failures, events.

use std::collections::BTreeSet;

use serde_json::Value;

use super::Change;
use crate::check::assignable;
use crate::ir::{EventMeta, Param, Program};
use crate::types::Type;

pub(super) fn changes(old: &Program, new: &Program) -> Vec<Change> {
    let mut changes = inputs(old, new);
    changes.extend(result(old, new));
    changes.extend(failures(old, new));
    changes.extend(events(&old.meta.events, &new.meta.events, true));
    changes.extend(events(&old.meta.emits, &new.meta.emits, false));
    changes
}

fn change(code: &'static str, message: String, breaking: bool) -> Change {
    Change { code, message, old_line: None, new_line: None, breaking }
}

fn ty<'p>(program: &'p Program, param: &Param) -> &'p Type {
    program.locals.get(param.local.0 as usize).map_or(&Type::Never, |local| &local.ty)
}

/// An input that was right must be right: for those who start it, and for what runs, whose input is read again.
fn inputs(old: &Program, new: &Program) -> Vec<Change> {
    let mut changes = Vec::new();
    for param in &new.params {
        let name = &param.name;
        let now = ty(new, param);
        match old.params.iter().find(|before| before.name == *name) {
            None if param.optional => {
                changes.push(change(
                    "E1106",
                    format!("a new input `{name}: {now}` that may be left out"),
                    false,
                ));
            }
            None => changes.push(change(
                "E1106",
                format!("a new input `{name}: {now}` that has to be given"),
                true,
            )),
            Some(before) => {
                let was = ty(old, before);
                let narrower = !assignable(was, now) || before.optional && !param.optional;
                if was != now || before.optional != param.optional {
                    let fits =
                        if narrower { "what was right may be wrong now" } else { "what was right is right" };
                    changes.push(change(
                        "E1106",
                        format!("the input `{name}` was `{was}` and is `{now}`: {fits}"),
                        narrower,
                    ));
                }
            }
        }
    }
    let gone = old.params.iter().filter(|before| !new.params.iter().any(|param| param.name == before.name));
    changes.extend(gone.map(|before| change("E1106", format!("the input `{}` is gone", before.name), true)));
    changes
}

fn result(old: &Program, new: &Program) -> Option<Change> {
    let (was, now) = (&old.result, &new.result);
    let wider = !assignable(now, was);
    (was != now).then(|| change("E1107", format!("the result was `{was}` and is `{now}`"), wider))
}

fn failures(old: &Program, new: &Program) -> Vec<Change> {
    let set = |program: &Program| program.meta.fails.iter().cloned().collect::<BTreeSet<_>>();
    let (was, now) = (set(old), set(new));
    let added =
        now.difference(&was).map(|kind| change("E1108", format!("it may now fail with `{kind}`"), true));
    let gone =
        was.difference(&now).map(|kind| change("E1108", format!("it no longer fails with `{kind}`"), false));
    added.chain(gone).collect()
}

/// Whoever sends an event has to send what is awaited; whoever takes one finds what is sent.
fn events(old: &[EventMeta], new: &[EventMeta], awaited: bool) -> Vec<Change> {
    let verb = if awaited { "waits for" } else { "sends" };
    let mut changes = Vec::new();
    for event in new {
        let name = &event.name;
        match old.iter().find(|before| before.name == *name) {
            None => changes.push(change("E1109", format!("it now {verb} `{name}`"), false)),
            Some(before) if before.data != event.data => {
                let breaking =
                    if awaited { !fits(&before.data, &event.data) } else { !fits(&event.data, &before.data) };
                changes.push(change(
                    "E1109",
                    format!("the fields of `{name}`, which it {verb}, have changed"),
                    breaking,
                ));
            }
            Some(_) => {}
        }
    }
    let gone = old.iter().filter(|before| !new.iter().any(|event| event.name == before.name));
    changes
        .extend(gone.map(|before| change("E1109", format!("it no longer {verb} `{}`", before.name), true)));
    changes
}

/// Of two schemas of objects: what the first describes has all that the second asks for. What is deeper is compared as it stands.
fn fits(from: &Value, to: &Value) -> bool {
    let field = |schema: &Value, name: &str| schema.get("properties").and_then(|all| all.get(name)).cloned();
    let names = |schema: &Value| -> BTreeSet<String> {
        let list = schema.get("required").and_then(Value::as_array).cloned().unwrap_or_default();
        list.iter().filter_map(|name| name.as_str().map(str::to_owned)).collect()
    };
    let there = names(from);
    let needed = names(to).iter().all(|name| there.contains(name));
    let known = to.get("properties").and_then(Value::as_object).cloned().unwrap_or_default();
    needed && known.iter().all(|(name, schema)| field(from, name).is_none_or(|before| before == *schema))
}

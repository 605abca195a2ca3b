//! The functions of the world.

use wasmtime::StoreContextMut;
use wasmtime::component::{Linker, LinkerInstance, ResourceAny, ResourceType, Val};

use super::shown::{lowered, request, shown, text};
use super::side::{Block, Undo, ended, unwind};
use super::{Guest, Kind, Operation, Outcome};

type Context<'a> = StoreContextMut<'a, Guest>;

pub(super) fn imports(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    types(&mut linker.instance("cairn:workflow/types@0.3.0")?)?;
    step(&mut linker.instance("cairn:workflow/step@0.3.0")?)?;
    sleep(&mut linker.instance("cairn:workflow/sleep@0.3.0")?)?;
    event(&mut linker.instance("cairn:workflow/event@0.3.0")?)?;
    flow(&mut linker.instance("cairn:workflow/flow@0.3.0")?)?;
    places(&mut linker.instance("cairn:workflow/flow@0.3.0")?)?;
    context(&mut linker.instance("cairn:workflow/context@0.3.0")?)
}

fn types(at: &mut LinkerInstance<'_, Guest>) -> wasmtime::Result<()> {
    at.resource("operation", ResourceType::host::<Operation>(), |_, _| Ok(()))?;
    at.func_new("[method]operation.outcome", |mut store, _, args, results| {
        let (key, kind) = operation(&mut store, &args[0])?;
        let outcome = match kind {
            Kind::Block => ended(&mut store, &key)?,
            kind => store.data().outcome(&key, kind)?,
        };
        results[0] = lowered(outcome);
        Ok(())
    })?;
    at.func_new("[method]operation.cancel", |mut store, _, args, _| {
        let (key, kind) = operation(&mut store, &args[0])?;
        let guest = store.data_mut();
        guest.note(format!("cancel {key}"));
        if kind == Kind::Block {
            guest.cancel_block(&key);
        }
        guest.cancelled.insert(key);
        Ok(())
    })
}

fn step(at: &mut LinkerInstance<'_, Guest>) -> wasmtime::Result<()> {
    at.func_new("call", |mut store, _, args, results| {
        let line = request(&store.data().scope, args);
        store.data_mut().note(format!("call {line}"));
        results[0] = begin(store, text(&args[0]), Kind::Other)?;
        Ok(())
    })?;
    at.func_new("undo", |mut store, _, args, _| {
        let line = request(&store.data().scope, args);
        store.data_mut().undos.push(Undo::Call(line));
        Ok(())
    })?;
    at.func_new("undo-depth", |store, _, _, results| {
        results[0] = Val::U32(u32::try_from(store.data().undos.len())?);
        Ok(())
    })?;
    at.func_new("unwind", |mut store, _, args, results| {
        let Val::U32(depth) = args[1] else { return Err(wasmtime::Error::msg("no depth")) };
        let guest = store.data_mut();
        guest.note(format!("unwind {} {depth}", guest.whole(text(&args[0]))));
        let undos = guest.undos.split_off(depth as usize);
        unwind(&mut store, undos)?;
        results[0] = begin(store, text(&args[0]), Kind::Other)?;
        Ok(())
    })
}

fn sleep(at: &mut LinkerInstance<'_, Guest>) -> wasmtime::Result<()> {
    for name in ["until", "span"] {
        at.func_new(name, move |mut store, _, args, results| {
            let guest = store.data_mut();
            let line = format!("sleep {} {name} {}", guest.whole(text(&args[0])), shown(&args[1]));
            guest.note(line);
            results[0] = begin(store, text(&args[0]), Kind::Sleep)?;
            Ok(())
        })?;
    }
    Ok(())
}

fn event(at: &mut LinkerInstance<'_, Guest>) -> wasmtime::Result<()> {
    noted(at, "receive", Kind::Event)?;
    noted(at, "ask", Kind::Other)?;
    noted(at, "emit", Kind::Other)
}

/// A verb that begins an operation, and is written down with all that it says.
fn noted(at: &mut LinkerInstance<'_, Guest>, name: &'static str, kind: Kind) -> wasmtime::Result<()> {
    at.func_new(name, move |mut store, _, args, results| {
        let guest = store.data_mut();
        let said: Vec<String> = args[1..].iter().map(shown).collect();
        guest.note(format!("{name} {} {}", guest.whole(text(&args[0])), said.join(" ")));
        if name == "lock" {
            let key = guest.whole(text(&args[0]));
            guest.held.insert(key);
        }
        results[0] = begin(store, text(&args[0]), kind)?;
        Ok(())
    })
}

fn flow(at: &mut LinkerInstance<'_, Guest>) -> wasmtime::Result<()> {
    at.func_new("first", |mut store, _, args, results| {
        let Val::List(of) = &args[0] else { return Err(wasmtime::Error::msg("no list")) };
        let of: Result<Vec<_>, _> = of.iter().map(|of| operation(&mut store, of)).collect();
        let of = of?;
        let first = store.data_mut().first(&of)?;
        if let Some((key, Kind::Block)) = of.get(first) {
            ended(&mut store, key)?;
        }
        results[0] = Val::U32(u32::try_from(first)?);
        Ok(())
    })?;
    at.func_new("block", |mut store, _, args, results| {
        let Val::U32(number) = args[1] else { return Err(wasmtime::Error::msg("no number")) };
        let key = store.data().whole(text(&args[0]));
        store.data_mut().begin_block(&key, Block::new(number, text(&args[2]).into()));
        results[0] = begin(store, text(&args[0]), Kind::Block)?;
        Ok(())
    })?;
    at.func_new("undo-block", |mut store, _, args, _| {
        let Val::U32(number) = args[1] else { return Err(wasmtime::Error::msg("no number")) };
        let key = store.data().whole(text(&args[0]));
        store.data_mut().undos.push(Undo::Run { key, number, captured: text(&args[2]).into() });
        Ok(())
    })?;
    noted(at, "child", Kind::Other)?;
    noted(at, "spawn", Kind::Other)?;
    noted(at, "lock", Kind::Other)
}

fn places(at: &mut LinkerInstance<'_, Guest>) -> wasmtime::Result<()> {
    at.func_new("unlock", |mut store, _, args, _| {
        let guest = store.data_mut();
        let key = guest.whole(text(&args[0]));
        guest.note(format!("unlock {key}"));
        if guest.held.remove(&key) { Ok(()) } else { Err(wasmtime::Error::msg("nothing was held")) }
    })?;
    at.func_new("restart", |mut store, _, args, _| {
        let line = format!("restart {}", text(&args[0]));
        store.data_mut().note(line.clone());
        Err(wasmtime::Error::msg(line))
    })
}

fn context(at: &mut LinkerInstance<'_, Guest>) -> wasmtime::Result<()> {
    at.func_new("now", |mut store, _, args, results| {
        let guest = store.data_mut();
        guest.note(format!("now {}", guest.whole(text(&args[0]))));
        results[0] = Val::U64(1_769_817_600_000);
        Ok(())
    })?;
    at.func_new("random", |mut store, _, args, results| {
        let guest = store.data_mut();
        guest.note(format!("random {}", guest.whole(text(&args[0]))));
        guest.random = guest.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
        results[0] = Val::U64(guest.random);
        Ok(())
    })?;
    at.func_new("log", |mut store, _, args, _| {
        let line = format!("log {} {} {}", shown(&args[0]), text(&args[1]), text(&args[2]));
        store.data_mut().note(line);
        Ok(())
    })?;
    at.func_new("expose", |mut store, _, args, _| {
        let line = format!("expose {}", text(&args[0]));
        store.data_mut().note(line);
        Ok(())
    })?;
    at.func_new("calendar", |mut store, _, args, results| {
        let guest = store.data_mut();
        let said: Vec<String> = args[1..].iter().map(shown).collect();
        let key = guest.whole(text(&args[0]));
        guest.note(format!("calendar {key} {}", said.join(" ")));
        results[0] = lowered(guest.outcomes.get(&key).cloned().unwrap_or(Outcome::Well("null".into())));
        Ok(())
    })
}

fn begin(mut store: Context<'_>, key: &str, kind: Kind) -> wasmtime::Result<Val> {
    let operation = store.data_mut().begin(key, kind);
    Ok(Val::Resource(ResourceAny::try_from_resource(operation, store)?))
}

fn operation(store: &mut Context<'_>, of: &Val) -> wasmtime::Result<(String, Kind)> {
    let Val::Resource(operation) = of else {
        return Err(wasmtime::Error::msg("no operation"));
    };
    let operation = operation.try_into_resource::<Operation>(&mut *store)?;
    Ok(store.data().operation(operation.rep()))
}

//! Blocks, and undos of all kinds.

use wasmtime::StoreContextMut;
use wasmtime::component::Val;

use super::shown::lowered_from;
use super::{Guest, Outcome};

/// A block that was begun.
#[derive(Clone)]
pub(super) struct Block {
    number: u32,
    captured: String,
    ended: Option<Outcome>,
}

/// What undoes something.
#[derive(Clone)]
pub(super) enum Undo {
    /// Key, tool and arguments.
    Call(String),
    /// A block under this key.
    Run { key: String, number: u32, captured: String },
    /// Whatever this block registered, if it ended well.
    Of(String),
}

impl Block {
    pub(super) fn new(number: u32, captured: String) -> Self {
        Self { number, captured, ended: None }
    }
}

impl Guest {
    /// A block is under way from now on.
    pub(super) fn begin_block(&mut self, key: &str, block: Block) {
        self.undos.push(Undo::Of(key.into()));
        self.blocks.insert(key.into(), block);
        let depth = key.matches('/').count();
        let beside =
            |(of, block): &(&String, &Block)| block.ended.is_none() && of.matches('/').count() == depth;
        self.most = self.most.max(self.blocks.iter().filter(beside).count());
    }

    /// It may have ended just before.
    pub(super) fn cancel_block(&mut self, key: &str) {
        if let Some(block) = self.blocks.get_mut(key) {
            block.ended.get_or_insert_with(Outcome::cancelled);
        }
    }
}

/// Runs a block to its end, if it has not ended: its outcome.
pub(super) fn ended(store: &mut StoreContextMut<'_, Guest>, key: &str) -> wasmtime::Result<Outcome> {
    let block = store.data().blocks.get(key).cloned();
    let block = block.ok_or_else(|| wasmtime::Error::msg(format!("no block {key}")))?;
    if let Some(ended) = block.ended {
        return Ok(ended);
    }
    let guest = store.data_mut();
    let outside = std::mem::take(&mut guest.undos);
    let ended = run(store, key, block.number, &block.captured)?;
    let guest = store.data_mut();
    let inside = std::mem::replace(&mut guest.undos, outside);
    if matches!(ended, Outcome::Well(_)) {
        guest.inner.insert(key.into(), inside);
    } else if inside.iter().any(|undo| !matches!(undo, Undo::Of(_))) {
        return Err(wasmtime::Error::msg(format!("{key} failed and did not undo what it had done")));
    }
    if let Some(block) = guest.blocks.get_mut(key) {
        block.ended = Some(ended.clone());
    }
    Ok(ended)
}

/// Runs a block in an instance of its own.
fn run(
    store: &mut StoreContextMut<'_, Guest>,
    key: &str,
    number: u32,
    captured: &str,
) -> wasmtime::Result<Outcome> {
    let guest = store.data_mut();
    guest.note(format!("block {key} {number} {captured}"));
    let scope = std::mem::replace(&mut guest.scope, format!("{key}/"));
    let code = guest.code.clone();
    let (component, linker) = code.ok_or_else(|| wasmtime::Error::msg("no code"))?;
    let instance = linker.instantiate(&mut *store, &component)?;
    let none = || wasmtime::Error::msg("it exports no blocks");
    let blocks = instance.get_export_index(&mut *store, None, "cairn:workflow/blocks@0.3.0");
    let blocks = blocks.ok_or_else(none)?;
    let index = instance.get_export_index(&mut *store, Some(&blocks), "run-block").ok_or_else(none)?;
    let function = instance.get_func(&mut *store, index).ok_or_else(none)?;
    let mut results = [Val::Bool(false)];
    function.call(&mut *store, &[Val::U32(number), Val::String(captured.into())], &mut results)?;
    store.data_mut().scope = scope;
    let [result] = results;
    Ok(lowered_from(&result))
}

/// Runs undos, newest first; those of a block at its place.
pub(super) fn unwind(store: &mut StoreContextMut<'_, Guest>, undos: Vec<Undo>) -> wasmtime::Result<()> {
    for undo in undos.into_iter().rev() {
        match undo {
            Undo::Call(line) => store.data_mut().note(format!("undo {line}")),
            Undo::Of(key) => {
                let inner = store.data_mut().inner.remove(&key).unwrap_or_default();
                unwind(store, inner)?;
            }
            Undo::Run { key, number, captured } => {
                run(store, &key, number, &captured)?;
            }
        }
    }
    Ok(())
}

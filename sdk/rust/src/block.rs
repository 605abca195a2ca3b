//! Blocks: parts of a workflow that run side by side, each as code of its own.

use std::{any, sync::OnceLock};

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{
    Failure, Operation, failure,
    world::cairn::workflow::{flow, types},
};

/// A block as it stands in the list of [`workflow!`](crate::workflow): its name, and what reads its input and runs it.
#[doc(hidden)]
pub type __Block = (&'static str, fn(&str) -> Result<String, types::Failure>);

/// The blocks of this component: each has its place as its number.
static BLOCKS: OnceLock<&'static [__Block]> = OnceLock::new();

/// What a block captures: the world wants an object.
#[derive(Serialize, Deserialize)]
struct Captured<I> {
    input: I,
}

/// Begins a block: a function that [`workflow!`](crate::workflow) lists. It runs side by side with everything else, in an instance of its own: it
/// has nothing of whoever began it but this input, and its keys stand in the journal as `KEY/…`. While it waits it is unloaded, alone.
///
/// ```ignore
/// fn parse(file: String) -> Result<u64, Failure> { … }
///
/// let rows = cairn::block(&cairn::key!("file[{}]", file), parse, &file)?;
///
/// cairn::workflow!(run, blocks: [parse]);
/// ```
///
/// # Errors
/// The input cannot be written; the function is none of the listed ones.
pub fn block<I, O, F>(key: &str, block: F, input: &I) -> Result<Operation<O>, Failure>
where
    I: Serialize,
    O: DeserializeOwned,
    F: Fn(I) -> Result<O, Failure>,
{
    let number = number(__name(&block))?;
    Ok(Operation::new(flow::block(key, number, &captured(input)?)))
}

/// Registers a block as what undoes the work so far, as [`undo`](crate::undo) does a call.
///
/// # Errors
/// As [`block`].
pub fn undo_block<I, O, F>(key: &str, block: F, input: &I) -> Result<(), Failure>
where
    I: Serialize,
    F: Fn(I) -> Result<O, Failure>,
{
    let number = number(__name(&block))?;
    flow::undo_block(key, number, &captured(input)?);
    Ok(())
}

fn number(name: &str) -> Result<u32, Failure> {
    let known = BLOCKS.get().and_then(|blocks| blocks.iter().position(|(known, _)| *known == name));
    known.and_then(|number| u32::try_from(number).ok()).ok_or_else(|| {
        let short = name.rsplit("::").next().unwrap_or(name);
        let why = format!("`{name}` is no block: list it, as in `cairn::workflow!(run, blocks: [{short}])`");
        Failure::new("bad_data", why)
    })
}

fn captured<I: Serialize>(input: &I) -> Result<String, Failure> {
    failure::write(&Captured { input }, "the input of a block")
}

/// What a function is called, with its path.
#[doc(hidden)]
pub fn __name<F>(_: &F) -> &'static str {
    any::type_name::<F>()
}

/// So that blocks can be begun by their functions.
#[doc(hidden)]
pub fn __blocks(blocks: &'static [__Block]) {
    // It is the same list each time.
    let _ = BLOCKS.set(blocks);
}

/// What a listed function is made.
#[doc(hidden)]
pub fn __run_block<I: DeserializeOwned, O: Serialize>(
    captured: &str,
    run: fn(I) -> Result<O, Failure>,
) -> Result<String, types::Failure> {
    crate::__run(captured, |of: Captured<I>| run(of.input))
}

/// The journal was written by other code.
#[doc(hidden)]
pub fn __no_block(number: u32) -> Result<String, types::Failure> {
    Err(Failure::new("bad_data", format!("this code has no block {number}")).into())
}

//! Durable workflows in Rust.
//!
//! A workflow is a function from an input to a result. It may be stopped anywhere, on purpose or by a crash, and goes on from its
//! journal: all that it asked for through this library is answered from there and not done again.
//!
//! ```ignore
//! use std::time::Duration;
//!
//! use cairn::{Failure, Options};
//!
//! fn run(name: String) -> Result<String, Failure> {
//!     let greeting: String = cairn::step("greet", &Options::default(), |_| Ok(format!("Hello, {name}!")))?;
//!     std::thread::sleep(Duration::from_secs(3600)); // durable: the code is unloaded meanwhile
//!     Ok(greeting)
//! }
//!
//! cairn::workflow!(run);
//! ```
//!
//! Everything durable has a key, which names it in the journal: give each its own, and in loops one that names the item ([`key!`]).
//! `println!` writes to the log of the run, once; clocks stand still between requests; randomness is recorded.

mod block;
mod event;
mod failure;
mod flow;
mod key;
mod operation;
mod options;
mod step;
mod time;

/// The world, as it was generated. For what this library has no better words for.
#[expect(missing_docs, reason = "generated; the documentation is that of the world")]
pub mod world {
    wit_bindgen::generate!({
        path: "wit",
        world: "compiled",
        pub_export_macro: true,
        default_bindings_module: "cairn::world",
    });
}

pub use block::{block, undo_block};
#[doc(hidden)]
pub use block::{__Block, __blocks, __name, __no_block, __run_block};
pub use event::{Answer, Event, Question, ask, emit, receive};
pub use failure::Failure;
pub use flow::{Waited, first, lock, restart, run, spawn};
#[doc(hidden)]
pub use key::__encoded;
pub use operation::Operation;
pub use options::{Backoff, Cache, Options, Retry, Unclear};
pub use step::{Attempt, call, call_with, step, undo, undo_depth, unwind};
pub use time::{now, random, sleep, sleep_until};
pub use world::cairn::workflow::context::Level;

use std::io::{self, Write as _};

use serde::{Serialize, de::DeserializeOwned};

/// Makes a function the workflow of this component: from an input that serde reads to a result that it writes. Functions that are begun as
/// [`block`]s stand behind it.
///
/// ```ignore
/// cairn::workflow!(run);
/// cairn::workflow!(run, blocks: [parse, send]);
/// ```
#[macro_export]
macro_rules! workflow {
    ($run:path $(, blocks: [$($block:path),* $(,)?])? $(,)?) => {
        struct CairnWorkflow;

        impl CairnWorkflow {
            fn blocks() -> &'static [$crate::__Block] {
                static BLOCKS: ::std::sync::OnceLock<::std::vec::Vec<$crate::__Block>> = ::std::sync::OnceLock::new();
                BLOCKS.get_or_init(|| ::std::vec![
                    $($(($crate::__name(&$block), |captured| $crate::__run_block(captured, $block))),*)?
                ])
            }
        }

        impl $crate::world::Guest for CairnWorkflow {
            fn run(
                input: ::std::string::String,
            ) -> ::std::result::Result<::std::string::String, $crate::world::cairn::workflow::types::Failure>
            {
                $crate::__blocks(Self::blocks());
                $crate::__run(&input, $run)
            }
        }

        impl $crate::world::exports::cairn::workflow::blocks::Guest for CairnWorkflow {
            fn run_block(
                number: u32,
                captured: ::std::string::String,
            ) -> ::std::result::Result<::std::string::String, $crate::world::cairn::workflow::types::Failure>
            {
                $crate::__blocks(Self::blocks());
                let block = usize::try_from(number).ok().and_then(|number| Self::blocks().get(number));
                block.map_or_else(|| $crate::__no_block(number), |(_, block)| block(&captured))
            }
        }

        $crate::world::export!(CairnWorkflow with_types_in $crate::world);
    };
}

/// What [`workflow!`] makes of its function.
#[doc(hidden)]
pub fn __run<I: DeserializeOwned, O: Serialize>(
    input: &str,
    run: impl FnOnce(I) -> Result<O, Failure>,
) -> Result<String, world::cairn::workflow::types::Failure> {
    let result = failure::read(input, "the input").and_then(run);
    // A last line without an end would stay in its buffer.
    let _ = io::stdout().flush();
    result.and_then(|value| failure::write(&value, "the result")).map_err(Into::into)
}

/// Who this is.
pub fn who() -> world::cairn::workflow::context::Identity {
    world::cairn::workflow::context::who()
}

/// What a status query shows of this run from now on.
///
/// # Errors
/// The value cannot be written as JSON.
pub fn expose(status: &impl Serialize) -> Result<(), Failure> {
    world::cairn::workflow::context::expose(&failure::write(status, "a status")?);
    Ok(())
}

/// A line of the run's log, written once, with fields: a JSON object, or null for none. `println!` writes lines without.
pub fn log(level: Level, message: &str, fields: &serde_json::Value) {
    let fields = if fields.is_null() { "{}".to_owned() } else { fields.to_string() };
    world::cairn::workflow::context::log(level, message, &fields);
}

//! The evaluator.
//!
//! | file | what |
//! |---|---|
//! | `value` | values, and how they look as JSON and in texts |
//! | `decode` | JSON to a declared type |
//! | `expr`, `builtin` | expressions, and the standard library |
//! | `run`, `step`, `fork` | statements; calls, waits and undos; what runs side by side |
//! | `world` | what a run meets: answers of tools, events, the clock |

mod builtin;
mod decode;
mod expr;
mod fork;
mod run;
mod step;
mod value;
mod world;

pub use run::{Ended, run};
pub use value::{Failure, Value};
pub use world::{Answers, Called, Event, World};

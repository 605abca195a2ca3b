//! The Cairn language up to its syntax tree: text in, [`tree::File`] with spans out, and [`Diagnostic`]s as data.
//!
//! The only room that knows pest. Nothing here knows what a name means: that is the compiler's.
//!
//! ```
//! let parsed = cairn_dsl::parse("workflow hello(name: string) -> string { return \"hello ${name}\" }");
//! assert!(parsed.diagnostics.is_empty());
//! assert_eq!(parsed.file.items.len(), 1);
//! ```

mod diagnostic;
mod edit;
pub mod explain;
pub mod export;
mod format;
mod grammar;
mod mend;
mod parse;
mod render;
mod scan;
mod source;
pub mod tree;
mod walk;

pub use diagnostic::{Code, Diagnostic, Edit, Label, Severity};
pub use edit::{Fixed, apply, fix};
pub use format::format;
pub use parse::{DIAGNOSTICS_MAX, Parsed, parse, parse_behind};
pub use render::render;
pub use scan::words;
pub use source::{Part, Source};

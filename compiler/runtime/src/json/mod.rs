//! JSON texts (RFC 8259) to values and back.

mod parse;
mod plain;
mod print;

pub use parse::{is_number, parse};
pub use plain::plain;
pub use print::{canonical, print, push_value};

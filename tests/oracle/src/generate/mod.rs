//! Programs that are well-typed by construction, from a seed.
//!
//! All share one set of declarations, so that one table of answers ([`answers`]) serves them all. Every name is used once, so that no two
//! steps share a key.

mod expr;
mod stmt;
mod ty;
mod world;

pub use world::{answers, events, input};

use crate::Random;
use stmt::Writer;

/// What every generated program begins with.
const DECLARATIONS: &str = r#"error declined { code: string, n: int }
error gone
event ping { n: int, text: string }
event note { flag: bool }

tool t {
  num(a: int, b: int) -> int
  text(s: string) -> string readonly
  rec(x: int) -> { id: string, n: int, tags: [string], maybe?: int } fails declined
  flaky(n: int) -> { ok: bool } fails declined, gone
  back(id: string) -> null
}

type Rec = { a: int, b?: string, c: [string] }
fn half(x: int) -> int = x.div(2)
fn short(s: string) -> string = s.slice(0, 6)
"#;

/// What is declared besides, where answers may be lost.
const LOST: &str = "  lost(n: int) -> { ok: bool } fails gone unclear fail\n  back(id: string) -> null";

/// The text of a program; the same for the same seed.
#[must_use]
pub fn program(seed: u64) -> String {
    written(seed, false)
}

/// As [`program`], with steps of which an answer may be lost, and that say what is done then. A crash makes another run of such a program.
#[must_use]
pub fn careful(seed: u64) -> String {
    written(seed, true)
}

fn written(seed: u64, careful: bool) -> String {
    let mut random = Random::seeded(seed);
    let mut writer = Writer::new(&mut random, careful);
    let body = writer.workflow();
    let declarations = match careful {
        true => DECLARATIONS.replace("  back(id: string) -> null", LOST),
        false => DECLARATIONS.to_owned(),
    };
    format!(
        "{declarations}
workflow w(n: int, xs: [int], s: string, flag: bool, rec: Rec, opt: string?, d: duration) -> json fails declined, gone {{
{body}}}
"
    )
}

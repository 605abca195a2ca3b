//! How long reading and laying out take: `cargo run --release -p cairn-dsl --example parsing [LINES]`.
//!
//! The text is made of workflows of a hundred statements; its size is doubled twice, so that what is not linear shows.

use std::fmt::Write;
use std::time::{Duration, Instant};

fn main() {
    let lines = std::env::args().nth(1).and_then(|lines| lines.parse().ok()).unwrap_or(5_000);
    for many in [lines, 2 * lines, 4 * lines] {
        let text = program(many);
        let read = best(|| assert!(cairn_dsl::parse(&text).diagnostics.is_empty(), "the generator is wrong"));
        let laid = best(|| assert!(cairn_dsl::format(&text).is_ok(), "the generator is wrong"));
        println!(
            "{} lines, {} KiB: read in {read:.1?}, laid out in {laid:.1?}",
            text.lines().count(),
            text.len() / 1024
        );
    }
    let one = long(lines);
    let read = best(|| assert!(cairn_dsl::parse(&one).diagnostics.is_empty(), "the generator is wrong"));
    println!("{} lines in one workflow: read in {read:.1?}", one.lines().count());
}

/// The best of five, for machines that do other things.
fn best(mut step: impl FnMut()) -> Duration {
    let mut timed = || {
        let start = Instant::now();
        step();
        start.elapsed()
    };
    (0..5).map(|_| timed()).min().unwrap_or_default()
}

/// So many lines or a few more.
fn program(lines: usize) -> String {
    let mut text = String::from("tool t {\n  op(id: string, cents: int) -> { id: string, total: int? }\n}\n");
    for number in 0..lines.div_ceil(100) {
        let _ = writeln!(
            text,
            "\nworkflow w{number}(order: {{ id: string, items: [int] }}) -> int {{\n  version 1"
        );
        body(&mut text, 96 / 8);
        text.push_str("  return order.items.len()\n}\n");
    }
    text
}

/// The same in a single workflow.
fn long(lines: usize) -> String {
    let mut text = String::from("workflow w(order: { id: string, items: [int] }) -> int {\n");
    body(&mut text, lines / 8);
    text.push_str("  return order.items.len()\n}\n");
    text
}

fn body(text: &mut String, rounds: usize) {
    for round in 0..rounds {
        let _ = write!(
            text,
            "  let step_{round} = call t.op(id: \"order ${{order.id}} {round}\", cents: order.items.map(i => i * 2 + 1).sum())
    timeout 30s
    undo call t.op(id: step_{round}.id, cents: -1)
  // what comes of it
  if (step_{round}.total ?? 0) > 10 && order.id != \"none\" {{
    log info \"step {round}\" {{ total: step_{round}.total, list: [1, 2.5, 3s, null, true] }}
    for item in order.items {{ call t.op(id: order.id, cents: item) }}
  }}\n"
        );
    }
}

//! How long code generation takes, and how large its components are: `cargo run --release -p cairn-compiler --example emitting`.

use std::time::{Duration, Instant};

use cairn_compiler::ir::Program;
use cairn_compiler::{check, emit};

/// How often each is measured; the least counts.
const ROUNDS: usize = 20;

fn main() {
    let none = checked(&source(0));
    let first = Instant::now();
    let empty = size(&none);
    println!("first component of a process (the runtime and the world are read): {:?}", first.elapsed());
    println!("a workflow of nothing: {empty} bytes, {:?} from IR", best(|| size(&none)));
    for steps in [1, 10, 100, 1000] {
        let text = source(steps);
        let program = checked(&text);
        let bytes = size(&program);
        let each = bytes.saturating_sub(size(&checked(&source(1)))) / steps.saturating_sub(1).max(1);
        println!(
            "{steps} steps: {bytes} bytes ({each} each beyond the first), {:?} from IR, {:?} to parse and check",
            best(|| size(&program)),
            best(|| checked(&text).body.len()),
        );
    }
    for lines in [1000, 5000] {
        let text = mixed(lines);
        let program = checked(&text);
        println!(
            "{lines} lines with {} blocks: {} bytes, {:?} from IR, {:?} to parse and check",
            program.blocks.len(),
            size(&program),
            best(|| size(&program)),
            best(|| checked(&text).body.len()),
        );
    }
}

/// Everything that there is, each ten lines with names of their own.
fn mixed(lines: usize) -> String {
    let mut text = String::from(
        "tool t { op(id: string, n: int) -> { id: string }  back(id: string) -> null }\nworkflow w(id: string, xs: [string]) -> string {\n",
    );
    for n in 0..lines / 10 {
        text += &format!(
            "  let f{n} = parallel max 2 {{
    a {{ let h = call t.op(id: id, n: {n}) undo call t.back(id: h.id) yield h.id }}
    b after a {{ sleep 1h yield {n} }}
  }}
  try timeout 1h {{
    lock \"press {n}\" {{ let l{n} = call t.op(id: f{n}.a, n: f{n}.b) }}
  }} catch timeout {{ log \"late\" {{ n: f{n}.b }} }}
  finally {{ expose {{ phase: {n} }} }}
  let e{n} = for x{n} in xs parallel max 3 key x{n} {{ let o = call t.op(id: x{n}, n: {n}) yield o.id }}
  log \"done\" {{ n: e{n}.len() }}
"
        );
    }
    text + "  return id\n}\n"
}

/// A step with an argument from the one before, a timeout, retries and an undo.
fn source(steps: usize) -> String {
    let mut text = String::from(
        "tool t { op(id: string, n: int) -> { id: string }  back(id: string) -> null }\nworkflow w(id: string) -> string {\n",
    );
    for n in 0..steps {
        let before = if n == 0 { "id".into() } else { format!("s{}.id", n - 1) };
        text += &format!(
            "  let s{n} = call t.op(id: {before}, n: {n}) timeout 30s retry {{ attempts: 3 }} undo call t.back(id: s{n}.id)\n"
        );
    }
    let last = if steps == 0 { "id".into() } else { format!("s{}.id", steps - 1) };
    text + &format!("  return {last}\n}}\n")
}

fn checked(text: &str) -> Program {
    let mut checked = check("w.cairn", text);
    let problems = cairn_dsl::render(&checked.source, &checked.diagnostics, false);
    assert!(checked.workflows.len() == 1, "{problems}");
    checked.workflows.remove(0)
}

fn size(program: &Program) -> usize {
    emit(program).map_or(0, |bytes| bytes.len())
}

fn best(mut of: impl FnMut() -> usize) -> Duration {
    let once = |_| {
        let begun = Instant::now();
        std::hint::black_box(of());
        begun.elapsed()
    };
    (0..ROUNDS).map(once).min().unwrap_or_default()
}

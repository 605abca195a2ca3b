//! How long code generation takes, and how large its components are: `cargo run --release -p cairn-compiler --example emitting`.

use std::time::{Duration, Instant};

use cairn_compiler::ir::Program;
use cairn_compiler::{check, emit};

/// How often each is measured; the least counts.
const ROUNDS: usize = 50;

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

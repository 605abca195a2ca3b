//! `cairn test`

use std::{path::PathBuf, time::Duration};

use cairn_compiler::EmitError;
use cairn_host::Settings;
use clap::Args;
use serde_json::{Value, json};

use crate::{
    code,
    exit::Exit,
    global::Global,
    language::{self, File},
    problem::{Outcome, Problem, mistake},
    screen::{Paint, out},
    trial::{self, Broken, Options, Tested},
};

/// Run the tests that stand in workflow files
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  cairn test order.cairn
  cairn test workflows/*.cairn --filter refund
  cairn test order.cairn --crash-everywhere

Time stands still while something is done, and jumps to what is due next: a month's wait takes no time.
With --crash-everywhere the host dies once behind every entry of the journal and comes back; outcome and
calls have to be the same. In a long run it dies at places spread evenly over it; --seed chooses others.

Exit code: 0 all tests hold, 1 some do not, 2 a file cannot be compiled or there is nothing to run.")]
pub(crate) struct Test {
    /// Files in the Cairn language
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,

    /// Only tests with this in their title
    #[arg(long, value_name = "TEXT")]
    filter: Option<String>,

    /// Let the host die once behind every entry, and come back
    #[arg(long)]
    crash_everywhere: bool,

    /// What random numbers are made of
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,
}

/// What came of a file.
struct Done {
    file: File,
    tests: Vec<Tested>,
}

impl Test {
    pub(crate) fn run(&self, global: &Global) -> Outcome {
        let cache = Cache::new();
        let options = Options {
            // Nothing waits for company: what happens at one moment is one moment in the test.
            settings: Settings { ride_along: Duration::ZERO, ..Settings::new(&cache.0) },
            filter: self.filter.clone(),
            crash_everywhere: self.crash_everywhere,
            seed: self.seed,
        };
        let mut all = Vec::new();
        for path in &self.files {
            let file = File::check(&language::read(path, code::read(path)?)?);
            let tests = if file.wrong() { Vec::new() } else { tested(&file, &options, global.json)? };
            if file.wrong() && !global.json {
                out::tell(&file.rendered(Paint::stderr()));
            }
            all.push(Done { file, tests });
        }
        if global.json {
            out::pretty(&as_json(&all)?)?;
        } else {
            out::tell(&summary(&all, Paint::stderr()));
        }
        self.exit(&all)
    }

    fn exit(&self, all: &[Done]) -> Outcome {
        if all.iter().any(|done| done.file.wrong()) {
            return Err(Problem::Shown);
        }
        let tests: Vec<_> = all.iter().flat_map(|done| &done.tests).collect();
        if tests.is_empty() {
            return Err(match &self.filter {
                Some(text) => {
                    mistake(format!("no test has `{text}` in its title"), "leave `--filter` away to run all")
                }
                None => mistake("there is no test here", "write one: `test \"…\" { mock … run … expect … }`"),
            });
        }
        let hold = tests.iter().all(|test| test.faults.is_empty());
        Ok(if hold { Exit::Finished } else { Exit::Failed })
    }
}

fn tested(file: &File, options: &Options, quiet: bool) -> Outcome<Vec<Tested>> {
    if !quiet {
        out::tell(&format!("{}\n", Paint::stderr().bold(file.name())));
    }
    let tell = |test: &Tested| {
        if !quiet {
            out::tell(&told(file, test, Paint::stderr()));
        }
    };
    trial::tests(file.checked(), options, tell).map_err(|broken| match broken {
        Broken::Host(error) => error.into(),
        Broken::Emit(error @ EmitError::TooLarge { .. }) => mistake(
            format!("`{}` cannot be compiled: {error}", file.name()),
            "split it into several workflows",
        ),
        Broken::Emit(error) => {
            cairn_host::Error::fault(format!("`{}` cannot be compiled: {error}", file.name())).into()
        }
    })
}

/// A line for a test, and what does not hold.
fn told(file: &File, test: &Tested, paint: Paint) -> String {
    let mark = if test.faults.is_empty() { paint.green("✓") } else { paint.red("✗") };
    let elapsed = trial::span(i64::try_from(test.elapsed).unwrap_or(i64::MAX));
    let crashes = match test.crashes {
        0 => String::new(),
        1 => ", 1 crash".to_owned(),
        many => format!(", {many} crashes"),
    };
    let calls = if test.calls == 1 { "1 call".to_owned() } else { format!("{} calls", test.calls) };
    let about = paint.dim(&format!("({elapsed}, {calls}{crashes})"));
    let faults: Vec<_> = test.faults.iter().map(|fault| fault.diagnostic().clone()).collect();
    let shown = if faults.is_empty() {
        String::new()
    } else {
        format!("\n{}", cairn_dsl::render(&file.checked().source, &faults, paint.colours()))
    };
    format!("  {mark} {} {about}\n{shown}", test.title)
}

fn counts(all: &[Done]) -> (usize, usize) {
    let tests = || all.iter().flat_map(|done| &done.tests);
    let failed = tests().filter(|test| !test.faults.is_empty()).count();
    (tests().count() - failed, failed)
}

fn summary(all: &[Done], paint: Paint) -> String {
    let tests = |many: usize| if many == 1 { "1 test".to_owned() } else { format!("{many} tests") };
    match counts(all) {
        (0, 0) => String::new(),
        (1, 0) => format!("{} 1 test holds\n", paint.green("✓")),
        (hold, 0) => format!("{} {} hold\n", paint.green("✓"), tests(hold)),
        (hold, failed) => format!(
            "{} {failed} of {} {}\n",
            paint.red("✗"),
            tests(hold + failed),
            if failed == 1 { "does not hold" } else { "do not hold" }
        ),
    }
}

fn as_json(all: &[Done]) -> Outcome<Value> {
    let (hold, failed) = counts(all);
    let files = all.iter().map(|done| {
        let tests: Vec<Value> = done.tests.iter().map(|test| test_json(&done.file, test)).collect();
        let ok = !done.file.wrong() && done.tests.iter().all(|test| test.faults.is_empty());
        json!({ "file": done.file.name(), "ok": ok, "diagnostics": done.file.located(), "tests": tests })
    });
    Ok(json!({ "files": files.collect::<Vec<_>>(), "hold": hold, "failed": failed }))
}

fn test_json(file: &File, test: &Tested) -> Value {
    let source = &file.checked().source;
    let faults = test.faults.iter().map(|fault| {
        let diagnostic = fault.diagnostic();
        let (line, column) = source.position(diagnostic.primary.span.start);
        let values: Vec<Value> = diagnostic
            .secondary
            .iter()
            .map(|label| json!({ "text": source.text.get(label.span.range()), "value": label.text }))
            .collect();
        json!({
            "line": line, "column": column, "message": diagnostic.message, "label": diagnostic.primary.text,
            "help": diagnostic.help, "values": values,
        })
    });
    json!({
        "title": test.title, "line": source.position(test.at).0, "ok": test.faults.is_empty(),
        "elapsed": test.elapsed, "calls": test.calls, "crashes": test.crashes, "faults": faults.collect::<Vec<_>>(),
    })
}

/// A folder for machine code that goes when the tests are done.
struct Cache(PathBuf);

impl Cache {
    fn new() -> Self {
        Self(std::env::temp_dir().join(format!("cairn-test-{}", std::process::id())))
    }
}

impl Drop for Cache {
    fn drop(&mut self) {
        // What cannot be deleted is in the system's own folder for such things.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

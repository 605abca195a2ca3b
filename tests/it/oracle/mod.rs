//! Generated programs, compiled and run by the real host, against a plain evaluator of the checked form: results, failures, keys and
//! calls have to be the same.
//!
//! `CAIRN_PROGRAMS` is how many, `CAIRN_SEED` where they begin. Virtual time: what would take weeks takes none.

mod world;

use cairn_compiler::ir::Program;
use cairn_oracle::{
    eval::{self, Called, Ended, World},
    generate,
};
use serde_json::Value as Json;

use world::Real;

/// So many where nothing else is said; the continuous integration takes more.
const PROGRAMS: u64 = 150;

fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name)
        .map_or(otherwise, |text| text.parse().unwrap_or_else(|_| panic!("{name} is a whole number")))
}

#[test]
fn generated_programs_come_to_what_the_evaluator_says() {
    let (count, first) = (number("CAIRN_PROGRAMS", PROGRAMS), number("CAIRN_SEED", 1));
    println!("CAIRN_SEED={first} CAIRN_PROGRAMS={count}");
    let half = |parity: u64| {
        let seeds = (first..first + count).filter(move |seed| seed % 2 == parity);
        std::thread::spawn(move || compare_all(seeds))
    };
    let halves = [half(0), half(1)];
    let compared: u64 = halves.into_iter().map(|half| half.join().expect("no difference was found")).sum();
    assert!(
        compared * 2 > count,
        "only {compared} of {count} were determined: the generator has to be mended"
    );
}

/// Gives how many were compared in full.
fn compare_all(seeds: impl Iterator<Item = u64>) -> u64 {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build();
    runtime.expect("a runtime").block_on(async {
        let real = Real::new();
        let mut compared = 0;
        for seed in seeds {
            compared += u64::from(compare(&real, seed).await);
        }
        compared
    })
}

async fn compare(real: &Real, seed: u64) -> bool {
    let careful = (seed / 2).is_multiple_of(2);
    let text = if careful { generate::careful(seed) } else { generate::program(seed) };
    let program = checked(seed, &text);
    let (input, events) = (generate::input(seed), generate::events(seed));
    let mut world = World::new(generate::answers, events.clone());
    let expected = eval::run(&program, &input, &mut world);
    let component =
        cairn_compiler::emit(&program).unwrap_or_else(|error| panic!("seed {seed}: {error}\n{text}"));
    let found = real.run(seed, &component, &input, &events).await;
    if world.undetermined {
        return false;
    }
    let difference = differs(&expected, &world, &found);
    if let Some(difference) = difference {
        panic!("seed {seed}: {difference}\ninput {input}\nevents {events:?}\n{text}");
    }
    true
}

fn checked(seed: u64, text: &str) -> Program {
    let mut checked = cairn_compiler::check("generated.cairn", text);
    let errors = || cairn_dsl::render(&checked.source, &checked.diagnostics, false);
    assert!(checked.is_fine(), "seed {seed} is not well-typed:\n{}\n{text}", errors());
    checked.workflows.pop().expect("there is one")
}

/// What the real run came to.
struct Found {
    outcome: Result<Json, (String, Json)>,
    called: Vec<Called>,
    keys: Vec<String>,
}

fn differs(expected: &Ended, world: &World, found: &Found) -> Option<String> {
    let outcome = match (&expected.outcome, &found.outcome) {
        (Ok(expected), Ok(found)) => wordless(expected) == wordless(found),
        (Err(expected), Err((kind, detail))) => {
            let words = ["bad_data", "unclear"].contains(&kind.as_str());
            expected.kind == *kind && (words || is_like(&expected.detail, detail))
        }
        _ => false,
    };
    if !outcome {
        return Some(format!("expected {:?}\nfound {:?}", expected.outcome, found.outcome));
    }
    let (mut wanted, mut called) = (lines(&world.called), lines(&found.called));
    if world.unordered {
        wanted.sort();
        called.sort();
    }
    if wanted != called {
        return Some(format!("expected calls\n{}\nfound calls\n{}", wanted.join("\n"), called.join("\n")));
    }
    let (mut keys, mut recorded) = (world.keys.clone(), found.keys.clone());
    keys.sort();
    recorded.sort();
    (keys != recorded).then(|| format!("expected keys {keys:?}\nfound keys {recorded:?}"))
}

fn is_like(expected: &Json, found: &Json) -> bool {
    wordless(expected) == wordless(found)
}

/// Without the messages of failures that are values: they are words for people, and the runtime's own.
fn wordless(json: &Json) -> Json {
    match json {
        Json::Array(items) => items.iter().map(wordless).collect(),
        Json::Object(fields) => {
            let kind = fields.get("kind").and_then(Json::as_str);
            // Of what is unclear the host tells all that it knows: when it left, under which key, why nobody knows more.
            let told = |name: &str| if kind == Some("unclear") { name != "kind" } else { name == "message" };
            let plain = fields.iter().filter(|(name, _)| kind.is_none() || !told(name));
            Json::Object(plain.map(|(name, value)| (name.clone(), wordless(value))).collect())
        }
        other => other.clone(),
    }
}

fn lines(called: &[Called]) -> Vec<String> {
    called.iter().map(|one| format!("{} {} {}", one.key, one.operation, one.arguments)).collect()
}

#[test]
fn a_compiler_that_adds_wrongly_is_found() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build();
    runtime.expect("a runtime").block_on(async {
        let right = checked(0, "workflow w(n: int) -> json { return n + 1 }");
        let wrong = checked(0, "workflow w(n: int) -> json { return n + 2 }");
        let input = serde_json::json!({ "n": 1 });
        let mut world = World::new(generate::answers, Vec::new());
        let expected = eval::run(&right, &input, &mut world);
        let component = cairn_compiler::emit(&wrong).expect("it compiles");
        let found = Real::new().run(0, &component, &input, &[]).await;
        assert!(differs(&expected, &world, &found).is_some(), "the comparison is alive");
    });
}

//! Does what its input says and tells what it saw: for the tests of the host.

use std::{
    env, fs,
    hash::{BuildHasher, RandomState},
    net::TcpStream,
    thread,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use cairn::{Failure, Options, Retry};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
struct Input {
    case: String,
}

fn run(input: Input) -> Result<Value, Failure> {
    match input.case.as_str() {
        "time" => time(),
        "chance" => chance(),
        "closed" => closed(),
        "retry" => retry(),
        "slow_body" => slow_body(),
        "nested" => nested(),
        "exit" => std::process::exit(3),
        "panic" => panic!("as the input said"),
        "print" => print(),
        other => Err(Failure::new("bad_data", format!("no such case: {other}"))),
    }
}

fn millis(at: SystemTime) -> Result<u128, Failure> {
    Ok(at.duration_since(UNIX_EPOCH)?.as_millis())
}

/// Clocks stand still while it computes, and move with what it is told.
fn time() -> Result<Value, Failure> {
    let (wall, steady) = (SystemTime::now(), Instant::now());
    let mut sum = 0_u64;
    for n in 0..2_000_000_u64 {
        sum = sum.wrapping_mul(31).wrapping_add(n);
    }
    let frozen = SystemTime::now() == wall && Instant::now() == steady && sum != 1;
    thread::sleep(Duration::from_millis(150));
    let slept = steady.elapsed().as_millis();
    cairn::receive::<Value>("go", "go", &[])?.wait()?;
    Ok(json!({ "wall": millis(wall)?, "frozen": frozen, "slept": slept, "then": millis(SystemTime::now())? }))
}

/// The same on every replay: it is seen before and after a wait.
fn chance() -> Result<Value, Failure> {
    let draw = || RandomState::new().hash_one("a").to_string();
    let drawn = [draw(), draw()];
    println!("{}", drawn.join(" "));
    cairn::receive::<Value>("go", "go", &[])?.wait()?;
    Ok(json!(drawn.join(" ")))
}

/// No files, no environment, no network.
fn closed() -> Result<Value, Failure> {
    let said = |result: Result<String, String>| result.unwrap_or_else(|e| e);
    let file = said(fs::read_to_string("/etc/passwd").map_err(|e| e.kind().to_string()));
    let net =
        said(TcpStream::connect("127.0.0.1:80").map(|_| "open".to_owned()).map_err(|e| e.kind().to_string()));
    let name = said(TcpStream::connect("localhost:80").map(|_| "open".to_owned()).map_err(|e| e.to_string()));
    Ok(
        json!({ "file": file, "net": net, "name": name, "vars": env::vars().count(), "args": env::args().count() }),
    )
}

/// Fails twice, then succeeds; all attempts have one idempotency key.
fn retry() -> Result<Value, Failure> {
    let patient = Options::default().retry(Retry::times(3).delay(Duration::from_millis(20)).on(&["shaky"]));
    let got: Value = cairn::step("shaky", &patient, |attempt| {
        println!("attempt {}", attempt.number);
        match attempt.number {
            3 => Ok(json!({ "attempt": 3, "key": attempt.idempotency_key })),
            n => Err(Failure::new("shaky", format!("attempt {n}"))),
        }
    })?;
    let lost: Result<Value, Failure> =
        cairn::step("lost", &Options::default(), |_| Err(Failure::new("gone", "for good")));
    cairn::receive::<Value>("go", "go", &[])?.wait()?;
    Ok(json!({ "got": got, "lost": lost.err().map(|failure| failure.kind) }))
}

/// The first attempt computes for ever, the second sleeps too long, the third is quick.
fn slow_body() -> Result<Value, Failure> {
    let patient = Options::default()
        .timeout(Duration::from_millis(300))
        .retry(Retry::times(3).delay(Duration::from_millis(10)));
    let attempt: u32 = cairn::step("slow", &patient, |attempt| {
        match attempt.number {
            1 => loop {
                std::hint::black_box(0);
            },
            2 => thread::sleep(Duration::from_secs(60)),
            _ => {}
        }
        Ok(attempt.number)
    })?;
    Ok(json!({ "attempt": attempt }))
}

fn nested() -> Result<Value, Failure> {
    cairn::step("outer", &Options::default(), |_| cairn::step("inner", &Options::default(), |_| Ok(json!(1))))
}

fn print() -> Result<Value, Failure> {
    println!("one");
    eprintln!("two");
    cairn::receive::<Value>("go", "go", &[])?.wait()?;
    print!("three, without an end");
    Ok(Value::Null)
}

cairn::workflow!(run);

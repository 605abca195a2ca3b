//! What version 1 wrote, kept for ever. A file an entry, its bytes in hexadecimal; each entry follows the one before it in the
//! journal of `order-1` of tenant `acme`.
//!
//! These files are never written again: where one of these tests fails, the code is wrong. A new version gets a folder of its
//! own, and this one stays.

use std::{fs, path::PathBuf};

use cairn_replay::{
    Backoff, Began, Command, Entry, Failure, Instant, Json, Key, Level, Note, Options, Request, Retry, Span,
    Subscription,
};

use crate::{
    InstanceId,
    format::{Chain, decode, encode},
};

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixture/journal-v1")
}

fn id() -> InstanceId {
    InstanceId { tenant: "acme".into(), instance: "order-1".into() }
}

fn at(offset: u64) -> Instant {
    Instant(1_767_225_600_000 + offset)
}

fn json(text: &str) -> Json {
    Json(text.into())
}

fn request(tool: &str, arguments: &str) -> Request {
    Request { tool: tool.into(), arguments: json(arguments) }
}

fn failure() -> Failure {
    Failure {
        kind: "http_5xx".into(),
        message: "the server answered 503".into(),
        detail: json("{\"status\":503}"),
    }
}

fn asked(key: &str, offset: u64, command: Command) -> Entry {
    Entry::Asked { key: Key(key.into()), at: at(offset), command }
}

fn began() -> Entry {
    Entry::Began(Began {
        at: at(0),
        tenant: "acme".into(),
        workflow: "order".into(),
        instance: "order-1".into(),
        digest: format!("sha256:{}", "0123456789abcdef".repeat(4)),
        input: json("{\"id\":\"o-1\",\"note\":\"für Zoë ☕\"}"),
        grant: json("{\"tools\":[\"payments\"]}"),
    })
}

fn patient() -> Options {
    Options {
        timeout: Some(Span(30_000)),
        deadline: Some(at(3_600_000)),
        retry: Some(Retry {
            attempts: 5,
            delay: Span(250),
            backoff: Backoff::Exponential,
            factor: 2.0,
            longest_delay: Span(60_000),
            jitter: 0.25,
            on: vec!["timeout".into(), "http_5xx".into()],
        }),
    }
}

fn subscriptions() -> Vec<Subscription> {
    vec![
        Subscription { event: "paid".into(), fields: vec![("order_id".into(), json("\"o-1\""))] },
        Subscription { event: "order_cancelled".into(), fields: Vec::new() },
    ]
}

/// Every kind of entry, every command, both outcomes, both notes.
fn entries() -> Vec<(&'static str, Entry)> {
    let charge = request("payments.charge", "{\"cents\":500}");
    let refund = request("payments.refund", "{\"id\":\"c-1\"}");
    let slow = Options { timeout: Some(Span(1_000)), ..Options::default() };
    let key = |key: &str| Key(key.into());
    vec![
        ("00-began", began()),
        ("01-asked-call", asked("charge", 5, Command::Call { request: charge, options: patient() })),
        (
            "02-tried",
            Entry::Tried { key: key("charge"), at: at(9), attempt: 1, failure: failure(), again: at(259) },
        ),
        (
            "03-ended-well",
            Entry::Ended { key: key("charge"), at: at(300), outcome: Ok(json("{\"id\":\"c-1\"}")) },
        ),
        ("04-asked-undo", asked("charge.undo", 301, Command::Undo { request: refund, options: slow })),
        (
            "05-noted-clock",
            Entry::Noted { key: key("x.now"), at: at(302), note: Note::Now(1_767_225_600_302) },
        ),
        (
            "06-noted-random",
            Entry::Noted { key: key("x.random"), at: at(303), note: Note::Random(u64::MAX - 1) },
        ),
        ("07-asked-until", asked("sleep", 304, Command::Until { due: at(86_400_000) })),
        ("08-asked-span", asked("item[a%2Fb]/pause", 305, Command::Span { span: Span(1_500) })),
        ("09-asked-receive", asked("paid#2", 306, Command::Receive { subscriptions: subscriptions() })),
        (
            "10-logged",
            Entry::Logged {
                at: at(307),
                level: Level::Warn,
                message: "late".into(),
                fields: json("{\"days\":3}"),
            },
        ),
        ("11-cancel-asked", Entry::CancelAsked { at: at(308), by: "ops".into(), why: String::new() }),
        ("12-moved", Entry::Moved { at: at(309), digest: "sha256:ab".into(), by: "ops".into() }),
        ("13-asked-unwind", asked("unwind", 310, Command::Unwind { depth: 0 })),
        ("14-ended-badly", Entry::Ended { key: key("paid#2"), at: at(311), outcome: Err(failure()) }),
        ("15-finished", Entry::Finished { at: at(312), outcome: Err(failure()) }),
    ]
}

fn hex(bytes: &[u8]) -> String {
    let lines =
        bytes.chunks(32).map(|line| line.iter().map(|byte| format!("{byte:02x}")).collect::<String>() + "\n");
    lines.collect()
}

fn bytes(hex: &str) -> Vec<u8> {
    let digits: Vec<u8> = hex.chars().filter_map(|c| c.to_digit(16)).map(|d| d.to_le_bytes()[0]).collect();
    digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect()
}

fn stored(name: &str) -> String {
    fs::read_to_string(folder().join(format!("{name}.hex"))).unwrap_or_else(|error| panic!("{name}: {error}"))
}

#[test]
fn version_1_is_written_byte_for_byte() {
    let mut chain = Chain::start(&id());
    for (name, entry) in entries() {
        let (bytes, next) = encode(&entry, chain);
        assert_eq!(hex(&bytes), stored(name), "{name}");
        chain = next;
    }
}

#[test]
fn version_1_is_read() {
    let mut chain = Chain::start(&id());
    for (name, entry) in entries() {
        let (read, next) =
            decode(&bytes(&stored(name)), chain).unwrap_or_else(|flaw| panic!("{name}: {flaw}"));
        assert_eq!(read, entry, "{name}");
        chain = next;
    }
}

#[test]
fn no_fixture_is_forgotten() {
    let mut files: Vec<_> = fs::read_dir(folder())
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".hex"))
        .collect();
    files.sort_unstable();
    let expected: Vec<_> = entries().into_iter().map(|(name, _)| format!("{name}.hex")).collect();
    assert_eq!(files, expected);
}

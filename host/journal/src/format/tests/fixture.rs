//! What each version wrote, kept for ever. A file an entry, its bytes in hexadecimal; each entry follows the one before it in the
//! journal of `order-1` of tenant `acme`.
//!
//! These files are never written again: where one of these tests fails, the code is wrong. A new version gets a folder of its
//! own, and this one stays.

use std::{collections::BTreeMap, fs, path::PathBuf};

use cairn_replay::{
    Act, Backoff, Began, Cached, Command, Entry, Failure, Instant, Json, Key, Level, Note, Options, Request,
    Retry, Span, Subscription, Unclear,
};

use crate::{
    Digest, InstanceId,
    format::{Chain, Reference, VERSION, decode, encode},
};

fn folder(version: u8) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("../../tests/fixture/journal-v{version}"))
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
    Request { tool: tool.into(), arguments: json(arguments), secrets: Vec::new() }
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

fn began() -> Began {
    Began {
        at: at(0),
        tenant: "acme".into(),
        workflow: "order".into(),
        instance: "order-1".into(),
        digest: format!("sha256:{}", "0123456789abcdef".repeat(4)),
        input: json("{\"id\":\"o-1\",\"note\":\"für Zoë ☕\"}"),
        grant: json("{\"tools\":[\"payments\"]}"),
        peers: BTreeMap::new(),
        parent: None,
        run: 0,
    }
}

pub(super) fn began_with(peers: &[(&str, &str)]) -> Began {
    let peers = peers.iter().map(|(name, digest)| ((*name).to_owned(), (*digest).to_owned())).collect();
    Began { peers, parent: Some(("order-0".into(), Key("pack".into()))), run: 2, ..began() }
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
        cache: None,
        unclear: Unclear::Retry,
    }
}

fn subscriptions() -> Vec<Subscription> {
    vec![
        Subscription {
            event: "paid".into(),
            fields: vec![("order_id".into(), json("\"o-1\""))],
            condition: None,
        },
        Subscription { event: "order_cancelled".into(), fields: Vec::new(), condition: None },
    ]
}

/// Every kind of entry of version 1, every command, both outcomes, both notes.
fn entries_of_1() -> Vec<(&'static str, Entry)> {
    let charge = request("payments.charge", "{\"cents\":500}");
    let refund = request("payments.refund", "{\"id\":\"c-1\"}");
    let slow = Options { timeout: Some(Span(1_000)), ..Options::default() };
    let key = |key: &str| Key(key.into());
    vec![
        ("00-began", Entry::Began(began())),
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
                scope: None,
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

/// All that came with version 2: entries, commands, and what was added to older ones.
fn entries_of_2() -> Vec<(&'static str, Entry)> {
    let scope = Some(Key("par/one".into()));
    let began = began_with(&[("order", "sha256:ab"), ("pack", "sha256:cd")]);
    let mut pay = request("payments.charge", "{\"token\":[{\"secret\":\"KEY\"}]}");
    pay.secrets = vec!["/token".into()];
    let cache = Some(Cached { key: "rate[EUR]".into(), age: Span(60_000) });
    let options = Options { cache, ..patient() };
    let cheap = Subscription {
        condition: Some(json("[\"<\",{\"field\":\"n\"},{\"value\":3}]")),
        ..subscriptions().remove(0)
    };
    let block = |number| Command::Block { number, captured: json("{\"a\":1}") };
    vec![
        ("00-began", Entry::Began(began)),
        ("01-asked-call", asked("charge", 5, Command::Call { request: pay, options })),
        ("02-asked-receive", asked("paid", 6, Command::Receive { subscriptions: vec![cheap] })),
        ("03-asked-block", asked("par/one", 7, block(3))),
        (
            "04-asked-undo-block",
            asked("par/one/a.undo", 8, Command::UndoBlock { number: 4, captured: json("{}") }),
        ),
        (
            "05-logged",
            Entry::Logged {
                scope: scope.clone(),
                at: at(9),
                level: Level::Info,
                message: "in a block".into(),
                fields: json("{}"),
            },
        ),
        ("06-exposed", Entry::Exposed { scope, at: at(10), status: json("\"half\"") }),
        ("07-scope-cancelled", Entry::ScopeCancelled { key: Key("par/one".into()), at: at(11) }),
    ]
    .into_iter()
    .chain(commands_of_2())
    .collect()
}

/// Commands about others.
fn commands_of_2() -> Vec<(&'static str, Entry)> {
    let (workflow, input) = (|| "pack".to_owned(), || json("{\"id\":7}"));
    let emit = |to| Command::Emit { event: "packed".into(), data: json("{\"id\":7}"), to };
    let calendar = Command::Calendar {
        question: "next".into(),
        of: at(0),
        zone: "Europe/Berlin".into(),
        arguments: json("[\"09:00\"]"),
    };
    vec![
        ("08-asked-child", asked("pack", 12, Command::Child { workflow: workflow(), input: input() })),
        ("09-asked-spawn", asked("later", 13, Command::Spawn { workflow: workflow(), input: input() })),
        ("10-asked-lock", asked("lock[press]", 14, Command::Lock { name: "press".into(), places: 2 })),
        ("11-asked-unlock", asked("lock[press]!unlock", 15, Command::Unlock)),
        (
            "12-asked-ask",
            asked("ask", 16, Command::Ask { whom: "ops".into(), task: json("{\"title\":\"Well?\"}") }),
        ),
        ("13-asked-emit-to-one", asked("packed", 17, emit(Some("order-2".into())))),
        ("14-asked-emit-to-all", asked("packed#2", 18, emit(None))),
        ("15-asked-calendar", asked("x.calendar", 19, calendar)),
    ]
}

fn wire() -> Request {
    request("bank.wire", "{\"cents\":900}")
}

fn careful(unclear: Unclear) -> Options {
    Options { unclear, ..patient() }
}

/// All that came with version 3, behind a request that it speaks of.
fn entries_of_3() -> Vec<(&'static str, Entry)> {
    let key = |key: &str| Key(key.into());
    let acted =
        |offset, act| Entry::Acted { at: at(offset), by: "ada".into(), why: "the press is down".into(), act };
    let charge = request("payments.charge", "{\"cents\":500}");
    let too_much = Failure { kind: "x".into(), message: "too much".into(), detail: json(&large()) };
    vec![
        ("00-began", Entry::Began(began())),
        ("01-asked-call", asked("charge", 5, Command::Call { request: charge, options: patient() })),
        ("02-sent", Entry::Sent { key: key("charge"), at: at(6), attempt: 1 }),
        ("03-acted-pause", acted(7, Act::Pause)),
        ("04-acted-continue", acted(8, Act::Continue)),
        ("05-acted-decide", acted(9, Act::Decide { key: key("charge") })),
        ("06-ended-well", Entry::Ended { key: key("charge"), at: at(9), outcome: Ok(json("null")) }),
        ("07-acted-rewind", acted(10, Act::Rewind { dropped: 300, key: key("item[a%2Fb]/ship") })),
        ("08-acted-terminate", acted(11, Act::Terminate)),
        ("09-acted-restart", acted(12, Act::Restart { dropped: 130 })),
        (
            "10-asked-careful-call",
            asked("wire", 13, Command::Call { request: wire(), options: careful(Unclear::Ask) }),
        ),
        ("11-sent-again", Entry::Sent { key: key("wire"), at: at(14), attempt: 300 }),
        ("12-acted-resend", acted(15, Act::Resend { key: key("wire") })),
        (
            "13-asked-careful-undo",
            asked("wire.undo", 16, Command::Undo { request: wire(), options: careful(Unclear::Fail) }),
        ),
        ("14-ended-large", Entry::Ended { key: key("pages"), at: at(17), outcome: Ok(json(&large())) }),
        (
            "15-tried-large",
            Entry::Tried { key: key("pages"), at: at(18), attempt: 1, failure: too_much, again: at(19) },
        ),
        ("16-asked-body", asked("own", 20, Command::Body { options: patient() })),
    ]
}

/// A value that is kept apart.
fn large() -> String {
    format!("\"{}\"", "für Zoë ☕ ".repeat(6_000))
}

fn values() -> BTreeMap<Digest, Json> {
    [(Reference::to(&large()).digest(), json(&large()))].into()
}

fn entries(version: u8) -> Vec<(&'static str, Entry)> {
    match version {
        1 => entries_of_1(),
        2 => entries_of_2(),
        _ => entries_of_3(),
    }
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

fn stored(version: u8, name: &str) -> String {
    let file = folder(version).join(format!("{name}.hex"));
    fs::read_to_string(file).unwrap_or_else(|error| panic!("version {version}, {name}: {error}"))
}

/// What a new version adds is written once; what is there is never written again.
#[test]
#[ignore = "writes what of the newest version is not there yet"]
fn write() {
    let mut chain = Chain::start(&id());
    for (name, entry) in entries(VERSION) {
        let (bytes, next) = encode(&entry, chain);
        let file = folder(VERSION).join(format!("{name}.hex"));
        if !file.exists() {
            fs::create_dir_all(folder(VERSION)).unwrap();
            fs::write(file, hex(&bytes)).unwrap();
        }
        chain = next;
    }
}

#[test]
fn the_newest_version_is_written_byte_for_byte() {
    let mut chain = Chain::start(&id());
    for (name, entry) in entries(VERSION) {
        let (bytes, next) = encode(&entry, chain);
        assert_eq!(hex(&bytes), stored(VERSION, name), "{name}");
        chain = next;
    }
}

#[test]
fn every_version_is_read() {
    for version in 1..=VERSION {
        let mut chain = Chain::start(&id());
        for (name, entry) in entries(version) {
            let (read, next) = decode(&bytes(&stored(version, name)), chain, &mut values())
                .unwrap_or_else(|flaw| panic!("version {version}, {name}: {flaw}"));
            assert_eq!(read, entry, "version {version}, {name}");
            chain = next;
        }
    }
}

#[test]
fn no_fixture_is_forgotten() {
    for version in 1..=VERSION {
        let mut files: Vec<_> = fs::read_dir(folder(version))
            .unwrap()
            .map(|file| file.unwrap().file_name().into_string().unwrap())
            .filter(|name| name.ends_with(".hex"))
            .collect();
        files.sort_unstable();
        let expected: Vec<_> = entries(version).into_iter().map(|(name, _)| format!("{name}.hex")).collect();
        assert_eq!(files, expected);
    }
}

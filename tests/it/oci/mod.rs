//! Components in a registry, by digest: what comes is what the digest says, or nothing.

mod registry;

use std::fs;

use cairn_tests::{Cairn, Cmd, written};
use serde_json::json;

use crate::{cairn, orders};
use registry::{Asked, Registry, Reply, digest};

const HELLO: &str = r#"
event go { by: string }

workflow hello(name: string) -> string fails timeout {
  let signal = wait go() within 30d
  return "hello ${name}, says ${signal.by}"
}
"#;

const NUMBERS: &str = r#"
tool numbers from "component:numbers.wasm" {
  seven() -> int
}

workflow counts() -> int {
  let seven = call numbers.seven()
  return seven
}
"#;

/// Builds a workflow; gives its bytes.
fn built(cairn: &Cairn, text: &str) -> Vec<u8> {
    written(cairn.folder(), "built.cairn", text);
    cairn.cmd("build built.cairn -o built.wasm").run().ended(0);
    fs::read(cairn.folder().join("built.wasm")).expect("it was built")
}

/// A tool with one function.
fn seven() -> Vec<u8> {
    let text = r#"(component
        (core module $m (func (export "seven") (result i32) i32.const 7))
        (core instance $i (instantiate $m))
        (func (export "seven") (result u32) (canon lift (core func $i "seven"))))"#;
    wat::parse_str(text).expect("a component")
}

fn run(cairn: &Cairn, reference: &str) -> Cmd {
    cairn.cmd("run").arg(reference).args(["--id", "h1", "--no-wait"]).input(&json!({ "name": "ada" }))
}

fn fetched(cairn: &Cairn) -> usize {
    fs::read_dir(cairn.data().join("cache/oci")).map_or(0, Iterator::count)
}

#[test]
fn a_component_is_run_by_its_digest_and_goes_on_when_the_registry_is_gone() {
    let (cairn, registry) = (cairn(), Registry::new());
    let hello = built(&cairn, HELLO);
    let reference = registry.push("team/hello", &hello);
    run(&cairn, &reference).run().ended(3);
    assert_eq!(cairn.show("h1")["instance"]["digest"], json!(digest(&hello)));
    assert_eq!(registry.asked().len(), 2, "a manifest and a blob");

    registry.instead(|_, _| Reply::new(503, ""));
    run(&cairn, &reference).run().ended(3);
    assert!(registry.asked().is_empty(), "what is kept is not asked for");
    orders::send(&cairn, "h1", "go", r#"{"by":"grace"}"#).run().ended(0);
    let ran = run(&cairn, &reference).run().ended(0);
    assert_eq!(orders::result(&ran), json!("hello ada, says grace"));

    // What lies there and is not what it was is fetched anew.
    for entry in fs::read_dir(cairn.data().join("cache/oci")).expect("it was kept") {
        fs::write(entry.expect("an entry").path(), "altered").expect("it can be written");
    }
    let ran = run(&cairn, &reference).run().ended(70);
    assert!(ran.stderr.contains("answered 503"), "{}", ran.text());
}

#[test]
fn a_tool_in_a_registry_is_bound_by_its_digest() {
    let (cairn, registry) = (cairn(), Registry::new());
    let reference = registry.push("seven", &seven());
    written(cairn.folder(), "counts.cairn", NUMBERS);
    let bind = format!("numbers=component:{reference}");
    let ran = cairn.cmd("run counts.cairn --bind").arg(&bind).run().ended(0);
    assert_eq!(orders::result(&ran), json!(7));
    let tagged = format!("numbers=component:oci://{}/seven:latest", registry.address());
    let ran = cairn.cmd("run counts.cairn --bind").arg(&tagged).run().ended(2);
    assert!(ran.stderr.contains("has no digest"), "{}", ran.text());
}

#[test]
fn a_tag_is_refused_without_a_question_to_the_registry() {
    let (cairn, registry) = (cairn(), Registry::new());
    let ran = run(&cairn, &format!("oci://{}/hello:1.0", registry.address())).run().ended(2);
    assert!(ran.stderr.contains("a tag may mean something else tomorrow"), "{}", ran.text());
    assert!(
        ran.stderr.contains(&format!("http://{}/v2/hello/manifests/1.0", registry.address())),
        "{}",
        ran.text()
    );
    assert!(registry.asked().is_empty());
}

/// Is it this that was asked for?
fn of(asked: &Asked, what: &str) -> bool {
    asked.path.contains(&format!("/{what}/"))
}

#[test]
fn what_is_not_what_the_digest_says_is_refused_and_not_kept() {
    type Otherwise = fn(&Asked, Reply) -> Reply;
    let cases: [(&str, i32, &str, Otherwise); 8] = [
        ("another manifest", 70, "gave something else as the manifest", |asked, reply| {
            if of(asked, "manifests") { Reply::new(200, r#"{"layers":[]}"#) } else { reply }
        }),
        ("another blob of the same length", 70, "gave something else as the component", |asked, reply| {
            if of(asked, "blobs") { reply.altered() } else { reply }
        }),
        ("a blob that is cut off", 70, "did not come from", |asked, reply| {
            if of(asked, "blobs") { reply.cut(100) } else { reply }
        }),
        ("a short blob", 70, "gave 5 bytes of the", |asked, reply| {
            if of(asked, "blobs") { Reply::new(200, "short") } else { reply }
        }),
        ("a blob without an end", 70, "gave a component of more than", |asked, reply| {
            if of(asked, "blobs") { Reply::new(200, vec![0; 9 << 20]) } else { reply }
        }),
        ("no manifest", 2, "has no manifest for", |asked, reply| {
            if of(asked, "manifests") { Reply::new(404, "{}") } else { reply }
        }),
        ("no blob", 2, "has no component for", |asked, reply| {
            if of(asked, "blobs") { Reply::new(404, "{}") } else { reply }
        }),
        ("a login", 2, "does not give `team/hello` to everybody", |_, _| {
            Reply::new(401, "").with("www-authenticate: Basic realm=\"x\"")
        }),
    ];
    let (cairn, registry) = (cairn(), Registry::new());
    let reference = registry.push("team/hello", &built(&cairn, HELLO));
    for (what, code, said, otherwise) in cases {
        registry.instead(otherwise);
        let ran = run(&cairn, &reference).run().ended(code);
        assert!(ran.stderr.contains(said), "{what}: {}", ran.text());
        assert_eq!(fetched(&cairn), 0, "{what}");
    }
    registry.instead(|_, reply| reply);
    run(&cairn, &reference).run().ended(3);
    assert_eq!(fetched(&cairn), 2);
}

#[test]
fn what_is_no_component_is_told() {
    let (cairn, registry) = (cairn(), Registry::new());
    let layer = |kind: &str| json!({ "mediaType": kind, "digest": digest(b"text"), "size": 4 });
    for (layers, said) in [
        (vec![], "it has no layers"),
        (vec![layer("text/plain")], "its layers are text/plain"),
        (vec![layer("application/wasm"), layer("application/wasm")], "several layers"),
        (vec![layer("application/wasm")], "is no WebAssembly"),
    ] {
        let reference = registry.push_with("text", b"text", &layers);
        let ran = run(&cairn, &reference).run().ended(2);
        assert!(ran.stderr.contains(said), "{}", ran.text());
    }
}

#[test]
fn a_token_for_everybody_goes_to_the_registry_and_to_nobody_else() {
    let (cairn, registry, storage) = (cairn(), Registry::new(), Registry::new());
    let hello = built(&cairn, HELLO);
    let reference = registry.push("team/hello", &hello);
    storage.push("team/hello", &hello);
    let (here, there) = (registry.address(), storage.address());
    registry.instead(move |asked, reply| {
        if asked.path.starts_with("/token?") {
            let whole = asked.path.contains("scope=repository%3Ateam%2Fhello%3Apull")
                && asked.path.contains("service=reg");
            return Reply::new(if whole { 200 } else { 400 }, r#"{"token":"let-me-in"}"#);
        }
        if asked.authorization.as_deref() != Some("Bearer let-me-in") {
            let realm = format!("www-authenticate: Bearer realm=\"http://{here}/token\",service=\"reg\"");
            return Reply::new(401, "{}").with(realm);
        }
        if of(asked, "blobs") { Reply::to(&format!("http://{there}{}", asked.path)) } else { reply }
    });
    run(&cairn, &reference).run().ended(3);
    let paths = registry.asked();
    assert_eq!(paths.len(), 4, "a manifest twice, a token, a blob: {paths:?}");
    let stored = storage.asked();
    assert!(matches!(stored.as_slice(), [asked] if asked.authorization.is_none()), "{stored:?}");
}

#[test]
fn a_registry_may_send_on_only_to_where_anybody_may_go() {
    let (cairn, registry) = (cairn(), Registry::new());
    let reference = registry.push("team/hello", &built(&cairn, HELLO));
    for (place, said) in [
        ("http://192.0.2.1/blob", "sends on to http://192.0.2.1"),
        ("https://10.0.0.1/blob", "sends on to https://10.0.0.1"),
        ("http://registry.example/blob", "sends on to http://registry.example"),
        ("/again", "sent on more than 5 times"),
    ] {
        registry.instead(
            move |asked, reply| {
                if of(asked, "blobs") || asked.path == "/again" { Reply::to(place) } else { reply }
            },
        );
        let ran = run(&cairn, &reference).run().ended(70);
        assert!(ran.stderr.contains(said), "{place}: {}", ran.text());
    }
}

//! Several files: what one declares can be seen in those that use it.

use std::collections::BTreeMap;

use crate::ir::StmtKind;
use crate::{Checked, Found, Loader, check_with};

struct Folder(BTreeMap<&'static str, &'static str>);

impl Loader for Folder {
    fn read(&self, _using: &str, path: &str) -> Result<Found, String> {
        let text = self.0.get(path).ok_or("it is not there")?;
        Ok(Found { name: path.to_owned(), bytes: text.as_bytes().to_vec() })
    }
}

fn checked<const N: usize>(text: &str, others: [(&'static str, &'static str); N]) -> Checked {
    check_with("main.cairn", text, &Folder(others.into_iter().collect()))
}

#[track_caller]
fn fine(checked: &Checked) {
    let shown = cairn_dsl::render(&checked.source, &checked.diagnostics, false);
    assert!(checked.diagnostics.is_empty(), "{shown}");
}

const SHOP: (&str, &str) = (
    "shop.cairn",
    "const LIMIT = 5\ntype Order = { id: string, cents: int }\nerror too_dear { cents: int }\nevent paid { order: Order }\n\
     tool till from \"http:https://till.example\" { charge(order: Order, most: int = LIMIT) -> { id: string } fails too_dear }\n\
     fn double(n: int) -> int = n * twice()\nfn twice() -> int = 2\nsecret TILL_KEY\n\
     flow pay(order: Order) -> string fails too_dear { let c = call till.charge(order) return c.id }\n\
     workflow payout(order: Order) -> { ok: bool } { log \"${order.id} ${LIMIT}\" return { ok: true } }\n",
);

const MAIN: &str = "workflow main(order: P.Order) -> string fails too_dear {\n\
    let c = call P.till.charge(order)\n  let e = wait P.paid() where e.order.cents > P.LIMIT within 5m\n\
    let r = run P.payout(order)\n  if P.double(2) > 3 && r.ok { fail too_dear { cents: e.order.cents } }\n  let f = do P.pay(order)\n  return c.id + f }\n";

#[test]
fn what_a_used_file_declares_is_seen_under_its_name() {
    let checked = checked(&format!("use \"shop.cairn\"\n{}", MAIN.replace("P.", "")), [SHOP]);
    fine(&checked);
    let names: Vec<&str> = checked.workflows.iter().map(|w| w.meta.workflow.as_str()).collect();
    assert_eq!(names, ["main", "payout"]);
    let files: Vec<&str> = checked.workflows.iter().map(|w| w.meta.source.as_str()).collect();
    assert_eq!(files, ["main.cairn", "shop.cairn"]);
    let main = checked.workflows.first().expect("the first");
    assert_eq!(main.meta.needs.tools, ["till.charge"]);
    assert_eq!(main.meta.needs.http, ["https://till.example"]);
    assert_eq!(main.meta.needs.workflows, ["payout"]);
    assert_eq!(main.meta.needs.events, ["paid"]);
    let hash = |n: usize| checked.workflows.get(n).map(|w| w.meta.source_hash.clone());
    assert_ne!(hash(0), hash(1));
}

#[test]
fn a_prefix_stands_in_front_of_its_names_and_is_not_sent() {
    let text = format!("use \"shop.cairn\" as shop\n{}", MAIN.replace("P.", "shop."));
    let checked = checked(&text, [SHOP]);
    fine(&checked);
    let main = checked.workflows.first().expect("the first");
    let called = main.body.iter().find_map(|s| match &s.kind {
        StmtKind::Call(call) => Some(call.tool.clone()),
        _ => None,
    });
    assert_eq!(called, Some(crate::ir::Tool::Named("till.charge".into())));
    assert_eq!(main.meta.needs.events, ["paid"]);
}

#[test]
fn files_may_use_each_other() {
    let other = (
        "other.cairn",
        "use \"main.cairn\"\ntype Mine = { id: string }\nworkflow other(x: Theirs) { log \"${x.n}\" }\n",
    );
    let text = "use \"other.cairn\"\ntype Theirs = { n: int }\nworkflow main(x: Mine) { run other(x: { n: x.id.len() }) }\n";
    let files = Folder([other, ("main.cairn", text)].into_iter().collect());
    let checked = check_with("main.cairn", text, &files);
    fine(&checked);
    assert_eq!(checked.workflows.len(), 2);
}

#[test]
fn a_type_does_not_hold_itself_by_way_of_another_file() {
    let other = ("other.cairn", "use \"main.cairn\"\ntype Mine = { id: Theirs }\n");
    let text = "use \"other.cairn\"\ntype Theirs = { n: Mine }\nworkflow main(x: Theirs) { log \"${x.to_json()}\" }\n";
    let files = Folder([other, ("main.cairn", text)].into_iter().collect());
    let checked = check_with("main.cairn", text, &files);
    assert!(checked.diagnostics.iter().any(|d| d.code.0 == "E0206"), "{:?}", checked.diagnostics);
}

#[test]
fn a_fault_in_a_used_file_is_shown_there() {
    let other = ("other.cairn", "workflow other() -> int {\n  return nobody\n}\n");
    let checked = checked("use \"other.cairn\"\nworkflow main() { run other() }\n", [other]);
    let shown = cairn_dsl::render(&checked.source, &checked.diagnostics, false);
    assert!(shown.contains("other.cairn:2:10"), "{shown}");
    let torn = ("other.cairn", "workflow other() -> int {\n  retrun 5\n}\n");
    let broken = self::checked("use \"other.cairn\"\nworkflow main() { run other() }\n", [torn]);
    let shown = cairn_dsl::render(&broken.source, &broken.diagnostics, false);
    assert!(shown.contains("other.cairn:2:3") && broken.diagnostics.len() == 1, "{shown}");
    assert!(broken.diagnostics.iter().all(|d| d.edits.is_empty()), "another file is not edited");
}

#[test]
fn two_of_a_name_are_told_and_what_is_not_there_too() {
    let other = ("other.cairn", "type Order = { x: int }\n");
    let both = checked(
        "use \"shop.cairn\"\nuse \"other.cairn\"\nworkflow w(o: Order) { log \"${o.id}\" }\n",
        [SHOP, other],
    );
    assert_eq!(both.diagnostics.iter().map(|d| d.code.0).collect::<Vec<_>>(), ["E0202"]);
    let none = checked("use \"nowhere.cairn\"\nworkflow w() { run gone() }\n", []);
    assert_eq!(
        none.diagnostics.iter().map(|d| d.code.0).collect::<Vec<_>>(),
        ["E0207"],
        "and not the names that it would have brought"
    );
    let inner = ("outer.cairn", "use \"shop.cairn\"\n");
    let seen = checked("use \"outer.cairn\"\nworkflow w(o: Order) { log \"${o.id}\" }\n", [SHOP, inner]);
    assert_eq!(
        seen.diagnostics.iter().map(|d| d.code.0).collect::<Vec<_>>(),
        ["E0203"],
        "what another one uses is its own business"
    );
}

#[test]
fn a_described_tool_has_the_operations_that_are_read_and_those_written_win() {
    let list = (
        "planner.mcp.json",
        "{\"tools\": [{\"name\": \"plan\", \"inputSchema\": {\"type\": \"object\", \"properties\": {\"goal\": {\"type\": \"string\"}}, \"required\": [\"goal\"]}},\
          {\"name\": \"stop\", \"inputSchema\": {\"type\": \"object\"}}]}",
    );
    let text = "tool planner from \"mcp:planner\" { stop(why: string) -> null }\n\
        workflow w(goal: string) -> json { let p = call planner.plan(goal) call planner.stop(why: \"done\") return p }\n";
    fine(&checked(text, [list]));
    let wrong = checked(&text.replace("plan(goal)", "plan(goal: 5)"), [list]);
    assert_eq!(wrong.diagnostics.iter().map(|d| d.code.0).collect::<Vec<_>>(), ["E0302"]);
}

#[test]
fn a_component_that_is_a_tool_goes_along_and_its_digest_is_said() {
    // `(component)`: it exports nothing, so the operation is the file's own.
    let empty = ("pay.wasm", "\0asm\u{d}\0\u{1}\0");
    let text = "tool pay from \"component:pay.wasm\" { charge(cents: int) -> string }\n\
        tool other from \"component:gone.wasm\" { ping() -> string }\n\
        workflow w(cents: int) { call pay.charge(cents) call other.ping() }\n";
    let checked = checked(text, [empty]);
    fine(&checked);
    let main = checked.workflows.first().expect("one");
    let meta = serde_json::to_value(&main.meta.tools).expect("JSON");
    let digest = "sha256:24eaf3439a60c96764c4f2c92a0a81b52bd4fe5d5b91f090184a0f6486b1bf29";
    assert_eq!((meta[0]["component"].as_str(), meta[1]["component"].as_str()), (None, Some(digest)));
    let bytes = crate::emit(main).expect("a component");
    let section = b"cairn-tool:pay\0asm";
    assert!(bytes.windows(section.len()).any(|part| part == section), "its bytes are in a section");
}

/// Secrets are templates, and the host is told where they stand.
#[test]
fn a_call_says_where_its_secrets_are() {
    let text = "use \"std:http\"\nsecret KEY\nsecret PASSWORD\ntool t { login(token: secret string, opts: { pass: secret string }) -> null }\n\
        workflow w(user: string) {\n  let auth = \"Basic ${user}:${KEY}\"\n\
        call http.get(url: \"https://a.example/\", headers: { authorization: auth, \"x/y\": \"Bearer ${KEY}\", accept: \"*\" })\n\
        call t.login(token: \"plain\", opts: { pass: PASSWORD })\n}\n";
    let checked = checked(text, []);
    fine(&checked);
    let main = checked.workflows.first().expect("one");
    let places: Vec<Vec<String>> = main
        .body
        .iter()
        .filter_map(|s| if let StmtKind::Call(call) = &s.kind { Some(call.secrets.clone()) } else { None })
        .collect();
    assert_eq!(
        places,
        [
            vec!["/headers/authorization".to_owned(), "/headers/x~1y".into()],
            vec!["/opts/pass".into(), "/token".into()]
        ]
    );
    assert_eq!(main.meta.needs.secrets, ["KEY", "PASSWORD"]);
}

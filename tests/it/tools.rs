//! Components as tools: one of an ordinary toolchain (`tests/guest`), called by a workflow in the language. Skipped where its target is not installed.

use std::{fs, path::Path, path::PathBuf, sync::OnceLock};

use cairn_tests::{Answer, Cairn, Cmd, Services, workspace, written};
use serde_json::{Value, json};

use crate::{cairn, guests::component, orders};

/// The tool; none where it cannot be built.
fn tool() -> Option<&'static Path> {
    static BUILT: OnceLock<Option<PathBuf>> = OnceLock::new();
    let built = BUILT.get_or_init(|| Some(component("tests/guest", &[])?.join("tool.wasm")));
    built.as_deref()
}

/// A workflow that calls `press`, beside the component.
fn beside(cairn: &Cairn, tool: &Path, text: &str) -> PathBuf {
    fs::copy(tool, cairn.folder().join("press.wasm")).expect("a copy");
    written(cairn.folder(), "main.cairn", text)
}

fn run(cairn: &Cairn, file: &Path, input: &Value) -> Cmd {
    cairn.cmd("run").arg(file).args(["--id", "g1"]).input(input)
}

const ALL: &str = r#"
error too_long { most: int }
error out_of_paper
error torn
error stuck { sheet: int }

tool press from "component:press.wasm" {
  render_page(title: string, items: [string], most?: int) -> string fails too_long, out_of_paper, torn
  jam(kind: string) -> null fails stuck
}

workflow main(items: [string]) -> json {
  try {
    let page = call press.render_page(title: "List", items, most: 2)
    let a = call press.count()
    let b = call press.count()
    return { page, counted: [a, b] }
  } catch too_long as e {
    return { kind: "too_long", most: e.most }
  } catch out_of_paper {
    return { kind: "out_of_paper" }
  } catch torn {
    return { kind: "torn" }
  }
}

workflow breaks(how: string) -> json {
  try {
    let jam = call press.jam(kind: how == "kind" ? "burnt" : "stuck")
  } catch stuck as e {
    log "sheet ${e.sheet}"
  }
  if how == "panic" { call press.break_down(why: "no ink left") }
  if how == "text" { call press.grumble() }
  if how == "slow" { call press.wait_for(milliseconds: 60000) timeout 300ms }
  return null
}
"#;

#[test]
fn a_component_beside_the_source_is_a_tool_and_goes_along_with_the_code() {
    let Some(tool) = tool() else { return };
    let cairn = cairn();
    let file = beside(&cairn, tool, ALL);
    let built = cairn.folder().join("main.wasm");
    cairn.cmd("build").arg(&file).arg("-o").arg(&built).run().ended(0);
    fs::remove_file(cairn.folder().join("press.wasm")).expect("it is there");
    let ran = run(&cairn, &built, &json!({ "items": ["tea", "cup"] })).run().ended(0);
    // Each call has an instance of its own.
    assert_eq!(orders::result(&ran), json!({ "page": "# List\ntea\ncup", "counted": [1, 1] }));
    for (items, wanted) in [
        (json!(["a", "b", "c"]), json!({ "kind": "too_long", "most": 2 })),
        (json!([]), json!({ "kind": "out_of_paper" })),
        (json!([""]), json!({ "kind": "torn" })),
    ] {
        let ran = cairn.cmd("run").arg(&built).input(&json!({ "items": items })).run().ended(0);
        assert_eq!(orders::result(&ran), wanted);
    }
}

#[test]
fn how_a_tool_breaks_is_told() {
    let Some(tool) = tool() else { return };
    for (how, said) in [
        ("panic", "no ink left"),
        ("text", "it will not"),
        ("kind", "a sheet is stuck"),
        ("slow", "gave no result within 300ms"),
    ] {
        let cairn = cairn();
        let file = beside(&cairn, tool, ALL);
        let ran = run(&cairn, &file, &json!({ "how": how })).args(["--workflow", "breaks"]).run().ended(1);
        assert!(ran.text().contains(said), "{how}: {}", ran.text());
    }
}

const ECHO: &str = r#"
tool press from "component:press.wasm"

workflow main(image: bytes) -> json {
  let order = call press.echo_order(order: {
    title: "Ö", items: [{ text: "one", count: 3 }, { text: "two" }], style: "large-print",
    wishes: { colour: true, on_both_sides: false }, shape: { tag: "path", value: [[1, -2], [3, 4]] },
    image, mark: "→", checked: { tag: "err", value: "not yet" }
  })
  return order
}
"#;

#[test]
fn values_of_all_types_go_there_and_come_back() {
    let Some(tool) = tool() else { return };
    let cairn = cairn();
    let file = beside(&cairn, tool, ECHO);
    let ran = run(&cairn, &file, &json!({ "image": "AAEC" })).run().ended(0);
    assert_eq!(
        orders::result(&ran),
        json!({
            "title": "Ö", "items": [{ "text": "one", "count": 3 }, { "text": "two" }], "style": "large-print",
            "wishes": { "colour": true, "on_both_sides": false }, "shape": { "tag": "path", "value": [[1, -2], [3, 4]] },
            "image": "AAEC", "mark": "→", "checked": { "tag": "err", "value": "not yet" }
        })
    );
}

/// It knows nothing of the tool but its name.
const BOUND: &str = r#"
tool press { count() -> int  fetch(url: string, post?: string) -> string  draw() -> [int] }
event go {}
workflow main(url: string) -> json {
  try {
    let said = call press.fetch(url)
    let posted = call press.fetch(url, post: "\"hello\"")
    let drawn = call press.draw()
    let e = wait go()
    return { said, posted, drawn: drawn.len() }
  } catch tool_failed as e {
    return e.message
  }
}
"#;

#[test]
fn a_bound_component_is_kept_and_reaches_what_the_run_may() {
    let Some(tool) = tool() else { return };
    let services = Services::new();
    services.on("notes.add", |asked| Answer::Good(json!({ "got": asked.arguments })));
    let url = format!("{}/notes/add", services.origin());
    let cairn = cairn();
    let file = beside(&cairn, tool, BOUND);
    let bind = format!("press=component:{}", cairn.folder().join("press.wasm").display());
    let allow = format!("http={}", services.origin());
    let input = json!({ "url": url });
    run(&cairn, &file, &input).args(["--no-wait", "--bind", &bind, "--allow", &allow]).run().ended(3);
    // The file is gone, the component is not.
    fs::remove_file(cairn.folder().join("press.wasm")).expect("it is there");
    orders::send(&cairn, "g1", "go", "{}").run().ended(0);
    let ran = cairn.cmd("resume g1").run().ended(0);
    let wanted = json!({ "said": "200 {\"got\":null}", "posted": "200 {\"got\":\"hello\"}", "drawn": 2 });
    assert_eq!(orders::result(&ran), wanted);
    assert_eq!(services.count("notes.add"), 2, "what is recorded is not done again");
}

#[test]
fn what_is_not_granted_a_component_does_not_reach() {
    let Some(tool) = tool() else { return };
    let services = Services::new();
    let cairn = cairn();
    let file = beside(&cairn, tool, BOUND);
    let bind = format!("press=component:{}", tool.display());
    let input = json!({ "url": format!("{}/notes/add", services.origin()) });
    let ran = run(&cairn, &file, &input).args(["--bind", &bind]).run().ended(0);
    let said = orders::result(&ran);
    let said = said.as_str().unwrap_or_default();
    assert!(said.contains("`press.fetch` may not reach") && said.contains("--allow http="), "{said}");
    assert_eq!(services.calls().len(), 0);
}

#[test]
fn a_component_that_does_not_fit_is_refused_before_anything_runs() {
    let Some(tool) = tool() else { return };
    let cairn = cairn();
    let text = "tool press { count(from: int) -> int }\nworkflow main() -> int { let n = call press.count(from: 1) return n }\n";
    let file = written(cairn.folder(), "main.cairn", text);
    let bind = |path: &str| {
        run(&cairn, &file, &json!({})).args(["--bind", &format!("press=component:{path}")]).run().ended(2)
    };
    let ran = bind(&tool.display().to_string());
    assert!(ran.text().contains("`press.count` is called with `from`, which"), "{}", ran.text());
    let ran = bind("nowhere.wasm");
    assert!(ran.text().contains("cannot read `nowhere.wasm`"), "{}", ran.text());
    let resource = "tool press from \"component:press.wasm\" { cut(sheet: json) -> int }\nworkflow main() -> int { let n = call press.cut(sheet: 1) return n }\n";
    let file = beside(&cairn, tool, resource);
    let ran = run(&cairn, &file, &json!({})).run().ended(2);
    assert!(
        ran.text().contains("its parameter `sheet` is a resource in `acme:press/pages@1.0.0#cut`"),
        "{}",
        ran.text()
    );
    let gone = written(cairn.folder(), "gone.cairn", resource.replace("press.wasm", "gone.wasm"));
    let ran = run(&cairn, &gone, &json!({})).run().ended(2);
    assert!(ran.text().contains("--bind press=component:gone.wasm"), "{}", ran.text());
    assert!(workspace().join("tests/guest").is_dir());
}

//! What the command line says, recorded.

use cairn_tests::{Services, golden, written};

use crate::{cairn, orders};

#[test]
fn help_is_as_recorded() {
    let cairn = cairn();
    let verbs = [
        "",
        "run",
        "resume",
        "schedule",
        "schedules",
        "send",
        "show",
        "list",
        "logs",
        "cancel",
        "pause",
        "continue",
        "terminate",
        "restart",
        "retry",
        "skip",
        "purge",
        "check",
        "build",
        "explain",
    ];
    for verb in verbs {
        let ran = cairn.cmd(verb).arg("--help").run().ended(0);
        let name = if verb.is_empty() { "cairn" } else { verb };
        golden(&format!("help/{name}"), &ran.text());
    }
}

#[test]
fn several_faults_are_shown_in_one_go() {
    let cairn = cairn();
    let text = "event done { n: int }

tool shop {
  buy(sku: string, qty: int) -> { id: string }
}

workflow several(list: [string], note?: string) -> { n: int } {
  for sku in list key sku {
    let bought = shop.buy(sku: sku, qty: 1)
  }
  let long = note.len()
  let d = wait doen()
  return { n: \"none\" }
}
";
    written(cairn.folder(), "several.cairn", text);
    let ran = cairn.cmd("check several.cairn").run();
    assert_eq!(ran.code, Some(2), "{}", ran.text());
    golden("check/several", &format!("{text}\n{}", ran.text()));
}

#[test]
fn a_finished_run_is_shown_and_listed_as_recorded() {
    let (cairn, services) = (cairn(), Services::new());
    orders::run(&cairn, &services, "o1").arg("--no-wait").run().ended(3);
    golden("show/waiting", &cairn.cmd("show o1").run().ended(0).text());
    golden("show/list_waiting", &cairn.cmd("list").run().ended(0).text());
    orders::picked_up(&cairn, "o1").run().ended(0);
    cairn.cmd("resume o1").run().ended(0);
    golden("show/finished", &cairn.cmd("show o1").run().ended(0).text());
    golden("show/list", &cairn.cmd("list").run().ended(0).text());
    golden("show/logs", &cairn.cmd("logs o1").run().ended(0).text());
}

#[test]
fn a_failed_run_is_told_and_shown_as_recorded() {
    let (cairn, services) = (cairn(), Services::new());
    orders::decline(&services);
    golden("show/run_declined", &orders::run(&cairn, &services, "o1").run().ended(1).text());
    golden("show/declined", &cairn.cmd("show o1").run().ended(0).text());
}

#[test]
fn a_page_of_explain_is_as_recorded() {
    let cairn = cairn();
    golden("explain/E0302", &cairn.cmd("explain E0302").run().ended(0).text());
    golden("explain/unknown", &cairn.cmd("explain E9999").run().ended(2).text());
}

#[test]
fn an_empty_directory_lists_nothing() {
    let cairn = cairn();
    golden("show/list_nothing", &cairn.cmd("list").run().text());
}

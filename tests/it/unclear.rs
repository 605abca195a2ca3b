//! Steps that must not be done twice, on the real program against a real service that counts: killed between the request and its answer,
//! connections that are lost, connections that are refused.

use std::net::TcpListener;

use cairn_tests::{Answer, Cairn, Cmd, Services, written};
use serde_json::{Value, json};

use crate::cairn;

/// One transfer, with this behind it.
fn program(cairn: &Cairn, clauses: &str) -> std::path::PathBuf {
    let text = format!(
        "tool bank {{ wire(cents: int) -> {{ id: string }}  note(id: string) -> null }}\n\
         workflow pay(cents: int) -> string {{\n\
           let wire = call bank.wire(cents) {clauses}\n\
           call bank.note(id: wire.id)\n\
           return wire.id\n\
         }}\n"
    );
    written(cairn.folder(), "pay.cairn", &text)
}

fn bank() -> Services {
    let services = Services::new();
    services.on("bank.wire", |asked| Answer::Good(json!({ "id": format!("w{}", asked.before + 1) })));
    services
}

fn run(cairn: &Cairn, services: &Services, clauses: &str) -> Cmd {
    let run =
        cairn.cmd("run").arg(program(cairn, clauses)).args(["--id", "o1"]).args(services.flags(&["bank"]));
    run.input(&json!({ "cents": 500 }))
}

fn state(cairn: &Cairn) -> Value {
    cairn.show("o1")["instance"]["state"].clone()
}

fn waits() -> Value {
    json!({ "is": "waiting", "until": null, "events": [], "on": ["unclear wire"] })
}

/// The idempotency keys of the transfers.
fn keys(services: &Services) -> Vec<String> {
    let wires = services.calls().into_iter().filter(|call| call.operation == "bank.wire");
    wires.filter_map(|call| call.key).collect()
}

/// SIGKILL where the request is about to leave (nothing came), and where it was answered and nobody has recorded that.
const PLACES: [(&str, usize); 2] = [("effect:before", 0), ("effect:after", 1)];

#[test]
fn promise_2_kill_9_while_a_step_is_out_obeys_its_policy() {
    for (point, came) in PLACES {
        for (clauses, end) in [("", 0), ("unclear retry", 0), ("unclear fail", 1), ("unclear ask", 3)] {
            let (cairn, services) = (cairn(), bank());
            let ran = run(&cairn, &services, clauses).crash(point, 1).run();
            assert!(ran.killed(), "{}", ran.text());
            assert_eq!(services.count("bank.wire"), came);
            cairn.cmd("resume o1 --no-wait").run().ended(end);
            let again = usize::from(end == 0);
            assert_eq!(services.count("bank.wire"), came + again, "{point}, `{clauses}`");
            assert!(keys(&services).iter().all(|key| key == "local/o1/wire"));
            match end {
                0 => assert_eq!(state(&cairn), json!({ "is": "finished" })),
                1 => assert_eq!(state(&cairn), json!({ "is": "failed", "kind": "unclear" })),
                _ => assert_eq!(state(&cairn), waits()),
            }
        }
    }
}

/// Before the request there is a commit; where the process dies in front of it, nothing is unclear.
#[test]
fn promise_2_what_surely_had_not_left_is_sent() {
    for clauses in ["unclear fail", "unclear ask"] {
        let (cairn, services) = (cairn(), bank());
        assert!(run(&cairn, &services, clauses).crash("ask:before-commit", 1).run().killed());
        cairn.cmd("resume o1").run().ended(0);
        assert_eq!(keys(&services), ["local/o1/wire"]);
    }
}

#[test]
fn promise_2_a_person_decides_across_kill_9() {
    let (cairn, services) = (cairn(), bank());
    assert!(run(&cairn, &services, "unclear ask").crash("effect:after", 1).run().killed());
    let told = cairn.cmd("resume o1 --no-wait").run().ended(3).text();
    for said in
        ["nobody knows whether `bank.wire` was carried out", "local/o1/wire", "cairn retry o1 --key wire"]
    {
        assert!(told.contains(said), "`{said}` is not in\n{told}");
    }
    let listed = cairn.cmd("list").run().ended(0).text();
    assert!(listed.contains("a decision about wire"), "{listed}");
    let retried =
        cairn.cmd("retry o1 --by ada --why").arg("the bank knows nothing of it").run().ended(0).text();
    assert!(retried.contains("makes `wire` again"), "{retried}");
    cairn.cmd("resume o1").run().ended(0);
    assert_eq!(keys(&services), ["local/o1/wire", "local/o1/wire"], "the bank can tell");
    assert_eq!(state(&cairn), json!({ "is": "finished" }));
    let shown = cairn.cmd("show o1").run().ended(0).text();
    assert!(shown.contains("sent again by ada"), "{shown}");
}

#[test]
fn promise_2_a_person_says_what_it_gave_and_another_cancels() {
    let (cairn, services) = (cairn(), bank());
    assert!(run(&cairn, &services, "unclear ask").crash("effect:after", 1).run().killed());
    cairn.cmd("resume o1 --no-wait").run().ended(3);
    cairn.cmd("skip o1 wire --result").arg(r#"{"id": "w1"}"#).run().ended(0);
    cairn.cmd("resume o1").run().ended(0);
    assert_eq!((services.count("bank.wire"), services.count("bank.note")), (1, 1));
    assert_eq!(state(&cairn), json!({ "is": "finished" }));

    let (cairn, services) = (self::cairn(), bank());
    assert!(run(&cairn, &services, "unclear ask").crash("effect:after", 1).run().killed());
    cairn.cmd("resume o1 --no-wait").run().ended(3);
    cairn.cmd("cancel o1").run();
    cairn.cmd("resume o1").run();
    assert_eq!(state(&cairn), json!({ "is": "failed", "kind": "cancelled" }));
    assert_eq!(services.count("bank.wire"), 1);
}

#[test]
fn promise_2_a_connection_that_is_lost_behind_the_request_is_unclear() {
    for (clauses, code, wires) in [
        ("retry { attempts: 2, delay: 10ms }", 0, 2),
        ("retry { attempts: 2, delay: 10ms } unclear fail", 1, 1),
        ("retry { attempts: 2, delay: 10ms } unclear ask", 3, 1),
    ] {
        let (cairn, services) = (cairn(), bank());
        services.on("bank.wire", |asked| match asked.before {
            0 => Answer::Nothing,
            _ => Answer::Good(json!({ "id": "w2" })),
        });
        run(&cairn, &services, clauses).arg("--no-wait").run().ended(code);
        assert_eq!(services.count("bank.wire"), wires, "{clauses}");
    }
}

#[test]
fn promise_2_an_answer_and_a_refused_connection_leave_no_doubt() {
    for clauses in ["unclear fail", "unclear ask"] {
        let clauses = format!("retry {{ attempts: 20, delay: 200ms, backoff: \"constant\" }} {clauses}");
        let (cairn, services) = (cairn(), bank());
        services.on("bank.wire", |asked| match asked.before {
            0 => Answer::Status(503, json!({})),
            _ => Answer::Good(json!({ "id": "w2" })),
        });
        run(&cairn, &services, &clauses).run().ended(0);
        assert_eq!(services.count("bank.wire"), 2, "the first was answered");

        // Nobody listens at first.
        let free = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("its address");
        let cairn = self::cairn();
        let command = cairn.cmd("run").arg(program(&cairn, &clauses)).args(["--id", "o1"]);
        let command = command.args(["--bind", &format!("bank=http:http://{free}/bank")]);
        let mut refused =
            command.args(["--allow", &format!("http=http://{free}")]).input(&json!({ "cents": 1 })).spawn();
        refused.writes("attempt 1");
        let services = Services::at(free);
        services.on("bank.wire", |_| Answer::Good(json!({ "id": "w1" })));
        refused.finish().ended(0);
        assert_eq!(services.count("bank.wire"), 1);
    }
}

//! Every named crash point, at its first few passings: the program kills itself there, is called again, and everything ends as if
//! nothing had happened.

use std::{
    collections::{BTreeMap, BTreeSet},
    thread,
};

use cairn_host::crash::POINTS;
use cairn_tests::{Cairn, Cmd, Ran, Services, written};
use serde_json::{Value, json};

use crate::{cairn, mistakes, orders};

/// How many passings of a point are tried.
const PASSINGS: u32 = 3;

/// What somebody types, in order; a command that was killed is typed again.
struct Scene {
    name: &'static str,
    /// Before anything else.
    services: fn(&Services),
    commands: &'static [Command],
    /// The services' keys at the end.
    keys: fn(&str) -> BTreeMap<String, BTreeSet<String>>,
    /// The instance's state at the end.
    state: fn() -> Value,
}

type Command = fn(&Cairn, &Services, &str) -> Cmd;

static SCENES: [Scene; 6] = [
    Scene {
        name: "shipped in one go",
        services: |_| {},
        commands: &[|cairn, _, id| orders::picked_up(cairn, id).arg("--early"), orders::run_with_pause],
        keys: orders::shipped_keys,
        state: || json!({ "is": "finished" }),
    },
    Scene {
        name: "shipped when the event comes",
        services: |_| {},
        commands: &[
            |cairn, services, id| orders::run(cairn, services, id).arg("--no-wait"),
            |cairn, _, id| orders::picked_up(cairn, id),
            |cairn, _, id| cairn.cmd("resume").arg(id),
        ],
        keys: orders::shipped_keys,
        state: || json!({ "is": "finished" }),
    },
    Scene {
        name: "declined",
        services: orders::decline,
        commands: &[orders::run],
        keys: orders::declined_keys,
        state: || json!({ "is": "failed", "kind": "card_declined" }),
    },
    Scene {
        name: "cancelled",
        services: |_| {},
        commands: &[
            |cairn, services, id| orders::run(cairn, services, id).arg("--no-wait"),
            |cairn, _, id| cairn.cmd("cancel").arg(id),
            |cairn, _, id| cairn.cmd("resume").arg(id),
        ],
        keys: orders::undone_keys,
        state: || json!({ "is": "failed", "kind": "cancelled" }),
    },
    Scene {
        name: "given up by its timer",
        services: |_| {},
        commands: &[
            |cairn, services, id| orders::run_with(cairn, services, id, &orders::input_with(id, 20, 100)),
            |cairn, _, id| cairn.cmd("resume").arg(id),
        ],
        keys: orders::undone_keys,
        state: || json!({ "is": "failed", "kind": "timeout" }),
    },
    Scene {
        name: "side by side, and one given up",
        services: |_| {},
        commands: &[beside],
        keys: |id| {
            let first = ["work/first/mail.send"].map(|key| format!("local/{id}/{key}"));
            let undone = |key: &str| BTreeSet::from([format!("local/{id}/{key}")]);
            BTreeMap::from([
                ("mail.send".to_owned(), BTreeSet::from(first)),
                ("inventory.reserve".to_owned(), undone("work/second/hold")),
                ("inventory.release".to_owned(), undone("work/second/hold.undo")),
            ])
        },
        state: || json!({ "is": "finished" }),
    },
];

/// The second branch has done something that is undone when the first is there; it waits for what never comes.
const BESIDE: &str = r#"event never {}
event held {}
tool inventory {
  reserve(sku: string, qty: int) -> { id: string }
  release(id: string) -> null
}
tool mail { send(to: string, subject: string, text: string) -> null }

workflow beside() -> json {
  let work = parallel first 1 {
    first {
      let ready = wait held()
      call mail.send(to: "a@b.example", subject: "s", text: "t")
    }
    second {
      let hold = call inventory.reserve(sku: "tea", qty: 1)
        undo call inventory.release(id: hold.id)
      emit held {}
      let came = wait never()
    }
  }
  return null
}
"#;

fn beside(cairn: &Cairn, services: &Services, id: &str) -> Cmd {
    let program = written(cairn.folder(), "beside.cairn", BESIDE);
    cairn.cmd("run").arg(program).args(["--id", id]).args(services.flags(&["inventory", "mail"]))
}

#[test]
fn promises_1_2_3_4_5_hold_at_every_named_crash_point() {
    let threads = SCENES.each_ref().map(|scene| thread::spawn(|| scene.crash_everywhere()));
    let scenes = threads.map(|thread| thread.join().unwrap_or_else(|cause| std::panic::resume_unwind(cause)));
    let crashes: usize = scenes.iter().map(Vec::len).sum();
    let reached: BTreeSet<&str> = scenes.into_iter().flatten().collect();
    println!("crash: {crashes} crashes at {} points", reached.len());
    let missed: Vec<_> = POINTS.iter().filter(|point| !reached.contains(*point)).collect();
    assert!(missed.is_empty(), "no scene passes these points: {missed:?}");
}

impl Scene {
    /// Plays it once for each point and passing; gives the points at which it crashed, one for each crash.
    fn crash_everywhere(&self) -> Vec<&'static str> {
        let (cairn, services) = (cairn(), Services::new());
        (self.services)(&services);
        mistakes::works(&cairn);
        self.play(&cairn, &services, "calm", None);
        let mut crashed = Vec::new();
        for (n, point) in POINTS.iter().enumerate() {
            for passing in 1..=PASSINGS {
                let id = format!("c{n}-{passing}");
                services.forget();
                if !self.play(&cairn, &services, &id, Some((point, passing))) {
                    break;
                }
                crashed.push(*point);
            }
        }
        crashed
    }

    /// Types its commands, each again where it was killed; whether one was.
    fn play(&self, cairn: &Cairn, services: &Services, id: &str, crash: Option<(&str, u32)>) -> bool {
        let at = format!("{}, {id}, crash {crash:?}", self.name);
        let mut crashed = false;
        for command in self.commands {
            let ran = match crash.filter(|_| !crashed) {
                Some((point, n)) => command(cairn, services, id).crash(point, n).run(),
                None => command(cairn, services, id).run(),
            };
            if ran.killed() {
                crashed = true;
                let again = command(cairn, services, id).run();
                understood(&again, &at);
            } else {
                understood(&ran, &at);
            }
        }
        self.check(cairn, services, id, crashed, &at);
        crashed
    }

    fn check(&self, cairn: &Cairn, services: &Services, id: &str, crashed: bool, at: &str) {
        let shown = cairn.show(id);
        assert_eq!(shown["instance"]["state"], (self.state)(), "{at}");
        assert_eq!(services.distinct(), (self.keys)(id), "{at}: the exact keys");
        let times: Vec<usize> = services.keys().into_values().flat_map(BTreeMap::into_values).collect();
        let again: usize = times.iter().map(|times| times - 1).sum();
        assert!(again <= usize::from(crashed), "{at}: one crash cuts off one step: {:#?}", services.keys());
        assert_eq!(shown["inbox"], json!([]), "{at}: the event was taken");
    }
}

/// It ended in a way that a user brings about, not in one of ours.
fn understood(ran: &Ran, at: &str) {
    assert!(matches!(ran.code, Some(0..=3)), "{at}\n{}", ran.text());
}

//! SIGKILL at moments that nobody chose. Whatever the moment, the order ends as if nothing had happened, and what was called
//! twice is exactly what was cut off.

use std::{
    collections::BTreeSet,
    thread,
    time::{Duration, Instant},
};

use cairn_tests::{Cairn, Ran, Random, Services};
use serde_json::{Value, json};

use crate::{cairn, mistakes, orders};

/// In all, shared out among the threads.
const KILLS: u64 = 200;
/// As many as the smallest machine that runs this has cores.
const THREADS: u64 = 2;

#[test]
fn promises_1_2_3_5_hold_wherever_kill_9_strikes() {
    let seed = Random::seed();
    println!("kill: CAIRN_SEED={seed} repeats the moments");
    let begun = Instant::now();
    let threads: Vec<_> = (0..THREADS)
        .map(|n| thread::spawn(move || Killer::new().kill(seed.wrapping_add(n), KILLS / THREADS)))
        .collect();
    let mut struck = Struck::default();
    for thread in threads {
        struck.add(&thread.join().unwrap_or_else(|cause| std::panic::resume_unwind(cause)));
    }
    println!("kill: {struck:?} in {:.1} s", begun.elapsed().as_secs_f64());
    struck.spread();
}

/// Where the kills struck; to see that they were spread over the whole run.
#[derive(Debug, Default)]
struct Struck {
    /// Before the start was on disk.
    before_start: u64,
    /// With a step under way.
    in_a_step: u64,
    /// Between, or waiting.
    between: u64,
    /// When it was over, or ended just then.
    after_the_end: u64,
}

impl Struck {
    fn add(&mut self, other: &Self) {
        self.before_start += other.before_start;
        self.in_a_step += other.in_a_step;
        self.between += other.between;
        self.after_the_end += other.after_the_end;
    }

    /// Kills that all struck the same part would prove little.
    fn spread(&self) {
        let total = self.before_start + self.in_a_step + self.between + self.after_the_end;
        assert_eq!(total, KILLS);
        assert!(self.in_a_step >= KILLS / 10, "too few struck a step under way: {self:?}");
        assert!(self.between + self.in_a_step >= KILLS / 2, "too few struck a run: {self:?}");
    }
}

/// The first line says what the order runs: it is on disk then.
const BEGUN: &str = "order@";

/// When to kill.
#[derive(Clone, Copy, Debug)]
struct Moment {
    /// Counted from the beginning of the order, not of the program: how long that takes depends on what else runs.
    begun: bool,
    after: Duration,
}

/// One data directory that is killed again and again, and its services.
struct Killer {
    cairn: Cairn,
    services: Services,
    /// How long the program takes to begin an order, and then to come to its end, if nobody kills it.
    length: (Duration, Duration),
}

impl Killer {
    fn new() -> Self {
        let (cairn, services) = (cairn(), Services::new());
        services.latency(Duration::from_millis(25));
        let mut killer = Self { cairn, services, length: (Duration::ZERO, Duration::ZERO) };
        mistakes::works(&killer.cairn);
        for id in ["warm", "measured"] {
            orders::picked_up(&killer.cairn, id).arg("--early").run().ended(0);
            let spawned = Instant::now();
            let mut running = orders::run_with_pause(&killer.cairn, &killer.services, id).spawn();
            running.writes(BEGUN);
            let begun = Instant::now();
            let ran = running.finish().ended(0);
            killer.length = (begun - spawned, begun.elapsed());
            assert_eq!(orders::result(&ran), orders::shipped());
        }
        let (start, rest) = killer.length;
        println!("kill: {} ms to begin an order, {} ms to end it", start.as_millis(), rest.as_millis());
        killer
    }

    fn kill(&self, seed: u64, times: u64) -> Struck {
        let mut random = Random::seeded(seed);
        let mut struck = Struck::default();
        for n in 0..times {
            let id = format!("k{n}");
            // The beginning is long and has little to strike: every fifth kill is enough for it.
            let (begun, length) = if n % 5 == 0 { (false, self.length.0) } else { (true, self.length.1) };
            let longest = u64::try_from(length.as_micros()).expect("it is short");
            let moment = Moment { begun, after: Duration::from_micros(random.below(longest)) };
            self.services.forget();
            self.strike(&id, moment, n % 2 == 0, &mut struck);
        }
        struck
    }

    /// One order, killed at that moment, and taken up until it ends.
    fn strike(&self, id: &str, moment: Moment, early: bool, struck: &mut Struck) {
        if early {
            orders::picked_up(&self.cairn, id).arg("--early").run().ended(0);
        }
        let mut running = orders::run_with_pause(&self.cairn, &self.services, id).spawn();
        if moment.begun {
            running.writes(BEGUN);
        }
        thread::sleep(moment.after);
        let at =
            format!("{id}, killed at {moment:?}, its event sent {}", if early { "before" } else { "behind" });
        let killed = running.kill();
        let left = Left::by(&self.cairn, id, &killed);
        left.check(&self.services, &at);
        struck.add(&left.kind(&self.services));

        let ended = self.to_the_end(id, &left);
        assert_eq!(ended.code, Some(0), "{at}\n{}", ended.text());
        assert_eq!(orders::result(&ended), orders::shipped(), "{at}");
        assert_eq!(self.services.distinct(), orders::shipped_keys(id), "{at}: the exact keys");
        left.check_repeated(&self.services, id, &at);
        assert_eq!(self.cairn.show(id)["inbox"], json!([]), "{at}: the event was taken");
    }

    /// The event once more (the same message), and the instance taken up.
    fn to_the_end(&self, id: &str, left: &Left) -> Ran {
        if left.began {
            orders::picked_up(&self.cairn, id).run();
            return self.cairn.cmd("resume").arg(id).run();
        }
        orders::picked_up(&self.cairn, id).arg("--early").run().ended(0);
        orders::run_with_pause(&self.cairn, &self.services, id).run()
    }
}

/// What the kill left on disk.
struct Left {
    began: bool,
    finished: bool,
    asked: BTreeSet<String>,
    ended: BTreeSet<String>,
}

impl Left {
    fn by(cairn: &Cairn, id: &str, killed: &Ran) -> Self {
        let show = cairn.cmd("show --json").arg(id).run();
        if show.code == Some(2) && !killed.stderr.contains("item[tea]") {
            let none = BTreeSet::new;
            return Self { began: false, finished: false, asked: none(), ended: none() };
        }
        let shown: Value = show.ended(0).json();
        let keys =
            |entry| orders::lines(&shown, entry).into_iter().map(|key| format!("local/{id}/{key}")).collect();
        Self {
            began: true,
            finished: !shown["outcome"].is_null(),
            asked: keys("asked"),
            ended: keys("ended"),
        }
    }

    /// What had left the host has its reason on disk (promise 3), and what is recorded as done was done once.
    fn check(&self, services: &Services, at: &str) {
        for (operation, keys) in services.keys() {
            for (key, times) in keys {
                assert!(self.asked.contains(&key), "{at}: {operation} left before {key} was on disk");
                assert_eq!(
                    times, 1,
                    "{at}: {operation} was called twice under {key} before anything was cut off"
                );
            }
        }
    }

    /// At the end: twice only what had not been recorded as ended (promises 1 and 2).
    fn check_repeated(&self, services: &Services, id: &str, at: &str) {
        for (operation, keys) in services.keys() {
            for (key, times) in keys {
                let most = if self.ended.contains(&key) { 1 } else { 2 };
                assert!(
                    times <= most,
                    "{at}: {operation} ran {times} times under {key}, at most {most} in {id}"
                );
            }
        }
    }

    fn kind(&self, services: &Services) -> Struck {
        let called: BTreeSet<String> =
            services.keys().into_values().flat_map(|keys| keys.into_keys()).collect();
        let mut struck = Struck::default();
        match () {
            () if !self.began => struck.before_start = 1,
            () if self.finished => struck.after_the_end = 1,
            () if called.iter().any(|key| !self.ended.contains(key)) => struck.in_a_step = 1,
            () => struck.between = 1,
        }
        struck
    }
}

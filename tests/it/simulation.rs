//! Whole hosts in worlds that a seed decides: what runs, who is faster, where it dies. `CAIRN_SIMULATIONS` is how many runs, `CAIRN_SEED`
//! where they begin.

use std::sync::LazyLock;

use cairn_simulation::{Canary, Catalog, simulate, simulate_all, trace};

/// So many where nothing else is said; the continuous integration takes more.
const RUNS: u64 = 300;
/// A canary has to be found within so many.
const CANARY_RUNS: u64 = 3_000;

/// Worlds in which something was found once, as they are on the state that mended it: later programs make other worlds of these numbers.
const FOUND: [u64; 14] = [
    101_424, 300_113, 1_056_703, 2_022_391, 2_027_161, 2_107_862, 2_376_828, 2_611_942, 6_305_078, 6_348_810,
    6_930_050, 7_311_997, 7_540_136, 10_033_645,
];

static CATALOG: LazyLock<Catalog> = LazyLock::new(Catalog::new);

fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name)
        .map_or(otherwise, |text| text.parse().unwrap_or_else(|_| panic!("{name} is a whole number")))
}

#[test]
fn promises_1_2_3_4_5_6_7_9_10_11_hold_in_simulated_worlds() {
    let (runs, seed) = (number("CAIRN_SIMULATIONS", RUNS), number("CAIRN_SEED", 1));
    println!("CAIRN_SEED={seed} CAIRN_SIMULATIONS={runs}");
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    match simulate_all(&CATALOG, seed..seed + runs, threads) {
        Ok(figures) => {
            println!("{figures:?}");
            assert_eq!(figures.runs, runs);
            assert!(figures.deaths > runs / 2, "hosts die in them: {figures:?}");
        }
        Err(found) => panic!("{found}"),
    }
}

#[test]
fn worlds_that_have_found_something_find_nothing_any_more() {
    for seed in FOUND {
        if let Err(found) = simulate(&CATALOG, seed, None) {
            panic!("{found}");
        }
    }
}

#[test]
fn the_same_seed_is_the_same_run_byte_by_byte() {
    let first = number("CAIRN_SEED", 1);
    for seed in first..first + 40 {
        let (one, other) = (trace(&CATALOG, seed, None), trace(&CATALOG, seed, None));
        let differs = one.lines().zip(other.lines()).find(|(one, other)| one != other);
        assert!(one == other, "seed {seed}: {differs:?}");
    }
}

#[test]
fn every_canary_is_found() {
    for canary in Canary::ALL {
        let found = (1..=CANARY_RUNS).find_map(|seed| simulate(&CATALOG, seed, Some(canary)).err());
        let found = found.unwrap_or_else(|| panic!("{canary:?} was not found in {CANARY_RUNS} runs"));
        println!("{canary:?}: seed {}, promise {}: {}", found.seed, found.promise, found.what);
    }
}

//! Simulates: `cairn-simulate RUNS [SEED [THREADS]]`, `cairn-simulate trace SEED`, `cairn-simulate show SEED`,
//! `cairn-simulate survey RUNS [SEED [THREADS]]`, `cairn-simulate canaries [SEED]`.

use std::{
    process::ExitCode,
    sync::atomic::{AtomicU64, Ordering},
    time::Instant,
};

use cairn_simulation::{Canary, Catalog, Figures, simulate, simulate_all, survey, trace};

/// A canary has to be found within so many runs.
const MOST: u64 = 20_000;
/// After so many runs it is told how far it is.
const TOLD: u64 = 1_000;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let number = |n: usize| words.get(n).and_then(|word| word.parse::<u64>().ok());
    match (words.first().map(String::as_str), number(0)) {
        (Some("trace"), _) => {
            print!("{}", trace(&Catalog::new(), number(1).unwrap_or(1), None));
            ExitCode::SUCCESS
        }
        (Some("survey"), _) => look(number(1).unwrap_or(1_000), number(2).unwrap_or(1), threads(number(3))),
        (Some("show"), _) => match simulate(&Catalog::new(), number(1).unwrap_or(1), None) {
            Ok(_) => ExitCode::SUCCESS,
            Err(found) => {
                println!("{found}");
                ExitCode::FAILURE
            }
        },
        (Some("canaries"), _) => canaries(number(1).unwrap_or(1)),
        (_, Some(runs)) => all(runs, number(1).unwrap_or(1), threads(number(2))),
        _ => {
            eprintln!(
                "cairn-simulate RUNS [SEED [THREADS]] | trace SEED | show SEED | survey RUNS [SEED [THREADS]] | canaries [SEED]"
            );
            ExitCode::from(2)
        }
    }
}

fn all(runs: u64, seed: u64, threads: usize) -> ExitCode {
    let catalog = Catalog::new();
    let began = Instant::now();
    match simulate_all(&catalog, seed..seed.saturating_add(runs), threads) {
        Ok(figures) => {
            println!("{}, on {threads} threads; all promises hold", line(&figures, began));
            ExitCode::SUCCESS
        }
        Err(found) => {
            eprintln!("{found}");
            ExitCode::FAILURE
        }
    }
}

fn threads(wanted: Option<u64>) -> usize {
    let all = std::thread::available_parallelism().map_or(1, usize::from);
    wanted.and_then(|many| usize::try_from(many).ok()).unwrap_or(all)
}

/// All seeds that find something, a line each; now and then how far it is.
fn look(runs: u64, first: u64, threads: usize) -> ExitCode {
    let catalog = Catalog::new();
    let began = Instant::now();
    let found = AtomicU64::new(0);
    let tell = |seed: u64, sum: &Figures, what: Option<&str>| match what {
        Some(what) => {
            found.fetch_add(1, Ordering::Relaxed);
            println!("{seed}: {}", what.chars().take(400).collect::<String>());
        }
        None if sum.runs.is_multiple_of(TOLD) => println!("# {}", line(sum, began)),
        None => {}
    };
    let sum = survey(&catalog, first..first.saturating_add(runs), threads, tell);
    let many = found.into_inner();
    println!("{many} of {runs} found something; the others: {}", line(&sum, began));
    ExitCode::from(u8::from(many > 0))
}

fn line(sum: &Figures, began: Instant) -> String {
    let seconds = began.elapsed().as_secs_f64();
    let Figures { runs, deaths, instances, doors } = sum;
    let each = *runs as f64 / seconds;
    format!(
        "{runs} runs in {seconds:.1} s ({each:.0}/s), {deaths} deaths, {instances} instances, {doors} passings"
    )
}

fn canaries(first: u64) -> ExitCode {
    let catalog = Catalog::new();
    let mut all = true;
    for canary in Canary::ALL {
        let began = Instant::now();
        let found = (first..first + MOST).find_map(|seed| simulate(&catalog, seed, Some(canary)).err());
        let took = began.elapsed().as_secs_f64();
        match found {
            Some(found) => {
                let runs = found.seed - first + 1;
                println!(
                    "{canary:?}: found after {runs} runs, {took:.1} s: promise {}: {}",
                    found.promise, found.what
                );
            }
            None => {
                println!("{canary:?}: NOT FOUND in {MOST} runs, {took:.1} s");
                all = false;
            }
        }
    }
    if all { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

//! Simulates: `cairn-simulate RUNS [SEED [THREADS]]`, `cairn-simulate trace SEED`, `cairn-simulate show SEED`,
//! `cairn-simulate survey RUNS [SEED]`, `cairn-simulate canaries [SEED]`.

use std::{process::ExitCode, time::Instant};

use cairn_simulation::{Canary, Catalog, glance, simulate, simulate_all, trace};

/// A canary has to be found within so many runs.
const MOST: u64 = 20_000;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let number = |n: usize| words.get(n).and_then(|word| word.parse::<u64>().ok());
    match (words.first().map(String::as_str), number(0)) {
        (Some("trace"), _) => {
            print!("{}", trace(&Catalog::new(), number(1).unwrap_or(1), None));
            ExitCode::SUCCESS
        }
        (Some("survey"), _) => survey(number(1).unwrap_or(1_000), number(2).unwrap_or(1)),
        (Some("show"), _) => match simulate(&Catalog::new(), number(1).unwrap_or(1), None) {
            Ok(_) => ExitCode::SUCCESS,
            Err(found) => {
                println!("{found}");
                ExitCode::FAILURE
            }
        },
        (Some("canaries"), _) => canaries(number(1).unwrap_or(1)),
        (_, Some(runs)) => {
            let threads = std::thread::available_parallelism().map_or(1, usize::from);
            let threads = number(2).and_then(|many| usize::try_from(many).ok()).unwrap_or(threads);
            all(runs, number(1).unwrap_or(1), threads)
        }
        _ => {
            eprintln!(
                "cairn-simulate RUNS [SEED [THREADS]] | trace SEED | show SEED | survey RUNS [SEED] | canaries [SEED]"
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
            let seconds = began.elapsed().as_secs_f64();
            let each = figures.runs as f64 / seconds;
            println!(
                "{} runs in {seconds:.1} s ({each:.0}/s on {threads} threads): {} deaths, {} instances, {} passings; all promises hold",
                figures.runs, figures.deaths, figures.instances, figures.doors
            );
            ExitCode::SUCCESS
        }
        Err(found) => {
            eprintln!("{found}");
            ExitCode::FAILURE
        }
    }
}

/// All seeds that find something, a line each.
fn survey(runs: u64, first: u64) -> ExitCode {
    let catalog = Catalog::new();
    let began = Instant::now();
    let mut many = 0;
    for seed in first..first.saturating_add(runs) {
        if let Some(found) = glance(&catalog, seed, None) {
            many += 1;
            println!("{seed}: {}", found.chars().take(400).collect::<String>());
        }
    }
    println!("{many} of {runs} found something, {:.1} s", began.elapsed().as_secs_f64());
    ExitCode::from(u8::from(many > 0))
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

//! Feeds broken files to the parser, the checker or the formatter for a while: none of them may panic or hang. `generator` feeds the
//! compiler with programs that are right, and it has to take them.
//!
//! `cairn-fuzz parser|checker|formatter|generator SECONDS [SEED] [FOLDER…]`: prints what it did; on a panic it writes the file into
//! `found/` and exits with 1.
#![expect(clippy::print_stdout, reason = "it is a program")]

use std::{
    fs,
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
    process::ExitCode,
    time::{Duration, Instant},
};

use cairn_oracle::{Random, generate, mutate};

/// Longer than this for a file of some kilobytes, and somebody waits.
const SLOW: Duration = Duration::from_secs(2);

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (Some(target), Some(seconds)) = (arguments.first(), arguments.get(1).and_then(|n| n.parse().ok()))
    else {
        println!("cairn-fuzz parser|checker|formatter|generator SECONDS [SEED] [FOLDER…]");
        return ExitCode::from(2);
    };
    let seed = arguments.get(2).and_then(|n| n.parse().ok()).unwrap_or(1);
    let mut corpus: Vec<String> =
        arguments.iter().skip(3).flat_map(|folder| texts(Path::new(folder))).collect();
    corpus.extend((0..50).map(generate::program));
    let (mut random, begun, mut files, mut found) = (Random::seeded(seed), Instant::now(), 0_u64, 0);
    while begun.elapsed() < Duration::from_secs(seconds) && found < 10 {
        let text = match target.as_str() {
            "generator" => generate::program(random.number()),
            _ => mutate::mutated(&corpus, &mut random),
        };
        let at = Instant::now();
        let went = catch_unwind(AssertUnwindSafe(|| try_it(target, &text)));
        files += 1;
        let wrong = match went {
            Err(_) => Some("panicked".to_owned()),
            Ok(Err(why)) => Some(why),
            // On a busy machine once says nothing.
            Ok(Ok(())) if at.elapsed() > SLOW && is_slow(target, &text) => Some("takes too long".to_owned()),
            Ok(Ok(())) => None,
        };
        if let Some(wrong) = wrong {
            found += 1;
            let name = format!("found/{target}-{seed}-{files}.cairn");
            println!("{name}: {wrong}");
            let kept = fs::create_dir_all("found").and_then(|()| fs::write(&name, &text));
            if let Err(error) = kept {
                println!("cannot write it: {error}\n{text}");
            }
        }
    }
    println!("{target}: {files} files in {:?}, {found} found", begun.elapsed());
    ExitCode::from(u8::from(found > 0))
}

fn try_it(target: &str, text: &str) -> Result<(), String> {
    match target {
        "parser" => {
            let parsed = cairn_dsl::parse(text);
            let source = cairn_dsl::Source::new("f.cairn", text);
            for found in &parsed.diagnostics {
                let _ = cairn_dsl::render(&source, std::slice::from_ref(found), false);
            }
        }
        "checker" | "generator" => {
            let checked = cairn_compiler::check("f.cairn", text);
            if target == "generator" && !checked.is_fine() {
                return Err(cairn_dsl::render(&checked.source, &checked.diagnostics, false));
            }
            for program in &checked.workflows {
                if let Err(error) = cairn_compiler::emit(program)
                    && matches!(error, cairn_compiler::EmitError::Internal(_))
                {
                    return Err(error.to_string());
                }
            }
        }
        "formatter" => return formatter(text),
        other => return Err(format!("no target `{other}`")),
    }
    Ok(())
}

fn is_slow(target: &str, text: &str) -> bool {
    (0..5).all(|_| {
        let at = Instant::now();
        let _ = try_it(target, text);
        at.elapsed() > SLOW
    })
}

/// What can be read has one style, and is read again as it was.
fn formatter(text: &str) -> Result<(), String> {
    let once = match cairn_dsl::format(text) {
        Ok(once) => once,
        Err(found) if found.is_empty() => return Err("refused without a word".to_owned()),
        Err(_) => return Ok(()),
    };
    let twice = cairn_dsl::format(&once).map_err(|found| format!("not read again: {found:?}"))?;
    if once != twice {
        return Err("a second time gives another text".to_owned());
    }
    let before = cairn_dsl::parse(text).file.items.len();
    if cairn_dsl::parse(&once).file.items.len() != before {
        return Err("something got lost".to_owned());
    }
    Ok(())
}

fn texts(folder: &Path) -> Vec<String> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut out = Vec::new();
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            out.extend(texts(&path));
        } else if path.extension().is_some_and(|ending| ending == "cairn") {
            out.extend(fs::read_to_string(&path));
        }
    }
    out
}

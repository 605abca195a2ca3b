//! Every program there is has a picture, and all its keys are in it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use cairn_dsl::Source;

use super::plan::Plan;
use super::{Graph, Painting, State, workflows};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn collect(dir: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "cairn") {
            found.push(path);
        }
    }
}

/// All programs of the examples and the corpus.
fn programs() -> Vec<(String, Source)> {
    let mut paths = Vec::new();
    for dir in ["examples", "tests/corpus/check/pass", "tests/corpus/language"] {
        collect(&root().join(dir), &mut paths);
    }
    paths.sort();
    let read = |path: &PathBuf| {
        let name = path.strip_prefix(root()).unwrap().display().to_string();
        (name.clone(), Source::new(name, std::fs::read_to_string(path).unwrap()))
    };
    paths.iter().map(read).collect()
}

fn graphs(mut each: impl FnMut(&str, &Source, &Graph)) {
    let mut seen = 0;
    for (name, source) in programs() {
        let file = cairn_dsl::parse(&source.text).file;
        for workflow in workflows(&file) {
            each(&name, &source, &Graph::of(&source, &file, workflow).unwrap());
            seen += 1;
        }
    }
    assert!(seen > 20, "only {seen} workflows were looked at");
}

pub(super) fn plans(mut each: impl FnMut(&str, &Plan)) {
    graphs(|name, _, graph| each(name, &graph.plan));
}

#[test]
fn every_key_of_the_checker_is_in_the_picture() {
    graphs(|name, source, graph| {
        let checked = crate::check(name, &source.text);
        let keys: BTreeSet<&str> = graph.keys().into_iter().collect();
        for program in checked.workflows.iter().filter(|program| program.meta.workflow == graph.title) {
            for place in &program.places {
                // Readings of the world and the machinery of a `try` are no boxes; what undoes a step is one box.
                let drawn = ["call", "wait", "sleep", "ask", "undo", "child", "emit"]
                    .iter()
                    .any(|word| place.what.starts_with(word));
                let hidden = place.key.contains(".undo/")
                    || place.key.ends_with("try.undo")
                    || place.what == "undo all";
                if drawn && !hidden {
                    assert!(
                        keys.contains(place.key.as_str()),
                        "{name}: `{}` ({}) of {keys:?}",
                        place.key,
                        place.what
                    );
                }
            }
        }
    });
}

#[test]
fn a_run_is_painted_on_its_keys() {
    let text = "tool t { a(n: int) -> int }\nworkflow w(ns: [int]) { for n in ns key n { call t.a(n) } call t.a(n: 1) }";
    let source = Source::new("w.cairn", text);
    let graph = Graph::of(&source, &cairn_dsl::parse(text).file, "w").unwrap();
    let mut painting = Painting::default();
    painting.note("n[1]/t.a", State::Done);
    painting.note("n[2]/t.a", State::Waiting);
    let svg = graph.svg(&painting);
    assert!(svg.contains("<g class=\"waiting\" data-key=\"n[*]/t.a\">"), "{svg}");
    assert!(svg.contains("1 of 2"), "{svg}");
    assert!(!graph.svg(&Painting::default()).contains("1 of 2"));
    assert!(
        graph.mermaid(&painting).contains("class k_n_each,k_n_each__t_dot_a waiting"),
        "{}",
        graph.mermaid(&painting)
    );
    assert!(
        graph.dot(&painting).contains("\"n[*]/t.a\" [shape=box, label=\"t.a (1 of 2)\""),
        "{}",
        graph.dot(&painting)
    );
}

/// The pictures in `docs/graphs` are those of the examples. `CAIRN_BLESS=1` writes them anew.
#[test]
fn the_pictures_of_the_examples_are_up_to_date() {
    let folder = root().join("docs/graphs");
    let bless = std::env::var_os("CAIRN_BLESS").is_some();
    let mut wanted = BTreeSet::new();
    graphs(|name, _, graph| {
        if !name.starts_with("examples/") {
            return;
        }
        let stem = Path::new(name).file_stem().unwrap().to_str().unwrap();
        let title = &graph.title;
        let file = if stem == title { format!("{stem}.svg") } else { format!("{stem}.{title}.svg") };
        let drawn = graph.svg(&Painting::default());
        let path = folder.join(&file);
        if bless {
            std::fs::create_dir_all(&folder).unwrap();
            std::fs::write(&path, &drawn).unwrap();
        }
        let there = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(
            there == drawn,
            "docs/graphs/{file} is not the picture of {name}: look at it with CAIRN_BLESS=1"
        );
        wanted.insert(file);
    });
    for entry in std::fs::read_dir(&folder).unwrap() {
        let file = entry.unwrap().file_name().into_string().unwrap();
        assert!(
            wanted.contains(&file) || !file.ends_with(".svg"),
            "docs/graphs/{file} is a picture of nothing"
        );
    }
}

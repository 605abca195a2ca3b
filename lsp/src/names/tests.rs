use super::*;

const TEXT: &str = r#"event go { id: string }
tool t { a(id: string) -> { id: string } b(id: string) -> null }
fn twice(id: string) -> string = id + id
workflow w(id: string) {
  let x = call t.a(id) undo call t.b(id: x.id)
  for i in [x.id] { let y = call t.a(id: twice(i)) call t.b(id: y.id) }
  for i in ["1"] { call t.b(id: i) }
  wait go(id: x.id) as e
  log "${e.id} ${[1].map(n => n).len()}"
}"#;

fn names() -> Names {
    let parsed = cairn_dsl::parse(TEXT);
    assert_eq!(parsed.diagnostics, []);
    Names::of(&parsed.file)
}

/// Where the symbol at the nth place of `what` is used, as text around it.
fn uses(what: &str) -> Vec<u32> {
    let names = names();
    let at = u32::try_from(TEXT.find(what).unwrap()).unwrap();
    let (symbol, _) = names.at(at).unwrap();
    let mut uses: Vec<u32> =
        names.uses.iter().filter(|one| one.symbol == symbol).map(|one| one.span.start).collect();
    uses.sort_unstable();
    uses
}

fn places(what: &str) -> Vec<u32> {
    TEXT.match_indices(what).map(|(at, _)| u32::try_from(at).unwrap()).collect()
}

#[test]
fn a_use_leads_to_what_it_means_and_to_nothing_of_the_same_name() {
    assert_eq!(uses("x = call"), places("x.id"));
    assert_eq!(uses("i in [x.id]"), [places("twice(i)")[0] + 6]);
    assert_eq!(uses("twice(id"), [places("twice(i)")[0]]);
    assert_eq!(uses("go {"), [places("go(id")[0]]);
    assert_eq!(uses("b(id: string)").len(), 3);
    assert_eq!(uses("n => n"), [places("n => n")[0] + 5]);
    assert_eq!(uses("e\n  log"), [places("e.id}")[0]]);
}

#[test]
fn variables_are_seen_from_their_end_to_the_end_of_their_block() {
    let names = names();
    let seen = |what: &str| {
        let at = u32::try_from(TEXT.find(what).unwrap()).unwrap();
        let mut seen: Vec<&str> = names.visible(at).map(|symbol| symbol.name.as_str()).collect();
        seen.sort_unstable();
        seen
    };
    assert_eq!(seen("call t.a(id) undo"), ["id"]);
    assert_eq!(seen("call t.b(id: x.id)"), ["id", "x"]);
    assert_eq!(seen("call t.b(id: y.id)"), ["i", "id", "x", "y"]);
    assert_eq!(seen("log"), ["e", "id", "x"]);
}

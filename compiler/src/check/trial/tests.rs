use crate::check;
use crate::ir::test::{Answer, ExpectationKind, Test, What};

const HEAD: &str = "error declined { code: string }\n\
    event paid { id: string, cents: int }\n\
    tool pay { charge(id: string, cents: int, note?: string) -> { id: string } fails declined refund(id: string) -> null }\n\
    workflow order(id: string, cents: int = 5) -> { ok: bool, at: duration } fails declined {\n\
      let c = call pay.charge(id, cents) undo call pay.refund(id: c.id)\n\
      wait paid(id) within 1d\n\
      return { ok: true, at: 5s }\n\
    }\n";

fn test(body: &str) -> Result<Test, Vec<String>> {
    let checked = check("test.cairn", &format!("{HEAD}test \"it\" {{ {body} }}"));
    if checked.is_fine() {
        return Ok(checked.tests.into_iter().next().expect("a test"));
    }
    Err(checked.diagnostics.iter().map(|d| format!("{}: {}", d.code.0, d.message)).collect())
}

fn codes(body: &str) -> Vec<String> {
    let found = test(body).expect_err("a fault");
    found.iter().map(|one| one.split(':').next().unwrap_or_default().to_owned()).collect()
}

#[test]
fn a_test_becomes_data_and_two_programs() {
    let test = test(
        "mock pay.charge(cents: 5) => [fail declined { code: \"51\" }, fail network, { id: \"c\" }, hang]\n\
         mock pay.refund => null\n\
         at 1h emit paid { id: \"o\", cents: 5 } at 2h crash at 3h cancel\n\
         run order(id: \"o\")\n\
         expect fails declined\n\
         expect failure.code == \"51\" && elapsed >= 1h\n\
         expect calls(\"pay.charge\")[0].args.id == \"o\" && calls(\"pay.charge\").len() == 2\n\
         expect result.at == 5s",
    )
    .expect("it is right");
    assert_eq!(test.mocks.len(), 2);
    let kinds: Vec<bool> =
        test.mocks.iter().flat_map(|m| &m.answers).map(|a| matches!(a, Answer::Fails { .. })).collect();
    assert_eq!(kinds, [true, true, false, false, false]);
    assert_eq!(test.happenings.len(), 3);
    let whats: Vec<&What> = test.subjects.iter().map(|s| &s.what).collect();
    let calls = What::Calls("pay.charge".into());
    assert_eq!(whats, [&What::Failure, &What::Elapsed, &calls, &What::Result]);
    assert_eq!(test.after.params.len(), 4);
    let speaks: Vec<(bool, bool)> = test
        .expectations
        .iter()
        .filter_map(|e| match &e.kind {
            ExpectationKind::Holds { result, failure, .. } => Some((*result, *failure)),
            ExpectationKind::Fails(_) => None,
        })
        .collect();
    assert_eq!(speaks, [(false, true), (false, false), (true, false)]);
    for program in [&test.before, &test.after] {
        crate::emit(program).expect("it can be compiled");
    }
}

#[test]
fn what_cannot_be_is_told_where_it_stands() {
    let run = "run order(id: \"o\")";
    let with = |stmt: &str| codes(&format!("{stmt} {run}"));
    assert_eq!(codes("expect elapsed > 1s"), ["E1201"]);
    assert_eq!(codes(&format!("{run} {run}")), ["E1201"]);
    assert_eq!(codes("run ordr(id: \"o\")"), ["E0203"]);
    assert_eq!(codes("run order(id: 5)"), ["E0302"]);
    assert_eq!(with("mock pay.charge => { idd: \"x\" }"), ["E0303"]);
    assert_eq!(with("mock pay.charge => null"), ["E0401"]);
    assert_eq!(with("mock pay.refund => fail declined { code: \"5\" }"), ["E1202"]);
    assert_eq!(with("mock pay.charge => fail decline { code: \"5\" }"), ["E0203"]);
    assert_eq!(with("mock pay.charge => fail declined { cod: \"5\" }"), ["E0303"]);
    assert_eq!(with("mock pay.chrge => null"), ["E0203"]);
    assert_eq!(with("mock pay => null"), ["E1202"]);
    assert_eq!(with("mock pay.refund(ident: \"x\") => null"), ["E1001"]);
    assert_eq!(with("at 5 crash"), ["E0301"]);
    assert_eq!(with("at 5s emit paid { id: \"o\" }"), ["E0306"]);
    assert_eq!(with("at 5s emit payd { id: \"o\", cents: 1 }"), ["E0203"]);
    assert_eq!(with("at 5s answer verdict { choice: \"yes\" }"), ["E1204"]);
    assert_eq!(with("expect fails declind"), ["E0203"]);
    assert_eq!(with("expect calls(\"pay\").len() == 1"), ["E1203"]);
    assert_eq!(with("expect calls(\"pay.charge\")[0].args.ids == \"o\""), ["E0204"]);
    assert_eq!(with("expect events(\"payd\").len() == 1"), ["E0203"]);
    assert_eq!(with("expect result.ok == 5"), ["E0311"]);
    assert_eq!(with("expect result"), ["E0301"]);
    assert_eq!(with("expect now() == time\"2026-01-31T00:00:00Z\""), ["E0502"]);
}

#[test]
fn two_tests_of_one_name_are_told_apart() {
    let text = format!("{HEAD}test \"a\" {{ run order(id: \"x\") }} test \"a\" {{ run order(id: \"y\") }}");
    let found = check("test.cairn", &text);
    let codes: Vec<&str> = found.diagnostics.iter().map(|d| d.code.0).collect();
    assert_eq!(codes, ["E0202"]);
}

#[test]
fn a_list_is_one_answer_where_the_operation_gives_lists() {
    let answers = |mock: &str| {
        let text = format!(
            "tool t {{ all() -> [{{ n: int }}]  one() -> {{ n: int }} }} workflow w() {{ call t.all() call t.one() }}
             test \"it\" {{ {mock} run w() expect elapsed >= 0s }}"
        );
        let checked = check("list.cairn", &text);
        assert!(checked.is_fine(), "{mock}: {:?}", checked.diagnostics);
        checked.tests.iter().flat_map(|t| &t.mocks).map(|m| m.answers.len()).sum::<usize>()
    };
    assert_eq!(answers("mock t.all => [{ n: 1 }, { n: 2 }]"), 1);
    assert_eq!(answers("mock t.all => [[{ n: 1 }], [], fail network]"), 3);
    assert_eq!(answers("mock t.all => []"), 1);
    assert_eq!(answers("mock t.one => [{ n: 1 }, { n: 2 }]"), 2);
}

use proptest::prelude::*;
use serde_json::json;

use super::{EventMeta, Meta, Place, ToolMeta, find_place, misfits, missing, read};
use crate::{
    Error, Limits,
    tool::{Allow, Grant},
};

fn refused(bytes: &[u8]) -> String {
    match read(bytes, &Limits::default()) {
        Err(Error::Mistake(mistake)) => format!("{}\n{}", mistake.message, mistake.help.unwrap_or_default()),
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_is_no_component_says_what_it_is() {
    let module = wat::parse_str("(module)").unwrap();
    assert!(refused(&module).contains("wasm-tools component new"));
    assert!(refused(b"  (component)").contains("text form"));
    assert!(refused(b"workflow x() {}").contains("cairn build"));
    assert!(refused(&[0xff, 0xfe, 0]).contains("first bytes"));
    let mut torn = wat::parse_str("(component (core module (func)))").unwrap();
    torn.truncate(torn.len() - 3);
    assert!(refused(&torn).contains("not valid"));
}

#[test]
fn sizes_are_bounded_before_anything_is_compiled() {
    let functions = "(func)".repeat(30);
    let body = "(drop (i32.const 1))".repeat(100);
    let many =
        wat::parse_str(format!("(component (core module {functions}) (core module {functions}))")).unwrap();
    let long = wat::parse_str(format!("(component (core module (func {body})))")).unwrap();
    let limits = Limits { functions: 59, function_bytes: 100, ..Limits::default() };
    assert!(read(&many, &limits).unwrap_err().to_string().contains("more than 59 functions"));
    assert!(read(&long, &limits).unwrap_err().to_string().contains("more than the 100"));
    assert!(read(&many, &Limits { functions: 60, ..limits }).is_ok());
}

#[test]
fn sections_count_at_the_top_only() {
    let text = r#"(component
        (@custom "cairn-meta" "{\"format\":1,\"workflow\":\"w\"}")
        (component (@custom "cairn-meta" "{\"format\":9}"))
        (core module (@custom "cairn-map" "nonsense")))"#;
    let found = read(&wat::parse_str(text).unwrap(), &Limits::default()).unwrap();
    assert_eq!(found.workflow(), "w");
    let text = r#"(component (@custom "cairn-meta" "{\"format\":2}"))"#;
    assert!(refused(&wat::parse_str(text).unwrap()).contains("has format 2"));
}

#[test]
fn what_is_missing_has_its_flag() {
    let tool = |name: &str, from: Option<&str>| ToolMeta {
        name: name.to_owned(),
        from: from.map(str::to_owned),
        operations: Vec::new(),
        component: None,
    };
    let mut meta = Meta {
        tools: vec![tool("pay", Some("http:https://pay.example/v1")), tool("users", None)],
        ..Meta::default()
    };
    meta.needs.tools = vec!["pay.charge".to_owned(), "users.find".to_owned()];
    meta.needs.http = vec!["https://pay.example".to_owned()];
    meta.needs.exec = vec!["git".to_owned()];
    let flags = |grant: &Grant| missing(&meta, grant).into_iter().map(|one| one.flag).collect::<Vec<_>>();
    let all = ["--allow http=https://pay.example", "--allow exec=git", "--bind users=http:https://…"];
    assert_eq!(flags(&Grant::default()), all);
    let mut grant = Grant { allow: vec![Allow::Exec("git".to_owned())], ..Grant::default() };
    grant.bind.insert("users".to_owned(), "http:http://127.0.0.1:1".to_owned());
    assert_eq!(flags(&grant), all[..1]);
    // Bound to something else, it does not call its own address.
    grant.bind.insert("pay".to_owned(), "http:http://127.0.0.1:2".to_owned());
    assert_eq!(flags(&grant), Vec::<String>::new());
    // A component that lies in the code needs nothing; one whose file was not there does.
    meta.tools.push(tool("render", Some("component:render.wasm")));
    meta.needs.tools.push("render.page".to_owned());
    let flags = |meta: &Meta| missing(meta, &grant).into_iter().map(|one| one.flag).collect::<Vec<_>>();
    assert_eq!(flags(&meta), ["--bind render=component:render.wasm"]);
    meta.tools.last_mut().unwrap().component = Some("sha256:00".to_owned());
    assert_eq!(flags(&meta), Vec::<String>::new());
    meta.needs.secrets = vec!["API_KEY".to_owned()];
    let flags = |grant: &Grant| missing(&meta, grant).into_iter().map(|one| one.flag).collect::<Vec<_>>();
    assert_eq!(flags(&grant), ["--secret API_KEY=env:API_KEY"]);
    grant.secret("API_KEY=file:/run/secrets/key").unwrap();
    assert_eq!(flags(&grant), Vec::<String>::new());
    assert!(grant.secret("API_KEY=s3cr3t").unwrap_err().to_string().contains("NAME=env:VARIABLE"));
}

#[test]
fn misfits_say_where() {
    let schema = json!({
        "type": "object",
        "properties": { "order": { "type": "object", "properties": { "total": { "type": "integer" } } } },
        "required": ["order"],
        "additionalProperties": false
    });
    assert_eq!(misfits(&schema, &json!({ "order": { "total": 1 } })).unwrap(), Vec::<String>::new());
    let wrong = misfits(&schema, &json!({ "order": { "total": "12" } })).unwrap();
    assert_eq!(wrong, [r#"`order.total` is "12", and has to be int"#]);
    assert_eq!(misfits(&schema, &json!({})).unwrap(), ["`order` is missing"]);
    assert!(misfits(&EventMeta::default().data, &json!(1)).unwrap().is_empty());
}

fn place(key: &str) -> Place {
    Place { key: key.to_owned(), line: 1, column: 1, what: String::new() }
}

proptest! {
    #[test]
    fn a_key_is_found_whatever_stands_in_its_brackets(item in "[^/\\[\\]%]{0,8}", number in 2_u32..9) {
        let places = [place("item[*]"), place("item[*]/hold"), place("item[first]/hold"), place("other")];
        let wanted = if item == "first" { "item[first]/hold" } else { "item[*]/hold" };
        for key in [format!("item[{item}]/hold"), format!("item[{item}]/hold#{number}")] {
            prop_assert_eq!(&find_place(&places, &key).unwrap().key, wanted);
        }
        let free = format!("free[{item}]/hold");
        prop_assert!(find_place(&places, &free).is_none());
    }
}

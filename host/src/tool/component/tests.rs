//! Calls of small components in text form, and values there and back. Components of a real toolchain: `tests/it/tools.rs`.

use std::{path::PathBuf, sync::Arc, time::Duration};

use proptest::prelude::*;
use serde_json::{Map, Value, json};
use wasmtime::component::{
    Component,
    types::{ComponentItem, Type},
};

use super::{Bound, Kit, values};
use crate::{
    FailsMeta, Limits, OperationMeta, ToolMeta,
    engine::shared_for_tools,
    tool::{Attempt, Failed, Grant, Tool},
};

fn kit() -> Kit {
    let folder: PathBuf = std::env::temp_dir().join("cairn-host-tests").join("tools");
    Kit::new(folder, Limits::default())
}

/// One module behind a few functions.
const SMALL: &str = r#"(component
    (core module $m
        (memory (export "mem") 1)
        (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
        (func (export "spin") (loop (br 0)))
        (func (export "trap") unreachable)
        (func (export "deep") (call 3))
        (func (export "grow") (loop (br_if 0 (i32.ne (memory.grow (i32.const 1024)) (i32.const -1)))))
        (func (export "refuse") (result i32) (i32.const 1)))
    (core instance $i (instantiate $m))
    (func (export "add-up") (param "first-one" u32) (param "other" u32) (result u32) (canon lift (core func $i "add")))
    (func (export "spin") (canon lift (core func $i "spin")))
    (func (export "trap") (canon lift (core func $i "trap")))
    (func (export "deep") (canon lift (core func $i "deep")))
    (func (export "grow") (canon lift (core func $i "grow")))
    (func (export "refuse") (result (result)) (canon lift (core func $i "refuse"))))"#;

fn attempt(operation: &str, arguments: Value) -> Attempt {
    Attempt {
        tool: "t".to_owned(),
        operation: operation.to_owned(),
        arguments,
        idempotency_key: "local/o1/step".to_owned(),
        readonly: false,
        route: None,
        fails: Vec::new(),
        timeout: Duration::from_millis(400),
    }
}

async fn call(operation: &str, arguments: Value) -> Result<Value, (String, String)> {
    let code = kit().tool(&wat::parse_str(SMALL).unwrap()).unwrap();
    match Bound::new(code, &Grant::default()).call(attempt(operation, arguments)).await {
        Ok(value) => Ok(value),
        Err(Failed::Known(failed)) => Err((failed.kind, failed.message)),
        Err(Failed::Unclear(failed)) => panic!("nothing can have left: {}", failed.message),
    }
}

#[tokio::test]
async fn a_function_is_called_by_its_name_in_the_language() {
    assert_eq!(call("add_up", json!({ "first_one": 3, "other": 4 })).await, Ok(json!(7)));
    let refused = call("refuse", json!({})).await.unwrap_err();
    assert_eq!(refused, ("tool_failed".to_owned(), "`t.refuse` failed".to_owned()));
}

#[tokio::test]
async fn what_does_not_fit_is_told_before_anything_runs() {
    for (operation, arguments, said) in [
        ("ad_up", json!({}), "did you mean `add_up`?"),
        (
            "add_up",
            json!({ "first_one": 3 }),
            "`other` is missing: it has to be an integer of 32 bits, not negative",
        ),
        ("add_up", json!({ "first_one": -3, "other": 4 }), "`first_one` is -3, and has to be"),
        (
            "add_up",
            json!({ "first_one": 3, "other": 4, "third": 5 }),
            "`third` is not known: known is `first_one`, `other`",
        ),
    ] {
        let (kind, message) = call(operation, arguments).await.unwrap_err();
        assert!(kind == "tool_failed" && message.contains(said), "{message}");
    }
}

#[tokio::test]
async fn whatever_it_does_it_ends_and_says_how() {
    for (operation, kind, said) in [
        ("trap", "tool_failed", "`t.trap` trapped: wasm `unreachable` instruction executed"),
        ("spin", "timeout", "`t.spin` gave no result within 400ms"),
        ("grow", "limit", "`t.grow`: the code wants 257 MiB of memory"),
        ("deep", "limit", "used more stack than it may have"),
    ] {
        let (found, message) = call(operation, json!({})).await.unwrap_err();
        assert!(found == kind && message.contains(said), "{found}: {message}");
    }
}

#[test]
fn what_a_tool_cannot_be_is_told_when_it_is_bound() {
    let refused = |text: &str| kit().tool(&wat::parse_str(text).unwrap()).map(drop).unwrap_err().to_string();
    let import = r#"(component (import "acme:db/rows" (instance)))"#;
    assert!(refused(import).contains("imports `acme:db/rows`, which a tool does not have"));
    let workflow = r#"(component (import "cairn:workflow/step@0.3.0" (instance)))"#;
    assert!(refused(workflow).contains("the component is a workflow"));
    let twice = r#"(component
        (core module $m (func (export "f")))
        (core instance $i (instantiate $m))
        (func $f (canon lift (core func $i "f")))
        (instance $a (export "do-it" (func $f)))
        (export "acme:one/a" (instance $a))
        (export "do-it" (func $f)))"#;
    assert!(refused(twice).contains("two functions that are called `do_it`"));
}

#[test]
fn what_the_code_declares_is_compared_with_the_component() {
    let code = kit().tool(&wat::parse_str(SMALL).unwrap()).unwrap();
    let declared = |name: &str, properties: Value, required: Value| ToolMeta {
        name: "t".to_owned(),
        operations: vec![OperationMeta {
            name: name.to_owned(),
            fails: vec![FailsMeta::default()],
            arguments: json!({ "type": "object", "properties": properties, "required": required }),
            ..OperationMeta::default()
        }],
        ..ToolMeta::default()
    };
    let int = json!({ "type": "integer" });
    let both = json!({ "first_one": int, "other": int });
    assert_eq!(code.agrees(&declared("add_up", both.clone(), json!(["first_one", "other"]))), Ok(()));
    for (tool, said) in [
        (declared("add", both.clone(), json!([])), "`t.add` is no function of the component"),
        (declared("add_up", both, json!(["other"])), "may be called without `first_one`"),
        (
            declared(
                "add_up",
                json!({ "first_one": int, "other": { "type": "string" } }),
                json!(["first_one", "other"]),
            ),
            "gives `other` as a string",
        ),
        (
            declared("add_up", json!({ "first": int }), json!(["first"])),
            "is called with `first`, which `add-up` does not take",
        ),
    ] {
        let message = code.agrees(&tool).unwrap_err().to_string();
        assert!(message.contains(said), "{message}");
    }
}

/// A type, and how it is written in the text form of a component.
#[derive(Clone, Debug)]
enum Shape {
    Plain(&'static str),
    Bytes,
    List(Box<Shape>),
    Option(Box<Shape>),
    Result(Option<Box<Shape>>, Option<Box<Shape>>),
    Tuple(Vec<Shape>),
    Record(Vec<Shape>),
    Variant(Vec<Option<Shape>>),
    Enum(usize),
    Flags(usize),
}

const PLAIN: [&str; 13] =
    ["bool", "s8", "u8", "s16", "u16", "s32", "u32", "s64", "u64", "f32", "f64", "char", "string"];

fn shape() -> impl Strategy<Value = Shape> {
    let leaf = prop_oneof![
        6 => prop::sample::select(PLAIN.to_vec()).prop_map(Shape::Plain),
        1 => Just(Shape::Bytes),
        1 => (1_usize..5).prop_map(Shape::Enum),
        1 => (1_usize..9).prop_map(Shape::Flags),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        let boxed = inner.clone().prop_map(Box::new);
        prop_oneof![
            // A list of u8 is bytes, and of an option within an option there is only one null.
            boxed.clone().prop_map(|of| if matches!(*of, Shape::Plain("u8")) {
                Shape::Bytes
            } else {
                Shape::List(of)
            }),
            boxed.clone().prop_map(|of| if matches!(*of, Shape::Option(_)) {
                *of
            } else {
                Shape::Option(of)
            }),
            (prop::option::of(boxed.clone()), prop::option::of(boxed))
                .prop_map(|(ok, err)| Shape::Result(ok, err)),
            prop::collection::vec(inner.clone(), 1..4).prop_map(Shape::Tuple),
            prop::collection::vec(inner.clone(), 1..4).prop_map(Shape::Record),
            prop::collection::vec(prop::option::of(inner), 1..4).prop_map(Shape::Variant),
        ]
    })
}

/// Writes types down, innermost first; those that need a name are imported under one.
#[derive(Default)]
struct Written {
    text: String,
    count: usize,
}

impl Written {
    fn defined(&mut self, form: &str) -> String {
        let n = self.count;
        self.count += 1;
        self.text.push_str(&format!("(type $d{n} {form}) (import \"t{n}\" (type $t{n} (eq $d{n})))\n"));
        format!("$t{n}")
    }

    fn optional(&mut self, of: Option<&Shape>) -> String {
        of.map(|of| format!(" {}", self.shape(of))).unwrap_or_default()
    }

    fn shape(&mut self, shape: &Shape) -> String {
        match shape {
            Shape::Plain(name) => (*name).to_owned(),
            Shape::Bytes => "(list u8)".to_owned(),
            Shape::List(of) => format!("(list {})", self.shape(of)),
            Shape::Option(of) => format!("(option {})", self.shape(of)),
            Shape::Result(ok, err) => {
                let ok = self.optional(ok.as_deref());
                let err = err.as_deref().map(|of| format!(" (error {})", self.shape(of))).unwrap_or_default();
                format!("(result{ok}{err})")
            }
            Shape::Tuple(of) => {
                let of: Vec<String> = of.iter().map(|one| self.shape(one)).collect();
                format!("(tuple {})", of.join(" "))
            }
            Shape::Record(of) => {
                let fields: Vec<String> = of
                    .iter()
                    .enumerate()
                    .map(|(n, one)| format!("(field \"the-field{n}\" {})", self.shape(one)))
                    .collect();
                self.defined(&format!("(record {})", fields.join(" ")))
            }
            Shape::Variant(of) => {
                let cases: Vec<String> = of
                    .iter()
                    .enumerate()
                    .map(|(n, one)| {
                        let one = self.optional(one.as_ref());
                        format!("(case \"the-case{n}\"{one})")
                    })
                    .collect();
                self.defined(&format!("(variant {})", cases.join(" ")))
            }
            Shape::Enum(count) => {
                let names: Vec<String> = (0..*count).map(|n| format!("\"one-of{n}\"")).collect();
                self.defined(&format!("(enum {})", names.join(" ")))
            }
            Shape::Flags(count) => {
                let names: Vec<String> = (0..*count).map(|n| format!("\"the-flag{n}\"")).collect();
                self.defined(&format!("(flags {})", names.join(" ")))
            }
        }
    }
}

/// The type as the engine knows it.
fn typed(shape: &Shape) -> Type {
    let mut written = Written::default();
    let of = written.shape(shape);
    let text = format!("(component\n{}(import \"f\" (func (param \"x\" {of}))))", written.text);
    let engine = shared_for_tools(&Limits::default()).unwrap();
    let component = Component::new(&engine, wat::parse_str(&text).expect(&text)).expect(&text);
    let imports = component.component_type();
    let item = imports.get_import(&engine, "f").unwrap();
    let ComponentItem::ComponentFunc(function) = item.ty else { panic!("a function") };
    let (_, ty) = function.params().next().unwrap();
    ty
}

/// A value of a shape as the host would write it.
fn of(shape: &Shape) -> BoxedStrategy<Value> {
    match shape {
        Shape::Plain(name) => plain(name),
        Shape::Bytes => {
            prop::sample::select(vec!["", "AA==", "AAEC", "/+8="]).prop_map(|text| json!(text)).boxed()
        }
        Shape::List(one) => prop::collection::vec(of(one), 0..4).prop_map(Value::Array).boxed(),
        Shape::Option(one) => prop_oneof![Just(Value::Null), of(one)].boxed(),
        Shape::Result(ok, err) => {
            prop_oneof![tagged("ok".to_owned(), ok.as_deref()), tagged("err".to_owned(), err.as_deref())]
                .boxed()
        }
        Shape::Tuple(parts) => parts.iter().map(of).collect::<Vec<_>>().prop_map(Value::Array).boxed(),
        Shape::Record(parts) => {
            let names = |values: Vec<Value>| {
                let named = values.into_iter().enumerate().map(|(n, value)| (format!("the_field{n}"), value));
                // What is not there is left out.
                Value::Object(named.filter(|(_, value)| !value.is_null()).collect())
            };
            parts.iter().map(of).collect::<Vec<_>>().prop_map(names).boxed()
        }
        Shape::Variant(cases) => {
            let cases = cases.iter().enumerate().map(|(n, one)| tagged(format!("the-case{n}"), one.as_ref()));
            prop::strategy::Union::new(cases).boxed()
        }
        Shape::Enum(count) => (0..*count).prop_map(|n| json!(format!("one-of{n}"))).boxed(),
        Shape::Flags(count) => prop::collection::vec(any::<bool>(), *count)
            .prop_map(|set| {
                let named = set.into_iter().enumerate().map(|(n, one)| (format!("the_flag{n}"), json!(one)));
                Value::Object(named.collect())
            })
            .boxed(),
    }
}

fn tagged(tag: String, value: Option<&Shape>) -> BoxedStrategy<Value> {
    let with = move |value: Option<Value>| {
        let mut fields = Map::from_iter([("tag".to_owned(), json!(tag))]);
        fields.extend(value.map(|value| ("value".to_owned(), value)));
        Value::Object(fields)
    };
    match value {
        Some(shape) => of(shape).prop_map(move |value| with(Some(value))).boxed(),
        None => Just(with(None)).boxed(),
    }
}

fn plain(name: &str) -> BoxedStrategy<Value> {
    match name {
        "bool" => any::<bool>().prop_map(|it| json!(it)).boxed(),
        "s8" => any::<i8>().prop_map(|it| json!(it)).boxed(),
        "u8" => any::<u8>().prop_map(|it| json!(it)).boxed(),
        "s16" => any::<i16>().prop_map(|it| json!(it)).boxed(),
        "u16" => any::<u16>().prop_map(|it| json!(it)).boxed(),
        "s32" => any::<i32>().prop_map(|it| json!(it)).boxed(),
        "u32" => any::<u32>().prop_map(|it| json!(it)).boxed(),
        "s64" => any::<i64>().prop_map(|it| json!(it)).boxed(),
        "u64" => any::<u64>().prop_map(|it| json!(it)).boxed(),
        "f32" => prop::num::f32::NORMAL.prop_map(|it| json!(f64::from(it))).boxed(),
        "f64" => prop::num::f64::NORMAL.prop_map(|it| json!(it)).boxed(),
        "char" => any::<char>().prop_map(|it| json!(it.to_string())).boxed(),
        _ => any::<String>().prop_map(|it| json!(it)).boxed(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn json_comes_back_as_it_went(
        (shape, all) in shape().prop_flat_map(|shape| (Just(shape.clone()), prop::collection::vec(of(&shape), 4)))
    ) {
        let ty = typed(&shape);
        prop_assert_eq!(values::foreign(&ty), None);
        for given in all {
            let value = values::value(&given, &ty).map_err(|misfit| TestCaseError::fail(misfit.to_string()))?;
            prop_assert_eq!(values::json(&value, &ty).map_err(TestCaseError::fail)?, given);
        }
    }
}

#[test]
fn what_json_has_not_is_refused_by_name() {
    let text = r#"(component
        (type $inner (record (field "at" (option f64))))
        (import "rec" (type $rec (eq $inner)))
        (import "r" (type $r (sub resource)))
        (import "f" (func (param "x" (list (own $r))))))"#;
    let engine = shared_for_tools(&Limits::default()).unwrap();
    let component = Component::new(&engine, wat::parse_str(text).unwrap()).unwrap();
    let imports = component.component_type();
    let ComponentItem::ComponentFunc(function) = imports.get_import(&engine, "f").unwrap().ty else {
        panic!("a function")
    };
    let (_, ty) = function.params().next().unwrap();
    assert_eq!(values::foreign(&ty).as_deref(), Some("a resource"));
    let nan = values::json(&wasmtime::component::Val::Float64(f64::NAN), &Type::Float64);
    assert!(nan.unwrap_err().contains("gave the number NaN"));
}

#[test]
fn the_same_bytes_are_made_ready_once() {
    let kit = kit();
    let bytes = wat::parse_str(SMALL).unwrap();
    assert!(Arc::ptr_eq(&kit.tool(&bytes).unwrap(), &kit.tool(&bytes).unwrap()));
}

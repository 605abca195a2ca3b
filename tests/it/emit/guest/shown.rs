//! Values of the world for people, and back.

use serde_json::Value;
use wasmtime::component::Val;

use super::Outcome;

pub(super) fn lowered(outcome: Outcome) -> Val {
    match outcome {
        Outcome::Well(json) => Val::Result(Ok(Some(Box::new(Val::String(json))))),
        Outcome::Failed { kind, message, detail } => Val::Result(Err(Some(Box::new(Val::Record(vec![
            ("kind".into(), Val::String(kind)),
            ("message".into(), Val::String(message)),
            ("detail".into(), Val::String(detail)),
        ]))))),
    }
}

pub(super) fn lowered_from(result: &Val) -> Outcome {
    match result {
        Val::Result(Ok(Some(json))) => Outcome::Well(text(json).to_owned()),
        Val::Result(Err(Some(failure))) => {
            let Val::Record(fields) = &**failure else { panic!("no failure: {failure:?}") };
            let field = |at: usize| text(&fields[at].1).to_owned();
            Outcome::Failed { kind: field(0), message: field(1), detail: field(2) }
        }
        other => panic!("no result: {other:?}"),
    }
}

pub(super) fn ended(result: &Val) -> Result<Value, (String, String, Value)> {
    match lowered_from(result) {
        Outcome::Well(json) => Ok(parsed(&json)),
        Outcome::Failed { kind, message, detail } => Err((kind, message, parsed(&detail))),
    }
}

fn parsed(json: &str) -> Value {
    serde_json::from_str(json).unwrap_or_else(|_| Value::String(format!("not JSON for this reader: {json}")))
}

/// Key, tool, arguments and what is not the default of the rest.
pub(super) fn request(scope: &str, args: &[Val]) -> String {
    let Val::Record(request) = &args[1] else { panic!("no request: {args:?}") };
    let mut line = format!("{scope}{} {} {}", text(&args[0]), text(&request[0].1), text(&request[1].1));
    let Val::Record(options) = &args[2] else { panic!("no options: {args:?}") };
    for (name, value) in request[2..].iter().chain(options).filter(|(_, value)| says_something(value)) {
        line.push_str(&format!(" {name}={}", shown(value)));
    }
    line
}

fn says_something(value: &Val) -> bool {
    match value {
        Val::Option(of) => of.is_some(),
        Val::List(of) => !of.is_empty(),
        Val::Enum(of) => of != "retry",
        _ => true,
    }
}

pub(super) fn text(of: &Val) -> &str {
    match of {
        Val::String(text) => text,
        other => panic!("no text: {other:?}"),
    }
}

/// Short, for traces.
pub(super) fn shown(of: &Val) -> String {
    match of {
        Val::String(text) | Val::Enum(text) => text.clone(),
        Val::U32(n) => n.to_string(),
        Val::U64(n) => n.to_string(),
        Val::Float64(x) => x.to_string(),
        Val::Option(Some(of)) => shown(of),
        Val::Option(None) => "-".into(),
        Val::List(of) | Val::Tuple(of) => format!("[{}]", of.iter().map(shown).collect::<Vec<_>>().join(" ")),
        Val::Record(of) => {
            let said = of.iter().filter(|(_, v)| !matches!(v, Val::Option(None)));
            format!("({})", said.map(|(_, v)| shown(v)).collect::<Vec<_>>().join(" "))
        }
        other => format!("{other:?}"),
    }
}

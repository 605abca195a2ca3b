//! What may stand behind a dot: the fields of a type, and its methods.

use cairn_compiler::{Field, Lit, Type};

const TEXT: [(&str, &str); 14] = [
    ("len", "() -> int"),
    ("upper", "() -> string"),
    ("lower", "() -> string"),
    ("trim", "() -> string"),
    ("split", "(by: string) -> [string]"),
    ("replace", "(what, with) -> string"),
    ("starts_with", "(string) -> bool"),
    ("ends_with", "(string) -> bool"),
    ("contains", "(string) -> bool"),
    ("slice", "(from: int, to?: int) -> string"),
    ("lines", "() -> [string]"),
    ("to_int", "() -> int?"),
    ("to_float", "() -> float?"),
    ("glob", "(pattern: string) -> bool"),
];
const LIST: [(&str, &str); 21] = [
    ("len", "() -> int"),
    ("map", "(x => e)"),
    ("filter", "(x => bool)"),
    ("any", "(x => bool) -> bool"),
    ("all", "(x => bool) -> bool"),
    ("find", "(x => bool) -> T?"),
    ("first", "() -> T?"),
    ("last", "() -> T?"),
    ("sort_by", "(x => key)"),
    ("sum", "()"),
    ("min", "() -> T?"),
    ("max", "() -> T?"),
    ("unique", "()"),
    ("flat", "()"),
    ("zip", "(other)"),
    ("chunks", "(size: int)"),
    ("group_by", "(x => string) -> map"),
    ("join", "(between: string) -> string"),
    ("slice", "(from: int, to?: int)"),
    ("contains", "(x) -> bool"),
    ("index_of", "(x) -> int?"),
];
const MAP: [(&str, &str); 6] = [
    ("keys", "() -> [string]"),
    ("values", "() -> [T]"),
    ("get", "(name: string) -> T?"),
    ("has", "(name: string) -> bool"),
    ("len", "() -> int"),
    ("entries", "() -> [{ key, value }]"),
];
const NUMBER: [(&str, &str); 4] =
    [("abs", "()"), ("min", "(other)"), ("max", "(other)"), ("to_text", "() -> string")];
const INT: [(&str, &str); 3] =
    [("div", "(int) -> int"), ("mod", "(int) -> int"), ("to_float", "() -> float")];
const FLOAT: [(&str, &str); 3] = [("round", "() -> int"), ("floor", "() -> int"), ("ceil", "() -> int")];
const DURATION: [(&str, &str); 3] =
    [("seconds", "() -> int"), ("milliseconds", "() -> int"), ("to_text", "() -> string")];
const TIME: [(&str, &str); 6] = [
    ("to_text", "() -> string"),
    ("unix_seconds", "() -> int"),
    ("date", "(zone: string) -> string"),
    ("format", "(form: string, zone: string) -> string"),
    ("next", "(clock: string, zone: string) -> time"),
    ("add_months", "(n: int, zone: string) -> time"),
];

/// The fields of a type with theirs; of one that may be null, those of what it is otherwise.
pub(super) fn fields(ty: &Type) -> Vec<Field> {
    match ty {
        Type::Record(fields) => fields.clone(),
        Type::Union(of) => {
            let mut records = of.iter().filter(|member| **member != Type::Null).map(fields);
            let first = records.next().unwrap_or_default();
            let others: Vec<Vec<Field>> = records.collect();
            let everywhere = |field: &Field| others.iter().all(|of| of.iter().any(|f| f.name == field.name));
            first.into_iter().filter(everywhere).collect()
        }
        _ => Vec::new(),
    }
}

/// The methods of a type: name and what they take and give.
pub(super) fn methods(ty: &Type) -> Vec<(&'static str, &'static str)> {
    match ty {
        Type::Text | Type::Lit(Lit::Text(_)) => TEXT.to_vec(),
        Type::List(_) => LIST.to_vec(),
        Type::Map(_) => MAP.to_vec(),
        Type::Int | Type::Lit(Lit::Int(_)) => [&INT[..], &NUMBER].concat(),
        Type::Float | Type::Lit(Lit::Float(_)) => [&FLOAT[..], &NUMBER].concat(),
        Type::Duration => DURATION.to_vec(),
        Type::Time => TIME.to_vec(),
        Type::Union(of) => {
            let mut members = of.iter().filter(|member| **member != Type::Null);
            match (members.next(), members.next()) {
                (Some(only), None) => methods(only),
                (Some(Type::Lit(Lit::Text(_))), Some(Type::Lit(Lit::Text(_)))) => TEXT.to_vec(),
                _ => Vec::new(),
            }
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A program that calls each method on a value of its type is not told that there is no such method.
    #[test]
    fn every_method_that_is_offered_is_known_to_the_checker() {
        let all: [(&str, &[(&str, &str)]); 8] = [
            ("string", &TEXT),
            ("[int]", &LIST),
            ("map<int>", &MAP),
            ("int", &INT),
            ("int", &NUMBER),
            ("float", &FLOAT),
            ("duration", &DURATION),
            ("time", &TIME),
        ];
        for (ty, methods) in all {
            for (name, _) in methods {
                let text = format!("workflow w(x: {ty}) {{ let y = x.{name}() }}");
                let unknown = cairn_compiler::check("w.cairn", &text)
                    .diagnostics
                    .into_iter()
                    .find(|found| matches!(found.code.0, "E0201" | "E0316" | "E0204"));
                assert!(unknown.is_none(), "`{name}` of {ty}: {unknown:?}");
            }
        }
    }
}

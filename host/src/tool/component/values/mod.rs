//! Values of the component model as JSON and back, by their types, as the language has them: `docs/component.md`, "Components as tools".

mod from_json;
mod to_json;

pub(super) use from_json::arguments;
#[cfg(test)]
pub(super) use from_json::value;
pub(super) use to_json::json;

use wasmtime::component::types::Type;

/// What of a type cannot be written as JSON, if anything.
pub(super) fn foreign(ty: &Type) -> Option<String> {
    match ty {
        Type::Own(_) | Type::Borrow(_) => Some("a resource".to_owned()),
        Type::Future(_) => Some("a future".to_owned()),
        Type::Stream(_) => Some("a stream".to_owned()),
        Type::ErrorContext => Some("an error context".to_owned()),
        Type::Map(_) => Some("a map".to_owned()),
        Type::FixedLengthList(_) => Some("a list of fixed length".to_owned()),
        Type::List(of) => foreign(&of.ty()),
        Type::Option(of) => foreign(&of.ty()),
        Type::Result(of) => of.ok().iter().chain(of.err().iter()).find_map(foreign),
        Type::Tuple(of) => of.types().find_map(|ty| foreign(&ty)),
        Type::Record(of) => of.fields().find_map(|field| within(field.name, &field.ty)),
        Type::Variant(of) => of.cases().find_map(|case| within(case.name, case.ty.as_ref()?)),
        _ => None,
    }
}

fn within(name: &str, ty: &Type) -> Option<String> {
    foreign(ty).map(|what| format!("{what} (in `{name}`)"))
}

/// A type in words, for messages.
fn words(ty: &Type) -> String {
    let one = match ty {
        Type::Bool => "true or false",
        Type::S8 => "an integer of -128 to 127",
        Type::U8 => "an integer of 0 to 255",
        Type::S16 => "an integer of -32768 to 32767",
        Type::U16 => "an integer of 0 to 65535",
        Type::S32 => "an integer of 32 bits",
        Type::U32 => "an integer of 32 bits, not negative",
        Type::S64 => "an integer of 64 bits",
        Type::U64 => "an integer of 64 bits, not negative",
        Type::Float32 => "a number that 32 bits can hold",
        Type::Float64 => "a number",
        Type::Char => "a text of one character",
        Type::String => "a text",
        Type::List(of) if of.ty() == Type::U8 => "a text in base64",
        Type::List(_) => "a list",
        Type::Tuple(of) => return format!("a list of {}", of.types().len()),
        Type::Record(_) => "a record",
        Type::Flags(_) => "a record of flags, each true or false",
        Type::Enum(of) => return alternatives(of.names()),
        Type::Variant(of) => {
            return format!(
                "`{{ tag, value }}` with the tag {}",
                alternatives(of.cases().map(|case| case.name))
            );
        }
        Type::Result(_) => "`{ tag, value }` with the tag `ok` or `err`",
        Type::Option(of) => return format!("{} or null", words(&of.ty())),
        _ => "something that JSON does not have",
    };
    one.to_owned()
}

fn alternatives<'n>(names: impl Iterator<Item = &'n str>) -> String {
    let names: Vec<String> = names.map(|name| format!("`{name}`")).collect();
    names.join(" or ")
}

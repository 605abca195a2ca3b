//! Completion.

mod context;
mod fields;

use cairn_compiler::{FAILURE_KINDS, Type};
use cairn_dsl::tree::{FieldTy, ItemKind, Param, TyKind};
use lsp_types::{CompletionItem, CompletionItemKind as Shown, InsertTextFormat, Position};

use crate::{
    document::Document,
    feature::hover::{signature, word_start},
    names::{Kind, Symbol},
    text::{byte, slice},
};
use context::{Context, context};

const STATEMENTS: [&str; 29] = [
    "let", "var", "set", "call", "do", "run", "spawn", "sleep", "wait", "ask", "parallel", "race", "for",
    "loop", "while", "if", "match", "try", "lock", "emit", "expose", "log", "fail", "return", "yield",
    "break", "continue", "restart", "undo all",
];
const ITEMS: [&str; 12] =
    ["workflow", "flow", "fn", "tool", "toolset", "event", "error", "type", "const", "secret", "use", "test"];
const TYPES: [&str; 11] =
    ["string", "int", "float", "bool", "json", "time", "duration", "bytes", "null", "map", "secret"];
const FUNCTIONS: [(&str, &str); 9] = [
    ("now", "() -> time, recorded"),
    ("uuid", "() -> string, recorded"),
    ("random", "(low: int, high: int) -> int, recorded"),
    ("backoff", "(first, factor, longest, round) -> duration"),
    ("hash", "(any) -> string"),
    ("parse_json", "(string) -> json"),
    ("to_json", "(any) -> string"),
    ("range", "(from: int, to: int) -> [int]"),
    ("milliseconds", "(int) -> duration"),
];

/// What may be written at a place.
pub(crate) fn complete(document: &Document, at: Position) -> Vec<CompletionItem> {
    let at = byte(&document.text, at);
    match context(&document.text, at) {
        Context::Nothing => Vec::new(),
        Context::Call(None) => callable(document),
        Context::Call(Some(tool)) => operations(document, &tool),
        Context::Event(arms) => events(document, arms),
        Context::Emit => declared(document, Kind::Event, Shown::EVENT),
        Context::Flow => declared(document, Kind::Flow, Shown::FUNCTION),
        Context::Workflow => declared(document, Kind::Workflow, Shown::FUNCTION),
        Context::Failure => {
            let own = declared(document, Kind::Error, Shown::ENUM_MEMBER);
            own.into_iter()
                .chain(FAILURE_KINDS.map(|kind| item(kind, Shown::ENUM_MEMBER, "built in")))
                .collect()
        }
        Context::Type => {
            let own = declared(document, Kind::Type, Shown::STRUCT);
            own.into_iter().chain(TYPES.map(|ty| item(ty, Shown::KEYWORD, "type"))).collect()
        }
        Context::Field(dot) => behind_a_dot(document, dot, at),
        Context::Argument { callee, verb, given } => {
            let names = parameters(document, &callee, &verb);
            let open = names.into_iter().filter(|(name, _)| !given.contains(name));
            let mut items: Vec<CompletionItem> = open.map(|(name, ty)| argument(&name, &ty)).collect();
            items.extend(values(document, at));
            items
        }
        Context::Statement => STATEMENTS.iter().map(|word| item(word, Shown::KEYWORD, "statement")).collect(),
        Context::Item => ITEMS.iter().map(|word| item(word, Shown::KEYWORD, "declaration")).collect(),
        Context::Expression => values(document, at),
    }
}

fn item(label: &str, kind: Shown, detail: &str) -> CompletionItem {
    CompletionItem {
        label: label.to_owned(),
        kind: Some(kind),
        detail: Some(detail.to_owned()),
        ..CompletionItem::default()
    }
}

/// With places to fill in.
fn snippet(label: &str, kind: Shown, detail: &str, insert: String) -> CompletionItem {
    let format = Some(InsertTextFormat::SNIPPET);
    CompletionItem { insert_text: Some(insert), insert_text_format: format, ..item(label, kind, detail) }
}

fn of(symbol: &Symbol, kind: Shown) -> CompletionItem {
    CompletionItem {
        documentation: symbol.doc.clone().map(lsp_types::Documentation::String),
        ..item(&symbol.name, kind, symbol.kind.word())
    }
}

fn declared(document: &Document, kind: Kind, shown: Shown) -> Vec<CompletionItem> {
    document.names.items(kind).map(|symbol| of(symbol, shown)).collect()
}

/// Tools and toolsets.
fn callable(document: &Document) -> Vec<CompletionItem> {
    let tools = document.tools().into_iter().map(|tool| item(tool, Shown::INTERFACE, "tool"));
    tools.chain(declared(document, Kind::Toolset, Shown::INTERFACE)).collect()
}

fn operations(document: &Document, tool: &str) -> Vec<CompletionItem> {
    let Some((decl, text)) = document.tool(tool) else { return Vec::new() };
    let items = decl.operations.iter().map(|operation| {
        let name = &operation.name.text;
        let insert = format!("{name}({})", holes(&operation.params));
        let documentation = operation.doc.clone().map(lsp_types::Documentation::String);
        let shown = snippet(name, Shown::METHOD, signature(operation, text), insert);
        CompletionItem { documentation, ..shown }
    });
    items.collect()
}

/// `id: ${1:id}, cents: ${2:cents}`: those that have to be given.
fn holes(params: &[Param]) -> String {
    let needed = params.iter().filter(|param| !param.optional && param.default.is_none());
    let hole = |(n, param): (usize, &Param)| format!("{0}: ${{{1}:{0}}}", param.name.text, n + 1);
    needed.enumerate().map(hole).collect::<Vec<_>>().join(", ")
}

/// Events as patterns; in the arms of a `wait` with the block behind, and `after`.
fn events(document: &Document, arms: bool) -> Vec<CompletionItem> {
    let mut items: Vec<CompletionItem> = document
        .names
        .items(Kind::Event)
        .map(|symbol| {
            let first = event_fields(document, &symbol.name).into_iter().next();
            let field = first.map(|(name, _)| format!("{name}: ${{1:{name}}}")).unwrap_or_default();
            let tail = if arms { " as ${2:e} => {\n\t$0\n}" } else { "" };
            let insert = format!("{}({field}){tail}", symbol.name);
            let shown = snippet(&symbol.name, Shown::EVENT, "event", insert);
            CompletionItem { documentation: of(symbol, Shown::EVENT).documentation, ..shown }
        })
        .collect();
    if arms {
        let insert = "after ${1:1h} => {\n\t$0\n}".to_owned();
        items.push(snippet("after", Shown::KEYWORD, "when nothing came", insert));
    }
    items
}

fn event_fields(document: &Document, event: &str) -> Vec<(String, String)> {
    let fields = document.tree.items.iter().find_map(|item| match &item.kind {
        ItemKind::Event(decl) if decl.name.text == event => decl.fields.as_ref(),
        _ => None,
    });
    match fields.map(|ty| &ty.kind) {
        Some(TyKind::Record(fields)) => fields.iter().map(|field| written(document, field)).collect(),
        _ => Vec::new(),
    }
}

fn written(document: &Document, field: &FieldTy) -> (String, String) {
    (field.name.text.clone(), slice(&document.text, field.ty.span).to_owned())
}

/// The names that what is called takes, with their types as they are written.
fn parameters(document: &Document, callee: &str, verb: &str) -> Vec<(String, String)> {
    let own = |params: &[Param], text: &str| {
        let one = |param: &Param| (param.name.text.clone(), slice(text, param.ty.span).to_owned());
        params.iter().map(one).collect::<Vec<_>>()
    };
    if let Some((tool, operation)) = callee.split_once('.')
        && let Some((decl, text)) = document.tool(tool)
    {
        let found = decl.operations.iter().find(|one| one.name.text == operation);
        return found.map(|one| own(&one.params, text)).unwrap_or_default();
    }
    let found = document.tree.items.iter().find_map(|item| match (&item.kind, verb) {
        (ItemKind::Flow(flow), "do") if flow.name.text == callee => Some(&flow.params),
        (ItemKind::Workflow(workflow), "run" | "spawn") if workflow.name.text == callee => {
            Some(&workflow.params)
        }
        _ => None,
    });
    match found {
        Some(params) => own(params, &document.text),
        // An arm of a `wait` has no word in front.
        None => event_fields(document, callee),
    }
}

fn argument(name: &str, ty: &str) -> CompletionItem {
    let shown = snippet(name, Shown::FIELD, ty, format!("{name}: ${{1:{name}}}"));
    CompletionItem { sort_text: Some(format!("0{name}")), ..shown }
}

/// Variables that can be seen, constants, functions.
fn values(document: &Document, at: usize) -> Vec<CompletionItem> {
    let at = u32::try_from(at).unwrap_or(u32::MAX);
    let good = document.good.as_deref();
    let mut items: Vec<CompletionItem> = Vec::new();
    let mut add = |symbol: &Symbol| {
        let typed = document.index.of(symbol.span).or_else(|| known(document, &symbol.name));
        let detail = typed.map_or_else(|| symbol.kind.word().to_owned(), ToString::to_string);
        if !items.iter().any(|other| other.label == symbol.name) {
            items.push(item(&symbol.name, Shown::VARIABLE, &detail));
        }
    };
    document.names.visible(at).for_each(&mut add);
    // What was there before a letter too few took it away.
    good.into_iter().flat_map(|good| good.names.visible(at)).for_each(&mut add);
    items.extend(declared(document, Kind::Const, Shown::CONSTANT));
    items.extend(declared(document, Kind::Secret, Shown::CONSTANT));
    items.extend(declared(document, Kind::Function, Shown::FUNCTION));
    items.extend(FUNCTIONS.map(|(name, detail)| item(name, Shown::FUNCTION, detail)));
    items
}

/// The type of a variable by its name, from when the file could last be read.
fn known<'d>(document: &'d Document, name: &str) -> Option<&'d Type> {
    let good = document.good.as_deref()?;
    let symbol = good.names.symbols.iter().rev().find(|symbol| symbol.name == name)?;
    good.index.of(symbol.span)
}

/// Fields and methods. The checker is asked for the type of what stands in front of the dot, with a name put behind it so that
/// the file can be read.
fn behind_a_dot(document: &Document, dot: usize, at: usize) -> Vec<CompletionItem> {
    const NAME: &str = "cairn_field";
    let text = &document.text;
    let start = word_start(text, at);
    let (front, behind) = (text.get(..start).unwrap_or_default(), text.get(at..).unwrap_or_default());
    // Nothing to be called stands behind it: a name alone is read as a field.
    let rest = behind.trim_start_matches(crate::feature::hover::is_word);
    let index = document.check_instead(&format!("{front}{NAME}{rest}"));
    let end = u32::try_from(dot).unwrap_or(u32::MAX);
    let found = index.before(end).map(|(_, ty)| ty.clone()).filter(|ty| *ty != Type::Never);
    let receiver = text.get(word_start(text, dot)..dot).unwrap_or_default();
    let Some(ty) = found.or_else(|| known(document, receiver).cloned()) else { return Vec::new() };
    let fields = fields::fields(&ty).into_iter().map(|field| {
        let mark = if field.optional { "?" } else { "" };
        item(&field.name, Shown::FIELD, &format!("{}{mark}: {}", field.name, field.ty))
    });
    let methods = fields::methods(&ty).into_iter().map(|(name, form)| {
        let insert = if form.starts_with("()") { format!("{name}()") } else { format!("{name}($1)") };
        snippet(name, Shown::METHOD, &format!("{name}{form}"), insert)
    });
    fields.chain(methods).collect()
}

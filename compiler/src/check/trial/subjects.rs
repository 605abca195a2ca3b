//! What an expectation can speak of.

use cairn_dsl::Diagnostic;
use cairn_dsl::tree::{FnArg, Name, Path, Span};

use crate::check::body::Body;
use crate::check::decls::{Operation, Param, unknown};
use crate::check::expr::broken;
use crate::check::names::nearest;
use crate::check::relate::without_null;
use crate::ir::test::{Subject, What};
use crate::ir::{self, Expr, ExprKind, LocalId};
use crate::types::{Field, Lit, Type};

/// The subjects of one test: each is a parameter of the program that judges the run.
pub(in crate::check) struct Subjects {
    known: Vec<(Subject, LocalId)>,
    /// Of the expectation that is looked at: it speaks of the result, or of the failure.
    pub(super) result: bool,
    pub(super) failure: bool,
    result_type: Type,
    failure_type: Type,
}

impl Subjects {
    /// Of a workflow with this result, that fails with these fields.
    pub(super) fn of(result_type: Type, failure_type: Type) -> Self {
        Self { known: Vec::new(), result: false, failure: false, result_type, failure_type }
    }

    /// The subjects, and the parameters that they are.
    pub(super) fn finish(self) -> (Vec<Subject>, Vec<ir::Param>) {
        let param = |(subject, local): &(Subject, LocalId)| ir::Param {
            name: subject.field.clone(),
            local: *local,
            optional: true,
            default: None,
        };
        let params = self.known.iter().map(param).collect();
        (self.known.into_iter().map(|(subject, _)| subject).collect(), params)
    }

    fn type_of(&self, what: &What, body: &Body<'_>) -> Type {
        match what {
            What::Result => self.result_type.clone(),
            What::Failure => self.failure_type.clone(),
            What::Elapsed => Type::Duration,
            What::Calls(path) => list(call_type(body.operation(path))),
            What::Events(name) => list(event_type(body, name.as_deref())),
            What::Journal => list(record(vec![
                field("key", Type::Text),
                field("what", Type::Text),
                field("outcome", Type::Text.optional()),
            ])),
            What::Status => Type::Json,
        }
    }
}

fn field(name: &str, ty: Type) -> Field {
    Field { name: name.into(), ty, optional: false }
}

fn record(fields: Vec<Field>) -> Type {
    Type::Record(fields)
}

fn list(of: Type) -> Type {
    Type::List(Box::new(of))
}

fn argument(param: &Param) -> Field {
    let optional = param.may_be_missing();
    let ty = if optional { without_null(&param.ty) } else { param.ty.clone() };
    Field { name: param.name.clone(), ty, optional }
}

fn call_type(operation: Option<&Operation>) -> Type {
    let args = operation.map_or(Type::Json, |op| record(op.params.iter().map(argument).collect()));
    record(vec![
        field("args", args),
        field("at", Type::Duration),
        field("key", Type::Text),
        field("attempt", Type::Int),
        field("result", operation.map_or(Type::Json, |op| op.result.clone().optional())),
        field("failure", Type::Text.optional()),
    ])
}

fn event_type(body: &Body<'_>, name: Option<&str>) -> Type {
    let declared = name.and_then(|name| body.decls.events.get(name));
    let data = declared.map_or(Type::Json, |event| record(event.fields.clone()));
    record(vec![field("name", Type::Text), field("data", data), field("at", Type::Duration)])
}

impl<'s> Body<'s> {
    /// An operation by its path, if there is one.
    pub(super) fn operation(&self, path: &str) -> Option<&'s Operation> {
        let decls = self.decls;
        let (tool, operation) = path.split_once('.')?;
        decls.tools.get(tool)?.operations.get(operation)
    }

    /// An operation of a tool; what cannot be found is reported.
    pub(super) fn known_operation(&mut self, path: &Path) -> Option<(String, &'s Operation)> {
        let [tool, operation] = path.parts.as_slice() else {
            let found = Diagnostic::error("E1202", path.span, "this is not an operation of a tool")
                .help("name tool and operation: `payments.charge`");
            self.report(found);
            return None;
        };
        self.find_operation(tool, operation)
    }

    fn find_operation(&mut self, tool: &Name, operation: &Name) -> Option<(String, &'s Operation)> {
        let decls = self.decls;
        let Some(found) = decls.tools.get(&tool.text) else {
            if !decls.excused.contains(&tool.text) {
                let diagnostic = decls.unknown_tool(tool);
                self.report(diagnostic);
            }
            return None;
        };
        let Some(of) = found.operations.get(&operation.text) else {
            let near = nearest(&operation.text, found.operations.keys().map(String::as_str));
            let declared = near.and_then(|near| found.operations.get(near)).and_then(|op| op.span);
            let what = format!("operation of `{}` called", tool.text);
            self.report(unknown(&what, operation, near, declared.or(found.span)));
            return None;
        };
        Some((format!("{}.{}", tool.text, operation.text), of))
    }

    /// `result`, `elapsed` … where a name stands in an expectation.
    pub(in crate::check) fn subject_name(&mut self, name: &Name) -> Option<Expr> {
        self.subjects.as_ref()?;
        let what = match name.text.as_str() {
            "result" => What::Result,
            "failure" => What::Failure,
            "elapsed" => What::Elapsed,
            "events" => What::Events(None),
            "journal" => What::Journal,
            "status" => What::Status,
            _ => return None,
        };
        Some(self.subject(what))
    }

    /// `calls("payments.charge")`, `events("shipped")` where a call stands in an expectation.
    pub(in crate::check) fn subject_call(&mut self, name: &Name, args: &[FnArg], span: Span) -> Option<Expr> {
        self.subjects.as_ref()?;
        let calls = match name.text.as_str() {
            "calls" => true,
            "events" => false,
            _ => return None,
        };
        let literal = match args {
            [FnArg::Expr(e)] => self.decls.literal(e).map(|found| (found, e.span)),
            _ => None,
        };
        let Some((Type::Lit(Lit::Text(text)), at)) = literal else {
            let example = if calls { "`calls(\"payments.charge\")`" } else { "`events(\"order_shipped\")`" };
            let found = Diagnostic::error("E1203", span, format!("`{}` takes one name in quotes", name.text))
                .help(example);
            self.report(found);
            return Some(broken());
        };
        Some(if calls { self.calls(&text, at) } else { self.events(text, at) })
    }

    fn calls(&mut self, path: &str, at: Span) -> Expr {
        let inside = |text: &str| Name { text: text.to_owned(), span: at };
        let Some((tool, operation)) = path.split_once('.') else {
            let found = Diagnostic::error("E1203", at, format!("`{path}` is not an operation of a tool"))
                .help("name tool and operation: `calls(\"payments.charge\")`");
            self.report(found);
            return broken();
        };
        match self.find_operation(&inside(tool), &inside(operation)) {
            Some((path, _)) => self.subject(What::Calls(path)),
            None => broken(),
        }
    }

    fn events(&mut self, name: String, at: Span) -> Expr {
        if self.decls.events.contains_key(&name) {
            return self.subject(What::Events(Some(name)));
        }
        let found = self.decls.unknown_event(&Name { text: name, span: at });
        self.report(found);
        broken()
    }

    /// The value of a subject, which from now on is one of the program's parameters.
    fn subject(&mut self, what: What) -> Expr {
        let Some(mut subjects) = self.subjects.take() else { return broken() };
        subjects.result |= what == What::Result;
        subjects.failure |= what == What::Failure;
        let ty = subjects.type_of(&what, self);
        let local = match subjects.known.iter().find(|(known, _)| known.what == what) {
            Some((_, local)) => *local,
            None => {
                let field = format!("s{}", subjects.known.len());
                let local = self.hidden(&field, ty.clone().optional());
                subjects.known.push((Subject { field, what }, local));
                local
            }
        };
        self.subjects = Some(subjects);
        let value = self.read(local);
        if value.ty == ty { value } else { Expr { kind: ExprKind::Must(Box::new(value)), ty } }
    }
}

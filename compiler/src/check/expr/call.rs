//! Calls of functions: those of the file and those of the language.

use cairn_dsl::Diagnostic;
use cairn_dsl::tree::{self, FnArg, Name, Span};

use super::{broken, make};
use crate::check::body::Body;
use crate::check::decls::{Function, unknown};
use crate::check::fit::{Slot, boxed, widen};
use crate::check::names::nearest;
use crate::ir::{Builtin, Expr, ExprKind};
use crate::types::Type;

/// Name, what it becomes, parameters and result.
type Signature = (&'static str, Builtin, &'static [(&'static str, Type)], Type);

/// Functions of the language that are pure.
const FUNCTIONS: [Signature; 4] = [
    ("parse_json", Builtin::ParseJson, &[("text", Type::Text)], Type::Json),
    ("to_json", Builtin::ToJson, &[("value", Type::Json)], Type::Text),
    ("hash", Builtin::Hash, &[("value", Type::Json)], Type::Text),
    (
        "backoff",
        Builtin::Backoff,
        &[
            ("first", Type::Duration),
            ("factor", Type::Float),
            ("longest", Type::Duration),
            ("round", Type::Int),
        ],
        Type::Duration,
    ),
];
const RECORDED: [&str; 3] = ["now", "uuid", "random"];

impl Body<'_> {
    pub(super) fn function_call(&mut self, function: &Name, args: &[FnArg], span: Span) -> Expr {
        let name = function.text.as_str();
        if let Some(known) = self.decls.functions.get(name) {
            return self.own_function(known, args, span);
        }
        if let Some(value) = self.subject_call(function, args, span) {
            return value;
        }
        if RECORDED.contains(&name) {
            return self.recorded(name, args, span);
        }
        if name == "range" {
            return self.range(args, span);
        }
        if let Some((_, builtin, params, result)) = FUNCTIONS.iter().find(|f| f.0 == name) {
            let wanted: Vec<(&str, Type, Option<Span>)> =
                params.iter().map(|(n, t)| (*n, t.clone(), None)).collect();
            let values = self.positional(name, &wanted, args, span);
            let values = values.into_iter().map(|v| if v.ty == Type::Json { boxed(v) } else { v }).collect();
            return make(ExprKind::Builtin(*builtin, values, None), result.clone());
        }
        if !self.decls.excused.contains(name) {
            let found = self.unknown_function(function, args, span);
            self.report(found);
        }
        broken()
    }

    fn unknown_function(&self, function: &Name, args: &[FnArg], span: Span) -> Diagnostic {
        let found = unknown("function", function, None, None);
        if let Ok(found) = self.foreign_function(found, function, args, span) {
            return found;
        }
        let own = self.decls.functions.keys().map(String::as_str);
        let ours = FUNCTIONS.iter().map(|f| f.0).chain(RECORDED).chain(["range"]);
        let near = nearest(&function.text, own.chain(ours));
        let declared = near.and_then(|near| self.decls.functions.get(near)).map(|f| f.decl.name.span);
        let found = unknown("function", function, near, declared);
        if near.is_some() {
            return found;
        }
        let is_workflow = self.decls.workflows.iter().any(|(w, _)| w.name.text == function.text);
        if is_workflow {
            return found.help("there is a workflow of this name; it is started from outside");
        }
        found.help(format!("declare it at the top of the file: `fn {}(…) -> … = …`", function.text))
    }

    pub(super) fn own_function(&mut self, function: &Function<'_>, args: &[FnArg], span: Span) -> Expr {
        let wanted: Vec<(&str, Type, Option<Span>)> =
            function.params.iter().map(|p| (p.name.as_str(), p.room(), p.span)).collect();
        let required = function.params.iter().take_while(|p| !p.may_be_missing()).count();
        let mut values = self.positional_from(&function.decl.name.text, &wanted, required, args, span);
        for param in function.params.iter().skip(values.len()) {
            values.push(match &param.default {
                Some(default) => {
                    let value = crate::check::functions::default_value(self, default, param);
                    widen(value, &param.room())
                }
                None => widen(make(ExprKind::Null, Type::Null), &param.room()),
            });
        }
        self.function_value(function, values)
    }

    fn positional(
        &mut self,
        name: &str,
        wanted: &[(&str, Type, Option<Span>)],
        args: &[FnArg],
        span: Span,
    ) -> Vec<Expr> {
        self.positional_from(name, wanted, wanted.len(), args, span)
    }

    fn positional_from(
        &mut self,
        name: &str,
        wanted: &[(&str, Type, Option<Span>)],
        required: usize,
        args: &[FnArg],
        span: Span,
    ) -> Vec<Expr> {
        if args.len() < required || args.len() > wanted.len() {
            let names: Vec<String> = wanted.iter().map(|(n, t, _)| format!("{n}: {t}")).collect();
            let number = match (required, wanted.len()) {
                (1, 1) => "1 argument".to_owned(),
                (least, most) if least == most => format!("{most} arguments"),
                (least, most) => format!("{least} to {most} arguments"),
            };
            let found =
                Diagnostic::error("E0314", span, format!("`{name}` takes {number}, and gets {}", args.len()))
                    .help(format!("`{name}({})`", names.join(", ")));
            self.report(found);
        }
        let mut values = Vec::new();
        for (arg, (param, ty, declared)) in args.iter().zip(wanted) {
            let slot =
                Slot::Argument { param: (*param).to_owned(), of: name.to_owned(), declared: *declared };
            values.push(match arg {
                FnArg::Expr(e) => self.expr_to(e, ty, &slot),
                FnArg::Lambda(lambda) => self.stray_lambda(lambda.span),
            });
        }
        values
    }

    pub(super) fn stray_lambda(&mut self, span: Span) -> Expr {
        let found = Diagnostic::error("E0316", span, "a function cannot stand here")
            .help("`x => …` is only an argument of list methods such as `map` and `filter`");
        self.report(found);
        broken()
    }

    /// `range(n)`, `range(low, high)`
    fn range(&mut self, args: &[FnArg], span: Span) -> Expr {
        let both = [("low", Type::Int, None), ("high", Type::Int, None)];
        let one = [("high", Type::Int, None)];
        let mut values = if args.len() == 1 {
            self.positional("range", &one, args, span)
        } else {
            self.positional("range", &both, args, span)
        };
        if values.len() == 1 {
            values.insert(0, make(ExprKind::Int(0), Type::Int));
        }
        make(ExprKind::Builtin(Builtin::Range, values, None), Type::List(Box::new(Type::Int)))
    }

    /// `E0501`: a tool is called as if it were pure.
    pub(super) fn bare_tool_call(&mut self, of: &Name, operation: &Name, e: &tree::Expr) -> Expr {
        let target = of.span.to(operation.span);
        let found = Diagnostic::error("E0501", target, "this calls a tool, so it must be marked as a step")
            .label(format!("`{}` is a tool", of.text));
        let call = format!("call {}.{}", of.text, operation.text);
        let found = if self.whole == Some(e.span) {
            let start = Span { start: e.span.start, end: e.span.start };
            found.help(format!("write `{call}(…)`")).fix(start, "call ")
        } else {
            found.help(format!("a step stands alone: `let x = {call}(…)` in a line before, and `x` here"))
        };
        self.report(found);
        broken()
    }
}

//! `now()`, `uuid()` and `random(…)`: readings of the world that are recorded in front of the statement that needs them.

use cairn_dsl::Diagnostic;
use cairn_dsl::tree::{FnArg, Span};

use super::{broken, make};
use crate::check::body::Body;
use crate::check::fit::Slot;
use crate::ir::{self, Builtin, Expr, ExprKind, LocalId, Recorded, StmtKind};
use crate::types::Type;

/// The readings of one statement so far.
#[derive(Default)]
pub(in crate::check) struct Readings {
    now: Option<LocalId>,
    draws: u32,
    pub(super) calendars: u32,
}

impl Body<'_> {
    pub(super) fn recorded(&mut self, name: &str, args: &[FnArg], span: Span) -> Expr {
        if !self.may_read(name, span) {
            return if name == "now" { make(ExprKind::Int(0), Type::Time) } else { broken() };
        }
        match name {
            "now" => {
                self.no_arguments(name, args, span);
                self.now(span)
            }
            "uuid" => {
                self.no_arguments(name, args, span);
                let segment = self.draw("uuid");
                let bits =
                    ["a", "b"].map(|half| self.reading(Recorded::Random, &format!("{segment}.{half}"), span));
                make(ExprKind::Builtin(Builtin::Uuid, bits.to_vec(), None), Type::Text)
            }
            _ => self.random(args, span),
        }
    }

    fn random(&mut self, args: &[FnArg], span: Span) -> Expr {
        let [FnArg::Expr(low), FnArg::Expr(high)] = args else {
            let found = Diagnostic::error(
                "E0314",
                span,
                format!("`random` takes 2 arguments, and gets {}", args.len()),
            )
            .help("`random(low, high)` gives an int from `low` on and below `high`");
            self.report(found);
            return broken();
        };
        let slot = |param: &str| Slot::Argument { param: param.into(), of: "random".into(), declared: None };
        let low = self.expr_to(low, &Type::Int, &slot("low"));
        let high = self.expr_to(high, &Type::Int, &slot("high"));
        let segment = self.draw("random");
        let bits = self.reading(Recorded::Random, &segment, span);
        make(ExprKind::Builtin(Builtin::RandomBetween, vec![bits, low, high], None), Type::Int)
    }

    fn no_arguments(&mut self, name: &str, args: &[FnArg], span: Span) {
        if !args.is_empty() {
            let text = format!("`{name}` takes no arguments, and gets {}", args.len());
            self.report(Diagnostic::error("E0314", span, text).help(format!("`{name}()`")));
        }
    }

    /// Only a statement can record; and a lambda runs many times in one.
    pub(super) fn may_read(&mut self, name: &str, span: Span) -> bool {
        let place = match self.pure {
            Some(place) => place,
            None if self.lambdas > 0 && name != "now" => "a function of a list method",
            None => return true,
        };
        let found = Diagnostic::error("E0502", span, format!("`{name}()` cannot stand in {place}"))
            .label("it reads something that has to be recorded")
            .help(format!("read it in a statement of the workflow, `let x = {name}(…)`, and hand it in"));
        self.report(found);
        false
    }

    /// All `now()` of one statement are one moment.
    fn now(&mut self, span: Span) -> Expr {
        if let Some(local) = self.readings.now {
            return self.read(local);
        }
        let key = format!("{}.now", self.site);
        let value = self.reading(Recorded::Now, &key, span);
        if let ExprKind::Local(local) = value.kind {
            self.readings.now = Some(local);
        }
        value
    }

    fn draw(&mut self, what: &str) -> String {
        self.readings.draws += 1;
        match self.readings.draws {
            1 => format!("{}.{what}", self.site),
            n => format!("{}.{what}{n}", self.site),
        }
    }

    fn reading(&mut self, what: Recorded, segment: &str, span: Span) -> Expr {
        let (name, ty) = if what == Recorded::Now { ("now", Type::Time) } else { ("random", Type::Int) };
        let local = self.hidden(name, ty);
        let key = self.claim(segment, span, name);
        self.hoisted.push(ir::Stmt { kind: StmtKind::Record { local, what, key }, span });
        self.read(local)
    }
}

//! Calendar arithmetic: the rules of time zones change, so what they gave is recorded in front of the statement.

use cairn_dsl::Diagnostic;
use cairn_dsl::tree::{self, FnArg, Span};

use super::{broken, make};
use crate::check::body::Body;
use crate::check::fit::{Slot, widen};
use crate::ir::{self, Expr, ExprKind, StmtKind};
use crate::types::{Lit, Type};

/// A question of `wit/context.wit`: what it takes in front of the zone, what it gives, and an example.
struct Question {
    name: &'static str,
    takes: Option<(&'static str, Type)>,
    gives: Type,
    example: &'static str,
}

const QUESTIONS: [Question; 5] = [
    Question {
        name: "date",
        takes: None,
        gives: Type::Text,
        example: "`t.date(\"Europe/Paris\")` is the day, \"2026-01-31\"",
    },
    Question {
        name: "format",
        takes: Some(("pattern", Type::Text)),
        gives: Type::Text,
        example: "`t.format(\"%Y-%m\", \"Europe/Paris\")` is \"2026-01\"",
    },
    Question {
        name: "next",
        takes: Some(("clock", Type::Text)),
        gives: Type::Time,
        example: "`t.next(\"09:00\", \"Europe/Paris\")` is the next nine o'clock there",
    },
    Question {
        name: "add_months",
        takes: Some(("months", Type::Int)),
        gives: Type::Time,
        example: "`t.add_months(1, \"Europe/Paris\")` is the same clock a month later",
    },
    Question {
        name: "add_days",
        takes: Some(("days", Type::Int)),
        gives: Type::Time,
        example: "`t.add_days(1, \"Europe/Paris\")` is the same clock a day later",
    },
];

impl Body<'_> {
    /// `t.next("09:00", zone)`
    pub(super) fn calendar(&mut self, name: &str, of: Expr, args: &[FnArg], span: Span) -> Expr {
        let Some(question) = QUESTIONS.iter().find(|q| q.name == name) else { return broken() };
        let values: Vec<&tree::Expr> =
            args.iter().filter_map(|arg| if let FnArg::Expr(e) = arg { Some(e) } else { None }).collect();
        let wanted = usize::from(question.takes.is_some()) + 1;
        let [first @ .., zone] = values.as_slice() else { return self.wrong_question(question, args, span) };
        if values.len() != wanted || args.len() != wanted {
            return self.wrong_question(question, args, span);
        }
        let slot = |param: &str| Slot::Argument { param: param.into(), of: name.to_owned(), declared: None };
        let mut arguments = Vec::new();
        if let (Some((param, ty)), [e]) = (&question.takes, first) {
            let value = self.expr_to(e, ty, &slot(param));
            self.clock(name, e);
            arguments.push(value);
        }
        if let Some(Type::Lit(Lit::Text(text))) = self.decls.literal(zone) {
            self.zone(&text, zone.span);
        }
        let zone = self.expr_to(zone, &Type::Text, &slot("zone"));
        if !self.may_read(name, span) {
            return make(ExprKind::Null, Type::Never);
        }
        self.readings.calendars += 1;
        let segment = match self.readings.calendars {
            1 => format!("{}.calendar", self.site),
            n => format!("{}.calendar{n}", self.site),
        };
        let key = self.claim(&segment, span, name);
        let local = self.hidden("calendar", question.gives.clone());
        let of = widen(of, &Type::Time);
        let kind = StmtKind::Calendar { local, key, question: name.to_owned(), of, zone, arguments };
        self.hoisted.push(ir::Stmt { kind, span });
        self.read(local)
    }

    fn wrong_question(&mut self, question: &Question, args: &[FnArg], span: Span) -> Expr {
        for arg in args {
            if let FnArg::Expr(e) = arg {
                self.expr(e, None);
            }
        }
        let takes = match &question.takes {
            Some((param, ty)) => format!("`{param}: {ty}` and `zone: string`"),
            None => "`zone: string`".to_owned(),
        };
        let text = format!("`{}` takes {takes}, and gets {} arguments", question.name, args.len());
        self.report(Diagnostic::error("E0314", span, text).help(question.example));
        broken()
    }

    /// A time of day that is written in place.
    fn clock(&mut self, name: &str, e: &tree::Expr) {
        let Some(Type::Lit(Lit::Text(text))) = self.decls.literal(e) else { return };
        let real = |text: &str| {
            let (hour, minute) = text.split_once(':')?;
            let fits = |part: &str, most: u8| part.len() == 2 && part.parse::<u8>().is_ok_and(|n| n <= most);
            (fits(hour, 23) && fits(minute, 59)).then_some(())
        };
        if name == "next" && real(&text).is_none() {
            let found = Diagnostic::error("E0317", e.span, format!("`{text}` is no time of day"))
                .help("write it with two digits each: \"09:00\"");
            self.report(found);
        }
    }
}

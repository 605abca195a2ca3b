//! `ask`: a question to a person.

use cairn_dsl::Diagnostic;
use cairn_dsl::tree::{self, Ask as Written, Entry, ExprKind as WrittenKind, ListItem, Span};

use super::{Bind, Outcome};
use crate::check::body::Body;
use crate::check::fit::{Slot, boxed};
use crate::check::relate::union;
use crate::ir::{self, Builtin, Deadline, Expr, ExprKind, RecordItem, StmtKind};
use crate::types::{Field, Lit, Type};

impl Body<'_> {
    /// The answer is `{ choice, by, note, at }`, and the choice one of those offered.
    pub(super) fn ask(
        &mut self,
        ask: &Written,
        bind: &Bind<'_>,
        span: Span,
        out: &mut Vec<ir::Stmt>,
    ) -> Outcome {
        let segment = bind.name.map_or("ask", |n| n.text.as_str()).to_owned();
        self.begin(&segment);
        let at = self.first_line(span);
        let whom = self.expr_to(&ask.whom, &Type::Text, &Slot::Plain("who is asked"));
        let task = self.task(&ask.task, ask.remind.as_ref());
        let result = answer(self.choices(&ask.task));
        let key = self.claim(&segment, at, "ask");
        let deadline = ask.within.as_ref().map(|within| {
            self.flow.raise("timeout", at);
            let span = self.expr_to(within, &Type::Duration, &Slot::Plain("`within`"));
            Deadline { key: self.claim(&format!("{segment}.deadline"), at, "end of an `ask`"), span }
        });
        let local = (bind.wanted || bind.name.is_some()).then(|| self.hidden("answer", result.clone()));
        let done = ir::Ask { local, key, whom, task, deadline, result };
        self.emit(out, StmtKind::Ask(Box::new(done)), span);
        local.map_or_else(Outcome::null, |local| Outcome::of(self.read(local)))
    }

    fn task(&mut self, written: &tree::Expr, remind: Option<&tree::Expr>) -> Expr {
        let field = |name: &str, ty: Type, optional| Field { name: name.into(), ty, optional };
        let wanted = Type::Record(vec![
            field("title", Type::Text, false),
            field("text", Type::Text, true),
            field("show", Type::Json, true),
            field("choices", Type::List(Box::new(Type::Text)), true),
        ]);
        let task = self.expr_to(written, &wanted, &Slot::Plain("the question"));
        let Some(remind) = remind else { return task };
        let every = self.expr_to(remind, &Type::Duration, &Slot::Plain("`remind`"));
        if matches!(every.kind, ExprKind::Int(ms) if ms <= 0) {
            let found = Diagnostic::error("E1008", remind.span, "nobody can be reminded this often")
                .help("`remind 2h` says how long it takes from one reminder to the next");
            self.report(found);
        }
        let every = ExprKind::Builtin(Builtin::Milliseconds, vec![every], None);
        let every = boxed(Expr { kind: every, ty: Type::Int });
        let Type::Record(mut fields) = wanted else { return task };
        fields.push(field("remind", Type::Int, true));
        let items = vec![RecordItem::Spread(task), RecordItem::Field("remind".into(), every)];
        Expr { kind: ExprKind::Record(items), ty: Type::Record(fields) }
    }

    /// The literals that may be chosen; any text where they are worked out.
    fn choices(&mut self, task: &tree::Expr) -> Type {
        let decls = self.decls;
        let WrittenKind::Record(entries) = &decls.behind(task).kind else { return Type::Text };
        let offered = entries.iter().find_map(|entry| match entry {
            Entry::Field { name, value } if name.text == "choices" => Some(decls.behind(value)),
            _ => None,
        });
        let Some(offered) = offered else { return Type::Text };
        let WrittenKind::List(items) = &offered.kind else { return Type::Text };
        let mut choices = Vec::new();
        for item in items {
            let ListItem::Item(e) = item else { return Type::Text };
            let Some(Type::Lit(Lit::Text(choice))) = decls.literal(e) else { return Type::Text };
            if choices.contains(&choice) {
                let text = format!("the choice {choice:?} is offered twice");
                self.report(Diagnostic::error("E1008", e.span, text).help("delete one of them"));
            }
            choices.push(choice);
        }
        if choices.is_empty() {
            let found = Diagnostic::error("E1008", offered.span, "a question without a choice has no answer")
                .help("`choices: [\"yes\", \"no\"]`; without `choices` any text is an answer");
            self.report(found);
        }
        union(choices.into_iter().map(|choice| Type::Lit(Lit::Text(choice))))
    }
}

fn answer(choice: Type) -> Type {
    let field = |name: &str, ty: Type| Field { name: name.into(), ty, optional: false };
    Type::Record(vec![
        field("choice", choice),
        field("by", Type::Text),
        field("note", Type::Text.optional()),
        field("at", Type::Time),
    ])
}

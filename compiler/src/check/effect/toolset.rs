//! `call every[step.tool](…)`: an operation that is chosen while the workflow runs, out of a toolset.

use cairn_dsl::Diagnostic;
use cairn_dsl::tree::{self, Arg, Span};

use super::{Bind, Outcome};
use crate::check::body::Body;
use crate::check::decls::{Member, Operation, Toolset, unknown};
use crate::check::expr::broken;
use crate::check::fit::{Slot, boxed};
use crate::check::names::{a_type, nearest};
use crate::check::relate::{Shape, shape};
use crate::ir::{self, Builtin, Expr, ExprKind, LocalId, RecordItem, StmtKind, TextPart};
use crate::types::Type;

impl Body<'_> {
    pub(super) fn chosen_call(
        &mut self,
        call: &tree::Call,
        index: &tree::Expr,
        bind: &Bind<'_>,
        out: &mut Vec<ir::Stmt>,
    ) -> Outcome {
        let decls = self.decls;
        let name = super::event_name(&call.callee.path);
        let Some(set) = decls.toolsets.get(&name.text) else {
            let near = nearest(&name.text, decls.toolsets.keys().map(String::as_str));
            let declared = near.and_then(|near| decls.toolsets.get(near)).map(|set| set.span);
            let found = unknown("toolset", &name, near, declared);
            let help = "`toolset every = [search.query, mail.send]` at the top of the file, then `call every[name](…)`";
            self.report(if near.is_some() { found } else { found.help(help) });
            self.expr(index, None);
            self.look_over_arguments(&call.args);
            return Outcome::of(broken());
        };
        let segment = bind.name.map_or(name.text.as_str(), |n| n.text.as_str()).to_owned();
        self.begin(&segment);
        let at = self.first_line(call.span);
        let key = self.claim(&segment, at, &format!("call {}[…]", name.text));
        let chosen = self.choose(index, &name.text, set, out);
        let arguments = self.open_arguments(&call.args);
        let secrets = self.secret_places(&arguments, &[], call.args_span);
        for member in &set.members {
            self.shared.wants.note_tool(&member.tool, &member.operation);
        }
        let common = common(&set.members);
        let options = self.options(&call.clauses, &common);
        self.raise_all(&common, options.unclear, at);
        let wanted = bind.wanted || bind.name.is_some();
        let local = wanted.then(|| self.hidden("result", common.result.clone()));
        self.flush(out);
        let undo = self.undo_clause(&call.clauses, bind.name, local, &segment);
        let tool = ir::Tool::Chosen(self.read(chosen));
        let result = common.result;
        let done = ir::Call { local, key, tool, arguments, secrets, options, result, undo };
        self.emit(out, StmtKind::Call(Box::new(done)), call.span);
        self.undo_blocks(&call.clauses, (bind.name, local), &segment, out);
        Outcome::of(local.map_or_else(broken, |local| self.read(local)))
    }

    /// The name, once it is known to be in the set; else the step is denied before anything goes out.
    fn choose(
        &mut self,
        index: &tree::Expr,
        called: &str,
        set: &Toolset,
        out: &mut Vec<ir::Stmt>,
    ) -> LocalId {
        let value = self.expr_to(index, &Type::Text, &Slot::Plain("what is chosen from the toolset"));
        let chosen = self.hidden("chosen", Type::Text);
        self.emit(out, StmtKind::Set(chosen, value), index.span);
        let text = |text: &str| Expr { kind: ExprKind::Text(text.to_owned()), ty: Type::Text };
        let names = set.members.iter().map(|member| ir::ListItem::Item(text(&member.path))).collect();
        let names = Expr { kind: ExprKind::List(names), ty: Type::List(Box::new(Type::Text)) };
        let has = ExprKind::Builtin(Builtin::ListContains, vec![names, self.read(chosen)], None);
        let has = Expr { kind: has, ty: Type::Bool };
        let condition = Expr { kind: ExprKind::Not(Box::new(has)), ty: Type::Bool };
        let parts = vec![
            TextPart::Chunk(format!("the toolset `{called}` has no ")),
            TextPart::Expr(self.read(chosen)),
        ];
        let message = Expr { kind: ExprKind::Interpolate(parts), ty: Type::Text };
        let detail = Expr { kind: ExprKind::Null, ty: Type::Null };
        let fail = StmtKind::Fail { kind: "denied".into(), message, detail };
        let then = vec![ir::Stmt { kind: fail, span: index.span }];
        self.emit(out, StmtKind::If { condition, then, otherwise: Vec::new() }, index.span);
        chosen
    }

    /// Which parameters there are is only known while it runs, so everything may be given.
    fn open_arguments(&mut self, args: &[Arg]) -> Expr {
        let mut items = Vec::new();
        for arg in args {
            match arg {
                Arg::Named { name, value } => {
                    let value = self.expr(value, None);
                    items.push(RecordItem::Field(name.text.clone(), boxed(value)));
                }
                Arg::Spread(e, span) => items.extend(self.open_spread(e, *span)),
            }
        }
        Expr { kind: ExprKind::Record(items), ty: Type::Map(Box::new(Type::Json)) }
    }

    fn open_spread(&mut self, e: &tree::Expr, span: Span) -> Option<RecordItem> {
        let value = self.expr(e, None);
        let map = Type::Map(Box::new(Type::Json));
        match (shape(&value.ty), &value.ty) {
            (Shape::Unknown, _) => None,
            (Shape::Record | Shape::Map(_), _) => Some(RecordItem::Spread(value)),
            (_, Type::Json) => {
                let checked = Expr { kind: ExprKind::Decode(Box::new(value)), ty: map };
                Some(RecordItem::Spread(checked))
            }
            _ => {
                let text =
                    format!("only a record can be spread into arguments, and this is {}", a_type(&value.ty));
                self.report(Diagnostic::error("E0308", span, text));
                None
            }
        }
    }
}

/// All operations of a set as one: what each of them is.
fn common(members: &[Member]) -> Operation {
    let operations: Vec<&Operation> =
        members.iter().filter_map(|member| member.tool.operations.get(&member.operation)).collect();
    let first = operations.first().map_or(Type::Json, |op| op.result.clone());
    let alike = operations.iter().all(|op| op.result == first);
    let mut fails: Vec<(String, Option<u16>)> = Vec::new();
    for (kind, _) in operations.iter().flat_map(|op| &op.fails) {
        if !fails.iter().any(|(known, _)| known == kind) {
            fails.push((kind.clone(), None));
        }
    }
    Operation {
        params: Vec::new(),
        result: if alike { first } else { Type::Json },
        fails,
        readonly: operations.iter().all(|op| op.readonly),
        idempotent: operations.iter().all(|op| op.idempotent || op.readonly),
        // The strictest, since it is not known which of them will be called.
        unclear: operations.iter().filter_map(|op| op.unclear).max(),
        route: None,
        span: None,
    }
}

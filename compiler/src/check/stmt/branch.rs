//! `if` and `while`.

use cairn_dsl::tree::{self, Block, Else, Span};

use crate::check::body::Body;
use crate::check::effect::{Bind, Rounds};
use crate::check::flow::{FrameKind, Lowered};
use crate::check::keys::Segment;
use crate::check::walk::assigned;
use crate::ir::{self, Expr, ExprKind, StmtKind};
use crate::types::Type;

impl Body<'_> {
    pub(super) fn if_(
        &mut self,
        condition: &tree::Expr,
        then: &Block,
        otherwise: Option<&Else>,
        span: Span,
        out: &mut Vec<ir::Stmt>,
    ) -> bool {
        self.begin("if");
        self.known_before(condition, "this condition");
        let test = self.condition(condition, "the condition");
        self.flush(out);
        let entry = self.state();
        self.assume(condition, true);
        let yes = self.block(then);
        let after_yes = self.state();
        self.go_back_to(&entry);
        self.assume(condition, false);
        let no = self.otherwise(otherwise);
        let after_no = self.state();
        let ways = [(yes.falls, after_yes), (no.falls, after_no)];
        self.meet(ways.into_iter().filter(|(falls, _)| *falls).map(|(_, state)| state).collect());
        let falls = yes.falls || no.falls;
        self.emit(out, StmtKind::If { condition: test, then: yes.stmts, otherwise: no.stmts }, span);
        falls
    }

    fn otherwise(&mut self, otherwise: Option<&Else>) -> Lowered {
        match otherwise {
            None => Lowered { stmts: Vec::new(), falls: true },
            Some(Else::Block(block)) => self.block(block),
            Some(Else::If(chain)) => {
                let mut stmts = Vec::new();
                let falls = self.statement(chain, &mut stmts);
                Lowered { stmts, falls }
            }
        }
    }

    /// A loop whose first statement leaves it where the condition does not hold.
    pub(super) fn while_(&mut self, each: &tree::While, span: Span, out: &mut Vec<ir::Stmt>) -> bool {
        let segment = each.name.as_ref().map_or("while", |n| n.text.as_str());
        self.begin(segment);
        let max = each.max.as_ref().map(|max| self.rounds_max(max));
        self.flush(out);
        let counter = self.hidden("round", Type::Int);
        let rounds = Rounds {
            kind: FrameKind::Loop,
            segments: &[Segment::numbered(segment, counter)],
            changed: assigned(&each.body),
            span: self.first_line(span),
        };
        let done = self.rounds(&rounds, &Bind::default(), |body, id| {
            if let Some(name) = &each.name {
                body.name_local(name, counter, crate::check::body::VarKind::Given);
            }
            let mut stmts = Vec::new();
            body.begin(segment);
            body.known_before(&each.condition, "this condition");
            let test = body.condition(&each.condition, "the condition");
            let leave = ir::Stmt { kind: StmtKind::Break(id), span: each.condition.span };
            let over = Expr { kind: ExprKind::Not(Box::new(test)), ty: Type::Bool };
            body.emit(
                &mut stmts,
                StmtKind::If { condition: over, then: vec![leave], otherwise: Vec::new() },
                each.condition.span,
            );
            body.assume(&each.condition, true);
            let inner = body.block(&each.body);
            stmts.extend(inner.stmts);
            Lowered { stmts, falls: inner.falls }
        });
        if max.is_none() {
            self.grows(&done, span);
        }
        if max.is_none() && !done.frame.broke {
            self.assume(&each.condition, false);
        }
        self.emit(out, StmtKind::Loop { id: done.frame.id, counter, max, body: done.lowered.stmts }, span);
        true
    }
}

//! Something that is tried several times: a loop whose rounds are attempts, with a recorded pause between them.

use cairn_dsl::tree::{Expr as Written, Span};

use crate::check::body::Body;
use crate::check::flow::Lowered;
use crate::check::keys::Segment;
use crate::ir::{
    self, ArithOp, Backoff, Builtin, Catch, CompareOp, Expr, ExprKind, LocalId, Recorded, Retry, StmtKind,
};
use crate::types::Type;

/// What is worth another attempt where the policy does not say: what a call is tried again after.
const WORTH: [&str; 4] = ["timeout", "network", "http_5xx", "http_429"];

impl Body<'_> {
    /// A policy whose parts are worked out once, in front.
    pub(in crate::check) fn policy_kept(&mut self, written: &Written, out: &mut Vec<ir::Stmt>) -> Retry {
        let policy = self.policy(written);
        self.flush(out);
        let mut kept = |e: Expr| self.worked_out(e, written.span, out);
        Retry {
            attempts: kept(policy.attempts),
            delay: kept(policy.delay),
            factor: kept(policy.factor),
            longest_delay: kept(policy.longest_delay),
            jitter: kept(policy.jitter),
            backoff: policy.backoff,
            on: policy.on,
        }
    }

    /// A literal as it stands; all else in a local.
    fn worked_out(&mut self, e: Expr, span: Span, out: &mut Vec<ir::Stmt>) -> Expr {
        if matches!(e.kind, ExprKind::Int(_) | ExprKind::Float(_)) {
            return e;
        }
        let local = self.hidden("policy", e.ty.clone());
        self.emit(out, StmtKind::Set(local, e), span);
        self.read(local)
    }

    /// Attempts stand under `segment[n]/`. What an attempt did is undone before the next one begins.
    pub(in crate::check) fn retried(
        &mut self,
        policy: &Retry,
        segment: &str,
        span: Span,
        body: impl FnOnce(&mut Self) -> Lowered,
    ) -> Lowered {
        let attempt = self.hidden("attempt", Type::Int);
        let id = self.flow.new_loop();
        let outside = self.flow.keys.enter(&[Segment::numbered(segment, attempt)]);
        let unwind_key = self.shared_key("try.undo", span, "undo of an attempt");
        let lowered = body(self);
        let mut tried = lowered.stmts;
        if lowered.falls {
            tried.push(ir::Stmt { kind: StmtKind::Break(id), span });
        }
        let failure = self.failure_type(&[]);
        let failure = self.hidden("failure", failure);
        let again = self.again(policy, attempt, failure, span);
        self.flow.keys.leave(outside);
        let kinds = if policy.on.is_empty() {
            WORTH.iter().map(|kind| (*kind).to_owned()).collect()
        } else {
            policy.on.clone()
        };
        let catches = vec![Catch { kinds, local: Some(failure), body: again }];
        let once = StmtKind::Try { body: tried, deadline: None, catches, unwind_key, finally: Vec::new() };
        let body = vec![ir::Stmt { kind: once, span }];
        let rounds = StmtKind::Loop { id, counter: attempt, max: None, body };
        Lowered { stmts: vec![ir::Stmt { kind: rounds, span }], falls: lowered.falls }
    }

    /// Behind a failed attempt: the failure goes on if it was the last one, else there is a pause.
    fn again(&mut self, policy: &Retry, attempt: LocalId, failure: LocalId, span: Span) -> Vec<ir::Stmt> {
        let mut stmts = Vec::new();
        let made = arith(ArithOp::Add, self.read(attempt), int(1), Type::Int);
        let last = ExprKind::Compare(CompareOp::Ge, Box::new(made), Box::new(policy.attempts.clone()));
        let then = vec![ir::Stmt { kind: StmtKind::Refail(failure), span }];
        let last = Expr { kind: last, ty: Type::Bool };
        self.emit(&mut stmts, StmtKind::If { condition: last, then, otherwise: Vec::new() }, span);
        let pause = self.hidden("pause", Type::Duration);
        let length = self.pause(policy, attempt);
        self.emit(&mut stmts, StmtKind::Set(pause, length), span);
        if !matches!(policy.jitter.kind, ExprKind::Float(part) if part == 0.0) {
            self.shortened(policy, pause, span, &mut stmts);
        }
        let key = self.shared_key("pause", span, "pause before the next attempt");
        let value = self.read(pause);
        self.emit(&mut stmts, StmtKind::Sleep { key, until: false, value }, span);
        stmts
    }

    /// How long a pause is before chance has its part.
    fn pause(&self, policy: &Retry, attempt: LocalId) -> Expr {
        let round = self.read(attempt);
        let delay = policy.delay.clone();
        let longest = policy.longest_delay.clone();
        let kind = match policy.backoff {
            Backoff::Constant => ExprKind::Builtin(Builtin::MinNumber, vec![delay, longest], None),
            Backoff::Linear => {
                let times = arith(ArithOp::Add, round, int(1), Type::Int);
                let grown = arith(ArithOp::Mul, delay, times, Type::Duration);
                ExprKind::Builtin(Builtin::MinNumber, vec![grown, longest], None)
            }
            Backoff::Exponential => {
                ExprKind::Builtin(Builtin::Backoff, vec![delay, policy.factor.clone(), longest, round], None)
            }
        };
        Expr { kind, ty: Type::Duration }
    }

    /// A part of the pause, drawn once and recorded, is taken away, so that many that failed together do not come back together.
    fn shortened(&mut self, policy: &Retry, pause: LocalId, span: Span, stmts: &mut Vec<ir::Stmt>) {
        let bits = self.hidden("random", Type::Int);
        let key = self.shared_key("pause.random", span, "random");
        self.emit(stmts, StmtKind::Record { local: bits, what: Recorded::Random, key }, span);
        let call =
            |b: Builtin, args: Vec<Expr>, ty: Type| Expr { kind: ExprKind::Builtin(b, args, None), ty };
        let whole = call(Builtin::Milliseconds, vec![self.read(pause)], Type::Int);
        let whole = call(Builtin::IntToFloat, vec![whole], Type::Float);
        let part = arith(ArithOp::Mul, whole, policy.jitter.clone(), Type::Float);
        let most = call(Builtin::Floor, vec![part], Type::Int);
        let most = arith(ArithOp::Add, most, int(1), Type::Int);
        let drawn = call(Builtin::RandomBetween, vec![self.read(bits), int(0), most], Type::Int);
        let drawn = call(Builtin::DurationOf, vec![drawn], Type::Duration);
        let rest = arith(ArithOp::Sub, self.read(pause), drawn, Type::Duration);
        self.emit(stmts, StmtKind::Set(pause, rest), span);
    }
}

fn int(n: i64) -> Expr {
    Expr { kind: ExprKind::Int(n), ty: Type::Int }
}

fn arith(op: ArithOp, a: Expr, b: Expr, ty: Type) -> Expr {
    Expr { kind: ExprKind::Arith(op, Box::new(a), Box::new(b)), ty }
}

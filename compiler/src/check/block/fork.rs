//! `parallel { … }` and `race { … }`

use std::collections::BTreeSet;

use cairn_dsl::Diagnostic;
use cairn_dsl::tree::{
    Branch as Written, BranchBody, EffectKind, Expr as WrittenExpr, ExprKind as WrittenKind, Name, Parallel,
    Rhs, Span, Wait,
};

use super::order::Waits;
use super::{Closed, Opening, certain, record_of, settled};
use crate::check::body::Body;
use crate::check::effect::{Bind, Outcome};
use crate::check::expr::broken;
use crate::check::fit::{Slot, widen};
use crate::check::flow::{Beside, Lowered};
use crate::check::keys::Segment;
use crate::check::relate::{field, union};
use crate::check::walk::gives;
use crate::ir::{self, Branch, Expr, ExprKind, Fork, LocalId, LoopId, MatchArm, StmtKind, Test};
use crate::types::{Field, Lit, Type};

/// How the branches of a fork end together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    /// All of them end well, or it fails.
    All,
    /// So many are enough.
    First,
    /// Failures are values.
    Settle,
    /// One is enough, and which is told.
    Race,
}

/// A branch that is done.
struct Done {
    name: String,
    after: Vec<usize>,
    key: ir::Key,
    closed: Closed,
    local: LocalId,
}

/// All of a fork but its branches.
struct Around<'a> {
    mode: Mode,
    /// `LET/` in front of the branches' names.
    under: Option<&'a str>,
    want: Option<&'a Type>,
    /// Names that two branches have, which is told already.
    twice: BTreeSet<String>,
}

impl Body<'_> {
    pub(in crate::check) fn parallel(
        &mut self,
        written: &Parallel,
        bind: &Bind<'_>,
        span: Span,
        out: &mut Vec<ir::Stmt>,
    ) -> Outcome {
        self.begin(bind.name.map_or("parallel", |n| n.text.as_str()));
        let max = written.max.as_ref().map(|e| self.at_once(e));
        let first = written.first.as_ref().map(|e| self.enough(e, Some(written.branches.len())));
        if let (Some(first), true) = (&written.first, written.settle) {
            self.first_or_settle(first.span);
        }
        self.flush(out);
        let mode = match (written.settle, &first) {
            (true, _) => Mode::Settle,
            (false, Some(_)) => Mode::First,
            (false, None) => Mode::All,
        };
        let twice = self.names_of_branches(&written.branches);
        let around = Around { mode, under: bind.name.map(|n| n.text.as_str()), want: bind.want, twice };
        let Some(done) = self.branches(&written.branches, &around) else {
            self.flow.leaves += 1;
            return Outcome::of(broken());
        };
        let falls = mode != Mode::All || done.iter().all(|d| d.closed.ends);
        let value = bind.wanted.then(|| self.all_values(&done));
        let branches = done.into_iter().map(Done::branch).collect();
        let fork = Fork { branches, max, first, settle: written.settle, winner: None };
        self.emit(out, StmtKind::Fork(Box::new(fork)), span);
        let value = match value {
            Some(value) => self.kept(value, span, out),
            None => broken(),
        };
        Outcome { value, falls }
    }

    pub(in crate::check) fn race(
        &mut self,
        written: &[Written],
        bind: &Bind<'_>,
        span: Span,
        out: &mut Vec<ir::Stmt>,
    ) -> Outcome {
        self.begin(bind.name.map_or("race", |n| n.text.as_str()));
        let twice = self.names_of_branches(written);
        let under = bind.name.map(|n| n.text.as_str());
        let around = Around { mode: Mode::Race, under, want: None, twice };
        let Some(done) = self.branches(written, &around) else {
            self.flow.leaves += 1;
            return Outcome::of(broken());
        };
        let falls = done.iter().any(|d| d.closed.ends);
        let winner = bind.wanted.then(|| self.hidden("winner", Type::Text));
        let ways: Vec<(String, LocalId, Type)> =
            done.iter().map(|d| (d.name.clone(), d.local, d.closed.ty.clone())).collect();
        let one = Expr { kind: ExprKind::Int(1), ty: Type::Int };
        let branches = done.into_iter().map(Done::branch).collect();
        let fork = Fork { branches, max: None, first: Some(one), settle: false, winner };
        self.emit(out, StmtKind::Fork(Box::new(fork)), span);
        let value = winner.map_or_else(broken, |winner| self.won(winner, &ways, span, out));
        Outcome { value, falls }
    }

    /// Goes through the branches, each behind those that it waits for; gives them in the order of the source.
    fn branches(&mut self, written: &[Written], around: &Around<'_>) -> Option<Vec<Done>> {
        let waits = self.waits(written);
        if around.mode == Mode::Race {
            self.all_at_once(written, &waits);
        }
        let order = self.begin_order(written, &waits)?;
        let mut done: Vec<(usize, Done)> = Vec::new();
        for n in order {
            let (Some(branch), Some(waits)) = (written.get(n), waits.get(n)) else { continue };
            let is_read = |m: usize| waits.reads.iter().any(|(read, _)| *read == m);
            let siblings: Vec<(Name, LocalId, Type)> = done
                .iter()
                .filter(|(m, _)| is_read(*m))
                .filter_map(|(m, d)| Some((written.get(*m)?.name.clone(), d.local, d.closed.ty.clone())))
                .collect();
            let one = self.branch(branch, &siblings, around);
            done.push((n, Done { after: waits.after.clone(), ..one }));
        }
        done.sort_by_key(|(n, _)| *n);
        Some(done.into_iter().map(|(_, d)| d).collect())
    }

    fn branch(&mut self, written: &Written, siblings: &[(Name, LocalId, Type)], around: &Around<'_>) -> Done {
        let name = &written.name;
        let segment = match around.under {
            Some(under) => format!("{under}/{}", name.text),
            None => name.text.clone(),
        };
        let segments = [Segment::plain(&segment)];
        let what = format!("branch {}", name.text);
        let (named, twice) = (around.under.is_some(), around.twice.contains(&name.text));
        let key = self.claim_block(&segments, name.span, &what, |found| match (twice, named) {
            (true, _) => None,
            (false, true) => {
                Some(found.help("give one of them another name; it is its place in the journal"))
            }
            (false, false) => Some(found.help(
                "give the `parallel` or `race` a name, which then stands in front: `let x = parallel { … }`",
            )),
        });
        self.open_scope();
        for (name, local, _) in siblings {
            self.alias(name, *local);
        }
        let want = around.want.filter(|_| around.mode == Mode::All).and_then(|want| field(want, &name.text));
        let opening =
            Opening { beside: Beside::Branch, segments: &segments, want: want.clone(), span: name.span };
        let closed = self.in_block(&opening, |body, id| {
            let mut stmts = Vec::new();
            body.values_of(siblings, around.mode, name.span, &mut stmts);
            let rest = body.branch_body(&written.body, id, want.as_ref(), written.name.span);
            stmts.extend(rest.stmts);
            Lowered { stmts, falls: rest.falls }
        });
        self.close_scope();
        if around.mode != Mode::Settle {
            self.raise_of(&closed);
        }
        let local = self.hidden(&name.text, local_type(&closed.ty, around.mode));
        Done { name: name.text.clone(), after: Vec::new(), key, closed, local }
    }

    /// In a branch that reads another, the other's name is its value: it has ended well.
    fn values_of(
        &mut self,
        siblings: &[(Name, LocalId, Type)],
        mode: Mode,
        span: Span,
        stmts: &mut Vec<ir::Stmt>,
    ) {
        for (name, _, ty) in siblings {
            let Some(taken) = self.look_up(&name.text).map(|v| v.local) else { continue };
            let whole = self.read(taken);
            let value = match mode {
                Mode::All => continue,
                Mode::Settle => {
                    let value = ty.clone().optional();
                    let kind = ExprKind::FieldOrNull(Box::new(whole), "value".into());
                    certain(Expr { kind, ty: value }, ty)
                }
                Mode::First | Mode::Race => certain(whole, ty),
            };
            let local = self.hidden(&name.text, ty.clone());
            self.emit(stmts, StmtKind::Set(local, value), span);
            self.alias(name, local);
        }
    }

    fn branch_body(&mut self, body: &BranchBody, id: LoopId, want: Option<&Type>, span: Span) -> Lowered {
        let rhs = match body {
            BranchBody::Block(block) => return self.block(block),
            BranchBody::Rhs(rhs) => rhs,
        };
        let mut stmts = Vec::new();
        let slot = Slot::Plain("the value of the branch");
        let value = match rhs {
            Rhs::Expr(e) => {
                self.begin("yield");
                match want {
                    Some(want) => self.expr_to(e, want, &slot),
                    None => self.expr(e, None),
                }
            }
            Rhs::Effect(effect) => {
                let wanted = match &effect.kind {
                    EffectKind::For(_)
                    | EffectKind::Loop(_)
                    | EffectKind::Match(_)
                    | EffectKind::Wait(Wait::Arms(_)) => gives(effect),
                    _ => true,
                };
                let got = self.effect(effect, &Bind { name: None, wanted, want }, &mut stmts);
                if !got.falls || !wanted {
                    return Lowered { stmts, falls: got.falls };
                }
                match want {
                    Some(want) => self.fit_outcome(got.value, effect.span, want, &slot),
                    None => got.value,
                }
            }
        };
        self.end_with(id, value, span, &mut stmts);
        Lowered { stmts, falls: false }
    }

    /// The values of all branches as a record.
    fn all_values(&self, done: &[Done]) -> Expr {
        record_of(done.iter().map(|d| (d.name.clone(), self.read(d.local))).collect())
    }

    /// A value in a local of its own, so that it can be given a name.
    fn kept(&mut self, value: Expr, span: Span, out: &mut Vec<ir::Stmt>) -> Expr {
        let local = self.hidden("values", value.ty.clone());
        self.emit(out, StmtKind::Set(local, value), span);
        self.read(local)
    }

    /// `{ winner: "fast", value: … }`
    fn won(
        &mut self,
        winner: LocalId,
        ways: &[(String, LocalId, Type)],
        span: Span,
        out: &mut Vec<ir::Stmt>,
    ) -> Expr {
        let ty = won_type(ways);
        let result = self.hidden("won", ty.clone());
        let mut arms = Vec::new();
        for (n, (name, local, value)) in ways.iter().enumerate() {
            let which = Expr { kind: ExprKind::Text(name.clone()), ty: Type::Lit(Lit::Text(name.clone())) };
            let value = certain(self.read(*local), value);
            let record = widen(record_of(vec![("winner".into(), which), ("value".into(), value)]), &ty);
            let body = vec![ir::Stmt { kind: StmtKind::Set(result, record), span }];
            let last = n + 1 == ways.len();
            let tests = if last { Vec::new() } else { vec![Test::Lit(Lit::Text(name.clone()))] };
            arms.push(MatchArm { tests, guard: None, bind: Vec::new(), body });
        }
        self.emit(out, StmtKind::Match { value: winner, arms }, span);
        self.read(result)
    }
}

/// How many, and how they end: what is said about it.
impl Body<'_> {
    /// `max`: how many run at once.
    pub(super) fn at_once(&mut self, e: &WrittenExpr) -> Expr {
        if matches!(e.kind, WrittenKind::Int(n) if n < 1) {
            let found = Diagnostic::error("E0812", e.span, "with `max` below 1 nothing can begin")
                .help("`max` says how many run at the same time: 1 or more; without it all do");
            self.report(found);
        }
        self.how_many(e, "`max`")
    }

    /// `first`: how many are enough.
    pub(super) fn enough(&mut self, e: &WrittenExpr, of: Option<usize>) -> Expr {
        let found = match (&e.kind, of) {
            (WrittenKind::Int(n), _) if *n < 1 => {
                Some((format!("`first {n}` waits for nothing"), "1 or more have to end well".to_owned()))
            }
            (WrittenKind::Int(n), Some(of)) if usize::try_from(*n).is_ok_and(|n| n > of) => {
                let word = if of == 1 { "branch" } else { "branches" };
                let help = format!("`first` says how many have to end well: {of} or fewer");
                Some((format!("`first {n}` can never be reached with {of} {word}"), help))
            }
            _ => None,
        };
        if let Some((text, help)) = found {
            self.report(Diagnostic::error("E0812", e.span, text).help(help));
        }
        self.how_many(e, "`first`")
    }

    pub(super) fn first_or_settle(&mut self, at: Span) {
        let found = Diagnostic::error("E0812", at, "`first` and `settle` do not go together")
            .label("`first` ends when enough have ended well, `settle` when all have ended in whatever way")
            .help("delete one of them");
        self.report(found);
    }

    /// In a race nobody waits for another.
    fn all_at_once(&mut self, written: &[Written], waits: &[Waits]) {
        let named = written.iter().filter_map(|b| b.after.first()).map(|name| name.span);
        let read = waits.iter().filter_map(|w| w.reads.first()).map(|(_, at)| *at);
        for at in named.chain(read) {
            let found = Diagnostic::error("E0811", at, "in a `race` all begin at once")
                .label("so none can wait for another")
                .help("write what comes first in front of the `race`, or into the branch");
            self.report(found);
        }
        if let [one] = written {
            let found =
                Diagnostic::error("E0812", one.name.span, "a `race` of one branch has its winner already")
                    .help("write what the branch does without `race`");
            self.report(found);
        }
    }
}

impl Done {
    fn branch(self) -> Branch {
        let Self { name, after, key, closed, local } = self;
        Branch { name, key, block: closed.block, after, local: Some(local) }
    }
}

/// What the beginner's local of a branch holds.
fn local_type(value: &Type, mode: Mode) -> Type {
    match mode {
        Mode::All => value.clone(),
        Mode::First | Mode::Race => value.clone().optional(),
        Mode::Settle => settled(value),
    }
}

/// Where the values are alike: one record; where not, one for each winner, told apart by its name.
fn won_type(ways: &[(String, LocalId, Type)]) -> Type {
    let field = |name: &str, ty: Type| Field { name: name.into(), ty, optional: false };
    let record =
        |winner: Type, value: Type| Type::Record(vec![field("winner", winner), field("value", value)]);
    let alike = ways.windows(2).all(|pair| matches!(pair, [(.., a), (.., b)] if a == b));
    let winner = |name: &String| Type::Lit(Lit::Text(name.clone()));
    if alike {
        let names = union(ways.iter().map(|(name, ..)| winner(name)));
        return record(names, ways.first().map_or(Type::Null, |(.., ty)| ty.clone()));
    }
    union(ways.iter().map(|(name, _, ty)| record(winner(name), ty.clone())))
}

//! What a workflow's own limits leave of it: how many steps it may take at the worst, and what would outlast it.

use std::collections::BTreeMap;

use cairn_dsl::Diagnostic;
use cairn_dsl::tree::{SettingKind, Span, WorkflowDecl};

use super::report::Report;
use crate::ir::{BlockId, Expr, ExprKind, ListItem, LocalId, Program, Stmt, StmtKind};

/// Compares a finished program with its `limits`.
pub(super) fn look(program: &Program, decl: &WorkflowDecl, report: &mut Report) {
    let is_limits = |kind: &SettingKind| matches!(kind, SettingKind::Limits(_));
    let Some(at) = decl.settings.iter().find(|s| is_limits(&s.kind)).map(|s| s.span) else { return };
    if let Some(limit) = program.meta.limits.get("steps") {
        let mut look = Look { program, lengths: BTreeMap::new(), times: Some(1) };
        let most = look.steps(&program.body);
        if let Some(most) = most.filter(|most| i64::try_from(*most).is_ok_and(|most| most > *limit)) {
            report.push(too_many(most, *limit, at));
        }
    }
    if let Some(limit) = program.meta.limits.get("time") {
        let bodies = std::iter::once(&program.body).chain(program.blocks.iter().map(|b| &b.body));
        bodies.for_each(|stmts| outlasting(stmts, *limit, at, report));
    }
}

fn too_many(most: u64, limit: i64, at: Span) -> Diagnostic {
    let text = format!("this may take {most} steps, and its limit is {limit}");
    Diagnostic::warning("W0805", at, text)
        .label("counted where every loop runs as often as it may")
        .help("raise `steps`, or lower a `max`; a run that reaches the limit fails with `limit`")
}

/// Counts steps; what is not known before it runs has no number.
struct Look<'p> {
    program: &'p Program,
    /// Of lists that are written out: how long they are, and how often they were begun.
    lengths: BTreeMap<LocalId, (Option<u64>, Option<u64>)>,
    /// How often what is looked at runs.
    times: Option<u64>,
}

impl Look<'_> {
    fn steps(&mut self, stmts: &[Stmt]) -> Option<u64> {
        stmts.iter().try_fold(0_u64, |sum, stmt| Some(sum.saturating_add(self.step(&stmt.kind)?)))
    }

    fn step(&mut self, kind: &StmtKind) -> Option<u64> {
        match kind {
            StmtKind::Call(_) => Some(1),
            StmtKind::Set(local, value) => {
                self.lengths.insert(*local, (length(value), self.times));
                Some(0)
            }
            StmtKind::Append(local, _) => {
                if let Some((length, begun)) = self.lengths.get_mut(local) {
                    let more = self.times.zip(*begun).and_then(|(times, begun)| times.checked_div(begun));
                    *length = length.zip(more).map(|(length, more)| length.saturating_add(more));
                }
                Some(0)
            }
            StmtKind::If { then, otherwise, .. } => Some(self.steps(then)?.max(self.steps(otherwise)?)),
            StmtKind::Match { arms, .. } => self.most(arms.iter().map(|arm| arm.body.as_slice())),
            StmtKind::Wait { arms, after, .. } => {
                let timer = after.iter().map(|(_, _, body)| body.as_slice());
                self.most(arms.iter().map(|arm| arm.body.as_slice()).chain(timer))
            }
            StmtKind::Loop { max, body, .. } => {
                let rounds = max.as_ref().map_or_else(|| attempts(body), literal);
                self.repeated(rounds, |look| look.steps(body))
            }
            StmtKind::For { items, body, .. } => {
                let rounds = self.length_of(*items);
                self.repeated(rounds, |look| look.steps(body))
            }
            StmtKind::Try { body, catches, finally, .. } => {
                let caught = self.most(catches.iter().map(|c| c.body.as_slice()));
                let tried = self.steps(body)?.saturating_add(caught?);
                Some(tried.saturating_add(self.steps(finally)?))
            }
            StmtKind::Lock { body, .. } => self.steps(body),
            StmtKind::Fork(fork) => fork
                .branches
                .iter()
                .try_fold(0_u64, |sum, branch| Some(sum.saturating_add(self.block(branch.block)?))),
            StmtKind::ForkEach(each) => {
                let rounds = self.length_of(each.items);
                self.repeated(rounds, |look| look.block(each.block))
            }
            _ => Some(0),
        }
    }

    fn length_of(&self, list: LocalId) -> Option<u64> {
        self.lengths.get(&list).and_then(|(length, _)| *length)
    }

    fn most<'s>(&mut self, ways: impl Iterator<Item = &'s [Stmt]>) -> Option<u64> {
        ways.map(|way| self.steps(way)).try_fold(0, |most, steps| Some(most.max(steps?)))
    }

    /// Without a step in it, it does not matter how often.
    fn repeated(&mut self, rounds: Option<u64>, body: impl FnOnce(&mut Self) -> Option<u64>) -> Option<u64> {
        let before = self.times;
        self.times = before.zip(rounds).map(|(times, rounds)| times.saturating_mul(rounds));
        let once = body(self);
        self.times = before;
        match once? {
            0 => Some(0),
            steps => Some(steps.saturating_mul(rounds?)),
        }
    }

    /// A block has locals of its own.
    fn block(&self, id: BlockId) -> Option<u64> {
        let block = self.program.blocks.get(id.0 as usize)?;
        let mut look = Look { program: self.program, lengths: BTreeMap::new(), times: Some(1) };
        look.steps(&block.body)
    }
}

fn literal(e: &Expr) -> Option<u64> {
    if let ExprKind::Int(n) = e.kind { u64::try_from(n).ok() } else { None }
}

/// Of a loop whose rounds are attempts: the last one lets its failure out.
fn attempts(body: &[Stmt]) -> Option<u64> {
    let [Stmt { kind: StmtKind::Try { catches, .. }, .. }] = body else { return None };
    let [caught] = catches.as_slice() else { return None };
    let StmtKind::If { condition, then, .. } = &caught.body.first()?.kind else { return None };
    let gives_up = matches!(then.as_slice(), [Stmt { kind: StmtKind::Refail(_), .. }]);
    match &condition.kind {
        ExprKind::Compare(_, _, most) if gives_up => literal(most),
        _ => None,
    }
}

/// Of a list that is written out.
fn length(e: &Expr) -> Option<u64> {
    match &e.kind {
        ExprKind::Widen(of) | ExprKind::Narrow(of) => length(of),
        ExprKind::List(items) if items.iter().all(|item| matches!(item, ListItem::Item(_))) => {
            u64::try_from(items.len()).ok()
        }
        _ => None,
    }
}

/// Pauses and timers that end when the run has long been ended.
fn outlasting(stmts: &[Stmt], limit: i64, at: Span, report: &mut Report) {
    for stmt in stmts {
        let longer = |e: &Expr| matches!(e.kind, ExprKind::Int(ms) if ms > limit);
        match &stmt.kind {
            StmtKind::Sleep { until: false, value, .. } if longer(value) => {
                report.push(outlasts("this sleeps longer than the run may take", stmt.span, at));
            }
            StmtKind::Wait { after: Some((false, e, _)), .. } if longer(e) => {
                let line = "this timer ends behind the end of the run";
                report.push(outlasts(line, stmt.span, at));
            }
            _ => {}
        }
        inner(&stmt.kind).into_iter().for_each(|body| outlasting(body, limit, at, report));
    }
}

fn outlasts(text: &str, span: Span, at: Span) -> Diagnostic {
    Diagnostic::error("E0813", span, text)
        .also(at, "the limit of the whole run")
        .help("raise `time`, or make this shorter: the run would always fail with `limit` first")
}

/// The statements right inside a statement, but for blocks.
fn inner(kind: &StmtKind) -> Vec<&[Stmt]> {
    match kind {
        StmtKind::Wait { arms, after, .. } => {
            let timer = after.iter().map(|(_, _, body)| body.as_slice());
            arms.iter().map(|arm| arm.body.as_slice()).chain(timer).collect()
        }
        StmtKind::If { then, otherwise, .. } => vec![then, otherwise],
        StmtKind::Match { arms, .. } => arms.iter().map(|arm| arm.body.as_slice()).collect(),
        StmtKind::Loop { body, .. } | StmtKind::For { body, .. } | StmtKind::Lock { body, .. } => vec![body],
        StmtKind::Try { body, catches, finally, .. } => {
            let caught = catches.iter().map(|c| c.body.as_slice());
            std::iter::once(body.as_slice()).chain(caught).chain([finally.as_slice()]).collect()
        }
        _ => Vec::new(),
    }
}

//! All that stands in a block, at any depth.

use cairn_dsl::tree::{
    Arg, Block, Branch, BranchBody, Call, Clause, Effect, EffectKind, Else, Entry, EventPattern, Expr,
    MatchBody, Retry, Rhs, Run, Stmt, StmtKind, TextPart, Try, Undo, Wait, WaitArm,
};

use super::parts;

/// Something that stands in a block.
#[derive(Clone, Copy)]
pub(in crate::check) enum Part<'t> {
    Stmt(&'t Stmt),
    Effect(&'t Effect),
    Expr(&'t Expr),
    /// `undo do f(…)`: what is done, though no effect stands there.
    Do(&'t Run),
}

/// Shown everything, the outer before the inner.
pub(in crate::check) type Look<'l, 't> = &'l mut dyn FnMut(Part<'t>);

pub(in crate::check) fn in_block<'t>(block: &'t Block, look: Look<'_, 't>) {
    block.stmts.iter().for_each(|stmt| in_stmt(stmt, look));
}

/// All that stands in a branch.
pub(in crate::check) fn in_branch<'t>(branch: &'t Branch, look: Look<'_, 't>) {
    match &branch.body {
        BranchBody::Block(block) => in_block(block, look),
        BranchBody::Rhs(rhs) => in_rhs(rhs, look),
    }
}

fn in_rhs<'t>(rhs: &'t Rhs, look: Look<'_, 't>) {
    match rhs {
        Rhs::Effect(effect) => in_effect(effect, look),
        Rhs::Expr(e) => in_expr(e, look),
    }
}

/// An expression and all in it.
pub(in crate::check) fn in_expr<'t>(e: &'t Expr, look: Look<'_, 't>) {
    look(Part::Expr(e));
    parts(e).into_iter().for_each(|inner| in_expr(inner, look));
}

fn in_some<'t>(e: Option<&'t Expr>, look: Look<'_, 't>) {
    if let Some(e) = e {
        in_expr(e, look);
    }
}

/// A statement and all in it.
pub(in crate::check) fn in_stmt<'t>(stmt: &'t Stmt, look: Look<'_, 't>) {
    look(Part::Stmt(stmt));
    match &stmt.kind {
        StmtKind::Let { value, .. } | StmtKind::Var { value, .. } | StmtKind::Set { value, .. } => {
            in_rhs(value, look);
        }
        StmtKind::Effect(effect) => in_effect(effect, look),
        StmtKind::If { condition, then, otherwise } => {
            in_expr(condition, look);
            in_block(then, look);
            match otherwise {
                Some(Else::If(chain)) => in_stmt(chain, look),
                Some(Else::Block(block)) => in_block(block, look),
                None => {}
            }
        }
        StmtKind::While(each) => {
            in_expr(&each.condition, look);
            in_some(each.max.as_ref(), look);
            in_block(&each.body, look);
        }
        StmtKind::Try(tried) => in_try(tried, look),
        StmtKind::Lock { name, places, body } => {
            in_expr(name, look);
            in_some(places.as_ref(), look);
            in_block(body, look);
        }
        StmtKind::Log { message, fields, .. } => {
            for part in message {
                if let TextPart::Expr(e) = part {
                    in_expr(e, look);
                }
            }
            in_some(fields.as_ref(), look);
        }
        StmtKind::Emit { fields, to, .. } => {
            in_expr(fields, look);
            in_some(to.as_ref(), look);
        }
        StmtKind::Expose(entries) => entries.iter().for_each(|entry| in_entry(entry, look)),
        StmtKind::Fail { fields: e, .. } | StmtKind::Return(e) | StmtKind::Break(e) => {
            in_some(e.as_ref(), look);
        }
        StmtKind::Yield(e) => in_expr(e, look),
        StmtKind::Restart(args) => in_args(args, look),
        StmtKind::UndoAll | StmtKind::Continue => {}
    }
}

fn in_entry<'t>(entry: &'t Entry, look: Look<'_, 't>) {
    match entry {
        Entry::Field { value, .. } | Entry::Spread(value) => in_expr(value, look),
        Entry::Computed { key, value } => {
            in_expr(key, look);
            in_expr(value, look);
        }
    }
}

fn in_try<'t>(tried: &'t Try, look: Look<'_, 't>) {
    in_clauses(&tried.clauses, look);
    in_block(&tried.body, look);
    tried.catches.iter().for_each(|c| in_block(&c.body, look));
    if let Some(finally) = &tried.finally {
        in_block(finally, look);
    }
}

/// An effect and all in it.
pub(in crate::check) fn in_effect<'t>(effect: &'t Effect, look: Look<'_, 't>) {
    look(Part::Effect(effect));
    match &effect.kind {
        EffectKind::Call(call) => in_call(call, look),
        EffectKind::Do(run) | EffectKind::Run(run) | EffectKind::Spawn(run) => in_run(run, look),
        EffectKind::Sleep { value, .. } => in_expr(value, look),
        EffectKind::Wait(Wait::One { event, within }) => {
            in_event(event, look);
            in_some(within.as_ref(), look);
        }
        EffectKind::Wait(Wait::Arms(arms)) => arms.iter().for_each(|arm| in_arm(arm, look)),
        EffectKind::Ask(ask) => {
            in_expr(&ask.whom, look);
            in_expr(&ask.task, look);
            in_some(ask.within.as_ref(), look);
            in_some(ask.remind.as_ref(), look);
        }
        EffectKind::Parallel(all) => {
            in_some(all.max.as_ref(), look);
            in_some(all.first.as_ref(), look);
            all.branches.iter().for_each(|b| in_branch(b, look));
        }
        EffectKind::Race(branches) => branches.iter().for_each(|b| in_branch(b, look)),
        EffectKind::For(each) => {
            each.heads.iter().for_each(|head| in_expr(&head.items, look));
            [&each.max, &each.first, &each.key].into_iter().for_each(|e| in_some(e.as_ref(), look));
            in_block(&each.body, look);
        }
        EffectKind::Loop(each) => {
            in_some(each.max.as_ref(), look);
            in_block(&each.body, look);
        }
        EffectKind::Match(choice) => {
            in_expr(&choice.value, look);
            for arm in &choice.arms {
                in_some(arm.guard.as_ref(), look);
                match &arm.body {
                    MatchBody::Block(block) => in_block(block, look),
                    MatchBody::Expr(e) => in_expr(e, look),
                }
            }
        }
    }
}

fn in_args<'t>(args: &'t [Arg], look: Look<'_, 't>) {
    for arg in args {
        let (Arg::Named { value: e, .. } | Arg::Spread(e, _)) = arg;
        in_expr(e, look);
    }
}

fn in_call<'t>(call: &'t Call, look: Look<'_, 't>) {
    in_some(call.callee.index.as_deref(), look);
    in_args(&call.args, look);
    in_clauses(&call.clauses, look);
}

fn in_run<'t>(run: &'t Run, look: Look<'_, 't>) {
    in_args(&run.args, look);
    in_clauses(&run.clauses, look);
}

fn in_clauses<'t>(clauses: &'t [Clause], look: Look<'_, 't>) {
    for clause in clauses {
        match clause {
            Clause::Timeout(e, _) | Clause::Cache(e, _) | Clause::Retry(Retry::Policy(e), _) => {
                in_expr(e, look);
            }
            Clause::Retry(Retry::None, _) | Clause::Unclear(..) => {}
            Clause::Undo(Undo::Call(call), _) => in_call(call, look),
            Clause::Undo(Undo::Do(run), _) => {
                look(Part::Do(run));
                in_run(run, look);
            }
            Clause::Undo(Undo::Run(run), _) => in_run(run, look),
            Clause::Undo(Undo::Block(block), _) => in_block(block, look),
        }
    }
}

fn in_event<'t>(event: &'t EventPattern, look: Look<'_, 't>) {
    in_args(&event.args, look);
    in_some(event.condition.as_ref(), look);
}

fn in_arm<'t>(arm: &'t WaitArm, look: Look<'_, 't>) {
    match arm {
        WaitArm::Event { event, body, .. } => {
            in_event(event, look);
            in_block(body, look);
        }
        WaitArm::After { value, body, .. } => {
            in_expr(value, look);
            in_block(body, look);
        }
    }
}

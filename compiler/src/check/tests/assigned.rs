//! A local is set on every way before it is read: looked at in a finished program, each block by itself.

use std::collections::{BTreeMap, BTreeSet};

use crate::ir::{
    Call, Expr, ExprKind, Key, KeyPart, Lambda, ListItem, LocalId, LoopId, Program, RecordItem, Stmt,
    StmtKind, TextPart,
};

/// What is set at a point; none where nothing comes to it.
type Set = Option<BTreeSet<LocalId>>;

/// Goes through a body.
struct Look<'p> {
    program: &'p Program,
    name: &'p str,
    set: Set,
    /// What was set where a loop was left.
    left: BTreeMap<u32, Set>,
    unset: Vec<String>,
}

/// When a loop ends without being left.
#[derive(Clone, Copy)]
enum Ends {
    Never,
    BehindARound,
    AtAnyTime,
}

/// All reads of what may not be set.
pub(super) fn unset(program: &Program) -> Vec<String> {
    let params = program.params.iter().map(|p| p.local).collect();
    let mut found = look(program, "the workflow", params, &program.body);
    for block in &program.blocks {
        let taken = block.captures.iter().map(|c| c.inner).collect();
        found.extend(look(program, &block.name, taken, &block.body));
    }
    found
}

fn look(program: &Program, name: &str, set: BTreeSet<LocalId>, body: &[Stmt]) -> Vec<String> {
    let mut look = Look { program, name, set: Some(set), left: BTreeMap::new(), unset: Vec::new() };
    look.block(body);
    look.unset
}

fn both(a: Set, b: Set) -> Set {
    match (a, b) {
        (Some(a), Some(b)) => Some(&a & &b),
        (a, b) => a.or(b),
    }
}

impl Look<'_> {
    fn puts(&mut self, local: LocalId) {
        self.set.iter_mut().for_each(|set| {
            set.insert(local);
        });
    }

    fn reads(&mut self, local: LocalId, what: &str) {
        if self.set.as_ref().is_some_and(|set| !set.contains(&local)) {
            self.unset.push(format!("{local:?} may not be set where {what} of {} reads it", self.name));
        }
    }

    fn key(&mut self, key: &Key) {
        for part in &key.parts {
            if let KeyPart::Local(local) = part {
                self.reads(*local, &format!("the key {key:?}"));
            }
        }
    }

    fn block(&mut self, stmts: &[Stmt]) {
        for stmt in stmts {
            self.stmt(stmt);
        }
    }

    /// Some statements from here, and what is set behind them; here nothing changes.
    fn way(&mut self, stmts: &[Stmt], also: Option<LocalId>) -> Set {
        let before = self.set.clone();
        also.into_iter().for_each(|local| self.puts(local));
        self.block(stmts);
        std::mem::replace(&mut self.set, before)
    }

    fn rounds(&mut self, id: LoopId, body: &[Stmt], sets: &[LocalId], ends: Ends) {
        let before = self.set.clone();
        sets.iter().for_each(|local| self.puts(*local));
        self.left.insert(id.0, None);
        self.block(body);
        let left = self.left.remove(&id.0).flatten();
        self.set = match ends {
            Ends::Never => left,
            Ends::BehindARound => both(self.set.take(), left),
            Ends::AtAnyTime => both(before, left),
        };
    }

    fn stmt(&mut self, stmt: &Stmt) {
        match &stmt.kind {
            StmtKind::Set(local, e) => {
                self.expr(e);
                self.puts(*local);
            }
            StmtKind::Append(local, e) => {
                self.reads(*local, "an addition");
                self.expr(e);
            }
            StmtKind::Record { local, key, .. } => {
                self.key(key);
                self.puts(*local);
            }
            StmtKind::Call(call) => self.call(call),
            StmtKind::Sleep { key, value, .. } => {
                self.key(key);
                self.expr(value);
            }
            StmtKind::Wait { .. } | StmtKind::If { .. } | StmtKind::Match { .. } => self.choice(stmt),
            StmtKind::Loop { id, counter, max, body } => {
                max.iter().for_each(|e| self.expr(e));
                let ends = match max.as_ref().map(|e| &e.kind) {
                    None => Ends::Never,
                    Some(ExprKind::Int(1)) => Ends::BehindARound,
                    Some(_) => Ends::AtAnyTime,
                };
                self.rounds(*id, body, &[*counter], ends);
            }
            StmtKind::For { id, items, counter, item, body } => {
                self.reads(*items, "a `for`");
                self.rounds(*id, body, &[*counter, *item], Ends::AtAnyTime);
            }
            StmtKind::Break(id) => {
                let here = self.set.take();
                let left = self.left.entry(id.0).or_default();
                *left = both(left.take(), here);
            }
            StmtKind::Try { body, catches, finally, deadline, .. } => {
                deadline.iter().for_each(|d| self.expr(&d.span));
                let mut behind = self.way(body, None);
                for caught in catches {
                    behind = both(behind, self.way(&caught.body, caught.local));
                }
                let last = self.way(finally, None);
                self.set = match (behind, last) {
                    (Some(a), Some(b)) => Some(&a | &b),
                    _ => None,
                };
            }
            StmtKind::Continue(_) => self.set = None,
            StmtKind::Return(e) | StmtKind::Restart(e) => {
                self.expr(e);
                self.set = None;
            }
            StmtKind::Fail { message, detail, .. } => {
                self.expr(message);
                self.expr(detail);
                self.set = None;
            }
            StmtKind::Refail(local) => {
                self.reads(*local, "a failure that goes on");
                self.set = None;
            }
            _ => self.effect(stmt),
        }
    }

    fn choice(&mut self, stmt: &Stmt) {
        let mut behind = None;
        match &stmt.kind {
            StmtKind::Wait { arms, after, key, .. } => {
                self.key(key);
                for arm in arms {
                    arm.subscription.fields.iter().for_each(|(_, e)| self.expr(e));
                    behind = both(behind, self.way(&arm.body, arm.local));
                }
                if let Some((_, e, body)) = after {
                    self.expr(e);
                    behind = both(behind, self.way(body, None));
                }
            }
            StmtKind::If { condition, then, otherwise } => {
                self.expr(condition);
                behind = both(self.way(then, None), self.way(otherwise, None));
            }
            StmtKind::Match { value, arms } => {
                self.reads(*value, "a `match`");
                for arm in arms {
                    let before = self.set.clone();
                    self.block(&arm.bind);
                    arm.guard.iter().for_each(|e| self.expr(e));
                    self.block(&arm.body);
                    behind = both(behind, std::mem::replace(&mut self.set, before));
                }
            }
            _ => {}
        }
        self.set = behind;
    }

    fn effect(&mut self, stmt: &Stmt) {
        match &stmt.kind {
            StmtKind::Fork(fork) => {
                [&fork.max, &fork.first].into_iter().flatten().for_each(|e| self.expr(e));
                for branch in &fork.branches {
                    let before = self.set.clone();
                    let siblings = branch.after.iter().filter_map(|n| fork.branches[*n].local);
                    siblings.for_each(|local| self.puts(local));
                    self.key(&branch.key);
                    self.captures(branch.block.0);
                    self.set = before;
                }
                let given = fork.branches.iter().filter_map(|b| b.local).chain(fork.winner);
                given.for_each(|local| self.puts(local));
            }
            StmtKind::ForkEach(each) => {
                self.reads(each.items, "a `for`");
                [&each.max, &each.first].into_iter().flatten().for_each(|e| self.expr(e));
                let before = self.set.clone();
                self.puts(each.counter);
                self.puts(each.item);
                self.block(&each.prepare);
                self.key(&each.key);
                self.expr(&each.name);
                self.captures(each.block.0);
                self.set = before;
                each.result.iter().for_each(|local| self.puts(*local));
            }
            StmtKind::UndoBlock { key, block } => {
                self.key(key);
                self.captures(block.0);
            }
            StmtKind::Child(child) => {
                self.expr(&child.input);
                child.local.iter().for_each(|local| self.puts(*local));
            }
            StmtKind::Spawn { local, input, .. } => {
                self.expr(input);
                local.iter().for_each(|local| self.puts(*local));
            }
            StmtKind::Ask(ask) => {
                self.expr(&ask.whom);
                self.expr(&ask.task);
                ask.local.iter().for_each(|local| self.puts(*local));
            }
            StmtKind::Lock { name, body, .. } => {
                self.expr(name);
                self.block(body);
            }
            StmtKind::Emit { data, to, .. } => {
                self.expr(data);
                to.iter().for_each(|e| self.expr(e));
            }
            StmtKind::Expose(e) => self.expr(e),
            StmtKind::Calendar { local, of, zone, arguments, .. } => {
                [of, zone].into_iter().chain(arguments).for_each(|e| self.expr(e));
                self.puts(*local);
            }
            StmtKind::Log { message, fields, .. } => {
                self.expr(message);
                self.expr(fields);
            }
            _ => {}
        }
    }

    fn captures(&mut self, block: u32) {
        let block = &self.program.blocks[block as usize];
        for capture in &block.captures {
            self.reads(capture.outer, &format!("the block {}", block.name));
        }
    }

    fn call(&mut self, call: &Call) {
        self.key(&call.key);
        self.expr(&call.arguments);
        call.options.timeout.iter().for_each(|e| self.expr(e));
        call.local.iter().for_each(|local| self.puts(*local));
        call.undo.iter().for_each(|undo| self.expr(&undo.arguments));
    }

    fn lambda(&mut self, lambda: &Lambda) {
        let before = self.set.clone();
        lambda.params.iter().for_each(|local| self.puts(*local));
        self.expr(&lambda.body);
        self.set = before;
    }

    fn expr(&mut self, e: &Expr) {
        match &e.kind {
            ExprKind::Local(local) => self.reads(*local, "an expression"),
            ExprKind::Interpolate(parts) => {
                for part in parts {
                    if let TextPart::Expr(e) = part {
                        self.expr(e);
                    }
                }
            }
            ExprKind::List(items) => {
                for item in items {
                    let (ListItem::Item(e) | ListItem::Spread(e)) = item;
                    self.expr(e);
                }
            }
            ExprKind::Record(items) => {
                for item in items {
                    match item {
                        RecordItem::Field(_, e) | RecordItem::Spread(e) => self.expr(e),
                        RecordItem::Computed(a, b) => [a, b].into_iter().for_each(|e| self.expr(e)),
                    }
                }
            }
            ExprKind::Field(a, _)
            | ExprKind::FieldOrNull(a, _)
            | ExprKind::Must(a)
            | ExprKind::Not(a)
            | ExprKind::Negate(a)
            | ExprKind::Widen(a)
            | ExprKind::Narrow(a)
            | ExprKind::Decode(a) => self.expr(a),
            ExprKind::Index(a, b)
            | ExprKind::Coalesce(a, b)
            | ExprKind::And(a, b)
            | ExprKind::Or(a, b)
            | ExprKind::Arith(_, a, b)
            | ExprKind::Concat(a, b)
            | ExprKind::Compare(_, a, b)
            | ExprKind::Equal(a, b) => [a, b].into_iter().for_each(|e| self.expr(e)),
            ExprKind::Conditional(a, b, c) => [a, b, c].into_iter().for_each(|e| self.expr(e)),
            ExprKind::Call(_, args) => args.iter().for_each(|e| self.expr(e)),
            ExprKind::Builtin(_, args, lambda) => {
                args.iter().for_each(|e| self.expr(e));
                lambda.iter().for_each(|l| self.lambda(l));
            }
            _ => {}
        }
    }
}

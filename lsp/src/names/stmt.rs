//! Statements and effects.

use cairn_dsl::tree::{
    Ask, Binder, Block, Branch, BranchBody, Call, Clause, Effect, EffectKind, Else, EventPattern, For, Match,
    MatchBody, Name, PatternKind, Retry, Rhs, Run, Span, Stmt, StmtKind, Try, Undo, Wait, WaitArm,
};

use super::{Group, Kind, Walk};

impl Walk {
    pub(super) fn block(&mut self, block: &Block) {
        self.scoped(block.span.end, |walk| walk.stmts(&block.stmts));
    }

    pub(super) fn stmts(&mut self, stmts: &[Stmt]) {
        stmts.iter().for_each(|stmt| self.stmt(stmt));
    }

    fn stmt(&mut self, stmt: &Stmt) {
        let end = stmt.span.end;
        match &stmt.kind {
            StmtKind::Let { binder, ty, value } => {
                self.ty_of(ty.as_ref());
                self.rhs(value, Some(binder));
                self.bind(binder, kind_of(value), end);
            }
            StmtKind::Var { name, ty, value } => {
                self.ty_of(ty.as_ref());
                self.rhs(value, None);
                self.variable(name, kind_of(value), end);
            }
            StmtKind::Set { name, value } => {
                self.use_value(name, false);
                self.rhs(value, None);
            }
            StmtKind::Effect(effect) => self.effect(effect),
            StmtKind::If { condition, then, otherwise } => {
                self.expr(condition);
                self.block(then);
                match otherwise {
                    Some(Else::If(chain)) => self.stmt(chain),
                    Some(Else::Block(block)) => self.block(block),
                    None => {}
                }
            }
            StmtKind::While(each) => {
                self.expr(&each.condition);
                each.max.iter().for_each(|max| self.expr(max));
                self.rounds(each.name.as_ref(), &each.body);
            }
            StmtKind::Try(tried) => self.try_(tried),
            StmtKind::Lock { name, places, body } => {
                self.expr(name);
                places.iter().for_each(|places| self.expr(places));
                self.block(body);
            }
            _ => self.plain(stmt),
        }
    }

    /// Statements that hold no others.
    fn plain(&mut self, stmt: &Stmt) {
        match &stmt.kind {
            StmtKind::Log { message, fields, .. } => {
                self.text(message);
                fields.iter().for_each(|fields| self.expr(fields));
            }
            StmtKind::Emit { event, fields, to } => {
                self.use_path(Group::Event, event);
                self.expr(fields);
                to.iter().for_each(|to| self.expr(to));
            }
            StmtKind::Expose(entries) => self.entries(entries),
            StmtKind::Fail { kind, fields } => {
                if let [caught] = kind.parts.as_slice() {
                    self.use_value(caught, false);
                }
                self.use_path(Group::Error, kind);
                fields.iter().for_each(|fields| self.expr(fields));
            }
            StmtKind::Return(Some(e)) | StmtKind::Break(Some(e)) | StmtKind::Yield(e) => self.expr(e),
            StmtKind::Restart(args) => self.args(args),
            _ => {}
        }
    }

    fn bind(&mut self, binder: &Binder, kind: Kind, end: u32) {
        match binder {
            Binder::Name(name) => match self.early.take() {
                Some(own) => self.scope.push(own),
                None => self.variable(name, kind, end),
            },
            Binder::Fields(names, _) => names.iter().for_each(|name| self.variable(name, Kind::Taken, end)),
        }
    }

    /// A right side; an `undo` in it may speak of what is being bound.
    fn rhs(&mut self, value: &Rhs, binder: Option<&Binder>) {
        match (value, binder) {
            (Rhs::Expr(e), _) => self.expr(e),
            (Rhs::Effect(effect), Some(Binder::Name(name))) => match &effect.kind {
                EffectKind::Call(call) => self.call(call, Some(name)),
                EffectKind::Do(run) => self.run(run, Group::Flow, Some(name)),
                EffectKind::Run(run) | EffectKind::Spawn(run) => self.run(run, Group::Workflow, Some(name)),
                _ => self.effect(effect),
            },
            (Rhs::Effect(effect), _) => self.effect(effect),
        }
    }

    fn effect(&mut self, effect: &Effect) {
        match &effect.kind {
            EffectKind::Call(call) => self.call(call, None),
            EffectKind::Do(run) => self.run(run, Group::Flow, None),
            EffectKind::Run(run) | EffectKind::Spawn(run) => self.run(run, Group::Workflow, None),
            EffectKind::Sleep { value, .. } => self.expr(value),
            EffectKind::Wait(wait) => self.wait(wait),
            EffectKind::Ask(Ask { whom, task, within, remind }) => {
                [Some(whom), Some(task), within.as_ref(), remind.as_ref()]
                    .into_iter()
                    .flatten()
                    .for_each(|e| self.expr(e));
            }
            EffectKind::Parallel(parallel) => {
                [&parallel.max, &parallel.first].into_iter().flatten().for_each(|e| self.expr(e));
                self.branches(&parallel.branches, effect.span.end);
            }
            EffectKind::Race(branches) => self.branches(branches, effect.span.end),
            EffectKind::For(each) => self.for_(each),
            EffectKind::Loop(each) => {
                each.max.iter().for_each(|max| self.expr(max));
                self.rounds(each.name.as_ref(), &each.body);
            }
            EffectKind::Match(choice) => self.match_(choice),
        }
    }

    fn call(&mut self, call: &Call, bound: Option<&Name>) {
        self.use_operation(&call.callee.path);
        call.callee.index.iter().for_each(|e| self.expr(e));
        self.args(&call.args);
        self.clauses_with(&call.clauses, bound);
    }

    fn run(&mut self, run: &Run, group: Group, bound: Option<&Name>) {
        self.use_path(group, &run.target);
        self.args(&run.args);
        self.clauses_with(&run.clauses, bound);
    }

    pub(super) fn clauses(&mut self, clauses: &[Clause]) {
        self.clauses_with(clauses, None);
    }

    fn clauses_with(&mut self, clauses: &[Clause], bound: Option<&Name>) {
        for clause in clauses {
            match clause {
                Clause::Timeout(e, _) | Clause::Cache(e, _) | Clause::Retry(Retry::Policy(e), _) => {
                    self.expr(e);
                }
                Clause::Retry(Retry::None, _) | Clause::Unclear(..) => {}
                Clause::Undo(undo, span) => self.undo(undo, bound, span.start, span.end),
            }
        }
    }

    /// In an undo the name of its step is seen already.
    fn undo(&mut self, undo: &Undo, bound: Option<&Name>, start: u32, end: u32) {
        let seen = Span { start, end: self.end };
        let own = bound.map(|name| self.add(name, Kind::Step, name.span, None, seen));
        self.scoped(end, |walk| {
            walk.scope.extend(own);
            match undo {
                Undo::Call(call) => walk.call(call, None),
                Undo::Do(run) => walk.run(run, Group::Flow, None),
                Undo::Run(run) => walk.run(run, Group::Workflow, None),
                Undo::Block(block) => walk.block(block),
            }
        });
        self.early = own;
    }

    fn wait(&mut self, wait: &Wait) {
        match wait {
            Wait::One { event, within } => {
                self.event(event, None);
                within.iter().for_each(|e| self.expr(e));
            }
            Wait::Arms(arms) => arms.iter().for_each(|arm| match arm {
                WaitArm::Event { event, body, span } => {
                    self.scoped(span.end, |walk| walk.event(event, Some(body)));
                }
                WaitArm::After { value, body, .. } => {
                    self.expr(value);
                    self.block(body);
                }
            }),
        }
    }

    fn event(&mut self, event: &EventPattern, body: Option<&Block>) {
        self.use_path(Group::Event, &event.event);
        self.args(&event.args);
        if let Some(binder) = &event.binder {
            self.variable(binder, Kind::Variable, binder.span.end);
        }
        event.condition.iter().for_each(|e| self.expr(e));
        body.into_iter().for_each(|body| self.block(body));
    }

    /// Branches may read one another.
    fn branches(&mut self, branches: &[Branch], end: u32) {
        self.scoped(end, |walk| {
            let first = branches.first().map_or(end, |branch| branch.name.span.start);
            for branch in branches {
                walk.variable(&branch.name, Kind::Branch, first);
            }
            for branch in branches {
                branch.after.iter().for_each(|name| walk.use_value(name, false));
                match &branch.body {
                    BranchBody::Rhs(rhs) => walk.rhs(rhs, None),
                    BranchBody::Block(block) => walk.block(block),
                }
            }
        });
    }

    fn for_(&mut self, each: &For) {
        each.heads.iter().for_each(|head| self.expr(&head.items));
        [&each.max, &each.first].into_iter().flatten().for_each(|e| self.expr(e));
        self.scoped(each.body.span.end, |walk| {
            for head in &each.heads {
                let end = head.items.span.end;
                let kind = if head.second.is_some() { Kind::Variable } else { Kind::Rounds };
                walk.variable(&head.first, kind, end);
                head.second.iter().for_each(|name| walk.variable(name, Kind::Rounds, end));
            }
            each.key.iter().for_each(|key| walk.expr(key));
            walk.stmts(&each.body.stmts);
        });
    }

    fn rounds(&mut self, name: Option<&Name>, body: &Block) {
        self.scoped(body.span.end, |walk| {
            name.into_iter().for_each(|name| walk.variable(name, Kind::Rounds, name.span.end));
            walk.stmts(&body.stmts);
        });
    }

    fn match_(&mut self, choice: &Match) {
        self.expr(&choice.value);
        for arm in &choice.arms {
            self.scoped(arm.span.end, |walk| {
                for pattern in &arm.patterns {
                    if let PatternKind::Name(name) = &pattern.kind {
                        walk.pattern(name);
                    }
                }
                arm.guard.iter().for_each(|guard| walk.expr(guard));
                match &arm.body {
                    MatchBody::Block(block) => walk.block(block),
                    MatchBody::Expr(e) => walk.expr(e),
                }
            });
        }
    }

    /// A constant, or a name for what is left.
    fn pattern(&mut self, name: &Name) {
        if self.items.contains_key(&(Group::Value, name.text.clone())) {
            self.use_value(name, false);
        } else {
            self.variable(name, Kind::Variable, name.span.end);
        }
    }

    fn try_(&mut self, tried: &Try) {
        self.clauses(&tried.clauses);
        self.block(&tried.body);
        for catch in &tried.catches {
            let kinds = catch.kinds.as_deref().unwrap_or_default();
            kinds.iter().for_each(|kind| self.use_path(Group::Error, kind));
            self.scoped(catch.body.span.end, |walk| {
                if let Some(binder) = &catch.binder {
                    walk.variable(binder, Kind::Variable, binder.span.end);
                }
                walk.stmts(&catch.body.stmts);
            });
        }
        tried.finally.iter().for_each(|block| self.block(block));
    }
}

/// The name of something durable is its key.
fn kind_of(value: &Rhs) -> Kind {
    match value {
        Rhs::Effect(effect) => match effect.kind {
            EffectKind::For(_) | EffectKind::Loop(_) | EffectKind::Match(_) => Kind::Variable,
            _ => Kind::Step,
        },
        Rhs::Expr(_) => Kind::Variable,
    }
}

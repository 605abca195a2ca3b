//! What the checker promises the emitter (see `ir`), looked at in a finished program.

use crate::check::relate::{assignable, has_null};
use crate::ir::{
    Block, BlockId, Call, Expr, ExprKind, Function, FunctionId, ListItem, Local, LocalId, LoopId, Program,
    RecordItem, Stmt, StmtKind, TextPart,
};
use crate::types::{Rep, Type};

/// Goes through a program and notes every broken promise.
pub(super) struct Promises<'p> {
    locals: &'p [Local],
    functions: &'p [Function],
    blocks: &'p [Block],
    result: &'p Type,
    loops: Vec<LoopId>,
    pub(super) broken: Vec<String>,
}

/// All broken promises of a program.
pub(super) fn broken(program: &Program) -> Vec<String> {
    let mut found = Vec::new();
    for (n, function) in program.functions.iter().enumerate() {
        let mut look = Promises::of(program, &function.locals, &function.result);
        look.functions = &program.functions[..n];
        look.same(&function.body, &function.result, "the body of a function");
        found.append(&mut look.broken);
    }
    let mut look = Promises::of(program, &program.locals, &program.result);
    look.block(&program.body);
    for param in &program.params {
        if let Some(default) = &param.default {
            let ty = look.local(param.local);
            look.same(default, &ty, "a default");
        }
    }
    found.append(&mut look.broken);
    for block in &program.blocks {
        let mut look = Promises::of(program, &block.locals, &block.result);
        look.block(&block.body);
        found.extend(look.broken.into_iter().map(|what| format!("in {}: {what}", block.name)));
    }
    found.extend(super::assigned::unset(program));
    found
}

impl<'p> Promises<'p> {
    fn of(program: &'p Program, locals: &'p [Local], result: &'p Type) -> Self {
        let (functions, blocks) = (&program.functions, &program.blocks);
        Self { locals, functions, blocks, result, loops: Vec::new(), broken: Vec::new() }
    }
}

impl Promises<'_> {
    fn local(&self, id: LocalId) -> Type {
        self.locals.get(id.0 as usize).map_or(Type::Never, |local| local.ty.clone())
    }

    fn hold(&mut self, holds: bool, what: &str, e: &Expr) {
        if !holds {
            self.broken.push(format!("{what}: {e:?}"));
        }
    }

    fn same(&mut self, e: &Expr, ty: &Type, what: &str) {
        self.hold(e.ty == *ty, &format!("{what} should be {ty}, and is {}", e.ty), e);
        self.expr(e);
    }

    fn block(&mut self, stmts: &[Stmt]) {
        for (n, stmt) in stmts.iter().enumerate() {
            let leaves = matches!(
                stmt.kind,
                StmtKind::Break(_)
                    | StmtKind::Continue(_)
                    | StmtKind::Return(_)
                    | StmtKind::Fail { .. }
                    | StmtKind::Refail(_)
                    | StmtKind::Restart(_)
            );
            if leaves && n + 1 < stmts.len() {
                self.broken.push(format!("something stands behind {:?}", stmt.kind));
            }
            self.stmt(stmt);
        }
    }

    fn stmt(&mut self, stmt: &Stmt) {
        match &stmt.kind {
            StmtKind::Set(local, e) => self.same(e, &self.local(*local), "a value that is set"),
            StmtKind::Append(local, e) => {
                let list = Type::List(Box::new(e.ty.clone()));
                if self.local(*local) != list {
                    self.broken.push(format!("{} is appended to {}", e.ty, self.local(*local)));
                }
                self.expr(e);
            }
            StmtKind::Call(call) => self.call(call),
            StmtKind::Sleep { until, value, .. } => {
                self.same(value, if *until { &Type::Time } else { &Type::Duration }, "a sleep");
            }
            StmtKind::Wait { arms, after, .. } => {
                for arm in arms {
                    arm.subscription.fields.iter().for_each(|(_, e)| self.boxed(e));
                    self.block(&arm.body);
                }
                if let Some((until, e, body)) = after {
                    self.same(e, if *until { &Type::Time } else { &Type::Duration }, "a timer");
                    self.block(body);
                }
            }
            StmtKind::If { condition, then, otherwise } => {
                self.same(condition, &Type::Bool, "a condition");
                self.block(then);
                self.block(otherwise);
            }
            StmtKind::Match { arms, .. } => {
                for arm in arms {
                    self.block(&arm.bind);
                    arm.guard.iter().for_each(|e| self.same(e, &Type::Bool, "a guard"));
                    self.block(&arm.body);
                }
            }
            StmtKind::Loop { id, max, body, .. } => {
                max.iter().for_each(|e| self.same(e, &Type::Int, "a bound"));
                self.within(*id, body);
            }
            StmtKind::For { id, items, item, body, .. } => {
                if self.local(*items) != Type::List(Box::new(self.local(*item))) {
                    self.broken.push(format!("an item of {} is {}", self.local(*items), self.local(*item)));
                }
                self.within(*id, body);
            }
            StmtKind::Break(id) | StmtKind::Continue(id) => {
                if !self.loops.contains(id) {
                    self.broken.push(format!("{id:?} is not around"));
                }
            }
            StmtKind::Try { body, catches, finally, deadline, .. } => {
                deadline.iter().for_each(|d| self.same(&d.span, &Type::Duration, "a deadline"));
                self.block(body);
                catches.iter().for_each(|c| self.block(&c.body));
                self.block(finally);
            }
            StmtKind::Fork(_) | StmtKind::ForkEach(_) | StmtKind::UndoBlock { .. } => self.beside(stmt),
            StmtKind::Log { message, fields, .. } => {
                self.same(message, &Type::Text, "a message");
                self.expr(fields);
            }
            StmtKind::Return(e) => self.same(e, &self.result.clone(), "what is returned"),
            StmtKind::Fail { message, detail, .. } => {
                self.same(message, &Type::Text, "a message");
                self.expr(detail);
            }
            _ => self.world(stmt),
        }
    }

    /// What has to do with others.
    fn world(&mut self, stmt: &Stmt) {
        match &stmt.kind {
            StmtKind::Restart(e) | StmtKind::Expose(e) => self.expr(e),
            StmtKind::Child(child) => self.expr(&child.input),
            StmtKind::Spawn { input, .. } => self.expr(input),
            StmtKind::Ask(ask) => {
                self.same(&ask.whom, &Type::Text, "who is asked");
                self.expr(&ask.task);
            }
            StmtKind::Emit { data, to, .. } => {
                self.expr(data);
                to.iter().for_each(|e| self.same(e, &Type::Text, "to whom"));
            }
            StmtKind::Calendar { of, zone, arguments, .. } => {
                self.same(of, &Type::Time, "a moment");
                self.same(zone, &Type::Text, "a zone");
                arguments.iter().for_each(|e| self.expr(e));
            }
            StmtKind::Lock { name, places, body, .. } => {
                self.same(name, &Type::Text, "the name of a lock");
                places.iter().for_each(|e| self.same(e, &Type::Int, "places"));
                self.block(body);
            }
            _ => {}
        }
    }

    /// What runs in blocks.
    fn beside(&mut self, stmt: &Stmt) {
        match &stmt.kind {
            StmtKind::Fork(fork) => {
                [&fork.max, &fork.first]
                    .into_iter()
                    .flatten()
                    .for_each(|e| self.same(e, &Type::Int, "how many"));
                for branch in &fork.branches {
                    let given = self.taken_along(branch.block);
                    let local = branch.local.map(|local| self.local(local));
                    if let Some(local) = local.filter(|_| !fork.settle)
                        && local != given
                        && local != given.optional()
                    {
                        self.broken
                            .push(format!("the branch {} gets another type than it gives", branch.name));
                    }
                    assert!(branch.after.iter().all(|n| *n < fork.branches.len()), "{}", branch.name);
                }
            }
            StmtKind::ForkEach(each) => {
                let items = Type::List(Box::new(self.local(each.item)));
                if self.local(each.items) != items {
                    self.broken.push(format!("an item of {items} is something else"));
                }
                [&each.max, &each.first]
                    .into_iter()
                    .flatten()
                    .for_each(|e| self.same(e, &Type::Int, "how many"));
                self.block(&each.prepare);
                self.same(&each.name, &Type::Text, "the name of an item");
                let given = Type::List(Box::new(self.taken_along(each.block)));
                if let Some(result) = each.result.filter(|_| !each.settle)
                    && self.local(result) != given
                {
                    self.broken.push(format!("{given} goes into {}", self.local(result)));
                }
            }
            StmtKind::UndoBlock { block, .. } => {
                self.taken_along(*block);
            }
            _ => {}
        }
    }

    /// What a block takes along has the same type inside; gives the type of its value.
    fn taken_along(&mut self, id: BlockId) -> Type {
        let block = &self.blocks[id.0 as usize];
        for capture in &block.captures {
            let (outer, inner) = (self.local(capture.outer), &block.locals[capture.inner.0 as usize].ty);
            if outer != *inner {
                self.broken.push(format!("{} takes {outer} along as {inner}", block.name));
            }
        }
        block.result.clone()
    }

    fn call(&mut self, call: &Call) {
        if let Some(local) = call.local
            && self.local(local) != call.result
        {
            self.broken.push(format!("{:?} gets another type than it gives", call.tool));
        }
        self.expr(&call.arguments);
        call.undo.iter().for_each(|undo| self.expr(&undo.arguments));
        call.options.timeout.iter().for_each(|e| self.same(e, &Type::Duration, "a timeout"));
        if let Some(retry) = &call.options.retry {
            self.same(&retry.attempts, &Type::Int, "attempts");
            self.same(&retry.delay, &Type::Duration, "a delay");
            self.same(&retry.longest_delay, &Type::Duration, "a longest delay");
            self.same(&retry.factor, &Type::Float, "a factor");
            self.same(&retry.jitter, &Type::Float, "a jitter");
        }
    }

    fn within(&mut self, id: LoopId, body: &[Stmt]) {
        self.loops.push(id);
        self.block(body);
        self.loops.pop();
    }

    fn boxed(&mut self, e: &Expr) {
        self.hold(e.ty.rep() == Rep::Value, "this should be boxed", e);
        self.expr(e);
    }

    fn expr(&mut self, e: &Expr) {
        self.hold(e.ty != Type::Never, "this has no type", e);
        match &e.kind {
            ExprKind::Local(id) => self.hold(e.ty == self.local(*id), "this is not the local's type", e),
            ExprKind::Widen(of) => {
                // `keys`, `values`, `get` and `has` read a record as a map of whatever.
                let as_map = matches!(of.ty, Type::Record(_) | Type::Union(_))
                    && e.ty == Type::Map(Box::new(Type::Json));
                // A secret is held as the template of its text.
                let template = matches!(e.ty, Type::Secret(_)) && of.ty == Type::List(Box::new(Type::Json));
                self.hold(as_map || template || assignable(&of.ty, &e.ty), "this is no wider type", e);
                self.expr(of);
            }
            ExprKind::Narrow(of) => {
                let template = matches!(of.ty, Type::Secret(_)) && e.ty == Type::List(Box::new(Type::Json));
                self.hold(template || assignable(&e.ty, &of.ty), "this is no narrower type", e);
                self.expr(of);
            }
            ExprKind::Decode(of) => self.boxed(of),
            ExprKind::Must(of) => {
                self.hold(of.ty == Type::Json || has_null(&of.ty), "this is never null", e);
                self.expr(of);
            }
            ExprKind::Not(of) => self.same(of, &Type::Bool, "what `!` turns"),
            ExprKind::Negate(of) => self.same(of, &e.ty, "what is negated"),
            ExprKind::And(a, b) | ExprKind::Or(a, b) => {
                self.same(a, &Type::Bool, "a side");
                self.same(b, &Type::Bool, "a side");
            }
            ExprKind::Arith(_, a, b) | ExprKind::Equal(a, b) | ExprKind::Compare(_, a, b) => {
                self.hold(a.ty.rep() == b.ty.rep(), "the sides are held differently", e);
                self.expr(a);
                self.expr(b);
            }
            ExprKind::Concat(a, b) => {
                self.same(a, &Type::Text, "a text");
                self.same(b, &Type::Text, "a text");
            }
            ExprKind::Conditional(c, a, b) => {
                self.same(c, &Type::Bool, "a condition");
                self.same(a, &e.ty, "a branch");
                self.same(b, &e.ty, "a branch");
            }
            ExprKind::Coalesce(a, b) => {
                self.same(a, &e.ty.clone().optional(), "the left of `??`");
                self.same(b, &e.ty, "the right of `??`");
            }
            ExprKind::FieldOrNull(of, _) => {
                self.hold(e.ty == Type::Json || has_null(&e.ty), "this could not be null", e);
                self.expr(of);
            }
            ExprKind::Field(of, _) => self.expr(of),
            ExprKind::Index(of, at) => {
                self.hold(e.ty == Type::Json || has_null(&e.ty), "this could not be null", e);
                self.expr(of);
                self.expr(at);
            }
            ExprKind::Call(id, args) => self.function(e, *id, args),
            _ => self.made_of(e),
        }
    }

    /// What has any number of parts.
    fn made_of(&mut self, e: &Expr) {
        match &e.kind {
            ExprKind::Builtin(_, args, lambda) => {
                args.iter().for_each(|arg| self.expr(arg));
                lambda.iter().for_each(|l| self.expr(&l.body));
            }
            ExprKind::Interpolate(parts) => {
                for part in parts {
                    if let TextPart::Expr(e) = part {
                        self.expr(e);
                    }
                }
            }
            ExprKind::List(items) => self.list(e, items),
            ExprKind::Record(items) => items.iter().for_each(|item| self.entry(item)),
            _ => {}
        }
    }

    fn function(&mut self, e: &Expr, id: FunctionId, args: &[Expr]) {
        let Some(function) = self.functions.get(id.0 as usize) else {
            return self.hold(false, "this function comes later", e);
        };
        let wanted: Vec<Type> = function.locals.iter().take(function.params).map(|l| l.ty.clone()).collect();
        self.hold(args.len() == wanted.len(), "another number of arguments", e);
        args.iter().zip(&wanted).for_each(|(arg, ty)| self.same(arg, ty, "an argument"));
    }

    fn entry(&mut self, item: &RecordItem) {
        match item {
            RecordItem::Field(_, value) => self.boxed(value),
            RecordItem::Computed(key, value) => {
                self.same(key, &Type::Text, "a key");
                self.boxed(value);
            }
            RecordItem::Spread(of) => self.expr(of),
        }
    }

    fn list(&mut self, e: &Expr, items: &[ListItem]) {
        let Type::List(of) = &e.ty else { return self.hold(false, "a list of another type", e) };
        for item in items {
            match item {
                ListItem::Item(value) => self.same(value, of, "an item"),
                ListItem::Spread(list) => self.same(list, &e.ty, "a spread list"),
            }
        }
    }
}

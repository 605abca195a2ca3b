//! The durable operations of a program, in the order of its source, each with the ways that lead to it.

use crate::check::Checked;
use crate::ir::{BlockId, Key, KeyPart, Local, Program, Stmt, StmtKind, Tool, Undo, WaitArm};
use crate::types::Type;

/// A durable operation.
#[derive(Clone, Debug)]
pub(super) struct Step {
    /// With `*` for what is worked out.
    pub(super) key: String,
    pub(super) kind: &'static str,
    /// What is asked for, as far as the code says.
    pub(super) request: String,
    /// The type that its outcome is read as; of those that have one.
    pub(super) result: Option<Type>,
    /// In the source, from 1.
    pub(super) line: u32,
    /// What it stands in, from the outside.
    pub(super) ways: Vec<Way>,
}

/// A part of the code that is not run on every way past it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Way {
    pub(super) fork: usize,
    pub(super) arm: usize,
    pub(super) kind: WayKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WayKind {
    /// Of its arms one is taken.
    Choice,
    /// It may be taken again.
    Rounds,
    /// All its arms are, side by side.
    Side,
}

/// How one operation stands to another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Before {
    /// Whenever the other is reached this one has been asked for.
    Certainly,
    /// It may have been.
    Perhaps,
    /// It runs beside it, in a scope of its own.
    Beside,
    /// It has not been.
    Not,
}

impl Step {
    /// Whether this one comes before `other`; `earlier`: it stands before it in the source.
    pub(super) fn before(&self, other: &Self, earlier: bool) -> Before {
        let common = self.ways.iter().zip(&other.ways).take_while(|(a, b)| a == b).count();
        let again = self.ways.iter().take(common).any(|way| way.kind == WayKind::Rounds);
        let perhaps = |so: bool| if so || again { Before::Perhaps } else { Before::Not };
        match (self.ways.get(common), other.ways.get(common)) {
            (None, _) if earlier => Before::Certainly,
            (None, _) => perhaps(false),
            (Some(own), Some(theirs)) if own.fork == theirs.fork => match own.kind {
                WayKind::Side => Before::Beside,
                _ => perhaps(false),
            },
            _ => perhaps(earlier),
        }
    }

    /// An instance may be found waiting here.
    pub(super) fn waits(&self) -> bool {
        matches!(self.kind, "call" | "wait" | "sleep" | "ask" | "run" | "lock")
    }
}

/// All of them.
pub(super) fn steps(checked: &Checked, program: &Program) -> Vec<Step> {
    let mut walk =
        Walk { checked, program, steps: Vec::new(), ways: Vec::new(), forks: 0, prefix: String::new() };
    walk.stmts(&program.body, &program.locals);
    walk.steps
}

struct Walk<'p> {
    checked: &'p Checked,
    program: &'p Program,
    steps: Vec<Step>,
    ways: Vec<Way>,
    forks: usize,
    prefix: String,
}

impl Walk<'_> {
    fn stmts(&mut self, stmts: &[Stmt], locals: &[Local]) {
        stmts.iter().for_each(|stmt| self.stmt(stmt, locals));
    }

    fn add(&mut self, key: &Key, kind: &'static str, request: String, result: Option<Type>, stmt: &Stmt) {
        let line = self.checked.source.position(stmt.span.start).0;
        let key = self.template(key);
        self.steps.push(Step { key, kind, request, result, line, ways: self.ways.clone() });
    }

    fn template(&self, key: &Key) -> String {
        let parts = key.parts.iter().map(|part| match part {
            KeyPart::Text(text) => text.as_str(),
            KeyPart::Local(_) => "*",
        });
        format!("{}{}", self.prefix, parts.collect::<String>())
    }

    /// Walks arms of one fork.
    fn arms<'s>(&mut self, kind: WayKind, arms: impl IntoIterator<Item = &'s [Stmt]>, locals: &[Local]) {
        self.forks += 1;
        let fork = self.forks;
        for (arm, stmts) in arms.into_iter().enumerate() {
            self.ways.push(Way { fork, arm, kind });
            self.stmts(stmts, locals);
            self.ways.pop();
        }
    }

    fn stmt(&mut self, stmt: &Stmt, locals: &[Local]) {
        match &stmt.kind {
            StmtKind::If { then, otherwise, .. } => {
                self.arms(WayKind::Choice, [then.as_slice(), otherwise.as_slice()], locals);
            }
            StmtKind::Match { arms, .. } => {
                self.arms(WayKind::Choice, arms.iter().map(|arm| arm.body.as_slice()), locals);
            }
            StmtKind::Loop { body, .. } | StmtKind::For { body, .. } => {
                self.arms(WayKind::Rounds, [body.as_slice()], locals);
            }
            StmtKind::Try { body, deadline, catches, finally, .. } => {
                if let Some(deadline) = deadline {
                    self.add(&deadline.key, "timer", self.said(&deadline.span, locals), None, stmt);
                }
                self.stmts(body, locals);
                self.arms(WayKind::Choice, catches.iter().map(|catch| catch.body.as_slice()), locals);
                self.stmts(finally, locals);
            }
            StmtKind::Lock { key, name, body, .. } => {
                self.add(key, "lock", self.said(name, locals), None, stmt);
                self.stmts(body, locals);
            }
            StmtKind::Wait { key, timer_key, arms, after } => {
                self.wait(stmt, (key, timer_key), arms, after.as_ref(), locals);
            }
            StmtKind::Fork(fork) => {
                self.forks += 1;
                let number = self.forks;
                for (arm, branch) in fork.branches.iter().enumerate() {
                    self.block(
                        &branch.key,
                        branch.block,
                        Way { fork: number, arm, kind: WayKind::Side },
                        stmt,
                    );
                }
            }
            StmtKind::ForkEach(each) => {
                self.forks += 1;
                self.block(
                    &each.key,
                    each.block,
                    Way { fork: self.forks, arm: 0, kind: WayKind::Side },
                    stmt,
                );
            }
            _ => self.operation(stmt, locals),
        }
    }

    /// What holds no other statements.
    fn operation(&mut self, stmt: &Stmt, locals: &[Local]) {
        let request = self.written(stmt);
        match &stmt.kind {
            StmtKind::Call(call) => {
                let tool = match &call.tool {
                    Tool::Named(name) => name.clone(),
                    Tool::Chosen(e) => self.said(e, locals),
                };
                let arguments = request.find('(').and_then(|at| request.get(at..)).unwrap_or_default();
                self.add(&call.key, "call", format!("{tool}{arguments}"), Some(call.result.clone()), stmt);
                if let Some(Undo { key, tool, .. }) = &call.undo {
                    self.add(key, "undo", tool.clone(), None, stmt);
                }
            }
            StmtKind::Sleep { key, .. } => self.add(key, "sleep", request, None, stmt),
            StmtKind::Ask(ask) => self.add(&ask.key, "ask", request, Some(ask.result.clone()), stmt),
            StmtKind::Child(child) => self.add(&child.key, "run", request, Some(child.result.clone()), stmt),
            StmtKind::Spawn { key, .. } => self.add(key, "spawn", request, None, stmt),
            StmtKind::Emit { key, .. } => self.add(key, "emit", request, None, stmt),
            StmtKind::Record { key, what, .. } => self.add(key, "reading", format!("{what:?}"), None, stmt),
            StmtKind::Calendar { key, question, .. } => {
                self.add(key, "reading", question.clone(), None, stmt);
            }
            StmtKind::UndoBlock { key, .. } => self.add(key, "undo", String::new(), None, stmt),
            _ => {}
        }
    }

    fn wait(
        &mut self,
        stmt: &Stmt,
        (key, timer): (&Key, &Key),
        arms: &[WaitArm],
        after: Option<&(bool, crate::ir::Expr, Vec<Stmt>)>,
        locals: &[Local],
    ) {
        let asked = arms.iter().map(|arm| {
            let fields =
                arm.subscription.fields.iter().map(|(name, e)| format!("{name}: {}", self.said(e, locals)));
            let condition = arm.subscription.condition.as_ref().map(|e| self.said(e, locals));
            format!("{}({}) {condition:?}", arm.subscription.event, fields.collect::<Vec<_>>().join(", "))
        });
        let asked = asked.collect::<Vec<_>>().join(" | ");
        let result =
            arms.iter().find_map(|arm| locals.get(arm.local?.0 as usize).map(|local| local.ty.clone()));
        self.add(key, "wait", asked, result, stmt);
        if let Some((_, span, _)) = after {
            self.add(timer, "timer", self.said(span, locals), None, stmt);
        }
        let bodies =
            arms.iter().map(|arm| arm.body.as_slice()).chain(after.map(|(.., body)| body.as_slice()));
        self.arms(WayKind::Choice, bodies, locals);
    }

    fn block(&mut self, key: &Key, block: BlockId, way: Way, stmt: &Stmt) {
        self.add(key, "block", String::new(), None, stmt);
        let program = self.program;
        let Some(found) = program.blocks.get(block.0 as usize) else { return };
        let outside = self.prefix.clone();
        self.prefix = format!("{}/", self.template(key));
        self.ways.push(way);
        self.stmts(&found.body, &found.locals);
        self.ways.pop();
        self.prefix = outside;
    }

    /// What was written, without clauses, comments and line ends.
    fn written(&self, stmt: &Stmt) -> String {
        let text = self.checked.source.text.get(stmt.span.range()).unwrap_or_default();
        let lines = text.lines().map(|line| line.split(" //").next().unwrap_or_default());
        let text = lines.flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ");
        if matches!(stmt.kind, StmtKind::Call(_) | StmtKind::Child(_) | StmtKind::Spawn { .. }) {
            return text.get(..bracket_end(&text)).unwrap_or_default().to_owned();
        }
        text
    }

    /// A checked expression as text that is the same for the same code: variables by name.
    fn said(&self, e: &crate::ir::Expr, locals: &[Local]) -> String {
        let debug = format!("{:?}", e.kind);
        let mut said = String::new();
        let mut rest = debug.as_str();
        while let Some((front, behind)) = rest.split_once("LocalId(") {
            let (number, behind) = behind.split_once(')').unwrap_or((behind, ""));
            let name =
                number.parse::<usize>().ok().and_then(|n| locals.get(n)).map_or("?", |local| &local.name);
            said.push_str(front);
            said.push_str(name);
            rest = behind;
        }
        said + rest
    }
}

/// The byte behind the bracket that closes the first one.
fn bracket_end(text: &str) -> usize {
    let (mut depth, mut in_text, mut escaped) = (0_usize, false, false);
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if in_text => escaped = true,
            '"' => in_text = !in_text,
            '(' if !in_text => depth += 1,
            ')' if !in_text => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return at + 1;
                }
            }
            _ => {}
        }
    }
    text.len()
}

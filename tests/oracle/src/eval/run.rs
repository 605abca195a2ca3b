//! Statements.

use cairn_compiler::ir::{
    Catch, Key, KeyPart, Local, LocalId, LoopId, MatchArm, Program, Recorded, Stmt, StmtKind, Test,
};
use serde_json::Value as Json;

use super::{
    decode::{decode, literal},
    expr::Scope,
    step::Policy,
    value::{Failure, Value, equal},
    world::World,
};

/// What a run came to.
#[derive(Clone, Debug, PartialEq)]
pub struct Ended {
    /// The result, or how it failed.
    pub outcome: Result<Json, Failure>,
}

/// How a statement is left.
#[derive(Debug)]
pub(super) enum Way {
    On,
    Break(LoopId),
    Continue(LoopId),
    Return(Value),
}

pub(super) type Left = Result<Way, Failure>;

/// A registered undo, oldest first.
#[derive(Clone, Debug)]
pub(super) enum Undo {
    Call {
        key: String,
        operation: String,
        arguments: Json,
        policy: Policy,
    },
    /// What a block that ended well left behind.
    Block(Vec<Undo>),
}

/// A body that runs: the workflow's, or a block's.
pub(super) struct Body<'p, 'w> {
    pub(super) program: &'p Program,
    pub(super) world: &'w mut World,
    pub(super) scope: Scope<'p>,
    pub(super) undos: Vec<Undo>,
    /// What stands in front of its keys.
    pub(super) prefix: String,
    /// What is known of its locals.
    pub(super) locals: &'p [Local],
    /// Caught failures, by the local that holds them: so that they can be passed on whole.
    pub(super) caught: Vec<(LocalId, Failure)>,
}

/// The failure that a body ends with when some of its undos failed too.
fn with_undo_failed(mut failure: Failure, undo: &Failure) -> Failure {
    let mut detail = match failure.detail {
        Json::Object(detail) => detail,
        Json::Null => serde_json::Map::new(),
        other => serde_json::Map::from_iter([("detail".to_owned(), other)]),
    };
    detail.insert("undo_failed".to_owned(), undo.detail.clone());
    failure.detail = Json::Object(detail);
    failure
}

/// Runs a program.
#[must_use]
pub fn run(program: &Program, input: &Json, world: &mut World) -> Ended {
    let mut body = Body::new(program, &program.locals, String::new(), world);
    let outcome = match body.params(input) {
        Ok(()) => body.whole(&program.body),
        Err(failure) => Err(failure),
    };
    Ended { outcome: outcome.map(|value| value.to_json()) }
}

impl<'p, 'w> Body<'p, 'w> {
    pub(super) fn new(
        program: &'p Program,
        locals: &'p [Local],
        prefix: String,
        world: &'w mut World,
    ) -> Self {
        let scope = Scope::new(&program.functions, locals.len());
        Self { program, world, scope, undos: Vec::new(), prefix, locals, caught: Vec::new() }
    }

    fn params(&mut self, input: &Json) -> Result<(), Failure> {
        for param in &self.program.params {
            let given = Value::from_json(input.get(&param.name).unwrap_or(&Json::Null));
            let ty = &self.program.locals[param.local.0 as usize].ty;
            let value = match &param.default {
                Some(default) if given.is_null() => self.scope.value(default)?,
                _ if given.is_null() && param.optional => Value::Null,
                _ => decode(ty, &given)?,
            };
            self.scope.set(param.local, value);
        }
        Ok(())
    }

    /// All of it; a failure undoes what was done.
    pub(super) fn whole(&mut self, stmts: &[Stmt]) -> Result<Value, Failure> {
        match self.all(stmts) {
            Ok(Way::Return(value)) => Ok(value),
            Ok(_) => Ok(Value::Null),
            Err(failure) => {
                self.world.undetermined |= self.world.racing;
                match self.unwind(0, None) {
                    Ok(()) => Err(failure),
                    Err(undo) => Err(with_undo_failed(failure, &undo)),
                }
            }
        }
    }

    pub(super) fn all(&mut self, stmts: &[Stmt]) -> Left {
        for stmt in stmts {
            match self.one(&stmt.kind)? {
                Way::On => {}
                way => return Ok(way),
            }
        }
        Ok(Way::On)
    }

    fn one(&mut self, stmt: &StmtKind) -> Left {
        match stmt {
            StmtKind::Set(local, value) => {
                let value = self.scope.value(value)?;
                self.scope.set(*local, value);
            }
            StmtKind::Append(local, value) => {
                let value = self.scope.value(value)?;
                let mut items = self.scope.get(*local).items();
                items.push(value);
                self.scope.set(*local, Value::List(items));
            }
            StmtKind::If { condition, then, otherwise } => {
                let way = if self.scope.truth(condition)? { then } else { otherwise };
                return self.all(way);
            }
            StmtKind::Match { value, arms } => return self.match_(*value, arms),
            StmtKind::Loop { id, counter, max, body } => {
                let max = max.as_ref().map(|max| self.scope.value(max)).transpose()?;
                let rounds = max.map_or(i64::MAX, |max| max.number());
                return self
                    .rounds(*id, body, rounds, |body, round| body.scope.set(*counter, Value::Int(round)));
            }
            StmtKind::For { id, items, counter, item, body } => {
                let list = self.scope.get(*items).items();
                let rounds = i64::try_from(list.len()).expect("a length");
                return self.rounds(*id, body, rounds, |body, round| {
                    body.scope.set(*counter, Value::Int(round));
                    body.scope.set(*item, list[usize::try_from(round).expect("a place")].clone());
                });
            }
            StmtKind::Break(id) => return Ok(Way::Break(*id)),
            StmtKind::Continue(id) => return Ok(Way::Continue(*id)),
            StmtKind::Return(value) => return Ok(Way::Return(self.scope.value(value)?)),
            _ => return self.lasting(stmt),
        }
        Ok(Way::On)
    }

    /// Statements that leave a trace, or fail.
    fn lasting(&mut self, stmt: &StmtKind) -> Left {
        match stmt {
            StmtKind::Record { local, what, key } => {
                self.ask(key);
                let value = match what {
                    Recorded::Now => Value::Time(self.world.now),
                    Recorded::Random => {
                        self.world.undetermined = true;
                        Value::Int(0)
                    }
                };
                self.scope.set(*local, value);
            }
            StmtKind::Call(call) => self.call(call)?,
            StmtKind::Sleep { key, until, value } => {
                let value = self.scope.value(value)?.number();
                self.ask(key);
                let due = if *until { value } else { self.world.now.saturating_add(value.max(0)) };
                self.world.now = self.world.now.max(due);
            }
            StmtKind::Wait { key, timer_key, arms, after } => {
                return self.wait(key, timer_key, arms, after.as_ref());
            }
            StmtKind::Try { body, deadline: None, catches, unwind_key, finally } => {
                return self.try_(body, catches, unwind_key, finally);
            }
            StmtKind::UndoAll { key } => self.unwind(0, Some(key))?,
            StmtKind::Log { message, fields, .. } => {
                self.scope.value(message)?;
                self.scope.value(fields)?;
            }
            StmtKind::Expose(status) => {
                self.scope.value(status)?;
            }
            StmtKind::Fail { kind, message, detail } => {
                let message = self.scope.value(message)?.text();
                let detail = self.scope.value(detail)?.to_json();
                return Err(Failure { kind: kind.clone(), message, detail });
            }
            StmtKind::Refail(local) => {
                let caught = self.caught.iter().rev().find(|(of, _)| of == local);
                return Err(caught.expect("a failure was caught").1.clone());
            }
            StmtKind::Fork(fork) => self.fork(fork)?,
            StmtKind::ForkEach(each) => self.fork_each(each)?,
            StmtKind::Lock { name, body, key, .. } => {
                self.scope.value(name)?;
                let key = self.ask(key);
                let left = self.all(body);
                self.world.keys.push(format!("{key}!unlock"));
                return left;
            }
            other => panic!("a statement that the oracle does not know: {other:?}"),
        }
        Ok(Way::On)
    }

    fn rounds(&mut self, id: LoopId, body: &[Stmt], rounds: i64, begin: impl Fn(&mut Self, i64)) -> Left {
        for round in 0..rounds {
            begin(self, round);
            match self.all(body)? {
                Way::Break(of) if of == id => break,
                Way::Continue(of) if of == id => {}
                Way::On => {}
                way => return Ok(way),
            }
        }
        Ok(Way::On)
    }

    fn match_(&mut self, value: LocalId, arms: &[MatchArm]) -> Left {
        let value = self.scope.get(value).clone();
        for arm in arms {
            let fits = arm.tests.is_empty()
                || arm.tests.iter().any(|test| match test {
                    Test::Null => value.is_null(),
                    Test::Lit(lit) => equal(&literal(lit), &value),
                });
            if !fits {
                continue;
            }
            self.all(&arm.bind)?;
            let guarded = arm.guard.as_ref().map_or(Ok(true), |guard| self.scope.truth(guard))?;
            if guarded {
                return self.all(&arm.body);
            }
        }
        Ok(Way::On)
    }

    fn try_(&mut self, body: &[Stmt], catches: &[Catch], unwind_key: &Key, finally: &[Stmt]) -> Left {
        let depth = self.undos.len();
        let left = match self.all(body) {
            Err(failure) => self.caught_by(catches, failure, depth, unwind_key),
            left => left,
        };
        match self.all(finally)? {
            Way::On => left,
            way => Ok(way),
        }
    }

    fn caught_by(&mut self, catches: &[Catch], failure: Failure, depth: usize, unwind_key: &Key) -> Left {
        let takes = |kind: &String| *kind == failure.kind || kind == "http_4xx" && failure.kind == "http_429";
        self.world.undetermined |= self.world.racing;
        let any = |catch: &&Catch| catch.kinds.is_empty() && failure.kind != "cancelled";
        let Some(catch) = catches.iter().find(|catch| any(catch) || catch.kinds.iter().any(takes)) else {
            return Err(failure);
        };
        self.unwind(depth, Some(unwind_key))?;
        if let Some(local) = catch.local {
            self.scope.set(local, failure.value());
            self.caught.push((local, failure));
        }
        self.all(&catch.body)
    }

    /// The text of a key, from the root of the instance.
    pub(super) fn key(&self, key: &Key) -> String {
        let mut out = self.prefix.clone();
        for part in &key.parts {
            match part {
                KeyPart::Text(text) => out += text,
                KeyPart::Local(local) => match self.scope.get(*local) {
                    Value::Text(text) => text.chars().for_each(|c| match c {
                        '%' | '/' | '[' | ']' => out += &format!("%{:02X}", u32::from(c)),
                        c => out.push(c),
                    }),
                    n => out += &n.number().to_string(),
                },
            }
        }
        out
    }

    pub(super) fn ask(&mut self, key: &Key) -> String {
        let key = self.key(key);
        self.world.ask(&key)
    }
}

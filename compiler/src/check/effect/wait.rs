//! `wait`

use cairn_dsl::Diagnostic;
use cairn_dsl::tree::{EventPattern, Expr as Written, Name, Span, Wait, WaitArm as WrittenArm};

use super::choice::Given;
use super::send::event_name;
use super::{Bind, Outcome};
use crate::check::body::{Body, VarKind};
use crate::check::fit::Slot;
use crate::check::flow::Lowered;
use crate::ir::{self, Expr, ExprKind, StmtKind, Subscription, WaitArm};
use crate::types::{Field, Type};

type After = (bool, Expr, Vec<ir::Stmt>);

impl Body<'_> {
    pub(super) fn wait(
        &mut self,
        wait: &Wait,
        bind: &Bind<'_>,
        span: Span,
        out: &mut Vec<ir::Stmt>,
    ) -> Outcome {
        match wait {
            Wait::One { event, within } => self.wait_one(event, within.as_ref(), bind, span, out),
            Wait::Arms(arms) => self.wait_arms(arms, bind, span, out),
        }
    }

    /// `wait e(…) within d`: the event's fields; fails `timeout` where it did not come.
    fn wait_one(
        &mut self,
        event: &EventPattern,
        within: Option<&Written>,
        bind: &Bind<'_>,
        span: Span,
        out: &mut Vec<ir::Stmt>,
    ) -> Outcome {
        let own = event.event.parts.last().map_or("wait", |p| p.text.as_str());
        let segment = bind.name.map_or(own, |n| n.text.as_str()).to_owned();
        self.begin(&segment);
        let found = self.subscription(event, bind.name);
        let within = within.map(|e| self.expr_to(e, &Type::Duration, &Slot::Plain("`within`")));
        let Some((subscription, fields)) = found else {
            if let Some(name) = &event.binder {
                self.declare(name, Type::Never, VarKind::Step);
            }
            return Outcome::of(crate::check::expr::broken());
        };
        let what = format!("wait {own}");
        let key = self.claim(&segment, span, &what);
        let timer_key = self.timer_key(&segment, within.is_some(), span);
        let taken = self.hidden("event", Type::Record(fields.clone()));
        let after = within.map(|within| (false, within, vec![self.too_late(own, span)]));
        let arms = vec![WaitArm { subscription, local: Some(taken), body: Vec::new() }];
        self.emit(out, StmtKind::Wait { key, timer_key, arms, after }, span);
        if let Some(name) = &event.binder {
            self.name_local(name, taken, VarKind::Step);
        }
        Outcome::of(self.read(taken))
    }

    /// As a step that takes too long: who wants to go on without the event writes the arms out.
    fn too_late(&mut self, event: &str, span: Span) -> ir::Stmt {
        self.flow.raise("timeout", span);
        let text = format!("no `{event}` came in time");
        let message = Expr { kind: ExprKind::Text(text), ty: Type::Text };
        let detail = Expr { kind: ExprKind::Null, ty: Type::Null };
        ir::Stmt { kind: StmtKind::Fail { kind: "timeout".into(), message, detail }, span }
    }

    fn timer_key(&mut self, segment: &str, timed: bool, span: Span) -> ir::Key {
        let segment = format!("{segment}.after");
        if timed {
            self.claim(&segment, span, "timer of a `wait`")
        } else {
            self.shared_key_quietly(&segment)
        }
    }

    /// The event and what its fields have to equal; reported where there is none.
    /// `called` is what a `let` calls it.
    fn subscription(
        &mut self,
        pattern: &EventPattern,
        called: Option<&Name>,
    ) -> Option<(Subscription, Vec<Field>)> {
        let decls = self.decls;
        let first = pattern.event.parts.first()?;
        if decls.excused.contains(&first.text) {
            return None;
        }
        let name = event_name(&pattern.event);
        let Some(event) = decls.events.get(&name.text) else {
            self.report(decls.unknown_event(&name));
            return None;
        };
        let fields = self.event_fields(&pattern.args, &event.fields, &name);
        let written = pattern.condition.as_ref();
        let condition =
            written.and_then(|e| self.where_(e, pattern.binder.as_ref().or(called), &event.fields));
        self.shared.wants.events.insert(event.wire.clone(), event.fields.clone());
        Some((Subscription { event: event.wire.clone(), fields, condition }, event.fields.clone()))
    }

    /// `wait { … }`: the arm of whatever comes first.
    fn wait_arms(
        &mut self,
        written: &[WrittenArm],
        bind: &Bind<'_>,
        span: Span,
        out: &mut Vec<ir::Stmt>,
    ) -> Outcome {
        let segment = bind.name.map_or("wait", |n| n.text.as_str()).to_owned();
        self.begin(&segment);
        let at = self.first_line(span);
        let key = self.claim(&segment, at, "wait");
        let timed = written.iter().any(|arm| matches!(arm, WrittenArm::After { .. }));
        let timer_key = self.timer_key(&segment, timed, at);
        // What is asked for is worked out before anything comes.
        let asked: Vec<_> = written.iter().map(|arm| self.asked(arm)).collect();
        self.flush(out);
        let entry = self.state();
        let mut given = Given::begin(self, bind, at);
        let mut arms = Vec::new();
        let mut after: Option<After> = None;
        for (arm, asked) in written.iter().zip(asked) {
            self.go_back_to(&entry);
            let (body, asked) = self.arm(arm, asked, &given);
            given.arm(self, &body, arm_span(arm));
            match asked {
                Asked::Event(Some((subscription, _)), local) => {
                    arms.push(WaitArm { subscription, local, body: body.stmts });
                }
                Asked::Timer(until, value) if after.is_none() => after = Some((until, value, body.stmts)),
                Asked::Timer(..) => {
                    let found = Diagnostic::error("E0809", arm_span(arm), "a `wait` has one `after`")
                        .help("the shorter one always comes first: delete the other");
                    self.report(found);
                }
                Asked::Event(None, _) => {}
            }
        }
        let kind = StmtKind::Wait { key, timer_key, arms, after };
        given.finish(self, kind, span, out)
    }

    fn asked(&mut self, arm: &WrittenArm) -> Asked {
        match arm {
            WrittenArm::Event { event, .. } => Asked::Event(self.subscription(event, None), None),
            WrittenArm::After { until, value, .. } => {
                let want = if *until { Type::Time } else { Type::Duration };
                Asked::Timer(*until, self.expr_to(value, &want, &Slot::Plain("`after`")))
            }
        }
    }

    fn arm(&mut self, arm: &WrittenArm, asked: Asked, _given: &Given) -> (Lowered, Asked) {
        self.open_scope();
        let (block, asked) = match (arm, asked) {
            (WrittenArm::Event { event, body, .. }, Asked::Event(found, _)) => {
                let ty = found.as_ref().map_or(Type::Never, |(_, fields)| Type::Record(fields.clone()));
                let local = event.binder.as_ref().map(|name| self.declare(name, ty, VarKind::Given));
                (body, Asked::Event(found, local))
            }
            (WrittenArm::Event { body, .. } | WrittenArm::After { body, .. }, asked) => (body, asked),
        };
        let lowered = self.block(block);
        self.close_scope();
        (lowered, asked)
    }
}

/// What an arm waits for.
enum Asked {
    Event(Option<(Subscription, Vec<Field>)>, Option<ir::LocalId>),
    Timer(bool, Expr),
}

fn arm_span(arm: &WrittenArm) -> Span {
    match arm {
        WrittenArm::Event { event, .. } => event.span,
        WrittenArm::After { value, .. } => value.span,
    }
}

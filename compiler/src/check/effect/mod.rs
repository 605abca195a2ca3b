//! Effects, and constructs that may have a value.

mod arguments;
mod ask;
mod cache;
mod call;
mod child;
mod choice;
mod each;
mod inline;
mod lock;
mod policy;
mod predicate;
mod repeat;
mod script;
mod send;
mod toolset;
mod undo;
mod wait;

pub(super) use each::{Items, Naming, item_of};
pub(super) use lock::Held;
pub(super) use predicate::field_path;
pub(super) use repeat::Rounds;
pub(super) use send::event_name;

use cairn_dsl::tree::{Effect, EffectKind, Expr as WrittenExpr, Name, Span};

use super::body::Body;
use super::fit::Slot;
use crate::ir::{self, Expr, ExprKind, StmtKind};
use crate::types::Type;

/// What is done with the value of an effect.
#[derive(Default)]
pub(super) struct Bind<'b> {
    /// It gets this name, which is also its key.
    pub(super) name: Option<&'b Name>,
    /// Somebody wants it.
    pub(super) wanted: bool,
    /// It has to be of this type.
    pub(super) want: Option<&'b Type>,
}

/// The value of an effect, and whether the flow goes on behind it.
pub(super) struct Outcome {
    pub(super) value: Expr,
    pub(super) falls: bool,
}

impl Outcome {
    pub(super) fn of(value: Expr) -> Self {
        Self { value, falls: true }
    }

    fn null() -> Self {
        Self::of(Expr { kind: ExprKind::Null, ty: Type::Null })
    }
}

impl Body<'_> {
    pub(super) fn effect(&mut self, effect: &Effect, bind: &Bind<'_>, out: &mut Vec<ir::Stmt>) -> Outcome {
        match &effect.kind {
            EffectKind::Call(call) => self.call(call, bind, out),
            EffectKind::Sleep { until, value } => self.sleep(*until, value, bind, effect.span, out),
            EffectKind::Wait(wait) => self.wait(wait, bind, effect.span, out),
            EffectKind::For(each) => self.for_(each, bind, effect.span, out),
            EffectKind::Loop(each) => self.loop_(each, bind, effect.span, out),
            EffectKind::Match(choice) => self.match_(choice, bind, effect.span, out),
            EffectKind::Run(run) => self.run(run, bind, effect.span, out),
            EffectKind::Spawn(run) => self.spawn(run, bind, effect.span, out),
            EffectKind::Ask(ask) => self.ask(ask, bind, effect.span, out),
            EffectKind::Do(run) => self.do_(run, bind, effect.span, out),
            EffectKind::Parallel(all) => self.parallel(all, bind, effect.span, out),
            EffectKind::Race(branches) => self.race(branches, bind, effect.span, out),
        }
    }

    fn sleep(
        &mut self,
        until: bool,
        value: &WrittenExpr,
        bind: &Bind<'_>,
        span: Span,
        out: &mut Vec<ir::Stmt>,
    ) -> Outcome {
        let segment = bind.name.map_or("sleep", |n| n.text.as_str());
        self.begin(segment);
        let (want, what) = if until {
            (Type::Time, "the end of the `sleep`")
        } else {
            (Type::Duration, "the length of the `sleep`")
        };
        let value = self.expr_to(value, &want, &Slot::Plain(what));
        let key = self.claim(segment, span, "sleep");
        self.emit(out, StmtKind::Sleep { key, until, value }, span);
        Outcome::null()
    }
}

//! Effects, and constructs that may have a value.

mod arguments;
mod ask;
mod cache;
mod call;
mod child;
mod choice;
mod each;
mod lock;
mod policy;
mod predicate;
mod repeat;
mod send;
mod wait;

pub(super) use lock::Held;
pub(super) use repeat::Rounds;

use cairn_dsl::tree::{Effect, EffectKind, Expr as WrittenExpr, Name, Span};

use super::body::Body;
use super::expr::broken;
use super::fit::Slot;
use super::later;
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
    fn of(value: Expr) -> Self {
        Self { value, falls: true }
    }

    fn null() -> Self {
        Self::of(Expr { kind: ExprKind::Null, ty: Type::Null })
    }
}

impl Body<'_> {
    pub(super) fn effect(&mut self, effect: &Effect, bind: &Bind<'_>, out: &mut Vec<ir::Stmt>) -> Outcome {
        let what = match &effect.kind {
            EffectKind::Call(call) => return self.call(call, bind, out),
            EffectKind::Sleep { until, value } => return self.sleep(*until, value, bind, effect.span, out),
            EffectKind::Wait(wait) => return self.wait(wait, bind, effect.span, out),
            EffectKind::For(each) => return self.for_(each, bind, effect.span, out),
            EffectKind::Loop(each) => return self.loop_(each, bind, effect.span, out),
            EffectKind::Match(choice) => return self.match_(choice, bind, effect.span, out),
            EffectKind::Run(run) => return self.run(run, bind, effect.span, out),
            EffectKind::Spawn(run) => return self.spawn(run, bind, effect.span, out),
            EffectKind::Ask(ask) => return self.ask(ask, bind, effect.span, out),
            EffectKind::Do(_) => &later::DO,
            EffectKind::Parallel(_) => &later::PARALLEL,
            EffectKind::Race(_) => &later::RACE,
        };
        let at = self.first_line(effect.span);
        self.shared.report.later(what, at);
        self.flow.leaves += 1;
        Outcome::of(broken())
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

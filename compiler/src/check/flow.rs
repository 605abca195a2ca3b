//! Where the flow of a workflow stands: what surrounds a statement, and what was true on the ways that led to it.

use std::collections::{BTreeMap, BTreeSet};

use cairn_dsl::tree::{self, Span};

use super::body::Body;
use super::facts::Facts;
use super::keys::{Keys, Used};
use crate::ir::{self, LocalId, LoopId, Unclear};
use crate::types::Type;

/// The part of a body's state that only workflows have.
#[derive(Default)]
pub(super) struct Flow {
    pub(super) keys: Keys,
    pub(super) frames: Vec<Frame>,
    /// Failure kinds that the innermost `try` (or the workflow) may meet, each with the first place.
    pub(super) raised: Vec<BTreeMap<String, Span>>,
    next_loop: u32,
    /// How many ways out of the workflow were seen.
    pub(super) leaves: u32,
    /// How many flows were written out so far.
    pub(super) inlined: u32,
    /// That these are too many has been told.
    pub(super) too_many: bool,
    /// How many flows are written out around this.
    pub(super) depth: usize,
    /// The workflow begins anew somewhere, with an empty journal.
    pub(super) restarts: bool,
    /// `limits.steps`
    pub(super) most_steps: Option<i64>,
    pub(super) result: Promised,
    pub(super) defaults: Defaults,
    /// The workflow that is gone through.
    pub(super) own: Option<String>,
    /// Locks that are held here, outermost first.
    pub(super) locks: Vec<super::effect::Held>,
}

/// What the workflow gives, and where that is written.
#[derive(Clone)]
pub(super) struct Promised {
    pub(super) ty: Type,
    pub(super) span: Option<Span>,
}

impl Default for Promised {
    fn default() -> Self {
        Self { ty: Type::Null, span: None }
    }
}

/// The setting `defaults`.
#[derive(Clone, Default)]
pub(super) struct Defaults {
    pub(super) timeout: Option<tree::Expr>,
    pub(super) retry: Option<tree::Retry>,
    pub(super) unclear: Option<Unclear>,
}

/// Something around a statement that it can leave, or give a value to.
pub(super) struct Frame {
    pub(super) kind: FrameKind,
    pub(super) id: LoopId,
    /// Where its value goes, if one is wanted.
    pub(super) result: Option<LocalId>,
    pub(super) want: Option<Type>,
    /// Of all values given so far.
    pub(super) given: Type,
    /// Some value was given.
    pub(super) gave: bool,
    /// The ways on which a choice was left with a value.
    pub(super) ways: Vec<State>,
    /// It was left by `break`.
    pub(super) broke: bool,
    /// Something in it that leaves was wrong: whether it ends well is not known.
    pub(super) spoiled: bool,
    /// Where it begins, for messages.
    pub(super) span: Span,
}

impl Frame {
    pub(super) fn new(
        kind: FrameKind,
        id: LoopId,
        result: Option<LocalId>,
        want: Option<Type>,
        span: Span,
    ) -> Self {
        Self {
            kind,
            id,
            result,
            want,
            given: Type::Never,
            gave: false,
            ways: Vec::new(),
            broke: false,
            spoiled: false,
            span,
        }
    }
}

/// What it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FrameKind {
    Loop,
    For,
    /// A `match` or `wait` whose value is wanted.
    Choice,
    /// What runs side by side with others, or undoes them.
    Block(Beside),
    /// The end of a `try`.
    Finally,
    /// A flow that is written out.
    Flow,
}

/// What a block is part of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Beside {
    /// `parallel` or `race`: it has a value.
    Branch,
    /// `for … parallel`, and whether somebody wants its values.
    Item(bool),
    /// `undo { … }`
    Undo,
}

impl FrameKind {
    /// Neither `break` nor `return` of the workflow lead out of it.
    pub(super) fn is_closed(self) -> bool {
        matches!(self, Self::Block(_) | Self::Finally | Self::Flow)
    }
}

/// What holds at a point, and what was done on the way there.
#[derive(Clone)]
pub(super) struct State {
    facts: Facts,
    used: Used,
}

/// Statements, and whether the flow goes on behind them.
pub(super) struct Lowered {
    pub(super) stmts: Vec<ir::Stmt>,
    pub(super) falls: bool,
}

impl Flow {
    pub(super) fn new_loop(&mut self) -> LoopId {
        self.next_loop += 1;
        LoopId(self.next_loop - 1)
    }

    /// A failure of this kind may come from here.
    pub(super) fn raise(&mut self, kind: &str, at: Span) {
        if let Some(raised) = self.raised.last_mut()
            && !raised.contains_key(kind)
        {
            raised.insert(kind.to_owned(), at);
        }
    }

    /// The innermost thing around that nothing leads out of.
    pub(super) fn closed(&self) -> Option<&Frame> {
        self.frames.iter().rev().find(|f| f.kind.is_closed())
    }
}

impl Body<'_> {
    pub(super) fn state(&self) -> State {
        State { facts: self.facts.clone(), used: self.flow.keys.used() }
    }

    pub(super) fn go_back_to(&mut self, state: &State) {
        self.facts = state.facts.clone();
        self.flow.keys.set_used(state.used.clone());
    }

    /// Where several ways meet: what holds on all of them, and what was done on any. With no way at all nothing changes.
    pub(super) fn meet(&mut self, ways: Vec<State>) {
        let mut ways = ways.into_iter();
        let Some(first) = ways.next() else { return };
        let (facts, used) = ways.fold((first.facts, first.used), |(facts, mut used), way| {
            used.add(&way.used);
            (facts.either(&way.facts), used)
        });
        self.facts = facts;
        self.flow.keys.set_used(used);
    }

    /// What is known at the beginning of every round: nothing of what a round changes.
    pub(super) fn forget(&mut self, names: &BTreeSet<String>) {
        let locals = self.locals_of(names);
        self.facts.forget(&locals);
    }

    /// The innermost `loop`, `while` or `for` that can be left from here.
    pub(super) fn innermost_loop(&mut self) -> Option<&mut Frame> {
        let is_loop = |f: &&mut Frame| matches!(f.kind, FrameKind::Loop | FrameKind::For);
        self.flow.frames.iter_mut().rev().take_while(|f| !f.kind.is_closed()).find(is_loop)
    }
}

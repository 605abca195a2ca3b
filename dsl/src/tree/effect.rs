//! Effects and the constructs that have a value: what may stand as a statement or as a whole right side.

use super::{Block, Expr, Literal, Name, Path, Rhs, Span};

/// An effect.
#[derive(Clone, Debug, PartialEq)]
pub struct Effect {
    /// Which.
    pub kind: EffectKind,
    /// All of it.
    pub span: Span,
}

/// The effects there are.
#[derive(Clone, Debug, PartialEq)]
#[expect(missing_docs, reason = "most are named after the type that they hold")]
pub enum EffectKind {
    Call(Call),
    /// `do flow(…)`
    Do(Run),
    /// `run workflow(…)`
    Run(Run),
    /// `spawn workflow(…)`
    Spawn(Run),
    /// `sleep 5m`, `sleep until t`
    Sleep {
        /// `until`: the expression is a time, not a duration.
        until: bool,
        /// How long, or until when.
        value: Expr,
    },
    Wait(Wait),
    Ask(Ask),
    Parallel(Parallel),
    /// `race { a: …, b: … }`
    Race(Vec<Branch>),
    For(For),
    Loop(Loop),
    Match(Match),
}

/// `call payments.charge(…) timeout 5s undo call …`
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// What is called.
    pub callee: Callee,
    /// With what.
    pub args: Vec<Arg>,
    /// The brackets and all between them.
    pub args_span: Span,
    /// `timeout`, `retry`, `undo`, `cache`, `unclear`.
    pub clauses: Vec<Clause>,
    /// All of it.
    pub span: Span,
}

/// `payments.charge`, or `every[step.tool]`
#[derive(Clone, Debug, PartialEq)]
pub struct Callee {
    /// The names.
    pub path: Path,
    /// What stands between the brackets of a toolset.
    pub index: Option<Box<Expr>>,
}

/// `name: e`, `...e`, or `name` alone, which means `name: name`.
#[derive(Clone, Debug, PartialEq)]
pub enum Arg {
    /// `name: e`; for the short form the expression is the name.
    Named {
        /// Of the parameter.
        name: Name,
        /// What it gets.
        value: Expr,
    },
    /// `...e`
    Spread(Expr, Span),
}

/// `do`, `run`, `spawn`: another flow or workflow.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// Which.
    pub target: Path,
    /// With what.
    pub args: Vec<Arg>,
    /// `timeout`, `retry`, `undo`, `cache`.
    pub clauses: Vec<Clause>,
}

/// What is said about a step behind its arguments.
#[derive(Clone, Debug, PartialEq)]
pub enum Clause {
    /// `timeout 5s`
    Timeout(Expr, Span),
    /// `retry …`
    Retry(Retry, Span),
    /// `undo …`
    Undo(Undo, Span),
    /// `cache { … }`: a record expression.
    Cache(Expr, Span),
    /// `unclear ask`
    Unclear(Unclear, Span),
}

/// What stands behind `unclear`: what is done about an attempt that had left and has no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "they say it themselves")]
pub enum Unclear {
    Retry,
    Fail,
    Ask,
}

/// What stands behind `retry`.
#[derive(Clone, Debug, PartialEq)]
pub enum Retry {
    /// `none`
    None,
    /// `{ attempts: 3, … }`: a record expression, or the path of a constant.
    Policy(Expr),
}

/// What stands behind `undo`.
#[derive(Clone, Debug, PartialEq)]
#[expect(missing_docs, reason = "each is named after what it holds")]
pub enum Undo {
    Call(Box<Call>),
    Do(Run),
    Run(Run),
    Block(Block),
}

/// `wait e(…) as x within 5m`, or `wait { … }`
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "a tree is built once")]
pub enum Wait {
    /// One event.
    One {
        /// Which.
        event: EventPattern,
        /// How long at most.
        within: Option<Expr>,
    },
    /// Whichever comes first.
    Arms(Vec<WaitArm>),
}

/// An arm of `wait { … }`.
#[derive(Clone, Debug, PartialEq)]
pub enum WaitArm {
    /// `e(…) as x => { … }`
    Event {
        /// Which.
        event: EventPattern,
        /// What is done then.
        body: Block,
        /// All of it.
        span: Span,
    },
    /// `after 5m => { … }`, `after until t => { … }`
    After {
        /// The expression is a time.
        until: bool,
        /// How long, or until when.
        value: Expr,
        /// What is done then.
        body: Block,
        /// All of it.
        span: Span,
    },
}

/// `parcel_picked_up(order_id: order.id) as p where …`
#[derive(Clone, Debug, PartialEq)]
pub struct EventPattern {
    /// The event's name.
    pub event: Path,
    /// What its fields have to equal.
    pub args: Vec<Arg>,
    /// What it is called in the body.
    pub binder: Option<Name>,
    /// A further condition.
    pub condition: Option<Expr>,
    /// All of it.
    pub span: Span,
}

/// `ask owner { … } within 12h remind 2h`
#[derive(Clone, Debug, PartialEq)]
pub struct Ask {
    /// Whom.
    pub whom: Expr,
    /// A record expression.
    pub task: Expr,
    /// How long at most.
    pub within: Option<Expr>,
    /// How often they are reminded.
    pub remind: Option<Expr>,
}

/// `parallel max 8 settle { … }`
#[derive(Clone, Debug, PartialEq)]
pub struct Parallel {
    /// How many at once.
    pub max: Option<Expr>,
    /// How many are enough.
    pub first: Option<Expr>,
    /// Failures are values.
    pub settle: bool,
    /// In order.
    pub branches: Vec<Branch>,
}

/// `tests after lint: …`
#[derive(Clone, Debug, PartialEq)]
pub struct Branch {
    /// Its doc comment.
    pub doc: Option<String>,
    /// What it is called.
    pub name: Name,
    /// Which have to be done before.
    pub after: Vec<Name>,
    /// What it does.
    pub body: BranchBody,
}

/// What a branch does.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "a tree is built once")]
pub enum BranchBody {
    /// `: rhs`
    Rhs(Rhs),
    /// `{ … }`
    Block(Block),
}

/// `for a in xs, b in ys parallel max 6 first 2 settle key e { … }`
#[derive(Clone, Debug, PartialEq)]
pub struct For {
    /// One or more.
    pub heads: Vec<ForHead>,
    /// Where `parallel` stands.
    pub parallel: Option<Span>,
    /// How many at once.
    pub max: Option<Expr>,
    /// How many are enough.
    pub first: Option<Expr>,
    /// Failures are values.
    pub settle: Option<Span>,
    /// What names an item in the journal.
    pub key: Option<Expr>,
    /// What is done with each.
    pub body: Block,
}

/// `x in xs`, or `i, x in xs`: `second` is the item then and `first` its index (of a map: its key).
#[derive(Clone, Debug, PartialEq)]
pub struct ForHead {
    /// The only or the first name.
    pub first: Name,
    /// The second name.
    pub second: Option<Name>,
    /// What is gone through.
    pub items: Expr,
}

/// `loop poll max 500 { … }`
#[derive(Clone, Debug, PartialEq)]
pub struct Loop {
    /// What it is called; also its counter, from 0.
    pub name: Option<Name>,
    /// How often at most.
    pub max: Option<Expr>,
    /// What is done each time.
    pub body: Block,
}

/// `while c as name max n { … }`
#[derive(Clone, Debug, PartialEq)]
pub struct While {
    /// As long as this holds.
    pub condition: Expr,
    /// What it is called; also its counter, from 0.
    pub name: Option<Name>,
    /// How often at most.
    pub max: Option<Expr>,
    /// What is done each time.
    pub body: Block,
}

/// `match e { … }`
#[derive(Clone, Debug, PartialEq)]
pub struct Match {
    /// What is looked at.
    pub value: Expr,
    /// In order.
    pub arms: Vec<MatchArm>,
}

/// `"a" | "b" if c => …`
#[derive(Clone, Debug, PartialEq)]
pub struct MatchArm {
    /// One or more.
    pub patterns: Vec<Pattern>,
    /// A further condition.
    pub guard: Option<Expr>,
    /// What is done, or its value.
    pub body: MatchBody,
    /// All of it.
    pub span: Span,
}

/// The right side of an arm.
#[derive(Clone, Debug, PartialEq)]
#[expect(missing_docs, reason = "each is named after what it holds")]
pub enum MatchBody {
    Block(Block),
    Expr(Expr),
}

/// What an arm is for.
#[derive(Clone, Debug, PartialEq)]
pub struct Pattern {
    /// What it is.
    pub kind: PatternKind,
    /// Where it stands.
    pub span: Span,
}

/// The forms of a pattern.
#[derive(Clone, Debug, PartialEq)]
pub enum PatternKind {
    /// `_`
    Wildcard,
    /// `"paid"`
    Literal(Literal),
    /// A constant, or a name for what is left.
    Name(Name),
}

//! Tests: what answers for the tools, what happens when, what runs, and what is expected of it.

use super::{Arg, Expr, Path, PlainText, Span};

/// `test "…" { … }`
#[derive(Clone, Debug, PartialEq)]
pub struct TestDecl {
    /// What it shows.
    pub title: PlainText,
    /// In order.
    pub body: Vec<TestStmt>,
    /// The braces and all between them.
    pub body_span: Span,
}

/// One statement of a test.
#[derive(Clone, Debug, PartialEq)]
pub struct TestStmt {
    /// What it is.
    pub kind: TestStmtKind,
    /// All of it.
    pub span: Span,
}

/// The statements of a test.
#[derive(Clone, Debug, PartialEq)]
pub enum TestStmtKind {
    /// `run order(…)`
    Run {
        /// What is tried.
        workflow: Path,
        /// With what.
        args: Vec<Arg>,
        /// The brackets and all between them.
        args_span: Span,
    },
    /// `mock payments.charge(cents: 0) => fail card_declined`
    Mock {
        /// Whose answers these are.
        operation: Path,
        /// Only calls that have these among their arguments; `None` for all.
        args: Option<Vec<Arg>>,
        /// One after the other, and the last one from then on; never empty.
        answers: Vec<MockAnswer>,
    },
    /// `at 3d crash`
    At {
        /// How long after the start.
        when: Expr,
        /// What happens then.
        what: Happening,
        /// What happens then, where it stands.
        what_span: Span,
    },
    /// `expect fails timeout`, `expect result == 1`
    Expect(Expectation),
}

/// What an operation answers in a test.
#[derive(Clone, Debug, PartialEq)]
pub enum MockAnswer {
    /// `{ id: "hold-1" }`
    Value(Expr),
    /// `fail card_declined { code: "51" }`
    Fail {
        /// The kind.
        kind: Path,
        /// A record expression.
        fields: Option<Expr>,
        /// All of it.
        span: Span,
    },
    /// `hang`: it never answers.
    Hang(Span),
}

/// What happens to a run from outside.
#[derive(Clone, Debug, PartialEq)]
pub enum Happening {
    /// `emit email_confirmed { … } to x`
    Emit {
        /// Which event.
        event: Path,
        /// Its fields: a record expression.
        fields: Expr,
        /// To whom, where not to all.
        to: Option<Expr>,
    },
    /// `answer verdict { choice: "yes" }`
    Answer {
        /// The question: what an `ask` is called, or the key that leads to it.
        question: Path,
        /// A record expression.
        fields: Expr,
    },
    /// `retry charge`: an unclear step is made again.
    Retry {
        /// What the step is called, or the key that leads to it.
        step: Path,
    },
    /// `skip charge => { … }`: an unclear step, or another that is open, has given this.
    Skip {
        /// What the step is called, or the key that leads to it.
        step: Path,
        /// What it gave.
        result: Expr,
    },
    /// `crash`: the host dies and comes back.
    Crash,
    /// `cancel`: somebody cancels the run.
    Cancel,
}

/// What has to hold in the end.
#[derive(Clone, Debug, PartialEq)]
pub enum Expectation {
    /// `fails timeout`: the run fails with this kind.
    Fails(Path),
    /// An expression over `result`, `failure`, `elapsed`, `calls("t.op")`, `events("name")` and `journal`.
    Holds(Expr),
}

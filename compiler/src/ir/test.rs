//! The checked form of a `test`: plain data, and two programs that work out its expressions. Whoever runs tests has no evaluator of
//! its own: the expressions are compiled and run as everything else is.

use cairn_dsl::tree::Span;

use super::Program;
use crate::types::Type;

/// One test of the file.
#[derive(Clone, Debug, PartialEq)]
pub struct Test {
    /// What it shows.
    pub title: String,
    /// The title with its quotes.
    pub span: Span,
    /// The name of the workflow that is run.
    pub workflow: String,
    /// Where `run` stands.
    pub run: Span,
    /// The input, a record.
    pub input: Part,
    /// In the order of the source.
    pub mocks: Vec<Mock>,
    /// In the order of the source.
    pub happenings: Vec<Happening>,
    /// In the order of the source.
    pub expectations: Vec<Expectation>,
    /// What has to be known before the run: takes no input and gives [`Part`]s.
    pub before: Program,
    /// What is asked of the run: its input has a field for each of [`Test::subjects`], and it gives [`Part`]s.
    pub after: Program,
    /// What [`Test::after`] wants to know.
    pub subjects: Vec<Subject>,
}

/// A value that a program works out: the result is a record with a field of this number for the value, and `NUMBER.failure` for how
/// working it out failed (a record with `kind` and `message`), or null.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part(pub usize);

/// What an operation answers.
#[derive(Clone, Debug, PartialEq)]
pub struct Mock {
    /// `payments.charge`
    pub operation: String,
    /// A record: only calls that have these among their arguments.
    pub arguments: Option<Part>,
    /// One after the other, and the last from then on; never empty.
    pub answers: Vec<Answer>,
    /// Where it stands.
    pub span: Span,
}

/// An answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// This value.
    Gives(Part),
    /// This failure.
    Fails {
        /// Which kind.
        kind: String,
        /// A text.
        message: Part,
        /// What the kind declares, or null.
        detail: Part,
    },
    /// None, ever.
    Hangs,
}

/// Something that happens to the run from outside.
#[derive(Clone, Debug, PartialEq)]
pub struct Happening {
    /// How long after the start, in milliseconds.
    pub when: Part,
    /// What.
    pub what: Deed,
    /// Where it stands.
    pub span: Span,
}

/// What happens.
#[derive(Clone, Debug, PartialEq)]
pub enum Deed {
    /// An event comes for the run, or for another one.
    Emit {
        /// Its name.
        event: String,
        /// A record.
        data: Part,
        /// A text: the id of an instance.
        to: Option<Part>,
    },
    /// Somebody answers a question.
    Answer {
        /// The name of the `ask`, or its whole key.
        question: String,
        /// A record of `choice`, and perhaps `by` and `note`.
        data: Part,
    },
    /// Somebody has an unclear step made again.
    Retry {
        /// The name of the step, or its whole key.
        step: String,
    },
    /// Somebody says what a step gave.
    Skip {
        /// The name of the step, or its whole key.
        step: String,
        /// Any value.
        data: Part,
    },
    /// The host dies and comes back.
    Crash,
    /// Somebody cancels the run.
    Cancel,
}

/// What has to hold in the end.
#[derive(Clone, Debug, PartialEq)]
pub struct Expectation {
    /// What stands behind `expect`.
    pub span: Span,
    /// What it is.
    pub kind: ExpectationKind,
}

/// What can be expected.
#[derive(Clone, Debug, PartialEq)]
pub enum ExpectationKind {
    /// The run fails with this kind.
    Fails(String),
    /// This is true.
    Holds {
        /// A bool.
        holds: Part,
        /// It speaks of the result: the run has to end well.
        result: bool,
        /// It speaks of the failure: the run has to fail.
        failure: bool,
        /// Parts of it whose values explain why it does not hold.
        shown: Vec<Shown>,
    },
}

/// A part of an expectation and its value.
#[derive(Clone, Debug, PartialEq)]
pub struct Shown {
    /// Where it stands.
    pub span: Span,
    /// Its value.
    pub part: Part,
    /// Its type: a number of milliseconds is shown as a duration.
    pub ty: Type,
}

/// What an expectation speaks of: a field of the input of [`Test::after`].
#[derive(Clone, Debug, PartialEq)]
pub struct Subject {
    /// The field.
    pub field: String,
    /// What belongs there.
    pub what: What,
}

/// What can be spoken of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// What the run gave; left out where it failed.
    Result,
    /// How it failed: `kind`, `message`, and the fields of the detail; left out where it ended well.
    Failure,
    /// Milliseconds from start to end.
    Elapsed,
    /// Calls of an operation: a list of `{ args, at, key, attempt, result, failure }`, `at` in milliseconds since the start.
    Calls(String),
    /// Events that were sent: a list of `{ name, data, at }`; of one name only, where it says so.
    Events(Option<String>),
    /// Operations of the journal: a list of `{ key, what, outcome }`; the outcome is `ok`, a failure's kind, or null where there is none.
    Journal,
    /// What was exposed last, or null.
    Status,
}

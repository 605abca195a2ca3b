//! Why a command did not do what it was asked, and how that is shown.

use cairn_host::{Error, Fault, Mistake};

use crate::{exit::Exit, screen::Paint};

/// Why a command ends early.
#[derive(Debug)]
pub(crate) enum Problem {
    /// To be shown.
    Error(Error),
    /// Of the user's making, and shown already: diagnostics of a file.
    Shown,
}

/// What a command comes to.
pub(crate) type Outcome<T = Exit> = Result<T, Problem>;

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

/// The user's mistake and what to do about it.
pub(crate) fn mistake(message: impl Into<String>, help: impl Into<String>) -> Problem {
    Error::mistake(message).help(help).into()
}

/// Something that should not have happened and what the operator can do.
pub(crate) fn fault(message: impl Into<String>, help: impl Into<String>) -> Problem {
    Error::fault(message).help(help).into()
}

impl Problem {
    /// What the process ends with.
    pub(crate) fn exit(&self) -> Exit {
        match self {
            Self::Shown | Self::Error(Error::Mistake(_)) => Exit::Mistake,
            Self::Error(Error::Diverged(_)) => Exit::Diverged,
            Self::Error(Error::Fault(_)) => Exit::Fault,
        }
    }

    /// What is wrong, without what can be done about it.
    pub(crate) fn message(&self) -> String {
        match self {
            Self::Shown => String::new(),
            Self::Error(error) => error.to_string(),
        }
    }

    /// All of it for stderr; empty where it was shown.
    pub(crate) fn text(&self, paint: Paint) -> String {
        match self {
            Self::Shown => String::new(),
            Self::Error(Error::Mistake(Mistake { message, help })) => told(paint, message, help.as_deref()),
            Self::Error(Error::Diverged(message)) => {
                format!("{} {}\n", paint.red("diverged:"), message.trim_end()) + &hint(paint, STAYS)
            }
            Self::Error(Error::Fault(Fault { message, help })) => {
                told(paint, message, Some(help.as_deref().unwrap_or(REPORT)))
            }
        }
    }
}

/// For code that an instance cannot be moved to.
const STAYS: &str = "nothing was written or run: the run stays with the code that it has";

/// For faults that bring no advice of their own.
const REPORT: &str = "nothing recorded is lost; if the message does not say what to mend, please report it\n\
                      with `cairn --version` and what `CAIRN_LOG=debug` writes";

fn told(paint: Paint, message: &str, help: Option<&str>) -> String {
    let mut text = format!("{} {message}\n", paint.red("error:"));
    if let Some(help) = help {
        text.push_str(&hint(paint, help));
    }
    text
}

/// `hint: …`, with further lines below its text.
pub(crate) fn hint(paint: Paint, help: &str) -> String {
    format!("{} {}\n", paint.cyan("hint:"), help.trim_end().replace('\n', "\n      "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn advice_stands_below_the_message_and_its_lines_are_aligned() {
        let problem = mistake("no instance is called \"o7\"", "did you mean `o1`?\nor `o2`?");
        assert_eq!(
            problem.text(Paint::plain()),
            "error: no instance is called \"o7\"\nhint: did you mean `o1`?\n      or `o2`?\n"
        );
        assert_eq!(problem.exit(), Exit::Mistake);
    }

    #[test]
    fn a_fault_without_advice_says_what_to_report() {
        let problem = Problem::from(Error::fault("cannot read /x"));
        assert!(problem.text(Paint::plain()).contains("CAIRN_LOG=debug"), "{}", problem.text(Paint::plain()));
        assert_eq!(problem.exit(), Exit::Fault);
    }
}

//! What the command line itself says: help, the version, and what is wrong with how the program was called.

use clap::{Error, error::ErrorKind};

use crate::{
    exit::Exit,
    problem::hint,
    screen::{Paint, out},
};

/// What clap ends its messages with.
const MORE: &str = "\nFor more information, try '--help'.\n";

/// Shows it where it belongs and gives what the process ends with.
pub(crate) fn shown(usage: &Error) -> Exit {
    if !usage.use_stderr() || usage.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        // Where nobody reads any more, there is nobody to tell either.
        let _ = usage.print();
    } else {
        out::tell(&words(&usage.render().to_string(), Paint::stderr()));
    }
    if usage.use_stderr() { Exit::Mistake } else { Exit::Finished }
}

/// In the voice of all other messages.
fn words(text: &str, paint: Paint) -> String {
    let text = match text.strip_prefix("error:") {
        Some(rest) => format!("{}{rest}", paint.red("error:")),
        None => text.to_owned(),
    };
    match text.strip_suffix(MORE) {
        Some(rest) => format!("{}\n{}", rest.trim_end(), hint(paint, "`--help` says what there is")),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use clap::Command;

    use super::*;

    #[test]
    fn a_wrong_call_is_told_like_every_other_mistake() {
        let usage = Command::new("x").try_get_matches_from(["x", "--y"]).unwrap_err();
        let said = words(&usage.render().to_string(), Paint::plain());
        assert_eq!(
            said,
            "error: unexpected argument '--y' found\n\nUsage: x\nhint: `--help` says what there is\n"
        );
    }
}

//! The message.

use std::fmt;

use super::{Divergence, Side};

impl fmt::Display for Divergence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "the code and its journal disagree")?;
        writeln!(f, "  recorded: {}", line(&self.recorded))?;
        writeln!(f, "  asked:    {}", line(&self.asked))?;
        for difference in &self.difference {
            match difference.from {
                Some(byte) => writeln!(f, "  `{}` differs from byte {byte} on", difference.field)?,
                None => writeln!(f, "  `{}` differs", difference.field)?,
            }
            writeln!(f, "    recorded: {}", difference.recorded)?;
            writeln!(f, "    asked:    {}", difference.asked)?;
        }
        writeln!(f, "  likely cause: {}", self.cause)?;
        match &self.at.key {
            Some(key) => write!(f, "  place: key `{}`, entry {} of the journal", key.0, self.at.seq.0),
            None => write!(f, "  place: entry {} of the journal", self.at.seq.0),
        }
    }
}

fn line(side: &Side) -> String {
    match side {
        Side::Command { key, .. } | Side::Note { key, .. } => {
            format!("{} under `{}`", side.describe(), key.0)
        }
        Side::Wait(_) | Side::End(_) => side.describe(),
    }
}

//! What can be wrong with the bytes of an entry.

use std::fmt;

use super::{Lost, Reference};

/// Why bytes are not an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// They do not begin like one.
    Magic,
    /// They were written by a newer version.
    Newer(u8),
    /// They end too early.
    Short,
    /// Something follows behind the last field.
    Long,
    /// A byte that chooses between forms has a value that is none; the text names what it chooses.
    Choice(&'static str, u8),
    /// A number is not in its shortest form, or too large for its field.
    Number,
    /// A text is not UTF-8.
    Text,
    /// The names of a map are not in order, or one is there twice.
    Order,
    /// A value is not kept as its length asks for: here or apart.
    Large,
    /// A value that it refers to cannot be had.
    Value(Reference, Lost),
    /// The chain does not fit: this entry or one before it is not the one that was written here.
    Chain,
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Magic => write!(f, "the bytes do not begin like an entry"),
            Self::Newer(version) => {
                write!(f, "it has format version {version}, this build reads up to {}", super::VERSION)
            }
            Self::Short => write!(f, "it ends too early"),
            Self::Long => write!(f, "something follows behind its last field"),
            Self::Choice(what, byte) => write!(f, "{byte:#04x} is no {what}"),
            Self::Number => write!(f, "a number in it is malformed"),
            Self::Text => write!(f, "a text in it is not UTF-8"),
            Self::Order => write!(f, "the names of a map in it are not in order"),
            Self::Large => write!(f, "a value in it is not kept as its length asks for"),
            Self::Value(reference, lost) => write!(f, "{reference}, {lost}"),
            Self::Chain => {
                write!(
                    f,
                    "its chain hash does not fit: it or the entry before it is not what was written here"
                )
            }
        }
    }
}

impl std::error::Error for Flaw {}

//! A text that may be large.

use std::{fmt, ops::Deref, sync::Arc};

/// A text that its clones share, for one may have 100 MB. Made of a `String`, it takes that over without copying it.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Text(Arc<String>);

impl Text {
    /// Whether both are one text in memory, and not only equal.
    #[must_use]
    pub fn is_shared_with(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

/// For those who want no less.
impl AsRef<String> for Text {
    fn as_ref(&self) -> &String {
        &self.0
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self(Arc::new(text))
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self)
    }
}

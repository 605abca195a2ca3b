//! The types that generated expressions have.

/// A type.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Ty {
    Bool,
    Int,
    Float,
    Text,
    Duration,
    Json,
    List(Box<Ty>),
    Opt(Box<Ty>),
    Record(Vec<(&'static str, Ty)>),
}

impl Ty {
    pub(super) fn list(of: Self) -> Self {
        Self::List(Box::new(of))
    }

    pub(super) fn opt(of: Self) -> Self {
        Self::Opt(Box::new(of))
    }

    /// The parameter `rec`, as a type.
    pub(super) fn rec() -> Self {
        Self::Record(vec![("a", Self::Int), ("b", Self::opt(Self::Text)), ("c", Self::list(Self::Text))])
    }

    /// What `t.rec` gives.
    pub(super) fn answer() -> Self {
        let tags = Self::list(Self::Text);
        Self::Record(vec![
            ("id", Self::Text),
            ("n", Self::Int),
            ("tags", tags),
            ("maybe", Self::opt(Self::Int)),
        ])
    }

    /// As the language writes it.
    pub(super) fn text(&self) -> String {
        match self {
            Self::Bool => "bool".into(),
            Self::Int => "int".into(),
            Self::Float => "float".into(),
            Self::Text => "string".into(),
            Self::Duration => "duration".into(),
            Self::Json => "json".into(),
            Self::List(of) => format!("[{}]", of.text()),
            Self::Opt(of) => format!("{}?", of.text()),
            Self::Record(fields) => {
                let fields: Vec<_> =
                    fields.iter().map(|(name, ty)| format!("{name}: {}", ty.text())).collect();
                format!("{{ {} }}", fields.join(", "))
            }
        }
    }
}

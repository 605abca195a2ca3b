//! What an editor wants to know of a file: the type of each name and expression, by its place.

use std::collections::BTreeMap;

use cairn_dsl::tree::Span;

use crate::types::Type;

/// Types by place. Empty unless somebody asked for it: who only compiles does not pay for it.
#[derive(Clone, Debug, Default)]
pub struct Index {
    wanted: bool,
    types: BTreeMap<Span, Type>,
}

impl Index {
    pub(super) fn wanted() -> Self {
        Self { wanted: true, types: BTreeMap::new() }
    }

    /// What a name or expression is. Of several passes over it the last that knew its type counts.
    pub(super) fn note(&mut self, span: Span, ty: &Type) {
        if self.wanted && (*ty != Type::Never || !self.types.contains_key(&span)) {
            self.types.insert(span, ty.clone());
        }
    }

    /// The type of what stands exactly there.
    #[must_use]
    pub fn of(&self, span: Span) -> Option<&Type> {
        self.types.get(&span)
    }

    /// The smallest name or expression around a byte, and its type.
    #[must_use]
    pub fn at(&self, byte: u32) -> Option<(Span, &Type)> {
        let around = self.types.iter().filter(|(span, _)| span.start <= byte && byte <= span.end);
        around.min_by_key(|(span, _)| span.end - span.start).map(|(span, ty)| (*span, ty))
    }

    /// The longest expression that ends at a byte, and its type: what stands in front of a dot.
    #[must_use]
    pub fn before(&self, byte: u32) -> Option<(Span, &Type)> {
        let ending = self.types.iter().filter(|(span, _)| span.end == byte);
        ending.max_by_key(|(span, _)| span.end - span.start).map(|(span, ty)| (*span, ty))
    }
}

//! From pest's pairs to the tree: one function a rule, no judgement but what a literal can hold.

mod bytes;
mod clause;
mod doc;
mod effect;
mod expr;
mod flow;
mod indent;
mod item;
mod literal;
mod node;
mod number;
mod operator;
mod setting;
mod stmt;
mod test;
mod text;
mod ty;

use crate::Diagnostic;
use crate::tree::{Item, Name, Path, Span};

pub(crate) use bytes::Bad as BytesFault;
pub(crate) use node::{Broken, Matches, Node, Walked};
pub(crate) use operator::binding;

use crate::grammar::Rule;

/// How deep the tree may be: later phases walk it by recursion, and they have a stack like everybody.
pub(crate) const DEPTH_MAX: usize = 400;

/// Where a byte of what was parsed stands in the file.
pub(crate) trait Places {
    /// The bytes of the file behind `start..end` of the parsed text.
    fn span(&self, start: usize, end: usize) -> Span;
}

/// One walk over one parsed text.
pub(crate) struct Walk<'p> {
    places: &'p dyn Places,
    depth: usize,
    /// What literals cannot hold.
    pub(crate) diagnostics: Vec<Diagnostic>,
}

impl<'p> Walk<'p> {
    pub(crate) fn new(places: &'p dyn Places) -> Self {
        Self { places, depth: 0, diagnostics: Vec::new() }
    }

    /// The items of a whole `file`.
    pub(crate) fn file(&mut self, file: &Node<'_>) -> Walked<Vec<Item>> {
        file.all(Rule::item).map(|item| self.item(&item)).collect()
    }

    fn span(&self, node: &Node<'_>) -> Span {
        self.places.span(node.start(), node.end())
    }

    fn name(&self, node: &Node<'_>) -> Name {
        Name { text: node.text().to_owned(), span: self.span(node) }
    }

    /// The name under the first `ident` of `node`.
    fn ident(&self, node: &Node<'_>) -> Walked<Name> {
        Ok(self.name(&node.need(Rule::ident)?))
    }

    /// The `as x` of `node`, where there is one.
    fn alias(&self, node: &Node<'_>) -> Walked<Option<Name>> {
        node.find(Rule::as_).map(|alias| self.ident(&alias)).transpose()
    }

    fn path(&self, node: &Node<'_>) -> Path {
        let parts = node.children().filter(|part| part.rule() != Rule::P_DOT);
        Path { parts: parts.map(|part| self.name(&part)).collect(), span: self.span(node) }
    }

    /// Runs `step` `levels` deeper; `None` (and one diagnostic) where that is too deep.
    fn deeper<T>(
        &mut self,
        levels: usize,
        node: &Node<'_>,
        step: impl FnOnce(&mut Self) -> Walked<T>,
    ) -> Walked<Option<T>> {
        if self.depth + levels > DEPTH_MAX {
            self.too_deep(node);
            return Ok(None);
        }
        self.depth += levels;
        let done = step(self);
        self.depth -= levels;
        done.map(Some)
    }

    fn too_deep(&mut self, node: &Node<'_>) {
        let span = self.places.span(node.start(), (node.start() + 1).min(node.end()));
        self.diagnostics.push(crate::parse::too_deep(span, DEPTH_MAX));
    }
}

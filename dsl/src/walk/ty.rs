//! Types.

use super::doc::doc;
use super::{Node, Walk, Walked};
use crate::grammar::Rule;
use crate::tree::{FieldTy, Span, Ty, TyKind};

impl Walk<'_> {
    pub(super) fn need_ty(&mut self, node: &Node<'_>) -> Walked<Ty> {
        self.ty(&node.need(Rule::ty)?)
    }

    pub(super) fn find_ty(&mut self, node: &Node<'_>) -> Walked<Option<Ty>> {
        node.find(Rule::ty).map(|ty| self.ty(&ty)).transpose()
    }

    pub(super) fn ty(&mut self, node: &Node<'_>) -> Walked<Ty> {
        let mut members: Vec<Ty> =
            node.all(Rule::ty_post).map(|member| self.ty_post(&member)).collect::<Walked<_>>()?;
        match (members.len(), members.pop()) {
            (1, Some(only)) => Ok(only),
            (_, Some(last)) => {
                members.push(last);
                Ok(Ty { kind: TyKind::Union(members), span: self.span(node) })
            }
            (_, None) => Err(node.broken()),
        }
    }

    fn ty_post(&mut self, node: &Node<'_>) -> Walked<Ty> {
        let bare = self.ty_prim(&node.need(Rule::ty_prim)?)?;
        let span = self.span(node);
        Ok(if node.has(Rule::ty_opt) { Ty { kind: TyKind::Optional(Box::new(bare)), span } } else { bare })
    }

    fn ty_prim(&mut self, node: &Node<'_>) -> Walked<Ty> {
        let inner = node.inner()?;
        let span = self.span(&inner);
        let kind = match inner.rule() {
            Rule::record_ty => return self.record_ty(&inner),
            Rule::list_ty => TyKind::List(Box::new(self.need_ty(&inner)?)),
            Rule::map_ty => TyKind::Map(Box::new(self.need_ty(&inner)?)),
            Rule::secret_ty => TyKind::Secret(Box::new(self.ty_prim(&inner.need(Rule::ty_prim)?)?)),
            Rule::lit_ty => TyKind::Literal(self.literal(&inner)?),
            Rule::path => TyKind::Named(self.path(&inner)),
            Rule::ty => return self.bracketed_ty(&inner, self.span(node)),
            _ => return Err(inner.broken()),
        };
        Ok(Ty { kind, span })
    }

    /// `( T )` is `T`, but the brackets are underlined with it.
    fn bracketed_ty(&mut self, node: &Node<'_>, span: Span) -> Walked<Ty> {
        Ok(Ty { span, ..self.ty(node)? })
    }

    pub(super) fn record_ty(&mut self, node: &Node<'_>) -> Walked<Ty> {
        let fields = node.all(Rule::field_ty).map(|field| self.field_ty(&field)).collect::<Walked<_>>()?;
        Ok(Ty { kind: TyKind::Record(fields), span: self.span(node) })
    }

    fn field_ty(&mut self, node: &Node<'_>) -> Walked<FieldTy> {
        Ok(FieldTy {
            doc: doc(node),
            name: self.name(&node.need(Rule::name)?),
            optional: node.has(Rule::P_OPT),
            ty: self.need_ty(node)?,
        })
    }
}

//! Declarations.

use super::clause::unclear;
use super::doc::doc;
use super::{Node, Walk, Walked};
use crate::grammar::Rule;
use crate::tree::{
    ConstDecl, ErrorDecl, EventDecl, FailKind, FlowDecl, FnDecl, Item, ItemKind, Param, SecretDecl, Span,
    ToolDecl, ToolOp, ToolsetDecl, Ty, TypeDecl, UseDecl, WorkflowDecl,
};

impl Walk<'_> {
    pub(super) fn item(&mut self, node: &Node<'_>) -> Walked<Item> {
        let inner = node.inner()?;
        Ok(Item { doc: doc(node), kind: self.item_kind(&inner)?, span: self.span(&inner) })
    }

    fn item_kind(&mut self, node: &Node<'_>) -> Walked<ItemKind> {
        Ok(match node.rule() {
            Rule::use_decl => ItemKind::Use(self.use_decl(node)?),
            Rule::const_decl => ItemKind::Const(self.const_decl(node)?),
            Rule::type_decl => ItemKind::Type(TypeDecl { name: self.ident(node)?, ty: self.need_ty(node)? }),
            Rule::error_decl => {
                ItemKind::Error(ErrorDecl { name: self.ident(node)?, fields: self.field_types(node)? })
            }
            Rule::event_decl => {
                ItemKind::Event(EventDecl { name: self.ident(node)?, fields: self.field_types(node)? })
            }
            Rule::secret_decl => ItemKind::Secret(SecretDecl { name: self.ident(node)? }),
            Rule::tool_decl => ItemKind::Tool(self.tool(node)?),
            Rule::toolset_decl => ItemKind::Toolset(self.toolset(node)?),
            Rule::fn_decl => ItemKind::Fn(self.fn_decl(node)?),
            Rule::flow_decl => ItemKind::Flow(self.flow(node)?),
            Rule::workflow_decl => ItemKind::Workflow(self.workflow(node)?),
            Rule::test_decl => ItemKind::Test(self.test(node)?),
            _ => return Err(node.broken()),
        })
    }

    fn use_decl(&mut self, node: &Node<'_>) -> Walked<UseDecl> {
        let from = self.plain_text(&node.need(Rule::plain_string)?);
        Ok(UseDecl { from, alias: self.alias(node)? })
    }

    fn const_decl(&mut self, node: &Node<'_>) -> Walked<ConstDecl> {
        Ok(ConstDecl { name: self.ident(node)?, ty: self.find_ty(node)?, value: self.need_expr(node)? })
    }

    fn field_types(&mut self, node: &Node<'_>) -> Walked<Option<Ty>> {
        node.find(Rule::record_ty).map(|fields| self.record_ty(&fields)).transpose()
    }

    fn tool(&mut self, node: &Node<'_>) -> Walked<ToolDecl> {
        let from = node.find(Rule::plain_string).map(|from| self.plain_text(&from));
        let operations = node.all(Rule::tool_op).map(|op| self.tool_op(&op)).collect::<Walked<_>>()?;
        Ok(ToolDecl { name: self.ident(node)?, from, listed: node.has(Rule::P_LBRACE), operations })
    }

    fn tool_op(&mut self, node: &Node<'_>) -> Walked<ToolOp> {
        let name = node.need(Rule::name)?;
        let attribute = |word| node.all(Rule::op_attr).any(|attribute| attribute.has(word));
        let policies: Vec<_> =
            node.all(Rule::op_attr).filter_map(|attribute| attribute.find(Rule::c_unclear)).collect();
        Ok(ToolOp {
            doc: doc(node),
            name: self.name(&name),
            params: self.params(node)?,
            result: self.need_ty(node)?,
            fails: self.fails(node)?,
            readonly: attribute(Rule::K_READONLY),
            idempotent: attribute(Rule::K_IDEMPOTENT),
            unclear: policies.last().map(|policy| (unclear(policy), self.span(policy))),
            span: self.places.span(name.start(), node.end()),
        })
    }

    fn toolset(&mut self, node: &Node<'_>) -> Walked<ToolsetDecl> {
        let members = node.all(Rule::path).map(|member| self.path(&member)).collect();
        Ok(ToolsetDecl { name: self.ident(node)?, members })
    }

    fn fn_decl(&mut self, node: &Node<'_>) -> Walked<FnDecl> {
        Ok(FnDecl {
            name: self.ident(node)?,
            params: self.params(node)?,
            result: self.need_ty(node)?,
            body: self.need_expr(node)?,
        })
    }

    fn flow(&mut self, node: &Node<'_>) -> Walked<FlowDecl> {
        Ok(FlowDecl {
            name: self.ident(node)?,
            params: self.params(node)?,
            result: self.find_ty(node)?,
            fails: self.fails(node)?,
            body: self.need_block(node)?,
        })
    }

    fn workflow(&mut self, node: &Node<'_>) -> Walked<WorkflowDecl> {
        Ok(WorkflowDecl {
            name: self.ident(node)?,
            params: self.params(node)?,
            result: self.find_ty(node)?,
            fails: self.fails(node)?,
            settings: node.all(Rule::setting).map(|each| self.setting(&each)).collect::<Walked<_>>()?,
            body: self.stmts(node)?,
            body_span: self.braces(node)?,
        })
    }

    /// From the first `{` of `node` to its end.
    pub(super) fn braces(&self, node: &Node<'_>) -> Walked<Span> {
        Ok(self.places.span(node.need(Rule::P_LBRACE)?.start(), node.end()))
    }

    fn params(&mut self, node: &Node<'_>) -> Walked<Vec<Param>> {
        let params = node.need(Rule::params)?;
        params.all(Rule::param).map(|each| self.param(&each)).collect()
    }

    fn param(&mut self, node: &Node<'_>) -> Walked<Param> {
        let name = node.need(Rule::name)?;
        Ok(Param {
            doc: doc(node),
            name: self.name(&name),
            optional: node.has(Rule::P_OPT),
            ty: self.need_ty(node)?,
            default: self.find_expr(node)?,
            span: self.places.span(name.start(), node.end()),
        })
    }

    fn fails(&mut self, node: &Node<'_>) -> Walked<Vec<FailKind>> {
        let Some(fails) = node.find(Rule::fails) else { return Ok(Vec::new()) };
        fails.all(Rule::fail_kind).map(|kind| self.fail_kind(&kind)).collect()
    }

    fn fail_kind(&mut self, node: &Node<'_>) -> Walked<FailKind> {
        let status = node.find(Rule::int).map(|status| (self.int(&status), self.span(&status)));
        Ok(FailKind { name: self.ident(node)?, status })
    }
}

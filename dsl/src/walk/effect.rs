//! Effects.

use super::doc::doc;
use super::{Node, Walk, Walked};
use crate::grammar::Rule;
use crate::tree::{
    Ask, Branch, BranchBody, Effect, EffectKind, EventPattern, For, ForHead, Loop, Match, MatchArm,
    MatchBody, Parallel, Pattern, PatternKind, Wait, WaitArm,
};

impl Walk<'_> {
    pub(super) fn effect(&mut self, node: &Node<'_>) -> Walked<Effect> {
        let inner = node.inner()?;
        Ok(Effect { kind: self.effect_kind(&inner)?, span: self.span(&inner) })
    }

    fn effect_kind(&mut self, node: &Node<'_>) -> Walked<EffectKind> {
        Ok(match node.rule() {
            Rule::call_ => EffectKind::Call(self.call(node)?),
            Rule::do_ => EffectKind::Do(self.run(node)?),
            Rule::run_ => EffectKind::Run(self.run(node)?),
            Rule::spawn_ => EffectKind::Spawn(self.run(node)?),
            Rule::sleep_ => {
                EffectKind::Sleep { until: node.has(Rule::K_UNTIL), value: self.need_expr(node)? }
            }
            Rule::wait_ => EffectKind::Wait(self.wait(&node.inner()?)?),
            Rule::ask_ => EffectKind::Ask(self.ask(node)?),
            Rule::parallel_ => EffectKind::Parallel(self.parallel(node)?),
            Rule::race_ => EffectKind::Race(self.branches(node)?),
            Rule::for_ => EffectKind::For(self.for_each(node)?),
            Rule::loop_ => EffectKind::Loop(self.repeat(node)?),
            Rule::match_ => EffectKind::Match(self.choose(node)?),
            _ => return Err(node.broken()),
        })
    }

    fn wait(&mut self, node: &Node<'_>) -> Walked<Wait> {
        if node.rule() == Rule::wait_block {
            return Ok(Wait::Arms(
                node.all(Rule::wait_arm).map(|arm| self.wait_arm(&arm)).collect::<Walked<_>>()?,
            ));
        }
        let event = self.event_pattern(&node.need(Rule::event_pat)?)?;
        Ok(Wait::One { event, within: self.expr_under(node, Rule::within)? })
    }

    fn wait_arm(&mut self, node: &Node<'_>) -> Walked<WaitArm> {
        let inner = node.inner()?;
        let body = self.need_block(&inner)?;
        let span = self.span(&inner);
        if inner.rule() == Rule::event_arm {
            let event = self.event_pattern(&inner.need(Rule::event_pat)?)?;
            return Ok(WaitArm::Event { event, body, span });
        }
        Ok(WaitArm::After { until: inner.has(Rule::K_UNTIL), value: self.need_expr(&inner)?, body, span })
    }

    fn event_pattern(&mut self, node: &Node<'_>) -> Walked<EventPattern> {
        Ok(EventPattern {
            event: self.path(&node.need(Rule::path)?),
            args: self.args(node)?,
            binder: self.alias(node)?,
            condition: self.condition(node)?,
            span: self.span(node),
        })
    }

    fn ask(&mut self, node: &Node<'_>) -> Walked<Ask> {
        Ok(Ask {
            whom: self.need_expr(node)?,
            task: self.need_record(node)?,
            within: self.expr_under(node, Rule::within)?,
            remind: self.expr_under(node, Rule::remind)?,
        })
    }

    fn parallel(&mut self, node: &Node<'_>) -> Walked<Parallel> {
        Ok(Parallel {
            max: self.expr_under(node, Rule::o_max)?,
            first: self.expr_under(node, Rule::o_first)?,
            settle: node.has(Rule::K_SETTLE),
            branches: self.branches(node)?,
        })
    }

    fn branches(&mut self, node: &Node<'_>) -> Walked<Vec<Branch>> {
        node.all(Rule::branch).map(|branch| self.branch(&branch)).collect()
    }

    fn branch(&mut self, node: &Node<'_>) -> Walked<Branch> {
        let after = node.find(Rule::after_);
        let after = after.iter().flat_map(|list| list.all(Rule::ident));
        let body = match node.find(Rule::rhs) {
            Some(rhs) => BranchBody::Rhs(self.rhs(&rhs)?),
            None => BranchBody::Block(self.need_block(node)?),
        };
        Ok(Branch {
            doc: doc(node),
            name: self.name(&node.need(Rule::name)?),
            after: after.map(|name| self.name(&name)).collect(),
            body,
        })
    }

    fn for_each(&mut self, node: &Node<'_>) -> Walked<For> {
        Ok(For {
            heads: node.all(Rule::for_head).map(|head| self.for_head(&head)).collect::<Walked<_>>()?,
            parallel: node.find(Rule::K_PARALLEL).map(|word| self.span(&word)),
            max: self.expr_under(node, Rule::o_max)?,
            first: self.expr_under(node, Rule::o_first)?,
            settle: node.find(Rule::K_SETTLE).map(|word| self.span(&word)),
            key: self.expr_under(node, Rule::o_key)?,
            body: self.need_block(node)?,
        })
    }

    fn for_head(&mut self, node: &Node<'_>) -> Walked<ForHead> {
        let mut names = node.all(Rule::ident).map(|name| self.name(&name));
        let first = names.next().ok_or_else(|| node.broken())?;
        let second = names.next();
        Ok(ForHead { first, second, items: self.need_expr(node)? })
    }

    fn repeat(&mut self, node: &Node<'_>) -> Walked<Loop> {
        let name = node.find(Rule::loop_name).map(|name| self.ident(&name)).transpose()?;
        Ok(Loop { name, max: self.expr_under(node, Rule::o_max)?, body: self.need_block(node)? })
    }

    fn choose(&mut self, node: &Node<'_>) -> Walked<Match> {
        let arms = node.all(Rule::arm).map(|arm| self.match_arm(&arm)).collect::<Walked<_>>()?;
        Ok(Match { value: self.need_expr(node)?, arms })
    }

    fn match_arm(&mut self, node: &Node<'_>) -> Walked<MatchArm> {
        let patterns = node.all(Rule::pattern).map(|each| self.pattern(&each)).collect::<Walked<_>>()?;
        let fat = node.need(Rule::P_FAT)?.start();
        let mut exprs = node.all(Rule::expr);
        let guard = exprs.next().filter(|guard| guard.start() < fat);
        let value = node.all(Rule::expr).find(|value| value.start() > fat);
        let body = match value {
            Some(value) => MatchBody::Expr(self.expr(&value)?),
            None => MatchBody::Block(self.need_block(node)?),
        };
        let guard = guard.map(|guard| self.expr(&guard)).transpose()?;
        Ok(MatchArm { patterns, guard, body, span: self.span(node) })
    }

    fn pattern(&mut self, node: &Node<'_>) -> Walked<Pattern> {
        let inner = node.inner()?;
        let kind = match inner.rule() {
            Rule::wildcard => PatternKind::Wildcard,
            Rule::lit_ty => PatternKind::Literal(self.literal(&inner)?),
            _ => PatternKind::Name(self.name(&inner)),
        };
        Ok(Pattern { kind, span: self.span(node) })
    }
}

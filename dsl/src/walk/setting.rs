//! What stands at the head of a workflow.

use super::{Node, Walk, Walked};
use crate::grammar::Rule;
use crate::tree::{Expr, Name, Setting, SettingKind, Trigger};

impl Walk<'_> {
    pub(super) fn setting(&mut self, node: &Node<'_>) -> Walked<Setting> {
        let inner = node.inner()?;
        Ok(Setting { kind: self.setting_kind(&inner)?, span: self.span(&inner) })
    }

    fn setting_kind(&mut self, node: &Node<'_>) -> Walked<SettingKind> {
        Ok(match node.rule() {
            Rule::s_version => SettingKind::Version(self.int(&node.need(Rule::int)?)),
            Rule::s_key => SettingKind::Key { value: self.need_expr(node)?, mode: self.key_mode(node) },
            Rule::s_limits => SettingKind::Limits(self.need_record(node)?),
            Rule::s_defaults => SettingKind::Defaults(self.clauses(node)?),
            Rule::s_on => SettingKind::On { trigger: self.trigger(&node.inner()?)?, start: self.args(node)? },
            _ => return Err(node.broken()),
        })
    }

    fn key_mode(&self, node: &Node<'_>) -> Option<Name> {
        let mode = node.find(Rule::s_key_mode)?;
        mode.children().last().map(|word| self.name(&word))
    }

    fn trigger(&mut self, node: &Node<'_>) -> Walked<Trigger> {
        Ok(match node.rule() {
            Rule::on_schedule => {
                let zone = node.find(Rule::zone_).map(|zone| zone.need(Rule::plain_string)).transpose()?;
                let cron = self.plain_text(&node.need(Rule::plain_string)?);
                let missed = node.find(Rule::missed_).and_then(|missed| missed.children().last());
                Trigger::Schedule {
                    cron,
                    zone: zone.map(|zone| self.plain_text(&zone)),
                    missed: missed.map(|word| self.name(&word)),
                }
            }
            Rule::on_event => Trigger::Event {
                event: self.path(&node.need(Rule::path)?),
                binder: self.alias(node)?,
                condition: self.condition(node)?,
            },
            Rule::on_http => {
                let route = self.plain_text(&node.need(Rule::plain_string)?);
                Trigger::Http { route, binder: self.alias(node)? }
            }
            _ => return Err(node.broken()),
        })
    }

    /// The `where …` of `node`.
    pub(super) fn condition(&mut self, node: &Node<'_>) -> Walked<Option<Expr>> {
        self.expr_under(node, Rule::where_)
    }
}

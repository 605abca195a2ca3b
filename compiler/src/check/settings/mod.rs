//! What stands at the head of a workflow: `version`, `key`, `limits`, `defaults` and what starts it.

mod key;
mod limits;
mod start;
mod triggers;

pub(super) use key::escaped;

use std::collections::BTreeMap;

use cairn_dsl::Diagnostic;
use cairn_dsl::tree::{Clause, Retry, SettingKind, Span, WorkflowDecl};

use super::body::Body;
use super::decls::{Param, lowered};
use super::fit::Slot;
use super::flow::Defaults;
use crate::ir::{KeyMeta, TriggerMeta};
use crate::types::Type;

/// The settings as the host reads them; `defaults` are in the calls that they are for.
#[derive(Default)]
pub(super) struct Settings {
    pub(super) version: Option<i64>,
    pub(super) key: Option<KeyMeta>,
    pub(super) limits: BTreeMap<String, i64>,
    pub(super) triggers: Vec<TriggerMeta>,
}

impl Body<'_> {
    pub(super) fn settings(&mut self, decl: &WorkflowDecl, params: &[Param]) -> Settings {
        let mut settings = Settings::default();
        let mut places: BTreeMap<&'static str, Span> = BTreeMap::new();
        for setting in &decl.settings {
            let word = match &setting.kind {
                SettingKind::Version(_) => "version",
                SettingKind::Defaults(_) => "defaults",
                SettingKind::Key { .. } => "key",
                SettingKind::Limits(_) => "limits",
                SettingKind::On { .. } => "on",
            };
            if let (Some(before), false) = (places.insert(word, setting.span), word == "on") {
                self.set_twice(word, before, setting.span);
            }
            match &setting.kind {
                SettingKind::Version(n) => settings.version = Some(*n),
                SettingKind::Defaults(clauses) => self.flow.defaults = self.default_clauses(clauses),
                SettingKind::Key { value, mode } => {
                    settings.key = self.instance_key(value, mode.as_ref(), params);
                }
                SettingKind::Limits(record) => settings.limits = self.limits(record),
                SettingKind::On { trigger, start } => {
                    let trigger = self.trigger(trigger, start, params, setting.span);
                    settings.triggers.extend(trigger);
                }
            }
        }
        settings
    }

    fn set_twice(&mut self, what: &str, before: Span, span: Span) {
        let found = Diagnostic::error("E0202", span, format!("`{what}` is set twice"))
            .also(before, "the first")
            .help("delete one of them");
        self.report(found);
    }

    /// Looked at here once, and lowered again for every call that has no clause of its own.
    fn default_clauses(&mut self, clauses: &[Clause]) -> Defaults {
        let mut defaults = Defaults::default();
        for clause in clauses {
            match clause {
                Clause::Timeout(e, _) => {
                    self.expr_to(e, &Type::Duration, &Slot::Plain("`timeout`"));
                    defaults.timeout = Some(e.clone());
                }
                Clause::Retry(policy, _) => {
                    if let Retry::Policy(written) = policy {
                        self.policy(written);
                    }
                    defaults.retry = Some(policy.clone());
                }
                Clause::Unclear(policy, _) => defaults.unclear = Some(lowered(*policy)),
                Clause::Cache(_, span) => {
                    self.only_of_a_step("what makes two outcomes alike stands with the step", *span);
                }
                Clause::Undo(_, span) => {
                    self.only_of_a_step("what undoes a step stands with the step", *span);
                }
            }
        }
        defaults
    }

    fn only_of_a_step(&mut self, why: &str, span: Span) {
        let found =
            Diagnostic::error("E1006", span, why).help("`defaults` takes `timeout`, `retry` and `unclear`");
        self.report(found);
    }
}

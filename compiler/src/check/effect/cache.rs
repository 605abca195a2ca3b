//! `cache { key: …, for: … }`: an earlier outcome of the same operation will do.

use cairn_dsl::Diagnostic;
use cairn_dsl::tree::{Entry, Expr as Written, ExprKind as WrittenKind, Span};

use crate::check::body::Body;
use crate::check::fit::Slot;
use crate::ir::{Cache, ExprKind};
use crate::types::Type;

const FORM: &str = "`cache { key: \"report-${day}\", for: 12h }`";

impl Body<'_> {
    pub(super) fn cache(&mut self, written: &Written, span: Span) -> Option<Cache> {
        let WrittenKind::Record(entries) = &written.kind else {
            let found =
                Diagnostic::error("E1010", written.span, "`cache` is followed by a record").help(FORM);
            self.report(found);
            return None;
        };
        let before = self.shared.report.count();
        let (mut key, mut age) = (None, None);
        for entry in entries {
            match entry {
                Entry::Field { name, value } if name.text == "key" => {
                    key = Some(self.expr_to(value, &Type::Text, &Slot::Field { name: "key".into() }));
                }
                Entry::Field { name, value } if name.text == "for" => {
                    let lasts = self.expr_to(value, &Type::Duration, &Slot::Field { name: "for".into() });
                    if matches!(lasts.kind, ExprKind::Int(ms) if ms <= 0) {
                        let text = "an outcome that is kept for no time is never used";
                        self.report(Diagnostic::error("E1010", value.span, text).help(FORM));
                    }
                    age = Some(lasts);
                }
                Entry::Field { name: found, value: Written { span, .. } } => {
                    let text = format!("`cache` has no field `{}`", found.text);
                    self.report(Diagnostic::error("E1010", found.span.to(*span), text).help(FORM));
                }
                Entry::Computed { key: e, .. } | Entry::Spread(e) => {
                    let text = "the fields of `cache` are written one by one";
                    self.report(Diagnostic::error("E1010", e.span, text).help(FORM));
                }
            }
        }
        if let (Some(key), Some(age)) = (&key, &age) {
            return Some(Cache { key: key.clone(), age: age.clone() });
        }
        if self.shared.report.count() > before {
            return None;
        }
        let missing = if key.is_none() { "key" } else { "for" };
        let why = if key.is_none() { "which outcomes are alike" } else { "how old an outcome may be" };
        let text = format!("`cache` has no `{missing}`: it says {why}");
        self.report(Diagnostic::error("E1010", span, text).help(FORM));
        None
    }
}

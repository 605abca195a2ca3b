//! `limits { time: 2h, steps: 300 }`

use std::collections::BTreeMap;

use cairn_dsl::Diagnostic;
use cairn_dsl::tree::{Entry, Expr, ExprKind, Name};

use crate::check::body::Body;
use crate::check::names::nearest;

const HELP: &str = "`limits { time: 2h, steps: 300 }`; other names are numbers that tools may count by, such as `cost_cents: 500`";

impl Body<'_> {
    pub(super) fn limits(&mut self, record: &Expr) -> BTreeMap<String, i64> {
        let mut limits = BTreeMap::new();
        let decls = self.decls;
        let ExprKind::Record(entries) = &decls.behind(record).kind else {
            self.report(
                Diagnostic::error("E0908", record.span, "`limits` is followed by a record").help(HELP),
            );
            return limits;
        };
        for entry in entries {
            match entry {
                Entry::Field { name, value } => {
                    if let Some(limit) = self.limit(name, value) {
                        limits.insert(name.text.clone(), limit);
                    }
                }
                Entry::Computed { key: e, .. } | Entry::Spread(e) => {
                    let found =
                        Diagnostic::error("E0908", e.span, "limits are written one by one").help(HELP);
                    self.report(found);
                }
            }
        }
        limits
    }

    fn limit(&mut self, name: &Name, value: &Expr) -> Option<i64> {
        let known = &self.decls.behind(value).kind;
        let (number, wrong) = match (name.text.as_str(), known) {
            ("time", ExprKind::Duration(ms)) => (Some(*ms), None),
            ("time", _) => (None, Some("`time` is how long a run may take: a duration such as `2h`")),
            (_, ExprKind::Int(n)) => (Some(*n), None),
            (_, ExprKind::Duration(_)) => (None, Some("only `time` is a duration")),
            _ => (None, Some("a limit is a number that is known before the run")),
        };
        if let Some(wrong) = wrong {
            let found = Diagnostic::error("E0908", value.span, wrong);
            let near = nearest(&name.text, ["time", "steps"]).filter(|near| *near != name.text);
            let found = match near {
                Some(near) => found.help(format!("did you mean `{near}`?")).fix(name.span, near),
                None => found.help(HELP),
            };
            self.report(found);
        } else if number.is_some_and(|n| n < 1) {
            let found = Diagnostic::error("E0908", value.span, "a run with this limit could not begin")
                .help("leave the limit away, or give it room");
            self.report(found);
        }
        number
    }
}

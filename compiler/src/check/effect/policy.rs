//! `timeout` and `retry`.

use cairn_dsl::Diagnostic;
use cairn_dsl::tree::{
    self, Clause, Entry, Expr as Written, ExprKind as WrittenKind, ListItem, Name, Retry as WrittenRetry,
    Span,
};

use crate::check::body::Body;
use crate::check::decls::{Operation, lowered, needless};
use crate::check::failures::UNCLEAR;
use crate::check::fit::Slot;
use crate::check::names::nearest;
use crate::ir::{ArithOp, Backoff, Builtin, CallOptions, Expr, ExprKind, Retry, Unclear};
use crate::types::Type;

const FIELDS: [&str; 7] = ["attempts", "delay", "factor", "max_delay", "jitter", "backoff", "on"];
const GROWTHS: [(&str, Backoff); 3] =
    [("constant", Backoff::Constant), ("linear", Backoff::Linear), ("exponential", Backoff::Exponential)];

/// What a repeatable operation gets without a word, and what a policy leaves out: three attempts, a second apart, then two.
fn usual() -> Retry {
    let make = |kind, ty| Expr { kind, ty };
    Retry {
        attempts: make(ExprKind::Int(3), Type::Int),
        delay: make(ExprKind::Int(1_000), Type::Duration),
        backoff: Backoff::Exponential,
        factor: make(ExprKind::Float(2.0), Type::Float),
        longest_delay: make(ExprKind::Int(60_000), Type::Duration),
        jitter: make(ExprKind::Float(0.2), Type::Float),
        on: Vec::new(),
    }
}

/// Where a policy names its first delay and no cap: sixty times that, and no less than usual. So `delay: 1d` is a day.
fn usual_cap(delay: &Expr) -> Expr {
    const TIMES: i64 = 60;
    let duration = |kind| Expr { kind, ty: Type::Duration };
    let least = usual().longest_delay;
    match (&delay.kind, &least.kind) {
        (ExprKind::Int(millis), ExprKind::Int(least)) => {
            duration(ExprKind::Int(millis.saturating_mul(TIMES).max(*least)))
        }
        _ => {
            let times = Expr { kind: ExprKind::Int(TIMES), ty: Type::Int };
            let grown = duration(ExprKind::Arith(ArithOp::Mul, Box::new(delay.clone()), Box::new(times)));
            duration(ExprKind::Builtin(Builtin::MaxNumber, vec![grown, least], None))
        }
    }
}

impl Body<'_> {
    /// How patiently an operation is called: by its clauses, else by the workflow's `defaults`, else by what it is.
    pub(super) fn options(&mut self, clauses: &[Clause], operation: &Operation) -> CallOptions {
        let mut timeout = None;
        let mut retry = None;
        let mut cache = None;
        let mut unclear = None;
        for clause in clauses {
            match clause {
                Clause::Timeout(e, _) => timeout = Some(e),
                Clause::Retry(policy, _) => retry = Some(policy),
                Clause::Cache(record, span) => cache = self.cache(record, *span),
                Clause::Unclear(policy, span) => unclear = Some((*policy, *span)),
                Clause::Undo(..) => {}
            }
        }
        let unclear = self.when_unclear(unclear, operation);
        let defaults = self.flow.defaults.clone();
        let timeout = match (timeout, &defaults.timeout) {
            (Some(e), _) => Some(self.timeout(e)),
            (None, Some(e)) => Some(self.as_workflow(|body| body.timeout(e))),
            (None, None) => None,
        };
        let retry = match (retry, &defaults.retry) {
            (Some(WrittenRetry::None), _) | (None, Some(WrittenRetry::None)) => None,
            (Some(WrittenRetry::Policy(policy)), _) => Some(self.policy(policy)),
            (None, Some(WrittenRetry::Policy(policy))) => Some(self.as_workflow(|body| body.policy(policy))),
            (None, None) if operation.readonly || operation.idempotent => Some(usual()),
            (None, None) => None,
        };
        self.never_on_unclear(retry.as_ref(), clauses);
        CallOptions { timeout, retry, cache, unclear }
    }

    /// By the call, else by its operation, else by `defaults`; an operation that may be made again at any time is.
    fn when_unclear(&mut self, written: Option<(tree::Unclear, Span)>, operation: &Operation) -> Unclear {
        let harmless = [(operation.readonly, "readonly"), (operation.idempotent, "idempotent")];
        if let Some((_, word)) = harmless.into_iter().find(|(is, _)| *is) {
            if let Some((_, span)) = written {
                self.report(needless(word, span));
            }
            return Unclear::Retry;
        }
        let written = written.map(|(policy, _)| lowered(policy));
        written.or(operation.unclear).or(self.flow.defaults.unclear).unwrap_or_default()
    }

    /// A step that fails `unclear` is not tried again for that.
    fn never_on_unclear(&mut self, retry: Option<&Retry>, clauses: &[Clause]) {
        if !retry.is_some_and(|retry| retry.on.iter().any(|kind| kind == UNCLEAR)) {
            return;
        }
        let span = clauses.iter().find_map(|clause| match clause {
            Clause::Retry(_, span) => Some(*span),
            _ => None,
        });
        if let Some(span) = span {
            let text = "a step that is `unclear` is not tried again by its `retry`";
            let found = Diagnostic::error("E1006", span, text);
            self.report(found.help("take it out of `on`, and write `unclear retry` to have it made again"));
        }
    }

    fn timeout(&mut self, e: &Written) -> Expr {
        self.expr_to(e, &Type::Duration, &Slot::Plain("`timeout`"))
    }

    /// The setting `defaults` speaks of the workflow's parameters, also in a flow that cannot see them.
    fn as_workflow<T>(&mut self, lower: impl FnOnce(&mut Self) -> T) -> T {
        let flow = std::mem::take(&mut self.vars.flow);
        let lowered = lower(self);
        self.vars.flow = flow;
        lowered
    }

    /// A policy is read where it is written, so that it is known before the run.
    pub(in crate::check) fn policy(&mut self, written: &Written) -> Retry {
        let mut policy = usual();
        let decls = self.decls;
        let WrittenKind::Record(entries) = &decls.behind(written).kind else {
            let found = Diagnostic::error("E1006", written.span, "a retry policy is a record")
                .help("`retry { attempts: 3, delay: 1s }`, a constant that is one, or `retry none`");
            self.report(found);
            return policy;
        };
        let says = |field: &str| {
            entries.iter().any(|entry| matches!(entry, Entry::Field { name, .. } if name.text == field))
        };
        let capped = says("max_delay") || !says("delay");
        for entry in entries {
            match entry {
                Entry::Field { name, value } => self.policy_field(&mut policy, name, value),
                Entry::Computed { key: e, .. } | Entry::Spread(e) => {
                    let found =
                        Diagnostic::error("E1006", e.span, "a retry policy is written field by field")
                            .help(format!("its fields are {}", FIELDS.join(", ")));
                    self.report(found);
                }
            }
        }
        if !capped {
            policy.longest_delay = usual_cap(&policy.delay);
        }
        policy
    }

    fn policy_field(&mut self, policy: &mut Retry, name: &Name, value: &Written) {
        let slot = Slot::Field { name: name.text.clone() };
        match name.text.as_str() {
            "attempts" => {
                policy.attempts = self.expr_to(value, &Type::Int, &slot);
                if matches!(value.kind, WrittenKind::Int(n) if n < 1) {
                    self.report(
                        Diagnostic::error("E1006", value.span, "there is at least one attempt")
                            .help("`retry none` is a single one"),
                    );
                }
            }
            "delay" => policy.delay = self.expr_to(value, &Type::Duration, &slot),
            "factor" => policy.factor = self.expr_to(value, &Type::Float, &slot),
            "max_delay" => policy.longest_delay = self.expr_to(value, &Type::Duration, &slot),
            "jitter" => {
                policy.jitter = self.expr_to(value, &Type::Float, &slot);
                if matches!(policy.jitter.kind, ExprKind::Float(part) if !(0.0..=1.0).contains(&part)) {
                    self.report(Diagnostic::error(
                        "E1006",
                        value.span,
                        "`jitter` is a part of the delay: 0.0 to 1.0",
                    ));
                }
            }
            "backoff" => policy.backoff = self.growth(value),
            "on" => policy.on = self.kinds(value),
            _ => {
                let found = Diagnostic::error(
                    "E1006",
                    name.span,
                    format!("a retry policy has no field `{}`", name.text),
                );
                let found = match nearest(&name.text, FIELDS) {
                    Some(near) => found.help(format!("did you mean `{near}`?")).fix(name.span, near),
                    None => found.help(format!("its fields are {}", FIELDS.join(", "))),
                };
                self.report(found);
            }
        }
    }

    fn growth(&mut self, value: &Written) -> Backoff {
        let text = match self.decls.literal(value) {
            Some(Type::Lit(crate::types::Lit::Text(text))) => text,
            _ => String::new(),
        };
        if let Some((_, growth)) = GROWTHS.iter().find(|(name, _)| *name == text) {
            return *growth;
        }
        let found = Diagnostic::error("E1006", value.span, "`backoff` says how the delay grows")
            .help("it is \"constant\", \"linear\" or \"exponential\"");
        self.report(found);
        Backoff::Exponential
    }

    /// `on: [network, timeout]`: names of kinds.
    fn kinds(&mut self, value: &Written) -> Vec<String> {
        let decls = self.decls;
        let WrittenKind::List(items) = &decls.behind(value).kind else {
            self.report(
                Diagnostic::error("E1006", value.span, "`on` lists failure kinds")
                    .help("`on: [network, timeout]`"),
            );
            return Vec::new();
        };
        let mut kinds = Vec::new();
        for item in items {
            match item {
                ListItem::Item(Written { kind: WrittenKind::Name(name), .. }) => {
                    if decls.knows_kind(&name.text) {
                        kinds.push(name.text.clone());
                    } else {
                        self.report(decls.unknown_kind(name));
                    }
                }
                ListItem::Item(e) | ListItem::Spread(e) => {
                    self.report(
                        Diagnostic::error("E1006", e.span, "`on` lists failure kinds by name")
                            .help("`on: [network, timeout]`, without quotes"),
                    );
                }
            }
        }
        kinds
    }
}

//! Names and values that other languages know and this one writes otherwise.

use cairn_dsl::Diagnostic;
use cairn_dsl::tree::{self, FnArg, Name, Span};

use crate::check::body::Body;

/// Functions of others, and the method that does the same.
const METHODS: [(&str, &str); 10] = [
    ("len", "len"),
    ("str", "to_text"),
    ("String", "to_text"),
    ("int", "to_int"),
    ("parseInt", "to_int"),
    ("float", "to_float"),
    ("parseFloat", "to_float"),
    ("round", "round"),
    ("sum", "sum"),
    ("sorted", "sort_by"),
];

/// A way of writing a value that is ours, for one that is not.
pub(super) fn value(name: &str) -> Option<String> {
    match name {
        "yes" | "Yes" | "YES" | "on" | "On" | "ON" => Some("true".to_owned()),
        "no" | "No" | "NO" | "off" | "Off" | "OFF" => Some("false".to_owned()),
        _ => iso_duration(name),
    }
}

/// `PT1H30M` as `1h30m` (ISO 8601); months and years have no fixed length.
fn iso_duration(text: &str) -> Option<String> {
    let (days, time) = text.strip_prefix('P')?.split_once('T').unwrap_or((text.get(1..)?, ""));
    let counted = |part: &str, units: &str| {
        let parts = part.bytes().all(|b| b.is_ascii_digit() || units.as_bytes().contains(&b));
        parts && part.bytes().next_back().is_none_or(|b| b.is_ascii_uppercase())
    };
    let first = days.bytes().chain(time.bytes()).next().is_some_and(|b| b.is_ascii_digit());
    let known = counted(days, "WD") && counted(time, "HMS");
    (first && known).then(|| format!("{days}{time}").to_ascii_lowercase())
}

impl Body<'_> {
    /// `len(xs)` is `xs.len()`.
    #[expect(clippy::result_large_err, reason = "both sides are the message; neither is kept for long")]
    pub(super) fn foreign_function(
        &self,
        found: Diagnostic,
        function: &Name,
        args: &[FnArg],
        span: Span,
    ) -> Result<Diagnostic, Diagnostic> {
        let Some((_, ours)) = METHODS.iter().find(|(there, _)| *there == function.text) else {
            return Err(found);
        };
        let [FnArg::Expr(of)] = args else { return Err(found) };
        let Some(of) = self.bracketed(of) else { return Err(found) };
        if *ours == "sort_by" {
            return Ok(found.help(format!("it is a method: `{of}.sort_by(x => x)`")));
        }
        let ours = format!("{of}.{ours}()");
        Ok(found.help(format!("it is a method: `{ours}`")).fix(span, ours))
    }

    /// An unknown name may be the beginning of a text without quotes: `order-1`.
    pub(super) fn unquoted(&self, name: &Name) -> String {
        let rest = self.source.text.get(name.span.end as usize..).unwrap_or_default();
        let length =
            rest.find(|c: char| !(c.is_ascii_alphanumeric() || "-_".contains(c))).unwrap_or(rest.len());
        let tail = rest.get(..length).filter(|tail| tail.starts_with('-')).unwrap_or_default();
        format!("is it a text? write `\"{}{tail}\"`; a value needs a `let` or a parameter before", name.text)
    }

    /// `${{ id }}`, where one pair of braces is enough.
    pub(super) fn double_braces(&self, e: &tree::Expr) -> Option<&str> {
        let tree::ExprKind::Record(_) = e.kind else { return None };
        let inner = self.snippet(e.span)?.strip_prefix('{')?.strip_suffix('}')?.trim();
        let name = inner.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        (name && !inner.is_empty()).then_some(inner)
    }
}

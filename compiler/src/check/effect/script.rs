//! Parameters of type `script`: a literal, so that no text from outside becomes part of a program.

use cairn_dsl::Diagnostic;
use cairn_dsl::tree::{self, Arg, ExprKind, Name, Span, TextPart};

use crate::check::body::Body;

impl Body<'_> {
    pub(super) fn literal_script(&mut self, name: &Name, value: &tree::Expr, args: &[Arg]) {
        if self.decls.literal(value).is_some() {
            return;
        }
        let decls = self.decls;
        let ExprKind::Text(parts) = &decls.behind(value).kind else {
            let text = format!("`{}` is a script, and this is not known before the run", name.text);
            let found = Diagnostic::error("E0907", value.span, text)
                .help("write the script as a literal; what changes goes into `env`");
            self.report(found);
            return;
        };
        let first = parts.iter().find_map(|part| if let TextPart::Expr(e) = part { Some(e) } else { None });
        let Some(first) = first else { return };
        let shown = self.snippet(first.span).unwrap_or("…").to_owned();
        let variable = variable(first);
        let found = Diagnostic::error("E0907", first.span, "text is pasted into a shell script")
            .label(format!("`{shown}` would be read as part of the program"));
        let help = format!(
            "pass it by `env`: write `\\\"${variable}\\\"` in the script, and `env: {{ {variable}: {shown} }}` beside it"
        );
        let found = found.help(help.replace("\\\"", "\""));
        let has_env = args.iter().any(|arg| matches!(arg, Arg::Named { name, .. } if name.text == "env"));
        let found = if has_env { found } else { self.by_env(found, parts, value) };
        self.report(found);
    }

    /// The edit, where all that is pasted has a plain name.
    fn by_env(&self, found: Diagnostic, parts: &[TextPart], value: &tree::Expr) -> Diagnostic {
        let ExprKind::Text(_) = &value.kind else { return found };
        let pasted: Vec<&tree::Expr> = parts
            .iter()
            .filter_map(|part| if let TextPart::Expr(e) = part { Some(e) } else { None })
            .collect();
        let plain = |e: &&tree::Expr| matches!(e.kind, ExprKind::Name(_) | ExprKind::Field { .. });
        if !pasted.iter().all(plain) {
            return found;
        }
        let mut env: Vec<String> = Vec::new();
        let mut mended = found;
        for e in pasted {
            let hole = Span { start: e.span.start.saturating_sub(2), end: e.span.end + 1 };
            let written = self.source.text.get(hole.range()).unwrap_or_default();
            if !written.starts_with("${") || !written.ends_with('}') {
                return Diagnostic { edits: Vec::new(), ..mended };
            }
            let entry = format!("{}: {}", variable(e), self.snippet(e.span).unwrap_or_default());
            if !env.contains(&entry) {
                env.push(entry);
            }
            mended = mended.fix(hole, format!("${}", variable(e)));
        }
        let behind = Span { start: value.span.end, end: value.span.end };
        mended.fix(behind, format!(", env: {{ {} }}", env.join(", ")))
    }
}

/// What an environment variable for it is called: `order.id` is `ID`.
fn variable(e: &tree::Expr) -> String {
    match &e.kind {
        ExprKind::Name(name) | ExprKind::Field { name, .. } => name.text.to_ascii_uppercase(),
        _ => "VALUE".to_owned(),
    }
}

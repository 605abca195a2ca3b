//! What a workflow needs to be granted: operations, addresses, programs, events. All of it is known before it runs.

use std::collections::{BTreeMap, BTreeSet};

use cairn_dsl::Diagnostic;
use cairn_dsl::tree::{Arg, BinaryOp, Expr, ExprKind, Span, TextPart};

use super::body::Body;
use super::decls::{Decls, Tool};
use crate::ir::Needs;
use crate::types::{Field, Lit, Type};

/// Collected while a workflow is gone through.
#[derive(Default)]
pub(super) struct Wants {
    /// What is used of each tool, as it is called where it is bound.
    pub(super) tools: BTreeMap<String, Tool>,
    /// Events waited for, with their fields, as they are called where they are sent.
    pub(super) events: BTreeMap<String, Vec<Field>>,
    pub(super) emits: BTreeMap<String, Vec<Field>>,
    pub(super) secrets: BTreeSet<String>,
    pub(super) workflows: BTreeSet<String>,
    pub(super) locks: BTreeSet<String>,
    http: BTreeSet<String>,
    exec: BTreeSet<String>,
}

impl Wants {
    /// An operation that is called.
    pub(super) fn note_tool(&mut self, tool: &Tool, operation: &str) {
        let Some(of) = tool.operations.get(operation) else { return };
        let used = self
            .tools
            .entry(tool.wire.clone())
            .or_insert_with(|| Tool { operations: BTreeMap::new(), ..tool.clone() });
        used.operations.insert(operation.to_owned(), of.clone());
    }

    /// What has to be granted; the addresses of tools that say where they are included.
    pub(super) fn needs(&self) -> Needs {
        let tools = self
            .tools
            .iter()
            .flat_map(|(name, tool)| tool.operations.keys().map(move |op| format!("{name}.{op}")));
        let origins = self.tools.values().flat_map(origins);
        Needs {
            tools: tools.collect(),
            http: self.http.iter().cloned().chain(origins).collect::<BTreeSet<_>>().into_iter().collect(),
            exec: self.exec.iter().cloned().collect(),
            events: self.events.keys().cloned().collect(),
            emits: self.emits.keys().cloned().collect(),
            secrets: self.secrets.iter().cloned().collect(),
            workflows: self.workflows.iter().cloned().collect(),
            locks: self.locks.iter().cloned().collect(),
        }
    }
}

/// The addresses of a tool that says where it is: by its own text, or by the description that its operations were read from.
fn origins(tool: &Tool) -> Vec<String> {
    let own = tool.from.as_deref().and_then(|from| from.strip_prefix("http:")).and_then(origin);
    let routes = tool.operations.values().filter_map(|op| origin(&op.route.as_ref()?.server));
    own.into_iter().chain(routes).collect()
}

/// Scheme, host and port of an address, as grants name it: `https://api.example.com:8443`, small letters, without the scheme's own port.
pub(super) fn origin(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    let own_port = match scheme {
        "http" => ":80",
        "https" => ":443",
        _ => return None,
    };
    let host = rest.split(['/', '?', '#']).next()?;
    let host = host.strip_suffix(own_port).unwrap_or(host);
    let fine = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']');
    (!host.is_empty() && host.chars().all(fine)).then(|| format!("{scheme}://{}", host.to_ascii_lowercase()))
}

impl Decls<'_> {
    /// The part of a text that is known before it runs, and whether that is all of it.
    fn known_text(&self, e: &Expr) -> (String, bool) {
        match &self.behind(e).kind {
            ExprKind::Text(parts) => {
                let mut known = String::new();
                for part in parts {
                    match part {
                        TextPart::Chunk(chunk) => known.push_str(chunk),
                        TextPart::Expr(e) => {
                            let (more, whole) = self.known_text(e);
                            known.push_str(&more);
                            if !whole {
                                return (known, false);
                            }
                        }
                    }
                }
                (known, true)
            }
            ExprKind::Binary { op: BinaryOp::Add, left, right, .. } => {
                let (known, whole) = self.known_text(left);
                if !whole {
                    return (known, false);
                }
                let (more, whole) = self.known_text(right);
                (known + &more, whole)
            }
            _ => (String::new(), false),
        }
    }
}

impl Decls<'_> {
    /// A text with `*` for what is worked out: `deploy/*`.
    fn pattern(&self, e: &Expr) -> String {
        let e = self.behind(e);
        let (known, whole) = self.known_text(e);
        if whole {
            return known;
        }
        let ExprKind::Text(parts) = &e.kind else { return "*".to_owned() };
        let part = |part: &TextPart| match part {
            TextPart::Chunk(chunk) => chunk.clone(),
            TextPart::Expr(e) => self.pattern(e),
        };
        parts.iter().map(part).collect()
    }
}

impl Body<'_> {
    /// The name of a lock, as grants have it.
    pub(super) fn lock_pattern(&self, name: &Expr) -> String {
        self.decls.pattern(name)
    }

    /// Notes what a call needs; an address or program that is not known before it runs is an error.
    pub(super) fn note_call(&mut self, tool: &str, operation: &str, args: &[Arg], span: Span) {
        let decls = self.decls;
        if let Some(of) = decls.tools.get(tool) {
            self.shared.wants.note_tool(of, operation);
        }
        if self.decls.is_http_client(tool) {
            self.note_address(argument(args, "url"), span);
        } else if self.decls.is_command_runner(tool) {
            self.note_program(argument(args, "program"), span);
        }
    }

    fn note_address(&mut self, url: Option<&Expr>, span: Span) {
        let Some(url) = url else { return };
        let (known, whole) = self.decls.known_text(url);
        let decided =
            whole || known.split_once("://").is_some_and(|(_, rest)| rest.contains(['/', '?', '#']));
        if let (true, Some(origin)) = (decided, origin(&known)) {
            self.shared.wants.http.insert(origin);
            return;
        }
        let found = if whole {
            Diagnostic::error("E0901", url.span, format!("`{known}` is no address that can be called"))
                .help("write it in full: `https://api.example.com/…`")
        } else {
            Diagnostic::error("E0901", url.span, "which host this calls is not known before it runs")
                .label("the host is worked out")
                .also(span, "so it cannot be granted")
                .help(match known.strip_suffix('/').unwrap_or(&known) {
                    host if origin(host).is_some() => format!("put a `/` behind the host: `\"{host}/${{…}}\"`"),
                    _ => "begin with a literal up to the path, `\"https://api.example.com/${…}\"`, or put the beginning into a `const`".into(),
                })
        };
        self.report(found);
    }

    fn note_program(&mut self, program: Option<&Expr>, span: Span) {
        let Some(program) = program else { return };
        if let Some(Type::Lit(Lit::Text(program))) = self.decls.literal(program) {
            self.shared.wants.exec.insert(program);
            return;
        }
        let found = Diagnostic::error("E0902", program.span, "which program this runs is not known before it runs")
            .label("worked out")
            .also(span, "so it cannot be granted")
            .help("write the program as a literal; what changes goes into `args` or `env`. For several programs, `match` with one `call` each");
        self.report(found);
    }
}

fn argument<'a>(args: &'a [Arg], wanted: &str) -> Option<&'a Expr> {
    args.iter().find_map(|arg| match arg {
        Arg::Named { name, value } if name.text == wanted => Some(value),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::origin;

    #[test]
    fn an_origin_is_scheme_host_and_port() {
        assert_eq!(origin("https://API.example.com/v1?x").as_deref(), Some("https://api.example.com"));
        assert_eq!(origin("http://127.0.0.1:7402").as_deref(), Some("http://127.0.0.1:7402"));
        assert_eq!(origin("https://a.example:443/").as_deref(), Some("https://a.example"));
        for wrong in
            ["ftp://a.example/", "https:///x", "a.example/x", "https://user@a.example/", "https://a b/"]
        {
            assert_eq!(origin(wrong), None, "{wrong}");
        }
    }
}

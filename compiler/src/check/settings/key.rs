//! `key "${repo}/${branch}" else replace`: what makes two starts one instance. Worked out by the host before the code runs, so it is
//! made of texts and of fields of the input.

use cairn_dsl::Diagnostic;
use cairn_dsl::tree::{Expr, ExprKind, Name, TextPart};

use crate::check::body::Body;
use crate::check::decls::Param;
use crate::check::names::a_type;
use crate::check::relate::{Shape, has_null, shape};
use crate::ir::{KeyMeta, KeyMetaPart};
use crate::types::{Lit, Type};

const HELP: &str =
    "a `key` is a parameter, a field of one, or a text of them: `key \"${order.shop}/${order.id}\"`";

impl Body<'_> {
    pub(super) fn instance_key(
        &mut self,
        value: &Expr,
        mode: Option<&Name>,
        params: &[Param],
    ) -> Option<KeyMeta> {
        let before = self.shared.report.count();
        self.begin("key");
        let found = self.purely("the setting `key`", |body| body.expr(value, None));
        let parts = self.key_parts(value, params);
        if let Some(parts) = &parts
            && self.shared.report.count() == before
        {
            self.names_something(&found.ty, value, parts);
        }
        let otherwise = mode.map_or("reject", |mode| mode.text.as_str()).to_owned();
        Some(KeyMeta { parts: parts?, otherwise })
    }

    fn names_something(&mut self, ty: &Type, value: &Expr, parts: &[KeyMetaPart]) {
        if !parts.iter().any(|part| matches!(part, KeyMetaPart::Input(_))) {
            let found = Diagnostic::error("E0903", value.span, "this key is the same for every start")
                .label("nothing of the input is in it")
                .help(HELP);
            self.report(found);
        } else if has_null(ty) {
            let shown = self.snippet(value.span).unwrap_or("this").to_owned();
            let found = Diagnostic::error(
                "E0903",
                value.span,
                format!("`{shown}` may be null, and a key names the run"),
            )
            .label(ty.to_string())
            .help("take a field that is always there");
            self.report(found);
        }
    }

    fn key_parts(&mut self, e: &Expr, params: &[Param]) -> Option<Vec<KeyMetaPart>> {
        let decls = self.decls;
        if let Some(path) = input_path(e, params) {
            self.judge_part(e, params);
            return Some(vec![KeyMetaPart::Input(path)]);
        }
        match decls.literal(e) {
            Some(Type::Lit(Lit::Text(text))) => return Some(vec![KeyMetaPart::Text(text)]),
            Some(Type::Lit(Lit::Int(n))) => return Some(vec![KeyMetaPart::Text(n.to_string())]),
            _ => {}
        }
        if let ExprKind::Text(parts) = &decls.behind(e).kind {
            let mut all = Vec::new();
            for part in parts {
                match part {
                    TextPart::Chunk(text) => all.push(KeyMetaPart::Text(text.clone())),
                    TextPart::Expr(e) => all.extend(self.key_parts(e, params)?),
                }
            }
            return Some(all);
        }
        let text = "this cannot stand in a `key`: the host works it out before the code runs";
        self.report(Diagnostic::error("E0903", e.span, text).help(HELP));
        None
    }

    /// A text, an int or a bool that is always there.
    fn judge_part(&mut self, e: &Expr, params: &[Param]) {
        let root = root(e).and_then(|name| params.iter().find(|p| p.name == name));
        if let Some(param) = root.filter(|p| p.default.is_some()) {
            let text = format!("`{}` may be left out of the input, so it cannot name the run", param.name);
            let found = Diagnostic::error("E0903", e.span, text);
            let found = if let Some(at) = param.span { found.also(at, "it has a default") } else { found };
            self.report(found.help("take a parameter that always has to be given"));
            return;
        }
        self.shared.report.mute();
        let ty = self.expr(e, None).ty;
        self.shared.report.unmute();
        let plain = crate::check::relate::without_null(&ty);
        if !matches!(shape(&plain), Shape::Plain(Type::Text | Type::Int | Type::Bool) | Shape::Unknown) {
            let text = format!("a key is made of strings, ints and bools, and this is {}", a_type(&ty));
            self.report(Diagnostic::error("E0903", e.span, text).help(HELP));
        }
    }
}

/// `order.id` as a JSON pointer into the input.
fn input_path(e: &Expr, params: &[Param]) -> Option<String> {
    match &e.kind {
        ExprKind::Name(name) => params.iter().any(|p| p.name == name.text).then(|| format!("/{}", name.text)),
        ExprKind::Field { of, name } | ExprKind::OptField { of, name } => {
            Some(format!("{}/{}", input_path(of, params)?, escaped(&name.text)))
        }
        ExprKind::Must(of) => input_path(of, params),
        _ => None,
    }
}

/// A name in a JSON pointer (RFC 6901).
pub(in crate::check) fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

fn root(e: &Expr) -> Option<&str> {
    match &e.kind {
        ExprKind::Name(name) => Some(&name.text),
        ExprKind::Field { of, .. } | ExprKind::OptField { of, .. } | ExprKind::Must(of) => root(of),
        _ => None,
    }
}

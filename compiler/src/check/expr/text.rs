//! Texts with `${…}`.

use cairn_dsl::Diagnostic;
use cairn_dsl::tree::{self, TextPart};

use super::make;
use crate::check::body::Body;
use crate::check::names::{a_type, short};
use crate::check::relate::{Shape, has_null, members, shape, without_null};
use crate::ir::{self, Expr, ExprKind};
use crate::types::{Lit, Type};

impl Body<'_> {
    /// A text; without `${…}` its type is itself.
    pub(in crate::check) fn text(&mut self, parts: &[TextPart]) -> Expr {
        let plain: Option<String> =
            parts.iter().map(|p| if let TextPart::Chunk(c) = p { Some(c.as_str()) } else { None }).collect();
        if let Some(text) = plain {
            return make(ExprKind::Text(text.clone()), Type::Lit(Lit::Text(text)));
        }
        let parts = parts.iter().map(|part| match part {
            TextPart::Chunk(chunk) => ir::TextPart::Chunk(chunk.clone()),
            TextPart::Expr(e) => ir::TextPart::Expr(self.printed(e)),
        });
        let parts: Vec<ir::TextPart> = parts.collect();
        let secret =
            |part: &ir::TextPart| matches!(part, ir::TextPart::Expr(e) if matches!(e.ty, Type::Secret(_)));
        if parts.iter().any(secret) {
            return crate::check::secrets::template(parts);
        }
        make(ExprKind::Interpolate(parts), Type::Text)
    }

    /// What stands between `${` and `}`.
    fn printed(&mut self, e: &tree::Expr) -> Expr {
        let value = self.expr(e, None);
        if matches!(value.ty, Type::Secret(_)) {
            return value;
        }
        if has_null(&value.ty) && printable(&without_null(&value.ty)) {
            let label = format!("{}, a text wants something to show", short(&value.ty));
            let found = self.may_be_null(&value.ty, e, &label, &Type::Text);
            self.report(found);
        } else if !printable(&value.ty) {
            let text = format!("{} cannot be shown in a text", a_type(&value.ty));
            if let Some(inner) = self.double_braces(e) {
                let found = Diagnostic::error("E0312", e.span, text)
                    .help(format!("one pair of braces is enough: `${{{inner}}}`"))
                    .fix(e.span, inner);
                self.report(found);
                return value;
            }
            let bare = self.bracketed(e).unwrap_or_else(|| "x".into());
            let help = match shape(&value.ty) {
                Shape::List(of) if printable(&of) => {
                    format!("`{bare}.join(\", \")` for people, `{bare}.to_json()` for machines")
                }
                Shape::Record => {
                    format!("show one of its fields: `{bare}.…`; or all of it: `{bare}.to_json()`")
                }
                _ => format!("`{bare}.to_json()` shows all of it"),
            };
            self.report(Diagnostic::error("E0312", e.span, text).help(help));
        }
        value
    }
}

/// A scalar, some of them, or json.
fn printable(ty: &Type) -> bool {
    let scalar = |t: &Type| {
        matches!(
            t,
            Type::Bool
                | Type::Int
                | Type::Float
                | Type::Text
                | Type::Duration
                | Type::Time
                | Type::Json
                | Type::Lit(_)
        )
    };
    members(ty).iter().all(scalar)
}

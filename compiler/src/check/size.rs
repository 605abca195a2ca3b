//! How large a type may be.

use cairn_dsl::Diagnostic;
use cairn_dsl::tree::Name;

use crate::types::Type;

/// Types are taken apart where they are named, so a few lines could ask for more memory than there is.
const LARGEST: usize = 2_000;

/// It has more parts than a type may have.
pub(super) fn is_too_large(ty: &Type) -> bool {
    size(ty) > LARGEST
}

/// How many types it is made of.
fn size(ty: &Type) -> usize {
    match ty {
        Type::List(of) | Type::Map(of) => 1 + size(of),
        Type::Record(fields) => 1 + fields.iter().map(|f| size(&f.ty)).sum::<usize>(),
        Type::Union(of) => 1 + of.iter().map(size).sum::<usize>(),
        _ => 1,
    }
}

/// `E0320`; `of` is what has the type: `type` or `value`.
pub(super) fn too_large(of: &str, name: &Name) -> Diagnostic {
    let text = if of == "type" {
        format!("the type `{}` is too large", name.text)
    } else {
        format!("the type of `{}` is too large", name.text)
    };
    Diagnostic::error("E0320", name.span, text)
        .label(format!("written out it has more than {LARGEST} parts"))
        .help("use `json` for the parts that the workflow does not look into")
}

//! The small projects, one for each language: the folders `sdk/LANGUAGE/template`.

/// Paths within the project, and texts.
pub(super) type Template = &'static [(&'static str, &'static str)];

/// What `--lang` takes.
pub(super) const LANGUAGES: [&str; 2] = ["cairn", "rust"];

/// A file of a template.
macro_rules! files {
    ($language:literal: $($path:literal)*) => {
        &[$(($path, include_str!(concat!("../../../../../sdk/", $language, "/template/", $path)))),*]
    };
}

pub(super) fn template(language: &str) -> Template {
    match language {
        "rust" => files!("rust": "Cargo.toml" "src/lib.rs" "README.md"),
        _ => files!("cairn": "NAME.cairn" "README.md"),
    }
}

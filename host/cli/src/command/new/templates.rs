//! The small projects, one for each language: the folders `sdk/LANGUAGE/template`. Each carries the library of its language with it, as it belongs to this
//! host: nothing has to be published, and the two fit.

use include_dir::{Dir, include_dir};

/// The library within a project: copied as it is.
pub(super) const LIBRARY: &str = "cairn";

/// What `--lang` takes.
pub(super) const LANGUAGES: [&str; 8] = ["cairn", "rust", "python", "js", "ts", "c", "zig", "go"];

static CAIRN: Dir = include_dir!("$CARGO_MANIFEST_DIR/../../sdk/cairn/template");
static RUST: Dir = include_dir!("$CARGO_MANIFEST_DIR/../../sdk/rust/template");
static PYTHON: Dir = include_dir!("$CARGO_MANIFEST_DIR/../../sdk/python/template");
static JS: Dir = include_dir!("$CARGO_MANIFEST_DIR/../../sdk/js/template");
static TS: Dir = include_dir!("$CARGO_MANIFEST_DIR/../../sdk/js/template-ts");
static C: Dir = include_dir!("$CARGO_MANIFEST_DIR/../../sdk/c/template");
static ZIG: Dir = include_dir!("$CARGO_MANIFEST_DIR/../../sdk/zig/template");
static GO: Dir = include_dir!("$CARGO_MANIFEST_DIR/../../sdk/go/template");

/// The tree of a language's project.
pub(super) fn template(language: &str) -> &'static Dir<'static> {
    match language {
        "rust" => &RUST,
        "python" => &PYTHON,
        "js" => &JS,
        "ts" => &TS,
        "c" => &C,
        "zig" => &ZIG,
        "go" => &GO,
        _ => &CAIRN,
    }
}

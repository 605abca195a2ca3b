//! The value runtime that the compiler embeds is the one whose source is in the tree.

use std::process::Command;

use cairn_tests::workspace;

const TARGET: &str = "wasm32-unknown-unknown";

#[test]
fn the_embedded_runtime_belongs_to_its_source() {
    let folder = workspace().join("compiler/runtime");
    let known = Command::new("rustc").args(["--print", "target-libdir", "--target", TARGET]).output();
    let libdir = known.ok().and_then(|out| String::from_utf8(out.stdout).ok()).unwrap_or_default();
    if !std::path::Path::new(libdir.trim()).exists() {
        println!(
            "skipped: the embedded runtime is not compared (`rustup target add {TARGET}` makes it possible)"
        );
        return;
    }
    let done = Command::new(folder.join("build")).arg("--check").current_dir(&folder).output();
    let done = done.expect("compiler/runtime/build can be run");
    let text = [done.stdout, done.stderr].map(|part| String::from_utf8_lossy(&part).into_owned()).concat();
    assert!(done.status.success(), "{text}");
}

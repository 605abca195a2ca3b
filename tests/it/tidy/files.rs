//! The files of the tree.

use std::{fs, process::Command};

use cairn_tests::workspace;

/// Path from the top, with `/`, and text.
pub(super) struct File {
    pub(super) path: String,
    pub(super) text: String,
}

/// Paths of all files that are tracked, or would be if they were added.
pub(super) fn paths() -> Vec<String> {
    let git = Command::new("git")
        .args(["ls-files", "--cached", "--others", "--exclude-standard"])
        .current_dir(workspace())
        .output()
        .expect("git can be run");
    assert!(git.status.success(), "{}", String::from_utf8_lossy(&git.stderr));
    let list = String::from_utf8(git.stdout).expect("paths are UTF-8");
    let mut paths: Vec<String> = list.lines().map(str::to_owned).collect();
    paths.retain(|path| workspace().join(path).is_file());
    assert!(paths.len() > 50, "there are more files than this: {paths:?}");
    paths
}

/// All files that are text.
pub(super) fn all() -> Vec<File> {
    let read =
        |path: String| fs::read_to_string(workspace().join(&path)).ok().map(|text| File { path, text });
    paths().into_iter().filter_map(read).collect()
}

/// All files of Rust.
pub(super) fn rust() -> Vec<File> {
    all().into_iter().filter(|file| file.path.ends_with(".rs")).collect()
}

/// One file.
#[track_caller]
pub(super) fn text(path: &str) -> String {
    fs::read_to_string(workspace().join(path)).unwrap_or_else(|e| panic!("{path}: {e}"))
}

/// Folders of the workspace's members.
pub(super) fn members() -> Vec<String> {
    let manifest = text("Cargo.toml");
    let line =
        manifest.lines().find(|line| line.starts_with("members = [")).expect("the members are on one line");
    line.split('"').skip(1).step_by(2).map(str::to_owned).collect()
}

//! On this machine, in a folder of their own.

use std::{fs, path::PathBuf, time::Duration};

use serde_json::{Value, json};

use super::super::{Attempt, Grant, resolve_in};
use crate::ops::FailureView;

struct Bench(PathBuf);

impl Bench {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("cairn-ci-{}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        Self(folder)
    }

    async fn call(&self, operation: &str, arguments: Value) -> Result<Value, FailureView> {
        let allow = ["exec=sh", "exec=git"].map(|one| one.parse().unwrap()).to_vec();
        self.call_with(Grant { allow, ..Grant::default() }, operation, arguments).await
    }

    async fn call_with(&self, grant: Grant, operation: &str, arguments: Value) -> Result<Value, FailureView> {
        let attempt = Attempt {
            tool: "ci".to_owned(),
            operation: operation.to_owned(),
            arguments,
            idempotency_key: "local/o1/step".to_owned(),
            readonly: false,
            route: None,
            fails: Vec::new(),
            timeout: Duration::from_secs(30),
        };
        Ok(resolve_in("ci", Some("ci:"), &grant, Some(&self.0))?.call(attempt).await?)
    }

    async fn sh(&self, script: &str, more: Value) -> Result<Value, FailureView> {
        let mut arguments = json!({ "script": script });
        arguments.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.call("sh", arguments).await
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[tokio::test]
async fn a_script_works_on_a_copy_and_what_it_leaves_is_kept_by_digest() {
    let bench = Bench::new("sh");
    let script = "mkdir -p a/b; echo one > a/b/x.txt; printf '#!/bin/sh\\n' > run; chmod +x run; ln -s run link; echo $WHO";
    let first =
        bench.sh(script, json!({ "env": { "WHO": "ada" }, "out": ["a/b/x.txt", "none"] })).await.unwrap();
    assert_eq!(first["stdout"], "ada\n");
    assert_eq!(first["files"]["a/b/x.txt"]["size"], 4);
    assert_eq!(first["files"]["a/b/x.txt"]["name"], "x.txt");
    assert!(first["files"].get("none").is_none());
    let again = bench.sh(script, json!({ "env": { "WHO": "eve" } })).await.unwrap();
    assert_eq!(first["tree"], again["tree"], "the same files are the same tree");

    let tree = first["tree"].clone();
    let look = "cat a/b/x.txt; test -x run && readlink link; echo two >> a/b/x.txt";
    let second = bench.sh(look, json!({ "tree": tree })).await.unwrap();
    assert_eq!(second["stdout"], "one\nrun\n");
    assert_ne!(second["tree"], tree);
    let third = bench.sh("cat a/b/x.txt", json!({ "tree": tree, "with": second["tree"] })).await.unwrap();
    assert_eq!(
        third["stdout"], "one\ntwo\n",
        "what it is run with lies over it; the first tree is as it was"
    );
    let hash = |glob: &str| bench.call("hash", json!({ "tree": tree, "glob": glob }));
    assert_eq!(hash("**/x.txt").await, hash("a/b/*").await);
    assert_ne!(hash("**/x.txt").await, hash("**").await);
    assert!(fs::read_dir(bench.0.join("work")).unwrap().next().is_none(), "work is cleared away");
}

#[tokio::test]
async fn a_tree_is_saved_and_restored_by_its_key_and_a_file_becomes_an_artifact() {
    let bench = Bench::new("save");
    let made = bench.sh("echo 1 > f", json!({ "out": ["f"] })).await.unwrap();
    let restored = || bench.call("restore", json!({ "key": "k/../x" }));
    assert_eq!(restored().await, Ok(json!({ "tree": null })));
    bench.call("save", json!({ "key": "k/../x", "tree": made["tree"] })).await.unwrap();
    assert_eq!(restored().await, Ok(json!({ "tree": made["tree"] })));
    let artifact = |name: &str| bench.call("artifact", json!({ "name": name, "file": made["files"]["f"] }));
    assert_eq!(artifact("report").await, Ok(Value::Null));
    assert_eq!(fs::read(bench.0.join("artifacts/local/o1/report")).unwrap(), b"1\n");
    for name in ["", "../x", "a/b", ".."] {
        assert_eq!(artifact(name).await.unwrap_err().kind, "tool_failed", "{name}");
    }
}

#[tokio::test]
async fn what_goes_wrong_says_what_and_what_is_not_granted_is_denied() {
    let bench = Bench::new("wrong");
    let failed = bench.sh("echo partly; false; echo never", json!({})).await.unwrap_err();
    assert_eq!((failed.kind.as_str(), &failed.detail["stdout"]), ("tool_failed", &json!("partly\n")));
    let other = bench.sh("true", json!({ "on": "vms" })).await.unwrap_err();
    assert!(other.message.contains("no machine `vms`"), "{}", other.message);
    for digest in ["sha256:../../etc".to_owned(), format!("sha256:{}", "0".repeat(64))] {
        let gone = bench.sh("true", json!({ "tree": { "$tree": digest } })).await.unwrap_err();
        assert_eq!(gone.kind, "missing");
    }
    let denied = bench.call_with(Grant::default(), "sh", json!({ "script": "true" })).await.unwrap_err();
    assert!(denied.message.contains("--allow exec=sh"), "{}", denied.message);
}

#[tokio::test]
async fn a_commit_of_a_repository_is_checked_out() {
    let bench = Bench::new("git");
    let repo = bench.0.join("repo");
    fs::create_dir_all(&repo).unwrap();
    let made = "git init -q . && echo v1 > f && git add f && git -c user.name=a -c user.email=a@a commit -qm one && \
                git rev-parse HEAD && echo v2 > f && git -c user.name=a -c user.email=a@a commit -qam two";
    let git = std::process::Command::new("sh").args(["-ec", made]).current_dir(&repo).output().unwrap();
    assert!(git.status.success(), "{git:?}");
    let commit = String::from_utf8(git.stdout).unwrap().trim().to_owned();
    let repo = repo.display().to_string();
    let tree = bench.call("checkout", json!({ "repo": repo, "commit": commit })).await.unwrap();
    let seen = bench.sh("cat f; ls -A", json!({ "tree": tree["tree"] })).await.unwrap();
    assert_eq!(seen["stdout"], "v1\nf\n");
    let wrong = bench.call("checkout", json!({ "repo": repo, "commit": "0000000" })).await.unwrap_err();
    assert_eq!(wrong.kind, "tool_failed");
    for repo in ["--upload-pack=x", "ext::sh -c true"] {
        assert!(bench.call("checkout", json!({ "repo": repo, "commit": "a" })).await.is_err());
    }
}

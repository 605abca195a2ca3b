//! What somebody does who begins: `cairn new`, and the commands of the project's README, in each language; and the two commands for those who bring
//! their own compiler, `component` and `wit`.

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use cairn_tests::{Cairn, Services};
use serde_json::json;

use crate::{cairn, conformance, guests, orders};

/// Long enough for a toolchain that is fetched and a library that is compiled.
const PATIENCE: Duration = Duration::from_mins(10);

/// The blocks of code in a project's README, as shell.
fn blocks(folder: &Path) -> Vec<String> {
    let readme = fs::read_to_string(folder.join("README.md")).expect("a README");
    let mut blocks = vec![String::new()];
    for line in readme.lines() {
        match (line.strip_prefix("    "), blocks.last_mut()) {
            (Some(command), Some(block)) => block.extend([command, "\n"]),
            (None, Some(block)) if !block.is_empty() => blocks.push(String::new()),
            _ => {}
        }
    }
    blocks.retain(|block| !block.is_empty());
    blocks
}

/// A shell in a project, as its user has it: `cairn` is found, nothing else of the tests is.
fn shell(cairn: &Cairn, folder: &Path, commands: &str) -> Command {
    let bin = cairn.folder().join("bin");
    fs::create_dir_all(&bin).expect("a folder");
    let _there = std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_cairn-tested"), bin.join("cairn"));
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").expect("a PATH"));
    let mut shell = Command::new("bash");
    shell.args(["-euc", commands]).current_dir(folder).env("PATH", path).stdin(Stdio::null());
    for (name, _) in std::env::vars_os() {
        if ["CAIRN_", "CARGO_"].iter().any(|of| name.to_string_lossy().starts_with(of)) {
            shell.env_remove(name);
        }
    }
    shell
}

/// Makes a project of this name and does what its README says, to the run's result.
fn goes_by_its_readme(cairn: &Cairn, language: &str, grant: &str) {
    cairn.cmd("new demo_1 --lang").arg(language).run().ended(0);
    let folder = cairn.folder().join("demo_1");
    for (path, text) in texts(&folder) {
        fs::write(path, text.replace("https://example.com", grant)).expect("it can be written");
    }
    let [begin, send] = &blocks(&folder)[..] else { panic!("what is run, and what is sent") };
    let output = fs::File::create(folder.join("out.txt")).expect("a file");
    let mut runs = shell(cairn, &folder, begin);
    runs.stdout(output.try_clone().expect("a file")).stderr(output);
    let mut runs = runs.spawn().expect("bash is there");
    let begun = Instant::now();
    let said = || fs::read_to_string(folder.join("out.txt")).unwrap_or_default();
    while !shell(cairn, &folder, "cairn show n1").output().expect("bash is there").status.success() {
        let ended = runs.try_wait().expect("its state can be asked").is_some();
        assert!(!ended && begun.elapsed() < PATIENCE, "{language}: it never ran:\n{}", said());
        std::thread::sleep(Duration::from_millis(200));
    }
    let sent = shell(cairn, &folder, send).output().expect("bash is there");
    assert!(sent.status.success(), "{language}: {}", String::from_utf8_lossy(&sent.stderr));
    assert!(runs.wait().expect("it ends").success(), "{language}:\n{}", said());
    assert!(said().contains("Hello, Ada!") && said().contains("yes"), "{language}:\n{}", said());
}

/// The project's own texts; the library is left as it is.
fn texts(folder: &Path) -> Vec<(std::path::PathBuf, String)> {
    let files = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    files.filter_map(|path| Some((path.clone(), fs::read_to_string(path).ok()?))).collect()
}

#[test]
fn a_project_in_cairn_goes_by_its_readme() {
    let services = Services::new();
    goes_by_its_readme(&cairn(), "cairn", &services.origin());
    assert_eq!(services.calls().len(), 1);
}

#[test]
fn a_project_in_rust_goes_by_its_readme() {
    if guests::built().is_some() {
        goes_by_its_readme(&cairn(), "rust", "");
    }
}

#[test]
fn projects_in_languages_with_toolchains_of_their_own_go_by_their_readmes() {
    for language in conformance::OTHERS {
        if conformance::wanted(language) {
            goes_by_its_readme(&cairn(), language, "");
        }
    }
}

#[test]
fn a_project_is_put_where_nothing_is_and_under_a_name_that_every_language_has() {
    let cairn = cairn();
    let told = cairn.cmd("new order").run().ended(0);
    assert!(told.stderr.contains("  order.cairn\n") && told.stderr.contains("  cairn test order.cairn\n"));
    let again = cairn.cmd("new order").run().ended(2);
    assert!(again.stderr.contains("`order` is there already"), "{}", again.text());
    let named = cairn.cmd("new Order-Fulfilment").run().ended(2);
    assert!(named.stderr.contains("small letters, digits and `_`"), "{}", named.text());
    assert!(!cairn.folder().join("Order-Fulfilment").exists());
    let language = cairn.cmd("new other --lang cobol").run().ended(2);
    assert!(language.stderr.contains("rust"), "{}", language.text());
}

/// A workflow as a compiler for `wasm32-wasi` writes it: gives `"done"`, after a line on its standard output.
const CORE: &str = r#"(module
    (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
    (memory (export "memory") 16)
    (global $free (mut i32) (i32.const 65536))
    (data (i32.const 16) "\22done\22")
    (data (i32.const 32) "said\n")
    (data (i32.const 64) "\20\00\00\00\05\00\00\00")
    (data (i32.const 128) "\00\00\00\00\10\00\00\00\06\00\00\00")
    (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
        (global.get $free)
        (global.set $free (i32.and (i32.add (i32.add (global.get $free) (local.get 3)) (i32.const 15)) (i32.const -16))))
    (func (export "run") (param i32 i32) (result i32)
        (drop (call $write (i32.const 1) (i32.const 64) (i32.const 1) (i32.const 72)))
        (i32.const 128)))"#;

#[test]
fn a_core_module_is_made_a_component_and_runs() {
    let cairn = cairn();
    let core = cairn.folder().join("core.wasm");
    fs::write(&core, wat::parse_str(CORE).expect("a module")).expect("it can be written");
    cairn.cmd("component core.wasm -o done.wasm").run().ended(0);
    let ran = cairn.cmd("run done.wasm --id d1").run().ended(0);
    assert_eq!(orders::result(&ran), json!("done"));
    assert!(cairn.cmd("logs d1").run().ended(0).stdout.contains("said"));
    let again = cairn.cmd("component done.wasm").run().ended(2);
    assert!(again.stderr.contains("it is a component already"), "{}", again.text());
}

#[test]
fn a_core_module_that_is_no_workflow_is_refused_with_what_it_lacks() {
    let cairn = cairn();
    let foreign = CORE.replace("wasi_snapshot_preview1", "env");
    for (text, named) in [("(module)", "run"), (foreign.as_str(), "env"), ("no module", "WebAssembly")] {
        let bytes = wat::parse_str(text).unwrap_or_else(|_| text.into());
        fs::write(cairn.folder().join("core.wasm"), bytes).expect("it can be written");
        let refused = cairn.cmd("component core.wasm -o out.wasm").run().ended(2);
        assert!(refused.stderr.contains(named), "{}", refused.text());
        assert!(!cairn.folder().join("out.wasm").exists());
    }
}

#[test]
fn the_world_that_is_written_is_the_one_of_this_host() {
    let cairn = cairn();
    cairn.cmd("wit wit").run().ended(0);
    let screen = cairn.cmd("wit").run().ended(0).stdout;
    let ours = cairn_tests::workspace().join("wit");
    for entry in fs::read_dir(cairn.folder().join("wit")).expect("a folder") {
        let path = entry.expect("an entry").path();
        let text = fs::read_to_string(&path).expect("a text");
        assert_eq!(text, fs::read_to_string(ours.join(path.file_name().expect("a name"))).expect("a text"));
        assert!(screen.contains(&text));
    }
    assert!(screen.contains("world workflow"));
}

#[test]
fn the_world_is_written_as_a_package() {
    let cairn = cairn();
    cairn.cmd("wit --package -o world.wasm").run().ended(0);
    let written = fs::read(cairn.folder().join("world.wasm")).expect("it was written");
    assert_eq!(written, cairn_compiler::wit_package().expect("the world can be encoded"));
    cairn.cmd("wit --package").run().ended(2);
    cairn.cmd("wit --package -o world.wasm folder").run().ended(2);
}

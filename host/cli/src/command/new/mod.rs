//! `cairn new`

mod templates;

use std::{
    fs,
    io::ErrorKind,
    path::{Path, PathBuf},
};

use clap::Args;
use include_dir::{Dir, File};

use crate::{
    exit::Exit,
    global::Global,
    problem::{Outcome, fault, mistake},
    screen::out,
};
use templates::{LANGUAGES, LIBRARY, template};

/// What stands for the project's name in a template, also in names of files.
const NAME: &str = "NAME";

/// Begin a project with a small workflow: a step, a sleep and an event
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  cairn new order                      in the Cairn language
  cairn new order --lang python        a component in Python; also rust, js, ts, c, zig, go

Its README says how it is built and run.")]
pub(crate) struct New {
    /// The folder to make; its last part names the project: small letters, digits and `_`
    folder: PathBuf,

    /// The language
    #[arg(long, value_name = "LANG", default_value = "cairn", value_parser = LANGUAGES)]
    lang: String,
}

impl New {
    pub(crate) fn run(&self, _: &Global) -> Outcome {
        let name = name(&self.folder)?;
        fresh(&self.folder)?;
        let mut files = Vec::new();
        listed(template(&self.lang), &mut files);
        for file in &files {
            let (path, text) = named(file, name);
            write(&self.folder.join(path), &text)?;
        }
        out::tell(&told(&self.folder, name, &files));
        Ok(Exit::Finished)
    }
}

/// The name of the project: one that is a name in each of the languages.
fn name(folder: &Path) -> Outcome<&str> {
    let name = folder.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let fits = name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if fits {
        return Ok(name);
    }
    Err(mistake(
        format!("`{name}` cannot be the name of a workflow"),
        "give it small letters, digits and `_`, and let it begin with a letter: `cairn new order_fulfilment`",
    ))
}

/// Nothing is written over.
fn fresh(folder: &Path) -> Outcome<()> {
    let used = fs::read_dir(folder).is_ok_and(|mut inside| inside.next().is_some());
    if used || folder.is_file() {
        let text = format!("`{}` is there already", folder.display());
        return Err(mistake(text, "name another folder, or empty it"));
    }
    Ok(())
}

/// All files of a tree, by their paths.
fn listed<'a>(tree: &'a Dir<'a>, files: &mut Vec<&'a File<'a>>) {
    files.extend(tree.files());
    tree.dirs().for_each(|folder| listed(folder, files));
    files.sort_by_key(|file| file.path());
}

/// A file with the project's name in it. The library has none.
fn named(file: &File<'_>, name: &str) -> (PathBuf, Vec<u8>) {
    let path = file.path();
    match file.contents_utf8() {
        Some(text) if !path.starts_with(LIBRARY) => {
            let path = path.to_string_lossy().replace(NAME, name);
            (path.into(), text.replace(NAME, name).into_bytes())
        }
        _ => (path.to_owned(), file.contents().to_owned()),
    }
}

fn write(path: &Path, bytes: &[u8]) -> Outcome<()> {
    let made = path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(path, bytes));
    made.map_err(|e| {
        let text = format!("cannot write `{}`: {e}", path.display());
        match e.kind() {
            ErrorKind::PermissionDenied | ErrorKind::NotFound | ErrorKind::NotADirectory => {
                mistake(text, "name a folder in which you may write")
            }
            _ => fault(text, "see what is the matter with the disk"),
        }
    })
}

/// The files, and what to do with them: the README's commands.
fn told(folder: &Path, name: &str, files: &[&File<'_>]) -> String {
    let mut told = format!("{}/\n", folder.display());
    let own = files.iter().filter(|file| !file.path().starts_with(LIBRARY));
    for file in own {
        told.push_str(&format!("  {}\n", file.path().to_string_lossy().replace(NAME, name)));
    }
    if files.iter().any(|file| file.path().starts_with(LIBRARY)) {
        told.push_str(&format!("  {LIBRARY}/  the library\n"));
    }
    told.push_str(&format!("\n  cd {}\n", folder.display()));
    let readme = files.iter().find(|file| file.path() == Path::new("README.md"));
    for command in commands(readme.and_then(|file| file.contents_utf8()).unwrap_or_default()) {
        told.push_str(&format!("  {}\n", command.replace(NAME, name)));
    }
    told
}

/// The lines of its first block of code.
fn commands(readme: &str) -> impl Iterator<Item = &str> {
    let code = readme.lines().skip_while(|line| !line.starts_with("    "));
    code.take_while(|line| line.starts_with("    ")).map(str::trim)
}

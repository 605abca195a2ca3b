//! With `language`, what knows the compiler: pictures, pages and comparisons of a file.

use std::path::Path;

use cairn_compiler::view::{self, Granted, Graph, Painting, State};
use cairn_dsl::{Source, tree};
use cairn_host::{
    ops::Line,
    tool::{Allow, Grant},
};

use crate::{
    code,
    language::{self, File},
    problem::{Outcome, mistake},
};

/// A file, read as far as it can be read.
pub(crate) struct Text {
    pub(crate) source: Source,
    pub(crate) tree: tree::File,
}

impl Text {
    /// Reads a file in the Cairn language.
    ///
    /// # Errors
    ///
    /// The user's mistake: no such file, or no text.
    pub(crate) fn read(path: &Path) -> Outcome<Self> {
        let source = language::read(path, code::read(path)?)?;
        let tree = cairn_dsl::parse(&source.text).file;
        Ok(Self { source, tree })
    }

    /// The name of the only workflow, or the one that is wanted.
    ///
    /// # Errors
    ///
    /// The user's mistake: none, no such one, or several and none named.
    pub(crate) fn workflow(&self, wanted: Option<&str>) -> Outcome<String> {
        let (all, file) = (view::workflows(&self.tree), &self.source.name);
        let names = || all.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        match (wanted, all.as_slice()) {
            (None, [only]) => Ok((*only).to_owned()),
            (_, []) => Err(mistake(
                format!("no workflow can be read in `{file}`"),
                format!("`cairn check {file}` says what is wrong"),
            )),
            (None, [first, ..]) => Err(mistake(
                format!("`{file}` holds several workflows: {}", names()),
                format!("say which, such as `--workflow {first}`"),
            )),
            (Some(name), all) if all.contains(&name) => Ok(name.to_owned()),
            (Some(name), _) => {
                Err(mistake(format!("`{file}` holds no workflow `{name}`"), format!("it holds {}", names())))
            }
        }
    }

    /// The picture of a workflow of the file.
    ///
    /// # Errors
    ///
    /// As [`workflow`](Self::workflow).
    pub(crate) fn graph(&self, wanted: Option<&str>) -> Outcome<Graph> {
        let name = self.workflow(wanted)?;
        Graph::of(&self.source, &self.tree, &name)
            .ok_or_else(|| cairn_host::Error::fault(format!("no picture of `{name}`")).into())
    }
}

impl Text {
    /// A page about the file, in Markdown.
    pub(crate) fn doc(&self) -> String {
        view::doc(&self.source, &self.tree)
    }

    /// Its declarations of what a workflow may use: all but workflows, flows, functions and tests.
    fn declarations(&self) -> Vec<String> {
        use tree::ItemKind as Kind;
        let wanted = self.tree.items.iter().filter(|item| {
            matches!(
                item.kind,
                Kind::Type(_)
                    | Kind::Error(_)
                    | Kind::Event(_)
                    | Kind::Tool(_)
                    | Kind::Toolset(_)
                    | Kind::Secret(_)
                    | Kind::Use(_)
            )
        });
        wanted.filter_map(|item| self.source.text.get(item.span.range())).map(str::to_owned).collect()
    }
}

/// The page for models, with what is granted.
pub(crate) fn guide(text: Option<&Text>, grant: Option<&Grant>) -> String {
    if text.is_none() && grant.is_none() {
        return view::guide(None);
    }
    let mut granted = Granted::default();
    if let Some(text) = text {
        granted.declarations = text.declarations();
    }
    for allow in grant.iter().flat_map(|grant| &grant.allow) {
        match allow {
            Allow::Http(origin) => granted.http.push(origin.clone()),
            Allow::Exec(program) => granted.exec.push(program.clone()),
        }
    }
    if let Some(grant) = grant {
        granted.others.extend(grant.bind.keys().map(|name| format!("tool `{name}`, bound by the operator")));
        granted.others.extend(grant.secrets.keys().map(|name| format!("`secret {name}`")));
    }
    view::guide(Some(&granted))
}

/// Compares the workflow of one file with that of the same name in another.
///
/// # Errors
///
/// The user's mistake where there is no such workflow, or several and none is named.
pub(crate) fn compare(old: &File, new: &File, workflow: Option<&str>) -> Outcome<view::Comparison> {
    let before = language::choose(old, workflow)?;
    let after = language::choose(new, Some(workflow.unwrap_or(&before.meta.workflow)))?;
    Ok(view::compare((old.checked(), before), (new.checked(), after)))
}

/// How far a run has come, for a picture.
pub(crate) fn painting(timeline: &[Line]) -> Painting {
    let mut painting = Painting::default();
    for line in timeline {
        if let (Some(key), Some(state)) = (&line.key, state(line)) {
            painting.note(key, state);
        }
    }
    painting
}

/// What an entry says of its key; nothing where an undo was only made ready.
fn state(line: &Line) -> Option<State> {
    match line.entry.as_str() {
        "asked" if line.what.starts_with("undo") => None,
        "asked" if line.what.starts_with("call") || line.what.starts_with("block") => Some(State::Running),
        "asked" => Some(State::Waiting),
        "tried" => Some(State::Running),
        "ended" => Some(match &line.failure {
            None => State::Done,
            Some(failure) if failure.kind == "cancelled" => State::Cancelled,
            Some(_) => State::Failed,
        }),
        "noted" => Some(State::Done),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use cairn_host::ops::FailureView;
    use serde_json::json;

    use super::*;

    fn line(entry: &str, key: &str, what: &str, kind: Option<&str>) -> Line {
        let view =
            |kind: &str| FailureView { kind: kind.into(), message: String::new(), detail: json!(null) };
        Line {
            seq: 0,
            at: 0,
            entry: entry.into(),
            key: Some(key.into()),
            what: what.into(),
            data: None,
            place: None,
            attempt: None,
            took: None,
            failure: kind.map(view),
        }
    }

    #[test]
    fn the_newest_entry_of_a_key_says_how_far_it_is() {
        let lines = [
            line("asked", "a", "call t.a", None),
            line("asked", "a.undo", "undo t.b", None),
            line("ended", "a", "call t.a", None),
            line("asked", "b", "call t.a", None),
            line("tried", "b", "call t.a", Some("network")),
            line("asked", "w", "wait go", None),
            line("ended", "w.after", "sleep 1s", Some("cancelled")),
            line("ended", "c", "call t.c", Some("denied")),
        ];
        let states: Vec<_> = lines.iter().map(state).collect();
        let done = Some(State::Done);
        let (running, waiting) = (Some(State::Running), Some(State::Waiting));
        let rest = [waiting, Some(State::Cancelled), Some(State::Failed)];
        assert_eq!(states[..5], [running, None, done, running, running]);
        assert_eq!(states[5..], rest);
    }
}

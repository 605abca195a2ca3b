//! `cairn graph`

use std::{fs, path::PathBuf};

use cairn_compiler::view::Painting;
use clap::Args;
use serde_json::json;

use crate::{
    data::{Access, verbs},
    exit::Exit,
    global::Global,
    problem::{Outcome, fault},
    screen::out,
    views::{Text, painting},
};

/// Draw a workflow: its steps, waits, branches and ends, and how far a run has come
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  cairn graph order.cairn                         Mermaid, which GitHub draws
  cairn graph order.cairn --svg -o order.svg
  cairn graph order.cairn --svg --run o1 -o o1.svg
  cairn graph order.cairn --dot | dot -Tpdf > order.pdf

Boxes carry the keys of the journal, so what `cairn show` lists is found in the picture. A file
that cannot be compiled is drawn as far as it can be read.")]
pub(crate) struct Graph {
    /// A file in the Cairn language
    file: PathBuf,

    /// As Mermaid; what is written where nothing else is asked for
    #[arg(long, group = "form")]
    mermaid: bool,

    /// As DOT, for Graphviz
    #[arg(long, group = "form")]
    dot: bool,

    /// As SVG, for light and dark ground
    #[arg(long, group = "form")]
    svg: bool,

    /// Which workflow, if the file holds several
    #[arg(long, value_name = "NAME")]
    workflow: Option<String>,

    /// Paint a run on it: done, running, waiting, failed, cancelled
    #[arg(long, value_name = "ID")]
    run: Option<String>,

    /// Where to write it; stdout if left out
    #[arg(short, long, value_name = "OUT")]
    output: Option<PathBuf>,
}

impl Graph {
    pub(crate) async fn run(&self, global: &Global) -> Outcome {
        let text = Text::read(&self.file)?;
        let run = match &self.run {
            Some(id) => Some(shown(id, global).await?),
            None => None,
        };
        let (of, painting) = run.unzip();
        let graph = text.graph(self.workflow.as_deref().or(of.as_deref()))?;
        let painting = painting.unwrap_or_default();
        let drawn = match self {
            Self { svg: true, .. } => graph.svg(&painting),
            Self { dot: true, .. } => graph.dot(&painting),
            _ => graph.mermaid(&painting),
        };
        if let Some(output) = &self.output {
            fs::write(output, &drawn).map_err(|e| {
                fault(format!("cannot write `{}`: {e}", output.display()), "name another place with `-o OUT`")
            })?;
        } else if global.json {
            out::pretty(&json!({ "keys": graph.keys(), "graph": drawn }))?;
        } else {
            out::data(&drawn)?;
        }
        Ok(Exit::Finished)
    }
}

/// The workflow of a run, and how far it has come.
async fn shown(id: &str, global: &Global) -> Outcome<(String, Painting)> {
    let access = Access::any(&global.dir()).await?;
    let shown = verbs::show(&access, id).await;
    access.close().await;
    let shown = shown?;
    Ok((shown.instance.workflow, painting(&shown.timeline)))
}

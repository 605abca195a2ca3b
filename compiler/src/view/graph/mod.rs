//! A workflow as a picture: for people, as Mermaid, DOT or SVG, with a run painted on it where one is given.
//!
//! | file | what |
//! |---|---|
//! | `plan`, `build/` | the parts of the picture, nested as the language nests them, and how they are made of the tree |
//! | `run` | how far a run has come, by key |
//! | `net` | the same as a flat list, for [`Graph::mermaid`] and [`Graph::dot`] |
//! | `svg/` | a layout of its own |

mod build;
mod dot;
mod mermaid;
mod net;
mod plan;
mod run;
mod svg;

pub use run::{Painting, State};

use cairn_dsl::Source;
use cairn_dsl::tree::{File, ItemKind};

use plan::{BlockRef, Plan};

/// A workflow as a picture. Nodes carry their journal keys, `*` standing for what is worked out while it runs: `item[*]/hold`.
#[derive(Clone, Debug, PartialEq)]
pub struct Graph {
    title: String,
    plan: Plan,
}

impl Graph {
    /// The picture of the workflow of this name; `None` where the file has none. It works on the tree, so also for a file that
    /// cannot be compiled.
    #[must_use]
    pub fn of(source: &Source, file: &File, workflow: &str) -> Option<Self> {
        let (item, decl) = file.items.iter().find_map(|item| match &item.kind {
            ItemKind::Workflow(decl) if decl.name.text == workflow => Some((item, decl)),
            _ => None,
        })?;
        let plan = build::plan(source, file, decl, item.doc.as_deref());
        Some(Self { title: workflow.to_owned(), plan })
    }

    /// Mermaid's flowchart language.
    #[must_use]
    pub fn mermaid(&self, painting: &Painting) -> String {
        mermaid::mermaid(&self.plan, painting)
    }

    /// Graphviz' language; the ids of nodes are the keys.
    #[must_use]
    pub fn dot(&self, painting: &Painting) -> String {
        dot::dot(&self.title, &self.plan, painting)
    }

    /// An SVG document for light and dark ground; elements have their key as `data-key`.
    #[must_use]
    pub fn svg(&self, painting: &Painting) -> String {
        svg::svg(&self.title, &self.plan, painting)
    }

    /// All keys in the picture with what stands under them and the line, in the order of the source.
    #[must_use]
    pub fn rows(&self) -> Vec<(&str, &str, u32)> {
        let mut rows = Vec::new();
        plan::each_block(&self.plan.parts, &mut |block| match block {
            BlockRef::Node(node) => {
                rows.extend(node.key.as_deref().map(|key| (key, node.title.as_str(), node.line)));
            }
            BlockRef::Group(group) => {
                rows.extend(group.key.as_deref().map(|key| (key, group.title.as_str(), group.line)));
            }
        });
        rows
    }

    /// All keys in the picture, in the order of the source.
    #[must_use]
    pub fn keys(&self) -> Vec<&str> {
        let mut keys = Vec::new();
        plan::each_block(&self.plan.parts, &mut |block| match block {
            BlockRef::Node(node) => keys.extend(node.key.as_deref().into_iter().chain(node.inner.as_deref())),
            BlockRef::Group(group) => keys.extend(group.key.as_deref()),
        });
        keys
    }
}

/// The names of the workflows of a file, in its order.
#[must_use]
pub fn workflows(file: &File) -> Vec<&str> {
    let names = file.items.iter().filter_map(|item| match &item.kind {
        ItemKind::Workflow(decl) => Some(decl.name.text.as_str()),
        _ => None,
    });
    names.collect()
}

#[cfg(test)]
mod tests;

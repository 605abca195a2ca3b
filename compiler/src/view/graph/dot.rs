//! Graphviz' DOT.

use std::fmt::Write;

use super::net::{Edge, Net, Placed, What};
use super::plan::{Kind, Node, Plan, Way};
use super::run::{Painting, Tally};

/// The plan as DOT text. Node ids are the journal keys.
pub(super) fn dot(title: &str, plan: &Plan, painting: &Painting) -> String {
    let net = Net::of(plan);
    let mut out = format!(
        "digraph {} {{\n  compound=true; rankdir=TB;\n  node [fontname=\"sans-serif\", fontsize=11];\n  \
         edge [fontname=\"sans-serif\", fontsize=10];\n",
        quoted(title)
    );
    for (at, placed) in net.boxes.iter().enumerate() {
        if placed.parent.is_none() {
            write_box(&net, at, placed, 1, painting, &mut out);
        }
    }
    for edge in &net.edges {
        write_edge(&net, edge, &mut out);
    }
    out.push_str("}\n");
    out
}

fn write_box(
    net: &Net<'_>,
    at: usize,
    placed: &Placed<'_>,
    depth: usize,
    painting: &Painting,
    out: &mut String,
) {
    let pad = "  ".repeat(depth);
    match placed.what {
        What::Node(node) => {
            let tally = node.key.as_deref().and_then(|key| painting.tally(key));
            let _ = writeln!(out, "{pad}{} [{}];", quoted(&placed.id), attributes(node, tally));
        }
        What::Group(group) => {
            let tally = group.key.as_deref().and_then(|key| painting.tally(key));
            let _ = writeln!(out, "{pad}subgraph {} {{", quoted(&cluster(placed)));
            let title = quoted(&format!("{}{}", group.title, counted(tally)));
            let key = quoted(group.key.as_deref().unwrap_or_default());
            let _ = writeln!(
                out,
                "{pad}  label={title}; tooltip={key}; style=rounded; fontname=\"sans-serif\"; fontsize=11;"
            );
            for (inner, placed) in net.boxes.iter().enumerate().filter(|(_, inner)| inner.parent == Some(at))
            {
                write_box(net, inner, placed, depth + 1, painting, out);
            }
            let _ = writeln!(out, "{pad}}}");
        }
    }
}

fn attributes(node: &Node, tally: Option<Tally>) -> String {
    let (shape, more) = match node.kind {
        Kind::Start | Kind::End | Kind::Fail => ("oval", ""),
        Kind::Trigger | Kind::Event => ("rarrow", ""),
        Kind::Emit => ("larrow", ""),
        Kind::Timer | Kind::Wait => ("hexagon", ""),
        Kind::Person => ("house", ""),
        Kind::Child => ("box", ", peripheries=2"),
        Kind::Choice => ("diamond", ""),
        Kind::Step => ("box", ""),
        Kind::Undo => ("box", ", style=dashed"),
        Kind::Jump | Kind::Restart => ("plaintext", ""),
    };
    let mut lines = vec![format!("{}{}", node.title, counted(tally))];
    lines.extend(node.notes.iter().cloned());
    let label = quoted(&lines.join("\n"));
    let tooltip = quoted(node.key.as_deref().unwrap_or(&node.title));
    let fill = tally
        .map(|tally| format!(", style=filled, fillcolor=\"{}\"", super::mermaid::fill(tally.state)))
        .unwrap_or_default();
    format!("shape={shape}, label={label}, tooltip={tooltip}{more}{fill}")
}

fn counted(tally: Option<Tally>) -> String {
    tally
        .filter(|tally| tally.of > 1)
        .map(|tally| format!(" ({} of {})", tally.done, tally.of))
        .unwrap_or_default()
}

/// Edges go between nodes in DOT; `lhead` and `ltail` cut them at the border of a group.
fn write_edge(net: &Net<'_>, edge: &Edge, out: &mut String) {
    let mut attributes = Vec::new();
    let from = end(net, edge.from, "ltail", &mut attributes, Last);
    let to = end(net, edge.to, "lhead", &mut attributes, First);
    let (Some(from), Some(to)) = (from, to) else { return };
    match edge.way {
        Way::Next => {}
        Way::Failure => attributes.push("style=dashed, color=\"#c0392b\"".to_owned()),
        Way::Undo => attributes.push("style=dashed, constraint=false, label=\"undo\"".to_owned()),
        Way::After => attributes.push("style=bold".to_owned()),
    }
    if !edge.label.is_empty() {
        attributes.push(format!("label={}", quoted(&edge.label)));
    }
    let _ = writeln!(out, "  {} -> {} [{}];", quoted(from), quoted(to), attributes.join(", "));
}

#[derive(Clone, Copy)]
enum Which {
    First,
    Last,
}
use Which::{First, Last};

/// A node for the end of an edge: the box itself, or one in the group.
fn end<'n>(
    net: &'n Net<'_>,
    at: usize,
    attribute: &str,
    attributes: &mut Vec<String>,
    which: Which,
) -> Option<&'n str> {
    let placed = net.boxes.get(at)?;
    if matches!(placed.what, What::Node(_)) {
        return Some(&placed.id);
    }
    attributes.push(format!("{attribute}={}", quoted(&cluster(placed))));
    let inside = |n: usize| {
        let mut around = net.boxes.get(n).and_then(|inner| inner.parent);
        while let Some(group) = around {
            if group == at {
                return true;
            }
            around = net.boxes.get(group).and_then(|outer| outer.parent);
        }
        false
    };
    let nodes =
        net.boxes.iter().enumerate().filter(|(n, inner)| matches!(inner.what, What::Node(_)) && inside(*n));
    let mut ids = nodes.map(|(_, inner)| inner.id.as_str());
    match which {
        First => ids.next(),
        Last => ids.next_back(),
    }
}

fn cluster(placed: &Placed<'_>) -> String {
    format!("cluster {}", placed.id)
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n"))
}

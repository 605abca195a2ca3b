//! Mermaid: what GitHub and many wikis draw by themselves.

use std::fmt::Write;

use super::net::{Edge, Net, Placed, What};
use super::plan::{GroupKind, Kind, Node, Plan, Way};
use super::run::{Painting, State, Tally};

/// The plan as Mermaid text.
pub(super) fn mermaid(plan: &Plan, painting: &Painting) -> String {
    let net = Net::of(plan);
    let mut out = String::from("flowchart TD\n");
    for (at, placed) in net.boxes.iter().enumerate() {
        if placed.parent.is_none() {
            write_box(&net, at, placed, 1, painting, &mut out);
        }
    }
    for edge in &net.edges {
        write_edge(&net, edge, &mut out);
    }
    classes(&net, painting, &mut out);
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
    let tally = key_of(placed).and_then(|key| painting.tally(key));
    match placed.what {
        What::Node(node) => {
            let (open, close) = shape(node.kind);
            let label = label(node, tally);
            let _ = writeln!(out, "{pad}{}{open}\"{label}\"{close}", name(&placed.id));
        }
        What::Group(group) => {
            let count = counted(tally);
            let _ = writeln!(out, "{pad}subgraph {}[\"{}{count}\"]", name(&placed.id), escape(&group.title));
            let side = matches!(group.kind, GroupKind::Parallel | GroupKind::Race);
            let _ = writeln!(out, "{pad}  direction {}", if side { "LR" } else { "TB" });
            for (inner, placed) in net.boxes.iter().enumerate().filter(|(_, inner)| inner.parent == Some(at))
            {
                write_box(net, inner, placed, depth + 1, painting, out);
            }
            let _ = writeln!(out, "{pad}end");
        }
    }
}

fn write_edge(net: &Net<'_>, edge: &Edge, out: &mut String) {
    let id = |place: usize| net.boxes.get(place).map(|placed| name(&placed.id)).unwrap_or_default();
    let arrow = match edge.way {
        Way::Next => "-->",
        Way::Failure | Way::Undo => "-.->",
        Way::After => "==>",
    };
    let text = match (edge.way, edge.label.as_str()) {
        (Way::Undo, _) => "|undo|".to_owned(),
        (_, "") => String::new(),
        (_, label) => format!("|\"{}\"|", escape(label)),
    };
    let _ = writeln!(out, "  {} {arrow}{text} {}", id(edge.from), id(edge.to));
}

fn shape(kind: Kind) -> (&'static str, &'static str) {
    match kind {
        Kind::Start | Kind::End | Kind::Fail => ("([", "])"),
        Kind::Trigger | Kind::Event => (">", "]"),
        Kind::Emit => ("[/", "/]"),
        Kind::Timer | Kind::Wait => ("{{", "}}"),
        Kind::Person => ("[/", "\\]"),
        Kind::Child => ("[[", "]]"),
        Kind::Choice => ("{", "}"),
        Kind::Step | Kind::Undo => ("[", "]"),
        Kind::Jump | Kind::Restart => ("(", ")"),
    }
}

fn label(node: &Node, tally: Option<Tally>) -> String {
    let sign = match node.kind {
        Kind::Timer => "⏱ ",
        Kind::Person => "👤 ",
        Kind::Jump => "↺ ",
        Kind::Restart => "⟳ ",
        _ => "",
    };
    let mut label = format!("{sign}{}{}", escape(&node.title), counted(tally));
    for note in &node.notes {
        let _ = write!(label, "<br/><small>{}</small>", escape(note));
    }
    label
}

fn counted(tally: Option<Tally>) -> String {
    tally
        .filter(|tally| tally.of > 1)
        .map(|tally| format!(" ({} of {})", tally.done, tally.of))
        .unwrap_or_default()
}

fn key_of<'p>(placed: &Placed<'p>) -> Option<&'p str> {
    match placed.what {
        What::Node(node) => node.key.as_deref(),
        What::Group(group) => group.key.as_deref(),
    }
}

/// Mermaid takes letters, digits and `_` in ids: `item[*]/hold` becomes `item_each__hold`, and no two keys become one.
fn name(id: &str) -> String {
    let mut name = String::from("k_");
    for c in id.replace("[*]", "_each").chars() {
        match c {
            '/' => name.push_str("__"),
            '.' => name.push_str("_dot_"),
            '#' => name.push_str("_no_"),
            _ if c.is_ascii_alphanumeric() || c == '_' => name.push(c),
            _ => {
                let _ = write!(name, "_{:x}_", u32::from(c));
            }
        }
    }
    name
}

fn escape(text: &str) -> String {
    let mut escaped = String::new();
    for c in text.chars() {
        match c {
            '"' => escaped.push_str("&quot;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            '#' => escaped.push_str("#35;"),
            _ => escaped.push(c),
        }
    }
    escaped
}

/// Colours that read on light and on dark ground.
fn classes(net: &Net<'_>, painting: &Painting, out: &mut String) {
    for (kind, style) in [
        (Kind::Undo, "stroke-dasharray:4 3"),
        (Kind::Fail, "stroke:#c0392b"),
        (Kind::Event, "stroke:#2e7d32"),
        (Kind::Person, "stroke:#8e5bb5"),
        (Kind::Timer, "stroke:#b7791f"),
    ] {
        let of_kind = |placed: &&Placed<'_>| matches!(placed.what, What::Node(node) if node.kind == kind);
        let names: Vec<_> = net.boxes.iter().filter(of_kind).map(|placed| name(&placed.id)).collect();
        if !names.is_empty() {
            let class = format!("{kind:?}").to_ascii_lowercase();
            let _ = writeln!(out, "  classDef {class} {style}\n  class {} {class}", names.join(","));
        }
    }
    for state in State::ALL {
        let is = |placed: &&Placed<'_>| {
            key_of(placed).and_then(|key| painting.tally(key)).is_some_and(|tally| tally.state == state)
        };
        let names: Vec<_> = net.boxes.iter().filter(is).map(|placed| name(&placed.id)).collect();
        if !names.is_empty() {
            let (fill, word) = (fill(state), state.word());
            let _ =
                writeln!(out, "  classDef {word} fill:{fill},color:#111\n  class {} {word}", names.join(","));
        }
    }
}

pub(super) fn fill(state: State) -> &'static str {
    match state {
        State::Done => "#bfe8c6",
        State::Cancelled => "#d9d9d9",
        State::Waiting => "#ffe3a3",
        State::Running => "#b9dcff",
        State::Failed => "#f6b9b3",
    }
}

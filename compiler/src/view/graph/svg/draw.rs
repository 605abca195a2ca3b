//! From places to SVG elements.

use std::fmt::Write;

use super::super::plan::{Group, GroupKind, Kind, Node, Way};
use super::super::run::{Painting, State, Tally};
use super::place::{HEADING, LINE};
use super::tile::{Drawn, Shape, Tile, Wire};

/// Around the picture.
const MARGIN: i32 = 18;
/// The legend of a painted run.
const LEGEND: i32 = 34;
/// Of corners of edges.
const CORNER: i32 = 6;

/// The picture as a document of its own, for light and dark ground.
pub(super) fn draw(title: &str, tile: &Tile<'_>, painting: &Painting) -> String {
    let painted = !painting.is_empty();
    let legend = if painted { LEGEND } else { 0 };
    let width = (tile.left + tile.right).max(if painted { 380 } else { 0 }) + 2 * MARGIN;
    let height = tile.height + 2 * MARGIN + legend;
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" role=\"img\">\n\
         <title>{}</title>\n<style>\n{}</style>\n<rect class=\"ground\" width=\"{width}\" height=\"{height}\"/>\n\
         <g transform=\"translate({} {MARGIN})\">\n",
        escape(title),
        include_str!("style.css"),
        tile.left + MARGIN,
    );
    let groups = tile.shapes.iter().filter(|shape| matches!(shape.what, Drawn::Group(_)));
    let nodes = tile.shapes.iter().filter(|shape| matches!(shape.what, Drawn::Node(_)));
    for shape in groups {
        write_shape(shape, painting, &mut out);
    }
    for wire in &tile.wires {
        write_wire(wire, &mut out);
    }
    for shape in nodes {
        write_shape(shape, painting, &mut out);
    }
    for label in tile.wires.iter().filter_map(|wire| wire.label.as_ref()) {
        let _ = writeln!(
            out,
            "<text class=\"label\" x=\"{}\" y=\"{}\">{}</text>",
            label.x,
            label.y,
            escape(&label.text)
        );
    }
    if painted {
        write_legend(-tile.left, tile.height + MARGIN, &mut out);
    }
    out.push_str("</g>\n</svg>\n");
    out
}

fn write_shape(shape: &Shape<'_>, painting: &Painting, out: &mut String) {
    let (key, line, title) = match shape.what {
        Drawn::Node(node) => (node.key.as_deref(), node.line, node.title.as_str()),
        Drawn::Group(group) => (group.key.as_deref(), group.line, group.title.as_str()),
    };
    let tally = key.and_then(|key| painting.tally(key));
    let state = tally.map(|tally| format!(" class=\"{}\"", tally.state.word())).unwrap_or_default();
    let id = key.map(|key| format!(" data-key=\"{}\"", escape(key))).unwrap_or_default();
    let place = if line > 0 { format!(" (line {line})") } else { String::new() };
    let _ = writeln!(out, "<g{state}{id}><title>{}{place}</title>", escape(key.unwrap_or(title)));
    match shape.what {
        Drawn::Node(node) => write_node(shape, node, out),
        Drawn::Group(group) => write_group(shape, group, out),
    }
    if let Some(tally) = tally.filter(|tally| tally.of > 1) {
        write_count(shape, tally, out);
    }
    out.push_str("</g>\n");
}

fn write_group(shape: &Shape<'_>, group: &Group, out: &mut String) {
    let class = match group.kind {
        GroupKind::Rounds => "rounds",
        GroupKind::Items => "items",
        GroupKind::Parallel => "parallel",
        GroupKind::Race => "race",
        GroupKind::Try => "try",
        GroupKind::Lock => "lock",
        GroupKind::Flow => "flow",
        GroupKind::Branch => "branch",
    };
    let Shape { x, y, width, height, .. } = shape;
    let _ = writeln!(
        out,
        "<rect class=\"group {class} paint\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"8\"/>"
    );
    let (sign_x, base) = (x + 12, y + HEADING - 11);
    if let Some(sign) = sign(group.kind) {
        let _ = writeln!(
            out,
            "<path class=\"sign\" transform=\"translate({sign_x} {})\" d=\"{sign}\"/>",
            base - 9
        );
    }
    let text_x = if sign(group.kind).is_some() { x + 30 } else { sign_x };
    let _ =
        writeln!(out, "<text class=\"heading\" x=\"{text_x}\" y=\"{base}\">{}</text>", escape(&group.title));
}

/// Small drawings of 11 by 11 pixels.
fn sign(kind: GroupKind) -> Option<&'static str> {
    match kind {
        GroupKind::Rounds => Some("M10 5.5a4.5 4.5 0 1 1 -1.5 -3.4 M9 0v2.6h-2.6"),
        GroupKind::Items => Some("M1 1v9 M5.5 1v9 M10 1v9"),
        GroupKind::Parallel | GroupKind::Race => Some("M5.5 0v3 M1 11V5.5q0 -2 2 -2h5q2 0 2 2V11"),
        GroupKind::Lock => Some("M1.5 5h8v6h-8z M3 5V3a2.5 2.5 0 0 1 5 0V5"),
        GroupKind::Flow => Some("M1 1h9v9h-9z M3.5 4h4 M3.5 7h4"),
        GroupKind::Try => Some("M5.5 0l5 2v3.5q0 3.5 -5 5.5q-5 -2 -5 -5.5V2z"),
        GroupKind::Branch => None,
    }
}

fn write_node(shape: &Shape<'_>, node: &Node, out: &mut String) {
    let (x, y, w, h) = (shape.x, shape.y, shape.width, shape.height);
    let class = format!("{:?}", node.kind).to_ascii_lowercase();
    let class = format!("box {class} paint");
    let rect = |inset: i32, radius: i32| {
        format!(
            "<rect class=\"{class}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"{radius}\"/>\n",
            x + inset,
            y + inset,
            w - 2 * inset,
            h - 2 * inset
        )
    };
    let polygon = |points: &[(i32, i32)]| {
        let points: Vec<_> = points.iter().map(|(dx, dy)| format!("{},{}", x + dx, y + dy)).collect();
        format!("<polygon class=\"{class}\" points=\"{}\"/>\n", points.join(" "))
    };
    let mid = h / 2;
    out.push_str(&match node.kind {
        Kind::Start | Kind::End | Kind::Fail | Kind::Wait => rect(0, h / 2),
        Kind::Choice => polygon(&[(0, mid), (mid, 0), (w - mid, 0), (w, mid), (w - mid, h), (mid, h)]),
        Kind::Event | Kind::Trigger => polygon(&[(0, 0), (w, 0), (w, h), (0, h), (14, mid)]),
        Kind::Emit => polygon(&[(0, 0), (w - 14, 0), (w, mid), (w - 14, h), (0, h)]),
        Kind::Child => rect(0, 4) + &rect(4, 2),
        Kind::Timer | Kind::Person => rect(0, 10),
        Kind::Step | Kind::Undo | Kind::Jump | Kind::Restart => rect(0, 4),
    });
    let glyph = match node.kind {
        Kind::Timer => Some("M8 2a6 6 0 1 0 0.01 0z M8 4.5v4l2.5 1.5"),
        Kind::Person => Some("M8 1.5a3 3 0 1 0 0.01 0z M2 15q0 -6 6 -6t6 6"),
        Kind::Jump => Some("M3 8h8 M8 4.5l3.5 3.5l-3.5 3.5"),
        Kind::Restart => Some("M13 8a5 5 0 1 1 -1.6 -3.7 M12 1.5v3.2h-3.2"),
        _ => None,
    };
    if let Some(glyph) = glyph {
        let _ = writeln!(
            out,
            "<path class=\"sign\" transform=\"translate({} {})\" d=\"{glyph}\"/>",
            x + 9,
            y + mid - 8
        );
    }
    let shift = match node.kind {
        Kind::Event | Kind::Trigger => 6,
        Kind::Emit => -6,
        Kind::Timer | Kind::Person | Kind::Jump | Kind::Restart => 10,
        _ => 0,
    };
    write_lines(node, x + w / 2 + shift, y, out);
}

fn write_lines(node: &Node, middle: i32, top: i32, out: &mut String) {
    let on = if node.kind == Kind::Start { " on-start" } else { "" };
    let mut base = top + 9 + LINE - 4;
    let _ = writeln!(
        out,
        "<text class=\"middle{on}\" x=\"{middle}\" y=\"{base}\">{}</text>",
        escape(&node.title)
    );
    for note in &node.notes {
        base += LINE - 2;
        let _ = writeln!(
            out,
            "<text class=\"middle note{on}\" x=\"{middle}\" y=\"{base}\">{}</text>",
            escape(note)
        );
    }
}

/// `3 of 5` at the upper right corner.
fn write_count(shape: &Shape<'_>, tally: Tally, out: &mut String) {
    let text = format!("{} of {}", tally.done, tally.of);
    let wide = super::measure::width(&text, 10) + 10;
    let (x, y) = (shape.x + shape.width - wide + 6, shape.y - 8);
    let _ = writeln!(
        out,
        "<rect class=\"box paint\" x=\"{x}\" y=\"{y}\" width=\"{wide}\" height=\"15\" rx=\"7\"/>"
    );
    let _ =
        writeln!(out, "<text class=\"middle count\" x=\"{}\" y=\"{}\">{text}</text>", x + wide / 2, y + 11);
}

fn write_legend(left: i32, top: i32, out: &mut String) {
    let mut x = left;
    for state in State::ALL {
        let word = state.word();
        let _ = writeln!(
            out,
            "<g class=\"{word}\"><rect class=\"box paint\" x=\"{x}\" y=\"{top}\" width=\"14\" height=\"14\" rx=\"3\"/>\
             <text class=\"note\" x=\"{}\" y=\"{}\">{word}</text></g>",
            x + 19,
            top + 11
        );
        x += 75;
    }
}

fn write_wire(wire: &Wire, out: &mut String) {
    let class = match wire.way {
        Way::Next => "",
        Way::Failure => " failure",
        Way::Undo => " undo-way",
        Way::After => " after",
    };
    let _ = writeln!(out, "<path class=\"wire{class}\" d=\"{}\"/>", path(&wire.points));
    let [.., before, (x, y)] = wire.points.as_slice() else { return };
    if !wire.arrow {
        return;
    }
    let head = if before.1 == *y { format!("M{x} {y}l-8 -4v8z") } else { format!("M{x} {y}l-4 -8h8z") };
    let _ = writeln!(out, "<path class=\"head{class}\" d=\"{head}\"/>");
}

/// Right-angled, with round corners.
fn path(points: &[(i32, i32)]) -> String {
    let mut points = points.to_vec();
    points.dedup();
    let mut path = String::new();
    for (n, (x, y)) in points.iter().enumerate() {
        let before = n.checked_sub(1).and_then(|before| points.get(before));
        let (Some(before), Some(next)) = (before, points.get(n + 1)) else {
            let _ = write!(path, "{}{x} {y}", if n == 0 { "M" } else { "L" });
            continue;
        };
        let into = toward((*x, *y), *before);
        let onward = toward((*x, *y), *next);
        let _ = write!(path, "L{} {}Q{x} {y} {} {}", into.0, into.1, onward.0, onward.1);
    }
    path
}

/// A little way from a corner to a neighbour, not more than half.
fn toward(corner: (i32, i32), to: (i32, i32)) -> (i32, i32) {
    let step = |from: i32, to: i32| from + (to - from).signum() * CORNER.min((to - from).abs() / 2);
    (step(corner.0, to.0), step(corner.1, to.1))
}

pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::new();
    for c in text.chars() {
        match c {
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            '"' => escaped.push_str("&quot;"),
            c if c.is_control() => escaped.push(' '),
            c => escaped.push(c),
        }
    }
    escaped
}

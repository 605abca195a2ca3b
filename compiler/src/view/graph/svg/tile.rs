//! A piece of the picture, laid out: what it draws, and how far it reaches from the line along which the flow passes through it.

use super::super::plan::{Group, Node, Way};

/// A piece. Its flow comes in at the top and leaves at the bottom where x is 0.
#[derive(Default)]
pub(super) struct Tile<'p> {
    /// How far it reaches to the left of the flow, 0 or more.
    pub(super) left: i32,
    /// And to the right.
    pub(super) right: i32,
    /// How high it is.
    pub(super) height: i32,
    /// Boxes, outer ones first.
    pub(super) shapes: Vec<Shape<'p>>,
    /// Edges.
    pub(super) wires: Vec<Wire>,
    /// The flow does not leave at the bottom.
    pub(super) ends: bool,
}

/// A box at its place: its upper left corner and its size.
pub(super) struct Shape<'p> {
    pub(super) x: i32,
    pub(super) y: i32,
    pub(super) width: i32,
    pub(super) height: i32,
    pub(super) what: Drawn<'p>,
}

/// What a box shows.
#[derive(Clone, Copy)]
pub(super) enum Drawn<'p> {
    Node(&'p Node),
    Group(&'p Group),
}

/// An edge: right-angled, from its first point to its last.
pub(super) struct Wire {
    pub(super) points: Vec<(i32, i32)>,
    pub(super) way: Way,
    /// It ends in an arrow head.
    pub(super) arrow: bool,
    pub(super) label: Option<Label>,
}

/// A text beside an edge.
pub(super) struct Label {
    pub(super) text: String,
    /// Where it begins.
    pub(super) x: i32,
    /// Its base line.
    pub(super) y: i32,
}

impl<'p> Tile<'p> {
    /// Takes a piece in, its flow at `x` and its top at `y`; it grows to hold it.
    pub(super) fn put(&mut self, piece: Self, x: i32, y: i32) {
        self.left = self.left.max(piece.left - x);
        self.right = self.right.max(piece.right + x);
        self.height = self.height.max(piece.height + y);
        self.shapes.extend(piece.shapes.into_iter().map(|shape| Shape {
            x: shape.x + x,
            y: shape.y + y,
            ..shape
        }));
        self.wires.extend(piece.wires.into_iter().map(|wire| moved(wire, x, y)));
    }

    /// Adds an edge; it may reach beyond what is there.
    pub(super) fn wire(&mut self, points: Vec<(i32, i32)>, way: Way, arrow: bool) {
        for (x, y) in &points {
            self.left = self.left.max(-x);
            self.right = self.right.max(*x);
            self.height = self.height.max(*y);
        }
        self.wires.push(Wire { points, way, arrow, label: None });
    }

    /// Writes beside the edge that was added last.
    pub(super) fn label(&mut self, text: &str, x: i32, y: i32) {
        if text.is_empty() {
            return;
        }
        self.right = self.right.max(x + super::measure::width(text, super::SMALL));
        if let Some(wire) = self.wires.last_mut() {
            wire.label = Some(Label { text: text.to_owned(), x, y });
        }
    }
}

fn moved(wire: Wire, dx: i32, dy: i32) -> Wire {
    let points = wire.points.into_iter().map(|(x, y)| (x + dx, y + dy)).collect();
    let label = wire.label.map(|label| Label { x: label.x + dx, y: label.y + dy, ..label });
    Wire { points, label, ..wire }
}

//! What a layout must never do, over all programs there are.

use super::place;
use super::tile::{Drawn, Shape, Tile};
use crate::view::graph::tests::plans;

fn inside(outer: &Shape<'_>, inner: &Shape<'_>) -> bool {
    outer.x < inner.x
        && outer.y < inner.y
        && inner.x + inner.width < outer.x + outer.width
        && inner.y + inner.height < outer.y + outer.height
}

fn apart(a: &Shape<'_>, b: &Shape<'_>) -> bool {
    a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y
}

fn is_group(shape: &Shape<'_>) -> bool {
    matches!(shape.what, Drawn::Group(_))
}

fn name(shape: &Shape<'_>) -> String {
    match shape.what {
        Drawn::Node(node) => node.title.clone(),
        Drawn::Group(group) => group.title.clone(),
    }
}

/// An edge runs through the inside of a box that has nothing in it.
fn crosses(tile: &Tile<'_>, shape: &Shape<'_>) -> bool {
    let (left, right) = (shape.x + 1, shape.x + shape.width - 1);
    let (top, bottom) = (shape.y + 1, shape.y + shape.height - 1);
    tile.wires.iter().flat_map(|wire| wire.points.windows(2)).any(|ends| {
        let ((x1, y1), (x2, y2)) = (ends[0], ends[1]);
        x1.min(x2) < right && x1.max(x2) > left && y1.min(y2) < bottom && y1.max(y2) > top
    })
}

#[test]
fn boxes_are_beside_or_inside_one_another_and_no_edge_runs_through_one() {
    plans(|file, plan| {
        let tile = place::plan(plan);
        for (n, a) in tile.shapes.iter().enumerate() {
            for b in &tile.shapes[n + 1..] {
                let fine = apart(a, b) || is_group(a) && inside(a, b) || is_group(b) && inside(b, a);
                assert!(fine, "{file}: `{}` and `{}` overlap", name(a), name(b));
            }
            assert!(is_group(a) || !crosses(&tile, a), "{file}: an edge runs through `{}`", name(a));
            assert!(
                -tile.left <= a.x && a.x + a.width <= tile.right && a.y + a.height <= tile.height,
                "{file}"
            );
        }
    });
}

#[test]
fn edges_are_right_angled() {
    plans(|file, plan| {
        for wire in place::plan(plan).wires {
            let right = wire.points.windows(2).all(|ends| ends[0].0 == ends[1].0 || ends[0].1 == ends[1].1);
            assert!(right, "{file}: {:?}", wire.points);
        }
    });
}

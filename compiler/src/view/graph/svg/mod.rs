//! SVG with a layout of its own.
//!
//! The plan is nested, so the layout is too: each block is a tile of its own size; tiles of a sequence stand below one another,
//! those of branches beside one another, and branches that wait for others in rows below them. A box never overlaps another one,
//! for each is placed only where what was placed before does not reach.

mod draw;
mod lanes;
mod measure;
mod place;
mod tile;

use super::plan::Plan;
use super::run::Painting;

/// The size of titles, in pixels.
pub(super) const TEXT: i32 = 13;
/// The size of all other text.
pub(super) const SMALL: i32 = 11;

/// The plan as SVG text.
pub(super) fn svg(title: &str, plan: &Plan, painting: &Painting) -> String {
    draw::draw(title, &place::plan(plan), painting)
}

#[cfg(test)]
mod tests;

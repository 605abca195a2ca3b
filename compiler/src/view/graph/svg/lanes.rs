//! Branches that run side by side: in rows, each below those that have to be done before it.

use super::super::plan::{Lane, Way};
use super::place::{BESIDE, course};
use super::tile::Tile;

/// Between rows, for the first edge; each further one takes as much as [`TRACK`].
const GAP: i32 = 30;
/// Between two edges that run beside each other.
const TRACK: i32 = 8;

/// A branch, or the passage of an edge through a row that it does not end in.
#[derive(Clone, Copy, PartialEq)]
enum Slot {
    Lane(usize),
    Passage { from: usize, to: usize },
}

/// All branches, the flow through their middle.
pub(super) fn rows(lanes: &[Lane]) -> Tile<'_> {
    let ranks = ranks(lanes);
    let mut pieces: Vec<Option<Tile<'_>>> = lanes.iter().map(|lane| Some(course(&lane.block))).collect();
    let mut rows = slots(lanes, &ranks);
    sort(lanes, &mut rows);
    let mut tile = Tile::default();
    let mut y = 0;
    // Where an edge comes from: of each branch and passage that was placed, its flow and its foot.
    let mut feet: Vec<(Slot, i32, i32)> = Vec::new();
    for row in &rows {
        let wide = |slot: &Slot| match slot {
            Slot::Lane(n) => pieces.get(*n).and_then(Option::as_ref).map_or(0, |p| p.left + p.right),
            Slot::Passage { .. } => TRACK,
        };
        let all: i32 = row.iter().map(|slot| wide(slot) + BESIDE).sum::<i32>() - BESIDE;
        let mut x = -all / 2;
        let mut placed: Vec<(Slot, i32)> = Vec::new();
        for slot in row {
            let left = match slot {
                Slot::Lane(n) => pieces.get(*n).and_then(Option::as_ref).map_or(0, |p| p.left),
                Slot::Passage { .. } => TRACK / 2,
            };
            placed.push((*slot, x + left));
            x += wide(slot) + BESIDE;
        }
        let edges = edges(lanes, &feet, &placed);
        let top = if y == 0 { 0 } else { y + GAP + TRACK * i32::try_from(edges.len()).unwrap_or_default() };
        for (n, ((from, foot), to)) in edges.iter().enumerate() {
            let bus = y + 10 + TRACK * i32::try_from(n).unwrap_or_default();
            let ends = !placed.iter().any(|(slot, at)| at == to && matches!(slot, Slot::Passage { .. }));
            tile.wire(vec![(*from, *foot), (*from, bus), (*to, bus), (*to, top)], Way::After, ends);
        }
        let mut height = 0;
        for (slot, at) in &placed {
            if let Slot::Lane(n) = slot
                && let Some(piece) = pieces.get_mut(*n).and_then(Option::take)
            {
                feet.push((*slot, *at, top + piece.height));
                height = height.max(piece.height);
                tile.put(piece, *at, top);
            }
        }
        for (slot, at) in placed.iter().filter(|(slot, _)| matches!(slot, Slot::Passage { .. })) {
            tile.wire(vec![(*at, top), (*at, top + height)], Way::After, false);
            feet.push((*slot, *at, top + height));
        }
        y = top + height;
    }
    tile
}

/// One more than the greatest of those before; those that wait for one another in a ring are left where they are.
fn ranks(lanes: &[Lane]) -> Vec<usize> {
    let mut ranks = vec![0; lanes.len()];
    for _ in lanes {
        for (n, lane) in lanes.iter().enumerate() {
            let before = lane.after.iter().filter_map(|before| ranks.get(*before)).max();
            let wanted = before.map_or(0, |rank| rank + 1).min(lanes.len() - 1);
            if let Some(rank) = ranks.get_mut(n) {
                *rank = wanted;
            }
        }
    }
    ranks
}

/// The branches of each rank, and the passages of the edges that go beyond the next one.
fn slots(lanes: &[Lane], ranks: &[usize]) -> Vec<Vec<Slot>> {
    let rank = |n: usize| ranks.get(n).copied().unwrap_or_default();
    let deepest = ranks.iter().copied().max().unwrap_or_default();
    let mut rows = vec![Vec::new(); deepest + 1];
    for (to, lane) in lanes.iter().enumerate() {
        if let Some(row) = rows.get_mut(rank(to)) {
            row.push(Slot::Lane(to));
        }
        for from in &lane.after {
            for between in rank(*from) + 1..rank(to) {
                if let Some(row) = rows.get_mut(between) {
                    row.push(Slot::Passage { from: *from, to });
                }
            }
        }
    }
    rows.retain(|row| !row.is_empty());
    rows
}

/// Each row by the middle of what leads to it, so that few edges cross.
fn sort(lanes: &[Lane], rows: &mut [Vec<Slot>]) {
    let mut above: Vec<Slot> = Vec::new();
    for row in rows {
        let middle = |slot: &Slot| {
            let sources: Vec<usize> = above
                .iter()
                .enumerate()
                .filter(|(_, up)| leads(lanes, **up, *slot))
                .map(|(n, _)| n)
                .collect();
            let sum: usize = sources.iter().sum();
            (sum * 1_000).checked_div(sources.len()).unwrap_or(usize::MAX)
        };
        row.sort_by_cached_key(middle);
        above.clone_from(row);
    }
}

/// Whether an edge, or a piece of one, leads from a slot to one in the row below.
fn leads(lanes: &[Lane], from: Slot, to: Slot) -> bool {
    let origin = match from {
        Slot::Lane(n) => n,
        Slot::Passage { from, .. } => from,
    };
    let wanted = |from: Slot, target: usize| match from {
        Slot::Lane(_) => true,
        Slot::Passage { to, .. } => to == target,
    };
    match to {
        Slot::Lane(n) => lanes.get(n).is_some_and(|lane| lane.after.contains(&origin)) && wanted(from, n),
        Slot::Passage { from: source, to } => source == origin && wanted(from, to),
    }
}

/// The edges into a row: where each begins, and where it ends. Of an edge with passages only the last piece ends in its branch.
fn edges(lanes: &[Lane], feet: &[(Slot, i32, i32)], row: &[(Slot, i32)]) -> Vec<((i32, i32), i32)> {
    let mut edges = Vec::new();
    for (slot, at) in row {
        let mut sources: Vec<&(Slot, i32, i32)> =
            feet.iter().filter(|(from, ..)| leads(lanes, *from, *slot)).collect();
        // A passage of the same edge stands for the branch that it comes from: the nearer one counts.
        let through: Vec<usize> = sources
            .iter()
            .filter_map(|(slot, ..)| if let Slot::Passage { from, .. } = slot { Some(*from) } else { None })
            .collect();
        sources.retain(|(from, ..)| !matches!(from, Slot::Lane(n) if through.contains(n)));
        let newest = |slot: &Slot| feet.iter().rposition(|(other, ..)| other == slot);
        let last = sources.iter().filter(|(slot, x, _)| {
            let same = newest(slot).and_then(|n| feet.get(n));
            same.is_none_or(|(_, newest, _)| newest == x)
        });
        edges.extend(last.map(|(_, x, foot)| ((*x, *foot), *at)));
    }
    edges
}

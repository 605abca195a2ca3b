//! Where everything stands: from the inside to the outside, each piece beside or below the others and never over them.

use super::super::plan::{Block, Branch, Fork, Group, GroupKind, Kind, Node, Part, Plan, Way};
use super::measure::width;
use super::tile::{Drawn, Shape, Tile};
use super::{SMALL, TEXT, lanes};

/// From a box to the next one below it.
const DOWN: i32 = 26;
/// From a box to the next one beside it.
pub(super) const BESIDE: i32 = 28;
/// From a box with boxes in it to those.
pub(super) const PAD: i32 = 16;
/// The heading of a box with boxes in it.
pub(super) const HEADING: i32 = 30;
/// Lines of text.
pub(super) const LINE: i32 = 16;
/// From where ways meet to the next box.
const MEET: i32 = 14;

/// The whole picture.
pub(super) fn plan(plan: &Plan) -> Tile<'_> {
    let mut tile = Tile::default();
    let top = triggers(plan, &mut tile);
    tile.put(course(&plan.parts), 0, top);
    tile
}

/// What starts it, in a row above; tells where the start stands.
fn triggers<'p>(plan: &'p Plan, tile: &mut Tile<'p>) -> i32 {
    if plan.triggers.is_empty() {
        return 0;
    }
    let nodes: Vec<Tile<'_>> = plan.triggers.iter().map(node).collect();
    let height = nodes.iter().map(|node| node.height).max().unwrap_or_default();
    let all: i32 = nodes.iter().map(|node| node.left + node.right + BESIDE).sum::<i32>() - BESIDE;
    let (bus, top) = (height + 12, height + 12 + DOWN);
    let mut x = -all / 2;
    for piece in nodes {
        let at = x + piece.left;
        x += piece.left + piece.right + BESIDE;
        let bottom = piece.height;
        tile.put(piece, at, 0);
        tile.wire(vec![(at, bottom), (at, bus), (0, bus), (0, top)], Way::Next, true);
    }
    top
}

/// One below the other.
pub(super) fn course(parts: &[Part]) -> Tile<'_> {
    let mut tile = Tile::default();
    let mut y = 0;
    for (n, part) in parts.iter().enumerate() {
        if n > 0 {
            tile.wire(vec![(0, y), (0, y + DOWN)], Way::Next, true);
            y += DOWN;
        }
        let piece = match part {
            Part::Block(block) => self::block(block),
            Part::Fork(fork) => self::fork(fork),
        };
        let height = piece.height;
        tile.ends = piece.ends;
        tile.put(piece, 0, y);
        y += height;
    }
    tile
}

fn block(block: &Block) -> Tile<'_> {
    match block {
        Block::Node(node) => self::node(node),
        Block::Group(group) => self::group(group),
    }
}

/// A box with its undo beside it.
fn node(node: &Node) -> Tile<'_> {
    let (wide, height) = size(node);
    let mut tile = Tile { ends: super::super::net::ends_with(node), ..Tile::default() };
    tile.put(boxed(wide, height, Drawn::Node(node)), 0, 0);
    if let Some(undo) = &node.undo {
        let (undo_wide, undo_height) = size(undo);
        let x = wide / 2 + 44;
        let y = (height - undo_height) / 2;
        let mid = height / 2;
        tile.put(boxed(undo_wide, undo_height, Drawn::Node(undo)), x + undo_wide / 2, y.max(0));
        tile.wire(vec![(wide / 2, mid), (x, mid)], Way::Undo, true);
    }
    tile
}

fn boxed(wide: i32, height: i32, what: Drawn<'_>) -> Tile<'_> {
    let shape = Shape { x: -wide / 2, y: 0, width: wide, height, what };
    Tile { left: wide / 2, right: wide / 2, height, shapes: vec![shape], ..Tile::default() }
}

/// Even, so that its middle is a whole number.
fn size(node: &Node) -> (i32, i32) {
    let notes = node.notes.iter().map(|note| width(note, SMALL)).max().unwrap_or_default();
    let text = width(&node.title, TEXT).max(notes);
    let lines = i32::try_from(node.notes.len()).unwrap_or_default();
    let (sides, least) = match node.kind {
        Kind::Choice => (56, 90),
        Kind::Wait | Kind::Start | Kind::End | Kind::Fail => (36, 72),
        Kind::Event | Kind::Trigger | Kind::Emit => (44, 90),
        Kind::Timer | Kind::Person => (50, 80),
        Kind::Child => (38, 80),
        Kind::Jump | Kind::Restart => (38, 60),
        Kind::Step | Kind::Undo => (26, 80),
    };
    let height = 18 + LINE + lines * (LINE - 2);
    (((text + sides).max(least) + 1) / 2 * 2, height / 2 * 2)
}

/// The ways behind a head. Where one of them is the way on, it goes straight down and the others stand to its right; where they
/// are alike, they stand side by side.
fn fork(fork: &Fork) -> Tile<'_> {
    let head = block(&fork.head);
    match straight(fork) {
        Some(main) => beside(fork, head, main),
        None => below(fork, head),
    }
}

/// The branch that is the way on: nothing is done on it, or it is the only one that comes back.
fn straight(fork: &Fork) -> Option<usize> {
    let tried = matches!(fork.head, Block::Group(_));
    let waits = matches!(&fork.head, Block::Node(node) if node.kind == Kind::Wait);
    if tried {
        return Some(0);
    }
    let empty = fork.branches.iter().position(|branch| branch.course.parts.is_empty());
    let mut on = fork.branches.iter().enumerate().filter(|(_, branch)| !branch.course.ends);
    let only = match (on.next(), on.next()) {
        (Some((only, _)), None) => Some(only),
        _ => None,
    };
    empty.or(only.filter(|_| !waits))
}

/// One way straight down, the others from the side of the head to its right.
fn beside<'p>(fork: &'p Fork, head: Tile<'p>, main: usize) -> Tile<'p> {
    let mut tile = Tile::default();
    let (port, foot) = (head.right, head.height);
    let bus = if matches!(fork.head, Block::Group(_)) { foot - PAD } else { foot / 2 };
    tile.put(head, 0, 0);
    let top = foot + DOWN;
    let mut lowest = foot;
    if let Some(branch) = fork.branches.get(main) {
        let piece = course(&branch.course.parts);
        let straight = branch.course.parts.is_empty();
        lowest = if straight { foot + MEET } else { top + piece.height };
        // What is tried may end by itself: then nothing leads on from it.
        if !straight || !branch.course.ends {
            tile.wire(vec![(0, foot), (0, if straight { lowest } else { top })], Way::Next, !straight);
        }
        tile.label(&branch.label, 6, foot + 15);
        tile.put(piece, 0, top.min(lowest));
        tile.ends = branch.course.ends;
    }
    let mut ends = Ends { main: (!tile.ends).then_some(lowest), others: Vec::new() };
    let mut x = port;
    for branch in others(fork, main) {
        let piece = course(&branch.course.parts);
        let text = if branch.label.is_empty() { 0 } else { width(&branch.label, SMALL) + 14 };
        let at = (tile.right + BESIDE + piece.left).max(x + text + 12);
        let height = piece.height;
        tile.put(piece, at, top);
        let arrow = !branch.course.parts.is_empty();
        tile.wire(vec![(port, bus), (at, bus), (at, top)], branch.way, arrow);
        tile.label(&branch.label, (at - text).max(x + 6), bus - 5);
        x = at;
        if !branch.course.ends {
            ends.others.push((at, top + height));
        }
    }
    meet(&mut tile, &ends);
    tile
}

fn others(fork: &Fork, main: usize) -> impl Iterator<Item = &Branch> {
    fork.branches.iter().enumerate().filter(move |(n, _)| *n != main).map(|(_, branch)| branch)
}

/// Where the ways that come back leave their last box.
struct Ends {
    /// The straight one, if it comes back.
    main: Option<i32>,
    /// Where the others stand, and where their last box ends.
    others: Vec<(i32, i32)>,
}

/// Leads what comes back to the flow, below everything.
fn meet(tile: &mut Tile<'_>, ends: &Ends) {
    tile.ends = ends.main.is_none() && ends.others.is_empty();
    if tile.ends {
        return;
    }
    let below = tile.height + if ends.others.is_empty() { 0 } else { MEET };
    for (x, bottom) in &ends.others {
        tile.wire(vec![(*x, *bottom), (*x, below), (0, below)], Way::Next, false);
    }
    if let Some(bottom) = ends.main.filter(|bottom| *bottom < below) {
        tile.wire(vec![(0, bottom), (0, below)], Way::Next, false);
    }
}

/// All ways side by side, the head above their middle.
fn below<'p>(fork: &'p Fork, head: Tile<'p>) -> Tile<'p> {
    let mut tile = Tile::default();
    let foot = head.height;
    tile.put(head, 0, 0);
    let labelled = fork.branches.iter().any(|branch| !branch.label.is_empty());
    let bus = foot + 12;
    let top = bus + if labelled { 28 } else { 18 };
    let pieces: Vec<(&Branch, Tile<'_>)> = fork
        .branches
        .iter()
        .map(|branch| {
            let mut piece = course(&branch.course.parts);
            piece.right = piece.right.max(width(&branch.label, SMALL) + 8);
            (branch, piece)
        })
        .collect();
    let all: i32 = pieces.iter().map(|(_, piece)| piece.left + piece.right + BESIDE).sum::<i32>() - BESIDE;
    let first = pieces.first().map_or(0, |(_, piece)| piece.left);
    let last = pieces.last().map_or(0, |(_, piece)| piece.right);
    // The middle between the first flow and the last.
    let mut x = -(all - first - last) / 2 - first;
    let mut ends = Ends { main: None, others: Vec::new() };
    for (branch, piece) in pieces {
        let at = x + piece.left;
        x += piece.left + piece.right + BESIDE;
        let height = piece.height;
        let way = branch.way;
        tile.put(piece, at, top);
        tile.wire(vec![(0, foot), (0, bus), (at, bus), (at, top)], way, !branch.course.parts.is_empty());
        tile.label(&branch.label, at + 6, top - 10);
        if !branch.course.ends {
            ends.others.push((at, top + height));
        }
    }
    meet(&mut tile, &ends);
    tile
}

/// A box around others, with a heading.
fn group(group: &Group) -> Tile<'_> {
    let side = matches!(group.kind, GroupKind::Parallel | GroupKind::Race);
    let inner = match group.lanes.as_slice() {
        [lane] if !side => course(&lane.block),
        lanes => lanes::rows(lanes),
    };
    // Bold.
    let heading = width(&group.title, SMALL) * 9 / 8 + 46;
    let (left, mut right) = (inner.left + PAD, inner.right + PAD);
    right = right.max(heading - left).max(40);
    let height = HEADING + inner.height + PAD;
    let ends = inner.ends && matches!(group.kind, GroupKind::Try | GroupKind::Lock);
    let mut tile = Tile { ends, ..Tile::default() };
    let shape = Shape { x: -left, y: 0, width: left + right, height, what: Drawn::Group(group) };
    tile.put(Tile { left, right, height, shapes: vec![shape], ..Tile::default() }, 0, 0);
    if matches!(group.lanes.as_slice(), [lane] if matches!(lane.block.last(), Some(Part::Fork(_))))
        && !inner.ends
    {
        tile.wire(vec![(0, HEADING + inner.height), (0, height)], Way::Next, false);
    }
    tile.put(inner, 0, HEADING);
    if let Some(undo) = &group.undo {
        let (wide, high) = size(undo);
        let (x, y) = (right + 44, height / 2);
        tile.put(boxed(wide, high, Drawn::Node(undo)), x + wide / 2, (y - high / 2).max(0));
        tile.wire(vec![(right, y), (x, y)], Way::Undo, true);
    }
    tile
}

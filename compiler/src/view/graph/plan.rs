//! The parts of a picture as the language nests them. Blocks hold blocks, and nothing jumps: so a picture can be laid out from the
//! inside to the outside, and a flat list of nodes and edges can be made of it for tools that do that themselves.

/// A workflow as a picture, not yet laid out.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Plan {
    /// What starts it by itself.
    pub(super) triggers: Vec<Node>,
    /// From its start to its ends.
    pub(super) parts: Vec<Part>,
}

/// What follows one another.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Part {
    /// One thing.
    Block(Block),
    /// Something behind which the ways part.
    Fork(Fork),
}

/// The ways part, and those that come back meet again.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Fork {
    /// What is looked at, waited for or tried.
    pub(super) head: Block,
    /// Two or more.
    pub(super) branches: Vec<Branch>,
}

/// One of several ways.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Branch {
    /// When it is taken; may be empty.
    pub(super) label: String,
    /// What it stands for.
    pub(super) way: Way,
    /// May be empty: straight on.
    pub(super) course: Course,
}

/// What an edge stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// What is done next.
    Next,
    /// Where a failure leads.
    Failure,
    /// What undoes it.
    Undo,
    /// A branch that has to be done before.
    After,
}

/// Parts in order.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Course {
    /// In order.
    pub(super) parts: Vec<Part>,
    /// It does not go on behind them.
    pub(super) ends: bool,
}

/// A box.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Block {
    /// Without anything in it.
    Node(Node),
    /// With boxes in it.
    Group(Group),
}

/// A box without anything in it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Node {
    /// What it is.
    pub(super) kind: Kind,
    /// Its journal key, with `*` for what is worked out.
    pub(super) key: Option<String>,
    /// The key of the only thing that a branch does, where the node stands for both.
    pub(super) inner: Option<String>,
    /// The first line.
    pub(super) title: String,
    /// Lines below, smaller.
    pub(super) notes: Vec<String>,
    /// What undoes it.
    pub(super) undo: Option<Box<Node>>,
    /// In the source, from 1.
    pub(super) line: u32,
}

/// What a node stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A schedule, event or request that starts it.
    Trigger,
    /// The beginning.
    Start,
    /// A good end.
    End,
    /// An end by failure.
    Fail,
    /// A call.
    Step,
    /// What undoes a call.
    Undo,
    /// An event that comes in.
    Event,
    /// An event that goes out.
    Emit,
    /// A pause or a deadline.
    Timer,
    /// A wait for several things.
    Wait,
    /// A person who is asked.
    Person,
    /// Another workflow.
    Child,
    /// A condition.
    Choice,
    /// Out of a block, or to its next round.
    Jump,
    /// The run begins anew with an empty journal.
    Restart,
}

/// A box with boxes in it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Group {
    /// What it is.
    pub(super) kind: GroupKind,
    /// The key of its rounds or of itself.
    pub(super) key: Option<String>,
    /// Its heading.
    pub(super) title: String,
    /// One, but for `parallel` and `race`.
    pub(super) lanes: Vec<Lane>,
    /// What undoes it: of a flow.
    pub(super) undo: Option<Box<Node>>,
    /// In the source, from 1.
    pub(super) line: u32,
}

/// What a group stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum GroupKind {
    /// `for`, `loop`, `while`
    Rounds,
    /// `for … parallel`
    Items,
    /// `parallel`
    Parallel,
    /// `race`
    Race,
    /// `try`
    Try,
    /// `lock`
    Lock,
    /// `do`
    Flow,
    /// A branch that is more than a node.
    Branch,
}

/// A branch of a group.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Lane {
    /// What it does: one block.
    pub(super) block: Vec<Part>,
    /// The places of those that have to be done before.
    pub(super) after: Vec<usize>,
}

impl Group {
    /// All in order, in one lane.
    pub(super) fn of(kind: GroupKind, title: String, parts: Vec<Part>) -> Self {
        Self {
            kind,
            key: None,
            title,
            lanes: vec![Lane { block: parts, after: Vec::new() }],
            undo: None,
            line: 0,
        }
    }
}

impl Node {
    /// A box with a title.
    pub(super) fn new(kind: Kind, title: impl Into<String>) -> Self {
        Self { kind, key: None, inner: None, title: title.into(), notes: Vec::new(), undo: None, line: 0 }
    }

    /// With a line below, if there is something to say.
    pub(super) fn note(mut self, note: impl Into<String>) -> Self {
        let note = note.into();
        if !note.is_empty() {
            self.notes.push(note);
        }
        self
    }

    /// As a part.
    pub(super) fn part(self) -> Part {
        Part::Block(Block::Node(self))
    }
}

impl Course {
    /// Adds something that the flow comes back from.
    pub(super) fn push(&mut self, part: Part) {
        self.parts.push(part);
    }

    /// Adds something that the flow does not come back from.
    pub(super) fn end(&mut self, part: Part) {
        self.parts.push(part);
        self.ends = true;
    }
}

/// Goes through all nodes and groups, outer ones first, in the order of the source.
pub(super) fn each_block<'p>(parts: &'p [Part], visit: &mut dyn FnMut(BlockRef<'p>)) {
    for part in parts {
        match part {
            Part::Block(block) => in_block(block, visit),
            Part::Fork(fork) => {
                in_block(&fork.head, visit);
                for branch in &fork.branches {
                    each_block(&branch.course.parts, visit);
                }
            }
        }
    }
}

/// A node or group that was met.
#[derive(Clone, Copy)]
pub(super) enum BlockRef<'p> {
    /// A node; also the undo of one.
    Node(&'p Node),
    /// A group, before what is in it.
    Group(&'p Group),
}

fn in_block<'p>(block: &'p Block, visit: &mut dyn FnMut(BlockRef<'p>)) {
    match block {
        Block::Node(node) => {
            visit(BlockRef::Node(node));
            if let Some(undo) = &node.undo {
                visit(BlockRef::Node(undo));
            }
        }
        Block::Group(group) => {
            visit(BlockRef::Group(group));
            for lane in &group.lanes {
                each_block(&lane.block, visit);
            }
            if let Some(undo) = &group.undo {
                visit(BlockRef::Node(undo));
            }
        }
    }
}

//! A plan as a flat list of boxes and edges, for tools that lay out themselves.

use std::collections::BTreeSet;

use super::plan::{Block, Fork, Group, Kind, Node, Part, Plan, Way};

/// Boxes and what leads from one to the other.
#[derive(Default)]
pub(super) struct Net<'p> {
    /// A group stands before what is in it.
    pub(super) boxes: Vec<Placed<'p>>,
    /// In the order of the source.
    pub(super) edges: Vec<Edge>,
    ids: BTreeSet<String>,
}

/// A box and where it belongs.
pub(super) struct Placed<'p> {
    /// Its journal key where it has one; unique in the net.
    pub(super) id: String,
    /// The place of the group around it.
    pub(super) parent: Option<usize>,
    /// What it is.
    pub(super) what: What<'p>,
}

/// A node, or a group whose boxes say that they are in it.
#[derive(Clone, Copy)]
pub(super) enum What<'p> {
    /// Without anything in it.
    Node(&'p Node),
    /// With boxes in it.
    Group(&'p Group),
}

/// From box to box, by their places.
pub(super) struct Edge {
    /// Where it begins.
    pub(super) from: usize,
    /// Where it ends.
    pub(super) to: usize,
    /// May be empty.
    pub(super) label: String,
    /// What it stands for.
    pub(super) way: Way,
}

/// A way that leads on from a box.
struct Open {
    from: usize,
    label: String,
    way: Way,
}

impl<'p> Net<'p> {
    pub(super) fn of(plan: &'p Plan) -> Self {
        let mut net = Self::default();
        let triggers: Vec<Open> = plan.triggers.iter().map(|node| on(net.node(node, None))).collect();
        net.course(&plan.parts, None, triggers);
        net
    }

    fn course(&mut self, parts: &'p [Part], parent: Option<usize>, mut open: Vec<Open>) -> Vec<Open> {
        for part in parts {
            open = match part {
                Part::Block(block) => {
                    let at = self.block(block, parent);
                    self.join(open, at);
                    if ends(block) { Vec::new() } else { vec![on(at)] }
                }
                Part::Fork(fork) => self.fork(fork, parent, open),
            };
        }
        open
    }

    fn fork(&mut self, fork: &'p Fork, parent: Option<usize>, open: Vec<Open>) -> Vec<Open> {
        let head = self.block(&fork.head, parent);
        self.join(open, head);
        let mut on = Vec::new();
        for branch in &fork.branches {
            let begin = vec![Open { from: head, label: branch.label.clone(), way: branch.way }];
            let end = self.course(&branch.course.parts, parent, begin);
            if !branch.course.ends {
                on.extend(end);
            }
        }
        on
    }

    fn join(&mut self, open: Vec<Open>, to: usize) {
        let edges = open.into_iter().map(|Open { from, label, way }| Edge { from, to, label, way });
        self.edges.extend(edges);
    }

    fn block(&mut self, block: &'p Block, parent: Option<usize>) -> usize {
        match block {
            Block::Node(node) => self.node(node, parent),
            Block::Group(group) => self.group(group, parent),
        }
    }

    fn node(&mut self, node: &'p Node, parent: Option<usize>) -> usize {
        let at = self.place(node.key.as_deref(), &format!("{:?}", node.kind), parent, What::Node(node));
        if let Some(undo) = &node.undo {
            let to = self.node(undo, parent);
            self.edges.push(Edge { from: at, to, label: String::new(), way: Way::Undo });
        }
        at
    }

    fn group(&mut self, group: &'p Group, parent: Option<usize>) -> usize {
        let at = self.place(group.key.as_deref(), &format!("{:?}", group.kind), parent, What::Group(group));
        let mut first = Vec::new();
        for lane in &group.lanes {
            first.push(self.boxes.len());
            self.course(&lane.block, Some(at), Vec::new());
        }
        if let Some(undo) = &group.undo {
            let to = self.node(undo, parent);
            self.edges.push(Edge { from: at, to, label: String::new(), way: Way::Undo });
        }
        for (lane, to) in group.lanes.iter().zip(&first) {
            let before = lane.after.iter().filter_map(|place| first.get(*place));
            let edges =
                before.map(|from| Edge { from: *from, to: *to, label: String::new(), way: Way::After });
            self.edges.extend(edges);
        }
        at
    }

    fn place(&mut self, key: Option<&str>, kind: &str, parent: Option<usize>, what: What<'p>) -> usize {
        let kind = kind.to_ascii_lowercase();
        let wanted = key.unwrap_or(&kind);
        let other = |n: usize| format!("{wanted}#{n}");
        let mut id = wanted.to_owned();
        if self.ids.contains(&id) {
            id = (2..).map(other).find(|id| !self.ids.contains(id)).unwrap_or_default();
        }
        self.ids.insert(id.clone());
        self.boxes.push(Placed { id, parent, what });
        self.boxes.len() - 1
    }
}

fn on(from: usize) -> Open {
    Open { from, label: String::new(), way: Way::Next }
}

/// The flow does not come back from it.
fn ends(block: &Block) -> bool {
    matches!(block, Block::Node(node) if ends_with(node))
}

/// The flow does not come back from such a node.
pub(super) fn ends_with(node: &Node) -> bool {
    matches!(node.kind, Kind::End | Kind::Fail | Kind::Jump | Kind::Restart)
}

//! Where ways part: `if`, `match`, `wait { … }`.

use cairn_dsl::tree::{
    Else, Expr, Literal, Match, MatchArm, MatchBody, Pattern, PatternKind, Span, Stmt, StmtKind, Wait,
    WaitArm,
};

use super::words::{cut, first_line, joined};
use super::{Builder, Site};
use crate::view::graph::plan::{Block, Branch, Course, Fork, Kind, Node, Part, Way};

impl Builder<'_> {
    /// A condition behind which nothing is done is not drawn.
    pub(super) fn if_(&mut self, stmt: &Stmt, course: &mut Course) {
        let StmtKind::If { condition, then, otherwise } = &stmt.kind else { return };
        let yes = self.block(then);
        let mut no = Course::default();
        match otherwise {
            Some(Else::Block(block)) => no = self.block(block),
            Some(Else::If(chain)) => self.if_(chain, &mut no),
            None => {}
        }
        let label = first_line(stmt.doc.as_deref());
        let title = if label.is_empty() { self.condition(condition) } else { label };
        let head = Node { line: self.line(stmt.span), ..Node::new(Kind::Choice, title) };
        let branch = |label: &str, course| Branch { label: label.to_owned(), way: Way::Next, course };
        fork(head, vec![branch("yes", yes), branch("no", no)], course);
    }

    fn condition(&self, e: &Expr) -> String {
        format!("{}?", self.short(e.span))
    }

    pub(super) fn match_(&mut self, choice: &Match, span: Span, course: &mut Course) {
        let mut branches: Vec<Branch> = Vec::new();
        for arm in &choice.arms {
            let done = match &arm.body {
                MatchBody::Block(block) => self.block(block),
                MatchBody::Expr(_) => Course::default(),
            };
            let label = self.arm(arm);
            let straight = done == Course::default();
            // Ways on which nothing is done are one way.
            match branches.iter_mut().find(|other| straight && other.course == Course::default()) {
                Some(other) => other.label = cut(&format!("{}, {label}", other.label), 40),
                None => branches.push(Branch { label, way: Way::Next, course: done }),
            }
        }
        let head = Node { line: self.line(span), ..Node::new(Kind::Choice, self.condition(&choice.value)) };
        fork(head, branches, course);
    }

    fn arm(&self, arm: &MatchArm) -> String {
        let patterns: Vec<_> = arm.patterns.iter().map(pattern).collect();
        let guard = arm.guard.as_ref().map(|e| format!(" if {}", self.short(e.span)));
        cut(&(patterns.join(", ") + &guard.unwrap_or_default()), 32)
    }

    pub(super) fn wait(&mut self, wait: &Wait, site: Site<'_>, span: Span, course: &mut Course) {
        match wait {
            Wait::One { event, within } => {
                let own = event.event.parts.last().map_or("wait", |part| part.text.as_str());
                let segment = site.name.unwrap_or(own);
                let within = within.as_ref().map(|e| format!("within {}", self.short(e.span)));
                let node = self.event(event, site).note(within.unwrap_or_default());
                course.push(Node { key: self.key(segment), ..node }.part());
            }
            Wait::Arms(arms) => {
                let segment = site.name.unwrap_or("wait");
                let label = first_line(site.doc);
                let title = if label.is_empty() { "wait for the first".to_owned() } else { label };
                let head = Node::new(Kind::Wait, title).note(site.name.unwrap_or_default());
                let head = Node { key: self.key(segment), line: self.line(span), ..head };
                let branches = arms.iter().map(|arm| self.wait_arm(arm, segment)).collect();
                fork(head, branches, course);
            }
        }
    }

    fn wait_arm(&mut self, arm: &WaitArm, segment: &str) -> Branch {
        let (first, body) = match arm {
            WaitArm::Event { event, body, .. } => (self.event(event, Site::default()), body),
            WaitArm::After { until, value, body, span } => {
                let word = if *until { "until" } else { "after" };
                let node = Node::new(Kind::Timer, format!("{word} {}", self.short(value.span)));
                let key = self.key(&format!("{segment}.after"));
                (Node { key, line: self.line(*span), ..node }, body)
            }
        };
        let mut course = Course::default();
        course.push(first.part());
        self.statements(&body.stmts, &mut course);
        Branch { label: String::new(), way: Way::Next, course }
    }
}

/// Adds a fork; one with a single way is no fork.
fn fork(head: Node, mut branches: Vec<Branch>, course: &mut Course) {
    if branches.iter().all(|branch| branch.course == Course::default()) {
        return;
    }
    if branches.len() == 1
        && let Some(only) = branches.pop()
    {
        let note = joined([only.label]);
        course.push(head.note(note).part());
        course.parts.extend(only.course.parts);
        course.ends = only.course.ends;
        return;
    }
    course.ends = branches.iter().all(|branch| branch.course.ends);
    course.parts.push(Part::Fork(Fork { head: Block::Node(head), branches }));
}

fn pattern(pattern: &Pattern) -> String {
    match &pattern.kind {
        PatternKind::Wildcard => "else".to_owned(),
        PatternKind::Name(name) => name.text.clone(),
        PatternKind::Literal(literal) => match literal {
            Literal::Null => "null".to_owned(),
            Literal::Bool(value) => value.to_string(),
            Literal::Int(value) => value.to_string(),
            Literal::Float(value) => value.to_string(),
            Literal::Text(value) => value.clone(),
        },
    }
}

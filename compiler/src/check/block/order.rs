//! In which order branches can begin: after those that they name, and after those whose values they read.

use std::collections::{BTreeMap, BTreeSet};

use cairn_dsl::Diagnostic;
use cairn_dsl::tree::{Branch, Name, Span};

use crate::check::body::Body;
use crate::check::decls::unknown;
use crate::check::names::nearest;
use crate::check::walk::{in_branch, spoken_of};

/// What a branch waits for.
pub(super) struct Waits {
    /// Places of branches that have to end well before; sorted, each once.
    pub(super) after: Vec<usize>,
    /// Those of them whose values it reads.
    pub(super) reads: Vec<(usize, Span)>,
}

impl Body<'_> {
    /// What each branch waits for; reported where it cannot be.
    pub(super) fn waits(&mut self, branches: &[Branch]) -> Vec<Waits> {
        let places: BTreeMap<&str, usize> =
            branches.iter().enumerate().map(|(n, b)| (b.name.text.as_str(), n)).collect();
        branches
            .iter()
            .enumerate()
            .map(|(own, branch)| self.waits_of(own, branch, &places, branches))
            .collect()
    }

    fn waits_of(
        &mut self,
        own: usize,
        branch: &Branch,
        places: &BTreeMap<&str, usize>,
        branches: &[Branch],
    ) -> Waits {
        let mut after = BTreeSet::new();
        for name in &branch.after {
            match places.get(name.text.as_str()) {
                Some(place) => {
                    after.insert(*place);
                }
                None => self.no_branch(name, branches),
            }
        }
        let mut spoken = BTreeMap::new();
        in_branch(branch, &mut |part| spoken_of(part, &mut spoken));
        let mut reads = Vec::new();
        for (name, at) in spoken {
            let Some(place) = places.get(name).copied().filter(|place| *place != own) else { continue };
            if let Some(outside) = self.var(name).map(|v| v.span) {
                let sibling = branches.get(place).map_or(at, |b| b.name.span);
                self.two_meanings(name, at, sibling, outside);
                continue;
            }
            reads.push((place, at));
            after.insert(place);
        }
        Waits { after: after.into_iter().collect(), reads }
    }

    fn no_branch(&mut self, name: &Name, branches: &[Branch]) {
        let near = nearest(&name.text, branches.iter().map(|b| b.name.text.as_str()));
        let declared = branches.iter().find(|b| Some(b.name.text.as_str()) == near).map(|b| b.name.span);
        let found = unknown("branch", name, near, declared);
        let found = if near.is_some() {
            found
        } else {
            found.help(
                "`after` names branches of this `parallel`; what stands in front of it is done before anyway",
            )
        };
        self.report(found);
    }

    fn two_meanings(&mut self, name: &str, at: Span, sibling: Span, outside: Span) {
        let found = Diagnostic::error(
            "E0209",
            at,
            format!("`{name}` can mean the variable or the branch beside this one"),
        )
        .label("which of them?")
        .also(outside, "the variable")
        .also(sibling, "the branch")
        .help("give the branch another name; then both can be read");
        self.report(found);
    }

    /// Two branches of one name are an error; gives those names.
    pub(super) fn names_of_branches(&mut self, branches: &[Branch]) -> BTreeSet<String> {
        let mut twice = BTreeSet::new();
        let mut seen: BTreeMap<&str, Span> = BTreeMap::new();
        for branch in branches {
            if let Some(before) = seen.insert(&branch.name.text, branch.name.span) {
                let text = format!("there are two branches called `{}`", branch.name.text);
                let found = Diagnostic::error("E0202", branch.name.span, text)
                    .label("this one")
                    .also(before, "the first")
                    .help("give one of them another name; it is its key in the journal, and the field of its value");
                self.report(found);
                twice.insert(branch.name.text.clone());
            }
        }
        twice
    }

    /// Places of the branches, each behind those that it waits for; none where some wait for each other.
    pub(super) fn begin_order(&mut self, branches: &[Branch], waits: &[Waits]) -> Option<Vec<usize>> {
        let mut done: Vec<usize> = Vec::new();
        let mut left: Vec<usize> = (0..branches.len()).collect();
        while !left.is_empty() {
            let ready = |n: &usize| waits.get(*n).is_none_or(|w| w.after.iter().all(|a| done.contains(a)));
            let Some(at) = left.iter().position(ready) else {
                self.circle(branches, waits, &left);
                return None;
            };
            done.push(left.remove(at));
        }
        Some(done)
    }

    fn circle(&mut self, branches: &[Branch], waits: &[Waits], left: &[usize]) {
        let mut way: Vec<usize> = left.first().copied().into_iter().collect();
        while let Some(next) = way
            .last()
            .and_then(|n| waits.get(*n))
            .and_then(|w| w.after.iter().copied().find(|a| left.contains(a)))
        {
            if let Some(start) = way.iter().position(|n| *n == next) {
                way.drain(..start);
                break;
            }
            way.push(next);
        }
        let name = |n: &usize| branches.get(*n).map_or("", |b| b.name.text.as_str());
        let round: Vec<&str> = way.iter().chain(way.first()).map(name).collect();
        let Some(first) = way.first().and_then(|n| branches.get(*n)) else { return };
        let text = match way.as_slice() {
            [_] => format!("the branch `{}` waits for itself", first.name.text),
            _ => format!("these branches wait for each other: {}", round.join(" after ")),
        };
        let mut found = Diagnostic::error("E0811", first.name.span, text).label("so none of them can begin");
        for other in way.iter().skip(1).filter_map(|n| branches.get(*n)) {
            found = found.also(other.name.span, "and this one");
        }
        let found = found.help("a branch waits for those behind `after`, and for those whose names it reads: take one of these away");
        self.report(found);
    }
}

//! What is known of variables and of fields behind them, beyond their declared types, at one point of the flow.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::relate::join;
use crate::ir::LocalId;
use crate::types::Type;

/// `a`, `a.b`, `a.b.c`: a variable and fields behind it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) root: LocalId,
    pub(super) fields: Vec<String>,
}

impl Place {
    /// The place that this is a field of.
    pub(super) fn parent(&self) -> Option<(Self, &str)> {
        let (last, rest) = self.fields.split_last()?;
        Some((Self { root: self.root, fields: rest.to_vec() }, last))
    }

    pub(super) fn field(mut self, name: &str) -> Self {
        self.fields.push(name.to_owned());
        self
    }
}

/// Narrower types of places. There is one for each way through a workflow, so what they have in common is held once.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Facts(Rc<BTreeMap<Place, Rc<Type>>>);

impl Facts {
    pub(super) fn get(&self, place: &Place) -> Option<&Type> {
        self.0.get(place).map(|ty| &**ty)
    }

    pub(super) fn insert(&mut self, place: Place, ty: Type) {
        Rc::make_mut(&mut self.0).insert(place, Rc::new(ty));
    }

    /// What another knows of a variable is known of this one, which holds a copy of it.
    pub(super) fn adopt(&mut self, other: &Self, theirs: LocalId, ours: LocalId) {
        let first = Place { root: theirs, fields: Vec::new() };
        for (place, ty) in other.0.range(first..).take_while(|(place, _)| place.root == theirs) {
            let place = Place { root: ours, fields: place.fields.clone() };
            Rc::make_mut(&mut self.0).insert(place, Rc::clone(ty));
        }
    }

    /// Whatever was known of these variables is so no longer.
    pub(super) fn forget(&mut self, roots: &BTreeSet<LocalId>) {
        if !roots.is_empty() && self.0.keys().any(|place| roots.contains(&place.root)) {
            Rc::make_mut(&mut self.0).retain(|place, _| !roots.contains(&place.root));
        }
    }

    /// What is known whichever of the two ways was taken.
    #[must_use]
    pub(super) fn either(&self, other: &Self) -> Self {
        if Rc::ptr_eq(&self.0, &other.0) {
            return self.clone();
        }
        let both = self.0.iter().filter_map(|(place, ty)| {
            let theirs = other.0.get(place)?;
            let known = if Rc::ptr_eq(ty, theirs) { Rc::clone(ty) } else { Rc::new(join(ty, theirs)) };
            Some((place.clone(), known))
        });
        Self(Rc::new(both.collect()))
    }
}

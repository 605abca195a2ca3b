//! What is known of variables and of fields behind them, beyond their declared types, at one point of the flow.

use std::collections::{BTreeMap, BTreeSet};

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

/// Narrower types of places.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Facts(BTreeMap<Place, Type>);

impl Facts {
    pub(super) fn get(&self, place: &Place) -> Option<&Type> {
        self.0.get(place)
    }

    pub(super) fn insert(&mut self, place: Place, ty: Type) {
        self.0.insert(place, ty);
    }

    /// The variables of which something is known, each once.
    pub(super) fn roots(&self) -> impl Iterator<Item = LocalId> {
        self.0.keys().map(|place| place.root).collect::<BTreeSet<_>>().into_iter()
    }

    /// What another knows of a variable is known of this one, which holds a copy of it.
    pub(super) fn adopt(&mut self, other: &Self, theirs: LocalId, ours: LocalId) {
        for (place, ty) in other.0.iter().filter(|(place, _)| place.root == theirs) {
            self.0.insert(Place { root: ours, fields: place.fields.clone() }, ty.clone());
        }
    }

    /// Whatever was known of these variables is so no longer.
    pub(super) fn forget(&mut self, roots: &BTreeSet<LocalId>) {
        self.0.retain(|place, _| !roots.contains(&place.root));
    }

    /// What is known whichever of the two ways was taken.
    #[must_use]
    pub(super) fn either(&self, other: &Self) -> Self {
        let both =
            self.0.iter().filter_map(|(place, ty)| Some((place.clone(), join(ty, other.0.get(place)?))));
        Self(both.collect())
    }
}

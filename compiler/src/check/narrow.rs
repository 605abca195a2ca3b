//! What a condition tells about the places that it speaks of.

use cairn_dsl::tree::{BinaryOp, Expr, ExprKind, UnaryOp};

use super::body::Body;
use super::facts::Place;
use super::relate::{field, has_null, knowing, members, union, without_null};
use crate::types::{Lit, Type};

impl Body<'_> {
    /// The place that an expression names.
    pub(super) fn place(&self, e: &Expr) -> Option<Place> {
        match &e.kind {
            ExprKind::Name(name) => Some(Place { root: self.local_here(&name.text)?, fields: Vec::new() }),
            ExprKind::Field { of, name } | ExprKind::OptField { of, name } => {
                Some(self.place(of)?.field(&name.text))
            }
            _ => None,
        }
    }

    /// What is known of a place beyond its declared type.
    pub(super) fn known(&self, place: &Place) -> Option<&Type> {
        self.facts.get(place).or_else(|| self.of_taken.get(place))
    }

    /// What is known of the type of a place.
    pub(super) fn place_type(&self, place: &Place) -> Option<Type> {
        if let Some(known) = self.known(place) {
            return Some(known.clone());
        }
        let Some((parent, name)) = place.parent() else { return Some(self.local_type(place.root)) };
        let of = self.place_type(&parent)?;
        let ty = field(&without_null(&of), name)?;
        Some(if has_null(&of) { ty.optional() } else { ty })
    }

    /// From here on the condition is known to hold, or known not to.
    pub(super) fn assume(&mut self, condition: &Expr, holds: bool) {
        match &condition.kind {
            ExprKind::Unary { op: UnaryOp::Not, of } => self.assume(of, !holds),
            ExprKind::Binary { op: BinaryOp::And, left, right, .. } => {
                self.assume_both(left, right, true, holds);
            }
            ExprKind::Binary { op: BinaryOp::Or, left, right, .. } => {
                self.assume_both(left, right, false, holds);
            }
            ExprKind::Binary { op: BinaryOp::Eq, left, right, .. } => self.assume_equal(left, right, holds),
            ExprKind::Binary { op: BinaryOp::Ne, left, right, .. } => self.assume_equal(left, right, !holds),
            ExprKind::Field { .. } => self.assume_flag(condition, holds),
            _ => {}
        }
    }

    /// `&&` (`and`) or `||`: one outcome tells about both sides, the other only that one of them is to blame.
    fn assume_both(&mut self, left: &Expr, right: &Expr, and: bool, holds: bool) {
        if and == holds {
            self.assume(left, holds);
            self.assume(right, holds);
            return;
        }
        let before = self.facts.clone();
        self.assume(left, holds);
        let by_left = std::mem::replace(&mut self.facts, before);
        self.assume(left, !holds);
        self.assume(right, holds);
        self.facts = self.facts.either(&by_left);
    }

    /// A bool field alone as a condition.
    fn assume_flag(&mut self, condition: &Expr, holds: bool) {
        if let Some(place) = self.place(condition) {
            self.learn(&place, &Type::Lit(Lit::Bool(holds)), true);
        }
    }

    fn assume_equal(&mut self, left: &Expr, right: &Expr, equal: bool) {
        for (side, other) in [(left, right), (right, left)] {
            if let (Some(place), Some(value)) = (self.place(side), self.decls.literal(other)) {
                self.learn(&place, &value, equal);
            }
        }
    }

    /// The value at the place is this one, or is not.
    pub(super) fn learn(&mut self, place: &Place, value: &Type, equal: bool) {
        let Some(ty) = self.place_type(place) else { return };
        let known = knowing(&ty, value, equal);
        if known != ty && known != Type::Never {
            self.facts.insert(place.clone(), known);
        }
        let Some((parent, name)) = place.parent() else { return };
        let something = if *value == Type::Null { !equal } else { equal };
        if something {
            self.learn(&parent, &Type::Null, false);
        }
        self.choose_record(&parent, name, value, equal);
    }

    /// A field that tells several record types apart rules some of them out.
    fn choose_record(&mut self, parent: &Place, name: &str, value: &Type, equal: bool) {
        let Some(ty) = self.place_type(parent) else { return };
        let fits = |t: &&Type| field(t, name).is_none_or(|f| knowing(&f, value, equal) != Type::Never);
        let left = union(members(&ty).iter().filter(fits).cloned());
        if left != ty && left != Type::Never {
            self.facts.insert(parent.clone(), left);
        }
    }
}

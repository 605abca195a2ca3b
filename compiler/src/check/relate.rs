//! How types relate: what fits where, what two have in common, what is left when a value is ruled out.
//!
//! [`Type::Never`] is also the type of what was wrong and has been reported: it fits everywhere and everything fits it, so
//! that one cause is never told twice.

use crate::types::{Field, Lit, Type};

/// A value of `from` may stand where `to` is wanted.
pub(crate) fn assignable(from: &Type, to: &Type) -> bool {
    match (from, to) {
        (Type::Never, _) | (_, Type::Never) => true,
        (_, Type::Json) => !holds_secret(from),
        (Type::Secret(a), Type::Secret(b)) => assignable(a, b),
        (Type::Union(of), _) => of.iter().all(|t| assignable(t, to)),
        (Type::Bool, Type::Union(of)) if has_both_bools(of) => true,
        (_, Type::Union(of)) => of.iter().any(|t| assignable(from, t)),
        (Type::Lit(lit), _) => from == to || base(lit) == *to,
        (Type::List(a), Type::List(b)) | (Type::Map(a), Type::Map(b)) => assignable(a, b),
        (Type::Record(a), Type::Record(b)) => b.iter().all(|want| field_fits(a, want)) && !hides_secret(a, b),
        _ => from == to,
    }
}

/// A secret is in it, at whatever depth.
pub(super) fn holds_secret(ty: &Type) -> bool {
    match ty {
        Type::Secret(_) => true,
        Type::List(of) | Type::Map(of) => holds_secret(of),
        Type::Record(fields) => fields.iter().any(|f| holds_secret(&f.ty)),
        Type::Union(of) => of.iter().any(holds_secret),
        _ => false,
    }
}

/// A secret would stand in a field that the other type does not show.
fn hides_secret(given: &[Field], shown: &[Field]) -> bool {
    given.iter().any(|f| holds_secret(&f.ty) && !shown.iter().any(|want| want.name == f.name))
}

fn has_both_bools(of: &[Type]) -> bool {
    [true, false].iter().all(|b| of.contains(&Type::Lit(Lit::Bool(*b))))
}

/// The fields given satisfy the one that is wanted.
pub(super) fn field_fits(given: &[Field], want: &Field) -> bool {
    let room = read_type(want);
    match given.iter().find(|f| f.name == want.name) {
        Some(field) => assignable(&read_type(field), &room),
        None => want.optional,
    }
}

/// What reading a field gives: `T?` of an optional one.
pub(super) fn read_type(field: &Field) -> Type {
    if field.optional { field.ty.clone().optional() } else { field.ty.clone() }
}

/// The type that a literal is a value of.
pub(super) fn base(lit: &Lit) -> Type {
    match lit {
        Lit::Bool(_) => Type::Bool,
        Lit::Int(_) => Type::Int,
        Lit::Float(_) => Type::Float,
        Lit::Text(_) => Type::Text,
    }
}

/// The members of a union, or the type itself.
pub(super) fn members(ty: &Type) -> &[Type] {
    match ty {
        Type::Union(of) => of,
        Type::Never => &[],
        one => std::slice::from_ref(one),
    }
}

/// Null is among its values; json does not count, it is looked into by other means.
pub(super) fn has_null(ty: &Type) -> bool {
    members(ty).contains(&Type::Null)
}

/// The same without null.
pub(super) fn without_null(ty: &Type) -> Type {
    union(members(ty).iter().filter(|t| **t != Type::Null).cloned())
}

/// One type for values of any of these: flat, no two alike, null last.
pub(super) fn union(types: impl IntoIterator<Item = Type>) -> Type {
    let mut flat: Vec<Type> = Vec::new();
    for ty in types {
        for member in members(&ty) {
            insert(&mut flat, member);
        }
    }
    if flat.contains(&Type::Json) {
        return Type::Json;
    }
    if has_both_bools(&flat) {
        flat.retain(|t| !matches!(t, Type::Lit(Lit::Bool(_))));
        insert(&mut flat, &Type::Bool);
    }
    let null = flat.iter().position(|t| *t == Type::Null);
    if let Some(at) = null {
        let last = flat.remove(at);
        flat.push(last);
    }
    match flat.len() {
        0 => Type::Never,
        1 => flat.pop().unwrap_or(Type::Never),
        _ => Type::Union(flat),
    }
}

fn insert(flat: &mut Vec<Type>, ty: &Type) {
    let covered = |by: &Type| by == ty || matches!(ty, Type::Lit(lit) if base(lit) == *by);
    if flat.iter().any(covered) {
        return;
    }
    if let Some(same) = flat.iter_mut().find(|t| vague_twin(t, ty)) {
        if vague(same) {
            *same = ty.clone();
        }
        return;
    }
    flat.retain(|t| !matches!(t, Type::Lit(lit) if base(lit) == *ty));
    flat.push(ty.clone());
}

/// One of them is the type of an empty list or of something broken, and the other fits it.
fn vague_twin(a: &Type, b: &Type) -> bool {
    (vague(a) || vague(b)) && assignable(a, b) && assignable(b, a)
}

/// Something in it is not known: it holds an empty list.
pub(super) fn vague(ty: &Type) -> bool {
    match ty {
        Type::Never => true,
        Type::List(of) | Type::Map(of) => vague(of),
        Type::Record(fields) => fields.iter().any(|f| vague(&f.ty)),
        Type::Union(of) => of.iter().any(vague),
        _ => false,
    }
}

/// One type for values of both.
pub(super) fn join(a: &Type, b: &Type) -> Type {
    union([a.clone(), b.clone()])
}

/// With every literal replaced by what it is a value of: what a `var` without a written type holds.
pub(super) fn general(ty: &Type) -> Type {
    match ty {
        Type::Lit(lit) => base(lit),
        Type::List(of) => Type::List(Box::new(general(of))),
        Type::Map(of) => Type::Map(Box::new(general(of))),
        Type::Record(fields) => {
            Type::Record(fields.iter().map(|f| Field { ty: general(&f.ty), ..f.clone() }).collect())
        }
        Type::Union(of) => union(of.iter().map(general)),
        other => other.clone(),
    }
}

/// Some value is of both types.
pub(super) fn overlap(a: &Type, b: &Type) -> bool {
    match (a, b) {
        (Type::Never | Type::Json, _) | (_, Type::Never | Type::Json) => true,
        (Type::Union(of), _) => of.iter().any(|t| overlap(t, b)),
        (_, Type::Union(of)) => of.iter().any(|t| overlap(a, t)),
        (Type::Lit(x), Type::Lit(y)) => {
            x == y || number(x).zip(number(y)).is_some_and(|(x, y)| x.to_bits() == y.to_bits())
        }
        (Type::Lit(lit), other) | (other, Type::Lit(lit)) => overlap(&base(lit), other),
        (Type::Int, Type::Float) | (Type::Float, Type::Int) => true,
        (Type::List(_), Type::List(_))
        | (Type::Map(_) | Type::Record(_), Type::Map(_))
        | (Type::Map(_), Type::Record(_)) => true,
        (Type::Record(x), Type::Record(y)) => x
            .iter()
            .all(|f| y.iter().filter(|g| g.name == f.name).all(|g| overlap(&read_type(f), &read_type(g)))),
        _ => a == b,
    }
}

#[expect(clippy::cast_precision_loss, reason = "only asks whether two literals can be equal")]
fn number(lit: &Lit) -> Option<f64> {
    match lit {
        Lit::Int(n) => Some(*n as f64),
        Lit::Float(x) => Some(*x),
        Lit::Bool(_) | Lit::Text(_) => None,
    }
}

/// The members one by one, a bool as its two values: what a `match` has to cover.
pub(super) fn cases(ty: &Type) -> Vec<Type> {
    let both = [Type::Lit(Lit::Bool(true)), Type::Lit(Lit::Bool(false))];
    members(ty).iter().flat_map(|t| if *t == Type::Bool { both.to_vec() } else { vec![t.clone()] }).collect()
}

/// What is left of a type when its value is known to be this one, or known not to be.
pub(super) fn knowing(ty: &Type, value: &Type, equal: bool) -> Type {
    if *ty == Type::Json {
        return Type::Json;
    }
    if equal {
        return union(members(ty).iter().filter(|t| overlap(t, value)).cloned());
    }
    if *ty == Type::Bool {
        return Type::Bool;
    }
    union(members(ty).iter().filter(|t| *t != value).cloned())
}

/// What the values of a type have in common, for operators and methods.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Shape {
    /// It was wrong, and has been reported.
    Unknown,
    /// Of one of the plain types.
    Plain(Type),
    /// A list of these.
    List(Type),
    /// A map of these.
    Map(Type),
    /// A record, or one of several.
    Record,
    /// Of several kinds.
    Mixed,
}

/// What kind of value it is; a null in it makes it [`Shape::Mixed`].
pub(super) fn shape(ty: &Type) -> Shape {
    let mut all = members(ty).iter().map(one_shape);
    let Some(first) = all.next() else { return Shape::Unknown };
    all.fold(first, |a, b| match (a, b) {
        (Shape::List(a), Shape::List(b)) => Shape::List(join(&a, &b)),
        (Shape::Map(a), Shape::Map(b)) => Shape::Map(join(&a, &b)),
        (a, b) if a == b => a,
        _ => Shape::Mixed,
    })
}

fn one_shape(ty: &Type) -> Shape {
    match ty {
        Type::Never => Shape::Unknown,
        Type::List(of) => Shape::List((**of).clone()),
        Type::Map(of) => Shape::Map((**of).clone()),
        Type::Record(_) => Shape::Record,
        Type::Union(_) => Shape::Mixed,
        Type::Lit(lit) => Shape::Plain(base(lit)),
        plain => Shape::Plain(plain.clone()),
    }
}

/// The type of a field; none where some member is no record with it. Maps and json have every field, perhaps.
pub(super) fn field(ty: &Type, name: &str) -> Option<Type> {
    let mut found = Vec::new();
    for member in members(ty) {
        found.push(match member {
            Type::Never => Type::Never,
            Type::Json => Type::Json,
            Type::Map(of) => (**of).clone().optional(),
            Type::Record(fields) => read_type(fields.iter().find(|f| f.name == name)?),
            _ => return None,
        });
    }
    Some(union(found))
}

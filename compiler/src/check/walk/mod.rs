//! Looking ahead in the tree, without types: what stands in what.

mod inside;

use inside::in_stmt;
pub(super) use inside::{Part, in_block, in_branch, in_effect};

use std::collections::{BTreeMap, BTreeSet};

use cairn_dsl::tree::{
    BinaryOp, Block, Effect, EffectKind, Entry, Expr, ExprKind, FnArg, ListItem, MatchBody, Span, Stmt,
    StmtKind, TextPart,
};

/// The names of all `var`s that are `set` in a block, at any depth.
pub(super) fn assigned(block: &Block) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    in_block(block, &mut |part| {
        if let Part::Stmt(Stmt { kind: StmtKind::Set { name, .. }, .. }) = part {
            names.insert(name.text.clone());
        }
    });
    names
}

/// Names that a part of the text speaks of, each with the first place.
pub(super) fn spoken_of<'t>(part: Part<'t>, names: &mut BTreeMap<&'t str, Span>) {
    if let Part::Expr(Expr { kind: ExprKind::Name(name), .. }) = part {
        names.entry(&name.text).or_insert(name.span);
    }
}

/// A `restart` stands somewhere in these.
pub(super) fn restarts(stmts: &[Stmt]) -> bool {
    let mut found = false;
    for stmt in stmts {
        in_stmt(stmt, &mut |part| {
            found |= matches!(part, Part::Stmt(Stmt { kind: StmtKind::Restart(_), .. }));
        });
    }
    found
}

/// Somewhere in the effect, a value is given: it may be one that nobody wants otherwise.
pub(super) fn gives(effect: &Effect) -> bool {
    let mut found = false;
    in_effect(effect, &mut |part| {
        found |= match part {
            Part::Stmt(stmt) => matches!(stmt.kind, StmtKind::Yield(_) | StmtKind::Break(Some(_))),
            Part::Effect(inner) => match &inner.kind {
                EffectKind::Match(choice) => {
                    choice.arms.iter().any(|arm| matches!(arm.body, MatchBody::Expr(_)))
                }
                _ => false,
            },
            _ => false,
        };
    });
    found
}

/// Names that an expression speaks of, functions as `f()`.
pub(super) fn mentioned(e: &Expr, names: &mut BTreeSet<String>) {
    match &e.kind {
        ExprKind::Name(name) => {
            names.insert(name.text.clone());
        }
        ExprKind::Call { function, .. } => {
            names.insert(format!("{}()", function.text));
        }
        _ => {}
    }
    for inner in parts(e) {
        mentioned(inner, names);
    }
}

/// The expressions right inside one.
fn parts(e: &Expr) -> Vec<&Expr> {
    match &e.kind {
        ExprKind::Text(parts) => {
            parts.iter().filter_map(|p| if let TextPart::Expr(e) = p { Some(e) } else { None }).collect()
        }
        ExprKind::List(items) => items
            .iter()
            .map(|item| match item {
                ListItem::Item(e) | ListItem::Spread(e) => e,
            })
            .collect(),
        ExprKind::Record(entries) => entries
            .iter()
            .flat_map(|entry| match entry {
                Entry::Field { value, .. } | Entry::Spread(value) => vec![value],
                Entry::Computed { key, value } => vec![key, value],
            })
            .collect(),
        ExprKind::Call { args, .. } => args.iter().map(argument).collect(),
        ExprKind::Method { of, args, .. } => {
            std::iter::once(&**of).chain(args.iter().map(argument)).collect()
        }
        ExprKind::Field { of, .. } | ExprKind::OptField { of, .. } | ExprKind::Unary { of, .. } => vec![of],
        ExprKind::Must(of) | ExprKind::Cast { value: of, .. } => vec![of],
        ExprKind::Index { of, index } => vec![of, index],
        ExprKind::Binary { left, right, .. } => vec![left, right],
        ExprKind::Conditional { condition, then, otherwise } => vec![condition, then, otherwise],
        _ => Vec::new(),
    }
}

fn argument(arg: &FnArg) -> &Expr {
    match arg {
        FnArg::Expr(e) => e,
        FnArg::Lambda(lambda) => &lambda.body,
    }
}

/// It has to be put in brackets before an operator or method is added behind it.
pub(super) fn needs_brackets(e: &Expr) -> bool {
    let loose = |op: &BinaryOp| !matches!(op, BinaryOp::Coalesce);
    match &e.kind {
        ExprKind::Binary { op, .. } => loose(op),
        ExprKind::Conditional { .. } | ExprKind::Unary { .. } | ExprKind::Int(_) | ExprKind::Float(_) => true,
        _ => false,
    }
}

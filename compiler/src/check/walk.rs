//! Looking ahead in the tree, without types: what stands in what.

use std::collections::BTreeSet;

use cairn_dsl::tree::{
    BinaryOp, Block, Effect, EffectKind, Else, Entry, Expr, ExprKind, FnArg, ListItem, MatchBody, Rhs, Stmt,
    StmtKind, TextPart, Wait, WaitArm,
};

/// The names of all `var`s that are `set` in a block, at any depth.
pub(super) fn assigned(block: &Block) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    collect_assigned(block, &mut names);
    names
}

fn collect_assigned(block: &Block, names: &mut BTreeSet<String>) {
    for stmt in &block.stmts {
        if let StmtKind::Set { name, .. } = &stmt.kind {
            names.insert(name.text.clone());
        }
        for inner in blocks(stmt) {
            collect_assigned(inner, names);
        }
    }
}

/// The blocks right inside a statement.
fn blocks(stmt: &Stmt) -> Vec<&Block> {
    match &stmt.kind {
        StmtKind::Let { value: Rhs::Effect(effect), .. }
        | StmtKind::Var { value: Rhs::Effect(effect), .. }
        | StmtKind::Set { value: Rhs::Effect(effect), .. }
        | StmtKind::Effect(effect) => effect_blocks(effect),
        StmtKind::If { then, otherwise, .. } => {
            let mut found = vec![then];
            match otherwise {
                Some(Else::If(chain)) => found.extend(blocks(chain)),
                Some(Else::Block(block)) => found.push(block),
                None => {}
            }
            found
        }
        StmtKind::While(each) => vec![&each.body],
        StmtKind::Lock { body, .. } => vec![body],
        StmtKind::Try(tried) => {
            let catches = tried.catches.iter().map(|c| &c.body);
            std::iter::once(&tried.body).chain(catches).chain(&tried.finally).collect()
        }
        _ => Vec::new(),
    }
}

fn effect_blocks(effect: &Effect) -> Vec<&Block> {
    match &effect.kind {
        EffectKind::For(each) => vec![&each.body],
        EffectKind::Loop(each) => vec![&each.body],
        EffectKind::Match(found) => found.arms.iter().filter_map(|arm| arm_block(&arm.body)).collect(),
        EffectKind::Wait(Wait::Arms(arms)) => arms
            .iter()
            .map(|arm| match arm {
                WaitArm::Event { body, .. } | WaitArm::After { body, .. } => body,
            })
            .collect(),
        _ => Vec::new(),
    }
}

fn arm_block(body: &MatchBody) -> Option<&Block> {
    if let MatchBody::Block(block) = body { Some(block) } else { None }
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

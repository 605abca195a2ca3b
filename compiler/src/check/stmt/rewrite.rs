//! Second looks at lowered statements, once all of a construct is known.

use crate::check::fit::widen;
use crate::ir::{LocalId, LoopId, Stmt, StmtKind};
use crate::types::Type;

/// Values that were given to a local before its type was known become of that type.
pub(in crate::check) fn settle(stmts: &mut [Stmt], local: LocalId, ty: &Type) {
    for stmt in stmts {
        match &mut stmt.kind {
            StmtKind::Set(to, value) | StmtKind::Append(to, value) if *to == local => {
                let taken = std::mem::replace(value, crate::check::expr::broken());
                *value = widen(taken, ty);
            }
            other => inner(other).into_iter().for_each(|stmts| settle(stmts, local, ty)),
        }
    }
}

/// The values that a block ends with become of its type.
pub(in crate::check) fn settle_returns(stmts: &mut [Stmt], ty: &Type) {
    for stmt in stmts {
        match &mut stmt.kind {
            StmtKind::Return(value) => {
                let taken = std::mem::replace(value, crate::check::expr::broken());
                *value = widen(taken, ty);
            }
            other => inner(other).into_iter().for_each(|stmts| settle_returns(stmts, ty)),
        }
    }
}

/// The statements right inside a statement.
fn inner(kind: &mut StmtKind) -> Vec<&mut Vec<Stmt>> {
    match kind {
        StmtKind::Wait { arms, after, .. } => {
            let timer = after.iter_mut().map(|(_, _, body)| body);
            arms.iter_mut().map(|arm| &mut arm.body).chain(timer).collect()
        }
        StmtKind::If { then, otherwise, .. } => vec![then, otherwise],
        StmtKind::Match { arms, .. } => arms.iter_mut().map(|arm| &mut arm.body).collect(),
        StmtKind::Loop { body, .. } | StmtKind::For { body, .. } | StmtKind::Lock { body, .. } => vec![body],
        StmtKind::Try { body, catches, finally, .. } => {
            let catches = catches.iter_mut().map(|c| &mut c.body);
            std::iter::once(body).chain(catches).chain(std::iter::once(finally)).collect()
        }
        _ => Vec::new(),
    }
}

/// Takes away jumps to the end of a choice that stand at its end anyway; gives how many are left.
pub(in crate::check) fn strip_tail(stmts: &mut Vec<Stmt>, id: LoopId) -> usize {
    if stmts.last().is_some_and(|s| s.kind == StmtKind::Break(id)) {
        stmts.pop();
    }
    let last = stmts.len();
    let mut left = 0;
    for (n, stmt) in stmts.iter_mut().enumerate() {
        let at_end = n + 1 == last;
        let jumps_over = matches!(
            stmt.kind,
            StmtKind::If { .. } | StmtKind::Match { .. } | StmtKind::Wait { .. } | StmtKind::Try { .. }
        );
        if stmt.kind == StmtKind::Break(id) {
            left += 1;
        }
        for body in inner(&mut stmt.kind) {
            left += if at_end && jumps_over { strip_tail(body, id) } else { jumps(body, id) };
        }
    }
    left
}

fn jumps(stmts: &mut [Stmt], id: LoopId) -> usize {
    stmts
        .iter_mut()
        .map(|s| {
            usize::from(s.kind == StmtKind::Break(id))
                + inner(&mut s.kind).into_iter().map(|b| jumps(b, id)).sum::<usize>()
        })
        .sum()
}

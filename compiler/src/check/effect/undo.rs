//! What undoes a step and is more than a call: a block, a flow, or another workflow. It is registered as a block that waits.

use cairn_dsl::tree::{Clause, Name, Span, Undo as Written};

use super::Bind;
use crate::check::block::Opening;
use crate::check::body::Body;
use crate::check::flow::{Beside, Lowered};
use crate::check::keys::Segment;
use crate::ir::{self, LocalId, StmtKind};

impl Body<'_> {
    /// Registers the blocks behind `undo`, once the step is done. The step's own result may be used under its name.
    pub(in crate::check) fn undo_blocks(
        &mut self,
        clauses: &[Clause],
        (name, local): (Option<&Name>, Option<LocalId>),
        segment: &str,
        out: &mut Vec<ir::Stmt>,
    ) {
        for clause in clauses {
            let Clause::Undo(written, span) = clause else { continue };
            if matches!(written, Written::Call(_)) {
                continue;
            }
            self.undo_block(written, (name, local), segment, *span, out);
        }
    }

    /// The same for what is no call: there a call is a block too.
    pub(in crate::check) fn undo_of_more(
        &mut self,
        clauses: &[Clause],
        (name, local): (Option<&Name>, Option<LocalId>),
        segment: &str,
        out: &mut Vec<ir::Stmt>,
    ) {
        for clause in clauses {
            if let Clause::Undo(written, span) = clause {
                self.undo_block(written, (name, local), segment, *span, out);
            }
        }
    }

    fn undo_block(
        &mut self,
        written: &Written,
        (name, local): (Option<&Name>, Option<LocalId>),
        segment: &str,
        span: Span,
        out: &mut Vec<ir::Stmt>,
    ) {
        let at = self.first_line(span);
        let segments = [Segment::plain(&format!("{segment}.undo"))];
        let key = self.claim_block(&segments, at, &format!("undo {segment}"), |found| {
            Some(found.help("a step has one `undo`: write both into one block, `undo { … }`"))
        });
        self.open_scope();
        if let (Some(name), Some(local)) = (name, local) {
            self.alias(name, local);
        }
        let opening = Opening { beside: Beside::Undo, segments: &segments, want: None, span: at };
        let closed = self.in_block(&opening, |body, _| body.undoing(written, span));
        self.close_scope();
        self.emit(out, StmtKind::UndoBlock { key, block: closed.block }, span);
    }

    fn undoing(&mut self, written: &Written, span: Span) -> Lowered {
        let mut stmts = Vec::new();
        let bind = Bind::default();
        let falls = match written {
            Written::Block(block) => return self.block(block),
            Written::Do(run) => self.do_(run, &bind, span, &mut stmts).falls,
            Written::Run(run) => self.run(run, &bind, span, &mut stmts).falls,
            Written::Call(call) => self.call(call, &bind, &mut stmts).falls,
        };
        Lowered { stmts, falls }
    }
}

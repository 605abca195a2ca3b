//! What leaves: `return`, `fail`, `yield`, `break`, `continue`.

use cairn_dsl::Diagnostic;
use cairn_dsl::tree::{self, Entry, Name, Path, Span};

use crate::check::body::{Body, VarKind};
use crate::check::failures::is_built_in;
use crate::check::fit::{Slot, widen};
use crate::check::flow::{Beside, Frame, FrameKind};
use crate::check::relate::{has_null, join};
use crate::ir::{self, Expr, ExprKind, LocalId, StmtKind};
use crate::types::Type;

impl Body<'_> {
    pub(super) fn return_(
        &mut self,
        value: Option<&tree::Expr>,
        span: Span,
        out: &mut Vec<ir::Stmt>,
    ) -> bool {
        self.begin("return");
        let frame = self.flow.closed().map(|f| (f.kind, f.id, f.result));
        let into = match frame {
            Some((FrameKind::Flow, id, result)) => Some((id, result)),
            Some(_) => {
                if let Some(e) = value {
                    self.expr(e, None);
                }
                self.stays_inside("return", span);
                return false;
            }
            None => None,
        };
        if into.is_none() {
            self.flow.leaves += 1;
        }
        let want = self.flow.result.ty.clone();
        let declared = self.flow.result.span;
        let what = if into.is_some() { "flow" } else { "workflow" };
        let value = match value {
            Some(e) if declared.is_none() => {
                let got = self.expr(e, None);
                if got.ty != Type::Null && got.ty != Type::Never {
                    let found = Diagnostic::error(
                        "E0301",
                        e.span,
                        format!("this {what} does not say that it gives anything"),
                    )
                    .label(crate::check::names::short(&got.ty))
                    .help("write the type of the result behind the parameters: `-> …`, or `return` alone");
                    self.report(found);
                }
                widen(got, &Type::Null)
            }
            Some(e) => self.expr_to(e, &want, &Slot::Result { declared }),
            None => self.nothing(&want, span),
        };
        match into {
            None => self.emit(out, StmtKind::Return(value), span),
            Some((id, result)) => {
                self.note_given(id, &value.ty);
                if let Some(result) = result {
                    self.emit(out, StmtKind::Set(result, value), span);
                }
                self.emit(out, StmtKind::Break(id), span);
            }
        }
        false
    }

    /// `E0810` where something around it keeps it inside: a block that runs side by side, a `finally`, a flow.
    pub(super) fn stays_inside(&mut self, word: &str, span: Span) {
        let Some(frame) = self.flow.frames.iter_mut().rev().find(|f| f.kind.is_closed()) else { return };
        frame.spoiled = true;
        let (kind, at) = (frame.kind, frame.span);
        let (around, label, help) = match kind {
            FrameKind::Block(Beside::Branch) => (
                "a branch",
                "branches run at the same time",
                "`yield` a value here, and decide behind the `parallel` or `race`",
            ),
            FrameKind::Block(Beside::Item(_)) => (
                "an item",
                "items run at the same time",
                "`yield` a value here, and decide behind the `for`; `fail` ends all of them",
            ),
            FrameKind::Block(Beside::Undo) => (
                "an `undo`",
                "it runs when the step is undone",
                "let it come to its end, or put the rest into an `if`",
            ),
            FrameKind::Finally => (
                "a `finally`",
                "it runs on every way out, and each goes on behind it",
                "let it come to its end, or `fail`",
            ),
            _ => {
                ("a flow", "the flow is declared here", "`return` from the flow, and decide where it is done")
            }
        };
        let found = Diagnostic::error("E0810", span, format!("`{word}` cannot lead out of {around}"))
            .also(at, label)
            .help(help);
        self.report(found);
    }

    fn nothing(&mut self, want: &Type, span: Span) -> Expr {
        if !has_null(want) && *want != Type::Json && *want != Type::Never {
            let found = Diagnostic::error(
                "E0301",
                span,
                format!("the result is {}, but gets nothing here", crate::check::names::a_type(want)),
            );
            let found =
                if let Some(at) = self.flow.result.span { found.also(at, "declared here") } else { found };
            self.report(found);
        }
        widen(Expr { kind: ExprKind::Null, ty: Type::Null }, want)
    }

    pub(super) fn fail(
        &mut self,
        kind: &Path,
        fields: Option<&tree::Expr>,
        span: Span,
        out: &mut Vec<ir::Stmt>,
    ) -> bool {
        self.begin("fail");
        self.flow.leaves += 1;
        let [name] = kind.parts.as_slice() else {
            let whole = Name {
                text: kind.parts.iter().map(|p| p.text.as_str()).collect::<Vec<_>>().join("."),
                span: kind.span,
            };
            let found = self.decls.unknown_kind(&whole);
            self.report(found);
            return false;
        };
        if self.var(&name.text).is_some() {
            self.refail(name, fields, span, out);
            return false;
        }
        if !self.decls.knows_kind(&name.text) {
            let found = self.decls.unknown_kind(name);
            self.report(found);
            return false;
        }
        if name.text == "cancelled" {
            let found =
                Diagnostic::error("E0703", name.span, "a run is cancelled from outside, not by itself")
                    .help("`return` ends it well, `fail` with another kind ends it badly");
            self.report(found);
        }
        self.flow.raise(&name.text, self.first_line(span));
        let (message, detail) = self.failure(name, fields);
        self.emit(out, StmtKind::Fail { kind: name.text.clone(), message, detail }, span);
        false
    }

    /// `fail e`
    fn refail(&mut self, name: &Name, fields: Option<&tree::Expr>, span: Span, out: &mut Vec<ir::Stmt>) {
        let Some(var) = self.look_up(&name.text) else { return };
        let (local, kind, at) = (var.local, var.kind.clone(), var.span);
        let VarKind::Caught(kinds) = kind else {
            let found =
                Diagnostic::error("E0705", name.span, format!("`{}` is no caught failure", name.text))
                    .also(at, "declared here")
                    .help("`fail` takes a failure kind, or the name behind `catch … as`");
            self.report(found);
            return;
        };
        if let Some(fields) = fields {
            let found = Diagnostic::error("E0705", fields.span, "a caught failure goes on as it was")
                .help(format!("`fail {}` alone, or a new one: `fail kind {{ … }}`", name.text));
            self.report(found);
        }
        for kind in kinds {
            self.flow.raise(&kind, span);
        }
        self.emit(out, StmtKind::Refail(local), span);
    }

    /// The message and the fields of a failure.
    pub(in crate::check) fn failure(&mut self, kind: &Name, fields: Option<&tree::Expr>) -> (Expr, Expr) {
        let entries: &[Entry] = match fields.map(|f| &f.kind) {
            Some(tree::ExprKind::Record(entries)) => entries,
            _ => &[],
        };
        let is_message =
            |entry: &&Entry| matches!(entry, Entry::Field { name, .. } if name.text == "message");
        let message = match entries.iter().find(is_message) {
            Some(Entry::Field { value, .. }) => {
                self.expr_to(value, &Type::Text, &Slot::Field { name: "message".into() })
            }
            _ => Expr { kind: ExprKind::Text(kind.text.replace('_', " ")), ty: Type::Text },
        };
        let rest: Vec<Entry> = entries.iter().filter(|e| !is_message(e)).cloned().collect();
        let null = Expr { kind: ExprKind::Null, ty: Type::Null };
        let shown = fields.map_or(kind.span, |f| f.span);
        let literal = tree::Expr { kind: tree::ExprKind::Record(rest.clone()), span: shown };
        let declared = self.decls.errors.get(&kind.text).map(|e| e.fields.clone());
        let detail = match declared {
            Some(wanted) if !wanted.is_empty() || !rest.is_empty() => {
                self.expr_to(&literal, &Type::Record(wanted), &Slot::Plain("the failure"))
            }
            None if !rest.is_empty() && is_built_in(&kind.text) => {
                let found =
                    Diagnostic::error("E0303", shown, format!("`{}` has no fields of its own", kind.text))
                        .help("it takes a `message`; declare an `error` of your own for more");
                self.report(found);
                null
            }
            _ => null,
        };
        (message, detail)
    }

    pub(super) fn yield_(&mut self, value: &tree::Expr, span: Span, out: &mut Vec<ir::Stmt>) -> bool {
        self.begin("yield");
        let target = self.flow.frames.iter().rev().find(|f| f.kind != FrameKind::Loop);
        let taken = target.filter(|f| takes(f)).map(|f| (f.id, f.kind, f.result, f.want.clone()));
        let Some((id, kind, result, want)) = taken else {
            let kind = target.map(|f| f.kind);
            self.expr(value, None);
            self.not_taken(kind, span);
            return false;
        };
        let value = self.give(id, value, want.as_ref());
        match (kind, result) {
            (FrameKind::For, Some(result)) => {
                self.emit(out, StmtKind::Append(result, value), span);
                self.emit(out, StmtKind::Continue(id), span);
            }
            (_, Some(result)) => {
                self.emit(out, StmtKind::Set(result, value), span);
                self.emit(out, StmtKind::Break(id), span);
            }
            (_, None) => self.emit(out, StmtKind::Return(value), span),
        }
        false
    }

    fn not_taken(&mut self, kind: Option<FrameKind>, span: Span) {
        match kind {
            Some(FrameKind::Finally | FrameKind::Block(Beside::Undo)) => self.stays_inside("yield", span),
            Some(FrameKind::Flow) => {
                let found = Diagnostic::error("E0806", span, "nothing takes the value of this `yield`")
                    .help("a flow gives its value with `return`");
                self.report(found);
            }
            _ => self.nobody_takes("yield", span),
        }
    }

    /// A value for the construct of this id; its type is noted.
    pub(in crate::check) fn give(&mut self, id: ir::LoopId, value: &tree::Expr, want: Option<&Type>) -> Expr {
        let at = value.span;
        let value = match want {
            Some(want) => self.expr_to(value, want, &Slot::Plain("the value")),
            None => self.expr(value, None),
        };
        let value = if self.leaks(&value.ty, at, "written to the journal with the value") {
            crate::check::expr::broken()
        } else {
            value
        };
        self.note_given(id, &value.ty);
        value
    }

    /// The construct of this id is left with a value of this type.
    fn note_given(&mut self, id: ir::LoopId, ty: &Type) {
        let Some(at) = self.flow.frames.iter().rposition(|f| f.id == id) else { return };
        let leaves =
            self.flow.frames.get(at).is_some_and(|f| matches!(f.kind, FrameKind::Choice | FrameKind::Flow));
        let way = leaves.then(|| self.state());
        if let Some(frame) = self.flow.frames.get_mut(at) {
            frame.given = join(&frame.given, ty);
            frame.gave = true;
            frame.ways.extend(way);
        }
    }

    fn nobody_takes(&mut self, what: &str, span: Span) {
        let found = Diagnostic::error("E0806", span, format!("nothing takes the value of this `{what}`"));
        let found = if what == "yield" {
            found.help("bind what is around it: `let x = for …`, `let x = match …`; `return` ends the workflow with a value")
        } else {
            found.help("bind the loop: `let x = loop …`, or `break` alone")
        };
        self.report(found);
    }

    pub(super) fn break_(&mut self, value: Option<&tree::Expr>, span: Span, out: &mut Vec<ir::Stmt>) -> bool {
        self.begin("break");
        let Some(frame) = self.innermost_loop() else {
            self.no_loop("break", span);
            return false;
        };
        frame.broke = true;
        let (id, kind, result, want) = (frame.id, frame.kind, frame.result, frame.want.clone());
        match (kind, result, value) {
            (FrameKind::For, Some(_), _) => self.no_value(span, "break"),
            (_, None, Some(value)) => {
                self.expr(value, None);
                self.nobody_takes("break", span);
            }
            (_, Some(result), Some(value)) => {
                let value = self.give(id, value, want.as_ref());
                self.emit(out, StmtKind::Set(result, value), span);
            }
            (_, Some(result), None) => self.break_with_null(id, result, want.as_ref(), span, out),
            (_, None, None) => {}
        }
        self.emit(out, StmtKind::Break(id), span);
        false
    }

    /// There is none, or what stands between keeps it inside.
    fn no_loop(&mut self, word: &str, span: Span) {
        let frames = self.flow.frames.iter().rev().take_while(|f| f.kind != FrameKind::Flow);
        let outside = frames.filter(|f| matches!(f.kind, FrameKind::Loop | FrameKind::For)).count() > 0;
        let item = self.flow.closed().is_some_and(|f| matches!(f.kind, FrameKind::Block(Beside::Item(_))));
        if outside || item {
            self.stays_inside(word, span);
            return;
        }
        let found = if word == "break" {
            Diagnostic::error("E0807", span, "there is no loop here to `break` out of")
                .help("`return` ends the workflow")
        } else {
            Diagnostic::error("E0807", span, "there is no loop here to `continue`")
        };
        self.report(found);
    }

    fn break_with_null(
        &mut self,
        id: ir::LoopId,
        result: LocalId,
        want: Option<&Type>,
        span: Span,
        out: &mut Vec<ir::Stmt>,
    ) {
        let null = tree::Expr { kind: tree::ExprKind::Null, span };
        let value = self.give(id, &null, want);
        self.emit(out, StmtKind::Set(result, value), span);
    }

    pub(super) fn continue_(&mut self, span: Span, out: &mut Vec<ir::Stmt>) -> bool {
        let Some(frame) = self.innermost_loop() else {
            self.no_loop("continue", span);
            return false;
        };
        let (id, gives) = (frame.id, frame.kind == FrameKind::For && frame.result.is_some());
        if gives {
            self.no_value(span, "continue");
        }
        self.emit(out, StmtKind::Continue(id), span);
        false
    }

    fn no_value(&mut self, span: Span, word: &str) {
        let around = self.innermost_loop().map(|f| f.span).unwrap_or_default();
        let found = Diagnostic::error(
            "E0805",
            span,
            format!("this `{word}` leaves the round without a value"),
        )
        .also(around, "every round of this `for` has to `yield` one")
        .help("leave items out before: `for x in xs.filter(x => …)`, or `yield null` and filter the result");
        self.report(found);
    }
}

/// A `yield` gives it a value.
fn takes(frame: &Frame) -> bool {
    match frame.kind {
        FrameKind::For | FrameKind::Choice => frame.result.is_some(),
        FrameKind::Block(Beside::Branch) => true,
        FrameKind::Block(Beside::Item(wanted)) => wanted,
        _ => false,
    }
}

//! `match`, and what `match` and `wait { … }` have in common: arms that may give a value.

use cairn_dsl::Diagnostic;
use cairn_dsl::tree::{self, Match, MatchArm as WrittenArm, MatchBody, Pattern, PatternKind, Span};

use super::{Bind, Outcome};
use crate::check::body::{Body, VarKind};
use crate::check::decls::literal_type;
use crate::check::facts::Place;
use crate::check::flow::{Frame, FrameKind, Lowered, State};
use crate::check::names::{a_type, nearest, short};
use crate::check::relate::{cases, members, overlap, union, vague};
use crate::check::stmt::{settle, strip_tail};
use crate::ir::{self, Expr, ExprKind, LocalId, LoopId, MatchArm, StmtKind, Test};
use crate::types::{Lit, Type};

/// The value of a choice while its arms are gone through.
pub(super) struct Given {
    /// Where it goes, if one is wanted.
    result: Option<(LocalId, LoopId)>,
    ways: Vec<State>,
}

impl Given {
    pub(super) fn begin(body: &mut Body<'_>, bind: &Bind<'_>, span: Span) -> Self {
        let result = bind.wanted.then(|| {
            let local = body.hidden("value", Type::Never);
            let id = body.flow.new_loop();
            body.flow.frames.push(Frame::new(FrameKind::Choice, id, Some(local), bind.want.cloned(), span));
            (local, id)
        });
        Self { result, ways: Vec::new() }
    }

    /// An arm is done. Without a value it goes on behind the choice if it falls out of its end.
    pub(super) fn arm(&mut self, body: &mut Body<'_>, arm: &Lowered, span: Span) {
        if arm.falls && self.result.is_some() {
            let found = Diagnostic::error("E0805", span, "this arm ends without a value")
                .help("end it with `yield …`, or leave with `return`, `fail`, `break` or `continue`");
            body.report(found);
        }
        if arm.falls {
            self.ways.push(body.state());
        }
    }

    /// The choice as a statement, and its value.
    pub(super) fn finish(
        self,
        body: &mut Body<'_>,
        mut kind: StmtKind,
        span: Span,
        out: &mut Vec<ir::Stmt>,
    ) -> Outcome {
        let Some((local, id)) = self.result else {
            let falls = !self.ways.is_empty();
            body.meet(self.ways);
            body.emit(out, kind, span);
            return Outcome { value: crate::check::expr::broken(), falls };
        };
        let Some(frame) = body.flow.frames.pop() else { return Outcome::of(crate::check::expr::broken()) };
        let falls = frame.gave || !self.ways.is_empty();
        body.meet(self.ways.into_iter().chain(frame.ways).collect());
        let ty = frame.want.filter(|want| !vague(want)).unwrap_or(frame.given);
        body.set_local_type(local, ty.clone());
        let mut stmts = vec![ir::Stmt { kind: std::mem::replace(&mut kind, StmtKind::Break(id)), span }];
        settle(&mut stmts, local, &ty);
        if strip_tail(&mut stmts, id) > 0 {
            let counter = body.hidden("once", Type::Int);
            let max = Some(Expr { kind: ExprKind::Int(1), ty: Type::Int });
            stmts = vec![ir::Stmt { kind: StmtKind::Loop { id, counter, max, body: stmts }, span }];
        }
        body.flush(out);
        out.append(&mut stmts);
        Outcome { value: body.read(local), falls }
    }
}

/// What is looked at, and what is left of it for the arms to come.
struct Subject {
    local: LocalId,
    ty: Type,
    place: Option<Place>,
    left: Vec<Type>,
    /// Literals that arms before have dealt with.
    ruled_out: Vec<Type>,
    /// An arm that takes everything, where there was one.
    whole: Option<Span>,
}

impl Body<'_> {
    pub(super) fn match_(
        &mut self,
        choice: &Match,
        bind: &Bind<'_>,
        span: Span,
        out: &mut Vec<ir::Stmt>,
    ) -> Outcome {
        self.begin(bind.name.map_or("match", |n| n.text.as_str()));
        let value = self.expr(&choice.value, None);
        let leaks = self.leaks(&value.ty, choice.value.span, "what decides where the workflow goes");
        let value = if leaks { crate::check::expr::broken() } else { value };
        let ty = value.ty.clone();
        let local = self.hidden("match", ty.clone());
        self.emit(out, StmtKind::Set(local, value), choice.value.span);
        let place = self.place(&choice.value);
        let mut subject = Subject { local, left: cases(&ty), ty, place, ruled_out: Vec::new(), whole: None };
        let entry = self.state();
        let mut given = Given::begin(self, bind, self.first_line(span));
        let mut arms = Vec::new();
        for written in &choice.arms {
            self.go_back_to(&entry);
            arms.push(self.match_arm(written, &mut subject, &mut given));
        }
        self.covers_all(&subject, choice);
        given.finish(self, StmtKind::Match { value: local, arms }, span, out)
    }

    fn match_arm(&mut self, written: &WrittenArm, subject: &mut Subject, given: &mut Given) -> MatchArm {
        self.open_scope();
        let mut arm = MatchArm { tests: Vec::new(), guard: None, bind: Vec::new(), body: Vec::new() };
        let mut fits = Vec::new();
        let mut all = false;
        for pattern in &written.patterns {
            match self.pattern(pattern, subject, &mut arm) {
                Some(literal) => fits.push(literal),
                None => all = true,
            }
        }
        if all {
            arm.tests.clear();
        }
        self.know(subject, if all { None } else { Some(&fits) });
        if let Some(guard) = &written.guard {
            self.known_before(guard, "this condition");
            arm.guard =
                Some(self.purely("the condition of an arm", |body| body.condition(guard, "the condition")));
            self.assume(guard, true);
        } else if all {
            subject.left.clear();
            subject.whole.get_or_insert(written.span);
        } else {
            subject.left.retain(|t| !fits.contains(t));
            subject.ruled_out.extend(fits);
        }
        let body = self.arm_body(&written.body, given);
        given.arm(self, &body, self.first_line(written.span));
        arm.body = body.stmts;
        self.close_scope();
        arm
    }

    /// The literal that a pattern asks for; none where it takes whatever is left.
    fn pattern(&mut self, pattern: &Pattern, subject: &Subject, arm: &mut MatchArm) -> Option<Type> {
        if let Some(whole) = subject.whole {
            let found = Diagnostic::error("E0808", pattern.span, "this arm is never reached")
                .also(whole, "this one takes everything")
                .help("put it in front, or delete it");
            self.report(found);
        }
        let literal = match &pattern.kind {
            PatternKind::Wildcard => return None,
            PatternKind::Literal(literal) => literal_type(literal),
            PatternKind::Name(name) => {
                let as_expr = tree::Expr { kind: tree::ExprKind::Name(name.clone()), span: name.span };
                if let (true, Some(literal)) = (self.var(&name.text).is_none(), self.decls.literal(&as_expr))
                {
                    literal
                } else {
                    let ty = union(subject.left.iter().cloned());
                    let local = self.declare(name, ty.clone(), VarKind::Given);
                    let whole = self.read(subject.local);
                    let value = if ty == whole.ty {
                        whole
                    } else {
                        Expr { kind: ExprKind::Narrow(Box::new(whole)), ty }
                    };
                    arm.bind.push(ir::Stmt { kind: StmtKind::Set(local, value), span: pattern.span });
                    return None;
                }
            }
        };
        if subject.whole.is_none() {
            self.judge_pattern(&literal, pattern.span, subject);
        }
        arm.tests.push(match &literal {
            Type::Lit(lit) => Test::Lit(lit.clone()),
            _ => Test::Null,
        });
        Some(literal)
    }

    fn judge_pattern(&mut self, literal: &Type, span: Span, subject: &Subject) {
        if !overlap(literal, &subject.ty) {
            let found = Diagnostic::error(
                "E0311",
                span,
                format!("{} is never {}", a_type(&subject.ty), a_type(literal)),
            );
            let texts =
                |t: &Type| if let Type::Lit(Lit::Text(text)) = t { Some(format!("{text:?}")) } else { None };
            let known: Vec<String> = members(&subject.ty).iter().filter_map(texts).collect();
            let wrong = texts(literal).unwrap_or_default();
            let found = match nearest(&wrong, known.iter().map(String::as_str)) {
                Some(near) => found.help(format!("did you mean `{near}`?")).fix(span, near),
                None => found,
            };
            self.report(found);
        } else if subject.ruled_out.contains(literal) {
            let found =
                Diagnostic::error("E0808", span, format!("an arm before takes {} already", a_type(literal)))
                    .help("delete this pattern");
            self.report(found);
        }
    }

    /// What an arm knows of the value that is looked at.
    fn know(&mut self, subject: &Subject, fits: Option<&[Type]>) {
        let Some(place) = &subject.place else { return };
        match fits {
            Some([one]) => self.learn(place, one, true),
            Some(several) => {
                let known = union(several.iter().filter(|t| overlap(t, &subject.ty)).cloned());
                if known != Type::Never
                    && !matches!(subject.ty, Type::Text | Type::Int | Type::Float | Type::Json)
                {
                    self.facts.insert(place.clone(), known);
                }
            }
            None => {
                for value in &subject.ruled_out {
                    self.learn(place, value, false);
                }
            }
        }
    }

    fn arm_body(&mut self, body: &MatchBody, given: &Given) -> Lowered {
        match body {
            MatchBody::Block(block) => self.block(block),
            MatchBody::Expr(e) => {
                let Some((local, id)) = given.result else {
                    self.expr(e, None);
                    let found = Diagnostic::error("E0806", e.span, "nothing takes this value")
                        .help("bind it: `let x = match … { … }`, or write statements in braces");
                    self.report(found);
                    return Lowered { stmts: Vec::new(), falls: true };
                };
                let want = self.flow.frames.last().and_then(|f| f.want.clone());
                self.begin("yield");
                let value = self.give(id, e, want.as_ref());
                let mut stmts = Vec::new();
                self.emit(&mut stmts, StmtKind::Set(local, value), e.span);
                self.emit(&mut stmts, StmtKind::Break(id), e.span);
                Lowered { stmts, falls: false }
            }
        }
    }

    fn covers_all(&mut self, subject: &Subject, choice: &Match) {
        if subject.left.is_empty() || subject.whole.is_some() || subject.ty == Type::Never {
            return;
        }
        let listable = subject.left.iter().all(|t| matches!(t, Type::Lit(_) | Type::Null));
        let shown: Vec<String> = subject.left.iter().take(3).map(|t| format!("`{t} => {{ … }}`")).collect();
        let text = "this `match` does not cover every case";
        let found = Diagnostic::error("E0304", choice.value.span, text).label(short(&subject.ty));
        let found = if listable {
            found.help(format!("add {}, or `_ => {{ … }}`", shown.join(", ")))
        } else {
            found.help(format!(
                "{} has more values than can be listed: add `_ => {{ … }}`",
                a_type(&subject.ty)
            ))
        };
        self.report(found);
    }
}

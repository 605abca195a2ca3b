//! Operators.

use cairn_dsl::Diagnostic;
use cairn_dsl::tree::{self, BinaryOp, Span, UnaryOp};

use super::{broken, coalesce, make};
use crate::check::body::Body;
use crate::check::fit::{boxed, widen};
use crate::check::names::{a_type, nearest, short};
use crate::check::relate::{Shape, general, has_null, join, members, overlap, shape, union, without_null};
use crate::ir::{ArithOp, Builtin, CompareOp, Expr, ExprKind};
use crate::types::{Lit, Type};

/// Both sides as they were written, and the operator between them.
struct Sides<'e> {
    left: &'e tree::Expr,
    right: &'e tree::Expr,
    op: BinaryOp,
    op_span: Span,
}

impl Body<'_> {
    pub(super) fn unary(
        &mut self,
        op: UnaryOp,
        of: &tree::Expr,
        e: &tree::Expr,
        want: Option<&Type>,
    ) -> Expr {
        if op == UnaryOp::Not {
            let value = self.condition(of, "what `!` turns round");
            return make(ExprKind::Not(Box::new(value)), Type::Bool);
        }
        if let Some(Type::Lit(Lit::Int(n))) = self.decls.literal(e) {
            return super::literal::literal(&tree::ExprKind::Int(n), want);
        }
        let value = self.expr(of, want);
        match shape(&value.ty) {
            Shape::Unknown => broken(),
            Shape::Plain(ty @ (Type::Int | Type::Float | Type::Duration)) => {
                make(ExprKind::Negate(Box::new(widen(value, &ty))), ty)
            }
            _ => {
                let text = format!("`-` wants a number or a duration, and this is {}", a_type(&value.ty));
                self.wrong_value("E0308", of, &value.ty, text);
                broken()
            }
        }
    }

    pub(super) fn binary(
        &mut self,
        op: BinaryOp,
        op_span: Span,
        left: &tree::Expr,
        right: &tree::Expr,
        want: Option<&Type>,
    ) -> Expr {
        let sides = Sides { left, right, op, op_span };
        match op {
            BinaryOp::And | BinaryOp::Or => self.logic(&sides),
            BinaryOp::Eq | BinaryOp::Ne => self.equality(&sides),
            BinaryOp::Lt | BinaryOp::Le | BinaryOp::Gt | BinaryOp::Ge => self.order(&sides),
            BinaryOp::In => self.membership(&sides),
            BinaryOp::Coalesce => {
                let left = self.coalesced(left, op_span, want);
                let plain = without_null(&left.ty);
                let right = self.expr(right, Some(&plain));
                let ty = union([plain, right.ty.clone()]);
                coalesce(left, right, ty)
            }
            BinaryOp::Add | BinaryOp::Sub | BinaryOp::Mul | BinaryOp::Div | BinaryOp::Rem => {
                self.arithmetic(&sides, want)
            }
        }
    }

    /// The right side is looked at only where the left one has not decided, and knows so.
    fn logic(&mut self, sides: &Sides<'_>) -> Expr {
        let and = sides.op == BinaryOp::And;
        let what = if and { "what `&&` joins" } else { "what `||` joins" };
        let left = self.expr(sides.left, Some(&Type::Bool));
        if !and && has_null(&left.ty) && without_null(&left.ty) != Type::Bool {
            return self.fallback_by_or(sides, &left.ty);
        }
        let left = Box::new(self.condition_of(left, sides.left, what));
        let right = Box::new(self.under(sides.left, and, |body| body.condition(sides.right, what)));
        make(if and { ExprKind::And(left, right) } else { ExprKind::Or(left, right) }, Type::Bool)
    }

    /// `name || "nobody"`
    fn fallback_by_or(&mut self, sides: &Sides<'_>, left: &Type) -> Expr {
        self.expr(sides.right, None);
        let text = format!("what `||` joins is {}, not a bool", a_type(left));
        let found = Diagnostic::error("E0301", sides.op_span, text)
            .also(sides.left.span, left.to_string())
            .help("`??` gives a value to use where there is none: write `??`")
            .fix(sides.op_span, "??");
        self.report(found);
        broken()
    }

    fn equality(&mut self, sides: &Sides<'_>) -> Expr {
        let left = self.expr(sides.left, None);
        let right = self.expr(sides.right, Some(&left.ty));
        if self.leaks(&left.ty, sides.left.span, "compared")
            || self.leaks(&right.ty, sides.right.span, "compared")
        {
            return make(ExprKind::Bool(false), Type::Bool);
        }
        let (left, right) = self.same_number(left, right);
        self.judge_equality(&left, &right, sides);
        let (left, right) =
            if left.ty.rep() == right.ty.rep() { (left, right) } else { (boxed(left), boxed(right)) };
        let equal = make(ExprKind::Equal(Box::new(left), Box::new(right)), Type::Bool);
        if sides.op == BinaryOp::Eq { equal } else { make(ExprKind::Not(Box::new(equal)), Type::Bool) }
    }

    /// What can never be equal, or always is, was meant otherwise.
    fn judge_equality(&mut self, left: &Expr, right: &Expr, sides: &Sides<'_>) {
        if left.ty == Type::Never || right.ty == Type::Never {
            return;
        }
        let whole = sides.left.span.to(sides.right.span);
        for (value, ty, other) in [(sides.left, &left.ty, &right.ty), (sides.right, &right.ty, &left.ty)] {
            if *other == Type::Null && !has_null(ty) && *ty != Type::Json {
                self.never_null(ty, value, whole, "delete the test");
                return;
            }
        }
        if overlap(&left.ty, &right.ty) {
            let same = left.ty == right.ty && matches!(left.ty, Type::Lit(_) | Type::Null);
            if same {
                let found = Diagnostic::warning(
                    "W0804",
                    whole,
                    format!("both sides are {} here: the test always has the same outcome", a_type(&left.ty)),
                );
                self.report(found);
            }
            return;
        }
        let text = format!("{} and {} can never be equal", a_type(&left.ty), a_type(&right.ty));
        let found = Diagnostic::error("E0311", whole, text);
        let found = match near_literal(&left.ty, &right.ty) {
            Some((near, on_left)) => {
                let span = if on_left { sides.left.span } else { sides.right.span };
                found.help(format!("did you mean `{near}`?")).fix(span, near)
            }
            None => found,
        };
        self.report(found);
    }

    /// An int beside a float is made one.
    fn same_number(&mut self, left: Expr, right: Expr) -> (Expr, Expr) {
        let kinds = (shape(&left.ty), shape(&right.ty));
        match kinds {
            (Shape::Plain(Type::Int), Shape::Plain(Type::Float)) => (to_float(left), right),
            (Shape::Plain(Type::Float), Shape::Plain(Type::Int)) => (left, to_float(right)),
            _ => (left, right),
        }
    }

    fn order(&mut self, sides: &Sides<'_>) -> Expr {
        let left = self.expr(sides.left, None);
        let right = self.expr(sides.right, Some(&left.ty));
        let (left, right) = self.same_number(left, right);
        let op = match sides.op {
            BinaryOp::Lt => CompareOp::Lt,
            BinaryOp::Le => CompareOp::Le,
            BinaryOp::Gt => CompareOp::Gt,
            _ => CompareOp::Ge,
        };
        match (shape(&left.ty), shape(&right.ty)) {
            (Shape::Unknown, _) | (_, Shape::Unknown) => {}
            (Shape::Plain(a), Shape::Plain(b)) if a == b && ordered(&a) => {
                let (left, right) = (widen(left, &a), widen(right, &a));
                return make(ExprKind::Compare(op, Box::new(left), Box::new(right)), Type::Bool);
            }
            _ => self.no_operator(sides, &left.ty, &right.ty),
        }
        make(ExprKind::Bool(false), Type::Bool)
    }

    fn membership(&mut self, sides: &Sides<'_>) -> Expr {
        let item = self.expr(sides.left, None);
        let whole = self.expr(sides.right, None);
        match shape(&whole.ty) {
            Shape::Unknown => {}
            Shape::List(of) => {
                if !overlap(&of, &item.ty) {
                    let text = format!("a list of `{}` never holds {}", short(&of), a_type(&item.ty));
                    self.report(Diagnostic::error("E0311", sides.left.span.to(sides.right.span), text));
                }
                return contains(whole, item, &of);
            }
            Shape::Map(_) => {
                let key = self.fit(
                    item,
                    sides.left,
                    &Type::Text,
                    &crate::check::fit::Slot::Plain("the key of a map"),
                );
                return make(ExprKind::Builtin(Builtin::Has, vec![whole, key], None), Type::Bool);
            }
            Shape::Plain(Type::Text) => {
                let (part, text) =
                    (self.snippet(sides.left.span).unwrap_or("…"), self.bracketed(sides.right));
                let help = format!("write `{}.contains({part})`", text.unwrap_or_else(|| "text".into()));
                let found = Diagnostic::error(
                    "E0308",
                    sides.right.span,
                    "`in` looks into lists and maps, not into texts",
                );
                self.report(found.help(help));
            }
            _ => {
                let text = format!("`in` looks into lists and maps, and this is {}", a_type(&whole.ty));
                self.wrong_value("E0308", sides.right, &whole.ty, text);
            }
        }
        make(ExprKind::Bool(false), Type::Bool)
    }

    fn arithmetic(&mut self, sides: &Sides<'_>, want: Option<&Type>) -> Expr {
        let number = want.filter(|want| matches!(want, Type::Float));
        let left = self.expr(sides.left, None);
        let right = self.expr(sides.right, number.filter(|_| left.ty == Type::Float));
        let (left, right) = self.same_number(left, right);
        let (a, b) = match (shape(&left.ty), shape(&right.ty)) {
            (Shape::Unknown, _) | (_, Shape::Unknown) => return broken(),
            (Shape::Plain(a), Shape::Plain(b)) => (a, b),
            _ => {
                self.no_operator(sides, &left.ty, &right.ty);
                return broken();
            }
        };
        if (sides.op, &a, &b) == (BinaryOp::Div, &Type::Int, &Type::Int) {
            self.int_division(sides);
            return broken();
        }
        if (sides.op, &a, &b) == (BinaryOp::Add, &Type::Text, &Type::Text) {
            return make(ExprKind::Concat(Box::new(widen(left, &a)), Box::new(widen(right, &b))), Type::Text);
        }
        let Some(ty) = result(sides.op, &a, &b) else {
            self.no_operator(sides, &left.ty, &right.ty);
            return broken();
        };
        let (left, right) = (Box::new(widen(left, &a)), Box::new(widen(right, &b)));
        make(ExprKind::Arith(arith_op(sides.op), left, right), ty)
    }

    fn int_division(&mut self, sides: &Sides<'_>) {
        let (Some(left), Some(right)) = (self.bracketed(sides.left), self.snippet(sides.right.span)) else {
            self.report(
                Diagnostic::error("E0309", sides.op_span, "`/` of two ints may not come out even")
                    .help("use `.div(…)`, or make one of them a float"),
            );
            return;
        };
        let whole = sides.left.span.to(sides.right.span);
        let found = Diagnostic::error("E0309", whole, format!("`{left} / {right}` may not come out even"))
            .label("both sides are ints")
            .help(format!(
                "`{left}.div({right})` for the whole part, or make one a float: `{left}.to_float() / {right}`"
            ));
        self.report(found);
    }

    fn no_operator(&mut self, sides: &Sides<'_>, left: &Type, right: &Type) {
        for (e, ty) in [(sides.left, left), (sides.right, right)] {
            let plain = without_null(ty);
            if has_null(ty) && plain != Type::Never || *ty == Type::Json {
                let text = format!("`{}` wants to know what this is, and it is json", symbol(sides.op));
                self.wrong_value("E0308", e, ty, text);
                return;
            }
        }
        let text_side = matches!(shape(left), Shape::Plain(Type::Text))
            || matches!(shape(right), Shape::Plain(Type::Text));
        let code = if text_side && sides.op == BinaryOp::Add { "E0310" } else { "E0308" };
        let text = format!("`{}` does not work on {} and {}", symbol(sides.op), a_type(left), a_type(right));
        let found = Diagnostic::error(code, sides.op_span, text)
            .also(sides.left.span, short(left))
            .also(sides.right.span, short(right));
        let simple = [left, right].iter().all(|ty| matches!(shape(ty), Shape::Plain(_)));
        let literal = [sides.left, sides.right].iter().any(|e| matches!(e.kind, tree::ExprKind::Text(_)));
        let joined = self.operator_help(sides, left, right).filter(|_| simple && literal && code == "E0310");
        let joined = joined.and_then(|help| Some(help.split('`').nth(1)?.to_owned()));
        let found = match joined {
            Some(text) => found.fix(sides.left.span.to(sides.right.span), text),
            None => found,
        };
        let found = match self.operator_help(sides, left, right) {
            Some(help) => found.help(help),
            None => found,
        };
        self.report(found);
    }

    fn operator_help(&self, sides: &Sides<'_>, left: &Type, right: &Type) -> Option<String> {
        let bare = |e: &tree::Expr| self.snippet(e.span).unwrap_or("…").to_owned();
        let (l, r) = (bare(sides.left), bare(sides.right));
        match (shape(left), shape(right), sides.op) {
            (Shape::Plain(Type::Text), _, BinaryOp::Add) | (_, Shape::Plain(Type::Text), BinaryOp::Add) => {
                Some(into_text(&l, &r))
            }
            (Shape::List(_), Shape::List(_), BinaryOp::Add) => Some(format!("`[...{l}, ...{r}]`")),
            (Shape::List(_), _, BinaryOp::Add) => Some(format!("`[...{l}, {r}]`")),
            (Shape::Record, _, BinaryOp::Add) => Some(format!("`{{ ...{l}, ...{r} }}`")),
            (Shape::Plain(Type::Duration), Shape::Plain(Type::Int), BinaryOp::Add | BinaryOp::Sub) => {
                Some(format!("a number of seconds is `{r} * 1s`"))
            }
            (Shape::Plain(Type::Int), Shape::Plain(Type::Duration), BinaryOp::Add | BinaryOp::Sub) => {
                Some(format!("a number of seconds is `{l} * 1s`"))
            }
            (Shape::Plain(Type::Duration), _, BinaryOp::Div) => {
                Some(format!("`{l}.milliseconds()` is a number"))
            }
            _ => None,
        }
    }
}

/// Both sides in one text, where that can be read.
fn into_text(left: &str, right: &str) -> String {
    let (l, r) = (in_text(left), in_text(right));
    if l.contains('"') || r.contains('"') {
        return "put what is no text into one: `\"… ${…}\"`".into();
    }
    format!("put them into a text: `\"{l}{r}\"`")
}

fn in_text(shown: &str) -> String {
    let inner = shown.strip_prefix('"').and_then(|s| s.strip_suffix('"'));
    inner.map_or_else(|| format!("${{{shown}}}"), str::to_owned)
}

/// `xs.contains(x)`, both of one type.
pub(super) fn contains(list: Expr, item: Expr, of: &Type) -> Expr {
    let of = join(&general(of), &item.ty);
    let list = widen(list, &Type::List(Box::new(of.clone())));
    make(ExprKind::Builtin(Builtin::ListContains, vec![list, widen(item, &of)], None), Type::Bool)
}

/// An int as a float; a literal at once.
pub(super) fn to_float(value: Expr) -> Expr {
    if let ExprKind::Int(n) = value.kind {
        #[expect(clippy::cast_precision_loss, reason = "a literal beside a float is read as one")]
        return make(ExprKind::Float(n as f64), Type::Float);
    }
    make(ExprKind::Builtin(Builtin::IntToFloat, vec![widen(value, &Type::Int)], None), Type::Float)
}

/// Types with an order.
pub(super) fn ordered(ty: &Type) -> bool {
    matches!(ty, Type::Int | Type::Float | Type::Duration | Type::Time | Type::Text)
}

/// What an operator gives for two types; none where it does not work on them.
fn result(op: BinaryOp, left: &Type, right: &Type) -> Option<Type> {
    use BinaryOp::{Add, Mul, Rem, Sub};
    Some(match (left, op, right) {
        (Type::Int, Add | Sub | Mul | Rem, Type::Int) => Type::Int,
        (Type::Float, _, Type::Float) => Type::Float,
        (Type::Duration, Add | Sub, Type::Duration)
        | (Type::Duration, Mul, Type::Int)
        | (Type::Int, Mul, Type::Duration)
        | (Type::Time, Sub, Type::Time) => Type::Duration,
        (Type::Time, Add | Sub, Type::Duration) | (Type::Duration, Add, Type::Time) => Type::Time,
        _ => return None,
    })
}

fn arith_op(op: BinaryOp) -> ArithOp {
    match op {
        BinaryOp::Sub => ArithOp::Sub,
        BinaryOp::Mul => ArithOp::Mul,
        BinaryOp::Div => ArithOp::Div,
        BinaryOp::Rem => ArithOp::Rem,
        _ => ArithOp::Add,
    }
}

fn symbol(op: BinaryOp) -> &'static str {
    match op {
        BinaryOp::Add => "+",
        BinaryOp::Sub => "-",
        BinaryOp::Mul => "*",
        BinaryOp::Div => "/",
        BinaryOp::Rem => "%",
        BinaryOp::Eq => "==",
        BinaryOp::Ne => "!=",
        BinaryOp::Lt => "<",
        BinaryOp::Le => "<=",
        BinaryOp::Gt => ">",
        BinaryOp::Ge => ">=",
        BinaryOp::In => "in",
        BinaryOp::And => "&&",
        BinaryOp::Or => "||",
        BinaryOp::Coalesce => "??",
    }
}

/// The literal of one side's type that the other side's literal is a slip of, as source; and whether the slip is on the left.
fn near_literal(left: &Type, right: &Type) -> Option<(String, bool)> {
    for (slip, known, on_left) in [(right, left, false), (left, right, true)] {
        let Type::Lit(Lit::Text(slip)) = slip else { continue };
        let texts = members(known)
            .iter()
            .filter_map(|t| if let Type::Lit(Lit::Text(text)) = t { Some(text.as_str()) } else { None });
        if let Some(near) = nearest(slip, texts) {
            return Some((format!("{near:?}"), on_left));
        }
    }
    None
}

//! Calls of methods, by the table.

use cairn_dsl::Diagnostic;
use cairn_dsl::tree::{self, ExprKind as Written, FnArg, Name, Span};

use super::methods::{Arg, Body as Outcome, Does, ELSEWHERE, Gives, METHODS, Method, any_of};
use super::{broken, make, operator};
use crate::check::body::{Body, VarKind};
use crate::check::facts::Place;
use crate::check::fit::{Slot, boxed, widen};
use crate::check::names::{a_type, nearest, short};
use crate::check::relate::{Shape, general, has_null, join, overlap, shape, without_null};
use crate::ir::{Builtin, Expr, ExprKind, Lambda};
use crate::types::{Field, Type};

impl Body<'_> {
    /// `of.name(args)`
    pub(super) fn method(&mut self, of: &tree::Expr, name: &Name, args: &[FnArg], e: &tree::Expr) -> Expr {
        if let Written::Name(tool) = &of.kind
            && self.var(&tool.text).is_none()
        {
            if self.decls.has_tool(&tool.text) {
                return self.bare_tool_call(tool, name, e);
            }
            if self.decls.excused.contains(&tool.text) {
                return broken();
            }
        }
        let decls = self.decls;
        if let Some(whole) = self.behind_prefix(of, name)
            && let Some(function) = decls.functions.get(&whole)
        {
            return self.own_function(function, args, e.span);
        }
        let value = self.expr(of, None);
        if value.ty == Type::Never {
            self.look_over(args);
            return broken();
        }
        let opens = matches!(name.text.as_str(), "to_json" | "hash") || matches!(value.ty, Type::Secret(_));
        if opens && self.leaks(&value.ty, e.span, "looked into") {
            self.look_over(args);
            return broken();
        }
        let found = METHODS.iter().find(|m| m.name == name.text && m.on.accepts(&value.ty));
        match found {
            Some(method) if method.does == Does::Zone => self.calendar(method.name, value, args, e.span),
            Some(method) => self.apply(method, value, args, e.span),
            None => {
                self.no_method(of, &value.ty, name);
                self.look_over(args);
                broken()
            }
        }
    }

    /// Arguments of something that is wrong already: their names count as read, and lambdas are left alone.
    fn look_over(&mut self, args: &[FnArg]) {
        for arg in args {
            if let FnArg::Expr(e) = arg {
                self.expr(e, None);
            }
        }
    }

    fn no_method(&mut self, of: &tree::Expr, ty: &Type, name: &Name) {
        let plain = without_null(ty);
        if has_null(ty) && any_of(&plain, &name.text).is_some() {
            let found = self.through_null(ty, of, &name.text, true);
            self.report(found);
            return;
        }
        let items = METHODS.iter().filter(|m| m.name == name.text).find_map(|m| m.on.wants_items());
        if let (Shape::List(item), Some(items)) = (shape(ty), items) {
            let text = format!("`{}` works on lists of {items}, and this is `{}`", name.text, short(ty));
            let found = Diagnostic::error("E0313", name.span, text);
            let nullable = has_null(&item);
            let found = match name.text.as_str() {
                _ if nullable => {
                    found.help("some items may be null: `.filter(x => x != null)` leaves them out")
                }
                "join" => found.help("make texts of them before: `.map(x => x.to_text())`"),
                _ => found,
            };
            self.report(found);
            return;
        }
        let found =
            Diagnostic::error("E0313", name.span, format!("{} has no method `{}`", a_type(ty), name.text));
        let found = self.other_method(found, of, ty, name);
        self.report(found);
    }

    fn other_method(&self, found: Diagnostic, of: &tree::Expr, ty: &Type, name: &Name) -> Diagnostic {
        let bare = self.bracketed(of).unwrap_or_else(|| "x".into());
        if *ty == Type::Json {
            return found.help(format!("say what the json has to be: `({bare} as …).{}(…)`", name.text));
        }
        if let Some((_, ours)) =
            ELSEWHERE.iter().find(|(there, ours)| *there == name.text && any_of(ty, ours).is_some())
        {
            return found.help(format!("it is called `{ours}` here")).fix(name.span, *ours);
        }
        match (shape(ty), name.text.as_str()) {
            (Shape::List(_), "push" | "append" | "add") => {
                return found.help(format!("lists do not change; `[...{bare}, x]` is a longer one"));
            }
            (Shape::List(_), "reduce" | "fold") => {
                return found.help("use `sum`, `join`, `group_by`, or a `for` with a `var`");
            }
            _ => {}
        }
        let known = METHODS.iter().filter(|m| m.on.accepts(ty)).map(|m| m.name);
        match nearest(&name.text, known) {
            Some(near) => found.help(format!("did you mean `{near}`?")).fix(name.span, near),
            None => found,
        }
    }

    fn apply(&mut self, method: &Method, value: Expr, args: &[FnArg], span: Span) -> Expr {
        let least = method.args.iter().filter(|a| **a != Arg::End).count();
        if args.len() < least || args.len() > method.args.len() {
            self.wrong_count(method, args.len(), span);
            self.look_over(args);
            return broken();
        }
        let mut receiver = self.receiver(method, value);
        let ty = receiver.ty.clone();
        let item = item(&ty);
        let mut values = Vec::new();
        let mut lambda = None;
        let mut known = item.clone();
        for (n, arg) in method.args.iter().enumerate() {
            match (arg, args.get(n)) {
                (Arg::Lambda(gives), Some(arg)) => {
                    lambda = self.lambda(method, *gives, (&item, &mut known), arg);
                }
                (_, None) => values.push(make(ExprKind::Int(i64::MAX), Type::Int)),
                (_, Some(FnArg::Lambda(stray))) => values.push(self.stray_lambda(stray.span)),
                (Arg::Item, Some(FnArg::Expr(e))) => {
                    let (list, value) = self.item_argument(receiver, e, &item);
                    receiver = list;
                    values.push(value);
                }
                (arg, Some(FnArg::Expr(e))) => values.push(self.argument(method, *arg, e, &ty)),
            }
        }
        if method.args.iter().any(|a| matches!(a, Arg::Lambda(_))) && lambda.is_none() {
            return broken();
        }
        let result = result(method.gives, &ty, &item, lambda.as_ref(), values.first());
        let value = finish(method, receiver, values, lambda, result);
        if known == item { value } else { kept(method, value, known) }
    }

    /// The receiver as the library takes it: literals as what they are values of, records as maps.
    fn receiver(&self, method: &Method, value: Expr) -> Expr {
        match shape(&value.ty) {
            _ if matches!(method.name, "to_json" | "hash") => boxed(value),
            Shape::Plain(ty) => widen(value, &ty),
            Shape::Record => widen(value, &Type::Map(Box::new(Type::Json))),
            Shape::List(of) => widen(value, &Type::List(Box::new(of))),
            Shape::Map(of) => widen(value, &Type::Map(Box::new(of))),
            Shape::Mixed | Shape::Unknown => value,
        }
    }

    fn wrong_count(&mut self, method: &Method, given: usize, span: Span) {
        let most = method.args.len();
        let number = match most {
            0 => "no arguments".to_owned(),
            1 => "1 argument".to_owned(),
            n if method.args.contains(&Arg::End) => format!("1 to {n} arguments"),
            n => format!("{n} arguments"),
        };
        let found =
            Diagnostic::error("E0314", span, format!("`{}` takes {number}, and gets {given}", method.name));
        let found = if matches!(method.args, [Arg::Lambda(_)]) {
            found.help(format!("`.{}(x => …)`", method.name))
        } else {
            found
        };
        self.report(found);
    }

    fn argument(&mut self, method: &Method, arg: Arg, e: &tree::Expr, receiver: &Type) -> Expr {
        let (name, want) = match arg {
            Arg::Text => ("text", Type::Text),
            Arg::Same => ("other", receiver.clone()),
            Arg::List => ("other", Type::Never),
            Arg::Int | Arg::End | Arg::Item | Arg::Lambda(_) => ("number", Type::Int),
        };
        if arg != Arg::List {
            let slot = Slot::Argument { param: name.into(), of: method.name.into(), declared: None };
            return self.expr_to(e, &want, &slot);
        }
        let value = self.expr(e, None);
        if matches!(shape(&value.ty), Shape::List(_) | Shape::Unknown) {
            return value;
        }
        let text = format!("`{}` wants a list, and this is {}", method.name, a_type(&value.ty));
        self.wrong_value("E0302", e, &value.ty, text);
        broken()
    }

    /// Something that is looked for in a list: both are brought to one type.
    fn item_argument(&mut self, list: Expr, e: &tree::Expr, item: &Type) -> (Expr, Expr) {
        let value = self.expr(e, Some(item));
        if !overlap(item, &value.ty) {
            let text = format!("a list of `{}` never holds {}", short(item), a_type(&value.ty));
            self.report(Diagnostic::error("E0311", e.span, text));
        }
        let of = join(&general(item), &value.ty);
        (widen(list, &Type::List(Box::new(of.clone()))), widen(value, &of))
    }

    /// A function of an item. Of one that gives a bool: what is known of the items for which it holds.
    fn lambda(
        &mut self,
        method: &Method,
        gives: Outcome,
        (item, known): (&Type, &mut Type),
        arg: &FnArg,
    ) -> Option<Lambda> {
        let written = match arg {
            FnArg::Lambda(lambda) if lambda.params.len() == 1 => lambda,
            FnArg::Lambda(lambda) => {
                let text = format!("the function for `{}` takes one item", method.name);
                self.report(
                    Diagnostic::error("E0316", lambda.span, text).help(format!("`.{}(x => …)`", method.name)),
                );
                return None;
            }
            FnArg::Expr(e) => {
                let help = format!("`.{}(x => …)`", method.name);
                let found = Diagnostic::error(
                    "E0316",
                    e.span,
                    format!("`{}` wants a function of an item", method.name),
                )
                .help(help);
                self.report(found);
                return None;
            }
        };
        self.open_scope();
        self.lambdas += 1;
        let params: Vec<_> =
            written.params.iter().map(|p| self.declare(p, item.clone(), VarKind::Given)).collect();
        let body = self.lambda_body(method, gives, &written.body);
        if let (Outcome::Bool, Some(root)) = (gives, params.first()) {
            let place = Place { root: *root, fields: Vec::new() };
            let narrower = self.under(&written.body, true, |body| body.place_type(&place));
            *known = narrower.unwrap_or_else(|| item.clone());
        }
        self.lambdas -= 1;
        self.close_scope();
        Some(Lambda { params, body })
    }

    fn lambda_body(&mut self, method: &Method, gives: Outcome, e: &tree::Expr) -> Expr {
        match gives {
            Outcome::Anything => self.expr(e, None),
            Outcome::Bool => self.condition(e, "what the function gives"),
            Outcome::Text => self.expr_to(e, &Type::Text, &Slot::Plain("what the function gives")),
            Outcome::Ordered => {
                let value = self.expr(e, None);
                match shape(&value.ty) {
                    Shape::Plain(ty) if operator::ordered(&ty) => widen(value, &ty),
                    _ => {
                        let text = format!(
                            "`{}` wants something with an order, and this is {}",
                            method.name,
                            a_type(&value.ty)
                        );
                        self.wrong_value("E0308", e, &value.ty, text);
                        broken()
                    }
                }
            }
        }
    }
}

/// What `filter` and `find` leave: items for which the function holds, and what is known of those.
fn kept(method: &Method, value: Expr, known: Type) -> Expr {
    let ty = match method.name {
        "filter" => list(known),
        "find" => known.optional(),
        _ => return value,
    };
    make(ExprKind::Narrow(Box::new(value)), ty)
}

/// Of a list or map; of a record read as a map: json.
fn item(ty: &Type) -> Type {
    match shape(ty) {
        Shape::List(of) | Shape::Map(of) => of,
        _ => Type::Json,
    }
}

fn list(of: Type) -> Type {
    Type::List(Box::new(of))
}

fn record(fields: [(&str, Type); 2]) -> Type {
    Type::Record(
        fields.into_iter().map(|(name, ty)| Field { name: name.to_owned(), ty, optional: false }).collect(),
    )
}

fn result(gives: Gives, receiver: &Type, item: &Type, lambda: Option<&Lambda>, first: Option<&Expr>) -> Type {
    match gives {
        Gives::Bool => Type::Bool,
        Gives::Int => Type::Int,
        Gives::Float => Type::Float,
        Gives::Text => Type::Text,
        Gives::Texts => list(Type::Text),
        Gives::IntOrNull => Type::Int.optional(),
        Gives::FloatOrNull => Type::Float.optional(),
        Gives::Same => receiver.clone(),
        Gives::Item => general(item),
        Gives::ItemOrNull => item.clone().optional(),
        Gives::Chunks => list(receiver.clone()),
        Gives::Inner => {
            if let Shape::List(of) = shape(item) {
                list(of)
            } else {
                list(Type::Never)
            }
        }
        Gives::Pairs => {
            let other = first.map_or(Type::Never, |e| self::item(&e.ty));
            list(record([("first", item.clone()), ("second", other)]))
        }
        Gives::Mapped => list(lambda.map_or(Type::Never, |l| l.body.ty.clone())),
        Gives::Groups => Type::Map(Box::new(receiver.clone())),
        Gives::Values => list(item.clone()),
        Gives::Entries => list(record([("key", Type::Text), ("value", item.clone())])),
    }
}

fn finish(method: &Method, receiver: Expr, mut values: Vec<Expr>, lambda: Option<Lambda>, ty: Type) -> Expr {
    let floats = matches!(shape(&item(&receiver.ty)), Shape::Plain(Type::Float));
    let builtin = |b: Builtin, receiver: Expr, mut values: Vec<Expr>| {
        values.insert(0, receiver);
        make(ExprKind::Builtin(b, values, lambda.map(Box::new)), ty.clone())
    };
    match method.does {
        Does::Builtin(b) => builtin(b, receiver, values),
        Does::ByItem(for_floats, other) => builtin(if floats { for_floats } else { other }, receiver, values),
        Does::Arith(op) => {
            let right = values.pop().unwrap_or_else(broken);
            make(ExprKind::Arith(op, Box::new(receiver), Box::new(right)), ty)
        }
        Does::Zone => broken(),
    }
}

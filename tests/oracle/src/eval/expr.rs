//! Expressions.

use cairn_compiler::Type;
use cairn_compiler::ir::{
    ArithOp, CompareOp, Expr, ExprKind, Function, Lambda, ListItem, LocalId, RecordItem, TextPart,
};

use super::{
    decode::{decode, widened},
    value::{Failure, Value, equal, order, put, whole},
};

/// What an expression is worked out in: the functions of the program, and the locals.
pub(super) struct Scope<'p> {
    pub(super) functions: &'p [Function],
    pub(super) locals: Vec<Value>,
}

pub(super) type Worth = Result<Value, Failure>;

impl<'p> Scope<'p> {
    pub(super) fn new(functions: &'p [Function], locals: usize) -> Self {
        Self { functions, locals: vec![Value::Null; locals] }
    }

    pub(super) fn get(&self, local: LocalId) -> &Value {
        &self.locals[local.0 as usize]
    }

    pub(super) fn set(&mut self, local: LocalId, value: Value) {
        self.locals[local.0 as usize] = value;
    }

    /// What it is worth, as its own type holds it.
    pub(super) fn value(&mut self, expr: &Expr) -> Worth {
        Ok(match &expr.kind {
            ExprKind::Null => Value::Null,
            ExprKind::Bool(is) => Value::Bool(*is),
            ExprKind::Int(n) => machine(&expr.ty, *n),
            ExprKind::Float(x) => Value::Float(*x),
            ExprKind::Text(text) => Value::Text(text.clone()),
            ExprKind::Bytes(bytes) => Value::Bytes(bytes.clone()),
            ExprKind::Local(local) => self.get(*local).clone(),
            ExprKind::Interpolate(parts) => Value::Text(self.text(parts)?),
            ExprKind::List(items) => Value::List(self.list(items)?),
            ExprKind::Record(items) => Value::Record(self.record(items)?),
            ExprKind::Field(of, name) | ExprKind::FieldOrNull(of, name) => self.value(of)?.field(name),
            ExprKind::Index(of, at) => {
                let (of, at) = (self.value(of)?, self.value(at)?);
                index(&of, &at)
            }
            _ => return self.operation(expr),
        })
    }

    fn operation(&mut self, expr: &Expr) -> Worth {
        Ok(match &expr.kind {
            ExprKind::Must(of) => match self.value(of)? {
                Value::Null => return Err(Failure::new("missing", "it is null")),
                value => value,
            },
            ExprKind::Coalesce(a, b) => match self.value(a)? {
                Value::Null => self.value(b)?,
                value => value,
            },
            ExprKind::Conditional(c, a, b) => {
                let chosen = if self.truth(c)? { a } else { b };
                self.value(chosen)?
            }
            ExprKind::And(a, b) => Value::Bool(self.truth(a)? && self.truth(b)?),
            ExprKind::Or(a, b) => Value::Bool(self.truth(a)? || self.truth(b)?),
            ExprKind::Not(a) => Value::Bool(!self.truth(a)?),
            ExprKind::Negate(a) => match self.value(a)? {
                Value::Float(x) => Value::Float(-x),
                n => machine(&expr.ty, n.number().checked_neg().ok_or_else(overflow)?),
            },
            ExprKind::Arith(op, a, b) => {
                let (a, b) = (self.value(a)?, self.value(b)?);
                arith(*op, &a, &b, &expr.ty)?
            }
            ExprKind::Concat(a, b) => Value::Text(self.value(a)?.text() + &self.value(b)?.text()),
            ExprKind::Compare(op, a, b) => {
                let (a, b) = (self.value(a)?, self.value(b)?);
                Value::Bool(compare(*op, &a, &b))
            }
            ExprKind::Equal(a, b) => Value::Bool(equal(&self.value(a)?, &self.value(b)?)),
            ExprKind::Widen(of) => widened(&expr.ty, &self.value(of)?),
            ExprKind::Narrow(of) => narrowed(&expr.ty, self.value(of)?),
            ExprKind::Decode(of) => decode(&expr.ty, &self.value(of)?)?,
            ExprKind::Call(function, arguments) => self.call(function.0 as usize, arguments)?,
            ExprKind::Builtin(builtin, arguments, lambda) => {
                self.builtin(*builtin, arguments, lambda.as_deref(), &expr.ty)?
            }
            other => panic!("an expression that the oracle does not know: {other:?}"),
        })
    }

    pub(super) fn truth(&mut self, expr: &Expr) -> Result<bool, Failure> {
        Ok(self.value(expr)?.truth())
    }

    fn text(&mut self, parts: &[TextPart]) -> Result<String, Failure> {
        let mut out = String::new();
        for part in parts {
            match part {
                TextPart::Chunk(chunk) => out += chunk,
                TextPart::Expr(expr) => out += &self.value(expr)?.shown(),
            }
        }
        Ok(out)
    }

    fn list(&mut self, items: &[ListItem]) -> Result<Vec<Value>, Failure> {
        let mut out = Vec::new();
        for item in items {
            match item {
                ListItem::Item(expr) => out.push(self.value(expr)?),
                ListItem::Spread(expr) => out.extend(self.value(expr)?.items()),
            }
        }
        Ok(out)
    }

    fn record(&mut self, items: &[RecordItem]) -> Result<Vec<(String, Value)>, Failure> {
        let mut out = Vec::new();
        for item in items {
            match item {
                RecordItem::Field(name, expr) => put(&mut out, name, self.value(expr)?),
                RecordItem::Computed(name, expr) => {
                    let name = self.value(name)?.text();
                    put(&mut out, &name, self.value(expr)?);
                }
                RecordItem::Spread(expr) => {
                    if let Value::Record(fields) = self.value(expr)? {
                        fields.into_iter().for_each(|(name, value)| put(&mut out, &name, value));
                    }
                }
            }
        }
        Ok(out)
    }

    fn call(&mut self, function: usize, arguments: &[Expr]) -> Worth {
        let functions = self.functions;
        let of = &functions[function];
        let mut inner = Scope::new(functions, of.locals.len());
        for (place, argument) in arguments.iter().enumerate() {
            inner.locals[place] = self.value(argument)?;
        }
        inner.value(&of.body)
    }

    /// What a lambda gives for an item and its place.
    pub(super) fn apply(&mut self, lambda: &Lambda, item: Value, place: usize) -> Worth {
        let values = [item, Value::Int(i64::try_from(place).expect("a place"))];
        for (param, value) in lambda.params.iter().zip(values) {
            self.set(*param, value);
        }
        self.value(&lambda.body)
    }
}

/// A machine number as its type says.
pub(super) fn machine(ty: &Type, n: i64) -> Value {
    match ty {
        Type::Duration => Value::Duration(n),
        Type::Time => Value::Time(n),
        _ => Value::Int(n),
    }
}

pub(super) fn overflow() -> Failure {
    Failure::new("overflow", "the result does not fit an int (64 bits)")
}

fn narrowed(ty: &Type, value: Value) -> Value {
    match (ty, value) {
        (Type::Int, Value::Float(x)) => whole(x).map_or(Value::Int(0), Value::Int),
        (Type::Float, Value::Int(n)) => Value::Float(n as f64),
        (_, value) => value,
    }
}

fn index(of: &Value, at: &Value) -> Value {
    match (of, at) {
        (Value::Record(_), Value::Text(name)) => of.field(name),
        (Value::List(items), Value::Int(_) | Value::Float(_)) => item(items, at.number()),
        _ => Value::Null,
    }
}

pub(super) fn item(items: &[Value], at: i64) -> Value {
    let len = i64::try_from(items.len()).expect("a length");
    let at = if at < 0 { at.saturating_add(len) } else { at };
    usize::try_from(at).ok().and_then(|at| items.get(at)).cloned().unwrap_or(Value::Null)
}

fn arith(op: ArithOp, a: &Value, b: &Value, ty: &Type) -> Worth {
    let by_zero = || Failure::new("arithmetic", "a number cannot be divided by zero");
    if let (Value::Float(a), Value::Float(b)) = (a, b) {
        let x = match op {
            ArithOp::Add => a + b,
            ArithOp::Sub => a - b,
            ArithOp::Mul => a * b,
            ArithOp::Div => a / b,
            ArithOp::Rem => a % b,
        };
        return if x.is_finite() {
            Ok(Value::Float(x))
        } else {
            Err(Failure::new("arithmetic", "not finite"))
        };
    }
    let (a, b) = (a.number(), b.number());
    let n = match op {
        ArithOp::Add => a.checked_add(b),
        ArithOp::Sub => a.checked_sub(b),
        ArithOp::Mul => a.checked_mul(b),
        ArithOp::Div | ArithOp::Rem if b == 0 => return Err(by_zero()),
        ArithOp::Div => a.checked_div(b),
        ArithOp::Rem => Some(a.wrapping_rem(b)),
    };
    Ok(machine(ty, n.ok_or_else(overflow)?))
}

fn compare(op: CompareOp, a: &Value, b: &Value) -> bool {
    let order = order(a, b);
    match op {
        CompareOp::Lt => order.is_lt(),
        CompareOp::Le => order.is_le(),
        CompareOp::Gt => order.is_gt(),
        CompareOp::Ge => order.is_ge(),
    }
}

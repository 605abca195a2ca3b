//! Lambdas: functions in the table, called by the runtime with an environment of what they read from around them.

use std::collections::BTreeSet;

use wasm_encoder::ValType;

use crate::emit::EmitError;
use crate::emit::func::{Func, machine, memory};
use crate::emit::runtime::{Door, Signature};
use crate::ir::{Expr, ExprKind, Lambda, ListItem, LocalId, RecordItem, TextPart};
use crate::types::Rep;

/// Parameters of every lambda: environment, item, the item's place.
const ENVIRONMENT: u32 = 0;
const ITEM: u32 = 1;
const PLACE: u32 = 2;

impl<'p> Func<'_, 'p> {
    /// Leaves an environment and a slot of the table on the stack.
    pub(super) fn lambda(&mut self, lambda: &Lambda) -> Result<(), EmitError> {
        let captured = captured(lambda);
        self.environment(&captured);
        let params = vec![ValType::I32, ValType::I32, ValType::I64];
        let signature = Signature { params, result: Some(ValType::I32) };
        let index = self.shared.link.declare(signature, "lambda");
        let slot = self.shared.link.in_table(index);
        self.ins().i32_const(slot.cast_signed());
        let mut func = Func::new(self.shared, self.info, 3);
        func.recall(&captured);
        func.params(&lambda.params);
        func.boxed(&lambda.body)?;
        func.finish(index, |ins| {
            ins.i32_const(0);
        })?;
        Ok(())
    }

    fn environment(&mut self, captured: &[LocalId]) {
        if captured.is_empty() {
            self.ins().i32_const(0);
            return;
        }
        let room = self.temp(ValType::I32);
        self.ins().i32_const(i32::try_from(captured.len() * 8).unwrap_or(i32::MAX));
        self.call(Door::Room);
        self.ins().local_set(room);
        for (id, offset) in captured.iter().zip((0..).step_by(8)) {
            let local = self.variable(*id);
            let of = self.type_of(*id).rep();
            let mut ins = self.ins();
            ins.local_get(room).local_get(local);
            match of {
                Rep::Int => ins.i64_store(memory(offset, 3)),
                Rep::Float => ins.f64_store(memory(offset, 3)),
                Rep::Bool | Rep::Value => ins.i32_store(memory(offset, 2)),
            };
        }
        self.ins().local_get(room);
        self.release(ValType::I32, room);
    }

    fn recall(&mut self, captured: &[LocalId]) {
        for (id, offset) in captured.iter().zip((0..).step_by(8)) {
            let of = self.type_of(*id).rep();
            let local = self.variable(*id);
            let mut ins = self.ins();
            ins.local_get(ENVIRONMENT);
            match of {
                Rep::Int => ins.i64_load(memory(offset, 3)),
                Rep::Float => ins.f64_load(memory(offset, 3)),
                Rep::Bool | Rep::Value => ins.i32_load(memory(offset, 2)),
            };
            ins.local_set(local);
        }
    }

    /// The first is the item, a second one its place.
    fn params(&mut self, params: &[LocalId]) {
        if let Some(item) = params.first() {
            if self.type_of(*item).rep() == Rep::Value {
                self.bind(*item, ITEM);
            } else {
                let (ty, local) = (self.type_of(*item), self.variable(*item));
                self.ins().local_get(ITEM);
                self.unpack(ty);
                self.ins().local_set(local);
            }
        }
        if let Some(place) = params.get(1) {
            if machine(self.type_of(*place).rep()) == ValType::I64 {
                self.bind(*place, PLACE);
            } else {
                let local = self.variable(*place);
                self.ins().local_get(PLACE);
                self.call(Door::Int);
                self.ins().local_set(local);
            }
        }
    }
}

/// What the lambda reads that it does not bind itself, in a fixed order.
fn captured(lambda: &Lambda) -> Vec<LocalId> {
    let mut free = BTreeSet::new();
    free_in_lambda(lambda, &mut free);
    free.into_iter().collect()
}

fn free_in_lambda(lambda: &Lambda, out: &mut BTreeSet<LocalId>) {
    let mut inner = BTreeSet::new();
    free_in(&lambda.body, &mut inner);
    out.extend(inner.into_iter().filter(|id| !lambda.params.contains(id)));
}

fn free_in(expr: &Expr, out: &mut BTreeSet<LocalId>) {
    match &expr.kind {
        ExprKind::Local(id) => {
            out.insert(*id);
        }
        ExprKind::Null
        | ExprKind::Bool(_)
        | ExprKind::Int(_)
        | ExprKind::Float(_)
        | ExprKind::Text(_)
        | ExprKind::Bytes(_) => {}
        ExprKind::Interpolate(parts) => parts.iter().for_each(|part| {
            if let TextPart::Expr(expr) = part {
                free_in(expr, out);
            }
        }),
        ExprKind::List(items) => items.iter().for_each(|item| match item {
            ListItem::Item(of) | ListItem::Spread(of) => free_in(of, out),
        }),
        ExprKind::Record(items) => items.iter().for_each(|item| match item {
            RecordItem::Field(_, of) | RecordItem::Spread(of) => free_in(of, out),
            RecordItem::Computed(name, of) => {
                free_in(name, out);
                free_in(of, out);
            }
        }),
        ExprKind::Call(_, arguments) => arguments.iter().for_each(|a| free_in(a, out)),
        ExprKind::Builtin(_, arguments, lambda) => {
            arguments.iter().for_each(|a| free_in(a, out));
            if let Some(lambda) = lambda {
                free_in_lambda(lambda, out);
            }
        }
        _ => free_in_operands(expr, out),
    }
}

fn free_in_operands(expr: &Expr, out: &mut BTreeSet<LocalId>) {
    match &expr.kind {
        ExprKind::Field(a, _)
        | ExprKind::FieldOrNull(a, _)
        | ExprKind::Must(a)
        | ExprKind::Not(a)
        | ExprKind::Negate(a)
        | ExprKind::Widen(a)
        | ExprKind::Narrow(a)
        | ExprKind::Decode(a) => free_in(a, out),
        ExprKind::Index(a, b)
        | ExprKind::Coalesce(a, b)
        | ExprKind::And(a, b)
        | ExprKind::Or(a, b)
        | ExprKind::Arith(_, a, b)
        | ExprKind::Concat(a, b)
        | ExprKind::Compare(_, a, b)
        | ExprKind::Equal(a, b) => {
            free_in(a, out);
            free_in(b, out);
        }
        ExprKind::Conditional(a, b, c) => [a, b, c].into_iter().for_each(|e| free_in(e, out)),
        _ => {}
    }
}

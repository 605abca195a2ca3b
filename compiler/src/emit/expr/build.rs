//! Texts, lists and records made of parts.

use crate::emit::EmitError;
use crate::emit::func::Func;
use crate::emit::runtime::Door;
use crate::ir::{Expr, ExprKind, ListItem, RecordItem, TextPart};
use crate::types::{Rep, Type};

impl Func<'_, '_> {
    /// `"… ${e} …"`
    pub(super) fn interpolate(&mut self, parts: &[TextPart]) -> Result<(), EmitError> {
        self.call(Door::TextNew);
        for part in parts {
            match part {
                TextPart::Chunk(chunk) => {
                    self.text(chunk);
                    self.call(Door::TextChunk);
                }
                TextPart::Expr(expr) => self.shown(expr)?,
            }
        }
        self.call(Door::TextEnd);
        Ok(())
    }

    /// Behind the text that is being made. Machine numbers need no cell.
    fn shown(&mut self, expr: &Expr) -> Result<(), EmitError> {
        match (expr.ty.rep(), &expr.ty) {
            (Rep::Int, Type::Duration) => {
                self.expr(expr)?;
                self.call(Door::TextDuration);
            }
            (Rep::Int, Type::Time) => {
                self.expr(expr)?;
                self.call(Door::TextTime);
            }
            (Rep::Int, _) => {
                self.expr(expr)?;
                self.call(Door::TextInt);
            }
            (_, Type::Text) => {
                self.expr(expr)?;
                self.call(Door::TextChunk);
            }
            _ => {
                self.boxed(expr)?;
                self.call_checked(Door::TextAdd);
            }
        }
        Ok(())
    }

    /// `a + b + c`
    pub(super) fn concat(&mut self, a: &Expr, b: &Expr) -> Result<(), EmitError> {
        let mut parts = vec![b];
        let mut left = a;
        while let ExprKind::Concat(x, y) = &left.kind {
            parts.push(y);
            left = x;
        }
        if parts.len() == 1 {
            self.boxed(a)?;
            self.boxed(b)?;
            self.call(Door::Concat);
            return Ok(());
        }
        self.call(Door::TextNew);
        for part in [left].into_iter().chain(parts.into_iter().rev()) {
            self.boxed(part)?;
            self.call(Door::TextChunk);
        }
        self.call(Door::TextEnd);
        Ok(())
    }

    /// `[a, ...b]`
    pub(super) fn list(&mut self, items: &[ListItem]) -> Result<(), EmitError> {
        self.room(items.len());
        self.call(Door::ListNew);
        for item in items {
            match item {
                ListItem::Item(item) => {
                    self.boxed(item)?;
                    self.call(Door::ListAdd);
                }
                ListItem::Spread(list) => {
                    self.boxed(list)?;
                    self.call(Door::ListSpread);
                }
            }
        }
        self.call(Door::ListEnd);
        Ok(())
    }

    /// `{ a: 1, ...b, [c]: 2 }`
    pub(super) fn record(&mut self, items: &[RecordItem], ty: &Type) -> Result<(), EmitError> {
        self.room(items.len());
        self.call(Door::RecordNew);
        for item in items {
            match item {
                RecordItem::Field(name, value) => {
                    self.text(name);
                    self.entry(value, field(ty, name))?;
                    self.call(Door::RecordPut);
                }
                RecordItem::Computed(name, value) => {
                    self.boxed(name)?;
                    self.entry(value, field(ty, ""))?;
                    self.call(Door::RecordPut);
                }
                RecordItem::Spread(of) => {
                    self.boxed(of)?;
                    self.call(Door::RecordSpread);
                }
            }
        }
        self.call(Door::RecordEnd);
        Ok(())
    }

    /// The value of a field. A machine number comes widened to json, so that it lies in a cell; in a field of another type it
    /// stays what it is: a time is no text there.
    fn entry(&mut self, value: &Expr, of: Option<&Type>) -> Result<(), EmitError> {
        match (&value.kind, of) {
            (ExprKind::Widen(inner), Some(of)) if value.ty == Type::Json && inner.ty.rep() != Rep::Value => {
                self.boxed(inner)?;
                self.fit(&inner.ty, of);
                Ok(())
            }
            _ => self.boxed(value),
        }
    }

    fn room(&mut self, items: usize) {
        self.ins().i32_const(i32::try_from(items).unwrap_or(0));
    }
}

/// The type of a field, or of what a map holds.
fn field<'t>(of: &'t Type, name: &str) -> Option<&'t Type> {
    match of {
        Type::Map(of) => Some(of),
        Type::Record(fields) => fields.iter().find(|f| f.name == name).map(|f| &f.ty),
        _ => None,
    }
}

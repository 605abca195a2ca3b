//! The standard library: most of it is a door of the runtime.

use wasm_encoder::ValType;

use crate::emit::EmitError;
use crate::emit::func::Func;
use crate::emit::runtime::Door;
use crate::ir::{Builtin, Expr, Lambda};
use crate::types::{Rep, Type};

impl Func<'_, '_> {
    /// A method or function of the library.
    pub(super) fn builtin(
        &mut self,
        builtin: Builtin,
        arguments: &[Expr],
        lambda: Option<&Lambda>,
        ty: &Type,
    ) -> Result<(), EmitError> {
        let first = || arguments.first().ok_or_else(|| EmitError::internal("a method without a receiver"));
        match builtin {
            Builtin::First | Builtin::Last => {
                self.boxed(first()?)?;
                self.ins().i64_const(if builtin == Builtin::First { 0 } else { -1 });
                self.call(Door::Item);
            }
            Builtin::Abs if ty.rep() == Rep::Float => {
                self.expr(first()?)?;
                self.ins().f64_abs();
            }
            Builtin::MinNumber | Builtin::MaxNumber => {
                self.of_two(builtin == Builtin::MinNumber, arguments, ty)?;
            }
            Builtin::IntToFloat => {
                self.expr(first()?)?;
                self.ins().f64_convert_i64_s();
            }
            Builtin::Seconds => {
                self.expr(first()?)?;
                self.ins().i64_const(1000).i64_div_s();
            }
            Builtin::Milliseconds | Builtin::DurationOf => self.expr(first()?)?,
            Builtin::TimeToText => {
                self.boxed(first()?)?;
                self.call(Door::ToText);
            }
            _ => self.through(builtin, arguments, lambda, ty)?,
        }
        Ok(())
    }

    /// By a door: each argument as the door takes it, then a lambda's environment and slot.
    fn through(
        &mut self,
        builtin: Builtin,
        arguments: &[Expr],
        lambda: Option<&Lambda>,
        ty: &Type,
    ) -> Result<(), EmitError> {
        let (door, fallible) = door(builtin)?;
        let unknown = || EmitError::internal("a door has no signature");
        let signature = self.shared.link.runtime.signature(door).ok_or_else(unknown)?;
        for (argument, takes) in arguments.iter().zip(&signature.params) {
            match takes {
                ValType::I32 => self.boxed(argument)?,
                _ => self.expr(argument)?,
            }
        }
        if let Some(lambda) = lambda {
            self.lambda(lambda)?;
        }
        if fallible {
            self.call_checked(door);
        } else {
            self.call(door);
        }
        if signature.result == Some(ValType::I32) && !gives_truth(builtin) {
            self.unpack(ty);
        }
        Ok(())
    }

    /// The smaller or the larger of two numbers.
    fn of_two(&mut self, smaller: bool, arguments: &[Expr], ty: &Type) -> Result<(), EmitError> {
        let [a, b] = arguments else {
            return Err(EmitError::internal("`min` and `max` of numbers take two"));
        };
        if ty.rep() == Rep::Float {
            self.expr(a)?;
            self.expr(b)?;
            if smaller {
                self.ins().f64_min();
            } else {
                self.ins().f64_max();
            }
            return Ok(());
        }
        let (x, y) = (self.temp(ValType::I64), self.temp(ValType::I64));
        self.expr(a)?;
        self.ins().local_set(x);
        self.expr(b)?;
        self.ins().local_set(y);
        self.ins().local_get(x).local_get(y).local_get(x).local_get(y);
        if smaller {
            self.ins().i64_lt_s();
        } else {
            self.ins().i64_gt_s();
        }
        self.ins().select();
        self.release(ValType::I64, x);
        self.release(ValType::I64, y);
        Ok(())
    }
}

fn gives_truth(builtin: Builtin) -> bool {
    matches!(
        builtin,
        Builtin::StartsWith
            | Builtin::EndsWith
            | Builtin::TextContains
            | Builtin::Glob
            | Builtin::Any
            | Builtin::All
            | Builtin::ListContains
            | Builtin::Has
    )
}

/// The door of a method, and whether it can fail.
fn door(builtin: Builtin) -> Result<(Door, bool), EmitError> {
    let can = |door| Ok((door, true));
    let cannot = |door| Ok((door, false));
    match builtin {
        Builtin::Map => can(Door::Map),
        Builtin::Filter => can(Door::Filter),
        Builtin::Any => can(Door::Any),
        Builtin::All => can(Door::All),
        Builtin::Find => can(Door::Find),
        Builtin::SortBy => can(Door::SortBy),
        Builtin::GroupBy => can(Door::GroupBy),
        Builtin::SumInt => can(Door::SumInt),
        Builtin::SumFloat => can(Door::SumFloat),
        Builtin::Unique => can(Door::Unique),
        Builtin::FirstDuplicate => can(Door::FirstDuplicate),
        Builtin::Chunks => can(Door::Chunks),
        Builtin::ListContains => can(Door::ListContains),
        Builtin::IndexOf => can(Door::IndexOf),
        Builtin::Range => can(Door::Range),
        Builtin::Abs => can(Door::Abs),
        Builtin::Round => can(Door::Round),
        Builtin::Floor => can(Door::Floor),
        Builtin::Ceil => can(Door::Ceil),
        Builtin::Hash => can(Door::Hash),
        Builtin::ParseJson => can(Door::ParseJson),
        Builtin::ToJson => can(Door::ToJson),
        Builtin::RandomBetween => can(Door::Between),
        Builtin::ToText => can(Door::ToText),
        Builtin::ListLen => cannot(Door::ListLen),
        Builtin::MinOf => cannot(Door::MinOf),
        Builtin::MaxOf => cannot(Door::MaxOf),
        Builtin::Flat => cannot(Door::Flat),
        Builtin::Zip => cannot(Door::Zip),
        Builtin::Join => cannot(Door::Join),
        Builtin::ListSlice => cannot(Door::ListSlice),
        Builtin::Reverse => cannot(Door::Reverse),
        Builtin::Keys => cannot(Door::Keys),
        Builtin::Values => cannot(Door::Values),
        Builtin::Get => cannot(Door::Field),
        Builtin::Has => cannot(Door::Has),
        Builtin::MapLen => cannot(Door::MapLen),
        Builtin::Entries => cannot(Door::Entries),
        Builtin::UnixSeconds => cannot(Door::UnixSeconds),
        Builtin::Backoff => cannot(Door::Backoff),
        Builtin::Uuid => cannot(Door::Uuid),
        other => text_door(other).map(|door| (door, false)),
    }
}

fn text_door(builtin: Builtin) -> Result<Door, EmitError> {
    Ok(match builtin {
        Builtin::TextLen => Door::TextLen,
        Builtin::Upper => Door::Upper,
        Builtin::Lower => Door::Lower,
        Builtin::Trim => Door::Trim,
        Builtin::Split => Door::Split,
        Builtin::Replace => Door::Replace,
        Builtin::StartsWith => Door::StartsWith,
        Builtin::EndsWith => Door::EndsWith,
        Builtin::TextContains => Door::TextContains,
        Builtin::TextSlice => Door::TextSlice,
        Builtin::Lines => Door::Lines,
        Builtin::TextToInt => Door::TextToInt,
        Builtin::TextToFloat => Door::TextToFloat,
        Builtin::Glob => Door::Glob,
        other => return Err(EmitError::internal(format!("no door leads to {other:?}"))),
    })
}

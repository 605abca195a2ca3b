//! A component's own interface: its exported functions are operations, types of WIT types of the language.

use wit_parser::decoding::{DecodedWasm, decode};
use wit_parser::{Function, Handle, Resolve, Type as Wit, TypeDefKind, TypeId, WorldItem};

use super::{Operations, Unread, operation, param, snake};
use crate::check::relate::union;
use crate::types::{Field, Lit, Type};

pub(super) fn read(bytes: &[u8]) -> Result<Operations, Unread> {
    let decoded =
        decode(bytes).map_err(|e| Unread::at("/", format!("it is no WebAssembly component: {e}")))?;
    let DecodedWasm::Component(resolve, world) = decoded else {
        return Err(Unread::at("/", "this is a package of interfaces, not a component"));
    };
    let world = resolve.worlds.get(world).ok_or_else(|| Unread::at("/", "it has no world"))?;
    let functions = world.exports.values().flat_map(|item| match item {
        WorldItem::Function(function) => vec![function],
        WorldItem::Interface { id, .. } => {
            resolve.interfaces.get(*id).into_iter().flat_map(|i| i.functions.values()).collect()
        }
        WorldItem::Type { .. } => Vec::new(),
    });
    let (mut operations, mut refused) = (Vec::new(), None);
    for function in functions {
        match one(&resolve, function) {
            Ok(operation) => operations.push(operation),
            Err(unread) => refused = refused.or(Some(unread)),
        }
    }
    // What cannot be called is left out, as long as there is something that can.
    match refused {
        Some(unread) if operations.is_empty() => Err(unread),
        _ => Ok(operations),
    }
}

fn one(resolve: &Resolve, function: &Function) -> Result<(String, crate::check::decls::Operation), Unread> {
    let types = Types { resolve, function: &function.name };
    let mut params = Vec::new();
    for given in &function.params {
        let ty = types.ty(&given.ty, 0)?;
        let optional = crate::check::relate::has_null(&ty);
        let ty = if optional { crate::check::relate::without_null(&ty) } else { ty };
        params.push(param(snake(&given.name), ty, optional));
    }
    let result = match &function.result {
        Some(ty) => types.result(ty)?,
        None => Type::Null,
    };
    Ok((snake(&function.name), operation(params, result)))
}

struct Types<'r> {
    resolve: &'r Resolve,
    function: &'r str,
}

const DEEPEST: u32 = 32;

impl Types<'_> {
    /// The error of a `result` is a failure of the step.
    fn result(&self, ty: &Wit) -> Result<Type, Unread> {
        if let Wit::Id(id) = ty
            && let Some(TypeDefKind::Result(result)) = self.resolve.types.get(*id).map(|def| &def.kind)
        {
            return result.ok.as_ref().map_or(Ok(Type::Null), |ok| self.ty(ok, 0));
        }
        self.ty(ty, 0)
    }

    fn ty(&self, ty: &Wit, depth: u32) -> Result<Type, Unread> {
        Ok(match ty {
            Wit::Bool => Type::Bool,
            Wit::U8 | Wit::U16 | Wit::U32 | Wit::U64 | Wit::S8 | Wit::S16 | Wit::S32 | Wit::S64 => Type::Int,
            Wit::F32 | Wit::F64 => Type::Float,
            Wit::Char | Wit::String => Type::Text,
            Wit::Id(id) => return self.named(*id, depth),
            Wit::ErrorContext => {
                return Err(self.refused("an error context", "the language has no such value"));
            }
        })
    }

    fn named(&self, id: TypeId, depth: u32) -> Result<Type, Unread> {
        let inner = |ty: &Wit| self.ty(ty, depth + 1);
        let Some(def) = self.resolve.types.get(id).filter(|_| depth < DEEPEST) else { return Ok(Type::Json) };
        let name = def.name.as_deref().unwrap_or("a type");
        Ok(match &def.kind {
            TypeDefKind::Record(record) => {
                let field = |f: &wit_parser::Field| {
                    let ty = inner(&f.ty)?;
                    let optional = crate::check::relate::has_null(&ty);
                    let ty = if optional { crate::check::relate::without_null(&ty) } else { ty };
                    Ok(Field { name: snake(&f.name), ty, optional })
                };
                Type::Record(record.fields.iter().map(field).collect::<Result<_, Unread>>()?)
            }
            TypeDefKind::List(of) if *of == Wit::U8 => Type::Bytes,
            TypeDefKind::List(of) => Type::List(Box::new(inner(of)?)),
            TypeDefKind::Option(of) => inner(of)?.optional(),
            TypeDefKind::Type(of) => inner(of)?,
            TypeDefKind::Enum(of) => union(of.cases.iter().map(|case| text(&case.name))),
            TypeDefKind::Flags(of) => {
                let field = |flag: &wit_parser::Flag| Field {
                    name: snake(&flag.name),
                    ty: Type::Bool,
                    optional: false,
                };
                Type::Record(of.flags.iter().map(field).collect())
            }
            TypeDefKind::Tuple(of) => {
                Type::List(Box::new(union(of.types.iter().map(inner).collect::<Result<Vec<_>, _>>()?)))
            }
            TypeDefKind::Variant(of) => {
                let mut cases = Vec::new();
                for case in &of.cases {
                    cases.push(tagged(&case.name, case.ty.as_ref().map(inner).transpose()?));
                }
                union(cases)
            }
            TypeDefKind::Result(of) => {
                let ok = of.ok.as_ref().map(inner).transpose()?;
                let err = of.err.as_ref().map(inner).transpose()?;
                union([tagged("ok", ok), tagged("err", err)])
            }
            TypeDefKind::Handle(Handle::Own(of) | Handle::Borrow(of)) if *of != id => {
                return self.named(*of, depth + 1);
            }
            TypeDefKind::Resource | TypeDefKind::Handle(_) => {
                return Err(self.refused(
                    &format!("the resource `{name}`"),
                    "a resource lives in a process, and a run outlives it",
                ));
            }
            _ => return Err(self.refused(&format!("`{name}`"), "the language has no such type")),
        })
    }

    fn refused(&self, what: &str, why: &str) -> Unread {
        Unread::at(self.function, format!("it speaks of {what}, and {why}"))
    }
}

fn text(name: &str) -> Type {
    Type::Lit(Lit::Text(name.to_owned()))
}

/// A case of a variant: `{ tag: "name", value: … }`.
fn tagged(name: &str, value: Option<Type>) -> Type {
    let field = |name: &str, ty: Type| Field { name: name.into(), ty, optional: false };
    let mut fields = vec![field("tag", text(name))];
    fields.extend(value.map(|ty| field("value", ty)));
    Type::Record(fields)
}

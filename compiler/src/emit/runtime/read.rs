//! Reads the runtime's module.

use wasm_encoder::ValType;
use wasmparser::{
    ConstExpr, Element, ElementItems, ElementSectionReader, ExportSectionReader, ExternalKind, FunctionBody,
    GlobalSectionReader, ImportSectionReader, MemorySectionReader, Operator, Parser, Payload,
    TableSectionReader, TypeRef, TypeSectionReader,
};

use super::doors::SYMBOLS;
use super::{Body, Runtime, Signature};
use crate::emit::EmitError;

/// What there is to know of a module that `compiler/runtime/build` made.
pub(super) fn read(bytes: &'static [u8]) -> Result<Runtime, EmitError> {
    let mut runtime = Runtime {
        bytes,
        sections: Vec::new(),
        signatures: Vec::new(),
        functions: Vec::new(),
        imported: 0,
        bodies: Vec::new(),
        elements: Vec::new(),
        table: 0,
        pages: 0,
        exports: std::collections::HashMap::new(),
        addresses: Vec::new(),
        doors: Vec::new(),
    };
    for payload in Parser::new(0).parse_all(bytes) {
        let payload = payload.map_err(EmitError::internal)?;
        if let Some((id, range)) = payload.as_section().filter(|(id, _)| *id != 0) {
            runtime.sections.push((id, range));
        }
        take(&mut runtime, payload).map_err(EmitError::internal)?;
    }
    for symbol in SYMBOLS {
        let door = runtime.exported(symbol)?;
        runtime.doors.push(door);
    }
    Ok(runtime)
}

type Read = wasmparser::Result<()>;

fn take(runtime: &mut Runtime, payload: Payload<'static>) -> Read {
    match payload {
        Payload::TypeSection(types) => signatures(runtime, types),
        Payload::ImportSection(imports) => imported(runtime, imports),
        Payload::FunctionSection(functions) => {
            for type_index in functions {
                runtime.functions.push(type_index? as usize);
            }
            Ok(())
        }
        Payload::TableSection(tables) => table(runtime, tables),
        Payload::MemorySection(memories) => memory(runtime, memories),
        Payload::GlobalSection(globals) => addresses(runtime, globals),
        Payload::ExportSection(exports) => exported(runtime, exports),
        Payload::ElementSection(elements) => in_table(runtime, elements),
        Payload::CodeSectionEntry(body) => {
            runtime.bodies.push(called(&body)?);
            Ok(())
        }
        _ => Ok(()),
    }
}

fn signatures(runtime: &mut Runtime, types: TypeSectionReader<'_>) -> Read {
    for of in types.into_iter_err_on_gc_types() {
        let of = of?;
        let params = of.params().iter().filter_map(value_type).collect();
        runtime.signatures.push(Signature { params, result: of.results().first().and_then(value_type) });
    }
    Ok(())
}

fn value_type(of: &wasmparser::ValType) -> Option<ValType> {
    match of {
        wasmparser::ValType::I32 => Some(ValType::I32),
        wasmparser::ValType::I64 => Some(ValType::I64),
        wasmparser::ValType::F64 => Some(ValType::F64),
        _ => None,
    }
}

fn imported(runtime: &mut Runtime, imports: ImportSectionReader<'_>) -> Read {
    for import in imports.into_imports() {
        if let TypeRef::Func(type_index) = import?.ty {
            runtime.functions.push(type_index as usize);
            runtime.imported += 1;
        }
    }
    Ok(())
}

fn table(runtime: &mut Runtime, tables: TableSectionReader<'_>) -> Read {
    for table in tables {
        runtime.table = table?.ty.initial;
    }
    Ok(())
}

fn memory(runtime: &mut Runtime, memories: MemorySectionReader<'_>) -> Read {
    for memory in memories {
        runtime.pages = memory?.initial;
    }
    Ok(())
}

fn addresses(runtime: &mut Runtime, globals: GlobalSectionReader<'_>) -> Read {
    for global in globals {
        runtime.addresses.push(constant(&global?.init_expr).unwrap_or(0));
    }
    Ok(())
}

fn constant(of: &ConstExpr<'_>) -> Option<i32> {
    match of.get_operators_reader().read() {
        Ok(Operator::I32Const { value }) => Some(value),
        _ => None,
    }
}

fn exported(runtime: &mut Runtime, exports: ExportSectionReader<'_>) -> Read {
    for export in exports {
        let export = export?;
        if matches!(export.kind, ExternalKind::Func | ExternalKind::Global) {
            runtime.exports.insert(export.name.to_owned(), export.index);
        }
    }
    Ok(())
}

fn in_table(runtime: &mut Runtime, elements: ElementSectionReader<'_>) -> Read {
    for element in elements {
        let Element { items: ElementItems::Functions(functions), .. } = element? else {
            continue;
        };
        for function in functions {
            runtime.elements.push(function?);
        }
    }
    Ok(())
}

fn called(body: &FunctionBody<'_>) -> wasmparser::Result<Body> {
    let mut out = Body { at: body.range(), calls: Vec::new(), indirect: Vec::new() };
    for operator in body.get_operators_reader()? {
        match operator? {
            Operator::Call { function_index } => out.calls.push(function_index),
            Operator::CallIndirect { type_index, .. } => out.indirect.push(type_index as usize),
            _ => {}
        }
    }
    out.calls.sort_unstable();
    out.calls.dedup();
    Ok(out)
}

//! Room for what the host hands in, in modules that cannot give it themselves.
//!
//! The host asks for room in the middle of a call of the guest's (`cabi_realloc`). A language whose own code may not run in that moment, as Go's scheduler
//! would ask for the time, keeps an arena in its memory instead; the function, which only counts up in it, is added here.
//!
//! The arena begins with [`MAGIC`] and five words of 32 bits: its length, which has to stand there; where the next piece is, where the room ends, and
//! where it begins, all 0 until the function was called; and whether it has let the memory grow since the guest looked last. The guest sets the next piece back to the
//! beginning when nothing of it is needed any more.

use wasm_encoder::{BlockType, Encode, Function, MemArg, RawSection, Section, ValType};
use wasmparser::{BinaryReader, Data, DataKind, DataSectionReader, Operator, Parser, Payload, TypeRef};

/// What the host calls, in the core ABI of components.
const REALLOC: &str = "cabi_realloc";

/// What an arena begins with.
const MAGIC: &[u8] = b"cairn arena v1\r\n";

/// The words behind its length, from the arena's beginning.
const NEXT: u32 = 20;
const END: u32 = 24;
const BASE: u32 = 28;
const GROWN: u32 = 32;
const HEAD: u32 = 36;

/// The binary format: the sections that get one more.
const TYPES: u8 = 1;
const FUNCTIONS: u8 = 3;
const EXPORTS: u8 = 7;
const CODE: u8 = 10;

/// The module with the function [`REALLOC`]; none where it has one of its own, or no arena.
///
/// # Errors
/// In words, where the module cannot be read or its arena is none.
pub(super) fn given(core: &[u8]) -> Result<Option<Vec<u8>>, String> {
    let seen = look(core).map_err(|e| format!("it is no WebAssembly: {e}"))?;
    let arena = match seen.arenas.as_slice() {
        [] => return Ok(None),
        _ if seen.allocates => return Ok(None),
        [Some(arena)] => *arena,
        _ => return Err("it has to have one arena, at a place that is known, of at least a page".to_owned()),
    };
    let mut made = core.get(..8).unwrap_or_default().to_vec();
    for (id, range) in seen.sections {
        let data = core.get(range).unwrap_or_default();
        let Some(more) = added(id, seen.types, seen.functions, arena) else {
            RawSection { id, data }.append_to(&mut made);
            continue;
        };
        let mut reader = BinaryReader::new(data, 0);
        let count = reader.read_var_u32().map_err(|e| e.to_string())?;
        let mut longer = Vec::with_capacity(data.len() + more.len() + 1);
        count.saturating_add(1).encode(&mut longer);
        longer.extend_from_slice(data.get(reader.original_position()..).unwrap_or_default());
        longer.extend_from_slice(&more);
        RawSection { id, data: &longer }.append_to(&mut made);
    }
    Ok(Some(made))
}

/// What stands in a module.
#[derive(Default)]
struct Seen {
    sections: Vec<(u8, std::ops::Range<usize>)>,
    types: u32,
    /// Imported ones too.
    functions: u32,
    /// It has the function.
    allocates: bool,
    /// None where one cannot be: then it is no use.
    arenas: Vec<Option<Arena>>,
}

/// Where the arena is, and where it ends.
#[derive(Clone, Copy)]
struct Arena {
    begins: u32,
    ends: u32,
}

fn look(core: &[u8]) -> wasmparser::Result<Seen> {
    let mut seen = Seen::default();
    for payload in Parser::new(0).parse_all(core) {
        let payload = payload?;
        seen.sections.extend(payload.as_section());
        match payload {
            Payload::TypeSection(types) => {
                for group in types {
                    seen.types += u32::try_from(group?.types().len()).unwrap_or(u32::MAX);
                }
            }
            Payload::ImportSection(imports) => {
                for import in imports.into_imports() {
                    seen.functions +=
                        u32::from(matches!(import?.ty, TypeRef::Func(_) | TypeRef::FuncExact(_)));
                }
            }
            Payload::FunctionSection(functions) => seen.functions += functions.count(),
            Payload::ExportSection(exports) => {
                seen.allocates = exports.into_iter().flatten().any(|export| export.name == REALLOC);
            }
            Payload::DataSection(data) => seen.arenas = arenas(data)?,
            _ => {}
        }
    }
    Ok(seen)
}

fn arenas(data: DataSectionReader<'_>) -> wasmparser::Result<Vec<Option<Arena>>> {
    let mut found = Vec::new();
    for segment in data {
        let segment = segment?;
        for (at, _) in segment.data.windows(MAGIC.len()).enumerate().filter(|(_, part)| *part == MAGIC) {
            found.push(arena(&segment, at));
        }
    }
    Ok(found)
}

fn arena(segment: &Data<'_>, at: usize) -> Option<Arena> {
    let DataKind::Active { memory_index: 0, offset_expr } = &segment.kind else { return None };
    let Ok(Operator::I32Const { value }) = offset_expr.get_operators_reader().read() else { return None };
    let begins = value.cast_unsigned().checked_add(u32::try_from(at).ok()?)?;
    // Zeros at the end of a segment may be left out.
    let words = segment.data.get(at + MAGIC.len()..)?;
    let byte = |place: usize| words.get(place).copied().unwrap_or_default();
    let bytes = u32::from_le_bytes([byte(0), byte(1), byte(2), byte(3)]);
    (bytes >= 1 << 16).then_some(Arena { begins, ends: begins.checked_add(bytes)? })
}

/// What comes behind the last of a section: the function's type, its index, its name and its code.
fn added(section: u8, types: u32, functions: u32, arena: Arena) -> Option<Vec<u8>> {
    let mut more = Vec::new();
    match section {
        TYPES => {
            let word = 0x7f;
            more.extend([0x60, 4, word, word, word, word, 1, word]);
        }
        FUNCTIONS => types.encode(&mut more),
        EXPORTS => {
            REALLOC.encode(&mut more);
            more.push(0);
            functions.encode(&mut more);
        }
        CODE => counting(arena).encode(&mut more),
        _ => return None,
    }
    Some(more)
}

/// (old, bytes of it, align, bytes) -> where.
fn counting(arena: Arena) -> Function {
    let (old, old_bytes, align, size, at, pages) = (0, 1, 2, 3, 4, 5);
    let word =
        |place: u32| MemArg { offset: u64::from(arena.begins) + u64::from(place), align: 2, memory_index: 0 };
    let number = |address: u32| address.cast_signed();
    let mut function = Function::new([(2, ValType::I32)]);
    let mut code = function.instructions();

    // The first call of all.
    code.i32_const(0).i32_load(word(END)).i32_eqz().if_(BlockType::Empty);
    code.i32_const(0).i32_const(number(arena.begins + HEAD)).i32_store(word(NEXT));
    code.i32_const(0).i32_const(number(arena.begins + HEAD)).i32_store(word(BASE));
    code.i32_const(0).i32_const(number(arena.ends)).i32_store(word(END));
    code.end();

    code.i32_const(0).i32_load(word(NEXT)).local_get(align).i32_add().i32_const(1).i32_sub();
    code.i32_const(0).local_get(align).i32_sub().i32_and().local_set(at);

    // What does not fit gets memory of its own, and a megabyte more.
    code.local_get(at)
        .local_get(size)
        .i32_add()
        .i32_const(0)
        .i32_load(word(END))
        .i32_gt_u()
        .if_(BlockType::Empty);
    code.local_get(size).i32_const(0xffff).i32_add().i32_const(16).i32_shr_u().i32_const(16).i32_add();
    code.local_tee(pages).memory_grow(0).local_tee(at).i32_const(-1).i32_eq().if_(BlockType::Empty);
    code.unreachable().end();
    code.local_get(at).i32_const(16).i32_shl().local_set(at);
    code.i32_const(0).local_get(at).i32_store(word(BASE));
    code.i32_const(0).i32_const(1).i32_store(word(GROWN));
    code.i32_const(0).local_get(at).local_get(pages).i32_const(16).i32_shl().i32_add().i32_store(word(END));
    code.end();

    code.i32_const(0).local_get(at).local_get(size).i32_add().i32_store(word(NEXT));
    code.local_get(old_bytes).if_(BlockType::Empty);
    code.local_get(at).local_get(old).local_get(old_bytes).memory_copy(0, 0).end();
    code.local_get(at).end();
    function
}

#[cfg(test)]
mod tests {
    use wasmparser::Validator;

    use super::*;

    fn module(arena: &str) -> Vec<u8> {
        let text = format!(
            r#"(module (import "a" "b" (func)) (func (result i32) i32.const 7) (memory 9) (export "memory" (memory 0)) {arena})"#
        );
        wat::parse_str(text).unwrap()
    }

    const ARENA: &str = r#"(data (i32.const 4096) "before" "cairn arena v1\r\n" "\00\00\08")"#;

    #[test]
    fn a_module_with_an_arena_gets_the_function() {
        let made = given(&module(ARENA)).unwrap().unwrap();
        Validator::new().validate_all(&made).unwrap();
        let exported = Parser::new(0).parse_all(&made).find_map(|payload| match payload.unwrap() {
            Payload::ExportSection(exports) => exports.into_iter().flatten().find(|e| e.name == REALLOC),
            _ => None,
        });
        assert_eq!(
            exported.map(|export| export.index),
            Some(2),
            "behind the import and the one that was there"
        );
        let found = look(&made).unwrap().arenas;
        assert!(
            matches!(found.as_slice(), [Some(Arena { begins: 4102, ends })] if *ends == 4102 + (512 << 10))
        );
    }

    #[test]
    fn one_without_is_left_alone_and_what_is_none_is_refused() {
        assert_eq!(given(&module("")), Ok(None));
        let own = r#"(func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) unreachable)"#;
        assert_eq!(given(&module(&format!("{own} {ARENA}"))), Ok(None));
        assert!(given(&module(&ARENA.repeat(2))).is_err(), "two of them");
        assert!(given(&module(r#"(data (i32.const 0) "cairn arena v1\r\n\00\10")"#)).is_err(), "too short");
        assert!(given(&module(r#"(data "cairn arena v1\r\n\00\00\08")"#)).is_err(), "at no place");
    }
}

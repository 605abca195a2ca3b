//! The beginning and the end of a run.

use alloc::string::String;

use super::attempt::at_the_end;
use super::{fail, take};
use crate::fault::{Failure, Fault};
use crate::host::Finished;
use crate::json::{parse, print};
use crate::value::{NULL, V, keep};

static mut INPUT: V = &NULL;

/// The canonical ABI's allocator.
#[unsafe(no_mangle)]
extern "C" fn cabi_realloc(old: *mut u8, old_size: usize, align: usize, size: usize) -> *mut u8 {
    use alloc::alloc::{Layout, alloc, realloc};
    let Ok(layout) = Layout::from_size_align(if old_size == 0 { size } else { old_size }, align) else {
        core::arch::wasm32::unreachable()
    };
    // SAFETY: the host asks as the canonical ABI says.
    let block = unsafe {
        match (old_size, size) {
            (0, 0) => align as *mut u8,
            (0, _) => alloc(layout),
            _ => realloc(old, layout, size),
        }
    };
    if block.is_null() {
        core::arch::wasm32::unreachable();
    }
    block
}

/// Reads the input; fails `bad_data` where it is neither an object nor null, which is an empty one.
#[unsafe(no_mangle)]
extern "C" fn rt_begin(at: *const u8, len: usize) {
    // SAFETY: the canonical ABI lowers valid UTF-8 that stays.
    let text = unsafe { core::str::from_utf8_unchecked(core::slice::from_raw_parts(at, len)) };
    match parse(text) {
        // SAFETY: one thread.
        Ok(input) if input.as_record().is_some() || input.is_null() => unsafe { INPUT = input },
        Ok(_) => fail(Failure::bad_data("the input".into(), "an object".into(), "something else".into())),
        Err(fault) => fail(fault),
    }
}

/// A field of the input, or null.
#[unsafe(no_mangle)]
extern "C" fn rt_param(name: V) -> V {
    // SAFETY: one thread.
    let input = unsafe { INPUT };
    input.as_record().map_or(&NULL, |table| table.get_or_null(name.as_text()))
}

/// What `run` gives: the result, or the failure under way after the undos of the whole run.
#[unsafe(no_mangle)]
extern "C" fn rt_finish(result: V) -> &'static Finished {
    let ended = match take() {
        None => print(result),
        Some(fault) => Err(fault),
    };
    keep(match ended {
        Ok(json) => Finished::well(json.leak()),
        Err(fault) => failed(at_the_end(fault)),
    })
}

fn failed(fault: Fault) -> Finished {
    let detail: String = print(fault.detail).unwrap_or_else(|_| "null".into());
    Finished::failed(fault.kind, fault.message, detail.leak())
}

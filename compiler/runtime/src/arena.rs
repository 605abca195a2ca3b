//! Memory: a bump allocator that starts behind the data of the compiled code.

#![expect(unsafe_code, reason = "an allocator hands out raw memory")]

use core::alloc::{GlobalAlloc, Layout};
use core::arch::wasm32::{memory_grow, memory_size};

const PAGE: usize = 65_536;

/// The first free byte. The linker of a workflow puts the end of its data here, by a data segment of its own.
#[unsafe(no_mangle)]
pub static mut rt_heap: usize = 0;

struct Arena;

#[global_allocator]
static ARENA: Arena = Arena;

impl Arena {
    /// Takes what lies between, growing the memory where needed.
    unsafe fn take(from: usize, size: usize) -> *mut u8 {
        let Some(end) = from.checked_add(size) else {
            return core::ptr::null_mut();
        };
        let have = memory_size(0) * PAGE;
        if end > have {
            // At least a quarter more each time, so that growing stays cheap however often it happens.
            let pages = (end - have).div_ceil(PAGE);
            let grown = memory_grow(0, pages.max(have / PAGE / 4)) != usize::MAX
                || memory_grow(0, pages) != usize::MAX;
            if !grown {
                return core::ptr::null_mut();
            }
        }
        // SAFETY: one thread.
        unsafe { rt_heap = end };
        from as *mut u8
    }
}

// SAFETY: what it hands out lies behind everything handed out before.
unsafe impl GlobalAlloc for Arena {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: one thread.
        unsafe { Self::take(rt_heap.next_multiple_of(layout.align()), layout.size()) }
    }

    /// Only the last block can be given back.
    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: one thread.
        unsafe {
            if block as usize + layout.size() == rt_heap {
                rt_heap = block as usize;
            }
        }
    }

    /// The last block grows where it stands.
    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: one thread; a block that is moved was at least as large as what is copied.
        unsafe {
            if block as usize + layout.size() == rt_heap {
                return Self::take(block as usize, size);
            }
            let to = Self::take(rt_heap.next_multiple_of(layout.align()), size);
            if !to.is_null() {
                core::ptr::copy_nonoverlapping(block, to, layout.size().min(size));
            }
            to
        }
    }
}

#[panic_handler]
fn panicked(_: &core::panic::PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}

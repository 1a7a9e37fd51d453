//! Counts what each thread takes of memory.

#![allow(
    unsafe_code,
    reason = "an allocator is unsafe by its nature; this one only counts"
)]

use std::{
    alloc::{GlobalAlloc, Layout, System},
    cell::Cell,
};

/// The system's allocator, with a count of what this thread has taken and given back.
pub(crate) struct Counted;

thread_local! {
    static TAKEN: Cell<u64> = const { Cell::new(0) };
    static HELD: Cell<i64> = const { Cell::new(0) };
}

/// How often this thread has taken memory.
pub(crate) fn taken() -> u64 {
    TAKEN.get()
}

/// Bytes that this thread has taken and not given back.
pub(crate) fn held() -> i64 {
    HELD.get()
}

fn count(bytes: i64) {
    HELD.set(HELD.get() + bytes);
    if bytes > 0 {
        TAKEN.set(TAKEN.get() + 1);
    }
}

// SAFETY: every call is handed on to the system's allocator as it came.
unsafe impl GlobalAlloc for Counted {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size() as i64);
        // SAFETY: as for this function.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        count(-(layout.size() as i64));
        // SAFETY: as for this function.
        unsafe { System.dealloc(memory, layout) }
    }
}

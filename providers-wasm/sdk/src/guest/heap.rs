//! The component's heap. It begins in memory that the module starts with: the standard library's allocator grows the
//! memory for the first byte, and each growth costs the host two changes of page protection a run, which stop its other
//! cores. What does not fit grows the memory as ever. The allocator itself is the one of the standard library.

use std::{
    alloc::{GlobalAlloc, Layout},
    cell::{Cell, UnsafeCell},
    ptr::null_mut,
};

use dlmalloc::{Allocator, Dlmalloc};

/// Bytes that need no growth. With stack and data it stays below the 256 KiB that the host keeps resident for a memory.
const FIRST: usize = 128 << 10;
const PAGE: usize = 64 << 10;

#[global_allocator]
static HEAP: Heap = Heap(UnsafeCell::new(Dlmalloc::new_with_allocator(Source { used: Cell::new(false) })));
static ARENA: Arena = Arena(UnsafeCell::new([0; FIRST]));

struct Heap(UnsafeCell<Dlmalloc<Source>>);

#[repr(align(16))]
struct Arena(UnsafeCell<[u8; FIRST]>);

/// Where the heap's memory comes from.
struct Source {
    used: Cell<bool>,
}

// A component has one thread, and nothing here calls back.
#[allow(unsafe_code)]
unsafe impl Sync for Heap {}
#[allow(unsafe_code)]
unsafe impl Sync for Arena {}

#[allow(unsafe_code, reason = "an allocator hands out memory")]
unsafe impl GlobalAlloc for Heap {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        unsafe { (*self.0.get()).malloc(layout.size(), layout.align()) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        unsafe { (*self.0.get()).calloc(layout.size(), layout.align()) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        unsafe { (*self.0.get()).free(at, layout.size(), layout.align()) }
    }

    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        unsafe { (*self.0.get()).realloc(at, layout.size(), layout.align(), size) }
    }
}

#[allow(unsafe_code, reason = "says truthfully whose memory it gives")]
unsafe impl Allocator for Source {
    fn alloc(&self, size: usize) -> (*mut u8, usize, u32) {
        if size <= FIRST && !self.used.replace(true) {
            return (ARENA.0.get().cast(), FIRST, 0);
        }
        let pages = size.div_ceil(PAGE);
        match core::arch::wasm32::memory_grow(0, pages) {
            usize::MAX => (null_mut(), 0, 0),
            before => ((before * PAGE) as *mut u8, pages * PAGE, 0),
        }
    }

    fn remap(&self, _: *mut u8, _: usize, _: usize, _: bool) -> *mut u8 {
        null_mut()
    }

    fn free_part(&self, _: *mut u8, _: usize, _: usize) -> bool {
        false
    }

    fn free(&self, _: *mut u8, _: usize) -> bool {
        false
    }

    fn can_release_part(&self, _: u32) -> bool {
        false
    }

    fn allocates_zeros(&self) -> bool {
        true
    }

    fn page_size(&self) -> usize {
        PAGE
    }
}

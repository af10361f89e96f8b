//! The heap of a workflow. An instance answers once and is gone, so the first of what it allocates lies side by side and is
//! not given back: no bookkeeping, and few pages for the host to clean. Whatever does not fit there, the usual allocator has.
//!
//! What a run writes should lie on one page of memory, beside the stack's: each takes time to clean, and a page that was not
//! empty at first is copied as well. So this is a crate of its own: link-time optimisation takes crates in the order of their
//! names, and the room begins right behind what `usher_guest` and `wit_bindgen` write.
#![cfg(any(test, target_family = "wasm"))]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::{Cell, UnsafeCell};
use std::mem::MaybeUninit;
use std::ptr;

/// Bytes that lie side by side: several times what a request and an answer take.
#[cfg(target_family = "wasm")]
const FIRST_BYTES: usize = 32 << 10;

#[cfg(target_family = "wasm")]
#[global_allocator]
static HEAP: Heap<FIRST_BYTES> = Heap::new();

/// Where a request of so many bytes goes that the host writes in one piece, all that it has side by side; null where there is no
/// room for it. What is in the room is not taken twice, so parts of it may be given back one by one.
///
/// Hosts that know of it find it by this name in the module; for others it is any function.
#[cfg(target_family = "wasm")]
#[expect(unsafe_code, reason = "it is called by its name")]
// SAFETY: no other function of a workflow has this name.
#[unsafe(export_name = "usher-place-request")]
extern "C" fn place_request(bytes: usize) -> *mut u8 {
    HEAP.piece(bytes).unwrap_or(ptr::null_mut())
}

/// Has all statics that are zero at first begin on a page, away from those that are not: the linker aligns them together as the
/// one that asks for most.
#[cfg(target_family = "wasm")]
#[used]
static PAGE: Page = Page([]);

/// As nothing constant is, so that the linker counts it among what may be written.
#[cfg(target_family = "wasm")]
#[repr(align(4096))]
struct Page([std::sync::atomic::AtomicU8; 0]);

/// An allocator for one thread, with room for so many bytes before it asks the usual one. What is written first comes first.
#[repr(C)]
struct Heap<const ROOM: usize> {
    /// How much of the room is taken.
    taken: Cell<usize>,
    room: UnsafeCell<Room<ROOM>>,
}

/// Aligned as anything that is commonly allocated.
#[repr(align(16))]
struct Room<const BYTES: usize>([MaybeUninit<u8>; BYTES]);

#[expect(unsafe_code, reason = "a static has to be shared, and a workflow has one thread")]
// SAFETY: components of the contract have no threads, and the tests give each heap to one.
unsafe impl<const ROOM: usize> Sync for Heap<ROOM> {}

impl<const ROOM: usize> Heap<ROOM> {
    const fn new() -> Self {
        Self { taken: Cell::new(0), room: UnsafeCell::new(Room([MaybeUninit::uninit(); ROOM])) }
    }

    fn start(&self) -> *mut u8 {
        self.room.get().cast()
    }

    /// Where in the room an allocation begins; none for one of the usual allocator.
    fn place_of(&self, allocation: *mut u8) -> Option<usize> {
        allocation.addr().checked_sub(self.start().addr()).filter(|place| *place < ROOM)
    }

    /// Takes the next bytes of the room, if there are enough.
    fn take(&self, layout: Layout) -> Option<*mut u8> {
        let place = self.taken.get().checked_next_multiple_of(layout.align()).filter(|_| layout.align() <= 16)?;
        // Strictly less, so that what begins in the room is known to be in it, even when it is empty.
        let end = place.checked_add(layout.size()).filter(|end| *end < ROOM)?;
        self.taken.set(end);
        Some(self.start().wrapping_add(place))
    }

    /// Takes a piece of the room for values of any type of the contract.
    fn piece(&self, bytes: usize) -> Option<*mut u8> {
        self.take(Layout::from_size_align(bytes, size_of::<u64>()).ok()?)
    }

    /// Makes the allocation at this place longer or shorter where it is, if nothing lies behind it.
    fn resize_last(&self, place: usize, layout: Layout, size: usize) -> bool {
        let is_last = place.checked_add(layout.size()) == Some(self.taken.get());
        let end = place.checked_add(size).filter(|end| is_last && *end < ROOM);
        end.is_some_and(|end| {
            self.taken.set(end);
            true
        })
    }
}

#[expect(unsafe_code, reason = "the trait of allocators is unsafe")]
// SAFETY: what is taken is aligned, as long as asked for, and not taken again before it is given back; all else is the usual
// allocator's, which is told of nothing that it does not have.
//
// Not inlined: everybody who allocates would have a copy.
unsafe impl<const ROOM: usize> GlobalAlloc for Heap<ROOM> {
    #[inline(never)]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promise, handed on.
        self.take(layout).unwrap_or_else(|| unsafe { System.alloc(layout) })
    }

    #[inline(never)]
    unsafe fn dealloc(&self, allocation: *mut u8, layout: Layout) {
        match self.place_of(allocation) {
            Some(place) => {
                self.resize_last(place, layout, 0);
            }
            // SAFETY: it is not of the room, so it is of the usual allocator, with this layout.
            None => unsafe { System.dealloc(allocation, layout) },
        }
    }

    #[inline(never)]
    unsafe fn realloc(&self, allocation: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        let Some(place) = self.place_of(allocation) else {
            // SAFETY: it is not of the room, so it is of the usual allocator, with this layout.
            return unsafe { System.realloc(allocation, layout, size) };
        };
        if self.resize_last(place, layout, size) || size <= layout.size() {
            return allocation;
        }
        let Ok(longer) = Layout::from_size_align(size, layout.align()) else { return ptr::null_mut() };
        // SAFETY: the layout is not empty, since it is longer than another.
        let moved = unsafe { self.alloc(longer) };
        if !moved.is_null() {
            // SAFETY: both are at least as long as the old layout says, and the new one is of bytes that nobody had.
            unsafe { ptr::copy_nonoverlapping(allocation, moved, layout.size()) };
        }
        moved
    }
}

#[cfg(test)]
#[expect(unsafe_code, reason = "the trait of allocators is unsafe")]
mod tests {
    use super::*;

    fn layout(size: usize, align: usize) -> Layout {
        Layout::from_size_align(size, align).unwrap()
    }

    #[test]
    fn allocations_lie_side_by_side_and_aligned() {
        let heap = Heap::<256>::new();
        // SAFETY: no layout is empty, and nothing is used after it was given back.
        unsafe {
            let (one, two) = (heap.alloc(layout(3, 1)), heap.alloc(layout(8, 8)));
            assert_eq!((heap.place_of(one), heap.place_of(two)), (Some(0), Some(8)));
            heap.dealloc(one, layout(3, 1));
            assert_eq!(heap.place_of(heap.alloc(layout(1, 1))), Some(16), "what lies before others is not taken again");
        }
    }

    #[test]
    fn the_last_one_grows_shrinks_and_goes_where_it_is() {
        let heap = Heap::<256>::new();
        // SAFETY: as above.
        unsafe {
            let text = heap.alloc(layout(4, 1));
            text.write_bytes(7, 4);
            assert_eq!(heap.realloc(text, layout(4, 1), 100), text);
            assert_eq!(heap.realloc(text, layout(100, 1), 8), text);
            let behind = heap.alloc(layout(4, 4));
            assert_eq!(heap.place_of(behind), Some(8));
            let moved = heap.realloc(text, layout(8, 1), 16);
            assert_eq!((heap.place_of(moved), moved.read(), moved.add(3).read()), (Some(12), 7, 7));
            heap.dealloc(moved, layout(16, 1));
            assert_eq!(heap.place_of(heap.alloc(layout(1, 1))), Some(12));
        }
    }

    #[test]
    fn what_does_not_fit_is_the_usual_allocators() {
        let heap = Heap::<64>::new();
        // SAFETY: as above; all that is of the usual allocator is given back.
        unsafe {
            let fits = heap.alloc(layout(63, 1));
            assert_eq!(heap.place_of(fits), Some(0));
            for size in [1, 64, 1 << 20] {
                let elsewhere = heap.alloc(layout(size, 1));
                assert!(heap.place_of(elsewhere).is_none());
                let elsewhere = heap.realloc(elsewhere, layout(size, 1), size + 1);
                heap.dealloc(elsewhere, layout(size + 1, 1));
            }
            fits.write_bytes(9, 63);
            let longer = heap.realloc(fits, layout(63, 1), 64);
            assert_eq!((heap.place_of(longer), longer.read(), longer.add(62).read()), (None, 9, 9));
            heap.dealloc(longer, layout(64, 1));
        }
    }

    #[test]
    fn parts_of_a_piece_are_given_back_and_not_taken_again_while_others_stay() {
        let heap = Heap::<256>::new();
        // SAFETY: as above; the piece's parts are where the test says.
        unsafe {
            assert_eq!(heap.place_of(heap.alloc(layout(3, 1))), Some(0));
            let piece = heap.piece(64).unwrap();
            assert_eq!(heap.place_of(piece), Some(8), "aligned as any record is");
            heap.dealloc(piece.add(8), layout(16, 8));
            let longer = heap.realloc(piece.add(24), layout(8, 8), 16);
            assert_eq!(heap.place_of(longer), Some(72), "what lies between others moves");
            heap.dealloc(piece, layout(8, 8));
            assert_eq!(heap.place_of(heap.alloc(layout(8, 8))), Some(88));
            assert!(heap.piece(200).is_none(), "there is no room for it");
        }
    }

    #[test]
    fn one_with_an_alignment_of_its_own_is_the_usual_allocators() {
        let heap = Heap::<256>::new();
        // SAFETY: as above.
        unsafe {
            assert_eq!(heap.place_of(heap.alloc(layout(1, 16))), Some(0));
            let page = heap.alloc(layout(1, 4_096));
            assert!(heap.place_of(page).is_none() && page.addr().is_multiple_of(4_096));
            heap.dealloc(page, layout(1, 4_096));
        }
    }
}

//! Lists by pushing. `collect` and `extend` reserve by what an iterator promises and are compiled anew
//! for each; in wasm that is three times the code of these loops.
//!
//! Reading, which every page gets, pushes by [`push`]: it leaves the standard function no case in which that
//! makes room or panics, so the words of those panics are not linked in.

use alloc::vec::Vec;

/// Appends an item.
pub(crate) fn push<T>(list: &mut Vec<T>, item: T) {
    reserve(list, 1);
    if list.len() < list.capacity() {
        list.push(item);
    }
}

/// Makes room for so many more items at least.
pub(crate) fn reserve<T>(list: &mut Vec<T>, more: usize) {
    if list.capacity() - list.len() < more && list.try_reserve(more).is_err() {
        no_memory();
    }
}

/// Makes room for so many more items, and for no others.
pub(crate) fn make_room<T>(list: &mut Vec<T>, more: usize) {
    if list.try_reserve_exact(more).is_err() {
        no_memory();
    }
}

/// Ends the instance, in wasm.
#[cold]
#[inline(never)]
fn no_memory() -> ! {
    #[cfg(target_arch = "wasm32")]
    core::arch::wasm32::unreachable();
    #[cfg(not(target_arch = "wasm32"))]
    alloc::alloc::handle_alloc_error(core::alloc::Layout::new::<u64>())
}

/// Appends items.
pub(crate) fn extend<T: Copy>(list: &mut Vec<T>, items: &[T]) {
    for item in items {
        push(list, *item);
    }
}

/// A list of these items, and room for no others.
pub(crate) fn copy<T: Copy>(items: &[T]) -> Vec<T> {
    let mut list = Vec::new();
    make_room(&mut list, items.len());
    extend(&mut list, items);
    list
}

/// A list of so many items that are alike.
pub(crate) fn filled<T: Copy>(item: T, count: usize) -> Vec<T> {
    let mut list = Vec::new();
    make_room(&mut list, count);
    for _ in 0..count {
        push(&mut list, item);
    }
    list
}

/// Iterators that become lists.
#[cfg(feature = "engine")]
pub(crate) trait Listed: Iterator + Sized {
    /// All items.
    fn listed(self) -> Vec<Self::Item> {
        let mut list = Vec::new();
        push_all(&mut list, self);
        list
    }
}

#[cfg(feature = "engine")]
impl<I: Iterator> Listed for I {}

/// Appends items.
#[cfg(feature = "engine")]
pub(crate) fn push_all<T>(list: &mut Vec<T>, items: impl IntoIterator<Item = T>) {
    for item in items {
        list.push(item);
    }
}

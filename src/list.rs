//! Lists by pushing. `collect` and `extend` reserve by what an iterator promises and are compiled anew
//! for each; in wasm that is three times the code of these loops.

use alloc::vec::Vec;

/// Iterators that become lists.
pub(crate) trait Listed: Iterator + Sized {
    /// All items.
    fn listed(self) -> Vec<Self::Item> {
        let mut list = Vec::new();
        push_all(&mut list, self);
        list
    }
}

impl<I: Iterator> Listed for I {}

/// Appends items.
pub(crate) fn push_all<T>(list: &mut Vec<T>, items: impl IntoIterator<Item = T>) {
    for item in items {
        list.push(item);
    }
}

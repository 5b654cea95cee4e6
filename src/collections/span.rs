//! Pools: many short lists in one, each of them a range of it.

use alloc::vec::Vec;

use super::list::push_all;
use crate::ids::RangeOf;

/// Appends items to a pool and gives their range.
#[expect(clippy::cast_possible_truncation, reason = "a document has fewer than 2^32 entries")]
pub(crate) fn span<T>(pool: &mut Vec<T>, items: impl IntoIterator<Item = T>) -> RangeOf<T> {
    let start = pool.len() as u32;
    push_all(pool, items);
    RangeOf::new(start..pool.len() as u32)
}

/// Appends an item to a pool, if there is one.
pub(crate) fn add<T>(pool: &mut Vec<T>, item: Option<T>) {
    if let Some(item) = item {
        pool.push(item);
    }
}

/// The range of all items of a pool from `first` on.
#[expect(clippy::cast_possible_truncation, reason = "a document has fewer than 2^32 entries")]
pub(crate) fn span_from<T>(first: usize, pool: &[T]) -> RangeOf<T> {
    RangeOf::new(first as u32..pool.len() as u32)
}

/// The items of a range of a pool.
pub(crate) fn within<T>(pool: &[T], range: RangeOf<T>) -> &[T] {
    pool.get(range.start as usize..range.end as usize).unwrap_or_default()
}

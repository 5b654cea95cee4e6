//! The one sort of the crate. Every instance of the standard sorts costs some 10 KB of wasm, so only
//! positions are ever sorted, and the comparison is passed by reference.

use alloc::vec::Vec;
use core::cmp::Ordering;

use crate::collections::list;

/// How what stands at two positions compares. A trait of its own, since each closure behind a `dyn Fn` is
/// compiled twice.
pub(crate) trait Order {
    fn of(&self, a: usize, b: usize) -> Ordering;
}

impl<F: Fn(usize, usize) -> Ordering> Order for F {
    fn of(&self, a: usize, b: usize) -> Ordering {
        self(a, b)
    }
}

/// The positions `0..count` in the order of `compare`; what compares equal stays in order.
pub(crate) fn order(count: usize, compare: &dyn Order) -> Vec<u32> {
    let mut positions = Vec::new();
    list::make_room(&mut positions, count);
    for at in 0..count {
        list::push(&mut positions, position(at));
    }
    sort_positions(&mut positions, compare);
    positions
}

#[expect(clippy::cast_possible_truncation, reason = "lists have fewer than 2^32 items")]
fn position(at: usize) -> u32 {
    at as u32
}

/// Sorts positions: runs of one, two, four and so on are merged.
pub(crate) fn sort_positions(positions: &mut Vec<u32>, compare: &dyn Order) {
    let count = positions.len();
    let mut merged = list::filled(0, count);
    let mut run = 1;
    while run < count {
        let mut from = 0;
        while from < count {
            let end = count.min(from + 2 * run);
            merge(positions, &mut merged, (from, count.min(from + run), end), compare);
            from = end;
        }
        core::mem::swap(positions, &mut merged);
        run *= 2;
    }
}

/// Merges the runs `from..middle` and `middle..end`.
fn merge(runs: &[u32], into: &mut [u32], (from, middle, end): (usize, usize, usize), compare: &dyn Order) {
    let (mut left, mut right) = (from, middle);
    let at = |at: usize| runs.get(at).copied().unwrap_or_default();
    for slot in into.get_mut(from..end).unwrap_or_default() {
        let takes_right =
            left == middle || (right < end && compare.of(at(right) as usize, at(left) as usize).is_lt());
        let next = if takes_right { &mut right } else { &mut left };
        *slot = at(*next);
        *next += 1;
    }
}

#[cfg(feature = "engine")]
pub(crate) use items::{sort_by, sort_set};

/// Sorting lists in place.
#[cfg(feature = "engine")]
mod items {
    use alloc::vec::Vec;
    use core::cmp::Ordering;

    use super::{Order, order, position};

    /// A list that can be sorted.
    trait Sortable: Order {
        /// Swaps two items that are there.
        fn swap(&mut self, a: usize, b: usize);
    }

    struct Items<'a, T, F> {
        items: &'a mut [T],
        compare: F,
    }

    impl<T, F: Fn(&T, &T) -> Ordering> Order for Items<'_, T, F> {
        fn of(&self, a: usize, b: usize) -> Ordering {
            match (self.items.get(a), self.items.get(b)) {
                (Some(a), Some(b)) => (self.compare)(a, b),
                _ => Ordering::Equal,
            }
        }
    }

    impl<T, F: Fn(&T, &T) -> Ordering> Sortable for Items<'_, T, F> {
        fn swap(&mut self, a: usize, b: usize) {
            // The question leaves nothing to panic about.
            if a < self.items.len() && b < self.items.len() {
                self.items.swap(a, b);
            }
        }
    }

    /// Sorts; what compares equal stays in order.
    pub(crate) fn sort_by<T>(items: &mut [T], compare: impl Fn(&T, &T) -> Ordering) {
        let count = items.len();
        if count > 1 {
            sort(&mut Items { items, compare }, count);
        }
    }

    /// Sorts and drops what is there twice.
    pub(crate) fn sort_set<T: Ord>(items: &mut Vec<T>) {
        let count = items.len();
        if count > 1 {
            let mut sorted = Items { items, compare: T::cmp };
            sort(&mut sorted, count);
            let kept = unite(&mut sorted, count);
            items.truncate(kept);
        }
    }

    #[inline(never)]
    fn sort(items: &mut dyn Sortable, count: usize) {
        let mut sorted = order(count, items);
        // Moves the items along the cycles of the permutation; a position that is done refers to itself.
        for start in 0..count {
            let mut at = start;
            while let Some(slot) = sorted.get_mut(at) {
                let from = core::mem::replace(slot, position(at)) as usize;
                if from == start || from == at {
                    break;
                }
                items.swap(at, from);
                at = from;
            }
        }
    }

    /// Moves what is there twice behind the others, of which it gives the number.
    #[inline(never)]
    fn unite(items: &mut dyn Sortable, count: usize) -> usize {
        let mut kept = 0;
        for at in 1..count {
            if items.of(at, kept).is_ne() {
                kept += 1;
                items.swap(at, kept);
            }
        }
        kept + 1
    }
}

#[cfg(all(test, feature = "engine"))]
mod tests {
    use super::*;

    #[test]
    fn equal_items_stay_in_order() {
        let mut items = Vec::from([(2, 'a'), (1, 'b'), (2, 'c'), (1, 'd')]);
        sort_by(&mut items, |a, b| a.0.cmp(&b.0));
        assert_eq!(items, [(1, 'b'), (1, 'd'), (2, 'a'), (2, 'c')]);
        for shift in 0..7 {
            let mut items: Vec<usize> = (0..7).map(|n| (n * 3 + shift) % 7).collect();
            sort_by(&mut items, Ord::cmp);
            assert_eq!(items, [0, 1, 2, 3, 4, 5, 6]);
        }
        let mut items = Vec::from([3, 1, 3]);
        sort_set(&mut items);
        assert_eq!(items, [1, 3]);
    }
}

//! The one sort of the crate. Every instance of the standard sorts costs some 10 KB of wasm, so only
//! positions are ever sorted, and the comparison is passed by reference.

use alloc::vec::Vec;
use core::cmp::Ordering;

/// The positions `0..count` in the order of `compare`; what compares equal stays in order.
pub(crate) fn order(count: usize, compare: &dyn Fn(usize, usize) -> Ordering) -> Vec<u32> {
    let mut positions: Vec<u32> = crate::ids::all(count).collect();
    positions.sort_by(&mut |a: &u32, b: &u32| compare(*a as usize, *b as usize));
    positions
}

/// Sorts; what compares equal stays in order.
pub(crate) fn sort_by<T>(items: &mut [T], compare: impl Fn(&T, &T) -> Ordering) {
    if items.len() < 2 {
        return;
    }
    let mut sorted = order(items.len(), &|a, b| match (items.get(a), items.get(b)) {
        (Some(a), Some(b)) => compare(a, b),
        _ => Ordering::Equal,
    });
    // Moves the items along the cycles of the permutation; a position that is done refers to itself.
    for start in 0..items.len() {
        let mut at = start;
        while let Some(slot) = sorted.get_mut(at) {
            let from = core::mem::replace(slot, crate::ids::id(at)) as usize;
            if from == start || from == at {
                break;
            }
            items.swap(at, from);
            at = from;
        }
    }
}

/// Sorts and drops what is there twice.
pub(crate) fn sort_set<T: Ord>(items: &mut Vec<T>) {
    sort_by(items, T::cmp);
    items.dedup();
}

#[cfg(test)]
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

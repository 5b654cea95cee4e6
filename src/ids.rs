//! Ids are small numbers of their own types; names are looked up once, at the edges.

use alloc::vec::Vec;
use core::cmp::Ordering;

use crate::sort;

macro_rules! ids {
    ($($name:ident $doc:literal,)*) => {$(
        #[doc = $doc]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub(crate) struct $name(pub(crate) u32);

        impl Id for $name {
            fn of(index: u32) -> Self {
                Self(index)
            }

            fn index(self) -> usize {
                self.0 as usize
            }
        }
    )*};
}

ids! {
    PermissionId "A permission, in catalog order.",
    CategoryId "A category, in catalog order.",
    RoleId "A role, in document order.",
    TeamId "A team, in document order.",
    UserId "A user, in document order.",
    ConditionId "A condition.",
}

/// An index with a type.
pub(crate) trait Id: Copy {
    fn of(index: u32) -> Self;
    fn index(self) -> usize;
}

impl Id for u32 {
    fn of(index: u32) -> Self {
        index
    }

    fn index(self) -> usize {
        self as usize
    }
}

/// The ids of a list, in order.
pub(crate) fn all<I: Id>(count: usize) -> impl Iterator<Item = I> {
    (0..count).map(id)
}

/// The id of a position in a list.
#[expect(clippy::cast_possible_truncation, reason = "a document has fewer than 2^32 entries")]
pub(crate) fn id<I: Id>(index: usize) -> I {
    I::of(index as u32)
}

/// Finds names in a list, in logarithmic time whatever the names.
///
/// Entries are `(hash, position)` pairs, sorted by hash, then name, then position: a look-up
/// compares numbers, and names only where hashes are equal.
#[derive(Debug, Default)]
pub(crate) struct Names {
    sorted: Vec<(u32, u32)>,
}

impl Names {
    /// Indexes the names at the positions `0..count`; a position without a name is left out.
    #[inline(never)]
    pub(crate) fn new<'a>(count: usize, name: &dyn Fn(usize) -> Option<&'a str>) -> Self {
        let hashes: Vec<Option<u32>> = (0..count).map(|at| name(at).map(hash)).collect();
        let hash_at = |at: usize| hashes.get(at).copied().flatten();
        let order = sort::order(count, &|a, b| {
            let by_name = || if a == b { Ordering::Equal } else { name(a).cmp(&name(b)) };
            hash_at(a).cmp(&hash_at(b)).then_with(by_name)
        });
        let sorted = order.into_iter().filter_map(|at| Some((hash_at(at as usize)?, at))).collect();
        Self { sorted }
    }

    /// The first position that has this name.
    #[inline(never)]
    pub(crate) fn find<'a>(&self, wanted: &str, name: &dyn Fn(usize) -> &'a str) -> Option<usize> {
        let key = hash(wanted);
        let at = self
            .sorted
            .partition_point(|&(hash, at)| hash < key || (hash == key && name(at as usize) < wanted));
        let &(hash, at) = self.sorted.get(at)?;
        (hash == key && name(at as usize) == wanted).then_some(at as usize)
    }

    /// The positions whose name an earlier position has.
    pub(crate) fn repeated<'a>(&self, name: &dyn Fn(usize) -> &'a str) -> Vec<usize> {
        let same = |pair: &[(u32, u32)]| match pair {
            [(a, first), (b, second)] if a == b && name(*first as usize) == name(*second as usize) => {
                Some(*second as usize)
            }
            _ => None,
        };
        self.sorted.windows(2).filter_map(same).collect()
    }
}

/// A set of ids of one list, a bit for each.
#[derive(Debug)]
pub(crate) struct Marks(Vec<u64>);

impl Marks {
    /// The empty set of ids below `count`.
    pub(crate) fn new(count: usize) -> Self {
        Self(alloc::vec![0; count.div_ceil(64)])
    }

    pub(crate) fn has(&self, id: impl Id) -> bool {
        self.0.get(id.index() / 64).is_some_and(|word| word & (1 << (id.index() % 64)) != 0)
    }

    /// Adds an id; false if it was there already, or is none of the list.
    pub(crate) fn add(&mut self, id: impl Id) -> bool {
        let bit = 1 << (id.index() % 64);
        let Some(word) = self.0.get_mut(id.index() / 64) else { return false };
        let is_new = *word & bit == 0;
        *word |= bit;
        is_new
    }
}

/// A set of pairs of numbers: open addressing in a table that is at most half full.
#[derive(Debug, Default)]
pub(crate) struct Pairs {
    /// A pair and one more than it, so that 0 is free.
    table: Vec<u64>,
    count: usize,
}

impl Pairs {
    /// Adds a pair; false if it was there already.
    pub(crate) fn add(&mut self, a: u32, b: u32) -> bool {
        if 2 * self.count >= self.table.len() {
            let grown = alloc::vec![0; (2 * self.table.len()).max(16)];
            for entry in core::mem::replace(&mut self.table, grown) {
                if entry != 0 {
                    self.put(entry);
                }
            }
        }
        let is_new = self.put(((u64::from(a) << 32) | u64::from(b)) + 1);
        self.count += usize::from(is_new);
        is_new
    }

    fn put(&mut self, entry: u64) -> bool {
        let mask = self.table.len() - 1;
        let mixed = (entry ^ (entry >> 29)).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32;
        let mut at = usize::try_from(mixed).unwrap_or_default() & mask;
        while let Some(slot) = self.table.get_mut(at) {
            if *slot == 0 || *slot == entry {
                let is_new = *slot == 0;
                *slot = entry;
                return is_new;
            }
            at = (at + 1) & mask;
        }
        false
    }
}

/// FNV-1a.
fn hash(name: &str) -> u32 {
    name.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_new_once() {
        let mut pairs = Pairs::default();
        for round in 0..2 {
            for n in 0..1000 {
                assert_eq!(pairs.add(n % 10, n), round == 0, "{n}");
            }
        }
    }

    #[test]
    fn names_are_found_and_repeats_named() {
        let list = ["b", "a", "", "b", "c", "b"];
        let names = Names::new(list.len(), &|at| Some(list[at]).filter(|name: &&str| !name.is_empty()));
        let find = |name| names.find(name, &|at| list[at]);
        assert_eq!((find("b"), find("d"), find("")), (Some(0), None, None));
        assert_eq!(names.repeated(&|at| list[at]), [3, 5]);
    }
}

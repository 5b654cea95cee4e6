//! Ids are small numbers of their own types, and sets of them.

use alloc::vec::Vec;
use core::num::NonZeroU32;

// One more than the index is kept, so that an id that may be absent takes no more room than one that is there.
macro_rules! ids {
    ($($name:ident $doc:literal,)*) => {$(
        #[doc = $doc]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub(crate) struct $name(NonZeroU32);

        impl Id for $name {
            fn of(index: u32) -> Self {
                Self(NonZeroU32::MIN.saturating_add(index))
            }

            fn index(self) -> usize {
                (self.0.get() - 1) as usize
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
    WindowId "A window of time.",
}

/// An index with a type.
pub(crate) trait Id: Copy {
    fn of(index: u32) -> Self;
    fn index(self) -> usize;

    /// One more than the index.
    #[expect(clippy::cast_possible_truncation, reason = "a document has fewer than 2^32 entries")]
    fn number(self) -> u32 {
        self.index() as u32 + 1
    }
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
}

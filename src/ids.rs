//! Ids are small numbers of their own types, and sets of them.

use alloc::vec::Vec;
use core::fmt;
use core::marker::PhantomData;
use core::num::NonZeroU32;
use core::ops::Range;

// One more than the index is kept, so that an id that may be absent takes no more room than one that is
// there.
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
    RoleTypeId "A role type, in the order of the catalog.",
    ResourceTypeId "A resource type, in the order of first appearance.",
    ConditionId "A condition.",
    WindowId "A window of time.",
}

impl RoleId {
    /// No role: beyond the last that any document has, so that nothing is found of it.
    pub(crate) const NONE: Self = Self(NonZeroU32::MAX);
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

/// A range of indices in a list of such items. It does not fit a list of others.
pub(crate) struct RangeOf<T> {
    pub(crate) start: u32,
    pub(crate) end: u32,
    of: PhantomData<fn() -> T>,
}

impl<T> RangeOf<T> {
    pub(crate) fn new(Range { start, end }: Range<u32>) -> Self {
        Self { start, end, of: PhantomData }
    }

    pub(crate) fn indices(self) -> Range<u32> {
        self.start..self.end
    }
}

impl<T> Clone for RangeOf<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for RangeOf<T> {}

impl<T> fmt::Debug for RangeOf<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.indices().fmt(f)
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
#[derive(Clone, Debug, Default)]
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

    /// Adds all ids of another set of the same list.
    pub(crate) fn join(&mut self, other: &Self) {
        if self.0.len() < other.0.len() {
            self.0.resize(other.0.len(), 0);
        }
        for (word, more) in self.0.iter_mut().zip(&other.0) {
            *word |= more;
        }
    }

    /// The ids that are in another set, too.
    pub(crate) fn within(mut self, other: &Self) -> Self {
        self.0.truncate(other.0.len());
        for (word, kept) in self.0.iter_mut().zip(&other.0) {
            *word &= kept;
        }
        self
    }

    /// The ids that are not in another set.
    pub(crate) fn without(mut self, other: &Self) -> Self {
        for (word, gone) in self.0.iter_mut().zip(&other.0) {
            *word &= !gone;
        }
        self
    }

    /// Whether two sets share an id.
    pub(crate) fn meets(&self, other: &Self) -> bool {
        self.0.iter().zip(&other.0).any(|(a, b)| a & b != 0)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.iter().all(|word| *word == 0)
    }

    /// How many ids there are.
    pub(crate) fn count(&self) -> usize {
        self.0.iter().map(|word| word.count_ones() as usize).sum()
    }
}

/// What was found out for pairs of numbers.
#[derive(Debug)]
pub(crate) struct Keyed<T> {
    keys: Keys,
    values: Vec<T>,
}

impl<T> Default for Keyed<T> {
    fn default() -> Self {
        Self { keys: Keys::default(), values: Vec::new() }
    }
}

impl<T> Keyed<T> {
    /// What is known of a pair.
    pub(crate) fn get(&self, a: u32, b: u32) -> Option<&T> {
        self.values.get(self.keys.position(join(a, b))?)
    }

    /// Notes what is known of a pair; false if something was known already, and stays.
    pub(crate) fn put(&mut self, a: u32, b: u32, value: T) -> bool {
        let is_new = self.keys.add(join(a, b));
        if is_new {
            self.values.push(value);
        }
        is_new
    }
}

/// Numbered keys: open addressing in a table that is at most half full.
#[derive(Debug, Default)]
struct Keys {
    /// One more than the number of a key; 0 is free.
    table: Vec<u32>,
    keys: Vec<u64>,
}

impl Keys {
    #[inline(never)]
    fn position(&self, key: u64) -> Option<usize> {
        let slot = self.table.get(self.slot(key))?;
        (*slot as usize).checked_sub(1)
    }

    /// Adds a key; false if it was there already.
    #[inline(never)]
    fn add(&mut self, key: u64) -> bool {
        if 2 * self.keys.len() >= self.table.len() {
            self.table = alloc::vec![0; (2 * self.table.len()).max(16)];
            for at in 0..self.keys.len() {
                if let Some(key) = self.keys.get(at) {
                    self.take(*key, at);
                }
            }
        }
        let is_new = self.take(key, self.keys.len());
        if is_new {
            self.keys.push(key);
        }
        is_new
    }

    /// Gives a key its slot; false if it has one.
    fn take(&mut self, key: u64, at: usize) -> bool {
        let free = self.slot(key);
        match self.table.get_mut(free) {
            Some(slot) if *slot == 0 => *slot = id::<u32>(at) + 1,
            _ => return false,
        }
        true
    }

    /// The slot of a key, or a free one where it is not there.
    fn slot(&self, key: u64) -> usize {
        let mask = self.table.len().wrapping_sub(1);
        let mixed = (key ^ (key >> 29)).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32;
        let mut at = usize::try_from(mixed).unwrap_or_default() & mask;
        let is_other = |slot: u32| {
            let known = (slot as usize).checked_sub(1).and_then(|at| self.keys.get(at));
            known.is_some_and(|known| *known != key)
        };
        while self.table.get(at).is_some_and(|slot| is_other(*slot)) {
            at = (at + 1) & mask;
        }
        at
    }
}

fn join(a: u32, b: u32) -> u64 {
    (u64::from(a) << 32) | u64::from(b)
}

/// A set of pairs of numbers.
#[derive(Debug, Default)]
pub(crate) struct Pairs(Keyed<()>);

impl Pairs {
    /// Adds a pair; false if it was there already.
    pub(crate) fn add(&mut self, a: u32, b: u32) -> bool {
        self.0.put(a, b, ())
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

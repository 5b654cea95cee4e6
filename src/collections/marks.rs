//! Sets of ids, a bit for each id of a list.

use alloc::vec::Vec;

use crate::ids::Id;

/// A set of ids of one list, a bit for each.
#[derive(Clone, Debug, Default)]
#[cfg_attr(feature = "administration", derive(PartialEq, Eq))]
pub(crate) struct Marks(Vec<u64>);

impl Marks {
    /// The set of no list.
    #[cfg(feature = "engine")]
    pub(crate) const NONE: Self = Self(Vec::new());

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

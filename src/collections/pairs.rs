//! Pairs of numbers: what is known of each, and sets of them.

use alloc::vec::Vec;

use crate::ids::id;

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
    /// Nothing.
    pub(crate) const NONE: Self =
        Self { keys: Keys { table: Vec::new(), keys: Vec::new() }, values: Vec::new() };

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

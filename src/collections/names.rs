//! Names are looked up once, at the edges.
//!
//! Twin of pkg-template/src/engine/tables.ts; tests/unit/engine/finding.test.mjs holds them equal.

use alloc::vec::Vec;

use crate::collections::{list, sort};

/// The names of a list. A trait of its own, since each closure behind a `dyn Fn` is compiled twice.
pub(crate) trait Named<'a> {
    /// The name at a position, if there is one.
    fn name_at(&self, at: usize) -> Option<&'a [u8]>;

    /// Whether the name at a position is this.
    fn is_at(&self, at: usize, name: &[u8]) -> bool {
        self.name_at(at) == Some(name)
    }
}

impl<'a, F: Fn(usize) -> Option<&'a [u8]>> Named<'a> for F {
    fn name_at(&self, at: usize) -> Option<&'a [u8]> {
        self(at)
    }
}

/// Finds names in a list, in logarithmic time whatever the names.
///
/// Entries are a hash and, below it, a position; they are sorted by hash, then name, then position: a
/// look-up compares numbers, and names only where hashes are equal. Twin of `findUser` in
/// pkg-template/src/engine/tables.ts.
#[derive(Debug, Default)]
pub(crate) struct Names {
    sorted: Vec<u64>,
}

impl Names {
    /// No names.
    pub(crate) const EMPTY: Self = Self { sorted: Vec::new() };

    /// Indexes the names at the positions `0..count`; a position without a name is left out.
    #[inline(never)]
    pub(crate) fn new(count: usize, names: &dyn Named<'_>) -> Self {
        let mut sorted = Vec::new();
        list::make_room(&mut sorted, count);
        for at in 0..count {
            if let Some(name) = names.name_at(at) {
                list::push(&mut sorted, (u64::from(hash(name)) << 32) | at as u64);
            }
        }
        sort_by_upper(&mut sorted);
        let mut first = 0;
        for end in 1..=sorted.len() {
            let hash_at = |at: usize| sorted.get(at).map(|entry| upper(*entry));
            if hash_at(end) != hash_at(first) {
                if end > first + 1 {
                    sort_by_name(sorted.get_mut(first..end).unwrap_or_default(), names);
                }
                first = end;
            }
        }
        Self { sorted }
    }

    #[cfg(not(feature = "engine"))]
    pub(crate) fn entries(&self) -> &[u64] {
        &self.sorted
    }

    /// The first position that has this name.
    #[inline(never)]
    pub(crate) fn find(&self, wanted: &[u8], names: &dyn Named<'_>) -> Option<usize> {
        let hash = hash(wanted);
        let (mut from, mut to, mut found) = (0, self.sorted.len(), None);
        while from < to {
            let middle = usize::midpoint(from, to);
            let entry = self.sorted.get(middle).copied().unwrap_or_default();
            let at = position(entry);
            let is_before = if upper(entry) != hash {
                upper(entry) < hash
            } else if names.is_at(at, wanted) {
                found = Some(at);
                false
            } else {
                // Two names with one hash are rare, unless somebody chose them.
                names.name_at(at) < Some(wanted)
            };
            if is_before {
                from = middle + 1;
            } else {
                to = middle;
            }
        }
        found
    }

    /// The positions whose name an earlier position has.
    pub(crate) fn repeated(&self, names: &dyn Named<'_>) -> Vec<usize> {
        let mut found = Vec::new();
        let mut last = 0;
        for &entry in &self.sorted {
            if upper(last) == upper(entry)
                && last != entry
                && names.name_at(position(last)) == names.name_at(position(entry))
            {
                list::push(&mut found, position(entry));
            }
            last = entry;
        }
        found
    }
}

fn upper(entry: u64) -> u32 {
    (entry >> 32) as u32
}

#[expect(clippy::cast_possible_truncation, reason = "the lower half of an entry")]
pub(crate) fn position(entry: u64) -> usize {
    entry as u32 as usize
}

/// Sorts entries by their upper halves, a byte at a time; what is equal stays in order.
#[inline(never)]
pub(crate) fn sort_by_upper(entries: &mut Vec<u64>) {
    let mut sorted = list::filled(0, entries.len());
    for shift in [32, 40, 48, 56] {
        sort_by_byte(entries, &mut sorted, shift);
        core::mem::swap(entries, &mut sorted);
    }
}

/// Sorts entries by the byte that begins at a bit, into another list.
#[inline(never)]
#[expect(clippy::cast_possible_truncation, reason = "one byte of an entry at a time")]
fn sort_by_byte(entries: &[u64], sorted: &mut [u64], shift: u32) {
    let digit = |entry: u64| usize::from((entry >> shift) as u8);
    let mut ends = [0_u32; 256];
    for entry in entries {
        if let Some(count) = ends.get_mut(digit(*entry)) {
            *count += 1;
        }
    }
    let mut sum = 0;
    for end in &mut ends {
        sum += core::mem::replace(end, sum);
    }
    for entry in entries {
        if let Some(end) = ends.get_mut(digit(*entry)) {
            if let Some(slot) = sorted.get_mut(*end as usize) {
                *slot = *entry;
            }
            *end += 1;
        }
    }
}

/// Sorts entries with one hash by their names.
#[inline(never)]
fn sort_by_name(entries: &mut [u64], names: &dyn Named<'_>) {
    let unsorted = list::copy(entries);
    let entry_at = |at: usize| unsorted.get(at).copied().unwrap_or_default();
    let name_at = |at: usize| names.name_at(position(entry_at(at)));
    let order = sort::order(unsorted.len(), &|a: usize, b: usize| name_at(a).cmp(&name_at(b)));
    for (slot, at) in entries.iter_mut().zip(order) {
        *slot = entry_at(at as usize);
    }
}

/// Eight bytes at a time, each time multiplied into all bits. Twin of `hashOf` in
/// pkg-template/src/engine/tables.ts.
#[expect(clippy::cast_possible_truncation, reason = "the lower half of a hash")]
fn hash(name: &[u8]) -> u32 {
    let (words, rest) = name.as_chunks::<8>();
    let last = rest.iter().rev().fold(0, |last, byte| (last << 8) | u64::from(*byte));
    let words = words.iter().map(|word| u64::from_le_bytes(*word));
    let mut hash = name.len() as u64;
    for word in words.chain([last]) {
        hash = (hash ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        hash ^= hash >> 32;
    }
    hash as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_and_repeats_named() {
        let list = ["b", "a", "", "b", "c", "b"];
        let name = |at: usize| Some(list[at].as_bytes()).filter(|name| !name.is_empty());
        let names = Names::new(list.len(), &name);
        let find = |wanted: &str| names.find(wanted.as_bytes(), &name);
        assert_eq!((find("b"), find("d"), find("")), (Some(0), None, None));
        assert_eq!(names.repeated(&name), [3, 5]);
    }

    #[test]
    fn names_with_one_hash_are_told_apart() {
        use alloc::format;
        use alloc::string::String;

        let mut known = alloc::collections::BTreeMap::new();
        let mut twins: Vec<[String; 2]> = Vec::new();
        for at in 0..400_000 {
            let name = format!("name-{at}");
            if let Some(other) = known.insert(hash(name.as_bytes()), name.clone()) {
                twins.push([other, name]);
            }
        }
        assert!(twins.len() > 5, "{}", twins.len());
        let list: Vec<String> = twins.iter().flatten().cloned().collect();
        for list in [list.clone(), list.into_iter().rev().collect()] {
            let name_at = |at: usize| list.get(at).map(String::as_bytes);
            let names = Names::new(list.len(), &name_at);
            for (at, name) in list.iter().enumerate() {
                assert_eq!(names.find(name.as_bytes(), &name_at), Some(at), "{name}");
            }
        }
        let [present, absent] = &twins[0];
        let name_at = |_: usize| Some(present.as_bytes());
        assert_eq!(Names::new(1, &name_at).find(absent.as_bytes(), &name_at), None);
    }
}

//! Ids are small numbers of their own types; names are looked up once, at the edges.

use alloc::vec::Vec;
use core::num::NonZeroU32;

use crate::sort;

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

/// Finds names in a list, in logarithmic time whatever the names, and mostly in one step.
///
/// Entries are a hash and, below it, a position; they are sorted by hash, then name, then position: a
/// look-up compares numbers, and names only where hashes are equal.
#[derive(Debug, Default)]
pub(crate) struct Names {
    sorted: Vec<u64>,
    /// Where the entries begin whose hashes begin with this many; and the end of all.
    starts: Vec<u32>,
    /// How many bits of an entry follow those.
    shift: u32,
}

impl Names {
    /// Indexes the names at the positions `0..count`; a position without a name is left out.
    #[inline(never)]
    pub(crate) fn new<'a>(count: usize, name: &dyn Fn(usize) -> Option<&'a str>) -> Self {
        let mut sorted = Vec::with_capacity(count);
        for at in 0..count {
            if let Some(name) = name(at) {
                sorted.push((u64::from(hash(name)) << 32) | at as u64);
            }
        }
        sort_by_hash(&mut sorted);
        let mut first = 0;
        while let Some(&entry) = sorted.get(first) {
            let mut end = first + 1;
            while sorted.get(end).is_some_and(|next| next >> 32 == entry >> 32) {
                end += 1;
            }
            if end > first + 1 {
                sort_by_name(sorted.get_mut(first..end).unwrap_or_default(), name);
            }
            first = end;
        }
        Self::of(sorted)
    }

    /// About four entries begin alike.
    fn of(sorted: Vec<u64>) -> Self {
        let bits = (sorted.len() / 4).max(1).ilog2();
        let shift = 64 - bits;
        let mut starts = Vec::with_capacity((1 << bits) + 1);
        for (at, &entry) in (0..).zip(&sorted) {
            while starts.len() <= first_bits(entry, shift) {
                starts.push(at);
            }
        }
        starts.resize((1 << bits) + 1, id(sorted.len()));
        Self { sorted, starts, shift }
    }

    /// The first position that has this name.
    #[inline(never)]
    pub(crate) fn find<'a>(&self, wanted: &str, name: &dyn Fn(usize) -> &'a str) -> Option<usize> {
        let key = u64::from(hash(wanted)) << 32;
        let start = |at: usize| self.starts.get(at).map_or(0, |start| *start as usize);
        let bits = first_bits(key, self.shift);
        let alike = self.sorted.get(start(bits)..start(bits + 1)).unwrap_or_default();
        let rest = alike.get(alike.partition_point(|entry| *entry < key)..).unwrap_or_default();
        let is_hit = |entry: u64| hash_of(entry) == hash_of(key);
        // Of several names with one hash, which are rare unless somebody chose them, the wanted one.
        let at = if rest.get(1).is_some_and(|next| is_hit(*next)) {
            rest.partition_point(|entry| is_hit(*entry) && name(position(*entry)) < wanted)
        } else {
            0
        };
        let entry = *rest.get(at)?;
        (is_hit(entry) && name(position(entry)) == wanted).then_some(position(entry))
    }

    /// The positions whose name an earlier position has.
    pub(crate) fn repeated<'a>(&self, name: &dyn Fn(usize) -> &'a str) -> Vec<usize> {
        let mut found = Vec::new();
        for pair in self.sorted.windows(2) {
            if let [a, b] = pair
                && hash_of(*a) == hash_of(*b)
                && name(position(*a)) == name(position(*b))
            {
                found.push(position(*b));
            }
        }
        found
    }
}

fn first_bits(entry: u64, shift: u32) -> usize {
    entry.checked_shr(shift).map_or(0, |bits| usize::try_from(bits).unwrap_or_default())
}

fn hash_of(entry: u64) -> u32 {
    (entry >> 32) as u32
}

#[expect(clippy::cast_possible_truncation, reason = "the lower half of an entry")]
fn position(entry: u64) -> usize {
    entry as u32 as usize
}

/// Sorts entries by their hashes, a byte of them at a time; what is equal stays in order.
#[expect(clippy::cast_possible_truncation, reason = "one byte of a hash at a time")]
fn sort_by_hash(entries: &mut Vec<u64>) {
    let mut sorted = alloc::vec![0; entries.len()];
    for shift in [32, 40, 48, 56] {
        let digit = |entry: u64| (entry >> shift) as u8;
        let mut ends = [0; 256];
        for entry in &*entries {
            if let Some(count) = ends.get_mut(usize::from(digit(*entry))) {
                *count += 1;
            }
        }
        let mut sum = 0;
        for end in &mut ends {
            sum += core::mem::replace(end, sum);
        }
        for entry in &*entries {
            if let Some(end) = ends.get_mut(usize::from(digit(*entry))) {
                if let Some(slot) = sorted.get_mut(*end) {
                    *slot = *entry;
                }
                *end += 1;
            }
        }
        core::mem::swap(entries, &mut sorted);
    }
}

/// Sorts entries with one hash by their names.
fn sort_by_name<'a>(entries: &mut [u64], name: &dyn Fn(usize) -> Option<&'a str>) {
    let unsorted = entries.to_vec();
    let name_at = |at: usize| unsorted.get(at).and_then(|entry| name(position(*entry)));
    for (slot, at) in
        entries.iter_mut().zip(sort::order(unsorted.len(), &|a: usize, b: usize| name_at(a).cmp(&name_at(b))))
    {
        *slot = unsorted.get(at as usize).copied().unwrap_or_default();
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

/// Eight bytes at a time, each time multiplied into all bits.
#[expect(clippy::cast_possible_truncation, reason = "the lower half of a hash")]
pub(crate) fn hash(name: &str) -> u32 {
    let (words, rest) = name.as_bytes().as_chunks::<8>();
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

    #[test]
    fn names_with_one_hash_are_told_apart() {
        use alloc::format;
        use alloc::string::String;

        let mut known = alloc::collections::BTreeMap::new();
        let mut twins: Vec<[String; 2]> = Vec::new();
        for at in 0..400_000 {
            let name = format!("name-{at}");
            if let Some(other) = known.insert(hash(&name), name.clone()) {
                twins.push([other, name]);
            }
        }
        assert!(twins.len() > 5, "{}", twins.len());
        let list: Vec<String> = twins.iter().flatten().cloned().collect();
        for list in [list.clone(), list.into_iter().rev().collect()] {
            let names = Names::new(list.len(), &|at| list.get(at).map(String::as_str));
            for (at, name) in list.iter().enumerate() {
                assert_eq!(names.find(name, &|at| &list[at]), Some(at), "{name}");
            }
        }
        let [present, absent] = &twins[0];
        let names = Names::new(1, &|_| Some(present.as_str()));
        assert_eq!(names.find(absent, &|_| present.as_str()), None);
    }
}

//! Names are looked up once, at the edges.

use alloc::vec::Vec;

use crate::sort;

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

/// Of up to so many entries each is looked at.
const FEW: usize = 8;

impl Names {
    /// No names.
    pub(crate) const EMPTY: Self = Self { sorted: Vec::new(), starts: Vec::new(), shift: 0 };

    /// Indexes the names at the positions `0..count`; a position without a name is left out.
    #[inline(never)]
    pub(crate) fn new(count: usize, names: &dyn Named<'_>) -> Self {
        let mut sorted = Vec::with_capacity(count);
        for at in 0..count {
            if let Some(name) = names.name_at(at) {
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
                sort_by_name(sorted.get_mut(first..end).unwrap_or_default(), names);
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
        starts.resize((1 << bits) + 1, position_of(sorted.len()));
        Self { sorted, starts, shift }
    }

    /// The first position that has this name.
    #[inline(never)]
    pub(crate) fn find(&self, wanted: &[u8], names: &dyn Named<'_>) -> Option<usize> {
        let key = u64::from(hash(wanted)) << 32;
        let start = |at: usize| self.starts.get(at).map_or(0, |start| *start as usize);
        let bits = first_bits(key, self.shift);
        let mut rest = self.sorted.get(start(bits)..start(bits + 1)).unwrap_or_default();
        if rest.len() > FEW {
            rest = rest.get(rest.partition_point(|entry| *entry < key)..).unwrap_or_default();
        }
        while let [first, after @ ..] = rest
            && *first < key
        {
            rest = after;
        }
        let is_hit = |entry: u64| hash_of(entry) == hash_of(key);
        // Of several names with one hash, which are rare unless somebody chose them, the wanted one.
        let at = if rest.get(1).is_some_and(|next| is_hit(*next)) {
            rest.partition_point(|entry| is_hit(*entry) && names.name_at(position(*entry)) < Some(wanted))
        } else {
            0
        };
        let entry = *rest.get(at)?;
        (is_hit(entry) && names.is_at(position(entry), wanted)).then_some(position(entry))
    }

    /// The positions whose name an earlier position has.
    pub(crate) fn repeated(&self, names: &dyn Named<'_>) -> Vec<usize> {
        let mut found = Vec::new();
        for pair in self.sorted.windows(2) {
            if let [a, b] = pair
                && hash_of(*a) == hash_of(*b)
                && names.name_at(position(*a)) == names.name_at(position(*b))
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
fn sort_by_hash(entries: &mut Vec<u64>) {
    let mut sorted = alloc::vec![0; entries.len()];
    for shift in [32, 40, 48, 56] {
        sort_by_byte(entries, &mut sorted, shift);
        core::mem::swap(entries, &mut sorted);
    }
}

/// Sorts entries by the byte that begins at a bit, into another list.
#[inline(never)]
#[expect(clippy::cast_possible_truncation, reason = "one byte of a hash at a time")]
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
    let unsorted = entries.to_vec();
    let name_at = |at: usize| unsorted.get(at).and_then(|entry| names.name_at(position(*entry)));
    for (slot, at) in
        entries.iter_mut().zip(sort::order(unsorted.len(), &|a: usize, b: usize| name_at(a).cmp(&name_at(b))))
    {
        *slot = unsorted.get(at as usize).copied().unwrap_or_default();
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a document has fewer than 2^32 entries")]
fn position_of(at: usize) -> u32 {
    at as u32
}

/// Eight bytes at a time, each time multiplied into all bits.
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

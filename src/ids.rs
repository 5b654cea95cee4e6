//! Ids are small numbers of their own types; names are looked up once, at the edges.

use alloc::vec::Vec;

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
#[expect(
    clippy::cast_possible_truncation,
    reason = "a document has fewer than 2^32 entries"
)]
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
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a document has fewer than 2^32 entries"
    )]
    pub(crate) fn new<'a>(count: usize, name: impl Fn(usize) -> Option<&'a str>) -> Self {
        let mut sorted: Vec<(u32, u32)> = (0..count)
            .filter_map(|at| name(at).map(|name| (hash(name), at as u32)))
            .collect();
        sorted.sort_unstable();
        for run in sorted.chunk_by_mut(|a, b| a.0 == b.0) {
            if run.len() > 1 {
                run.sort_unstable_by_key(|&(_, at)| (name(at as usize), at));
            }
        }
        Self { sorted }
    }

    /// The first position that has this name.
    pub(crate) fn find<'a>(&self, wanted: &str, name: impl Fn(usize) -> &'a str) -> Option<usize> {
        let key = hash(wanted);
        let at = self.sorted.partition_point(|&(hash, at)| {
            hash < key || (hash == key && name(at as usize) < wanted)
        });
        let &(hash, at) = self.sorted.get(at)?;
        (hash == key && name(at as usize) == wanted).then_some(at as usize)
    }

    /// The positions whose name an earlier position has.
    pub(crate) fn repeated<'a>(
        &self,
        name: impl Fn(usize) -> &'a str,
    ) -> impl Iterator<Item = usize> {
        self.sorted.windows(2).filter_map(move |pair| match pair {
            [(a, first), (b, second)]
                if a == b && name(*first as usize) == name(*second as usize) =>
            {
                Some(*second as usize)
            }
            _ => None,
        })
    }
}

/// FNV-1a.
fn hash(name: &str) -> u32 {
    name.bytes().fold(0x811c_9dc5, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_and_repeats_named() {
        let list = ["b", "a", "", "b", "c", "b"];
        let names = Names::new(list.len(), |at| {
            Some(list[at]).filter(|name| !name.is_empty())
        });
        assert_eq!(names.find("b", |at| list[at]), Some(0));
        assert_eq!(names.find("d", |at| list[at]), None);
        assert_eq!(names.find("", |at| list[at]), None);
        assert_eq!(names.repeated(|at| list[at]).collect::<Vec<_>>(), [3, 5]);
    }
}

//! Ids are small numbers of their own types.

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

//! How far grants reach.

use crate::format::table::LEVELS;

/// How far a grant reaches, ordered `own < team < all`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// What the user owns.
    Own,
    /// What the teams of the user cover, and what the user owns.
    Team,
    /// Everything.
    All,
}

impl Level {
    /// All levels, the narrowest first.
    pub(crate) const ALL: [Self; 3] = [Self::Own, Self::Team, Self::All];

    /// The level as the format writes it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        LEVELS.get(self as usize).copied().unwrap_or_default()
    }

    /// The level that a row has; `None` for the widest of a permission.
    pub(super) fn numbered(number: u32) -> Option<Self> {
        Self::ALL.get((number as usize).checked_sub(1)?).copied()
    }
}

/// A set of levels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Levels(u32);

impl Levels {
    /// The levels that a row has as bits.
    pub(super) fn of(bits: u32) -> Self {
        Self(bits)
    }

    pub(crate) fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub(crate) fn has(self, level: Level) -> bool {
        self.0 & (1 << level as u32) != 0
    }

    /// The widest level of the set that is not wider than `limit`.
    pub(crate) fn widest_within(self, limit: Level) -> Option<Level> {
        Level::ALL.into_iter().rev().find(|level| *level <= limit && self.has(*level))
    }
}

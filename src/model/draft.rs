//! A snapshot as it was read: right in form, its references not yet looked up.

use alloc::vec::Vec;
use core::ops::Range;

use crate::condition::Conditions;
use crate::ids::{ConditionId, WindowId};
use crate::json::reader::Key;
use crate::json::text::{At, Text};
use crate::time::Window;

/// A string and where it stands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Named {
    pub(crate) at: usize,
    pub(crate) text: Text,
}

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
    /// Their names, in the same order.
    pub(crate) const NAMES: [&'static str; 3] = ["own", "team", "all"];

    /// The level as the format writes it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::Team => "team",
            Self::All => "all",
        }
    }

    pub(crate) fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.as_str() == name)
    }
}

/// A set of levels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Levels(u8);

impl Levels {
    pub(crate) fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub(crate) fn has(self, level: Level) -> bool {
        self.0 & (1 << level as u8) != 0
    }

    pub(crate) fn add(&mut self, level: Level) {
        self.0 |= 1 << level as u8;
    }

    /// The widest level of the set that is not wider than `limit`.
    pub(crate) fn widest_within(self, limit: Level) -> Option<Level> {
        Level::ALL.into_iter().rev().find(|level| *level <= limit && self.has(*level))
    }
}

/// Everything that was read.
#[derive(Debug, Default)]
pub(crate) struct Draft {
    pub(crate) tenant: Option<Text>,
    pub(crate) revision: u64,
    pub(crate) issued_at: Option<f64>,
    pub(crate) expires_at: Option<f64>,
    pub(crate) plan: Option<Named>,
    pub(crate) catalog: DraftCatalog,
    pub(crate) teams: Vec<DraftTeam>,
    pub(crate) roles: Vec<DraftRole>,
    pub(crate) users: Vec<DraftUser>,
    pub(crate) everyone: Range<u32>,
    pub(crate) separations: Vec<DraftSeparation>,
    pub(crate) places: Places,
    pub(crate) pools: Pools,
}

/// Where the values of the keys of the document and of its catalog begin in the source.
#[derive(Debug, Default)]
pub(crate) struct Places(Vec<(&'static str, usize)>);

impl Places {
    pub(crate) fn add(&mut self, key: &'static str, at: usize) {
        self.0.push((key, at));
    }

    pub(crate) fn of(&self, key: &str) -> Option<usize> {
        self.0.iter().find(|place| place.0 == key).map(|place| place.1)
    }
}

/// Lists inside lists, kept flat.
#[derive(Debug, Default)]
pub(crate) struct Pools {
    /// References: places of strings.
    pub(crate) references: Vec<At>,
    pub(crate) paths: Vec<Text>,
    pub(crate) conditions: Conditions,
    pub(crate) windows: Vec<Window>,
    pub(crate) alternatives: Vec<DraftAlternative>,
    pub(crate) assignments: Vec<DraftAssignment>,
}

#[derive(Debug, Default)]
pub(crate) struct DraftCatalog {
    pub(crate) categories: Vec<DraftCategory>,
    pub(crate) permissions: Vec<DraftPermission>,
    pub(crate) role_types: Option<Vec<Named>>,
    pub(crate) plans: Option<Vec<Named>>,
    pub(crate) resources: Vec<DraftResource>,
    pub(crate) level_titles: [Option<Text>; 3],
    pub(crate) masks: Vec<DraftMask>,
}

#[derive(Debug)]
pub(crate) struct DraftCategory {
    pub(crate) id: Option<Named>,
    /// Its permissions, in the list of all.
    pub(crate) permissions: Range<u32>,
}

#[derive(Debug, Default)]
pub(crate) struct DraftPermission {
    pub(crate) id: Option<Named>,
    pub(crate) resource: Option<Text>,
    pub(crate) scopes: Levels,
    pub(crate) requires: Range<u32>,
    pub(crate) implies: Range<u32>,
    pub(crate) role_types: Option<Range<u32>>,
    pub(crate) plans: Option<Range<u32>>,
    pub(crate) standard_only: bool,
}

#[derive(Debug)]
pub(crate) struct DraftResource {
    pub(crate) name: Key,
    pub(crate) owner: Option<Range<u32>>,
    pub(crate) team: Option<Range<u32>>,
}

#[derive(Debug)]
pub(crate) struct DraftMask {
    pub(crate) at: usize,
    pub(crate) resource: Option<Named>,
    pub(crate) field: Option<Text>,
    pub(crate) permission: Option<At>,
    /// What stands for the value.
    pub(crate) shown: &'static str,
}

#[derive(Debug)]
pub(crate) struct DraftTeam {
    pub(crate) id: Option<Named>,
    pub(crate) parent: Option<At>,
}

#[derive(Debug, Default)]
pub(crate) struct DraftRole {
    pub(crate) at: usize,
    pub(crate) id: Option<Named>,
    pub(crate) kind: Option<Named>,
    /// Whether a `type` was written, right or wrong.
    pub(crate) has_kind: bool,
    pub(crate) standard: bool,
    pub(crate) inherits: Range<u32>,
    pub(crate) grants: Vec<DraftGrant>,
    pub(crate) deny: Vec<DraftDenial>,
}

#[derive(Debug)]
pub(crate) struct DraftGrant {
    pub(crate) key: Key,
    /// The alternatives; none of them is `false`.
    pub(crate) alternatives: Range<u32>,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct DraftAlternative {
    pub(crate) at: usize,
    /// `None` is the widest level that the permission has.
    pub(crate) level: Option<Level>,
    pub(crate) when: Option<ConditionId>,
}

#[derive(Debug)]
pub(crate) struct DraftDenial {
    pub(crate) key: Named,
    pub(crate) when: Option<ConditionId>,
    /// Written as a key alone.
    pub(crate) bare: bool,
}

#[derive(Debug, Default)]
pub(crate) struct DraftUser {
    pub(crate) at: usize,
    pub(crate) id: Option<Named>,
    pub(crate) teams: Range<u32>,
    pub(crate) assignments: Range<u32>,
    /// Where the attributes begin.
    pub(crate) attributes: Option<At>,
    pub(crate) disabled: bool,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct DraftAssignment {
    pub(crate) role: Option<At>,
    pub(crate) team: Option<At>,
    /// Index of its window.
    pub(crate) window: Option<WindowId>,
    pub(crate) when: Option<ConditionId>,
    /// Written as a role id alone.
    pub(crate) bare: bool,
}

#[derive(Debug)]
pub(crate) struct DraftSeparation {
    pub(crate) id: Option<Named>,
    /// Whether the list holds roles (else permissions).
    pub(crate) of_roles: bool,
    pub(crate) members: Range<u32>,
}

//! Sets of teams, as intervals of a walk through the forest.
//!
//! Twin of pkg-template/src/snapshot/team-sets.ts; tests/package/vectors.mjs and tests/vectors.rs hold them
//! equal.

use alloc::vec::Vec;

use crate::collections::list::Listed;
use crate::collections::sort::sort_by;
use crate::ids::{Id, TeamId};
use crate::model::Model;

/// A set of teams that is a union of subtrees, or what is left of one: sorted, disjoint intervals
/// of `Team::enter`.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct TeamSet(Vec<(u32, u32)>);

impl TeamSet {
    /// What these teams cover.
    pub(crate) fn covered(model: &Model, teams: impl IntoIterator<Item = TeamId>) -> Self {
        let of = |team: TeamId| model.teams.get(team.index()).map(|team| (team.enter, team.leave));
        Self::normal(teams.into_iter().filter_map(of).listed())
    }

    fn normal(mut intervals: Vec<(u32, u32)>) -> Self {
        sort_by(&mut intervals, Ord::cmp);
        let mut merged: Vec<(u32, u32)> = Vec::with_capacity(intervals.len());
        for (start, end) in intervals {
            match merged.last_mut() {
                Some(last) if start <= last.1 => last.1 = last.1.max(end),
                _ => merged.push((start, end)),
            }
        }
        Self(merged)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn has(&self, model: &Model, team: TeamId) -> bool {
        let Some(at) = model.teams.get(team.index()).map(|team| team.enter) else {
            return false;
        };
        let next = self.0.partition_point(|interval| interval.1 <= at);
        self.0.get(next).is_some_and(|interval| interval.0 <= at)
    }

    /// The teams of any of these sets.
    pub(crate) fn union<'s>(sets: impl Iterator<Item = &'s Self>) -> Self {
        let mut intervals = Vec::new();
        for set in sets {
            intervals.extend_from_slice(&set.0);
        }
        Self::normal(intervals)
    }

    /// The teams of this set that are not in another.
    pub(crate) fn without(self, other: &Self) -> Self {
        let mut left = Vec::with_capacity(self.0.len());
        for (mut start, end) in self.0 {
            let first = other.0.partition_point(|interval| interval.1 <= start);
            for (cut_start, cut_end) in other.0.get(first..).unwrap_or_default() {
                if *cut_start >= end {
                    break;
                }
                if *cut_start > start {
                    left.push((start, *cut_start));
                }
                start = *cut_end;
            }
            if start < end {
                left.push((start, end));
            }
        }
        Self(left)
    }
}

#[cfg(test)]
mod tests {
    use super::TeamSet;

    #[test]
    fn intervals_are_joined_and_cut() {
        let set = TeamSet::normal([(5, 7), (0, 2), (1, 3), (3, 4)].into());
        assert_eq!(set.0, [(0, 4), (5, 7)]);
        assert_eq!(
            set.clone().without(&TeamSet::normal([(1, 2), (3, 6)].into())).0,
            [(0, 1), (2, 3), (6, 7)]
        );
        assert!(set.clone().without(&set).is_empty());
    }
}

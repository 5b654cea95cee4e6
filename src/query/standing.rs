//! Whose a record is, and how a user stands to it.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::moment::{Assigned, Moment};
use crate::attributes::Attributes;
use crate::collections::list::Listed;
use crate::ids::{ResourceTypeId, TeamId};
use crate::model::{Level, Model};

/// The owners and the teams of a record.
#[derive(Debug, Default)]
pub(crate) struct RecordOwners {
    owners: Vec<String>,
    /// Whether the record has any team, known or not.
    has_team: bool,
    /// Those of its teams that the snapshot knows.
    teams: Vec<TeamId>,
    /// The paths of owners, and those of teams, at which there is something that is not an id.
    pub(crate) unusable: [Vec<String>; 2],
}

/// A record as a user stands to it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Standing<'a> {
    pub(crate) owned: bool,
    pub(crate) has_team: bool,
    pub(crate) teams: &'a [TeamId],
}

impl RecordOwners {
    /// Those of a record, for a permission of a resource type.
    pub(crate) fn read(model: &Model, of: Option<ResourceTypeId>, record: &dyn Attributes) -> Self {
        let mut unusable = [Vec::new(), Vec::new()];
        let [owner, team] = &mut unusable;
        let ids = |paths: Vec<&str>, unusable: &mut Vec<String>| {
            let mut found = Vec::new();
            for path in paths {
                let value = record.read(path);
                value.add_ids(&mut found);
                if !value.is_ids() {
                    unusable.push(path.to_string());
                }
            }
            found
        };
        let (owners, teams) = (ids(model.owner_paths(of), owner), ids(model.team_paths(of), team));
        Self { unusable, ..Self::new(model, owners, &teams) }
    }

    /// Those of a record with these owner and team ids.
    pub(crate) fn new(model: &Model, owners: Vec<String>, teams: &[String]) -> Self {
        let known = teams.iter().filter_map(|team| model.team(team)).listed();
        Self { owners, has_team: !teams.is_empty(), teams: known, unusable: Default::default() }
    }
}

impl Moment<'_> {
    /// A record as the user stands to it.
    pub(crate) fn standing<'s>(&self, record: &'s RecordOwners) -> Standing<'s> {
        let me = self.known_user().map(|user| self.model().str(user.id));
        let owned = record.owners.iter().any(|owner| Some(owner.as_str()) == me);
        Standing { owned, has_team: record.has_team, teams: &record.teams }
    }

    /// Whether a team covers a record.
    pub(crate) fn covers(&self, team: TeamId, standing: Standing<'_>) -> bool {
        standing.teams.iter().any(|other| self.model().covers(team, *other))
    }

    /// Whether the level of a grant reaches a record that the assignment's team covers.
    pub(crate) fn reaches(&self, level: Level, assigned: Assigned<'_>, standing: Standing<'_>) -> bool {
        match level {
            Level::All => true,
            Level::Own => standing.owned,
            Level::Team => {
                self.spend(self.teams().len() * standing.teams.len());
                let covers = |team| self.covers(team, standing);
                standing.owned || assigned.assignment.team.is_some_and(covers) || self.teams().any(covers)
            }
        }
    }
}

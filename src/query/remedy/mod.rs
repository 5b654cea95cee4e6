//! Remedies: what would have to change so that an answer is "yes".
//!
//! [`search`] looks for the shortest list of changes, supposing one after another and asking again;
//! [`steps`] knows which changes can help against a reason; [`terms`] writes the conditions that would
//! have to hold. Every list that is given was tried: with all of it the answer is "yes", with less it is not.

mod search;
mod steps;
mod terms;

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::decide::Asked;
use super::subject::Moment;
use crate::condition::holds::Supposition;
use crate::ids::{Id, PermissionId, RoleId, TeamId};
use crate::list::{Listed, push_all};
use crate::model::Level;
use search::{Quest, Search};

/// A change that helps to turn a "no" into a "yes".
#[derive(Clone, Debug, PartialEq)]
pub enum Remedy {
    /// The user is enabled.
    EnableUser,
    /// The tenant has one of these plans.
    Plan {
        /// Each of them would do.
        plans: Vec<String>,
    },
    /// The question is asked again at a later time.
    Wait {
        /// Milliseconds since the epoch.
        until: f64,
    },
    /// The user joins a team.
    Team {
        /// Its id.
        team: String,
    },
    /// The user is assigned one of these roles, without limits.
    Grant {
        /// What is wanted of the role.
        permission: String,
        /// How far the role's grant of it reaches.
        level: Level,
        /// Each of them would do; the one that grants least comes first.
        roles: Vec<String>,
    },
    /// A role no longer denies what was asked, nor what that requires.
    LiftDenial {
        /// The role in which the denial stands.
        role: String,
    },
    /// Attributes of the record, the context or the user become such that this holds.
    Condition {
        /// JSON, as in a snapshot.
        condition: String,
    },
    /// A required permission is held too.
    Requires {
        /// Its id.
        permission: String,
        /// What gives it to the user.
        remedies: Vec<Remedy>,
    },
}

/// The same, by ids, while it is only supposed.
#[derive(Clone, Debug, PartialEq)]
enum Change {
    Enable,
    /// Positions among the plans of the search; the first is the one that is supposed.
    Plan(Vec<usize>),
    Wait(f64),
    Team(TeamId),
    /// The first role is the one that is supposed.
    Grant(PermissionId, Level, Vec<RoleId>),
    Lift(RoleId),
    /// These conditions are true, or false.
    Assume(Vec<Supposition>),
    Requires(PermissionId, Vec<Change>),
}

impl Moment<'_> {
    /// The shortest list of changes that makes the answer "yes"; empty if it is "yes", or nothing in the
    /// snapshot could.
    pub(crate) fn remedies(&self, permission: &str, asked: Asked<'_>) -> Vec<Remedy> {
        let Some(permission) = self.model().permission(permission) else { return Vec::new() };
        Search::new(self, permission, asked).remedies(permission, asked)
    }
}

impl Search<'_> {
    fn remedies(&self, permission: PermissionId, asked: Asked<'_>) -> Vec<Remedy> {
        let changes = self.mend(permission, asked).unwrap_or_default();
        let relied = self.relied(permission, asked, &changes);
        self.suppose(Quest::first(permission, asked), &changes, |moment| {
            self.describe(moment, &changes, &relied)
        })
    }

    fn describe(&self, moment: &Moment<'_>, changes: &[Change], relied: &[Supposition]) -> Vec<Remedy> {
        let one = |change| self.describe_one(moment, change, relied);
        let mut remedies: Vec<Remedy> = changes.iter().filter_map(one).listed();
        let condition = self.condition(moment, &terms::assumed(changes), relied);
        push_all(&mut remedies, condition.map(|condition| Remedy::Condition { condition }));
        crate::sort::sort_by(&mut remedies, |a, b| a.rank().cmp(&b.rank()));
        remedies
    }

    fn describe_one(&self, moment: &Moment<'_>, change: &Change, relied: &[Supposition]) -> Option<Remedy> {
        Some(match change {
            Change::Enable => Remedy::EnableUser,
            Change::Plan(plans) => Remedy::Plan {
                plans: plans.iter().filter_map(|at| Some(self.plans.get(*at)?.0.clone())).listed(),
            },
            Change::Wait(until) => Remedy::Wait { until: *until },
            Change::Team(team) => Remedy::Team { team: self.team_name(*team)? },
            Change::Grant(permission, level, roles) => Remedy::Grant {
                permission: self.permission_name(*permission)?,
                level: *level,
                roles: roles.iter().filter_map(|role| self.role_name(*role)).listed(),
            },
            Change::Lift(role) => Remedy::LiftDenial { role: self.role_name(*role)? },
            Change::Assume(_) => return None,
            Change::Requires(permission, changes) => Remedy::Requires {
                permission: self.permission_name(*permission)?,
                remedies: self.describe(moment, changes, relied),
            },
        })
    }

    fn permission_name(&self, permission: PermissionId) -> Option<String> {
        let model = self.model();
        model.catalog.permissions.get(permission.index()).map(|it| model.str(it.id).to_string())
    }

    fn role_name(&self, role: RoleId) -> Option<String> {
        self.model().roles.get(role.index()).map(|role| self.model().str(role.id).to_string())
    }

    fn team_name(&self, team: TeamId) -> Option<String> {
        self.model().teams.get(team.index()).map(|team| self.model().str(team.id).to_string())
    }
}

/// The kinds, in the order in which they stand in a list: first what is about the user and the tenant as a whole.
const KINDS: [&str; 8] =
    ["enable-user", "plan", "wait", "team", "grant", "lift-denial", "condition", "requires"];

impl Remedy {
    /// The kind as other programs know it.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        KINDS.get(self.rank()).copied().unwrap_or_default()
    }

    /// Its place in [`KINDS`].
    fn rank(&self) -> usize {
        match self {
            Self::EnableUser => 0,
            Self::Plan { .. } => 1,
            Self::Wait { .. } => 2,
            Self::Team { .. } => 3,
            Self::Grant { .. } => 4,
            Self::LiftDenial { .. } => 5,
            Self::Condition { .. } => 6,
            Self::Requires { .. } => 7,
        }
    }
}

//! Remedies: what would have to change so that an answer is "yes".
//!
//! [`search`] looks for a short list of changes, supposing one after another and asking again; [`steps`]
//! knows which changes can help against a reason, [`outright`] what gives all that must be allowed, and when
//! nothing could; [`terms`] writes the conditions that would have to hold. Every list that is given was
//! tried: with all of it the answer is "yes".

mod outright;
mod search;
mod steps;
mod terms;

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::decide::Asked;
use super::moment::Moment;
use crate::collections::list::{Listed, push_all};
use crate::condition::holds::Supposition;
use crate::ids::{Id, PermissionId, RoleId, TeamId};
use crate::model::Level;
use crate::work::{PaidZones, Work};
use search::{Quest, Search, joined};

/// A change that helps to turn a "no" into a "yes".
///
/// ```
/// use rolegate::{On, Remedy, Snapshot};
///
/// let snapshot = Snapshot::from_json(br#"{
///   "format": "rolegate/1", "revision": 1,
///   "catalog": { "categories": [{ "id": "c", "permissions": [{ "id": "c.view", "scopes": ["own", "all"] }] }] },
///   "roles": [{ "id": "r", "name": "R", "grants": { "c.view": "own" } }],
///   "users": [{ "id": "ana", "roles": ["r"] }, { "id": "bo" }]
/// }"#)?;
/// let remedies = snapshot.subject("bo").at(1_795_000_000_000.0).remedies("c.view", On::Anything);
/// assert!(matches!(&remedies.changes[..], [Remedy::Grant { roles, .. }] if *roles == ["r"]));
/// # Ok::<(), rolegate::SnapshotError>(())
/// ```
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
    /// A required permission is allowed too.
    Requires {
        /// Its id.
        permission: String,
        /// What gives it to the user.
        remedies: Vec<Remedy>,
    },
}

/// Changes that together turn a "no" into a "yes".
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Remedies {
    /// To be applied whole. Empty if the answer is "yes".
    pub changes: Vec<Remedy>,
    /// Whether the search came to its end: then no part of the changes would do, and if there are none, the
    /// answer is "yes" or nothing in this snapshot could make it so. Otherwise it gave up.
    pub complete: bool,
}

/// The same, by ids, while it is only supposed.
#[derive(Clone, Debug, PartialEq)]
enum Change {
    Enable,
    /// Positions among the plans of the search; the first is the one that is supposed.
    Plan(Vec<usize>),
    Wait(f64),
    Team(TeamId),
    /// How far the roles grant what they are assigned for. The first role is the one that is supposed.
    Grant(Level, Vec<RoleId>),
    Lift(RoleId),
    /// These conditions are true, or false.
    Assume(Vec<Supposition>),
}

/// A change, and the position of the goal for whose sake it is made.
#[derive(Clone, Debug, PartialEq)]
struct Step {
    of: usize,
    change: Change,
}

impl Moment<'_> {
    /// A short list of changes that makes the answer "yes".
    pub(crate) fn remedies(&self, permission: &str, asked: Asked<'_>) -> Remedies {
        let hopeless = Remedies { changes: Vec::new(), complete: true };
        let Some(permission) = self.model().permission(permission) else { return hopeless };
        let Some(user) = self.known_user() else { return hopeless };
        let work = Work::new(self.model().attribute_bytes(user));
        let zones = PaidZones::new(self.zones, &work);
        let base = self.at_cost(&work, &zones);
        Search::new(&base, &work, permission, asked).remedies()
    }
}

impl Search<'_> {
    fn remedies(&self) -> Remedies {
        let Some(quest) = self.quest(0) else { return Remedies::default() };
        let (mut steps, complete) = self.find(quest);
        let relied = self.relied(&steps);
        let list = joined(&steps, &[]);
        crate::collections::sort::sort_by(&mut steps, |a, b| a.of.cmp(&b.of));
        let changes = self.suppose(&list, |moment| self.describe(moment, &steps, &relied));
        if self.work.is_over() { Remedies::default() } else { Remedies { changes, complete } }
    }

    /// The changes for what is asked for itself, and for each prerequisite those that give it.
    fn describe(&self, moment: &Moment<'_>, steps: &[Step], relied: &[Supposition]) -> Vec<Remedy> {
        let mut found = Vec::new();
        for same in steps.chunk_by(|a, b| a.of == b.of) {
            let Some(of) = same.first().and_then(|step| self.quest(step.of)) else { continue };
            let remedies = self.describe_goal(moment, of, same, relied);
            match self.permission_name(of.goal.permission) {
                Some(permission) if of.of > 0 => found.push(Remedy::Requires { permission, remedies }),
                _ => found = remedies,
            }
        }
        found
    }

    fn describe_goal(
        &self,
        moment: &Moment<'_>,
        of: Quest<'_>,
        steps: &[Step],
        relied: &[Supposition],
    ) -> Vec<Remedy> {
        let one = |step: &Step| self.describe_one(of, &step.change);
        let mut remedies: Vec<Remedy> = steps.iter().filter_map(one).listed();
        let condition = self.condition(moment, &terms::assumed(steps), relied);
        push_all(&mut remedies, condition.map(|condition| Remedy::Condition { condition }));
        crate::collections::sort::sort_by(&mut remedies, |a, b| a.rank().cmp(&b.rank()));
        remedies
    }

    fn describe_one(&self, of: Quest<'_>, change: &Change) -> Option<Remedy> {
        Some(match change {
            Change::Enable => Remedy::EnableUser,
            Change::Plan(plans) => Remedy::Plan {
                plans: plans.iter().filter_map(|at| Some(self.plans.get(*at)?.name.clone())).listed(),
            },
            Change::Wait(until) => Remedy::Wait { until: *until },
            Change::Team(team) => Remedy::Team { team: self.team_name(*team)? },
            Change::Grant(level, roles) => Remedy::Grant {
                permission: self.permission_name(of.goal.permission)?,
                level: *level,
                roles: roles.iter().filter_map(|role| self.role_name(*role)).listed(),
            },
            Change::Lift(role) => Remedy::LiftDenial { role: self.role_name(*role)? },
            Change::Assume(_) => return None,
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

impl Remedy {
    /// The kind as other programs know it.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::EnableUser => "enable-user",
            Self::Plan { .. } => "plan",
            Self::Wait { .. } => "wait",
            Self::Team { .. } => "team",
            Self::Grant { .. } => "grant",
            Self::LiftDenial { .. } => "lift-denial",
            Self::Condition { .. } => "condition",
            Self::Requires { .. } => "requires",
        }
    }

    /// Its position in a list: first what is about the user and the tenant as a whole.
    fn rank(&self) -> u8 {
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

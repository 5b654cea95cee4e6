//! Who may: all users for whom the answer is "yes".

use alloc::vec::Vec;
use core::fmt;

use super::decide::Asked;
use super::moment::{Assigned, Moment};
use super::reason::Reason;
use crate::collections::pairs::Keyed;
use crate::condition::Root;
use crate::condition::holds::Record;
use crate::ids::{Id, PermissionId, UserId, all};
use crate::model::Assignment;
use crate::work::{PaidZones, Work};

/// What finding all users may cost, about a second for each 100,000,000: so much, and for each user what an
/// ordinary question about one with twenty roles takes several times.
const STEPS: usize = 60_000_000;
const USER_STEPS: usize = 1_000;
/// What it costs to ask about one user besides.
const USER: usize = 10;

/// Finding all users would take longer than is reasonable: the snapshot makes too much work of each of too
/// many. An incomplete list would be wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooComplex;

impl fmt::Display for TooComplex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("finding all users takes too many steps")
    }
}

impl core::error::Error for TooComplex {}

/// Whether a role grants and denies something of what is asked for.
#[derive(Clone, Copy)]
struct Matters {
    grants: bool,
    denies: bool,
}

impl Moment<'_> {
    /// The users who hold a permission, asked as this moment is: in document order.
    pub(crate) fn who_can(&self, permission: &str, asked: Asked<'_>) -> Result<Vec<UserId>, TooComplex> {
        let Some(permission) = self.model().permission(permission) else { return Ok(Vec::new()) };
        let work = Work::for_all(STEPS + USER_STEPS * self.model().users.len());
        let zones = PaidZones::new(self.zones, &work);
        let base = self.at_cost(&work, &zones);
        let common = base.common(permission, asked);
        let everybody = base.grants_one(permission, &common);
        let anybody = base.of_anybody(common.into());
        let mut found = Vec::new();
        for user in all::<UserId>(self.model().users.len()) {
            // Most users are out of the question by it.
            let may_hold = everybody || anybody.is_granted(user, permission);
            if may_hold && anybody.holds(user, permission, asked) {
                found.push(user);
            }
            if work.is_over() {
                return Err(TooComplex);
            }
        }
        Ok(found)
    }

    /// Whether a role that the user is assigned grants the permission at all.
    fn is_granted(&self, user: UserId, permission: PermissionId) -> bool {
        let Some(user) = self.model().users.get(user.index()) else { return false };
        let [own, _] = self.model().assignments_of(user);
        own.iter().any(|assignment| self.may_grant(assignment, permission))
    }

    fn may_grant(&self, assignment: &Assignment, permission: PermissionId) -> bool {
        self.grants_any(Assigned { index: 0, assignment, active: true }, permission)
    }

    /// Whether one of these assignments grants the permission at all.
    fn grants_one(&self, permission: PermissionId, rows: &[u32]) -> bool {
        let mut assignments = rows.iter().filter_map(|row| self.model().assignments.get(*row as usize));
        assignments.any(|assignment| self.may_grant(assignment, permission))
    }

    fn holds(&self, user: UserId, permission: PermissionId, asked: Asked<'_>) -> bool {
        let moment = self.of(user);
        moment.spend(USER);
        moment.refused().is_none() && moment.ask(permission, asked).reason == Reason::Granted
    }

    /// The rows of the assignments that everyone has and by which the permission, or what it requires, might
    /// be granted or denied to somebody. The others are looked at once, and not again for each user.
    fn common(&self, permission: PermissionId, asked: Asked<'_>) -> Vec<u32> {
        let model = self.model();
        let closure = self.closure(permission);
        let mut known: Keyed<Matters> = Keyed::default();
        let mut found = Vec::new();
        for row in model.everyone.indices() {
            let Some(assignment) = model.assignments.get(row as usize) else { continue };
            let active = model.window(assignment).contains(self.now);
            let assigned = Assigned { index: 0, assignment, active };
            if active && !self.is_over() && self.matters(assigned, &closure, asked, &mut known) {
                found.push(row);
            }
        }
        found
    }

    fn matters(
        &self,
        assigned: Assigned<'_>,
        closure: &[PermissionId],
        asked: Asked<'_>,
        known: &mut Keyed<Matters>,
    ) -> bool {
        let role = assigned.assignment.role.number();
        let of_role = known.get(role, 0).copied().unwrap_or_else(|| Matters {
            grants: closure.iter().any(|permission| self.grants_any(assigned, *permission)),
            denies: closure.iter().any(|permission| self.denials(assigned, *permission).next().is_some()),
        });
        known.put(role, 0, of_role);
        let truth = self.truth_for_all(assigned, closure, asked);
        let (may_grant, may_deny) = self.touches(assigned, closure, asked);
        (of_role.grants
            && may_grant
            && self.counts(assigned)
            && truth != Truth::Unknown
            && truth != Truth::No)
            || (of_role.denies && may_deny && truth != Truth::No)
    }

    /// Whether an assignment reaches what is asked about, to grant it and to deny it, as far as that is the
    /// same for all users.
    fn touches(&self, assigned: Assigned<'_>, closure: &[PermissionId], asked: Asked<'_>) -> (bool, bool) {
        match (asked, closure) {
            (Asked::On(owners, _), [_]) => {
                let standing = self.standing(owners);
                let is_covered = assigned.assignment.team.is_none_or(|team| self.covers(team, standing));
                (is_covered, self.denial_touches(assigned, standing))
            }
            (Asked::WithoutRecord, [only]) if !self.is_scoped(*only) => {
                (assigned.assignment.team.is_none(), true)
            }
            (Asked::On(..) | Asked::WithoutRecord | Asked::Anywhere, _) => (true, true),
        }
    }

    /// What the condition of an assignment comes to, if that is the same for all users and everything that is
    /// asked.
    fn truth_for_all(&self, assigned: Assigned<'_>, closure: &[PermissionId], asked: Asked<'_>) -> Truth {
        let Some(when) = assigned.assignment.when else { return Truth::Yes };
        let conditions = &self.model().conditions;
        let record = match closure {
            [only] => self.asked_record(*only, asked),
            _ => Record::Any,
        };
        let is_any = matches!(record, Record::Any);
        let paths = conditions.paths_of(when);
        self.spend(paths.len());
        let depends = |root: Root| root == Root::User || (root == Root::Resource && is_any);
        if paths.iter().any(|path| depends(path.root)) {
            return Truth::Depends;
        }
        match self.facts(record).truth_of(when) {
            Some(true) => Truth::Yes,
            Some(false) => Truth::No,
            None => Truth::Unknown,
        }
    }
}

/// What a condition comes to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Truth {
    Yes,
    No,
    Unknown,
    /// For one user something else than for another.
    Depends,
}

//! Which changes can help against the reason for a "no".

use alloc::vec;
use alloc::vec::Vec;
use core::slice::from_ref;

use super::Change;
use super::search::{Quest, Search, joined};
use crate::compile::Grant;
use crate::condition::fold::Folded;
use crate::condition::{Path, Root};
use crate::ids::{ConditionId, PermissionId, RoleId, TeamId, all};
use crate::list::{Listed, push_all};
use crate::model::{Denial, Level};
use crate::query::decide::{Asked, Decision};
use crate::query::scope::{fold_all, fold_lift};
use crate::query::subject::{Held, Moment, Reason};
use crate::sort::{sort_by, sort_set};
use crate::time::DAY;

/// Moments at which time alone may change an answer that are looked at.
const MAX_MOMENTS: usize = 24;
/// Teams that are tried where a condition reads the user's.
const MAX_TEAMS: usize = 64;
/// Changes of one kind with the same effect that are followed up.
const MAX_ALIKE: usize = 6;

impl Search<'_> {
    /// What may help after a list of changes, each a few changes at once, the ones to be preferred first.
    pub(super) fn steps(&self, quest: Quest<'_>, list: &[Change]) -> Vec<Vec<Change>> {
        let Some(decision) = self.decide(quest, list) else { return Vec::new() };
        let each = |changes: Vec<Change>| changes.into_iter().map(|change| vec![change]).listed();
        let waits = || self.waits(quest, list);
        match decision.reason {
            Reason::Clock => each(self.first_moment(quest, list)),
            Reason::UserDisabled => vec![vec![Change::Enable]],
            Reason::NotInPlan => each(self.plans(quest, list)),
            Reason::Denied => {
                let against = self.suppose(quest, list, |moment| self.against_denials(moment, quest));
                after(each(waits()), against)
            }
            // The reason is that of the grant that came nearest; another may take less.
            Reason::NotGranted | Reason::NotActive | Reason::OutOfScope | Reason::ConditionFailed => {
                let nearer = self.suppose(quest, list, |moment| {
                    after(self.conditions_of_grants(moment, quest), moment.teams_of_record(quest))
                });
                let wider = after(self.grants(quest, list), self.plans(quest, list));
                each(after(after(waits(), nearer), wider))
            }
            Reason::Prerequisite => {
                let plans = if self.lacks_plan(quest, list) { self.plans(quest, list) } else { Vec::new() };
                after(after(each(plans), self.requirement(quest, list, decision)), each(waits()))
            }
            Reason::Granted
            | Reason::Expired
            | Reason::UnknownUser
            | Reason::UnknownPermission
            | Reason::Limited => Vec::new(),
        }
    }

    /// The first moment at which the snapshot answers.
    fn begins(&self) -> f64 {
        self.model().issued_at.map_or(0.0, |issued| (issued - DAY).max(0.0))
    }

    /// Waiting until the snapshot begins to answer.
    fn first_moment(&self, quest: Quest<'_>, list: &[Change]) -> Vec<Change> {
        let begins = self.begins();
        let now = self.suppose(quest, list, |moment| moment.now);
        let is_later = now.is_finite() && now < begins;
        is_later.then_some(Change::Wait(begins)).into_iter().listed()
    }

    /// Each other plan, unless one was chosen.
    fn plans(&self, quest: Quest<'_>, list: &[Change]) -> Vec<Change> {
        if quest.has(list, &|change| matches!(change, Change::Plan(_))) {
            return Vec::new();
        }
        (0..self.plans.len()).map(|plan| Change::Plan(vec![plan])).listed()
    }

    /// Whether something that is required is not part of the plan.
    fn lacks_plan(&self, quest: Quest<'_>, list: &[Change]) -> bool {
        self.suppose(quest, list, |moment| {
            moment.closure(quest.permission).iter().any(|required| !moment.tables.has(*required))
        })
    }

    /// Waiting until time alone changes something, unless that was done; not only for the snapshot to begin.
    fn waits(&self, quest: Quest<'_>, list: &[Change]) -> Vec<Change> {
        if quest.has(list, &|change| matches!(change, Change::Wait(until) if *until > self.begins())) {
            return Vec::new();
        }
        let moments =
            self.suppose(quest, list, |moment| moment.turning_points(quest.permission, quest.asked));
        self.promising(quest, list, moments.into_iter().map(Change::Wait).listed())
    }

    /// Assigning a role that grants the permission.
    fn grants(&self, quest: Quest<'_>, list: &[Change]) -> Vec<Change> {
        let permission = quest.permission;
        let granting = self.suppose(quest, list, |moment| {
            let mut changes = Vec::new();
            for role in moment.granting_roles(permission) {
                if let Some(level) = moment.widest(role, permission) {
                    changes.push(Change::Grant(permission, level, vec![role]));
                }
            }
            changes
        });
        self.promising(quest, list, granting)
    }

    /// The changes that are enough by themselves and narrow, then a few for each effect.
    fn promising(&self, quest: Quest<'_>, list: &[Change], changes: Vec<Change>) -> Vec<Change> {
        let mut found: Vec<(usize, usize, Change)> = Vec::new();
        for change in changes {
            let longer = joined(list, from_ref(&change));
            let Some(decision) = self.decide(quest, &longer) else { break };
            let width = if let Change::Grant(_, level, _) = &change { *level as usize } else { 0 };
            let rank = if decision.reason == Reason::Granted { width } else { Level::ALL.len() + width };
            let effect = decision.reason as usize;
            let alike = found.iter().filter(|it| (it.0, it.1) == (rank, effect)).count();
            if alike < MAX_ALIKE {
                found.push((rank, effect, change));
            }
        }
        sort_by(&mut found, |a, b| a.0.cmp(&b.0));
        found.into_iter().map(|(.., change)| change).listed()
    }

    /// Making the conditions of a grant that reaches hold; joining a team, where they read the user's.
    fn conditions_of_grants(&self, moment: &Moment<'_>, quest: Quest<'_>) -> Vec<Change> {
        let facts = moment.facts(moment.asked_record(quest.permission, quest.asked));
        let of = facts.record.knowledge();
        let mut steps = Vec::new();
        let mut failing = Vec::new();
        for (held, grant) in moment.reaching(quest.permission, quest.asked) {
            let when = [held.assignment.when, grant.when].into_iter().flatten();
            let failed: Vec<ConditionId> =
                when.filter(|when| fold_all(&facts, Some(*when)) == Folded::False).listed();
            push_all(&mut steps, self.supposed(moment, &failed, true, of));
            push_all(&mut failing, failed);
        }
        push_all(&mut steps, moment.teams_that_matter(&failing).into_iter().map(Change::Team));
        steps
    }

    /// Making all denials fail, by their conditions as far as these can, or lifting all of them; joining a
    /// team, where they read the user's.
    fn against_denials(&self, moment: &Moment<'_>, quest: Quest<'_>) -> Vec<Vec<Change>> {
        let facts = moment.facts(moment.asked_record(quest.permission, quest.asked));
        let of = facts.record.knowledge();
        let (mut failing, mut lifting, mut conditions) = (Vec::new(), Vec::new(), Vec::new());
        for (held, role, denial) in moment.touching(quest.permission, quest.asked) {
            let when = [denial.when, held.assignment.when].into_iter().flatten();
            if when.clone().any(|when| fold_lift(&facts, Some(when)) != Folded::False) {
                continue;
            }
            let lift = Change::Lift(role);
            let fail = when.clone().find_map(|when| self.supposed(moment, &[when], false, of));
            failing.push(fail.unwrap_or_else(|| lift.clone()));
            lifting.push(lift);
            push_all(&mut conditions, when);
        }
        let mut steps = vec![once_each(failing), once_each(lifting)];
        for team in moment.teams_that_matter(&conditions) {
            steps.push(vec![Change::Team(team)]);
        }
        steps
    }

    /// Giving what is required. Where that is held by itself, only denials can stand between the two.
    fn requirement(&self, quest: Quest<'_>, list: &[Change], decision: Decision) -> Vec<Vec<Change>> {
        let required =
            self.suppose(quest, list, |moment| moment.failing(quest.permission, quest.asked, decision).0);
        let nested = required.and_then(|required| self.nested(quest, list, required));
        let lifts = || {
            let roles = self.suppose(quest, list, |moment| moment.denying_roles(quest.permission));
            roles.into_iter().map(Change::Lift).listed()
        };
        vec![nested.map_or_else(lifts, |change| vec![change])]
    }
}

/// One list after another.
fn after<T>(mut first: Vec<T>, mut then: Vec<T>) -> Vec<T> {
    first.append(&mut then);
    first
}

/// Without what is there already.
fn once_each(changes: Vec<Change>) -> Vec<Change> {
    let mut kept: Vec<Change> = Vec::with_capacity(changes.len());
    for change in changes {
        if !kept.contains(&change) {
            kept.push(change);
        }
    }
    kept
}

impl<'a> Moment<'a> {
    /// Joining a team of the record.
    fn teams_of_record(&self, quest: Quest<'_>) -> Vec<Change> {
        let Asked::On(spot, _) = quest.asked else { return Vec::new() };
        let place = self.place(spot);
        let others = place.teams.iter().filter(|team| !self.teams().any(|mine| mine == **team));
        others.map(|team| Change::Team(*team)).listed()
    }

    /// The active grants that reach what is asked about.
    pub(super) fn reaching(&self, permission: PermissionId, asked: Asked<'_>) -> Vec<(Held<'a>, Grant)> {
        let reaches = |held: Held<'_>, level: Level| match asked {
            Asked::On(spot, _) => self.grant_reaches(held, level, self.place(spot)),
            Asked::Bare => self.is_scoped(permission) || held.assignment.team.is_none(),
            Asked::Anywhere => true,
        };
        let mut found = Vec::new();
        for held in self.held().filter(|held| held.active && self.counts(*held)) {
            let grants = self.grants(held, permission).iter();
            push_all(
                &mut found,
                grants.filter(|grant| reaches(held, grant.level)).map(|grant| (held, *grant)),
            );
        }
        found
    }

    /// The active denials that touch what is asked about, each with the role it stands in.
    pub(super) fn touching(
        &self,
        permission: PermissionId,
        asked: Asked<'_>,
    ) -> Vec<(Held<'a>, RoleId, &'a Denial)> {
        let touches = |held: Held<'_>| match asked {
            Asked::On(spot, _) => self.denial_touches(held, self.place(spot)),
            Asked::Bare | Asked::Anywhere => true,
        };
        let mut found = Vec::new();
        for held in self.held().filter(|held| held.active && touches(*held)) {
            push_all(&mut found, self.denials(held, permission).map(|(role, denial)| (held, role, denial)));
        }
        found
    }

    /// The moments from now on at which time alone may change the answer, before the snapshot expires.
    pub(super) fn turning_points(&self, permission: PermissionId, asked: Asked<'_>) -> Vec<f64> {
        let expires = self.model().expires_at.unwrap_or(f64::INFINITY);
        let mut found = Vec::new();
        let mut now = self.now;
        while found.len() < MAX_MOMENTS {
            let moment = self.supposing(now, self.tables, self.supposed);
            let next = moment.steady_answer(permission, asked).until;
            if next >= expires || next <= now {
                break;
            }
            found.push(next);
            now = next;
        }
        found
    }

    /// The roles whose assignment would grant a permission, those that grant least first.
    pub(super) fn granting_roles(&self, permission: PermissionId) -> Vec<RoleId> {
        let model = self.model();
        let in_session =
            |role: &RoleId| self.bounds.roles.as_ref().is_none_or(|roles| roles.binary_search(role).is_ok());
        let size = |role: RoleId| self.tables.row(model, role).map_or(0, |row| row.cells().count());
        let roles = all::<RoleId>(model.roles.len()).filter(in_session);
        let mut roles: Vec<(usize, RoleId)> = roles
            .filter(|role| self.widest(*role, permission).is_some())
            .map(|role| (size(role), role))
            .listed();
        sort_by(&mut roles, Ord::cmp);
        roles.into_iter().map(|(_, role)| role).listed()
    }

    /// The widest level at which a role grants a permission.
    pub(super) fn widest(&self, role: RoleId, permission: PermissionId) -> Option<Level> {
        let row = self.tables.row(self.model(), role)?;
        row.grants(permission).iter().map(|grant| grant.level).max()
    }

    /// The teams that the user might join, where one of these conditions reads the user's teams.
    fn teams_that_matter(&self, conditions: &[ConditionId]) -> Vec<TeamId> {
        let model = self.model();
        let is_teams = |path: &Path| path.root == Root::User && model.str(path.rest) == "teams";
        let reads = conditions.iter().any(|when| model.conditions.paths_of(*when).iter().any(is_teams));
        let teams = all::<TeamId>(model.teams.len()).filter(|team| !self.teams().any(|mine| mine == *team));
        if reads { teams.take(MAX_TEAMS).listed() } else { Vec::new() }
    }

    /// The roles of the user that deny a permission or something that it requires.
    fn denying_roles(&self, permission: PermissionId) -> Vec<RoleId> {
        let closure = self.closure(permission);
        let mut roles = Vec::new();
        for held in self.held().filter(|held| held.active) {
            for permission in &closure {
                push_all(&mut roles, self.denials(held, *permission).map(|(role, _)| role));
            }
        }
        sort_set(&mut roles);
        roles
    }
}

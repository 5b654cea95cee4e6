//! Which changes can help against the reason for a "no".

use alloc::rc::Rc;
use alloc::vec;
use alloc::vec::Vec;
use core::slice::from_ref;

use super::search::{Goal, Quest, Search, joined};
use super::{Change, Step};
use crate::collections::list::{Listed, push_all};
use crate::collections::marks::Marks;
use crate::collections::sort::{sort_by, sort_set};
use crate::compile::Grant;
use crate::condition::holds::Record;
use crate::condition::residual::Residual;
use crate::condition::{Path, Root};
use crate::ids::{ConditionId, Id, PermissionId, RoleId, TeamId, all};
use crate::model::{Denial, Level};
use crate::query::decide::Asked;
use crate::query::moment::{Assigned, Moment};
use crate::query::reason::Reason;
use crate::query::scope::{fold_all, fold_lift};
use crate::query::valid::Known;
use crate::time::DAY;

/// Moments at which time alone may change an answer that are looked at.
const MAX_MOMENTS: usize = 24;
/// Teams that are tried where a condition reads the user's.
const MAX_TEAMS: usize = 64;
/// Changes of one kind with the same effect that are followed up.
const MAX_ALIKE: usize = 6;

impl Search<'_> {
    /// What may help after a list of changes, each a few changes at once, the ones to be preferred first.
    pub(super) fn steps(&self, quest: Quest<'_>, list: &[Step]) -> Vec<Vec<Step>> {
        let Some(decision) = self.decide(quest, list) else { return Vec::new() };
        let each = |steps: Vec<Step>| steps.into_iter().map(|step| vec![step]).listed();
        let waits = || self.waits(quest, list);
        match decision.reason {
            Reason::Clock => each(self.first_moment(list)),
            Reason::UserDisabled => vec![vec![global(Change::Enable)]],
            Reason::NotInPlan => each(self.plans(list)),
            Reason::Denied => {
                let against = self.suppose(list, |moment| self.against_denials(moment, quest));
                after(each(waits()), against)
            }
            // The reason is that of the grant that came nearest; another may take less.
            Reason::NotGranted | Reason::NotActive | Reason::OutOfScope | Reason::ConditionFailed => {
                let nearer = self.suppose(list, |moment| {
                    after(self.conditions_of_grants(moment, quest), moment.teams_of_record(quest))
                });
                let wider = after(self.grants(quest, list), self.plans(list));
                each(after(after(waits(), nearer), wider))
            }
            Reason::Prerequisite => {
                let plans = if self.lacks_plan(list) { self.plans(list) } else { Vec::new() };
                after(after(each(plans), self.requirements(list)), each(waits()))
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
    pub(super) fn first_moment(&self, list: &[Step]) -> Vec<Step> {
        let begins = self.begins();
        let now = self.suppose(list, |moment| moment.now);
        let is_later = now.is_finite() && now < begins;
        is_later.then_some(global(Change::Wait(begins))).into_iter().listed()
    }

    /// Each other plan, unless one was chosen.
    fn plans(&self, list: &[Step]) -> Vec<Step> {
        if list.iter().any(|step| matches!(step.change, Change::Plan(_))) {
            return Vec::new();
        }
        (0..self.plans.len()).map(|plan| global(Change::Plan(vec![plan]))).listed()
    }

    /// Whether something that is asked for is not part of the plan.
    fn lacks_plan(&self, list: &[Step]) -> bool {
        self.suppose(list, |moment| self.goals.iter().any(|goal| !moment.compiled.has(goal.permission)))
    }

    /// Waiting until time alone changes something, unless that was done; not only for the snapshot to begin.
    pub(super) fn waits(&self, quest: Quest<'_>, list: &[Step]) -> Vec<Step> {
        let is_wait = |step: &Step| matches!(step.change, Change::Wait(until) if until > self.begins());
        if list.iter().any(is_wait) {
            return Vec::new();
        }
        let goals = if quest.of == 0 { &self.goals[..] } else { from_ref(&quest.goal) };
        let moments = self.suppose(list, |moment| moment.turning_points(goals));
        self.promising(quest, list, moments.into_iter().map(|until| global(Change::Wait(until))).listed())
    }

    /// Assigning a role that grants the permission to an extent that may reach the record, unless one was.
    fn grants(&self, quest: Quest<'_>, list: &[Step]) -> Vec<Step> {
        if list.iter().any(|step| step.of == quest.of && matches!(step.change, Change::Grant(..))) {
            return Vec::new();
        }
        let Goal { permission, asked } = quest.goal;
        let granting = self.suppose(list, |moment| {
            let mut steps = Vec::new();
            for role in moment.granting_roles(permission) {
                if let Some(level) = moment.widest(role, permission)
                    && moment.might_reach(level, asked)
                {
                    steps.push(quest.step(Change::Grant(level, vec![role])));
                }
            }
            steps
        });
        self.promising(quest, list, granting)
    }

    /// The changes that are enough by themselves and narrow, then a few for each effect.
    fn promising(&self, quest: Quest<'_>, list: &[Step], steps: Vec<Step>) -> Vec<Step> {
        let mut found: Vec<(usize, usize, Step)> = Vec::new();
        for step in steps {
            let longer = joined(list, from_ref(&step));
            let Some(decision) = self.decide(quest, &longer) else { break };
            let width = if let Change::Grant(level, _) = &step.change { *level as usize } else { 0 };
            let rank = if decision.reason == Reason::Granted { width } else { Level::ALL.len() + width };
            let effect = decision.reason as usize;
            let alike = found.iter().filter(|it| (it.0, it.1) == (rank, effect)).count();
            if alike < MAX_ALIKE {
                found.push((rank, effect, step));
            }
        }
        sort_by(&mut found, |a, b| a.0.cmp(&b.0));
        found.into_iter().map(|(.., step)| step).listed()
    }

    /// Making the conditions of a grant that reaches hold; joining a team, where they read the user's.
    fn conditions_of_grants(&self, moment: &Moment<'_>, quest: Quest<'_>) -> Vec<Step> {
        let Goal { permission, asked } = quest.goal;
        let facts = moment.facts(moment.asked_record(permission, asked));
        let of = facts.record.knowledge();
        let mut changes = Vec::new();
        let mut failing = Vec::new();
        for (assigned, grant) in moment.reaching(permission, asked) {
            let when = [assigned.assignment.when, grant.when].into_iter().flatten();
            let failed: Vec<ConditionId> =
                when.filter(|when| fold_all(&facts, Some(*when)) == Residual::False).listed();
            push_all(&mut changes, self.supposed(moment, &failed, true, of));
            push_all(&mut failing, failed);
        }
        push_all(&mut changes, self.teams_that_matter(moment, &failing).into_iter().map(Change::Team));
        changes.into_iter().map(|change| quest.step(change)).listed()
    }

    /// Making all denials fail, by their conditions as far as these can, or lifting all of them; joining a
    /// team, where they read the user's.
    fn against_denials(&self, moment: &Moment<'_>, quest: Quest<'_>) -> Vec<Vec<Step>> {
        let Goal { permission, asked } = quest.goal;
        let facts = moment.facts(moment.asked_record(permission, asked));
        let of = facts.record.knowledge();
        let (mut failing, mut lifting, mut conditions) = (Vec::new(), Vec::new(), Vec::new());
        for (assigned, role, denial) in moment.touching(permission, asked) {
            let when = [denial.when, assigned.assignment.when].into_iter().flatten();
            if when.clone().any(|when| fold_lift(&facts, Some(when)) != Residual::False) {
                continue;
            }
            let lift = Change::Lift(role);
            let fail = when.clone().find_map(|when| self.supposed(moment, &[when], false, of));
            failing.push(fail.unwrap_or_else(|| lift.clone()));
            lifting.push(lift);
            push_all(&mut conditions, when);
        }
        let mut steps = vec![self.once_each(quest, failing), self.once_each(quest, lifting)];
        for team in self.teams_that_matter(moment, &conditions) {
            steps.push(vec![quest.step(Change::Team(team))]);
        }
        steps
    }

    /// Giving all that is required. Where each is allowed by itself, only denials can stand between them.
    fn requirements(&self, list: &[Step]) -> Vec<Vec<Step>> {
        let mut given = joined(list, &[]);
        let mut next = 1;
        while let Some(quest) = self.first_missing(&given, next) {
            next = quest.of + 1;
            match self.shortest(quest, given) {
                Some(longer) => given = longer,
                None => return Vec::new(),
            }
        }
        if given.len() > list.len() {
            return vec![given.split_off(list.len())];
        }
        let roles = self.suppose(list, |moment| self.denying_roles(moment));
        vec![roles.into_iter().map(|role| global(Change::Lift(role))).listed()]
    }

    /// The first goal from a position on that is not allowed by itself, supposing a list of changes.
    pub(super) fn first_missing(&self, list: &[Step], from: usize) -> Option<Quest<'_>> {
        let missing = |moment: &Moment<'_>| {
            let is_held =
                |goal: &Goal<'_>| moment.ask_alone(goal.permission, goal.asked).reason == Reason::Granted;
            self.goals.iter().skip(from).position(|goal| self.work.is_over() || !is_held(goal))
        };
        let at = self.suppose(list, missing)?;
        if self.work.is_over() { None } else { self.quest(from + at) }
    }

    /// The roles of the user that deny what is asked for, or something that it requires.
    pub(super) fn denying_roles(&self, moment: &Moment<'_>) -> Vec<RoleId> {
        let mut roles = Vec::new();
        // Each role once, on however many teams it is.
        let mut seen = Marks::new(self.model().roles.len());
        for assigned in
            moment.assigned().filter(|assigned| assigned.active && seen.add(assigned.assignment.role))
        {
            if !moment.denies(assigned.assignment.role) {
                continue;
            }
            for goal in self.goals.iter().take_while(|_| !self.work.is_over()) {
                push_all(&mut roles, moment.denials(assigned, goal.permission).map(|(role, _)| role));
            }
        }
        sort_set(&mut roles);
        roles
    }

    /// The teams that the user might join, where one of these conditions reads the user's teams.
    fn teams_that_matter(&self, moment: &Moment<'_>, conditions: &[ConditionId]) -> Vec<TeamId> {
        let model = self.model();
        let reads =
            |when: &ConditionId| model.conditions.paths_of(*when).iter().any(|path| self.is_teams(*path));
        let is_new = |team: &TeamId| !moment.teams().any(|mine| mine == *team);
        let teams = all::<TeamId>(model.teams.len()).filter(is_new);
        if conditions.iter().any(reads) { teams.take(MAX_TEAMS).listed() } else { Vec::new() }
    }

    /// Whether a path is that of the user's teams.
    pub(super) fn is_teams(&self, path: Path) -> bool {
        path.root == Root::User && self.model().str(path.rest) == "teams"
    }

    /// Changes as steps, without what is there already.
    fn once_each(&self, quest: Quest<'_>, changes: Vec<Change>) -> Vec<Step> {
        let mut kept: Vec<Step> = Vec::with_capacity(changes.len());
        for change in changes {
            let step = quest.step(change);
            self.work.spend(kept.len());
            if !self.work.is_over() && !kept.contains(&step) {
                kept.push(step);
            }
        }
        kept
    }
}

/// A change that is about the user or the tenant as a whole, or about what is asked for itself.
pub(super) fn global(change: Change) -> Step {
    Step { of: 0, change }
}

/// One list after another.
fn after<T>(mut first: Vec<T>, mut then: Vec<T>) -> Vec<T> {
    first.append(&mut then);
    first
}

impl<'a> Moment<'a> {
    /// Joining a team of the record.
    fn teams_of_record(&self, quest: Quest<'_>) -> Vec<Step> {
        let Asked::On(owners, _) = quest.goal.asked else { return Vec::new() };
        let standing = self.standing(owners);
        let others = standing.teams.iter().filter(|team| !self.teams().any(|mine| mine == **team));
        others.map(|team| quest.step(Change::Team(*team))).listed()
    }

    /// Whether an assignment without limits might reach what is asked about, if the user joined its teams.
    pub(super) fn might_reach(&self, level: Level, asked: Asked<'_>) -> bool {
        let Asked::On(owners, _) = asked else { return true };
        let standing = self.standing(owners);
        match level {
            Level::Own => standing.owned,
            Level::Team => standing.owned || !standing.teams.is_empty(),
            Level::All => true,
        }
    }

    /// The active grants that reach what is asked about.
    pub(super) fn reaching(&self, permission: PermissionId, asked: Asked<'_>) -> Vec<(Assigned<'a>, Grant)> {
        let reaches = |assigned: Assigned<'_>, level: Level| match asked {
            Asked::On(owners, _) => self.grant_reaches(assigned, level, self.standing(owners)),
            Asked::WithoutRecord => self.is_scoped(permission) || assigned.assignment.team.is_none(),
            Asked::Anywhere => true,
        };
        let mut found = Vec::new();
        for assigned in self.assigned().filter(|assigned| assigned.active && self.counts(*assigned)) {
            let grants = self.grants(assigned, permission);
            push_all(
                &mut found,
                grants.filter(|grant| reaches(assigned, grant.level)).map(|grant| (assigned, grant)),
            );
        }
        found
    }

    /// The active denials that touch what is asked about, each with the role it stands in.
    pub(super) fn touching(
        &self,
        permission: PermissionId,
        asked: Asked<'_>,
    ) -> Vec<(Assigned<'a>, RoleId, Denial)> {
        let touches = |assigned: Assigned<'_>| match asked {
            Asked::On(owners, _) => self.denial_touches(assigned, self.standing(owners)),
            Asked::WithoutRecord | Asked::Anywhere => true,
        };
        let mut found = Vec::new();
        for assigned in self.assigned().filter(|assigned| assigned.active && touches(*assigned)) {
            push_all(
                &mut found,
                self.denials(assigned, permission).map(|(role, denial)| (assigned, role, denial)),
            );
        }
        found
    }

    /// The moments from now on at which time alone may change whether goals are allowed, before the snapshot
    /// expires.
    pub(super) fn turning_points(&self, goals: &[Goal<'_>]) -> Vec<f64> {
        let expires = self.model().expires_at.unwrap_or(f64::INFINITY);
        let mut found = Vec::new();
        let mut now = self.now;
        while found.len() < MAX_MOMENTS {
            let moment = self.supposing(now, Rc::clone(&self.compiled), self.supposed);
            // Goals that are asked of the same record share what is known.
            let (known, unknown, any) = (Known::default(), Known::default(), Known::default());
            let steady = |it: &Goal<'_>| {
                let record = moment.asked_record(it.permission, it.asked);
                let known = match record {
                    Record::Known(_) | Record::Staying(..) => &known,
                    Record::Unknown => &unknown,
                    Record::Any => &any,
                };
                moment.steady_until(it.permission, record, known)
            };
            let next = goals.iter().map(steady).fold(f64::INFINITY, f64::min);
            if next >= expires || next <= now || self.is_over() {
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
        let size = |role: RoleId| self.compiled.row(role).granted.count();
        self.spend(model.roles.len());
        let count = if self.is_over() { 0 } else { model.roles.len() };
        let roles = all::<RoleId>(count).filter(in_session);
        let mut roles: Vec<(usize, RoleId)> = roles
            .filter(|role| self.widest(*role, permission).is_some())
            .take_while(|_| !self.is_over())
            .map(|role| (size(role), role))
            .inspect(|_| self.spend(self.compiled.take_steps()))
            .listed();
        sort_by(&mut roles, Ord::cmp);
        roles.into_iter().map(|(_, role)| role).listed()
    }

    /// The widest level at which a role grants a permission.
    pub(super) fn widest(&self, role: RoleId, permission: PermissionId) -> Option<Level> {
        let widest = self.compiled.grants(role, permission).map(|grant| grant.level).max();
        self.spend(1 + self.compiled.take_steps());
        widest
    }

    /// Whether a role, or one that it inherits, denies anything.
    pub(super) fn denies(&self, role: RoleId) -> bool {
        let model = self.model();
        let mut lineage = self.compiled.lineage(role).iter();
        lineage.any(|role| model.roles.get(role.index()).is_some_and(|role| !role.deny.is_empty()))
    }
}

//! Decisions: the steps of a check, in their order, with the reason for the answer.
//!
//! Twin of pkg-template/src/gate/view.ts and pkg-template/src/gate/why.ts; tests/package/vectors.mjs and
//! tests/laws.rs hold them equal.

use alloc::vec;
use alloc::vec::Vec;

use super::moment::{Assigned, Moment};
use super::reason::Reason;
use super::sayings::Sayings;
use super::scope::{self, Part, fold_all};
use super::standing::{RecordOwners, Standing};
use crate::attributes::Attributes;
use crate::collections::list::Listed;
use crate::collections::pairs::Keyed;
use crate::compile::{Grant, Requirements};
use crate::condition::holds::{Facts, Record};
use crate::condition::residual::Residual;
use crate::ids::{Id, PermissionId};
use crate::model::{Assignment, Level, Permission};

/// What a permission is asked on.
#[derive(Clone, Copy)]
#[expect(missing_debug_implementations, reason = "attributes are whatever the caller has")]
pub enum On<'a> {
    /// Anything at all.
    Anything,
    /// A record of which nothing is known.
    Unknown,
    /// A record.
    Record(&'a dyn Attributes),
}

/// How a question is asked.
#[derive(Clone, Copy)]
pub(crate) enum Asked<'a> {
    /// Without a record.
    WithoutRecord,
    /// On some record, whichever: so a scoped permission that is asked without a record asks for what it
    /// requires on the same record.
    Anywhere,
    /// On a record, with its owners and teams.
    On(&'a RecordOwners, Record<'a>),
}

/// An answer and what decided it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Decision {
    pub(crate) reason: Reason,
    /// The permission, and the grant of that assignment's role that decided; of a "no", the one that came
    /// nearest.
    pub(crate) grant: Option<(PermissionId, Grant)>,
    /// Position of the assignment that granted or denied, or came nearest to granting.
    pub(crate) assignment: Option<usize>,
}

impl From<Reason> for Decision {
    fn from(reason: Reason) -> Self {
        Self { reason, grant: None, assignment: None }
    }
}

impl Decision {
    /// What a grant comes to.
    fn by(reason: Reason, id: PermissionId, assigned: Assigned<'_>, grant: Grant) -> Self {
        Self { grant: Some((id, grant)), assignment: Some(assigned.index), ..reason.into() }
    }
}

impl<'a> Moment<'a> {
    /// Decides about a permission by name.
    pub(crate) fn decide(&self, permission: &str, asked: Asked<'_>) -> Decision {
        if let Some(reason) = self.refused() {
            return reason.into();
        }
        match self.model().permission(permission) {
            None => Reason::UnknownPermission.into(),
            Some(permission) => self.ask(permission, asked),
        }
    }

    pub(crate) fn ask(&self, permission: PermissionId, asked: Asked<'_>) -> Decision {
        match asked {
            Asked::WithoutRecord => self.decide_without_record(permission, self.is_scoped(permission)),
            Asked::Anywhere => self.decide_without_record(permission, true),
            Asked::On(owners, record) => self.decide_on(permission, self.standing(owners), record),
        }
    }

    /// Decides as [`Self::ask`] does, but for what the permission requires.
    pub(crate) fn ask_alone(&self, permission: PermissionId, asked: Asked<'_>) -> Decision {
        let alone = Requirements { same: vec![permission], without_record: Vec::new() };
        match asked {
            Asked::On(owners, record) => {
                self.own_decision(permission, self.standing(owners), &self.remembering(record))
            }
            Asked::WithoutRecord => self.without_record(permission, self.is_scoped(permission), &alone),
            Asked::Anywhere => self.without_record(permission, true, &alone),
        }
    }

    /// Decides about a record. Whose it is was read by the mapping of the permission that is asked for.
    fn decide_on(&self, permission: PermissionId, standing: Standing<'_>, record: Record<'_>) -> Decision {
        let facts = self.remembering(record);
        let decision = self.own_decision(permission, standing, &facts);
        if decision.reason != Reason::Granted {
            return decision;
        }
        let requirements = self.requirements(permission);
        let mut distinct = None;
        let mut known: Keyed<()> = Keyed::default();
        for required in requirements.same.iter().skip(1) {
            let is_like_another = self.class(*required).is_some_and(|class| !known.put(class.0, class.1, ()));
            let is_refused = |it| self.refused_permission(*required, it).is_some();
            if is_like_another && !self.declared(*required).is_none_or(is_refused) {
                continue;
            }
            if distinct.is_none() && self.sayings().is_some() {
                distinct = Some(self.distinct_on(standing));
            }
            let about = match &distinct {
                Some((assigned, sayings)) => self.those_about(assigned, sayings, *required),
                None => self.assigned_about(*required),
            };
            if self.own_decision_by(&about, *required, standing, &facts).reason != Reason::Granted {
                return Reason::Prerequisite.into();
            }
        }
        if self.first_refused(&requirements.without_record).is_some() {
            Reason::Prerequisite.into()
        } else {
            decision
        }
    }

    /// The active assignments that deny or grant anything on a record, and what they are about. Those of one
    /// role that have no condition do so alike, on whichever teams: of these the first one stands for all.
    fn distinct_on(&self, standing: Standing<'_>) -> (Vec<Assigned<'a>>, Sayings) {
        let mut known: Keyed<()> = Keyed::default();
        let says_more = |assigned: &Assigned<'_>| {
            let Assignment { role, team, when, .. } = assigned.assignment;
            let touches = self.denial_touches(*assigned, standing);
            let reaches = self.grant_reaches(*assigned, Level::All, standing);
            let how = u32::from(touches) | u32::from(reaches) << 1 | u32::from(team.is_some()) << 2;
            assigned.active && (touches || reaches) && (when.is_some() || known.put(role.number(), how, ()))
        };
        let distinct = self.assigned().filter(says_more).listed();
        let sayings = self.sayings_of(&distinct);
        (distinct, sayings)
    }

    /// Decides about a permission on a record, without what it requires.
    fn own_decision(&self, id: PermissionId, standing: Standing<'_>, facts: &Facts<'_>) -> Decision {
        self.own_decision_by(&self.assigned_about(id), id, standing, facts)
    }

    /// The same by those assignments that may say anything about it.
    fn own_decision_by(
        &self,
        about: &[Assigned<'_>],
        id: PermissionId,
        standing: Standing<'_>,
        facts: &Facts<'_>,
    ) -> Decision {
        let Some(permission) = self.declared(id) else {
            return Reason::UnknownPermission.into();
        };
        if let Some(reason) = self.refused_permission(id, permission) {
            return reason.into();
        }
        if let Some(assigned) = self.denial(about, id, facts, Some(standing)) {
            return Decision { assignment: Some(assigned.index), ..Reason::Denied.into() };
        }
        self.grant(about, id, facts, Some(standing))
    }

    /// Whether denials through an assignment are about a record: its team covers it, or it has no team.
    pub(crate) fn denial_touches(&self, assigned: Assigned<'_>, standing: Standing<'_>) -> bool {
        assigned.assignment.team.is_none_or(|team| !standing.has_team || self.covers(team, standing))
    }

    /// Whether a grant at a level through an assignment reaches a record.
    pub(crate) fn grant_reaches(&self, assigned: Assigned<'_>, level: Level, standing: Standing<'_>) -> bool {
        assigned.assignment.team.is_none_or(|team| self.covers(team, standing))
            && self.reaches(level, assigned, standing)
    }

    /// The first active assignment that denies, among those that touch the record, if there is one.
    fn denial<'s>(
        &self,
        about: &[Assigned<'s>],
        id: PermissionId,
        facts: &Facts<'_>,
        standing: Option<Standing<'_>>,
    ) -> Option<Assigned<'s>> {
        for assigned in about.iter().copied() {
            let touches =
                assigned.active && standing.is_none_or(|standing| self.denial_touches(assigned, standing));
            if touches && !facts.lift(assigned.assignment.when) {
                for (_, denial) in self.denials(assigned, id) {
                    if !facts.lift(denial.when) {
                        return Some(assigned);
                    }
                }
            }
        }
        None
    }

    /// The first assignment that grants, or why none does: for a record, or for the tenant as a whole.
    fn grant(
        &self,
        about: &[Assigned<'_>],
        id: PermissionId,
        facts: &Facts<'_>,
        standing: Option<Standing<'_>>,
    ) -> Decision {
        let reaches = |assigned: Assigned<'_>, level| match standing {
            Some(standing) => self.grant_reaches(assigned, level, standing),
            None => assigned.assignment.team.is_none(),
        };
        let mut nearest: Decision = Reason::NotGranted.into();
        for assigned in about.iter().copied() {
            if !self.counts(assigned) {
                continue;
            }
            for grant in self.grants(assigned, id) {
                let reason = if !assigned.active {
                    Reason::NotActive
                } else if !reaches(assigned, grant.level) {
                    Reason::OutOfScope
                } else if !facts.allow(assigned.assignment.when) || !facts.allow(grant.when) {
                    Reason::ConditionFailed
                } else {
                    return Decision::by(Reason::Granted, id, assigned, grant);
                };
                if reason.nearness() > nearest.reason.nearness() {
                    nearest = Decision::by(reason, id, assigned, grant);
                }
            }
        }
        nearest
    }

    /// Decides a question without a record: about anything at all (`scoped`), or about the tenant as a whole.
    /// First about what the permission requires.
    fn decide_without_record(&self, permission: PermissionId, scoped: bool) -> Decision {
        let is_scoped = |id| if id == permission { scoped } else { self.is_scoped(id) };
        let mut open = vec![permission];
        while let Some(&next) = open.last() {
            if self.decided(next, is_scoped(next)).is_some() {
                open.pop();
                continue;
            }
            let requirements = self.requirements_without_record(next, is_scoped(next));
            let before = open.len();
            self.spend(1 + requirements.without_record.len());
            for required in &requirements.without_record {
                if self.decided(*required, is_scoped(*required)).is_none() {
                    open.push(*required);
                }
            }
            if open.len() == before {
                let decision = self.without_record(next, is_scoped(next), &requirements);
                self.found.decided.borrow_mut().put(next.number(), u32::from(is_scoped(next)), decision);
                open.pop();
            }
        }
        self.decided(permission, scoped).unwrap_or(Reason::UnknownPermission.into())
    }

    /// The decision about a permission without a record, if it was taken.
    fn decided(&self, permission: PermissionId, scoped: bool) -> Option<Decision> {
        self.found.decided.borrow().get(permission.number(), u32::from(scoped)).copied()
    }

    /// Decides without a record, the permissions required without one being decided.
    fn without_record(&self, id: PermissionId, scoped: bool, requirements: &Requirements) -> Decision {
        let Some(permission) = self.declared(id) else {
            return Reason::UnknownPermission.into();
        };
        if let Some(reason) = self.refused_permission(id, permission) {
            return reason.into();
        }
        let decision = if scoped { self.on_anything(id, requirements) } else { self.on_the_tenant(id) };
        for required in &requirements.without_record {
            let other = self.decided(*required, self.is_scoped(*required));
            if decision.reason == Reason::Granted && other.is_none_or(|it| it.reason != Reason::Granted) {
                return Reason::Prerequisite.into();
            }
        }
        decision
    }

    /// A tenant-level permission for the tenant as a whole.
    fn on_the_tenant(&self, id: PermissionId) -> Decision {
        let facts = self.remembering(Record::Unknown);
        let about = self.assigned_about(id);
        if let Some(assigned) = self.denial(&about, id, &facts, None) {
            return Decision { assignment: Some(assigned.index), ..Reason::Denied.into() };
        }
        self.grant(&about, id, &facts, None)
    }

    /// A scoped permission on anything at all: whether its scope is not none.
    fn on_anything(&self, id: PermissionId, requirements: &Requirements) -> Decision {
        let mut own = [self.part(id)];
        let [Part { had_alternatives, closed, .. }] = own;
        scope::exclude(&mut own);
        if closed || (had_alternatives && own.iter().any(|part| part.any.is_empty())) {
            let facts = self.remembering(Record::Any);
            let assigned = self.denial(&self.assigned_about(id), id, &facts, None).map(|it| it.index);
            return Decision { assignment: assigned, ..Reason::Denied.into() };
        }
        if !had_alternatives {
            return self.nothing_granted(id);
        }
        for required in requirements.same.iter().skip(1) {
            let refused =
                self.declared(*required).is_none_or(|it| self.refused_permission(*required, it).is_some());
            if refused {
                return Reason::Prerequisite.into();
            }
        }
        let mut parts = self.parts(requirements);
        scope::exclude(&mut parts);
        if parts.iter().any(|part| part.any.is_empty()) {
            return Reason::Prerequisite.into();
        }
        self.first_granting(id)
    }

    /// Whether nothing but the record stands against a permission: it and what it requires on the same
    /// record are in the plan and the limit, and what it requires without a record is allowed.
    pub(crate) fn is_blocked_only_by_record(&self, id: PermissionId) -> bool {
        let requirements = self.requirements(id);
        for id in &requirements.same {
            if self.declared(*id).is_none_or(|it| self.refused_permission(*id, it).is_some()) {
                return false;
            }
        }
        self.first_refused(&requirements.without_record).is_none()
    }

    /// Why a scoped permission has no alternative.
    fn nothing_granted(&self, id: PermissionId) -> Decision {
        let mut nearest: Decision = Reason::NotGranted.into();
        for assigned in self.assigned_about(id) {
            let reason = if assigned.active { Reason::ConditionFailed } else { Reason::NotActive };
            if self.counts(assigned)
                && reason.nearness() > nearest.reason.nearness()
                && let Some(grant) = self.grants(assigned, id).next()
            {
                nearest = Decision::by(reason, id, assigned, grant);
            }
        }
        nearest
    }

    /// The first active grant that may hold, for the explanation of a "yes".
    fn first_granting(&self, id: PermissionId) -> Decision {
        let facts = self.remembering(Record::Any);
        let may_hold = |when| fold_all(&facts, when) != Residual::False;
        for assigned in self.assigned_about(id) {
            if !assigned.active || !self.counts(assigned) || !may_hold(assigned.assignment.when) {
                continue;
            }
            for grant in self.grants(assigned, id) {
                if may_hold(grant.when) {
                    return Decision::by(Reason::Granted, id, assigned, grant);
                }
            }
        }
        Reason::Granted.into()
    }

    /// The first of these permissions that is not allowed without a record.
    fn first_refused(&self, required: &[PermissionId]) -> Option<PermissionId> {
        let is_refused = |required: &PermissionId| {
            self.decide_without_record(*required, self.is_scoped(*required)).reason != Reason::Granted
        };
        required.iter().copied().find(is_refused)
    }

    pub(crate) fn is_scoped(&self, permission: PermissionId) -> bool {
        self.declared(permission).is_some_and(Permission::is_scoped)
    }

    /// The record of a question, as its conditions see it.
    pub(crate) fn asked_record<'q>(&self, permission: PermissionId, asked: Asked<'q>) -> Record<'q> {
        match asked {
            Asked::On(_, record) => record,
            Asked::WithoutRecord if !self.is_scoped(permission) => Record::Unknown,
            Asked::WithoutRecord | Asked::Anywhere => Record::Any,
        }
    }

    pub(crate) fn declared(&self, permission: PermissionId) -> Option<&Permission> {
        self.model().catalog.permissions.get(permission.index())
    }
}

//! One user at one moment, and the rules that concern no permission in particular.

use alloc::rc::Rc;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::cell::{Cell, OnceCell, RefCell};
use core::iter::Copied;
use core::slice::Iter;

use super::decide::Decision;
use super::reason::Reason;
use super::sayings::Sayings;
use super::scope::Together;
use super::supposed::{AS_IT_IS, Supposed};
use crate::attributes::Attributes;
use crate::collections::list::Listed;
use crate::collections::marks::Marks;
use crate::collections::pairs::Keyed;
use crate::collections::sort::sort_set;
use crate::compile::{Compiled, Grant, Grants, Kept, RoleDenial, Tables};
use crate::condition::holds::{Facts, Memo, Record, UserFacts};
use crate::host::Zones;
use crate::ids::{ConditionId, Id, PermissionId, RoleId, TeamId, UserId};
use crate::json::value::Index;
use crate::model::{Assignment, Level, Model, Permission, Target, User};
use crate::time::DAY;
use crate::work::Work;

/// Everything that answers come from.
#[derive(Debug)]
pub(crate) struct Engine {
    pub(crate) model: Model,
    /// Shared with those of people whom the snapshot does not list.
    pub(crate) tables: Arc<Tables>,
}

/// What bounds a gate besides the snapshot.
#[derive(Debug, Default)]
pub(crate) struct Bounds {
    /// Session roles: only assignments of these grant.
    pub(crate) roles: Option<Vec<RoleId>>,
    /// Limits: each must include a permission.
    pub(crate) limits: Vec<Vec<Target>>,
}

impl Bounds {
    /// Looks up session roles and limits; names that the snapshot does not know bound nothing in.
    pub(crate) fn new(model: &Model, roles: Option<&[String]>, limits: &[Vec<String>]) -> Self {
        let target = |name: &String| model.target(name);
        let mut roles: Option<Vec<RoleId>> =
            roles.map(|roles| roles.iter().filter_map(|name| model.role(name)).listed());
        if let Some(roles) = &mut roles {
            sort_set(roles);
        }
        Self { roles, limits: limits.iter().map(|limit| limit.iter().filter_map(target).listed()).listed() }
    }
}

/// Of up to so many assignments it is not remembered what conditions came to.
const FEW: usize = 8;
/// Up to so many assignments are gone through for each permission. Checked builds have few, so that tests go
/// both ways.
const FEW_TO_ASK: usize = if cfg!(debug_assertions) { 1 } else { 32 };
/// So often they are gone through before it is worth looking what they are about.
const FEW_TIMES: usize = if cfg!(debug_assertions) { 1 } else { 16 };

/// One user at one moment.
pub(crate) struct Moment<'a> {
    model: &'a Model,
    /// What roles grant and deny, as far as it was asked.
    pub(crate) compiled: Rc<Compiled<'a>>,
    pub(crate) user: Option<UserId>,
    pub(crate) bounds: &'a Bounds,
    pub(crate) now: f64,
    /// The context; `None` while it is unresolved.
    pub(crate) context: Option<&'a dyn Attributes>,
    pub(crate) zones: &'a dyn Zones,
    /// What is taken to be otherwise than the snapshot says.
    pub(crate) supposed: &'a Supposed,
    /// What looking at it costs, where that is bounded.
    pub(crate) work: Option<&'a Work>,
    /// What follows from all this.
    pub(crate) found: Found<'a>,
}

/// What the user has at that moment, and what was found out on the way. It begins empty.
#[derive(Default)]
pub(crate) struct Found<'a> {
    /// What was decided without a record: by permission and whether it is asked for anything at all.
    pub(crate) decided: RefCell<Keyed<Decision>>,
    /// What conditions came to.
    memo: Option<Rc<Memo>>,
    /// Of the assignments that everyone has, the rows of those that matter; all of them, if it was not looked
    /// at that.
    pub(crate) common: Option<Rc<[u32]>>,
    /// Where the user's attributes are.
    index: Index,
    /// What the user's assignments are about, where they are many and it was asked.
    sayings: OnceCell<Sayings>,
    /// How often they were gone through.
    times: Cell<usize>,
    /// Those that are active, where they are many and it was asked, and what they are about.
    pub(crate) ways: OnceCell<(Vec<Together>, Sayings)>,
    /// The user's assignments.
    assigned: Vec<Assigned<'a>>,
    /// The teams that the user is in, and their names.
    teams: Vec<TeamId>,
    team_names: Vec<&'a str>,
}

/// An assignment that the user has.
#[derive(Clone, Copy)]
pub(crate) struct Assigned<'a> {
    /// Its position: the user's own assignments, then those of everyone.
    pub(crate) index: usize,
    pub(crate) assignment: &'a Assignment,
    pub(crate) active: bool,
}

impl<'a> Moment<'a> {
    pub(crate) fn new(
        engine: &'a Engine,
        user: &str,
        bounds: &'a Bounds,
        now: f64,
        context: Option<&'a dyn Attributes>,
        zones: &'a dyn Zones,
        kept: Rc<Kept>,
    ) -> Self {
        let Engine { model, tables } = engine;
        let mut moment = Self {
            model,
            compiled: Rc::new(Compiled::with(model, tables, kept)),
            user: model.user(user),
            bounds,
            now,
            context,
            zones,
            supposed: &AS_IT_IS,
            work: None,
            found: Found::default(),
        };
        moment.collect();
        moment
    }

    /// The same moment of another user.
    pub(crate) fn of(&self, user: UserId) -> Self {
        let mut other = Self {
            compiled: Rc::clone(&self.compiled),
            user: Some(user),
            found: Found {
                memo: self.found.memo.clone(),
                common: self.found.common.clone(),
                ..Found::default()
            },
            ..*self
        };
        other.collect();
        if let (Some(work), Some(user)) = (self.work, other.known_user()) {
            work.read_of(self.model.attribute_bytes(user));
        }
        other
    }

    /// The same user at another time, under another plan, or with more that is supposed.
    pub(crate) fn supposing<'s>(
        &self,
        now: f64,
        compiled: Rc<Compiled<'s>>,
        supposed: &'s Supposed,
    ) -> Moment<'s>
    where
        'a: 's,
    {
        let mut other = Moment { now, compiled, supposed, found: Found::default(), ..*self };
        other.collect();
        other
    }

    /// The same moment, of which each look is counted.
    pub(crate) fn at_cost<'s>(&'s self, work: &'s Work, zones: &'s dyn Zones) -> Moment<'s> {
        let same = self.supposing(self.now, Rc::clone(&self.compiled) as Rc<Compiled<'s>>, self.supposed);
        Moment { work: Some(work), zones, ..same }
    }

    /// The same moment, of anybody: of the assignments that everyone has only some rows matter.
    pub(crate) fn of_anybody(mut self, common: Rc<[u32]>) -> Self {
        self.found.memo = Some(Rc::new(Memo::for_anybody()));
        self.found.common = Some(common);
        self
    }

    /// Collects what the user has: assignments and teams.
    #[inline(never)]
    fn collect(&mut self) {
        let model = self.model;
        if let Some(user) = self.known_user() {
            let [own, everyone] = model.assignments_of(user);
            self.assign_all(own);
            match self.found.common.clone() {
                None => self.assign_all(everyone),
                Some(common) => self.assign_common(own.len(), &common),
            }
            self.join(model.teams_of(user));
        }
        self.assign_all(&self.supposed.assignments);
        self.join(&self.supposed.teams);
        self.spend(1 + self.found.assigned.len() + self.found.teams.len());
        if self.found.assigned.len() > FEW && self.found.memo.is_none() {
            self.found.memo = Some(Rc::default());
        }
    }

    /// Counts what looking at so much costs.
    pub(crate) fn spend(&self, steps: usize) {
        if let Some(work) = self.work {
            work.spend(steps);
        }
    }

    /// Whether a search has nothing left to look at anything more.
    pub(crate) fn is_over(&self) -> bool {
        self.work.is_some_and(Work::is_over)
    }

    fn assign_all(&mut self, assignments: &'a [Assignment]) {
        for assignment in assignments {
            self.assign(self.found.assigned.len(), assignment);
        }
    }

    fn assign(&mut self, index: usize, assignment: &'a Assignment) {
        let active = self.model.window(assignment).contains(self.now);
        self.found.assigned.push(Assigned { index, assignment, active });
    }

    /// Adds assignments that everyone has, behind so many of the user's own.
    fn assign_common(&mut self, own: usize, rows: &[u32]) {
        let model = self.model;
        for row in rows {
            if let Some(assignment) = model.assignments.get(*row as usize) {
                self.assign(own + (row - model.everyone.start) as usize, assignment);
            }
        }
    }

    fn join(&mut self, teams: &[TeamId]) {
        for team in teams {
            self.found.teams.push(*team);
            if let Some(team) = self.model.teams.get(team.index()) {
                self.found.team_names.push(self.model.str(team.id));
            }
        }
    }

    /// The teams that the user is in.
    pub(crate) fn teams(&self) -> Copied<Iter<'_, TeamId>> {
        self.found.teams.iter().copied()
    }

    pub(crate) fn model(&self) -> &'a Model {
        self.model
    }

    pub(crate) fn known_user(&self) -> Option<&'a User> {
        self.user.and_then(|user| self.model().users.get(user.index()))
    }

    /// What the role of an assignment grants of a permission.
    pub(crate) fn grants(&self, assigned: Assigned<'_>, permission: PermissionId) -> CountedGrants<'_, 'a> {
        let grants = self.compiled.grants(assigned.assignment.role, permission);
        self.spend(1 + self.compiled.take_steps());
        CountedGrants { grants, moment: self }
    }

    /// Whether the role of an assignment grants a permission at all.
    pub(crate) fn grants_any(&self, assigned: Assigned<'_>, permission: PermissionId) -> bool {
        let grants_any = self.compiled.grants_any(assigned.assignment.role, permission);
        self.spend(1 + self.compiled.take_steps());
        grants_any
    }

    /// The denials of an assignment's role that are about a permission, each with the role it stands in.
    pub(crate) fn denials(&self, assigned: Assigned<'_>, permission: PermissionId) -> Denials<'a> {
        let all = self.compiled.denials(assigned.assignment.role, permission);
        self.spend(1 + all.len() + self.compiled.take_steps());
        Denials { next: if self.is_over() { all.len() } else { 0 }, all, lifted: &self.supposed.lifted }
    }

    /// What is refused before any permission is looked at: for the clock, and for the user
    /// (docs/format.md#answers).
    pub(crate) fn refused(&self) -> Option<Reason> {
        let model = self.model();
        let too_early = model.issued_at.is_some_and(|issued| self.now < issued - DAY);
        if !self.now.is_finite() || self.now < 0.0 || too_early {
            return Some(Reason::Clock);
        }
        if model.expires_at.is_some_and(|expires| self.now >= expires) {
            return Some(Reason::Expired);
        }
        match self.known_user() {
            None => Some(Reason::UnknownUser),
            Some(user) => (user.disabled && !self.supposed.enabled).then_some(Reason::UserDisabled),
        }
    }

    /// What is refused for a permission whatever roles say: the plan and the limit.
    pub(crate) fn refused_permission(&self, id: PermissionId, permission: &Permission) -> Option<Reason> {
        if !self.compiled.has(id) {
            return Some(Reason::NotInPlan);
        }
        let includes = |limit: &Vec<Target>| limit.iter().any(|target| target.includes(id, permission));
        (!self.bounds.limits.iter().all(includes)).then_some(Reason::Limited)
    }

    /// The user's assignments; none where a search has nothing left to look at them.
    pub(crate) fn assigned(&self) -> Copied<Iter<'_, Assigned<'a>>> {
        self.spend(self.found.assigned.len());
        let assigned = if self.is_over() { &[] } else { &self.found.assigned[..] };
        assigned.iter().copied()
    }

    /// What the user's assignments are about, where they are many.
    pub(crate) fn sayings(&self) -> Option<&Sayings> {
        let make = || self.sayings_of(&self.found.assigned);
        self.found.times.set(self.found.times.get() + 1);
        let is_worth_it = self.found.assigned.len() > FEW_TO_ASK && self.found.times.get() > FEW_TIMES;
        is_worth_it.then(|| self.found.sayings.get_or_init(make))
    }

    /// All that the user is assigned, whether or not anything is left to look at it.
    pub(crate) fn all_assigned(&self) -> Vec<Assigned<'a>> {
        self.spend(self.found.assigned.len());
        self.found.assigned.clone()
    }

    /// The assignment at a position.
    pub(crate) fn assigned_at(&self, at: usize) -> Option<Assigned<'a>> {
        self.found.assigned.get(at).copied()
    }

    /// What some of the user's assignments are about.
    pub(crate) fn sayings_of(&self, assigned: &[Assigned<'_>]) -> Sayings {
        let made = Sayings::new(self.model, assigned);
        self.spend(made.len());
        made
    }

    /// Those of some assignments that may say anything about a permission, by what they are about.
    pub(crate) fn those_about(
        &self,
        assigned: &[Assigned<'a>],
        sayings: &Sayings,
        permission: PermissionId,
    ) -> Vec<Assigned<'a>> {
        let found = self.sayers(sayings, permission);
        found.into_iter().filter_map(|at| assigned.get(at as usize).copied()).listed()
    }

    /// The positions of those that may say anything about a permission.
    pub(crate) fn sayers(&self, sayings: &Sayings, permission: PermissionId) -> Vec<u32> {
        let found = sayings.about(self.model, &self.compiled, permission);
        self.spend(1 + found.len() + self.compiled.take_steps());
        if self.is_over() { Vec::new() } else { found }
    }

    /// The same for permissions between which no role of the user makes a difference, where it was looked for
    /// them.
    pub(crate) fn class(&self, id: PermissionId) -> Option<(u32, u32)> {
        let (sayings, permission) = (self.sayings()?, self.declared(id)?);
        if self.model.has_implications()
            || permission.role_types.is_some()
            || sayings.has(Target::Permission(id))
        {
            return None;
        }
        let mut traits = 2 * u32::from(permission.standard_only) + u32::from(self.compiled.has(id));
        for level in Level::ALL {
            traits = 4 * traits + permission.level_within(level).map_or(0, |level| level as u32 + 1);
        }
        Some((permission.category.number(), traits))
    }

    /// Those of the user's assignments that may say anything about a permission.
    pub(crate) fn assigned_about(&self, permission: PermissionId) -> Vec<Assigned<'a>> {
        if self.is_over() {
            return Vec::new();
        }
        let Some(sayings) = self.sayings() else { return self.assigned().listed() };
        self.those_about(&self.found.assigned, sayings, permission)
    }

    /// Whether an assignment may grant: its role is among the session roles.
    pub(crate) fn counts(&self, assigned: Assigned<'_>) -> bool {
        self.bounds.roles.as_ref().is_none_or(|roles| roles.binary_search(&assigned.assignment.role).is_ok())
    }

    /// What conditions are asked about, for a record.
    pub(crate) fn facts<'b>(&'b self, record: Record<'b>) -> Facts<'b> {
        let model = self.model();
        let user = self.known_user();
        Facts {
            document: &model.document,
            conditions: &model.conditions,
            user: UserFacts {
                id: user.map_or("", |user| model.str(user.id)),
                teams: &self.found.team_names,
                unknown_teams: user.map_or(0, |user| user.unknown_teams as usize),
                attributes: user.and_then(|user| user.attributes).map(|at| at.get() as usize),
                index: &self.found.index,
                unresolved: false,
            },
            context: self.context,
            record,
            element: None,
            same: None,
            now: self.now,
            zones: self.zones,
            supposed: &self.supposed.conditions,
            work: self.work,
            memo: None,
        }
    }

    /// The same for the record that the question is about, or for any: what whole conditions come to is
    /// remembered.
    pub(crate) fn remembering<'b>(&'b self, record: Record<'b>) -> Facts<'b> {
        Facts { memo: self.found.memo.as_deref(), ..self.facts(record) }
    }
}

/// The grants of an assignment's role, of which each is counted.
pub(crate) struct CountedGrants<'m, 'a> {
    grants: Grants<'m>,
    moment: &'m Moment<'a>,
}

impl Iterator for CountedGrants<'_, '_> {
    type Item = Grant;

    fn next(&mut self) -> Option<Grant> {
        self.moment.spend(1);
        self.grants.next()
    }
}

/// Denials, but for those of roles that are supposed to deny nothing.
pub(crate) struct Denials<'a> {
    all: Rc<[RoleDenial]>,
    next: usize,
    lifted: &'a Marks,
}

impl Iterator for Denials<'_> {
    type Item = RoleDenial;

    fn next(&mut self) -> Option<RoleDenial> {
        loop {
            let denial = *self.all.get(self.next)?;
            self.next += 1;
            if !self.lifted.has(denial.0) {
                return Some(denial);
            }
        }
    }
}

impl Facts<'_> {
    /// Whether a condition holds; none always does.
    pub(crate) fn allow(&self, when: Option<ConditionId>) -> bool {
        when.is_none_or(|when| self.truth_of(when) == Some(true))
    }

    /// Whether a denial's condition is definitely false.
    pub(crate) fn lift(&self, when: Option<ConditionId>) -> bool {
        when.is_some_and(|when| self.truth_of(when) == Some(false))
    }
}

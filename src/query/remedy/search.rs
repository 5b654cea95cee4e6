//! The search for the shortest list of changes, breadth first.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use core::cell::Cell;
use core::slice::from_ref;

use super::{Change, terms};
use crate::compile::Tables;
use crate::condition::fold::Folded;
use crate::condition::holds::{Attributes, Record};
use crate::ids::{PermissionId, RoleId};
use crate::list::{Listed, push_all};
use crate::model::{Assignment, Model};
use crate::query::decide::{Asked, Decision};
use crate::query::subject::{Moment, Reason, Spot};
use crate::query::supposed::Supposed;
use crate::sort::sort_set;

/// The most steps that are taken one after another.
const MAX_STEPS: usize = 6;
/// A list that is as long as this is made no longer.
const MAX_CHANGES: usize = 10;
/// The deepest chain of prerequisites that is mended.
const MAX_CHAIN: usize = 6;
/// Lists of one length that are made longer.
const MAX_LISTS: usize = 200;
/// Decisions that one search may take, so that hostile snapshots end it.
const MAX_WORK: usize = 40_000;
/// Lists that are tried to find what else would do in place of a role or a plan.
const MAX_VARIANTS: usize = 64;

/// What a search works with.
pub(super) struct Search<'a> {
    pub(super) base: &'a Moment<'a>,
    /// The other plans that have all that is asked for, and what roles grant under them.
    pub(super) plans: Vec<(String, Tables)>,
    /// The record that is asked about, if its attributes are at hand.
    pub(super) record: Option<&'a dyn Attributes>,
    /// The paths that tell where it is.
    pub(super) places: Vec<&'a str>,
    /// Whether attributes that tell where the record is may be others; only where nothing else helps.
    pub(super) may_move: Cell<bool>,
    work: Cell<usize>,
}

/// A question and what was changed before it is asked.
#[derive(Clone, Copy)]
pub(super) struct Quest<'a> {
    pub(super) permission: PermissionId,
    pub(super) asked: Asked<'a>,
    before: &'a [Change],
    depth: usize,
}

impl<'a> Quest<'a> {
    /// A question before which nothing was changed.
    pub(super) fn first(permission: PermissionId, asked: Asked<'a>) -> Self {
        Self { permission, asked, before: &[], depth: MAX_CHAIN }
    }

    /// Whether a change was made before, or is in a list, however deep.
    pub(super) fn has(&self, list: &[Change], is: &dyn Fn(&Change) -> bool) -> bool {
        fn any(changes: &[Change], is: &dyn Fn(&Change) -> bool) -> bool {
            changes.iter().any(|change| match change {
                Change::Requires(_, changes) => any(changes, is),
                change => is(change),
            })
        }
        any(self.before, is) || any(list, is)
    }
}

impl<'a> Search<'a> {
    pub(super) fn new(base: &'a Moment<'a>, permission: PermissionId, asked: Asked<'a>) -> Self {
        let model = base.model();
        let permissions = model.catalog.permissions.iter().filter_map(|it| model.plans(it));
        let mut names: Vec<String> = permissions.flatten().map(ToOwned::to_owned).listed();
        sort_set(&mut names);
        names.retain(|name| model.plan() != Some(name));
        let needed = base.closure(permission);
        let useful = |name: String| {
            let tables = Tables::new(model, Some(&name));
            needed.iter().all(|permission| tables.has(*permission)).then_some((name, tables))
        };
        let record = match asked {
            Asked::On(_, Record::Known(record)) => Some(record),
            _ => None,
        };
        let kind = base.declared(permission).map_or(usize::MAX, |declared| declared.kind);
        let mut places = model.owner_paths(kind);
        push_all(&mut places, model.team_paths(kind));
        Self {
            base,
            plans: names.into_iter().filter_map(useful).listed(),
            record,
            places,
            may_move: Cell::new(false),
            work: Cell::new(MAX_WORK),
        }
    }

    pub(super) fn model(&self) -> &'a Model {
        self.base.model()
    }

    /// The changes that make the answer "yes": as few as can be, and no fewer would do.
    pub(super) fn mend(&self, permission: PermissionId, asked: Asked<'_>) -> Option<Vec<Change>> {
        let quest = Quest::first(permission, asked);
        let found = self.shortest(quest).or_else(|| {
            self.may_move.set(true);
            self.shortest(quest)
        })?;
        Some(self.with_variants(quest, found))
    }

    /// Makes lists longer until one of them is enough.
    fn shortest(&self, quest: Quest<'_>) -> Option<Vec<Change>> {
        if self.is_enough(quest, &[]) {
            return Some(Vec::new());
        }
        let mut lists: Vec<Vec<Change>> = vec![Vec::new()];
        for _ in 0..MAX_STEPS {
            let mut longer = Vec::new();
            for list in &lists {
                for step in self.steps(quest, list) {
                    let list = joined(list, &step);
                    if self.is_enough(quest, &list) {
                        return Some(self.least(quest, list));
                    }
                    if list.len() < MAX_CHANGES {
                        longer.push(list);
                    }
                }
            }
            longer.truncate(MAX_LISTS);
            lists = longer;
        }
        None
    }

    /// The shortest part of a list that is enough.
    fn least(&self, quest: Quest<'_>, list: Vec<Change>) -> Vec<Change> {
        (1..list.len()).find_map(|count| self.enough_of(quest, &list, count)).unwrap_or(list)
    }

    /// A part of a list with so many changes that is enough.
    fn enough_of(&self, quest: Quest<'_>, list: &[Change], count: usize) -> Option<Vec<Change>> {
        for part in 0..1_u32 << list.len() {
            if part.count_ones() as usize == count {
                let mut kept = Vec::new();
                for (at, change) in list.iter().enumerate() {
                    if part & (1 << at) != 0 {
                        kept.push(change.clone());
                    }
                }
                if self.is_enough(quest, &kept) {
                    return Some(kept);
                }
            }
        }
        None
    }

    /// Whether a list is enough, and no part of it is.
    fn is_least(&self, quest: Quest<'_>, list: &[Change]) -> bool {
        self.is_enough(quest, list)
            && (0..list.len()).all(|count| self.enough_of(quest, list, count).is_none())
            && lessened(list).iter().all(|list| !self.is_enough(quest, list))
    }

    /// The list that gives what is required, and no more than that; none where it is held already.
    pub(super) fn nested(&self, quest: Quest<'_>, list: &[Change], required: PermissionId) -> Option<Change> {
        let depth = quest.depth.checked_sub(1)?;
        let direct = self.model().requires(quest.permission).iter().find(|it| it.permission == required);
        // One that is required by what is required is asked on the same record too.
        let asked = direct.map_or(quest.asked, |it| self.base.asked_for(quest.permission, *it, quest.asked));
        let before = joined(quest.before, list);
        let changes = self.shortest(Quest { permission: required, asked, before: &before, depth })?;
        (!changes.is_empty()).then_some(Change::Requires(required, changes))
    }

    /// Asks the question, supposing a list of changes and those before it.
    pub(super) fn suppose<T>(
        &self,
        quest: Quest<'_>,
        list: &[Change],
        ask: impl FnOnce(&Moment<'_>) -> T,
    ) -> T {
        let mut supposed = Supposed::new();
        let (now, tables) = self.apply_all(quest, list, &mut supposed);
        ask(&self.base.supposing(now, tables, &supposed))
    }

    /// Supposes changes. Gives the time and the tables that go with them.
    #[inline(never)]
    fn apply_all(&self, quest: Quest<'_>, list: &[Change], to: &mut Supposed) -> (f64, &Tables) {
        let (mut now, mut tables) = (self.base.now, self.base.tables);
        for changes in [quest.before, list] {
            for change in changes {
                self.apply(change, &mut now, &mut tables, to);
            }
        }
        (now, tables)
    }

    fn apply<'s>(&'s self, change: &Change, now: &mut f64, tables: &mut &'s Tables, to: &mut Supposed) {
        match change {
            Change::Enable => to.enabled = true,
            Change::Plan(plans) => {
                let plan = plans.first().and_then(|at| self.plans.get(*at));
                *tables = plan.map_or(*tables, |(_, tables)| tables);
            }
            Change::Wait(until) => *now = *until,
            Change::Team(team) => to.teams.push(*team),
            Change::Grant(_, _, roles) => {
                push_all(&mut to.assignments, roles.first().map(|role| Assignment::of(*role)));
            }
            Change::Lift(role) => to.lifted.push(*role),
            Change::Assume(conditions) => push_all(&mut to.conditions, conditions.iter().copied()),
            Change::Requires(_, changes) => {
                for change in changes {
                    self.apply(change, now, tables, to);
                }
            }
        }
    }

    /// The decision, supposing a list of changes; `None` when the search has worked enough.
    pub(super) fn decide(&self, quest: Quest<'_>, list: &[Change]) -> Option<Decision> {
        self.work.set(self.work.get().checked_sub(1)?);
        Some(self.suppose(quest, list, |moment| match moment.refused() {
            Some(reason) => reason.into(),
            None => moment.ask(quest.permission, quest.asked),
        }))
    }

    /// Whether the answer is "yes", supposing a list of changes. Attributes that a condition would have
    /// changed may be those that tell the owner and the team: then it must be "yes" wherever the record is.
    pub(super) fn is_enough(&self, quest: Quest<'_>, list: &[Change]) -> bool {
        let is_granted = |quest: Quest<'_>| {
            self.decide(quest, list).is_some_and(|decision| decision.reason == Reason::Granted)
        };
        let nowhere = Spot::default();
        let mut assumed = Vec::new();
        terms::assumed_anywhere(quest.before, &mut assumed);
        terms::assumed_anywhere(list, &mut assumed);
        is_granted(quest)
            && self.suppose(quest, list, |moment| {
                assumed.iter().all(|one| self.could_be(moment, *one) != Folded::False)
            })
            && match quest.asked {
                Asked::On(_, record) if assumed.iter().any(|one| one.moves) => {
                    is_granted(Quest { asked: Asked::On(&nowhere, record), ..quest })
                }
                _ => true,
            }
    }

    /// Adds the roles and plans that would do as well.
    fn with_variants(&self, quest: Quest<'_>, mut list: Vec<Change>) -> Vec<Change> {
        for place in places(&list) {
            let others: Vec<Change> = match change_at(&mut list, &place).cloned() {
                Some(Change::Grant(permission, level, roles)) => {
                    let granting = self.suppose(quest, &list, |moment| moment.granting_roles(permission));
                    let others = granting.into_iter().filter(|role| !roles.contains(role));
                    others.map(|role| Change::Grant(permission, level, vec![role])).listed()
                }
                Some(Change::Plan(plans)) => {
                    let others = (0..self.plans.len()).filter(|plan| !plans.contains(plan));
                    others.map(|plan| Change::Plan(vec![plan])).listed()
                }
                _ => Vec::new(),
            };
            for other in others {
                self.add_variant(quest, &mut list, &place, other);
            }
        }
        list
    }

    /// Adds a change that would do in place of another, whichever the rest of the list is.
    fn add_variant(&self, quest: Quest<'_>, list: &mut [Change], place: &[usize], other: Change) {
        let mut would_do = joined(list, &[]);
        if let Some(change) = change_at(&mut would_do, place) {
            change.clone_from(&other);
        }
        let relied = self.relied(quest.permission, quest.asked, list);
        let is_right = variants(&would_do).is_some_and(|lists| {
            lists.iter().all(|list| {
                self.is_least(quest, list)
                    && self.keeps_level(quest, list, &other)
                    && self.relied(quest.permission, quest.asked, list) == relied
            })
        });
        match (change_at(list, place), other) {
            (Some(Change::Grant(.., roles)), Change::Grant(.., more)) if is_right => roles.extend(more),
            (Some(Change::Plan(plans)), Change::Plan(more)) if is_right => plans.extend(more),
            _ => {}
        }
    }

    /// Whether the role that a change assigns grants at the level that the change names.
    fn keeps_level(&self, quest: Quest<'_>, list: &[Change], change: &Change) -> bool {
        let Change::Grant(permission, level, roles) = change else { return true };
        let widest = |role: &RoleId| self.suppose(quest, list, |moment| moment.widest(*role, *permission));
        roles.first().and_then(widest) == Some(*level)
    }
}

/// One list after another. `concat` would do, but is compiled for each kind of list.
#[inline(never)]
pub(super) fn joined(first: &[Change], then: &[Change]) -> Vec<Change> {
    let mut list = Vec::with_capacity(first.len() + then.len());
    for changes in [first, then] {
        push_all(&mut list, changes.iter().cloned());
    }
    list
}

/// Where changes stand that name a choice: positions in lists within lists, the innermost first.
fn places(list: &[Change]) -> Vec<Vec<usize>> {
    let mut found = Vec::new();
    for (at, change) in list.iter().enumerate() {
        match change {
            Change::Grant(..) | Change::Plan(_) => found.push(vec![at]),
            Change::Requires(_, changes) => {
                for mut place in places(changes) {
                    place.push(at);
                    found.push(place);
                }
            }
            _ => {}
        }
    }
    found
}

fn change_at<'c>(list: &'c mut [Change], place: &[usize]) -> Option<&'c mut Change> {
    let (outermost, inner) = place.split_last()?;
    match list.get_mut(*outermost)? {
        Change::Requires(_, changes) => change_at(changes, inner),
        change => Some(change),
    }
}

/// The lists with one change less, however deep it stands.
fn lessened(list: &[Change]) -> Vec<Vec<Change>> {
    let mut found = Vec::new();
    for (at, change) in list.iter().enumerate() {
        let with = |changes: &[Change]| {
            let before = joined(list.get(..at).unwrap_or_default(), changes);
            joined(&before, list.get(at + 1..).unwrap_or_default())
        };
        found.push(with(&[]));
        if let Change::Requires(permission, changes) = change {
            let inner = lessened(changes).into_iter();
            push_all(&mut found, inner.map(|changes| with(&[Change::Requires(*permission, changes)])));
        }
    }
    found
}

/// The lists that come of taking one each of the roles and plans that would do; `None` if they are too many.
fn variants(list: &[Change]) -> Option<Vec<Vec<Change>>> {
    let mut lists: Vec<Vec<Change>> = vec![Vec::new()];
    for change in list {
        let choices = choices(change)?;
        let mut longer = Vec::new();
        for list in &lists {
            for choice in &choices {
                longer.push(joined(list, from_ref(choice)));
            }
        }
        lists = longer;
        if lists.len() > MAX_VARIANTS {
            return None;
        }
    }
    Some(lists)
}

/// What a change may come to.
fn choices(change: &Change) -> Option<Vec<Change>> {
    Some(match change {
        Change::Grant(permission, level, roles) => {
            roles.iter().map(|role| Change::Grant(*permission, *level, vec![*role])).listed()
        }
        Change::Plan(plans) => plans.iter().map(|plan| Change::Plan(vec![*plan])).listed(),
        Change::Requires(permission, changes) => {
            let lists = variants(changes)?;
            lists.into_iter().map(|changes| Change::Requires(*permission, changes)).listed()
        }
        other => vec![other.clone()],
    })
}

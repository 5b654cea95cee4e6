//! The search for a short list of changes: breadth first, then outright; and the test that nothing in a list
//! is superfluous.

use alloc::borrow::ToOwned;
use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use core::cell::{Cell, OnceCell};
use core::slice::from_ref;

use super::{Change, Step, terms};
use crate::attributes::Attributes;
use crate::collections::list::{Listed, push_all};
use crate::collections::marks::Marks;
use crate::collections::pairs::Pairs;
use crate::collections::sort::{sort_by, sort_set};
use crate::compile::Compiled;
use crate::condition::holds::Record;
use crate::condition::residual::Residual;
use crate::ids::{Id, PermissionId, RoleId};
use crate::model::{Assignment, Model};
use crate::query::decide::{Asked, Decision};
use crate::query::moment::Moment;
use crate::query::reason::Reason;
use crate::query::standing::RecordOwners;
use crate::query::supposed::Supposed;
use crate::work::Work;

/// What finding a list may cost breadth first, then outright; and what its reduction and its words may cost.
const SEARCH: usize = 300_000;
const OUTRIGHT: usize = 300_000;
const REDUCTION: usize = 800_000;
const VARIANTS: usize = 150_000;
const WORDS: usize = 150_000;
/// The most steps that are taken one after another.
const MAX_STEPS: usize = 7;
/// Lists of one length that are made longer.
const MAX_LISTS: usize = 200;
/// Of lists up to this long, each part is tried.
const FEW: usize = 6;
/// Changes that may do harm, of which each choice is tried.
const MAX_HARMFUL: usize = 10;
/// Lists that are tried to find what else would do in place of a role or a plan.
const MAX_VARIANTS: usize = 64;

/// What a search works with.
pub(super) struct Search<'a> {
    pub(super) base: &'a Moment<'a>,
    pub(super) work: &'a Work,
    /// All that must be allowed: first what is asked for, then what it requires.
    pub(super) goals: Vec<Goal<'a>>,
    /// The other plans that have all that is asked for, and what roles grant under them.
    pub(super) plans: Vec<Plan<'a>>,
    /// The record that is asked about, if its attributes are at hand.
    pub(super) record: Option<&'a dyn Attributes>,
    /// The paths that tell where it is.
    pub(super) owner_paths: Vec<&'a str>,
    /// Whether attributes that tell where the record is may be others; only where nothing else helps.
    pub(super) may_move: Cell<bool>,
}

/// A plan that the tenant might have.
pub(super) struct Plan<'a> {
    pub(super) name: String,
    compiled: OnceCell<Rc<Compiled<'a>>>,
}

impl Plan<'_> {
    fn new(name: String) -> Self {
        Self { name, compiled: OnceCell::new() }
    }
}

/// A time, what roles grant, and what is supposed besides.
struct World<'a> {
    now: f64,
    compiled: Rc<Compiled<'a>>,
    supposed: Supposed,
}

impl World<'_> {
    #[inline(never)]
    fn moment<'s>(&'s self, base: &Moment<'s>) -> Moment<'s> {
        base.supposing(self.now, Rc::clone(&self.compiled) as Rc<Compiled<'s>>, &self.supposed)
    }
}

/// A permission that must be allowed, and how it is asked.
#[derive(Clone, Copy)]
pub(super) struct Goal<'a> {
    pub(super) permission: PermissionId,
    pub(super) asked: Asked<'a>,
}

/// What a list has to bring about.
#[derive(Clone, Copy)]
pub(super) struct Quest<'a> {
    pub(super) goal: Goal<'a>,
    /// The position of the goal; the first stands for all of them.
    pub(super) of: usize,
}

impl Quest<'_> {
    /// A change for its sake.
    pub(super) fn step(self, change: Change) -> Step {
        Step { of: self.of, change }
    }
}

impl<'a> Search<'a> {
    pub(super) fn new(
        base: &'a Moment<'a>,
        work: &'a Work,
        permission: PermissionId,
        asked: Asked<'a>,
    ) -> Self {
        let record = if let Asked::On(_, Record::Known(record)) = asked { Some(record) } else { None };
        let model = base.model();
        let of = base.declared(permission).map(|declared| declared.resource_type);
        let mut owner_paths = model.owner_paths(of);
        push_all(&mut owner_paths, model.team_paths(of));
        let goals = base.goals(permission, asked);
        let plans = plans_for(model, &goals).into_iter();
        Self {
            base,
            work,
            goals,
            plans: plans.map(Plan::new).listed(),
            record,
            owner_paths,
            may_move: Cell::new(false),
        }
    }

    pub(super) fn model(&self) -> &'a Model {
        self.base.model()
    }

    /// The quest for the goal at a position.
    pub(super) fn quest(&self, of: usize) -> Option<Quest<'a>> {
        self.goals.get(of).map(|goal| Quest { goal: *goal, of })
    }

    /// The changes that get the permission allowed, and whether that is all there is to know: no part of them
    /// would do; if there are none, nothing could.
    pub(super) fn find(&self, quest: Quest<'_>) -> (Vec<Step>, bool) {
        let mut is_possible = false;
        for may_move in [false, true] {
            if may_move && self.record.is_none() {
                break;
            }
            self.may_move.set(may_move);
            let part = 1 + usize::from(may_move);
            self.work.allow(SEARCH / part);
            if let Some(found) = self.shortest(quest, Vec::new()) {
                return self.reduced(quest, found);
            }
            self.work.allow(OUTRIGHT / part);
            let (possible, found) = self.outright(quest);
            if let Some(found) = found {
                return self.reduced(quest, found);
            }
            is_possible |= possible || self.work.is_over();
        }
        (Vec::new(), !is_possible)
    }

    /// Makes lists longer until one of them is enough.
    pub(super) fn shortest(&self, quest: Quest<'_>, start: Vec<Step>) -> Option<Vec<Step>> {
        if self.is_enough(quest, &start) {
            return Some(start);
        }
        let mut lists = vec![start];
        for _ in 0..MAX_STEPS {
            let mut longer = Vec::new();
            for list in &lists {
                for steps in self.steps(quest, list) {
                    let list = joined(list, &steps);
                    if self.is_enough(quest, &list) {
                        return Some(list);
                    }
                    if self.work.is_over() {
                        return None;
                    }
                    longer.push(list);
                }
            }
            longer.truncate(MAX_LISTS);
            lists = longer;
        }
        None
    }

    /// What is left of a list that is enough without what it can do without, with what would do in its place;
    /// and whether all of that was seen to.
    fn reduced(&self, quest: Quest<'_>, mut list: Vec<Step>) -> (Vec<Step>, bool) {
        self.work.allow(REDUCTION);
        while let Some(part) = self.part_enough(quest, &list) {
            list = part;
        }
        let is_least = !self.work.is_over();
        if is_least {
            self.work.allow(VARIANTS);
            self.add_variants(quest, &mut list);
        }
        self.work.allow(WORDS);
        (list, is_least)
    }

    /// A part of a list that is enough, but not all of it. Of many changes, most cannot do harm: then one
    /// that is missing is missing from every part, too.
    fn part_enough(&self, quest: Quest<'_>, list: &[Step]) -> Option<Vec<Step>> {
        if list.len() <= FEW {
            return self.least_part(quest, list);
        }
        (0..list.len())
            .take_while(|_| !self.work.is_over())
            .find_map(|at| self.enough_without(quest, list, at))
            .or_else(|| if self.work.is_over() { None } else { self.enough_with_less_harm(quest, list) })
    }

    /// The shortest part of a list that is enough.
    fn least_part(&self, quest: Quest<'_>, list: &[Step]) -> Option<Vec<Step>> {
        let mut parts = (1..1_u32 << list.len()).map(|left_out| chosen(list, !left_out)).listed();
        sort_by(&mut parts, |a, b| a.len().cmp(&b.len()));
        parts.into_iter().find(|part| self.is_enough(quest, part))
    }

    /// A list without the change at a position, if it is enough. Mostly the change's own goal shows that it
    /// is not.
    fn enough_without(&self, quest: Quest<'_>, list: &[Step], at: usize) -> Option<Vec<Step>> {
        let part = joined(list.get(..at)?, list.get(at + 1..)?);
        let of = list.get(at).and_then(|step| self.quest(step.of));
        let may_do = of.is_none_or(|of| of.of == 0 || self.is_granted(of, &part));
        (may_do && self.is_enough(quest, &part)).then_some(part)
    }

    /// A list with fewer of the changes that may do harm, if it is enough.
    fn enough_with_less_harm(&self, quest: Quest<'_>, list: &[Step]) -> Option<Vec<Step>> {
        let harmful: Vec<usize> =
            (0..list.len()).filter(|at| list.get(*at).is_some_and(|it| self.may_harm(&it.change))).listed();
        if harmful.len() > MAX_HARMFUL {
            self.work.allow(0);
            return None;
        }
        for kept in 0..(1_u32 << harmful.len()) - 1 {
            let mut part = Vec::new();
            for (at, step) in list.iter().enumerate() {
                let is_left_out =
                    harmful.iter().position(|it| *it == at).is_some_and(|bit| kept & 1 << bit == 0);
                if !is_left_out {
                    part.push(step.clone());
                }
            }
            if self.is_granted(quest, &part) {
                if self.is_enough(quest, &part) {
                    return Some(part);
                }
                // A part of this one may do, since it assumes what cannot be.
                self.work.allow(0);
                return None;
            }
        }
        None
    }

    /// Whether a change may turn a "yes" into a "no".
    fn may_harm(&self, change: &Change) -> bool {
        match change {
            Change::Enable | Change::Lift(_) => false,
            Change::Assume(assumed) => assumed.iter().any(|one| one.moves),
            Change::Plan(_) | Change::Wait(_) => true,
            Change::Team(_) => self.model().conditions.paths().any(|path| self.is_teams(path)),
            Change::Grant(_, roles) => roles.iter().any(|role| self.base.denies(*role)),
        }
    }

    /// Asks supposing a list of changes.
    pub(super) fn suppose<T>(&self, list: &[Step], ask: impl FnOnce(&Moment<'_>) -> T) -> T {
        let world = self.world(list);
        ask(&world.moment(self.base))
    }

    /// What is so if these changes are made.
    #[inline(never)]
    fn world(&self, list: &[Step]) -> World<'_> {
        self.work.spend(list.len());
        let compiled = Rc::clone(&self.base.compiled);
        let mut world = World { now: self.base.now, compiled, supposed: Supposed::new() };
        let to = &mut world.supposed;
        if list.iter().any(|step| matches!(step.change, Change::Lift(_))) {
            to.lifted = Marks::new(self.model().roles.len());
        }
        for step in list {
            match &step.change {
                Change::Enable => to.enabled = true,
                Change::Plan(plans) => {
                    if let Some(other) = plans.first().and_then(|at| self.compiled_under(*at)) {
                        world.compiled = other;
                    }
                }
                Change::Wait(until) => world.now = *until,
                Change::Team(team) => to.teams.push(*team),
                Change::Grant(_, roles) => {
                    push_all(&mut to.assignments, roles.first().map(|role| Assignment::of(*role)));
                }
                Change::Lift(role) => _ = to.lifted.add(*role),
                Change::Assume(conditions) => conditions.iter().for_each(|one| to.conditions.add(*one)),
            }
        }
        world
    }

    /// What roles grant under a plan.
    fn compiled_under(&self, plan: usize) -> Option<Rc<Compiled<'a>>> {
        let Plan { name, compiled } = self.plans.get(plan)?;
        let compiled = compiled.get_or_init(|| {
            self.work.spend(self.model().catalog.permissions.len() + self.plans.len());
            Rc::new(self.base.compiled.under(name))
        });
        Some(Rc::clone(compiled))
    }

    /// The decision about a goal, supposing a list of changes; `None` when the search has worked enough.
    pub(super) fn decide(&self, quest: Quest<'_>, list: &[Step]) -> Option<Decision> {
        let Goal { permission, asked } = quest.goal;
        let decision = self.suppose(list, |moment| match moment.refused() {
            Some(reason) => reason.into(),
            None if quest.of == 0 => moment.ask(permission, asked),
            None => moment.ask_alone(permission, asked),
        });
        if self.work.is_over() { None } else { Some(decision) }
    }

    fn is_granted(&self, quest: Quest<'_>, list: &[Step]) -> bool {
        self.decide(quest, list).is_some_and(|decision| decision.reason == Reason::Granted)
    }

    /// Whether the answer is "yes", supposing a list of changes. Attributes that a condition would have
    /// changed may be those that tell the owner and the team: then it must be "yes" wherever the record is.
    pub(super) fn is_enough(&self, quest: Quest<'_>, list: &[Step]) -> bool {
        if !self.is_granted(quest, list) {
            return false;
        }
        let nowhere = RecordOwners::default();
        let assumed = terms::assumed(list);
        let could_be = self
            .suppose(list, |moment| assumed.iter().all(|one| self.could_be(moment, *one) != Residual::False));
        could_be
            && match quest.goal.asked {
                Asked::On(_, record) if assumed.iter().any(|one| one.moves) => {
                    let goal = Goal { asked: Asked::On(&nowhere, record), ..quest.goal };
                    self.is_granted(Quest { goal, of: quest.of }, list)
                }
                Asked::WithoutRecord | Asked::Anywhere | Asked::On(..) => !self.work.is_over(),
            }
    }

    /// Adds the roles and plans that would do as well.
    fn add_variants(&self, quest: Quest<'_>, list: &mut [Step]) {
        for at in 0..list.len() {
            let others: Vec<Change> = match list.get(at).map(|step| (step.of, &step.change)) {
                Some((of, Change::Grant(level, roles))) => {
                    let permission = self.quest(of).unwrap_or(quest).goal.permission;
                    let granting = self.suppose(list, |moment| moment.granting_roles(permission));
                    let others = granting.into_iter().filter(|role| !roles.contains(role));
                    others.map(|role| Change::Grant(*level, vec![role])).listed()
                }
                Some((_, Change::Plan(plans))) => {
                    let others = (0..self.plans.len()).filter(|plan| !plans.contains(plan));
                    others.map(|plan| Change::Plan(vec![plan])).listed()
                }
                Some((
                    _,
                    Change::Enable | Change::Wait(_) | Change::Team(_) | Change::Lift(_) | Change::Assume(_),
                ))
                | None => Vec::new(),
            };
            for other in others.into_iter().take_while(|_| !self.work.is_over()) {
                self.add_variant(quest, list, at, other);
            }
        }
    }

    /// Adds a change that would do in place of another, whichever the rest of the list is.
    fn add_variant(&self, quest: Quest<'_>, list: &mut [Step], at: usize, other: Change) {
        let mut would_do = joined(list, &[]);
        let Some(step) = would_do.get_mut(at) else { return };
        step.change.clone_from(&other);
        let step = step.clone();
        let relied = self.relied(list);
        let is_right = variants(&would_do).is_some_and(|lists| {
            lists.iter().all(|list| {
                self.is_enough(quest, list)
                    && self.part_enough(quest, list).is_none()
                    && self.keeps_level(list, &step)
                    && self.relied(list) == relied
            })
        });
        if self.work.is_over() {
            return;
        }
        match (list.get_mut(at).map(|step| &mut step.change), other) {
            (Some(Change::Grant(_, roles)), Change::Grant(_, more)) if is_right => roles.extend(more),
            (Some(Change::Plan(plans)), Change::Plan(more)) if is_right => plans.extend(more),
            _ => {}
        }
    }

    /// Whether the role that a change assigns grants at the level that the change names.
    fn keeps_level(&self, list: &[Step], step: &Step) -> bool {
        let (Change::Grant(level, roles), Some(of)) = (&step.change, self.quest(step.of)) else {
            return true;
        };
        let widest = |role: &RoleId| self.suppose(list, |moment| moment.widest(*role, of.goal.permission));
        roles.first().and_then(widest) == Some(*level)
    }
}

/// The other plans that have all that is asked for, by name.
fn plans_for(model: &Model, goals: &[Goal<'_>]) -> Vec<String> {
    let plans_of =
        |id: PermissionId| model.catalog.permissions.get(id.index()).and_then(|it| model.plans(it));
    // Where nothing that is asked for is bound to plans, what implies it may be.
    let mut bound = goals.iter().filter_map(|goal| plans_of(goal.permission));
    let mut names: Vec<&str> = match bound.next() {
        Some(first) => first,
        None => model.catalog.permissions.iter().filter_map(|it| model.plans(it)).flatten().listed(),
    };
    names.retain(|name| model.plan() != Some(name));
    sort_set(&mut names);
    for mut plans in bound {
        sort_set(&mut plans);
        names.retain(|name| plans.binary_search(name).is_ok());
    }
    names.into_iter().map(ToOwned::to_owned).listed()
}

impl Moment<'_> {
    /// A permission and all that it requires, direct and transitive, each as it is asked.
    fn goals<'q>(&self, permission: PermissionId, asked: Asked<'q>) -> Vec<Goal<'q>> {
        let mut seen = Pairs::default();
        let mut found = vec![Goal { permission, asked }];
        let mut next = 0;
        while let Some(&Goal { permission, asked }) = found.get(next) {
            next += 1;
            for required in self.model().requires(permission) {
                let asked = self.asked_for(permission, *required, asked);
                let permission = required.permission;
                let how = match asked {
                    Asked::On(..) => 0,
                    Asked::Anywhere if !self.is_scoped(permission) => 1,
                    Asked::Anywhere | Asked::WithoutRecord => 2,
                };
                if seen.add(permission.number(), how) {
                    found.push(Goal { permission, asked });
                }
            }
        }
        found
    }
}

/// One list after another. `concat` would do, but is compiled for each kind of list.
#[inline(never)]
pub(super) fn joined(first: &[Step], then: &[Step]) -> Vec<Step> {
    let mut list = Vec::with_capacity(first.len() + then.len());
    for steps in [first, then] {
        push_all(&mut list, steps.iter().cloned());
    }
    list
}

/// The entries of a list whose bits are set.
fn chosen(list: &[Step], bits: u32) -> Vec<Step> {
    let mut part = Vec::new();
    for (at, step) in list.iter().enumerate() {
        if bits & 1 << at != 0 {
            part.push(step.clone());
        }
    }
    part
}

/// The lists that come of taking one each of the roles and plans that would do; `None` if they are too many.
fn variants(list: &[Step]) -> Option<Vec<Vec<Step>>> {
    let mut lists: Vec<Vec<Step>> = vec![Vec::new()];
    for step in list {
        let choices: Vec<Change> = match &step.change {
            Change::Grant(level, roles) => {
                roles.iter().map(|role| Change::Grant(*level, vec![*role])).listed()
            }
            Change::Plan(plans) => plans.iter().map(|plan| Change::Plan(vec![*plan])).listed(),
            Change::Enable | Change::Wait(_) | Change::Team(_) | Change::Lift(_) | Change::Assume(_) => {
                vec![step.change.clone()]
            }
        };
        let mut longer = Vec::new();
        for list in &lists {
            for change in &choices {
                longer.push(joined(list, from_ref(&Step { of: step.of, change: change.clone() })));
            }
        }
        lists = longer;
        if lists.len() > MAX_VARIANTS {
            return None;
        }
    }
    Some(lists)
}

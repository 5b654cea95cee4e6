//! Whether what somebody holds lies within what others hold: at each moment from now on at which something of
//! it begins or ends, and permission by permission.
//!
//! A permission is held where all parts of its scope are: its own, and those of what it requires on the same
//! record. So a permission is added not only by a grant of it: what it requires may have been all that was
//! missing. Wherever it cannot be told that something lies within, it does not.

use alloc::borrow::ToOwned;
use alloc::collections::BTreeMap;
use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;
use core::cell::{Cell, RefCell};

use super::error::Missing;
use super::forest::Forest;
use super::holding::{Ban, Holder, Reach, Way};
use crate::collections::marks::Marks;
use crate::ids::{Id, PermissionId, all};
use crate::model::{Level, Model};

/// How many ways and bans may be looked at, and compared with each other, for one change.
const STEPS: usize = 200_000_000;

/// What is not held, each with the end of the time for which it is missing; none is for good.
pub(super) type Lacks = BTreeMap<Lack, Option<f64>>;

/// Something of a permission: how far, on which team, and under which condition.
pub(super) type Lack = (PermissionId, Level, Option<String>, Option<String>);

/// Adds what is not held; the longest time counts.
pub(super) fn add_all(to: &mut Lacks, more: &Lacks) {
    for (lack, until) in more {
        match to.get_mut(lack) {
            Some(longest) => *longest = longest.zip(*until).map(|(a, b)| a.max(b)),
            None => {
                to.insert(lack.clone(), *until);
            }
        }
    }
}

/// The same as it is told.
pub(super) fn told(model: &Model, lacks: Lacks) -> Vec<Missing> {
    let told = |((permission, level, team, condition), until): (Lack, _)| {
        let declared = model.catalog.permissions.get(permission.index());
        let permission = declared.map_or("", |declared| model.str(declared.id)).to_owned();
        Missing { permission, level, team, condition, until }
    };
    lacks.into_iter().map(told).collect()
}

/// What may still be compared.
#[derive(Debug)]
pub(super) struct Budget(Cell<usize>);

impl Budget {
    pub(super) fn new() -> Self {
        Self(Cell::new(STEPS))
    }

    pub(super) fn spend(&self, steps: usize) {
        self.0.set(self.0.get().saturating_sub(steps));
    }

    /// Whether nothing is left: then nothing more was compared, and nothing is certain.
    pub(super) fn is_over(&self) -> bool {
        self.0.get() == 0
    }
}

/// The one who makes a change, and what that one holds whatever the record, the context and the time of day.
pub(super) struct Actor<'a> {
    pub(super) holder: &'a Holder<'a>,
    /// The moments from which what is held stays the same until the next.
    moments: Vec<f64>,
    known: RefCell<BTreeMap<usize, Rc<Certain>>>,
}

/// What is held for certain at a moment.
#[derive(Debug)]
struct Certain {
    /// These permissions, on every record.
    whole: Marks,
    /// These, on some record; a tenant-level one for the tenant as a whole.
    some: Marks,
}

/// The permissions that one asks for without a record.
pub(super) fn without_record(holder: &Holder<'_>, permission: PermissionId) -> Vec<PermissionId> {
    let mut found = holder.requirements(permission).without_record.clone();
    // For the tenant as a whole, all is asked for without a record.
    if !is_scoped(holder.model(), permission) {
        found.extend(holder.model().requires(permission).iter().map(|required| required.permission));
    }
    found
}

pub(super) fn is_scoped(model: &Model, permission: PermissionId) -> bool {
    model.catalog.permissions.get(permission.index()).is_some_and(crate::model::Permission::is_scoped)
}

/// Whether the owner and the team of a record are at the same paths for two permissions.
fn are_of_one_place(model: &Model, one: PermissionId, other: PermissionId) -> bool {
    let [one, other] =
        [one, other].map(|id| model.catalog.permissions.get(id.index()).map(|it| it.resource_type));
    one == other
        || (model.owner_paths(one) == model.owner_paths(other)
            && model.team_paths(one) == model.team_paths(other))
}

/// Moments in order, each once.
pub(super) fn in_order(mut moments: Vec<f64>) -> Vec<f64> {
    moments.sort_unstable_by(f64::total_cmp);
    moments.dedup();
    moments
}

impl<'a> Actor<'a> {
    pub(super) fn new(holder: &'a Holder<'a>, now: f64) -> Self {
        let mut moments = holder.moments(now);
        moments.push(now);
        Self { holder, moments: in_order(moments), known: RefCell::default() }
    }

    fn certain(&self, at: f64) -> Rc<Certain> {
        let slice = self.moments.partition_point(|moment| *moment <= at);
        if let Some(known) = self.known.borrow().get(&slice) {
            return Rc::clone(known);
        }
        let model = self.holder.model();
        let count = model.catalog.permissions.len();
        let mut certain = Certain { whole: Marks::new(count), some: Marks::new(count) };
        for permission in &model.catalog.requires_order {
            let same = &self.holder.requirements(*permission).same;
            let needs_all = !is_scoped(model, *permission);
            let is_some = |way: &Way| way.when.is_empty() && (way.is_free() || !needs_all);
            let holds = |enough: &dyn Fn(&Way) -> bool| {
                same.iter().all(|id| {
                    let holding = self.holder.of(*id);
                    holding.bans(at).next().is_none() && holding.ways(at).any(enough)
                })
            };
            if without_record(self.holder, *permission).iter().all(|id| certain.some.has(*id)) {
                if holds(&is_some) {
                    certain.some.add(*permission);
                }
                if holds(&Way::is_free) {
                    certain.whole.add(*permission);
                }
            }
        }
        let certain = Rc::new(certain);
        self.known.borrow_mut().insert(slice, Rc::clone(&certain));
        certain
    }

    /// Whether a permission is held on every record, for good.
    pub(super) fn holds_whole(&self, permission: PermissionId) -> bool {
        self.moments.iter().all(|at| self.certain(*at).whole.has(permission))
    }

    /// Whether all permissions are that can be held at all.
    pub(super) fn holds_everything(&self, can_be_held: &Marks) -> bool {
        all::<PermissionId>(self.holder.model().catalog.permissions.len())
            .all(|permission| !can_be_held.has(permission) || self.holds_whole(permission))
    }
}

/// Those of whose holding it can matter what becomes of others: themselves, and all that require them.
pub(super) fn dependents(model: &Model, changed: &Marks) -> Marks {
    let mut found = changed.clone();
    for permission in &model.catalog.requires_order {
        if model.requires(*permission).iter().any(|required| found.has(required.permission)) {
            found.add(*permission);
        }
    }
    found
}

/// All permissions.
pub(super) fn every(model: &Model) -> Marks {
    let mut marks = Marks::new(model.catalog.permissions.len());
    for permission in all::<PermissionId>(model.catalog.permissions.len()) {
        marks.add(permission);
    }
    marks
}

/// A comparison of what somebody holds with what there was before, and with what the actor holds.
#[derive(Clone, Copy)]
pub(super) struct Comparison<'a> {
    pub(super) whose: &'a Holder<'a>,
    /// What is held here is nothing new.
    pub(super) before: Option<&'a Holder<'a>>,
    pub(super) forest: &'a Forest,
    pub(super) budget: &'a Budget,
    pub(super) now: f64,
}

/// What was found out at one moment of the permissions that were looked at so far.
struct Found {
    /// Nothing of these is new.
    same: Marks,
    /// All of these lies within what the actor holds.
    within: Marks,
}

impl Comparison<'_> {
    /// The moments to compare at.
    fn moments(&self, actor: Option<&Actor<'_>>) -> Vec<f64> {
        let mut moments = Vec::from([self.now]);
        moments.extend(self.whose.moments(self.now));
        moments.extend(self.before.map(|before| before.moments(self.now)).unwrap_or_default());
        moments.extend(actor.map(|actor| actor.moments.clone()).unwrap_or_default());
        in_order(moments)
    }

    /// Whether anything is held that was not held before.
    pub(super) fn has_more(&self, wanted: &Marks) -> bool {
        self.moments(None).into_iter().any(|at| {
            let mut is_more = false;
            self.look(at, None, wanted, &mut |_, _, _| is_more = true);
            is_more
        })
    }

    /// Whether a grant reaches further than before, or a denial less far, whatever else is held.
    pub(super) fn grants_more(&self, changed: &Marks) -> bool {
        let moments = self.moments(None);
        let mut changed = all(self.whose.model().catalog.permissions.len()).filter(|it| changed.has(*it));
        changed.any(|id| moments.iter().any(|at| !self.is_same(id, *at) || self.is_lifted(id, *at)))
    }

    /// What is held, was not held before, and lies not within what the actor holds.
    pub(super) fn lacks(&self, actor: &Actor<'_>, wanted: &Marks) -> Lacks {
        let moments = self.moments(Some(actor));
        let mut last: BTreeMap<Lack, usize> = BTreeMap::new();
        for (slice, at) in moments.iter().enumerate() {
            self.look(*at, Some(actor), wanted, &mut |permission, way, rest| {
                self.note(&mut last, slice, permission, way, &rest);
            });
        }
        let until = |slice: usize| moments.get(slice + 1).copied();
        last.into_iter().map(|(lack, slice)| (lack, until(slice))).collect()
    }

    fn note(
        &self,
        last: &mut BTreeMap<Lack, usize>,
        slice: usize,
        id: PermissionId,
        way: &Way,
        rest: &Reach,
    ) {
        let level = way.limited(rest.clone()).level();
        let condition = self.whose.condition(&way.when);
        let teams = match rest {
            Reach::Teams(teams) => {
                self.forest.tops(teams).into_iter().map(|it| Some(it.to_owned())).collect()
            }
            Reach::Everywhere | Reach::TeamsOfHolder => Vec::from([None]),
        };
        for team in teams {
            last.insert((id, level, team, condition.clone()), slice);
        }
    }

    /// Gives, at a moment, each way to a permission that is new and, if there is an actor, not within what the
    /// actor holds; with what of it is not.
    fn look(
        &self,
        at: f64,
        actor: Option<&Actor<'_>>,
        wanted: &Marks,
        give: &mut dyn FnMut(PermissionId, &Way, Reach),
    ) {
        let model = self.whose.model();
        let count = model.catalog.permissions.len();
        let mut found = Found { same: Marks::new(count), within: Marks::new(count) };
        let needed = self.needed(wanted);
        for permission in model.catalog.requires_order.iter().copied().filter(|it| needed.has(*it)) {
            if self.budget.is_over() {
                return;
            }
            let mut give = |way: &Way, rest| {
                if wanted.has(permission) {
                    give(permission, way, rest);
                }
            };
            self.look_at(permission, at, actor, &mut found, &mut give);
        }
    }

    /// Those that are wanted, and what they ask for without a record.
    fn needed(&self, wanted: &Marks) -> Marks {
        let mut needed = wanted.clone();
        for permission in self.whose.model().catalog.requires_order.iter().rev() {
            if needed.has(*permission) {
                for required in without_record(self.whose, *permission) {
                    needed.add(required);
                }
            }
        }
        needed
    }

    fn look_at(
        &self,
        permission: PermissionId,
        at: f64,
        actor: Option<&Actor<'_>>,
        found: &mut Found,
        give: &mut dyn FnMut(&Way, Reach),
    ) {
        let same = &self.whose.requirements(permission).same;
        self.budget.spend(same.iter().map(|id| 1 + self.whose.of(*id).size()).sum());
        if same.iter().any(|id| self.whose.of(*id).ways(at).next().is_none()) {
            found.same.add(permission);
            found.within.add(permission);
            return;
        }
        let rest_is_same = self.rest_is_same(permission, same, at, found);
        if rest_is_same && self.is_same(permission, at) {
            found.same.add(permission);
            if actor.is_none() {
                return;
            }
        }
        let holding = self.whose.of(permission);
        let Some(actor) = actor else {
            for way in holding.ways(at) {
                give(way, way.reach.clone());
            }
            return;
        };
        if actor.certain(at).whole.has(permission) {
            found.within.add(permission);
            return;
        }
        let mut is_within = true;
        for way in holding.ways(at) {
            if self.outside(permission, way, at, actor, Some(found)).is_none() {
                continue;
            }
            is_within = false;
            let new = match self.before.filter(|_| rest_is_same) {
                Some(before) => way.rest(before.of(permission).ways(at)),
                None => Some(way.reach.clone()),
            };
            let Some(reach) = new else { continue };
            let new = way.limited(reach);
            if let Some(rest) = self.outside(permission, &new, at, actor, Some(found)) {
                give(&new, rest);
            }
        }
        if is_within {
            found.within.add(permission);
        }
    }

    /// Whether nothing of a part is new.
    fn is_same(&self, permission: PermissionId, at: f64) -> bool {
        let Some(before) = self.before else { return false };
        let (new, old) = (self.whose.of(permission), before.of(permission));
        new == old || {
            self.budget.spend(new.ways(at).count().saturating_mul(old.ways(at).count()));
            !self.budget.is_over() && new.ways(at).all(|way| way.rest(old.ways(at)).is_none())
        }
    }

    /// Whether, but for the ways to the permission itself, nothing that it needs is new.
    fn rest_is_same(&self, permission: PermissionId, same: &[PermissionId], at: f64, found: &Found) -> bool {
        let Some(before) = self.before else { return false };
        without_record(self.whose, permission).iter().all(|id| found.same.has(*id))
            && same.iter().all(|id| *id == permission || self.is_same(*id, at))
            && same
                .iter()
                .all(|id| self.whose.of(*id) == before.of(*id) || self.are_banned(before, *id, same, at))
    }

    /// Whether all that somebody is banned from in a part, is banned here, too.
    fn are_banned(&self, other: &Holder<'_>, id: PermissionId, same: &[PermissionId], at: f64) -> bool {
        let holding = other.of(id);
        holding.bans(at).all(|ban| {
            same.iter().any(|part| {
                let own = self.whose.of(*part);
                self.budget.spend(1 + own.bans(at).count());
                let in_place = are_of_one_place(self.whose.model(), id, *part);
                let bans = |own: &Ban| (in_place || own.reach == Reach::Everywhere) && ban.is_within(own);
                !self.budget.is_over() && own.bans(at).any(bans)
            })
        })
    }

    /// What of a way to a permission lies not within what the actor holds. What is `found` out of this holder
    /// counts; without it, only what the actor holds does, since nobody knows what else a holder has.
    fn outside(
        &self,
        permission: PermissionId,
        way: &Way,
        at: f64,
        actor: &Actor<'_>,
        found: Option<&Found>,
    ) -> Option<Reach> {
        let certain = actor.certain(at);
        let is_known =
            |id: &PermissionId| certain.some.has(*id) || found.is_some_and(|it| it.within.has(*id));
        let (model, reach) = (self.whose.model(), &way.reach);
        if !without_record(self.whose, permission).iter().all(is_known) {
            return Some(reach.clone());
        }
        let same = &self.whose.requirements(permission).same;
        for id in same {
            if !self.are_banned(actor.holder, *id, same, at) {
                return Some(reach.clone());
            }
            let held = actor.holder.of(*id);
            self.budget.spend(1 + held.ways(at).count());
            if self.budget.is_over() {
                return Some(reach.clone());
            }
            if *id == permission {
                match way.rest(held.ways(at)) {
                    Some(rest) => return Some(rest),
                    None => continue,
                }
            }
            // Whose a record is for one permission says nothing of another that finds its owner and team elsewhere.
            let elsewhere = way.to_anything();
            let way = if are_of_one_place(model, permission, *id) { way } else { &elsewhere };
            if way.rest(held.ways(at)).is_some() && (found.is_none() || !self.joins(way, *id, at, actor)) {
                return Some(reach.clone());
            }
        }
        None
    }

    /// Whether a way together with each way to something that it needs on the same record lies within what the
    /// actor holds of that.
    fn joins(&self, way: &Way, required: PermissionId, at: f64, actor: &Actor<'_>) -> bool {
        let (own, held) = (self.whose.of(required), actor.holder.of(required));
        self.budget.spend(own.ways(at).count().saturating_mul(held.ways(at).count()));
        let lies = |other: &Way, of: &Way| {
            let asks =
                |atom: &u32| way.when.binary_search(atom).is_ok() || other.when.binary_search(atom).is_ok();
            (!of.own || way.own || other.own)
                && (way.reach.is_within(&of.reach) || other.reach.is_within(&of.reach))
                && of.when.iter().all(asks)
        };
        !self.budget.is_over() && own.ways(at).all(|other| held.ways(at).any(|of| lies(other, of)))
    }

    /// What is granted that was not granted before, and lies not within what the actor holds; and what is no
    /// longer denied, unless the actor holds all of it.
    pub(super) fn grants_lack(&self, actor: &Actor<'_>, changed: &Marks) -> Lacks {
        let moments = self.moments(Some(actor));
        let mut last: BTreeMap<Lack, usize> = BTreeMap::new();
        let changed = all(self.whose.model().catalog.permissions.len()).filter(|it| changed.has(*it));
        for permission in changed {
            for (slice, at) in moments.iter().enumerate() {
                if self.budget.is_over() {
                    return Lacks::new();
                }
                self.granted(permission, *at, actor, &mut |way, rest| {
                    self.note(&mut last, slice, permission, way, &rest);
                });
                if !actor.certain(*at).whole.has(permission) && self.is_lifted(permission, *at) {
                    last.insert((permission, Level::All, None, None), slice);
                }
            }
        }
        let until = |slice: usize| moments.get(slice + 1).copied();
        last.into_iter().map(|(lack, slice)| (lack, until(slice))).collect()
    }

    fn granted(
        &self,
        permission: PermissionId,
        at: f64,
        actor: &Actor<'_>,
        give: &mut dyn FnMut(&Way, Reach),
    ) {
        let (new, old) = (self.whose.of(permission), self.before.map(|before| before.of(permission)));
        for way in new.ways(at) {
            let reach = match &old {
                Some(old) => {
                    self.budget.spend(1 + old.ways(at).count());
                    way.rest(old.ways(at))
                }
                None => Some(way.reach.clone()),
            };
            let Some(reach) = reach else { continue };
            let new = way.limited(reach);
            if let Some(rest) = self.outside(permission, &new, at, actor, None) {
                give(&new, rest);
            }
        }
    }

    /// Whether something was denied that is not denied any more.
    fn is_lifted(&self, permission: PermissionId, at: f64) -> bool {
        let Some(before) = self.before else { return false };
        !self.are_banned(before, permission, &[permission], at)
    }
}

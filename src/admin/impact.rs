//! What a change does to people, before it is made: who gains, who loses, how far, and when.
//!
//! Of each user and permission the scopes before and after are compared, at each moment from now on at which
//! something of them begins or ends. Conditions count as they are written, so that nothing depends on a context.

use alloc::borrow::ToOwned;
use alloc::collections::BTreeMap;
use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;

use super::claims::Atoms;
use super::compare::{Budget, dependents, every, in_order, is_scoped, without_record};
use super::effects::{Differences, changed_permissions};
use super::forest::Forest;
use super::holding::{Ban, Holder, Reach, Way, World};
use super::traits::Traits;
use crate::collections::marks::Marks;
use crate::ids::{Id, PermissionId, UserId, all};
use crate::model::{Level, Model};
use crate::query::moment::Bounds;
use crate::query::who::TooComplex;
use crate::snapshot::Snapshot;

/// What a change does: as many rows as were asked for, and how many there are.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Impact {
    /// The first rows, by user in the order of the document and then by permission in that of the catalog.
    pub changes: Vec<ImpactChange>,
    /// The number of all rows.
    pub total: usize,
}

/// One permission of one user, and how it changes.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ImpactChange {
    /// The user.
    pub user: String,
    /// The permission.
    pub permission: String,
    /// How far it reaches without the change; `None` is nowhere.
    pub from: Option<Level>,
    /// How far it reaches with it.
    pub to: Option<Level>,
    /// What becomes of it.
    pub change: ChangeKind,
    /// Whether it depends on conditions: with the change, or, where that takes it away, without.
    pub conditional: bool,
    /// From when on, in milliseconds since the epoch; without it, from now on.
    pub at: Option<f64>,
    /// Until when it is so; without it, for good.
    pub until: Option<f64>,
}

/// What becomes of a permission of somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeKind {
    /// It reaches further.
    Wider,
    /// It reaches less far.
    Narrower,
    /// It reaches elsewhere, or neither can be told.
    Different,
}

impl ChangeKind {
    /// The word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Wider => "wider",
            Self::Narrower => "narrower",
            Self::Different => "different",
        }
    }
}

/// A part of a scope at a moment.
#[derive(Debug)]
struct Part {
    ways: Vec<Way>,
    bans: Vec<Ban>,
}

/// A scope at a moment; there is none where nothing is reached.
#[derive(Debug)]
struct Form {
    parts: Vec<Part>,
    /// What is asked for without a record, by permission.
    besides: BTreeMap<PermissionId, Rc<Form>>,
}

impl Part {
    fn is_within(&self, other: &Self, budget: &Budget) -> bool {
        budget.spend(self.ways.len().saturating_mul(other.ways.len()).saturating_add(1));
        !budget.is_over() && self.ways.iter().all(|way| way.rest(other.ways.iter()).is_none())
    }

    fn rank(&self) -> usize {
        let limited = self.bans.iter().any(|ban| ban.reach != Reach::Everywhere);
        let widest = if limited { Level::Team } else { Level::All };
        self.ways.iter().map(|way| way.level().min(widest) as usize).max().unwrap_or_default()
    }

    fn is_conditional(&self) -> bool {
        self.ways.iter().any(|way| !way.when.is_empty()) || self.bans.iter().any(|ban| !ban.unless.is_empty())
    }
}

impl Form {
    fn is_conditional(&self) -> bool {
        self.parts.iter().chain(self.besides.values().flat_map(|it| &it.parts)).any(Part::is_conditional)
    }

    fn level(&self) -> Option<Level> {
        let rank = self.parts.iter().map(Part::rank).min()?;
        Level::ALL.get(rank).copied()
    }

    /// Whether the parts reach somewhere, whatever is so.
    fn is_certain(&self) -> bool {
        self.parts.iter().all(|part| part.bans.is_empty() && part.ways.iter().any(|way| way.when.is_empty()))
    }

    fn parts_within(&self, other: &Self, budget: &Budget) -> bool {
        let count = |form: &Self| form.parts.iter().map(|part| part.bans.len()).sum::<usize>();
        budget.spend(count(self).saturating_mul(count(other)).saturating_add(1));
        let mut bans = other.parts.iter().flat_map(|part| &part.bans);
        !budget.is_over()
            && other.parts.iter().all(|part| self.parts.iter().any(|own| own.is_within(part, budget)))
            && bans.all(|ban| self.parts.iter().flat_map(|part| &part.bans).any(|own| ban.is_within(own)))
    }

    fn is_within(&self, other: &Self, budget: &Budget) -> bool {
        let asks = |wanted: &Rc<Self>| {
            wanted.is_certain() || self.besides.values().any(|it| it.parts_within(wanted, budget))
        };
        self.parts_within(other, budget) && other.besides.values().all(asks)
    }
}

/// Whether one scope lies within another.
fn is_within(one: Option<&Form>, other: Option<&Form>, budget: &Budget) -> bool {
    match (one, other) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(one), Some(other)) => one.is_within(other, budget),
    }
}

/// What was found out of permissions at a moment: their scopes, and, of those of the tenant, what is held for the
/// tenant as a whole.
#[derive(Default)]
struct Forms {
    scopes: BTreeMap<PermissionId, Rc<Form>>,
    wholes: BTreeMap<PermissionId, Rc<Form>>,
}

impl Forms {
    /// What is asked for without a record, with all that it asks for in turn; `None` if any of it is not held.
    fn besides(
        &self,
        holder: &Holder<'_>,
        required: impl Iterator<Item = PermissionId>,
    ) -> Option<BTreeMap<PermissionId, Rc<Form>>> {
        let mut besides = BTreeMap::new();
        for required in required {
            let known = if is_scoped(holder.model(), required) { &self.scopes } else { &self.wholes };
            let form = known.get(&required)?;
            besides.extend(form.besides.iter().map(|(id, form)| (*id, Rc::clone(form))));
            besides.insert(required, Rc::clone(form));
        }
        Some(besides)
    }

    fn scope(&self, holder: &Holder<'_>, permission: PermissionId, at: f64) -> Option<Form> {
        let requirements = holder.requirements(permission);
        let besides = self.besides(holder, requirements.without_record.iter().copied())?;
        let mut parts: Vec<Part> = Vec::new();
        for id in &requirements.same {
            parts.push(Part::of(holder, *id, at));
        }
        // Bans that nothing lifts are worked in.
        let bans = parts.iter().flat_map(|part| &part.bans).filter(|ban| ban.unless.is_empty());
        let bans: Vec<Reach> = bans.map(|ban| ban.reach.clone()).collect();
        if bans.contains(&Reach::Everywhere) {
            return None;
        }
        for part in &mut parts {
            let limited = |way: &Way| {
                let is_limited = way.reach != Reach::Everywhere;
                let mut reach = Some(way.reach.clone());
                for ban in bans.iter().filter(|_| is_limited) {
                    reach = reach.and_then(|reach| reach.without(ban));
                }
                reach.map(|reach| way.limited(reach))
            };
            part.ways = part.ways.iter().filter_map(limited).collect();
        }
        parts.iter().all(|part| !part.ways.is_empty()).then_some(Form { parts, besides })
    }

    /// Of a permission of the tenant, for the tenant as a whole: what is limited to teams does not grant it, and
    /// denies it all the same.
    fn whole(&self, holder: &Holder<'_>, permission: PermissionId, at: f64) -> Option<Form> {
        let required = holder.model().requires(permission).iter().map(|required| required.permission);
        let besides = self.besides(holder, required)?;
        let mut part = Part::of(holder, permission, at);
        part.ways.retain(|way| way.reach == Reach::Everywhere);
        for ban in &mut part.bans {
            ban.reach = Reach::Everywhere;
        }
        let is_held = !part.ways.is_empty() && part.bans.iter().all(|ban| !ban.unless.is_empty());
        is_held.then(|| Form { parts: [part].into(), besides })
    }
}

impl Part {
    fn of(holder: &Holder<'_>, permission: PermissionId, at: f64) -> Self {
        let holding = holder.of(permission);
        Self { ways: holding.ways(at).cloned().collect(), bans: holding.bans(at).cloned().collect() }
    }
}

/// The scopes of those permissions that are wanted, at a moment.
fn forms(holder: &Holder<'_>, wanted: &Marks, at: f64, budget: &Budget) -> BTreeMap<PermissionId, Rc<Form>> {
    let order = &holder.model().catalog.requires_order;
    let mut needed = wanted.clone();
    for permission in order.iter().rev() {
        for required in if needed.has(*permission) { without_record(holder, *permission) } else { Vec::new() }
        {
            needed.add(required);
        }
    }
    let mut found = Forms::default();
    for permission in order.iter().copied().filter(|it| needed.has(*it)) {
        let same = &holder.requirements(permission).same;
        budget.spend(same.iter().map(|id| 1 + holder.of(*id).size()).sum());
        if budget.is_over() {
            break;
        }
        if !is_scoped(holder.model(), permission)
            && let Some(form) = found.whole(holder, permission, at)
        {
            found.wholes.insert(permission, Rc::new(form));
        }
        if let Some(form) = found.scope(holder, permission, at) {
            found.scopes.insert(permission, Rc::new(form));
        }
    }
    found.scopes
}

/// A row without its user.
#[derive(Clone, Debug)]
struct Row {
    permission: String,
    from: Option<Level>,
    to: Option<Level>,
    change: ChangeKind,
    conditional: bool,
    at: Option<f64>,
    until: Option<f64>,
}

impl Row {
    /// Whether another one says the same of another time.
    fn continues(&self, other: &Self) -> bool {
        (self.from, self.to, self.change, self.conditional)
            == (other.from, other.to, other.change, other.conditional)
    }
}

/// What lies between two snapshots, from a moment on: the first rows, up to `limit`.
///
/// # Errors
/// If that takes more steps than is reasonable.
pub(super) fn between(
    before: &Snapshot,
    after: &Snapshot,
    now: f64,
    limit: usize,
) -> Result<Impact, TooComplex> {
    let differences = Differences::of(before, after);
    let mut forest = Forest::default();
    for snapshot in [before, after] {
        forest.add(snapshot.model());
    }
    let (atoms, bounds) = (Atoms::default(), Bounds::default());
    let (old, new) = (World::new(&before.engine, &forest), World::new(&after.engine, &forest));
    let permissions = Permissions::of(before.model(), after.model());
    let all_of_them = [every(before.model()), every(after.model())];
    let some_of_them = if differences.of_catalog() {
        all_of_them.clone()
    } else {
        let changed = changed_permissions(&differences, &old, &new, &bounds, &atoms);
        let changed = dependents(after.model(), &changed);
        [changed.clone(), changed]
    };
    let traits = [Traits::of(before.model()), Traits::of(after.model())];
    let mut known: BTreeMap<Vec<u8>, Rc<[Row]>> = BTreeMap::new();
    let (mut impact, budget) = (Impact::default(), Budget::new());
    for (had, has, in_all) in differences.users(before.model(), after.model()) {
        let mut key = Vec::from([u8::from(in_all)]);
        for ((model, user), traits) in [(before.model(), had), (after.model(), has)].into_iter().zip(&traits)
        {
            traits.push(&mut key, model, user);
        }
        let (old_name, new_name) = (enabled(before.model(), had), enabled(after.model(), has));
        let rows = known.entry(key).or_insert_with(|| {
            let holders = (old.user(&old_name, &bounds, &atoms), new.user(&new_name, &bounds, &atoms));
            let wanted = if in_all { &all_of_them } else { &some_of_them };
            rows((&holders.0, &holders.1), &permissions, wanted, now, &budget).into()
        });
        if budget.is_over() {
            return Err(TooComplex);
        }
        impact.total += rows.len();
        let name = name_of(after.model(), has).or_else(|| name_of(before.model(), had)).unwrap_or_default();
        for row in rows.iter().take(limit.saturating_sub(impact.changes.len())) {
            let Row { permission, from, to, change, conditional, at, until } = row.clone();
            let user = name.clone();
            impact.changes.push(ImpactChange { user, permission, from, to, change, conditional, at, until });
        }
    }
    Ok(impact)
}

fn name_of(model: &Model, user: Option<UserId>) -> Option<String> {
    user.and_then(|user| model.users.get(user.index())).map(|user| model.str(user.id).to_owned())
}

/// The name of a user who holds anything.
fn enabled(model: &Model, user: Option<UserId>) -> String {
    let user = user.and_then(|user| model.users.get(user.index())).filter(|user| !user.disabled);
    user.map_or("", |user| model.str(user.id)).to_owned()
}

/// The permissions of two catalogs, by name.
struct Permissions(Vec<(String, [Option<PermissionId>; 2])>);

impl Permissions {
    fn of(before: &Model, after: &Model) -> Self {
        let mut found = Vec::new();
        for id in all::<PermissionId>(after.catalog.permissions.len()) {
            let name = after.catalog.permissions.get(id.index()).map_or("", |it| after.str(it.id));
            found.push((name.to_owned(), [before.permission(name), Some(id)]));
        }
        for id in all::<PermissionId>(before.catalog.permissions.len()) {
            let name = before.catalog.permissions.get(id.index()).map_or("", |it| before.str(it.id));
            if after.permission(name).is_none() {
                found.push((name.to_owned(), [Some(id), None]));
            }
        }
        Self(found)
    }
}

/// What changes for one user.
fn rows(
    (had, has): (&Holder<'_>, &Holder<'_>),
    permissions: &Permissions,
    wanted: &[Marks; 2],
    now: f64,
    budget: &Budget,
) -> Vec<Row> {
    let moments = in_order([[now].into(), had.moments(now), has.moments(now)].concat());
    // By permission, the rows so far; the last one is still open, if it is.
    let mut found: BTreeMap<usize, (Vec<Row>, bool)> = BTreeMap::new();
    let [of_old, of_new] = wanted;
    for moment in moments {
        if budget.is_over() {
            break;
        }
        let (old, new) = (forms(had, of_old, moment, budget), forms(has, of_new, moment, budget));
        for (position, (name, [before, after])) in permissions.0.iter().enumerate() {
            let before = before.filter(|id| of_old.has(*id)).and_then(|id| old.get(&id)).map(|it| &**it);
            let after = after.filter(|id| of_new.has(*id)).and_then(|id| new.get(&id)).map(|it| &**it);
            let change = match (is_within(after, before, budget), is_within(before, after, budget)) {
                (true, true) => None,
                (false, true) => Some(ChangeKind::Wider),
                (true, false) => Some(ChangeKind::Narrower),
                (false, false) => Some(ChangeKind::Different),
            };
            let row = change.map(|change| Row {
                permission: name.clone(),
                from: before.and_then(Form::level),
                to: after.and_then(Form::level),
                change,
                conditional: after.or(before).is_some_and(Form::is_conditional),
                at: (moment > now).then_some(moment),
                until: None,
            });
            note(&mut found, position, row, moment);
        }
    }
    found.into_values().flat_map(|(rows, _)| rows).collect()
}

/// Goes on with what is found of a permission at the next moment.
fn note(found: &mut BTreeMap<usize, (Vec<Row>, bool)>, position: usize, row: Option<Row>, moment: f64) {
    if row.is_none() && !found.contains_key(&position) {
        return;
    }
    let (rows, is_open) = found.entry(position).or_default();
    let last = rows.last_mut().filter(|_| *is_open);
    match (last, row) {
        (Some(last), Some(row)) if last.continues(&row) => {}
        (last, row) => {
            if let Some(last) = last {
                last.until = Some(moment);
            }
            *is_open = row.is_some();
            rows.extend(row);
        }
    }
}

//! Whom a change concerns, and what it does to them: what anybody gets that the actor does not hold, and who
//! loses something though holding what the actor does not.
//!
//! What changed is told by the two documents, whatever the operation was.

use alloc::borrow::ToOwned;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;
use core::cell::RefCell;

use super::claims::Atoms;
use super::compare::{Actor, Budget, Comparison, Lacks, add_all, dependents, every};
use super::forest::Forest;
use super::holding::{Holder, World};
use super::shallow::{raw, under};
use super::traits::Traits;
use crate::collections::marks::Marks;
use crate::collections::span::within;
use crate::ids::{Id, PermissionId, TeamId, UserId, all};
use crate::model::{Assignment, Model};
use crate::query::moment::{Bounds, Engine};
use crate::snapshot::Snapshot;

/// What a change does.
#[derive(Debug, Default)]
pub(super) struct Effects {
    /// What somebody gets, or whoever holds a role, and the actor does not hold.
    pub(super) added: Lacks,
    /// Who loses something and holds what the actor does not.
    pub(super) outranking: Vec<String>,
    /// What they hold and the actor does not.
    pub(super) held: Lacks,
    /// Whether it was too much to find out.
    pub(super) is_undecided: bool,
}

/// A change, and who makes it.
#[derive(Clone, Copy)]
pub(super) struct Change<'a> {
    pub(super) before: &'a Snapshot,
    pub(super) after: &'a Snapshot,
    /// The actor's name, and where it is looked up.
    pub(super) actor: (&'a str, &'a Engine),
    /// Whether the actor is a listed user.
    pub(super) is_listed: bool,
    pub(super) now: f64,
    /// What was found out of users of the document before.
    pub(super) exceeding: &'a Exceeding,
    /// Whether the first obstacle is enough.
    pub(super) first_only: bool,
}

/// What users hold and the actor does not, by the traits of the users: it is the same for all changes of one document.
#[derive(Debug, Default)]
pub(super) struct Exceeding(RefCell<BTreeMap<Vec<u8>, Rc<Lacks>>>);

impl Change<'_> {
    /// The name of the actor, unless that one is disabled and so holds nothing.
    pub(super) fn acting(&self) -> &str {
        let (name, Engine { model, .. }) = self.actor;
        let user = model.user(name).and_then(|id| model.users.get(id.index()));
        if user.is_some_and(|user| user.disabled) { "" } else { name }
    }
}

/// What differs between the documents.
pub(super) struct Differences {
    /// The roles that changed or inherit from one, of each document.
    roles: [Marks; 2],
    /// Their names.
    pub(super) names: Vec<String>,
    /// The keys of the document of which the values are others.
    keys: Vec<&'static str>,
}

impl Differences {
    pub(super) fn of(before: &Snapshot, after: &Snapshot) -> Self {
        let models = [before.model(), after.model()];
        let differs = |key: &str| {
            let [old, new] = models.map(|model| under(model, key).unwrap_or("[]"));
            old != new
        };
        let mut names: BTreeSet<String> = BTreeSet::new();
        let mut roles = models.map(|model| Marks::new(model.roles.len()));
        if differs("roles") {
            let mut texts: BTreeMap<&str, &str> = BTreeMap::new();
            for (name, text) in entries(models[0], "roles") {
                texts.insert(name, text);
            }
            for (name, text) in entries(models[1], "roles") {
                if texts.remove(name) != Some(text) {
                    names.insert(name.to_owned());
                }
            }
            names.extend(texts.into_keys().map(ToOwned::to_owned));
            // Those that inherit, before or after; names found in one may have heirs in the other.
            for _ in 0..2 {
                for (model, roles) in models.into_iter().zip(&mut roles) {
                    for id in &model.role_order {
                        let Some(role) = model.roles.get(id.index()) else { continue };
                        let name = model.str(role.id);
                        if names.contains(name) || role.inherits.iter().any(|parent| roles.has(*parent)) {
                            roles.add(*id);
                            names.insert(name.to_owned());
                        }
                    }
                }
            }
        }
        Self {
            roles,
            names: names.into_iter().collect(),
            keys: ["everyone", "teams", "users", "catalog", "plan", "separations"]
                .into_iter()
                .filter(|key| differs(key))
                .collect(),
        }
    }

    /// Whether an assignment is of a role that changed, in the document before (0) or after (1).
    fn concerns(&self, document: usize, assignments: &[Assignment]) -> bool {
        self.roles.get(document).is_some_and(|roles| assignments.iter().any(|it| roles.has(it.role)))
    }

    fn differ(&self, key: &str) -> bool {
        self.keys.contains(&key)
    }

    /// Whether the separations of duties are others.
    pub(super) fn of_separations(&self) -> bool {
        self.differ("separations")
    }

    /// Whether the catalog or the plan is another one, which no operation changes.
    pub(super) fn of_catalog(&self) -> bool {
        self.differ("catalog") || self.differ("plan")
    }

    /// Whether everybody is concerned.
    fn of_all(&self, before: &Model, after: &Model) -> bool {
        self.of_catalog() || self.differ("teams") || self.of_everyone(before, after)
    }

    /// Whether what everyone has changed.
    pub(super) fn of_everyone(&self, before: &Model, after: &Model) -> bool {
        self.differ("everyone")
            || self.concerns(0, &everyone_of(before))
            || self.concerns(1, &everyone_of(after))
    }

    /// The users who may be concerned: in the documents before and after, and whether in every permission.
    pub(super) fn users(&self, before: &Model, after: &Model) -> Vec<(Option<UserId>, Option<UserId>, bool)> {
        let of_all = self.of_all(before, after);
        let users = self.differ("users");
        let in_all = self.of_catalog() || self.differ("everyone") || self.differ("teams");
        let mut found = Vec::new();
        if !of_all && !users && self.names.is_empty() {
            return found;
        }
        let holds = |document: usize, model: &Model, id: UserId| {
            let user = model.users.get(id.index());
            user.is_some_and(|user| self.concerns(document, model.assignments_of(user)[0]))
        };
        for id in all::<UserId>(after.users.len()) {
            let old = before.user(name_of(after, id));
            let is_other = users && old.is_none_or(|old| text_of(before, old) != text_of(after, id));
            let is_concerned =
                of_all || is_other || holds(1, after, id) || old.is_some_and(|old| holds(0, before, old));
            if is_concerned {
                found.push((old, Some(id), is_other || in_all));
            }
        }
        if users {
            for id in all::<UserId>(before.users.len()) {
                if after.user(name_of(before, id)).is_none() {
                    found.push((Some(id), None, true));
                }
            }
        }
        found
    }
}

fn name_of(model: &Model, user: UserId) -> &str {
    model.users.get(user.index()).map_or("", |user| model.str(user.id))
}

/// The entry of a user as it is written.
fn text_of(model: &Model, user: UserId) -> &str {
    model.users.get(user.index()).map_or("", |user| raw(model.document.source(), user.at as usize))
}

/// What everyone is assigned.
fn everyone_of(model: &Model) -> Vec<Assignment> {
    within(&model.assignments, model.everyone).to_vec()
}

/// The entries of a list of the document, by their ids.
fn entries<'a>(model: &'a Model, key: &str) -> Vec<(&'a str, &'a str)> {
    let source = model.document.source();
    let list = model.key_offsets.of(key);
    let starts = list.map(|at| crate::json::value::elements(source, at)).into_iter().flatten();
    starts.zip(&model.roles).map(|(at, role)| (model.str(role.id), raw(source, at))).collect()
}

/// Finds what a change does.
pub(super) fn find(change: &Change<'_>, differences: &Differences) -> Effects {
    let mut effects = Effects::default();
    let [before, after] = [&change.before.engine, &change.after.engine];
    let mut forest = Forest::default();
    for engine in [before, change.actor.1, after] {
        forest.add(&engine.model);
    }
    let (atoms, bounds, budget) = (Atoms::default(), Bounds::default(), Budget::new());
    let (old, new) = (World::new(before, &forest), World::new(after, &forest));
    let acting = World::new(change.actor.1, &forest);
    let holder = acting.user(change.acting(), &bounds, &atoms);
    let actor = Actor::new(&holder, change.now);
    let comparing = Comparing {
        change,
        differences,
        old: &old,
        new: &new,
        actor: &actor,
        forest: &forest,
        bounds: &bounds,
        atoms: &atoms,
        budget: &budget,
    };
    // Nothing exceeds who holds everything that can be held.
    if !actor.holds_everything(new.compiled.plan()) {
        let changed = comparing.roles(&mut effects.added);
        if !change.first_only || effects.added.is_empty() {
            comparing.users(&changed, true, &mut effects);
        }
    }
    // What is granted and the plan does not have, comes with the next plan.
    if after.model.catalog.permissions.iter().any(|it| it.plans.is_some()) {
        let (old, new) = (World::in_any_plan(before, &forest), World::in_any_plan(after, &forest));
        let acting = World::in_any_plan(change.actor.1, &forest);
        let holder = acting.user(change.acting(), &bounds, &atoms);
        let actor = Actor::new(&holder, change.now);
        if !actor.holds_everything(new.compiled.plan()) {
            let comparing = Comparing { old: &old, new: &new, actor: &actor, ..comparing };
            let changed = comparing.roles(&mut effects.added);
            if !change.first_only || effects.added.is_empty() {
                comparing.users(&changed, false, &mut effects);
            }
        }
    }
    effects.is_undecided = budget.is_over();
    effects
}

struct Comparing<'a> {
    change: &'a Change<'a>,
    differences: &'a Differences,
    old: &'a World<'a>,
    new: &'a World<'a>,
    actor: &'a Actor<'a>,
    forest: &'a Forest,
    bounds: &'a Bounds,
    atoms: &'a Atoms,
    budget: &'a Budget,
}

impl Comparing<'_> {
    /// Checks what roles, and everyone, grant and deny. Gives the permissions of which that changed.
    fn roles(&self, added: &mut Lacks) -> Marks {
        let of_everyone = [self.old, self.new].map(|world| everyone_of(world.model()));
        let mut all_changed = Marks::new(self.new.model().catalog.permissions.len());
        for name in &self.differences.names {
            let of_role = |world: &World<'_>| {
                world.model().role(name).map(Assignment::of).into_iter().collect::<Vec<_>>()
            };
            let [old, new] = [of_role(self.old), of_role(self.new)];
            all_changed.join(&self.anybody(&old, &new, added));
            let [old, new] = [[old, of_everyone[0].clone()].concat(), [new, of_everyone[1].clone()].concat()];
            self.anybody_at_all(&old, &new, added);
        }
        if self.differences.differ("teams") {
            self.teams(&of_everyone, added);
        }
        if self.differences.of_all(self.old.model(), self.new.model()) {
            self.anybody(&of_everyone[0], &of_everyone[1], added);
            // What everyone has may be all that was missing of what a role grants.
            for role in self.new.model().role_order.iter().copied() {
                let name =
                    self.new.model().roles.get(role.index()).map_or("", |it| self.new.model().str(it.id));
                let Some(before) = self.old.model().role(name) else { continue };
                let [old, new] = [(before, &of_everyone[0]), (role, &of_everyone[1])]
                    .map(|(role, everyone)| [&[Assignment::of(role)][..], everyone].concat());
                self.anybody_at_all(&old, &new, added);
            }
        }
        all_changed
    }

    /// Checks what whoever is in a team, or holds a role for it alone, gets by what the team covers now and did not
    /// cover.
    fn teams(&self, of_everyone: &[Vec<Assignment>; 2], added: &mut Lacks) {
        let model = self.new.model();
        let mut covered = Marks::default();
        for (id, team) in all::<TeamId>(model.teams.len()).zip(&*model.teams) {
            let Some(before) = self.old.model().team(model.str(team.id)) else { continue };
            let [old, new] = [self.old.places.covered(&[before]), self.new.places.covered(&[id])];
            covered.join(&(*new).clone().without(&old));
        }
        if covered.is_empty() {
            return;
        }
        let every = every(model);
        let old = self.old.anybody(of_everyone[0].clone(), self.bounds, self.atoms).in_no_team();
        for role in model.role_order.iter().copied() {
            let held = [&[Assignment::of(role)][..], &of_everyone[1]].concat();
            let new = self.new.anybody(held, self.bounds, self.atoms).only_in(&covered);
            add_all(added, &self.comparison(&new, Some(&old)).lacks(self.actor, &every));
        }
    }

    /// Checks each grant that somebody gets who holds these assignments, whatever else that one holds. Gives the
    /// permissions of which anything changed.
    fn anybody(&self, old: &[Assignment], new: &[Assignment], added: &mut Lacks) -> Marks {
        let old = self.old.anybody(old.to_vec(), self.bounds, self.atoms);
        let new = self.new.anybody(new.to_vec(), self.bounds, self.atoms);
        let changed = changed(&old, &new);
        add_all(added, &self.comparison(&new, Some(&old)).grants_lack(self.actor, &changed));
        changed
    }

    /// Checks what somebody gets who holds these assignments and no others.
    fn anybody_at_all(&self, old: &[Assignment], new: &[Assignment], added: &mut Lacks) {
        let old = self.old.anybody(old.to_vec(), self.bounds, self.atoms);
        let new = self.new.anybody(new.to_vec(), self.bounds, self.atoms);
        let changed = dependents(new.model(), &changed(&old, &new));
        add_all(added, &self.comparison(&new, Some(&old)).lacks(self.actor, &changed));
    }

    fn comparison<'c>(&'c self, whose: &'c Holder<'c>, before: Option<&'c Holder<'c>>) -> Comparison<'c> {
        Comparison { whose, before, forest: self.forest, budget: self.budget, now: self.change.now }
    }

    /// Whether users may get anything that was not checked of the roles, and whether they may lose anything.
    fn towards(&self, changed: &Marks) -> (bool, bool) {
        if !self.differences.keys.is_empty() {
            return (true, true);
        }
        let (mut more, mut less) = (false, false);
        for name in &self.differences.names {
            let of_role =
                |world: &World<'_>| world.model().role(name).map(Assignment::of).into_iter().collect();
            let old = self.old.anybody(of_role(self.old), self.bounds, self.atoms);
            let new = self.new.anybody(of_role(self.new), self.bounds, self.atoms);
            more |= self.comparison(&new, Some(&old)).grants_more(changed);
            less |= self.comparison(&old, Some(&new)).grants_more(changed);
        }
        // A grant that lies within what the actor holds does so for whoever holds the role, unless it is what
        // something was missing that another role grants.
        let model = self.new.model();
        let mut needed = all::<PermissionId>(model.catalog.permissions.len())
            .flat_map(|id| model.requires(id))
            .map(|required| required.permission);
        (more && needed.any(|id| changed.has(id)), less)
    }

    /// Checks what users get and, if `losses` matter, what they lose; of those who are alike, one stands for all.
    fn users(&self, changed: &Marks, losses: bool, effects: &mut Effects) {
        let (before, after) = (self.old.model(), self.new.model());
        let every = every(after);
        let dependents = dependents(after, changed);
        let (more, less) = self.towards(changed);
        let towards = (more, less && losses);
        if towards == (false, false) {
            return;
        }
        let traits = [Traits::of(before), Traits::of(after)];
        let mut known: BTreeMap<Vec<u8>, bool> = BTreeMap::new();
        for (old, new, in_all) in self.differences.users(before, after) {
            let wanted = if in_all { &every } else { &dependents };
            let mut of_old = Vec::new();
            traits[0].push(&mut of_old, before, old);
            let mut key = of_old.clone();
            traits[1].push(&mut key, after, new);
            let name =
                old.map_or("", |old| before.users.get(old.index()).map_or("", |user| before.str(user.id)));
            let is_self = self.change.is_listed && name == self.change.actor.0;
            key.extend([is_self, in_all].map(u8::from));
            let outranks = known.get(&key).copied();
            let outranks = outranks
                .unwrap_or_else(|| self.user((old, new), (towards, wanted), of_old, is_self, effects));
            known.insert(key, outranks);
            if outranks {
                effects.outranking.push(name.to_owned());
            }
            let is_enough = !effects.added.is_empty() || outranks && !towards.0;
            if self.budget.is_over() || self.change.first_only && is_enough {
                return;
            }
        }
    }

    /// Checks what one user gets and loses; true if that one holds what the actor does not, and loses something.
    fn user(
        &self,
        (old, new): (Option<UserId>, Option<UserId>),
        ((more, less), wanted): ((bool, bool), &Marks),
        traits_of_old: Vec<u8>,
        is_self: bool,
        effects: &mut Effects,
    ) -> bool {
        let named = |model: &Model, user: Option<UserId>| {
            let user = user.and_then(|user| model.users.get(user.index()));
            user.map_or((String::new(), false), |user| (model.str(user.id).to_owned(), user.disabled))
        };
        let ((old, was_disabled), (new, is_disabled)) =
            (named(self.old.model(), old), named(self.new.model(), new));
        // What a disabled user is assigned counts as if it could be used: somebody will enable that user.
        let of = |name: &str, is_nobody| if is_nobody { String::new() } else { name.to_owned() };
        let had = of(&old, was_disabled && !is_disabled && !new.is_empty());
        let has = of(&new, is_disabled && !was_disabled && !old.is_empty());
        let had = self.old.user(&had, self.bounds, self.atoms);
        let has = self.new.user(&has, self.bounds, self.atoms);
        if more {
            add_all(&mut effects.added, &self.comparison(&has, Some(&had)).lacks(self.actor, wanted));
        }
        if is_self || !less || !self.comparison(&had, Some(&has)).has_more(wanted) {
            return false;
        }
        let more = self.exceeding(&had, traits_of_old, was_disabled);
        add_all(&mut effects.held, &more);
        !more.is_empty()
    }

    /// What a user of the document before holds and the actor does not.
    fn exceeding(&self, had: &Holder<'_>, traits: Vec<u8>, was_disabled: bool) -> Rc<Lacks> {
        // Of somebody disabled it depends on the change what counts; and teams that move have other names on top.
        let can_be_kept = !was_disabled && !self.differences.differ("teams");
        let known = &self.change.exceeding.0;
        if let Some(known) = known.borrow().get(&traits).filter(|_| can_be_kept) {
            return Rc::clone(known);
        }
        let found = Rc::new(self.comparison(had, None).lacks(self.actor, &every(self.old.model())));
        if can_be_kept && !self.budget.is_over() {
            known.borrow_mut().insert(traits, Rc::clone(&found));
        }
        found
    }
}

/// The permissions of which two hold different things.
fn changed(old: &Holder<'_>, new: &Holder<'_>) -> Marks {
    let count = new.model().catalog.permissions.len();
    let mut changed = Marks::new(count);
    for permission in all::<PermissionId>(count) {
        if old.of(permission) != new.of(permission) {
            changed.add(permission);
        }
    }
    changed
}

/// The permissions of which a role that differs grants or denies something else.
pub(super) fn changed_permissions(
    differences: &Differences,
    old: &World<'_>,
    new: &World<'_>,
    bounds: &Bounds,
    atoms: &Atoms,
) -> Marks {
    let mut found = Marks::new(new.model().catalog.permissions.len());
    for name in &differences.names {
        let of_role = |world: &World<'_>| world.model().role(name).map(Assignment::of).into_iter().collect();
        let [old, new] = [(old, of_role(old)), (new, of_role(new))]
            .map(|(world, held)| world.anybody(held, bounds, atoms));
        found.join(&changed(&old, &new));
    }
    found
}

//! The rules that a change has to keep, one function each: they compare the snapshot before with the one after,
//! whatever was done. What an operation by itself cannot do is told in `change`.

use alloc::borrow::ToOwned;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::claims::Atoms;
use super::compare::{Actor, Lacks, told};
use super::effects::{self, Change, Differences, Effects};
use super::error::{Missing, Obstacle, ObstacleCode};
use super::forest::Forest;
use super::holding::World;
use super::names::folded;
use super::prerequisites;
use super::separations::Separations;
use super::shallow::{List, Object, under};
use crate::compile::Compiled;
use crate::ids::{Id, PermissionId, RoleId, all};
use crate::model::{Assignment, Level, Model, Role, User};
use crate::query::moment::Bounds;
use crate::snapshot::Snapshot;
use crate::time::Window;

/// What the rules look at.
pub(super) struct Call<'a> {
    pub(super) change: Change<'a>,
    pub(super) differences: Differences,
}

/// A rule: adds what stands against the change.
type Rule = fn(&Call<'_>, &mut Vec<Obstacle>);

/// All rules, in the order in which their obstacles are told.
const RULES: [Rule; 7] = [
    duplicate_name,
    no_permissions,
    prerequisite,
    effects_on_people,
    loosened_separation,
    last_admin,
    separation,
];

/// Everything that stands against a change.
pub(super) fn check(call: &Call<'_>, against: &mut Vec<Obstacle>) {
    for rule in RULES {
        rule(call, against);
    }
}

impl<'a> Call<'a> {
    fn models(&self) -> [&'a Model; 2] {
        [self.change.before.model(), self.change.after.model()]
    }

    /// The roles whose own entries changed, before and after; the role is new where there was none.
    fn changed_roles(&self) -> Vec<(Option<RoleId>, RoleId)> {
        let [before, after] = self.models();
        let names = self.differences.names.iter();
        names.filter_map(|name| Some((before.role(name), after.role(name)?))).collect()
    }
}

impl Call<'_> {
    /// The roles that may come to grant what cannot be used: all of them, where what everyone has changed.
    fn roles_with_prerequisites(&self) -> Vec<(Option<RoleId>, RoleId)> {
        let [before, after] = self.models();
        if !self.differences.of_everyone(before, after) {
            return self.changed_roles();
        }
        let known =
            |id: RoleId| before.role(after.roles.get(id.index()).map_or("", |role| after.str(role.id)));
        all(after.roles.len()).map(|id| (known(id), id)).collect()
    }
}

fn role_name(model: &Model, role: RoleId) -> String {
    model.roles.get(role.index()).map_or("", |role| model.str(role.id)).to_owned()
}

/// The names of all roles, as they are compared, by id.
fn names_of_roles(model: &Model) -> Vec<(String, String)> {
    let roles = List::parse(under(model, "roles").unwrap_or("[]"));
    let named = |text: &str| {
        let role = Object::parse(text);
        (role.string("id").unwrap_or_default(), folded(&role.string("name").unwrap_or_default()))
    };
    roles.texts().map(named).collect()
}

/// `duplicate-name`: a role that is new or renamed has a name of its own.
fn duplicate_name(call: &Call<'_>, against: &mut Vec<Obstacle>) {
    if call.differences.names.is_empty() {
        return;
    }
    let [before, after] = call.models().map(names_of_roles);
    let before: BTreeMap<String, String> = before.into_iter().collect();
    let mut by_name: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (id, name) in &after {
        by_name.entry(name).or_default().push(id);
    }
    for (id, name) in after.iter().filter(|(id, name)| before.get(id) != Some(name)) {
        let others = by_name.get(&**name).into_iter().flatten().filter(|other| **other != id);
        let roles: Vec<String> = others.map(|&other| other.to_owned()).collect();
        if !roles.is_empty() {
            let message = format!("the role `{id}` would have the name of another one");
            against.push(Obstacle { roles, ..Obstacle::new(ObstacleCode::DuplicateName, message) });
        }
    }
}

/// What roles grant before and after, whatever the plan is.
fn compiled<'a>(call: &Call<'a>) -> [Compiled<'a>; 2] {
    [call.change.before, call.change.after]
        .map(|snapshot| Compiled::in_any_plan(&snapshot.engine.model, &snapshot.engine.tables))
}

/// `no-permissions`: a role that is new, or granted something, grants something.
fn no_permissions(call: &Call<'_>, against: &mut Vec<Obstacle>) {
    let [old, new] = compiled(call);
    let grants = |compiled: &Compiled<'_>, role| {
        all::<PermissionId>(call.models()[1].catalog.permissions.len())
            .any(|permission| compiled.grants_any(role, permission))
    };
    for (before, after) in call.changed_roles() {
        if !grants(&new, after) && before.is_none_or(|before| grants(&old, before)) {
            let role = role_name(call.models()[1], after);
            let message = format!("the role `{role}` would grant nothing");
            against.push(Obstacle {
                roles: [role].into(),
                ..Obstacle::new(ObstacleCode::NoPermissions, message)
            });
        }
    }
}

/// `prerequisite`: a role grants no permission without what it requires, unless it did before. What everyone is
/// assigned counts.
fn prerequisite(call: &Call<'_>, against: &mut Vec<Obstacle>) {
    let models = call.models();
    let [old, new] = compiled(call);
    let lacks = |document: usize, role: RoleId| {
        let (model, compiled) = if document == 0 { (models[0], &old) } else { (models[1], &new) };
        prerequisites::lacking(model, compiled, role)
    };
    for (before, after) in call.roles_with_prerequisites() {
        let known = before.map(|before| lacks(0, before)).unwrap_or_default();
        let found: Vec<_> = lacks(1, after).difference(&known).copied().collect();
        if found.is_empty() {
            continue;
        }
        let role = role_name(models[1], after);
        let mut missing = Lacks::new();
        for (_, required) in &found {
            let declared = models[1].catalog.permissions.get(required.index());
            let narrowest =
                Level::ALL.into_iter().find(|level| declared.is_some_and(|it| it.levels.has(*level)));
            missing.insert((*required, narrowest.unwrap_or(Level::All), None, None), None);
        }
        let message = format!(
            "the role `{role}` would grant what cannot be used without a permission that it does not grant"
        );
        against.push(Obstacle {
            roles: [role].into(),
            missing: told(models[1], missing),
            ..Obstacle::new(ObstacleCode::Prerequisite, message)
        });
    }
}

/// `escalation` and `outranked`, which follow from what the change does to people.
fn effects_on_people(call: &Call<'_>, against: &mut Vec<Obstacle>) {
    let effects = effects::find(&call.change, &call.differences);
    escalation(call, &effects, against);
    outranked(call, effects, against);
}

/// `escalation`: nobody gets what the actor does not hold.
fn escalation(call: &Call<'_>, effects: &Effects, against: &mut Vec<Obstacle>) {
    let missing = told(call.models()[1], effects.added.clone());
    if missing.is_empty() && !effects.is_undecided {
        return;
    }
    let message = match missing.first() {
        Some(Missing { permission, .. }) if !effects.is_undecided => format!(
            "it would give what the actor does not hold: `{permission}`{}",
            if missing.len() > 1 { format!(", and {} more", missing.len() - 1) } else { String::new() }
        ),
        _ => "it would take too long to find out whom it gives what; change less at once".into(),
    };
    against.push(Obstacle { missing, ..Obstacle::new(ObstacleCode::Escalation, message) });
}

/// `outranked`: nobody loses anything who holds what the actor does not.
fn outranked(call: &Call<'_>, effects: Effects, against: &mut Vec<Obstacle>) {
    if effects.outranking.is_empty() {
        return;
    }
    against.push(Obstacle {
        missing: told(call.models()[0], effects.held),
        users: effects.outranking,
        ..Obstacle::new(
            ObstacleCode::Outranked,
            "it would take something from somebody who holds what the actor does not".into(),
        )
    });
}

/// `escalation`, too: a separation is loosened by nobody but those who hold all that it keeps apart, on
/// everything and for good. Else two people could agree to give each other what neither may have.
fn loosened_separation(call: &Call<'_>, against: &mut Vec<Obstacle>) {
    if !call.differences.of_separations() {
        return;
    }
    let Change { before, after, .. } = call.change;
    let [old, new] = [before, after].map(Separations::of);
    let mut loosened = old.loosened_by(&new).peekable();
    if loosened.peek().is_none() {
        return;
    }
    let (forest, bounds, atoms) = (Forest::default(), Bounds::default(), Atoms::default());
    let world = World::in_any_plan(call.change.actor.1, &forest);
    let holder = world.user(call.change.acting(), &bounds, &atoms);
    let actor = Actor::new(&holder, call.change.now);
    let compiled = Compiled::in_any_plan(&before.engine.model, &before.engine.tables);
    let (mut separations, mut missing) = (Vec::new(), Lacks::new());
    for rule in loosened {
        let apart = rule.permissions(&compiled, before.model().catalog.permissions.len());
        let lacking: Vec<_> =
            apart.into_iter().filter(|permission| !actor.holds_whole(*permission)).collect();
        if !lacking.is_empty() {
            separations.push(rule.id.clone());
        }
        missing.extend(lacking.into_iter().map(|permission| ((permission, Level::All, None, None), None)));
    }
    if let Some(first) = separations.first() {
        let message = format!(
            "the separation `{first}` would be loosened by an actor who does not hold all that it keeps apart"
        );
        against.push(Obstacle {
            missing: told(before.model(), missing),
            separations,
            ..Obstacle::new(ObstacleCode::Escalation, message)
        });
    }
}

/// The positions of locked roles that grant everything.
pub(super) fn admin_roles(snapshot: &Snapshot) -> BTreeSet<usize> {
    let model = snapshot.model();
    let roles = List::parse(under(model, "roles").unwrap_or("[]"));
    let is_admin = |(text, role): &(&str, &Role)| {
        let all = role.grants.iter().filter(|entry| entry.target == crate::model::Target::All);
        let mut alternatives = all.flat_map(|entry| &entry.alternatives);
        Object::parse(text).is_true("locked")
            && alternatives.any(|it| it.when.is_none() && it.level.is_none_or(|level| level == Level::All))
    };
    let found = roles.texts().zip(&model.roles).enumerate().filter(|(_, role)| is_admin(role));
    found.map(|(at, _)| at).collect()
}

/// Those of the listed users, and no more than so many, who hold such a role for good, on all teams, and to
/// whom nothing is denied that it grants.
pub(super) fn admins(snapshot: &Snapshot, now: f64, most: usize) -> Vec<usize> {
    let roles = admin_roles(snapshot);
    if roles.is_empty() {
        return Vec::new();
    }
    let (model, forest, bounds, atoms) =
        (snapshot.model(), Forest::default(), Bounds::default(), Atoms::default());
    let world = World::new(&snapshot.engine, &forest);
    let is_for_good = |it: &&Assignment| {
        let Window { from, until } = model.window(it);
        roles.contains(&it.role.index())
            && it.team.is_none()
            && it.when.is_none()
            && from <= now
            && until == f64::INFINITY
    };
    let is_admin = |user: &User| {
        let [own, everyone] = model.assignments_of(user);
        let mut held = own.iter().chain(everyone).filter(is_for_good).peekable();
        if held.peek().is_none() {
            return false;
        }
        let holder = world.user(model.str(user.id), &bounds, &atoms);
        let mut moments = holder.moments(now);
        moments.push(now);
        let is_denied = |permission: &PermissionId| {
            let holding = holder.of(*permission);
            moments.iter().any(|at| holding.bans(*at).next().is_some())
        };
        held.any(|assignment| {
            let mut granted = all::<PermissionId>(model.catalog.permissions.len())
                .filter(|permission| world.compiled.grants_any(assignment.role, *permission));
            !granted.any(|permission| is_denied(&permission))
        })
    };
    let users = model.users.iter().enumerate().filter(|(_, user)| !user.disabled && is_admin(user));
    users.map(|(at, _)| at).take(most).collect()
}

fn has_admin(snapshot: &Snapshot, now: f64) -> bool {
    !admins(snapshot, now, 1).is_empty()
}

/// `last-admin`: a tenant that has somebody who holds everything, keeps somebody who does.
fn last_admin(call: &Call<'_>, against: &mut Vec<Obstacle>) {
    let Change { before, after, now, .. } = call.change;
    if has_admin(before, now) && !has_admin(after, now) {
        let message = "nobody would be left who for good holds a locked role that grants everything";
        against.push(Obstacle::new(ObstacleCode::LastAdmin, message.into()));
    }
}

/// `separation`: nobody holds more of what is separated than is allowed, unless it was so and gets no worse.
fn separation(call: &Call<'_>, against: &mut Vec<Obstacle>) {
    let Change { before, after, .. } = call.change;
    let (mut old, mut new) = (Separations::of(before), Separations::of(after));
    if new.is_empty() {
        return;
    }
    let mut users = BTreeSet::new();
    let mut separations = BTreeSet::new();
    for user in &after.model().users {
        let broken = new.broken_by(user);
        if broken.is_empty() {
            continue;
        }
        let name = after.model().str(user.id);
        let known = before.model().user(name).and_then(|id| before.model().users.get(id.index()));
        let known = known.map(|user| old.broken_by(user)).unwrap_or_default();
        for (separation, holds) in broken {
            if known.get(&separation).is_none_or(|known| !holds.iter().all(|duty| known.contains(duty))) {
                users.insert(name.to_owned());
                separations.insert(separation);
            }
        }
    }
    if !users.is_empty() {
        against.push(Obstacle {
            users: users.into_iter().collect(),
            separations: separations.into_iter().collect(),
            ..Obstacle::new(ObstacleCode::Separation, "somebody would hold duties that are separated".into())
        });
    }
}

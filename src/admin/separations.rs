//! Separations of duties: who holds more of what is separated than is allowed.

use alloc::borrow::ToOwned;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec::Vec;

use super::shallow::{List, Object, under};
use crate::compile::Compiled;
use crate::ids::{Id, PermissionId, RoleId, all};
use crate::model::{Model, User};
use crate::snapshot::Snapshot;

/// Somebody who holds duties that are separated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The separation.
    pub separation: String,
    /// The user.
    pub user: String,
    /// The roles, or the permissions, that the user holds of it.
    pub holds: Vec<String>,
    /// Whether it was so before the draft.
    pub was_found: bool,
}

/// A rule: at most so many of these.
pub(super) struct Rule {
    pub(super) id: String,
    of: Duties,
    max: usize,
}

impl Rule {
    /// Whether another rule keeps apart all that this one does.
    fn lies_within(&self, other: &Self) -> bool {
        let (of_roles, names) = self.named();
        let (others_of_roles, others) = other.named();
        of_roles == others_of_roles && self.max >= other.max && names.iter().all(|name| others.contains(name))
    }

    /// Whether it is about roles, and what it names.
    fn named(&self) -> (bool, Vec<&str>) {
        match &self.of {
            Duties::Roles(roles) => (true, roles.iter().map(|duty| &*duty.1).collect()),
            Duties::Permissions(permissions) => (false, permissions.iter().map(|duty| &*duty.1).collect()),
        }
    }

    /// The permissions that it keeps apart, and those that its roles grant.
    pub(super) fn permissions(&self, compiled: &Compiled<'_>, count: usize) -> BTreeSet<PermissionId> {
        match &self.of {
            Duties::Permissions(permissions) => permissions.iter().map(|duty| duty.0).collect(),
            Duties::Roles(roles) => all(count)
                .filter(|permission| roles.iter().any(|duty| compiled.grants_any(duty.0, *permission)))
                .collect(),
        }
    }
}

enum Duties {
    Roles(Vec<(RoleId, String)>),
    Permissions(Vec<(PermissionId, String)>),
}

/// The separations of a snapshot, and what roles bring of what they separate.
pub(super) struct Separations<'a> {
    model: &'a Model,
    compiled: Compiled<'a>,
    rules: Vec<Rule>,
    /// By role and rule: the positions of what it brings.
    brought: BTreeMap<(RoleId, usize), Vec<usize>>,
}

impl<'a> Separations<'a> {
    pub(super) fn of(snapshot: &'a Snapshot) -> Self {
        let model = snapshot.model();
        let mut rules = Vec::new();
        for text in List::parse(under(model, "separations").unwrap_or("[]")).texts() {
            let rule = Object::parse(text);
            let names = |key| rule.get(key).map(|list| List::parse(list).strings());
            let of = if let Some(list) = names("roles") {
                Duties::Roles(named(list, |name| model.role(name)))
            } else {
                let list = names("permissions").unwrap_or_default();
                Duties::Permissions(named(list, |name| model.permission(name)))
            };
            let max = rule.get("max").and_then(|max| max.parse().ok()).unwrap_or(1);
            rules.push(Rule { id: rule.string("id").unwrap_or_default(), of, max });
        }
        let compiled = Compiled::new(&snapshot.engine.model, &snapshot.engine.tables);
        Self { model, compiled, rules, brought: BTreeMap::new() }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.rules.len()
    }

    /// Those that others do not keep: they are gone, allow more or name less.
    pub(super) fn loosened_by<'s>(&'s self, others: &'s Self) -> impl Iterator<Item = &'s Rule> {
        let is_kept =
            |rule: &Rule| others.rules.iter().any(|other| other.id == rule.id && rule.lies_within(other));
        self.rules.iter().filter(move |rule| !is_kept(rule))
    }

    /// What a user holds too much of: by the id of the separation.
    pub(super) fn broken_by(&mut self, user: &User) -> BTreeMap<String, Vec<String>> {
        let mut broken = BTreeMap::new();
        if user.disabled {
            return broken;
        }
        let [own, everyone] = self.model.assignments_of(user);
        let roles: BTreeSet<RoleId> = own.iter().chain(everyone).map(|assignment| assignment.role).collect();
        for at in 0..self.rules.len() {
            let mut held = BTreeSet::new();
            for role in &roles {
                held.extend(self.brought_by(*role, at));
            }
            let Some(rule) = self.rules.get(at).filter(|rule| held.len() > rule.max) else { continue };
            let names = rule.named().1;
            let name = |at: &usize| names.get(*at).map(|&name| name.to_owned());
            broken.insert(rule.id.clone(), held.iter().filter_map(name).collect());
        }
        broken
    }

    fn brought_by(&mut self, role: RoleId, at: usize) -> Vec<usize> {
        if let Some(known) = self.brought.get(&(role, at)) {
            return known.clone();
        }
        let lineage = self.compiled.lineage(role);
        let found: Vec<usize> = match self.rules.get(at).map(|rule| &rule.of) {
            Some(Duties::Roles(roles)) => positions(roles, |duty| lineage.contains(&duty)),
            Some(Duties::Permissions(permissions)) => {
                positions(permissions, |duty| self.compiled.grants_any(role, duty))
            }
            None => Vec::new(),
        };
        self.brought.insert((role, at), found.clone());
        found
    }
}

fn named<I>(names: Vec<String>, find: impl Fn(&str) -> Option<I>) -> Vec<(I, String)> {
    names.into_iter().filter_map(|name| Some((find(&name)?, name))).collect()
}

fn positions<I: Copy>(duties: &[(I, String)], is_held: impl Fn(I) -> bool) -> Vec<usize> {
    duties.iter().enumerate().filter(|(_, duty)| is_held(duty.0)).map(|(at, _)| at).collect()
}

/// All violations of a snapshot, and which of them were found in an earlier one.
pub(super) fn violations(base: &Snapshot, now: &Snapshot) -> Vec<Violation> {
    let mut found = Vec::new();
    let (mut old, mut new) = (Separations::of(base), Separations::of(now));
    if new.is_empty() {
        return found;
    }
    for user in &now.model().users {
        let broken = new.broken_by(user);
        if broken.is_empty() {
            continue;
        }
        let name = now.model().str(user.id);
        let before = base.model().user(name).and_then(|id| base.model().users.get(id.index()));
        let before = before.map(|user| old.broken_by(user)).unwrap_or_default();
        for (separation, holds) in broken {
            let was_found = before.contains_key(&separation);
            found.push(Violation { separation, user: name.to_owned(), holds, was_found });
        }
    }
    found
}

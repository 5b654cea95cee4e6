//! Separations of duties: who holds more of what is separated than is allowed.

use alloc::borrow::ToOwned;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec::Vec;

use super::shallow::{List, Object, under};
use crate::compile::Compiled;
use crate::ids::{Id, PermissionId, RoleId};
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
struct Rule {
    id: String,
    of: Duties,
    max: usize,
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
            let name = |at: &usize| match &rule.of {
                Duties::Roles(roles) => roles.get(*at).map(|it| it.1.clone()),
                Duties::Permissions(permissions) => permissions.get(*at).map(|it| it.1.clone()),
            };
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

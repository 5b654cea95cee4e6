//! What comes to a user from the roles that the user holds, and by which entries.

use alloc::vec::Vec;

use crate::collections::list::{Listed, push_all};
use crate::collections::marks::Marks;
use crate::collections::sort::sort_set;
use crate::compile::Compiled;
use crate::ids::{ConditionId, Id, RoleId, id};
use crate::model::{Model, Role, Target};
use crate::query::moment::Engine;

/// The roles that matter, and what is wanted of each.
pub(super) struct Reach<'a> {
    model: &'a Model,
    compiled: Compiled<'a>,
    roles: Vec<Wanted>,
    /// The roles that deny anything of the plan, or inherit one that does.
    denying: Marks,
    /// The categories of which the plan has anything.
    categories: Marks,
    /// What is denied at all times and on everything.
    closed: Marks,
    /// The roles by which it is.
    shut: Marks,
}

/// What is wanted of a role.
#[derive(Default)]
struct Wanted {
    is_reached: bool,
    /// What would come to the user if it granted that.
    permissions: Marks,
    /// What its own entries decide of that.
    targets: Vec<Target>,
    /// The roles that it inherits from which something comes, sorted.
    parents: Vec<RoleId>,
}

/// What the entries of a role decide.
struct Entries {
    targets: Vec<Target>,
    /// What they decide about.
    decided: Marks,
}

impl<'a> Reach<'a> {
    pub(super) fn new(engine: &'a Engine) -> Self {
        let model = &engine.model;
        let mut reach = Self {
            model,
            compiled: Compiled::new(model, &engine.tables),
            roles: model.roles.iter().map(|_| Wanted::default()).listed(),
            denying: Marks::new(model.roles.len()),
            categories: Marks::new(model.catalog.categories.len()),
            closed: Marks::new(model.catalog.permissions.len()),
            shut: Marks::new(model.roles.len()),
        };
        for (at, permission) in model.catalog.permissions.iter().enumerate() {
            if reach.compiled.has(id(at)) {
                reach.categories.add(permission.category);
            }
        }
        for id in &model.role_order {
            let Some(role) = model.roles.get(id.index()) else { continue };
            let denies = role.deny.iter().any(|denial| reach.is_denied(denial.target));
            if denies || role.inherits.iter().any(|parent| reach.denying.has(*parent)) {
                reach.denying.add(*id);
            }
        }
        reach
    }

    /// Notes what a role that is held without limits denies in any case: no grant of it matters.
    pub(super) fn shut(&mut self, role: RoleId) {
        let model = self.model;
        let mut open = Vec::from([role]);
        while let Some(role) = open.pop() {
            let Some(of) = model.roles.get(role.index()).filter(|_| self.shut.add(role)) else { continue };
            for denial in of.deny.iter().filter(|denial| denial.when.is_none()) {
                for permission in model.about(denial.target) {
                    self.closed.add(permission);
                }
            }
            push_all(&mut open, of.inherits.iter().copied());
        }
    }

    /// Asks a role for everything; false if it neither grants nor denies anything. It stays in any case.
    pub(super) fn hold(&mut self, role: RoleId) -> bool {
        let row = self.compiled.row(role);
        if !self.has(role) {
            let open = self.compiled.plan().clone().without(&self.closed);
            self.want(role, &open);
        }
        !row.granted.is_empty() || self.denying.has(role)
    }

    fn want(&mut self, role: RoleId, permissions: &Marks) {
        if let Some(wanted) = self.roles.get_mut(role.index()) {
            wanted.is_reached = true;
            wanted.permissions.join(permissions);
        }
    }

    /// Follows what is wanted to the roles from which it comes.
    pub(super) fn follow(&mut self) {
        for role in self.model.role_order.iter().rev() {
            if self.has(*role) {
                self.follow_role(*role);
            }
        }
    }

    fn follow_role(&mut self, id: RoleId) {
        let Some(role) = self.model.roles.get(id.index()) else { return };
        let wanted = self.roles.get_mut(id.index()).map(|wanted| core::mem::take(&mut wanted.permissions));
        let wanted = wanted.unwrap_or_default().within(&self.compiled.holdable(role));
        let Entries { targets, decided } = self.entries(role, &wanted);
        let inherited = wanted.without(&decided);
        let mut parents = Vec::new();
        for parent in &role.inherits {
            if self.compiled.row(*parent).granted.meets(&inherited) || self.denying.has(*parent) {
                self.want(*parent, &inherited);
                parents.push(*parent);
            }
        }
        sort_set(&mut parents);
        if let Some(wanted) = self.roles.get_mut(id.index()) {
            wanted.targets = targets;
            wanted.parents = parents;
        }
    }

    /// The entries of a role that decide about something that is wanted, or that may imply it.
    fn entries(&self, role: &Role, wanted: &Marks) -> Entries {
        let permissions = &self.model.catalog.permissions;
        let mut entries = Entries { targets: Vec::new(), decided: Marks::new(permissions.len()) };
        let holdable = self.compiled.holdable(role);
        // The most specific ones come first.
        for entry in &role.grants {
            let mut matters = false;
            for permission in self.model.about(entry.target) {
                let Some(declared) = permissions.get(permission.index()) else { continue };
                if entry.is_absent_for(declared) || !entries.decided.add(permission) {
                    continue;
                }
                matters |= wanted.has(permission)
                    || (holdable.has(permission) && !self.model.implies(permission).is_empty());
            }
            if matters {
                entries.targets.push(entry.target);
            }
        }
        entries
    }

    /// Whether a role grants something that matters and reaches what the user's teams cover.
    pub(super) fn grants_to_teams(&self, role: RoleId) -> bool {
        !self.compiled.row(role).to_teams.clone().without(&self.closed).is_empty()
    }

    /// Whether the plan has anything that an entry of `deny` is about.
    pub(super) fn is_denied(&self, target: Target) -> bool {
        match target {
            Target::Permission(permission) => self.compiled.has(permission),
            Target::Category(category) => self.categories.has(category),
            Target::All => !self.compiled.plan().is_empty(),
        }
    }

    /// The conditions under which something comes to the user.
    pub(super) fn conditions(&self) -> Vec<ConditionId> {
        let mut found = Vec::new();
        for id in self.model.role_order.iter().filter(|role| self.has(**role)) {
            let Some(role) = self.model.roles.get(id.index()) else { continue };
            let targets = self.targets(*id);
            for entry in role.grants.iter().filter(|entry| targets.binary_search(&entry.target).is_ok()) {
                push_all(&mut found, entry.alternatives.iter().filter_map(|alternative| alternative.when));
            }
            let denials = role.deny.iter().filter(|denial| self.is_denied(denial.target));
            push_all(&mut found, denials.filter_map(|denial| denial.when));
        }
        found
    }

    /// Whether anything is wanted of a role, or it is held.
    pub(super) fn has(&self, role: RoleId) -> bool {
        self.roles.get(role.index()).is_some_and(|wanted| wanted.is_reached)
    }

    /// The entries of a role that matter.
    pub(super) fn targets(&self, role: RoleId) -> &[Target] {
        self.roles.get(role.index()).map_or(&[], |wanted| &wanted.targets)
    }

    /// Whether anything comes to a role from one that it inherits.
    pub(super) fn comes(&self, role: RoleId, parent: RoleId) -> bool {
        self.roles.get(role.index()).is_some_and(|wanted| wanted.parents.binary_search(&parent).is_ok())
    }
}

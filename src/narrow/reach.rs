//! What comes to a user from the roles that the user holds, and by which entries.

use alloc::vec::Vec;

use crate::compile::{Tables, deciding_entry};
use crate::ids::{ConditionId, Id, Marks, PermissionId, RoleId, all, id};
use crate::list::{Listed, push_all};
use crate::model::{Level, Model, Role, Target};
use crate::query::subject::Engine;
use crate::sort::sort_set;

/// The roles that matter, and what is wanted of each.
pub(super) struct Reach<'a> {
    model: &'a Model,
    tables: &'a Tables,
    roles: Vec<Wanted>,
    /// The roles that deny anything of the plan, or inherit one that does.
    denying: Marks,
    /// What is denied at all times and on everything.
    closed: Marks,
}

/// What is wanted of a role.
#[derive(Default)]
struct Wanted {
    is_reached: bool,
    /// What would come to the user if it granted that.
    permissions: Option<Marks>,
    /// What its own entries decide of that.
    targets: Vec<Target>,
    /// The roles that it inherits from which something comes.
    parents: Vec<RoleId>,
}

impl<'a> Reach<'a> {
    pub(super) fn new(engine: &'a Engine) -> Self {
        let (model, tables) = (&engine.model, &engine.tables);
        let mut reach = Self {
            model,
            tables,
            roles: model.roles.iter().map(|_| Wanted::default()).listed(),
            denying: Marks::new(model.roles.len()),
            closed: Marks::new(model.catalog.permissions.len()),
        };
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
        let (model, tables) = (self.model, self.tables);
        for role in tables.lineage(model, role).iter().filter_map(|role| model.roles.get(role.index())) {
            for denial in role.deny.iter().filter(|denial| denial.when.is_none()) {
                for (at, permission) in model.catalog.permissions.iter().enumerate() {
                    if denial.target.includes(id(at), permission) {
                        self.closed.add(id::<PermissionId>(at));
                    }
                }
            }
        }
    }

    /// Asks a role for everything; false if it neither grants nor denies anything. It stays in any case.
    pub(super) fn hold(&mut self, role: RoleId) -> bool {
        let row = self.tables.row(self.model, role);
        let is_open = |it: &PermissionId| self.tables.has(*it) && !self.closed.has(*it);
        let open = self.permissions().filter(is_open).listed();
        self.want(role, &open);
        row.is_some_and(|row| row.cells().next().is_some()) || self.denying.has(role)
    }

    fn permissions(&self) -> impl Iterator<Item = PermissionId> + use<> {
        all(self.model.catalog.permissions.len())
    }

    fn want(&mut self, role: RoleId, permissions: &[PermissionId]) {
        let count = self.model.catalog.permissions.len();
        let Some(wanted) = self.roles.get_mut(role.index()) else { return };
        wanted.is_reached = true;
        let marks = wanted.permissions.get_or_insert_with(|| Marks::new(count));
        for permission in permissions {
            marks.add(*permission);
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
        let (model, tables) = (self.model, self.tables);
        let Some(role) = model.roles.get(id.index()) else { return };
        let marks = self.roles.get_mut(id.index()).and_then(|wanted| wanted.permissions.take());
        let (mut targets, mut inherited) = (Vec::new(), Vec::new());
        for permission in self.permissions().filter(|it| self.may_hold(role, *it)) {
            let is_wanted = marks.as_ref().is_some_and(|marks| marks.has(permission));
            match deciding_entry(model, role, permission) {
                // What is not wanted itself may imply what is.
                Some(entry) if is_wanted || !model.implies(permission).is_empty() => {
                    targets.push(entry.target);
                }
                None if is_wanted => inherited.push(permission),
                _ => {}
            }
        }
        sort_set(&mut targets);
        let mut parents = Vec::new();
        for parent in &role.inherits {
            let row = tables.row(model, *parent);
            let grants =
                |permission: &PermissionId| row.is_some_and(|row| !row.grants(*permission).is_empty());
            if inherited.iter().any(grants) || self.denying.has(*parent) {
                self.want(*parent, &inherited);
                parents.push(*parent);
            }
        }
        if let Some(wanted) = self.roles.get_mut(id.index()) {
            wanted.targets = targets;
            wanted.parents = parents;
        }
    }

    fn may_hold(&self, role: &Role, permission: PermissionId) -> bool {
        let declared = self.model.catalog.permissions.get(permission.index());
        self.tables.has(permission) && declared.is_some_and(|it| self.model.may_hold(role, it))
    }

    /// Whether a role grants something that matters and reaches what the user's teams cover.
    pub(super) fn grants_to_teams(&self, role: RoleId) -> bool {
        let row = self.tables.row(self.model, role);
        row.is_some_and(|row| {
            row.cells().any(|(permission, grants)| {
                !self.closed.has(permission) && grants.iter().any(|it| it.level == Level::Team)
            })
        })
    }

    /// Whether the plan has anything that an entry of `deny` is about.
    pub(super) fn is_denied(&self, target: Target) -> bool {
        let catalog = &self.model.catalog;
        match target {
            Target::Permission(permission) => self.tables.has(permission),
            Target::Category(category) => {
                let category = catalog.categories.get(category.index());
                category.is_some_and(|it| {
                    it.permissions.clone().map(PermissionId::of).any(|it| self.tables.has(it))
                })
            }
            Target::All => all::<PermissionId>(catalog.permissions.len()).any(|it| self.tables.has(it)),
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
        self.roles.get(role.index()).is_some_and(|wanted| wanted.parents.contains(&parent))
    }
}

//! Resolving roles: their types, what they inherit, grant and deny.

use alloc::vec::Vec;

use super::super::draft::{DraftAlternative, DraftGrant, DraftRole, Named, Pools};
use super::super::graph;
use super::super::{Alternative, Catalog, Denial, Entry, Permission, Role, Target};
use super::Resolver;
use super::catalog::text_of;
use crate::condition::{add, within};
use crate::error::{Code, Say};
use crate::ids::{Id, PermissionId, RoleId, id};
use crate::json::reader::string_at;
use crate::json::text::At;
use crate::list::Listed;
use crate::sort::sort_by;

impl Resolver {
    /// All roles, and an order in which each comes after those that it inherits.
    pub(super) fn all_roles(
        &mut self,
        drafts: &[DraftRole],
        catalog: &Catalog,
        pools: &Pools,
    ) -> (Vec<Role>, Vec<RoleId>) {
        let order = self.role_order(drafts, pools);
        let mut roles = Vec::with_capacity(drafts.len());
        for draft in drafts {
            roles.push(self.role(draft, catalog, pools));
        }
        (roles, order)
    }

    /// Orders roles by inheritance, and reports what closes a cycle.
    fn role_order(&mut self, drafts: &[DraftRole], pools: &Pools) -> Vec<RoleId> {
        let reference = |node: usize, k: usize| {
            let inherits = within(&pools.references, &drafts.get(node)?.inherits);
            let name = string_at(self.document.source(), *inherits.get(k)?);
            let found = self.roles.find::<RoleId>(&name, &self.document);
            Some(found.map_or(graph::NO_NODE, RoleId::index))
        };
        let walk = graph::walk(drafts.len(), &reference);
        for (node, k) in walk.closing {
            let place = drafts.get(node).and_then(|it| within(&pools.references, &it.inherits).get(k));
            self.report(place.map_or(0, |at| at.place()), Code::Cycle, Say::That("this role closes a cycle"));
        }
        walk.order.into_iter().map(id).listed()
    }

    fn role(&mut self, draft: &DraftRole, catalog: &Catalog, pools: &Pools) -> Role {
        let kind: Option<u32> =
            draft.kind.and_then(|kind| self.look_up(At::new(kind.at), Code::UnknownRoleType));
        if catalog.role_types.is_some() && !draft.has_kind && !draft.standard {
            self.report(draft.at, Code::MissingKey, Say::Missing("type"));
        }
        let mut inherits = Vec::new();
        self.look_up_all(within(&pools.references, &draft.inherits), Code::UnknownRole, &mut inherits);
        let mut role = Role {
            id: text_of(draft.id),
            kind,
            standard: draft.standard,
            inherits,
            grants: Vec::with_capacity(draft.grants.len()),
            deny: Vec::with_capacity(draft.deny.len()),
        };
        for grant in &draft.grants {
            let alternatives = within(&pools.alternatives, &grant.alternatives);
            let entry = self.entry(grant, alternatives, &role, catalog);
            add(&mut role.grants, entry);
        }
        sort_by(&mut role.grants, |a, b| a.target.cmp(&b.target));
        let mut bare = Vec::new();
        for denial in &draft.deny {
            if let Some(target) = self.target(denial.key) {
                if denial.bare {
                    bare.push(At::new(denial.key.at));
                }
                role.deny.push(Denial { target, when: denial.when });
            }
        }
        self.report_names_twice(&bare);
        role
    }

    /// What a grant or denial key is about.
    fn target(&mut self, key: Named) -> Option<Target> {
        let name = self.document.str(key.text);
        if name == "*" {
            return Some(Target::All);
        }
        let (found, code) = match name.strip_suffix(".*") {
            Some(category) => {
                (self.categories.find(category, &self.document).map(Target::Category), Code::UnknownCategory)
            }
            None => {
                (self.permissions.find(name, &self.document).map(Target::Permission), Code::UnknownPermission)
            }
        };
        if found.is_none() {
            self.report(key.at, code, Say::Undeclared);
        }
        found
    }

    fn entry(
        &mut self,
        grant: &DraftGrant,
        alternatives: &[DraftAlternative],
        role: &Role,
        catalog: &Catalog,
    ) -> Option<Entry> {
        let target = self.target(Named { at: grant.key.at, text: grant.key.text })?;
        if let Target::Permission(permission) = target {
            self.check_explicit(grant, alternatives, permission, role, catalog);
        }
        let mut made = Vec::with_capacity(alternatives.len());
        for it in alternatives {
            made.push(Alternative { level: it.level, when: it.when });
        }
        Some(Entry { target, alternatives: made })
    }

    /// What only an entry for a permission itself must keep to: its levels, and who may hold it.
    fn check_explicit(
        &mut self,
        grant: &DraftGrant,
        alternatives: &[DraftAlternative],
        permission: PermissionId,
        role: &Role,
        catalog: &Catalog,
    ) {
        let Some(permission) = catalog.permissions.get(permission.index()) else {
            return;
        };
        for alternative in alternatives {
            if alternative.level.is_some_and(|level| !permission.levels.has(level)) {
                self.report(alternative.at, Code::InvalidScope, Say::That(no_such_level(permission)));
            }
        }
        if !alternatives.is_empty() && !catalog.may_hold(role.kind, role.standard, permission) {
            let why = "the role may not hold this permission, by its type or because it is not standard";
            self.report(grant.key.at, Code::RoleTypeMismatch, Say::That(why));
        }
    }
}

fn no_such_level(permission: &Permission) -> &'static str {
    if permission.is_scoped() {
        "the permission is not offered at this level"
    } else {
        "the permission is granted or not; use `true`"
    }
}

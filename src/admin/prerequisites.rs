//! What a role grants without what that requires.

use alloc::collections::BTreeSet;
use alloc::vec::Vec;

use crate::collections::span::within;
use crate::compile::Compiled;
use crate::ids::{PermissionId, RoleId, all};
use crate::model::{Assignment, Model};

/// Permissions that a role grants, each with one that it requires and the role does not grant, nor does what
/// everyone is assigned.
pub(super) fn lacking(
    model: &Model,
    compiled: &Compiled<'_>,
    role: RoleId,
) -> BTreeSet<(PermissionId, PermissionId)> {
    let common = within(&model.assignments, model.everyone);
    let mut granted = compiled.row(role).granted.clone();
    let mut found = BTreeSet::new();
    let is_asking = |id: &PermissionId| !model.requires(*id).is_empty() && granted.has(*id);
    let asking: Vec<PermissionId> = all(model.catalog.permissions.len()).filter(is_asking).collect();
    if asking.is_empty() {
        return found;
    }
    for assignment in common.iter().filter(|it| **it == Assignment::of(it.role)) {
        granted.join(&compiled.row(assignment.role).granted);
    }
    for permission in asking {
        let required = model.requires(permission).iter().map(|required| required.permission);
        found.extend(required.filter(|required| !granted.has(*required)).map(|it| (permission, it)));
    }
    found
}

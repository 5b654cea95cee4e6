//! How far a role may see, and how far it may act.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::context::{GrantPlaces, Linted, RoleAt, quote, quote_all, regrant};
use super::names::words;
use super::{Notes, Severity};
use crate::admin::shallow::quoted;
use crate::collections::marks::Marks;
use crate::compile::Compiled;
use crate::ids::{Id, PermissionId, all};
use crate::model::Level;

/// What permissions to look at records are called.
const VIEWS: [&str; 8] = ["view", "read", "list", "see", "get", "show", "browse", "access"];
/// What permissions to act on records that are there are called.
const ACTS: [&str; 17] = [
    "administer",
    "assign",
    "change",
    "close",
    "configure",
    "delete",
    "edit",
    "manage",
    "merge",
    "modify",
    "reassign",
    "remove",
    "reply",
    "respond",
    "set",
    "update",
    "write",
];
/// What permissions for records that are not there yet are called.
const MAKES: [&str; 4] = ["add", "create", "import", "new"];

/// The permissions of a resource type.
#[derive(Default)]
struct Siblings {
    views: Vec<PermissionId>,
    others: Vec<(PermissionId, bool)>,
}

/// The first word of the last part of an id, by which one tells what a permission is for.
fn verb(id: &str) -> String {
    words(id.rsplit('.').next().unwrap_or_default()).into_iter().next().unwrap_or_default()
}

/// The permissions by resource type, of those types that have one to view and another one; whether each of the
/// others acts on what there is.
fn siblings(linted: &Linted<'_>) -> Vec<Siblings> {
    let catalog = &linted.model.catalog;
    let mut found: Vec<Siblings> = Vec::new();
    found.resize_with(catalog.types.len(), Siblings::default);
    for id in all::<PermissionId>(catalog.permissions.len()) {
        let Some(of) = linted.permission(id).and_then(|it| found.get_mut(it.resource_type.index())) else {
            continue;
        };
        let verb = verb(linted.name_of(id));
        if VIEWS.contains(&&*verb) {
            of.views.push(id);
        } else if !MAKES.contains(&&*verb) {
            of.others.push((id, ACTS.contains(&&*verb)));
        }
    }
    found.retain(|of| !of.views.is_empty() && !of.others.is_empty());
    found
}

/// The widest level at which a role grants a permission; a tenant-level one at `all`.
fn widest(compiled: &Compiled<'_>, role: &RoleAt<'_>, permission: PermissionId) -> Option<Level> {
    compiled.grants(role.id, permission).map(|grant| grant.level).max()
}

/// Whether a permission on a record requires one of others on the same record.
fn requires_any(compiled: &Compiled<'_>, permission: PermissionId, others: &[PermissionId]) -> bool {
    compiled.requirements(permission).same.iter().any(|id| others.contains(id))
}

/// Whether a role reaches no record by a permission beyond what it grants, at this level at most, of what that
/// requires on the same record.
fn is_bounded(compiled: &Compiled<'_>, role: &RoleAt<'_>, permission: PermissionId, level: Level) -> bool {
    let required = compiled.requirements(permission);
    let others = required.same.iter().filter(|id| **id != permission);
    others.filter_map(|id| widest(compiled, role, *id)).any(|reach| reach <= level)
}

/// What is looked at: a role, what it grants, and where.
struct Look<'l, 'a> {
    linted: &'l Linted<'a>,
    role: &'l RoleAt<'a>,
    compiled: &'l Compiled<'a>,
    granted: &'l Marks,
    places: &'l GrantPlaces<'l, 'a>,
}

/// Looks at each role that grants anything, with the permissions of each resource type.
fn each(linted: &Linted<'_>, notes: &mut Notes, look: fn(&Look<'_, '_>, &Siblings, &mut Notes)) {
    let types = siblings(linted);
    for role in linted.roles.iter().filter(|_| !types.is_empty()) {
        let (compiled, places) = (linted.compiled(), GrantPlaces::new(linted, role));
        let row = compiled.row(role.id);
        if !notes.has_room() || row.granted.is_empty() {
            continue;
        }
        let at = Look { linted, role, compiled: &compiled, granted: &row.granted, places: &places };
        for of in &types {
            if !linted.spend(of.views.len() + of.others.len() + compiled.take_steps()) {
                return;
            }
            look(&at, of, notes);
        }
    }
}

/// `unscoped-sibling`: a role may act on more records than it may view.
pub(super) fn unscoped_sibling(linted: &Linted<'_>, notes: &mut Notes) {
    each(linted, notes, |at, Siblings { views, others }, notes| {
        let Look { linted, role, compiled, granted, places } = at;
        let seen = views.iter().filter(|id| granted.has(**id));
        let seen = seen.filter_map(|id| widest(compiled, role, *id).map(|level| (level, *id)));
        let Some((seen, view)) = seen.max_by_key(|it| it.0).filter(|it| it.0 < Level::All) else { return };
        for (permission, _) in others.iter().filter(|(id, _)| granted.has(*id)) {
            if widest(compiled, role, *permission).is_none_or(|level| level <= seen) {
                continue;
            }
            let declared = linted.permission(*permission).filter(|it| it.is_scoped());
            let is_bounded = declared.is_some() && is_bounded(compiled, role, *permission, seen);
            if is_bounded && declared.is_none_or(|it| it.level_within(seen).is_none()) {
                continue; // it cannot be granted otherwise, and reaches no further
            }
            let (severity, but) = if is_bounded {
                (Severity::Info, "; it reaches no further than that, so grant it at the same level")
            } else {
                (Severity::Warning, ": grant it at the same level")
            };
            let message = format!(
                "the role {} grants {} further than {}, which it grants at {} only{but}",
                quote(role.name),
                quote(linted.name_of(*permission)),
                quote(linted.name_of(view)),
                quote(seen.as_str()),
            );
            let suggestion = narrowed(linted, compiled, role, (*permission, seen));
            notes.add_as(severity, places.of(*permission), message, suggestion);
        }
    });
}

/// The operation that grants a permission at a level instead, where that is all that there is to say.
fn narrowed(
    linted: &Linted<'_>,
    compiled: &Compiled<'_>,
    role: &RoleAt<'_>,
    (permission, level): (PermissionId, Level),
) -> Vec<String> {
    let Some(declared) = linted.permission(permission) else { return Vec::new() };
    let has_conditions = compiled.grants(role.id, permission).any(|grant| grant.when.is_some());
    let is_implied = compiled.leading_to(permission).len() > 1;
    match declared.level_within(level) {
        Some(level) if !has_conditions && !is_implied => {
            regrant(role, [(linted.name_of(permission), quoted(level.as_str()))])
        }
        _ => Vec::new(),
    }
}

/// `manage-without-view`: a role may act on records that it may not view.
pub(super) fn manage_without_view(linted: &Linted<'_>, notes: &mut Notes) {
    each(linted, notes, |at, Siblings { views, others }, notes| {
        let Look { linted, role, compiled, granted, places } = at;
        if views.iter().any(|id| granted.has(*id)) {
            return;
        }
        for (permission, _) in others.iter().filter(|(id, acts)| *acts && granted.has(*id)) {
            let Some(level) = widest(compiled, role, *permission) else { continue };
            // That one is told as a prerequisite.
            if requires_any(compiled, *permission, views) {
                continue;
            }
            let message = format!(
                "the role {} grants {} and not {}: people will not find what they may change",
                quote(role.name),
                quote(linted.name_of(*permission)),
                quote_all(views.iter().map(|id| linted.name_of(*id)))
            );
            let suggestion = viewed(linted, role, views, level);
            notes.add(places.of(*permission), message, suggestion);
        }
    });
}

/// The operation that grants the first of several permissions at a level, or as little as there is.
fn viewed(linted: &Linted<'_>, role: &RoleAt<'_>, views: &[PermissionId], level: Level) -> Vec<String> {
    let may_hold = |id: &&PermissionId| {
        linted.model.requires(**id).is_empty()
            && linted.permission(**id).is_some_and(|it| linted.model.may_hold(role.role, it))
    };
    let Some(view) = views.iter().find(may_hold) else { return Vec::new() };
    let Some(declared) = linted.permission(*view) else { return Vec::new() };
    let narrowest = || Level::ALL.into_iter().find(|level| declared.levels.has(*level));
    let value = match declared.levels.widest_within(level).or_else(narrowest) {
        Some(level) => quoted(level.as_str()),
        None => "true".into(),
    };
    regrant(role, [(linted.name_of(*view), value)])
}

#[cfg(test)]
mod tests {
    use super::verb;

    #[test]
    fn verbs() {
        for (id, expected) in
            [("conversations.view", "view"), ("a.b.viewAll", "view"), ("edit-own", "edit"), ("a.1", "")]
        {
            assert_eq!(verb(id), expected);
        }
    }
}

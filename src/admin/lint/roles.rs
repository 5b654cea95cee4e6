//! What roles grant and deny, and whether they are looked after.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::Notes;
use super::Severity;
use super::context::{EntryAt, GrantPlaces, Linted, RoleAt, operation, quote, quote_all, redeny, regrant};
use crate::admin::prerequisites;
use crate::admin::report::sensitive;
use crate::admin::shallow::quoted;
use crate::collections::marks::Marks;
use crate::collections::sort::sort_set;
use crate::compile::Compiled;
use crate::ids::{Id, PermissionId, RoleId, all};
use crate::model::{Level, Target};
use crate::time::{DAY, parse};

/// `unused-role`: nobody who is listed is assigned a role, nor is everyone, and no other role inherits it.
/// Standard roles are offered whether anybody has them or not.
pub(super) fn unused_role(linted: &Linted<'_>, notes: &mut Notes) {
    if linted.model.users.is_empty() {
        return;
    }
    let used = used_roles(linted);
    let separated = separated_roles(linted);
    for role in linted.roles.iter().filter(|role| !used.has(role.id) && !role.role.standard) {
        let message = format!(
            "nobody has the role {}, and no role inherits it: delete it if it is not going to be used",
            quote(role.name)
        );
        notes.add(role.place.at, message, deletion(role, &separated));
    }
}

/// The operation that deletes a role of which nothing is used.
fn deletion(role: &RoleAt<'_>, separated: &Marks) -> Vec<String> {
    if role.locked || role.role.standard || separated.has(role.id) {
        return Vec::new();
    }
    [operation("deleteRole", &[&quoted(role.name)])].into()
}

fn used_roles(linted: &Linted<'_>) -> Marks {
    let mut used = Marks::new(linted.roles.len());
    for assignment in &linted.model.assignments {
        if !assignment.is_of_nothing() {
            used.add(assignment.role);
        }
    }
    for role in &linted.roles {
        for parent in &role.role.inherits {
            used.add(*parent);
        }
    }
    used
}

fn separated_roles(linted: &Linted<'_>) -> Marks {
    let lists = linted.document.list("separations").flat_map(|separation| separation.list("roles"));
    let mut separated = Marks::new(linted.roles.len());
    for role in lists.filter_map(|name| linted.model.role(&name.string()?)) {
        separated.add(role);
    }
    separated
}

/// `empty-role`: a role grants nothing, on no plan, and denies nothing.
pub(super) fn empty_role(linted: &Linted<'_>, notes: &mut Notes) {
    let (used, separated) = (used_roles(linted), separated_roles(linted));
    for role in &linted.roles {
        let compiled = linted.compiled();
        let lineage = compiled.lineage(role.id);
        if !linted.spend(1 + lineage.len()) {
            return;
        }
        let denies =
            |id: &RoleId| linted.model.roles.get(id.index()).is_some_and(|role| !role.deny.is_empty());
        let is_empty = !lineage.iter().any(denies) && compiled.row(role.id).granted.is_empty();
        linted.spend(compiled.take_steps());
        if is_empty {
            let message =
                format!("the role {} grants nothing: grant something, or delete it", quote(role.name));
            let suggestion = if used.has(role.id) { Vec::new() } else { deletion(role, &separated) };
            notes.add(role.place.at, message, suggestion);
        }
    }
}

/// `broad-grant`: a role that is not locked grants `*`, and with it whatever the catalog will ever have.
pub(super) fn broad_grant(linted: &Linted<'_>, notes: &mut Notes) {
    for role in linted.roles.iter().filter(|role| !role.locked) {
        let Some(place) = role.place.get("grants").and_then(|grants| grants.get("*")) else { continue };
        let entry = Linted::own_entry(role.role, Target::All);
        if entry.is_some_and(|entry| !entry.alternatives.is_empty()) {
            let message = format!(
                "the role {} grants `*`, also what is added to the catalog later: name the categories, or lock the role if it is the administrator's",
                quote(role.name)
            );
            notes.add(place.at, message, Vec::new());
        }
    }
}

/// `sensitive-grant`: a role that is not locked grants what the catalog calls sensitive; a warning where the
/// role does not name it.
pub(super) fn sensitive_grant(linted: &Linted<'_>, notes: &mut Notes) {
    let sensitive = sensitive(linted.snapshot);
    if sensitive.is_empty() {
        return;
    }
    for role in linted.roles.iter().filter(|role| !role.locked) {
        let compiled = linted.compiled();
        let granted = compiled.row(role.id).granted.clone();
        if !linted.spend(compiled.take_steps()) {
            return;
        }
        if !notes.has_room() || !granted.meets(&sensitive) {
            continue;
        }
        for entry in linted.entries(role).iter().filter(|entry| !entry.is_refusal()) {
            let mut found = given_by(linted, &granted, role, entry);
            found.retain(|permission| sensitive.has(*permission));
            if found.is_empty() {
                continue;
            }
            let names = quote_all(found.iter().map(|id| linted.name_of(*id)));
            if let (Target::Permission(named), [only]) = (entry.target, &found[..])
                && named == *only
            {
                let message = format!(
                    "the role {} grants {names}, which is sensitive: check that everybody who has the role needs it",
                    quote(role.name)
                );
                notes.add(entry.value.at, message, Vec::new());
                continue;
            }
            let (is, it) = if found.len() == 1 { ("is", "it") } else { ("are", "them") };
            let message = format!(
                "the role {} grants {names}, which {is} sensitive, by {} and without naming {it}: name {it}, or refuse {it} with `false`",
                quote(role.name),
                quote(&entry.key)
            );
            let refused = found.iter().filter(|id| entry.target != Target::Permission(**id));
            let refused = refused.map(|id| (linted.name_of(*id), "false".to_string()));
            let suggestion = if found.len() > MANY { Vec::new() } else { regrant(role, refused) };
            notes.add_as(Severity::Warning, entry.value.at, message, suggestion);
        }
    }
}

/// Those of the permissions that a role grants about which an entry decides, and those that come with them.
fn given_by(
    linted: &Linted<'_>,
    granted: &Marks,
    role: &RoleAt<'_>,
    entry: &EntryAt<'_>,
) -> Vec<PermissionId> {
    let mut found = linted.decided_by(role.role, entry.entry);
    found.retain(|permission| granted.has(*permission));
    let mut seen = Marks::new(linted.model.catalog.permissions.len());
    for permission in &found {
        seen.add(*permission);
    }
    let mut next = 0;
    while let Some(permission) = found.get(next).copied() {
        next += 1;
        for implied in linted.model.implies(permission).iter().filter(|id| granted.has(**id)) {
            let is_own = Linted::own_entry(role.role, Target::Permission(*implied)).is_some();
            if linted.spend(1) && !is_own && seen.add(*implied) {
                found.push(*implied);
            }
        }
    }
    found
}

/// `prerequisite`: a role grants what cannot be used without a permission that it does not grant.
pub(super) fn prerequisite(linted: &Linted<'_>, notes: &mut Notes) {
    let model = linted.model;
    let count = model.catalog.permissions.len();
    let requiring = all::<PermissionId>(count).filter(|id| !model.requires(*id).is_empty()).count();
    if requiring == 0 {
        return;
    }
    for role in &linted.roles {
        let compiled = linted.compiled();
        let lacking = prerequisites::lacking(model, &compiled, role.id);
        if !linted.spend(count + compiled.take_steps()) || !notes.has_room() {
            return;
        }
        let places = GrantPlaces::new(linted, role);
        let mut rest = lacking.iter().peekable();
        while let Some((permission, first)) = rest.next() {
            let mut missing: Vec<PermissionId> = [*first].into();
            while let Some((_, more)) = rest.next_if(|(next, _)| next == permission) {
                missing.push(*more);
            }
            let message = format!(
                "the role {} grants {}, which can never be used without {}: grant that, too",
                quote(role.name),
                quote(linted.name_of(*permission)),
                quote_all(missing.iter().map(|id| linted.name_of(*id)))
            );
            let suggestion = grant_all(linted, &compiled, role, missing);
            notes.add(places.of(*permission), message, suggestion);
        }
    }
}

/// The operation that grants a role permissions, as little of each as there is, with all that they require;
/// none if the role may not hold one.
fn grant_all(
    linted: &Linted<'_>,
    compiled: &Compiled<'_>,
    role: &RoleAt<'_>,
    wanted: Vec<PermissionId>,
) -> Vec<String> {
    let mut wanted = wanted;
    let mut next = 0;
    while let Some(permission) = wanted.get(next).copied() {
        next += 1;
        for required in linted.model.requires(permission) {
            let required = required.permission;
            if !wanted.contains(&required) && !compiled.grants_any(role.id, required) {
                wanted.push(required);
            }
        }
        let may_hold = linted.permission(permission).is_some_and(|it| linted.model.may_hold(role.role, it));
        if !may_hold || wanted.len() > MANY {
            return Vec::new();
        }
    }
    regrant(role, wanted.iter().map(|id| (linted.name_of(*id), narrowest(linted, *id))))
}

/// A suggestion names no more permissions.
const MANY: usize = 32;

/// The least that can be granted of a permission, as it is written.
fn narrowest(linted: &Linted<'_>, permission: PermissionId) -> String {
    let declared = linted.permission(permission);
    let level = Level::ALL.into_iter().find(|level| declared.is_some_and(|it| it.levels.has(*level)));
    level.map_or_else(|| "true".into(), |level| quoted(level.as_str()))
}

/// `unreachable-grant`: an entry has no effect: its level fits no permission, the role may hold none, or the
/// role itself denies whatever it grants.
pub(super) fn unreachable_grant(linted: &Linted<'_>, notes: &mut Notes) {
    for role in &linted.roles {
        let compiled = linted.compiled();
        for entry in linted.entries(role).iter().filter(|entry| !entry.is_refusal()) {
            let about: Vec<PermissionId> = linted.model.about(entry.target).collect();
            if about.is_empty() || !notes.has_room() {
                continue;
            }
            let fits = |id: &PermissionId| {
                linted
                    .permission(*id)
                    .is_some_and(|it| linted.model.may_hold(role.role, it) && !entry.entry.is_absent_for(it))
            };
            if !linted.spend(about.len()) {
                return;
            }
            if !about.iter().any(fits) {
                let message = format!(
                    "{} of the role {} grants nothing: no permission of it can be held by this role at this level",
                    quote(&entry.key),
                    quote(role.name)
                );
                notes.add(entry.value.at, message, regrant(role, [(&*entry.key, "null".to_string())]));
                continue;
            }
            let decided = linted.decided_by(role.role, entry.entry);
            let is_dead = |id: &PermissionId| {
                linted.model.implies(*id).is_empty()
                    && compiled.denials(role.id, *id).iter().any(|(_, denial)| denial.when.is_none())
            };
            if !decided.is_empty() && decided.iter().all(is_dead) {
                let message = format!(
                    "{} of the role {} has no effect, because the role also denies it: take away the grant or the denial",
                    quote(&entry.key),
                    quote(role.name)
                );
                notes.add(entry.value.at, message, regrant(role, [(&*entry.key, "null".to_string())]));
            }
            if !linted.spend(compiled.take_steps()) {
                return;
            }
        }
    }
}

/// `shadowed-deny`: a denial says nothing that another one of the role, or of a role that it inherits, does
/// not say without a condition.
pub(super) fn shadowed_deny(linted: &Linted<'_>, notes: &mut Notes) {
    for role in linted.roles.iter().filter(|role| !role.role.deny.is_empty()) {
        let compiled = linted.compiled();
        let (mut own, mut inherited) = (Vec::new(), Vec::new());
        for id in compiled.lineage(role.id) {
            let Some(other) = linted.model.roles.get(id.index()) else { continue };
            if !linted.spend(1 + other.deny.len()) {
                return;
            }
            let bare = other.deny.iter().filter(|denial| denial.when.is_none()).map(|denial| denial.target);
            if *id == role.id { own.extend(bare) } else { inherited.extend(bare) }
        }
        sort_set(&mut own);
        sort_set(&mut inherited);
        for (at, denial) in role.place.list("deny").enumerate() {
            let (key, is_bare) = match denial.string() {
                Some(key) => (Some(key), true),
                None => (denial.string_at("key"), false),
            };
            let Some(target) = key.and_then(|key| linted.model.target(&key)) else { continue };
            let covers =
                |wide: &Target| has(&inherited, *wide) || has(&own, *wide) && !(is_bare && *wide == target);
            if let Some(wide) = wider(linted, target).into_iter().find(covers) {
                let by = written(linted, wide);
                let by = if has(&own, wide) {
                    quote(&by)
                } else {
                    format!("{} of a role that it inherits", quote(&by))
                };
                let message = format!(
                    "this denial of the role {} says nothing that {by} does not say: take it away",
                    quote(role.name)
                );
                let others = || role.place.list("deny").enumerate().filter(move |(other, _)| *other != at);
                let suggestion = if role.denies_briefly() {
                    redeny(role, others().map(|(_, other)| other.text().into()))
                } else {
                    Vec::new()
                };
                notes.add(denial.at, message, suggestion);
            }
        }
    }
}

/// Whether a target is in a list in order.
fn has(targets: &[Target], target: Target) -> bool {
    targets.binary_search(&target).is_ok()
}

/// What includes a target, and it itself.
fn wider(linted: &Linted<'_>, target: Target) -> Vec<Target> {
    match target {
        Target::All => [target].into(),
        Target::Category(_) => [Target::All, target].into(),
        Target::Permission(permission) => {
            let category = linted.permission(permission).map(|it| Target::Category(it.category));
            [Target::All].into_iter().chain(category).chain([target]).collect()
        }
    }
}

/// A target as it is written.
fn written(linted: &Linted<'_>, target: Target) -> String {
    match target {
        Target::All => "*".into(),
        Target::Permission(permission) => linted.name_of(permission).into(),
        Target::Category(category) => {
            let category = linted.model.catalog.categories.get(category.index());
            format!("{}.*", category.map_or("", |category| linted.model.str(category.id)))
        }
    }
}

/// `type-drops-inherited`: a role inherits from one that grants what it may not hold itself.
pub(super) fn type_drops_inherited(linted: &Linted<'_>, notes: &mut Notes) {
    for role in linted.roles.iter().filter(|role| !role.role.inherits.is_empty()) {
        let compiled = linted.compiled();
        let holdable = compiled.holdable(role.role);
        for (parent, place) in role.role.inherits.iter().zip(role.place.list("inherits")) {
            let dropped = compiled.row(*parent).granted.clone().without(&holdable);
            if !linted.spend(1 + dropped.count() + compiled.take_steps()) {
                return;
            }
            if dropped.is_empty() {
                continue;
            }
            let count = linted.model.catalog.permissions.len();
            let names = all::<PermissionId>(count).filter(|id| dropped.has(*id)).map(|id| linted.name_of(id));
            let message = format!(
                "the role {} does not get {} from {}: its type, or that it is not standard, does not allow it",
                quote(role.name),
                quote_all(names),
                quote(&place.string().unwrap_or_default())
            );
            notes.add(place.at, message, Vec::new());
        }
    }
}

/// A review is stale after so many days.
const REVIEW_DAYS: f64 = 90.0;

/// `stale-review`: a role was reviewed more than 90 days ago.
pub(super) fn stale_review(linted: &Linted<'_>, notes: &mut Notes) {
    for role in &linted.roles {
        let Some(place) = role.place.get("reviewedAt") else { continue };
        let reviewed = place.string().and_then(|text| parse(text.as_bytes()));
        if reviewed.is_some_and(|at| linted.now - at > REVIEW_DAYS * DAY) {
            let message = format!(
                "the role {} was last reviewed more than 90 days ago: review it, and stamp the review",
                quote(role.name)
            );
            notes.add(place.at, message, [operation("stampReview", &[&quoted(role.name)])].into());
        }
    }
}

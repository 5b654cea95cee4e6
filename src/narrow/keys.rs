//! Which keys a narrowed snapshot has. Every key of the format is listed here, which is checked when this is
//! compiled: what is new does not get to browsers by itself.

use crate::format::table::{self, Object, Words};

/// The keys of an object that are copied as they are. Those that are `written` are so by code of their own,
/// as far as they matter to the user; those that are `dropped` are read by people, or by nobody.
const fn copied(object: &Object, copied: Words, written: Words, dropped: Words) -> Words {
    assert!(object.has_just(&[copied, written, dropped]), "these are not the keys of the format");
    copied
}

pub(super) const DOCUMENT: Words = copied(
    &table::SNAPSHOT,
    &["format", "revision", "tenant", "issuedAt", "expiresAt", "plan"],
    &["catalog", "teams", "roles", "users", "everyone"],
    &["separations", "$schema"],
);
pub(super) const CATALOG: Words = copied(
    &table::CATALOG,
    &["roleTypes", "plans", "levelTitles", "masks"],
    &["categories", "resources"],
    &[],
);
pub(super) const CATEGORY: Words =
    copied(&table::CATEGORY, &["id", "title"], &["permissions"], &["description"]);
pub(super) const PERMISSION: Words = copied(
    &table::PERMISSION,
    &["id", "title", "resource", "scopes", "requires", "implies", "roleTypes", "plans", "standardOnly"],
    &[],
    &["description", "sensitive"],
);
pub(super) const TEAM: Words = copied(&table::TEAM, &["id", "name", "kind", "parent"], &[], &[]);
pub(super) const ROLE: Words = copied(
    &table::ROLE,
    &["id", "name", "type", "standard"],
    &["inherits", "grants", "deny"],
    &["description", "locked", "approvedBy", "reviewedAt"],
);
pub(super) const USER: Words =
    copied(&table::USER, &["id", "name", "disabled"], &["teams", "roles", "attributes"], &[]);

// Objects inside these are copied whole.
const _: Words = copied(&table::RESOURCE, &["owner", "team"], &[], &[]);
const _: Words = copied(&table::TITLES, &["own", "team", "all"], &[], &[]);
const _: Words = copied(&table::MASK, &["resource", "field", "permission", "as"], &[], &[]);
const _: Words = copied(&table::ALTERNATIVE, &["scope", "when"], &[], &[]);
const _: Words = copied(&table::DENIAL, &["key", "when"], &[], &[]);
const _: Words = copied(&table::ASSIGNMENT, &["role", "team", "from", "until", "when"], &[], &[]);
const _: Words = copied(&table::DURING, &["tz", "days", "from", "to"], &[], &[]);

//! What checks look at, and what they share.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::cell::{Cell, OnceCell};

use crate::admin::place::Place;
use crate::admin::shallow::{Object, quoted as json_string};
use crate::collections::sort::sort_by;
use crate::compile::Compiled;
use crate::error::printable;
use crate::ids::{Id, PermissionId, RoleId, id};
use crate::model::{Entry, Model, Permission, Role, Target};
use crate::snapshot::Snapshot;

/// How much all checks together may look at.
const STEPS: usize = 50_000_000;

/// A snapshot that is checked.
pub(super) struct Linted<'a> {
    pub(super) snapshot: &'a Snapshot,
    pub(super) model: &'a Model,
    pub(super) document: Place<'a>,
    pub(super) now: f64,
    pub(super) roles: Vec<RoleAt<'a>>,
    /// Of which nothing was asked.
    compiled: Compiled<'a>,
    left: Cell<usize>,
}

/// A role, and where it stands.
pub(super) struct RoleAt<'a> {
    pub(super) id: RoleId,
    pub(super) role: &'a Role,
    pub(super) place: Place<'a>,
    /// Its id, as it is written in operations.
    pub(super) name: &'a str,
    pub(super) locked: bool,
    short: OnceCell<bool>,
}

impl RoleAt<'_> {
    /// Whether its denials are few enough to be written again.
    pub(super) fn denies_briefly(&self) -> bool {
        *self.short.get_or_init(|| self.place.get("deny").is_none_or(is_brief))
    }
}

/// So many bytes are written again for a suggestion.
const SHORT: usize = 20_000;

fn is_brief(place: Place<'_>) -> bool {
    place.text().len() <= SHORT
}

/// An entry of the grants of a role.
pub(super) struct EntryAt<'a> {
    pub(super) key: Cow<'a, str>,
    pub(super) value: Place<'a>,
    pub(super) target: Target,
    pub(super) entry: &'a Entry,
    short: OnceCell<bool>,
}

impl EntryAt<'_> {
    /// Whether it is `false`.
    pub(super) fn is_refusal(&self) -> bool {
        self.entry.alternatives.is_empty()
    }

    /// Whether it is short enough to be written again.
    pub(super) fn is_short(&self) -> bool {
        *self.short.get_or_init(|| is_brief(self.value))
    }
}

impl<'a> Linted<'a> {
    pub(super) fn new(snapshot: &'a Snapshot, now: f64) -> Self {
        let model = snapshot.model();
        let document = Place::of(model.document.source());
        let mut roles = Vec::new();
        for (at, (place, role)) in document.list("roles").zip(&model.roles).enumerate() {
            let (name, locked) = (model.str(role.id), place.is_true("locked"));
            roles.push(RoleAt { id: id(at), role, place, name, locked, short: OnceCell::new() });
        }
        let compiled = Compiled::in_any_plan(model, &snapshot.engine.tables);
        Self { snapshot, model, document, now, roles, compiled, left: Cell::new(STEPS) }
    }

    /// Counts what is looked at; false where that is too much.
    pub(super) fn spend(&self, steps: usize) -> bool {
        self.left.set(self.left.get().saturating_sub(steps));
        !self.is_over()
    }

    pub(super) fn is_over(&self) -> bool {
        self.left.get() == 0
    }

    /// The users, and where they stand.
    pub(super) fn users(&self) -> impl Iterator<Item = (Place<'a>, &'a crate::model::User)> {
        self.document.list("users").zip(&self.model.users)
    }

    /// What roles grant, whatever the plan is. Nothing of it is kept for the next role, so that what is kept
    /// does not grow with the roles.
    pub(super) fn compiled(&self) -> Compiled<'a> {
        self.spend(1 + self.model.catalog.permissions.len() / 64);
        self.compiled.afresh()
    }

    pub(super) fn permission(&self, id: PermissionId) -> Option<&'a Permission> {
        self.model.catalog.permissions.get(id.index())
    }

    /// The id of a permission as it is written.
    pub(super) fn name_of(&self, id: PermissionId) -> &'a str {
        self.permission(id).map_or("", |permission| self.model.str(permission.id))
    }

    /// The entry that a role itself has for something.
    pub(super) fn own_entry(role: &'a Role, target: Target) -> Option<&'a Entry> {
        let at = role.grants.binary_search_by_key(&target, |entry| entry.target).ok()?;
        role.grants.get(at)
    }

    /// The entries of a role in the order in which they stand.
    pub(super) fn entries(&self, role: &RoleAt<'a>) -> Vec<EntryAt<'a>> {
        let mut found = Vec::new();
        let grants = role.place.get("grants");
        for (key, value) in grants.into_iter().flat_map(Place::members) {
            let Some(target) = self.model.target(&key) else { continue };
            if let Some(entry) = Self::own_entry(role.role, target) {
                found.push(EntryAt { key, value, target, entry, short: OnceCell::new() });
            }
        }
        found
    }

    /// The permissions about which an entry of a role decides.
    pub(super) fn decided_by(&self, role: &'a Role, entry: &Entry) -> Vec<PermissionId> {
        let mut found = Vec::new();
        for permission in self.model.about(entry.target) {
            if !self.spend(4) {
                break;
            }
            let Some(declared) = self.permission(permission) else { continue };
            if entry.is_absent_for(declared) {
                continue;
            }
            let narrower = [Target::Permission(permission), Target::Category(declared.category)];
            let narrower = narrower.into_iter().take_while(|target| *target != entry.target);
            let mut narrower = narrower.filter_map(|target| Self::own_entry(role, target));
            if !narrower.any(|other| !other.is_absent_for(declared)) {
                found.push(permission);
            }
        }
        found
    }
}

/// Where a role says what it grants of permissions: looked up once, and only if anything is found.
pub(super) struct GrantPlaces<'l, 'a> {
    linted: &'l Linted<'a>,
    role: &'l RoleAt<'a>,
    /// In order.
    known: OnceCell<Vec<(Target, usize)>>,
}

impl<'l, 'a> GrantPlaces<'l, 'a> {
    pub(super) fn new(linted: &'l Linted<'a>, role: &'l RoleAt<'a>) -> Self {
        Self { linted, role, known: OnceCell::new() }
    }

    /// The offset of the entry that decides about a permission, or of the role if it has none.
    pub(super) fn of(&self, permission: PermissionId) -> usize {
        let Some(declared) = self.linted.permission(permission) else { return self.role.place.at };
        let targets = [Target::Permission(permission), Target::Category(declared.category), Target::All];
        let decides = |target: &Target| {
            Linted::own_entry(self.role.role, *target).is_some_and(|entry| !entry.is_absent_for(declared))
        };
        let known = self.known.get_or_init(|| {
            let entries = self.linted.entries(self.role);
            let mut known: Vec<(Target, usize)> =
                entries.iter().map(|entry| (entry.target, entry.value.at)).collect();
            sort_by(&mut known, Ord::cmp);
            known
        });
        let target = targets.into_iter().find(decides);
        let at = target.and_then(|target| known.binary_search_by_key(&target, |known| known.0).ok());
        let found = at.and_then(|at| known.get(at));
        found.map_or(self.role.place.at, |found| found.1)
    }
}

/// The longest part of a value that a message quotes.
const MAX_QUOTE: usize = 80;

/// A value as a message quotes it.
pub(super) fn quote(value: &str) -> String {
    if value.len() <= MAX_QUOTE {
        return format!("`{}`", printable(value));
    }
    let short: String = value.chars().take(MAX_QUOTE / 2).collect();
    format!("`{}…`", printable(&short))
}

/// Several values as a message names them: the first few, and how many more there are.
pub(super) fn quote_all<'t>(values: impl IntoIterator<Item = &'t str>) -> String {
    const FEW: usize = 3;
    let (mut out, mut more) = (String::new(), 0_usize);
    for (at, value) in values.into_iter().enumerate() {
        if at >= FEW {
            more += 1;
            continue;
        }
        if at > 0 {
            out.push_str(", ");
        }
        out.push_str(&quote(value));
    }
    if more > 0 {
        out.push_str(" and ");
        out.push_str(&more.to_string());
        out.push_str(" more");
    }
    out
}

/// An operation as JSON, of its name and the texts of its arguments.
pub(super) fn operation(name: &str, arguments: &[&str]) -> String {
    format!("[{},{}]", json_string(name), arguments.join(","))
}

/// The operation that changes entries of the grants of a role.
pub(super) fn regrant<'t>(
    role: &RoleAt<'_>,
    entries: impl IntoIterator<Item = (&'t str, String)>,
) -> Vec<String> {
    // A locked role cannot be changed.
    if role.locked {
        return Vec::new();
    }
    let mut grants = Object::default();
    for (key, value) in entries {
        grants.set(key, value);
    }
    let mut changes = Object::default();
    changes.set("grants", grants.text());
    [operation("updateRole", &[&json_string(role.name), &changes.text()])].into()
}

/// The operation that gives a role other denials.
pub(super) fn redeny<'t>(role: &RoleAt<'_>, texts: impl IntoIterator<Item = Cow<'t, str>>) -> Vec<String> {
    if role.locked {
        return Vec::new();
    }
    let texts: Vec<Cow<'_, str>> = texts.into_iter().collect();
    let mut changes = Object::default();
    changes.set("deny", format!("[{}]", texts.join(",")));
    [operation("updateRole", &[&json_string(role.name), &changes.text()])].into()
}

//! Access reports: who holds what, by which assignment, at a moment. What an access review looks at.
//!
//! There may be millions of rows, so none is kept: they are given for one user after the other. Users who are
//! assigned the same, and of whom conditions read nothing else, have the same rows, which are made once.

use alloc::borrow::ToOwned;
use alloc::collections::BTreeMap;
use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;
use core::cell::RefCell;

use sha2::{Digest, Sha256};

use super::clock;
use super::place::Place;
use super::traits::Traits;
use crate::collections::marks::Marks;
use crate::compile::{Compiled, Grant, Origin};
use crate::condition::holds::Record;
use crate::condition::residual::Residual;
use crate::host::HostZones;
use crate::ids::{Id, PermissionId, RoleId, UserId, all, id};
use crate::model::{Assignment, Level, User};
use crate::query::moment::{Bounds, Moment};
use crate::query::scope::{Part, fold_all};
use crate::snapshot::Snapshot;
use crate::time::Window;

/// A permission that a user holds by an assignment.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct AccessRow {
    /// The role that is assigned.
    pub role: String,
    /// The team to which the assignment is limited.
    pub team: Option<String>,
    /// How the role comes to the permission: the roles that it inherits from and the permissions that imply
    /// it, in turn. Empty of an entry of its own.
    pub via: Vec<String>,
    /// Since when, as RFC 3339.
    pub from: Option<String>,
    /// Until when, as RFC 3339.
    pub until: Option<String>,
    /// The permission.
    pub permission: String,
    /// How far the assignment reaches: `own`, `team`, or `all` where no team limits it.
    pub level: Level,
    /// Whether a condition on records or on the context must hold besides.
    pub conditional: bool,
    /// What a reviewer should know: `sensitive`, `everyone` (assigned to everyone), `temporary` (it ends),
    /// `limited` (by a denial, or by what the permission requires).
    pub flags: Vec<&'static str>,
}

/// What a report is of.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ReportHeader {
    /// Whose roles these are.
    pub tenant: Option<String>,
    /// The revision of the snapshot.
    pub revision: u64,
    /// The SHA-256 of the bytes of the snapshot, in hexadecimal.
    pub sha256: String,
    /// The moment of which the report is, as RFC 3339.
    pub at: String,
    /// How many users are listed.
    pub users: usize,
    /// How many of them hold anything.
    pub holders: usize,
    /// How many rows there are.
    pub rows: usize,
}

/// Of so many users rows are kept for those who are alike.
const KEPT: usize = 4_096;

/// Who holds what at a moment.
pub struct AccessReport<'a> {
    snapshot: &'a Snapshot,
    at: f64,
    found: Rc<Found>,
}

/// What was found out of a snapshot at a moment.
pub(crate) struct Found {
    traits: Traits,
    sensitive: Marks,
    rows: RefCell<BTreeMap<Vec<u8>, Rc<[AccessRow]>>>,
}

impl core::fmt::Debug for AccessReport<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("AccessReport").field("at", &self.at).finish_non_exhaustive()
    }
}

impl<'a> AccessReport<'a> {
    /// The report of a moment, in milliseconds since the epoch.
    #[must_use]
    pub fn new(snapshot: &'a Snapshot, at: f64) -> Self {
        let (traits, sensitive) = (Traits::of(snapshot.model()), sensitive(snapshot));
        Self { snapshot, at, found: Rc::new(Found { traits, sensitive, rows: RefCell::default() }) }
    }

    /// What was found out so far, for [`AccessReport::resume`].
    #[cfg(feature = "admin")]
    pub(crate) fn found(self) -> Rc<Found> {
        self.found
    }

    /// The report of the same snapshot and moment again.
    #[cfg(feature = "admin")]
    pub(crate) fn resume(snapshot: &'a Snapshot, at: f64, found: Rc<Found>) -> Self {
        Self { snapshot, at, found }
    }

    /// What it is of, and how much there is in it. All rows are counted.
    #[must_use]
    pub fn header(&self) -> ReportHeader {
        let model = self.snapshot.model();
        let counts = all::<UserId>(model.users.len()).map(|user| self.rows_of(user).len());
        let (holders, rows) =
            counts.fold((0, 0), |(holders, rows), count| (holders + usize::from(count > 0), rows + count));
        ReportHeader {
            tenant: self.snapshot.tenant().map(ToOwned::to_owned),
            revision: self.snapshot.revision(),
            sha256: sha256(model.document.source().as_bytes()),
            at: clock::written(self.at),
            users: model.users.len(),
            holders,
            rows,
        }
    }

    /// The rows, by user in the order of the document, by permission in that of the catalog.
    pub fn rows(&self) -> impl Iterator<Item = (&'a str, AccessRow)> {
        let model = self.snapshot.model();
        all::<UserId>(model.users.len()).flat_map(move |user| {
            let rows = self.rows_of(user);
            let name = model.users.get(user.index()).map_or("", |user| model.str(user.id));
            (0..rows.len()).filter_map(move |at| Some((name, rows.get(at)?.clone())))
        })
    }

    /// The rows of users from a position on, at least so many if there are; and the position of the next user, if
    /// there is one.
    #[cfg(feature = "admin")]
    pub(crate) fn some_rows(&self, from: usize, count: usize) -> (Vec<(&'a str, AccessRow)>, Option<usize>) {
        let model = self.snapshot.model();
        let mut rows = Vec::new();
        for (at, user) in model.users.iter().enumerate().skip(from) {
            if rows.len() >= count {
                return (rows, Some(at));
            }
            rows.extend(self.rows_of(id(at)).iter().map(|row| (model.str(user.id), row.clone())));
        }
        (rows, None)
    }

    /// The rows of one user.
    fn rows_of(&self, user: UserId) -> Rc<[AccessRow]> {
        let mut key = Vec::new();
        self.found.traits.push(&mut key, self.snapshot.model(), Some(user));
        if let Some(known) = self.found.rows.borrow().get(&key) {
            return Rc::clone(known);
        }
        let rows: Rc<[AccessRow]> = self.made(user).into();
        let mut known = self.found.rows.borrow_mut();
        if known.len() >= KEPT {
            known.clear();
        }
        known.insert(key, Rc::clone(&rows));
        rows
    }

    fn made(&self, user: UserId) -> Vec<AccessRow> {
        let (model, engine) = (self.snapshot.model(), &self.snapshot.engine);
        let Some(user) = model.users.get(user.index()) else { return Vec::new() };
        let bounds = Bounds::default();
        // Nothing is known of the context.
        let moment =
            Moment::new(engine, model.str(user.id), &bounds, self.at, None, &HostZones, Rc::default());
        let compiled = Compiled::new(&engine.model, &engine.tables);
        let mut rows = Vec::new();
        for permission in all::<PermissionId>(model.catalog.permissions.len()) {
            let parts = moment.scope(permission);
            if !parts.is_empty() {
                self.add(&mut rows, user, permission, &(&moment, &compiled, &parts));
            }
        }
        rows
    }

    /// Adds the rows of a permission: one for each assignment by which the user holds it.
    fn add(
        &self,
        rows: &mut Vec<AccessRow>,
        user: &User,
        permission: PermissionId,
        (moment, compiled, parts): &(&Moment<'_>, &Compiled<'_>, &[Part]),
    ) {
        let model = self.snapshot.model();
        let facts = moment.facts(Record::Any);
        let [own, everyone] = model.assignments_of(user);
        let assignments = own.iter().map(|it| (it, false)).chain(everyone.iter().map(|it| (it, true)));
        let mut is_limited = None;
        for (assignment, of_everyone) in assignments {
            let window = model.window(assignment);
            if !window.contains(self.at) {
                continue;
            }
            let outer = fold_all(&facts, assignment.when);
            let mut best: Option<(Level, bool, Grant)> = None;
            for grant in compiled.grants(assignment.role, permission) {
                let folded = outer.and(fold_all(&facts, grant.when));
                if folded == Residual::False {
                    continue;
                }
                let level = match (grant.level, assignment.team) {
                    (Level::All, Some(_)) => Level::Team,
                    (level, _) => level,
                };
                let found = (level, folded == Residual::True, grant);
                // The widest counts, and of those one without condition.
                if best.is_none_or(|best| (best.0, best.1) < (found.0, found.1)) {
                    best = Some(found);
                }
            }
            if let Some((level, is_free, grant)) = best {
                let is_limited =
                    is_limited.get_or_insert_with(|| is_limited_by_others(moment, permission, parts));
                let flags = [
                    (self.found.sensitive.has(permission), "sensitive"),
                    (of_everyone, "everyone"),
                    (window.until < f64::INFINITY, "temporary"),
                    (*is_limited, "limited"),
                ];
                let via = compiled.trace(assignment.role, permission, grant);
                let row = AccessRow {
                    via: via.into_iter().map(|origin| self.origin(origin)).collect(),
                    permission: self.permission(permission),
                    level,
                    conditional: !is_free,
                    flags: flags.into_iter().filter(|(is_so, _)| *is_so).map(|(_, flag)| flag).collect(),
                    ..self.row(assignment, window)
                };
                rows.push(row);
            }
        }
    }

    /// What a row says of an assignment.
    fn row(&self, assignment: &Assignment, Window { from, until }: Window) -> AccessRow {
        let model = self.snapshot.model();
        let time = |at: f64| at.is_finite().then(|| clock::written(at));
        let team = assignment.team.and_then(|team| model.teams.get(team.index()));
        AccessRow {
            role: self.role(assignment.role),
            team: team.map(|team| model.str(team.id).to_owned()),
            via: Vec::new(),
            from: time(from),
            until: time(until),
            permission: String::new(),
            level: Level::Own,
            conditional: false,
            flags: Vec::new(),
        }
    }

    fn origin(&self, origin: Origin) -> String {
        match origin {
            Origin::Inherited(role) => self.role(role),
            Origin::Implied(permission) => self.permission(permission),
        }
    }

    fn role(&self, role: RoleId) -> String {
        let model = self.snapshot.model();
        model.roles.get(role.index()).map_or("", |role| model.str(role.id)).to_owned()
    }

    fn permission(&self, permission: PermissionId) -> String {
        let model = self.snapshot.model();
        model.catalog.permissions.get(permission.index()).map_or("", |it| model.str(it.id)).to_owned()
    }
}

/// Whether a denial, or something that a permission requires, may take away what a role grants of it.
fn is_limited_by_others(moment: &Moment<'_>, permission: PermissionId, parts: &[Part]) -> bool {
    let is_whole = |parts: &[Part]| parts.iter().all(Part::is_everything);
    if parts.iter().any(|part| !part.none.is_empty()) || !is_whole(parts.get(1..).unwrap_or_default()) {
        return true;
    }
    let mut asked = moment.requirements(permission).without_record.clone();
    let mut next = 0;
    while let Some(required) = asked.get(next).copied() {
        next += 1;
        let parts = moment.scope(required);
        if parts.is_empty() || !is_whole(&parts) {
            return true;
        }
        for more in &moment.requirements(required).without_record {
            if !asked.contains(more) {
                asked.push(*more);
            }
        }
    }
    false
}

/// The permissions that the catalog calls sensitive.
pub(super) fn sensitive(snapshot: &Snapshot) -> Marks {
    let model = snapshot.model();
    let mut marks = Marks::new(model.catalog.permissions.len());
    for (at, place) in permissions(Place::of(model.document.source())).enumerate() {
        if place.is_true("sensitive") {
            marks.add(id::<PermissionId>(at));
        }
    }
    marks
}

/// The permissions of the catalog where they stand, in their order.
fn permissions(document: Place<'_>) -> impl Iterator<Item = Place<'_>> {
    let categories = document.get("catalog").into_iter().flat_map(|catalog| catalog.list("categories"));
    categories.flat_map(|category| category.list("permissions"))
}

fn sha256(bytes: &[u8]) -> String {
    let mut out = String::new();
    for byte in Sha256::digest(bytes) {
        for digit in [byte >> 4, byte & 15] {
            out.extend(char::from_digit(digit.into(), 16));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::sha256;

    #[test]
    fn the_digest_is_that_of_the_standard() {
        assert_eq!(sha256(b"abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}

//! People, and what they are assigned.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::context::{Linted, operation, quote, quote_all};
use super::{Notes, Severity};
use crate::admin::place::Place;
use crate::admin::rules::{admin_roles, admins};
use crate::admin::separations::Separations;
use crate::admin::shallow::{Object, quoted};
use crate::collections::sort::sort_by;
use crate::collections::span::within;
use crate::model::Assignment;

/// `separation`: somebody holds more of what is separated than is allowed.
pub(super) fn separation(linted: &Linted<'_>, notes: &mut Notes) {
    let mut separations = Separations::of(linted.snapshot);
    if separations.is_empty() {
        return;
    }
    for (place, user) in linted.users() {
        let held: usize = linted.model.assignments_of(user).iter().map(|list| list.len()).sum();
        if !linted.spend(1 + held * separations.len()) {
            return;
        }
        for (separation, holds) in separations.broken_by(user) {
            let message = format!(
                "{} holds {}, which the separation {} keeps apart: take one away",
                quote(linted.model.str(user.id)),
                quote_all(holds.iter().map(|duty| &**duty)),
                quote(&separation)
            );
            notes.add(place.at, message, Vec::new());
        }
    }
}

/// `disabled-holder`: a disabled user still has roles, which count again as soon as the user is enabled.
pub(super) fn disabled_holder(linted: &Linted<'_>, notes: &mut Notes) {
    for (place, user) in linted.users().filter(|(_, user)| user.disabled) {
        let Some(roles) = place.get("roles").filter(|roles| roles.elements().next().is_some()) else {
            continue;
        };
        let name = linted.model.str(user.id);
        let message = format!(
            "{} is disabled and still has roles: take them away, unless the user comes back",
            quote(name)
        );
        // One operation takes away all assignments of a role on a team.
        let mut meant: Vec<String> = roles.elements().map(assigned).collect();
        sort_by(&mut meant, Ord::cmp);
        meant.dedup();
        let operations = meant.iter().map(|assignment| operation("unassign", &[&quoted(name), assignment]));
        notes.add(roles.at, message, operations.collect());
    }
}

/// The role and the team of an assignment.
fn assigned(place: Place<'_>) -> String {
    let mut meant = Object::default();
    meant.set("role", place.get("role").unwrap_or(place).text().into());
    if let Some(team) = place.get("team") {
        meant.set("team", team.text().into());
    }
    meant.text()
}

/// `expired-assignment`: an assignment is over.
pub(super) fn expired_assignment(linted: &Linted<'_>, notes: &mut Notes) {
    for (place, user) in linted.users() {
        let [own, _] = linted.model.assignments_of(user);
        for entry in expired(linted, own, place.list("roles")) {
            let name = linted.model.str(user.id);
            let message = format!("this assignment of {} is over: take it away", quote(name));
            notes.add(entry.at, message, [operation("unassign", &[&quoted(name), entry.text()])].into());
        }
    }
    let everyone = within(&linted.model.assignments, linted.model.everyone);
    let entries = || linted.document.list("everyone");
    for entry in expired(linted, everyone, entries()) {
        let rest: Vec<&str> = entries().filter(|other| other.at != entry.at).map(Place::text).collect();
        let suggestion = [operation("setEveryone", &[&format!("[{}]", rest.join(","))])];
        let suggestion = suggestion.into_iter().filter(|text| text.len() <= 20_000);
        notes.add(entry.at, "this assignment of everyone is over: take it away".into(), suggestion.collect());
    }
}

/// Those of some assignments that are over.
fn expired<'a>(
    linted: &Linted<'a>,
    assignments: &'a [Assignment],
    places: impl Iterator<Item = Place<'a>>,
) -> impl Iterator<Item = Place<'a>> {
    let is_over = |assignment: &Assignment| linted.model.window(assignment).until <= linted.now;
    let over = assignments.iter().zip(places).filter(move |(assignment, _)| is_over(assignment));
    over.map(|(_, place)| place).collect::<Vec<_>>().into_iter()
}

/// `single-admin`: one user only, or none, holds for good a locked role that grants everything.
pub(super) fn single_admin(linted: &Linted<'_>, notes: &mut Notes) {
    let roles = admin_roles(linted.snapshot);
    let Some(role) = roles.first().and_then(|at| linted.roles.get(*at)) else { return };
    if linted.model.users.is_empty() {
        return;
    }
    match &admins(linted.snapshot, linted.now, 2)[..] {
        [] => {
            let message = format!(
                "no enabled user holds the role {} for good and everywhere: assign it",
                quote(role.name)
            );
            notes.add_as(Severity::Error, role.place.at, message, Vec::new());
        }
        [only] => {
            let Some((place, user)) = linted.users().nth(*only) else { return };
            let message = format!(
                "{} is the only one who holds everything for good: give the role {} to somebody else, too",
                quote(linted.model.str(user.id)),
                quote(role.name)
            );
            notes.add(place.at, message, Vec::new());
        }
        _ => {}
    }
}

/// `whole-tenant-in-browser`: the snapshot has several people in it, so it is not for a browser.
pub(super) fn whole_tenant_in_browser(linted: &Linted<'_>, notes: &mut Notes) {
    if let Some(users) = linted.document.get("users").filter(|_| linted.model.users.len() > 1) {
        let message = format!(
            "{} people are listed: send a browser only what `narrow` gives for the person who is signed in",
            linted.model.users.len()
        );
        notes.add(users.at, message, Vec::new());
    }
}

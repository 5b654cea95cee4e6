//! Who and what uses a role.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

use super::shallow::{List, Object, quoted, under};
use crate::collections::list::Listed;
use crate::collections::span::within;
use crate::ids::{Id, RoleId};
use crate::model::{Assignment, Model};
use crate::snapshot::Snapshot;

/// All that stands against deleting a role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Usage {
    /// How many listed users are assigned it.
    pub users: usize,
    /// How many of the assignments that everyone has are of it.
    pub everyone: usize,
    /// The roles that inherit from it directly.
    pub inherited_by: Vec<String>,
    /// The separations that name it.
    pub separations: Vec<String>,
    /// The users.
    pub(super) user_ids: Vec<String>,
}

impl Usage {
    pub(super) fn is_none(&self) -> bool {
        self.users == 0 && self.everyone == 0 && self.inherited_by.is_empty() && self.separations.is_empty()
    }
}

/// The usage of a role.
pub(super) fn of(snapshot: &Snapshot, role: RoleId) -> Usage {
    let model = snapshot.model();
    let count = |assignments: &[Assignment]| assignments.iter().filter(|it| it.role == role).count();
    let users = users_with(model, role);
    let heirs = model.roles.iter().filter(|heir| heir.inherits.contains(&role));
    let name = model.roles.get(role.index()).map_or("", |role| model.str(role.id));
    let mut separations = Vec::new();
    for separation in List::parse(under(model, "separations").unwrap_or("[]")).texts() {
        let separation = Object::parse(separation);
        if List::parse(separation.get("roles").unwrap_or("[]")).strings().iter().any(|other| other == name) {
            separations.push(separation.string("id").unwrap_or_default());
        }
    }
    Usage {
        users: users.len(),
        everyone: count(within(&model.assignments, model.everyone)),
        inherited_by: heirs.map(|heir| model.str(heir.id).to_owned()).listed(),
        separations,
        user_ids: users,
    }
}

fn users_with(model: &Model, role: RoleId) -> Vec<String> {
    let mut users = Vec::new();
    for user in &model.users {
        let [own, _] = model.assignments_of(user);
        if own.iter().any(|assignment| assignment.role == role) {
            users.push(model.str(user.id).to_owned());
        }
    }
    users
}

/// The listed users who are assigned a role.
pub(super) fn users_of(snapshot: &Snapshot, role: &str) -> Vec<String> {
    snapshot.model().role(role).map(|role| users_with(snapshot.model(), role)).unwrap_or_default()
}

/// Users with a role, as an event has them.
pub(super) fn moved(role: &str, users: &[String]) -> String {
    let mut object = Object::default();
    object.set_string("role", role);
    object.set("users", List::of(users.iter().map(|user| quoted(user))).text());
    object.text()
}

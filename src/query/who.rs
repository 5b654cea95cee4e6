//! Who may: all users for whom the answer is "yes".

use alloc::vec::Vec;

use super::decide::Asked;
use super::subject::{Moment, Reason};
use crate::ids::{Id, PermissionId, UserId, all};

impl Moment<'_> {
    /// The users who hold a permission, asked as this moment is: in document order.
    pub(crate) fn who_can(&self, permission: &str, asked: Asked<'_>) -> Vec<UserId> {
        let Some(permission) = self.model().permission(permission) else { return Vec::new() };
        let mut found = Vec::new();
        for user in all::<UserId>(self.model().users.len()) {
            if self.is_granted(user, permission) && self.holds(user, permission, asked) {
                found.push(user);
            }
        }
        found
    }

    /// Whether a role of the user grants the permission at all: most users are out of the question by it.
    fn is_granted(&self, user: UserId, permission: PermissionId) -> bool {
        let model = self.model();
        let Some(user) = model.users.get(user.index()) else { return false };
        for assignment in model.assignments_of(user).into_iter().flatten() {
            if self.compiled.grants_any(assignment.role, permission) {
                return true;
            }
        }
        false
    }

    fn holds(&self, user: UserId, permission: PermissionId, asked: Asked<'_>) -> bool {
        let moment = self.of(user);
        moment.refused().is_none() && moment.ask(permission, asked).reason == Reason::Granted
    }
}

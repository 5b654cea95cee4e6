//! Reviews of access: what was decided about assignments.

use alloc::borrow::ToOwned;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec::Vec;

use super::error::{Obstacle, ObstacleCode};
use super::shallow::Object;
use crate::attributes::Json;
use crate::ids::{Id, RoleId, TeamId};
use crate::model::Model;

/// What was decided about what a user is assigned.
pub(super) struct Decision {
    pub(super) user: String,
    /// The role, and the team if there is one.
    pub(super) assignment: Json,
    pub(super) is_kept: bool,
    note: Option<String>,
}

/// The keys of a decision.
const KEYS: [&str; 5] = ["user", "role", "team", "decision", "note"];

/// Reads decisions; adds what is wrong with them.
pub(super) fn read(decisions: &[Json], against: &mut Vec<Obstacle>) -> Option<Vec<Decision>> {
    let found: Option<Vec<Decision>> = decisions.iter().map(Decision::read).collect();
    let Some(found) = found else {
        let message = "a decision has `user`, `role`, `decision` (`keep` or `revoke`), and optionally `team` and `note`";
        against.push(Obstacle::new(ObstacleCode::Invalid, message.into()));
        return None;
    };
    let mut known: BTreeMap<(&str, &str), bool> = BTreeMap::new();
    for Decision { user, assignment, is_kept, .. } in &found {
        if *known.entry((user, assignment.as_str())).or_insert(*is_kept) != *is_kept {
            let message = "the same assignment is kept and revoked";
            against.push(Obstacle::new(ObstacleCode::Invalid, message.into()));
            return None;
        }
    }
    Some(found)
}

impl Decision {
    fn read(json: &Json) -> Option<Self> {
        let decision = Object::parse(json.as_str());
        let is_text = |(key, value): (&str, &str)| KEYS.contains(&key) && value.starts_with('"');
        if !decision.members().all(is_text) {
            return None;
        }
        let is_kept = match &*decision.string("decision")? {
            "keep" => true,
            "revoke" => false,
            _ => return None,
        };
        let mut assignment = Object::default();
        assignment.set_string("role", &decision.string("role")?);
        if let Some(team) = decision.string("team") {
            assignment.set_string("team", &team);
        }
        Some(Self {
            user: decision.string("user")?,
            assignment: Json::parse(assignment.text().as_bytes())?,
            is_kept,
            note: decision.string("note"),
        })
    }

    /// The word of an audit trail for it.
    pub(super) fn action(&self) -> &'static str {
        if self.is_kept { "keep" } else { "revoke" }
    }

    /// What was decided about, with the note, as an audit trail has it.
    pub(super) fn text(&self) -> String {
        let mut said = Object::parse(self.assignment.as_str());
        if let Some(note) = &self.note {
            said.set_string("note", note);
        }
        said.text()
    }

    fn names(&self, model: &Model) -> Option<(RoleId, Option<TeamId>)> {
        let assignment = Object::parse(self.assignment.as_str());
        let team = assignment.string("team");
        Some((model.role(&assignment.string("role")?)?, team.and_then(|team| model.team(&team))))
    }
}

/// The decisions about each user.
pub(super) fn by_user(decisions: &[Decision]) -> BTreeMap<&str, Vec<&Decision>> {
    let mut found: BTreeMap<&str, Vec<&Decision>> = BTreeMap::new();
    for decision in decisions {
        found.entry(&decision.user).or_default().push(decision);
    }
    found
}

/// The roles of which all assignments to enabled users were decided about.
pub(super) fn complete(model: &Model, decisions: &[Decision]) -> Vec<String> {
    let mut decided = BTreeSet::new();
    let mut roles = BTreeSet::new();
    for decision in decisions {
        if let (Some(user), Some((role, team))) = (model.user(&decision.user), decision.names(model)) {
            decided.insert((user, role, team));
            roles.insert(role);
        }
    }
    for (at, user) in model.users.iter().enumerate().filter(|(_, user)| !user.disabled) {
        for assignment in model.assignments_of(user)[0] {
            if !decided.contains(&(crate::ids::id(at), assignment.role, assignment.team)) {
                roles.remove(&assignment.role);
            }
        }
    }
    let names = roles.into_iter().filter_map(|role| model.roles.get(role.index()));
    names.map(|role| model.str(role.id).to_owned()).collect()
}

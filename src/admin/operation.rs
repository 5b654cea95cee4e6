//! What can be done: one variant for each operation, natively or from the list that JavaScript sends.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::error::{AdminError, Obstacle, ObstacleCode};
use super::shallow::{List, Object, quoted, string_of};
use crate::attributes::Json;
use crate::collections::list::Listed;

/// One change of a snapshot. [`Draft::apply`] does it, [`Draft::can`] says what stands against it. Objects are
/// as the format writes them.
///
/// [`Draft::apply`]: super::Draft::apply
/// [`Draft::can`]: super::Draft::can
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Operation {
    /// A new role: `id`, `name`, `description`, `type`, `inherits`, `grants`, `deny`.
    CreateRole {
        /// The role.
        role: Json,
    },
    /// A copy of a role, which stays as it is. The copy is neither `standard` nor `locked`.
    DuplicateRole {
        /// The role that is copied.
        role: String,
        /// What is otherwise in the copy: at least `id` and `name`; `grants` are merged.
        copy: Json,
    },
    /// Changes keys of a role. Grants are merged: `null` takes an entry away.
    UpdateRole {
        /// The role.
        role: String,
        /// The keys that change, with their new values.
        changes: Json,
    },
    /// Grants, or takes away, all permissions of a category.
    SelectCategory {
        /// The role.
        role: String,
        /// The category.
        category: String,
        /// Whether its permissions are granted.
        selected: bool,
        /// Whether by one entry for the category, which also counts for permissions that are added to it later.
        live: bool,
    },
    /// Deletes a role that is not in use.
    DeleteRole {
        /// The role.
        role: String,
    },
    /// Assigns one role in place of another to all who are listed; windows, teams and conditions stay.
    MoveUsers {
        /// The role that they have.
        from: String,
        /// The role that they get.
        to: String,
    },
    /// Notes that a role was reviewed now.
    StampReview {
        /// The role.
        role: String,
    },
    /// Notes what was decided about assignments that were reviewed: each is kept or revoked. A role of which all
    /// assignments to enabled users were decided about is stamped as reviewed.
    RecordReview {
        /// Objects of `user`, `role`, optionally `team`, `decision` (`keep` or `revoke`) and optionally `note`.
        decisions: Vec<Json>,
    },
    /// Lists a user.
    AddUser {
        /// An entry of `users`.
        user: Json,
    },
    /// Takes a user off the list.
    RemoveUser {
        /// The user.
        user: String,
    },
    /// From now on every answer for a user is "no".
    DisableUser {
        /// The user.
        user: String,
    },
    /// Takes that back.
    EnableUser {
        /// The user.
        user: String,
    },
    /// Says which teams a user is in.
    SetUserTeams {
        /// The user.
        user: String,
        /// All teams of the user.
        teams: Vec<String>,
    },
    /// Says what conditions see as `user.*`.
    SetAttributes {
        /// The user.
        user: String,
        /// All attributes; without any the key goes.
        attributes: Option<Json>,
    },
    /// Assigns a role to a user.
    Assign {
        /// The user.
        user: String,
        /// `role`, and optionally `team`, `from`, `until`, `when`.
        assignment: Json,
    },
    /// Takes assignments away: those of this role and this team (none: those without team) that agree in every
    /// other key that is given.
    Unassign {
        /// The user.
        user: String,
        /// `role`, and optionally `team`, `from`, `until`, `when`.
        assignment: Json,
    },
    /// Adds a team.
    AddTeam {
        /// An entry of `teams`.
        team: Json,
    },
    /// Puts a team, and what it covers, below another one, or at the top.
    MoveTeam {
        /// The team.
        team: String,
        /// The team above it.
        parent: Option<String>,
    },
    /// Deletes a team that is not in use.
    RemoveTeam {
        /// The team.
        team: String,
    },
    /// Says what everyone is assigned.
    SetEveryone {
        /// All assignments.
        assignments: Vec<Json>,
    },
    /// Says which separations of duties there are.
    SetSeparations {
        /// All separations.
        separations: Vec<Json>,
    },
}

/// The names of operations and what each takes, for messages.
const SHAPES: [(&str, &str); 21] = [
    ("createRole", "a role"),
    ("duplicateRole", "the id of a role and what is otherwise in the copy"),
    ("updateRole", "the id of a role and what changes"),
    ("selectCategory", "the id of a role, the id of a category, true or false, and optionally { live }"),
    ("deleteRole", "the id of a role"),
    ("moveUsers", "the ids of two roles"),
    ("stampReview", "the id of a role"),
    ("recordReview", "a list of decisions"),
    ("addUser", "a user"),
    ("removeUser", "the id of a user"),
    ("disableUser", "the id of a user"),
    ("enableUser", "the id of a user"),
    ("setUserTeams", "the id of a user and a list of team ids"),
    ("setAttributes", "the id of a user and an object, or null"),
    ("assign", "the id of a user and an assignment"),
    ("unassign", "the id of a user and an assignment"),
    ("addTeam", "a team"),
    ("moveTeam", "the id of a team and the id of another one, or null"),
    ("removeTeam", "the id of a team"),
    ("setEveryone", "a list of assignments"),
    ("setSeparations", "a list of separations"),
];

impl Operation {
    /// An operation as JSON: a list of its name and its arguments, `["assign", "bo", { "role": "agent" }]`.
    ///
    /// # Errors
    /// `invalid`, if it is none.
    pub fn from_json(bytes: &[u8]) -> Result<Self, AdminError> {
        // Checked as JSON in an object, which is what is read at this place.
        let list = core::str::from_utf8(bytes).ok().map(|text| format!("{{\"o\":{text}}}"));
        let list = list.and_then(|text| Json::parse(text.as_bytes()));
        let object = list.as_ref().map(|list| Object::parse(list.as_str())).unwrap_or_default();
        let arguments = List::parse(object.get("o").unwrap_or_default());
        let name = arguments.get(0).and_then(string_of).unwrap_or_default();
        let Some((_, takes)) = SHAPES.iter().find(|shape| shape.0 == name) else {
            return Err(
                Obstacle::new(ObstacleCode::Invalid, format!("there is no operation `{name}`")).into()
            );
        };
        let wrong = || Obstacle::new(ObstacleCode::Invalid, format!("`{name}` takes {takes}")).into();
        Arguments(&arguments).operation(&name).ok_or_else(wrong)
    }

    /// What it is called.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::CreateRole { .. } => "createRole",
            Self::DuplicateRole { .. } => "duplicateRole",
            Self::UpdateRole { .. } => "updateRole",
            Self::SelectCategory { .. } => "selectCategory",
            Self::DeleteRole { .. } => "deleteRole",
            Self::MoveUsers { .. } => "moveUsers",
            Self::StampReview { .. } => "stampReview",
            Self::RecordReview { .. } => "recordReview",
            Self::AddUser { .. } => "addUser",
            Self::RemoveUser { .. } => "removeUser",
            Self::DisableUser { .. } => "disableUser",
            Self::EnableUser { .. } => "enableUser",
            Self::SetUserTeams { .. } => "setUserTeams",
            Self::SetAttributes { .. } => "setAttributes",
            Self::Assign { .. } => "assign",
            Self::Unassign { .. } => "unassign",
            Self::AddTeam { .. } => "addTeam",
            Self::MoveTeam { .. } => "moveTeam",
            Self::RemoveTeam { .. } => "removeTeam",
            Self::SetEveryone { .. } => "setEveryone",
            Self::SetSeparations { .. } => "setSeparations",
        }
    }

    /// What it is about: the list of the document, and the id of an entry, if it is one.
    pub(super) fn target(&self) -> (&'static str, Option<String>) {
        let id_of = |json: &Json| Object::parse(json.as_str()).string("id");
        match self {
            Self::CreateRole { role } => ("roles", id_of(role)),
            Self::DuplicateRole { copy, .. } => ("roles", id_of(copy)),
            Self::UpdateRole { role, .. }
            | Self::SelectCategory { role, .. }
            | Self::DeleteRole { role }
            | Self::MoveUsers { from: role, .. }
            | Self::StampReview { role } => ("roles", Some(role.clone())),
            Self::AddUser { user } => ("users", id_of(user)),
            Self::RemoveUser { user }
            | Self::DisableUser { user }
            | Self::EnableUser { user }
            | Self::SetUserTeams { user, .. }
            | Self::SetAttributes { user, .. }
            | Self::Assign { user, .. }
            | Self::Unassign { user, .. } => ("users", Some(user.clone())),
            Self::AddTeam { team } => ("teams", id_of(team)),
            Self::MoveTeam { team, .. } | Self::RemoveTeam { team } => ("teams", Some(team.clone())),
            Self::RecordReview { .. } => ("users", None),
            Self::SetEveryone { .. } => ("everyone", None),
            Self::SetSeparations { .. } => ("separations", None),
        }
    }
}

/// The arguments behind a name.
struct Arguments<'a>(&'a List<'a>);

impl Arguments<'_> {
    fn operation(&self, name: &str) -> Option<Operation> {
        let most = if name == "selectCategory" { 5 } else { 3 };
        if self.0.0.len() > most {
            return None;
        }
        Some(match name {
            "createRole" => Operation::CreateRole { role: self.only_object()? },
            "duplicateRole" => Operation::DuplicateRole { role: self.id(1)?, copy: self.object(2)? },
            "updateRole" => Operation::UpdateRole { role: self.id(1)?, changes: self.object(2)? },
            "selectCategory" => Operation::SelectCategory {
                role: self.id(1)?,
                category: self.id(2)?,
                selected: self.boolean(3)?,
                live: self.live()?,
            },
            "deleteRole" => Operation::DeleteRole { role: self.only_id()? },
            "moveUsers" => Operation::MoveUsers { from: self.id(1)?, to: self.id(2)? },
            "stampReview" => Operation::StampReview { role: self.only_id()? },
            "addUser" => Operation::AddUser { user: self.only_object()? },
            "removeUser" => Operation::RemoveUser { user: self.only_id()? },
            "disableUser" => Operation::DisableUser { user: self.only_id()? },
            "enableUser" => Operation::EnableUser { user: self.only_id()? },
            "setUserTeams" => Operation::SetUserTeams { user: self.id(1)?, teams: self.ids(2)? },
            "setAttributes" => Operation::SetAttributes {
                user: self.id(1)?,
                attributes: if self.is_null(2) { None } else { Some(self.object(2)?) },
            },
            "assign" => Operation::Assign { user: self.id(1)?, assignment: assignment(self.0.get(2)?)? },
            "unassign" => Operation::Unassign { user: self.id(1)?, assignment: assignment(self.0.get(2)?)? },
            "addTeam" => Operation::AddTeam { team: self.only_object()? },
            "moveTeam" => Operation::MoveTeam {
                team: self.id(1)?,
                parent: if self.is_null(2) { None } else { Some(self.id(2)?) },
            },
            "removeTeam" => Operation::RemoveTeam { team: self.only_id()? },
            "setEveryone" => Operation::SetEveryone { assignments: self.list(assignment)? },
            "recordReview" => {
                Operation::RecordReview { decisions: self.list(|json| Json::parse(json.as_bytes()))? }
            }
            "setSeparations" => {
                Operation::SetSeparations { separations: self.list(|json| Json::parse(json.as_bytes()))? }
            }
            _ => return None,
        })
    }

    fn id(&self, at: usize) -> Option<String> {
        self.0.get(at).and_then(string_of)
    }

    fn only_id(&self) -> Option<String> {
        self.id(1).filter(|_| self.0.0.len() == 2)
    }

    fn object(&self, at: usize) -> Option<Json> {
        Json::parse(self.0.get(at)?.as_bytes())
    }

    fn only_object(&self) -> Option<Json> {
        self.object(1).filter(|_| self.0.0.len() == 2)
    }

    fn is_null(&self, at: usize) -> bool {
        self.0.get(at) == Some("null")
    }

    fn boolean(&self, at: usize) -> Option<bool> {
        match self.0.get(at)? {
            "true" => Some(true),
            "false" => Some(false),
            _ => None,
        }
    }

    /// Whether the options of `selectCategory` say so.
    fn live(&self) -> Option<bool> {
        let Some(options) = self.0.get(4) else { return Some(false) };
        let options = Json::parse(options.as_bytes())?;
        let options = Object::parse(options.as_str());
        match (options.get("live"), options.len()) {
            (None | Some("false"), 0) | (Some("false"), 1) => Some(false),
            (Some("true"), 1) => Some(true),
            _ => None,
        }
    }

    fn ids(&self, at: usize) -> Option<Vec<String>> {
        let list = self.0.get(at).filter(|text| text.starts_with('['))?;
        List::parse(list).texts().map(string_of).collect()
    }

    fn list(&self, entry: impl Fn(&str) -> Option<Json>) -> Option<Vec<Json>> {
        let list = self.0.get(1).filter(|text| text.starts_with('[') && self.0.0.len() == 2)?;
        List::parse(list).texts().map(entry).collect()
    }
}

/// An assignment, which may be the bare id of a role.
fn assignment(json: &str) -> Option<Json> {
    match string_of(json) {
        Some(role) => Json::parse(format!("{{\"role\":{}}}", quoted(&role)).as_bytes()),
        None => Json::parse(json.as_bytes()),
    }
}

/// An assignment as the format writes it: a bare id where it says nothing else.
pub(super) fn written(assignment: &Json) -> String {
    let object = Object::parse(assignment.as_str());
    let role = object.get("role").filter(|role| object.len() == 1 && role.starts_with('"'));
    role.map_or_else(|| assignment.as_str().to_owned(), ToOwned::to_owned)
}

/// Several, likewise.
pub(super) fn all_written(assignments: &[Json]) -> Vec<String> {
    assignments.iter().map(written).listed()
}

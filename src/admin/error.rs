//! What stands against a change: obstacles, each of one rule, all of them at once.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use crate::error::{Issue, SnapshotError};
use crate::model::Level;

macro_rules! codes {
    ($($variant:ident $name:literal $doc:literal,)*) => {
        /// The stable code of a rule that a change would break.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum ObstacleCode {
            $(#[doc = $doc] $variant,)*
        }

        impl ObstacleCode {
            /// The code as other programs know it.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }
        }
    };
}

codes! {
    NotPermitted "not-permitted" "The actor does not hold the permission for it.",
    Conflict "conflict" "The snapshot is not at the revision that was named.",
    UnknownRole "unknown-role" "There is no such role.",
    UnknownUser "unknown-user" "There is no such user.",
    UnknownTeam "unknown-team" "There is no such team.",
    UnknownCategory "unknown-category" "There is no such category.",
    RoleLocked "role-locked" "A locked role cannot be changed.",
    RoleStandard "role-standard" "A standard role cannot be deleted.",
    RoleInUse "role-in-use" "The role is in use.",
    TeamInUse "team-in-use" "The team is in use.",
    TypeImmutable "type-immutable" "The type of a role is chosen when it is created.",
    DuplicateId "duplicate-id" "The id is taken.",
    DuplicateName "duplicate-name" "Another role has this name.",
    NoPermissions "no-permissions" "A role grants one permission at least.",
    Prerequisite "prerequisite" "The role would grant what it can never use.",
    Escalation "escalation" "Somebody would get what the actor does not hold.",
    Outranked "outranked" "Somebody would lose something who holds what the actor does not.",
    LastAdmin "last-admin" "Nobody would hold everything any more.",
    Separation "separation" "Somebody would hold duties that are separated.",
    SelfApproval "self-approval" "The actor cannot approve the actor's own changes.",
    Invalid "invalid" "What would result is no snapshot.",
}

/// A change was refused. It changed nothing.
#[derive(Clone, Debug, PartialEq)]
pub struct AdminError {
    /// Everything that stands against it, at least one thing.
    pub obstacles: Vec<Obstacle>,
}

/// One thing that stands against a change.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Obstacle {
    /// The rule that the change would break.
    pub code: ObstacleCode,
    /// The same in a sentence.
    pub message: String,
    /// What the actor would have to hold; of `prerequisite`, what the role would have to grant.
    pub missing: Vec<Missing>,
    /// The users who are in the way.
    pub users: Vec<String>,
    /// The roles that are in the way.
    pub roles: Vec<String>,
    /// The teams that are in the way.
    pub teams: Vec<String>,
    /// The separations that are in the way.
    pub separations: Vec<String>,
    /// What would be wrong with the snapshot.
    pub issues: Vec<Issue>,
}

/// A permission that is not held, or not as far as it would have to be.
#[derive(Clone, Debug, PartialEq)]
pub struct Missing {
    /// The permission.
    pub permission: String,
    /// How far.
    pub level: Level,
    /// On which team and what it covers; without one, wherever.
    pub team: Option<String>,
    /// Under which condition it would be given, as JSON.
    pub condition: Option<String>,
    /// Until when, in milliseconds since the epoch; without it, for good.
    pub until: Option<f64>,
}

impl Obstacle {
    pub(super) fn new(code: ObstacleCode, message: String) -> Self {
        Self {
            code,
            message,
            missing: Vec::new(),
            users: Vec::new(),
            roles: Vec::new(),
            teams: Vec::new(),
            separations: Vec::new(),
            issues: Vec::new(),
        }
    }

    /// What is wrong with the snapshot that would result.
    pub(super) fn invalid(error: SnapshotError) -> Self {
        let message = error.issues.first().map(|issue| issue.message.clone()).unwrap_or_default();
        Self { issues: error.issues, ..Self::new(ObstacleCode::Invalid, message) }
    }
}

impl AdminError {
    /// The code of the first obstacle, by which errors are told apart.
    #[must_use]
    pub fn code(&self) -> ObstacleCode {
        self.obstacles.first().map_or(ObstacleCode::Invalid, |first| first.code)
    }
}

impl From<Obstacle> for AdminError {
    fn from(obstacle: Obstacle) -> Self {
        Self { obstacles: [obstacle].into() }
    }
}

impl fmt::Display for AdminError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, obstacle) in self.obstacles.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            f.write_str(obstacle.code.as_str())?;
            f.write_str(": ")?;
            f.write_str(&obstacle.message)?;
        }
        Ok(())
    }
}

impl core::error::Error for AdminError {}

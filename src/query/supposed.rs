//! What is taken to be otherwise than the snapshot says, to find out what a change would do.

use alloc::vec::Vec;

use crate::condition::holds::Supposition;
use crate::ids::{RoleId, TeamId};
use crate::model::Assignment;

/// Changes that are only supposed.
#[derive(Clone, Debug)]
pub(crate) struct Supposed {
    /// The user is not disabled.
    pub(crate) enabled: bool,
    /// Teams that the user is in besides.
    pub(crate) teams: Vec<TeamId>,
    /// What the user is assigned besides.
    pub(crate) assignments: Vec<Assignment>,
    /// Roles that deny nothing.
    pub(crate) lifted: Vec<RoleId>,
    /// Conditions that are definitely true, or definitely false.
    pub(crate) conditions: Vec<Supposition>,
}

impl Supposed {
    /// No changes.
    pub(crate) const fn new() -> Self {
        Self {
            enabled: false,
            teams: Vec::new(),
            assignments: Vec::new(),
            lifted: Vec::new(),
            conditions: Vec::new(),
        }
    }
}

/// Nothing is otherwise.
pub(crate) static AS_IT_IS: Supposed = Supposed::new();

//! What is taken to be otherwise than the snapshot says, to find out what a change would do.

use alloc::vec::Vec;

use crate::collections::marks::Marks;
use crate::condition::holds::Truths;
use crate::ids::TeamId;
use crate::model::Assignment;

/// Changes that are only supposed.
#[derive(Debug)]
pub(crate) struct Supposed {
    /// The user is not disabled.
    pub(crate) enabled: bool,
    /// Teams that the user is in besides.
    pub(crate) teams: Vec<TeamId>,
    /// What the user is assigned besides.
    pub(crate) assignments: Vec<Assignment>,
    /// Roles that deny nothing.
    pub(crate) lifted: Marks,
    /// Conditions that are definitely true, or definitely false.
    pub(crate) conditions: Truths,
}

impl Supposed {
    /// No changes.
    pub(crate) const fn new() -> Self {
        Self {
            enabled: false,
            teams: Vec::new(),
            assignments: Vec::new(),
            lifted: Marks::NONE,
            conditions: Truths::NONE,
        }
    }
}

/// Nothing is otherwise.
pub(crate) static AS_IT_IS: Supposed = Supposed::new();

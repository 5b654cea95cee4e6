//! Explanations: what decided, how the role came to grant, which prerequisite failed, what was missing.

use alloc::boxed::Box;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::decide::{Asked, Decision};
use super::subject::{Held, Moment, Reason};
use crate::compile::Origin;
use crate::condition::holds::Facts;
use crate::ids::{ConditionId, Id, PermissionId};
use crate::list::{Listed, push_all};
use crate::sort::sort_set;

/// The deepest chain of prerequisites that is spelt out.
const MAX_CHAIN: usize = 16;

/// Why an answer is what it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// The answer.
    pub allowed: bool,
    /// The first reason that applies.
    pub reason: Reason,
    /// The role that granted or denied, or came nearest to granting.
    pub role: Option<String>,
    /// The position of its assignment: the user's own, then those of everyone.
    pub assignment: Option<usize>,
    /// How that role comes to grant: roles that it inherits and permissions that imply, in turn.
    pub via: Vec<String>,
    /// The required permission that is not held, and why not.
    pub requires: Option<(String, Box<Explanation>)>,
    /// The attribute paths that were asked for and not known, where a condition failed or a denial applied.
    pub missing: Vec<String>,
}

impl Moment<'_> {
    /// Explains a permission by name.
    pub(crate) fn explain(&self, permission: &str, asked: Asked<'_>) -> Explanation {
        if let Some(reason) = self.refused() {
            return self.explanation(reason.into());
        }
        match self.model().permission(permission) {
            None => self.explanation(Reason::UnknownPermission.into()),
            Some(permission) => self.explain_in_chain(permission, asked, MAX_CHAIN),
        }
    }

    fn explain_in_chain(&self, id: PermissionId, asked: Asked<'_>, depth: usize) -> Explanation {
        let decision = self.ask(id, asked);
        let mut explanation = self.explanation(decision);
        if decision.reason == Reason::Prerequisite && depth > 0 {
            let (required, asked) = self.failing(id, asked, decision);
            let name =
                required.and_then(|required| self.declared(required)).map(|it| self.model().str(it.id));
            explanation.requires = required.zip(name).map(|(required, name)| {
                (name.to_string(), Box::new(self.explain_in_chain(required, asked, depth - 1)))
            });
        }
        explanation.missing = match decision.reason {
            Reason::ConditionFailed => self.missing(id, asked),
            Reason::Denied => self.missing_of_denials(id, asked, decision),
            _ => Vec::new(),
        };
        explanation
    }

    /// The first direct prerequisite that is not held, and how it is asked; where each by itself is held
    /// and only together they leave nothing, the one whose part is empty.
    pub(crate) fn failing<'a>(
        &self,
        id: PermissionId,
        asked: Asked<'a>,
        decision: Decision,
    ) -> (Option<PermissionId>, Asked<'a>) {
        for required in self.model().requires(id) {
            let asked = self.asked_for(id, *required, asked);
            if self.ask(required.permission, asked).reason != Reason::Granted {
                return (Some(required.permission), asked);
            }
        }
        (decision.requires.filter(|required| *required != id), asked)
    }

    fn explanation(&self, decision: Decision) -> Explanation {
        let model = self.model();
        let held = decision.assignment.and_then(|index| self.held().nth(index));
        let role = held.and_then(|held| model.roles.get(held.assignment.role.index()));
        let path = held.zip(decision.grant).map(|(held, (permission, grant))| {
            self.tables.trace(model, held.assignment.role, permission, grant)
        });
        let name = |origin: &Origin| match origin {
            Origin::Inherited(role) => {
                model.roles.get(role.index()).map(|role| model.str(role.id).to_string())
            }
            Origin::Implied(from) => self.declared(*from).map(|from| model.str(from.id).to_string()),
            Origin::Own => None,
        };
        Explanation {
            allowed: decision.reason == Reason::Granted,
            reason: decision.reason,
            role: role.map(|role| model.str(role.id).to_string()),
            assignment: decision.assignment,
            via: path.iter().flatten().filter_map(name).listed(),
            requires: None,
            missing: Vec::new(),
        }
    }

    /// The paths that the conditions of active grants of a permission asked for in vain.
    fn missing(&self, id: PermissionId, asked: Asked<'_>) -> Vec<String> {
        let facts = self.facts(self.asked_record(id, asked));
        let mut found = Vec::new();
        for held in self.held().filter(|held| held.active && self.counts(*held)) {
            for when in self.conditions_of(id, held) {
                facts.unknown_paths(when, &mut found);
            }
        }
        sort_set(&mut found);
        found
    }

    /// The paths that the conditions of what denies asked for in vain.
    fn missing_of_denials(&self, id: PermissionId, asked: Asked<'_>, decision: Decision) -> Vec<String> {
        let facts = self.facts(self.asked_record(id, asked));
        let mut found = Vec::new();
        for held in self.held().filter(|held| Some(held.index) == decision.assignment) {
            let denials = self.denials(held, id).map(|(_, denial)| denial.when);
            for when in denials.chain([held.assignment.when]).flatten() {
                facts.unknown_paths(when, &mut found);
            }
        }
        sort_set(&mut found);
        found
    }

    /// The conditions under which an assignment grants a permission.
    fn conditions_of(&self, id: PermissionId, held: Held<'_>) -> Vec<ConditionId> {
        let grants = self.grants(held, id);
        let outer = held.assignment.when.filter(|_| !grants.is_empty());
        grants.iter().filter_map(|grant| grant.when).chain(outer).listed()
    }
}

impl Facts<'_> {
    /// Adds the paths of comparisons whose truth is unknown because nothing is found there.
    fn unknown_paths(&self, condition: ConditionId, found: &mut Vec<String>) {
        for leaf in self.conditions.leaves_of(Some(condition)) {
            if self.leaf(leaf).is_none() {
                let missing = leaf.paths().filter(|path| self.finds_nothing(*path));
                push_all(found, missing.map(|path| self.full(path)));
            }
        }
    }
}

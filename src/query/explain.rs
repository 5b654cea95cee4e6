//! Explanations: what decided, how the role came to grant, which prerequisite failed, what was missing.
//!
//! Twin of pkg-template/src/gate/why.ts; tests/package/vectors.mjs holds them equal.

use alloc::boxed::Box;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

use super::decide::{Asked, Decision};
use super::moment::{Assigned, Moment};
use super::reason::Reason;
use crate::collections::list::{Listed, push_all};
use crate::collections::pairs::Pairs;
use crate::collections::sort::sort_set;
use crate::compile::Origin;
use crate::condition::holds::{Facts, Record, Side};
use crate::condition::{Leaf, Node, Operand, Path};
use crate::ids::{ConditionId, Id, PermissionId};
use crate::json::value::end_of;
use crate::json::writer::{key, next};
use crate::model::{Denial, Level};

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
    /// How far that grant reaches; [`Level::All`] of a permission without levels.
    pub level: Option<Level>,
    /// The team to which the assignment is limited.
    pub team: Option<String>,
    /// The condition that failed, was unknown or did not lift a denial, as JSON from the snapshot: of the
    /// assignment, of the grant or denial, or both under `$and`.
    pub condition: Option<String>,
    /// The required permission that is not allowed, and why not. None if each by itself is allowed, and no record
    /// has all of them.
    pub requires: Option<(String, Box<Explanation>)>,
    /// The attribute paths that were asked for and gave nothing that the comparison (or owner, or team) can
    /// use, where a condition failed, a denial applied or no grant reached.
    pub missing: Vec<String>,
    /// What is to be said of the record.
    pub record: Option<RecordState>,
}

/// What an explanation says of the record that the question was about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordState {
    /// Nothing is known of it.
    Unknown,
    /// There was none, and only about one could the answer be a "yes".
    Required,
}

impl RecordState {
    /// The state as other programs know it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Required => "required",
        }
    }
}

impl Moment<'_> {
    /// Explains a permission by name.
    pub(crate) fn explain(&self, permission: &str, asked: Asked<'_>) -> Explanation {
        let refused =
            |reason: Reason| Explanation { record: unknown(asked), ..self.explanation(reason.into()) };
        if let Some(reason) = self.refused() {
            return refused(reason);
        }
        match self.model().permission(permission) {
            None => refused(Reason::UnknownPermission),
            Some(permission) => self.explain_in_chain(permission, asked, MAX_CHAIN),
        }
    }

    fn explain_in_chain(&self, id: PermissionId, asked: Asked<'_>, depth: usize) -> Explanation {
        let decision = self.ask(id, asked);
        let mut explanation = self.explanation(decision);
        explanation.record = match (decision.reason, asked) {
            // For the tenant as a whole no grant of a team counts.
            (Reason::OutOfScope, Asked::WithoutRecord) => Some(RecordState::Required),
            _ => unknown(asked),
        };
        if decision.reason == Reason::Prerequisite && depth > 0 {
            explanation.requires = self.explain_required(id, asked, depth - 1);
        }
        explanation.condition = self.condition(id, asked, decision);
        explanation.missing = match decision.reason {
            Reason::ConditionFailed | Reason::OutOfScope => self.missing(id, asked, decision.reason),
            Reason::Denied => self.missing_of_denials(id, asked, decision),
            Reason::Granted
            | Reason::Clock
            | Reason::Expired
            | Reason::UnknownUser
            | Reason::UserDisabled
            | Reason::UnknownPermission
            | Reason::NotInPlan
            | Reason::Limited
            | Reason::NotGranted
            | Reason::NotActive
            | Reason::Prerequisite => Vec::new(),
        };
        explanation
    }

    /// The first direct prerequisite that is not allowed.
    fn explain_required(
        &self,
        id: PermissionId,
        asked: Asked<'_>,
        depth: usize,
    ) -> Option<(String, Box<Explanation>)> {
        for required in self.model().requires(id) {
            let asked = self.asked_for(id, *required, asked);
            let explanation = self.explain_in_chain(required.permission, asked, depth);
            if !explanation.allowed {
                let name = self.model().str(self.declared(required.permission)?.id).to_string();
                return Some((name, Box::new(explanation)));
            }
        }
        None
    }

    fn explanation(&self, decision: Decision) -> Explanation {
        let model = self.model();
        let assigned = decision.assignment.and_then(|index| self.assigned().nth(index));
        let role = assigned.and_then(|assigned| model.roles.get(assigned.assignment.role.index()));
        let path = assigned.zip(decision.grant).map(|(assigned, (permission, grant))| {
            self.compiled.trace(assigned.assignment.role, permission, grant)
        });
        let name = |origin: &Origin| match origin {
            Origin::Inherited(role) => {
                model.roles.get(role.index()).map(|role| model.str(role.id).to_string())
            }
            Origin::Implied(from) => self.declared(*from).map(|from| model.str(from.id).to_string()),
        };
        Explanation {
            allowed: decision.reason == Reason::Granted,
            reason: decision.reason,
            role: role.map(|role| model.str(role.id).to_string()),
            assignment: decision.assignment,
            via: path.iter().flatten().filter_map(name).listed(),
            level: decision.grant.map(|(_, grant)| grant.level),
            team: assigned
                .and_then(|assigned| assigned.assignment.team)
                .and_then(|team| model.teams.get(team.index()))
                .map(|team| model.str(team.id).to_string()),
            condition: None,
            requires: None,
            missing: Vec::new(),
            record: None,
        }
    }

    /// The conditions of the assignment that decided and of its grant or denial, as the snapshot has them.
    fn condition(&self, id: PermissionId, asked: Asked<'_>, decision: Decision) -> Option<String> {
        let assigned = self.assigned().nth(decision.assignment?)?;
        let when = match decision.reason {
            Reason::ConditionFailed => decision.grant.and_then(|(_, grant)| grant.when),
            Reason::Denied => {
                self.first_denial(assigned, id, &self.facts(self.asked_record(id, asked)))?.when
            }
            Reason::Granted
            | Reason::Clock
            | Reason::Expired
            | Reason::UnknownUser
            | Reason::UserDisabled
            | Reason::UnknownPermission
            | Reason::NotInPlan
            | Reason::Limited
            | Reason::NotGranted
            | Reason::NotActive
            | Reason::OutOfScope
            | Reason::Prerequisite => return None,
        };
        let written = |when| {
            let (source, at) = self.model().document.json(self.model().conditions.offset_of(when)?);
            source.get(at..end_of(source.as_bytes(), at)?)
        };
        let mut both = assigned.assignment.when.into_iter().chain(when).filter_map(written);
        let (first, second) = (both.next()?, both.next());
        let Some(second) = second else { return Some(first.to_string()) };
        let mut out = String::from("{");
        key(&mut out, "$and");
        out.push('[');
        for one in [first, second] {
            next(&mut out);
            out.push_str(one);
        }
        out.push_str("]}");
        Some(out)
    }

    /// The denial by which an assignment denies: of its role or the nearest that it inherits from, what names
    /// the permission before what names the category and everything.
    fn first_denial(&self, assigned: Assigned<'_>, id: PermissionId, facts: &Facts<'_>) -> Option<Denial> {
        let denials = self.denials(assigned, id).filter(|(_, denial)| !facts.lift(denial.when)).listed();
        let mut known = Pairs::default();
        let mut lineage = vec![assigned.assignment.role];
        let mut next = 0;
        while let Some(role) = lineage.get(next).copied() {
            next += 1;
            let of_role = denials.iter().filter(|(of, _)| *of == role);
            if let Some((_, denial)) = of_role.min_by_key(|(_, denial)| denial.target) {
                return Some(*denial);
            }
            for parent in self.model().roles.get(role.index()).map_or(&[][..], |role| &role.inherits) {
                if known.add(parent.number(), 0) {
                    lineage.push(*parent);
                }
            }
        }
        None
    }

    /// The paths that the active grants of a permission asked for in vain: their conditions, if one failed,
    /// and owner and team.
    fn missing(&self, id: PermissionId, asked: Asked<'_>, reason: Reason) -> Vec<String> {
        let facts = self.facts(self.asked_record(id, asked));
        let mut found = Vec::new();
        for assigned in
            self.assigned_about(id).into_iter().filter(|assigned| assigned.active && self.counts(*assigned))
        {
            if reason == Reason::ConditionFailed {
                for when in self.conditions_of(id, assigned) {
                    facts.unknown_paths(when, &mut found);
                }
            }
            let is_limited = assigned.assignment.team.is_some();
            for grant in self.grants(assigned, id) {
                let by_team = grant.level == Level::Team && !is_limited;
                let has_teams = self.teams().next().is_some();
                add_unusable(asked, 0, grant.level == Level::Own || by_team, &mut found);
                add_unusable(asked, 1, is_limited || (by_team && has_teams), &mut found);
            }
        }
        sort_set(&mut found);
        found
    }

    /// The paths that the conditions of what denies asked for in vain.
    fn missing_of_denials(&self, id: PermissionId, asked: Asked<'_>, decision: Decision) -> Vec<String> {
        let facts = self.facts(self.asked_record(id, asked));
        let mut found = Vec::new();
        for assigned in self.assigned().filter(|assigned| Some(assigned.index) == decision.assignment) {
            let denials = self.denials(assigned, id).map(|(_, denial)| denial.when);
            for when in denials.chain([assigned.assignment.when]).flatten() {
                facts.unknown_paths(when, &mut found);
            }
            add_unusable(asked, 1, assigned.assignment.team.is_some(), &mut found);
        }
        sort_set(&mut found);
        found
    }

    /// The conditions under which an assignment grants a permission.
    fn conditions_of(&self, id: PermissionId, assigned: Assigned<'_>) -> Vec<ConditionId> {
        let outer = assigned.assignment.when.filter(|_| self.grants_any(assigned, id));
        self.grants(assigned, id).filter_map(|grant| grant.when).chain(outer).listed()
    }
}

/// What is to be said of a record of which nothing is known.
fn unknown(asked: Asked<'_>) -> Option<RecordState> {
    matches!(asked, Asked::On(_, Record::Unknown)).then_some(RecordState::Unknown)
}

/// Adds the paths of owners (0) or teams (1), if they were asked for, at which there is something that is no
/// id.
fn add_unusable(asked: Asked<'_>, which: usize, was_asked: bool, found: &mut Vec<String>) {
    let Asked::On(owners, _) = asked else { return };
    if was_asked {
        let paths = owners.unusable.get(which).into_iter().flatten();
        push_all(found, paths.map(|path| alloc::format!("resource.{path}")));
    }
}

impl Facts<'_> {
    /// Adds the paths on account of which the truth of comparisons is unknown.
    fn unknown_paths(&self, condition: ConditionId, found: &mut Vec<String>) {
        for node in self.conditions.leaves_of(Some(condition)) {
            if let Node::Leaf(leaf) = node
                && self.leaf(node).is_none()
            {
                push_all(found, self.unknown_sides(leaf).into_iter().map(|path| self.full(path)));
            }
        }
    }

    /// The sides on account of which the truth of a comparison is unknown; of sides that are unresolved,
    /// none.
    fn unknown_sides(&self, leaf: &Leaf) -> Vec<Path> {
        let right = if let Operand::Path(path) = leaf.right { Some((path, false)) } else { None };
        let sides: Vec<_> = [(leaf.left, true)].into_iter().chain(right).listed();
        let is_unresolved = |path| matches!(self.read(path), Side::Unresolved);
        let read = |(path, is_left)| if is_left { self.left(leaf) } else { self.read(path) };
        let is_fit = |side: (Path, bool)| match read(side) {
            Side::Known(value) => Self::fits(leaf.op, &value, side.1),
            Side::Unknown => false,
            Side::Unresolved => true,
        };
        let unfit = sides.iter().copied().filter(|side| !is_fit(*side)).listed();
        // Each may be fit by itself, and of another type than the other.
        let named =
            if unfit.is_empty() && !sides.iter().any(|side| is_unresolved(side.0)) { sides } else { unfit };
        named.into_iter().map(|side| side.0).filter(|path| !self.is_user_id(*path)).listed()
    }
}

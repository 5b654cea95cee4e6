//! Scopes: on which records a permission is allowed.
//!
//! Twin of pkg-template/src/snapshot/live-moment.ts, pkg-template/src/gate/scope.ts and
//! pkg-template/src/gate/parts.ts; tests/package/vectors.mjs and tests/laws.rs hold them equal.

use alloc::rc::Rc;
use alloc::vec::Vec;

use super::moment::{Assigned, Moment};
use super::standing::Standing;
use super::teams::TeamSet;
use crate::collections::list::{Listed, push_all};
use crate::collections::pairs::Keyed;
use crate::compile::Requirements;
use crate::condition::holds::{Facts, Record};
use crate::condition::residual::Residual;
use crate::ids::{ConditionId, Id, PermissionId, TeamId};
use crate::model::{Assignment, Level};

/// What a permission itself asks of a record: some alternative and no exclusion applies.
#[derive(Clone, Debug, Default)]
pub(crate) struct Part {
    pub(crate) any: Vec<Clause>,
    pub(crate) none: Vec<Clause>,
    /// Whether there was an alternative that could become true before exclusions were worked in.
    pub(crate) had_alternatives: bool,
    /// Whether an unconditional exclusion covers everything.
    pub(crate) closed: bool,
}

/// An alternative or an exclusion.
#[derive(Clone, Debug)]
pub(crate) struct Clause {
    /// The user must own the record.
    pub(crate) own: bool,
    /// What must be true: of an alternative that it holds, of an exclusion that it is lifted.
    pub(crate) folded: Residual,
    /// The conditions behind that: of the assignment, and of the grant or denial.
    pub(crate) when: [Option<ConditionId>; 2],
    /// The record must be of one of these teams. An exclusion applies to records without a team too.
    pub(crate) teams: Option<Rc<TeamSet>>,
}

/// An assignment, or several that differ in their teams only, and what these teams cover.
struct Through<'a> {
    assigned: Assigned<'a>,
    limit: Option<Rc<TeamSet>>,
}

/// Assignments that differ in their teams only: the position of the first, and what the teams cover.
pub(crate) type Together = (usize, Option<Rc<TeamSet>>);

impl<'a> Moment<'a> {
    /// The part of one permission.
    pub(crate) fn part(&self, permission: PermissionId) -> Part {
        let facts = self.remembering(Record::Any);
        let mut part = Part::default();
        for Through { assigned, limit } in self.ways_about(permission) {
            self.add_alternatives(&mut part.any, permission, (assigned, limit.as_ref()), &facts);
            self.add_exclusions(&mut part.none, permission, (assigned, limit.as_ref()), &facts);
        }
        part.had_alternatives = !part.any.is_empty();
        part.closed = part.none.iter().any(|clause| clause.is_unconditional() && clause.teams.is_none());
        part
    }

    /// The active assignments that may say something about a permission.
    fn ways_about(&self, permission: PermissionId) -> Vec<Through<'a>> {
        if self.is_over() || self.sayings().is_none() {
            return self.together(self.assigned_about(permission)).0;
        }
        let (ways, sayings) = self.found.ways.get_or_init(|| {
            let (ways, at) = self.together(self.all_assigned());
            let sayings = self.sayings_of(&ways.iter().map(|way| way.assigned).listed());
            (at.into_iter().zip(ways.into_iter().map(|way| way.limit)).listed(), sayings)
        });
        let through = |way: u32| {
            let (at, limit) = ways.get(way as usize)?;
            Some(Through { assigned: self.assigned_at(*at)?, limit: limit.clone() })
        };
        self.sayers(sayings, permission).into_iter().filter_map(through).listed()
    }

    /// Of assignments those that are active. The ones of one role that have no condition count together, on
    /// however many teams; those that no team limits by themselves, since within a team `team` reaches all of
    /// it. Also the position of the first of each.
    fn together(&self, all: Vec<Assigned<'a>>) -> (Vec<Through<'a>>, Vec<usize>) {
        let mut positions = Vec::new();
        let (mut found, mut teams): (Vec<Assigned<'a>>, Vec<Vec<TeamId>>) = (Vec::new(), Vec::new());
        let mut known: Keyed<usize> = Keyed::default();
        for (position, assigned) in all.into_iter().enumerate().filter(|(_, assigned)| assigned.active) {
            let Assignment { role, team, when, .. } = assigned.assignment;
            let (role, is_limited) = (role.number(), u32::from(team.is_some()));
            let same = known.get(role, is_limited).copied().filter(|_| when.is_none());
            let at = same.unwrap_or(found.len());
            if same.is_none() {
                found.push(assigned);
                positions.push(position);
                teams.push(Vec::new());
                if when.is_none() {
                    known.put(role, is_limited, at);
                }
            }
            if let Some(teams) = teams.get_mut(at) {
                push_all(teams, *team);
            }
        }
        let covered = |teams| Rc::new(TeamSet::covered(self.model(), teams));
        let through = |(assigned, teams): (Assigned<'a>, Vec<TeamId>)| {
            let limit = assigned.assignment.team.map(|_| covered(teams));
            Through { assigned, limit }
        };
        (found.into_iter().zip(teams).map(through).listed(), positions)
    }

    fn add_alternatives(
        &self,
        any: &mut Vec<Clause>,
        permission: PermissionId,
        (assigned, limit): (Assigned<'_>, Option<&Rc<TeamSet>>),
        facts: &Facts<'_>,
    ) {
        if !self.counts(assigned) || !self.grants_any(assigned, permission) {
            return;
        }
        let outer = fold_all(facts, assigned.assignment.when);
        for grant in self.grants(assigned, permission) {
            let folded = outer.and(fold_all(facts, grant.when));
            if folded != Residual::False {
                let when = [assigned.assignment.when, grant.when];
                self.add_reach(any, grant.level, limit, &Clause { own: false, teams: None, when, folded });
            }
        }
    }

    /// Adds what a level reaches through an assignment, under the condition of `base`.
    fn add_reach(&self, any: &mut Vec<Clause>, level: Level, limit: Option<&Rc<TeamSet>>, base: &Clause) {
        match (level, limit.cloned()) {
            (Level::Own, teams) => any.push(Clause { own: true, teams, ..base.clone() }),
            (Level::All, None) => any.push(base.clone()),
            // Within a team-limited assignment that team is one of the user's, so `team` reaches all of it.
            (_, Some(teams)) => any.push(Clause { teams: Some(teams), ..base.clone() }),
            (Level::Team, None) => {
                any.push(Clause { own: true, ..base.clone() });
                if self.teams().next().is_some() {
                    self.spend(self.teams().len());
                    any.push(Clause {
                        teams: Some(Rc::new(TeamSet::covered(self.model(), self.teams()))),
                        ..base.clone()
                    });
                }
            }
        }
    }

    fn add_exclusions(
        &self,
        none: &mut Vec<Clause>,
        permission: PermissionId,
        (assigned, limit): (Assigned<'_>, Option<&Rc<TeamSet>>),
        facts: &Facts<'_>,
    ) {
        for (_, denial) in self.denials(assigned, permission) {
            let when = [assigned.assignment.when, denial.when];
            let [outer, inner] = when.map(|when| fold_lift(facts, when));
            let folded = outer.or(inner);
            if folded != Residual::True {
                none.push(Clause { own: false, teams: limit.cloned(), when, folded });
            }
        }
    }

    /// Whether a clause of an alternative applies to a record.
    pub(crate) fn alternative_applies(
        &self,
        clause: &Clause,
        standing: Standing<'_>,
        facts: &Facts<'_>,
    ) -> bool {
        let in_teams = |teams: &Rc<TeamSet>| standing.teams.iter().any(|team| teams.has(self.model(), *team));
        (!clause.own || standing.owned)
            && clause.teams.as_ref().is_none_or(in_teams)
            && clause.when.iter().all(|when| facts.allow(*when))
    }

    /// Whether a clause of an exclusion applies to a record.
    pub(crate) fn exclusion_applies(
        &self,
        clause: &Clause,
        standing: Standing<'_>,
        facts: &Facts<'_>,
    ) -> bool {
        let in_teams = |teams: &Rc<TeamSet>| {
            !standing.has_team || standing.teams.iter().any(|team| teams.has(self.model(), *team))
        };
        clause.teams.as_ref().is_none_or(in_teams) && !clause.when.iter().any(|when| facts.lift(*when))
    }
}

impl Moment<'_> {
    /// The parts of the scope of a permission; none where it is held on no record.
    pub(crate) fn scope(&self, permission: PermissionId) -> Vec<Part> {
        if self.refused().is_some() || !self.is_blocked_only_by_record(permission) {
            return Vec::new();
        }
        let mut parts = self.parts(&self.requirements(permission));
        exclude(&mut parts);
        if parts.iter().any(|part| part.any.is_empty()) {
            parts.clear();
        }
        parts
    }

    /// The parts of a permission and of all that it requires on the same record, first its own; those that
    /// come to the same once.
    pub(crate) fn parts(&self, requirements: &Requirements) -> Vec<Part> {
        let mut known: Keyed<()> = Keyed::default();
        let mut is_new = |id| self.class(id).is_none_or(|class| known.put(class.0, class.1, ()));
        let required = requirements.same.iter().filter(|id| is_new(**id));
        required.map(|id| self.part(*id)).listed()
    }
}

/// Works the unconditional exclusions of all parts into the alternatives of all parts.
pub(crate) fn exclude(parts: &mut [Part]) {
    let none = parts.iter().flat_map(|part| &part.none).filter(|clause| clause.is_unconditional());
    let gone = TeamSet::union(none.filter_map(|clause| clause.teams.as_deref()));
    let everything = parts.iter().any(|part| part.closed);
    for part in &mut *parts {
        if everything {
            part.any.clear();
        }
        if !gone.is_empty() {
            for clause in &mut part.any {
                clause.teams =
                    clause.teams.take().map(|teams| Rc::new(Rc::unwrap_or_clone(teams).without(&gone)));
            }
            part.any.retain(|clause| clause.teams.as_ref().is_none_or(|teams| !teams.is_empty()));
        }
    }
}

impl Part {
    /// Whether every record has an alternative and no exclusion.
    pub(crate) fn is_everything(&self) -> bool {
        self.none.is_empty() && self.any.iter().any(Clause::is_free)
    }
}

impl Clause {
    /// Whether an alternative applies to every record.
    pub(crate) fn is_free(&self) -> bool {
        !self.own && self.teams.is_none() && self.folded == Residual::True
    }

    /// Whether an exclusion cannot be lifted.
    pub(crate) fn is_unconditional(&self) -> bool {
        self.folded == Residual::False
    }
}

pub(crate) fn fold_all(facts: &Facts<'_>, when: Option<ConditionId>) -> Residual {
    when.map_or(Residual::True, |when| facts.rest_of(when, false))
}

/// What lifts a denial under a condition: its negation. Nothing lifts one without condition.
pub(crate) fn fold_lift(facts: &Facts<'_>, when: Option<ConditionId>) -> Residual {
    when.map_or(Residual::False, |when| facts.rest_of(when, true))
}

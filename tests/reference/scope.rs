//! `scope`, and the question "on anything at all?" (docs/format.md#scopes, docs/format.md#without-a-record).

use std::collections::BTreeSet;

use serde_json::Value;

use super::attributes::{Facts, facts_by};
use super::conditions::Truth;
use super::coverage::hit;
use super::decision::{Asker, admitted};
use super::grants::{Grant, Level};
use super::residual::{Residual, fold};
use super::snapshot::{Assignment, mapped_paths, resource_type};
use super::teams::covered_by;
use super::{Question, Record, Step};

/// How much a scope matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScopeKind {
    /// Every record.
    All,
    /// What the parts say.
    Some,
    /// No record.
    None,
}

/// The records on which a permission is allowed.
#[derive(Clone, Debug)]
pub struct ScopeAnswer {
    /// How much it matches.
    pub kind: ScopeKind,
    /// One part for the permission and one for each prerequisite on the same record; all must match.
    pub parts: Vec<Part>,
    /// The user who asked.
    pub user: String,
    /// Where records keep their owners.
    pub owner: Vec<String>,
    /// Where records keep their teams.
    pub team: Vec<String>,
}

/// What one permission contributes.
#[derive(Clone, Debug)]
pub struct Part {
    /// One of these must apply.
    pub any: Vec<Alternative>,
    /// None of these may apply.
    pub none: Vec<Exclusion>,
}

/// A way to hold a permission: everything it says must be so.
#[derive(Clone, Debug)]
pub struct Alternative {
    /// The user is an owner.
    pub own: bool,
    /// One of the record's teams is among these.
    pub teams: Option<BTreeSet<String>>,
    /// This is true.
    pub when: Residual,
}

/// A denial.
#[derive(Clone, Debug)]
pub struct Exclusion {
    /// One of the record's teams is among these, or it has none.
    pub teams: Option<BTreeSet<String>>,
    /// This is not false.
    pub when: Residual,
}

/// The set of records on which a permission is allowed (docs/format.md#scopes).
pub fn scope_kind(snapshot: &Value, question: &Question<'_>) -> ScopeAnswer {
    let kind = resource_type(snapshot, question.permission);
    let answer = ScopeAnswer {
        kind: ScopeKind::None,
        parts: Vec::new(),
        user: question.user.to_owned(),
        owner: mapped_paths(snapshot, &kind, "owner"),
        team: mapped_paths(snapshot, &kind, "team"),
    };
    let Ok(asker) = admitted(snapshot, question) else {
        return answer;
    };
    if asker.askable(question.permission).is_err() {
        return answer;
    }
    match cut_parts(&asker, question.permission) {
        Some(parts) => ScopeAnswer { kind: kind_of(&parts), parts, ..answer },
        None => answer,
    }
}

impl ScopeAnswer {
    /// In every part some alternative and no exclusion applies (docs/format.md#scopes).
    pub fn matches(&self, record: Record<'_>) -> bool {
        let facts = facts_by(&self.owner, &self.team, record);
        self.kind != ScopeKind::None
            && self.parts.iter().all(|part| {
                part.any.iter().any(|alternative| alternative.applies(&self.user, &facts))
                    && !part.none.iter().any(|exclusion| exclusion.applies(&facts))
            })
    }
}

impl Alternative {
    fn applies(&self, user: &str, facts: &Facts<'_>) -> bool {
        (!self.own || facts.owners.iter().any(|owner| owner == user))
            && self.teams.as_ref().is_none_or(|teams| facts.teams.iter().any(|team| teams.contains(team)))
            && self.when.truth(facts.record) == Truth::True
    }

    /// Whether it applies to every record.
    fn is_unconditional(&self) -> bool {
        !self.own && self.teams.is_none() && self.when.possible().only_true()
    }
}

impl Exclusion {
    fn applies(&self, facts: &Facts<'_>) -> bool {
        let reaches = |teams: &BTreeSet<String>| {
            facts.teams.is_empty() || facts.teams.iter().any(|team| teams.contains(team))
        };
        self.teams.as_ref().is_none_or(reaches) && self.when.truth(facts.record) != Truth::False
    }

    /// An exclusion whose condition cannot be false (docs/format.md#scopes).
    fn is_unconditional(&self) -> bool {
        !self.when.possible().falsehood
    }
}

/// `all` if every part has an alternative without any condition and no exclusion.
fn kind_of(parts: &[Part]) -> ScopeKind {
    let all =
        parts.iter().all(|part| part.none.is_empty() && part.any.iter().any(Alternative::is_unconditional));
    hit(if all { "scope: all" } else { "scope: some" });
    if all { ScopeKind::All } else { ScopeKind::Some }
}

/// The parts after all unconditional exclusions; nothing if one is left without alternatives
/// (docs/format.md#scopes).
fn cut_parts(asker: &Asker<'_>, permission: &str) -> Option<Vec<Part>> {
    let parts = parts(asker, permission)?;
    let exclusions: Vec<_> = parts.iter().flat_map(|part| part.none.clone()).collect();
    let cut_part = |part: Part| Part { any: cut(part.any, &exclusions), none: part.none };
    let parts: Vec<_> = parts.into_iter().map(cut_part).collect();
    if parts.iter().any(|part| part.any.is_empty()) {
        hit("scope: a part is left without alternatives");
        return None;
    }
    Some(parts)
}

/// One part for the permission, and one for each prerequisite, direct or transitive, that is asked on the
/// same record (docs/format.md#scopes). If a prerequisite of another type is denied, there is none.
fn parts(asker: &Asker<'_>, permission: &str) -> Option<Vec<Part>> {
    let mut all = vec![own_part(asker, permission)];
    for required in asker.requires(permission) {
        asker.askable(required).ok()?;
        if asker.on_same_record(permission, required) {
            all.extend(parts(asker, required)?);
        } else if asker.without_record(required).is_err() {
            hit("scope: prerequisite of another type is denied");
            return None;
        }
    }
    Some(all)
}

/// The alternatives and exclusions of one permission by itself.
fn own_part(asker: &Asker<'_>, permission: &str) -> Part {
    Part { any: alternatives(asker, permission), none: exclusions(asker, permission) }
}

/// The ways in which active assignments grant a permission, without those that cannot become true
/// (docs/format.md#scopes).
fn alternatives(asker: &Asker<'_>, permission: &str) -> Vec<Alternative> {
    let active = asker.active_holdings(permission).unwrap_or_default();
    let all = active.iter().flat_map(|(assignment, grants)| {
        grants.iter().flat_map(|grant| alternatives_of(asker, assignment, grant))
    });
    all.filter(|alternative| {
        let can = alternative.when.possible().truth;
        hit(if can { "scope: alternative kept" } else { "scope: alternative cannot become true" });
        can
    })
    .collect()
}

/// Levels as sets of records: `all`; `own`; `team`, which is own, or of a team that one of the user's teams
/// covers.
fn alternatives_of(asker: &Asker<'_>, assignment: &Assignment<'_>, grant: &Grant<'_>) -> Vec<Alternative> {
    let world = asker.world(None);
    let when = Residual::All(vec![fold(assignment.when, &world), fold(grant.when, &world)]);
    let limit = assignment.team.map(|team| covered_by(asker.snapshot, &[team]));
    let owned = Alternative { own: true, teams: limit.clone(), when: when.clone() };
    let everything = Alternative { own: false, teams: limit.clone(), when: when.clone() };
    match grant.level {
        Level::All => vec![everything],
        Level::Own => vec![owned],
        // The assignment's team counts as the user's, so that all it covers is reached.
        Level::Team if limit.is_some() => vec![everything],
        Level::Team => {
            let teams = covered_by(asker.snapshot, &asker.teams_within(assignment));
            if teams.is_empty() {
                hit("scope: level team without teams");
                return vec![owned];
            }
            vec![owned, Alternative { own: false, teams: Some(teams), when }]
        }
    }
}

/// What active assignments deny, without what can only be false (docs/format.md#scopes).
fn exclusions(asker: &Asker<'_>, permission: &str) -> Vec<Exclusion> {
    let world = asker.world(None);
    let all = asker.denials(permission).into_iter().map(|(assignment, when)| Exclusion {
        teams: assignment.team.map(|team| covered_by(asker.snapshot, &[team])),
        when: Residual::All(vec![fold(assignment.when, &world), fold(when, &world)]),
    });
    all.filter(|exclusion| {
        let possible = exclusion.when.possible();
        hit(match (possible.only_false(), possible.falsehood, exclusion.teams.is_some()) {
            (true, _, _) => "scope: exclusion can only be false",
            (_, true, _) => "scope: exclusion with a condition",
            (_, false, true) => "scope: unconditional exclusion of teams",
            (_, false, false) => "scope: unconditional exclusion of everything",
        });
        !possible.only_false()
    })
    .collect()
}

/// An unconditional exclusion drops the teams that it covers, with the last of them the alternative, or
/// everything if it has no teams (docs/format.md#scopes).
fn cut(alternatives: Vec<Alternative>, exclusions: &[Exclusion]) -> Vec<Alternative> {
    let unconditional = exclusions.iter().filter(|exclusion| exclusion.is_unconditional());
    unconditional.fold(alternatives, |left, exclusion| {
        left.into_iter().filter_map(|alternative| cut_one(alternative, exclusion)).collect()
    })
}

fn cut_one(alternative: Alternative, exclusion: &Exclusion) -> Option<Alternative> {
    let excluded = exclusion.teams.as_ref()?;
    let Some(teams) = &alternative.teams else {
        return Some(alternative);
    };
    let left: BTreeSet<_> = teams.difference(excluded).cloned().collect();
    if left.is_empty() {
        hit("scope: cut drops an alternative");
        return None;
    }
    if left.len() < teams.len() {
        hit("scope: cut drops some teams");
    }
    Some(Alternative { teams: Some(left), ..alternative })
}

/// A scoped permission, on anything at all? (docs/format.md#without-a-record)
pub fn on_anything(asker: &Asker<'_>, permission: &str) -> Step {
    let part = own_part(asker, permission);
    if part.none.iter().any(|exclusion| exclusion.teams.is_none() && exclusion.is_unconditional()) {
        hit("without a record: denied on everything");
        return Err("denied");
    }
    asker.active_holdings(permission)?;
    if part.any.is_empty() {
        return Err("condition-failed");
    }
    if cut(part.any, &part.none).is_empty() {
        hit("without a record: denials cancel every alternative");
        return Err("denied");
    }
    match cut_parts(asker, permission) {
        Some(_) => Ok(()),
        None => Err("prerequisite"),
    }
}

//! Gate data: one user's answers, written down as JSON that JavaScript answers from without asking
//! the core again. The format is described in `docs/gate-data.md`.
//!
//! User and clock are worked in; the context and the record stay open.

use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use super::scope::{self, Clause, Part};
use super::subject::Moment;
use super::teams::TeamSet;
use crate::condition::fold::Folded;
use crate::condition::{Node, add};
use crate::ids::{ConditionId, Id, Marks, PermissionId, id};
use crate::json::number::{push_integer, push_number};
use crate::json::writer::{indexes, key, next, push_index, strings, text};
use crate::list::Listed;
use crate::model::Model;
use crate::sort::{sort_by, sort_set};
use crate::time::{DAY, Window};

/// The name of the format.
pub(crate) const FORMAT: &str = "rolegate-gate/1";

/// Writes the answers of a moment whose context is open, for a user under the name that was asked.
/// Rules are dense over the catalog; -1 is "no".
pub(crate) fn body(moment: &Moment<'_>, user: &str) -> String {
    let mut gate = Gate::new(moment);
    if moment.refused().is_none() {
        gate.fill();
    }
    gate.write(user)
}

impl Moment<'_> {
    /// The longest span around now in which time alone does not change what a permission asks.
    pub(crate) fn steady(&self, id: PermissionId) -> Window {
        let model = self.model();
        let mut valid = Window::ALWAYS;
        for held in self.held() {
            let mut conditions = Vec::new();
            if self.counts(held) {
                for grant in self.grants(held, id) {
                    conditions.push(grant.when);
                }
            }
            for (_, denial) in self.denials(held, id) {
                conditions.push(denial.when);
            }
            for when in &conditions {
                valid = valid.and(self.steady_condition(*when));
            }
            if !conditions.is_empty() {
                valid = valid.and(model.window(held.assignment).steady(self.now));
                valid = valid.and(self.steady_condition(held.assignment.when));
            }
        }
        valid
    }

    fn steady_condition(&self, when: Option<ConditionId>) -> Window {
        let model = self.model();
        let mut valid = Window::ALWAYS;
        for leaf in model.conditions.leaves_of(when) {
            if let Node::During(during) = leaf {
                valid = valid.and(during.steady(model.str(during.zone), self.now, self.zones));
            }
        }
        valid
    }
}

/// A gate being made.
struct Gate<'a> {
    moment: &'a Moment<'a>,
    /// For each permission what it asks; `None` is "no".
    rules: Vec<Option<Rule>>,
    /// While the data stay as they are.
    valid: Window,
}

/// What a permission asks of a record.
struct Rule {
    part: Part,
    /// While this rule is right.
    valid: Window,
    same: Vec<PermissionId>,
    other: Vec<PermissionId>,
}

impl<'a> Gate<'a> {
    fn new(moment: &'a Moment<'a>) -> Self {
        let count = moment.model().catalog.permissions.len();
        Self { moment, rules: (0..count).map(|_| None).listed(), valid: lifetime(moment) }
    }

    /// Works out every rule, prerequisites first.
    fn fill(&mut self) {
        let model = self.moment.model();
        let mut granted = self.granted();
        for permission in &model.catalog.requires_order {
            // What no role grants at any time is "no" at all times.
            if granted.add(*permission) {
                continue;
            }
            let valid = self.moment.steady(*permission);
            self.valid = self.valid.and(valid);
            let rule = self.rule(*permission, valid);
            if let Some(slot) = self.rules.get_mut(permission.index()) {
                *slot = rule;
            }
        }
    }

    /// The permissions that a role of the user grants, whether its assignment is active or not.
    fn granted(&self) -> Marks {
        let model = self.moment.model();
        let mut granted = Marks::new(model.catalog.permissions.len());
        for held in self.moment.held().filter(|held| self.moment.counts(*held)) {
            if let Some(row) = self.moment.tables.row(model, held.assignment.role) {
                for (permission, _) in row.cells() {
                    granted.add(permission);
                }
            }
        }
        granted
    }

    /// The rule of a permission, those of its prerequisites being known; `None` is "no".
    fn rule(&self, id: PermissionId, valid: Window) -> Option<Rule> {
        let declared = self.moment.declared(id)?;
        if self.moment.refused_permission(id, declared).is_some() {
            return None;
        }
        let mut part = [self.moment.part(id)];
        scope::exclude(&mut part);
        let [part] = part;
        if part.any.is_empty() {
            return None;
        }
        let mut rule = Rule { part, valid, same: Vec::new(), other: Vec::new() };
        for required in self.moment.model().requires(id) {
            let known = self.rules.get(required.permission.index())?.as_ref()?;
            if !known.is_yes() {
                if required.same { &mut rule.same } else { &mut rule.other }.push(required.permission);
            }
        }
        Some(rule)
    }

    fn write(&self, user: &str) -> String {
        let model = self.moment.model();
        let mut out = String::with_capacity(256 + 4 * self.rules.len());
        out.push('{');
        text(&mut out, "format", Some(FORMAT));
        text(&mut out, "user", Some(user));
        text(&mut out, "tenant", model.tenant.map(|tenant| model.str(tenant)));
        key(&mut out, "revision");
        push_integer(&mut out, i64::try_from(model.revision).unwrap_or_default());
        let at = Some(self.moment.now).filter(|now| now.is_finite()).unwrap_or_default();
        let times = [
            ("at", Some(at)),
            ("since", model.issued_at.map(|issued| issued - DAY)),
            ("expires", model.expires_at),
            ("validSince", Some(self.valid.from)),
            ("validUntil", Some(self.valid.until)),
        ];
        for (name, time) in times {
            push_time(&mut out, name, time.unwrap_or(f64::INFINITY));
        }
        self.write_rules(&mut out);
        out.push('}');
        out
    }

    fn write_rules(&self, out: &mut String) {
        let model = self.moment.model();
        let pools = self.pools();
        let mut written: Vec<(String, usize)> = Vec::new();
        for (at, rule) in self.rules.iter().enumerate() {
            if let Some(rule) = rule {
                written.push((self.rule_json(id(at), rule, &pools), at));
            }
        }
        sort_by(&mut written, Ord::cmp);
        let mut numbers = vec![-1; self.rules.len()];
        key(out, "table");
        let mut number = -1;
        let mut last = "";
        out.push('[');
        for (json, at) in &written {
            if json != last {
                last = json;
                number += 1;
                next(out);
                out.push_str(json);
            }
            if let Some(slot) = numbers.get_mut(*at) {
                *slot = number;
            }
        }
        out.push(']');
        key(out, "rules");
        out.push('[');
        for number in numbers {
            next(out);
            push_integer(out, number);
        }
        out.push(']');
        key(out, "maps");
        out.push('[');
        for kind in &pools.kinds {
            push_map(out, model, *kind);
        }
        out.push(']');
        key(out, "teams");
        let by_position = model.teams_by_position();
        out.push('[');
        for set in &pools.teams {
            let mut names = Vec::new();
            for at in set.positions() {
                let team = by_position.get(at as usize).and_then(|team| model.teams.get(team.index()));
                add(&mut names, team.map(|team| model.str(team.id)));
            }
            next(out);
            strings(out, &names);
        }
        out.push(']');
    }

    /// The team sets and resource types that rules mention.
    fn pools(&self) -> Pools {
        let mut pools = Pools { teams: Vec::new(), kinds: Vec::new() };
        for (at, rule) in self.rules.iter().enumerate() {
            let Some(rule) = rule else { continue };
            for clauses in [&rule.part.any, &rule.part.none] {
                for clause in clauses {
                    add(&mut pools.teams, clause.teams.clone());
                }
            }
            add(&mut pools.kinds, self.moment.declared(id(at)).map(|declared| declared.kind));
        }
        sort_set(&mut pools.teams);
        sort_set(&mut pools.kinds);
        pools
    }

    fn rule_json(&self, id: PermissionId, rule: &Rule, pools: &Pools) -> String {
        let mut out = String::from("{");
        let declared = self.moment.declared(id).filter(|_| !rule.is_yes_for_now());
        if let Some(declared) = declared {
            if declared.is_scoped() {
                key(&mut out, "scoped");
                out.push_str("true");
            }
            if let Ok(at) = pools.kinds.binary_search(&declared.kind) {
                key(&mut out, "map");
                push_index(&mut out, at);
            }
        }
        key(&mut out, "any");
        push_clauses(&mut out, &rule.part.any, "where", pools);
        if !rule.part.none.is_empty() {
            key(&mut out, "none");
            push_clauses(&mut out, &rule.part.none, "unless", pools);
        }
        for (name, required) in [("same", &rule.same), ("other", &rule.other)] {
            if !required.is_empty() {
                key(&mut out, name);
                indexes(&mut out, required.iter().map(|required| required.index()));
            }
        }
        push_time(&mut out, "since", rule.valid.from);
        push_time(&mut out, "until", rule.valid.until);
        out.push('}');
        out
    }
}

/// Things that rules mention by number.
struct Pools {
    teams: Vec<TeamSet>,
    kinds: Vec<usize>,
}

impl Rule {
    /// Whether the answer is "yes" on everything.
    fn is_yes_for_now(&self) -> bool {
        self.part.is_everything() && self.same.is_empty() && self.other.is_empty()
    }

    /// The same, at all times.
    fn is_yes(&self) -> bool {
        self.is_yes_for_now() && self.valid == Window::ALWAYS
    }
}

/// The time around now in which the snapshot as a whole neither begins nor ends to answer.
fn lifetime(moment: &Moment<'_>) -> Window {
    let model = moment.model();
    let from = model.issued_at.map_or(f64::NEG_INFINITY, |issued| issued - DAY);
    let until = model.expires_at.unwrap_or(f64::INFINITY);
    let begun = Window { from, until: f64::INFINITY };
    let not_ended = Window { from: f64::NEG_INFINITY, until };
    if moment.now.is_finite() {
        begun.steady(moment.now).and(not_ended.steady(moment.now))
    } else {
        Window::ALWAYS
    }
}

fn push_clauses(out: &mut String, clauses: &[Clause], condition: &str, pools: &Pools) {
    out.push('[');
    for clause in clauses {
        next(out);
        push_clause(out, clause, condition, pools);
    }
    out.push(']');
}

fn push_clause(out: &mut String, clause: &Clause, condition: &str, pools: &Pools) {
    out.push('{');
    if clause.own {
        key(out, "own");
        out.push_str("true");
    }
    if let Some(at) = clause.teams.as_ref().and_then(|teams| pools.teams.binary_search(teams).ok()) {
        key(out, "teams");
        push_index(out, at);
    }
    if let Folded::Open(json) = &clause.folded {
        key(out, condition);
        out.push_str(json);
    }
    out.push('}');
}

/// Writes a time, if it is one.
fn push_time(out: &mut String, name: &str, time: f64) {
    if time.is_finite() {
        key(out, name);
        push_number(out, time);
    }
}

/// Where the records of a type have their owner and their team: two lists of paths.
pub(crate) fn push_map(out: &mut String, model: &Model, kind: usize) {
    next(out);
    out.push('[');
    strings(out, &model.owner_paths(kind));
    out.push(',');
    strings(out, &model.team_paths(kind));
    out.push(']');
}

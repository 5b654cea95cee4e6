//! What somebody holds of a permission: ways that lead to it and bans that take it away, each with its window.
//! This is a scope before the context and the time are known, so that those of two people, or of one before
//! and after a change, can be compared.

use alloc::collections::BTreeMap;
use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;
use core::cell::RefCell;

use super::claims::{Atom, Atoms, Claim, Set, Whose, is_within};
use super::forest::{Forest, Places};
use crate::collections::marks::Marks;
use crate::compile::{Compiled, Requirements};
use crate::condition::holds::{Facts, Record, UserFacts};
use crate::host::HostZones;
use crate::ids::{ConditionId, Id, PermissionId};
use crate::json::value::end_of;
use crate::json::writer::push_string;
use crate::model::{Assignment, Level, Model};
use crate::query::moment::{Bounds, Engine, Moment};
use crate::time::Window;

/// Of up to so many ways or bans each is kept once.
const FEW: usize = 64;

/// Which records, as far as teams say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// All of them, also those without team.
    Everywhere,
    /// Those of one of these teams.
    Teams(Rc<Marks>),
    /// Those of the teams of whoever it is that holds a role.
    TeamsOfHolder,
}

impl Reach {
    pub(super) fn is_within(&self, other: &Self) -> bool {
        match (self, other) {
            (_, Self::Everywhere) | (Self::TeamsOfHolder, Self::TeamsOfHolder) => true,
            (Self::Teams(few), Self::Teams(many)) => {
                Rc::ptr_eq(few, many) || (**few).clone().without(many).is_empty()
            }
            _ => false,
        }
    }

    /// What of it is not in another; `None` if nothing is.
    pub(super) fn without(self, other: &Self) -> Option<Self> {
        if self.is_within(other) {
            return None;
        }
        if let (Self::Teams(teams), Self::Teams(gone)) = (&self, other) {
            return Some(Self::Teams(Rc::new((**teams).clone().without(gone))));
        }
        Some(self)
    }
}

/// A way that leads to a permission.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Way {
    /// Only to records that the user owns.
    pub(super) own: bool,
    pub(super) reach: Reach,
    /// All that must be so.
    pub(super) when: Set,
    window: Window,
}

/// What takes a permission away: on records of these teams, or without team.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Ban {
    pub(super) reach: Reach,
    /// Any of it lifts the ban.
    pub(super) unless: Set,
    window: Window,
}

/// What somebody holds of one permission, at all times.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Holding {
    ways: Vec<Way>,
    bans: Vec<Ban>,
}

impl Holding {
    /// How much there is to look at.
    pub(super) fn size(&self) -> usize {
        self.ways.len() + self.bans.len()
    }

    pub(super) fn ways(&self, at: f64) -> impl Iterator<Item = &Way> {
        self.ways.iter().filter(move |way| way.window.contains(at))
    }

    pub(super) fn bans(&self, at: f64) -> impl Iterator<Item = &Ban> {
        self.bans.iter().filter(move |ban| ban.window.contains(at))
    }
}

impl Way {
    /// Whether it leads to everything, whatever is so.
    pub(super) fn is_free(&self) -> bool {
        !self.own && self.when.is_empty() && self.reach == Reach::Everywhere
    }

    pub(super) fn level(&self) -> Level {
        match (self.own, &self.reach) {
            (true, _) => Level::Own,
            (false, Reach::Everywhere) => Level::All,
            (false, Reach::Teams(_) | Reach::TeamsOfHolder) => Level::Team,
        }
    }

    /// As far as this reaches.
    pub(super) fn limited(&self, reach: Reach) -> Self {
        Self { reach, ..self.clone() }
    }

    /// The same, whoever's the record is.
    pub(super) fn to_anything(&self) -> Self {
        Self { own: false, reach: Reach::Everywhere, ..self.clone() }
    }

    /// What of it other ways do not lead to; `None` if nothing is left.
    pub(super) fn rest<'w>(&self, others: impl Iterator<Item = &'w Self>) -> Option<Reach> {
        let mut left = self.reach.clone();
        for other in others {
            if (!other.own || self.own) && is_within(&other.when, &self.when) {
                left = left.without(&other.reach)?;
            }
        }
        Some(left)
    }
}

impl Ban {
    /// Whether another one bans all that this one does.
    pub(super) fn is_within(&self, other: &Self) -> bool {
        self.reach.is_within(&other.reach) && is_within(&other.unless, &self.unless)
    }
}

/// Somebody in a snapshot, and what was found out of what that one holds.
pub(super) struct Holder<'a> {
    engine: &'a Engine,
    compiled: &'a Compiled<'a>,
    atoms: &'a Atoms,
    places: &'a Places<'a>,
    moment: Moment<'a>,
    /// Whether it is whoever holds these assignments.
    is_anybody: bool,
    assignments: Vec<Assignment>,
    /// What the user's own teams cover.
    teams: Option<Reach>,
    /// How far what is granted without team reaches, if not everywhere.
    limit: Option<Reach>,
    /// The attributes of the user, as they are written, and the names of the user's teams.
    attributes: &'a str,
    names_of_teams: String,
    holdings: RefCell<BTreeMap<PermissionId, Rc<Holding>>>,
    claims: RefCell<BTreeMap<(ConditionId, bool), Claim>>,
}

/// What all holders in a snapshot share.
pub(super) struct World<'a> {
    pub(super) engine: &'a Engine,
    pub(super) compiled: Compiled<'a>,
    pub(super) places: Places<'a>,
}

impl<'a> World<'a> {
    pub(super) fn new(engine: &'a Engine, forest: &'a Forest) -> Self {
        Self::with(engine, Compiled::new(&engine.model, &engine.tables), forest)
    }

    /// The same, whatever the plan is.
    pub(super) fn in_any_plan(engine: &'a Engine, forest: &'a Forest) -> Self {
        Self::with(engine, Compiled::in_any_plan(&engine.model, &engine.tables), forest)
    }

    fn with(engine: &'a Engine, compiled: Compiled<'a>, forest: &'a Forest) -> Self {
        Self { engine, compiled, places: Places::new(&engine.model, forest) }
    }

    pub(super) fn model(&self) -> &'a Model {
        &self.engine.model
    }

    /// A user by name; somebody who holds nothing if there is none.
    pub(super) fn user<'w>(&'w self, name: &str, bounds: &'w Bounds, atoms: &'w Atoms) -> Holder<'w> {
        let mut holder = self.holder(name, bounds, atoms);
        let model = self.model();
        let Some(user) = holder.moment.known_user() else { return holder };
        let [own, everyone] = model.assignments_of(user);
        holder.assignments = [own, everyone].concat();
        let teams = model.teams_of(user);
        if !teams.is_empty() {
            holder.teams = Some(Reach::Teams(self.places.covered(teams)));
        }
        if let Some((json, at)) = user.attributes.map(|at| model.document.json(at.get() as usize)) {
            let end = end_of(json.as_bytes(), at);
            holder.attributes = end.and_then(|end| json.get(at..end)).unwrap_or_default();
        }
        for team in teams {
            push_string(
                &mut holder.names_of_teams,
                model.teams.get(team.index()).map_or("", |team| model.str(team.id)),
            );
        }
        holder
    }

    /// Whoever holds these assignments.
    pub(super) fn anybody<'w>(
        &'w self,
        assignments: Vec<Assignment>,
        bounds: &'w Bounds,
        atoms: &'w Atoms,
    ) -> Holder<'w> {
        let teams = Some(Reach::TeamsOfHolder);
        Holder { is_anybody: true, assignments, teams, ..self.holder("", bounds, atoms) }
    }

    fn holder<'w>(&'w self, name: &str, bounds: &'w Bounds, atoms: &'w Atoms) -> Holder<'w> {
        Holder {
            engine: self.engine,
            compiled: &self.compiled,
            atoms,
            places: &self.places,
            moment: Moment::new(self.engine, name, bounds, 0.0, None, &HostZones, Rc::default()),
            is_anybody: false,
            assignments: Vec::new(),
            teams: None,
            limit: None,
            attributes: "",
            names_of_teams: String::new(),
            holdings: RefCell::default(),
            claims: RefCell::default(),
        }
    }
}

impl Holder<'_> {
    pub(super) fn model(&self) -> &Model {
        &self.engine.model
    }

    /// The same, as somebody who is in no team.
    pub(super) fn in_no_team(self) -> Self {
        Self { teams: None, ..self }
    }

    /// The same, as far as these teams: as somebody in them, to whom nothing is granted beyond them.
    pub(super) fn only_in(self, covered: &Marks) -> Self {
        Self { limit: Some(Reach::Teams(Rc::new(covered.clone()))), ..self }
    }

    pub(super) fn requirements(&self, permission: PermissionId) -> Rc<Requirements> {
        self.compiled.requirements(permission)
    }

    /// The moments after `now` at which one of the assignments begins or ends.
    pub(super) fn moments(&self, now: f64) -> Vec<f64> {
        let windows = self.assignments.iter().map(|assignment| self.model().window(assignment));
        windows
            .flat_map(|window| [window.from, window.until])
            .filter(|at| *at > now && at.is_finite())
            .collect()
    }

    /// What the holder has of a permission.
    pub(super) fn of(&self, permission: PermissionId) -> Rc<Holding> {
        if let Some(known) = self.holdings.borrow().get(&permission) {
            return Rc::clone(known);
        }
        let mut holding = Holding::default();
        for assignment in &self.assignments {
            self.add(&mut holding, assignment, permission);
        }
        let holding = Rc::new(holding);
        self.holdings.borrow_mut().insert(permission, Rc::clone(&holding));
        holding
    }

    fn add(&self, holding: &mut Holding, assignment: &Assignment, permission: PermissionId) {
        let window = self.model().window(assignment);
        let team = assignment.team.map(|team| Reach::Teams(self.places.covered(&[team])));
        let limit = team.clone().or_else(|| self.limit.clone());
        for grant in self.compiled.grants(assignment.role, permission) {
            let claims = [assignment.when, grant.when].map(|when| self.claim(when, false));
            let Some(when) = Claim::asked(claims, self.atoms) else { continue };
            let mut lead = |own, reach: Option<Reach>| {
                let Some(reach) = reach else { return };
                let way = Way { own, reach, when: Rc::clone(&when), window };
                if holding.ways.len() > FEW || !holding.ways.contains(&way) {
                    holding.ways.push(way);
                }
            };
            match (grant.level, &limit) {
                (Level::Own, limit) => lead(true, Some(limit.clone().unwrap_or(Reach::Everywhere))),
                (Level::All, None) => lead(false, Some(Reach::Everywhere)),
                // Within a team-limited assignment that team is one of the user's, so `team` reaches all of it.
                (Level::Team | Level::All, Some(limit)) => lead(false, Some(limit.clone())),
                (Level::Team, None) => {
                    lead(true, Some(Reach::Everywhere));
                    lead(false, self.teams.clone());
                }
            }
        }
        for (_, denial) in &*self.compiled.denials(assignment.role, permission) {
            let claims = [assignment.when, denial.when].map(|when| match when {
                // Nothing lifts a denial that has no condition.
                None => Claim::Never,
                Some(when) => self.claim(Some(when), true),
            });
            let Some(unless) = Claim::enough(claims, self.atoms) else { continue };
            let ban = Ban { reach: team.clone().unwrap_or(Reach::Everywhere), unless, window };
            if holding.bans.len() > FEW || !holding.bans.contains(&ban) {
                holding.bans.push(ban);
            }
        }
    }

    fn claim(&self, when: Option<ConditionId>, negated: bool) -> Claim {
        let Some(when) = when else { return Claim::Always };
        if let Some(known) = self.claims.borrow().get(&(when, negated)) {
            return known.clone();
        }
        let facts = self.moment.facts(Record::Any);
        let user = UserFacts { unresolved: self.is_anybody, ..facts.user };
        let whose = Whose {
            facts: Facts { user, ..facts },
            is_anybody: self.is_anybody,
            attributes: self.attributes,
            teams: &self.names_of_teams,
            atoms: self.atoms,
        };
        let claim = whose.claim(when, negated);
        self.claims.borrow_mut().insert((when, negated), claim.clone());
        claim
    }

    /// A set of what is asked for, as a condition.
    pub(super) fn condition(&self, when: &[Atom]) -> Option<String> {
        self.atoms.condition(when)
    }
}

//! From the model to what roles grant and deny: inheritance, wildcards, implication, role types and plans.
//!
//! Nothing is worked out before it is asked: for one permission what a role grants by its own entries, and
//! from which of the roles that it inherits the rest comes. Lists of grants are never copied from role to
//! role, so that time and memory stay in proportion to the roles that are asked. What was found out is kept
//! for the next question about the same subject ([`Kept`]); a search within a budget begins with nothing, so
//! that what it finds does not depend on earlier questions.
//!
//! Twin of pkg-template/src/snapshot/role-rows.ts; tests/package/vectors.mjs and tests/laws.rs hold them
//! equal.

use alloc::rc::Rc;
use alloc::vec;
use alloc::vec::Vec;
#[cfg(not(feature = "std"))]
use core::cell::OnceCell as Once;
use core::cell::{Cell, RefCell};
#[cfg(feature = "std")]
use std::sync::OnceLock as Once;

use crate::collections::list::{Listed, push_all};
use crate::collections::marks::Marks;
use crate::collections::pairs::{Keyed, Pairs};
use crate::collections::sort::{sort_by, sort_set};
use crate::ids::{ConditionId, Id, PermissionId, RoleId, all, id};
use crate::model::{Alternative, Denial, Entry, Level, Model, Role, Target};

/// What of the roles does not depend on a permission, made on first use and kept.
#[derive(Debug)]
pub(crate) struct Tables {
    /// The position of each role in an order in which it comes after those that it inherits.
    rank: Vec<u32>,
    /// The permissions that the plan has.
    in_plan: Marks,
    lineages: Vec<Once<Vec<RoleId>>>,
}

impl Tables {
    /// The tables of a snapshot.
    pub(crate) fn new(model: &Model) -> Self {
        let count = model.roles.len();
        let mut rank = vec![0; count];
        for (position, role) in model.role_order.iter().enumerate() {
            if let Some(slot) = rank.get_mut(role.index()) {
                *slot = id(position);
            }
        }
        Self {
            rank,
            in_plan: in_plan(model, model.plan()),
            lineages: (0..count).map(|_| Once::new()).listed(),
        }
    }

    /// A role and all that it inherits, each after those that it inherits.
    pub(crate) fn lineage(&self, model: &Model, role: RoleId) -> &[RoleId] {
        let Some(cell) = self.lineages.get(role.index()) else { return &[] };
        if cell.get().is_none() {
            cell.set(self.make_lineage(model, role)).ok();
        }
        cell.get().map_or(&[], |lineage| lineage)
    }

    fn make_lineage(&self, model: &Model, role: RoleId) -> Vec<RoleId> {
        let mut lineage = vec![role];
        if parents_of(model, role).is_empty() {
            return lineage;
        }
        let mut marks = Pairs::default();
        marks.add(role.number(), 0);
        let mut next = 0;
        while let Some(role) = lineage.get(next) {
            next += 1;
            for parent in parents_of(model, *role) {
                if marks.add(parent.number(), 0) {
                    lineage.push(*parent);
                }
            }
        }
        sort_by(&mut lineage, |a, b| self.rank.get(a.index()).cmp(&self.rank.get(b.index())));
        lineage
    }
}

/// The permissions that a plan has.
fn in_plan(model: &Model, plan: Option<&str>) -> Marks {
    let permissions = &model.catalog.permissions;
    let mut marks = Marks::new(permissions.len());
    for (at, permission) in permissions.iter().enumerate() {
        if model.plans(permission).is_none_or(|plans| plans.iter().any(|name| plan == Some(*name))) {
            marks.add(id::<PermissionId>(at));
        }
    }
    marks
}

/// The roles that a role inherits from.
fn parents_of(model: &Model, role: RoleId) -> &[RoleId] {
    model.roles.get(role.index()).map_or(&[], |role| &role.inherits)
}

/// One way in which a role grants a permission.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Grant {
    pub(crate) level: Level,
    pub(crate) when: Option<ConditionId>,
    origin: Own,
}

/// How the role in which a grant stands comes to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Own {
    /// By an entry.
    Entry,
    /// By a permission that it grants and that implies this one.
    Implied(PermissionId),
}

/// A step on the way on which a role comes to a grant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// A role that it inherits.
    Inherited(RoleId),
    /// A permission that it grants and that implies this one.
    Implied(PermissionId),
}

/// What a role grants of a permission: first by itself, then what others give it. Roles to which the same
/// comes share it.
#[derive(Debug)]
struct GrantSource {
    own: Rc<[Grant]>,
    from: Vec<SourceId>,
}

/// The position of a source.
type SourceId = u32;

/// The source from which nothing comes.
const NOTHING: SourceId = 0;

/// Whatever a role grants and to whom, whichever the conditions.
#[derive(Debug, Default)]
pub(crate) struct Row {
    /// The permissions that it grants.
    pub(crate) granted: Marks,
    /// Those that it grants as far as the teams of a user.
    pub(crate) to_teams: Marks,
}

/// A permission, and which it implies of those that matter.
type Implying = (PermissionId, Vec<PermissionId>);

/// A denial and the role in which it stands.
pub(crate) type RoleDenial = (RoleId, Denial);

/// What roles grant and deny under a plan, as far as was asked.
#[derive(Debug)]
pub(crate) struct Compiled<'a> {
    model: &'a Model,
    tables: &'a Tables,
    /// The permissions of the plan, if it is not the tenant's.
    other_plan: Option<Marks>,
    kept: Rc<Kept>,
    /// How much was looked at.
    steps: Cell<usize>,
}

/// What was found out of the roles of one model, under one plan.
#[derive(Debug)]
pub(crate) struct Kept {
    /// By role and permission.
    found: RefCell<Keyed<SourceId>>,
    sources: RefCell<Vec<GrantSource>>,
    denials: RefCell<Keyed<Rc<[RoleDenial]>>>,
    /// By role.
    rows: RefCell<Keyed<Rc<Row>>>,
    /// By role type and whether a role is standard: the permissions that it may hold.
    holdable: RefCell<Keyed<Rc<Marks>>>,
    /// By permission: those from which it comes by implication, and itself.
    implying: RefCell<Keyed<Rc<[Implying]>>>,
    requirements: RefCell<Keyed<Rc<Requirements>>>,
}

impl Default for Kept {
    fn default() -> Self {
        Self {
            found: RefCell::default(),
            sources: RefCell::new(vec![GrantSource { own: Rc::new([]), from: Vec::new() }]),
            denials: RefCell::default(),
            rows: RefCell::default(),
            holdable: RefCell::default(),
            implying: RefCell::default(),
            requirements: RefCell::default(),
        }
    }
}

/// The permissions that must be allowed besides, direct and transitive.
#[derive(Debug, Default)]
pub(crate) struct Requirements {
    /// The permission itself, and what is asked of the same record.
    pub(crate) same: Vec<PermissionId>,
    /// What is asked without a record.
    pub(crate) without_record: Vec<PermissionId>,
}

impl<'a> Compiled<'a> {
    /// As far as nothing was asked.
    pub(crate) fn new(model: &'a Model, tables: &'a Tables) -> Self {
        Self::with(model, tables, Rc::default())
    }

    /// With what earlier questions to the same model found out.
    pub(crate) fn with(model: &'a Model, tables: &'a Tables, kept: Rc<Kept>) -> Self {
        Self { model, tables, other_plan: None, kept, steps: Cell::new(0) }
    }

    /// The same under another plan.
    pub(crate) fn under(&self, plan: &str) -> Self {
        Self { other_plan: Some(in_plan(self.model, Some(plan))), ..Self::new(self.model, self.tables) }
    }

    /// What roles grant and deny whatever the plan is.
    #[cfg(feature = "administration")]
    pub(crate) fn in_any_plan(model: &'a Model, tables: &'a Tables) -> Self {
        let mut every = Marks::new(model.catalog.permissions.len());
        for permission in all::<PermissionId>(model.catalog.permissions.len()) {
            every.add(permission);
        }
        Self { other_plan: Some(every), ..Self::new(model, tables) }
    }

    /// The same, as far as nothing was asked.
    #[cfg(feature = "administration")]
    pub(crate) fn afresh(&self) -> Self {
        Self { other_plan: self.other_plan.clone(), ..Self::new(self.model, self.tables) }
    }

    /// How much was looked at since this was asked last.
    pub(crate) fn take_steps(&self) -> usize {
        self.steps.replace(0)
    }

    fn count(&self, steps: usize) {
        self.steps.set(self.steps.get() + steps);
    }

    /// The permissions that the plan has.
    pub(crate) fn plan(&self) -> &Marks {
        self.other_plan.as_ref().unwrap_or(&self.tables.in_plan)
    }

    /// Whether the plan has a permission.
    pub(crate) fn has(&self, permission: PermissionId) -> bool {
        self.plan().has(permission)
    }

    pub(crate) fn lineage(&self, role: RoleId) -> &'a [RoleId] {
        self.tables.lineage(self.model, role)
    }

    /// Whether a role grants a permission at all.
    pub(crate) fn grants_any(&self, role: RoleId, permission: PermissionId) -> bool {
        self.source(role, permission) != NOTHING
    }

    /// The grants of a permission by a role: its own, what these imply, then what comes from each role that
    /// it inherits, in turn.
    pub(crate) fn grants(&self, role: RoleId, permission: PermissionId) -> Grants<'_> {
        let mut grants =
            Grants { sources: &self.kept.sources, own: None, open: Vec::new(), seen: None, bare: 0 };
        grants.enter(self.source(role, permission));
        grants
    }

    fn known(&self, role: RoleId, permission: PermissionId) -> Option<SourceId> {
        self.kept.found.borrow().get(role.number(), permission.number()).copied()
    }

    /// From where a permission comes to a role.
    fn source(&self, role: RoleId, permission: PermissionId) -> SourceId {
        if let Some(known) = self.known(role, permission) {
            return known;
        }
        let mut open = vec![role];
        while let Some(&next) = open.last() {
            if self.known(next, permission).is_some() {
                open.pop();
                continue;
            }
            let parents = self.parents(next, permission);
            let before = open.len();
            for parent in parents {
                if self.known(*parent, permission).is_none() {
                    open.push(*parent);
                }
            }
            self.count(parents.len());
            if open.len() == before {
                let made = self.make_source(next, permission, parents);
                self.kept.found.borrow_mut().put(next.number(), permission.number(), made);
                open.pop();
            }
        }
        self.known(role, permission).unwrap_or(NOTHING)
    }

    fn make_source(&self, role: RoleId, permission: PermissionId, parents: &[RoleId]) -> SourceId {
        let own = self.own(role, permission);
        let mut from: Vec<SourceId> = Vec::new();
        for parent in parents {
            let source = self.known(*parent, permission).unwrap_or(NOTHING);
            if source != NOTHING && from.last() != Some(&source) {
                from.push(source);
            }
        }
        match (own.is_empty(), &from[..]) {
            (true, []) => NOTHING,
            (true, [only]) => *only,
            _ => {
                let mut sources = self.kept.sources.borrow_mut();
                sources.push(GrantSource { own: own.into(), from });
                id(sources.len() - 1)
            }
        }
    }

    /// The roles from which a permission may come to a role: those that it inherits, if it may hold the
    /// permission and has no entry for it.
    fn parents(&self, role: RoleId, permission: PermissionId) -> &'a [RoleId] {
        match self.model.roles.get(role.index()) {
            Some(of)
                if !of.inherits.is_empty()
                    && self.may_hold(of, permission)
                    && deciding_entry(self.model, of, permission).is_none() =>
            {
                &of.inherits
            }
            _ => &[],
        }
    }

    /// Whether a role may hold a permission, and the plan has it.
    fn may_hold(&self, role: &Role, permission: PermissionId) -> bool {
        let declared = self.model.catalog.permissions.get(permission.index());
        self.has(permission) && declared.is_some_and(|it| self.model.may_hold(role, it))
    }

    /// The grants of a permission by a role's own entries and what they imply.
    fn own(&self, role: RoleId, permission: PermissionId) -> Vec<Grant> {
        let Some(role) = self.model.roles.get(role.index()).filter(|role| !role.grants.is_empty()) else {
            return Vec::new();
        };
        if !self.may_hold(role, permission) {
            return Vec::new();
        }
        let implying = self.implying(permission);
        let mut maker = OwnMaker { compiled: self, role, found: Vec::new(), seen: Pairs::default() };
        for (from, _) in &*implying {
            maker.entry(*from);
        }
        if implying.len() > 1 {
            maker.implied(&implying);
        }
        let own = maker.all_of(permission);
        self.count(maker.found.len() + own.len());
        own
    }

    /// The permissions an entry for which may give a permission: itself, and those from which it comes by
    /// implication.
    pub(crate) fn leading_to(&self, permission: PermissionId) -> Vec<PermissionId> {
        if !self.model.has_implications() {
            return vec![permission];
        }
        self.implying(permission).iter().map(|(from, _)| *from).listed()
    }

    /// The permissions from which one comes by implication, and itself.
    fn implying(&self, permission: PermissionId) -> Rc<[Implying]> {
        if let Some(known) = self.kept.implying.borrow().get(permission.number(), 0) {
            return Rc::clone(known);
        }
        let mut found = vec![permission];
        let mut marks = Keyed::default();
        marks.put(permission.number(), 0, ());
        let mut next = 0;
        while let Some(&implied) = found.get(next) {
            next += 1;
            for (_, by) in self.model.implied_by(implied) {
                if marks.put(by.number(), 0, ()) {
                    found.push(*by);
                }
            }
        }
        sort_set(&mut found);
        let mut all = Vec::new();
        for from in found {
            let mut implied = self.model.implies(from).to_vec();
            self.count(1 + implied.len());
            implied.retain(|implied| marks.get(implied.number(), 0).is_some());
            all.push((from, implied));
        }
        let all: Rc<[Implying]> = all.into();
        self.kept.implying.borrow_mut().put(permission.number(), 0, Rc::clone(&all));
        all
    }

    /// The denials of a permission by a role and those that it inherits.
    pub(crate) fn denials(&self, role: RoleId, permission: PermissionId) -> Rc<[RoleDenial]> {
        if let Some(known) = self.kept.denials.borrow().get(role.number(), permission.number()) {
            return Rc::clone(known);
        }
        let mut found = Vec::new();
        let lineage = if self.model.has_denials() { self.lineage(role) } else { &[] };
        for id in lineage {
            if let Some(role) = self.model.roles.get(id.index()) {
                let denials = self.model.denials_about(role, permission);
                push_all(&mut found, denials.map(|denial| (*id, *denial)));
            }
        }
        self.count(lineage.len() + found.len());
        let found: Rc<[RoleDenial]> = found.into();
        self.kept.denials.borrow_mut().put(role.number(), permission.number(), Rc::clone(&found));
        found
    }

    /// What a permission requires when it is asked on a record.
    pub(crate) fn requirements(&self, permission: PermissionId) -> Rc<Requirements> {
        if let Some(known) = self.kept.requirements.borrow().get(permission.number(), 0) {
            return Rc::clone(known);
        }
        let mut found = Requirements { same: vec![permission], without_record: Vec::new() };
        let mut seen = Pairs::default();
        seen.add(permission.number(), 1);
        let mut next = 0;
        while let Some(&asking) = found.same.get(next) {
            next += 1;
            let requires = self.model.requires(asking);
            self.count(requires.len());
            for required in requires {
                if seen.add(required.permission.number(), u32::from(required.same)) {
                    let list = if required.same { &mut found.same } else { &mut found.without_record };
                    list.push(required.permission);
                }
            }
        }
        let found = Rc::new(found);
        self.kept.requirements.borrow_mut().put(permission.number(), 0, Rc::clone(&found));
        found
    }

    /// How a role comes to a grant: the roles it inherits from and the permissions that imply, in turn.
    pub(crate) fn trace(&self, role: RoleId, permission: PermissionId, grant: Grant) -> Vec<Origin> {
        let mut path = Vec::new();
        let (mut role, mut permission, mut grant) = (role, permission, grant);
        loop {
            let own = self.own(role, permission);
            let is_same = |it: &Grant| it.when == grant.when && it.level == grant.level;
            match own.iter().find(|it| is_same(it)).map(|it| it.origin) {
                Some(Own::Entry) => return path,
                Some(Own::Implied(from)) => {
                    path.push(Origin::Implied(from));
                    permission = from;
                }
                None => {
                    let Some(parent) = self.giver(role, permission, &is_same) else { return path };
                    path.push(Origin::Inherited(parent));
                    role = parent;
                }
            }
            let wide = |it: &Grant| it.when == grant.when && it.level >= grant.level;
            let Some(before) = self.grants(role, permission).find(wide) else { return path };
            grant = before;
        }
    }

    /// The first role that a role inherits from and that gives it a grant.
    fn giver(
        &self,
        role: RoleId,
        permission: PermissionId,
        is_it: &dyn Fn(&Grant) -> bool,
    ) -> Option<RoleId> {
        let all = self.source(role, permission);
        self.parents(role, permission).iter().copied().find(|parent| {
            let source = self.source(*parent, permission);
            source != NOTHING
                && (source == all || self.grants(*parent, permission).any(|grant| is_it(&grant)))
        })
    }

    /// Whatever a role grants.
    pub(crate) fn row(&self, role: RoleId) -> Rc<Row> {
        let is_known = |role: &RoleId| self.kept.rows.borrow().get(role.number(), 0).is_some();
        let mut open = vec![role];
        while let Some(&next) = open.last() {
            if is_known(&next) {
                open.pop();
                continue;
            }
            let before = open.len();
            push_all(&mut open, parents_of(self.model, next).iter().copied().filter(|role| !is_known(role)));
            if open.len() == before {
                let row = self.make_row(next);
                self.kept.rows.borrow_mut().put(next.number(), 0, row);
                open.pop();
            }
        }
        self.known_row(role)
    }

    fn known_row(&self, role: RoleId) -> Rc<Row> {
        self.kept.rows.borrow().get(role.number(), 0).map(Rc::clone).unwrap_or_default()
    }

    fn make_row(&self, role: RoleId) -> Rc<Row> {
        let Some(of) = self.model.roles.get(role.index()) else { return Rc::default() };
        let class = |role: &Role| (role.of_type, role.standard);
        self.count(1 + of.inherits.len());
        if let (true, [parent]) = (of.grants.is_empty(), &of.inherits[..])
            && self.model.roles.get(parent.index()).is_some_and(|parent| class(parent) == class(of))
        {
            return self.known_row(*parent);
        }
        let mut row = Row::default();
        let Decided { marks: decided, looked_at } = self.decided(of, &mut row);
        let holdable = self.holdable(of);
        for parent in &of.inherits {
            let given = self.known_row(*parent);
            if !given.granted.is_empty() {
                let comes = |marks: &Marks| marks.clone().within(&holdable).without(&decided);
                row.granted.join(&comes(&given.granted));
                row.to_teams.join(&comes(&given.to_teams));
            }
        }
        self.count((looked_at + self.model.catalog.permissions.len()) / MANY_AT_ONCE);
        if row.granted.is_empty() { Rc::default() } else { Rc::new(row) }
    }

    /// The permissions for which a role has an entry that is not absent. Adds to a row what these grant and
    /// imply.
    fn decided(&self, role: &Role, row: &mut Row) -> Decided {
        let permissions = &self.model.catalog.permissions;
        let mut decided = Decided::default();
        if role.grants.is_empty() {
            return decided;
        }
        let holdable = self.holdable(role);
        decided.marks = Marks::new(permissions.len());
        let mut refused = Marks::new(permissions.len());
        let mut open: Vec<(PermissionId, Level)> = Vec::new();
        for entry in &role.grants {
            let mut levels = Levels::default();
            for alternative in &entry.alternatives {
                levels.add(alternative.level.unwrap_or(Level::All));
            }
            // Entries for a permission come before those for its category, and for everything last.
            for permission in self.model.about(entry.target) {
                decided.looked_at += 1;
                let Some(declared) = permissions.get(permission.index()) else { continue };
                let granted = levels.of(declared);
                let is_absent = granted.is_empty() && !entry.alternatives.is_empty();
                if is_absent || !decided.marks.add(permission) {
                    continue;
                }
                if entry.alternatives.is_empty() {
                    refused.add(permission);
                }
                if holdable.has(permission) {
                    push_all(&mut open, granted.all().map(|level| (permission, level)));
                }
            }
        }
        row.granted = Marks::new(permissions.len());
        row.to_teams = Marks::new(permissions.len());
        let mut seen = Pairs::default();
        let implies = self.model.has_implications();
        while let Some((permission, level)) = open.pop() {
            row.granted.add(permission);
            if level == Level::Team {
                row.to_teams.add(permission);
            }
            if implies && seen.add(permission.number(), level as u32) {
                for implied in self.model.implies(permission) {
                    decided.looked_at += 1;
                    let declared = permissions.get(implied.index());
                    let level = declared.and_then(|declared| declared.level_within(level));
                    if let Some(level) = level
                        && holdable.has(*implied)
                        && !refused.has(*implied)
                    {
                        open.push((*implied, level));
                    }
                }
            }
        }
        decided
    }

    /// The permissions that a role may hold, and the plan has.
    pub(crate) fn holdable(&self, role: &Role) -> Rc<Marks> {
        let (of, standard) = (role.of_type.map_or(0, Id::number), u32::from(role.standard));
        if let Some(known) = self.kept.holdable.borrow().get(of, standard) {
            return Rc::clone(known);
        }
        let permissions = &self.model.catalog.permissions;
        let mut marks = Marks::new(permissions.len());
        for permission in all::<PermissionId>(permissions.len()) {
            if self.may_hold(role, permission) {
                marks.add(permission);
            }
        }
        let marks = Rc::new(marks);
        self.kept.holdable.borrow_mut().put(of, standard, Rc::clone(&marks));
        marks
    }
}

/// So many permissions of a row are gone through in a step.
const MANY_AT_ONCE: usize = 32;

/// The permissions for which a role has an entry.
#[derive(Default)]
struct Decided {
    marks: Marks,
    looked_at: usize,
}

/// The levels of the alternatives of an entry.
#[derive(Clone, Copy, Default)]
struct Levels([bool; 3]);

impl Levels {
    fn add(&mut self, level: Level) {
        if let Some(slot) = self.0.get_mut(level as usize) {
            *slot = true;
        }
    }

    fn is_empty(self) -> bool {
        self.all().next().is_none()
    }

    fn all(self) -> impl Iterator<Item = Level> {
        Level::ALL.into_iter().filter(move |level| self.0.get(*level as usize) == Some(&true))
    }

    /// The levels at which they grant a permission.
    fn of(self, permission: &crate::model::Permission) -> Self {
        let mut found = Self::default();
        for level in self.all() {
            if let Some(level) = permission.level_within(level) {
                found.add(level);
            }
        }
        found
    }
}

/// The grants of a permission by a role, in turn.
pub(crate) struct Grants<'c> {
    sources: &'c RefCell<Vec<GrantSource>>,
    /// Grants of the source that is looked at, and how many of them were given.
    own: Option<(Rc<[Grant]>, usize)>,
    /// Sources that come next, the last one first.
    open: Vec<SourceId>,
    /// Those that were looked at, where there are several.
    seen: Option<Pairs>,
    /// A bit for each level at which there was a grant without condition: another one says nothing more.
    bare: u8,
}

impl Grants<'_> {
    fn enter(&mut self, source: SourceId) {
        let sources = self.sources.borrow();
        let Some(source) = sources.get(source as usize) else { return };
        self.own = Some((Rc::clone(&source.own), 0));
        if !source.from.is_empty() {
            self.seen.get_or_insert_default();
            push_all(&mut self.open, source.from.iter().rev().copied());
        }
    }

    /// Whether a grant says more than those before it.
    fn is_new(&mut self, grant: Grant) -> bool {
        let bit = 1 << grant.level as u8;
        if grant.when.is_some() {
            return true;
        }
        let is_new = self.bare & bit == 0;
        self.bare |= bit;
        is_new
    }
}

impl Iterator for Grants<'_> {
    type Item = Grant;

    fn next(&mut self) -> Option<Grant> {
        loop {
            while let Some(grant) = self.own.as_mut().and_then(|(own, given)| {
                *given += 1;
                own.get(*given - 1).copied()
            }) {
                if self.is_new(grant) {
                    return Some(grant);
                }
            }
            let next = self.open.pop()?;
            if self.seen.get_or_insert_default().add(next, 0) {
                self.enter(next);
            }
        }
    }
}

/// Finds what the own entries of a role grant and imply, of the permissions from which one comes.
/// Alternatives of an entry that name the same level and have conditions imply the same: of these the first
/// one stands for all.
struct OwnMaker<'c> {
    compiled: &'c Compiled<'c>,
    role: &'c Role,
    found: Vec<Found>,
    /// Permissions with level and condition that were found.
    seen: Pairs,
}

/// A grant that was found for a permission.
#[derive(Clone, Copy)]
struct Found {
    permission: PermissionId,
    grant: Grant,
    /// The permission from whose entry it comes, and after how many implications.
    source: (usize, PermissionId),
    /// The alternative of that entry.
    alternative: Alternative,
}

impl OwnMaker<'_> {
    /// The alternatives of the entry that decides about a permission.
    fn alternatives(&self, permission: PermissionId) -> &[Alternative] {
        deciding_entry(self.compiled.model, self.role, permission).map_or(&[], |entry| &entry.alternatives)
    }

    /// Adds what the entry that decides about a permission grants.
    fn entry(&mut self, permission: PermissionId) {
        let model = self.compiled.model;
        let mut stands: Vec<Option<Level>> = Vec::new();
        for alternative in deciding_entry(model, self.role, permission).map_or(&[][..], |it| &it.alternatives)
        {
            if alternative.when.is_some() {
                if stands.contains(&alternative.level) {
                    continue;
                }
                stands.push(alternative.level);
            }
            if let Some(level) = level(model, permission, *alternative) {
                let grant = Grant { level, when: alternative.when, origin: Own::Entry };
                let source = (0, permission);
                self.add(Found { permission, grant, source, alternative: *alternative });
            }
        }
    }

    /// Adds what the grants found so far imply, step by step, of these permissions. An entry that is `false`
    /// ends it.
    fn implied(&mut self, wanted: &[Implying]) {
        let model = self.compiled.model;
        let mut next = 0;
        while let Some(&found) = self.found.get(next) {
            next += 1;
            let Found { permission: from, grant, source: (steps, source), .. } = found;
            let at = wanted.binary_search_by(|it| it.0.cmp(&from)).ok();
            for &permission in at.and_then(|at| wanted.get(at)).map_or(&[][..], |it| &it.1) {
                let entry = deciding_entry(model, self.role, permission);
                let refused = entry.is_some_and(|entry| entry.alternatives.is_empty());
                let within = Alternative { level: Some(grant.level), when: grant.when };
                if let Some(level) = level(model, permission, within).filter(|_| !refused) {
                    let grant = Grant { level, origin: Own::Implied(from), ..grant };
                    self.add(Found { permission, grant, source: (steps + 1, source), ..found });
                }
            }
        }
    }

    /// Adds a grant, if the role may hold the permission and the plan has it.
    fn add(&mut self, found: Found) {
        let Found { permission, grant, .. } = found;
        let what = grant.when.map_or(0, Id::number) << 2 | grant.level as u32;
        if self.compiled.may_hold(self.role, permission) && self.seen.add(permission.number(), what) {
            self.found.push(found);
        }
    }

    /// All that was found for a permission, with the alternatives for which others stand: in the order in
    /// which each by itself would have been found.
    fn all_of(&self, permission: PermissionId) -> Vec<Grant> {
        let here = self.found.iter().filter(|found| found.permission == permission).copied().listed();
        let mut all = Vec::new();
        for alike in here.chunk_by(|a, b| a.source == b.source) {
            let Some((_, source)) = alike.first().map(|found| found.source) else { continue };
            for alternative in self.alternatives(source) {
                for found in alike {
                    let stands_for = found.alternative == *alternative
                        || (found.alternative.level == alternative.level
                            && found.alternative.when.is_some()
                            && alternative.when.is_some());
                    if stands_for {
                        all.push(Grant { when: alternative.when, ..found.grant });
                    }
                }
            }
        }
        let mut bare = 0_u8;
        all.retain(|grant| {
            let bit = if grant.when.is_none() { 1 << grant.level as u8 } else { 0 };
            let is_new = bare & bit == 0;
            bare |= bit;
            is_new
        });
        all
    }
}

/// The entry of a role that decides about a permission: its own, else its category's, else `*`. A wildcard
/// entry that grants nothing for it counts as absent.
fn deciding_entry<'a>(model: &Model, role: &'a Role, permission: PermissionId) -> Option<&'a Entry> {
    if role.grants.is_empty() {
        return None;
    }
    let declared = model.catalog.permissions.get(permission.index())?;
    let targets = [Target::Permission(permission), Target::Category(declared.category), Target::All];
    targets.into_iter().find_map(|target| {
        let at = role.grants.binary_search_by_key(&target, |entry| entry.target).ok()?;
        role.grants.get(at).filter(|entry| !entry.is_absent_for(declared))
    })
}

/// The level at which an alternative grants a permission.
fn level(model: &Model, permission: PermissionId, alternative: Alternative) -> Option<Level> {
    let permission = model.catalog.permissions.get(permission.index())?;
    permission.level_within(alternative.level.unwrap_or(Level::All))
}

#[cfg(all(test, feature = "std"))]
mod tests {
    use alloc::format;
    use alloc::string::String;

    use super::*;
    use crate::snapshot::Snapshot;

    /// Numbers that look like chance, the same in every run.
    struct Dice(u64);

    impl Dice {
        fn of<'t>(&mut self, choices: &[&'t str]) -> &'t str {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let choice = (self.0 >> 33) % u64::try_from(choices.len()).unwrap_or(1).max(1);
            choices.get(usize::try_from(choice).unwrap_or(0)).copied().unwrap_or_default()
        }
    }

    /// Two categories, plans, types of roles, implications in circles, roles that inherit up to two others.
    fn tenant(dice: &mut Dice) -> String {
        let permission = |dice: &mut Dice, id: &str| {
            let scopes = dice.of(&[
                "",
                r#", "scopes": ["own"]"#,
                r#", "scopes": ["own", "team"]"#,
                r#", "scopes": ["own", "team", "all"]"#,
            ]);
            let implies = dice.of(&[
                "",
                "",
                r#", "implies": ["c.a"]"#,
                r#", "implies": ["c.b", "d.a"]"#,
                r#", "implies": ["d.b"]"#,
            ]);
            let of = dice.of(&["", "", "", r#", "plans": ["pro"]"#, r#", "plans": ["free"]"#]);
            let held_by = dice.of(&["", "", "", r#", "roleTypes": ["x"]"#, r#", "standardOnly": true"#]);
            format!(r#"{{ "id": "{id}"{scopes}{implies}{of}{held_by} }}"#)
        };
        let [first, second] = [&["c.a", "c.b"][..], &["d.a", "d.b", "d.c"]]
            .map(|ids| ids.iter().map(|id| permission(dice, id)).listed().join(", "));
        let role = |dice: &mut Dice, id: usize| {
            let levels = ["true", "false", r#""own""#, r#""team""#, r#""all""#, r#"["own", "team"]"#];
            let any = format!(r#""*": {}"#, dice.of(&levels));
            let category = format!(r#""{}.*": {}"#, dice.of(&["c", "d"]), dice.of(&levels));
            let one = format!(r#""{}": {}"#, dice.of(&["c.a", "c.b", "d.a", "d.b"]), dice.of(&levels));
            let (both, all) = (format!("{category}, {one}"), format!("{any}, {category}, {one}"));
            let grants = dice.of(&["", "", &any, &category, &one, &both, &all]);
            let above = (0..id).map(|above| format!(r#""r{above}""#)).listed();
            let above = above.iter().map(String::as_str).listed();
            let first = dice.of(&above);
            let (only, two) = (format!("[{first}]"), format!("[{first}, {}]", dice.of(&above)));
            let inherits = dice.of(&[
                "[]",
                &only,
                if first.is_empty() || two == format!("[{first}, {first}]") { &only } else { &two },
            ]);
            let class = dice.of(&[r#""type": "x""#, r#""type": "y""#, r#""standard": true"#]);
            format!(
                r#"{{ "id": "r{id}", "name": "R", {class}, "grants": {{ {grants} }}, "inherits": {inherits} }}"#
            )
        };
        let roles = (0..5).map(|at| role(dice, at)).listed().join(", ");
        format!(
            r#"{{ "format": "rolegate/1", "revision": 1, "plan": "free", "catalog": {{ "plans": ["free", "pro"], "roleTypes": ["x", "y"],
            "categories": [{{ "id": "c", "permissions": [{first}] }}, {{ "id": "d", "permissions": [{second}] }}] }},
            "roles": [{roles}] }}"#
        )
    }

    #[test]
    fn rows_have_what_grants_have() {
        let mut dice = Dice(1);
        let (mut asked, mut granted) = (0, 0);
        for _ in 0..2_000 {
            // Not every role may name what it names.
            let Ok(snapshot) = Snapshot::from_json(tenant(&mut dice).as_bytes()) else { continue };
            let model = &snapshot.engine.model;
            for plan in [None, Some("pro")] {
                let mut compiled = Compiled::new(model, &snapshot.engine.tables);
                if let Some(plan) = plan {
                    compiled = compiled.under(plan);
                }
                for role in all::<RoleId>(model.roles.len()) {
                    let row = compiled.row(role);
                    for permission in all::<PermissionId>(model.catalog.permissions.len()) {
                        let levels = compiled.grants(role, permission).map(|grant| grant.level).listed();
                        assert_eq!(row.granted.has(permission), !levels.is_empty());
                        assert_eq!(compiled.grants_any(role, permission), !levels.is_empty());
                        assert_eq!(row.to_teams.has(permission), levels.contains(&Level::Team));
                        asked += 1;
                        granted += usize::from(!levels.is_empty());
                    }
                }
            }
        }
        assert!(asked > 20_000 && granted > 5_000, "{granted} of {asked} are granted");
    }
}

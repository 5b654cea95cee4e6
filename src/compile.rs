//! From the model to what roles grant: inheritance, wildcards, implication, role types and plans,
//! resolved once for each role that is asked about, and kept.

use alloc::vec;
use alloc::vec::Vec;
#[cfg(not(feature = "std"))]
use core::cell::OnceCell as Once;
use core::ops::Range;
use core::sync::atomic::{AtomicUsize, Ordering};
#[cfg(feature = "std")]
use std::sync::OnceLock as Once;

use crate::condition::{span, within};
use crate::ids::{ConditionId, Id, Marks, Pairs, PermissionId, RoleId, id};
use crate::list::{Listed, push_all};
use crate::model::{Alternative, Entry, Level, Model, Role, Target};
use crate::sort::{sort_by, sort_set};

/// What each role grants and denies, made on first use.
#[derive(Debug)]
pub(crate) struct Tables {
    /// The position of each role in an order in which it comes after those that it inherits.
    rank: Vec<u32>,
    /// The permissions that the plan has.
    in_plan: Marks,
    rows: Vec<Once<Row>>,
    lineages: Vec<Once<Vec<RoleId>>>,
    /// How many grants were worked out.
    made: AtomicUsize,
}

/// All that a role grants: for each permission a range of `grants`.
#[derive(Debug, Default)]
pub(crate) struct Row {
    /// Sorted by permission.
    cells: Vec<(PermissionId, Range<u32>)>,
    grants: Vec<Grant>,
}

/// One way in which a role grants a permission.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Grant {
    pub(crate) level: Level,
    pub(crate) when: Option<ConditionId>,
    pub(crate) origin: Origin,
}

/// Where a grant comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// An entry of the role.
    Own,
    /// A role that it inherits.
    Inherited(RoleId),
    /// A permission that it grants and that implies this one.
    Implied(PermissionId),
}

impl Row {
    /// The grants of a permission; none where the role does not grant it.
    pub(crate) fn grants(&self, permission: PermissionId) -> &[Grant] {
        let cell = self.cells.binary_search_by_key(&permission, |cell| cell.0);
        let range = cell.ok().and_then(|at| self.cells.get(at)).map(|cell| &cell.1);
        range.map_or(&[], |range| within(&self.grants, range))
    }

    /// All permissions that the role grants, each with its grants.
    pub(crate) fn cells(&self) -> impl Iterator<Item = (PermissionId, &[Grant])> {
        self.cells.iter().map(|(permission, range)| (*permission, within(&self.grants, range)))
    }
}

impl Tables {
    /// The tables of a tenant that has this plan.
    pub(crate) fn new(model: &Model, plan: Option<&str>) -> Self {
        let count = model.roles.len();
        let mut rank = vec![0; count];
        for (position, role) in model.role_order.iter().enumerate() {
            if let Some(slot) = rank.get_mut(role.index()) {
                *slot = id(position);
            }
        }
        let permissions = &model.catalog.permissions;
        let mut in_plan = Marks::new(permissions.len());
        for (at, permission) in permissions.iter().enumerate() {
            if model.plans(permission).is_none_or(|plans| plans.iter().any(|name| plan == Some(*name))) {
                in_plan.add(id::<PermissionId>(at));
            }
        }
        Self {
            rank,
            in_plan,
            rows: (0..count).map(|_| Once::new()).listed(),
            lineages: (0..count).map(|_| Once::new()).listed(),
            made: AtomicUsize::new(0),
        }
    }

    /// How many grants were worked out so far.
    pub(crate) fn made(&self) -> usize {
        self.made.load(Ordering::Relaxed)
    }

    /// Whether the plan has a permission.
    pub(crate) fn has(&self, permission: PermissionId) -> bool {
        self.in_plan.has(permission)
    }

    /// What a role grants.
    pub(crate) fn row(&self, model: &Model, role: RoleId) -> Option<&Row> {
        let cell = self.rows.get(role.index())?;
        if cell.get().is_none() {
            for ancestor in self.lineage(model, role) {
                if let Some(cell) = self.rows.get(ancestor.index())
                    && cell.get().is_none()
                {
                    let row = self.make_row(model, *ancestor);
                    self.made.fetch_add(1 + row.grants.len(), Ordering::Relaxed);
                    cell.set(row).ok();
                }
            }
        }
        cell.get()
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
        let mut marks = Marks::new(model.roles.len());
        marks.add(role);
        let mut lineage = vec![role];
        let mut next = 0;
        while let Some(role) = lineage.get(next) {
            next += 1;
            let inherits = model.roles.get(role.index()).map_or(&[][..], |role| &role.inherits);
            for parent in inherits {
                if marks.add(*parent) {
                    lineage.push(*parent);
                }
            }
        }
        sort_by(&mut lineage, |a, b| self.rank.get(a.index()).cmp(&self.rank.get(b.index())));
        lineage
    }

    /// How a role comes to a grant: the roles it inherits from and the permissions that imply, in turn.
    pub(crate) fn trace(
        &self,
        model: &Model,
        role: RoleId,
        permission: PermissionId,
        grant: Grant,
    ) -> Vec<Origin> {
        let mut path = Vec::new();
        let (mut role, mut permission, mut grant) = (role, permission, grant);
        while grant.origin != Origin::Own {
            path.push(grant.origin);
            match grant.origin {
                Origin::Inherited(parent) => role = parent,
                Origin::Implied(from) => permission = from,
                Origin::Own => break,
            }
            let grants = self.row(model, role).map_or(&[][..], |row| row.grants(permission));
            let Some(before) = grants.iter().find(|it| it.when == grant.when && it.level >= grant.level)
            else {
                break;
            };
            grant = *before;
        }
        path
    }

    fn make_row(&self, model: &Model, id: RoleId) -> Row {
        let Some(role) = model.roles.get(id.index()) else {
            return Row::default();
        };
        let mut maker =
            RowMaker { model, in_plan: &self.in_plan, role, found: Vec::new(), seen: Pairs::default() };
        maker.own_entries();
        maker.implied();
        for parent in &role.inherits {
            if let Some(row) = self.rows.get(parent.index()).and_then(Once::get) {
                maker.inherited(*parent, row);
            }
        }
        maker.finish()
    }
}

/// The making of one row.
struct RowMaker<'a> {
    model: &'a Model,
    in_plan: &'a Marks,
    role: &'a Role,
    found: Vec<(PermissionId, Grant)>,
    /// Permissions with level and condition that were found.
    seen: Pairs,
}

impl<'a> RowMaker<'a> {
    /// What the role's own entries say: for each permission the most specific one.
    fn own_entries(&mut self) {
        let permissions = self.model.catalog.permissions.len();
        let mut wanted: Vec<PermissionId> = Vec::new();
        for entry in &self.role.grants {
            match entry.target {
                Target::Permission(permission) => wanted.push(permission),
                Target::Category(category) => {
                    let category = self.model.catalog.categories.get(category.index());
                    let permissions = category.map_or(0..0, |it| it.permissions.clone());
                    push_all(&mut wanted, permissions.map(PermissionId::of));
                }
                Target::All => push_all(&mut wanted, crate::ids::all::<PermissionId>(permissions)),
            }
        }
        sort_set(&mut wanted);
        for permission in wanted {
            for alternative in self.own_entry(permission).map_or(&[][..], |entry| &entry.alternatives) {
                if let Some(level) = level(self.model, permission, *alternative) {
                    self.add(permission, level, alternative.when, Origin::Own);
                }
            }
        }
    }

    fn own_entry(&self, permission: PermissionId) -> Option<&'a Entry> {
        deciding_entry(self.model, self.role, permission)
    }

    /// Adds what a parent grants, where the role has no entry of its own.
    fn inherited(&mut self, parent: RoleId, row: &Row) {
        for (permission, grants) in row.cells() {
            if self.own_entry(permission).is_none() {
                for grant in grants {
                    self.add(permission, grant.level, grant.when, Origin::Inherited(parent));
                }
            }
        }
    }

    /// Adds what the grants found so far imply, step by step. An entry that is `false` ends it.
    fn implied(&mut self) {
        let mut next = 0;
        while let Some(&(from, grant)) = self.found.get(next) {
            next += 1;
            for &permission in self.model.implies(from) {
                let refused = self.own_entry(permission).is_some_and(|entry| entry.alternatives.is_empty());
                let within = Alternative { level: Some(grant.level), when: grant.when };
                if let Some(level) = level(self.model, permission, within).filter(|_| !refused) {
                    self.add(permission, level, grant.when, Origin::Implied(from));
                }
            }
        }
    }

    /// Adds a grant, if the role may hold the permission and the plan has it.
    fn add(&mut self, permission: PermissionId, level: Level, when: Option<ConditionId>, origin: Origin) {
        let Some(declared) = self.model.catalog.permissions.get(permission.index()) else {
            return;
        };
        let allowed = self.in_plan.has(permission) && self.model.may_hold(self.role, declared);
        if allowed && self.seen.add(permission.number(), when.map_or(0, Id::number) << 2 | level as u32) {
            self.found.push((permission, Grant { level, when, origin }));
        }
    }

    fn finish(mut self) -> Row {
        sort_by(&mut self.found, |a, b| a.0.cmp(&b.0));
        let mut row = Row::default();
        for same in self.found.chunk_by(|a, b| a.0 == b.0) {
            if let Some((permission, _)) = same.first() {
                let grants = span(&mut row.grants, same.iter().map(|(_, grant)| *grant));
                row.cells.push((*permission, grants));
            }
        }
        row
    }
}

/// The entry of a role that decides about a permission: its own, else its category's, else `*`. A wildcard entry that grants
/// nothing for it counts as absent.
pub(crate) fn deciding_entry<'a>(
    model: &Model,
    role: &'a Role,
    permission: PermissionId,
) -> Option<&'a Entry> {
    let category = model.catalog.permissions.get(permission.index())?.category;
    let targets = [Target::Permission(permission), Target::Category(category), Target::All];
    targets.into_iter().find_map(|target| {
        let at = role.grants.binary_search_by_key(&target, |entry| entry.target).ok()?;
        let entry = role.grants.get(at)?;
        let grants = |it: &Alternative| level(model, permission, *it).is_some();
        (entry.alternatives.is_empty() || entry.alternatives.iter().any(grants)).then_some(entry)
    })
}

/// The level at which an alternative grants a permission.
fn level(model: &Model, permission: PermissionId, alternative: Alternative) -> Option<Level> {
    let permission = model.catalog.permissions.get(permission.index())?;
    permission.level_within(alternative.level.unwrap_or(Level::All))
}

//! Which of a user's assignments say anything about which permission, so that a question does not walk
//! through all of them.
//!
//! Twin of pkg-template/src/snapshot/sayings.ts; tests/package/vectors.mjs and tests/laws.rs hold them equal.

use alloc::rc::Rc;
use alloc::vec::Vec;
use core::cell::RefCell;

use super::moment::Assigned;
use crate::collections::list::{Listed, push_all};
use crate::collections::pairs::{Keyed, Pairs};
use crate::collections::sort::{sort_by, sort_set};
use crate::compile::Compiled;
use crate::ids::{Id, PermissionId, RoleId};
use crate::model::{Model, Target};

/// The assignments of one user, by what their roles are about.
#[derive(Debug, Default)]
pub(crate) struct Sayings {
    /// The positions of assignments, by role.
    by_role: Vec<(RoleId, u32)>,
    /// Of the user's roles and those that they inherit: which inherits which directly, by the one that is
    /// inherited.
    heirs: Vec<(RoleId, RoleId)>,
    /// The roles that have an entry for a target, by target.
    entries: Vec<(Target, RoleId)>,
    /// By target: the positions of the assignments whose roles have an entry for it, or inherit one.
    known: RefCell<Keyed<Rc<[u32]>>>,
}

impl Sayings {
    /// Those of somebody who has these assignments.
    pub(crate) fn new(model: &Model, assigned: &[Assigned<'_>]) -> Self {
        let mut made = Self::default();
        let (mut lineage, mut marks) = (Vec::new(), Pairs::default());
        for (at, assigned) in (0..).zip(assigned) {
            let role = assigned.assignment.role;
            made.by_role.push((role, at));
            if marks.add(role.number(), 0) {
                lineage.push(role);
            }
        }
        let mut next = 0;
        while let Some(&role) = lineage.get(next) {
            next += 1;
            let Some(of) = model.roles.get(role.index()) else { continue };
            for parent in &of.inherits {
                made.heirs.push((*parent, role));
                if marks.add(parent.number(), 0) {
                    lineage.push(*parent);
                }
            }
            push_all(&mut made.entries, of.grants.iter().map(|entry| (entry.target, role)));
            push_all(&mut made.entries, of.deny.iter().map(|denial| (denial.target, role)));
        }
        sort_by(&mut made.by_role, Ord::cmp);
        sort_by(&mut made.heirs, Ord::cmp);
        sort_set(&mut made.entries);
        made
    }

    /// How much was looked at for it.
    pub(crate) fn len(&self) -> usize {
        self.by_role.len() + self.heirs.len() + self.entries.len()
    }

    /// Whether a role of the user, or one that it inherits, has an entry for just this.
    pub(crate) fn has(&self, target: Target) -> bool {
        of(&self.entries, target).next().is_some()
    }

    /// The positions of the assignments that may say something about a permission, in their order.
    pub(crate) fn about(&self, model: &Model, compiled: &Compiled<'_>, permission: PermissionId) -> Vec<u32> {
        let mut targets = Vec::from([Target::All]);
        for from in compiled.leading_to(permission) {
            targets.push(Target::Permission(from));
            let of = model.catalog.permissions.get(from.index());
            push_all(&mut targets, of.map(|of| Target::Category(of.category)));
        }
        sort_set(&mut targets);
        let mut found = Vec::new();
        for target in targets {
            push_all(&mut found, self.sayers(target).iter().copied());
        }
        sort_set(&mut found);
        found
    }

    fn sayers(&self, target: Target) -> Rc<[u32]> {
        if let Some(known) = self.known.borrow().get(target.rank(), 0) {
            return Rc::clone(known);
        }
        let mut roles = of(&self.entries, target).listed();
        let mut marks = Pairs::default();
        roles.retain(|role| marks.add(role.number(), 0));
        let mut found = Vec::new();
        let mut next = 0;
        while let Some(&role) = roles.get(next) {
            next += 1;
            push_all(&mut found, of(&self.by_role, role));
            push_all(&mut roles, of(&self.heirs, role).filter(|heir| marks.add(heir.number(), 0)));
        }
        let found: Rc<[u32]> = found.into();
        self.known.borrow_mut().put(target.rank(), 0, Rc::clone(&found));
        found
    }
}

/// What stands under a key in a list of pairs in order.
fn of<K: Copy + Ord, V: Copy>(pairs: &[(K, V)], key: K) -> impl Iterator<Item = V> {
    let from = pairs.partition_point(|pair| pair.0 < key);
    pairs.get(from..).unwrap_or_default().iter().take_while(move |pair| pair.0 == key).map(|pair| pair.1)
}

//! The conditions that would have to hold, as one condition in JSON.

use alloc::string::String;
use alloc::vec::Vec;

use super::Change;
use super::search::{Quest, Search};
use crate::condition::fold::Folded;
use crate::condition::holds::{Supposition, is_reserved};
use crate::condition::{Path, Root};
use crate::ids::{ConditionId, PermissionId};
use crate::query::decide::Asked;
use crate::query::scope::{fold_all, fold_lift};
use crate::query::subject::Moment;
use crate::sort::sort_set;

/// What a list of changes itself assumes of conditions.
pub(super) fn assumed(changes: &[Change]) -> Vec<Supposition> {
    let truths = changes.iter().filter_map(|change| match change {
        Change::Assume(conditions) => Some(conditions),
        _ => None,
    });
    truths.flatten().copied().collect()
}

/// The same with what its prerequisites assume.
fn assumed_anywhere(changes: &[Change], found: &mut Vec<Supposition>) {
    found.extend(assumed(changes));
    for change in changes {
        if let Change::Requires(_, changes) = change {
            assumed_anywhere(changes, found);
        }
    }
}

impl Search<'_> {
    /// The conditions on which a "yes" rests and which a changed attribute could turn: those that are
    /// assumed, and those that read what these read.
    pub(super) fn relied(
        &self,
        permission: PermissionId,
        asked: Asked<'_>,
        changes: &[Change],
    ) -> Vec<Supposition> {
        let mut assumed = Vec::new();
        assumed_anywhere(changes, &mut assumed);
        if assumed.is_empty() {
            return assumed;
        }
        let mut rest = self.suppose(Quest::first(permission, asked), changes, |moment| {
            let mut rest = Vec::new();
            moment.rests_on(permission, asked, &mut Vec::new(), &mut rest);
            rest
        });
        while let Some(at) = rest.iter().position(|one| self.shares_path(*one, &assumed)) {
            assumed.push(rest.swap_remove(at));
        }
        sort_set(&mut assumed);
        assumed
    }

    /// What has to be true of the attributes for a list that assumes this; what else the answer rests on
    /// is part of it, where it reads the same attributes.
    pub(super) fn condition(
        &self,
        moment: &Moment<'_>,
        assumed: &[Supposition],
        relied: &[Supposition],
    ) -> Option<String> {
        let mut terms = assumed.to_vec();
        while let Some(next) =
            relied.iter().find(|one| !terms.contains(one) && self.shares_path(**one, &terms))
        {
            terms.push(*next);
        }
        let folded = terms.into_iter().map(|term| moment.could_be(term));
        match folded.fold(Folded::True, Folded::and) {
            Folded::Open(json) => Some(json),
            Folded::True | Folded::False => None,
        }
    }

    /// Whether what a list assumes reads attributes that tell the owner or the team of a record.
    pub(super) fn moves(&self, quest: Quest<'_>, changes: &[Change]) -> bool {
        let mut assumed = Vec::new();
        assumed_anywhere(changes, &mut assumed);
        let model = self.model();
        let kind = self.base.declared(quest.permission).map_or(usize::MAX, |declared| declared.kind);
        let mut moves = false;
        for Supposition { when, .. } in assumed {
            self.each_path(when, &mut |path| {
                let name = model.str(path.rest);
                let mut places = model.owner_paths(kind).chain(model.team_paths(kind));
                moves |= path.root == Root::Resource && places.any(|place| overlap(place, name));
            });
        }
        moves
    }

    fn shares_path(&self, one: Supposition, others: &[Supposition]) -> bool {
        let model = self.model();
        let mut shares = false;
        for other in others {
            self.each_path(one.when, &mut |path| {
                self.each_path(other.when, &mut |other| {
                    shares |= path.root == other.root && overlap(model.str(path.rest), model.str(other.rest));
                });
            });
        }
        shares
    }

    /// Every attribute that a condition reads and that can be changed.
    fn each_path(&self, when: ConditionId, each: &mut dyn FnMut(Path)) {
        let model = self.model();
        model.conditions.each_leaf(Some(when), &mut |leaf| {
            for path in
                leaf.paths().filter(|path| path.root != Root::User || !is_reserved(model.str(path.rest)))
            {
                each(path);
            }
        });
    }
}

impl Moment<'_> {
    /// Whether all that is supposed of conditions could be so.
    pub(super) fn is_possible(&self, supposed: &[Supposition]) -> bool {
        supposed.iter().all(|one| self.could_be(*one) != Folded::False)
    }

    /// What the attributes would have to be like, so that a condition is as it is supposed to be.
    fn could_be(&self, Supposition { when, truth, of }: Supposition) -> Folded {
        self.open_facts(of).fold(when, !truth)
    }

    /// Adds the conditions that make the answer "yes" as they are: true ones of the grant, false ones of
    /// denials, also of what is required.
    fn rests_on(
        &self,
        permission: PermissionId,
        asked: Asked<'_>,
        seen: &mut Vec<PermissionId>,
        found: &mut Vec<Supposition>,
    ) {
        if seen.contains(&permission) {
            return;
        }
        seen.push(permission);
        let facts = self.facts(self.asked_record(permission, asked));
        let of = facts.record.knowledge();
        let supposition = |truth| move |when| Supposition { when, truth, of };
        let granting = self.reaching(permission, asked).into_iter().find(|(held, grant)| {
            [held.assignment.when, grant.when].iter().all(|when| fold_all(&facts, *when) != Folded::False)
        });
        if let Some((held, grant)) = granting {
            found.extend([held.assignment.when, grant.when].into_iter().flatten().map(supposition(true)));
        }
        for (held, _, denial) in self.touching(permission, asked) {
            let lifts = [denial.when, held.assignment.when].into_iter().flatten();
            let lifted = lifts.into_iter().find(|when| fold_lift(&facts, Some(*when)) != Folded::False);
            found.extend(lifted.map(supposition(false)));
        }
        for required in self.model().requires(permission) {
            let asked = self.asked_for(permission, *required, asked);
            self.rests_on(required.permission, asked, seen, found);
        }
    }
}

/// Whether one of two paths is the other or lies below it.
fn overlap(a: &str, b: &str) -> bool {
    let below = |long: &str, short: &str| long.strip_prefix(short).is_some_and(|rest| rest.starts_with('.'));
    a == b || below(a, b) || below(b, a)
}

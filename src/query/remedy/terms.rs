//! The conditions that would have to hold, as one condition in JSON.

use alloc::string::String;
use alloc::vec::Vec;

use super::search::{Goal, Search};
use super::{Change, Step};
use crate::collections::list::{Listed, push_all};
use crate::collections::sort::sort_set;
use crate::condition::holds::{Facts, Knowledge, Record, Supposition, is_reserved, overlap};
use crate::condition::residual::Residual;
use crate::condition::{Path, Root};
use crate::ids::ConditionId;
use crate::json::writer::next;
use crate::query::moment::Moment;
use crate::query::scope::{fold_all, fold_lift};

/// What a list of changes assumes of conditions.
pub(super) fn assumed(list: &[Step]) -> Vec<Supposition> {
    let truths = list.iter().filter_map(|step| {
        if let Change::Assume(conditions) = &step.change { Some(conditions) } else { None }
    });
    truths.flatten().copied().listed()
}

impl Search<'_> {
    /// The conditions on which a "yes" rests and which a changed attribute could turn: those that are
    /// assumed, and those that read what these read.
    pub(super) fn relied(&self, list: &[Step]) -> Vec<Supposition> {
        let mut assumed = assumed(list);
        if assumed.is_empty() {
            return assumed;
        }
        let moves = assumed.iter().any(|one| one.moves);
        let mut rest = self.suppose(list, |moment| {
            let mut rest = Vec::new();
            for goal in &self.goals {
                moment.rests_on(*goal, moves, &mut rest);
            }
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
        let mut unresolved: Vec<Supposition> = Vec::new();
        for term in terms {
            match self.could_be(moment, term) {
                Residual::False => return None,
                Residual::Unresolved if !unresolved.iter().any(|one| self.says_the_same(*one, term)) => {
                    unresolved.push(term);
                }
                Residual::True | Residual::Unresolved => {}
            }
        }
        let mut out = String::new();
        if let [only] = &unresolved[..] {
            self.push_term(&mut out, moment, *only);
            return Some(out);
        }
        out.push_str("{\"$and\":[");
        for term in &unresolved {
            next(&mut out);
            self.push_term(&mut out, moment, *term);
        }
        out.push_str("]}");
        (!unresolved.is_empty()).then_some(out)
    }

    /// Whether two conditions are the same one, of whichever record they are asked.
    fn says_the_same(&self, one: Supposition, other: Supposition) -> bool {
        (one.when, one.truth) == (other.when, other.truth)
            && !self.model().conditions.reads(one.when, Root::Resource)
    }

    /// Writes what the attributes would have to be like.
    fn push_term(&self, out: &mut String, moment: &Moment<'_>, one: Supposition) {
        self.unresolved_facts(moment, one.of, one.moves).push_unresolved(out, one.when, !one.truth);
    }

    /// What conditions could see, if attributes of record, context and user were others. The record stays
    /// where it is, unless it may move.
    pub(super) fn unresolved_facts<'m>(
        &'m self,
        moment: &'m Moment<'_>,
        of: Knowledge,
        moves: bool,
    ) -> Facts<'m> {
        let record = match (of, self.record) {
            (Knowledge::Nothing, _) => Record::Unknown,
            (Knowledge::Attributes, Some(record)) => {
                Record::Staying(record, if moves { &[] } else { &self.owner_paths })
            }
            (Knowledge::Attributes, None) | (Knowledge::Any, _) => Record::Any,
        };
        let mut facts = moment.facts(record);
        facts.context = None;
        facts.user.unresolved = true;
        facts
    }

    /// What the attributes would have to be like, so that a condition is as it is supposed to be.
    pub(super) fn could_be(&self, moment: &Moment<'_>, one: Supposition) -> Residual {
        self.unresolved_facts(moment, one.of, one.moves).fold(one.when, !one.truth)
    }

    /// What is to be supposed of these conditions, if the attributes could make them so; that the record
    /// moves only if it must.
    pub(super) fn supposed(
        &self,
        moment: &Moment<'_>,
        when: &[ConditionId],
        truth: bool,
        of: Knowledge,
    ) -> Option<Change> {
        let moves = if self.may_move.get() { &[false, true][..] } else { &[false] };
        moves.iter().find_map(|moves| {
            let moves = *moves;
            let all = when.iter().map(|when| Supposition { when: *when, truth, of, moves });
            let is_possible = all.clone().all(|one| self.could_be(moment, one) != Residual::False);
            is_possible.then(|| Change::Assume(all.listed()))
        })
    }

    fn shares_path(&self, one: Supposition, others: &[Supposition]) -> bool {
        let model = self.model();
        self.work.spend(others.len());
        if self.work.is_over() {
            return false;
        }
        let paths = self.changeable_paths(one.when);
        let overlaps = |a: &Path, b: &Path| a.root == b.root && overlap(model.str(a.rest), model.str(b.rest));
        others.iter().any(|other| {
            let others = self.changeable_paths(other.when);
            paths.iter().any(|path| others.iter().any(|other| overlaps(path, other)))
        })
    }

    /// Every attribute that a condition reads and that can be changed.
    fn changeable_paths(&self, when: ConditionId) -> Vec<Path> {
        let model = self.model();
        let mut paths = model.conditions.paths_of(when);
        paths.retain(|path| path.root != Root::User || !is_reserved(model.str(path.rest)));
        paths
    }
}

impl Moment<'_> {
    /// Adds the conditions that make the answer "yes" as they are: true ones of the grant, false ones of
    /// denials.
    fn rests_on(&self, Goal { permission, asked }: Goal<'_>, moves: bool, found: &mut Vec<Supposition>) {
        let facts = self.facts(self.asked_record(permission, asked));
        let of = facts.record.knowledge();
        let supposition = |truth| move |when| Supposition { when, truth, of, moves };
        let granting = self.reaching(permission, asked).into_iter().find(|(assigned, grant)| {
            [assigned.assignment.when, grant.when]
                .iter()
                .all(|when| fold_all(&facts, *when) != Residual::False)
        });
        if let Some((assigned, grant)) = granting {
            push_all(
                found,
                [assigned.assignment.when, grant.when].into_iter().flatten().map(supposition(true)),
            );
        }
        for (assigned, _, denial) in self.touching(permission, asked) {
            let lifts = [denial.when, assigned.assignment.when].into_iter().flatten();
            let lifted = lifts.into_iter().find(|when| fold_lift(&facts, Some(*when)) != Residual::False);
            push_all(found, lifted.map(supposition(false)));
        }
    }
}

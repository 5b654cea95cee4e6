//! The conditions that would have to hold, as one condition in JSON.

use alloc::string::String;
use alloc::vec::Vec;

use super::search::{Goal, Search};
use super::{Change, Step};
use crate::collections::list::{Listed, push_all};
use crate::collections::pairs::Pairs;
use crate::collections::sort::sort_set;
use crate::condition::Root;
use crate::condition::holds::{Facts, Knowledge, Record, Supposition, is_reserved};
use crate::condition::residual::Residual;
use crate::ids::{ConditionId, Id};
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
        let assumed = assumed(list);
        if assumed.is_empty() {
            return assumed;
        }
        let moves = assumed.iter().any(|one| one.moves);
        let rest = self.suppose(list, |moment| {
            let mut rest = Vec::new();
            for goal in &self.goals {
                moment.rests_on(*goal, moves, &mut rest);
            }
            rest
        });
        let mut relied = self.with_related(assumed, rest);
        sort_set(&mut relied);
        relied
    }

    /// What has to be true of the attributes for a list that assumes this; what else the answer rests on
    /// is part of it, where it reads the same attributes.
    pub(super) fn condition(
        &self,
        moment: &Moment<'_>,
        assumed: &[Supposition],
        relied: &[Supposition],
    ) -> Option<String> {
        let (mut unresolved, mut seen) = (Vec::new(), Pairs::default());
        for term in self.with_related(assumed.to_vec(), relied.to_vec()) {
            match self.could_be(moment, term) {
                Residual::False => return None,
                Residual::Unresolved if self.is_new(&mut seen, term) => unresolved.push(term),
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

    /// Whether a condition was not there before, of whichever record it is asked; those that read the record
    /// are always new.
    fn is_new(&self, seen: &mut Pairs, one: Supposition) -> bool {
        seen.add(one.when.number(), one.truth.into())
            || self.model().conditions.reads(one.when, Root::Resource)
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

    /// Adds those of other conditions that read what these read, or what is above or below it.
    fn with_related(&self, mut terms: Vec<Supposition>, mut others: Vec<Supposition>) -> Vec<Supposition> {
        let mut own = terms.clone();
        sort_set(&mut own);
        others.retain(|one| own.binary_search(one).is_err());
        let (mut changed, mut looked_at) = (Vec::new(), 0);
        loop {
            let mut more = Vec::new();
            for one in terms.get(looked_at..).unwrap_or_default() {
                push_all(&mut more, self.changeable(one.when));
            }
            looked_at = terms.len();
            more.retain(|it| first_from(&changed, *it) != Some(*it));
            if !more.is_empty() {
                push_all(&mut changed, more);
                sort_set(&mut changed);
                self.work.spend(changed.len());
            }
            let reads_any = |one: &Supposition| {
                let attributes = self.changeable(one.when);
                self.work.spend(attributes.len());
                !self.work.is_over() && attributes.into_iter().any(|it| is_among(&changed, it))
            };
            match others.iter().position(reads_any) {
                Some(at) => terms.push(others.remove(at)),
                None => return terms,
            }
        }
    }

    /// Every attribute that a condition reads and that can be changed.
    fn changeable(&self, when: ConditionId) -> Vec<Attribute<'_>> {
        let mut attributes = Vec::new();
        for path in self.model().conditions.paths_of(when) {
            let name = self.model().str(path.rest);
            if path.root != Root::User || !is_reserved(name) {
                attributes.push((path.root, name));
            }
        }
        attributes
    }
}

/// What a path finds below a root.
type Attribute<'a> = (Root, &'a str);

/// Whether one of these attributes, which are in order, is this one, or above or below it.
fn is_among(changed: &[Attribute<'_>], (root, name): Attribute<'_>) -> bool {
    let is_there = |name| first_from(changed, (root, name)) == Some((root, name));
    let mut ends = name.bytes().enumerate().filter(|(_, byte)| *byte == b'.');
    if is_there(name) || ends.any(|(end, _)| name.get(..end).is_some_and(is_there)) {
        return true;
    }
    // What is below it begins with the name and a dot.
    let mut below = String::from(name);
    below.push('.');
    first_from(changed, (root, &below)).is_some_and(|it| it.0 == root && it.1.starts_with(&below))
}

/// Of attributes in order, the first that is this one or comes after it.
#[inline(never)]
fn first_from<'a>(attributes: &[Attribute<'a>], from: Attribute<'_>) -> Option<Attribute<'a>> {
    attributes.get(attributes.partition_point(|it| *it < from)).copied()
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

//! How long answers stay as they are: until an assignment begins or ends, a schedule changes, or the snapshot
//! does.
//!
//! Twin of pkg-template/src/snapshot/live-moment.ts; tests/package/own.mjs and tests/own.rs hold them equal.

use alloc::vec::Vec;
use core::cell::{OnceCell, RefCell};

use super::decide::Asked;
use super::moment::{Assigned, Moment};
use super::sayings::Sayings;
use super::scope::{fold_all, fold_lift};
use crate::collections::list::Listed;
use crate::collections::pairs::Keyed;
use crate::condition::holds::{Facts, Memo, Record, Same, Side};
use crate::condition::leaf::time_of;
use crate::condition::residual::Residual;
use crate::condition::{Leaf, Node, Operand, Root};
use crate::ids::{ConditionId, Id, PermissionId};
use crate::json::value::Value;
use crate::model::{Assignment, Level};
use crate::time::{DAY, Window};

/// What a condition leaves open: of a grant, for it to hold, of a denial, for it to be lifted.
type Fold = fn(&Facts<'_>, Option<ConditionId>) -> Residual;

/// Until when what stands for a permission, or against it, stays as it is.
#[derive(Default)]
struct Steadiness {
    /// None of it changes before.
    all: Option<f64>,
    /// Something of it settles the matter until then, so that the rest may change.
    settled: Option<f64>,
}

impl Steadiness {
    fn add(&mut self, (until, is_settled): (f64, bool)) {
        self.all = Some(self.all.map_or(until, |all| all.min(until)));
        if is_settled {
            self.settled = Some(self.settled.map_or(until, |settled| settled.max(until)));
        }
    }

    fn until(&self) -> f64 {
        self.settled.or(self.all).unwrap_or(f64::INFINITY)
    }
}

/// What conditions come to, for all permissions that are asked about together: many hang on the same ones.
#[derive(Default)]
pub(crate) struct Known<'a> {
    /// Whatever the record and the context are.
    folds: Memo,
    /// Until when it stays as it is.
    until: RefCell<Keyed<f64>>,
    /// The same of what permissions come to by themselves, each kind once.
    classes: RefCell<Keyed<f64>>,
    /// The assignments that time may treat differently, where they are many, and what they are about.
    distinct: OnceCell<(Vec<Assigned<'a>>, Sayings)>,
}

impl Known<'_> {
    fn steady(&self, asked: &Facts<'_>, when: ConditionId) -> f64 {
        if let Some(until) = self.until.borrow().get(when.number(), 0) {
            return *until;
        }
        let until = asked.steady_until(when);
        self.until.borrow_mut().put(when.number(), 0, until);
        until
    }
}

impl<'a> Moment<'a> {
    /// The next moment at which time alone may change an answer, as far as that is told by each permission by
    /// itself.
    pub(crate) fn valid_until(&self) -> f64 {
        let mut until = lifetime(self);
        if self.refused().is_none() {
            let known = Known::default();
            for permission in &self.model().catalog.requires_order {
                until = until.min(self.steady_until(*permission, Record::Any, &known));
            }
        }
        until
    }

    /// From when on the answer to a question may be another one.
    pub(crate) fn until(&self, permission: &str, asked: Asked<'_>) -> f64 {
        let mut until = lifetime(self);
        if self.refused().is_none()
            && let Some(permission) = self.model().permission(permission)
        {
            let known = Known::default();
            for required in self.closure(permission) {
                until = until.min(self.steady_until(required, self.asked_record(permission, asked), &known));
            }
        }
        until
    }

    /// The next moment at which time alone may change what a permission asks of a record. What cannot be
    /// granted is "no" at all times; a grant or a denial of everything leaves nothing to others of its kind,
    /// a denial nothing to grants either.
    pub(crate) fn steady_until(&self, id: PermissionId, record: Record<'_>, known: &Known<'a>) -> f64 {
        if self.declared(id).is_none_or(|it| self.refused_permission(id, it).is_some()) {
            return f64::INFINITY;
        }
        let Some((a, b)) = self.class(id) else { return self.own_steady_until(id, record, known) };
        if let Some(until) = known.classes.borrow().get(a, b) {
            return *until;
        }
        let until = self.own_steady_until(id, record, known);
        known.classes.borrow_mut().put(a, b, until);
        until
    }

    fn own_steady_until(&self, id: PermissionId, record: Record<'_>, known: &Known<'a>) -> f64 {
        let asked = self.facts(record);
        // Whatever the record and the context are.
        let any = Facts { context: None, memo: Some(&known.folds), ..self.facts(Record::Any) };
        let (mut grants, mut denials) = (Steadiness::default(), Steadiness::default());
        let mut may_hold = false;
        for assigned in self.distinct_about(id, known) {
            if self.counts(assigned) {
                for grant in self.grants(assigned, id) {
                    may_hold |= self.now < self.model().window(assigned.assignment).until;
                    grants.add(self.steady_way(
                        assigned,
                        grant.when,
                        (&asked, &any, known),
                        (grant.level == Level::All, Residual::True, fold_all),
                    ));
                }
            }
            for (_, denial) in self.denials(assigned, id) {
                denials.add(self.steady_way(
                    assigned,
                    denial.when,
                    (&asked, &any, known),
                    (true, Residual::False, fold_lift),
                ));
            }
        }
        if !may_hold {
            return f64::INFINITY;
        }
        denials.settled.unwrap_or_else(|| grants.until().min(denials.until()))
    }

    /// The assignments that may say anything about a permission. Those of one role and window that have no
    /// condition end alike, on whichever teams: of these the first one stands for all.
    fn distinct_about(&self, id: PermissionId, known: &Known<'a>) -> Vec<Assigned<'a>> {
        if self.sayings().is_none() {
            return self.assigned_about(id);
        }
        let (distinct, sayings) = known.distinct.get_or_init(|| {
            let mut seen: Keyed<()> = Keyed::default();
            let is_another = |assigned: &Assigned<'_>| {
                let Assignment { role, team, window, when } = *assigned.assignment;
                let how = window.map_or(0, Id::number) << 1 | u32::from(team.is_some());
                when.is_some() || seen.put(role.number(), how, ())
            };
            let distinct = self.assigned().filter(is_another).listed();
            let sayings = self.sayings_of(&distinct);
            (distinct, sayings)
        });
        self.those_about(distinct, sayings, id)
    }

    /// Until when a grant or a denial stays as it is, and whether it settles the matter: it is about
    /// everything, and its conditions come to what they come to where there are none.
    fn steady_way(
        &self,
        assigned: Assigned<'_>,
        when: Option<ConditionId>,
        (asked, any, known): (&Facts<'_>, &Facts<'_>, &Known<'a>),
        (is_of_all, none, fold): (bool, Residual, Fold),
    ) -> (f64, bool) {
        let window = self.model().window(assigned.assignment).steady_until(self.now);
        if !assigned.active {
            return (window, false);
        }
        // A grant does not hold if one condition is false; a denial is lifted by one.
        let enough = Residual::constant(none == Residual::False);
        let (mut until, mut out, mut is_settled) =
            (window, None::<f64>, is_of_all && assigned.assignment.team.is_none());
        for when in [assigned.assignment.when, when] {
            let folded = fold(any, when);
            let steady = when.map_or(f64::INFINITY, |when| known.steady(asked, when));
            until = until.min(steady);
            is_settled &= folded == none;
            if folded == enough {
                out = Some(out.map_or(steady, |out| out.max(steady)));
            }
        }
        (out.unwrap_or(until), is_settled)
    }
}

impl Facts<'_> {
    /// Until when time alone does not change the truth of a condition.
    fn steady_until(&self, when: ConditionId) -> f64 {
        let steady_until = |node: &Node| match node {
            Node::During(during) => during.steady_until(self.document.str(during.zone), self.now, self.zones),
            Node::Leaf(leaf) => self.comparison_until(leaf, true),
            Node::And(_) | Node::Or(_) | Node::Not(_) => f64::INFINITY,
        };
        self.conditions.leaves_of(Some(when)).into_iter().map(steady_until).fold(f64::INFINITY, f64::min)
    }

    /// The same for a comparison: of now with a time, or of what is in a list; of that `all`, or only what is
    /// particular to its elements.
    fn comparison_until(&self, leaf: &Leaf, all: bool) -> f64 {
        match (&leaf.right, self.read(leaf.left)) {
            (Operand::Time(moment), Side::Known(value)) => {
                let turns = time_of(&value).and_then(|time| moment.passes(time));
                turns.filter(|turns| self.now < *turns).unwrap_or(f64::INFINITY)
            }
            (Operand::Condition(inside), left) => {
                let same = Same::default();
                let mut until = if all {
                    self.inside(&Value::Null, &same).steady_until(inside.when)
                } else {
                    f64::INFINITY
                };
                if let Side::Known(Value::List(items)) = left {
                    for item in &items {
                        until = until.min(self.inside(item, &same).element_until(inside.when));
                    }
                }
                until
            }
            _ => f64::INFINITY,
        }
    }

    /// The same for what is particular to an element.
    fn element_until(&self, when: ConditionId) -> f64 {
        let mut until = f64::INFINITY;
        for leaf in self.conditions.leaves_of(Some(when)) {
            if let Node::Leaf(leaf) = leaf
                && leaf.left.root == Root::Element
            {
                until = until.min(self.comparison_until(leaf, false));
            }
        }
        until
    }
}

/// Until when the snapshot as a whole neither begins nor ends to answer.
fn lifetime(moment: &Moment<'_>) -> f64 {
    let model = moment.model();
    let from = model.issued_at.map_or(0.0, |issued| (issued - DAY).max(0.0));
    let until = model.expires_at.unwrap_or(f64::INFINITY);
    // Before all times the clock is only early; a clock that is not a number, or beyond all times, stays
    // wrong.
    Window { from, until }.steady_until(moment.now)
}

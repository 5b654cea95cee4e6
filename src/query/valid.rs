//! How long answers stay as they are: until an assignment begins or ends, a schedule changes, or the snapshot does.

use alloc::vec::Vec;

use super::decide::Asked;
use super::subject::Moment;
use crate::condition::holds::{Facts, Record, Same, Side};
use crate::condition::leaf::time_of;
use crate::condition::{Leaf, Node, Operand, Root};
use crate::ids::{ConditionId, PermissionId};
use crate::json::value::Value;
use crate::time::{DAY, Window};

impl Moment<'_> {
    /// The longest span around now in which time alone changes no answer.
    pub(crate) fn valid(&self) -> Window {
        let mut valid = lifetime(self);
        if self.refused().is_none() {
            for permission in &self.model().catalog.requires_order {
                // What no role grants at any time is "no" at all times.
                if self.is_ever_granted(*permission) {
                    valid = valid.and(self.steady(*permission, Record::Open));
                }
            }
        }
        valid
    }

    /// From when on the answer to a question may be another one.
    pub(crate) fn until(&self, permission: &str, asked: Asked<'_>) -> f64 {
        let mut valid = lifetime(self);
        if self.refused().is_none()
            && let Some(permission) = self.model().permission(permission)
        {
            valid = valid.and(self.steady_answer(permission, asked));
        }
        valid.until
    }

    /// The longest span around now in which time alone does not change what a question asks.
    pub(crate) fn steady_answer(&self, permission: PermissionId, asked: Asked<'_>) -> Window {
        let mut valid = Window::ALWAYS;
        for required in self.closure(permission) {
            valid = valid.and(self.steady(required, self.asked_record(permission, asked)));
        }
        valid
    }

    /// Whether a role of the user grants a permission, its assignment being active or not.
    fn is_ever_granted(&self, permission: PermissionId) -> bool {
        self.held().any(|held| self.counts(held) && !self.grants(held, permission).is_empty())
    }

    /// The longest span around now in which time alone does not change what a permission asks of a record.
    fn steady(&self, id: PermissionId, record: Record<'_>) -> Window {
        let model = self.model();
        let facts = self.facts(record);
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
            if !conditions.is_empty() {
                valid = valid.and(model.window(held.assignment).steady(self.now));
                conditions.push(held.assignment.when);
            }
            for when in conditions.into_iter().flatten() {
                valid = valid.and(facts.steady(when));
            }
        }
        valid
    }
}

impl Facts<'_> {
    /// The longest span around now in which time alone does not change the truth of a condition.
    fn steady(&self, when: ConditionId) -> Window {
        let mut valid = Window::ALWAYS;
        for leaf in self.conditions.leaves_of(Some(when)) {
            valid = valid.and(match leaf {
                Node::During(during) => during.steady(self.document.str(during.zone), self.now, self.zones),
                Node::Leaf(leaf) => self.steady_comparison(leaf, true),
                _ => Window::ALWAYS,
            });
        }
        valid
    }

    /// The same for a comparison: of now with a time, or of what is in a list; of that `all`, or only what is particular to
    /// its elements.
    fn steady_comparison(&self, leaf: &Leaf, all: bool) -> Window {
        match (&leaf.right, self.read(leaf.left)) {
            (Operand::Time(moment), Side::Known(value)) => {
                let turns = time_of(&value).and_then(|time| moment.passes(time));
                turns.map_or(Window::ALWAYS, |turns| {
                    Window { from: turns, until: f64::INFINITY }.steady(self.now)
                })
            }
            (Operand::Condition(inside), left) => {
                let same = Same::default();
                let mut valid =
                    if all { self.inside(&Value::Null, &same).steady(inside.when) } else { Window::ALWAYS };
                if let Side::Known(Value::List(items)) = left {
                    for item in &items {
                        valid = valid.and(self.inside(item, &same).steady_element(inside.when));
                    }
                }
                valid
            }
            _ => Window::ALWAYS,
        }
    }

    /// The same for what is particular to an element.
    fn steady_element(&self, when: ConditionId) -> Window {
        let mut valid = Window::ALWAYS;
        for leaf in self.conditions.leaves_of(Some(when)) {
            if let Node::Leaf(leaf) = leaf
                && leaf.left.root == Root::Element
            {
                valid = valid.and(self.steady_comparison(leaf, false));
            }
        }
        valid
    }
}

/// The time around now in which the snapshot as a whole neither begins nor ends to answer.
fn lifetime(moment: &Moment<'_>) -> Window {
    let model = moment.model();
    let from = model.issued_at.map_or(0.0, |issued| (issued - DAY).max(0.0));
    let until = model.expires_at.unwrap_or(f64::INFINITY);
    let begun = Window { from, until: f64::INFINITY };
    let not_ended = Window { from: f64::NEG_INFINITY, until };
    if moment.now.is_finite() {
        begun.steady(moment.now).and(not_ended.steady(moment.now))
    } else {
        Window::ALWAYS
    }
}

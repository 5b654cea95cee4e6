//! How long answers stay as they are: until an assignment begins or ends, a schedule changes, or the snapshot does.

use alloc::vec::Vec;

use super::subject::Moment;
use crate::condition::Node;
use crate::ids::{ConditionId, PermissionId};
use crate::time::{DAY, Window};

impl Moment<'_> {
    /// The longest span around now in which time alone changes no answer.
    pub(crate) fn valid(&self) -> Window {
        let mut valid = lifetime(self);
        if self.refused().is_none() {
            for permission in &self.model().catalog.requires_order {
                // What no role grants at any time is "no" at all times.
                if self.is_ever_granted(*permission) {
                    valid = valid.and(self.steady(*permission));
                }
            }
        }
        valid
    }

    /// Whether a role of the user grants a permission, its assignment being active or not.
    fn is_ever_granted(&self, permission: PermissionId) -> bool {
        self.held().any(|held| self.counts(held) && !self.grants(held, permission).is_empty())
    }

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

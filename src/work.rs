//! The budget of a search, in steps: what it may cost does not depend on how fast the machine is.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;
use core::cell::{Cell, RefCell};

use crate::host::Zones;

/// Asking the host for the offset of a time zone takes as long as so many steps.
const ZONE: usize = 200;
/// So many bytes of a user's attributes are gone through in a step.
const BYTES: usize = 4;

/// What a comparison takes, where an assignment is looked at in a step.
const COMPARING: usize = 20;

/// What a search may still spend. A step is an assignment, a grant, a denial, a comparison or a listed value
/// that is looked at.
#[derive(Debug)]
pub(crate) struct Work {
    left: Cell<usize>,
    /// What reading an attribute of the user costs.
    reading: Cell<usize>,
    /// What a comparison costs besides.
    comparing: usize,
}

impl Work {
    /// For a user whose attributes take so many bytes.
    pub(crate) fn new(attributes: usize) -> Self {
        let work = Self { left: Cell::new(0), reading: Cell::new(0), comparing: 1 };
        work.read_of(attributes);
        work
    }

    /// For all users. What they have is looked at fast, so that a comparison takes as long as so many steps.
    pub(crate) fn for_all(steps: usize) -> Self {
        Self { left: Cell::new(steps), reading: Cell::new(1), comparing: COMPARING }
    }

    /// Notes that the attributes of the user who is looked at take so many bytes.
    pub(crate) fn read_of(&self, attributes: usize) {
        self.reading.set(1 + attributes / BYTES);
    }

    /// Allows so many steps from now on.
    pub(crate) fn allow(&self, steps: usize) {
        self.left.set(steps);
    }

    pub(crate) fn spend(&self, steps: usize) {
        self.left.set(self.left.get().saturating_sub(steps));
    }

    /// Whether nothing is left: then nothing is looked at any more, and what seems to be an answer is none.
    pub(crate) fn is_over(&self) -> bool {
        self.left.get() == 0
    }

    pub(crate) fn comparing(&self) -> usize {
        self.comparing
    }

    pub(crate) fn reading(&self) -> usize {
        self.reading.get()
    }
}

/// Time zones whose host is asked at the cost of a search, and no question twice.
pub(crate) struct PaidZones<'a> {
    zones: &'a dyn Zones,
    work: &'a Work,
    /// By time.
    known: RefCell<Vec<(f64, String, Option<f64>)>>,
}

impl<'a> PaidZones<'a> {
    pub(crate) fn new(zones: &'a dyn Zones, work: &'a Work) -> Self {
        Self { zones, work, known: RefCell::default() }
    }
}

impl Zones for PaidZones<'_> {
    fn offset(&self, zone: &str, now: f64) -> Option<f64> {
        let mut known = self.known.borrow_mut();
        let at = known.partition_point(|it| it.0 < now);
        let same_time = known.iter().skip(at).take_while(|it| it.0 <= now);
        for (_, of, offset) in same_time {
            self.work.spend(1);
            if of == zone {
                return *offset;
            }
        }
        self.work.spend(ZONE);
        if self.work.is_over() {
            return None;
        }
        let offset = self.zones.offset(zone, now);
        known.insert(at, (now, zone.to_owned(), offset));
        offset
    }
}

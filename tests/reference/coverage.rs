//! Counters that tell whether random questions reach every rule.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

thread_local! {
    static HITS: RefCell<BTreeMap<&'static str, u64>> = const { RefCell::new(BTreeMap::new()) };
    static PAUSED: Cell<bool> = const { Cell::new(false) };
}

/// Counts one use of a rule.
pub fn hit(rule: &'static str) {
    if !PAUSED.get() {
        HITS.with_borrow_mut(|hits| *hits.entry(rule).or_insert(0) += 1);
    }
}

/// Does something without counting.
pub fn uncounted<T>(action: impl FnOnce() -> T) -> T {
    let before = PAUSED.replace(true);
    let result = action();
    PAUSED.set(before);
    result
}

/// How often each rule was reached on this thread, by name.
pub fn hits() -> BTreeMap<&'static str, u64> {
    HITS.with_borrow(Clone::clone)
}

/// Forgets all counts of this thread.
pub fn reset() {
    HITS.with_borrow_mut(BTreeMap::clear);
}

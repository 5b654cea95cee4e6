//! Values behind small numbers, for one thread.

use alloc::vec::Vec;
use core::cell::RefCell;

use crate::collections::list;

/// Numbered values; numbers begin at 1 and are given again after they are taken back.
pub(super) struct Slots<T>(RefCell<Vec<Option<T>>>);

// SAFETY: the exports run in WebAssembly without threads, so a static is only ever reached from one.
#[expect(unsafe_code, reason = "a static must be `Sync`")]
unsafe impl<T> Sync for Slots<T> {}

impl<T> Slots<T> {
    pub(super) const fn new() -> Self {
        Self(RefCell::new(Vec::new()))
    }

    /// Keeps a value and gives its number, or 0 while the slots are in use.
    pub(super) fn put(&self, value: T) -> u32 {
        let Ok(mut slots) = self.0.try_borrow_mut() else {
            return 0;
        };
        let at = slots.iter().position(Option::is_none).unwrap_or(slots.len());
        match slots.get_mut(at) {
            Some(slot) => *slot = Some(value),
            None => list::push(&mut slots, Some(value)),
        }
        u32::try_from(at + 1).unwrap_or(0)
    }

    /// Asks the value of a number; `None` if there is none.
    pub(super) fn with<R>(&self, number: u32, ask: impl FnOnce(&T) -> R) -> Option<R> {
        let slots = self.0.try_borrow().ok()?;
        let at = (number as usize).checked_sub(1)?;
        slots.get(at)?.as_ref().map(ask)
    }

    /// Gives a value back.
    pub(super) fn take(&self, number: u32) -> Option<T> {
        let mut slots = self.0.try_borrow_mut().ok()?;
        let at = (number as usize).checked_sub(1)?;
        slots.get_mut(at)?.take()
    }

    /// Drops all values.
    #[cfg(feature = "full")]
    pub(super) fn clear(&self) {
        if let Ok(mut slots) = self.0.try_borrow_mut() {
            slots.clear();
        }
    }
}

//! The exports for JavaScript: they convert and delegate. This is the only place with `unsafe`.
//!
//! There are two modules: `core` loads and hands out the tables, `full` has the whole engine. Snapshots are
//! handed out as small numbers. Nothing here is on the path of a check: that is answered in JavaScript.
#![expect(unreachable_pub, reason = "the exports are for JavaScript, not for Rust")]

#[cfg(not(feature = "engine"))]
mod core;
#[cfg(feature = "faults")]
mod faults;
#[cfg(feature = "full")]
mod full;
#[cfg(not(any(feature = "std", clippy)))]
mod runtime;
mod slots;

//! The exports for JavaScript: they convert and delegate. This is the only place with `unsafe`.
//!
//! There are three modules: `core` loads and hands out the tables, `full` has the whole engine, `admin`
//! administration. Snapshots are
//! handed out as small numbers. Nothing here is on the path of a check: that is answered in JavaScript.
#![expect(unreachable_pub, reason = "the exports are for JavaScript, not for Rust")]

#[cfg(feature = "admin")]
mod admin;
#[cfg(feature = "admin")]
mod reports;
#[cfg(not(feature = "engine"))]
mod core;
#[cfg(feature = "faults")]
mod faults;
#[cfg(feature = "full")]
mod full;
#[cfg(not(any(feature = "std", clippy)))]
mod runtime;
mod slots;

//! The exports for JavaScript: they convert and delegate. This is the only place with `unsafe`.
//!
//! Snapshots are handed out as small numbers. Nothing here is on the path of a check: a gate answers in
//! JavaScript.
#![expect(unreachable_pub, reason = "the exports are for JavaScript, not for Rust")]

#[cfg(feature = "faults")]
mod faults;
#[cfg(feature = "full")]
mod full;
pub(crate) mod host;
mod question;
#[cfg(not(feature = "std"))]
mod runtime;
mod slots;
#[cfg(not(feature = "full"))]
mod whole;

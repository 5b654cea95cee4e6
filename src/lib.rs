//! Permission checks for custom roles: a role snapshot is loaded once, and then answers
//! *may this person do this, on this?*
//!
//! [`Snapshot::from_json`] reads a snapshot, refuses it whole if anything is wrong, and keeps it as
//! tables; [`Snapshot::subject`] names a user; [`Subject::can`], [`Subject::explain`] and
//! [`Subject::scope`] answer. The npm package `rolegate` is this crate compiled to WebAssembly.
//!
//! Data flow one way, and the modules below stand in that order: text, model, tables, answers.
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

/// The README's Rust example, compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

mod host;
mod json;
mod error;
mod ids;
mod list;
mod sort;
mod time;
mod condition;
mod model;
mod compile;
mod query;
mod narrow;
mod snapshot;
#[cfg(feature = "wasm")]
mod describe;
#[cfg(feature = "wasm")]
mod wasm;

pub use condition::holds::Attributes;
pub use error::{Code, Issue, SnapshotError};
pub use host::{HostZones, Zones};
pub use json::value::Value;
pub use model::Level;
pub use query::decide::On;
pub use query::explain::Explanation;
pub use query::remedy::Remedy;
pub use query::subject::Reason;
pub use snapshot::{Json, MAX_BYTES, Scope, ScopeKind, Snapshot, Subject};

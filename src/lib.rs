//! Permission checks for custom roles: a role snapshot is loaded once, and then answers
//! *may this person do this, on this?*
//!
//! [`Snapshot::from_json`] reads a snapshot, refuses it whole if anything is wrong, and keeps it as tables;
//! [`Snapshot::subject`] names a user, or takes a [`Person`] whom the snapshot does not list;
//! [`Subject::can`], [`Subject::explain`] and [`Subject::scope`] answer. The npm package `rolegate` is this
//! crate compiled to WebAssembly.
//!
//! Data flow one way, and the modules below stand in that order: text, rows, model, tables, answers. Each
//! uses those above it only, which `layout_test.rs` holds.
//!
//! Without the feature `engine`, the crate ends with the rows and has no public API: that is the small
//! module of the npm package, where JavaScript answers from the rows.
// A new reason, operator or kind is decided on wherever it matters: the compiler asks.
#![deny(clippy::wildcard_enum_match_arm)]
// The lints run natively, where nothing brings what a program without the standard library needs.
#![cfg_attr(not(any(feature = "std", clippy)), no_std)]

extern crate alloc;

/// The README's Rust example, compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

mod code;
#[cfg(feature = "engine")]
mod ids;
mod collections;
mod problems;
mod host;
mod spelling;
mod json;
mod time;
mod cidr;
mod format;
#[cfg(feature = "engine")]
mod suggest;
#[cfg(feature = "engine")]
mod error;
#[cfg(feature = "engine")]
mod work;
#[cfg(feature = "engine")]
mod attributes;
#[cfg(feature = "engine")]
mod condition;
#[cfg(feature = "engine")]
mod model;
#[cfg(feature = "engine")]
mod compile;
#[cfg(feature = "engine")]
mod query;
#[cfg(feature = "engine")]
mod narrow;
#[cfg(feature = "engine")]
mod person;
#[cfg(feature = "engine")]
mod snapshot;
#[cfg(any(feature = "full", feature = "admin"))]
mod describe;
#[cfg(feature = "administration")]
pub mod admin;
#[cfg(feature = "wasm")]
mod wasm;

#[cfg(test)]
mod layout_test;

pub use code::Code;
#[cfg(feature = "engine")]
pub use {
    attributes::{Attributes, Json},
    error::{Issue, SnapshotError},
    host::{HostZones, Zones},
    json::value::{Object, Value},
    model::Level,
    person::{Assigned, Person},
    query::{
        decide::On,
        explain::{Explanation, RecordState},
        reason::Reason,
        remedy::{Remedies, Remedy},
        who::TooComplex,
    },
    snapshot::{MAX_BYTES, Scope, ScopeKind, Snapshot, Subject, Who},
};

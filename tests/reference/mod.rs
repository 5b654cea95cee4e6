//! A second opinion: the rules of format 1 read literally, slowly and without any cache.
//!
//! It shares no code with the engine. It works on JSON trees, looks every id up again whenever it is needed
//! and takes the snapshot to be valid. One function stands for one rule; its comment names the heading of
//! docs/format.md under which the rule is stated.
//!
//! | file | rules |
//! |---|---|
//! | `snapshot` | looking things up; resource types, plans, assignments |
//! | `time` | times, the clock, windows, `$during` |
//! | `attributes` | paths, ids, owners and teams of a record |
//! | `teams` | what a team covers |
//! | `grants` | what a role grants and denies |
//! | `operators`, `conditions` | conditions over a record |
//! | `residual` | conditions with everything but the record filled in |
//! | `decision` | `can` and its reason |
//! | `scope` | `scope`, and the question without a record |
//! | `coverage` | counts how often each rule was reached |
//! | `generate` | random valid snapshots and questions |
//!
//! # Readings
//!
//! Where the format leaves room, this is how it is read here:
//!
//! - A list with an unknown element is not empty: of an empty list it is not a subset.
//! - A list at the end of a path that went through a list is flattened into it: `items.tags` over
//!   `[{"tags": ["a"]}, {"tags": "b"}]` is `["a", "b"]`. Lists on the way are entered at any depth.
//! - A path through a list always finds a list, if only an empty one, and that exists (`$exists`).
//! - Beside `user.id` literals are turned into ids too, but for times; a scalar that is not an id is then
//!   missing for every operator, also for `$has`.
//! - A fraction of a millisecond is dropped downwards, also before the epoch.
//! - `user.id` and `user.teams` hide attributes of these names; without `teams` the latter is an empty list.
//! - A control character is one of Unicode's category Cc.
//! - A fraction of a millisecond in `now` counts for windows; a schedule ignores it. A `now` after the year
//!   9999 makes schedules unknown.

#![allow(dead_code, reason = "every test binary that includes this module uses a part of it")]
#![allow(unreachable_pub, reason = "the module is private to the test binary that includes it")]

use serde_json::Value;

pub mod attributes;
pub mod conditions;
pub mod coverage;
pub mod decision;
pub mod generate;
pub mod grants;
pub mod operators;
pub mod residual;
pub mod scope;
pub mod snapshot;
pub mod teams;
pub mod time;

pub use decision::decide;
#[allow(unused_imports, reason = "every test binary that includes this module uses a part of it")]
pub use scope::{ScopeAnswer, ScopeKind, scope_kind};

/// What is asked.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// The id of the user who wants something.
    pub user: &'a str,
    /// The id of the permission asked for.
    pub permission: &'a str,
    /// The record it is asked on.
    pub record: Record<'a>,
    /// What conditions see as `context.*`.
    pub context: &'a Value,
    /// Milliseconds since the epoch.
    pub now: f64,
    /// Session roles: only assignments of these grant.
    pub roles: Option<&'a [String]>,
    /// Upper bound: permission ids, `<category>.*`, `*`.
    pub limit: Option<&'a [String]>,
}

/// The record that a question is about.
#[derive(Clone, Copy, Debug)]
pub enum Record<'a> {
    /// The question was asked without a record.
    Without,
    /// There is a record, and nothing is known about it.
    Unknown,
    /// This record. One that is not an object is unknown.
    Known(&'a Value),
}

/// What was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Yes or no.
    pub can: bool,
    /// `granted`, or the first rule that said no.
    pub reason: &'static str,
}

/// One step of a decision: passed, or the reason why the answer is no.
pub type Step = Result<(), &'static str>;

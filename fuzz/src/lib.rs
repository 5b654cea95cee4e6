//! What fuzzers throw at the crate, and what must hold whatever they throw.
//!
//! A target is a function of bytes that panics when something is wrong, and otherwise tells what kind of
//! thing it saw. cargo-fuzz runs the targets through `fuzz_targets/` and learns from the code that they
//! reach; the runner in [`run`] needs no special compiler, changes what lies in `corpus/` by [`mutate`], and
//! keeps what let a target see something new.
#![expect(
    clippy::panic,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    clippy::must_use_candidate,
    reason = "a target fails by a panic, and that is what it is called for"
)]

pub mod mutate;
pub mod run;

mod addresses;
mod conditions;
mod load;
mod questions;
mod times;

#[path = "../../tests/agreement.rs"]
mod agreement;
#[path = "../../tests/asking.rs"]
mod asking;
#[path = "../../tests/reference/mod.rs"]
mod reference;

use std::hash::{DefaultHasher, Hash, Hasher};

use rolegate::{Code, Json, On, Snapshot};
use serde_json::{Value, json};

pub use addresses::addresses;
pub use conditions::conditions;
pub use load::load;
pub use questions::questions;
pub use times::times;

/// What can be fuzzed.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// Its name, which is that of the folder of its corpus, too.
    pub name: &'static str,
    /// Panics when something is wrong; else a number that stands for what was seen.
    pub check: fn(&[u8]) -> u64,
}

/// Everything that can be fuzzed.
pub const TARGETS: [Target; 5] = [
    Target { name: "load", check: load },
    Target { name: "conditions", check: conditions },
    Target { name: "times", check: times },
    Target { name: "addresses", check: addresses },
    Target { name: "questions", check: questions },
];

/// What two conditions say of a record; nothing if they do not load.
fn both(conditions: [Value; 2], record: &Value, now: f64) -> Option<[bool; 2]> {
    let [first, second] = conditions;
    let tree = json!({
        "format": "rolegate/1", "revision": 1,
        "catalog": { "categories": [{ "id": "c", "permissions": [{ "id": "c.first", "scopes": ["all"] }, { "id": "c.second", "scopes": ["all"] }] }] },
        "roles": [{ "id": "r", "name": "R", "grants": { "c.first": { "when": first }, "c.second": { "when": second } } }],
        "users": [{ "id": "ana", "roles": ["r"] }],
    });
    let snapshot = match Snapshot::from_json(tree.to_string().as_bytes()) {
        Ok(snapshot) => snapshot,
        Err(error) => {
            assert!(error.issues.iter().all(|issue| issue.code == Code::InvalidCondition), "{error}");
            return None;
        }
    };
    let record = Json::parse(record.to_string().as_bytes()).unwrap();
    let ana = snapshot.subject("ana").at(now);
    Some(["c.first", "c.second"].map(|permission| ana.can(permission, On::Record(&record))))
}

/// One number for what was seen.
fn seen(what: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    what.hash(&mut hasher);
    hasher.finish()
}

/// The moment of all questions that do not choose one: 2026-11-18, 11:06:40 UTC.
const NOW: f64 = 1_795_000_000_000.0;

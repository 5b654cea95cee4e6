//! Random valid snapshots and questions. One seed always gives the same.
//!
//! Ids, values and times come from small pools, so that rules meet each other: numeric user and team ids, ids
//! that differ by a dotted suffix, clocks a millisecond beside the end of a window.

use serde_json::{Map, Value, json};

use self::rng::Rng;
use super::coverage::uncounted;
use super::{Question, Record};

mod catalog;
mod conditions;
mod laboratory;
mod moments;
mod people;
mod questions;
mod records;
pub mod rng;
mod roles;

/// A question that owns what it holds.
#[derive(Clone, Debug)]
pub struct OwnedQuestion {
    /// The id of the user.
    pub user: String,
    /// The id of the permission.
    pub permission: String,
    /// The record: nothing if asked without one, `null` if nothing is known about it.
    pub record: Option<Value>,
    /// What conditions see as `context.*`.
    pub context: Value,
    /// Milliseconds since the epoch.
    pub now: f64,
    /// Session roles.
    pub roles: Option<Vec<String>>,
    /// Upper bound.
    pub limit: Option<Vec<String>>,
}

impl OwnedQuestion {
    /// The question as it is asked.
    pub fn as_question(&self) -> Question<'_> {
        Question {
            user: &self.user,
            permission: &self.permission,
            record: match &self.record {
                None => Record::Without,
                Some(Value::Null) => Record::Unknown,
                Some(record) => Record::Known(record),
            },
            context: &self.context,
            now: self.now,
            roles: self.roles.as_deref(),
            limit: self.limit.as_deref(),
        }
    }
}

/// A valid snapshot. Every fourth is made for conditions alone.
pub fn snapshot(seed: u64) -> Value {
    snapshot_by(&mut Rng::new(seed), seed % 4 == 1)
}

/// A valid snapshot of these numbers: one for conditions alone, or one with all that there is.
pub fn snapshot_by(rng: &mut Rng, for_conditions: bool) -> Value {
    uncounted(|| {
        if for_conditions {
            return laboratory::snapshot(rng);
        }
        let mut snapshot = catalog::with_catalog(rng);
        people::add_teams(rng, &mut snapshot);
        roles::add_roles(rng, &mut snapshot);
        people::add_users(rng, &mut snapshot);
        people::add_separations(rng, &mut snapshot);
        moments::add_issue_and_expiry(rng, &mut snapshot);
        snapshot
    })
}

/// Questions about a snapshot.
pub fn questions(snapshot: &Value, seed: u64, count: usize) -> Vec<OwnedQuestion> {
    questions_by(&mut Rng::new(!seed), snapshot, count)
}

/// Questions about a snapshot, of these numbers.
pub fn questions_by(rng: &mut Rng, snapshot: &Value, count: usize) -> Vec<OwnedQuestion> {
    uncounted(|| (0..count).map(|_| questions::question(rng, snapshot)).collect())
}

/// A record with owners, teams and attributes where the snapshot's mappings look for them, often owned by
/// this user.
pub fn record(snapshot: &Value, user: &str, seed: u64) -> Value {
    records::record(&mut Rng::new(seed.rotate_left(32)), snapshot, user)
}

/// Sets a key of an object.
fn set(object: &mut Value, key: &str, value: impl Into<Value>) {
    if let Some(members) = object.as_object_mut() {
        members.insert(key.to_owned(), value.into());
    }
}

/// An object of these members.
fn object(members: impl IntoIterator<Item = (String, Value)>) -> Value {
    Value::Object(members.into_iter().collect::<Map<_, _>>())
}

/// Now and then a key that only people or other tools read.
fn maybe_extension(rng: &mut Rng, entry: &mut Value) {
    if rng.chance(3) {
        set(entry, "x-note", json!({ "by": [null, 1.5, "o'hara"] }));
    }
}

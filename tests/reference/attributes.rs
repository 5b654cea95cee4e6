//! Paths through attributes, ids, and a record's owners and teams (docs/format.md#resource-types,
//! docs/format.md#ids).

use serde_json::{Number, Value};

use super::Record;
use super::coverage::hit;
use super::snapshot::{mapped_paths, resource_type};

/// What a path finds (docs/format.md#resource-types). Dots descend; a list on the way is entered and gives
/// one flat list of what is found in it.
pub fn read(root: &Value, path: &str) -> Option<Value> {
    descend(root, &path.split('.').collect::<Vec<_>>())
}

fn descend(value: &Value, path: &[&str]) -> Option<Value> {
    let Some((key, rest)) = path.split_first() else {
        return Some(without_inner_lists(value));
    };
    match value {
        Value::Object(members) => members.get(*key).and_then(|member| descend(member, rest)),
        Value::Array(elements) => {
            hit("path: enters a list");
            Some(Value::Array(elements.iter().flat_map(|element| found_in(element, path)).collect()))
        }
        _ => None,
    }
}

/// What one element of a list on the way contributes.
fn found_in(element: &Value, path: &[&str]) -> Vec<Value> {
    match descend(element, path) {
        None => {
            hit("path: an element in which nothing is found");
            vec![Value::Null]
        }
        Some(Value::Array(found)) => {
            hit("path: list in a list is flattened");
            found
        }
        Some(found) => vec![found],
    }
}

/// A list inside the list that a path ends at is absent (docs/format.md#elements-of-lists), and so is an
/// element of which nothing is known.
fn without_inner_lists(value: &Value) -> Value {
    let Value::Array(elements) = value else {
        return value.clone();
    };
    let keep = |element: &Value| {
        if element.is_array() {
            hit("path: list inside the list at the end is absent");
            return Value::Null;
        }
        element.clone()
    };
    Value::Array(elements.iter().map(keep).collect())
}

/// A string that is an id, or a safe integer as its decimal string (docs/format.md#ids-in-conditions).
/// Nothing else is an id.
pub fn id(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => is_id(text).then(|| text.clone()),
        Value::Number(number) => safe_integer(number),
        _ => None,
    }
}

/// 1 to 256 bytes, no control characters (docs/format.md#ids).
fn is_id(text: &str) -> bool {
    (1..=256).contains(&text.len()) && !text.chars().any(char::is_control)
}

/// A safe integer as its decimal string (docs/format.md#resource-types).
#[expect(clippy::cast_possible_truncation, reason = "a safe integer fits")]
fn safe_integer(number: &Number) -> Option<String> {
    let number = number.as_f64()?;
    let safe = number.fract() == 0.0 && number.abs() <= 9_007_199_254_740_991.0;
    safe.then(|| (number as i64).to_string())
}

/// An id, or a list in which whatever is not an id counts as absent (docs/format.md#resource-types).
fn ids(value: Option<Value>) -> Vec<String> {
    match value {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Array(elements)) => {
            hit("owner or team: list");
            elements.iter().filter_map(id).collect()
        }
        Some(scalar) => {
            let found = id(&scalar);
            match (&found, scalar.is_number()) {
                (None, _) => hit("owner or team: not an id"),
                (_, true) => hit("owner or team: number"),
                (_, false) => hit("owner or team: string"),
            }
            found.into_iter().collect()
        }
    }
}

/// A record and what was read from it once.
#[derive(Clone, Debug)]
pub struct Facts<'a> {
    /// The record, unless nothing is known about it.
    pub record: Option<&'a Value>,
    /// The ids of its owners.
    pub owners: Vec<String>,
    /// The ids of its teams, whether the snapshot knows them or not.
    pub teams: Vec<String>,
}

/// Owner and team are read once, at the paths of the resource type of the permission that is asked about
/// (docs/format.md#resource-types).
pub fn facts<'a>(snapshot: &Value, permission: &str, record: Record<'a>) -> Facts<'a> {
    let kind = resource_type(snapshot, permission);
    let owner = mapped_paths(snapshot, &kind, "owner");
    let team = mapped_paths(snapshot, &kind, "team");
    facts_by(&owner, &team, record)
}

/// The same with the paths at hand.
pub fn facts_by<'a>(owner: &[String], team: &[String], record: Record<'a>) -> Facts<'a> {
    match record {
        Record::Known(record @ Value::Object(_)) => {
            let collect = |paths: &[String]| paths.iter().flat_map(|path| ids(read(record, path))).collect();
            Facts { record: Some(record), owners: collect(owner), teams: collect(team) }
        }
        _ => Facts { record: None, owners: Vec::new(), teams: Vec::new() },
    }
}

//! Questions about a snapshot.

use serde_json::{Value, json};

use super::super::grants::granted;
use super::super::snapshot::{self, assignments, category_of, list, permission_ids, role, text};
use super::rng::Rng;
use super::{OwnedQuestion, moments, records};

/// One question.
pub(super) fn question(rng: &mut Rng, snapshot: &Value) -> OwnedQuestion {
    let (user, permission) = pair(rng, snapshot);
    OwnedQuestion {
        limit: rng.chance(15).then(|| limit(rng, snapshot, &permission)),
        permission,
        record: record(rng, snapshot, &user),
        user,
        context: records::attributes(rng),
        now: moments::clock(rng, snapshot),
        roles: rng.chance(12).then(|| session(rng, snapshot)),
    }
}

/// A user and a permission; mostly one that some role of the user grants.
fn pair(rng: &mut Rng, snapshot: &Value) -> (String, String) {
    let mut pair = (user(rng, snapshot), permission(rng, snapshot));
    let tries = rng.pick(&[0, 2, 5, 8]);
    for _ in 0..tries {
        if holds(snapshot, &pair.0, &pair.1) {
            break;
        }
        pair = (user(rng, snapshot), permission(rng, snapshot));
    }
    pair
}

fn holds(snapshot: &Value, id: &str, permission: &str) -> bool {
    let assignments =
        snapshot::user(snapshot, id).map(|user| assignments(snapshot, user)).unwrap_or_default();
    let mut roles = assignments.iter().filter_map(|assignment| role(snapshot, assignment.role));
    roles.any(|role| !granted(snapshot, role, permission).is_empty())
}

fn user(rng: &mut Rng, snapshot: &Value) -> String {
    let known: Vec<_> = list(snapshot, "users").iter().filter_map(|user| text(user, "id")).collect();
    if rng.chance(98) { rng.pick(&known) } else { rng.pick(&["ghost", "toString", ""]) }.to_owned()
}

fn permission(rng: &mut Rng, snapshot: &Value) -> String {
    let known = permission_ids(snapshot);
    if rng.chance(98) { rng.pick(&known) } else { rng.pick(&["no.such", "a.*", "*", "valueOf"]) }.to_owned()
}

/// None, one about which nothing is known, or one with attributes.
fn record(rng: &mut Rng, snapshot: &Value, user: &str) -> Option<Value> {
    match rng.below(100) {
        0..=29 => None,
        30..=36 => Some(rng.pick(&[
            json!(null),
            json!(null),
            json!([]),
            json!("x"),
            json!(7),
            json!([{ "owner": "ana" }]),
        ])),
        37..=39 => Some(json!({})),
        _ => Some(records::record(rng, snapshot, user)),
    }
}

/// Session roles, some of them unknown.
fn session(rng: &mut Rng, snapshot: &Value) -> Vec<String> {
    let mut roles: Vec<_> = list(snapshot, "roles").iter().filter_map(|role| text(role, "id")).collect();
    roles.push("no-role");
    rng.some(&roles, 60).into_iter().map(str::to_owned).collect()
}

/// A limit of ids, categories and `*`, some of them unknown; mostly with the permission asked for.
fn limit(rng: &mut Rng, snapshot: &Value, permission: &str) -> Vec<String> {
    let ids = permission_ids(snapshot);
    let mut categories: Vec<_> = ids.iter().filter_map(|id| category_of(snapshot, id)).collect();
    categories.dedup();
    let mut keys: Vec<_> = rng.some(&categories, 25).iter().map(|category| format!("{category}.*")).collect();
    keys.extend(rng.chance(60).then(|| permission.to_owned()));
    keys.extend(rng.some(&ids, 35).into_iter().map(str::to_owned));
    keys.extend(rng.some(&["*", "zz.*", "no.such"], 10).into_iter().map(str::to_owned));
    keys
}

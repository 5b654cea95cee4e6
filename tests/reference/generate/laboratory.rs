//! Snapshots in which the answer shows the truth of one condition: a permission is granted under it, or
//! granted to all and denied under it.

use serde_json::{Value, json};

use super::conditions::simple_condition;
use super::people::{add_teams, one_user};
use super::rng::Rng;
use super::set;

/// A user who holds six permissions, each with one condition.
pub(super) fn snapshot(rng: &mut Rng) -> Value {
    let mut snapshot = json!({
        "format": "rolegate/1",
        "revision": rng.below(1000),
        "catalog": { "categories": [{ "id": "lab", "permissions": [] }] },
        "roles": [],
    });
    let permissions: Vec<_> = (0..6).map(|index| permission(rng, index)).collect();
    set(&mut snapshot, "catalog", json!({ "categories": [{ "id": "lab", "permissions": permissions }] }));
    let roles: Vec<_> = (0..6).map(|index| role(rng, index)).collect();
    let assigned: Vec<_> = (0..6).map(|index| format!("r{index}")).collect();
    set(&mut snapshot, "roles", roles);
    add_teams(rng, &mut snapshot);
    let mut user = one_user(rng, &snapshot, "ana");
    if rng.chance(30) {
        set(&mut user, "id", "7");
    }
    set(&mut user, "roles", assigned);
    set(&mut user, "disabled", false);
    set(&mut snapshot, "users", json!([user]));
    snapshot
}

fn permission(rng: &mut Rng, index: usize) -> Value {
    let mut permission = json!({ "id": format!("lab.{index}") });
    if rng.chance(75) {
        set(&mut permission, "scopes", json!(["all"]));
    }
    permission
}

/// Every other role shows when its condition is true, the others when theirs is false.
fn role(rng: &mut Rng, index: usize) -> Value {
    let (key, when) = (format!("lab.{index}"), simple_condition(rng));
    let (id, name) = (format!("r{index}"), format!("Role {index}"));
    if index.is_multiple_of(2) {
        json!({ "id": id, "name": name, "grants": { key: { "when": when } } })
    } else {
        json!({ "id": id, "name": name, "grants": { key.clone(): true }, "deny": [{ "key": key, "when": when }] })
    }
}

//! Teams, users, assignments and separations.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::super::snapshot::{list, text};
use super::conditions::condition;
use super::moments::add_window;
use super::rng::Rng;
use super::roles::REFUSING;
use super::{maybe_extension, records, set};

const TEAMS: [&str; 6] = ["10", "11", "12", "13", "x", "__proto__"];
const USERS: [&str; 5] = ["ana", "bo", "7", "cy", "-3"];

/// A forest of up to six teams, in any order.
pub(super) fn add_teams(rng: &mut Rng, snapshot: &mut Value) {
    let mut teams = Vec::new();
    let mut before: Vec<&str> = Vec::new();
    let count = rng.pick(&[0, 1, 2, 3, 4, 5, 6, 6]);
    for id in rng.sample(&TEAMS, count) {
        let mut team = json!({ "id": id });
        if rng.chance(70) && !before.is_empty() {
            set(&mut team, "parent", rng.pick(&before));
        }
        if rng.chance(10) {
            set(&mut team, "kind", "region");
        }
        teams.push(team);
        before.push(id);
    }
    rng.shuffle(&mut teams);
    if !teams.is_empty() || rng.chance(50) {
        set(snapshot, "teams", teams);
    }
}

fn ids(snapshot: &Value, key: &str) -> Vec<String> {
    list(snapshot, key).iter().filter_map(|entry| text(entry, "id")).map(str::to_owned).collect()
}

/// One to four users, and what everyone has.
pub(super) fn add_users(rng: &mut Rng, snapshot: &mut Value) {
    let count = rng.between(1, 4);
    let users: Vec<_> = rng.sample(&USERS, count).into_iter().map(|id| one_user(rng, snapshot, id)).collect();
    set(snapshot, "users", users);
    if rng.chance(30) {
        let count = rng.between(1, 2);
        set(snapshot, "everyone", assignments(rng, snapshot, count));
    }
}

/// A user with teams, assignments and attributes.
pub(super) fn one_user(rng: &mut Rng, snapshot: &Value, id: &str) -> Value {
    let mut user = json!({ "id": id });
    let teams = ids(snapshot, "teams");
    if rng.chance(70) {
        let count = rng.between(0, 2);
        set(&mut user, "teams", rng.sample(&teams, count));
    }
    if rng.chance(96) {
        let count = rng.between(1, 5);
        set(&mut user, "roles", assignments(rng, snapshot, count));
    }
    if rng.chance(85) {
        set(&mut user, "attributes", attributes(rng));
    }
    if rng.chance(4) {
        set(&mut user, "disabled", rng.chance(70));
    }
    maybe_extension(rng, &mut user);
    user
}

/// Attributes, now and then with names that mean something else of a user.
fn attributes(rng: &mut Rng) -> Value {
    let mut attributes = records::attributes(rng);
    if rng.chance(10) {
        set(&mut attributes, "id", "zed");
        set(&mut attributes, "teams", json!(["x"]));
    }
    attributes
}

/// Assignments, no bare role twice and no two the same.
fn assignments(rng: &mut Rng, snapshot: &Value, count: usize) -> Vec<Value> {
    let mut bare = BTreeSet::new();
    let mut assignments = Vec::new();
    for _ in 0..count {
        let role = rng.pick(&ids(snapshot, "roles"));
        let assignment = if rng.chance(33) { json!(role) } else { detailed(rng, snapshot, &role) };
        let again = assignment.is_string() && !bare.insert(role);
        if !again && !assignments.contains(&assignment) {
            assignments.push(assignment);
        }
    }
    if rng.chance(60) {
        assignments.extend(refusal(rng, snapshot));
    }
    assignments
}

/// The role that only denies, within a team, and often some role within the same team.
fn refusal(rng: &mut Rng, snapshot: &Value) -> Vec<Value> {
    let (roles, teams) = (ids(snapshot, "roles"), ids(snapshot, "teams"));
    if teams.is_empty() || !roles.iter().any(|role| role == REFUSING) {
        return Vec::new();
    }
    let (role, team) = (rng.pick(&roles), rng.pick(&teams));
    let mut pair = vec![json!({ "role": REFUSING, "team": team, "x-why": "on leave" })];
    if rng.chance(60) {
        pair.push(json!({ "role": role, "team": team, "x-why": "stands in" }));
    }
    pair
}

fn detailed(rng: &mut Rng, snapshot: &Value, role: &str) -> Value {
    let mut assignment = json!({ "role": role });
    let teams = ids(snapshot, "teams");
    if rng.chance_if_calm(75, 55) && !teams.is_empty() {
        set(&mut assignment, "team", rng.pick(&teams));
    }
    if rng.chance(30) {
        add_window(rng, &mut assignment);
    }
    if rng.chance_if_calm(15, 40) || assignment.as_object().is_some_and(|members| members.len() == 1) {
        set(&mut assignment, "when", condition(rng));
    }
    assignment
}

/// A separation of duties, which no decision reads.
pub(super) fn add_separations(rng: &mut Rng, snapshot: &mut Value) {
    let roles = ids(snapshot, "roles");
    if roles.len() > 1 && rng.chance(8) {
        set(snapshot, "separations", json!([{ "id": "s", "roles": rng.sample(&roles, 2), "max": 1 }]));
    }
}

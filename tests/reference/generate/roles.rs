//! Roles: grants, denials, inheritance and types.

use serde_json::{Map, Value, json};

use super::super::grants::may_hold;
use super::super::snapshot::{is_scoped, list, permission, permission_ids, strings, text};
use super::conditions::condition;
use super::rng::Rng;
use super::{maybe_extension, set};

/// The id of the role that only denies.
pub(super) const REFUSING: &str = "no";

const LEVELS: [&str; 3] = ["own", "team", "all"];

/// One to six roles. Each inherits from earlier ones only; then their order is changed.
pub(super) fn add_roles(rng: &mut Rng, snapshot: &mut Value) {
    let mut roles: Vec<Value> = Vec::new();
    for index in 0..rng.between(1, 6) {
        let before: Vec<_> = roles.iter().filter_map(|role| text(role, "id")).collect();
        let role = one_role(rng, snapshot, &format!("r{index}"), &before);
        roles.push(role);
    }
    if rng.chance(35) {
        roles.push(refusing_role(rng, snapshot));
    }
    rng.shuffle(&mut roles);
    set(snapshot, "roles", roles);
}

fn one_role(rng: &mut Rng, snapshot: &Value, id: &str, before: &[&str]) -> Value {
    let mut role = json!({ "id": id, "name": format!("Role {id}") });
    if rng.chance(25) {
        set(&mut role, "standard", true);
    }
    add_type(rng, snapshot, &mut role);
    if rng.chance(45) && !before.is_empty() {
        let count = rng.between(1, 2);
        set(&mut role, "inherits", rng.sample(before, count));
    }
    if rng.chance(85) {
        let grants = grants(rng, snapshot, &role);
        set(&mut role, "grants", grants);
    }
    if rng.chance_if_calm(18, 35) {
        set(&mut role, "deny", denials(rng, snapshot));
    }
    add_administration(rng, &mut role);
    role
}

/// A role that only denies, and that without conditions; `people` assigns it within a team. Mostly it denies
/// what others require.
fn refusing_role(rng: &mut Rng, snapshot: &Value) -> Value {
    let all = permission_ids(snapshot);
    let mut required: Vec<_> = all
        .iter()
        .filter_map(|id| permission(snapshot, id))
        .flat_map(|entry| strings(entry, "requires"))
        .collect();
    required.sort_unstable();
    required.dedup();
    let count = rng.between(1, 2);
    let pool = if required.is_empty() || rng.chance(30) { &all } else { &required };
    json!({ "id": REFUSING, "name": "No", "standard": true, "deny": rng.sample(pool, count) })
}

/// Where the catalog declares types, every role has one, but for `standard` ones (docs/format.md#role-types).
fn add_type(rng: &mut Rng, snapshot: &Value, role: &mut Value) {
    let types = snapshot.get("catalog").map(|catalog| strings(catalog, "roleTypes")).unwrap_or_default();
    let needed = role.get("standard").is_none();
    if !types.is_empty() && (needed || rng.chance(40)) {
        set(role, "type", rng.pick(&types));
    }
}

fn add_administration(rng: &mut Rng, role: &mut Value) {
    if rng.chance(5) {
        set(role, "locked", true);
        set(role, "description", "For people");
    }
    if rng.chance(5) {
        set(role, "approvedBy", "ana");
        set(role, "reviewedAt", "2026-01-01T00:00:00Z");
    }
    maybe_extension(rng, role);
}

fn grants(rng: &mut Rng, snapshot: &Value, role: &Value) -> Map<String, Value> {
    let mut grants = Map::new();
    if rng.chance_if_calm(35, 20) {
        grants.insert("*".to_owned(), wildcard_value(rng));
    }
    for category in categories(snapshot) {
        if rng.chance_if_calm(35, 25) {
            grants.insert(format!("{category}.*"), wildcard_value(rng));
        }
    }
    for id in permission_ids(snapshot) {
        if rng.chance_if_calm(55, 35) {
            let value = explicit_value(rng, snapshot, role, id);
            grants.insert(id.to_owned(), value);
        }
    }
    grants
}

fn categories(snapshot: &Value) -> Vec<&str> {
    let catalog = snapshot.get("catalog").unwrap_or(&Value::Null);
    list(catalog, "categories").iter().filter_map(|category| text(category, "id")).collect()
}

/// Under a wildcard any level may stand.
fn wildcard_value(rng: &mut Rng) -> Value {
    value(rng, &LEVELS)
}

/// Under an explicit id: its own levels; `false` alone where the role may not hold it.
fn explicit_value(rng: &mut Rng, snapshot: &Value, role: &Value, id: &str) -> Value {
    if !may_hold(snapshot, role, id) {
        return false.into();
    }
    if !is_scoped(snapshot, id) {
        return value(rng, &[]);
    }
    let levels = permission(snapshot, id).map(|entry| strings(entry, "scopes")).unwrap_or_default();
    value(rng, &levels)
}

/// A value of `grants` that uses these levels.
fn value(rng: &mut Rng, levels: &[&str]) -> Value {
    if rng.chance_if_calm(35, 0) {
        return true.into();
    }
    match rng.below(100) {
        0..=19 => true.into(),
        20..=28 => false.into(),
        29..=58 if !levels.is_empty() => rng.pick(levels).into(),
        29..=79 => conditional(rng, levels),
        _ => alternatives(rng, levels),
    }
}

/// `{ "scope"?: level, "when"?: condition }` with at least one of the two.
fn conditional(rng: &mut Rng, levels: &[&str]) -> Value {
    let mut grant = json!({});
    if !levels.is_empty() && rng.chance(60) {
        set(&mut grant, "scope", rng.pick(levels));
        if rng.chance(15) {
            return grant;
        }
    }
    set(&mut grant, "when", condition(rng));
    grant
}

/// A list of levels and objects, none twice.
fn alternatives(rng: &mut Rng, levels: &[&str]) -> Value {
    let mut alternatives = Vec::new();
    for _ in 0..rng.between(1, 3) {
        let one = if !levels.is_empty() && rng.chance(40) {
            rng.pick(levels).into()
        } else {
            conditional(rng, levels)
        };
        if !alternatives.contains(&one) {
            alternatives.push(one);
        }
    }
    alternatives.into()
}

/// One to three denials of different keys.
fn denials(rng: &mut Rng, snapshot: &Value) -> Vec<Value> {
    let mut keys: Vec<_> = permission_ids(snapshot).into_iter().map(str::to_owned).collect();
    keys.extend(categories(snapshot).into_iter().map(|category| format!("{category}.*")));
    keys.push("*".to_owned());
    let count = rng.pick(&[1, 1, 2, 3]);
    let denial = |rng: &mut Rng, key: String| {
        if rng.chance(35) { json!(key) } else { json!({ "key": key, "when": condition(rng) }) }
    };
    rng.sample(&keys, count).into_iter().map(|key| denial(rng, key)).collect()
}

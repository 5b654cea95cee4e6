//! Catalogs: categories, permissions, resource mappings, plans and role types.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::super::snapshot::{permission, permission_ids, resource_type, text};
use super::rng::Rng;
use super::{maybe_extension, set};

const CATEGORIES: [&str; 6] = ["a", "a.b", "a.b.c", "b", "ab", "constructor"];
const NAMES: [&str; 9] = ["v", "e", "x", "b.v", "b.e", "b.c.v", "n.v", "__proto__", "é,/~"];
const ODD_IDS: [&str; 7] = ["a", "b", "solo", "a.b", "toString", "b.n.x", "ab.v"];
const TYPES: [&str; 5] = ["a", "a.b", "b", "rec", "__proto__"];
const ROLE_TYPES: [&str; 3] = ["company", "team", "guest"];
const PLANS: [&str; 3] = ["free", "pro", "enterprise"];
const OWNER_PATHS: [&str; 6] = ["owner", "assignee", "members.id", "meta.owner", "id", "by"];
const TEAM_PATHS: [&str; 5] = ["team", "teamId", "groups.id", "groups", "meta.team"];
const LEVELS: [&str; 3] = ["own", "team", "all"];

/// A snapshot that so far has nothing but a catalog and a plan.
pub(super) fn with_catalog(rng: &mut Rng) -> Value {
    let mut snapshot = json!({ "format": "rolegate/1", "revision": rng.below(1000), "catalog": {} });
    let mut catalog = json!({});
    let role_types = rng.chance(35).then(|| rng.some_at_least_one(&ROLE_TYPES, 60));
    let plans = rng.chance(30).then(|| rng.some_at_least_one(&PLANS, 70));
    let declared_plans = plans.clone().unwrap_or_else(|| PLANS.to_vec());
    set(&mut catalog, "categories", categories(rng, role_types.as_deref(), &declared_plans));
    add_lists(&mut catalog, role_types, plans);
    if rng.chance(5) {
        set(&mut catalog, "levelTitles", json!({ "own": "Restricted", "team": "Group" }));
    }
    set(&mut snapshot, "catalog", catalog);
    if rng.chance(80) {
        set(&mut snapshot, "plan", rng.pick(&declared_plans));
    }
    if rng.chance(60) {
        add_resources(rng, &mut snapshot);
    }
    if rng.chance(10) {
        add_mask(rng, &mut snapshot);
    }
    maybe_extension(rng, &mut snapshot);
    snapshot
}

fn add_lists(catalog: &mut Value, role_types: Option<Vec<&str>>, plans: Option<Vec<&str>>) {
    if let Some(role_types) = role_types {
        set(catalog, "roleTypes", role_types);
    }
    if let Some(plans) = plans {
        set(catalog, "plans", plans);
    }
}

fn categories(rng: &mut Rng, role_types: Option<&[&str]>, plans: &[&str]) -> Value {
    let count = rng.between(1, 4);
    let categories = rng.sample(&CATEGORIES, count);
    let ids = ids(rng, &categories);
    let requires = acyclic(rng, &ids);
    let permissions = |rng: &mut Rng, category: &str| -> Vec<Value> {
        let within = requires.iter().filter(|(_, of, _)| of == category);
        within.map(|(id, _, requires)| one_permission(rng, id, requires, &ids, role_types, plans)).collect()
    };
    let entry = |category: &&str| json!({ "id": category, "permissions": permissions(rng, category) });
    categories.iter().map(entry).collect()
}

/// Permission ids with their categories, none twice.
fn ids(rng: &mut Rng, categories: &[&str]) -> Vec<(String, String)> {
    let mut used = BTreeSet::new();
    let mut ids = Vec::new();
    for category in categories {
        for _ in 0..rng.between(1, 4) {
            let name = rng.pick(&NAMES);
            let id =
                if rng.chance(15) { rng.pick(&ODD_IDS).to_owned() } else { format!("{category}.{name}") };
            if used.insert(id.clone()) {
                ids.push((id, (*category).to_owned()));
            }
        }
    }
    ids
}

/// What each permission requires: only ones that come before it in some order, so that there is no cycle.
fn acyclic(rng: &mut Rng, ids: &[(String, String)]) -> Vec<(String, String, Vec<String>)> {
    let mut order = ids.to_vec();
    rng.shuffle(&mut order);
    let mut before: Vec<(String, String)> = Vec::new();
    let mut found = Vec::new();
    for (id, category) in order {
        let near = rng.chance(60);
        let pool: Vec<_> =
            before.iter().filter(|(_, of)| !near || *of == category).map(|(id, _)| id.clone()).collect();
        let count = if rng.chance_if_calm(60, 30) { rng.between(1, 2) } else { 0 };
        found.push((id.clone(), category.clone(), rng.sample(&pool, count)));
        before.push((id, category));
    }
    rng.shuffle(&mut found);
    found
}

fn one_permission(
    rng: &mut Rng,
    id: &str,
    requires: &[String],
    ids: &[(String, String)],
    role_types: Option<&[&str]>,
    plans: &[&str],
) -> Value {
    let mut entry = json!({ "id": id });
    if rng.chance(70) {
        let mut scopes = rng.some_at_least_one(&LEVELS, 60);
        rng.shuffle(&mut scopes);
        set(&mut entry, "scopes", scopes);
    }
    if !requires.is_empty() {
        set(&mut entry, "requires", requires.to_vec());
    }
    if rng.chance(35) {
        let all: Vec<_> = ids.iter().map(|(id, _)| id.clone()).collect();
        let count = rng.between(1, 2);
        set(&mut entry, "implies", rng.sample(&all, count));
    }
    if rng.chance(12) {
        set(&mut entry, "resource", rng.pick(&TYPES));
    }
    add_restrictions(rng, &mut entry, role_types, plans);
    maybe_extension(rng, &mut entry);
    entry
}

/// Who may hold a permission, and in which plans.
fn add_restrictions(rng: &mut Rng, entry: &mut Value, role_types: Option<&[&str]>, plans: &[&str]) {
    if let Some(role_types) = role_types.filter(|_| rng.chance_if_calm(15, 40)) {
        set(entry, "roleTypes", rng.some_at_least_one(role_types, 50));
    }
    if rng.chance_if_calm(7, 20) {
        set(entry, "plans", rng.some_at_least_one(plans, 60));
    }
    if rng.chance_if_calm(5, 15) {
        set(entry, "standardOnly", rng.chance(85));
    }
    if rng.chance(10) {
        set(entry, "sensitive", true);
    }
}

/// Mappings for some resource types. Types that no permission has are taken out again until none is left,
/// because taking one out changes the types of others.
fn add_resources(rng: &mut Rng, snapshot: &mut Value) {
    let mut resources: Map<_, _> = candidates(snapshot)
        .into_iter()
        .filter(|_| rng.chance(55))
        .collect::<Vec<_>>()
        .into_iter()
        .map(|kind| (kind, mapping(rng)))
        .collect();
    loop {
        set_resources(snapshot, &resources);
        let types: BTreeSet<_> =
            permission_ids(snapshot).into_iter().map(|id| resource_type(snapshot, id)).collect();
        let before = resources.len();
        resources.retain(|kind, _| types.contains(kind));
        if resources.len() == before {
            return;
        }
    }
}

fn set_resources(snapshot: &mut Value, resources: &Map<String, Value>) {
    if let Some(catalog) = snapshot.get_mut("catalog") {
        set(catalog, "resources", resources.clone());
    }
}

/// Types that permissions have or could have: all proper dotted prefixes, and the types without any mapping.
fn candidates(snapshot: &Value) -> BTreeSet<String> {
    let prefixes =
        |id: &str| id.match_indices('.').filter_map(|(at, _)| id.get(..at).map(str::to_owned)).collect();
    let of_one = |id: &str| -> Vec<String> {
        let mut types: Vec<String> = prefixes(id);
        types.push(resource_type(snapshot, id));
        types.extend(permission(snapshot, id).and_then(|entry| text(entry, "resource")).map(str::to_owned));
        types
    };
    permission_ids(snapshot).into_iter().flat_map(of_one).collect()
}

fn mapping(rng: &mut Rng) -> Value {
    let mut mapping = json!({});
    if rng.chance(85) {
        set(&mut mapping, "owner", paths(rng, &OWNER_PATHS));
    }
    if rng.chance(85) {
        set(&mut mapping, "team", paths(rng, &TEAM_PATHS));
    }
    mapping
}

fn paths(rng: &mut Rng, pool: &[&str]) -> Value {
    if rng.chance(60) {
        return rng.pick(pool).into();
    }
    let count = rng.between(1, 3);
    rng.sample(pool, count).into()
}

/// A mask, which no decision reads.
fn add_mask(rng: &mut Rng, snapshot: &mut Value) {
    let ids: Vec<_> = permission_ids(snapshot).into_iter().map(str::to_owned).collect();
    let id = rng.pick(&ids);
    let mask = json!({ "resource": resource_type(snapshot, &id), "field": "rows.name", "permission": id });
    if let Some(catalog) = snapshot.get_mut("catalog") {
        set(catalog, "masks", json!([mask]));
    }
}

//! Random tenants, actors and operations. One seed always gives the same.

use serde_json::{Map, Value, json};

use super::NOW;
use super::conditions::{self, PEOPLE, thing};
use crate::reference::generate::rng::Rng;

pub(super) const PERMISSIONS: [&str; 6] = ["c.view", "c.reply", "c.note", "d.run", "d.cfg", "e.see"];
const CATEGORIES: [&str; 3] = ["c", "d", "e"];
const TIMES: [i64; 6] = [-172_800, -3_600, 3_600, 7_200, 86_400, 2_592_000];

/// How rich a tenant is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Everything that there is.
    Rich,
    /// Without conditions, denials, prerequisites, plans and role types.
    Plain,
    /// A few roles under a few conditions, which people have or get.
    Shared,
}

/// A time so many seconds from now.
pub(super) fn time(seconds: i64) -> String {
    // 2026-11-18T11:06:40Z
    let now = 20_775 * 86_400 + 11 * 3_600 + 6 * 60 + 40 + seconds;
    let (days, rest) = (now.div_euclid(86_400), now.rem_euclid(86_400));
    let (mut year, mut left) = (1970, days);
    let length = |year: i64| if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) { 366 } else { 365 };
    while left >= length(year) {
        left -= length(year);
        year += 1;
    }
    let months = [31, length(year) - 337, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let mut month = 0;
    while left >= months[month] {
        left -= months[month];
        month += 1;
    }
    format!(
        "{year:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z",
        month + 1,
        left + 1,
        rest / 3_600,
        rest / 60 % 60,
        rest % 60
    )
}

#[test]
fn times_are_from_now() {
    assert_eq!((time(0), time(86_400 * 60)), ("2026-11-18T11:06:40Z".into(), "2027-01-17T11:06:40Z".into()));
}

/// One of the few conditions of a tenant, so that what somebody gets is often under a condition that the actor has,
/// too; or several of them; or another one.
fn condition(rng: &mut Rng, tenant: &Value) -> Value {
    let known = tenant["x-conditions"].as_array().unwrap();
    let (one, other) = (rng.pick(known), rng.pick(known));
    match rng.below(10) {
        0 => json!({ "$and": [one, other] }),
        1 => json!({ "$or": [one, other] }),
        2 => json!({ "$not": { "$or": [one, other] } }),
        3 => conditions::condition(rng),
        _ => one,
    }
}

fn scopes(rng: &mut Rng) -> Option<Value> {
    rng.pick(&[
        None,
        None,
        Some(json!(["own"])),
        Some(json!(["own", "team", "all"])),
        Some(json!(["own", "team", "all"])),
        Some(json!(["own", "team", "all"])),
        Some(json!(["own", "team"])),
        Some(json!(["team", "all"])),
        Some(json!(["all"])),
    ])
}

/// What a role grants under a key of which the permission has these levels.
fn value(rng: &mut Rng, levels: Option<&Value>, tenant: &Value, kind: Kind) -> Value {
    let level = |rng: &mut Rng| match levels {
        None => json!(true),
        Some(levels) => rng.pick(levels.as_array().unwrap()),
    };
    let chance = if kind == Kind::Rich { 30 } else { 0 };
    match level(rng) {
        _ if rng.chance(8) => json!(false),
        Value::String(scope) if rng.chance(chance) => {
            json!({ "scope": scope, "when": condition(rng, tenant) })
        }
        Value::String(scope) if rng.chance(chance / 3) => {
            json!([{ "scope": scope, "when": condition(rng, tenant) }, level(rng)])
        }
        Value::Bool(_) if rng.chance(chance) => json!({ "when": condition(rng, tenant) }),
        simple => simple,
    }
}

fn key(rng: &mut Rng) -> String {
    match rng.below(10) {
        0 => "*".into(),
        1 | 2 => format!("{}.*", rng.pick(&CATEGORIES)),
        _ => rng.pick(&PERMISSIONS).into(),
    }
}

fn levels_of<'a>(tenant: &'a Value, permission: &str) -> Option<&'a Value> {
    let categories = tenant["catalog"]["categories"].as_array().unwrap();
    let mut all = categories.iter().flat_map(|category| category["permissions"].as_array().unwrap());
    all.find(|it| it["id"] == permission).and_then(|it| it.get("scopes"))
}

pub(super) fn grants(rng: &mut Rng, tenant: &Value, kind: Kind) -> Value {
    let mut grants = Map::new();
    let all = json!(["own", "team", "all"]);
    for _ in 0..rng.between(1, 4) {
        let key = key(rng);
        let levels = if PERMISSIONS.contains(&&*key) { levels_of(tenant, &key) } else { Some(&all) };
        let value = value(rng, levels, tenant, kind);
        grants.insert(key, value);
    }
    Value::Object(grants)
}

fn deny(rng: &mut Rng, tenant: &Value) -> Value {
    let entry = |rng: &mut Rng| {
        let key = key(rng);
        if rng.chance(40) { json!({ "key": key, "when": condition(rng, tenant) }) } else { json!(key) }
    };
    let (a, b) = (entry(rng), entry(rng));
    if a == b || rng.chance(60) { json!([a]) } else { json!([a, b]) }
}

fn ids(tenant: &Value, list: &str) -> Vec<String> {
    let list = tenant[list].as_array().cloned().unwrap_or_default();
    list.iter().map(|entry| entry["id"].as_str().unwrap().to_owned()).collect()
}

/// The id of an entry of a list; now and then one that is not there.
fn some_id(rng: &mut Rng, tenant: &Value, list: &str) -> String {
    let ids = ids(tenant, list);
    if ids.is_empty() || rng.chance(2) { "nobody".into() } else { rng.pick(&ids) }
}

pub(super) fn assignment(rng: &mut Rng, tenant: &Value, kind: Kind) -> Value {
    let role = some_id(rng, tenant, "roles");
    if rng.chance(40) {
        return json!(role);
    }
    let mut made = json!({ "role": role });
    if rng.chance(40) && !ids(tenant, "teams").is_empty() {
        made["team"] = json!(some_id(rng, tenant, "teams"));
    }
    if rng.chance(20) {
        made["from"] = json!(time(rng.pick(&TIMES[..4])));
    }
    if rng.chance(35) {
        made["until"] = json!(time(rng.pick(&TIMES[1..])));
    }
    if kind == Kind::Rich && rng.chance(20) {
        made["when"] = condition(rng, tenant);
    }
    made
}

pub(super) fn user(rng: &mut Rng, id: &str, tenant: &Value, kind: Kind) -> Value {
    let mut user = json!({ "id": id });
    let teams = ids(tenant, "teams");
    if rng.chance(60) && !teams.is_empty() {
        user["teams"] = json!(rng.some_at_least_one(&teams, 25));
    }
    let roles: Vec<Value> = (0..rng.below(4)).map(|_| assignment(rng, tenant, kind)).collect();
    user["roles"] = json!(roles);
    if rng.chance(75) {
        user["attributes"] = thing(rng, &[], 0);
    }
    if rng.chance(8) {
        user["disabled"] = json!(true);
    }
    user
}

/// Somebody from outside: now and then in a team that there is not.
pub(super) fn person(rng: &mut Rng, id: &str, tenant: &Value, kind: Kind) -> Value {
    let mut person = user(rng, id, tenant, kind);
    if rng.chance(25) {
        let mut teams = person["teams"].as_array().cloned().unwrap_or_default();
        teams.push(json!("zz"));
        person["teams"] = json!(teams);
    }
    person
}

fn separations(rng: &mut Rng, tenant: &Value) -> Value {
    let mut roles = ids(tenant, "roles");
    rng.shuffle(&mut roles);
    roles.truncate(3);
    let mut permissions = PERMISSIONS.to_vec();
    rng.shuffle(&mut permissions);
    permissions.truncate(rng.between(2, 3));
    match rng.below(3) {
        0 => json!([]),
        1 if roles.len() > 1 => json!([{ "id": "s0", "roles": roles, "max": 1 }]),
        _ => json!([{ "id": "s1", "permissions": permissions, "max": permissions.len() - 1 }]),
    }
}

/// A tenant in which what somebody gets is often under a condition that the actor has, too.
fn shared(rng: &mut Rng) -> Value {
    let all = json!(["own", "team", "all"]);
    let permission = |id: &str| json!({ "id": id, "scopes": all });
    let categories = CATEGORIES.map(|category| {
        let ids = PERMISSIONS.into_iter().filter(|id| id.starts_with(category));
        json!({ "id": category, "permissions": ids.map(permission).collect::<Vec<_>>() })
    });
    let (one, other) = (conditions::condition(rng), conditions::condition(rng));
    let grant = |when: Value| json!({ "scope": "all", "when": when });
    let role = |id: &str, value: Value| json!({ "id": id, "name": id, "grants": { "c.view": value } });
    let mut denied = role("r2", json!("all"));
    denied["deny"] = json!([{ "key": "c.view", "when": { "$not": one } }]);
    let narrower = grant(json!({ rng.pick(&["$and", "$or"]): [other, one] }));
    let mut tenant = json!({
        "format": "rolegate/1", "revision": 1, "x-conditions": [one, other],
        "catalog": { "categories": categories },
        "teams": [{ "id": "t0" }, { "id": "t1", "parent": "t0" }, { "id": "t2" }],
        "roles": [role("r0", grant(one.clone())), role("r1", narrower), denied],
    });
    let mut people = PEOPLE.to_vec();
    rng.shuffle(&mut people);
    let mut users: Vec<Value> = people[..4].iter().map(|id| user(rng, id, &tenant, Kind::Shared)).collect();
    for (at, user) in users.iter_mut().enumerate() {
        user["roles"] = if at < 2 { json!(["r0", "r1"]) } else { json!([]) };
    }
    tenant["users"] = json!(users);
    tenant
}

/// A tenant that need not load.
pub(super) fn tenant(rng: &mut Rng, kind: Kind) -> Value {
    if kind == Kind::Shared {
        return shared(rng);
    }
    let rich = kind == Kind::Rich;
    let types = rich && rng.chance(15);
    // Whether records of a type have their owner and team where others of them have not.
    let elsewhere = rich && rng.chance(25);
    let mut known: Vec<&str> = Vec::new();
    let mut categories: Vec<Value> = Vec::new();
    for category in CATEGORIES {
        let mut permissions = Vec::new();
        for id in PERMISSIONS.into_iter().filter(|id| id.starts_with(category)) {
            let mut permission = json!({ "id": id });
            if let Some(scopes) = scopes(rng) {
                permission["scopes"] = scopes;
            }
            if rich && rng.chance(if elsewhere { 70 } else { 35 }) && !known.is_empty() {
                permission["requires"] = json!([rng.pick(&known)]);
            }
            if rng.chance(15) {
                permission["implies"] = json!([rng.pick(&PERMISSIONS)]);
            }
            if rich && rng.chance(6) {
                permission["plans"] = json!(["pro"]);
            }
            if types && rng.chance(30) {
                permission["roleTypes"] = json!(["x"]);
            }
            if rich && rng.chance(6) {
                permission["standardOnly"] = json!(true);
            }
            if rng.chance(20) {
                permission["resource"] = json!("c");
            } else if elsewhere && id == "c.reply" {
                permission["resource"] = json!("c.x");
            }
            permissions.push(permission);
            known.push(id);
        }
        categories.push(json!({ "id": category, "permissions": permissions, "x-c": [1.50] }));
    }
    let mut tenant = json!({
        "format": "rolegate/1", "revision": rng.below(50), "x-app": { "kept": [null, 1e3] },
        "x-conditions": (0..4).map(|_| conditions::condition(rng)).collect::<Vec<_>>(),
        "catalog": { "categories": categories }, "roles": [],
    });
    // Where this is nobody's type, it does not load.
    if elsewhere {
        tenant["catalog"]["resources"] = json!({ "c.x": { "owner": "by", "team": ["place"] } });
    }
    if types {
        tenant["catalog"]["roleTypes"] = json!(["x", "y"]);
    }
    if rich && rng.chance(50) {
        tenant["plan"] = json!(rng.pick(&["free", "pro"]));
    }
    if rng.chance(85) {
        let mut teams: Vec<Value> = Vec::new();
        for at in 0..rng.below(6) {
            let mut team = json!({ "id": format!("t{at}") });
            if at > 0 && rng.chance(60) {
                team["parent"] = json!(format!("t{}", rng.below(at)));
            }
            teams.push(team);
        }
        tenant["teams"] = json!(teams);
    }
    for at in 0..rng.between(2, 5) {
        let mut role = json!({ "id": format!("r{at}"), "name": format!("Role {at}") });
        if types {
            role["type"] = json!(rng.pick(&["x", "y"]));
        }
        if at == 0 && rng.chance(60) {
            role["grants"] = json!({ "*": true });
            role["locked"] = json!(true);
            role["standard"] = json!(true);
        } else {
            role["grants"] = grants(rng, &tenant, kind);
            if at > 0 && rng.chance(30) {
                role["inherits"] = json!([format!("r{}", rng.below(at))]);
            }
            if rich && rng.chance(25) {
                role["deny"] = deny(rng, &tenant);
            }
            if rng.chance(15) {
                role["standard"] = json!(true);
            }
            if rng.chance(8) {
                role["locked"] = json!(true);
            }
        }
        tenant["roles"].as_array_mut().unwrap().push(role);
    }
    let users: Vec<Value> = (0..rng.between(2, 5)).map(|at| user(rng, PEOPLE[at], &tenant, kind)).collect();
    tenant["users"] = json!(users);
    if rng.chance(25) {
        tenant["everyone"] = json!([assignment(rng, &tenant, kind)]);
    }
    if rng.chance(30) {
        tenant["separations"] = separations(rng, &tenant);
    }
    tenant
}

/// One that gives what a role of the tenant grants.
fn shared_operation(rng: &mut Rng, tenant: &Value) -> Value {
    let role = rng.pick(tenant["roles"].as_array().unwrap());
    let (id, name) = (format!("r{}", rng.below(8)), rng.pick(&["New", "Other"]));
    if rng.chance(35) {
        return json!(["createRole", { "id": id, "name": name, "grants": role["grants"] }]);
    }
    json!(["assign", some_id(rng, tenant, "users"), role["id"]])
}

/// An operation on a tenant, as JSON.
pub(super) fn operation(rng: &mut Rng, tenant: &Value, kind: Kind) -> Value {
    let rich = kind == Kind::Rich;
    if kind == Kind::Shared && rng.chance(70) {
        return shared_operation(rng, tenant);
    }
    let (role, user, team) =
        (some_id(rng, tenant, "roles"), some_id(rng, tenant, "users"), some_id(rng, tenant, "teams"));
    let fresh = |rng: &mut Rng, prefix: &str| format!("{prefix}{}", rng.below(8));
    let name = |rng: &mut Rng| rng.pick(&["Role 1", " rOLE 2", "Ｒole 3", "New", "Other", "Third", "Fourth"]);
    match rng.below(26) {
        0..=2 => {
            let mut made =
                json!({ "id": fresh(rng, "r"), "name": name(rng), "grants": grants(rng, tenant, kind) });
            if tenant["catalog"].get("roleTypes").is_some() {
                made["type"] = json!(rng.pick(&["x", "y"]));
            }
            if rng.chance(20) {
                made["inherits"] = json!([some_id(rng, tenant, "roles")]);
            }
            if rich && rng.chance(20) {
                made["deny"] = deny(rng, tenant);
            }
            json!(["createRole", made])
        }
        3 => json!(["duplicateRole", role, { "id": fresh(rng, "r"), "name": name(rng) }]),
        4..=7 => {
            let mut changes = json!({});
            if rng.chance(85) {
                let mut grants = grants(rng, tenant, kind);
                if rng.chance(30) {
                    grants[key(rng)] = Value::Null;
                }
                changes["grants"] = grants;
            }
            if rng.chance(15) {
                changes["name"] = json!(name(rng));
            }
            if rng.chance(10) {
                changes["inherits"] = json!([some_id(rng, tenant, "roles")]);
            }
            if rich && rng.chance(25) {
                changes["deny"] = if rng.chance(50) { Value::Null } else { deny(rng, tenant) };
            }
            if rng.chance(4) {
                changes["type"] = json!("x");
            }
            json!(["updateRole", role, changes])
        }
        8 => {
            let (category, on) = (rng.pick(&CATEGORIES), rng.chance(60));
            if rng.chance(50) {
                json!(["selectCategory", role, category, on])
            } else {
                json!(["selectCategory", role, category, on, { "live": rng.chance(70) }])
            }
        }
        9 => json!(["deleteRole", role]),
        10 => json!(["moveUsers", role, some_id(rng, tenant, "roles")]),
        11 => json!(["stampReview", role]),
        12 => {
            let id = rng.pick(&PEOPLE);
            json!(["addUser", self::user(rng, id, tenant, kind)])
        }
        13 => json!(["removeUser", user]),
        14 => json!([rng.pick(&["disableUser", "enableUser"]), user]),
        15 | 16 => json!(["setUserTeams", user, rng.some(&ids(tenant, "teams"), 35)]),
        17 => json!(["setAttributes", user, if rng.chance(20) { Value::Null } else { thing(rng, &[], 0) }]),
        18..=20 => json!(["assign", user, assignment(rng, tenant, kind)]),
        21 => {
            let users = tenant["users"].as_array().cloned().unwrap_or_default();
            let roles = users.iter().find(|it| it["id"] == *user).map(|it| it["roles"].clone());
            let roles = roles.and_then(|roles| roles.as_array().cloned()).unwrap_or_default();
            if roles.is_empty() || rng.chance(10) {
                json!(["unassign", user, assignment(rng, tenant, kind)])
            } else {
                json!(["unassign", user, rng.pick(&roles)])
            }
        }
        22 => {
            let mut made = json!({ "id": fresh(rng, "t") });
            if rng.chance(60) {
                made["parent"] = json!(team);
            }
            json!(["addTeam", made])
        }
        23 => {
            let parent = if rng.chance(25) { Value::Null } else { json!(some_id(rng, tenant, "teams")) };
            json!(["moveTeam", team, parent])
        }
        24 => json!(["removeTeam", team]),
        _ if rng.chance(60) => {
            let all: Vec<Value> = (0..rng.below(3)).map(|_| assignment(rng, tenant, kind)).collect();
            json!(["setEveryone", all])
        }
        _ => json!(["setSeparations", separations(rng, tenant)]),
    }
}

/// A record of somebody, in the eyes of these two.
pub(super) fn record(rng: &mut Rng, one: &str, other: &str) -> Value {
    let teams = ["t0", "t1", "t2", "t3", "t4", "t5", "t6", "t7", "zz"];
    let mut record = json!({});
    let owner = |rng: &mut Rng| rng.pick(&[one, other, "else"]).to_owned();
    if rng.chance(70) {
        record["owner"] = json!(owner(rng));
    }
    match rng.below(4) {
        0 => {}
        1 => record["team"] = json!([rng.pick(&teams), rng.pick(&teams)]),
        _ => record["team"] = json!(rng.pick(&teams)),
    }
    if rng.chance(50) {
        record["place"] = json!(rng.pick(&teams));
    }
    record.as_object_mut().unwrap().extend(thing(rng, &[one, other, "else"], 0).as_object().unwrap().clone());
    record
}

/// The moments that matter to a tenant from now on: now, a night, and those at which an assignment begins or
/// ends.
pub(super) fn moments(rng: &mut Rng) -> f64 {
    let seconds = rng.pick(&[0.0, 0.0, 0.0, 3_600.0, 7_200.0, 36_000.0, 86_400.0, 2_592_000.0, 2_640_000.0]);
    NOW + seconds * 1000.0
}

/// How many seconds from now a time is.
pub(super) fn seconds(text: &str) -> i64 {
    TIMES.into_iter().find(|seconds| time(*seconds) == text).unwrap()
}

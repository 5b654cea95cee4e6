//! What a narrowed snapshot leaves out, and that what it keeps is needed: without it some answer or reason
//! would be another.

use rolegate::{Explanation, Json, On, Snapshot};
use serde_json::{Value, json};

use crate::laws::seeds;
use crate::reference::generate::rng::Rng;

fn snapshot(tree: &Value) -> Snapshot {
    Snapshot::from_json(tree.to_string().as_bytes()).unwrap_or_else(|error| panic!("{error}\n{tree}"))
}

fn narrowed(tree: &Value) -> Value {
    serde_json::from_str(&snapshot(tree).narrow("u")).unwrap()
}

/// A tenant of one user with these roles, who holds these.
fn tenant(roles: &Value, user: &Value) -> Value {
    let mut tree = json!({
        "format": "rolegate/1", "revision": 1, "plan": "free",
        "catalog": { "categories": [{ "id": "c", "permissions": [
            { "id": "c.a", "scopes": ["own", "team", "all"] },
            { "id": "c.b", "scopes": ["own", "team", "all"], "implies": ["c.a"] },
            { "id": "c.pro", "plans": ["pro"], "scopes": ["own", "team", "all"], "implies": ["c.a"] },
        ] }] },
        "teams": [{ "id": "t" }, { "id": "below", "parent": "t" }, { "id": "other" }],
        "roles": roles, "users": [user, { "id": "v", "teams": ["other"] }],
    });
    tree["users"][0]["id"] = json!("u");
    tree
}

/// Checks lists of what a narrowed snapshot has, by their ids, and the roles and the user as they are.
fn check(roles: &Value, user: &Value, teams: &[&str], wanted_roles: &Value, wanted_user: &Value) {
    let found = narrowed(&tenant(roles, user));
    let ids: Vec<&str> =
        found["teams"].as_array().unwrap().iter().map(|team| team["id"].as_str().unwrap()).collect();
    assert_eq!(ids, teams, "{found}");
    assert_eq!(found["roles"], *wanted_roles, "{found}");
    let mut wanted_user = wanted_user.clone();
    wanted_user["id"] = json!("u");
    assert_eq!(found["users"], json!([wanted_user]));
}

#[test]
fn teams_that_no_grant_reaches_are_gone() {
    let own = json!([{ "id": "r", "name": "R", "grants": { "c.a": "own" } }]);
    check(&own, &json!({ "teams": ["t"], "roles": ["r"] }), &[], &own, &json!({ "roles": ["r"] }));
    let all = json!([{ "id": "r", "name": "R", "grants": { "*": "all" } }]);
    check(&all, &json!({ "teams": ["t"], "roles": ["r"] }), &[], &all, &json!({ "roles": ["r"] }));
    let team = json!([{ "id": "r", "name": "R", "grants": { "c.a": "team" } }]);
    let user = json!({ "teams": ["t"], "roles": ["r"] });
    check(&team, &user, &["t", "below"], &team, &user);
    // A team that another one covers adds nothing.
    check(&team, &json!({ "teams": ["below", "t"], "roles": ["r"] }), &["t", "below"], &team, &user);
    // Within the team of an assignment, the user's own teams do not matter.
    let limited = json!({ "roles": [{ "role": "r", "team": "other" }] });
    check(
        &team,
        &json!({ "teams": ["t"], "roles": [{ "role": "r", "team": "other" }] }),
        &["other"],
        &team,
        &limited,
    );
    // A condition that reads them asks for their names, not for what they cover.
    let reads = json!([{ "id": "r", "name": "R", "grants": { "c.a": { "when": { "user.teams": { "$has": "t" } } } } }]);
    check(&reads, &user, &["t"], &reads, &user);
}

#[test]
fn of_a_disabled_user_nothing_stays_but_that() {
    let roles = json!([{ "id": "r", "name": "R", "grants": { "c.a": { "when": { "user.k": 1 } } } }]);
    let user = json!({ "teams": ["t"], "roles": ["r"], "attributes": { "k": 1 }, "disabled": true });
    check(&roles, &user, &[], &json!([]), &json!({ "disabled": true }));
    let mut tree = tenant(&roles, &user);
    tree["everyone"] = json!([{ "role": "r", "team": "other" }]);
    assert_eq!(narrowed(&tree)["everyone"], Value::Null);
}

#[test]
fn what_the_plan_does_not_have_is_gone() {
    let roles = json!([{ "id": "r", "name": "R",
        "grants": { "c.pro": { "scope": "team", "when": { "user.k": 1 } }, "c.a": "own" },
        "deny": ["c.pro", { "key": "c.pro", "when": { "user.l": 1 } }, "c.b"] }]);
    let kept = json!([{ "id": "r", "name": "R", "grants": { "c.a": "own" }, "deny": ["c.b"] }]);
    let user = json!({ "teams": ["t"], "roles": ["r"], "attributes": { "k": 1, "l": 1 } });
    check(&roles, &user, &[], &kept, &json!({ "roles": ["r"] }));
}

#[test]
fn roles_that_bring_nothing_keep_their_place_alone() {
    // The second assignment is the second still, and nothing of it is told but its role.
    let roles = json!([
        { "id": "none", "name": "N", "inherits": ["gone"], "grants": { "c.pro": true } },
        { "id": "gone", "name": "G", "grants": { "c.pro": true } },
        { "id": "r", "name": "R", "grants": { "c.a": "own" } },
    ]);
    let user = json!({ "roles": [{ "role": "none", "team": "t", "until": "2030-01-01T00:00:00Z" }, "r"] });
    let kept = json!([{ "id": "none", "name": "N" }, { "id": "r", "name": "R", "grants": { "c.a": "own" } }]);
    check(&roles, &user, &[], &kept, &json!({ "roles": [{ "role": "none" }, "r"] }));
}

#[test]
fn entries_that_others_hide_are_gone() {
    let roles = json!([
        { "id": "r", "name": "R", "inherits": ["hidden", "seen"], "grants": { "c.a": "own", "c.b": false } },
        { "id": "hidden", "name": "H", "grants": { "*": { "scope": "team", "when": { "user.k": 1 } }, "c.pro": "all" } },
        { "id": "seen", "name": "S", "grants": { "c.a": "all" }, "deny": ["c.b"] },
    ]);
    let kept = json!([
        { "id": "r", "name": "R", "inherits": ["seen"], "grants": { "c.a": "own", "c.b": false } },
        { "id": "seen", "name": "S", "deny": ["c.b"] },
    ]);
    let user = json!({ "teams": ["t"], "roles": ["r"], "attributes": { "k": 1 } });
    check(&roles, &user, &[], &kept, &json!({ "roles": ["r"] }));
    // An entry stays for what it implies.
    let roles = json!([
        { "id": "r", "name": "R", "inherits": ["p"], "grants": { "c.b": false } },
        { "id": "p", "name": "P", "grants": { "c.b": "own" } },
    ]);
    check(&roles, &json!({ "roles": ["r"] }), &[], &roles, &json!({ "roles": ["r"] }));
}

/// A tenant without conditions and times: so all that may matter can be asked.
fn plain(seed: u64) -> Value {
    let rng = &mut Rng::new(seed);
    let levels = ["own", "team", "all"];
    let role = |at: usize, rng: &mut Rng| {
        let mut role = json!({ "id": format!("r{at}"), "name": "R" });
        let before: Vec<String> = (0..at).map(|at| format!("r{at}")).collect();
        role["inherits"] = json!(rng.some(&before, 40));
        role["grants"] = json!({});
        for key in rng.some(&["c.a", "c.b", "c.pro", "c.*", "*"], 30) {
            role["grants"][key] = if rng.chance(20) { json!(false) } else { json!(rng.pick(&levels)) };
        }
        role["deny"] = json!(rng.some(&["c.a", "c.b", "c.pro"], 10));
        role
    };
    let roles: Vec<Value> = (0..4).map(|at| role(at, rng)).collect();
    let held: Vec<String> = rng.some_at_least_one(&["r0", "r1", "r2", "r3"].map(str::to_owned), 30);
    let limited = |role: &String, rng: &mut Rng| {
        if rng.chance(30) { json!({ "role": role, "team": rng.pick(&["t", "other"]) }) } else { json!(role) }
    };
    let held: Vec<Value> = held.iter().map(|role| limited(role, rng)).collect();
    let user =
        json!({ "teams": rng.some(&["t", "below", "other"], 40), "roles": held, "disabled": rng.chance(10) });
    tenant(&json!(roles), &user)
}

/// What every question about the user is answered: with its reason, the role and the way to the grant.
fn answers(tree: &Value) -> Option<Vec<Explanation>> {
    let snapshot = Snapshot::from_json(tree.to_string().as_bytes()).ok()?;
    let subject = snapshot.subject("u").at(1_795_226_400_000.0);
    let mut told = Vec::new();
    let ids = ["t", "below", "other", "zz"].map(|team| json!({ "team": team }));
    let owned = ids.clone().map(|record| json!({ "team": record["team"], "owner": "u" }));
    let records = [&ids[..], &owned[..], &[json!({}), json!({ "owner": "u" })]].concat();
    for permission in ["c.a", "c.b", "c.pro"] {
        told.push(subject.explain(permission, On::Anything));
        for record in &records {
            let record = Json::parse(record.to_string().as_bytes())?;
            told.push(subject.explain(permission, On::Record(&record)));
        }
    }
    Some(told)
}

/// The snapshots that lack one grant, denial, team, parent of a role or team of the user.
fn without_one(tree: &Value) -> Vec<(String, Value)> {
    let mut found = Vec::new();
    let lists = ["/users/0/teams", "/teams"].map(str::to_owned);
    let count = tree["roles"].as_array().map_or(0, Vec::len);
    let of_roles =
        (0..count).flat_map(|at| ["grants", "deny", "inherits"].map(|key| format!("/roles/{at}/{key}")));
    for pointer in lists.into_iter().chain(of_roles) {
        let keys: Vec<String> = match tree.pointer(&pointer) {
            Some(Value::Array(items)) => (0..items.len()).map(|at| at.to_string()).collect(),
            Some(Value::Object(members)) => members.keys().cloned().collect(),
            _ => Vec::new(),
        };
        for key in keys {
            let mut smaller = tree.clone();
            match smaller.pointer_mut(&pointer) {
                Some(Value::Array(items)) => drop(items.remove(key.parse().unwrap())),
                Some(Value::Object(members)) => drop(members.remove(&key)),
                _ => {}
            }
            found.push((format!("{pointer}/{key}"), smaller));
        }
    }
    found
}

#[test]
fn what_stays_matters() {
    let seeds = seeds(300);
    let (mut count, mut needless) = (0, Vec::new());
    for seed in seeds.clone() {
        let tree = plain(seed);
        let small = narrowed(&tree);
        let told = answers(&tree);
        assert_eq!(answers(&small), told, "seed {seed}: {tree}\n{small}");
        for (what, smaller) in without_one(&small) {
            // What others refer to cannot be left out alone.
            let Some(changed) = answers(&smaller) else { continue };
            count += 1;
            if Some(changed) == told {
                needless.push(format!("seed {seed}: {what} of {small}"));
            }
        }
    }
    println!("{} of {count} parts would not be missed", needless.len());
    for what in needless.iter().take(12) {
        println!("{what}");
    }
    if seeds.end - seeds.start >= 300 {
        // What remains: a grant beside a wider one of another role, or one that a denial always hides.
        assert!(count > 500 && needless.len() * 3 < count, "{} of {count}", needless.len());
    }
}

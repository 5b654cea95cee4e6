//! Each limit on what is derived from a document (docs/format.md#limits): at it the document loads, one above
//! it is refused, with the place.

use rolegate::Snapshot;
use serde_json::{Value, json};

/// The places and codes of what is wrong.
fn load(document: &Value) -> Vec<(String, &'static str)> {
    match Snapshot::from_json(document.to_string().as_bytes()) {
        Ok(_) => Vec::new(),
        Err(error) => error.issues.iter().map(|issue| (issue.path.clone(), issue.code.as_str())).collect(),
    }
}

fn tenant(permissions: &[Value], roles: &[Value], users: &[Value]) -> Value {
    json!({
        "format": "rolegate/1",
        "revision": 1,
        "catalog": { "categories": [{ "id": "c", "permissions": permissions }] },
        "teams": [{ "id": "t" }, { "id": "u" }],
        "roles": roles,
        "users": users,
        "everyone": [],
    })
}

fn permission(at: usize, key: &str, others: impl Iterator<Item = usize>) -> Value {
    let others: Vec<String> = others.map(|at| format!("c.v{at}")).collect();
    json!({ "id": format!("c.v{at}"), (key): others })
}

fn role(at: usize, inherits: impl Iterator<Item = usize>, grants: &Value) -> Value {
    let inherits: Vec<String> = inherits.map(|at| format!("r{at}")).collect();
    json!({ "id": format!("r{at}"), "name": "R", "inherits": inherits, "grants": grants })
}

/// Five hundred rows that refer to five hundred others, and perhaps one more reference.
fn star(more: bool, row: &dyn Fn(usize, Vec<usize>) -> Value) -> Vec<Value> {
    let mut rows: Vec<Value> =
        (0..1000).map(|at| row(at, if at < 500 { Vec::new() } else { (0..500).collect() })).collect();
    rows.push(row(1000, if more { vec![7] } else { Vec::new() }));
    rows
}

fn too_complex(path: &str) -> Vec<(String, &'static str)> {
    vec![(path.to_owned(), "too-complex")]
}

#[test]
fn pairs_of_roles() {
    let of = |more| tenant(&[], &star(more, &|at, all| role(at, all.into_iter(), &json!({}))), &[]);
    assert_eq!(load(&of(false)), []);
    assert_eq!(load(&of(true)), too_complex("/roles/1000/inherits/0"));
}

#[test]
fn pairs_of_permissions() {
    let of = |key, more| tenant(&star(more, &|at, all| permission(at, key, all.into_iter())), &[], &[]);
    assert_eq!(load(&of("implies", false)), []);
    assert_eq!(load(&of("implies", true)), too_complex("/catalog/categories/0/permissions/1000/implies/0"));
    // What is required is followed once for each question, so it has no limit.
    assert_eq!(load(&of("requires", true)), []);
}

#[test]
fn each_permission_of_a_circle_implies_the_others() {
    let circle = |count: usize| {
        let all: Vec<Value> =
            (0..count).map(|at| permission(at, "implies", [(at + 1) % count].into_iter())).collect();
        tenant(&all, &[], &[])
    };
    // 500 * 499 pairs, and 501 * 500.
    assert_eq!(load(&circle(500)), []);
    assert_eq!(load(&circle(501)), too_complex("/catalog/categories/0/permissions/500/implies/0"));
}

fn thousand() -> Vec<Value> {
    (0..1000).map(|at| permission(at, "requires", [].into_iter())).collect()
}

/// As many alternatives as that.
fn alternatives(count: usize) -> Value {
    Value::from(vec![json!({ "when": { "context.x": 1 } }); count])
}

#[test]
fn what_a_role_grants_and_denies() {
    let of = |count: usize, deny: &Value| {
        let role = json!({ "id": "r", "name": "R", "grants": { "*": alternatives(count) }, "deny": deny });
        tenant(&thousand(), &[role], &[])
    };
    assert_eq!(load(&of(50, &json!([]))), []);
    assert_eq!(load(&of(51, &json!([]))), too_complex("/roles/0/grants/*"));
    assert_eq!(load(&of(49, &json!(["c.*"]))), []);
    assert_eq!(load(&of(50, &json!(["c.v0"]))), too_complex("/roles/0/deny/0"));
    let never = |key: &str| json!([{ "key": key, "when": { "context.x": 1 } }]);
    assert_eq!(load(&of(49, &never("*"))), []);
    assert_eq!(load(&of(50, &never("c.v0"))), too_complex("/roles/0/deny/0/key"));
}

#[test]
fn an_alternative_that_is_alone_counts_once() {
    let of = |grants: &Value, deny: &Value| {
        let roles = [
            json!({ "id": "r0", "name": "R", "grants": { "*": alternatives(49) } }),
            json!({ "id": "r", "name": "R", "inherits": ["r0"], "grants": grants, "deny": deny }),
        ];
        tenant(&thousand(), &roles, &[])
    };
    let four = json!(["*", "c.*"]);
    assert_eq!(load(&of(&json!({ "*": [{ "scope": "all" }], "c.*": true, "c.v0": false }), &four)), []);
    let refused = too_complex("/roles/1/inherits/0");
    assert_eq!(load(&of(&json!({ "*": "all", "c.*": alternatives(1), "c.v0": true }), &four)), []);
    assert_eq!(load(&of(&json!({ "*": ["own", "all"] }), &json!([]))), refused);
}

#[test]
fn what_is_implied_counts() {
    // Each of the implied comes to itself, and the first to all.
    let of = |count: usize| {
        let mut all = thousand();
        all[0] = permission(0, "implies", 1..501);
        let role =
            json!({ "id": "r", "name": "R", "grants": { "c.v500": true, "c.v0": alternatives(count) } });
        tenant(&all, &[role], &[])
    };
    assert_eq!(load(&of(49)), []);
    assert_eq!(load(&of(50)), too_complex("/roles/0/grants/c.v0"));
}

#[test]
fn what_implies_on_counts_for_each_step() {
    let of = |count: usize| {
        let all: Vec<Value> = (0..count)
            .map(|at| permission(at, "implies", [at + 1].into_iter().filter(|next| *next < count)))
            .collect();
        let role = json!({ "id": "r", "name": "R", "grants": { "c.v0": alternatives(10) } });
        tenant(&all, &[role], &[])
    };
    // 99 * 100 / 2 steps, ten times, each counting five times; and 100 * 101 / 2.
    assert_eq!(load(&of(99)), []);
    assert_eq!(load(&of(100)), too_complex("/roles/0/grants/c.v0"));
}

#[test]
fn what_is_inherited_counts_once() {
    let of = |more: bool| {
        let one = alternatives(usize::from(more));
        let roles = [
            role(0, [].into_iter(), &json!({ "*": alternatives(49) })),
            role(
                1,
                [0].into_iter(),
                &if more { json!({ "*": true, "c.v0": one }) } else { json!({ "*": true }) },
            ),
            role(2, [1, 0].into_iter(), &json!({ "*": true, "c.*": true })),
            role(3, [2, 0, 1].into_iter(), &json!({ "*": true, "c.*": alternatives(1) })),
        ];
        tenant(&thousand(), &roles, &[])
    };
    assert_eq!(load(&of(false)), []);
    assert_eq!(load(&of(true)), too_complex("/roles/3/inherits/0"));
}

#[test]
fn what_one_user_has() {
    let of = |count: usize, more: &Value, everyone: &Value| {
        let roles = [
            role(0, [].into_iter(), &json!({ "*": true })),
            role(1, [].into_iter(), &json!({ "c.v0": true })),
        ];
        let when = json!({ "role": "r0", "when": { "context.x": 1 } });
        let mut assigned = vec![when; count];
        assigned.push(more.clone());
        let users = [json!({ "id": "a" }), json!({ "id": "b", "roles": assigned })];
        let mut document = tenant(&thousand(), &roles, &users);
        document["everyone"] = everyone.clone();
        document
    };
    let none = json!([]);
    // 62 * 4 * 1,000, and 1,000; or 4,000.
    assert_eq!(load(&of(62, &json!("r0"), &none)), []);
    assert_eq!(load(&of(62, &json!({ "role": "r0", "team": "t" }), &none)), []);
    assert_eq!(load(&of(63, &json!("r1"), &none)), too_complex("/users/1/roles/62/role"));
    let windowed = json!({ "role": "r0", "from": "2026-01-01T00:00:00Z" });
    assert_eq!(load(&of(62, &windowed, &none)), too_complex("/users/1/roles/62/role"));
    // On however many teams a role is assigned.
    let teams = json!([{ "role": "r0", "team": "t" }, { "role": "r0", "team": "u" }]);
    assert_eq!(load(&of(62, &json!("r0"), &teams)), []);
    let more = json!([teams[0], teams[1], { "role": "r1" }]);
    assert_eq!(load(&of(62, &json!("r0"), &more)), too_complex("/users/1/roles/62"));
    let all = Value::from(vec![json!({ "role": "r0", "when": { "context.x": 1 } }); 63]);
    assert_eq!(load(&of(0, &json!("r1"), &all)), too_complex("/everyone/62/role"));
}

/// A tenant with one user whose attributes take so many bytes, and conditions of roles and of that user's
/// assignments that read the user so often.
fn reading(bytes: usize, by_roles: usize, by_own: usize, teams: &Value) -> Value {
    let when = json!({ "$or": vec![json!({ "user.l": { "$ref": "user.l" } }); by_roles / 2] });
    let own = json!({ "role": "r0", "when": { "$or": vec![json!({ "user.l": "x" }); by_own] } });
    let roles = [role(0, [].into_iter(), &json!({ "c.v0": { "when": when } }))];
    let attributes = json!({ "l": "z".repeat(bytes - r#"{"l":""}"#.len()) });
    let user = json!({ "id": "b", "roles": [own], "teams": teams, "attributes": attributes });
    tenant(&thousand(), &roles, &[json!({ "id": "a" }), user])
}

#[test]
fn what_conditions_may_go_through_of_a_user() {
    let none = json!([]);
    assert_eq!(load(&reading(25_000, 800, 200, &none)), []);
    assert_eq!(load(&reading(25_001, 800, 200, &none)), too_complex("/users/1"));
    assert_eq!(load(&reading(25_000, 800, 201, &none)), too_complex("/users/1"));
    assert_eq!(load(&reading(25_000, 802, 200, &none)), too_complex("/users/1"));
    assert_eq!(load(&reading(24_984, 800, 200, &json!(["t", "u"]))), []);
    assert_eq!(load(&reading(24_985, 800, 200, &json!(["t", "u"]))), too_complex("/users/1"));
}

#[test]
fn the_message_says_what_to_do() {
    let roles = star(true, &|at, all| role(at, all.into_iter(), &json!({})));
    let error = Snapshot::from_json(tenant(&[], &roles, &[]).to_string().as_bytes()).unwrap_err();
    let message = &error.issues[0].message;
    assert!(message.starts_with("`r7`: this makes more than 250,000 pairs of roles"), "{message}");
    assert!(message.ends_with("inherit from fewer roles, or in shorter chains"), "{message}");
}

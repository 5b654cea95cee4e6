//! What explanations of the engine tell. That gates tell the same is asked on random snapshots, in
//! `tests/package/vectors.mjs`.

use rolegate::{Explanation, Json, Level, On, Reason, RecordState, Snapshot};

const NOW: f64 = 1_795_000_000_000.0;

/// Roles `r`, `no` and `v`, what they grant and deny, and what the user has, as JSON.
fn snapshot(r: &str, no: &str, roles: &str) -> Snapshot {
    let text = format!(
        r#"{{ "format": "rolegate/1", "revision": 1,
            "catalog": {{ "categories": [{{ "id": "c", "permissions": [
                {{ "id": "c.view", "scopes": ["own", "team", "all"] }},
                {{ "id": "c.reply", "scopes": ["own", "team", "all"], "requires": ["c.view"] }},
                {{ "id": "c.labels" }} ] }}] }},
            "teams": [{{ "id": "a" }}, {{ "id": "b" }}],
            "roles": [
                {{ "id": "r", "name": "R", "grants": {r} }},
                {{ "id": "no", "name": "No", "deny": {no} }},
                {{ "id": "v", "name": "V", "grants": {{ "c.view": true }} }} ],
            "users": [{{ "id": "u", "teams": ["b"], "roles": {roles} }}] }}"#
    );
    Snapshot::from_json(text.as_bytes()).unwrap()
}

fn on_anything(snapshot: &Snapshot, permission: &str) -> Explanation {
    snapshot.subject("u").at(NOW).explain(permission, On::Anything)
}

fn on(snapshot: &Snapshot, permission: &str, record: &str) -> Explanation {
    let record = Json::parse(record.as_bytes()).unwrap();
    let subject = snapshot.subject("u").at(NOW);
    subject.explain(permission, On::Record(&record))
}

#[test]
fn prerequisites_that_are_held_but_nowhere_together() {
    let roles = r#"[{ "role": "r", "team": "a" }, "v", { "role": "no", "team": "a" }]"#;
    let snapshot = snapshot(r#"{ "c.reply": true }"#, r#"["c.view"]"#, roles);
    let found = on_anything(&snapshot, "c.reply");
    assert_eq!((found.reason, found.requires), (Reason::Prerequisite, None));
    let (name, required) = on(&snapshot, "c.reply", r#"{ "team": "a" }"#).requires.unwrap();
    assert_eq!((&*name, required.reason, required.team.as_deref()), ("c.view", Reason::Denied, Some("a")));
}

#[test]
fn level_team_and_conditions_as_they_are_written() {
    let roles = r#"[{ "role": "r", "team": "a", "when": {"context.x" : 1} }]"#;
    let grants = r#"{ "c.view": { "scope": "team", "when": { "resource.n":{"$lt":5} } } }"#;
    let snapshot = snapshot(grants, "[]", roles);
    let found = on(&snapshot, "c.view", r#"{ "team": "a", "n": 7 }"#);
    assert_eq!((found.reason, found.level), (Reason::ConditionFailed, Some(Level::Team)));
    assert_eq!(found.team.as_deref(), Some("a"));
    assert_eq!(
        found.condition.as_deref(),
        Some(r#"{"$and":[{"context.x" : 1},{ "resource.n":{"$lt":5} }]}"#)
    );
    assert_eq!(found.missing, ["context.x"]);
}

#[test]
fn the_denial_that_is_nearest_is_told() {
    let deny = r#"["*", { "key": "c.*", "when": { "resource.n": 1 } }, { "key": "c.view", "when": { "resource.m": 1 } }]"#;
    let snapshot = snapshot(r#"{ "c.view": true }"#, deny, r#"["r", "no"]"#);
    let told = |record| on(&snapshot, "c.view", record).condition;
    assert_eq!(told(r#"{ "m": 1 }"#).as_deref(), Some(r#"{ "resource.m": 1 }"#));
    assert_eq!(told(r#"{ "m": 0, "n": 1 }"#).as_deref(), Some(r#"{ "resource.n": 1 }"#));
    assert_eq!(told(r#"{ "m": 0, "n": 0 }"#), None);
}

#[test]
fn missing_names_what_is_there_and_cannot_be_used() {
    let by_owner = snapshot(r#"{ "c.view": "own" }"#, "[]", r#"["r"]"#);
    let missing = |snapshot: &Snapshot, record: &str| on(snapshot, "c.view", record).missing;
    for odd in ["{}", "[{}]", r#"["x", true]"#, "true", "1.5", r#""""#] {
        let record = format!(r#"{{ "owner": {odd}, "team": {odd} }}"#);
        assert_eq!(missing(&by_owner, &record), ["resource.owner"], "{record}");
    }
    for known in ["null", r#""x""#, "7", "[]", r#"["x", null]"#] {
        assert!(missing(&by_owner, &format!(r#"{{ "owner": {known} }}"#)).is_empty(), "{known}");
    }
    let by_team = snapshot(r#"{ "c.view": "team" }"#, "[]", r#"["r"]"#);
    assert_eq!(missing(&by_team, r#"{ "owner": {}, "team": {} }"#), ["resource.owner", "resource.team"]);
    let within = snapshot(r#"{ "c.view": "team" }"#, "[]", r#"[{ "role": "r", "team": "a" }]"#);
    assert_eq!(missing(&within, r#"{ "owner": {}, "team": {} }"#), ["resource.team"]);
    let small = snapshot(r#"{ "c.view": { "when": { "resource.n": { "$lte": 5 } } } }"#, "[]", r#"["r"]"#);
    assert_eq!(missing(&small, r#"{ "n": {} }"#), ["resource.n"]);
    assert_eq!(missing(&small, r#"{ "n": "4" }"#), ["resource.n"]);
    assert!(missing(&small, r#"{ "n": 6 }"#).is_empty());
}

#[test]
fn a_record_that_is_unknown_or_required() {
    let grants = r#"{ "c.view": "own", "c.labels": true }"#;
    let snapshot = snapshot(grants, "[]", r#"[{ "role": "r", "team": "a" }]"#);
    let subject = snapshot.subject("u").at(NOW);
    for permission in ["c.view", "c.nothing"] {
        assert_eq!(subject.explain(permission, On::Unknown).record, Some(RecordState::Unknown));
        assert_eq!(subject.explain(permission, On::Anything).record, None);
    }
    let found = subject.explain("c.labels", On::Anything);
    assert_eq!((found.reason, found.record), (Reason::OutOfScope, Some(RecordState::Required)));
    assert_eq!(RecordState::Required.as_str(), "required");
}

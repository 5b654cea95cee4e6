//! Small cases that random ones do not reach: without them a change of the engine's code goes unnoticed.

use rolegate::{Json, On, Remedy, Snapshot};

/// A snapshot in which `ana`, of the team `t`, holds `c.v` under a condition.
fn under(when: &str) -> Snapshot {
    let text = format!(
        r#"{{ "format": "rolegate/1", "revision": 1,
          "catalog": {{ "categories": [{{ "id": "c", "permissions": [{{ "id": "c.v", "scopes": ["all"] }}] }}] }},
          "teams": [{{ "id": "t" }}], "roles": [{{ "id": "r", "name": "R", "grants": {{ "c.v": {{ "when": {when} }} }} }}],
          "users": [{{ "id": "ana", "teams": ["t"], "roles": ["r"] }}] }}"#
    );
    Snapshot::from_json(text.as_bytes()).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn literals_with_escapes_are_kept_apart() {
    let snapshot = under(r#"{ "resource.a": { "$in": ["\u0061bc", "\u0064e", "plain", "\u0066"] } }"#);
    let ana = snapshot.subject("ana").at(0.0);
    for (text, can) in [
        ("abc", true),
        ("de", true),
        ("plain", true),
        ("f", true),
        ("abcde", false),
        ("e", false),
        ("", false),
    ] {
        let record = Json::parse(format!(r#"{{ "a": "{text}" }}"#).as_bytes()).unwrap();
        assert_eq!(ana.can("c.v", On::Record(&record)), can, "{text}");
    }
}

#[test]
fn what_elements_are_asked_may_wait_for_the_context() {
    let snapshot = under(r#"{ "user.teams": { "$elem": { "context.x": 1 } } }"#);
    let record = Json::parse(b"{}").unwrap();
    let context = Json::parse(br#"{ "x": 1 }"#).unwrap();
    let ana = snapshot.subject("ana").at(0.0);
    assert!(!ana.can("c.v", On::Record(&record)));
    let found = ana.remedies("c.v", On::Record(&record));
    assert!(
        matches!(&found.changes[..], [Remedy::Condition { condition }] if condition.contains("context.x")),
        "{found:?}"
    );
    assert!(snapshot.subject("ana").at(0.0).context(&context).can("c.v", On::Record(&record)));
}

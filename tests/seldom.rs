//! Rules that random snapshots seldom reach, each on a small tenant.

use rolegate::{Json, Level, On, Reason, Remedy, Snapshot};
use serde_json::{Value, json};

const NOW: f64 = 1_795_000_000_000.0;

/// A tenant in which user `u` has these roles.
fn tenant(permissions: &Value, roles: &Value, assigned: &Value) -> Snapshot {
    let tree = json!({
        "format": "rolegate/1", "revision": 1,
        "catalog": { "categories": [{ "id": "c", "permissions": permissions }] },
        "teams": [{ "id": "a" }, { "id": "b" }],
        "roles": roles, "users": [{ "id": "u", "roles": assigned, "attributes": { "list": [
            { "parts": [{ "n": 1 }] }, { "parts": [{ "n": 2 }] }, { "parts": [{ "n": 3 }] }] } }],
    });
    Snapshot::from_json(tree.to_string().as_bytes()).unwrap_or_else(|error| panic!("{error}"))
}

#[expect(clippy::needless_pass_by_value, reason = "grants are written where they are handed over")]
fn role(id: &str, grants: Value) -> Value {
    json!({ "id": id, "name": id, "grants": grants })
}

#[test]
fn of_equals_the_first_is_told() {
    let permissions = json!([{ "id": "c.view", "scopes": ["all"] }, { "id": "c.labels" }]);
    let roles = json!([
        role("r", json!({ "c.*": true })),
        role("s", json!({ "c.*": true })),
        role("x", json!({ "c.*": { "when": { "context.x": 1 } } }))
    ]);
    let over = |role: &str| json!({ "role": role, "until": "2026-01-01T00:00:00Z" });
    let later = |role: &str| json!({ "role": role, "until": "2027-01-01T00:00:00Z" });
    let earlier = |role: &str| json!({ "role": role, "until": "2025-01-01T00:00:00Z" });
    let told = |assigned: Value, roles_of_session: Option<&[&str]>, permission: &str| {
        let snapshot = tenant(&permissions, &roles, &assigned);
        let session: Option<Vec<String>> =
            roles_of_session.map(|it| it.iter().map(|it| (*it).to_owned()).collect());
        let mut subject = snapshot.subject("u").at(NOW);
        if let Some(session) = &session {
            subject = subject.roles(session);
        }
        let found = subject.explain(permission, On::Anything);
        (found.reason, found.assignment)
    };
    for permission in ["c.view", "c.labels"] {
        assert_eq!(told(json!([over("r"), earlier("r")]), None, permission), (Reason::NotActive, Some(0)));
        assert_eq!(told(json!(["x", later("x")]), None, permission), (Reason::ConditionFailed, Some(0)));
        assert_eq!(told(json!([over("r"), "x"]), None, permission), (Reason::ConditionFailed, Some(1)));
        assert_eq!(told(json!(["x", over("r")]), None, permission), (Reason::ConditionFailed, Some(0)));
        assert_eq!(told(json!(["r", later("r")]), None, permission), (Reason::Granted, Some(0)));
        assert_eq!(told(json!([over("r"), "r"]), None, permission), (Reason::Granted, Some(1)));
        assert_eq!(told(json!(["x", "r"]), None, permission), (Reason::Granted, Some(1)));
        assert_eq!(told(json!(["s", "r"]), Some(&["r"]), permission), (Reason::Granted, Some(1)));
    }
}

#[test]
fn the_prerequisite_that_is_told_is_asked_as_the_answer_asks_it() {
    let permissions = json!([
        { "id": "c.view", "scopes": ["all"], "requires": ["c.labels", "c.tags"] },
        { "id": "c.labels" }, { "id": "c.tags" },
        { "id": "c.all", "requires": ["c.labels"] } ]);
    let roles = json!([role("r", json!({ "c.view": true, "c.labels": true, "c.all": true }))]);
    let snapshot = tenant(&permissions, &roles, &json!([{ "role": "r", "team": "a" }]));
    let told = |permission: &str| {
        let found = snapshot.subject("u").at(NOW).explain(permission, On::Anything);
        (found.reason, found.requires.map(|(id, required)| (id, required.reason)))
    };
    // On a record of the team the labels are held.
    assert_eq!(told("c.view"), (Reason::Prerequisite, Some(("c.tags".to_owned(), Reason::NotGranted))));
    let everywhere = tenant(
        &permissions,
        &json!([role("r", json!({ "c.all": true })), role("s", json!({ "c.labels": true }))]),
        &json!(["r", { "role": "s", "team": "a" }]),
    );
    let found = everywhere.subject("u").at(NOW).explain("c.all", On::Anything);
    let required = found.requires.map(|(id, required)| (id, required.reason));
    assert_eq!(
        (found.reason, required),
        (Reason::Prerequisite, Some(("c.labels".to_owned(), Reason::OutOfScope)))
    );
}

#[test]
fn a_condition_about_a_record_is_unknown_for_the_tenant_as_a_whole() {
    let permissions = json!([{ "id": "c.labels" }]);
    let roles = json!([role("r", json!({ "c.labels": { "when": { "resource.x": 1 } } }))]);
    let snapshot = tenant(&permissions, &roles, &json!(["r"]));
    let found = snapshot.subject("u").at(NOW).explain("c.labels", On::Anything);
    assert_eq!((found.reason, found.missing), (Reason::ConditionFailed, vec!["resource.x".to_owned()]));
}

#[test]
fn what_no_role_that_grants_asks_for_is_not_missing() {
    let permissions = json!([{ "id": "c.view", "scopes": ["all"] }, { "id": "c.labels" }]);
    let grants = json!({ "c.view": true });
    let roles =
        json!([role("r", grants.clone()), role("other", grants), role("s", json!({ "c.labels": true }))]);
    let assigned = json!([
        { "role": "s", "when": { "context.s": 1 } },
        { "role": "r", "when": { "context.over": 1 }, "until": "2026-01-01T00:00:00Z" },
        { "role": "other", "when": { "context.other": 1 } },
        { "role": "r", "when": { "context.r": 1 } } ]);
    let snapshot = tenant(&permissions, &roles, &assigned);
    let session = ["r".to_owned(), "s".to_owned()];
    let found = snapshot.subject("u").at(NOW).roles(&session).explain("c.view", On::Anything);
    assert_eq!((found.reason, found.missing), (Reason::ConditionFailed, vec!["context.r".to_owned()]));
}

/// Of many assignments what their conditions come to is remembered: for a record, for none and for any each
/// by itself.
#[test]
fn what_is_remembered_of_a_record_is_not_taken_for_another_question() {
    let permissions = json!([
        { "id": "c.view", "scopes": ["all"], "requires": ["d.tags"] }, { "id": "d.tags" } ]);
    let roles = json!([role("r", json!({ "*": true }))]);
    let assigned: Vec<Value> = (0..12).map(|_| json!({ "role": "r", "when": { "resource.x": 1 } })).collect();
    let snapshot = tenant(&permissions, &roles, &json!(assigned));
    let record = Json::parse(br#"{ "x": 1 }"#).unwrap();
    let subject = snapshot.subject("u").at(NOW);
    let found = subject.explain("c.view", On::Record(&record));
    assert_eq!(found.reason, Reason::Prerequisite);
    assert!(!subject.can("c.view", On::Record(&record)));
}

/// A list within an element is its own for each element.
#[test]
fn lists_within_lists_differ() {
    let permissions = json!([{ "id": "c.view" }, { "id": "c.none" }]);
    let inside = |n: i32| json!({ "when": { "user.list": { "$elem": { "element.parts": { "$elem": { "element.n": n } } } } } });
    let snapshot = tenant(
        &permissions,
        &json!([role("r", json!({ "c.view": inside(3), "c.none": inside(4) }))]),
        &json!(["r"]),
    );
    let subject = snapshot.subject("u").at(NOW);
    assert!(subject.can("c.view", On::Anything) && !subject.can("c.none", On::Anything));
}

#[test]
fn an_end_is_the_same_in_every_context() {
    let permissions = json!([{ "id": "c.view", "scopes": ["all"] }]);
    let roles = json!([role("r", json!({ "c.view": true }))]);
    let assigned = json!([
        { "role": "r", "when": { "context.x": 1 } }, { "role": "r", "until": "2026-12-01T00:00:00Z" } ]);
    let snapshot = tenant(&permissions, &roles, &assigned);
    let until = |context: &str| {
        let context = Json::parse(context.as_bytes()).unwrap();
        snapshot.subject("u").at(NOW).context(&context).valid_until()
    };
    assert_eq!(until(r#"{ "x": 1 }"#).to_bits(), 1_796_083_200_000_f64.to_bits());
    assert_eq!(until("{}").to_bits(), 1_796_083_200_000_f64.to_bits());
}

#[test]
fn a_condition_is_told_once_for_all_that_it_stands_for() {
    let permissions =
        json!([{ "id": "c.view", "scopes": ["all"], "requires": ["d.tags"] }, { "id": "d.tags" }]);
    let roles = json!([role("r", json!({ "*": true }))]);
    let remedies = |when: Value| {
        let snapshot = tenant(&permissions, &roles, &json!([{ "role": "r", "when": when }]));
        let record = Json::parse(br#"{ "x": 2 }"#).unwrap();
        snapshot.subject("u").at(NOW).remedies("c.view", On::Record(&record)).changes
    };
    let condition = Remedy::Condition { condition: r#"{"context.x":{"$eq":1}}"#.to_owned() };
    assert_eq!(remedies(json!({ "context.x": 1 })), [condition]);
    // Without a record that can never be so.
    let grant =
        Remedy::Grant { permission: "c.view".to_owned(), level: Level::All, roles: vec!["r".to_owned()] };
    assert_eq!(remedies(json!({ "resource.x": 1 })), [grant]);
}

/// By what a role comes to a grant: the roles and the permissions in turn.
fn via(roles: &Value, record: &str) -> Vec<String> {
    let levels = json!(["own", "team", "all"]);
    let permissions = json!([
        { "id": "c.view", "scopes": levels },
        { "id": "c.edit", "scopes": levels, "implies": ["c.view"] },
        { "id": "c.admin", "scopes": ["all"], "implies": ["c.mine"] },
        { "id": "c.mine", "scopes": ["own"], "implies": ["c.view"] },
        { "id": "c.root", "scopes": ["all"], "implies": ["c.admin"] },
        { "id": "c.super", "scopes": ["all"], "implies": ["c.admin"] } ]);
    let snapshot = tenant(&permissions, roles, &json!(["top"]));
    let record = Json::parse(record.as_bytes()).unwrap();
    let found = snapshot.subject("u").at(NOW).explain("c.view", On::Record(&record));
    assert_eq!((found.reason, found.role.as_deref()), (Reason::Granted, Some("top")));
    found.via
}

#[test]
fn the_way_to_a_grant_is_the_one_of_that_grant() {
    let heir = |id: &str, of: &[&str]| json!({ "id": id, "name": id, "inherits": of });
    let other = r#"{ "owner": "v" }"#;
    let mine = r#"{ "owner": "u" }"#;
    let plain = json!([
        heir("top", &["none", "mid"]),
        heir("none", &[]),
        heir("mid", &["base"]),
        role("base", json!({ "c.edit": "all" }))
    ]);
    assert_eq!(via(&plain, other), ["mid", "base", "c.edit"]);
    let nearer = json!([role("top", json!({ "c.view": "own", "c.edit": "all" }))]);
    assert_eq!(via(&nearer, mine), Vec::<String>::new());
    assert_eq!(via(&nearer, other), ["c.edit"]);
    let second = json!([
        heir("top", &["some", "most"]),
        role("some", json!({ "c.view": "own" })),
        role("most", json!({ "c.view": "all" }))
    ]);
    assert_eq!(via(&second, mine), ["some"]);
    assert_eq!(via(&second, other), ["most"]);
    let under = |n: i32| json!({ "when": { "resource.n": n } });
    let third = json!([
        heir("top", &["some", "most"]),
        role("some", json!({ "c.view": under(1) })),
        role("most", json!({ "c.view": under(2) }))
    ]);
    assert_eq!(via(&third, r#"{ "n": 1 }"#), ["some"]);
    assert_eq!(via(&third, r#"{ "n": 2 }"#), ["most"]);
    let narrower = json!([role("top", json!({ "c.root": true }))]);
    assert_eq!(via(&narrower, mine), ["c.mine", "c.admin", "c.root"]);
    let unconditional =
        json!([role("top", json!({ "c.root": { "when": { "context.x": 1 } }, "c.super": true }))]);
    assert_eq!(via(&unconditional, mine), ["c.mine", "c.admin", "c.super"]);
    let inherited = json!([
        heir("top", &["mid"]),
        role("mid", json!({ "c.view": "own", "c.root": { "when": { "context.x": 1 } }, "c.super": true }))
    ]);
    assert_eq!(via(&inherited, mine), ["mid"]);
}

/// What is implied holds under each condition of what implies it, at the level of that.
#[test]
fn alternatives_imply_each_by_itself() {
    let levels = json!(["own", "team", "all"]);
    let permissions = json!([{ "id": "c.view", "scopes": levels }, { "id": "c.edit", "scopes": levels, "implies": ["c.view"] }]);
    let under = |level: &str, n: i32| json!({ "scope": level, "when": { "resource.n": n } });
    let roles = json!([role(
        "r",
        json!({ "c.edit": [under("own", 1), under("own", 2), under("all", 3), under("all", 4)] })
    )]);
    let snapshot = tenant(&permissions, &roles, &json!(["r"]));
    let can = |owner: &str, n: i32| {
        let record = Json::parse(json!({ "owner": owner, "n": n }).to_string().as_bytes()).unwrap();
        ["c.view", "c.edit"]
            .map(|permission| snapshot.subject("u").at(NOW).can(permission, On::Record(&record)))
    };
    for n in 1..=5 {
        assert_eq!(can("u", n), [n < 5; 2], "{n}");
        assert_eq!(can("v", n), [n == 3 || n == 4; 2], "{n}");
    }
}

#[test]
fn the_plan_is_what_has_to_change() {
    let permissions = json!([{ "id": "c.view", "scopes": ["all"], "plans": ["pro"] }]);
    let snapshot = tenant(&permissions, &json!([role("r", json!({ "c.view": true }))]), &json!(["r"]));
    let found = snapshot.subject("u").at(NOW).remedies("c.view", On::Anything).changes;
    assert_eq!(found, [Remedy::Plan { plans: vec!["pro".to_owned()] }]);
}

/// Those are found who can, whatever everyone is assigned.
#[test]
fn who_can_by_what_everyone_has() {
    let roles = json!([
        role("view", json!({ "c.view": "all" })), role("own", json!({ "c.view": "own", "c.edit": "all" })),
        role("labels", json!({ "c.labels": true })), role("nothing", json!({ "c.other": true })),
        { "id": "no", "name": "No", "deny": ["c.view"] },
        { "id": "unless", "name": "Unless", "deny": [{ "key": "c.labels", "when": { "user.level": 1 } }] } ]);
    let limits = [
        json!({}),
        json!({ "team": "a" }),
        json!({ "until": "2026-01-01T00:00:00Z" }),
        json!({ "when": { "context.x": 1 } }),
        json!({ "when": { "context.x": 2 } }),
        json!({ "when": { "context.y": 1 } }),
        json!({ "when": { "user.level": 1 } }),
        json!({ "when": { "resource.n": 1 } }),
        json!({ "team": "a", "when": { "resource.n": 2 } }),
    ];
    let names = ["view", "own", "labels", "nothing", "no", "unless"];
    let assignment = |at: usize| {
        let mut found = limits[at / names.len() % limits.len()].clone();
        found["role"] = json!(names[at % names.len()]);
        found
    };
    let context = Json::parse(br#"{ "x": 1 }"#).unwrap();
    let records: Vec<Json> =
        ["{}", r#"{ "owner": "v", "n": 1 }"#, r#"{ "team": "a", "n": 2 }"#, r#"{ "team": "b", "n": 1 }"#]
            .iter()
            .map(|text| Json::parse(text.as_bytes()).unwrap())
            .collect();
    let count = names.len() * limits.len();
    let mut found = 0;
    for at in 0..count * 4 {
        let mut everyone =
            vec![assignment(at), assignment(at * 7 + at / count), assignment(at * 11 + at / count * 3)];
        everyone.truncate(1 + at / count);
        everyone.dedup();
        let tree = json!({
            "format": "rolegate/1", "revision": 1,
            "catalog": { "categories": [{ "id": "c", "permissions": [
                { "id": "c.view", "scopes": ["own", "team", "all"] },
                { "id": "c.edit", "scopes": ["own", "team", "all"], "requires": ["c.view"] },
                { "id": "c.labels" }, { "id": "c.other" } ] }] },
            "teams": [{ "id": "a" }, { "id": "b" }], "roles": roles, "everyone": everyone,
            "users": [
                { "id": "u", "roles": ["view", "labels"] }, { "id": "v", "attributes": { "level": 1 } },
                { "id": "w", "roles": ["own"], "teams": ["a"] }, { "id": "x", "roles": ["view"], "disabled": true } ],
        });
        let Ok(snapshot) = Snapshot::from_json(tree.to_string().as_bytes()) else { continue };
        let asked = records.iter().map(|record| On::Record(record)).chain([On::Anything, On::Unknown]);
        for on in asked {
            for permission in ["c.view", "c.edit", "c.labels"] {
                let base = snapshot.subject("").at(NOW).context(&context);
                let who = base.who_can(permission, on).unwrap();
                let users = ["u", "v", "w", "x"].into_iter();
                let can: Vec<&str> = users
                    .filter(|user| snapshot.subject(*user).at(NOW).context(&context).can(permission, on))
                    .collect();
                assert_eq!(who, can, "{permission}: {}", tree["everyone"]);
                found += can.len();
            }
        }
    }
    assert!(found > 2_000, "{found}");
}

#[test]
fn a_chain_of_prerequisites_is_told_as_far_as_it_is_of_use() {
    let permissions: Vec<Value> = (0..40)
        .map(|at| json!({ "id": format!("c.p{at}"), "requires": if at == 0 { json!([]) } else { json!([format!("c.p{}", at - 1)]) } }))
        .collect();
    let grants: serde_json::Map<String, Value> =
        (1..40).map(|at| (format!("c.p{at}"), json!(true))).collect();
    let snapshot = tenant(&json!(permissions), &json!([role("r", json!(grants))]), &json!(["r"]));
    let length = |permission: &str| {
        let mut told = snapshot.subject("u").at(NOW).explain(permission, On::Anything);
        let mut length = 0;
        while let Some((_, required)) = told.requires.take() {
            told = *required;
            length += 1;
        }
        (length, told.reason)
    };
    assert_eq!(length("c.p3"), (3, Reason::NotGranted));
    assert_eq!(length("c.p16"), (16, Reason::NotGranted));
    assert_eq!(length("c.p17"), (16, Reason::Prerequisite));
    assert_eq!(length("c.p39"), (16, Reason::Prerequisite));
}

#[test]
fn what_a_denial_asked_for_in_vain_is_missing() {
    let permissions = json!([{ "id": "c.view", "scopes": ["all"] }, { "id": "c.labels" }]);
    let deny = |path: &str| {
        json!({ "id": path, "name": "No", "deny": [
        { "key": "c.view", "when": { format!("resource.{path}"): 1 } }, { "key": "c.labels", "when": { "resource.q": 1 } }] })
    };
    let roles = json!([role("r", json!({ "c.view": true })), deny("m"), deny("n")]);
    let missing = |assigned: Value, record: &str| {
        let snapshot = tenant(&permissions, &roles, &assigned);
        let record = Json::parse(record.as_bytes()).unwrap();
        let found = snapshot.subject("u").at(NOW).explain("c.view", On::Record(&record));
        assert_eq!(found.reason, Reason::Denied);
        found.missing
    };
    assert_eq!(missing(json!(["r", "m", "n"]), "{}"), ["resource.m"]);
    assert_eq!(missing(json!(["r", "m", "n"]), r#"{ "m": 2 }"#), ["resource.n"]);
    assert!(missing(json!(["r", "m"]), r#"{ "m": 1 }"#).is_empty());
    let limited = json!(["r", { "role": "m", "team": "a", "when": { "context.x": 1 } }]);
    assert_eq!(missing(limited.clone(), r#"{ "team": {} }"#), ["context.x", "resource.m", "resource.team"]);
    assert_eq!(missing(limited, r#"{ "team": ["a", "b"], "m": 1 }"#), ["context.x"]);
    assert_eq!(missing(json!(["r", "m"]), r#"{ "team": {} }"#), ["resource.m"]);
}

#[test]
fn a_comparison_names_the_side_on_account_of_which_it_is_unknown() {
    let permissions = json!([{ "id": "c.view", "scopes": ["all"] }]);
    let missing = |when: Value, record: Option<&str>| {
        let snapshot =
            tenant(&permissions, &json!([role("r", json!({ "c.view": { "when": when } }))]), &json!(["r"]));
        let record = record.map(|record| Json::parse(record.as_bytes()).unwrap());
        let context = Json::parse(br#"{ "n": 1, "t": "x" }"#).unwrap();
        let on = record.as_ref().map_or(On::Anything, |record| On::Record(record));
        let found = snapshot.subject("u").at(NOW).context(&context).explain("c.view", on);
        assert_eq!(found.reason, Reason::ConditionFailed);
        found.missing
    };
    let to = |path: &str| json!({ "$ref": path });
    // Each may be used by itself, and not together.
    assert_eq!(
        missing(json!({ "resource.a": to("resource.b") }), Some(r#"{ "a": 1, "b": "x" }"#)),
        ["resource.a", "resource.b"]
    );
    assert_eq!(
        missing(json!({ "resource.a": to("resource.b") }), Some(r#"{ "a": 1, "b": [] }"#)),
        ["resource.b"]
    );
    assert_eq!(missing(json!({ "resource.a": to("resource.b") }), Some(r#"{ "b": "x" }"#)), ["resource.a"]);
    assert_eq!(missing(json!({ "resource.a": to("resource.b") }), Some("{}")), ["resource.a", "resource.b"]);
    assert!(missing(json!({ "resource.a": to("resource.b") }), Some(r#"{ "a": 1, "b": 2 }"#)).is_empty());
    // The user's id is always there.
    assert_eq!(missing(json!({ "resource.a": to("user.id") }), Some(r#"{ "a": [] }"#)), ["resource.a"]);
    assert_eq!(missing(json!({ "user.id": { "$in": to("resource.a") } }), Some("{}")), ["resource.a"]);
    // Of any record nothing is missing.
    assert_eq!(missing(json!({ "resource.a": to("context.gone") }), None), ["context.gone"]);
    assert_eq!(
        missing(json!({ "context.n": to("context.t"), "resource.a": 1 }), None),
        ["context.n", "context.t"]
    );
    assert_eq!(
        missing(json!({ "$or": [{ "context.gone": 1 }, { "context.n": 2 }] }), None),
        ["context.gone"]
    );
}

#[test]
fn a_narrowed_snapshot_has_nothing_that_no_rule_reads() {
    let text = r#"{ "format": "rolegate/1", "revision": 1, "catalog": { "categories": [{ "id": "c", "permissions": [
        { "id": "c.view", "description": "See", "x-note": "secret", "scopes": ["own", "all"] } ] }] },
        "roles": [{ "id": "r", "name": "R", "grants": { "c.view": [ { "scope": "own" }, { "scope": "all", "when": { "user.a.b": 1 } } ] } }],
        "users": [{ "id": "u", "roles": ["r"], "attributes": { "a": ["secret", { "b": 1, "c": "secret" }] } }] }"#;
    let narrowed = Snapshot::from_json(text.as_bytes()).unwrap().narrow("u");
    assert_eq!(
        narrowed,
        concat!(
            r#"{"format":"rolegate/1","revision":1,"catalog":{"categories":[{"id":"c","permissions":[{"id":"c.view","scopes":["own","all"]}]}]},"#,
            r#""roles":[{"id":"r","name":"R","grants":{"c.view":[{"scope":"own"},{"scope":"all","when":{"user.a.b":1}}]}}],"#,
            r#""users":[{"id":"u","roles":["r"],"attributes":{"a":[null,{"b":1}]}}]}"#
        )
    );
}

#[test]
fn what_conditions_read_is_told_once_and_in_order() {
    let when = json!({ "resource.b": 1, "$or": [{ "resource.a": 1 }, { "resource.b": { "$ref": "context.y" } },
        { "context.x": { "$elem": { "element.n": { "$ref": "context.z" } } } }] });
    let permissions = json!([{ "id": "c.view", "scopes": ["all"] }]);
    let snapshot =
        tenant(&permissions, &json!([role("r", json!({ "c.view": { "when": when } }))]), &json!([]));
    assert_eq!(snapshot.record_paths(), ["a", "b"]);
    assert_eq!(snapshot.context_paths(), ["x", "y", "z"]);
}

#[test]
fn what_is_too_much_says_so() {
    assert_eq!(rolegate::TooComplex.to_string(), "finding all users takes too many steps");
}

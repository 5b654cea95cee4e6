//! Each rule by example.

use rolegate::admin::{Actor, Draft, Missing};
use rolegate::{Level, Person};
use serde_json::{Value, json};

use super::{NOW, codes, document, draft_of, open, operation};

/// A tenant with an administrator, a weaker one for sales, and agents.
fn tenant() -> Value {
    json!({
        "format": "rolegate/1", "revision": 7, "tenant": "acme", "x-app": { "b": 1, "a": [1.50] },
        "catalog": {
            "categories": [
                { "id": "conversations", "permissions": [
                    { "id": "conversations.view", "scopes": ["own", "team", "all"] },
                    { "id": "conversations.reply", "scopes": ["own", "team", "all"], "requires": ["conversations.view"] },
                    { "id": "conversations.delete", "scopes": ["all"], "standardOnly": true } ] },
                { "id": "contacts", "permissions": [
                    { "id": "contacts.view", "scopes": ["own", "team", "all"] },
                    { "id": "contacts.export" } ] },
                { "id": "settings", "permissions": [{ "id": "settings.roles" }, { "id": "settings.billing" }] }
            ]
        },
        "teams": [
            { "id": "emea" }, { "id": "sales", "parent": "emea" }, { "id": "support", "parent": "emea" },
            { "id": "apac" }
        ],
        "roles": [
            { "id": "admin", "name": "Administrator", "standard": true, "locked": true, "grants": { "*": true } },
            { "id": "agent", "name": "Agent", "standard": true, "x-note": "kept",
              "grants": { "conversations.view": "own", "conversations.reply": "own" } },
            { "id": "lead", "name": "Team Lead", "inherits": ["agent"],
              "grants": { "conversations.view": "team", "conversations.reply": "team", "contacts.view": "team",
                          "settings.roles": true } },
            { "id": "billing", "name": "Billing", "grants": { "settings.billing": true } },
            { "id": "viewer", "name": "Viewer",
              "grants": { "conversations.view": { "scope": "all", "when": { "resource.open": true } } } },
            { "id": "careful", "name": "Careful", "grants": { "contacts.*": true }, "deny": ["contacts.export"] }
        ],
        "users": [
            { "id": "ana", "roles": ["admin"] },
            { "id": "lou", "teams": ["sales"], "roles": ["lead"] },
            { "id": "bo", "teams": ["sales"], "roles": ["agent"] },
            { "id": "cy", "teams": ["support"], "roles": ["agent", "billing"] },
            { "id": "vic", "roles": ["viewer", "careful"] },
            { "id": "off", "roles": ["agent"], "disabled": true }
        ]
    })
}

/// What each of these operations is refused for, for an actor.
fn check(actor: &str, cases: &[(Value, &[&str])]) {
    for (json, expected) in cases {
        let draft = draft_of(&tenant(), actor);
        let result = draft.can(&operation(json));
        assert_eq!(codes(&result), *expected, "{actor}: {json}: {result:?}");
        let mut draft = draft;
        assert_eq!(draft.apply(&operation(json)), result, "{json}");
        assert_eq!(draft.events().len(), usize::from(expected.is_empty()));
    }
}

#[test]
fn an_administrator_may_do_whatever_keeps_the_tenant_in_order() {
    check(
        "ana",
        &[
            (json!(["createRole", { "id": "r", "name": "R", "grants": { "contacts.*": "team" } }]), &[]),
            (
                json!(["createRole", { "id": "agent", "name": "R", "grants": { "contacts.*": true } }]),
                &["duplicate-id"],
            ),
            (
                json!(["createRole", { "id": "r", "name": " ＡＧＥＮＴ ", "grants": { "contacts.*": true } }]),
                &["duplicate-name"],
            ),
            (json!(["createRole", { "id": "r", "name": "R", "grants": {} }]), &["no-permissions"]),
            (
                json!(["createRole", { "id": "r", "name": "R", "grants": { "contacts.*": false } }]),
                &["no-permissions"],
            ),
            (
                json!(["createRole", { "id": "r", "name": "R", "grants": { "conversations.reply": "own" } }]),
                &["prerequisite"],
            ),
            (
                json!(["createRole", { "id": "r", "name": "R", "grants": { "contacts.exprot": true } }]),
                &["invalid"],
            ),
            (
                json!(["createRole", { "id": "r", "name": "R", "grants": { "contacts.view": true }, "locked": true }]),
                &["invalid"],
            ),
            (
                json!(["createRole", { "id": "r", "name": "agent", "grants": {}, "standard": true }]),
                &["invalid", "duplicate-name", "no-permissions"],
            ),
            (json!(["duplicateRole", "admin", { "id": "r", "name": "R" }]), &[]),
            (json!(["duplicateRole", "nobody", { "id": "r", "name": "R" }]), &["unknown-role"]),
            (json!(["updateRole", "agent", { "grants": { "conversations.reply": null } }]), &[]),
            (json!(["updateRole", "agent", { "grants": { "conversations.view": null } }]), &["prerequisite"]),
            (json!(["updateRole", "admin", { "name": "Root" }]), &["role-locked"]),
            (json!(["updateRole", "agent", { "type": "x" }]), &["type-immutable"]),
            (json!(["updateRole", "agent", { "name": "team lead" }]), &["duplicate-name"]),
            (json!(["selectCategory", "viewer", "contacts", true]), &[]),
            (json!(["selectCategory", "viewer", "nothing", true]), &["unknown-category"]),
            (json!(["deleteRole", "admin"]), &["role-standard", "role-locked", "role-in-use"]),
            (json!(["deleteRole", "lead"]), &["role-in-use"]),
            (json!(["moveUsers", "billing", "viewer"]), &[]),
            (json!(["moveUsers", "admin", "viewer"]), &["last-admin"]),
            (json!(["disableUser", "ana"]), &["last-admin"]),
            (json!(["removeUser", "ana"]), &["last-admin"]),
            (json!(["assign", "ana", "careful"]), &["last-admin"]),
            (json!(["unassign", "ana", "admin"]), &["last-admin"]),
            (
                json!(["assign", "bo", { "role": "lead", "team": "apac", "until": "2027-01-01T00:00:00Z" }]),
                &[],
            ),
            (json!(["assign", "bo", "agent"]), &["duplicate-id"]),
            (
                json!(["assign", "ba", { "role": "leed", "team": "x" }]),
                &["unknown-role", "unknown-team", "unknown-user"],
            ),
            (json!(["unassign", "bo", { "role": "agent", "team": "sales" }]), &["invalid"]),
            (json!(["addUser", { "id": "new", "roles": ["agent"] }]), &[]),
            (json!(["addUser", { "id": "bo" }]), &["duplicate-id"]),
            (json!(["setUserTeams", "bo", ["apac", "sales"]]), &[]),
            (json!(["setUserTeams", "bo", ["atlantis"]]), &["unknown-team"]),
            (json!(["addTeam", { "id": "lisbon", "parent": "emea" }]), &[]),
            (json!(["addTeam", { "id": "sales" }]), &["duplicate-id"]),
            (json!(["moveTeam", "sales", "apac"]), &[]),
            (json!(["moveTeam", "emea", "sales"]), &["invalid"]),
            (json!(["removeTeam", "apac"]), &[]),
            (json!(["removeTeam", "sales"]), &["team-in-use"]),
            (json!(["setEveryone", ["agent"]]), &[]),
            (json!(["setSeparations", [{ "id": "s", "roles": ["agent", "billing"] }]]), &["separation"]),
            (
                json!(["setSeparations", [{ "id": "s", "permissions": ["settings.billing", "contacts.view"] }]]),
                &["separation"],
            ),
            (json!(["enableUser", "off"]), &[]),
            (json!(["stampReview", "admin"]), &[]),
        ],
    );
}

#[test]
fn a_weaker_administrator_gives_what_that_one_holds() {
    check(
        "lou",
        &[
            // `own` lies within `team`, whoever holds the role; `team` does not, since nobody knows whose teams.
            (
                json!(["createRole", { "id": "r", "name": "R", "grants": { "conversations.view": "own" } }]),
                &[],
            ),
            (
                json!(["createRole", { "id": "r", "name": "R", "grants": { "conversations.view": "team" } }]),
                &["escalation"],
            ),
            (json!(["createRole", { "id": "r", "name": "R", "grants": { "settings.roles": true } }]), &[]),
            (
                json!(["createRole", { "id": "r", "name": "R", "grants": { "settings.billing": true } }]),
                &["escalation"],
            ),
            // Of somebody at hand the teams are compared.
            (json!(["assign", "bo", "lead"]), &[]),
            (json!(["assign", "cy", "lead"]), &["escalation"]),
            (json!(["assign", "cy", { "role": "lead", "team": "sales" }]), &[]),
            (json!(["assign", "bo", "billing"]), &["escalation"]),
            (json!(["assign", "off", "billing"]), &["escalation"]),
            (json!(["assign", "bo", "viewer"]), &["escalation"]),
            (json!(["setUserTeams", "lou", ["sales", "support"]]), &["escalation"]),
            (json!(["setUserTeams", "cy", ["sales"]]), &[]),
            (json!(["addTeam", { "id": "lisbon", "parent": "sales" }]), &["escalation"]),
            (json!(["addTeam", { "id": "lisbon" }]), &[]),
            (json!(["moveTeam", "apac", "sales"]), &["escalation"]),
            // Nobody takes from those who hold more.
            (json!(["disableUser", "bo"]), &[]),
            (json!(["disableUser", "cy"]), &["outranked"]),
            (json!(["unassign", "cy", "agent"]), &["outranked"]),
            (json!(["disableUser", "ana"]), &["outranked", "last-admin"]),
            (json!(["unassign", "bo", "agent"]), &[]),
            (json!(["updateRole", "agent", { "grants": { "conversations.reply": false } }]), &["outranked"]),
            (json!(["updateRole", "agent", { "description": "…" }]), &[]),
            (json!(["updateRole", "careful", { "deny": null }]), &["escalation"]),
            (json!(["setEveryone", ["agent"]]), &[]),
            (json!(["setEveryone", ["billing"]]), &["escalation"]),
        ],
    );
}

#[test]
fn a_separation_is_loosened_by_whoever_holds_all_that_it_keeps_apart() {
    let apart = json!([
        { "id": "duties", "max": 2,
          "permissions": ["settings.billing", "settings.roles", "contacts.export", "conversations.delete"] },
        { "id": "desks", "roles": ["billing", "lead"] }
    ]);
    let mut document = tenant();
    document["separations"] = apart.clone();
    let set = |change: &dyn Fn(&mut Value)| {
        let mut separations = apart.clone();
        change(&mut separations);
        json!(["setSeparations", separations])
    };
    let loosened = [
        set(&|it| *it = json!([])),
        set(&|it| it[0]["max"] = json!(3)),
        set(&|it| it[0]["permissions"] = json!(["settings.billing", "settings.roles", "contacts.export"])),
        set(&|it| it[0]["id"] = json!("others")),
        set(&|it| it[1]["roles"] = json!(["billing", "viewer"])),
        set(&|it| it[1] = json!({ "id": "desks", "permissions": ["settings.billing", "settings.roles"] })),
    ];
    for json in loosened {
        let error = draft_of(&document, "lou").apply(&operation(&json)).unwrap_err();
        assert_eq!(error.code().as_str(), "escalation", "{json}");
        let obstacle = &error.obstacles[0];
        assert!(!obstacle.separations.is_empty() && !obstacle.missing.is_empty(), "{json}: {error:?}");
        // An administrator has more of it than a new separation allows.
        let found = codes(&draft_of(&document, "ana").can(&operation(&json)));
        assert!(found.iter().all(|code| *code == "separation"), "{json}: {found:?}");
    }
    draft_of(&document, "ana").apply(&operation(&json!(["setSeparations", []]))).unwrap();
    let error = draft_of(&document, "lou").apply(&operation(&json!(["setSeparations", []]))).unwrap_err();
    let missing: Vec<&str> = error.obstacles[0].missing.iter().map(|it| &*it.permission).collect();
    // Of `lead`, `lou` holds `settings.roles` everywhere, and the rest within a team.
    assert_eq!(
        missing,
        [
            "conversations.view",
            "conversations.reply",
            "conversations.delete",
            "contacts.view",
            "contacts.export",
            "settings.billing"
        ]
    );
    assert_eq!(error.obstacles[0].separations, ["duties", "desks"]);
    let kept = [
        set(&|_| {}),
        set(&|it| it[0]["max"] = json!(1)),
        set(&|it| it[0]["title"] = json!("Duties")),
        set(&|it| {
            it[0]["permissions"] =
                json!(["settings.roles", "conversations.delete", "contacts.export", "settings.billing"]);
        }),
        set(&|it| it[1]["roles"] = json!(["billing", "careful", "lead"])),
        set(&|it| it.as_array_mut().unwrap().reverse()),
        set(&|it| it.as_array_mut().unwrap().push(json!({ "id": "more", "roles": ["viewer", "billing"] }))),
    ];
    for json in kept {
        let mut draft = draft_of(&document, "lou");
        draft.apply(&operation(&json)).unwrap_or_else(|error| panic!("{json}: {error:?}"));
    }
}

#[test]
fn nobody_approves_changes_of_their_own_by_another_spelling() {
    let mut document = tenant();
    document["users"][0]["id"] = json!("Ána");
    let mut draft = draft_of(&document, "Ána");
    for approver in ["Ána", " Ána", "ána\u{a0}", "ＡNA", "A\u{301}na"] {
        let error = draft.commit(Some(approver), &[]).err();
        let is_other = approver.ends_with("NA");
        assert_eq!(
            error.map(|it| it.code().as_str()),
            (!is_other).then_some("self-approval"),
            "{approver:?}"
        );
    }
}

/// The tenant, in which these have a role `sharer` that grants to see all contacts under a condition.
fn sharing(when: &Value, sharers: &[&str]) -> Value {
    let mut document = tenant();
    let grants = json!({ "contacts.view": { "scope": "all", "when": when } });
    document["roles"][5] = json!({ "id": "sharer", "name": "Sharer", "grants": grants });
    document["users"][4]["roles"] = json!(["viewer"]);
    for user in document["users"].as_array_mut().unwrap() {
        if sharers.contains(&user["id"].as_str().unwrap()) {
            user["roles"] = json!(["sharer"]);
        }
    }
    document
}

#[test]
fn what_is_asked_of_the_id_is_the_same_for_everybody_only_where_it_is_looked_for() {
    let parts = |inside: Value| json!({ "resource.parts": { "$elem": inside } });
    let id = json!({ "$ref": "user.id" });
    for (when, expected) in [
        (parts(json!({ "element.open": true, "user.id": "bo" })), Some("escalation")),
        (parts(json!({ "element.open": true, "user.id": { "$startsWith": "b" } })), Some("escalation")),
        (parts(json!({ "element.by": id })), None),
        (parts(json!({ "element.by": { "$lt": id } })), Some("escalation")),
        (json!({ "resource.by": id }), None),
        (json!({ "resource.by": { "$ne": id } }), None),
        (json!({ "user.id": { "$in": { "$ref": "resource.watchers" } } }), None),
        (json!({ "resource.watchers": { "$has": id } }), None),
        // More comes behind "bo" than behind "lou", and more begins with it.
        (json!({ "resource.by": { "$gt": id } }), Some("escalation")),
        (json!({ "user.id": { "$lte": { "$ref": "context.by" } } }), Some("escalation")),
        (json!({ "resource.by": { "$startsWith": id } }), Some("escalation")),
    ] {
        let result =
            draft_of(&sharing(&when, &["lou"]), "lou").apply(&operation(&json!(["assign", "bo", "sharer"])));
        assert_eq!(result.err().map(|error| error.code().as_str()), expected, "{when}");
    }
}

#[test]
fn an_id_that_is_a_time_is_another_time_than_another() {
    for when in [
        json!({ "user.id": { "$before": "now-1d" } }),
        json!({ "user.id": { "$since": { "$ref": "resource.at" } } }),
        json!({ "resource.at": { "$before": { "$ref": "user.id" } } }),
    ] {
        let mut document = sharing(&when, &["lou"]);
        document["users"][1]["id"] = json!("2026-11-18T00:00:00Z");
        document["users"][2]["id"] = json!("2026-11-10T00:00:00Z");
        let assign = json!(["assign", "2026-11-10T00:00:00Z", "sharer"]);
        assert_eq!(
            codes(&draft_of(&document, "2026-11-18T00:00:00Z").can(&operation(&assign))),
            ["escalation"],
            "{when}"
        );
    }
}

#[test]
fn whoever_has_a_role_may_be_in_other_teams_than_the_actor() {
    let when =
        json!({ "resource.parts": { "$elem": { "element.team": { "$in": { "$ref": "user.teams" } } } } });
    let document = sharing(&when, &["vic", "bo"]);
    let grants = document["roles"][5]["grants"].clone();
    let create = operation(&json!(["createRole", { "id": "r", "name": "R", "grants": grants }]));
    // Vic is in no team, bo in one.
    assert_eq!(codes(&draft_of(&document, "vic").can(&create)), ["escalation"]);
    assert_eq!(codes(&draft_of(&document, "bo").can(&create)), ["escalation"]);
    let assign = operation(&json!(["assign", "lou", "sharer"]));
    assert_eq!(codes(&draft_of(&document, "vic").can(&assign)), ["escalation"]);
    assert!(draft_of(&document, "bo").can(&assign).is_ok());
}

#[test]
fn a_team_that_is_not_there_may_be_any() {
    let inside = json!({ "element.open": true, "$not": { "user.teams": { "$has": "apac" } } });
    let document = sharing(&json!({ "resource.parts": { "$elem": inside } }), &[]);
    let assign = operation(&json!(["assign", "bo", "sharer"]));
    for (teams, expected) in [(&["sales"][..], &[][..]), (&["sales", "atlantis"], &["escalation"])] {
        let person = teams.iter().fold(Person::new("zed").role("sharer"), |person, team| person.team(team));
        let draft = open(&document, Actor::Person(person), None).unwrap();
        assert_eq!(codes(&draft.can(&assign)), expected, "{teams:?}");
    }
}

#[test]
fn what_is_missing_is_told() {
    let draft = draft_of(&tenant(), "lou");
    let missing = |json: Value| draft.can(&operation(&json)).unwrap_err().obstacles[0].missing.clone();
    let billing = Missing {
        permission: "settings.billing".into(),
        level: Level::All,
        team: None,
        condition: None,
        until: None,
    };
    assert_eq!(missing(json!(["assign", "bo", "billing"])), std::slice::from_ref(&billing));
    let until = json!(["assign", "bo", { "role": "billing", "until": "2026-11-18T11:06:41Z" }]);
    assert_eq!(missing(until), [Missing { until: Some(NOW + 1000.0), ..billing }]);
    let seen = Missing {
        permission: "conversations.view".into(),
        level: Level::All,
        team: None,
        condition: Some(r#"{"resource.open":{"$eq":true}}"#.into()),
        until: None,
    };
    assert_eq!(missing(json!(["assign", "bo", "viewer"])), [seen]);
    let teams = missing(json!(["setUserTeams", "lou", ["emea"]]));
    assert_eq!(teams.iter().map(|it| it.team.clone().unwrap()).collect::<Vec<_>>().len(), 3);
    assert_eq!(teams[0].team.as_deref(), Some("emea"));
}

#[test]
fn a_condition_lies_within_one_that_asks_for_less() {
    let mut tenant = tenant();
    tenant["users"][2]["roles"] = json!(["viewer", { "role": "lead", "when": { "context.office": true } }]);
    let cases: [(Value, &[&str]); 6] = [
        (json!({ "scope": "all", "when": { "resource.open": true } }), &[]),
        (json!({ "scope": "all", "when": { "resource.x": 1, "$and": [{ "resource.open": true }] } }), &[]),
        (json!({ "scope": "team", "when": { "resource.open": true } }), &[]),
        (json!({ "scope": "all", "when": { "resource.open": { "$ne": false } } }), &["escalation"]),
        (json!("own"), &["escalation"]),
        (json!({ "scope": "own", "when": { "context.office": true } }), &[]),
    ];
    for (value, expected) in cases {
        let draft = draft_of(&tenant, "bo");
        let json =
            json!(["createRole", { "id": "r", "name": "R", "grants": { "conversations.view": value } }]);
        assert_eq!(codes(&draft.can(&operation(&json))), expected, "{json}");
    }
}

#[test]
fn what_is_held_for_a_time_is_given_for_that_time() {
    let mut tenant = tenant();
    tenant["users"][1]["roles"] = json!([{ "role": "billing", "until": "2026-12-01T00:00:00Z" }]);
    let draft = draft_of(&tenant, "lou");
    let can = |assignment: Value| codes(&draft.can(&operation(&json!(["assign", "bo", assignment]))));
    assert!(can(json!({ "role": "billing", "until": "2026-12-01T00:00:00Z" })).is_empty());
    assert!(
        can(json!({ "role": "billing", "from": "2026-11-30T00:00:00Z", "until": "2026-12-01T00:00:00Z" }))
            .is_empty()
    );
    assert_eq!(can(json!({ "role": "billing", "until": "2026-12-01T00:00:01Z" })), ["escalation"]);
    assert_eq!(can(json!("billing")), ["escalation"]);
}

#[test]
fn an_operation_keeps_what_it_does_not_name() {
    let mut draft = draft_of(&tenant(), "ana");
    for json in [
        json!(["updateRole", "agent", { "grants": { "contacts.view": "own", "conversations.reply": null } }]),
        json!(["duplicateRole", "agent", { "id": "copy", "name": "Copy", "grants": { "contacts.view": false } }]),
        json!(["selectCategory", "viewer", "conversations", true]),
        json!(["selectCategory", "lead", "conversations", false]),
        json!(["selectCategory", "billing", "contacts", true, { "live": true }]),
        json!(["assign", "bo", { "role": "lead", "team": "apac" }]),
        json!(["assign", "bo", "viewer"]),
        json!(["moveUsers", "lead", "viewer"]),
        json!(["unassign", "vic", "viewer"]),
        json!(["moveTeam", "sales", null]),
        json!(["setAttributes", "bo", { "k": 1.50 }]),
        json!(["stampReview", "lead"]),
    ] {
        draft.apply(&operation(&json)).unwrap_or_else(|error| panic!("{json}: {error}"));
    }
    let text = draft.commit(Some("zoe"), &[]).unwrap();
    assert!(text.contains("1.50") && text.contains(r#""x-app":{"a""#) || text.contains("x-app"), "{text}");
    let now: Value = serde_json::from_str(&text).unwrap();
    let role =
        |id: &str| now["roles"].as_array().unwrap().iter().find(|role| role["id"] == id).unwrap().clone();
    assert_eq!(now["revision"], 8);
    assert_eq!(
        role("agent"),
        json!({ "id": "agent", "name": "Agent", "standard": true, "x-note": "kept", "approvedBy": "zoe",
            "grants": { "conversations.view": "own", "contacts.view": "own" } })
    );
    assert_eq!(
        role("copy"),
        json!({ "id": "copy", "name": "Copy", "x-note": "kept", "approvedBy": "zoe",
            "grants": { "conversations.view": "own", "contacts.view": false } })
    );
    assert_eq!(role("viewer")["grants"]["conversations.reply"], true);
    assert_eq!(role("viewer")["grants"]["conversations.view"]["scope"], "all");
    assert_eq!(role("viewer")["grants"].get("conversations.delete"), None);
    assert_eq!(role("lead")["grants"]["conversations.view"], false);
    assert_eq!(role("lead")["reviewedAt"], "2026-11-18T11:06:40Z");
    assert_eq!(role("billing")["grants"]["contacts.*"], true);
    assert_eq!(role("admin").get("approvedBy"), None);
    let user =
        |id: &str| now["users"].as_array().unwrap().iter().find(|user| user["id"] == id).unwrap().clone();
    assert_eq!(user("bo")["roles"], json!(["agent", { "role": "viewer", "team": "apac" }, "viewer"]));
    assert_eq!(user("lou")["roles"], json!(["viewer"]));
    assert_eq!(user("vic")["roles"], json!(["careful"]));
    let moved = draft.events().iter().find(|event| event.action == "moveUsers").unwrap();
    assert_eq!(moved.before.as_deref(), Some(r#"{"role":"lead","users":["lou","bo"]}"#));
    assert!(draft.events().iter().all(|event| event.approved_by.as_deref() == Some("zoe")));
}

#[test]
fn a_draft_needs_its_revision_and_its_permission() {
    let tenant = tenant();
    let bytes = tenant.to_string();
    let options = |revision| rolegate::admin::Options {
        actor: Actor::User("ana".into()),
        now: NOW,
        permission: None,
        revision,
    };
    assert!(Draft::new(bytes.as_bytes(), options(6)).unwrap_err().to_string().starts_with("conflict"));
    let rename = operation(&json!(["updateRole", "viewer", { "name": "V" }]));
    for (actor, permission, expected) in [
        ("ana", "settings.roles", &[][..]),
        ("lou", "settings.roles", &[]),
        ("bo", "settings.roles", &["not-permitted"]),
        ("nobody", "settings.roles", &["not-permitted"]),
        ("ana", "settings.rolls", &["not-permitted"]),
        ("lou", "conversations.view", &["not-permitted"]),
        ("ana", "conversations.view", &[]),
    ] {
        let draft = open(&tenant, Actor::User(actor.into()), Some(permission)).unwrap();
        assert_eq!(codes(&draft.can(&rename)), expected, "{actor} {permission}");
    }
    let person = Person::new("zed").role("admin");
    let mut draft = open(&tenant, Actor::Person(person), Some("settings.roles")).unwrap();
    draft.apply(&operation(&json!(["assign", "bo", "admin"]))).unwrap();
    assert_eq!(draft.events()[0].actor, "zed");
    let person = Person::new("zed").role("billing").team("atlantis");
    let draft = open(&tenant, Actor::Person(person), None).unwrap();
    assert_eq!(codes(&draft.can(&operation(&json!(["assign", "bo", "admin"])))), ["escalation"]);
    assert!(draft.can(&operation(&json!(["assign", "bo", "billing"]))).is_ok());
}

#[test]
fn commit_tells_of_approval_and_of_people_elsewhere() {
    let mut draft = draft_of(&tenant(), "ana");
    draft.apply(&operation(&json!(["moveUsers", "billing", "viewer"]))).unwrap();
    draft.apply(&operation(&json!(["deleteRole", "billing"]))).unwrap();
    assert_eq!(
        codes(&draft.commit(Some("ana"), &[("billing", 3)]).map(|_| ())),
        ["self-approval", "role-in-use"]
    );
    assert!(draft.commit(Some("bo"), &[("billing", 0), ("agent", 5)]).is_ok());
    let usage = draft.usage("agent").unwrap();
    assert_eq!((usage.users, usage.everyone, usage.inherited_by), (3, 0, vec!["lead".to_owned()]));
    assert!(draft.usage("billing").is_none() && draft.violations().is_empty());
    assert_eq!(document(&mut draft)["users"][3]["roles"], json!(["agent", "viewer"]));
}

#[test]
fn what_a_prerequisite_unlocks_is_given_too() {
    // Bo may reply wherever bo may view; nothing of it was usable. To give the view is to give the reply.
    let mut tenant = tenant();
    tenant["roles"][3]["grants"] = json!({ "conversations.reply": "all" });
    tenant["roles"][4]["grants"] = json!({ "conversations.view": "all" });
    tenant["users"][2]["roles"] = json!(["billing"]);
    tenant["users"][4]["roles"] = json!(["viewer"]);
    let draft = draft_of(&tenant, "vic");
    let result = draft.can(&operation(&json!(["assign", "bo", "viewer"])));
    assert_eq!(codes(&result), ["escalation"]);
    assert_eq!(result.unwrap_err().obstacles[0].missing[0].permission, "conversations.reply");
    assert!(draft.can(&operation(&json!(["assign", "cy", "viewer"]))).is_err());
    assert!(draft.can(&operation(&json!(["assign", "off", "viewer"]))).is_err());
    assert!(draft.can(&operation(&json!(["addUser", { "id": "n", "roles": ["viewer"] }]))).is_ok());
}

#[test]
fn what_a_prerequisite_unlocks_is_given_too_where_the_role_grants_both() {
    // Bo may reply wherever bo may view, by another role. One who may view all and reply to the own ones gives as much.
    let mut tenant = tenant();
    let role = |id: &str, grants: Value| json!({ "id": id, "name": id, "grants": grants });
    tenant["roles"].as_array_mut().unwrap().extend([
        role("replier", json!({ "conversations.reply": "all" })),
        role("reader", json!({ "conversations.view": "all", "conversations.reply": "own" })),
        role("empty", json!({ "contacts.view": "own" })),
    ]);
    tenant["users"][1]["roles"] = json!(["reader", "empty"]);
    tenant["users"][2]["roles"] = json!(["replier", "empty"]);
    let grants = json!({ "conversations.view": "all", "conversations.reply": "own" });
    let update = json!(["updateRole", "empty", { "grants": grants }]);
    assert_eq!(codes(&draft_of(&tenant, "lou").can(&operation(&update))), ["escalation"]);
    tenant["users"][2]["roles"] = json!(["empty"]);
    assert!(draft_of(&tenant, "lou").can(&operation(&update)).is_ok());
}

#[test]
fn what_is_owned_of_one_type_is_not_owned_of_another() {
    let mut tenant = tenant();
    tenant["catalog"]["categories"][1]["permissions"] = json!([
        { "id": "mail.view", "scopes": ["own", "team", "all"], "resource": "mail" },
        { "id": "mail.read", "scopes": ["own", "team", "all"], "resource": "mail.thread", "requires": ["mail.view"] },
        { "id": "mail.send", "scopes": ["own", "team", "all"], "resource": "mail.thread", "requires": ["mail.read"] }
    ]);
    let role = |id: &str, grants: Value| json!({ "id": id, "name": id, "grants": grants });
    for level in ["own", "team"] {
        tenant["roles"].as_array_mut().unwrap().truncate(2);
        tenant["roles"].as_array_mut().unwrap().extend([
            role("strict", json!({ "mail.view": level, "mail.read": level })),
            role("lenient", json!({ "mail.view": "all" })),
        ]);
        tenant["users"] = json!([
            { "id": "lou", "teams": ["sales"], "roles": ["strict"] },
            { "id": "bo", "teams": ["sales"], "roles": ["lenient"] },
            { "id": "cy", "teams": ["sales"] }
        ]);
        // Lou reads what is assigned to and created by lou; bo would read whatever is assigned to bo.
        for (resources, expected) in [
            (
                json!({ "mail": { "owner": "creator", "team": "office" }, "mail.thread": { "owner": "assignee" } }),
                true,
            ),
            (
                json!({ "mail": { "owner": "by", "team": "of" }, "mail.thread": { "owner": "by", "team": "of" } }),
                false,
            ),
            (json!({}), false),
        ] {
            tenant["catalog"]["resources"] = resources;
            let draft = draft_of(&tenant, "lou");
            let codes = codes(&draft.can(&operation(&json!(["assign", "bo", "strict"]))));
            assert_eq!(
                codes,
                if expected { &["escalation"][..] } else { &[] },
                "{}",
                tenant["catalog"]["resources"]
            );
            assert!(draft.can(&operation(&json!(["assign", "cy", "strict"]))).is_ok());
        }
    }
}

#[test]
fn a_team_that_grows_is_more_for_whoever_has_a_role_for_it_alone() {
    // Somebody from outside may have the role of billing for one team, and see there what everyone may.
    let mut tenant = tenant();
    tenant["users"][1]["roles"] =
        json!([{ "role": "lead", "team": "emea" }, { "role": "lead", "team": "apac" }]);
    for (change, expected) in [
        (json!(["moveTeam", "sales", "apac"]), &["escalation"][..]),
        (json!(["addTeam", { "id": "lisbon", "parent": "apac" }]), &["escalation"]),
        (json!(["moveTeam", "apac", null]), &[]),
        (json!(["addTeam", { "id": "lisbon" }]), &[]),
    ] {
        assert_eq!(codes(&draft_of(&tenant, "lou").can(&operation(&change))), expected, "{change}");
        assert!(draft_of(&tenant, "ana").can(&operation(&change)).is_ok());
    }
    // Who holds on everything whatever a role grants may: what everyone has is nothing new.
    tenant["roles"] = json!([
        { "id": "lead", "name": "Lead", "grants": { "conversations.*": "all", "settings.roles": true } },
        { "id": "agent", "name": "Agent", "grants": { "conversations.view": "own" } },
        { "id": "clerk", "name": "Clerk", "grants": { "contacts.view": "all" } }
    ]);
    tenant["users"] = json!([{ "id": "lou", "roles": ["lead"] }]);
    let change = operation(&json!(["moveTeam", "sales", "apac"]));
    assert_eq!(codes(&draft_of(&tenant, "lou").can(&change)), ["escalation"]);
    tenant["everyone"] = json!(["clerk"]);
    assert!(draft_of(&tenant, "lou").can(&change).is_ok());
    // Of everyone, who is in a team sees more when it grows.
    tenant["roles"][2]["grants"]["contacts.view"] = json!("team");
    assert_eq!(codes(&draft_of(&tenant, "lou").can(&change)), ["escalation"]);
}

#[test]
fn a_draft_needs_a_clock() {
    let tenant = tenant().to_string();
    for now in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let actor = Actor::User("bo".into());
        let options = rolegate::admin::Options { actor, now, permission: None, revision: 7 };
        let error = Draft::new(tenant.as_bytes(), options).unwrap_err();
        assert!(error.to_string().contains("`now`"), "{error}");
    }
}

#[test]
fn the_plan_of_tomorrow_counts_for_roles_and_for_users() {
    let mut tenant = tenant();
    tenant["plan"] = json!("free");
    tenant["catalog"]["categories"][2]["permissions"][1]["plans"] = json!(["pro"]);
    let draft = draft_of(&tenant, "lou");
    for json in [
        json!(["updateRole", "lead", { "grants": { "settings.billing": true } }]),
        json!(["assign", "bo", "billing"]),
    ] {
        assert_eq!(codes(&draft.can(&operation(&json))), ["escalation"], "{json}");
        assert!(draft_of(&tenant, "ana").can(&operation(&json)).is_ok());
    }
    // What cy has by the next plan does not make cy a superior in this one.
    assert!(draft.can(&operation(&json!(["setUserTeams", "cy", []]))).is_ok());
}

#[test]
fn impact_tells_who_gains_and_loses_and_when() {
    let mut draft = draft_of(&tenant(), "ana");
    for json in [
        json!(["updateRole", "agent", { "grants": { "conversations.reply": null, "contacts.view": "own" } }]),
        json!(["assign", "vic", { "role": "lead", "team": "sales", "from": "2026-12-01T00:00:00Z", "until": "2027-01-01T00:00:00Z" }]),
        json!(["setUserTeams", "lou", ["support"]]),
        json!(["enableUser", "off"]),
    ] {
        draft.apply(&operation(&json)).unwrap();
    }
    let impact = draft.impact(100).unwrap();
    let rows: Vec<String> = impact
        .changes
        .iter()
        .map(|it| {
            let level = |level: Option<Level>| level.map_or("none", Level::as_str);
            let time = |time: Option<f64>| time.map_or(0.0, |time| (time - NOW) / 86_400_000.0);
            format!(
                "{} {} {}>{} {}{} {:.0}..{:.0}",
                it.user,
                it.permission,
                level(it.from),
                level(it.to),
                it.change.as_str(),
                if it.conditional { " if" } else { "" },
                time(it.at),
                time(it.until)
            )
        })
        .collect();
    assert_eq!(
        rows,
        [
            "lou conversations.view team>team different 0..0",
            "lou conversations.reply team>team different 0..0",
            "lou contacts.view team>team different 0..0",
            "bo conversations.reply own>none narrower 0..0",
            "bo contacts.view none>own wider 0..0",
            "cy conversations.reply own>none narrower 0..0",
            "cy contacts.view none>own wider 0..0",
            "vic conversations.view all>all wider if 13..44",
            "vic conversations.reply none>team wider if 13..44",
            "vic settings.roles none>team wider 13..44",
            "off conversations.view none>own wider 0..0",
            "off contacts.view none>own wider 0..0",
        ]
    );
    assert_eq!(
        (impact.total, draft.impact(3).unwrap().changes.len(), draft.impact(3).unwrap().total),
        (12, 3, 12)
    );
}

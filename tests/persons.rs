//! People whom no snapshot lists: what is read of them, what is unknown, and what is refused.

use rolegate::{Assigned, Json, On, Person, Reason, Snapshot, SnapshotError};

const NOW: f64 = 1_795_000_000_000.0;

fn json(text: &str) -> Json {
    Json::parse(text.as_bytes()).unwrap()
}

fn snapshot(rest: &str) -> Snapshot {
    let text = format!(
        r#"{{ "format": "rolegate/1", "revision": 1,
            "catalog": {{ "categories": [{{ "id": "c", "permissions": [
                {{ "id": "c.x", "scopes": ["own", "team", "all"] }}, {{ "id": "c.y" }} ] }}] }},
            "roles": [
                {{ "id": "team", "name": "Team", "grants": {{ "c.x": "team" }} }},
                {{ "id": "all", "name": "All", "grants": {{ "*": true }} }},
                {{ "id": "among", "name": "Among", "grants": {{ "c.x": {{ "when": {{ "user.teams": {{ "$subset": ["t", "t1"] }} }} }} }} }},
                {{ "id": "outside", "name": "Outside", "grants": {{ "c.x": {{ "when": {{ "$not": {{ "user.teams": {{ "$has": "z" }} }} }} }} }} }},
                {{ "id": "below", "name": "Below", "grants": {{ "c.x": {{ "when": {{ "user.teams.id": {{ "$subset": ["z"] }} }} }} }} }}
            ], {rest} }}"#
    );
    Snapshot::from_json(text.as_bytes()).unwrap()
}

const TEAMS: &str = r#""teams": [{ "id": "t" }, { "id": "t1", "parent": "t" }]"#;

fn asked(snapshot: &Snapshot, person: &Person, record: &str) -> (bool, Reason) {
    let record = json(record);
    let found = snapshot.subject(person).unwrap().at(NOW).explain("c.x", On::Record(&record));
    let narrowed = snapshot.subject(person).unwrap().narrow();
    let alone = Snapshot::from_json(narrowed.as_bytes()).unwrap();
    let user = alone.users().next().unwrap().to_owned();
    let again = alone.subject(&user).at(NOW).explain("c.x", On::Record(&record));
    assert_eq!(
        (found.allowed, found.reason, found.assignment),
        (again.allowed, again.reason, again.assignment)
    );
    (found.allowed, found.reason)
}

/// A grant to whoever is in a team, and one to whoever is in none.
#[test]
fn an_unknown_team_is_not_any_team() {
    let any =
        |path: &str| format!(r#"{{ "{path}": {{ "$elem": {{ "context.a": {{ "$exists": false }} }} }} }}"#);
    let none = |path: &str| format!(r#"{{ "$not": {} }}"#, any(path));
    // Below teams nobody knows which of them are unknown.
    for (when, nobody, unknown, known, both) in [
        (any("user.teams"), false, false, true, true),
        (none("user.teams"), true, false, false, false),
        (any("user.teams.x"), false, false, true, false),
        (none("user.teams.x"), true, false, false, false),
    ] {
        let everyone = format!(r#"{TEAMS}, "everyone": [{{ "role": "all", "when": {when} }}]"#);
        let snapshot = snapshot(&everyone);
        let can = |teams: &[&str]| {
            let person = teams.iter().fold(Person::new("new"), |person, team| person.team(team));
            asked(&snapshot, &person, "{}").0
        };
        assert_eq!((can(&[]), can(&["gone"]), can(&["gone", "lost"])), (nobody, unknown, unknown), "{when}");
        assert_eq!((can(&["t"]), can(&["gone", "t"])), (known, both), "{when}");
    }
}

#[test]
fn unknown_names_give_nothing_and_keep_their_place() {
    let snapshot = snapshot(TEAMS);
    let person = Person::new("new")
        .team("gone")
        .role("offline_access")
        .assign(&Assigned::to("all").team("gone"))
        .assign(&Assigned::to("offline_access").team("lost"))
        .role("team");
    let subject = snapshot.subject(&person).unwrap().at(NOW);
    assert_eq!(subject.unknown_roles(), ["offline_access"]);
    assert_eq!(subject.unknown_teams(), ["gone", "lost"]);
    assert_eq!(asked(&snapshot, &person, r#"{ "team": "gone" }"#), (false, Reason::OutOfScope));
    let mine = json(r#"{ "owner": "new" }"#);
    let found = subject.explain("c.x", On::Record(&mine));
    assert_eq!((found.role.as_deref(), found.assignment), (Some("team"), Some(3)));
}

#[test]
fn an_unknown_team_is_an_unknown_element() {
    let snapshot = snapshot(TEAMS);
    let granted = (true, Reason::Granted);
    let failed = (false, Reason::ConditionFailed);
    for (role, known, unknown) in
        [("among", granted, failed), ("outside", granted, failed), ("below", failed, failed)]
    {
        let person = Person::new("new").role(role).team("t1");
        assert_eq!(asked(&snapshot, &person, "{}"), known, "{role}");
        assert_eq!(asked(&snapshot, &person.team("gone"), "{}"), unknown, "{role}");
    }
}

#[test]
fn a_narrowed_condition_on_unknown_teams_reads_an_attribute_that_is_free() {
    let rest = r#""teams": [], "everyone": [{ "role": "all", "when": { "user.teams?": true } }]"#;
    let person = Person::new("new")
        .role("among")
        .team("gone")
        .attributes(&json(r#"{ "teams?": true, "teams??": 1 }"#));
    let text = snapshot(rest).subject(&person).unwrap().narrow();
    assert!(text.contains(r#""user.teams??":{"$subset""#) && text.contains(r#""teams??":[null]"#), "{text}");
    assert!(text.contains(r#""teams?":true"#), "{text}");
}

#[test]
fn team_ids_are_free_where_the_snapshot_has_no_teams() {
    let snapshot = snapshot(r#""users": []"#);
    let person = Person::new("new").role("team").team("k9").team("").assign(&Assigned::to("all").team("k8"));
    assert_eq!(snapshot.subject(&person).unwrap().unknown_teams(), [""]);
    for (team, can) in [("k9", true), ("k8", true), ("k7", false), ("", false)] {
        assert_eq!(asked(&snapshot, &person, &format!(r#"{{ "team": "{team}" }}"#)).0, can, "{team}");
    }
    let text = snapshot.subject(&person).unwrap().narrow();
    assert!(text.contains(r#""teams":[{"id":"k9"},{"id":"k8"}]"#), "{text}");
}

#[test]
fn a_person_takes_the_place_of_a_user_but_stays_disabled() {
    let rest = r#""users": [{ "id": "ana", "roles": ["all"] }, { "id": "off", "disabled": true, "roles": ["all"] }],
        "everyone": [{ "role": "all", "when": { "resource.open": true }, "until": "2100-01-01T00:00:00Z" }]"#;
    let snapshot = snapshot(rest);
    assert!(!asked(&snapshot, &Person::new("ana"), "{}").0);
    assert!(asked(&snapshot, &Person::new("ana"), r#"{ "open": true }"#).0);
    let off = Person::new("off").role("all").disabled(false);
    assert_eq!(asked(&snapshot, &off, "{}"), (false, Reason::UserDisabled));
    assert_eq!(
        asked(&snapshot, &Person::new("ana").role("all").disabled(true), "{}").1,
        Reason::UserDisabled
    );
    // Who can is asked of the users of the snapshot.
    let subject = snapshot.subject(&off).unwrap().at(NOW);
    assert_eq!(subject.who_can("c.x", On::Anything).unwrap(), ["ana"]);
}

#[test]
fn conditions_of_assignments_read_attributes_record_and_context() {
    let when = r#"{ "resource.region": { "$ref": "user.region" }, "context.mfa": true, "resource.m": { "$elem": { "element.\u0061": { "$ref": "user.id" } } } }"#;
    let person = Person::from_json(
        format!(
            r#"{{ "id": "n\u0065w", "attributes": {{ "region": "emea" }}, "roles": [{{ "role": "all", "when": {when}, "from": "2020-01-01T00:00:00Z" }}] }}"#
        )
        .as_bytes(),
    )
    .unwrap();
    let snapshot = snapshot(r#""teams": []"#);
    let context = json(r#"{ "mfa": true }"#);
    let subject = snapshot.subject(&person).unwrap().at(NOW).context(&context);
    assert_eq!(subject.user(), "new");
    for (record, can) in [
        (r#"{ "region": "emea", "m": [{ "a": "new" }] }"#, true),
        (r#"{ "region": "emea", "m": [{ "a": "other" }] }"#, false),
        (r#"{ "region": "apac", "m": [{ "a": "new" }] }"#, false),
    ] {
        let record = json(record);
        assert_eq!(subject.can("c.x", On::Record(&record)), can);
        assert_eq!(subject.scope("c.x").matches(Some(&record)), can);
    }
    let other = json(r#"{ "region": "apac", "m": [{ "a": "new" }] }"#);
    let found = subject.explain("c.x", On::Record(&other));
    assert_eq!(found.condition.as_deref(), Some(when));
    let remedies = subject.remedies("c.x", On::Record(&other));
    assert!(remedies.complete && !remedies.changes.is_empty(), "{remedies:?}");
}

fn issues(result: Result<Person, SnapshotError>) -> Vec<(String, &'static str)> {
    let error = result.unwrap_err();
    error.issues.into_iter().map(|issue| (issue.path, issue.code.as_str())).collect()
}

/// Some hundred roles that each grant a thousand permissions, and what everyone has.
fn heavy(everyone: &str) -> Snapshot {
    let permissions: Vec<String> = (0..1000).map(|at| format!(r#"{{ "id": "h.p{at}" }}"#)).collect();
    let roles: Vec<String> = (0..251)
        .map(|at| format!(r#"{{ "id": "r{at}", "name": "R", "grants": {{ "h.*": true }} }}"#))
        .collect();
    let text = format!(
        r#"{{ "format": "rolegate/1", "revision": 1,
            "catalog": {{ "categories": [{{ "id": "h", "permissions": [{}] }}] }}, "teams": [{{ "id": "t" }}, {{ "id": "u" }}],
            "roles": [{}, {{ "id": "one", "name": "O", "grants": {{ "h.p0": true }} }},
                {{ "id": "heir", "name": "H", "inherits": ["one"] }}, {{ "id": "none", "name": "N" }}],
            "everyone": [{everyone}] }}"#,
        permissions.join(", "),
        roles.join(", ")
    );
    Snapshot::from_json(text.as_bytes()).unwrap()
}

/// Somebody with the first of those roles.
fn laden(count: usize) -> Person {
    (0..count).fold(Person::new("n"), |person, at| person.role(&format!("r{at}")))
}

/// The place and code of what is wrong.
fn refusal(snapshot: &Snapshot, person: &Person) -> Option<(String, &'static str)> {
    let error = snapshot.subject(person).err()?;
    assert_eq!(error.issues.len(), 1);
    Some((error.issues[0].path.clone(), error.issues[0].code.as_str()))
}

#[test]
fn nobody_has_more_than_a_user_may() {
    let snapshot = heavy("");
    let most = laden(250);
    let too_complex = |at: usize| Some((format!("/roles/{at}"), "too-complex"));
    assert_eq!(refusal(&snapshot, &most.clone().role("none").role("gone")), None);
    assert_eq!(refusal(&snapshot, &most.clone().role("one")), too_complex(250));
    assert_eq!(refusal(&snapshot, &most.clone().role("gone").role("heir")), too_complex(251));
    // The snapshot that is narrowed to that one is at the limit, too.
    let narrowed = snapshot.subject(&most).unwrap().narrow();
    assert!(Snapshot::from_json(narrowed.as_bytes()).is_ok());
    let error = snapshot.subject(&most.role("one")).unwrap_err();
    let message = &error.issues[0].message;
    assert!(
        message.starts_with("`one`: this gives one user more than 250,000 grants and denials"),
        "{message}"
    );
}

#[test]
fn a_role_counts_once_but_four_times_with_a_window_or_a_condition() {
    let snapshot = heavy("");
    let refused = Some(("/roles/247".to_owned(), "too-complex"));
    let most = laden(250).assign(&Assigned::to("r0").team("t")).assign(&Assigned::to("r1").team("gone"));
    assert_eq!(refusal(&snapshot, &most), None);
    for again in [
        Assigned::to("r0").from("2020-01-01T00:00:00Z"),
        Assigned::to("r0").until("2100-01-01T00:00:00Z"),
        Assigned::to("r0").when(&json(r#"{ "context.x": 1 }"#)),
    ] {
        assert_eq!(refusal(&snapshot, &laden(246).assign(&again)), None);
        assert_eq!(refusal(&snapshot, &laden(247).assign(&again)), refused);
    }
}

#[test]
fn what_everyone_has_counts() {
    let snapshot = heavy(r#"{ "role": "r0", "team": "t" }, { "role": "r0", "team": "u" }"#);
    assert_eq!(refusal(&snapshot, &laden(249)), None);
    assert_eq!(refusal(&snapshot, &laden(249).role("one")), Some(("/roles/249".to_owned(), "too-complex")));
}

#[test]
fn what_is_wrong_is_told_with_its_place() {
    let read = |text: &str| Person::from_json(text.as_bytes());
    let deep = |depth: usize| {
        format!(r#"{{ "id": "a", "attributes": {{ "x": {}{} }} }}"#, "[".repeat(depth), "]".repeat(depth))
    };
    for (text, wanted) in [
        ("[]", vec![("", "type")]),
        ("{}", vec![("", "missing-key")]),
        (r#"{ "id": 7 }"#, vec![("/id", "type")]),
        (r#"{ "id": "" }"#, vec![("/id", "invalid-id")]),
        (r#"{ "id": "a", "x-note": 1 } 1"#, vec![("", "syntax")]),
        (r#"{ "id": "a", "id": "b" }"#, vec![("/id", "duplicate-key")]),
        (
            r#"{ "id": "a", "role": "r", "teams": ["t", "t"], "roles": ["r", "r"] }"#,
            vec![("/role", "unknown-key"), ("/teams/1", "duplicate-id"), ("/roles/1", "duplicate-id")],
        ),
        (
            r#"{ "id": "a", "roles": [{ "role": "r", "from": "x" }, { "team": "t" }] }"#,
            vec![("/roles/0/from", "invalid-time"), ("/roles/1", "missing-key")],
        ),
        (
            r#"{ "id": "a", "roles": [{ "role": "r", "when": {} }] }"#,
            vec![("/roles/0/when", "invalid-condition")],
        ),
        (&deep(61), vec![("", "too-deep")]),
    ] {
        let wanted: Vec<(String, &str)> =
            wanted.into_iter().map(|(path, code)| (path.to_owned(), code)).collect();
        assert_eq!(issues(read(text)), wanted, "{text}");
    }
    assert!(read(&deep(60)).is_ok());
    assert_eq!(issues(Person::from_json(b"{ \"id\": \"\xff\" }")), [(String::new(), "syntax")]);
    let snapshot = snapshot(TEAMS);
    let window = Assigned::to("all").from("2027-01-01T00:00:00Z").until("2026-01-01T00:00:00Z");
    let error = snapshot.subject(&Person::new("a").assign(&window)).unwrap_err();
    assert_eq!(error.issues[0].path, "/roles/0");
}

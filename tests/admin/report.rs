//! Access reports against `scope`, and reviews.

use std::collections::BTreeSet;

use rolegate::admin::{AccessReport, Draft};
use rolegate::{Level, On, ScopeKind, Snapshot};
use serde_json::{Value, json};

use super::{NOW, codes, document, draft_of, operation};
use crate::laws::seeds;
use crate::reference::generate;

fn tenant() -> Value {
    json!({
        "format": "rolegate/1", "revision": 7, "tenant": "acme",
        "catalog": { "categories": [{ "id": "c", "permissions": [
            { "id": "c.view", "scopes": ["own", "team", "all"] },
            { "id": "c.reply", "scopes": ["own", "team", "all"], "requires": ["c.view"] },
            { "id": "c.export", "sensitive": true } ] }] },
        "teams": [{ "id": "sales" }],
        "roles": [
            { "id": "admin", "name": "Admin", "locked": true, "grants": { "*": true } },
            { "id": "agent", "name": "Agent", "grants": { "c.view": "team" } },
            { "id": "lead", "name": "Lead", "inherits": ["agent"], "grants": { "c.reply": { "scope": "all", "when": { "context.vpn": true } } } }
        ],
        "users": [
            { "id": "ana", "roles": ["admin"] }, { "id": "ann", "roles": ["admin"] },
            { "id": "bo", "teams": ["sales"], "roles": ["agent", { "role": "admin", "team": "sales", "until": "2027-01-01T00:00:00Z" }] },
            { "id": "cy", "roles": ["lead", { "role": "admin", "until": "2020-01-01T00:00:00Z" }] },
            { "id": "off", "roles": ["agent"], "disabled": true }
        ],
        "everyone": [{ "role": "agent", "from": "2026-01-01T00:00:00+01:00" }]
    })
}

#[test]
fn a_report_has_a_row_for_each_way() {
    let text = tenant().to_string();
    let snapshot = Snapshot::from_json(text.as_bytes()).unwrap();
    let report = AccessReport::new(&snapshot, NOW);
    let rows: Vec<_> = report.rows().collect();
    let of = |user: &str, permission: &str| {
        let rows = rows.iter().filter(|(name, row)| *name == user && row.permission == permission);
        rows.map(|(_, row)| (&*row.role, row.team.as_deref(), row.level, row.conditional, &row.flags[..]))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        of("bo", "c.view"),
        [
            ("agent", None, Level::Team, false, &[][..]),
            ("admin", Some("sales"), Level::Team, false, &["temporary"][..]),
            ("agent", None, Level::Team, false, &["everyone"][..]),
        ]
    );
    assert_eq!(
        of("bo", "c.export"),
        [("admin", Some("sales"), Level::Team, false, &["sensitive", "temporary"][..])]
    );
    assert_eq!(of("cy", "c.reply"), [("lead", None, Level::All, true, &["limited"][..])]);
    assert_eq!(of("cy", "c.export"), []);
    assert_eq!(of("off", "c.view"), []);
    let (_, inherited) = rows.iter().find(|(name, row)| *name == "cy" && row.permission == "c.view").unwrap();
    assert_eq!((&inherited.via[..], &inherited.from), (&["agent".to_string()][..], &None));
    let (_, everyone) = rows.iter().rfind(|(name, _)| *name == "cy").unwrap();
    assert_eq!(everyone.from.as_deref(), None);
    assert!(rows.iter().any(|(_, row)| row.from.as_deref() == Some("2025-12-31T23:00:00Z")));
    let header = report.header();
    assert_eq!(
        (header.tenant.as_deref(), header.revision, header.users, header.holders),
        (Some("acme"), 7, 5, 4)
    );
    assert_eq!((header.rows, &*header.at), (rows.len(), "2026-11-18T11:06:40Z"));
    assert_eq!(header.sha256.len(), 64);
}

/// Every permission that somebody has, in whatever context, is in a row, and a row that nothing limits is what
/// `scope` says.
#[test]
fn rows_are_what_scopes_say() {
    let (mut held, mut wide, mut limited) = (0, 0, 0);
    for seed in seeds(250) {
        let tree = generate::snapshot(seed);
        let snapshot = Snapshot::from_json(tree.to_string().as_bytes()).unwrap();
        let questions = generate::questions(&tree, seed, 60);
        for at in questions.iter().map(|question| question.now).take(3) {
            let report = AccessReport::new(&snapshot, at);
            let rows: Vec<_> = report.rows().collect();
            assert_eq!(report.header().rows, rows.len());
            let known: BTreeSet<(&str, &str)> =
                rows.iter().map(|(user, row)| (*user, &*row.permission)).collect();
            for user in snapshot.users() {
                let subject = snapshot.subject(user).at(at);
                for permission in snapshot.permissions() {
                    let kind = subject.scope(permission).kind();
                    assert!(
                        kind == ScopeKind::None || known.contains(&(user, permission)),
                        "seed {seed}: {user} {permission} at {at}"
                    );
                    held += usize::from(kind != ScopeKind::None);
                }
            }
            for question in
                questions.iter().filter(|question| snapshot.users().any(|user| user == question.user))
            {
                let context = question.context.to_string();
                let Some(context) = rolegate::Json::parse(context.as_bytes()) else { continue };
                let subject = snapshot.subject(&question.user).at(at).context(&context);
                if subject.can(&question.permission, On::Anything) {
                    assert!(
                        known.contains(&(&*question.user, &*question.permission)),
                        "seed {seed}: {question:?}"
                    );
                }
            }
            for (user, row) in &rows {
                let kind = snapshot.subject(*user).at(at).scope(&row.permission).kind();
                if row.conditional || row.flags.contains(&"limited") {
                    limited += 1;
                    continue;
                }
                assert_ne!(kind, ScopeKind::None, "seed {seed}: {user} {row:?}");
                if row.level == Level::All {
                    wide += 1;
                    assert_eq!(kind, ScopeKind::All, "seed {seed}: {user} {row:?}");
                }
            }
        }
    }
    println!("{held} permissions held, {wide} rows are of everything, {limited} limited");
    assert!(held > 1_000 && wide > 100 && limited > 100);
}

fn reviewed(draft: &mut Draft, decisions: &Value) -> Vec<&'static str> {
    codes(&draft.apply(&operation(&json!(["recordReview", decisions]))))
}

#[test]
fn a_review_keeps_and_revokes() {
    let mut draft = draft_of(&tenant(), "ana");
    let decisions = json!([
        { "user": "bo", "role": "agent", "decision": "keep", "note": "still in sales" },
        { "user": "bo", "role": "admin", "team": "sales", "decision": "revoke" },
        { "user": "cy", "role": "lead", "decision": "keep" }
    ]);
    assert_eq!(reviewed(&mut draft, &decisions), [""; 0]);
    let events: Vec<_> = draft.events().iter().map(|it| (it.action, it.kind, it.target.as_deref())).collect();
    assert_eq!(
        events,
        [
            ("keep", "assignment", Some("bo")),
            ("revoke", "assignment", Some("bo")),
            ("keep", "assignment", Some("cy")),
            // All who have the role were decided about; the one who is disabled does not count.
            ("stampReview", "role", Some("agent")),
            ("stampReview", "role", Some("lead")),
        ]
    );
    let [kept, revoked, ..] = draft.events() else { panic!() };
    assert_eq!(kept.after.as_deref(), Some(r#"{"role":"agent","note":"still in sales"}"#));
    assert_eq!(
        (revoked.before.as_deref(), &revoked.after),
        (Some(r#"{"role":"admin","team":"sales"}"#), &None)
    );
    assert_eq!((&*kept.actor, kept.at), ("ana", NOW));
    let after = document(&mut draft);
    assert_eq!(after["users"][2]["roles"], json!(["agent"]));
    let stamps: Vec<_> =
        after["roles"].as_array().unwrap().iter().map(|role| role["reviewedAt"].as_str()).collect();
    assert_eq!(stamps, [None, Some("2026-11-18T11:06:40Z"), Some("2026-11-18T11:06:40Z")]);
}

#[test]
fn a_review_is_recorded_whole_or_not_at_all() {
    let keep = json!({ "user": "bo", "role": "agent", "decision": "keep" });
    for (actor, decision, expected) in [
        ("ana", json!({ "user": "ana", "role": "admin", "decision": "keep" }), &["self-approval"][..]),
        ("ana", json!({ "user": "cy", "role": "agent", "decision": "revoke" }), &["invalid"]),
        ("ana", json!({ "user": "cy", "role": "admin", "team": "sales", "decision": "keep" }), &["invalid"]),
        (
            "ana",
            json!({ "user": "nobody", "role": "nothing", "decision": "keep" }),
            &["unknown-user", "unknown-role"],
        ),
        ("ana", json!({ "user": "cy", "role": "lead", "decision": "perhaps" }), &["invalid"]),
        ("ana", json!({ "user": "bo", "role": "agent", "decision": "revoke" }), &["invalid"]),
        ("ana", json!({ "user": "cy", "role": "lead", "decision": "keep", "more": "x" }), &["invalid"]),
        ("cy", json!({ "user": "ann", "role": "admin", "decision": "revoke" }), &["outranked"]),
    ] {
        let mut draft = draft_of(&tenant(), actor);
        assert_eq!(reviewed(&mut draft, &json!([keep, decision])), expected, "{decision}");
        assert_eq!(document(&mut draft)["users"], tenant()["users"]);
    }
    let mut draft = draft_of(&tenant(), "ana");
    assert_eq!(
        reviewed(&mut draft, &json!([{ "user": "ann", "role": "admin", "decision": "revoke" }])),
        [""; 0]
    );
    let mut draft = draft_of(&tenant(), "bo");
    assert_eq!(
        reviewed(&mut draft, &json!([{ "user": "ana", "role": "admin", "decision": "keep" }])),
        [""; 0]
    );
}

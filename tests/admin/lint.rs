//! Lint: each finding in a snapshot that has it and not in one that nearly has it, suggestions that take it
//! away, and laws on random snapshots.

use std::collections::BTreeSet;

use rolegate::Snapshot;
use rolegate::admin::{Draft, Finding, Operation, Severity, lint};
use serde_json::{Value, json};

use super::{NOW, document, draft_of};
use crate::laws::seeds;
use crate::reference::generate;

/// A tenant in which there is nothing to find, but that it has several people.
fn tenant() -> Value {
    json!({
        "format": "rolegate/1", "revision": 7,
        "catalog": {
            "categories": [
                { "id": "conversations", "permissions": [
                    { "id": "conversations.view", "scopes": ["own", "team", "all"] },
                    { "id": "conversations.reply", "scopes": ["own", "team", "all"], "requires": ["conversations.view"] },
                    { "id": "conversations.transfer", "scopes": ["all"], "requires": ["conversations.view"] },
                    { "id": "conversations.delete", "scopes": ["own", "all"], "sensitive": true } ] },
                { "id": "contacts", "permissions": [
                    { "id": "contacts.view", "scopes": ["own", "team", "all"] },
                    { "id": "contacts.edit", "scopes": ["own", "team", "all"] },
                    { "id": "contacts.export" } ] },
                { "id": "settings", "permissions": [{ "id": "settings.labels" }, { "id": "settings.billing", "sensitive": true }] }
            ]
        },
        "teams": [{ "id": "sales" }],
        "roles": [
            { "id": "admin", "name": "Administrator", "description": "Everything", "standard": true, "locked": true, "grants": { "*": true } },
            { "id": "agent", "name": "Agent", "description": "Answers customers",
              "grants": { "conversations.view": "team", "conversations.reply": "team" } },
            { "id": "labels", "name": "Label keeper", "description": "Keeps labels", "grants": { "settings.labels": true } }
        ],
        "users": [
            { "id": "ana", "roles": ["admin"] }, { "id": "ann", "roles": ["admin"] },
            { "id": "bo", "teams": ["sales"], "roles": ["agent", "labels"], "attributes": { "region": "emea", "roles": 1 } }
        ]
    })
}

/// The tenant with other values at some places; a list ends at `-`.
fn with(changes: &[(&str, Value)]) -> Value {
    let mut tenant = tenant();
    for (path, value) in changes {
        let (parent, key) = path.rsplit_once('/').unwrap();
        let key = key.replace("~1", "/");
        match tenant.pointer_mut(parent).unwrap_or_else(|| panic!("{path}")) {
            Value::Array(list) if key == "-" => list.push(value.clone()),
            Value::Array(list) => list[key.parse::<usize>().unwrap()] = value.clone(),
            Value::Object(members) if value.is_null() => drop(members.remove(&key)),
            Value::Object(members) => drop(members.insert(key, value.clone())),
            other => panic!("{other}"),
        }
    }
    tenant
}

fn findings(tenant: &Value) -> Vec<Finding> {
    let snapshot = Snapshot::from_json(tenant.to_string().as_bytes())
        .unwrap_or_else(|error| panic!("{tenant}: {error}"));
    lint(&snapshot, NOW)
}

fn of<'f>(found: &'f [Finding], code: &str) -> Vec<&'f Finding> {
    found.iter().filter(|finding| finding.code == code).collect()
}

/// Whether a finding is told with operations that take it away.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Suggests {
    Yes,
    No,
}
use Suggests::{No, Yes};

/// The changes that make the finding, with its place and a part of its message, and others that nearly do.
fn check(
    code: &str,
    suggests: Suggests,
    (path, says): (&str, &str),
    has: &[(&str, Value)],
    near: &[(&str, Value)],
) {
    let (has, near) = (with(has), with(near));
    let found = findings(&has);
    let all = of(&found, code);
    let [finding] = all[..] else { panic!("{code}: {found:#?}") };
    assert_eq!(finding.path, path, "{finding}");
    assert!(has.pointer(path).is_some(), "{finding}");
    assert!(finding.message.contains(says), "{finding}");
    assert_eq!(of(&findings(&near), code), Vec::<&Finding>::new());
    assert_eq!(finding.suggestion.is_empty(), suggests == No, "{finding:?}");
    if suggests == Yes {
        let mut draft = draft_of(&has, "ana");
        apply(&mut draft, finding).unwrap();
        let after = document(&mut draft);
        assert!(of(&findings(&after), code).is_empty(), "{code} is still there: {after}");
    }
}

fn apply(draft: &mut Draft, finding: &Finding) -> Result<(), rolegate::admin::AdminError> {
    for operation in &finding.suggestion {
        let operation =
            Operation::from_json(operation.as_bytes()).unwrap_or_else(|error| panic!("{operation}: {error}"));
        draft.apply(&operation)?;
    }
    Ok(())
}

/// A role that would do, but for what is given.
fn role(more: &Value) -> Value {
    let mut role =
        json!({ "id": "r", "name": "Reader", "description": "Reads", "grants": { "settings.labels": true } });
    for (key, value) in more.as_object().unwrap() {
        role[key] = value.clone();
    }
    role
}

/// A fourth role, which somebody has.
fn fourth(more: &Value) -> [(&'static str, Value); 2] {
    [("/roles/-", role(more)), ("/users/2/roles/-", json!("r"))]
}

#[test]
fn a_tenant_in_order_has_nothing_to_find() {
    let found = findings(&tenant());
    assert_eq!(
        found.iter().map(|finding| finding.code).collect::<Vec<_>>(),
        ["whole-tenant-in-browser"],
        "{found:#?}"
    );
}

#[test]
fn generic_name() {
    check(
        "generic-name",
        No,
        ("/roles/1/name", "`Role3`"),
        &[("/roles/1/name", json!("Role3"))],
        &[("/roles/1/name", json!("Role manager"))],
    );
    check(
        "generic-name",
        No,
        ("/roles/1/name", "`Custom role`"),
        &[("/roles/1/name", json!("Custom role"))],
        &[("/roles/1/name", json!("Custom reports"))],
    );
}

#[test]
fn duplicate_name() {
    check(
        "duplicate-name",
        No,
        ("/roles/2/name", "`agent`"),
        &[("/roles/2/name", json!(" ＡＧＥＮＴ "))],
        &[("/roles/2/name", json!("Agents"))],
    );
}

#[test]
fn no_description() {
    check(
        "no-description",
        No,
        ("/roles/1", "`agent`"),
        &[("/roles/1/description", json!(null))],
        &[("/roles/1/description", json!("x"))],
    );
    check("no-description", No, ("/roles/1", "`agent`"), &[("/roles/1/description", json!("  "))], &[]);
}

#[test]
fn case_twins() {
    check(
        "case-twins",
        No,
        ("/users/3/id", "`BO`"),
        &[("/users/-", json!({ "id": "BO" }))],
        &[("/users/-", json!({ "id": "bob" }))],
    );
    let twin = |id: &str| [("/catalog/categories/2/permissions/-", json!({ "id": id }))];
    check(
        "case-twins",
        No,
        ("/catalog/categories/2/permissions/2/id", "`settings.Labels`"),
        &twin("settings.Labels"),
        &twin("settings.label"),
    );
    check(
        "case-twins",
        No,
        ("/teams/1/id", "`Sales`"),
        &[("/teams/-", json!({ "id": "Sales" }))],
        &[("/teams/-", json!({ "id": "sale" }))],
    );
}

#[test]
fn unused_role() {
    check("unused-role", Yes, ("/roles/3", "`r`"), &[("/roles/-", role(&json!({})))], &fourth(&json!({})));
    // One that is inherited, everybody's, or standard.
    let inherited = [("/roles/-", role(&json!({}))), ("/roles/1/inherits", json!(["r"]))];
    check("unused-role", Yes, ("/roles/3", "`r`"), &[("/roles/-", role(&json!({})))], &inherited);
    check(
        "unused-role",
        Yes,
        ("/roles/3", "`r`"),
        &[("/roles/-", role(&json!({})))],
        &[("/roles/-", role(&json!({}))), ("/everyone", json!(["r"]))],
    );
    check(
        "unused-role",
        No,
        ("/roles/3", "`r`"),
        &[("/roles/-", role(&json!({ "locked": true })))],
        &[("/roles/-", role(&json!({ "standard": true })))],
    );
    check(
        "unused-role",
        Yes,
        ("/roles/3", "`r`"),
        &[("/roles/-", role(&json!({})))],
        &[("/roles/-", role(&json!({}))), ("/users", json!(null))],
    );
}

#[test]
fn empty_role() {
    check(
        "empty-role",
        Yes,
        ("/roles/3", "`r`"),
        &[("/roles/-", role(&json!({ "grants": { "*": false } })))],
        &fourth(&json!({ "grants": {}, "deny": ["settings.labels"] })),
    );
    check(
        "empty-role",
        No,
        ("/roles/3", "`r`"),
        &fourth(&json!({ "grants": {} })),
        &fourth(&json!({ "grants": {}, "inherits": ["agent"] })),
    );
}

#[test]
fn broad_grant() {
    check(
        "broad-grant",
        No,
        ("/roles/3/grants/*", "`r`"),
        &fourth(&json!({ "grants": { "*": "team" } })),
        &fourth(&json!({ "grants": { "*": false, "settings.labels": true } })),
    );
    check(
        "broad-grant",
        No,
        ("/roles/3/grants/*", "`r`"),
        &fourth(&json!({ "grants": { "*": true } })),
        &fourth(&json!({ "grants": { "*": true }, "locked": true })),
    );
}

#[test]
fn sensitive_grant() {
    let by_category = fourth(&json!({ "grants": { "settings.*": true } }));
    let refused = fourth(&json!({ "grants": { "settings.*": true, "settings.billing": false } }));
    check(
        "sensitive-grant",
        Yes,
        ("/roles/3/grants/settings.*", "`settings.billing`"),
        &by_category,
        &refused,
    );
    let named = fourth(&json!({ "grants": { "settings.billing": true } }));
    check(
        "sensitive-grant",
        No,
        ("/roles/3/grants/settings.billing", "`settings.billing`"),
        &named,
        &fourth(&json!({})),
    );
    let [finding] =
        &of(&findings(&with(&named)), "sensitive-grant").into_iter().cloned().collect::<Vec<_>>()[..]
    else {
        panic!()
    };
    assert_eq!(finding.severity, Severity::Info);
    let mut implied = Vec::from(fourth(&json!({})));
    implied.push(("/catalog/categories/2/permissions/0/implies", json!(["settings.billing"])));
    let found = findings(&with(&implied));
    let paths: Vec<&str> = of(&found, "sensitive-grant").iter().map(|finding| &*finding.path).collect();
    assert_eq!(paths, ["/roles/2/grants/settings.labels", "/roles/3/grants/settings.labels"]);
    // A team-limited entry does not bring what is granted to the tenant as a whole.
    assert!(
        of(
            &findings(&with(&fourth(
                &json!({ "grants": { "settings.*": "team", "conversations.view": "own" } })
            ))),
            "sensitive-grant"
        )
        .is_empty()
    );
}

#[test]
fn prerequisite() {
    let lacks = fourth(&json!({ "grants": { "conversations.reply": "own" } }));
    let has = fourth(&json!({ "grants": { "conversations.reply": "own", "conversations.view": "own" } }));
    check("prerequisite", Yes, ("/roles/3/grants/conversations.reply", "`conversations.view`"), &lacks, &has);
    let mut by_everyone = Vec::from(lacks.clone());
    by_everyone.push(("/everyone", json!(["agent"])));
    check(
        "prerequisite",
        Yes,
        ("/roles/3/grants/conversations.reply", "`conversations.view`"),
        &lacks,
        &by_everyone,
    );
    let mut two = Vec::from(lacks);
    two.push(("/catalog/categories/0/permissions/0/requires", json!(["settings.labels"])));
    let found = findings(&with(&two));
    let finding =
        of(&found, "prerequisite").into_iter().find(|finding| finding.path.starts_with("/roles/3")).unwrap();
    let mut draft = draft_of(&with(&two), "ana");
    apply(&mut draft, finding).unwrap();
    assert!(
        of(&findings(&document(&mut draft)), "prerequisite")
            .iter()
            .all(|finding| !finding.path.starts_with("/roles/3"))
    );
}

#[test]
fn unreachable_grant() {
    let no_level = fourth(&json!({ "grants": { "settings.*": "team", "conversations.view": "own" } }));
    let level = fourth(&json!({ "grants": { "contacts.*": "team", "conversations.view": "own" } }));
    check("unreachable-grant", Yes, ("/roles/3/grants/settings.*", "`settings.*`"), &no_level, &level);
    let denied =
        fourth(&json!({ "grants": { "contacts.*": true, "settings.labels": true }, "deny": ["contacts.*"] }));
    let partly = fourth(
        &json!({ "grants": { "contacts.*": true, "settings.labels": true }, "deny": ["contacts.edit", { "key": "contacts.*", "when": { "context.a": 1 } }] }),
    );
    check("unreachable-grant", Yes, ("/roles/3/grants/contacts.*", "also denies"), &denied, &partly);
}

#[test]
fn shadowed_deny() {
    let twice = fourth(&json!({ "grants": { "contacts.*": true }, "deny": ["contacts.edit", "contacts.*"] }));
    let apart = fourth(
        &json!({ "grants": { "contacts.*": true }, "deny": ["contacts.edit", "contacts.view", { "key": "contacts.*", "when": { "context.a": 1 } }] }),
    );
    check("shadowed-deny", Yes, ("/roles/3/deny/0", "`contacts.*`"), &twice, &apart);
    let with_condition = fourth(
        &json!({ "grants": { "contacts.*": true }, "deny": [{ "key": "contacts.edit", "when": { "context.a": 1 } }, "contacts.edit"] }),
    );
    check("shadowed-deny", Yes, ("/roles/3/deny/0", "`contacts.edit`"), &with_condition, &apart);
    let mut inherited = Vec::from(fourth(&json!({ "inherits": ["agent"], "deny": ["contacts.edit"] })));
    inherited.push(("/roles/1/deny", json!(["*"])));
    check("shadowed-deny", Yes, ("/roles/3/deny/0", "inherits"), &inherited, &apart);
}

#[test]
fn type_drops_inherited() {
    let of = |of: &str, roles: &[&str]| {
        let mut changes = Vec::from(fourth(&json!({ "type": of, "inherits": ["labels"] })));
        changes.extend([
            ("/catalog/roleTypes", json!(["company", "team"])),
            ("/catalog/categories/2/permissions/0/roleTypes", json!(roles)),
            ("/roles/1/type", json!("company")),
            ("/roles/2/type", json!("company")),
        ]);
        changes[0].1["grants"] = json!({ "contacts.view": "own" });
        changes
    };
    check(
        "type-drops-inherited",
        No,
        ("/roles/3/inherits/0", "`settings.labels`"),
        &of("team", &["company"]),
        &of("team", &["company", "team"]),
    );
    check(
        "type-drops-inherited",
        No,
        ("/roles/3/inherits/0", "`labels`"),
        &of("team", &["company"]),
        &of("company", &["company"]),
    );
}

#[test]
fn stale_review() {
    let at = |time: &str| [("/roles/1/reviewedAt", json!(time))];
    // NOW is 2026-11-18T11:06:40Z.
    check(
        "stale-review",
        Yes,
        ("/roles/1/reviewedAt", "`agent`"),
        &at("2026-08-20T11:06:39Z"),
        &at("2026-08-20T11:06:40Z"),
    );
}

#[test]
fn unscoped_sibling() {
    let wide = fourth(&json!({ "grants": { "contacts.view": "own", "contacts.edit": "all" } }));
    let even = fourth(&json!({ "grants": { "contacts.view": "own", "contacts.edit": "own" } }));
    check("unscoped-sibling", Yes, ("/roles/3/grants/contacts.edit", "`contacts.view`"), &wide, &even);
    let tenant = fourth(&json!({ "grants": { "contacts.view": "team", "contacts.export": true } }));
    check("unscoped-sibling", No, ("/roles/3/grants/contacts.export", "`contacts.view`"), &tenant, &even);
    // What requires the view reaches no further, which is only worth knowing.
    let required =
        fourth(&json!({ "grants": { "conversations.view": "own", "conversations.reply": "all" } }));
    check("unscoped-sibling", Yes, ("/roles/3/grants/conversations.reply", "no further"), &required, &even);
    assert_eq!(of(&findings(&with(&required)), "unscoped-sibling")[0].severity, Severity::Info);
    // What can only be granted at `all`, and requires what is not granted so far, is as it has to be.
    let bounded =
        fourth(&json!({ "grants": { "conversations.view": "own", "conversations.transfer": true } }));
    assert_eq!(of(&findings(&with(&bounded)), "unscoped-sibling").len(), 0);
}

#[test]
fn manage_without_view() {
    let blind = fourth(&json!({ "grants": { "contacts.edit": "team" } }));
    let sees = fourth(&json!({ "grants": { "contacts.edit": "team", "contacts.view": "own" } }));
    check("manage-without-view", Yes, ("/roles/3/grants/contacts.edit", "`contacts.view`"), &blind, &sees);
    check(
        "manage-without-view",
        Yes,
        ("/roles/3/grants/contacts.edit", "`contacts.view`"),
        &blind,
        &fourth(&json!({ "grants": { "contacts.export": true } })),
    );
}

fn denial(when: &Value) -> [(&'static str, Value); 2] {
    fourth(
        &json!({ "grants": { "contacts.*": true }, "deny": ["contacts.export", { "key": "contacts.edit", "when": when }] }),
    )
}

#[test]
fn deny_on_optional() {
    let guarded =
        denial(&json!({ "$and": [{ "resource.vip": { "$exists": true } }, { "resource.vip": true }] }));
    let path = "/roles/3/deny/1/when";
    check(
        "deny-on-optional",
        Yes,
        (path, "`resource.vip`"),
        &denial(&json!({ "resource.vip": true })),
        &guarded,
    );
    check(
        "deny-on-optional",
        Yes,
        (path, "`resource.a`, `resource.b`"),
        &denial(&json!({ "resource.a": 1, "resource.b": { "$ref": "user.id" } })),
        &guarded,
    );
    check(
        "deny-on-optional",
        Yes,
        (path, "`resource.b`"),
        &denial(
            &json!({ "resource.a": { "$exists": true }, "$not": { "resource.a": "x", "resource.b": 1 } }),
        ),
        &denial(&json!({ "context.vip": true })),
    );
    // Records without it are meant.
    check(
        "deny-on-optional",
        Yes,
        (path, "`resource.vip`"),
        &denial(&json!({ "resource.vip": true })),
        &denial(&json!({ "$or": [{ "resource.vip": { "$exists": false } }, { "resource.vip": true }] })),
    );
}

fn grant(when: &Value) -> [(&'static str, Value); 2] {
    fourth(&json!({ "grants": { "contacts.view": ["own", { "scope": "all", "when": when }] } }))
}

#[test]
fn grant_by_absence() {
    let absent = grant(&json!({ "resource.owner": { "$exists": false } }));
    check(
        "grant-by-absence",
        No,
        ("/roles/3/grants/contacts.view/1/when/resource.owner/$exists", "`resource.owner`"),
        &absent,
        &grant(&json!({ "resource.owner": { "$exists": true } })),
    );
    let not_there = grant(&json!({ "$not": { "resource.owner": { "$exists": true } } }));
    check(
        "grant-by-absence",
        No,
        ("/roles/3/grants/contacts.view/1/when/$not/resource.owner/$exists", "`resource.owner`"),
        &not_there,
        &denial(&json!({ "resource.owner": { "$exists": false } })),
    );
}

#[test]
fn template_literal() {
    let path = "/roles/3/grants/contacts.view/1/when/resource.by";
    check(
        "template-literal",
        Yes,
        (path, "`${user.id}`"),
        &grant(&json!({ "resource.by": "${user.id}" })),
        &grant(&json!({ "resource.by": { "$ref": "user.id" } })),
    );
    check(
        "template-literal",
        No,
        (path, "`$now`"),
        &grant(&json!({ "resource.by": "$now" })),
        &grant(&json!({ "resource.by": "$5" })),
    );
    let listed = grant(&json!({ "resource.by": { "$in": ["x", "{{ user.id }}"] } }));
    check(
        "template-literal",
        No,
        ("/roles/3/grants/contacts.view/1/when/resource.by/$in/1", "user.id"),
        &listed,
        &grant(&json!({ "resource.by": { "$since": "now-5m" } })),
    );
    check(
        "template-literal",
        Yes,
        ("/roles/3/deny/1/when/resource.by/$eq", "user.id"),
        &denial(&json!({ "resource.by": { "$eq": "user.id" } })),
        &denial(&json!({ "resource.by": "user.created" })),
    );
}

#[test]
fn unread_attribute() {
    let path = "/roles/3/grants/contacts.view/1/when/user.reigon";
    check(
        "unread-attribute",
        No,
        (path, "`user.reigon`"),
        &grant(&json!({ "user.reigon": "emea" })),
        &grant(&json!({ "user.region": "emea", "user.teams": { "$has": "x" } })),
    );
    let reference = grant(&json!({ "resource.region": { "$eq": { "$ref": "user.x.y" } } }));
    check(
        "unread-attribute",
        No,
        ("/roles/3/grants/contacts.view/1/when/resource.region/$eq/$ref", "`user.x.y`"),
        &reference,
        &grant(&json!({ "resource.x": { "$ref": "user.id" } })),
    );
    let roles = grant(&json!({ "user.roles": { "$has": "admin" } }));
    let mut without = Vec::from(roles.clone());
    without.push(("/users/2/attributes", json!(null)));
    check(
        "unread-attribute",
        No,
        ("/roles/3/grants/contacts.view/1/when/user.roles", "not which roles"),
        &without,
        &roles,
    );
    let mut nobody = Vec::from(grant(&json!({ "user.reigon": "emea" })));
    nobody.push(("/users", json!(null)));
    assert!(of(&findings(&with(&nobody)), "unread-attribute").is_empty());
}

#[test]
fn unknown_zone() {
    let during = |zone: &str| {
        grant(&json!({ "$or": [{ "$during": { "tz": zone, "days": ["mon"] } }, { "context.on": true }] }))
    };
    check(
        "unknown-zone",
        No,
        ("/roles/3/grants/contacts.view/1/when/$or/0/$during/tz", "`Europe/Lisboa`"),
        &during("Europe/Lisboa"),
        &during("Europe/Lisbon"),
    );
}

#[test]
fn separation() {
    let apart =
        |permissions: Value| [("/separations", json!([{ "id": "four-eyes", "permissions": permissions }]))];
    check(
        "separation",
        No,
        ("/users/2", "`four-eyes`"),
        &[("/separations", json!([{ "id": "four-eyes", "roles": ["agent", "labels"] }]))],
        &[("/separations", json!([{ "id": "four-eyes", "roles": ["agent", "admin"] }]))],
    );
    assert_eq!(
        of(&findings(&with(&apart(json!(["settings.labels", "settings.billing"])))), "separation").len(),
        2
    );
    let mut disabled = Vec::from(apart(json!(["settings.labels", "conversations.view"])));
    disabled.extend(
        [0, 1, 2]
            .map(|at| (["/users/0/disabled", "/users/1/disabled", "/users/2/disabled"][at], json!(true))),
    );
    assert!(of(&findings(&with(&disabled)), "separation").is_empty());
}

#[test]
fn disabled_holder() {
    let off = |roles: Value| [("/users/-", json!({ "id": "off", "disabled": true, "roles": roles }))];
    let several = off(
        json!(["agent", { "role": "agent", "until": "2030-01-01T00:00:00Z" }, { "role": "agent", "team": "sales" }]),
    );
    check("disabled-holder", Yes, ("/users/3/roles", "`off`"), &several, &off(json!([])));
    check(
        "disabled-holder",
        Yes,
        ("/users/3/roles", "`off`"),
        &several,
        &[("/users/-", json!({ "id": "off", "roles": ["agent"] }))],
    );
}

#[test]
fn expired_assignment() {
    let until =
        |time: &str| [("/users/2/roles/-", json!({ "role": "agent", "team": "sales", "until": time }))];
    check(
        "expired-assignment",
        Yes,
        ("/users/2/roles/2", "`bo`"),
        &until("2026-11-18T11:06:40Z"),
        &until("2026-11-18T11:06:41Z"),
    );
    let everyone = |time: &str| [("/everyone", json!(["labels", { "role": "agent", "until": time }]))];
    check(
        "expired-assignment",
        Yes,
        ("/everyone/1", "everyone"),
        &everyone("2020-01-01T00:00:00+01:00"),
        &everyone("2030-01-01T00:00:00Z"),
    );
}

#[test]
fn single_admin() {
    check("single-admin", No, ("/users/0", "`ana`"), &[("/users/1/roles", json!(["agent"]))], &[]);
    check(
        "single-admin",
        No,
        ("/users/0", "`ana`"),
        &[("/users/1/roles", json!([{ "role": "admin", "until": "2030-01-01T00:00:00Z" }]))],
        &[("/roles/0/locked", json!(false))],
    );
    let nobody = [("/users/0/roles", json!([])), ("/users/1/disabled", json!(true))];
    check("single-admin", No, ("/roles/0", "`admin`"), &nobody, &[("/users", json!(null))]);
    assert_eq!(of(&findings(&with(&nobody)), "single-admin")[0].severity, Severity::Error);
}

#[test]
fn whole_tenant_in_browser() {
    check(
        "whole-tenant-in-browser",
        No,
        ("/users", "3 people"),
        &[],
        &[("/users", json!([{ "id": "bo", "roles": ["agent"] }]))],
    );
}

/// Laws: findings are at places that exist, in the order of the document, the same every time, and what is
/// suggested is refused or takes the finding away.
#[test]
fn laws() {
    let (mut codes, mut done) = (BTreeSet::new(), 0);
    for seed in seeds(300) {
        let mut tree = generate::snapshot(seed);
        // Somebody who may do everything.
        tree["roles"].as_array_mut().unwrap().push(json!({ "id": "root", "name": "Root", "standard": true, "locked": true, "grants": { "*": true } }));
        let users = tree.as_object_mut().unwrap().entry("users").or_insert_with(|| json!([]));
        users.as_array_mut().unwrap().push(json!({ "id": "root", "roles": ["root"] }));
        let text = tree.to_string();
        let Ok(snapshot) = Snapshot::from_json(text.as_bytes()) else { continue };
        let found = lint(&snapshot, NOW);
        assert_eq!(found, lint(&snapshot, NOW));
        let mut last = 0;
        for finding in &found {
            codes.insert(finding.code);
            assert!(tree.pointer(&finding.path).is_some(), "seed {seed}: {finding}");
            let at = position(&text, &finding.path);
            assert!(at >= last, "seed {seed}: {finding}");
            last = at;
            let mut draft = draft_of(&tree, "root");
            if finding.suggestion.is_empty() || apply(&mut draft, finding).is_err() {
                continue;
            }
            done += 1;
            let after = findings(&document(&mut draft));
            let count = |found: &[Finding]| {
                of(found, finding.code).iter().filter(|other| other.message == finding.message).count()
            };
            assert!(count(&after) < count(&found), "seed {seed}: {finding} {:?}", finding.suggestion);
        }
    }
    assert!(codes.len() >= 15 && done > 100, "{done}, {codes:?}");
}

/// Where the value at a place of a document begins, counted in values.
fn position(text: &str, path: &str) -> usize {
    fn walk(value: &Value, path: &str, wanted: &str, count: &mut usize) -> Option<usize> {
        *count += 1;
        if path == wanted {
            return Some(*count);
        }
        match value {
            Value::Array(list) => list
                .iter()
                .enumerate()
                .find_map(|(at, entry)| walk(entry, &format!("{path}/{at}"), wanted, count)),
            Value::Object(members) => members.iter().find_map(|(key, entry)| {
                walk(entry, &format!("{path}/{}", key.replace('~', "~0").replace('/', "~1")), wanted, count)
            }),
            _ => None,
        }
    }
    walk(&serde_json::from_str(text).unwrap(), "", path, &mut 0).unwrap()
}

/// However a document is made, lint ends soon.
#[test]
fn hostile_documents_are_checked_in_bounded_time() {
    let many = |count: usize, make: &dyn Fn(usize) -> Value| Value::Array((0..count).map(make).collect());
    let permissions = |count| {
        many(
            count,
            &|at| json!({ "id": format!("c.edit{at}"), "sensitive": true, "requires": [if at == 0 { "c.view" } else { "c.edit0" }] }),
        )
    };
    let mut documents = Vec::new();
    // Many roles times many permissions.
    let mut tree = tenant();
    let mut list = permissions(2_000);
    list.as_array_mut().unwrap().push(json!({ "id": "c.view", "scopes": ["own"] }));
    tree["catalog"]["categories"] = json!([{ "id": "c", "permissions": list }]);
    tree["roles"] = many(
        10_000,
        &|at| json!({ "id": format!("r{at}"), "name": "Role", "grants": { "*": true, "c.view": false }, "inherits": [] }),
    );
    tree["users"] = json!([]);
    documents.push(tree);
    // Long lists of denials and of conditions in one role, zones that nobody knows, attributes that nobody has.
    let mut tree = tenant();
    let condition = |at: usize| json!({ "resource.a": { "$exists": false }, "resource.b": "${user.id}", format!("user.x{at}"): 1, "$during": { "tz": format!("X/{at}") } });
    tree["roles"][1]["deny"] = many(4_000, &|at| json!({ "key": "contacts.edit", "when": condition(at) }));
    tree["roles"][1]["deny"].as_array_mut().unwrap().push(json!("*"));
    tree["roles"][1]["grants"]["contacts.view"] = many(4_000, &|at| json!({ "when": condition(at) }));
    tree["users"] =
        many(1_000, &|at| json!({ "id": format!("u{at}"), "roles": ["agent"], "attributes": { "a": "b" } }));
    documents.push(tree);
    for tree in documents {
        let Ok(snapshot) = Snapshot::from_json(tree.to_string().as_bytes()) else {
            panic!("{}", Snapshot::from_json(tree.to_string().as_bytes()).unwrap_err())
        };
        let began = std::time::Instant::now();
        let found = lint(&snapshot, NOW);
        let took = began.elapsed();
        println!("{} findings in {took:?} of {} bytes", found.len(), tree.to_string().len());
        assert!(took.as_secs() < 20 && found.len() <= 26_000, "{took:?}");
    }
}

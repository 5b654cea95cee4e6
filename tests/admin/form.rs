//! The form of a role: what it shows, and the law that it and the operations agree.

use rolegate::Level;
use rolegate::Snapshot;
use rolegate::admin::{Actor, Draft, Form, FormOptions, FormPermission, Selected, Source, Toggle, role_form};
use serde_json::{Value, json};

use super::tenants::{self, Kind};
use super::{NOW, draft_of, model, operation};
use crate::laws::seeds;
use crate::reference::generate::rng::Rng;

fn tenant() -> Value {
    json!({
        "format": "rolegate/1", "revision": 7, "plan": "free",
        "catalog": {
            "roleTypes": ["company", "team"],
            "categories": [
                { "id": "c", "title": "Conversations", "permissions": [
                    { "id": "c.view", "title": "View", "scopes": ["own", "team", "all"] },
                    { "id": "c.reply", "scopes": ["own", "team", "all"], "requires": ["c.view"] },
                    { "id": "c.note", "scopes": ["all"], "implies": ["c.tag"] }, { "id": "c.tag", "scopes": ["all"] } ] },
                { "id": "s", "permissions": [
                    { "id": "s.workspace", "roleTypes": ["company"] }, { "id": "s.roles", "standardOnly": true },
                    { "id": "s.sla", "plans": ["pro"] }, { "id": "s.labels", "sensitive": true } ] }
            ]
        },
        "roles": [
            { "id": "admin", "name": "Admin", "standard": true, "locked": true, "grants": { "*": true } },
            { "id": "base", "name": "Base", "type": "team", "grants": { "c.view": "own" } },
            { "id": "lead", "name": "Lead", "type": "team", "inherits": ["base"], "grants": { "c.note": true }, "deny": ["c.tag"] },
            { "id": "some", "name": "Some", "type": "team", "grants": { "c.*": "team", "c.note": false } },
            { "id": "every", "name": "Every", "type": "company", "grants": { "*": { "scope": "all", "when": { "context.a": 1 } } } }
        ],
        "users": [
            { "id": "ana", "roles": ["admin"] },
            { "id": "lou", "roles": ["lead", "some"] }, { "id": "bo", "roles": ["lead"] }
        ]
    })
}

fn form_of(tenant: &Value, role: Option<&str>, actor: Option<&str>) -> Form {
    let snapshot = Snapshot::from_json(tenant.to_string().as_bytes()).unwrap();
    let actor = actor.map(|actor| Actor::User(actor.into()));
    role_form(&snapshot, role, &FormOptions { actor, now: NOW, role_type: None }).unwrap().unwrap()
}

fn permission<'f>(form: &'f Form, id: &str) -> &'f FormPermission {
    form.categories.iter().flat_map(|category| &category.permissions).find(|it| it.id == id).unwrap()
}

#[test]
fn a_form_shows_what_is_granted_and_from_where() {
    let form = form_of(&tenant(), Some("lead"), Some("ana"));
    let shown = |id| {
        let it = permission(&form, id);
        (it.granted, it.source.clone(), it.denied, &*it.toggle.value)
    };
    assert_eq!(shown("c.view"), (Some(Level::Own), Some(Source::Inherited("base".into())), None, "false"));
    assert_eq!(shown("c.note"), (Some(Level::All), Some(Source::Own), None, "null"));
    assert_eq!(
        shown("c.tag"),
        (Some(Level::All), Some(Source::Implied("c.note".into())), Some(true), "false")
    );
    assert_eq!(shown("c.reply"), (None, None, None, "\"all\""));
    assert_eq!((form.users, form.granted, form.total), (2, 3, 5));
    let states: Vec<Selected> = form.categories.iter().map(|category| category.selected).collect();
    assert_eq!(states, [Selected::Some, Selected::None]);
    let why = |id: &str| permission(&form, id).toggle.why;
    assert_eq!(
        (why("s.workspace"), why("s.roles"), why("s.sla"), why("s.labels")),
        (Some("type"), Some("standardOnly"), Some("plan"), None)
    );
    assert_eq!(permission(&form, "c.reply").requires, ["c.view"]);
    assert_eq!(form.categories[0].title.as_deref(), Some("Conversations"));

    let form = form_of(&tenant(), Some("some"), Some("ana"));
    assert_eq!(permission(&form, "c.reply").source, Some(Source::Category));
    // `team` fits no level of it, and the entry for it says "no".
    assert_eq!((permission(&form, "c.tag").granted, permission(&form, "c.note").granted), (None, None));
    let form = form_of(&tenant(), Some("every"), Some("ana"));
    let all = permission(&form, "c.view");
    assert_eq!((all.granted, all.conditional, &all.source), (Some(Level::All), true, &Some(Source::All)));
    assert_eq!((form.categories[0].selected, form.categories[1].selected), (Selected::All, Selected::All));
}

#[test]
fn a_form_says_why_something_cannot_be_changed() {
    let locked = form_of(&tenant(), Some("admin"), Some("ana"));
    assert!(
        locked.categories.iter().flat_map(|it| &it.permissions).all(|it| it.toggle.why == Some("locked"))
    );
    // The teams of others are not Lou's.
    let form = form_of(&tenant(), Some("base"), Some("lou"));
    let view = permission(&form, "c.view");
    let levels: Vec<_> =
        view.levels.iter().map(|level| (level.level, level.selected, level.toggle.why)).collect();
    assert_eq!(
        levels,
        [
            (Level::Own, true, None),
            (Level::Team, false, Some("escalation")),
            (Level::All, false, Some("escalation"))
        ]
    );
    assert_eq!(permission(&form, "c.reply").toggle.value, "\"own\"");
    assert_eq!(permission(&form, "s.labels").toggle.why, Some("escalation"));
    let nobody = form_of(&tenant(), Some("base"), None);
    assert_eq!(permission(&nobody, "s.labels").toggle.why, None);
    assert_eq!(permission(&nobody, "c.view").toggle.why, Some("no-permissions"));

    let snapshot = Snapshot::from_json(tenant().to_string().as_bytes()).unwrap();
    let new = |of| {
        let options = FormOptions { role_type: of, ..FormOptions::default() };
        role_form(&snapshot, None, &options).unwrap().unwrap()
    };
    let why = |of, id: &str| permission(&new(of), id).toggle.why;
    assert_eq!((why(None, "s.workspace"), why(Some("team"), "s.workspace")), (None, Some("type")));
    assert_eq!((why(None, "c.reply"), why(None, "c.view")), (Some("prerequisite"), None));
    assert_eq!(
        (new(None).types, new(None).role_type.as_deref()),
        (vec!["company".into(), "team".into()], Some("company"))
    );
    assert!(role_form(&snapshot, Some("nobody"), &FormOptions::default()).unwrap().is_none());
}

/// What a toggle says, and what the operation then does.
fn check(draft: &Draft, toggle: &Toggle, json: &Value, seed: u64) -> bool {
    let result = draft.can(&operation(json));
    let place = || format!("seed {seed}: {json}: {toggle:?}: {result:?}");
    if let Some(refused) = &toggle.refused {
        let code = |error: &rolegate::admin::AdminError| error.code().as_str();
        assert_eq!(result.as_ref().err().map(code), Some(code(refused)), "{}", place());
        assert!(!toggle.is_allowed(), "{}", place());
    } else {
        assert!(result.is_ok(), "{}", place());
        assert!(toggle.is_allowed() || toggle.why == Some("plan"), "{}", place());
    }
    result.is_ok()
}

/// What the form says can be toggled can be, and what it says cannot is refused with that code, in the whole
/// snapshot with all its people; and it shows as granted what the role grants.
#[test]
fn forms_and_operations_agree() {
    let (mut done, mut refused) = (0, 0);
    for seed in seeds(60) {
        let mut rng = Rng::new(seed.wrapping_mul(31));
        let kind = if seed % 2 == 0 { Kind::Rich } else { Kind::Plain };
        let mut tree = tenants::tenant(&mut rng, kind);
        // More people of whom many are alike.
        let users = tree["users"].as_array().cloned().unwrap_or_default();
        for (at, user) in users.iter().cycle().take(6).enumerate() {
            let mut user = user.clone();
            user["id"] = json!(format!("v{at}"));
            tree["users"].as_array_mut().unwrap().push(user);
        }
        let Ok(snapshot) = Snapshot::from_json(tree.to_string().as_bytes()) else { continue };
        let ids: Vec<String> = snapshot.users().map(str::to_owned).collect();
        let Some(actor) = (!ids.is_empty()).then(|| rng.pick(&ids)) else { continue };
        let draft = draft_of(&tree, &actor);
        let roles: Vec<Value> = tree["roles"].as_array().unwrap().clone();
        for role in roles.iter().map(Some).chain([None]) {
            let name = role.map(|role| role["id"].as_str().unwrap());
            let options =
                FormOptions { actor: Some(Actor::User(actor.clone())), now: NOW, role_type: Some("y") };
            let form = role_form(&snapshot, name, &options).unwrap().unwrap();
            for category in &form.categories {
                if let (Some(name), Some(toggle)) = (name, &category.toggle) {
                    let selected: Value = serde_json::from_str(&toggle.value).unwrap();
                    check(&draft, toggle, &json!(["selectCategory", name, category.id, selected]), seed);
                }
                for permission in &category.permissions {
                    if let Some(role) = role {
                        let grants = model::grants_any(&tree, role, &permission.id);
                        assert_eq!(
                            permission.granted.is_some(),
                            grants,
                            "seed {seed}: {name:?} {}",
                            permission.id
                        );
                        assert_eq!(permission.source.is_some(), grants);
                    }
                    let toggles = permission.levels.iter().map(|level| &level.toggle);
                    for toggle in toggles.chain([&permission.toggle]) {
                        let value: Value = serde_json::from_str(&toggle.value).unwrap();
                        let grants = json!({ &permission.id: value });
                        let json = if let Some(name) = name {
                            json!(["updateRole", name, { "grants": grants }])
                        } else {
                            let mut role = json!({ "id": "fresh", "name": "Fresh", "grants": grants });
                            if !form.types.is_empty() {
                                role["type"] = json!("y");
                            }
                            json!(["createRole", role])
                        };
                        if check(&draft, toggle, &json, seed) { done += 1 } else { refused += 1 }
                    }
                }
            }
        }
    }
    println!("{done} toggles could be toggled, {refused} could not");
    assert!(done > 500 && refused > 500, "{done} {refused}");
}

//! What operations do to a document, and the rules that speak of the document alone, read literally: slow, on
//! JSON trees, without the engine.

use std::collections::BTreeSet;

use rolegate::Snapshot;
use rolegate::admin::AdminError;
use serde_json::{Value, json};

use super::codes;
use super::tenants::{PERMISSIONS, seconds};
use crate::reference::grants;

type Codes = BTreeSet<&'static str>;

/// The codes that this model does not tell of: the first two are laws of their own.
const NOT_TOLD: [&str; 3] = ["escalation", "outranked", "invalid"];

/// Checks what became of an operation.
pub(super) fn check(
    before: &Value,
    json: &Value,
    after: &Value,
    result: &Result<(), AdminError>,
    place: &str,
) {
    let mut expected = Codes::new();
    let made = apply(before, json, &mut expected);
    let loads = made.as_ref().is_some_and(|made| Snapshot::from_json(made.to_string().as_bytes()).is_ok());
    let found = codes(result);
    if let Some(made) = made.as_ref().filter(|_| loads) {
        rules(before, made, &mut expected);
        assert!(!found.contains(&"invalid"), "{place}: {result:?}");
    } else {
        assert!(result.is_err(), "{place}: it makes no snapshot");
    }
    let may_deny = |document: &Value| document.to_string().contains("\"when\"");
    let mut told: Codes = found.into_iter().filter(|code| !NOT_TOLD.contains(code)).collect();
    // Whether a denial applies is for the engine to say.
    if may_deny(before) || may_deny(after) || made.as_ref().is_some_and(may_deny) {
        expected.remove("last-admin");
        told.remove("last-admin");
    }
    assert_eq!(told, expected, "{place}: {result:?}");
    if let (Ok(()), Some(made)) = (result, made) {
        assert_eq!(*after, made, "{place}");
    }
}

/// The document that an operation makes, if it can be made.
pub(super) fn applied(before: &Value, json: &Value) -> Option<Value> {
    apply(before, json, &mut Codes::new())
}

fn position(document: &Value, list: &str, id: &Value) -> Option<usize> {
    document[list].as_array()?.iter().position(|entry| entry["id"] == *id)
}

fn flag(entry: &Value, key: &str) -> bool {
    entry[key] == true
}

fn role_of(assignment: &Value) -> &Value {
    if assignment.is_string() { assignment } else { &assignment["role"] }
}

fn assignments(document: &Value) -> Vec<&Value> {
    let users = document["users"].as_array().into_iter().flatten();
    let own = users.flat_map(|user| user["roles"].as_array().into_iter().flatten());
    own.chain(document["everyone"].as_array().into_iter().flatten()).collect()
}

fn names(list: &Value) -> Vec<&str> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

/// What an assignment names and is not there.
fn unknown_in(document: &Value, assignment: &Value, codes: &mut Codes) -> bool {
    let role = position(document, "roles", role_of(assignment)).is_none();
    let team = assignment.get("team").is_some_and(|team| position(document, "teams", team).is_none());
    if role {
        codes.insert("unknown-role");
    }
    if team {
        codes.insert("unknown-team");
    }
    role || team
}

fn push(document: &mut Value, list: &str, entry: &Value, codes: &mut Codes) -> Option<()> {
    if position(document, list, &entry["id"]).is_some() {
        codes.insert("duplicate-id");
        return None;
    }
    if document.get(list).is_none() {
        document[list] = json!([]);
    }
    document[list].as_array_mut()?.push(entry.clone());
    Some(())
}

fn set(entry: &mut Value, key: &str, value: &Value) {
    let object = entry.as_object_mut().unwrap();
    if value.is_null() {
        object.remove(key);
    } else {
        object.insert(key.into(), value.clone());
    }
}

fn merge_grants(role: &mut Value, more: &Value) {
    if role.get("grants").is_none() {
        role["grants"] = json!({});
    }
    for (key, value) in more.as_object().into_iter().flatten() {
        set(&mut role["grants"], key, value);
    }
}

#[expect(clippy::too_many_lines, reason = "an arm for each operation, as the reference names them")]
fn apply(before: &Value, operation: &Value, codes: &mut Codes) -> Option<Value> {
    let mut made = before.clone();
    let (name, a, b) = (operation[0].as_str()?, &operation[1], &operation[2]);
    let mut find = |list: &str, id: &Value, code: &'static str| {
        let found = position(before, list, id);
        if found.is_none() {
            codes.insert(code);
        }
        found
    };
    match name {
        "createRole" => push(&mut made, "roles", a, codes)?,
        "duplicateRole" => {
            let mut role = before["roles"][find("roles", a, "unknown-role")?].clone();
            let was_standard = flag(&role, "standard");
            for key in ["standard", "locked", "approvedBy", "reviewedAt"] {
                set(&mut role, key, &Value::Null);
            }
            if was_standard {
                for permission in PERMISSIONS {
                    let is_left = !grants::may_hold(before, &json!({}), permission);
                    if is_left && role["grants"].get(permission).is_some_and(|value| *value != false) {
                        set(&mut role["grants"], permission, &Value::Null);
                    }
                }
            }
            for (key, value) in b.as_object()? {
                set(&mut role, key, value);
            }
            push(&mut made, "roles", &role, codes)?;
        }
        "updateRole" => {
            let at = find("roles", a, "unknown-role")?;
            let role = &mut made["roles"][at];
            if flag(role, "locked") {
                codes.insert("role-locked");
            }
            for (key, value) in b.as_object()? {
                match &**key {
                    "grants" => merge_grants(role, value),
                    "type" if role.get("type") != Some(value) => {
                        codes.insert("type-immutable");
                    }
                    _ => set(role, key, value),
                }
            }
        }
        "selectCategory" => {
            let at = find("roles", a, "unknown-role")?;
            if flag(&made["roles"][at], "locked") {
                codes.insert("role-locked");
            }
            let of: Vec<&str> =
                PERMISSIONS.into_iter().filter(|id| id.starts_with(b.as_str().unwrap())).collect();
            let (wildcard, live) = (format!("{}.*", b.as_str()?), operation[4]["live"] == true);
            merge_grants(&mut made["roles"][at], &json!({}));
            if operation[3] == true {
                for id in of {
                    let role = &made["roles"][at];
                    if live && role["grants"].get(id) == Some(&json!(false)) {
                        set(&mut made["roles"][at]["grants"], id, &Value::Null);
                    } else if !live
                        && grants::may_hold(before, role, id)
                        && !grants_any(before, &before["roles"][at], id)
                    {
                        set(&mut made["roles"][at]["grants"], id, &json!(true));
                    }
                }
                if live {
                    set(&mut made["roles"][at]["grants"], &wildcard, &json!(true));
                }
            } else {
                set(&mut made["roles"][at]["grants"], &wildcard, &Value::Null);
                for id in &of {
                    set(&mut made["roles"][at]["grants"], id, &Value::Null);
                }
                if live {
                    set(&mut made["roles"][at]["grants"], &wildcard, &json!(false));
                } else {
                    let rest = made.clone();
                    for id in of {
                        if grants_any(&rest, &rest["roles"][at], id) {
                            set(&mut made["roles"][at]["grants"], id, &json!(false));
                        }
                    }
                }
            }
        }
        "deleteRole" => {
            let at = find("roles", a, "unknown-role")?;
            for (key, code) in [("standard", "role-standard"), ("locked", "role-locked")] {
                if flag(&before["roles"][at], key) {
                    codes.insert(code);
                }
            }
            let heirs = before["roles"]
                .as_array()?
                .iter()
                .any(|role| names(&role["inherits"]).contains(&a.as_str().unwrap()));
            let separations = before["separations"].as_array().into_iter().flatten();
            let separated =
                separations.into_iter().any(|it| names(&it["roles"]).contains(&a.as_str().unwrap()));
            if heirs || separated || assignments(before).iter().any(|it| role_of(it) == a) {
                codes.insert("role-in-use");
                return None;
            }
            made["roles"].as_array_mut()?.remove(at);
        }
        "moveUsers" => {
            let (from, to) = (find("roles", a, "unknown-role"), find("roles", b, "unknown-role"));
            from.zip(to)?;
            for user in made["users"].as_array_mut().into_iter().flatten() {
                let Some(roles) = user["roles"].as_array().cloned() else { continue };
                if !roles.iter().any(|it| role_of(it) == a) {
                    continue;
                }
                let mut kept: Vec<Value> = Vec::new();
                for it in &roles {
                    match it {
                        Value::String(role) if role == a => {
                            if !roles.contains(b) && !kept.contains(b) || a == b && !kept.contains(b) {
                                kept.push(b.clone());
                            }
                        }
                        Value::Object(_) if it["role"] == *a => {
                            let mut it = it.clone();
                            it["role"] = b.clone();
                            kept.push(it);
                        }
                        _ => kept.push(it.clone()),
                    }
                }
                user["roles"] = json!(kept);
            }
        }
        "stampReview" => {
            made["roles"][find("roles", a, "unknown-role")?]["reviewedAt"] = json!("2026-11-18T11:06:40Z");
        }
        "addUser" => push(&mut made, "users", a, codes)?,
        "removeUser" => {
            made["users"].as_array_mut()?.remove(find("users", a, "unknown-user")?);
        }
        "disableUser" => made["users"][find("users", a, "unknown-user")?]["disabled"] = json!(true),
        "enableUser" => set(&mut made["users"][find("users", a, "unknown-user")?], "disabled", &Value::Null),
        "setUserTeams" => made["users"][find("users", a, "unknown-user")?]["teams"] = b.clone(),
        "setAttributes" => set(&mut made["users"][find("users", a, "unknown-user")?], "attributes", b),
        "assign" | "unassign" => {
            let user = find("users", a, "unknown-user");
            let unknown = unknown_in(before, b, codes);
            let roles = made["users"][user?]["roles"].as_array().cloned().unwrap_or_default();
            let full = |it: &Value| if it.is_string() { json!({ "role": it }) } else { it.clone() };
            if name == "assign" {
                if roles.iter().any(|it| full(it) == full(b)) {
                    codes.insert("duplicate-id");
                    return None;
                }
                let added = if full(b).as_object()?.len() == 1 { role_of(b).clone() } else { b.clone() };
                made["users"][user?]["roles"] = json!([roles, vec![added]].concat());
            } else {
                let (b, mut kept) = (full(b), roles.clone());
                kept.retain(|it| {
                    let it = full(it);
                    let is_meant = ["role", "team"].iter().all(|key| it.get(key) == b.get(key))
                        && ["from", "until", "when"]
                            .iter()
                            .all(|key| b.get(key).is_none() || it.get(key) == b.get(key));
                    !is_meant
                });
                if kept.len() == roles.len() {
                    return None;
                }
                made["users"][user?]["roles"] = json!(kept);
            }
            if unknown {
                return None;
            }
        }
        "addTeam" => push(&mut made, "teams", a, codes)?,
        "moveTeam" => {
            let parent = b.is_null() || find("teams", b, "unknown-team").is_some();
            set(&mut made["teams"][find("teams", a, "unknown-team")?], "parent", b);
            if !parent {
                return None;
            }
        }
        "removeTeam" => {
            let at = find("teams", a, "unknown-team")?;
            let below = before["teams"].as_array()?.iter().any(|team| team["parent"] == *a);
            let users = before["users"].as_array().into_iter().flatten();
            let member = users.into_iter().any(|user| names(&user["teams"]).contains(&a.as_str().unwrap()));
            if below || member || assignments(before).iter().any(|it| it.get("team") == Some(a)) {
                codes.insert("team-in-use");
                return None;
            }
            made["teams"].as_array_mut()?.remove(at);
        }
        "setEveryone" => {
            let unknown = a.as_array()?.iter().filter(|it| unknown_in(before, it, codes)).count();
            let bare = |it: &Value| {
                if it.as_object().is_some_and(|it| it.len() == 1) { it["role"].clone() } else { it.clone() }
            };
            made["everyone"] = a.as_array()?.iter().map(bare).collect();
            if unknown > 0 {
                return None;
            }
        }
        "setSeparations" => made["separations"] = a.clone(),
        _ => panic!("{operation}"),
    }
    Some(made)
}

/// A document of a tenant whose plan has everything.
pub(super) fn in_any_plan(document: &Value) -> Value {
    let mut document = document.clone();
    for category in document["catalog"]["categories"].as_array_mut().unwrap() {
        for permission in category["permissions"].as_array_mut().unwrap() {
            permission.as_object_mut().unwrap().remove("plans");
        }
    }
    document
}

pub(super) fn grants_any(document: &Value, role: &Value, permission: &str) -> bool {
    !grants::granted(&in_any_plan(document), role, permission).is_empty()
}

/// The rules that compare documents.
fn rules(before: &Value, after: &Value, codes: &mut Codes) {
    for (code, is_broken) in [
        ("duplicate-name", duplicate_name(before, after)),
        ("no-permissions", no_permissions(before, after)),
        ("prerequisite", prerequisites(after).difference(&prerequisites(before)).next().is_some()),
        ("last-admin", has_admin(before) && !has_admin(after)),
        ("separation", separation(before, after)),
    ] {
        if is_broken {
            codes.insert(code);
        }
    }
}

/// The permissions that are kept apart less than before.
pub(super) fn loosened(before: &Value, after: &Value) -> BTreeSet<&'static str> {
    let mut found = BTreeSet::new();
    for old in before["separations"].as_array().into_iter().flatten() {
        let max = |it: &Value| it["max"].as_u64().unwrap_or(1);
        let names_all = |new: &Value, key: &str| {
            new[key].is_array() == old[key].is_array()
                && names(&old[key]).iter().all(|name| names(&new[key]).contains(name))
        };
        let is_kept = after["separations"].as_array().into_iter().flatten().any(|new| {
            new["id"] == old["id"]
                && max(new) <= max(old)
                && ["roles", "permissions"].iter().all(|key| names_all(new, key))
        });
        if is_kept {
            continue;
        }
        found.extend(PERMISSIONS.iter().filter(|id| {
            names(&old["permissions"]).contains(id)
                || names(&old["roles"])
                    .iter()
                    .any(|name| grants_any(before, role(before, &json!(name)).unwrap(), id))
        }));
    }
    found
}

fn folded(role: &Value) -> String {
    role["name"].as_str().unwrap().trim().to_lowercase().replace('ｒ', "r")
}

fn role<'a>(document: &'a Value, id: &Value) -> Option<&'a Value> {
    position(document, "roles", id).map(|at| &document["roles"][at])
}

fn duplicate_name(before: &Value, after: &Value) -> bool {
    let roles = after["roles"].as_array().unwrap();
    roles.iter().any(|one| {
        let is_new = role(before, &one["id"]).is_none_or(|known| folded(known) != folded(one));
        is_new && roles.iter().any(|other| other["id"] != one["id"] && folded(other) == folded(one))
    })
}

fn no_permissions(before: &Value, after: &Value) -> bool {
    let grants = |document: &Value, role: &Value| PERMISSIONS.iter().any(|id| grants_any(document, role, id));
    let roles = after["roles"].as_array().unwrap();
    roles
        .iter()
        .any(|one| !grants(after, one) && role(before, &one["id"]).is_none_or(|known| grants(before, known)))
}

/// What roles grant without what it requires.
fn prerequisites(document: &Value) -> BTreeSet<(String, String, String)> {
    let is_bare = |it: &&Value| it.as_object().is_none_or(|it| it.len() == 1);
    let common = document["everyone"].as_array().into_iter().flatten().filter(is_bare);
    let common: Vec<&Value> = common.map(role_of).collect();
    let mut found = BTreeSet::new();
    for one in document["roles"].as_array().unwrap() {
        let grants = |id: &str| {
            grants_any(document, one, id)
                || common.iter().any(|it| grants_any(document, role(document, it).unwrap(), id))
        };
        for category in document["catalog"]["categories"].as_array().unwrap() {
            for permission in category["permissions"].as_array().unwrap() {
                let id = permission["id"].as_str().unwrap();
                for required in names(&permission["requires"]) {
                    if grants_any(document, one, id) && !grants(required) {
                        found.insert((one["id"].to_string(), id.to_owned(), required.to_owned()));
                    }
                }
            }
        }
    }
    found
}

fn own_and_common<'a>(document: &'a Value, user: &'a Value) -> Vec<&'a Value> {
    let common = document["everyone"].as_array().into_iter().flatten();
    user["roles"].as_array().into_iter().flatten().chain(common).collect()
}

/// Whether somebody holds everything for good. Conditions are left to the engine.
fn has_admin(document: &Value) -> bool {
    let users = document["users"].as_array().into_iter().flatten();
    users.filter(|user| !flag(user, "disabled")).any(|user| {
        let held = own_and_common(document, user);
        let time = |it: &Value, key: &str| it.get(key).map(|time| seconds(time.as_str().unwrap()));
        held.iter().any(|it| {
            let for_good = ["team", "until", "when"].iter().all(|key| it.get(key).is_none())
                && time(it, "from").is_none_or(|from| from <= 0);
            let Some(admin) = role(document, role_of(it)) else { return false };
            let all = &admin["grants"]["*"];
            let is_all = |value: &Value| *value == true || *value == "all";
            let grants_all = is_all(all) || all.as_array().is_some_and(|list| list.iter().any(is_all));
            for_good && flag(admin, "locked") && grants_all && {
                let denied = |id: &str| {
                    let mut others = held.iter().filter(|it| time(it, "until").is_none_or(|until| until > 0));
                    others.any(|it| {
                        !grants::denied(document, role(document, role_of(it)).unwrap(), id).is_empty()
                    })
                };
                PERMISSIONS.iter().all(|id| grants::granted(document, admin, id).is_empty() || !denied(id))
            }
        })
    })
}

fn lineage<'a>(document: &'a Value, id: &'a Value, found: &mut BTreeSet<&'a str>) {
    let Some(one) = role(document, id) else { return };
    found.insert(one["id"].as_str().unwrap());
    for parent in one["inherits"].as_array().into_iter().flatten() {
        lineage(document, parent, found);
    }
}

/// By separation, what somebody holds too much of.
fn broken(document: &Value, user: &Value) -> Vec<(String, BTreeSet<String>)> {
    let mut broken = Vec::new();
    if flag(user, "disabled") {
        return broken;
    }
    let held = own_and_common(document, user);
    for separation in document["separations"].as_array().into_iter().flatten() {
        let mut roles = BTreeSet::new();
        for it in &held {
            lineage(document, role_of(it), &mut roles);
        }
        let mut duties: BTreeSet<String> = BTreeSet::new();
        duties.extend(
            names(&separation["roles"]).into_iter().filter(|it| roles.contains(it)).map(ToOwned::to_owned),
        );
        for id in names(&separation["permissions"]) {
            if held
                .iter()
                .any(|it| !grants::granted(document, role(document, role_of(it)).unwrap(), id).is_empty())
            {
                duties.insert(id.to_owned());
            }
        }
        let max = separation["max"].as_u64().unwrap_or(1);
        if u64::try_from(duties.len()).unwrap() > max {
            broken.push((separation["id"].to_string(), duties));
        }
    }
    broken
}

fn separation(before: &Value, after: &Value) -> bool {
    after["users"].as_array().into_iter().flatten().any(|user| {
        let known = position(before, "users", &user["id"]).map(|at| broken(before, &before["users"][at]));
        let known = known.unwrap_or_default();
        broken(after, user)
            .into_iter()
            .any(|(id, duties)| !known.iter().any(|(known, had)| *known == id && duties.is_subset(had)))
    })
}

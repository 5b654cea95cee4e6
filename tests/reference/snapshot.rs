//! Looking things up in a snapshot.

use serde_json::Value;

use super::coverage::hit;
use super::time;

/// The list under a key, empty when it is absent.
pub fn list<'a>(object: &'a Value, key: &str) -> &'a [Value] {
    object.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// The strings of the list under a key.
pub fn strings<'a>(object: &'a Value, key: &str) -> Vec<&'a str> {
    list(object, key).iter().filter_map(Value::as_str).collect()
}

/// The string under a key.
pub fn text<'a>(object: &'a Value, key: &str) -> Option<&'a str> {
    object.get(key).and_then(Value::as_str)
}

/// Whether a key holds `true`.
pub fn flag(object: &Value, key: &str) -> bool {
    object.get(key) == Some(&Value::Bool(true))
}

/// The entry with this id in a list.
fn with_id<'a>(entries: &'a [Value], id: &str) -> Option<&'a Value> {
    entries.iter().find(|entry| text(entry, "id") == Some(id))
}

/// The catalog (docs/format.md#catalog).
fn catalog(snapshot: &Value) -> &Value {
    snapshot.get("catalog").unwrap_or(&Value::Null)
}

/// The user of this id (docs/format.md#users).
pub fn user<'a>(snapshot: &'a Value, id: &str) -> Option<&'a Value> {
    with_id(list(snapshot, "users"), id)
}

/// The role of this id (docs/format.md#roles).
pub fn role<'a>(snapshot: &'a Value, id: &str) -> Option<&'a Value> {
    with_id(list(snapshot, "roles"), id)
}

/// The team of this id (docs/format.md#teams).
pub fn team<'a>(snapshot: &'a Value, id: &str) -> Option<&'a Value> {
    with_id(list(snapshot, "teams"), id)
}

/// The permission of this id (docs/format.md#catalog).
pub fn permission<'a>(snapshot: &'a Value, id: &str) -> Option<&'a Value> {
    list(catalog(snapshot), "categories")
        .iter()
        .find_map(|category| with_id(list(category, "permissions"), id))
}

/// The id of the category that lists a permission (docs/format.md#catalog).
pub fn category_of<'a>(snapshot: &'a Value, permission: &str) -> Option<&'a str> {
    list(catalog(snapshot), "categories")
        .iter()
        .find(|category| with_id(list(category, "permissions"), permission).is_some())
        .and_then(|category| text(category, "id"))
}

/// All permission ids, in document order.
pub fn permission_ids(snapshot: &Value) -> Vec<&str> {
    list(catalog(snapshot), "categories")
        .iter()
        .flat_map(|category| list(category, "permissions"))
        .filter_map(|permission| text(permission, "id"))
        .collect()
}

/// The keys that are about a permission, the most specific first: its id, its category, `*`
/// (docs/format.md#grants).
pub fn keys_for(snapshot: &Value, permission: &str) -> Vec<String> {
    let category = category_of(snapshot, permission).unwrap_or_default();
    vec![permission.to_owned(), format!("{category}.*"), "*".to_owned()]
}

/// A permission with `scopes` is scoped, one without is tenant-level (docs/format.md#levels).
pub fn is_scoped(snapshot: &Value, id: &str) -> bool {
    permission(snapshot, id).is_some_and(|permission| permission.get("scopes").is_some())
}

/// The type of the records that a permission applies to (docs/format.md#resource-types).
pub fn resource_type(snapshot: &Value, id: &str) -> String {
    let declared = permission(snapshot, id).and_then(|permission| text(permission, "resource"));
    if let Some(declared) = declared {
        hit("type: declared");
        return declared.to_owned();
    }
    if let Some(key) = longest_mapped_prefix(snapshot, id) {
        hit("type: longest prefix in resources");
        return key;
    }
    if let Some((before, _)) = id.rsplit_once('.') {
        hit("type: id up to its last dot");
        return before.to_owned();
    }
    hit("type: category");
    category_of(snapshot, id).unwrap_or_default().to_owned()
}

/// The longest key of `resources` that is a proper dotted prefix of the id (docs/format.md#resource-types).
fn longest_mapped_prefix(snapshot: &Value, id: &str) -> Option<String> {
    catalog(snapshot)
        .get("resources")
        .and_then(Value::as_object)?
        .keys()
        .filter(|key| is_proper_prefix(key, id))
        .max_by_key(|key| key.len())
        .cloned()
}

/// Whether `short` and a dot begin `long`.
pub fn is_proper_prefix(short: &str, long: &str) -> bool {
    long.strip_prefix(short).is_some_and(|rest| rest.starts_with('.'))
}

/// The paths that hold `owner` or `team` for a resource type; by default the word itself
/// (docs/format.md#resource-types).
pub fn mapped_paths(snapshot: &Value, resource_type: &str, what: &str) -> Vec<String> {
    let mapping = catalog(snapshot).get("resources").and_then(|types| types.get(resource_type));
    match mapping.and_then(|mapping| mapping.get(what)) {
        Some(Value::String(path)) => {
            hit("mapping: one path");
            vec![path.clone()]
        }
        Some(Value::Array(paths)) => {
            hit("mapping: list of paths");
            paths.iter().filter_map(Value::as_str).map(str::to_owned).collect()
        }
        _ => {
            hit("mapping: default path");
            vec![what.to_owned()]
        }
    }
}

/// A permission with a list of plans is part of those only (docs/format.md#plans).
pub fn in_plan(snapshot: &Value, id: &str) -> bool {
    let Some(plans) = permission(snapshot, id).and_then(|permission| permission.get("plans")) else {
        return true;
    };
    let Some(plan) = text(snapshot, "plan") else {
        hit("plan: the tenant has none");
        return false;
    };
    let inside = plans.as_array().is_some_and(|plans| plans.iter().any(|entry| entry.as_str() == Some(plan)));
    hit(if inside { "plan: inside" } else { "plan: outside" });
    inside
}

/// One entry of a user's `roles` or of `everyone` (docs/format.md#users).
#[derive(Clone, Copy, Debug)]
pub struct Assignment<'a> {
    /// The id of the role.
    pub role: &'a str,
    /// The team that limits the assignment.
    pub team: Option<&'a str>,
    /// The first moment, in milliseconds.
    pub from: Option<i64>,
    /// The first moment after it, in milliseconds.
    pub until: Option<i64>,
    /// The condition.
    pub when: Option<&'a Value>,
}

/// The user's own assignments, then those of everyone (docs/format.md#users).
pub fn assignments<'a>(snapshot: &'a Value, user: &'a Value) -> Vec<Assignment<'a>> {
    let own = list(user, "roles");
    let everyone = list(snapshot, "everyone");
    own.iter().chain(everyone).filter_map(assignment).collect()
}

/// A role id, or an object (docs/format.md#users).
fn assignment(entry: &Value) -> Option<Assignment<'_>> {
    if let Some(role) = entry.as_str() {
        return Some(Assignment { role, team: None, from: None, until: None, when: None });
    }
    Some(Assignment {
        role: text(entry, "role")?,
        team: text(entry, "team"),
        from: text(entry, "from").and_then(time::milliseconds),
        until: text(entry, "until").and_then(time::milliseconds),
        when: entry.get("when"),
    })
}

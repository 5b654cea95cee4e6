//! What a role grants and denies (docs/format.md#roles).

use serde_json::Value;

use super::coverage::hit;
use super::snapshot::{flag, in_plan, is_scoped, keys_for, list, permission, role, strings, text};

/// How far a grant reaches, the narrower first (docs/format.md#levels). A tenant-level permission has `All`
/// alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// What the user owns.
    Own,
    /// What belongs to the user's teams, and what the user owns.
    Team,
    /// Everything.
    All,
}

/// One alternative of a grant: a level and its condition.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Grant<'a> {
    /// How far it reaches.
    pub level: Level,
    /// When it holds.
    pub when: Option<&'a Value>,
}

/// What a role itself says about a permission.
enum Entry<'a> {
    /// Nothing.
    Absent,
    /// `false`.
    Refused,
    /// These alternatives.
    Grants(Vec<Grant<'a>>),
}

/// What a role grants of a permission (docs/format.md#inheritance).
pub fn granted<'a>(snapshot: &'a Value, role: &'a Value, id: &str) -> Vec<Grant<'a>> {
    if !may_grant(snapshot, role, id) {
        return Vec::new();
    }
    let direct = match own_entry(snapshot, role, id) {
        Entry::Refused => {
            hit("entry: false ends it");
            return Vec::new();
        }
        Entry::Grants(grants) => grants,
        Entry::Absent => inherited(snapshot, role, id),
    };
    let implied = implied(snapshot, role, id);
    if !implied.is_empty() {
        hit(if direct.is_empty() { "implied only" } else { "implied besides" });
    }
    direct.into_iter().chain(implied).collect()
}

/// Whether this role can grant the permission at all (docs/format.md#plans, docs/format.md#role-types).
fn may_grant(snapshot: &Value, role: &Value, id: &str) -> bool {
    in_plan(snapshot, id) && may_hold(snapshot, role, id)
}

/// Role types and `standardOnly` (docs/format.md#role-types).
pub fn may_hold(snapshot: &Value, role: &Value, id: &str) -> bool {
    let Some(permission) = permission(snapshot, id) else {
        return false;
    };
    if flag(permission, "standardOnly") && !flag(role, "standard") {
        hit("standardOnly");
        return false;
    }
    match text(role, "type") {
        Some(kind) if permission.get("roleTypes").is_some() => {
            let holds = strings(permission, "roleTypes").contains(&kind);
            hit(if holds { "type among roleTypes" } else { "type not among roleTypes" });
            holds
        }
        _ => true,
    }
}

/// The entry for the permission, else for its category, else `*` (docs/format.md#grants).
fn own_entry<'a>(snapshot: &'a Value, role: &'a Value, id: &str) -> Entry<'a> {
    let grants = role.get("grants").unwrap_or(&Value::Null);
    for key in keys_for(snapshot, id) {
        let explicit = key == id;
        match grants.get(&key) {
            None => {}
            Some(Value::Bool(false)) => {
                hit(if explicit { "entry: false, explicit" } else { "entry: false, wildcard" });
                return Entry::Refused;
            }
            Some(value) => {
                let alternatives = entry_grants(snapshot, value, id, explicit);
                if explicit || !alternatives.is_empty() {
                    hit(if explicit { "entry: explicit" } else { "entry: wildcard" });
                    return Entry::Grants(alternatives);
                }
                hit("entry: wildcard that grants nothing counts as absent");
            }
        }
    }
    Entry::Absent
}

/// The value of an entry: `true`, a level, an object, or a list of levels and objects
/// (docs/format.md#grants).
fn entry_grants<'a>(snapshot: &Value, value: &'a Value, id: &str, explicit: bool) -> Vec<Grant<'a>> {
    let one = |value: &'a Value| {
        let level = match value.as_str().or_else(|| text(value, "scope")) {
            Some(level) => applied_level(snapshot, id, named_level(level)?, explicit)?,
            None => widest(snapshot, id, Level::All)?,
        };
        Some(Grant { level, when: value.get("when") })
    };
    match value {
        Value::Array(alternatives) => {
            hit("entry: list of alternatives");
            alternatives.iter().filter_map(one).collect()
        }
        _ => one(value).into_iter().collect(),
    }
}

fn named_level(name: &str) -> Option<Level> {
    match name {
        "own" => Some(Level::Own),
        "team" => Some(Level::Team),
        "all" => Some(Level::All),
        _ => None,
    }
}

/// The level of an entry: as written under an explicit id; under a wildcard the widest that is not wider, and
/// for a tenant-level permission only `all` (docs/format.md#grants).
fn applied_level(snapshot: &Value, id: &str, level: Level, explicit: bool) -> Option<Level> {
    if explicit {
        return Some(level);
    }
    if !is_scoped(snapshot, id) {
        hit("wildcard level on a tenant-level permission");
        return (level == Level::All).then_some(Level::All);
    }
    let applied = widest(snapshot, id, level);
    match applied {
        None => hit("wildcard level: nothing not wider"),
        Some(applied) if applied < level => hit("wildcard level: narrowed"),
        Some(_) => hit("wildcard level: as written"),
    }
    applied
}

/// The widest level of a permission that is not wider than this one. A tenant-level permission has `All`.
fn widest(snapshot: &Value, id: &str, bound: Level) -> Option<Level> {
    let permission = permission(snapshot, id)?;
    if permission.get("scopes").is_none() {
        return (bound == Level::All).then_some(Level::All);
    }
    strings(permission, "scopes").into_iter().filter_map(named_level).filter(|level| *level <= bound).max()
}

/// Everything that the `inherits` roles grant, together (docs/format.md#inheritance).
fn inherited<'a>(snapshot: &'a Value, role: &'a Value, id: &str) -> Vec<Grant<'a>> {
    let grants: Vec<_> =
        parents(snapshot, role).into_iter().flat_map(|parent| granted(snapshot, parent, id)).collect();
    if !grants.is_empty() {
        hit("inherited");
    }
    grants
}

fn parents<'a>(snapshot: &'a Value, child: &Value) -> Vec<&'a Value> {
    strings(child, "inherits").into_iter().filter_map(|id| role(snapshot, id)).collect()
}

/// What the role's own entries imply, step by step (docs/format.md#inheritance).
fn implied<'a>(snapshot: &'a Value, role: &'a Value, id: &str) -> Vec<Grant<'a>> {
    let mut found: Vec<(&str, Grant<'a>)> = Vec::new();
    for source in super::snapshot::permission_ids(snapshot) {
        for grant in own_grants(snapshot, role, source) {
            imply(snapshot, role, source, grant, &mut found);
        }
    }
    let mut next = 0;
    while let Some((source, grant)) = found.get(next).copied() {
        let before = found.len();
        imply(snapshot, role, source, grant, &mut found);
        if found.len() > before {
            hit("implied by something implied");
        }
        next += 1;
    }
    found.into_iter().filter(|(target, _)| *target == id).map(|(_, grant)| grant).collect()
}

/// The role's own grants of a permission, without what it inherits or implies.
fn own_grants<'a>(snapshot: &'a Value, role: &'a Value, id: &str) -> Vec<Grant<'a>> {
    if !may_grant(snapshot, role, id) {
        return Vec::new();
    }
    match own_entry(snapshot, role, id) {
        Entry::Grants(grants) => grants,
        Entry::Absent | Entry::Refused => Vec::new(),
    }
}

/// One step of implication: adds what one grant implies directly, unless it is already there.
fn imply<'a>(
    snapshot: &'a Value,
    role: &'a Value,
    source: &str,
    grant: Grant<'a>,
    found: &mut Vec<(&'a str, Grant<'a>)>,
) {
    let Some(entry) = permission(snapshot, source) else {
        return;
    };
    for target in strings(entry, "implies") {
        if !may_grant(snapshot, role, target) {
            hit("implication skips what the role may not hold");
        } else if matches!(own_entry(snapshot, role, target), Entry::Refused) {
            hit("implication stops at false");
        } else if let Some(level) = implied_level(snapshot, source, grant.level, target) {
            let step = (target, Grant { level, when: grant.when });
            if found.contains(&step) {
                hit("implied twice");
            } else {
                found.push(step);
            }
        } else {
            hit("implication finds no level");
        }
    }
}

/// The widest level not wider than the source's; a tenant-level target only from a tenant-level source or
/// from `all` (docs/format.md#prerequisites-and-implications).
fn implied_level(snapshot: &Value, source: &str, level: Level, target: &str) -> Option<Level> {
    match (is_scoped(snapshot, source), is_scoped(snapshot, target)) {
        (true, true) => hit("scoped implies scoped"),
        (false, true) => hit("tenant-level implies scoped"),
        (true, false) => hit("scoped implies tenant-level"),
        (false, false) => hit("tenant-level implies tenant-level"),
    }
    widest(snapshot, target, level)
}

/// The conditions under which a role denies a permission, inherited ones included (docs/format.md#denials).
pub fn denied<'a>(snapshot: &'a Value, role: &'a Value, id: &str) -> Vec<Option<&'a Value>> {
    let keys = keys_for(snapshot, id);
    let own = list(role, "deny").iter().filter_map(|entry| {
        let key = entry.as_str().or_else(|| text(entry, "key"))?;
        if !keys.iter().any(|candidate| candidate == key) {
            return None;
        }
        hit(match (key == id, entry.is_string()) {
            (true, true) => "deny: explicit",
            (true, false) => "deny: explicit with a condition",
            (false, true) => "deny: wildcard",
            (false, false) => "deny: wildcard with a condition",
        });
        Some(entry.get("when"))
    });
    let own: Vec<_> = own.collect();
    let from_parents: Vec<_> =
        parents(snapshot, role).into_iter().flat_map(|parent| denied(snapshot, parent, id)).collect();
    if !from_parents.is_empty() {
        hit("deny: inherited");
    }
    own.into_iter().chain(from_parents).collect()
}

//! What can be told about a snapshot, as JSON.

use alloc::string::String;
use alloc::vec::Vec;

use crate::condition::within;
use crate::error::SnapshotError;
use crate::ids::Id;
use crate::json::number::{push_integer, push_number};
use crate::json::writer::{Commas, push_list, push_string};
use crate::model::{Assignment, Level, Mask, Model};
use crate::query::explain::Explanation;
use crate::query::remedy::Remedy;
use crate::snapshot::Snapshot;

/// The snapshot as a whole: what JavaScript needs to know of it to ask.
pub(crate) fn snapshot(snapshot: &Snapshot) -> String {
    let model = snapshot.model();
    let catalog = &model.catalog;
    let mut out = String::from("{");
    let mut keys = Commas::default();
    keys.text(&mut out, "tenant", snapshot.tenant());
    keys.key(&mut out, "revision");
    push_integer(&mut out, i64::try_from(model.revision).unwrap_or_default());
    for (key, time) in [("issuedAt", model.issued_at), ("expiresAt", model.expires_at)] {
        if let Some(time) = time {
            keys.key(&mut out, key);
            push_number(&mut out, time);
        }
    }
    keys.key(&mut out, "ids");
    push_list(&mut out, snapshot.permissions(), push_string);
    keys.key(&mut out, "scoped");
    push_list(&mut out, &catalog.permissions, |out, it| {
        push_index(out, usize::from(it.is_scoped()));
    });
    keys.key(&mut out, "levelTitles");
    level_titles(&mut out, snapshot);
    for (key, paths) in [("reads", snapshot.record_paths()), ("contextReads", snapshot.context_paths())] {
        keys.key(&mut out, key);
        push_list(&mut out, paths, push_string);
    }
    keys.key(&mut out, "maps");
    push_list(&mut out, 0..catalog.types.len(), |out, kind| {
        let paths: [Vec<&str>; 2] = [model.owner_paths(kind).collect(), model.team_paths(kind).collect()];
        push_list(out, paths, |out, paths| push_list(out, paths, push_string));
    });
    keys.key(&mut out, "mapOf");
    push_list(&mut out, &catalog.permissions, |out, it| {
        push_index(out, it.kind);
    });
    keys.key(&mut out, "types");
    push_list(&mut out, &catalog.types, |out, it| push_string(out, model.str(it.name)));
    keys.key(&mut out, "masks");
    push_list(&mut out, &catalog.masks, |out, it| mask(out, it, model.str(it.field)));
    out.push('}');
    out
}

/// A mask as gate data have it: type, field, permission, what is shown.
fn mask(out: &mut String, mask: &Mask, field: &str) {
    out.push('[');
    push_index(out, mask.kind);
    out.push(',');
    push_string(out, field);
    out.push(',');
    push_index(out, mask.permission.index());
    out.push(',');
    push_string(out, mask.shown);
    out.push(']');
}

fn level_titles(out: &mut String, snapshot: &Snapshot) {
    let mut keys = Commas::default();
    out.push('{');
    for level in Level::ALL {
        keys.text(out, level.as_str(), snapshot.level_title(level));
    }
    out.push('}');
}

/// What a user holds, in short: teams, assignments, and who it is where a condition asks for more of the
/// user than that. Nothing for a user that the snapshot does not know.
pub(crate) fn holdings(model: &Model, user: &str) -> String {
    let mut out = String::new();
    let Some(id) = model.user(user) else { return out };
    let Some(user) = model.users.get(id.index()) else { return out };
    push_index(&mut out, usize::from(user.disabled));
    push_index(&mut out, if model.asks_who { id.index() } else { 0 });
    for team in model.teams_of(user) {
        out.push(',');
        push_index(&mut out, team.index());
    }
    for assignment in within(&model.assignments, &user.assignments) {
        let Assignment { role, team, window, when } = assignment;
        let parts = [Some(role.0), team.map(|team| team.0), *window, when.map(|when| when.0)];
        for part in parts {
            out.push(if part.is_some() { ';' } else { ':' });
            push_index(&mut out, part.unwrap_or_default() as usize);
        }
    }
    out
}

/// The ids of the users, or a list as it stands in the snapshot.
pub(crate) fn list(snapshot: &Snapshot, what: &str) -> String {
    let mut out = String::new();
    match what {
        "users" => push_list(&mut out, snapshot.users(), push_string),
        "roles" => out.push_str(snapshot.roles_json()),
        "teams" => out.push_str(snapshot.teams_json()),
        _ => out.push_str(snapshot.categories_json()),
    }
    out
}

/// The problems of a refused snapshot.
pub(crate) fn issues(error: &SnapshotError) -> String {
    let mut out = String::new();
    push_list(&mut out, &error.issues, |out, issue| {
        let mut keys = Commas::default();
        out.push('{');
        keys.text(out, "path", Some(&issue.path));
        keys.text(out, "code", Some(issue.code.as_str()));
        keys.text(out, "message", Some(&issue.message));
        keys.text(out, "suggestion", issue.suggestion.as_deref());
        if let Some((line, column)) = issue.position {
            for (key, value) in [("line", line), ("column", column)] {
                keys.key(out, key);
                push_index(out, value);
            }
        }
        out.push('}');
    });
    out
}

/// An explanation; of a prerequisite, with its name.
pub(crate) fn explanation(explanation: &Explanation, permission: Option<&str>) -> String {
    let mut out = String::from("{");
    let mut keys = Commas::default();
    keys.text(&mut out, "permission", permission);
    keys.key(&mut out, "allowed");
    out.push_str(if explanation.allowed { "true" } else { "false" });
    keys.text(&mut out, "reason", Some(explanation.reason.as_str()));
    keys.text(&mut out, "role", explanation.role.as_deref());
    if let Some(assignment) = explanation.assignment {
        keys.key(&mut out, "assignment");
        push_index(&mut out, assignment);
    }
    for (key, names) in [("via", &explanation.via), ("missing", &explanation.missing)] {
        if !names.is_empty() {
            self::names(&mut out, &mut keys, key, names);
        }
    }
    if let Some((permission, required)) = &explanation.requires {
        keys.key(&mut out, "requires");
        out.push_str(&self::explanation(required, Some(permission)));
    }
    out.push('}');
    out
}

/// A list of changes.
pub(crate) fn remedies(out: &mut String, remedies: &[Remedy]) {
    push_list(out, remedies, remedy);
}

fn remedy(out: &mut String, remedy: &Remedy) {
    let mut keys = Commas::default();
    out.push('{');
    keys.text(out, "kind", Some(remedy.kind()));
    match remedy {
        Remedy::EnableUser => {}
        Remedy::Plan { plans } => names(out, &mut keys, "plans", plans),
        Remedy::Wait { until } => {
            keys.key(out, "until");
            push_number(out, *until);
        }
        Remedy::Team { team } => keys.text(out, "team", Some(team)),
        Remedy::Grant { permission, level, roles } => {
            keys.text(out, "permission", Some(permission));
            keys.text(out, "level", Some(level.as_str()));
            names(out, &mut keys, "roles", roles);
        }
        Remedy::LiftDenial { role } => keys.text(out, "role", Some(role)),
        Remedy::Condition { condition } => {
            keys.key(out, "condition");
            out.push_str(condition);
        }
        Remedy::Requires { permission, remedies } => {
            keys.text(out, "permission", Some(permission));
            keys.key(out, "remedies");
            self::remedies(out, remedies);
        }
    }
    out.push('}');
}

fn names(out: &mut String, keys: &mut Commas, key: &str, names: &[String]) {
    keys.key(out, key);
    push_list(out, names, |out, name| push_string(out, name));
}

/// Writes a count or position.
pub(crate) fn push_index(out: &mut String, value: usize) {
    push_integer(out, i64::try_from(value).unwrap_or_default());
}

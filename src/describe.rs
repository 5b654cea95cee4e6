//! What can be told about a snapshot, as JSON.
#![cfg_attr(feature = "full", expect(dead_code, reason = "what only the exports of `wasm` tell"))]

use alloc::string::String;
use alloc::vec::Vec;

use crate::condition::within;
use crate::error::SnapshotError;
use crate::ids::Id;
use crate::json::number::{push_integer, push_number};
use crate::json::writer::{indexes, key, next, push_index, push_string, strings, text};
use crate::list::Listed;
use crate::model::{Assignment, Level, Mask, Model};
use crate::query::explain::Explanation;
use crate::query::gate::push_map;
use crate::query::remedy::Remedy;
use crate::snapshot::Snapshot;

/// The snapshot as a whole: what JavaScript needs to know of it to ask.
pub(crate) fn snapshot(snapshot: &Snapshot) -> String {
    let model = snapshot.model();
    let catalog = &model.catalog;
    let mut out = String::from("{");
    text(&mut out, "tenant", snapshot.tenant());
    key(&mut out, "revision");
    push_integer(&mut out, i64::try_from(model.revision).unwrap_or_default());
    for (name, time) in [("issuedAt", model.issued_at), ("expiresAt", model.expires_at)] {
        if let Some(time) = time {
            key(&mut out, name);
            push_number(&mut out, time);
        }
    }
    key(&mut out, "ids");
    let ids: Vec<&str> = snapshot.permissions().listed();
    strings(&mut out, &ids);
    key(&mut out, "scoped");
    indexes(&mut out, catalog.permissions.iter().map(|it| usize::from(it.is_scoped())));
    key(&mut out, "levelTitles");
    level_titles(&mut out, snapshot);
    for (name, paths) in [("reads", snapshot.record_paths()), ("contextReads", snapshot.context_paths())] {
        key(&mut out, name);
        strings(&mut out, &paths);
    }
    key(&mut out, "maps");
    out.push('[');
    for kind in 0..catalog.types.len() {
        push_map(&mut out, model, kind);
    }
    out.push(']');
    key(&mut out, "mapOf");
    indexes(&mut out, catalog.permissions.iter().map(|it| it.kind));
    key(&mut out, "types");
    let types: Vec<&str> = catalog.types.iter().map(|it| model.str(it.name)).listed();
    strings(&mut out, &types);
    key(&mut out, "masks");
    out.push('[');
    for it in &catalog.masks {
        mask(&mut out, it, model.str(it.field));
    }
    out.push_str("]}");
    out
}

/// A mask as gate data have it: type, field, permission, what is shown.
fn mask(out: &mut String, mask: &Mask, field: &str) {
    next(out);
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
    out.push('{');
    for level in Level::ALL {
        text(out, level.as_str(), snapshot.level_title(level));
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
        let parts = [Some(role.index()), team.map(Id::index), window.map(Id::index), when.map(Id::index)];
        for part in parts {
            out.push(if part.is_some() { ';' } else { ':' });
            push_index(&mut out, part.unwrap_or_default());
        }
    }
    out
}

/// The ids of the users, or a list as it stands in the snapshot.
pub(crate) fn list(snapshot: &Snapshot, what: &str) -> String {
    let mut out = String::new();
    match what {
        "users" => strings(&mut out, &snapshot.users().listed()),
        "roles" => out.push_str(snapshot.roles_json()),
        "teams" => out.push_str(snapshot.teams_json()),
        _ => out.push_str(snapshot.categories_json()),
    }
    out
}

/// The paths that conditions read of records and of the context, without their roots.
pub(crate) fn paths(snapshot: &Snapshot) -> String {
    let mut out = String::from("{");
    for (name, paths) in [("resource", snapshot.record_paths()), ("context", snapshot.context_paths())] {
        key(&mut out, name);
        strings(&mut out, &paths);
    }
    out.push('}');
    out
}

/// The problems of a refused snapshot.
pub(crate) fn issues(error: &SnapshotError) -> String {
    let mut out = String::new();
    out.push('[');
    for issue in &error.issues {
        let out = &mut out;
        next(out);
        out.push('{');
        text(out, "path", Some(&issue.path));
        text(out, "code", Some(issue.code.as_str()));
        text(out, "message", Some(&issue.message));
        text(out, "suggestion", issue.suggestion.as_deref());
        if let Some((line, column)) = issue.position {
            for (name, value) in [("line", line), ("column", column)] {
                key(out, name);
                push_index(out, value);
            }
        }
        out.push('}');
    }
    out.push(']');
    out
}

/// An explanation; of a prerequisite, with its name.
pub(crate) fn explanation(explanation: &Explanation, permission: Option<&str>) -> String {
    let mut out = String::from("{");
    text(&mut out, "permission", permission);
    key(&mut out, "allowed");
    out.push_str(if explanation.allowed { "true" } else { "false" });
    text(&mut out, "reason", Some(explanation.reason.as_str()));
    text(&mut out, "role", explanation.role.as_deref());
    if let Some(assignment) = explanation.assignment {
        key(&mut out, "assignment");
        push_index(&mut out, assignment);
    }
    for (name, names) in [("via", &explanation.via), ("missing", &explanation.missing)] {
        if !names.is_empty() {
            self::names(&mut out, name, names);
        }
    }
    if let Some((permission, required)) = &explanation.requires {
        key(&mut out, "requires");
        out.push_str(&self::explanation(required, Some(permission)));
    }
    out.push('}');
    out
}

/// A list of changes.
pub(crate) fn remedies(out: &mut String, remedies: &[Remedy]) {
    out.push('[');
    for it in remedies {
        next(out);
        remedy(out, it);
    }
    out.push(']');
}

fn remedy(out: &mut String, remedy: &Remedy) {
    out.push('{');
    text(out, "kind", Some(remedy.kind()));
    match remedy {
        Remedy::EnableUser => {}
        Remedy::Plan { plans } => names(out, "plans", plans),
        Remedy::Wait { until } => {
            key(out, "until");
            push_number(out, *until);
        }
        Remedy::Team { team } => text(out, "team", Some(team)),
        Remedy::Grant { permission, level, roles } => {
            text(out, "permission", Some(permission));
            text(out, "level", Some(level.as_str()));
            names(out, "roles", roles);
        }
        Remedy::LiftDenial { role } => text(out, "role", Some(role)),
        Remedy::Condition { condition } => {
            key(out, "condition");
            out.push_str(condition);
        }
        Remedy::Requires { permission, remedies } => {
            text(out, "permission", Some(permission));
            key(out, "remedies");
            self::remedies(out, remedies);
        }
    }
    out.push('}');
}

fn names(out: &mut String, name: &str, names: &[String]) {
    key(out, name);
    strings(out, names);
}

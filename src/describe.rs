//! Structured answers as JSON text: one string across the border is smaller, in bytes of code, than values
//! made one by one.

use alloc::string::String;

#[cfg(feature = "full")]
use crate::condition::Root;
#[cfg(feature = "full")]
use crate::condition::reads::Read;
use crate::error::SnapshotError;
#[cfg(feature = "full")]
use crate::json::number::push_number;
use crate::json::writer::{key, next, push_index, text};
#[cfg(feature = "full")]
use crate::json::writer::{push_string, strings};
#[cfg(feature = "full")]
use crate::query::moment::Engine;
#[cfg(feature = "full")]
use crate::query::remedy::{Remedies, Remedy};

/// What conditions read of records and of the context: paths without their roots, and what `$elem` reads of
/// the elements of the list at a path.
#[cfg(feature = "full")]
pub(crate) fn paths(Engine { model, .. }: &Engine) -> String {
    let mut out = String::from("{");
    for (name, root) in [("resource", Root::Resource), ("context", Root::Context)] {
        key(&mut out, name);
        reads(&mut out, &model.conditions.reads_below(root, &model.document));
    }
    out.push('}');
    out
}

#[cfg(feature = "full")]
fn reads(out: &mut String, list: &[Read<'_>]) {
    out.push('[');
    for read in list {
        next(out);
        if read.element.is_empty() {
            push_string(out, read.path);
        } else {
            out.push('{');
            text(out, "path", Some(read.path));
            key(out, "element");
            reads(out, &read.element);
            out.push('}');
        }
    }
    out.push(']');
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

/// Changes, and whether that is all there is to know.
#[cfg(feature = "full")]
pub(crate) fn found(out: &mut String, found: &Remedies) {
    out.push('{');
    if found.complete {
        key(out, "complete");
        out.push_str("true");
    }
    key(out, "remedies");
    remedies(out, &found.changes);
    out.push('}');
}

/// A list of changes.
#[cfg(feature = "full")]
fn remedies(out: &mut String, remedies: &[Remedy]) {
    out.push('[');
    for it in remedies {
        next(out);
        remedy(out, it);
    }
    out.push(']');
}

#[cfg(feature = "full")]
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

#[cfg(feature = "full")]
fn names(out: &mut String, name: &str, names: &[String]) {
    key(out, name);
    strings(out, names);
}

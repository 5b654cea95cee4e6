//! Answers of administration as JSON text.

use alloc::string::String;

use super::clock;
use super::error::{AdminError, Missing, Obstacle};
use super::impact::{Impact, ImpactChange};
use super::separations::Violation;
use super::usage::Usage;
use super::{
    AccessRow, Event, Finding, Form, FormCategory, FormPermission, ReportHeader, Selected, Source, Toggle,
};
use crate::error::SnapshotError;
use crate::json::number::push_number;
use crate::json::writer::{key, next, push_index, strings, text};
use crate::model::Level;

/// Everything that stands against a change.
pub(crate) fn obstacles(error: &AdminError) -> String {
    list(&error.obstacles, obstacle)
}

fn list<T>(items: &[T], push: impl Fn(&mut String, &T)) -> String {
    let mut out = String::from("[");
    for item in items {
        next(&mut out);
        push(&mut out, item);
    }
    out.push(']');
    out
}

/// A list, unless it is empty.
fn some<T>(out: &mut String, name: &str, items: &[T], push: impl Fn(&mut String, &T)) {
    if !items.is_empty() {
        key(out, name);
        out.push_str(&list(items, push));
    }
}

fn names(out: &mut String, name: &str, names: &[String]) {
    if !names.is_empty() {
        key(out, name);
        strings(out, names);
    }
}

fn json(out: &mut String, name: &str, json: Option<&str>) {
    if let Some(json) = json {
        key(out, name);
        out.push_str(json);
    }
}

fn obstacle(out: &mut String, obstacle: &Obstacle) {
    out.push('{');
    text(out, "code", Some(obstacle.code.as_str()));
    text(out, "message", Some(&obstacle.message));
    some(out, "missing", &obstacle.missing, missing);
    names(out, "users", &obstacle.users);
    names(out, "roles", &obstacle.roles);
    names(out, "teams", &obstacle.teams);
    names(out, "separations", &obstacle.separations);
    if !obstacle.issues.is_empty() {
        key(out, "issues");
        out.push_str(&crate::describe::issues(&SnapshotError { issues: obstacle.issues.clone() }));
    }
    out.push('}');
}

fn missing(out: &mut String, missing: &Missing) {
    out.push('{');
    text(out, "permission", Some(&missing.permission));
    text(out, "level", Some(missing.level.as_str()));
    text(out, "team", missing.team.as_deref());
    json(out, "condition", missing.condition.as_deref());
    if let Some(until) = missing.until {
        key(out, "until");
        push_number(out, until);
    }
    out.push('}');
}

pub(crate) fn usage(usage: &Usage) -> String {
    let mut out = String::from("{");
    for (name, count) in [("users", usage.users), ("everyone", usage.everyone)] {
        key(&mut out, name);
        push_index(&mut out, count);
    }
    for (name, list) in [("inheritedBy", &usage.inherited_by), ("separations", &usage.separations)] {
        key(&mut out, name);
        strings(&mut out, list);
    }
    out.push('}');
    out
}

pub(crate) fn violations(violations: &[Violation]) -> String {
    list(violations, |out, violation| {
        out.push('{');
        text(out, "separation", Some(&violation.separation));
        text(out, "user", Some(&violation.user));
        names(out, "holds", &violation.holds);
        json(out, "found", Some(if violation.was_found { "true" } else { "false" }));
        out.push('}');
    })
}

pub(crate) fn events(events: &[Event]) -> String {
    list(events, |out, event| {
        out.push('{');
        text(out, "at", Some(&clock::written(event.at)));
        text(out, "actor", Some(&event.actor));
        text(out, "action", Some(event.action));
        text(out, "kind", Some(event.kind));
        text(out, "target", event.target.as_deref());
        json(out, "before", event.before.as_deref());
        json(out, "after", event.after.as_deref());
        text(out, "approvedBy", event.approved_by.as_deref());
        out.push('}');
    })
}

pub(crate) fn impact(impact: &Impact) -> String {
    let mut out = String::from("{");
    key(&mut out, "changes");
    out.push_str(&list(&impact.changes, change));
    key(&mut out, "total");
    push_index(&mut out, impact.total);
    out.push('}');
    out
}

fn change(out: &mut String, change: &ImpactChange) {
    out.push('{');
    text(out, "user", Some(&change.user));
    text(out, "permission", Some(&change.permission));
    for (name, level) in [("from", change.from), ("to", change.to)] {
        text(out, name, Some(level.map_or("none", crate::model::Level::as_str)));
    }
    text(out, "change", Some(change.change.as_str()));
    json(out, "conditional", Some(if change.conditional { "true" } else { "false" }));
    for (name, time) in [("at", change.at), ("until", change.until)] {
        if let Some(time) = time {
            key(out, name);
            push_number(out, time);
        }
    }
    out.push('}');
}

fn flag(out: &mut String, name: &str, is_so: bool) {
    json(out, name, Some(if is_so { "true" } else { "false" }));
}

fn count(out: &mut String, name: &str, count: usize) {
    key(out, name);
    push_index(out, count);
}

pub(crate) fn findings(found: &[Finding]) -> String {
    list(found, |out, finding| {
        out.push('{');
        text(out, "path", Some(&finding.path));
        text(out, "code", Some(finding.code));
        text(out, "severity", Some(finding.severity.as_str()));
        text(out, "message", Some(&finding.message));
        some(out, "suggestion", &finding.suggestion, |out, operation| out.push_str(operation));
        out.push('}');
    })
}

pub(crate) fn form(form: &Form) -> String {
    let mut out = String::from("{");
    json(&mut out, "role", Some(form.role.as_deref().unwrap_or("null")));
    text(&mut out, "type", form.role_type.as_deref());
    key(&mut out, "types");
    strings(&mut out, &form.types);
    for (name, number) in [("users", form.users), ("granted", form.granted), ("total", form.total)] {
        count(&mut out, name, number);
    }
    key(&mut out, "categories");
    out.push_str(&list(&form.categories, category));
    out.push('}');
    out
}

fn category(out: &mut String, category: &FormCategory) {
    out.push('{');
    titles(out, &category.id, category.title.as_deref(), category.description.as_deref());
    let selected = match category.selected {
        Selected::All => "all",
        Selected::Some => "some",
        Selected::None => "none",
    };
    text(out, "selected", Some(selected));
    count(out, "granted", category.granted);
    count(out, "total", category.total);
    if let Some(change) = &category.toggle {
        key(out, "toggle");
        toggle(out, change);
    }
    key(out, "permissions");
    out.push_str(&list(&category.permissions, permission));
    out.push('}');
}

fn titles(out: &mut String, id: &str, title: Option<&str>, description: Option<&str>) {
    text(out, "id", Some(id));
    text(out, "title", title);
    text(out, "description", description);
}

fn permission(out: &mut String, permission: &FormPermission) {
    out.push('{');
    titles(out, &permission.id, permission.title.as_deref(), permission.description.as_deref());
    flag(out, "sensitive", permission.sensitive);
    flag(out, "granted", permission.granted.is_some());
    text(out, "level", permission.granted.map(Level::as_str));
    flag(out, "conditional", permission.conditional);
    let (source, from) = match &permission.source {
        None => (None, None),
        Some(Source::Own) => (Some("own"), None),
        Some(Source::Category) => (Some("category"), None),
        Some(Source::All) => (Some("*"), None),
        Some(Source::Inherited(role)) => (Some("inherited"), Some(&**role)),
        Some(Source::Implied(permission)) => (Some("implied"), Some(&**permission)),
    };
    text(out, "source", source);
    text(out, "from", from);
    text(out, "denied", permission.denied.map(|always| if always { "always" } else { "sometimes" }));
    key(out, "requires");
    strings(out, &permission.requires);
    key(out, "implies");
    strings(out, &permission.implies);
    key(out, "levels");
    out.push_str(&list(&permission.levels, |out, level| {
        out.push('{');
        text(out, "level", Some(level.level.as_str()));
        flag(out, "selected", level.selected);
        key(out, "toggle");
        toggle(out, &level.toggle);
        out.push('}');
    }));
    key(out, "toggle");
    toggle(out, &permission.toggle);
    out.push('}');
}

fn toggle(out: &mut String, toggle: &Toggle) {
    out.push('{');
    json(out, "value", Some(&toggle.value));
    flag(out, "allowed", toggle.is_allowed());
    text(out, "why", toggle.why);
    if let Some(refused) = &toggle.refused {
        key(out, "obstacles");
        out.push_str(&obstacles(refused));
    }
    out.push('}');
}

pub(crate) fn report_header(header: &ReportHeader) -> String {
    let mut out = String::from("{");
    text(&mut out, "tenant", header.tenant.as_deref());
    key(&mut out, "revision");
    #[expect(clippy::cast_precision_loss, reason = "a revision is below 2^53")]
    push_number(&mut out, header.revision as f64);
    text(&mut out, "sha256", Some(&header.sha256));
    text(&mut out, "at", Some(&header.at));
    for (name, number) in [("users", header.users), ("holders", header.holders), ("rows", header.rows)] {
        count(&mut out, name, number);
    }
    out.push('}');
    out
}

pub(crate) fn report_rows(rows: &[(&str, AccessRow)], next: Option<usize>) -> String {
    let mut out = String::from("{");
    key(&mut out, "rows");
    out.push_str(&list(rows, |out, (user, row)| {
        out.push('{');
        text(out, "user", Some(user));
        text(out, "role", Some(&row.role));
        text(out, "team", row.team.as_deref());
        key(out, "via");
        strings(out, &row.via);
        text(out, "from", row.from.as_deref());
        text(out, "until", row.until.as_deref());
        text(out, "permission", Some(&row.permission));
        text(out, "level", Some(row.level.as_str()));
        flag(out, "conditional", row.conditional);
        key(out, "flags");
        strings(out, &row.flags);
        out.push('}');
    }));
    if let Some(next) = next {
        count(&mut out, "next", next);
    }
    out.push('}');
    out
}

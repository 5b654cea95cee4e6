//! What operations do: each is a function from a document to a document, and tells what by itself stands
//! against it. Who may do it, and to what effect, is not its concern.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::clock;
use super::error::{Obstacle, ObstacleCode};
use super::operation::{Operation, all_written, written};
use super::review::{self, Decision};
use super::shallow::{List, Object, quoted, string_of};
use super::usage::{self, Usage};
use crate::attributes::Json;
use crate::collections::list::Listed;
use crate::collections::span::within;
use crate::compile::Compiled;
use crate::ids::{CategoryId, Id, RoleId, TeamId, UserId};
use crate::model::{Assignment, Model, Target, User};
use crate::snapshot::Snapshot;

/// The keys that `createRole` and `updateRole` know; besides them, those that begin with `x-`.
const ROLE_KEYS: [&str; 7] = ["id", "name", "description", "type", "inherits", "grants", "deny"];
/// What a copy of a role does not take over.
const NOT_COPIED: [&str; 4] = ["standard", "locked", "approvedBy", "reviewedAt"];

/// The document that an operation makes of a snapshot's, unless that cannot be told; what stands against it is
/// added.
pub(super) fn change(
    snapshot: &Snapshot,
    operation: &Operation,
    now: f64,
    against: &mut Vec<Obstacle>,
) -> Option<String> {
    let source = snapshot.model().document.source();
    let mut change = Change { snapshot, document: Object::parse(source), against };
    let done = match operation {
        Operation::CreateRole { role } => change.create_role(role),
        Operation::DuplicateRole { role, copy } => change.duplicate_role(role, copy),
        Operation::UpdateRole { role, changes } => change.update_role(role, changes),
        Operation::SelectCategory { role, category, selected, live } => {
            change.select_category(role, category, *selected, *live)
        }
        Operation::DeleteRole { role } => change.delete_role(role),
        Operation::MoveUsers { from, to } => change.move_users(from, to),
        Operation::StampReview { role } => change.stamp_review(role, now),
        Operation::RecordReview { decisions } => change.record_review(decisions, now),
        Operation::AddUser { user } => change.add("users", user),
        Operation::RemoveUser { user } => change.remove_user(user),
        Operation::DisableUser { user } => change.user(user, |user| user.set("disabled", "true".into())),
        Operation::EnableUser { user } => change.user(user, |user| user.remove("disabled")),
        Operation::SetUserTeams { user, teams } => change.set_user_teams(user, teams),
        Operation::SetAttributes { user, attributes } => change.user(user, |user| match attributes {
            Some(attributes) => user.set("attributes", attributes.as_str().to_owned()),
            None => user.remove("attributes"),
        }),
        Operation::Assign { user, assignment } => change.assign(user, assignment),
        Operation::Unassign { user, assignment } => change.unassign(user, assignment),
        Operation::AddTeam { team } => change.add("teams", team),
        Operation::MoveTeam { team, parent } => change.move_team(team, parent.as_deref()),
        Operation::RemoveTeam { team } => change.remove_team(team),
        Operation::SetEveryone { assignments } => change.set_everyone(assignments),
        Operation::SetSeparations { separations } => {
            let list = List::of(separations.iter().map(|separation| separation.as_str().to_owned()));
            change.document.set("separations", list.text());
            Some(())
        }
    };
    done.map(|()| change.document.text())
}

struct Change<'a, 'o> {
    snapshot: &'a Snapshot,
    document: Object<'a>,
    against: &'o mut Vec<Obstacle>,
}

impl<'a> Change<'a, '_> {
    fn model(&self) -> &'a Model {
        self.snapshot.model()
    }

    fn refuse(&mut self, code: ObstacleCode, message: String) {
        self.against.push(Obstacle::new(code, message));
    }

    /// Changes one of the lists of the document.
    fn list(&mut self, key: &str, change: impl FnOnce(&mut List<'_>)) {
        let text = self.document.taken(key).unwrap_or("[]".into());
        let mut list = List::parse(&text);
        change(&mut list);
        self.document.set(key, list.text());
    }

    /// Changes one entry of a list.
    fn entry(&mut self, key: &str, at: usize, change: impl FnOnce(&mut Object<'_>)) {
        self.list(key, |list| {
            let text = list.get(at).unwrap_or("{}").to_owned();
            let mut entry = Object::parse(&text);
            change(&mut entry);
            list.put(at, entry.text());
        });
    }

    /// An entry of a list as it is written.
    fn written(&self, key: &str, at: usize) -> String {
        let text = self.document.taken(key).unwrap_or("[]".into());
        List::parse(&text).get(at).unwrap_or("{}").to_owned()
    }

    fn known_role(&mut self, name: &str) -> Option<RoleId> {
        let found = self.model().role(name);
        if found.is_none() {
            self.unknown(ObstacleCode::UnknownRole, "role", name);
        }
        found
    }

    fn known_user(&mut self, name: &str) -> Option<UserId> {
        let found = self.model().user(name);
        if found.is_none() {
            self.unknown(ObstacleCode::UnknownUser, "user", name);
        }
        found
    }

    fn known_team(&mut self, name: &str) -> Option<TeamId> {
        let found = self.model().team(name);
        if found.is_none() {
            self.unknown(ObstacleCode::UnknownTeam, "team", name);
        }
        found
    }

    fn unknown(&mut self, code: ObstacleCode, what: &str, name: &str) {
        let mut obstacle = Obstacle::new(code, format!("there is no {what} `{name}`"));
        let list = match what {
            "role" => Some(&mut obstacle.roles),
            "user" => Some(&mut obstacle.users),
            "team" => Some(&mut obstacle.teams),
            _ => None,
        };
        if let Some(list) = list {
            list.push(name.to_owned());
        }
        self.against.push(obstacle);
    }

    /// Whether a role may be edited.
    fn check_unlocked(&mut self, role: RoleId) {
        let role = self.written("roles", role.index());
        let role = Object::parse(&role);
        if role.is_true("locked") {
            let id = role.string("id").unwrap_or_default();
            let message = format!("the role `{id}` is locked");
            self.against
                .push(Obstacle { roles: [id].into(), ..Obstacle::new(ObstacleCode::RoleLocked, message) });
        }
    }

    /// Whether the keys of a role are those that can be given.
    fn check_role_keys(&mut self, role: &Object<'_>, with_id: bool) {
        for (key, _) in role.members() {
            let is_known = ROLE_KEYS.contains(&key) && (with_id || key != "id");
            if !is_known && !key.starts_with("x-") {
                self.refuse(ObstacleCode::Invalid, format!("`{key}` of a role cannot be set"));
            }
        }
    }

    /// Adds an entry to a list whose entries have ids.
    fn add(&mut self, list: &str, entry: &Json) -> Option<()> {
        let id = Object::parse(entry.as_str()).string("id").unwrap_or_default();
        let model = self.model();
        let (what, is_taken) = match list {
            "roles" => ("role", model.role(&id).is_some()),
            "users" => ("user", model.user(&id).is_some()),
            _ => ("team", model.team(&id).is_some()),
        };
        if is_taken {
            self.refuse(ObstacleCode::DuplicateId, format!("there is a {what} `{id}` already"));
            return None;
        }
        self.list(list, |list| list.push(entry.as_str().to_owned()));
        Some(())
    }

    fn create_role(&mut self, role: &Json) -> Option<()> {
        self.check_role_keys(&Object::parse(role.as_str()), true);
        self.add("roles", role)
    }

    fn duplicate_role(&mut self, role: &str, copy: &Json) -> Option<()> {
        let from = self.known_role(role);
        let copy = Object::parse(copy.as_str());
        self.check_role_keys(&copy, true);
        let from = from?;
        let text = self.written("roles", from.index());
        let mut made = Object::parse(&text);
        let was_standard = made.is_true("standard");
        for key in NOT_COPIED {
            made.remove(key);
        }
        if was_standard {
            self.leave_to_standard_roles(&mut made);
        }
        for (key, value) in copy.members() {
            match key {
                "grants" => merge_grants(&mut made, value),
                _ => made.merge(key, value),
            }
        }
        let json = Json::parse(made.text().as_bytes())?;
        self.add("roles", &json)
    }

    /// Takes away what only a standard role may grant.
    fn leave_to_standard_roles(&self, role: &mut Object<'_>) {
        let Some(grants) = role.get("grants").map(ToOwned::to_owned) else { return };
        let mut kept = Object::parse(&grants);
        let model = self.model();
        for (key, value) in Object::parse(&grants).members() {
            let declared = model.permission(key).and_then(|id| model.catalog.permissions.get(id.index()));
            if value != "false" && declared.is_some_and(|it| it.standard_only) {
                kept.remove(key);
            }
        }
        role.set("grants", kept.text());
    }

    fn update_role(&mut self, role: &str, changes: &Json) -> Option<()> {
        let changes = Object::parse(changes.as_str());
        self.check_role_keys(&changes, false);
        let at = self.known_role(role)?;
        self.check_unlocked(at);
        let before = self.written("roles", at.index());
        let of_type = Object::parse(&before).string("type");
        if changes.get("type").is_some_and(|new| string_of(new) != of_type) {
            self.refuse(
                ObstacleCode::TypeImmutable,
                format!("the type of the role `{role}` cannot be changed: create another role"),
            );
        }
        self.entry("roles", at.index(), |role| {
            for (key, value) in changes.members() {
                match key {
                    "grants" => merge_grants(role, value),
                    "type" => {}
                    _ => role.merge(key, value),
                }
            }
        });
        Some(())
    }

    fn select_category(&mut self, role: &str, category: &str, selected: bool, live: bool) -> Option<()> {
        let found = self.model().category(category);
        if found.is_none() {
            self.unknown(ObstacleCode::UnknownCategory, "category", category);
        }
        let role = self.known_role(role)?;
        self.check_unlocked(role);
        let (category, wildcard) = (found?, format!("{category}.*"));
        let model = self.model();
        let is_of = |key: &str| {
            let declared = model.permission(key).and_then(|id| model.catalog.permissions.get(id.index()));
            declared.is_some_and(|it| it.category == category)
        };
        if selected {
            let absent = if live { Vec::new() } else { not_granted(self.snapshot, role, category) };
            self.grants(role, |grants| {
                if live {
                    grants.retain(|key, value| value != "false" || !is_of(key));
                    grants.set(&wildcard, "true".into());
                }
                for permission in absent {
                    grants.set(permission, "true".into());
                }
            });
            return Some(());
        }
        self.grants(role, |grants| grants.retain(|key, _| key != wildcard && !is_of(key)));
        if live {
            self.grants(role, |grants| grants.set(&wildcard, "false".into()));
            return Some(());
        }
        // What still comes, by inheritance, implication or `*`, needs a "no" of its own.
        let rest = Snapshot::from_json(self.document.text().as_bytes()).ok()?;
        let still = granted(&rest, role, category);
        self.grants(role, |grants| {
            for permission in still {
                grants.set(permission, "false".into());
            }
        });
        Some(())
    }

    /// Changes what a role grants by its own entries.
    fn grants(&mut self, role: RoleId, change: impl FnOnce(&mut Object<'_>)) {
        self.entry("roles", role.index(), |role| {
            let text = role.get("grants").unwrap_or("{}").to_owned();
            let mut grants = Object::parse(&text);
            change(&mut grants);
            role.set("grants", grants.text());
        });
    }

    fn delete_role(&mut self, role: &str) -> Option<()> {
        let at = self.known_role(role)?;
        let text = self.written("roles", at.index());
        let named =
            |code, message| Obstacle { roles: [role.to_owned()].into(), ..Obstacle::new(code, message) };
        if Object::parse(&text).is_true("standard") {
            let message = format!("the role `{role}` is standard and stays");
            self.against.push(named(ObstacleCode::RoleStandard, message));
        }
        self.check_unlocked(at);
        let usage = usage::of(self.snapshot, at);
        self.list("roles", |list| list.remove(at.index()));
        if usage.is_none() {
            return Some(());
        }
        let Usage { user_ids: users, inherited_by: roles, separations, .. } = usage;
        let message = format!(
            "the role `{role}` is in use: give its users another one, and take it out of everything that names it"
        );
        self.against.push(Obstacle {
            users,
            roles,
            separations,
            ..Obstacle::new(ObstacleCode::RoleInUse, message)
        });
        None
    }

    fn move_users(&mut self, from: &str, to: &str) -> Option<()> {
        let (role, other) = (self.known_role(from), self.known_role(to));
        let (role, _) = (role?, other?);
        let model = self.model();
        let has_it = |user: &User| {
            let [own, _] = model.assignments_of(user);
            own.iter().any(|assignment| assignment.role == role)
        };
        let holders: Vec<usize> =
            model.users.iter().enumerate().filter(|(_, user)| has_it(user)).map(|(at, _)| at).listed();
        self.list("users", |users| {
            for at in holders {
                let text = users.get(at).unwrap_or("{}").to_owned();
                let mut user = Object::parse(&text);
                let roles = user.get("roles").unwrap_or("[]").to_owned();
                user.set("roles", moved(&roles, from, to));
                users.put(at, user.text());
            }
        });
        Some(())
    }

    fn stamp_review(&mut self, role: &str, now: f64) -> Option<()> {
        let at = self.known_role(role)?;
        self.entry("roles", at.index(), |role| role.set_string("reviewedAt", &clock::written(now)));
        Some(())
    }

    fn record_review(&mut self, decisions: &[Json], now: f64) -> Option<()> {
        let decided = review::read(decisions, self.against)?;
        let is_known =
            decided.iter().filter(|decision| self.check_decision(decision)).count() == decided.len();
        let model = self.model();
        let mut lacking = Vec::new();
        self.list("users", |users| {
            for (user, decisions) in review::by_user(&decided) {
                let Some(at) = model.user(user) else { continue };
                let text = users.get(at.index()).unwrap_or("{}").to_owned();
                let mut entry = Object::parse(&text);
                let roles = entry.get("roles").unwrap_or("[]").to_owned();
                let mut roles = List::parse(&roles);
                for decision in decisions {
                    let is_reviewed = |other: &str| is_meant(other, &decision.assignment);
                    if !roles.texts().any(is_reviewed) {
                        lacking.push(user.to_owned());
                    }
                    roles.0.retain(|other| decision.is_kept || !is_reviewed(other));
                }
                entry.set("roles", roles.text());
                users.put(at.index(), entry.text());
            }
        });
        if is_known && !lacking.is_empty() {
            let message = format!("`{}` has no such assignment to decide about", lacking.join("`, `"));
            self.against.push(Obstacle { users: lacking, ..Obstacle::new(ObstacleCode::Invalid, message) });
            return None;
        }
        for role in review::complete(model, &decided) {
            self.stamp_review(&role, now);
        }
        is_known.then_some(())
    }

    /// Whether there is what a decision names.
    fn check_decision(&mut self, decision: &Decision) -> bool {
        let user = self.known_user(&decision.user).is_some();
        self.check_assignment(&decision.assignment) && user
    }

    /// Changes the entry of a user.
    fn user(&mut self, name: &str, change: impl FnOnce(&mut Object<'_>)) -> Option<()> {
        let at = self.known_user(name)?;
        self.entry("users", at.index(), change);
        Some(())
    }

    fn remove_user(&mut self, name: &str) -> Option<()> {
        let at = self.known_user(name)?;
        self.list("users", |users| users.remove(at.index()));
        Some(())
    }

    fn set_user_teams(&mut self, user: &str, teams: &[String]) -> Option<()> {
        let known = teams.iter().filter(|team| self.known_team(team).is_some()).count();
        self.user(user, |user| user.set("teams", List::of(teams.iter().map(|team| quoted(team))).text()))?;
        (known == teams.len()).then_some(())
    }

    /// Whether what an assignment names is there.
    fn check_assignment(&mut self, assignment: &Json) -> bool {
        let assignment = Object::parse(assignment.as_str());
        let role = assignment.string("role").is_none_or(|role| self.known_role(&role).is_some());
        let team = assignment.string("team").is_none_or(|team| self.known_team(&team).is_some());
        role && team
    }

    fn assign(&mut self, user: &str, assignment: &Json) -> Option<()> {
        let is_known = self.check_assignment(assignment);
        let text = written(assignment);
        let mut is_twice = false;
        self.user(user, |user| {
            let roles = user.get("roles").unwrap_or("[]").to_owned();
            let mut roles = List::parse(&roles);
            is_twice = roles.texts().any(|other| is_same(other, assignment));
            roles.push(text);
            user.set("roles", roles.text());
        })?;
        if is_twice {
            self.refuse(ObstacleCode::DuplicateId, format!("`{user}` has this assignment already"));
            return None;
        }
        is_known.then_some(())
    }

    fn unassign(&mut self, user: &str, assignment: &Json) -> Option<()> {
        let is_known = self.check_assignment(assignment);
        let mut is_found = false;
        self.user(user, |user| {
            let roles = user.get("roles").unwrap_or("[]").to_owned();
            let mut roles = List::parse(&roles);
            roles.0.retain(|other| {
                let is_meant = is_meant(other, assignment);
                is_found |= is_meant;
                !is_meant
            });
            user.set("roles", roles.text());
        })?;
        if is_known && !is_found {
            self.refuse(ObstacleCode::Invalid, format!("`{user}` has no such assignment"));
        }
        (is_known && is_found).then_some(())
    }

    fn move_team(&mut self, team: &str, parent: Option<&str>) -> Option<()> {
        let parent_known = parent.is_none_or(|parent| self.known_team(parent).is_some());
        let at = self.known_team(team)?;
        self.entry("teams", at.index(), |team| match parent {
            Some(parent) => team.set_string("parent", parent),
            None => team.remove("parent"),
        });
        parent_known.then_some(())
    }

    fn remove_team(&mut self, team: &str) -> Option<()> {
        let at = self.known_team(team)?;
        self.list("teams", |teams| teams.remove(at.index()));
        let model = self.model();
        let on_it = |assignments: &[Assignment]| assignments.iter().any(|it| it.team == Some(at));
        let is_concerned = |user: &&User| {
            let [own, _] = model.assignments_of(user);
            model.teams_of(user).contains(&at) || on_it(own)
        };
        let users =
            model.users.iter().filter(is_concerned).map(|user| model.str(user.id).to_owned()).listed();
        let below = model.teams.iter().filter(|team| team.parent == Some(at));
        let teams = below.map(|team| model.str(team.id).to_owned()).listed();
        let everyone = on_it(within(&model.assignments, model.everyone));
        if users.is_empty() && teams.is_empty() && !everyone {
            return Some(());
        }
        let message = format!("the team `{team}` is in use");
        self.against.push(Obstacle { users, teams, ..Obstacle::new(ObstacleCode::TeamInUse, message) });
        None
    }

    fn set_everyone(&mut self, assignments: &[Json]) -> Option<()> {
        let mut is_known = true;
        for assignment in assignments {
            is_known &= self.check_assignment(assignment);
        }
        let list = List::of(all_written(assignments).into_iter());
        self.document.set("everyone", list.text());
        is_known.then_some(())
    }
}

/// Merges entries into the grants of a role; `null` takes one away.
fn merge_grants(role: &mut Object<'_>, entries: &str) {
    if !entries.starts_with('{') {
        role.merge("grants", entries);
        return;
    }
    let text = role.get("grants").unwrap_or("{}").to_owned();
    let mut grants = Object::parse(&text);
    for (key, value) in Object::parse(entries).members() {
        grants.merge(key, value);
    }
    role.set("grants", grants.text());
}

/// Assignments with one role in place of another. A bare id does not stand there twice.
fn moved(roles: &str, from: &str, to: &str) -> String {
    let roles = List::parse(roles);
    let mut has_bare = from != to && roles.texts().any(|text| string_of(text).as_deref() == Some(to));
    let mut kept = Vec::new();
    for text in roles.texts() {
        match string_of(text) {
            Some(role) if role == from => {
                if !core::mem::replace(&mut has_bare, true) {
                    kept.push(quoted(to));
                }
            }
            Some(_) => kept.push(text.to_owned()),
            None => {
                let mut assignment = Object::parse(text);
                if assignment.string("role").as_deref() == Some(from) {
                    assignment.set_string("role", to);
                    kept.push(assignment.text());
                } else {
                    kept.push(text.to_owned());
                }
            }
        }
    }
    List::of(kept.into_iter()).text()
}

/// The keys of an assignment that tell it from others.
const ASSIGNMENT_KEYS: [&str; 5] = ["role", "team", "from", "until", "when"];

/// What an assignment says under a key: strings as they are meant, conditions as they are written.
fn said(assignment: &Object<'_>, key: &str) -> Option<String> {
    let text = assignment.get(key)?;
    Some(string_of(text).map_or_else(|| text.to_owned(), |text| clock::normal(key, text)))
}

fn assignment_of(text: &str) -> Object<'_> {
    let mut assignment = Object::parse(text);
    if text.starts_with('"') {
        assignment.set("role", text.to_owned());
    }
    assignment
}

/// Whether an assignment that stands there is the same as another.
fn is_same(there: &str, other: &Json) -> bool {
    let (there, other) = (assignment_of(there), Object::parse(other.as_str()));
    ASSIGNMENT_KEYS.iter().all(|key| said(&there, key) == said(&other, key))
}

/// Whether an assignment that stands there is meant: it has the same role and team, and agrees in whatever
/// else is given.
fn is_meant(there: &str, meant: &Json) -> bool {
    let (there, meant) = (assignment_of(there), Object::parse(meant.as_str()));
    let agrees = |key: &str| {
        let wanted = said(&meant, key);
        said(&there, key) == wanted || (wanted.is_none() && !matches!(key, "role" | "team"))
    };
    ASSIGNMENT_KEYS.iter().all(|key| agrees(key))
}

/// The permissions of a category that a role grants, on whichever plan.
fn granted(snapshot: &Snapshot, role: RoleId, category: CategoryId) -> Vec<&str> {
    of_category(snapshot, role, category, true)
}

/// Those that it does not grant, and may hold.
fn not_granted(snapshot: &Snapshot, role: RoleId, category: CategoryId) -> Vec<&str> {
    of_category(snapshot, role, category, false)
}

fn of_category(snapshot: &Snapshot, id: RoleId, category: CategoryId, granted: bool) -> Vec<&str> {
    let model = snapshot.model();
    let compiled = Compiled::in_any_plan(model, &snapshot.engine.tables);
    let Some(role) = model.roles.get(id.index()) else { return Vec::new() };
    let mut found = Vec::new();
    for permission in model.about(Target::Category(category)) {
        let Some(declared) = model.catalog.permissions.get(permission.index()) else { continue };
        if model.may_hold(role, declared) && compiled.grants_any(id, permission) == granted {
            found.push(model.str(declared.id));
        }
    }
    found
}

//! The part of a snapshot that matters to one user.
//!
//! What is kept is copied from the source, piece by piece and without white space; nothing is copied
//! that no rule reads for this user. Permissions all stay, so that reasons stay.

use alloc::string::String;
use alloc::vec::Vec;

use crate::condition::holds::is_reserved;
use crate::condition::reads::Read;
use crate::condition::{Root, add};
use crate::ids::{ConditionId, Id, Marks, RoleId, TeamId, id};
use crate::json::value::{elements, end_of, members};
use crate::json::writer::{key, next};
use crate::list::Listed;
use crate::model::{Assignment, Model, User};
use crate::query::subject::Engine;

/// Writes the snapshot of one user.
pub(crate) fn narrow(engine: &Engine, user: &str) -> String {
    let model = &engine.model;
    let user = model.user(user).and_then(|user| model.users.get(user.index()));
    let mut narrower = Narrower {
        model,
        source: model.document.source(),
        roles: Marks::new(model.roles.len()),
        teams: Marks::new(model.teams.len()),
        paths: Vec::new(),
        out: String::new(),
    };
    if let Some(user) = user {
        narrower.reach(engine, user);
    }
    narrower.document(user);
    narrower.out
}

struct Narrower<'a> {
    model: &'a Model,
    source: &'a str,
    /// The roles that the user holds, and what they inherit.
    roles: Marks,
    /// The teams that level or limit of a grant can reach.
    teams: Marks,
    /// The attributes of the user that conditions read.
    paths: Vec<String>,
    out: String,
}

impl Narrower<'_> {
    /// Marks what can matter to a user.
    fn reach(&mut self, engine: &Engine, user: &User) {
        let model = self.model;
        for team in model.teams_of(user) {
            self.cover(*team);
        }
        for assignment in model.assignments_of(user).into_iter().flatten() {
            self.assignment(assignment);
            for role in engine.tables.lineage(model, assignment.role) {
                if self.roles.add(*role) {
                    self.role(*role);
                }
            }
        }
    }

    fn assignment(&mut self, assignment: &Assignment) {
        if let Some(team) = assignment.team {
            self.cover(team);
        }
        self.condition(assignment.when);
    }

    fn role(&mut self, role: RoleId) {
        let Some(role) = self.model.roles.get(role.index()) else { return };
        for entry in &role.grants {
            for alternative in &entry.alternatives {
                self.condition(alternative.when);
            }
        }
        for denial in &role.deny {
            self.condition(denial.when);
        }
    }

    /// Marks a team and all that it covers.
    fn cover(&mut self, team: TeamId) {
        for at in 0..self.model.teams.len() {
            if self.model.covers(team, id(at)) {
                self.teams.add(id::<TeamId>(at));
            }
        }
    }

    fn condition(&mut self, when: Option<ConditionId>) {
        let model = self.model;
        let Some(when) = when else { return };
        for read in model.conditions.reads_of(when, Root::User, &model.document) {
            if !is_reserved(read.path) {
                self.read("", &read);
            }
        }
    }

    /// Notes what is read of an attribute, and of the elements of its list.
    fn read(&mut self, above: &str, read: &Read<'_>) {
        let mut path = String::from(above);
        path.push_str(read.path);
        self.paths.push(path.clone());
        path.push('.');
        for read in &read.element {
            self.read(&path, read);
        }
    }

    fn document(&mut self, user: Option<&User>) {
        self.out.push('{');
        for key in ["format", "revision", "tenant", "issuedAt", "expiresAt", "plan"] {
            self.copy_key(key);
        }
        key(&mut self.out, "catalog");
        self.catalog();
        if self.model.places.of("teams").is_some() {
            key(&mut self.out, "teams");
            self.teams();
        }
        key(&mut self.out, "roles");
        self.roles();
        if let Some(user) = user {
            key(&mut self.out, "users");
            self.out.push('[');
            self.user(user);
            self.out.push(']');
            self.copy_key("everyone");
        }
        self.out.push('}');
    }

    fn catalog(&mut self) {
        self.out.push('{');
        key(&mut self.out, "categories");
        let source = self.source;
        self.out.push('[');
        let categories = self.model.places.of("categories");
        for at in elements(source, categories.unwrap_or(source.len())) {
            next(&mut self.out);
            self.entry(at, |narrower, key, at| match key {
                "permissions" => narrower.permissions(at),
                _ => narrower.copy(at),
            });
        }
        self.out.push(']');
        if let Some(at) = self.model.places.of("resources") {
            key(&mut self.out, "resources");
            self.map(at);
        }
        for key in ["roleTypes", "plans", "levelTitles", "masks"] {
            self.copy_key(key);
        }
        self.out.push('}');
    }

    fn permissions(&mut self, at: usize) {
        let source = self.source;
        self.out.push('[');
        for at in elements(source, at) {
            next(&mut self.out);
            self.entry(at, |narrower, _, at| narrower.copy(at));
        }
        self.out.push(']');
    }

    /// The teams that matter; the parent of one whose parent does not matter is gone.
    fn teams(&mut self) {
        let Some(at) = self.model.places.of("teams") else { return };
        let (source, model) = (self.source, self.model);
        self.out.push('[');
        for (position, at) in elements(source, at).enumerate() {
            let team: TeamId = id(position);
            if !self.teams.has(team) {
                continue;
            }
            let parent = model.teams.get(team.index()).and_then(|team| team.parent);
            let orphan = parent.is_none_or(|parent| !self.teams.has(parent));
            next(&mut self.out);
            self.out.push('{');
            for (name, at) in members(source, at) {
                if is_kept(&name) && !(orphan && name == "parent") {
                    key(&mut self.out, &name);
                    self.copy(at);
                }
            }
            self.out.push('}');
        }
        self.out.push(']');
    }

    fn roles(&mut self) {
        let source = self.source;
        self.out.push('[');
        let roles = self.model.places.of("roles");
        for (position, at) in elements(source, roles.unwrap_or(source.len())).enumerate() {
            let role: RoleId = id(position);
            if self.roles.has(role) {
                next(&mut self.out);
                self.entry(at, |narrower, key, at| match key {
                    "grants" => narrower.map(at),
                    _ => narrower.copy(at),
                });
            }
        }
        self.out.push(']');
    }

    fn user(&mut self, user: &User) {
        self.entry(user.at as usize, |narrower, key, at| match key {
            "attributes" => {
                let paths = core::mem::take(&mut narrower.paths);
                narrower.project(at, &paths.iter().map(String::as_str).listed());
            }
            _ => narrower.copy(at),
        });
    }

    /// Copies of an attribute tree what the paths read: an object that a path ends at stays as `{}`.
    fn project(&mut self, at: usize, paths: &[&str]) {
        let source = self.source;
        match source.as_bytes().get(at) {
            Some(b'{') => {
                self.out.push('{');
                for (name, at) in members(source, at) {
                    let mut inside = Vec::new();
                    for path in paths {
                        add(&mut inside, below(path, &name));
                    }
                    if !inside.is_empty() {
                        key(&mut self.out, &name);
                        self.project(at, &inside);
                    }
                }
                self.out.push('}');
            }
            Some(b'[') => {
                self.out.push('[');
                // A list inside the list that a path ends at says nothing but that it is there.
                let ends = paths.iter().all(|path| path.is_empty());
                for at in elements(source, at) {
                    next(&mut self.out);
                    if ends && source.as_bytes().get(at) == Some(&b'[') {
                        self.out.push_str("[]");
                    } else {
                        self.project(at, paths);
                    }
                }
                self.out.push(']');
            }
            // A scalar on the way to where paths go says nothing.
            _ if paths.iter().all(|path| !path.is_empty()) => self.out.push_str("null"),
            _ => self.copy(at),
        }
    }

    /// Copies an object of the format, its values by `value`, without what only people read.
    fn entry(&mut self, at: usize, value: fn(&mut Self, &str, usize)) {
        let source = self.source;
        self.out.push('{');
        for (name, at) in members(source, at) {
            if is_kept(&name) {
                key(&mut self.out, &name);
                value(self, &name, at);
            }
        }
        self.out.push('}');
    }

    /// Copies an object whose keys are data.
    fn map(&mut self, at: usize) {
        let source = self.source;
        self.out.push('{');
        for (name, at) in members(source, at) {
            key(&mut self.out, &name);
            self.copy(at);
        }
        self.out.push('}');
    }

    /// Copies a value without white space and without `x-` keys.
    fn copy(&mut self, at: usize) {
        let source = self.source;
        match source.as_bytes().get(at) {
            Some(b'{') => {
                self.out.push('{');
                for (name, at) in members(source, at) {
                    if !name.starts_with("x-") {
                        key(&mut self.out, &name);
                        self.copy(at);
                    }
                }
                self.out.push('}');
            }
            Some(b'[') => {
                self.out.push('[');
                for at in elements(source, at) {
                    next(&mut self.out);
                    self.copy(at);
                }
                self.out.push(']');
            }
            _ => {
                let end = end_of(source.as_bytes(), at).unwrap_or(at);
                self.out.push_str(source.get(at..end).unwrap_or("null"));
            }
        }
    }

    /// Copies the value of a key of the document or of its catalog, if it is there.
    fn copy_key(&mut self, name: &str) {
        if let Some(at) = self.model.places.of(name) {
            key(&mut self.out, name);
            self.copy(at);
        }
    }
}

/// Whether a key of a category, permission, team, role or user says more than what people read.
fn is_kept(key: &str) -> bool {
    let for_people = ["description", "sensitive", "locked", "approvedBy", "reviewedAt"];
    !key.starts_with("x-") && !for_people.contains(&key)
}

/// What is left of a path below a key; nothing where it ends there, `None` where it goes elsewhere.
fn below<'p>(path: &'p str, key: &str) -> Option<&'p str> {
    let rest = path.strip_prefix(key)?;
    if rest.is_empty() { Some("") } else { rest.strip_prefix('.') }
}

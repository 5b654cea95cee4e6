//! The part of a snapshot that matters to one user.
//!
//! What is kept is copied from the source, piece by piece and without white space; nothing is copied
//! that no rule reads for this user. Permissions all stay, so that reasons stay.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use crate::collections::list::Listed;
use crate::collections::marks::Marks;
use crate::collections::sort::{sort_by, sort_set};
use crate::collections::span::add;
use crate::condition::Root;
use crate::condition::holds::is_reserved;
use crate::condition::reads::Read;
use crate::format::table::Words;
use crate::ids::{ConditionId, Id, RoleId, TeamId, all, id};
use crate::json::text::split_at_mark;
use crate::json::value::{self, Value, elements, end_of, member, members};
use crate::json::writer::{key, next, push_string};
use crate::model::{Assignment, Model, User};
use crate::query::moment::Engine;
use crate::query::teams::TeamSet;
use reach::Reach;

mod keys;
mod reach;

/// Writes the snapshot of one user, who may be one that is not listed.
pub(crate) fn narrow(engine: &Engine, user: &str) -> String {
    let model = &engine.model;
    let user = model.user(user).and_then(|user| model.users.get(user.index()));
    let mut narrower = Narrower {
        model,
        source: model.document.base_source(),
        reach: Reach::new(engine),
        assignments: Marks::new(model.assignments.len()),
        teams: Marks::new(model.teams.len()),
        mine: Marks::new(model.teams.len()),
        paths: Vec::new(),
        reads_teams: false,
        teams_path: None,
        has_teams: false,
        is_condition: false,
        nothing: None,
        out: String::new(),
    };
    if let Some(user) = user.filter(|user| !user.disabled) {
        narrower.reach(user);
    }
    narrower.document(user);
    narrower.out
}

struct Narrower<'a> {
    model: &'a Model,
    /// The text that is being copied from.
    source: &'a str,
    /// What the user's roles grant and deny.
    reach: Reach<'a>,
    /// The assignments whose roles grant or deny anything.
    assignments: Marks,
    /// The teams that level or limit of a grant can reach.
    teams: Marks,
    /// The user's own teams, as far as they matter.
    mine: Marks,
    /// The attributes of the user that conditions read.
    paths: Vec<String>,
    /// Whether a condition reads the user's teams.
    reads_teams: bool,
    /// An attribute that stands for the user's teams, where nothing is known of one of them: no team can say
    /// so.
    teams_path: Option<String>,
    /// Whether that attribute has been written.
    has_teams: bool,
    /// Whether it is a condition that is being copied.
    is_condition: bool,
    /// The role that stands where the user's entry names what is not there, so that the other assignments
    /// keep their positions.
    nothing: Option<String>,
    out: String,
}

impl Narrower<'_> {
    /// Marks what can matter to a user.
    fn reach(&mut self, user: &User) {
        let model = self.model;
        let mut covering = Vec::new();
        let mut is_team_granted = false;
        for assignment in model.assignments_of(user).into_iter().flatten() {
            if (assignment.team, assignment.window, assignment.when) == (None, None, None) {
                self.reach.shut(assignment.role);
            }
        }
        for rows in [user.assignments, model.everyone] {
            for row in rows.indices() {
                let Some(assignment) = model.assignments.get(row as usize) else { continue };
                if !self.reach.hold(assignment.role) {
                    continue;
                }
                self.assignments.add(row);
                self.condition(assignment.when);
                add(&mut covering, assignment.team);
                // Within a team that limits an assignment, `team` reaches everything.
                is_team_granted |= assignment.team.is_none() && self.reach.grants_to_teams(assignment.role);
            }
        }
        self.reach.follow();
        for when in self.reach.conditions() {
            self.condition(Some(when));
        }
        let below = below_others(model, model.teams_of(user));
        for team in model.teams_of(user) {
            if self.reads_teams || (is_team_granted && !below.has(*team)) {
                self.mine.add(*team);
                self.teams.add(*team);
                add(&mut covering, is_team_granted.then_some(*team));
            }
        }
        let covered = TeamSet::covered(model, covering);
        for team in all::<TeamId>(model.teams.len()).filter(|team| covered.has(model, *team)) {
            self.teams.add(team);
        }
        self.stand_in(user);
    }

    /// Names what stands for that which somebody's entry names and the snapshot does not have.
    fn stand_in(&mut self, user: &User) {
        let model = self.model;
        if self.reads_teams && user.unknown_teams > 0 {
            let is_taken = |name: &str| self.paths.iter().any(|path| split_at_mark(path, b'.').0 == name);
            self.teams_path = Some(unlike(TEAMS, &is_taken));
        }
        let [own, _] = model.assignments_of(user);
        if own.iter().any(Assignment::is_of_nothing) {
            self.nothing = Some(unlike("unknown", &|name| model.role(name).is_some()));
        }
    }

    fn condition(&mut self, when: Option<ConditionId>) {
        let model = self.model;
        let Some(when) = when else { return };
        for read in model.conditions.reads_of(when, Root::User, &model.document) {
            self.reads_teams |= split_at_mark(read.path, b'.').0 == TEAMS;
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
        for key in keys::DOCUMENT {
            self.copy_key(key);
        }
        key(&mut self.out, "catalog");
        self.catalog();
        if self.model.key_offsets.of("teams").is_some() {
            key(&mut self.out, "teams");
            self.teams();
        } else if !self.model.teams.is_empty() {
            key(&mut self.out, "teams");
            self.free_teams();
        }
        key(&mut self.out, "roles");
        self.roles();
        if let Some(user) = user {
            key(&mut self.out, "users");
            self.out.push('[');
            self.user(user);
            self.out.push(']');
            if let Some(at) = self.model.key_offsets.of("everyone").filter(|_| !user.disabled) {
                key(&mut self.out, "everyone");
                self.assignments(at, self.model.everyone.start);
            }
        }
        self.out.push('}');
    }

    fn catalog(&mut self) {
        self.out.push('{');
        key(&mut self.out, "categories");
        let source = self.source;
        self.out.push('[');
        let categories = self.model.key_offsets.of("categories");
        for at in elements(source, categories.unwrap_or(source.len())) {
            next(&mut self.out);
            self.category(at);
        }
        self.out.push(']');
        if let Some(at) = self.model.key_offsets.of("resources") {
            key(&mut self.out, "resources");
            self.map(at);
        }
        for key in keys::CATALOG {
            self.copy_key(key);
        }
        self.out.push('}');
    }

    fn category(&mut self, at: usize) {
        let source = self.source;
        self.out.push('{');
        for (name, at) in members(source, at) {
            if name == "permissions" {
                key(&mut self.out, &name);
                self.permissions(at);
            } else {
                self.copy_listed(keys::CATEGORY, &name, at);
            }
        }
        self.out.push('}');
    }

    fn permissions(&mut self, at: usize) {
        let source = self.source;
        self.out.push('[');
        for at in elements(source, at) {
            next(&mut self.out);
            self.out.push('{');
            for (name, at) in members(source, at) {
                self.copy_listed(keys::PERMISSION, &name, at);
            }
            self.out.push('}');
        }
        self.out.push(']');
    }

    /// The teams that matter; the parent of one whose parent does not matter is gone.
    fn teams(&mut self) {
        let Some(at) = self.model.key_offsets.of("teams") else { return };
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
                if !(orphan && name == "parent") {
                    self.copy_listed(keys::TEAM, &name, at);
                }
            }
            self.out.push('}');
        }
        self.out.push(']');
    }

    /// The teams that matter, where the snapshot does not say which there are.
    fn free_teams(&mut self) {
        let model = self.model;
        self.out.push('[');
        for (_, team) in (0..).zip(model.teams.iter()).filter(|(at, _)| self.teams.has(TeamId::of(*at))) {
            next(&mut self.out);
            self.out.push('{');
            key(&mut self.out, "id");
            push_string(&mut self.out, model.str(team.id));
            self.out.push('}');
        }
        self.out.push(']');
    }

    fn roles(&mut self) {
        let source = self.source;
        self.out.push('[');
        let roles = self.model.key_offsets.of("roles");
        for (position, at) in elements(source, roles.unwrap_or(source.len())).enumerate() {
            let role: RoleId = id(position);
            if self.reach.has(role) {
                next(&mut self.out);
                self.role(role, at);
            }
        }
        if let Some(name) = &self.nothing {
            next(&mut self.out);
            self.out.push('{');
            for part in ["id", "name"] {
                key(&mut self.out, part);
                push_string(&mut self.out, name);
            }
            // It needs no type then.
            key(&mut self.out, "standard");
            self.out.push_str("true}");
        }
        self.out.push(']');
    }

    fn role(&mut self, role: RoleId, at: usize) {
        let source = self.source;
        self.out.push('{');
        for (name, at) in members(source, at) {
            match &*name {
                "grants" => self.grants(role, at),
                "deny" => self.some(&name, at, &|narrower, at| narrower.denies(at)),
                "inherits" => self.some(&name, at, &|narrower, at| narrower.inherits(role, at)),
                name => self.copy_listed(keys::ROLE, name, at),
            }
        }
        self.out.push('}');
    }

    /// The entries of a role that decide about something that comes to the user.
    fn grants(&mut self, role: RoleId, at: usize) {
        let (model, source) = (self.model, self.source);
        let targets = self.reach.targets(role).to_vec();
        if targets.is_empty() {
            return;
        }
        key(&mut self.out, "grants");
        self.out.push('{');
        for (name, at) in members(source, at) {
            if model.target(&name).is_some_and(|target| targets.binary_search(&target).is_ok()) {
                key(&mut self.out, &name);
                self.copy(at);
            }
        }
        self.out.push('}');
    }

    /// Whether an entry of `deny` is about a permission of the plan.
    fn denies(&self, at: usize) -> bool {
        let name = self.text(member(self.source, at, "key").unwrap_or(at));
        self.model.target(&name).is_some_and(|target| self.reach.is_denied(target))
    }

    /// Whether something comes to a role from one that it inherits.
    fn inherits(&self, role: RoleId, at: usize) -> bool {
        self.model.role(&self.text(at)).is_some_and(|parent| self.reach.comes(role, parent))
    }

    fn text(&self, at: usize) -> String {
        if let Value::Text(text) = value::scalar(self.source, at) { text.into_owned() } else { String::new() }
    }

    /// Copies the elements of a list that are wanted; nothing if there are none.
    fn some(&mut self, name: &str, at: usize, is_wanted: &dyn Fn(&Self, usize) -> bool) {
        let mut has_begun = false;
        for at in elements(self.source, at) {
            if is_wanted(self, at) {
                if !has_begun {
                    key(&mut self.out, name);
                    self.out.push('[');
                    has_begun = true;
                }
                next(&mut self.out);
                self.copy(at);
            }
        }
        if has_begun {
            self.out.push(']');
        }
    }

    /// Assignments; of those that bring nothing, that they are there, since explanations count them.
    fn assignments(&mut self, at: usize, first: u32) {
        let source = self.source;
        self.out.push('[');
        for (row, at) in (first..).zip(elements(source, at)) {
            next(&mut self.out);
            let is_of_nothing =
                self.model.assignments.get(row as usize).is_some_and(Assignment::is_of_nothing);
            match member(source, at, "role") {
                _ if is_of_nothing => {
                    self.out.push('{');
                    key(&mut self.out, "role");
                    push_string(&mut self.out, self.nothing.as_deref().unwrap_or_default());
                    self.out.push('}');
                }
                Some(role) if !self.assignments.has(row) => {
                    self.out.push('{');
                    key(&mut self.out, "role");
                    self.copy(role);
                    self.out.push('}');
                }
                _ => self.copy(at),
            }
        }
        self.out.push(']');
    }

    fn user(&mut self, user: &User) {
        let (source, at) = self.model.document.json(user.at as usize);
        let outer = core::mem::replace(&mut self.source, source);
        let mut is_told = !user.disabled;
        self.out.push('{');
        for (name, at) in members(source, at) {
            match &*name {
                "attributes" => {
                    let mut paths = core::mem::take(&mut self.paths);
                    sort_set(&mut paths);
                    if !paths.is_empty() {
                        key(&mut self.out, &name);
                        self.project(at, &Wanted::new(paths.iter().map(String::as_str).listed()));
                        self.add_teams(user, true);
                    }
                }
                // The snapshot may say so of somebody who is given otherwise.
                "disabled" if user.disabled => {
                    self.disabled();
                    is_told = true;
                }
                "teams" => self.some(&name, at, &|narrower, at| narrower.is_mine(at)),
                "roles" if user.disabled => {}
                "roles" => {
                    key(&mut self.out, &name);
                    self.assignments(at, user.assignments.start);
                }
                name => self.copy_listed(keys::USER, name, at),
            }
        }
        self.add_teams(user, false);
        if !is_told {
            self.disabled();
        }
        self.out.push('}');
        self.source = outer;
    }

    fn disabled(&mut self) {
        key(&mut self.out, "disabled");
        self.out.push_str("true");
    }

    /// Adds the attribute that stands for the user's teams, unless it is there: to the attributes that were
    /// written last, or as the only one.
    fn add_teams(&mut self, user: &User, has_attributes: bool) {
        let model = self.model;
        let Some(name) = self.teams_path.as_ref().filter(|_| !self.has_teams) else { return };
        if has_attributes {
            self.out.pop();
        } else {
            key(&mut self.out, "attributes");
            self.out.push('{');
        }
        key(&mut self.out, name);
        self.out.push('[');
        for team in model.teams_of(user).iter().filter_map(|team| model.teams.get(team.index())) {
            next(&mut self.out);
            push_string(&mut self.out, model.str(team.id));
        }
        for _ in 0..user.unknown_teams {
            next(&mut self.out);
            self.out.push_str("null");
        }
        self.out.push_str("]}");
        self.has_teams = true;
    }

    fn is_mine(&self, at: usize) -> bool {
        self.model.team(&self.text(at)).is_some_and(|team| self.mine.has(team))
    }

    /// Copies of an attribute tree what the paths read: an object that a path ends at stays as `{}`.
    fn project(&mut self, at: usize, wanted: &Wanted<'_>) {
        let source = self.source;
        match source.as_bytes().get(at) {
            Some(b'{') => {
                self.out.push('{');
                for (name, at) in members(source, at) {
                    let inside = wanted.below(&name);
                    if !inside.is_empty() {
                        key(&mut self.out, &name);
                        self.project(at, &Wanted::new(inside));
                    }
                }
                self.out.push('}');
            }
            Some(b'[') => {
                self.out.push('[');
                // A list inside the list that a path ends at says nothing but that it is there.
                for at in elements(source, at) {
                    next(&mut self.out);
                    if wanted.below.is_empty() && value::is_list(source, at) {
                        self.out.push_str("[]");
                    } else {
                        self.project(at, wanted);
                    }
                }
                self.out.push(']');
            }
            // A scalar on the way to where paths go says nothing.
            _ if !wanted.is_end => self.out.push_str("null"),
            _ => self.copy(at),
        }
    }

    /// Copies a member of an object, if its key is listed.
    fn copy_listed(&mut self, keys: Words, name: &str, at: usize) {
        if keys.contains(&name) {
            key(&mut self.out, name);
            self.copy(at);
        }
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
                        self.member(&name, at);
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

    /// Copies a member of an object. In conditions, the path of the user's teams may be another.
    fn member(&mut self, name: &str, at: usize) {
        if self.is_condition && name == "$ref" {
            let text = self.text(at);
            let path = self.path(&text);
            key(&mut self.out, name);
            push_string(&mut self.out, &path);
            return;
        }
        let is_inside = self.is_condition;
        let path = if is_inside { self.path(name) } else { Cow::Borrowed(name) };
        key(&mut self.out, &path);
        self.is_condition |= name == "when";
        self.copy(at);
        self.is_condition = is_inside;
    }

    /// The path of an attribute in the conditions that are written.
    fn path<'p>(&self, path: &'p str) -> Cow<'p, str> {
        let Some(name) = &self.teams_path else { return Cow::Borrowed(path) };
        let Some(rest) = path.strip_prefix("user.").and_then(|path| below(path, TEAMS)) else {
            return Cow::Borrowed(path);
        };
        let mut out = String::from("user.");
        out.push_str(name);
        if !rest.is_empty() {
            out.push('.');
            out.push_str(rest);
        }
        Cow::Owned(out)
    }

    /// Copies the value of a key of the document or of its catalog, if it is there.
    fn copy_key(&mut self, name: &str) {
        if let Some(at) = self.model.key_offsets.of(name) {
            key(&mut self.out, name);
            self.copy(at);
        }
    }
}

/// What is wanted of an attribute.
struct Wanted<'p> {
    /// Whether a path ends here.
    is_end: bool,
    /// The first part of each of the other paths and the rest, by the first part.
    below: Vec<(&'p str, &'p str)>,
}

impl<'p> Wanted<'p> {
    /// Of the rests of paths.
    fn new(paths: Vec<&'p str>) -> Self {
        let is_end = paths.iter().any(|path| path.is_empty());
        let parts = paths.into_iter().filter(|path| !path.is_empty()).map(|path| split_at_mark(path, b'.'));
        let mut below = parts.map(|(first, rest)| (first, rest.unwrap_or_default())).listed();
        sort_by(&mut below, Ord::cmp);
        Self { is_end, below }
    }

    /// What is left of the paths below a key; nothing of those that end there.
    fn below(&self, key: &str) -> Vec<&'p str> {
        let from = self.below.partition_point(|path| path.0 < key);
        let these = self.below.get(from..).unwrap_or_default().iter().take_while(|path| path.0 == key);
        these.map(|path| path.1).listed()
    }
}

/// The path, below `user.`, of the user's own teams.
const TEAMS: &str = "teams";

/// A name that is not taken: this one, and as many question marks behind it as it takes.
fn unlike(name: &str, is_taken: &dyn Fn(&str) -> bool) -> String {
    let mut name = String::from(name);
    name.push('?');
    while is_taken(&name) {
        name.push('?');
    }
    name
}

/// Those of some teams that are below another of them.
fn below_others(model: &Model, teams: &[TeamId]) -> Marks {
    let mut spans = Vec::new();
    for id in teams {
        add(&mut spans, model.teams.get(id.index()).map(|team| (team.enter, team.leave, *id)));
    }
    sort_by(&mut spans, Ord::cmp);
    let (mut found, mut end) = (Marks::new(model.teams.len()), 0);
    for (enter, leave, team) in spans {
        if enter < end {
            found.add(team);
        } else {
            end = leave;
        }
    }
    found
}

/// What is left of a path below a key; nothing where it ends there, `None` where it goes elsewhere.
fn below<'p>(path: &'p str, key: &str) -> Option<&'p str> {
    let rest = path.strip_prefix(key)?;
    if rest.is_empty() { Some("") } else { rest.strip_prefix('.') }
}

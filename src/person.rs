//! Somebody whom a snapshot need not list: what an entry of its `users` would say, from wherever people are
//! kept.

use alloc::borrow::ToOwned;
use alloc::string::String;

use crate::attributes::Json;
use crate::error::{self, SnapshotError};
use crate::format::table::USER;
use crate::format::{self, Loading};
use crate::json::value::{Value, elements, end_of, members, scalar};
use crate::json::writer::{key, next, push_string};

/// Somebody whom a snapshot need not list, such as the subject of a token or a row of a database.
/// [`Snapshot::subject`] takes it.
///
/// It is read like an entry of the snapshot's `users`. It takes the place of a user of the same id, except
/// that whom the snapshot lists as disabled stays so. It is assigned what everyone is. Roles and teams that
/// the snapshot does not have give nothing: [`Subject::unknown_roles`] and [`Subject::unknown_teams`] tell
/// them. Where a snapshot has no `teams` at all, any team is one that covers itself.
///
/// ```
/// use rolegate::{Assigned, On, Person, Snapshot};
///
/// let snapshot = Snapshot::from_json(br#"{
///   "format": "rolegate/1", "revision": 1,
///   "catalog": { "categories": [{ "id": "c", "permissions": [{ "id": "c.view", "scopes": ["own", "team", "all"] }] }] },
///   "teams": [{ "id": "sales" }],
///   "roles": [{ "id": "agent", "name": "Agent", "grants": { "c.view": "team" } }]
/// }"#)?;
/// let person = Person::new("ana")
///     .team("sales")
///     .role("agent")
///     .role("offline_access")
///     .assign(&Assigned::to("agent").until("2026-01-01T00:00:00Z"));
/// let ana = snapshot.subject(&person)?.at(1_795_000_000_000.0);
/// assert!(ana.can("c.view", On::Anything));
/// assert_eq!(ana.unknown_roles(), ["offline_access"]);
///
/// let same = Person::from_json(br#"{ "id": "ana", "teams": ["sales"], "roles": ["agent"] }"#)?;
/// assert!(snapshot.subject(&same)?.at(1_795_000_000_000.0).can("c.view", On::Anything));
///
/// let wrong = Person::from_json(br#"{ "id": "ana", "role": "agent" }"#);
/// assert_eq!(wrong.unwrap_err().issues[0].path, "/role");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// [`Snapshot::subject`]: crate::Snapshot::subject
/// [`Subject::unknown_roles`]: crate::Subject::unknown_roles
/// [`Subject::unknown_teams`]: crate::Subject::unknown_teams
#[derive(Clone, Debug)]
pub struct Person {
    id: String,
    name: Option<String>,
    /// Lists as JSON, without their brackets.
    teams: Option<String>,
    roles: Option<String>,
    /// An object as JSON.
    attributes: Option<String>,
    disabled: Option<bool>,
}

impl Person {
    /// Somebody of this id, without roles, teams and attributes.
    #[must_use]
    pub fn new(id: &str) -> Self {
        Self { id: id.to_owned(), name: None, teams: None, roles: None, attributes: None, disabled: None }
    }

    /// Somebody as JSON: an object like an entry of `users`.
    ///
    /// # Errors
    /// If anything is wrong with it; the error has every problem, up to 100, with places within the object.
    pub fn from_json(bytes: &[u8]) -> Result<Self, SnapshotError> {
        let json = core::str::from_utf8(bytes);
        let json = json.map_err(|error| error::not_utf8(error.valid_up_to(), bytes))?;
        let Loading { reader, rows, .. } = read(json.to_owned())?;
        let source = reader.document.source();
        const { assert!(USER.has_just(&[&["id", "name", "teams", "roles", "attributes", "disabled"]])) };
        let mut person = Self::new("");
        let start = rows.user_offsets.first().copied().unwrap_or_default() as usize;
        for (key, at) in members(source, start) {
            match &*key {
                "id" => person.id = text(source, at),
                "name" => person.name = Some(text(source, at)),
                "teams" => person.teams = Some(entries(source, at)),
                "roles" => person.roles = Some(entries(source, at)),
                "attributes" => person.attributes = Some(written(source, at).to_owned()),
                "disabled" => person.disabled = Some(scalar(source, at) == Value::Bool(true)),
                // A key of the application.
                _ => {}
            }
        }
        Ok(person)
    }

    /// Sets what people call that one.
    #[must_use]
    pub fn name(mut self, name: &str) -> Self {
        self.name = Some(name.to_owned());
        self
    }

    /// Adds a team that the person is in.
    #[must_use]
    pub fn team(mut self, team: &str) -> Self {
        push_string(entry(&mut self.teams), team);
        self
    }

    /// Adds a role without limits.
    #[must_use]
    pub fn role(mut self, role: &str) -> Self {
        push_string(entry(&mut self.roles), role);
        self
    }

    /// Adds a role with limits.
    #[must_use]
    pub fn assign(mut self, assigned: &Assigned) -> Self {
        let roles = entry(&mut self.roles);
        roles.push_str(&assigned.0);
        roles.push('}');
        self
    }

    /// Sets what conditions see as `user.*`.
    #[must_use]
    pub fn attributes(mut self, attributes: &Json) -> Self {
        self.attributes = Some(attributes.as_str().to_owned());
        self
    }

    /// Sets whether everything is a "no".
    #[must_use]
    pub fn disabled(mut self, disabled: bool) -> Self {
        self.disabled = Some(disabled);
        self
    }

    #[cfg(feature = "administration")]
    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    /// The person as an entry of `users`.
    pub(crate) fn json(&self) -> String {
        let mut out = String::from("{");
        key(&mut out, "id");
        push_string(&mut out, &self.id);
        if let Some(name) = &self.name {
            key(&mut out, "name");
            push_string(&mut out, name);
        }
        for (name, list) in [("teams", &self.teams), ("roles", &self.roles)] {
            let Some(list) = list else { continue };
            key(&mut out, name);
            out.push('[');
            out.push_str(list);
            out.push(']');
        }
        if let Some(attributes) = &self.attributes {
            key(&mut out, "attributes");
            out.push_str(attributes);
        }
        if let Some(disabled) = self.disabled {
            key(&mut out, "disabled");
            out.push_str(if disabled { "true" } else { "false" });
        }
        out.push('}');
        out
    }
}

/// A role that a [`Person`] is assigned with limits.
#[derive(Clone, Debug)]
pub struct Assigned(String);

impl Assigned {
    /// A role, without limits so far.
    #[must_use]
    pub fn to(role: &str) -> Self {
        Self(String::from("{")).with("role", role)
    }

    /// Limits it to records that a team covers.
    #[must_use]
    pub fn team(self, team: &str) -> Self {
        self.with("team", team)
    }

    /// When it begins: a time as in the format, such as `2027-01-01T00:00:00Z`.
    #[must_use]
    pub fn from(self, time: &str) -> Self {
        self.with("from", time)
    }

    /// When it is over.
    #[must_use]
    pub fn until(self, time: &str) -> Self {
        self.with("until", time)
    }

    /// Under which condition it counts.
    #[must_use]
    pub fn when(mut self, condition: &Json) -> Self {
        key(&mut self.0, "when");
        self.0.push_str(condition.as_str());
        self
    }

    fn with(mut self, name: &str, value: &str) -> Self {
        key(&mut self.0, name);
        push_string(&mut self.0, value);
        self
    }
}

/// Reads an entry, unless something is wrong with it.
pub(crate) fn read(json: String) -> Result<Loading, SnapshotError> {
    if json.len() > i32::MAX as usize {
        return Err(error::too_large());
    }
    let read = format::person(json);
    if read.reader.problems.is_empty() {
        return Ok(read);
    }
    let Loading { reader, rows, .. } = read;
    Err(error::refused(reader.problems, &reader.document, &rows))
}

/// Where the next entry of a list is to be written.
fn entry(list: &mut Option<String>) -> &mut String {
    let list = list.get_or_insert_default();
    next(list);
    list
}

/// The string at an offset.
fn text(json: &str, at: usize) -> String {
    if let Value::Text(text) = scalar(json, at) { text.into_owned() } else { String::new() }
}

/// The value at an offset as it is written.
fn written(json: &str, at: usize) -> &str {
    end_of(json.as_bytes(), at).and_then(|end| json.get(at..end)).unwrap_or("null")
}

/// The entries of the list at an offset.
fn entries(json: &str, at: usize) -> String {
    let mut out = String::new();
    for at in elements(json, at) {
        next(&mut out);
        out.push_str(written(json, at));
    }
    out
}

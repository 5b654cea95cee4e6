//! Administration: a snapshot is changed by operations, each of which does all it says or, with everything that
//! stands against it told, nothing at all.
//!
//! An operation (`operation`) is a function from a document to a document (`change`); what it makes is
//! loaded like any other, and the `rules` compare the snapshot before with the one after. Most of them are
//! about what people hold: `effects` finds whom a change concerns, `holding` and `claims` describe what
//! somebody holds before the time and the context are known, and `compare` tells whether that lies within what
//! the actor holds. What cannot be told to lie within does not.

mod error;
mod shallow;
mod place;
mod clock;
mod names;
mod operation;
mod usage;
mod review;
mod change;
mod traits;
mod claims;
mod forest;
mod holding;
mod compare;
mod effects;
mod separations;
mod prerequisites;
mod rules;
mod impact;
mod report;
mod lint;
mod form;
#[cfg(feature = "admin")]
pub(crate) mod describe;

use alloc::borrow::ToOwned;
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

pub use error::{AdminError, Missing, Obstacle, ObstacleCode};
pub use form::{
    Form, FormCategory, FormLevel, FormOptions, FormPermission, Selected, Source, Toggle, role_form,
};
pub use impact::{ChangeKind, Impact, ImpactChange};
pub use lint::{Finding, Severity, lint};
pub use operation::Operation;
#[cfg(feature = "admin")]
pub(crate) use report::Found;
pub use report::{AccessReport, AccessRow, ReportHeader};
pub use separations::Violation;
pub use usage::Usage;

use crate::error::SnapshotError;
use crate::ids::Id;
use crate::json::value::elements;
use crate::person::Person;
use crate::query::decide::On;
use crate::query::who::TooComplex;
use crate::snapshot::{MAX_BYTES, ScopeKind, Snapshot, Subject};
use effects::{Change, Differences, Exceeding};
use names::folded;
use rules::Call;
pub(crate) use shallow::raw;
use shallow::{List, Object, under};

/// Who changes a snapshot.
#[derive(Clone, Debug)]
pub enum Actor {
    /// A user whom the snapshot lists.
    User(String),
    /// Somebody whom it need not list.
    Person(Person),
}

/// What a draft is made with.
#[derive(Clone, Debug)]
pub struct Options<'a> {
    /// Who makes the changes.
    pub actor: Actor,
    /// The clock, in milliseconds since the epoch.
    pub now: f64,
    /// What the actor must hold, asked for the tenant as a whole; without it, that is not checked.
    pub permission: Option<&'a str>,
    /// The revision that the snapshot must have.
    pub revision: u64,
}

/// Why a draft cannot be made.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum DraftError {
    /// The snapshot is refused.
    Snapshot(SnapshotError),
    /// The actor is nobody who could be asked about.
    Actor(SnapshotError),
    /// The snapshot is not at the revision that was named.
    Admin(AdminError),
}

impl fmt::Display for DraftError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Snapshot(error) | Self::Actor(error) => error.fmt(f),
            Self::Admin(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for DraftError {}

/// Something that was done.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Event {
    /// When, in milliseconds since the epoch.
    pub at: f64,
    /// By whom.
    pub actor: String,
    /// The name of the operation.
    pub action: &'static str,
    /// What it was done to: `role`, `user`, `team`, `everyone` or `separations`.
    pub kind: &'static str,
    /// The id of that; of `everyone` and `separations` there is none.
    pub target: Option<String>,
    /// How it was before, as JSON; without it, it was not there.
    pub before: Option<String>,
    /// How it is now, as JSON; without it, it is not there any more.
    pub after: Option<String>,
    /// Who approved it.
    pub approved_by: Option<String>,
}

/// A snapshot that is being changed. Nothing is stored: [`Draft::commit`] gives the changed snapshot.
///
/// ```
/// use rolegate::Json;
/// use rolegate::admin::{Actor, Draft, Operation, Options};
///
/// let json = br#"{
///   "format": "rolegate/1", "revision": 7,
///   "catalog": { "categories": [{ "id": "c", "permissions": [{ "id": "c.view" }, { "id": "c.edit" }] }] },
///   "roles": [
///     { "id": "admin", "name": "Administrator", "locked": true, "grants": { "*": true } },
///     { "id": "lead", "name": "Lead", "grants": { "c.view": true } }
///   ],
///   "users": [{ "id": "ana", "roles": ["admin"] }, { "id": "bo", "roles": ["lead"] }]
/// }"#;
/// let by = |actor: &str| Options {
///     actor: Actor::User(actor.into()), now: 1_795_000_000_000.0, permission: None, revision: 7,
/// };
/// let assign = Operation::Assign {
///     user: "bo".into(),
///     assignment: Json::parse(br#"{ "role": "admin" }"#).ok_or("not an object")?,
/// };
/// let mut draft = Draft::new(json, by("bo"))?;
/// assert_eq!(draft.apply(&assign).unwrap_err().code().as_str(), "escalation");
/// let mut draft = Draft::new(json, by("ana"))?;
/// draft.apply(&assign)?;
/// assert!(draft.commit(None, &[])?.contains(r#""revision":8"#));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Draft {
    base: Snapshot,
    now: Option<Snapshot>,
    actor: Actor,
    at: f64,
    permission: Option<String>,
    events: Vec<Event>,
    exceeding: Exceeding,
    /// Whether the first obstacle is enough.
    first_only: bool,
}

/// What lies between two snapshots of a tenant, from a moment on (milliseconds since the epoch): the first rows,
/// up to `limit`, and how many there are. They may be of different catalogs.
///
/// # Errors
/// If that takes more than a budget of steps, which is far beyond real tenants.
pub fn diff(old: &Snapshot, new: &Snapshot, now: f64, limit: usize) -> Result<Impact, TooComplex> {
    impact::between(old, new, now, limit)
}

/// What an operation would make.
struct Made {
    after: Snapshot,
    events: Vec<Event>,
}

impl Draft {
    /// Begins to change a snapshot.
    ///
    /// # Errors
    /// If the snapshot or the actor is refused, or the snapshot is not at the revision.
    pub fn new(json: &[u8], options: Options<'_>) -> Result<Self, DraftError> {
        Self::of(Snapshot::from_json(json).map_err(DraftError::Snapshot)?, options)
    }

    pub(crate) fn of(base: Snapshot, options: Options<'_>) -> Result<Self, DraftError> {
        let Options { actor, now: at, permission, revision } = options;
        if base.revision() != revision {
            let message =
                format!("the snapshot is at revision {}, not {revision}: change that one", base.revision());
            return Err(DraftError::Admin(Obstacle::new(ObstacleCode::Conflict, message).into()));
        }
        if !at.is_finite() {
            let message = format!("`now` is {at}, and has to be milliseconds since the epoch");
            return Err(DraftError::Admin(Obstacle::new(ObstacleCode::Invalid, message).into()));
        }
        if let Actor::Person(person) = &actor {
            base.outsider(person.json()).map_err(DraftError::Actor)?;
        }
        let permission = permission.map(ToOwned::to_owned);
        let (now, events, exceeding) = (None, Vec::new(), Exceeding::default());
        Ok(Self { base, now, actor, at, permission, events, exceeding, first_only: false })
    }

    /// The snapshot with all that was done so far.
    #[must_use]
    pub fn snapshot(&self) -> &Snapshot {
        self.now.as_ref().unwrap_or(&self.base)
    }

    /// Does an operation.
    ///
    /// # Errors
    /// Everything that stands against it; then nothing was changed.
    pub fn apply(&mut self, operation: &Operation) -> Result<(), AdminError> {
        let Made { after, events } = self.try_out(operation)?;
        self.now = Some(after);
        self.exceeding = Exceeding::default();
        self.events.extend(events);
        Ok(())
    }

    /// Whether an operation can be done; nothing is changed.
    ///
    /// # Errors
    /// What [`Draft::apply`] would refuse it for.
    pub fn can(&self, operation: &Operation) -> Result<(), AdminError> {
        self.try_out(operation).map(|_| ())
    }

    /// Who and what uses a role; nothing if there is no such role.
    #[must_use]
    pub fn usage(&self, role: &str) -> Option<Usage> {
        let found = self.snapshot().model().role(role)?;
        Some(usage::of(self.snapshot(), found))
    }

    /// All separations of duties that are broken.
    #[must_use]
    pub fn violations(&self) -> Vec<Violation> {
        separations::violations(&self.base, self.snapshot())
    }

    /// What the draft does to people so far: the first rows, up to `limit`, and how many there are.
    ///
    /// # Errors
    /// If that takes more than a budget of steps, which is far beyond real tenants.
    pub fn impact(&self, limit: usize) -> Result<Impact, TooComplex> {
        impact::between(&self.base, self.snapshot(), self.at, limit)
    }

    /// What was done so far.
    #[must_use]
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// The changed snapshot as JSON, at the next revision. Roles that changed are noted as approved, if somebody
    /// approved. `usage` tells how many people whom the snapshot does not list hold a role.
    ///
    /// # Errors
    /// `self-approval`, `role-in-use` of a role that was deleted, `invalid` if there is no next revision.
    pub fn commit(&mut self, approved_by: Option<&str>, usage: &[(&str, u64)]) -> Result<String, AdminError> {
        let mut against = Vec::new();
        self.check_approval(approved_by, &mut against);
        self.check_deleted(usage, &mut against);
        let text = self.committed(approved_by);
        if let Err(error) = Snapshot::from_json(text.as_bytes()) {
            against.push(Obstacle::invalid(error));
        }
        if !against.is_empty() {
            return Err(AdminError { obstacles: against });
        }
        for event in &mut self.events {
            event.approved_by = approved_by.map(ToOwned::to_owned);
        }
        Ok(text)
    }

    fn actor_id(&self) -> String {
        match &self.actor {
            Actor::User(name) => name.clone(),
            Actor::Person(person) => person.id().to_owned(),
        }
    }

    /// `self-approval`: nobody approves changes of their own, however they write their name.
    fn check_approval(&self, approved_by: Option<&str>, against: &mut Vec<Obstacle>) {
        let actor = folded(&self.actor_id());
        if approved_by.is_some_and(|approver| folded(approver) == actor) {
            let message = "the actor cannot approve changes of the actor's own";
            against.push(Obstacle::new(ObstacleCode::SelfApproval, message.into()));
        }
    }

    /// `role-in-use`: a role that was deleted is not held by anybody whom the snapshot does not list.
    fn check_deleted(&self, usage: &[(&str, u64)], against: &mut Vec<Obstacle>) {
        let is_deleted = |name: &str| {
            self.base.model().role(name).is_some() && self.snapshot().model().role(name).is_none()
        };
        let held = usage.iter().filter(|(name, count)| *count > 0 && is_deleted(name));
        let roles: Vec<String> = held.map(|(name, _)| (*name).to_owned()).collect();
        if !roles.is_empty() {
            let message = "people whom the snapshot does not list hold a role that was deleted";
            against.push(Obstacle { roles, ..Obstacle::new(ObstacleCode::RoleInUse, message.into()) });
        }
    }

    /// The document at the next revision.
    fn committed(&self, approved_by: Option<&str>) -> String {
        let base = Object::parse(self.base.model().document.source());
        let mut document = Object::parse(self.snapshot().model().document.source());
        document.set("revision", (self.base.revision() + 1).to_string());
        if let Some(approver) = approved_by {
            let known = List::parse(base.get("roles").unwrap_or("[]"));
            let known: BTreeSet<String> = known.texts().map(ToOwned::to_owned).collect();
            let roles = document.get("roles").unwrap_or("[]").to_owned();
            let approved = List::of(List::parse(&roles).texts().map(|text| {
                if known.contains(text) {
                    return text.to_owned();
                }
                let mut role = Object::parse(text);
                role.set_string("approvedBy", approver);
                role.text()
            }));
            document.set("roles", approved.text());
        }
        document.text()
    }

    /// Does an operation on a copy and compares.
    fn try_out(&self, operation: &Operation) -> Result<Made, AdminError> {
        let before = self.snapshot();
        let mut against = Vec::new();
        self.check_permitted(before, &mut against);
        self.check_review(operation, &mut against);
        let text = change::change(before, operation, self.at, &mut against);
        let after = text.and_then(|text| match Snapshot::from_vec(text.into_bytes(), MAX_BYTES) {
            Ok(after) => Some(after),
            Err(error) => {
                against.push(Obstacle::invalid(error));
                None
            }
        });
        if let Some(after) = &after {
            self.check(before, after, &mut against);
        }
        match after {
            Some(after) if against.is_empty() => {
                let events = self.events_of(operation, before, &after);
                Ok(Made { after, events })
            }
            _ => Err(AdminError { obstacles: against }),
        }
    }

    fn check(&self, before: &Snapshot, after: &Snapshot, against: &mut Vec<Obstacle>) {
        let outsider = match &self.actor {
            Actor::Person(person) => match before.outsider(person.json()) {
                Ok(outsider) => Some(outsider),
                Err(error) => {
                    against.push(Obstacle::invalid(error));
                    return;
                }
            },
            Actor::User(_) => None,
        };
        let name = self.actor_id();
        let engine = outsider.as_ref().map_or(&before.engine, |outsider| &outsider.engine);
        let is_listed = outsider.is_none();
        let change = Change {
            before,
            after,
            actor: (&name, engine),
            is_listed,
            now: self.at,
            exceeding: &self.exceeding,
            first_only: self.first_only,
        };
        let differences = Differences::of(before, after);
        rules::check(&Call { change, differences }, against);
    }

    /// `not-permitted`: the actor holds the permission, for the tenant as a whole.
    fn check_permitted(&self, before: &Snapshot, against: &mut Vec<Obstacle>) {
        let Some(permission) = &self.permission else { return };
        let name = self.actor_id();
        let subject: Option<Subject<'_>> = match &self.actor {
            Actor::User(_) => Some(before.subject(&name)),
            Actor::Person(person) => before.subject(person).ok(),
        };
        let holds = |subject: Subject<'_>| {
            let subject = subject.at(self.at);
            if before.is_scoped(permission) {
                subject.scope(permission).kind() == ScopeKind::All
            } else {
                subject.can(permission, On::Anything)
            }
        };
        if !subject.is_some_and(holds) {
            let message = format!("`{name}` does not hold `{permission}` for the whole tenant");
            against.push(Obstacle::new(ObstacleCode::NotPermitted, message));
        }
    }

    fn events_of(&self, operation: &Operation, before: &Snapshot, after: &Snapshot) -> Vec<Event> {
        let Operation::RecordReview { decisions } = operation else {
            return [self.event(operation, before, after)].into();
        };
        let decided = review::read(decisions, &mut Vec::new()).unwrap_or_default();
        let mut events = Vec::new();
        for decision in &decided {
            let said = decision.text();
            events.push(Event {
                action: decision.action(),
                target: Some(decision.user.clone()),
                before: Some(said.clone()),
                after: decision.is_kept.then_some(said),
                ..self.empty_event(operation, "assignment", None)
            });
        }
        for role in review::complete(before.model(), &decided) {
            events.push(self.event(&Operation::StampReview { role }, before, after));
        }
        events
    }

    /// `self-approval`: nobody reviews what is assigned to that one.
    fn check_review(&self, operation: &Operation, against: &mut Vec<Obstacle>) {
        let Operation::RecordReview { decisions } = operation else { return };
        let actor = self.actor_id();
        let decided = review::read(decisions, &mut Vec::new()).unwrap_or_default();
        if decided.iter().any(|decision| decision.user == actor) {
            let message = "the actor cannot decide about what is assigned to the actor";
            against.push(Obstacle::new(ObstacleCode::SelfApproval, message.into()));
        }
    }

    fn event(&self, operation: &Operation, before: &Snapshot, after: &Snapshot) -> Event {
        let (list, target) = operation.target();
        if let Operation::MoveUsers { from, to } = operation {
            let users = usage::users_of(before, from);
            let [before, after] = [from, to].map(|role| Some(usage::moved(role, &users)));
            return Event { before, after, ..self.empty_event(operation, "role", target) };
        }
        let [before, after] = [before, after].map(|snapshot| {
            let model = snapshot.model();
            let list_text = under(model, list)?;
            let Some(target) = &target else { return Some(list_text.to_owned()) };
            let at = match list {
                "roles" => model.role(target)?.index(),
                "users" => model.user(target)?.index(),
                _ => model.team(target)?.index(),
            };
            elements(list_text, 0).nth(at).map(|at| raw(list_text, at).to_owned())
        });
        let kind = match list {
            "roles" => "role",
            "users" => "user",
            "teams" => "team",
            other => other,
        };
        Event { before, after, ..self.empty_event(operation, kind, target) }
    }

    fn empty_event(&self, operation: &Operation, kind: &'static str, target: Option<String>) -> Event {
        Event {
            at: self.at,
            actor: self.actor_id(),
            action: operation.name(),
            kind,
            target,
            before: None,
            after: None,
            approved_by: None,
        }
    }
}

//! The public face: load a snapshot, name a subject, ask.

use alloc::borrow::ToOwned;
use alloc::rc::Rc;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

use crate::attributes::{Attributes, NoAttributes};
use crate::collections::list::Listed;
use crate::compile::{Kept, Tables};
use crate::condition::Root;
use crate::condition::holds::Record;
use crate::condition::reads::Read;
use crate::error::{self, SnapshotError};
use crate::format::{self, Loading};
use crate::host::{HostZones, Zones};
use crate::ids::{Id, ResourceTypeId, UserId};
use crate::json::value::end_of;
use crate::model::outsider::{self, Refused, Unknown};
use crate::model::{self, Level, Model};
use crate::narrow;
use crate::person::{self, Person};
use crate::query::decide::{Asked, On};
use crate::query::explain::Explanation;
use crate::query::moment::{Bounds, Engine, Moment};
use crate::query::reason::Reason;
use crate::query::remedy::Remedies;
use crate::query::scope::Part;
use crate::query::standing::RecordOwners;
use crate::query::who::TooComplex;

/// The largest document that is read unless told otherwise: 64 MiB.
pub const MAX_BYTES: usize = 64 << 20;

/// A loaded role snapshot: it answers what its users may do.
///
/// Loading costs time linear in the bytes; what a role grants is worked out when a holder of it is
/// first asked about, and kept.
///
/// ```
/// let snapshot = rolegate::Snapshot::from_json(br#"{
///   "format": "rolegate/1", "revision": 1,
///   "catalog": { "categories": [{ "id": "c", "permissions": [{ "id": "c.view", "scopes": ["own", "all"] }] }] },
///   "roles": [{ "id": "agent", "name": "Agent", "grants": { "c.view": "own" } }],
///   "users": [{ "id": "ana", "roles": ["agent"] }]
/// }"#)?;
/// let ana = snapshot.subject("ana").at(1_795_000_000_000.0);
/// let mine = rolegate::Json::parse(br#"{ "owner": "ana" }"#).ok_or("not an object")?;
/// assert!(ana.can("c.view", rolegate::On::Record(&mine)));
/// assert!(!ana.can("c.view", rolegate::On::Unknown));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Snapshot {
    pub(crate) engine: Engine,
}

impl Snapshot {
    /// Loads a snapshot of at most [`MAX_BYTES`].
    ///
    /// # Errors
    /// If anything is wrong with it; the error has every problem, up to 100.
    pub fn from_json(bytes: &[u8]) -> Result<Self, SnapshotError> {
        Self::from_json_within(bytes, MAX_BYTES)
    }

    /// Loads a snapshot of at most `max_bytes` (never more than 2 GiB).
    ///
    /// # Errors
    /// As [`Snapshot::from_json`].
    pub fn from_json_within(bytes: &[u8], max_bytes: usize) -> Result<Self, SnapshotError> {
        Self::from_vec(bytes.to_owned(), max_bytes)
    }

    /// Loads a snapshot from bytes that it may keep.
    pub(crate) fn from_vec(bytes: Vec<u8>, max_bytes: usize) -> Result<Self, SnapshotError> {
        if bytes.len() > max_bytes.min(i32::MAX as usize) {
            return Err(error::too_large());
        }
        let source = String::from_utf8(bytes).map_err(|error| {
            let at = error.utf8_error().valid_up_to();
            error::not_utf8(at, error.as_bytes())
        })?;
        let (document, rows, problems) = format::load(source);
        if !problems.is_empty() {
            return Err(error::refused(problems, &document, &rows));
        }
        let model = model::build::build(document, rows);
        let tables = Tables::new(&model);
        Ok(Self { engine: Engine { model, tables: Arc::new(tables) } })
    }

    /// Whose roles these are.
    #[must_use]
    pub fn tenant(&self) -> Option<&str> {
        self.model().tenant.map(|tenant| self.model().str(tenant))
    }

    /// The revision; it grows with every change of the tenant's roles.
    #[must_use]
    pub fn revision(&self) -> u64 {
        self.model().revision
    }

    /// When the snapshot was made, in milliseconds since the epoch.
    #[must_use]
    pub fn issued_at(&self) -> Option<f64> {
        self.model().issued_at
    }

    /// From when on every answer is "no", in milliseconds since the epoch.
    #[must_use]
    pub fn expires_at(&self) -> Option<f64> {
        self.model().expires_at
    }

    /// All permissions, in catalog order.
    pub fn permissions(&self) -> impl Iterator<Item = &str> {
        self.model().catalog.permissions.iter().map(|permission| self.model().str(permission.id))
    }

    /// The names of users.
    pub(crate) fn names(&self, users: Vec<UserId>) -> Vec<&str> {
        let found = users.into_iter().filter_map(|user| self.model().users.get(user.index()));
        found.map(|user| self.model().str(user.id)).listed()
    }

    /// Whether a permission is granted at levels; a tenant-level or unknown one is not.
    #[must_use]
    pub fn is_scoped(&self, permission: &str) -> bool {
        let permission = self.model().permission(permission);
        permission
            .and_then(|id| self.model().catalog.permissions.get(id.index()))
            .is_some_and(super::model::Permission::is_scoped)
    }

    /// All users, in document order.
    pub fn users(&self) -> impl Iterator<Item = &str> {
        self.model().users.iter().map(|user| self.model().str(user.id))
    }

    /// The roles as they stand in the snapshot: a JSON list.
    #[must_use]
    pub fn roles_json(&self) -> &str {
        self.list("roles")
    }

    /// The teams as they stand in the snapshot: a JSON list.
    #[must_use]
    pub fn teams_json(&self) -> &str {
        self.list("teams")
    }

    /// The categories of the catalog, with their permissions, as they stand in the snapshot: a JSON list.
    #[must_use]
    pub fn categories_json(&self) -> &str {
        self.list("categories")
    }

    /// The tenant's word for a level, where it has one.
    #[must_use]
    pub fn level_title(&self, level: Level) -> Option<&str> {
        let [own, team, all] = self.model().catalog.level_titles;
        let title = match level {
            Level::Own => own,
            Level::Team => team,
            Level::All => all,
        };
        title.map(|title| self.model().str(title))
    }

    /// Every attribute path of a record that a condition reads, without `resource.`.
    #[must_use]
    pub fn record_paths(&self) -> Vec<&str> {
        self.paths(Root::Resource)
    }

    /// Every attribute path of the context that a condition reads, without `context.`.
    #[must_use]
    pub fn context_paths(&self) -> Vec<&str> {
        self.paths(Root::Context)
    }

    fn paths(&self, root: Root) -> Vec<&str> {
        self.reads(root).into_iter().map(|read| read.path).listed()
    }

    /// What conditions read below a root.
    pub(crate) fn reads(&self, root: Root) -> Vec<Read<'_>> {
        let model = self.model();
        model.conditions.reads_below(root, &model.document)
    }

    /// The list under a key of the document or of its catalog.
    fn list(&self, key: &str) -> &str {
        let at = self.model().key_offsets.of(key);
        let source = self.model().document.source();
        let end = at.and_then(|at| end_of(source.as_bytes(), at));
        at.zip(end).and_then(|(at, end)| source.get(at..end)).unwrap_or("[]")
    }

    /// The part of the snapshot that matters to one user: JSON in which all decisions and reasons for that
    /// user are the same, and from which everything else is gone. For a user that the snapshot does not
    /// know, one without users.
    #[must_use]
    pub fn narrow(&self, user: &str) -> String {
        narrow::narrow(&self.engine, user)
    }

    /// Whom to ask about: the id of a user, also of one that the snapshot does not know, who gets a "no" to
    /// everything; or a [`Person`], of whom the snapshot need not know anything, and who may be refused. The
    /// clock stands at 0 until [`Subject::at`] sets it.
    pub fn subject<'a, W: Who<'a>>(&'a self, who: W) -> W::Asked {
        who.asked(self)
    }

    /// Somebody whom the snapshot need not list.
    pub(crate) fn outsider(&self, json: String) -> Result<Outsider, SnapshotError> {
        let Loading { reader, rows, .. } = person::read(json)?;
        let made = outsider::build(self.model(), reader.document, &rows);
        let (model, unknown) = made.map_err(|refused| match refused {
            Refused::TooLarge => error::too_large(),
            Refused::TooComplex(assignment, role) => error::too_much(assignment, &role),
        })?;
        Ok(Outsider { engine: Engine { model, tables: Arc::clone(&self.engine.tables) }, unknown })
    }

    pub(crate) fn model(&self) -> &Model {
        &self.engine.model
    }
}

/// Somebody whom the snapshot need not list, and what it knows of that one.
#[derive(Debug)]
pub(crate) struct Outsider {
    pub(crate) engine: Engine,
    unknown: Unknown,
}

impl Outsider {
    /// The part of the snapshot that matters to that one, as a user of it.
    #[cfg(feature = "full")]
    pub(crate) fn narrow(&self) -> String {
        narrow::narrow(&self.engine, self.id())
    }

    /// Who it is.
    pub(crate) fn id(&self) -> &str {
        let model = &self.engine.model;
        model.users.first().map_or("", |user| model.str(user.id))
    }
}

/// Whom a snapshot can be asked about: see [`Snapshot::subject`].
pub trait Who<'a>: sealed::Sealed {
    /// The subject, or what is wrong with it.
    type Asked;

    /// The subject of questions to a snapshot.
    #[doc(hidden)]
    fn asked(self, snapshot: &'a Snapshot) -> Self::Asked;
}

impl<'a> Who<'a> for &'a str {
    type Asked = Subject<'a>;

    fn asked(self, snapshot: &'a Snapshot) -> Subject<'a> {
        Subject::new(snapshot, self, None)
    }
}

impl<'a> Who<'a> for &'a String {
    type Asked = Subject<'a>;

    fn asked(self, snapshot: &'a Snapshot) -> Subject<'a> {
        Subject::new(snapshot, self, None)
    }
}

impl<'a> Who<'a> for &Person {
    type Asked = Result<Subject<'a>, SnapshotError>;

    fn asked(self, snapshot: &'a Snapshot) -> Self::Asked {
        let outsider = snapshot.outsider(self.json())?;
        Ok(Subject::new(snapshot, "", Some(outsider)))
    }
}

mod sealed {
    #[expect(unnameable_types, reason = "so that no one else can implement it")]
    pub trait Sealed {}

    impl Sealed for &str {}
    impl Sealed for &alloc::string::String {}
    impl Sealed for &crate::person::Person {}
}

/// A user, a moment and a context: what questions are asked with.
pub struct Subject<'a> {
    snapshot: &'a Snapshot,
    user: &'a str,
    /// In place of the user, somebody whom the snapshot need not list.
    outsider: Option<Outsider>,
    now: f64,
    context: &'a dyn Attributes,
    bounds: Bounds,
    zones: &'a dyn Zones,
    /// What its roles grant, as far as it was asked.
    kept: Rc<Kept>,
}

impl<'a> Subject<'a> {
    fn new(snapshot: &'a Snapshot, user: &'a str, outsider: Option<Outsider>) -> Self {
        Subject {
            snapshot,
            user,
            outsider,
            now: 0.0,
            context: &NoAttributes,
            bounds: Bounds::default(),
            zones: &HostZones,
            kept: Rc::default(),
        }
    }

    /// Who it is.
    #[must_use]
    pub fn user(&self) -> &str {
        self.outsider.as_ref().map_or(self.user, Outsider::id)
    }

    /// The roles that a [`Person`] names and the snapshot does not have, each once. They give nothing.
    #[must_use]
    pub fn unknown_roles(&self) -> &[String] {
        self.outsider.as_ref().map_or(&[], |outsider| &outsider.unknown.roles)
    }

    /// The teams that a [`Person`] names and the snapshot does not have, each once. They give nothing.
    #[must_use]
    pub fn unknown_teams(&self) -> &[String] {
        self.outsider.as_ref().map_or(&[], |outsider| &outsider.unknown.teams)
    }

    /// The part of the snapshot that matters to the subject, as [`Snapshot::narrow`] gives it: there a
    /// [`Person`] is a user who is listed.
    #[must_use]
    pub fn narrow(&self) -> String {
        narrow::narrow(self.engine(), self.user())
    }

    /// Sets the clock, in milliseconds since the epoch.
    #[must_use]
    pub fn at(mut self, now: f64) -> Self {
        self.now = now;
        self
    }

    /// Sets what conditions see as `context.*`.
    #[must_use]
    pub fn context(mut self, context: &'a dyn Attributes) -> Self {
        self.context = context;
        self
    }

    /// Sets the session roles: only assignments of these grant; denials of all roles still count.
    #[must_use]
    pub fn roles(mut self, roles: &[String]) -> Self {
        self.bounds.roles = Bounds::new(self.snapshot.model(), Some(roles), &[]).roles;
        self
    }

    /// Adds an upper bound: permission ids, `category.*` or `*`.
    #[must_use]
    pub fn limit(mut self, limit: &[String]) -> Self {
        self.bounds.limits.extend(Bounds::new(self.snapshot.model(), None, &[limit.to_vec()]).limits);
        self
    }

    /// Sets where time zones come from.
    #[must_use]
    pub fn zones(mut self, zones: &'a dyn Zones) -> Self {
        self.zones = zones;
        self
    }

    /// Whether the subject may do this, on this.
    #[must_use]
    pub fn can(&self, permission: &str, on: On<'_>) -> bool {
        let moment = self.moment();
        self.asked(permission, on, |asked| moment.decide(permission, asked).reason == Reason::Granted)
    }

    /// The same answer with its reason.
    #[must_use]
    pub fn explain(&self, permission: &str, on: On<'_>) -> Explanation {
        let moment = self.moment();
        self.asked(permission, on, |asked| moment.explain(permission, asked))
    }

    /// What would have to change so that the answer is "yes": a short list of changes, and whether the search
    /// came to its end. It has a fixed budget of steps, so that what it gives does not depend on the machine.
    #[must_use]
    pub fn remedies(&self, permission: &str, on: On<'_>) -> Remedies {
        let moment = self.moment_of(self.engine(), self.user(), Rc::default());
        self.asked(permission, on, |asked| moment.remedies(permission, asked))
    }

    /// All users who may do this, on this, whoever the subject is: asked with its clock, context, session
    /// roles and limit. In document order.
    ///
    /// # Errors
    ///
    /// If that takes more than a budget of steps, which is far beyond real tenants and does not depend on the
    /// machine.
    pub fn who_can(&self, permission: &str, on: On<'_>) -> Result<Vec<&'a str>, TooComplex> {
        let moment = self.moment_of(&self.snapshot.engine, "", Rc::default());
        let users = self.asked(permission, on, |asked| moment.who_can(permission, asked));
        users.map(|users| self.snapshot.names(users))
    }

    /// Puts a question as the engine asks it.
    fn asked<T>(&self, permission: &str, on: On<'_>, ask: impl FnOnce(Asked<'_>) -> T) -> T {
        match on {
            On::Anything => ask(Asked::WithoutRecord),
            On::Unknown => ask(Asked::On(&RecordOwners::default(), Record::Unknown)),
            On::Record(record) => {
                let owners = RecordOwners::read(&self.engine().model, self.resource_type(permission), record);
                ask(Asked::On(&owners, Record::Known(record)))
            }
        }
    }

    /// On which records the subject may do this.
    #[must_use]
    pub fn scope(&self, permission: &str) -> Scope<'_> {
        let moment = self.moment();
        let id = self.snapshot.model().permission(permission);
        let parts = id.map_or_else(Vec::new, |id| moment.scope(id));
        Scope { moment, resource_type: self.resource_type(permission), parts }
    }

    /// The next moment (milliseconds since the epoch) at which an answer may change by time alone: infinity
    /// if there is none. What the record's own times do is told by [`Subject::until`].
    #[must_use]
    pub fn valid_until(&self) -> f64 {
        self.moment().valid_until()
    }

    /// The same for one question, about a record as it is now.
    #[must_use]
    pub fn until(&self, permission: &str, on: On<'_>) -> f64 {
        let moment = self.moment();
        self.asked(permission, on, |asked| moment.until(permission, asked))
    }

    /// The resource type of a permission, if there is the permission.
    fn resource_type(&self, permission: &str) -> Option<ResourceTypeId> {
        let model = self.snapshot.model();
        let declared = model.permission(permission).and_then(|id| model.catalog.permissions.get(id.index()));
        declared.map(|declared| declared.resource_type)
    }

    fn engine(&self) -> &Engine {
        self.outsider.as_ref().map_or(&self.snapshot.engine, |outsider| &outsider.engine)
    }

    fn moment(&self) -> Moment<'_> {
        self.moment_of(self.engine(), self.user(), Rc::clone(&self.kept))
    }

    fn moment_of<'s>(&'s self, engine: &'s Engine, user: &str, kept: Rc<Kept>) -> Moment<'s> {
        Moment::new(engine, user, &self.bounds, self.now, Some(self.context), self.zones, kept)
    }
}

impl fmt::Debug for Subject<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Subject").field("user", &self.user()).field("now", &self.now).finish_non_exhaustive()
    }
}

/// On which records a permission is allowed: a record matches if in every part some alternative and no
/// exclusion applies to it.
///
/// ```
/// use rolegate::{Json, ScopeKind, Snapshot};
///
/// let snapshot = Snapshot::from_json(br#"{
///   "format": "rolegate/1", "revision": 1,
///   "catalog": { "categories": [{ "id": "c", "permissions": [{ "id": "c.view", "scopes": ["own", "all"] }] }] },
///   "roles": [{ "id": "r", "name": "R", "grants": { "c.view": "own" } }],
///   "users": [{ "id": "ana", "roles": ["r"] }, { "id": "bo" }]
/// }"#)?;
/// let ana = snapshot.subject("ana").at(1_795_000_000_000.0);
/// let scope = ana.scope("c.view");
/// let mine = Json::parse(br#"{ "owner": "ana" }"#).unwrap();
/// let other = Json::parse(br#"{ "owner": "bo" }"#).unwrap();
/// assert_eq!(scope.kind(), ScopeKind::Some);
/// assert!(scope.matches(Some(&mine)) && !scope.matches(Some(&other)));
/// # Ok::<(), rolegate::SnapshotError>(())
/// ```
pub struct Scope<'a> {
    moment: Moment<'a>,
    resource_type: Option<ResourceTypeId>,
    parts: Vec<Part>,
}

/// The three-way answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScopeKind {
    /// Every record.
    All,
    /// Some records.
    Some,
    /// No record.
    None,
}

impl Scope<'_> {
    /// Whether every record matches, some or none.
    #[must_use]
    pub fn kind(&self) -> ScopeKind {
        if self.parts.is_empty() {
            return ScopeKind::None;
        }
        if self.parts.iter().all(Part::is_everything) { ScopeKind::All } else { ScopeKind::Some }
    }

    /// Whether a record matches; of one that is unknown, whether every record does.
    #[must_use]
    pub fn matches(&self, record: Option<&dyn Attributes>) -> bool {
        let model = self.moment.model();
        let owners = record.map_or_else(RecordOwners::default, |record| {
            RecordOwners::read(model, self.resource_type, record)
        });
        let standing = self.moment.standing(&owners);
        let facts = self.moment.facts(record.map_or(Record::Unknown, Record::Known));
        let holds = |part: &Part| {
            part.any.iter().any(|clause| self.moment.alternative_applies(clause, standing, &facts))
                && !part.none.iter().any(|clause| self.moment.exclusion_applies(clause, standing, &facts))
        };
        !self.parts.is_empty() && self.parts.iter().all(holds)
    }
}

impl fmt::Debug for Scope<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scope").field("kind", &self.kind()).finish_non_exhaustive()
    }
}

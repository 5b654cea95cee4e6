//! What a page for a role shows: every permission with what the role grants of it, where that comes from, and
//! whether it can be changed.
//!
//! Whether it can be changed is not worked out here: the change is tried, as [`Draft::can`] does it. It is
//! tried on a snapshot in which only one of all people who are alike is left, so that a page for a role that
//! thousands have is made as fast as others.

use alloc::borrow::ToOwned;
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::error::{AdminError, Obstacle, ObstacleCode};
use super::place::Place;
use super::shallow::{List, Object, quoted};
use super::traits::Traits;
use super::{Actor, Draft, DraftError, Operation, Options, usage};
use crate::attributes::Json;
use crate::collections::marks::Marks;
use crate::collections::span::within;
use crate::compile::{Compiled, Grant, Origin};
use crate::ids::{CategoryId, Id, PermissionId, RoleId, UserId, all, id};
use crate::model::{Level, Model, Permission, Role, Target};
use crate::snapshot::Snapshot;

/// Who looks at a form, and when.
#[derive(Clone, Debug, Default)]
pub struct FormOptions<'a> {
    /// Who would make the changes; without one, what depends on it is left out.
    pub actor: Option<Actor>,
    /// The clock, in milliseconds since the epoch.
    pub now: f64,
    /// Of a role that is not there yet: its type, where there are types; else the first one.
    pub role_type: Option<&'a str>,
}

/// What a page for a role shows.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Form {
    /// The role as the snapshot has it, as JSON; without one, a role that is not there yet.
    pub role: Option<String>,
    /// The type of the role.
    pub role_type: Option<String>,
    /// All types of roles.
    pub types: Vec<String>,
    /// How many listed users are assigned the role.
    pub users: usize,
    /// The categories, in the order of the catalog.
    pub categories: Vec<FormCategory>,
    /// How many permissions the role grants.
    pub granted: usize,
    /// How many there are that it may hold.
    pub total: usize,
}

/// A category of a form.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct FormCategory {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: Option<String>,
    /// What it is about.
    pub description: Option<String>,
    /// The state of "select all".
    pub selected: Selected,
    /// How many permissions of it the role grants.
    pub granted: usize,
    /// How many there are that it may hold.
    pub total: usize,
    /// Whether all can be selected, or none where all are; of a role that is not there yet it is not told.
    pub toggle: Option<Toggle>,
    /// Its permissions, in the order of the catalog.
    pub permissions: Vec<FormPermission>,
}

/// How many of the permissions of a category are granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Selected {
    /// All that the role may hold.
    All,
    /// Some of them.
    Some,
    /// None of them.
    None,
}

/// Where a grant comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// The role's own entry for the permission.
    Own,
    /// The role's own entry for the category.
    Category,
    /// The role's own entry for everything.
    All,
    /// A role that it inherits.
    Inherited(String),
    /// A permission that it grants and that implies this one.
    Implied(String),
}

/// A permission of a form.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct FormPermission {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// Whether the catalog calls it sensitive.
    pub sensitive: bool,
    /// Its levels; none of a tenant-level permission.
    pub levels: Vec<FormLevel>,
    /// The widest level at which the role grants it; a tenant-level permission at `all`.
    pub granted: Option<Level>,
    /// Whether every grant at that level has a condition.
    pub conditional: bool,
    /// Where that grant comes from.
    pub source: Option<Source>,
    /// Whether the role denies it: always, or under conditions.
    pub denied: Option<bool>,
    /// What it requires.
    pub requires: Vec<String>,
    /// What it implies.
    pub implies: Vec<String>,
    /// Whether it can be granted, or taken away where it is granted.
    pub toggle: Toggle,
}

/// A level of a permission of a form.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct FormLevel {
    /// The level.
    pub level: Level,
    /// Whether it is the widest at which the role grants the permission.
    pub selected: bool,
    /// Whether the permission can be granted at this level instead.
    pub toggle: Toggle,
}

/// Whether something can be changed.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Toggle {
    /// The value for the entry of the permission that makes the change, as JSON; `null` takes the entry away.
    pub value: String,
    /// Why not: `locked`, `type`, `standardOnly`, `plan`, or the code of the first obstacle.
    pub why: Option<&'static str>,
    /// The first of what the change is refused with, and the first people who are in the way. What the plan does not
    /// have could be granted, to no effect.
    pub refused: Option<AdminError>,
}

impl Toggle {
    /// Whether it can be.
    #[must_use]
    pub fn is_allowed(&self) -> bool {
        self.why.is_none()
    }
}

/// The form of a role, or, without an id, of a role that is not there yet; nothing if there is no such role.
///
/// # Errors
/// If the actor is refused.
pub fn role_form(
    snapshot: &Snapshot,
    role: Option<&str>,
    options: &FormOptions<'_>,
) -> Result<Option<Form>, DraftError> {
    let model = snapshot.model();
    let found = role.and_then(|role| model.role(role));
    if role.is_some() && found.is_none() {
        return Ok(None);
    }
    let maker = Maker::new(snapshot, found, options)?;
    Ok(Some(maker.form()))
}

struct Maker<'a> {
    snapshot: &'a Snapshot,
    model: &'a Model,
    compiled: Compiled<'a>,
    role: Option<(RoleId, &'a Role, Place<'a>)>,
    role_type: Option<String>,
    types: Vec<String>,
    trial: Draft,
    has_actor: bool,
    /// An id and a name that no role has.
    fresh: String,
}

impl<'a> Maker<'a> {
    fn new(
        snapshot: &'a Snapshot,
        role: Option<RoleId>,
        options: &FormOptions<'_>,
    ) -> Result<Self, DraftError> {
        let model = snapshot.model();
        let document = Place::of(model.document.source());
        let place = role.and_then(|role| document.list("roles").nth(role.index()));
        let found = role.and_then(|id| Some((id, model.roles.get(id.index())?, place?)));
        let types = document.get("catalog").into_iter().flat_map(|catalog| catalog.list("roleTypes"));
        let types: Vec<String> = types.filter_map(|name| Some(name.string()?.into_owned())).collect();
        let role_type = match found {
            Some((_, _, place)) => place.string_at("type").map(alloc::borrow::Cow::into_owned),
            None if types.is_empty() => None,
            None => options.role_type.map(ToOwned::to_owned).or_else(|| types.first().cloned()),
        };
        let actor = options.actor.clone().unwrap_or_else(|| Actor::User(String::new()));
        let name = match &actor {
            Actor::User(name) => name,
            Actor::Person(person) => person.id(),
        };
        let mut trial = Draft::of(
            without_doubles(snapshot, role, name).map_err(DraftError::Snapshot)?,
            Options {
                actor: actor.clone(),
                now: options.now,
                permission: None,
                revision: snapshot.revision(),
            },
        )?;
        trial.first_only = true;
        let names: BTreeSet<String> = document
            .list("roles")
            .filter_map(|role| Some(super::names::folded(&role.string_at("name")?)))
            .collect();
        let is_free = |name: &String| model.role(name).is_none() && !names.contains(name);
        let mut candidates = (0..=2 * model.roles.len()).map(|at| format!("new-role-{at}"));
        Ok(Self {
            snapshot,
            model,
            compiled: Compiled::in_any_plan(model, &snapshot.engine.tables),
            role: found,
            role_type,
            types,
            trial,
            has_actor: options.actor.is_some(),
            fresh: candidates.find(is_free).unwrap_or_default(),
        })
    }

    fn form(&self) -> Form {
        let document = Place::of(self.model.document.source());
        let categories = document.get("catalog").into_iter().flat_map(|catalog| catalog.list("categories"));
        let categories: Vec<FormCategory> =
            categories.enumerate().map(|(at, place)| self.category(id(at), place)).collect();
        Form {
            role: self.role.map(|(_, _, place)| place.text().to_owned()),
            role_type: self.role_type.clone(),
            types: self.types.clone(),
            users: self.role.map_or(0, |(role, _, _)| usage::of(self.snapshot, role).users),
            granted: categories.iter().map(|category| category.granted).sum(),
            total: categories.iter().map(|category| category.total).sum(),
            categories,
        }
    }

    fn category(&self, category: CategoryId, place: Place<'a>) -> FormCategory {
        let mut permissions = Vec::new();
        let (mut granted, mut total) = (0, 0);
        for (permission, place) in self.model.about(Target::Category(category)).zip(place.list("permissions"))
        {
            let Some(declared) = self.model.catalog.permissions.get(permission.index()) else { continue };
            let shown = self.permission(permission, declared, place);
            if self.may_hold(permission, declared, place).is_none() {
                total += 1;
                granted += usize::from(shown.granted.is_some());
            }
            permissions.push(shown);
        }
        let selected = match granted {
            0 => Selected::None,
            _ if granted == total => Selected::All,
            _ => Selected::Some,
        };
        let id = text_at(place, "id").unwrap_or_default();
        let toggle = self.role.map(|(_, role, _)| {
            let operation = Operation::SelectCategory {
                role: self.model.str(role.id).to_owned(),
                category: id.clone(),
                selected: selected != Selected::All,
                live: false,
            };
            self.tried((selected != Selected::All).to_string(), &operation, None)
        });
        let (title, description) = (text_at(place, "title"), text_at(place, "description"));
        FormCategory { id, title, description, selected, granted, total, toggle, permissions }
    }

    /// Why the role can never hold a permission, or not on this plan.
    fn may_hold(&self, id: PermissionId, declared: &Permission, place: Place<'_>) -> Option<&'static str> {
        if declared.standard_only && !self.role.is_some_and(|(_, role, _)| role.standard) {
            return Some("standardOnly");
        }
        let mut allowed = place.list("roleTypes").filter_map(Place::string).peekable();
        if let (Some(of), Some(_)) = (&self.role_type, allowed.peek())
            && !allowed.any(|name| name == **of)
        {
            return Some("type");
        }
        let in_plan = Compiled::new(self.model, &self.snapshot.engine.tables).has(id);
        (!in_plan).then_some("plan")
    }

    fn permission(&self, id: PermissionId, declared: &Permission, place: Place<'_>) -> FormPermission {
        let grants: Vec<Grant> =
            self.role.map(|(role, _, _)| self.compiled.grants(role, id).collect()).unwrap_or_default();
        let widest = grants.iter().max_by_key(|grant| (grant.level, grant.when.is_none()));
        let name = self.model.str(declared.id);
        let why = self.may_hold(id, declared, place);
        let set = |value: String| self.tried_entry(name, value, why);
        let levels: Vec<FormLevel> = Level::ALL
            .into_iter()
            .filter(|level| declared.levels.has(*level))
            .map(|level| FormLevel {
                level,
                selected: widest.is_some_and(|widest| widest.level == level),
                toggle: set(quoted(level.as_str())),
            })
            .collect();
        let toggle = match widest {
            Some(_) => self.tried_entry(name, self.without(id), None),
            None => on(&levels).unwrap_or_else(|| set("true".into())),
        };
        let name_of = |id: PermissionId| {
            self.model.catalog.permissions.get(id.index()).map_or("", |it| self.model.str(it.id)).to_owned()
        };
        FormPermission {
            id: name.to_owned(),
            title: text_at(place, "title"),
            description: text_at(place, "description"),
            sensitive: place.is_true("sensitive"),
            granted: widest.map(|widest| widest.level),
            conditional: widest.is_some_and(|widest| widest.when.is_some()),
            source: widest.and_then(|widest| self.source(id, declared, *widest)),
            denied: self.denied(id),
            requires: self.model.requires(id).iter().map(|required| name_of(required.permission)).collect(),
            implies: self.model.implies(id).iter().map(|implied| name_of(*implied)).collect(),
            levels,
            toggle,
        }
    }

    fn denied(&self, id: PermissionId) -> Option<bool> {
        let denials = self.compiled.denials(self.role?.0, id);
        (!denials.is_empty()).then(|| denials.iter().any(|(_, denial)| denial.when.is_none()))
    }

    /// The role's own entry that decides about a permission.
    fn own_entry(&self, id: PermissionId, declared: &Permission) -> Option<Target> {
        let (_, role, _) = self.role?;
        let targets = [Target::Permission(id), Target::Category(declared.category), Target::All];
        targets.into_iter().find(|target| {
            let at = role.grants.binary_search_by_key(target, |entry| entry.target);
            at.ok().and_then(|at| role.grants.get(at)).is_some_and(|entry| !entry.is_absent_for(declared))
        })
    }

    fn source(&self, id: PermissionId, declared: &Permission, grant: Grant) -> Option<Source> {
        let (role, _, _) = self.role?;
        let name = |at: PermissionId| {
            self.model.catalog.permissions.get(at.index()).map_or("", |it| self.model.str(it.id)).to_owned()
        };
        match self.compiled.trace(role, id, grant).first() {
            Some(Origin::Inherited(parent)) => {
                let parent = self.model.roles.get(parent.index())?;
                Some(Source::Inherited(self.model.str(parent.id).to_owned()))
            }
            Some(Origin::Implied(from)) => Some(Source::Implied(name(*from))),
            None => self.own_entry(id, declared).map(|target| match target {
                Target::Permission(_) => Source::Own,
                Target::Category(_) => Source::Category,
                Target::All => Source::All,
            }),
        }
    }

    /// The value for the entry of a permission that takes it away: no entry, where nothing else grants it.
    fn without(&self, id: PermissionId) -> String {
        let (Some((_, role, _)), Some(declared)) =
            (self.role, self.model.catalog.permissions.get(id.index()))
        else {
            return "null".into();
        };
        let has = |target: Target| role.grants.binary_search_by_key(&target, |entry| entry.target).is_ok();
        let comes_otherwise = has(Target::Category(declared.category))
            || has(Target::All)
            || self.compiled.leading_to(id).len() > 1
            || role.inherits.iter().any(|parent| self.compiled.grants_any(*parent, id));
        if comes_otherwise { "false".into() } else { "null".into() }
    }

    fn tried_entry(&self, permission: &str, value: String, why: Option<&'static str>) -> Toggle {
        let mut grants = Object::default();
        grants.set(permission, value.clone());
        let mut changes = Object::default();
        changes.set("grants", grants.text());
        let json = |object: &Object<'_>| Json::parse(object.text().as_bytes());
        let operation = if let Some((_, role, _)) = self.role {
            let role = self.model.str(role.id).to_owned();
            json(&changes).map(|changes| Operation::UpdateRole { role, changes })
        } else {
            changes.set_string("id", &self.fresh);
            changes.set_string("name", &self.fresh);
            if let Some(of) = &self.role_type {
                changes.set_string("type", of);
            }
            json(&changes).map(|role| Operation::CreateRole { role })
        };
        match operation {
            Some(operation) => self.tried(value, &operation, why),
            None => Toggle { value, why: Some("invalid"), refused: None },
        }
    }

    /// Whether an operation can be done, and if not, why.
    fn tried(&self, value: String, operation: &Operation, why: Option<&'static str>) -> Toggle {
        if let Some((_, role, place)) = self.role
            && place.is_true("locked")
        {
            let message = format!("the role `{}` is locked", self.model.str(role.id));
            let refused = Obstacle::new(ObstacleCode::RoleLocked, message).into();
            return Toggle { value, why: Some("locked"), refused: Some(refused) };
        }
        let refused = self.trial.can(operation).err().and_then(|mut error| {
            let needs_actor = |code| matches!(code, ObstacleCode::Escalation | ObstacleCode::Outranked);
            error.obstacles.retain(|obstacle| self.has_actor || !needs_actor(obstacle.code));
            (!error.obstacles.is_empty()).then_some(error)
        });
        let why = why.or_else(|| refused.as_ref().map(|error| error.code().as_str()));
        Toggle { value, why, refused }
    }
}

/// How a permission with levels is granted: as far as can be; none of a tenant-level one.
fn on(levels: &[FormLevel]) -> Option<Toggle> {
    let widest = levels.iter().rev().find(|level| level.toggle.is_allowed());
    widest.or(levels.last()).map(|level| level.toggle.clone())
}

fn text_at(place: Place<'_>, key: &str) -> Option<String> {
    place.string_at(key).map(alloc::borrow::Cow::into_owned)
}

/// A snapshot in which, of people who have a role, or one that inherits it, and are alike, one is left, and the
/// actor. Changes of what the role grants are allowed and refused as in the whole.
fn without_doubles(
    snapshot: &Snapshot,
    role: Option<RoleId>,
    actor: &str,
) -> Result<Snapshot, crate::error::SnapshotError> {
    let model = snapshot.model();
    let mut heirs = Marks::new(model.roles.len());
    for id in &model.role_order {
        let inherits = model.roles.get(id.index()).map_or(&[][..], |role| &role.inherits);
        if Some(*id) == role || inherits.iter().any(|parent| heirs.has(*parent)) {
            heirs.add(*id);
        }
    }
    let of_everyone = within(&model.assignments, model.everyone).iter().any(|it| heirs.has(it.role));
    let traits = Traits::of(model);
    let mut known: BTreeSet<Vec<u8>> = BTreeSet::new();
    let mut document = Object::parse(model.document.source());
    let users = document.taken("users").unwrap_or("[]".into());
    let mut kept = Vec::new();
    for (at, text) in all::<UserId>(model.users.len()).zip(List::parse(&users).0) {
        let Some(user) = model.users.get(at.index()) else { continue };
        let has_role = || model.assignments_of(user)[0].iter().any(|it| heirs.has(it.role));
        let mut is_new = || {
            let mut key = Vec::new();
            traits.push(&mut key, model, Some(at));
            known.insert(key)
        };
        if model.str(user.id) == actor || (of_everyone || has_role()) && is_new() {
            kept.push(text.into_owned());
        }
    }
    if kept.len() == model.users.len() {
        return Snapshot::from_json(model.document.source().as_bytes());
    }
    document.set("users", List::of(kept.into_iter()).text());
    Snapshot::from_json(document.text().as_bytes())
}

//! Making the model of rows, which say nothing that is not declared, free of cycles and allowed.

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::num::NonZeroU32;

use super::level::{Level, Levels};
use super::{
    Alternative, Assignment, Catalog, Category, Denial, Entry, KeyOffsets, Model, Permission, Requirement,
    ResourceType, Role, Rules, Target, Team, User,
};
use crate::collections::graph;
use crate::collections::list::Listed;
use crate::collections::sort::sort_by;
use crate::collections::span::{span, span_from, within};
use crate::condition::Conditions;
use crate::condition::build::Builder;
use crate::format::rows::Rows;
use crate::format::table::{
    Kind, alternative, assignment, category, denial, grant, permission, resource_type, role, snapshot, team,
    titles, user,
};
use crate::ids::{
    CategoryId, ConditionId, Id, PermissionId, RangeOf, ResourceTypeId, RoleId, RoleTypeId, TeamId, WindowId,
    id,
};
use crate::json::text::{Address, Document, Text};
use crate::time::Window;

/// Makes the model of a document.
pub(crate) fn build(document: Document, rows: Rows) -> Model {
    let mut builder = ModelBuilder { document, rows, conditions: Conditions::default(), windows: Vec::new() };
    let catalog = builder.catalog();
    let teams = builder.all(Kind::Team, ModelBuilder::team);
    let roles = builder.all(Kind::Role, ModelBuilder::role);
    let role_order = order(&roles, |role| role.inherits.iter().map(|id| id.index()).listed());
    // What is most in a large tenant: each table is dropped before the next is made.
    let mut user_teams = Vec::new();
    let users = builder.users(&mut user_teams);
    builder.rows.clear(Kind::User);
    let assignments = builder.all(Kind::Assignment, ModelBuilder::assignment);
    builder.rows.clear(Kind::Assignment);
    let ModelBuilder { document, mut rows, conditions, windows } = builder;
    let get = |slot| rows.get(Kind::Snapshot, 0, slot);
    let text = |slot| Some(get(slot)).filter(|text| *text != 0).map(|text| document.text(text));
    let time = |slot| Some(get(slot)).filter(|time| *time != 0).map(|time| rows.number(time));
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "an integer from 0 to 2^53-1"
    )]
    let revision = rows.number(get(snapshot::REVISION)) as u64;
    let (tenant, plan) = (text(snapshot::TENANT), text(snapshot::PLAN));
    let (issued_at, expires_at) = (time(snapshot::ISSUED_AT), time(snapshot::EXPIRES_AT));
    let everyone = RangeOf::new(get(snapshot::EVERYONE_FROM)..get(snapshot::EVERYONE_TO));
    let shared = Rules {
        everyone_weight: get(snapshot::EVERYONE_WEIGHT),
        has_denials: roles.iter().any(|role| !role.deny.is_empty()),
        key_offsets: KeyOffsets(core::mem::take(&mut rows.key_offsets)),
        tenant,
        revision,
        issued_at,
        expires_at,
        plan,
        catalog,
        roles,
        role_names: rows.take_names(Kind::Role),
        role_order,
    };
    Model {
        rules: Arc::new(shared),
        teams: Arc::new(teams),
        team_names: Arc::new(rows.take_names(Kind::Team)),
        users,
        user_names: rows.take_names(Kind::User),
        everyone,
        conditions: Arc::new(conditions),
        assignments,
        windows,
        user_teams,
        document: Arc::new(document),
    }
}

struct ModelBuilder {
    document: Document,
    rows: Rows,
    conditions: Conditions,
    windows: Vec<Window>,
}

impl ModelBuilder {
    /// Makes something of all rows of a kind.
    fn all<T>(&mut self, kind: Kind, make: fn(&mut Self, u32) -> T) -> Vec<T> {
        let count = self.rows.count(kind);
        let mut list = Vec::with_capacity(count as usize);
        for row in 0..count {
            list.push(make(self, row));
        }
        list
    }

    fn text(&self, address: Address) -> Text {
        self.document.text(address)
    }

    fn texts(&self, list: u32) -> impl Iterator<Item = Text> {
        self.rows.list(list).iter().map(|text| self.document.text(*text))
    }

    fn condition(&mut self, when: u32) -> Option<ConditionId> {
        let at = self.rows.span_start(when)?;
        Some(Builder::new(&mut self.document, &mut self.conditions).whole(at))
    }

    fn catalog(&mut self) -> Catalog {
        let mut catalog = Catalog {
            categories: self.all(Kind::Category, Self::category),
            category_names: self.rows.take_names(Kind::Category),
            permissions: Vec::with_capacity(self.rows.count(Kind::Permission) as usize),
            permission_names: self.rows.take_names(Kind::Permission),
            types: Vec::new(),
            level_titles: [titles::OWN, titles::TEAM, titles::ALL].map(|slot| {
                Some(self.rows.get(Kind::Titles, 0, slot))
                    .filter(|text| *text != 0)
                    .map(|text| self.text(text))
            }),
            requires_order: Vec::new(),
            requires: Vec::new(),
            implies: Vec::new(),
            implied_by: Vec::new(),
            permission_role_types: Vec::new(),
            permission_plans: Vec::new(),
            paths: Vec::new(),
        };
        for row in 0..self.rows.count(Kind::Type) {
            let get = |slot| self.rows.get(Kind::Type, row, slot);
            let made = ResourceType {
                owner: span(&mut catalog.paths, self.texts(get(resource_type::OWNER))),
                team: span(&mut catalog.paths, self.texts(get(resource_type::TEAM))),
            };
            catalog.types.push(made);
        }
        for row in 0..self.rows.count(Kind::Permission) {
            let made = self.permission(row, &mut catalog);
            for implied in within(&catalog.implies, made.implies) {
                catalog.implied_by.push((*implied, PermissionId::of(row)));
            }
            catalog.permissions.push(made);
        }
        sort_by(&mut catalog.implied_by, Ord::cmp);
        catalog.requires_order = order(&catalog.permissions, |it| {
            within(&catalog.requires, it.requires).iter().map(|it| it.permission.index()).listed()
        });
        catalog
    }

    fn category(&mut self, row: u32) -> Category {
        let get = |slot| self.rows.get(Kind::Category, row, slot);
        Category {
            id: self.text(get(category::ID)),
            permissions: RangeOf::new(get(category::PERMISSIONS_FROM)..get(category::PERMISSIONS_TO)),
        }
    }

    fn permission(&self, row: u32, catalog: &mut Catalog) -> Permission {
        let get = |slot| self.rows.get(Kind::Permission, row, slot);
        let list = |slot| self.rows.list(get(slot)).iter();
        let requirement =
            |entry: &u32| Requirement { permission: PermissionId::of(entry >> 1), same: entry & 1 == 1 };
        let requires = span(&mut catalog.requires, list(permission::REQUIRES).map(requirement));
        let implies =
            span(&mut catalog.implies, list(permission::IMPLIES).map(|row| PermissionId::of(row - 1)));
        let (role_types, plans) = (get(permission::ROLE_TYPES), get(permission::PLANS));
        Permission {
            id: self.text(get(permission::ID)),
            category: CategoryId::of(get(permission::CATEGORY) - 1),
            resource_type: ResourceTypeId::of(get(permission::TYPE) - 1),
            levels: Levels::of(get(permission::LEVELS)),
            standard_only: get(permission::STANDARD_ONLY) == 1,
            plans: (plans != 0).then(|| span(&mut catalog.permission_plans, self.texts(plans))),
            requires,
            implies,
            role_types: (role_types != 0).then(|| {
                let rows = list(permission::ROLE_TYPES).map(|row| RoleTypeId::of(row - 1));
                span(&mut catalog.permission_role_types, rows)
            }),
        }
    }

    fn team(&mut self, row: u32) -> Team {
        let get = |slot| self.rows.get(Kind::Team, row, slot);
        Team {
            id: self.text(get(team::ID)),
            parent: reference(get(team::PARENT)),
            enter: get(team::ENTER),
            leave: get(team::LEAVE),
        }
    }

    fn role(&mut self, row: u32) -> Role {
        let get = |slot| self.rows.get(Kind::Role, row, slot);
        let (grants, denials) =
            (get(role::GRANTS_FROM)..get(role::GRANTS_TO), get(role::DENY_FROM)..get(role::DENY_TO));
        let mut made = Role {
            id: self.text(get(role::ID)),
            of_type: reference(get(role::TYPE_OF)),
            standard: get(role::STANDARD) == 1,
            weight: get(role::WEIGHT),
            inherits: self.rows.list(get(role::INHERITS)).iter().map(|row| RoleId::of(row - 1)).listed(),
            grants: Vec::with_capacity(grants.len()),
            deny: Vec::with_capacity(denials.len()),
        };
        for row in grants {
            made.grants.push(self.entry(row));
        }
        sort_by(&mut made.grants, |a, b| a.target.cmp(&b.target));
        for row in denials {
            let target = target(self.rows.get(Kind::Denial, row, denial::TARGET));
            let when = self.condition(self.rows.get(Kind::Denial, row, denial::WHEN));
            made.deny.push(Denial { target, when });
        }
        made
    }

    fn entry(&mut self, row: u32) -> Entry {
        let get = |slot| self.rows.get(Kind::Grant, row, slot);
        let (key, range) = (get(grant::TARGET), get(grant::ALTERNATIVES_FROM)..get(grant::ALTERNATIVES_TO));
        let mut alternatives = Vec::with_capacity(range.len());
        for row in range {
            let level = Level::numbered(self.rows.get(Kind::Alternative, row, alternative::LEVEL));
            let when = self.condition(self.rows.get(Kind::Alternative, row, alternative::WHEN));
            alternatives.push(Alternative { level, when });
        }
        Entry { target: target(key), alternatives }
    }

    fn users(&mut self, user_teams: &mut Vec<TeamId>) -> Vec<User> {
        let offsets = core::mem::take(&mut self.rows.user_offsets);
        let mut users = Vec::with_capacity(offsets.len());
        for (row, at) in (0..).zip(offsets) {
            let get = |slot| self.rows.get(Kind::User, row, slot);
            let first = user_teams.len();
            for team in self.rows.list(get(user::TEAMS)) {
                user_teams.push(TeamId::of(team - 1));
            }
            users.push(User {
                at,
                id: self.text(get(user::ID)),
                teams: span_from(first, user_teams),
                unknown_teams: 0,
                assignments: RangeOf::new(get(user::ROLES_FROM)..get(user::ROLES_TO)),
                attributes: self.attributes(get(user::ATTRIBUTES)),
                disabled: get(user::DISABLED) == 1,
            });
        }
        users
    }

    fn attributes(&self, span: u32) -> Option<NonZeroU32> {
        let at = self.rows.span_start(span)?;
        u32::try_from(at).ok().and_then(NonZeroU32::new)
    }

    fn assignment(&mut self, row: u32) -> Assignment {
        let get = |slot| self.rows.get(Kind::Assignment, row, slot);
        let time = |slot, open| if get(slot) == 0 { open } else { self.rows.number(get(slot)) };
        let window = Window {
            from: time(assignment::FROM, Window::ALWAYS.from),
            until: time(assignment::UNTIL, Window::ALWAYS.until),
        };
        let (role, team, when) = (get(assignment::ROLE), get(assignment::TEAM), get(assignment::WHEN));
        let window =
            (window != Window::ALWAYS).then(|| WindowId::of(span(&mut self.windows, [window]).start));
        Assignment { role: RoleId::of(role - 1), team: reference(team), window, when: self.condition(when) }
    }
}

/// What a slot refers to that holds one more than an index.
fn reference<I: Id>(slot: u32) -> Option<I> {
    slot.checked_sub(1).map(I::of)
}

/// What a grant or a denial is about.
fn target(slot: u32) -> Target {
    match (slot / 2).checked_sub(1) {
        None => Target::All,
        Some(row) if slot.is_multiple_of(2) => Target::Permission(PermissionId::of(row)),
        Some(row) => Target::Category(CategoryId::of(row)),
    }
}

/// An order in which each item comes after those that it refers to.
fn order<T, I: Id>(items: &[T], references: impl Fn(&T) -> Vec<usize>) -> Vec<I> {
    let references: Vec<Vec<usize>> = items.iter().map(references).listed();
    let walk = graph::walk(items.len(), &|node: usize, k: usize| references.get(node)?.get(k).copied());
    walk.order.into_iter().map(id).listed()
}

//! The model: what the rows of a snapshot say, as the engine asks for it. Whatever it says is declared, free
//! of cycles and allowed; nothing is checked again.

pub(crate) mod build;
mod level;
pub(crate) mod outsider;

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::num::NonZeroU32;
use core::ops::Deref;

pub use level::Level;
use level::Levels;

use crate::collections::names::Names;
use crate::collections::span::within;
use crate::condition::Conditions;
use crate::ids::{
    CategoryId, ConditionId, Id, PermissionId, RangeOf, ResourceTypeId, RoleId, RoleTypeId, TeamId, UserId,
    WindowId,
};
use crate::json::text::{Document, Text};
use crate::json::value::end_of;
use crate::time::Window;

/// A snapshot that may be trusted, with its people; or with somebody whom it does not list in their place.
#[derive(Debug)]
pub(crate) struct Model {
    rules: Arc<Rules>,
    pub(crate) document: Arc<Document>,
    pub(crate) teams: Arc<Vec<Team>>,
    pub(crate) team_names: Arc<Names>,
    pub(crate) users: Vec<User>,
    pub(crate) user_names: Names,
    /// Assignments that every user has.
    pub(crate) everyone: RangeOf<Assignment>,
    pub(crate) conditions: Arc<Conditions>,
    pub(crate) assignments: Vec<Assignment>,
    pub(crate) windows: Vec<Window>,
    pub(crate) user_teams: Vec<TeamId>,
}

/// What is the same for everybody.
#[derive(Debug)]
pub(crate) struct Rules {
    pub(crate) key_offsets: KeyOffsets,
    pub(crate) tenant: Option<Text>,
    pub(crate) revision: u64,
    pub(crate) issued_at: Option<f64>,
    pub(crate) expires_at: Option<f64>,
    pub(crate) plan: Option<Text>,
    pub(crate) catalog: Catalog,
    pub(crate) roles: Vec<Role>,
    pub(crate) role_names: Names,
    /// All roles, each after those that it inherits.
    pub(crate) role_order: Vec<RoleId>,
    has_denials: bool,
    /// What everyone is assigned weighs so much: see `format::limits`.
    everyone_weight: u32,
}

impl Deref for Model {
    type Target = Rules;

    fn deref(&self) -> &Rules {
        &self.rules
    }
}

/// Where the values of the keys of the document and of its catalog begin in the source.
#[derive(Debug)]
pub(crate) struct KeyOffsets(Vec<(&'static str, usize)>);

impl KeyOffsets {
    pub(crate) fn of(&self, key: &str) -> Option<usize> {
        self.0.iter().find(|known| known.0 == key).map(|known| known.1)
    }
}

/// What permissions exist.
#[derive(Debug)]
pub(crate) struct Catalog {
    pub(crate) categories: Vec<Category>,
    pub(crate) category_names: Names,
    pub(crate) permissions: Vec<Permission>,
    pub(crate) permission_names: Names,
    pub(crate) types: Vec<ResourceType>,
    pub(crate) level_titles: [Option<Text>; 3],
    /// All permissions, each after those that it requires.
    pub(crate) requires_order: Vec<PermissionId>,
    requires: Vec<Requirement>,
    implies: Vec<PermissionId>,
    /// Permissions, each with one that implies it: sorted.
    implied_by: Vec<(PermissionId, PermissionId)>,
    permission_role_types: Vec<RoleTypeId>,
    permission_plans: Vec<Text>,
    paths: Vec<Text>,
}

#[derive(Debug)]
pub(crate) struct Category {
    pub(crate) id: Text,
    pub(crate) permissions: RangeOf<Permission>,
}

#[derive(Debug)]
pub(crate) struct Permission {
    pub(crate) id: Text,
    pub(crate) category: CategoryId,
    pub(crate) resource_type: ResourceTypeId,
    /// The levels that it can be granted at; none for a tenant-level permission.
    pub(crate) levels: Levels,
    pub(crate) standard_only: bool,
    /// The plans that it is part of; none are all.
    pub(crate) plans: Option<RangeOf<Text>>,
    requires: RangeOf<Requirement>,
    implies: RangeOf<PermissionId>,
    pub(crate) role_types: Option<RangeOf<RoleTypeId>>,
}

impl Permission {
    pub(crate) fn is_scoped(&self) -> bool {
        !self.levels.is_empty()
    }

    /// The widest of its levels not wider than `level`; a tenant-level permission is allowed at `all` or
    /// not at all.
    pub(crate) fn level_within(&self, level: Level) -> Option<Level> {
        if self.is_scoped() {
            return self.levels.widest_within(level);
        }
        (level == Level::All).then_some(Level::All)
    }
}

/// A permission that must also be allowed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Requirement {
    pub(crate) permission: PermissionId,
    /// Asked of the same record: its resource type is that of the asking permission, or one of the two
    /// is a dotted prefix of the other.
    pub(crate) same: bool,
}

/// A resource type: where the owner and the team of a record are.
#[derive(Debug)]
pub(crate) struct ResourceType {
    /// Empty where nothing is said: the path `owner`.
    pub(crate) owner: RangeOf<Text>,
    /// Empty where nothing is said: the path `team`.
    pub(crate) team: RangeOf<Text>,
}

/// A team. It covers the teams whose `enter` lies in its `enter..leave` (a walk of the forest).
#[derive(Debug)]
pub(crate) struct Team {
    pub(crate) id: Text,
    pub(crate) parent: Option<TeamId>,
    pub(crate) enter: u32,
    pub(crate) leave: u32,
}

#[derive(Debug)]
pub(crate) struct Role {
    pub(crate) id: Text,
    /// Its role type.
    pub(crate) of_type: Option<RoleTypeId>,
    pub(crate) standard: bool,
    /// How much it weighs with what it inherits: see `format::limits`.
    weight: u32,
    pub(crate) inherits: Vec<RoleId>,
    pub(crate) grants: Vec<Entry>,
    /// Sorted by [`Target::rank`].
    pub(crate) deny: Vec<Denial>,
}

/// What an entry of a role is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Target {
    Permission(PermissionId),
    Category(CategoryId),
    All,
}

/// An entry of `grants`. Without alternatives it is `false`.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) target: Target,
    pub(crate) alternatives: Vec<Alternative>,
}

impl Entry {
    /// Whether it grants nothing for a permission, for want of levels, and so counts as absent.
    pub(crate) fn is_absent_for(&self, permission: &Permission) -> bool {
        let grants = |it: &Alternative| permission.level_within(it.level.unwrap_or(Level::All)).is_some();
        !self.alternatives.is_empty() && !self.alternatives.iter().any(grants)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Alternative {
    /// `None` is the widest level that the permission has.
    pub(crate) level: Option<Level>,
    pub(crate) when: Option<ConditionId>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Denial {
    pub(crate) target: Target,
    pub(crate) when: Option<ConditionId>,
}

#[derive(Debug)]
pub(crate) struct User {
    /// Where the user begins in the source.
    pub(crate) at: u32,
    pub(crate) id: Text,
    pub(crate) teams: RangeOf<TeamId>,
    /// How many teams there are besides that the snapshot does not have.
    pub(crate) unknown_teams: u32,
    pub(crate) assignments: RangeOf<Assignment>,
    /// Where the attributes begin in the source.
    pub(crate) attributes: Option<NonZeroU32>,
    pub(crate) disabled: bool,
}

#[derive(Clone, Copy, Debug)]
#[cfg_attr(feature = "administration", derive(PartialEq, Eq))]
pub(crate) struct Assignment {
    pub(crate) role: RoleId,
    pub(crate) team: Option<TeamId>,
    pub(crate) window: Option<WindowId>,
    pub(crate) when: Option<ConditionId>,
}

impl Assignment {
    /// A role without any limit.
    pub(crate) fn of(role: RoleId) -> Self {
        Self { role, team: None, window: None, when: None }
    }

    /// In place of one that names a role or a team that the snapshot does not have.
    pub(crate) fn of_nothing() -> Self {
        Self::of(RoleId::NONE)
    }

    pub(crate) fn is_of_nothing(&self) -> bool {
        self.role == RoleId::NONE
    }
}

impl Model {
    pub(crate) fn str(&self, text: Text) -> &str {
        self.document.str(text)
    }

    pub(crate) fn permission(&self, name: &str) -> Option<PermissionId> {
        let permissions = &self.catalog.permissions;
        let name_at = |at: usize| permissions.get(at).map(|permission| self.str(permission.id).as_bytes());
        self.catalog.permission_names.find(name.as_bytes(), &name_at).map(crate::ids::id)
    }

    pub(crate) fn category(&self, name: &str) -> Option<CategoryId> {
        let categories = &self.catalog.categories;
        let name_at = |at: usize| categories.get(at).map(|category| self.str(category.id).as_bytes());
        self.catalog.category_names.find(name.as_bytes(), &name_at).map(crate::ids::id)
    }

    /// What the key of an entry is about.
    pub(crate) fn target(&self, name: &str) -> Option<Target> {
        match name.strip_suffix(".*") {
            _ if name == "*" => Some(Target::All),
            Some(category) => self.category(category).map(Target::Category),
            None => self.permission(name).map(Target::Permission),
        }
    }

    pub(crate) fn team(&self, name: &str) -> Option<TeamId> {
        let name_at = |at: usize| self.teams.get(at).map(|team| self.str(team.id).as_bytes());
        self.team_names.find(name.as_bytes(), &name_at).map(crate::ids::id)
    }

    pub(crate) fn role(&self, name: &str) -> Option<RoleId> {
        let name_at = |at: usize| self.roles.get(at).map(|role| self.str(role.id).as_bytes());
        self.role_names.find(name.as_bytes(), &name_at).map(crate::ids::id)
    }

    pub(crate) fn user(&self, name: &str) -> Option<UserId> {
        let name_at = |at: usize| self.users.get(at).map(|user| self.str(user.id).as_bytes());
        self.user_names.find(name.as_bytes(), &name_at).map(crate::ids::id)
    }

    /// The user's own assignments, and those of everyone.
    pub(crate) fn assignments_of(&self, user: &User) -> [&[Assignment]; 2] {
        [user.assignments, self.everyone].map(|range| within(&self.assignments, range))
    }

    pub(crate) fn teams_of(&self, user: &User) -> &[TeamId] {
        within(&self.user_teams, user.teams)
    }

    /// How many bytes the attributes of a user take.
    pub(crate) fn attribute_bytes(&self, user: &User) -> usize {
        let Some((source, at)) = user.attributes.map(|at| self.document.json(at.get() as usize)) else {
            return 0;
        };
        end_of(source.as_bytes(), at).map_or(0, |end| end - at)
    }

    pub(crate) fn window(&self, assignment: &Assignment) -> Window {
        let window = assignment.window.and_then(|window| self.windows.get(window.index()));
        window.copied().unwrap_or(Window::ALWAYS)
    }

    pub(crate) fn requires(&self, permission: PermissionId) -> &[Requirement] {
        let of = self.catalog.permissions.get(permission.index());
        of.map_or(&[], |of| within(&self.catalog.requires, of.requires))
    }

    pub(crate) fn implies(&self, permission: PermissionId) -> &[PermissionId] {
        let of = self.catalog.permissions.get(permission.index());
        of.map_or(&[], |of| within(&self.catalog.implies, of.implies))
    }

    /// A permission, with each that implies it.
    pub(crate) fn implied_by(&self, permission: PermissionId) -> &[(PermissionId, PermissionId)] {
        let pairs = &self.catalog.implied_by;
        let from = pairs.partition_point(|pair| pair.0 < permission);
        let to = pairs.partition_point(|pair| pair.0 <= permission);
        pairs.get(from..to).unwrap_or_default()
    }

    /// Whether any permission implies another.
    pub(crate) fn has_implications(&self) -> bool {
        !self.catalog.implied_by.is_empty()
    }

    /// Whether any role denies anything.
    pub(crate) fn has_denials(&self) -> bool {
        self.has_denials
    }

    /// The permissions that an entry is about.
    pub(crate) fn about(&self, target: Target) -> impl Iterator<Item = PermissionId> + use<> {
        let range = match target {
            Target::Permission(permission) => permission.index()..permission.index() + 1,
            Target::Category(category) => {
                let category = self.catalog.categories.get(category.index());
                category.map_or(0..0, |it| it.permissions.start as usize..it.permissions.end as usize)
            }
            Target::All => 0..self.catalog.permissions.len(),
        };
        range.map(crate::ids::id)
    }

    /// The denials of a role that are about a permission.
    pub(crate) fn denials_about<'r>(
        &self,
        role: &'r Role,
        permission: PermissionId,
    ) -> impl Iterator<Item = &'r Denial> + use<'r> {
        let category = self.catalog.permissions.get(permission.index()).map(|it| it.category);
        let category = category.map_or(u32::MAX, |category| Target::Category(category).rank());
        let permission = Target::Permission(permission).rank();
        let ranks = [0, permission.min(category), permission.max(category)];
        ranks.into_iter().flat_map(move |rank| {
            let from = role.deny.partition_point(|denial| denial.target.rank() < rank);
            let rest = role.deny.get(from..).unwrap_or_default().iter();
            rest.take_while(move |denial| denial.target.rank() == rank)
        })
    }

    /// The plan of the tenant.
    pub(crate) fn plan(&self) -> Option<&str> {
        self.plan.map(|plan| self.str(plan))
    }

    /// The plans that a permission is part of; none are all.
    pub(crate) fn plans(&self, permission: &Permission) -> Option<Vec<&str>> {
        let range = permission.plans?;
        let mut names = Vec::new();
        for plan in within(&self.catalog.permission_plans, range) {
            names.push(self.str(*plan));
        }
        Some(names)
    }

    /// Whether a role may hold a permission at all: its role type and `standardOnly`.
    pub(crate) fn may_hold(&self, role: &Role, permission: &Permission) -> bool {
        self.catalog.may_hold(role.of_type, role.standard, permission)
    }

    /// The paths of owner and team of a resource type; without one, those of records of which nothing is
    /// said.
    pub(crate) fn owner_paths(&self, of: Option<ResourceTypeId>) -> Vec<&str> {
        let of = self.resource_type(of);
        self.paths_or(of.map(|of| of.owner), "owner")
    }

    pub(crate) fn team_paths(&self, of: Option<ResourceTypeId>) -> Vec<&str> {
        let of = self.resource_type(of);
        self.paths_or(of.map(|of| of.team), "team")
    }

    fn resource_type(&self, of: Option<ResourceTypeId>) -> Option<&ResourceType> {
        of.and_then(|of| self.catalog.types.get(of.index()))
    }

    fn paths_or(&self, range: Option<RangeOf<Text>>, default: &'static str) -> Vec<&str> {
        let mut paths = Vec::new();
        for path in range.map_or(&[][..], |range| within(&self.catalog.paths, range)) {
            paths.push(self.str(*path));
        }
        if paths.is_empty() {
            paths.push(default);
        }
        paths
    }

    /// Whether `team` covers `other`: it is the same, or above it.
    pub(crate) fn covers(&self, team: TeamId, other: TeamId) -> bool {
        let (Some(team), Some(other)) = (self.teams.get(team.index()), self.teams.get(other.index())) else {
            return false;
        };
        (team.enter..team.leave).contains(&other.enter)
    }
}

impl Catalog {
    fn may_hold(&self, role_type: Option<RoleTypeId>, standard: bool, permission: &Permission) -> bool {
        if permission.standard_only && !standard {
            return false;
        }
        match (role_type, permission.role_types) {
            (Some(of), Some(types)) => within(&self.permission_role_types, types).contains(&of),
            (None, _) | (_, None) => true,
        }
    }
}

impl Target {
    /// Its position among those of the entries of a `deny` list, as rows are sorted: everything comes first.
    pub(crate) fn rank(self) -> u32 {
        match self {
            Self::All => 0,
            Self::Permission(permission) => 2 * permission.number(),
            Self::Category(category) => 2 * category.number() + 1,
        }
    }

    /// Whether an entry for this is about a permission.
    pub(crate) fn includes(self, id: PermissionId, permission: &Permission) -> bool {
        match self {
            Self::All => true,
            Self::Category(category) => category == permission.category,
            Self::Permission(only) => only == id,
        }
    }
}

//! Resolving: names become the rows that they name; what is not declared, closes a cycle or is not allowed
//! becomes a problem.

use alloc::vec::Vec;

use super::limits::SEVERAL;
use super::read::{BARE, ID, Loading, position};
use super::rows::Row;
use super::table::{
    Is, Kind, LEVELS, alternative, catalog, category, denial, grant, mask, permission, resource,
    resource_type, role, snapshot, team,
};
use crate::code::Code;
use crate::collections::names::sort_by_upper;
use crate::collections::{graph, list};
use crate::json::text::{Address, Text};
use crate::problems::Say;
use crate::spelling;

const NO_SUCH_TYPE: Say = Say::that("no permission has this resource type");

/// The kinds whose rows have names of their own.
const DECLARING: [Kind; 8] = [
    Kind::Permission,
    Kind::Category,
    Kind::Team,
    Kind::Role,
    Kind::User,
    Kind::RoleType,
    Kind::Plan,
    Kind::Separation,
];

/// What a value of a row refers to.
#[derive(Clone, Copy)]
struct Reference {
    target: Kind,
    /// The problem of a name that is not declared.
    code: Code,
    is_list: bool,
}

impl Is {
    fn reference(self) -> Option<Reference> {
        match self {
            Self::Reference(target, code) => Some(Reference { target, code, is_list: false }),
            Self::References(target, code) | Self::SomeReferences(target, code) => {
                Some(Reference { target, code, is_list: true })
            }
            Self::Any
            | Self::Note
            | Self::Text
            | Self::Matching(_)
            | Self::Revision
            | Self::Maximum
            | Self::Boolean
            | Self::Time
            | Self::Paths
            | Self::Levels
            | Self::Shown
            | Self::Object
            | Self::Condition
            | Self::Names(_)
            | Self::Target
            | Self::Row(_)
            | Self::Rows(_)
            | Self::Map(_)
            | Self::Days
            | Self::TimeOfDay(_) => None,
        }
    }
}

impl Loading {
    /// Resolves all rows that were read.
    #[inline(never)]
    pub(crate) fn resolve(&mut self) {
        for kind in DECLARING {
            self.declare(kind);
        }
        self.check_plan();
        self.check_cycles(
            Kind::Permission,
            permission::REQUIRES,
            Say::that("this prerequisite closes a cycle"),
        );
        self.check_cycles(Kind::Role, role::INHERITS, Say::that("this role closes a cycle"));
        self.check_cycles(Kind::Team, team::PARENT, Say::that("this parent closes a cycle"));
        self.types();
        self.masks();
        for kind in Kind::ALL {
            for key in kind.object().keys {
                if let Some(reference) = key.is.reference() {
                    self.look_up_all(*kind, usize::from(key.slot), reference);
                }
            }
        }
        let are_few = self.check_pairs();
        self.permissions();
        let weights = self.roles();
        // Where there are too many pairs, going through them again would take long.
        if are_few {
            self.check_alternatives(&weights);
        }
        self.check_reading();
        self.number_teams();
    }

    /// Indexes the names of a kind, and reports those that stand there twice.
    #[inline(never)]
    fn declare(&mut self, kind: Kind) {
        self.rows.index(kind, &self.reader.document);
        for row in self.rows.repeated(kind, &self.reader.document) {
            self.report(self.rows.name(kind, row), Code::DuplicateId, Say::TWICE);
        }
    }

    /// One more than the row of a kind that a text names.
    #[expect(clippy::inline_always, reason = "hot, and nothing is inlined otherwise: see docs/size-log.md")]
    #[inline(always)]
    fn find(&self, kind: Kind, name: Address) -> u32 {
        self.rows.find(kind, self.reader.bytes(name), &self.reader.document)
    }

    /// Whether the catalog has a list.
    #[inline(never)]
    fn has_list(&self, slot: usize) -> bool {
        (0..self.rows.count(Kind::Catalog)).any(|row| self.rows.get(Kind::Catalog, row, slot) != 0)
    }

    /// Reports a plan of the tenant that is not declared, where plans are.
    #[inline(never)]
    fn check_plan(&mut self) {
        let plan = self.rows.get(Kind::Snapshot, 0, snapshot::PLAN);
        if plan != 0 && self.has_list(catalog::PLANS) && self.find(Kind::Plan, plan) == 0 {
            self.report(plan, Code::UnknownPlan, Say::UNDECLARED);
        }
    }

    /// The k-th reference of a row to others of its kind, if there is one.
    fn reference_at(&self, kind: Kind, slot: usize, row: u32, k: usize) -> Option<Address> {
        let value = self.rows.get(kind, row, slot);
        if kind == Kind::Team {
            return (k == 0 && value != 0).then_some(value);
        }
        self.rows.list(value).get(k).copied()
    }

    /// Reports the references that close a cycle.
    fn check_cycles(&mut self, kind: Kind, slot: usize, say: Say) {
        let reference = |node: usize, k: usize| {
            let name = self.reference_at(kind, slot, row(node), k)?;
            // Of what names nothing, 0, comes a node that there is not.
            Some((self.find(kind, name) as usize).wrapping_sub(1))
        };
        let walk = graph::walk(self.rows.count(kind) as usize, &reference);
        for (node, k) in walk.closing {
            let name = self.reference_at(kind, slot, row(node), k).unwrap_or_default();
            self.report(name, Code::Cycle, say);
        }
    }

    /// Looks up a name; reports one that is not declared.
    #[expect(clippy::inline_always, reason = "hot, and nothing is inlined otherwise: see docs/size-log.md")]
    #[inline(always)]
    fn look_up(&mut self, name: Address, target: Kind, code: Code) -> u32 {
        if name == 0 {
            return 0;
        }
        let found = self.find(target, name);
        if target == Kind::Plan {
            // Plans are free where none are declared, and stay names.
            if found == 0 && self.rows.count(Kind::Plan) > 0 {
                self.report(name, code, Say::UNDECLARED);
            } else if !spelling::is_id(self.reader.bytes(name)) {
                self.report(name, Code::InvalidId, ID);
            }
            return name;
        }
        if found == 0 {
            self.report(name, code, Say::UNDECLARED);
        }
        found
    }

    /// Looks up what a slot of all rows of a kind refers to.
    #[inline(never)]
    fn look_up_all(&mut self, kind: Kind, slot: usize, Reference { target, code, is_list }: Reference) {
        for row in 0..self.rows.count(kind) {
            let value = self.rows.get(kind, row, slot);
            if !is_list {
                let found = self.look_up(value, target, code);
                self.rows.set(kind, row, slot, found);
            } else if value != 0 {
                for entry in value + 1..=value + self.rows.pool.get(value) {
                    let found = self.look_up(self.rows.pool.get(entry), target, code);
                    self.rows.pool.set(entry, found);
                }
            }
        }
    }

    /// Makes the resource types, in the order of the permissions that first have them.
    #[inline(never)]
    fn types(&mut self) {
        for category in 0..self.rows.count(Kind::Category) {
            let range = |slot| self.rows.get(Kind::Category, category, slot);
            for row in range(category::PERMISSIONS_FROM)..range(category::PERMISSIONS_TO) {
                self.rows.set(Kind::Permission, row, permission::CATEGORY, category + 1);
            }
        }
        self.rows.index(Kind::Resource, &self.reader.document);
        // One row for each permission at first, to see which is the first of its type.
        let arena = self.reader.document.arena().len();
        let count = self.rows.count(Kind::Permission);
        for row in 0..count {
            self.push_type(row);
        }
        self.rows.index(Kind::Type, &self.reader.document);
        for row in 0..count {
            let first = self.find(Kind::Type, self.rows.get(Kind::Type, row, resource_type::NAME));
            self.rows.set(Kind::Permission, row, permission::IN_PLAN, first - 1);
        }
        self.rows.clear(Kind::Type);
        self.reader.document.forget(arena);
        for row in 0..count {
            let first = self.rows.get(Kind::Permission, row, permission::IN_PLAN);
            if first == row {
                self.push_type(row);
            }
            let known = self.rows.get(Kind::Permission, first, permission::TYPE);
            let made = if first == row { self.rows.count(Kind::Type) } else { known };
            self.rows.set(Kind::Permission, row, permission::TYPE, made);
        }
        self.rows.index(Kind::Type, &self.reader.document);
        for row in 0..self.rows.count(Kind::Resource) {
            let name = self.rows.get(Kind::Resource, row, resource::NAME);
            if self.find(Kind::Type, name) == 0 {
                self.report(name, Code::UnknownResource, NO_SUCH_TYPE);
            }
        }
    }

    /// Makes the resource type of a permission.
    fn push_type(&mut self, row: u32) {
        let name = self.type_name(row);
        let name = self.reader.document.keep(name);
        let mapping = self.find(Kind::Resource, name).wrapping_sub(1);
        let mut made = Row::default();
        made[resource_type::NAME] = name;
        made[resource_type::OWNER] = self.rows.get(Kind::Resource, mapping, resource::OWNER);
        made[resource_type::TEAM] = self.rows.get(Kind::Resource, mapping, resource::TEAM);
        self.push(Kind::Type, &made);
    }

    /// The name of a permission's resource type: what it says; else the longest dotted prefix of its id that
    /// has a mapping, else the longest of all, else the id of the category.
    #[inline(never)]
    fn type_name(&self, row: u32) -> Text {
        let get = |slot| self.rows.get(Kind::Permission, row, slot);
        let document = &self.reader.document;
        if get(permission::TYPE) != 0 {
            return document.text(get(permission::TYPE));
        }
        let id = document.text(get(permission::ID));
        let mut longest = None;
        for (dot, _) in document.bytes(id).iter().enumerate().rev().filter(|(_, byte)| **byte == b'.') {
            let prefix = id.take(dot);
            if self.rows.find(Kind::Resource, document.bytes(prefix), document) != 0 {
                return prefix;
            }
            longest = longest.or(Some(prefix));
        }
        longest.unwrap_or_else(|| {
            let category = get(permission::CATEGORY).wrapping_sub(1);
            document.text(self.rows.get(Kind::Category, category, category::ID))
        })
    }

    /// Resolves the types of masks. What they refer to besides is still a name.
    #[inline(never)]
    fn masks(&mut self) {
        self.report_repeated_masks();
        for row in 0..self.rows.count(Kind::Mask) {
            let name = self.rows.get(Kind::Mask, row, mask::TYPE);
            if name == 0 {
                continue;
            }
            let kind = self.find(Kind::Type, name);
            if kind == 0 {
                self.report(name, Code::UnknownResource, NO_SUCH_TYPE);
            }
            self.rows.set(Kind::Mask, row, mask::TYPE, kind);
            let name = self.rows.get(Kind::Mask, row, mask::PERMISSION);
            let of = self.find(Kind::Permission, name).wrapping_sub(1);
            let of = self.rows.get(Kind::Permission, of, permission::TYPE);
            if of != 0 && kind != 0 && of != kind {
                self.report(
                    name,
                    Code::InvalidValue,
                    Say::that("this permission is of another resource type"),
                );
            }
        }
    }

    /// Reports the masks whose type and field an earlier mask has.
    #[inline(never)]
    fn report_repeated_masks(&mut self) {
        let (mark, arena) = (self.reader.mark(), self.reader.document.arena().len());
        for row in 0..self.rows.count(Kind::Mask) {
            let get = |slot| self.rows.get(Kind::Mask, row, slot);
            let (kind, field, at) = (get(mask::TYPE), get(mask::FIELD), get(mask::AT));
            // One that lacks either has been reported.
            if kind != 0 && field != 0 {
                let both = self.reader.document.join(at, kind, field);
                self.reader.must_differ(both);
            }
        }
        let say = Say::that("another mask already has this resource type and field");
        self.reader.check_distinct(mark, Code::DuplicateId, say);
        self.reader.document.forget(arena);
    }

    /// Notes which prerequisites are asked of the same record, and whether the tenant's plan has a
    /// permission.
    #[inline(never)]
    fn permissions(&mut self) {
        let plan = self.rows.get(Kind::Snapshot, 0, snapshot::PLAN);
        // Where it ends is looked for once.
        let plan_text = self.reader.document.text(plan);
        for row in 0..self.rows.count(Kind::Permission) {
            let get = |slot| self.rows.get(Kind::Permission, row, slot);
            let (kind, requires, plans) =
                (get(permission::TYPE), get(permission::REQUIRES), get(permission::PLANS));
            for entry in requires + 1..=requires + self.rows.pool.get(requires) {
                let other = self.rows.pool.get(entry).saturating_sub(1);
                let same = self.are_related(kind, self.rows.get(Kind::Permission, other, permission::TYPE));
                self.rows.pool.set(entry, (other << 1) | u32::from(same));
            }
            let has = |name: &u32| self.reader.bytes(*name) == self.reader.document.bytes(plan_text);
            let is_in = plans == 0 || (plan != 0 && self.rows.list(plans).iter().any(has));
            self.rows.set(Kind::Permission, row, permission::IN_PLAN, u32::from(is_in));
        }
    }

    /// Whether two resource types are the same, or one is a dotted prefix of the other.
    fn are_related(&self, a: u32, b: u32) -> bool {
        let name =
            |at: u32| self.reader.bytes(self.rows.get(Kind::Type, at.wrapping_sub(1), resource_type::NAME));
        let (short, long) =
            if name(a).len() < name(b).len() { (name(a), name(b)) } else { (name(b), name(a)) };
        a == b || (long.get(short.len()) == Some(&b'.') && long.starts_with(short))
    }

    /// Resolves what roles grant and deny. Gives what each weighs.
    #[inline(never)]
    fn roles(&mut self) -> Vec<u32> {
        let mut weights = Vec::new();
        let has_types = self.has_list(catalog::ROLE_TYPES);
        for role in 0..self.rows.count(Kind::Role) {
            let get = |slot| self.rows.get(Kind::Role, role, slot);
            let (untyped, grants) = (get(role::UNTYPED), get(role::GRANTS_FROM)..get(role::GRANTS_TO));
            let denials = get(role::DENY_FROM)..get(role::DENY_TO);
            if has_types && untyped != 0 {
                self.reader.report(untyped as usize, Code::MissingKey, Say::missing("type"));
            }
            let mut weight = 0;
            for row in grants.clone() {
                self.grant(role, row, &mut weight);
            }
            let mark = self.reader.mark();
            for row in denials.clone() {
                self.denial(row, &mut weight);
            }
            list::push(&mut weights, weight);
            self.reader.check_distinct(mark, Code::DuplicateId, Say::TWICE);
            self.sort(Kind::Grant, grants);
            self.sort(Kind::Denial, denials);
        }
        weights
    }

    /// Sorts rows by their first slot.
    fn sort(&mut self, kind: Kind, range: core::ops::Range<u32>) {
        if range.len() < 2 {
            return;
        }
        let first = range.start;
        let mut order = Vec::new();
        for row in range {
            list::push(&mut order, (u64::from(self.rows.get(kind, row, 0)) << 32) | u64::from(row));
        }
        sort_by_upper(&mut order);
        self.rows.reorder(kind, first, &order);
    }

    /// What a key of a grant or denial is about: 0 for everything, twice one more than a permission, or one
    /// more than that of a category; 1 for nothing, after that was reported.
    fn target(&mut self, key: Address) -> u32 {
        let name = self.reader.bytes(key);
        if name == b"*" {
            return 0;
        }
        let document = &self.reader.document;
        let (found, bit, code) = match name.strip_suffix(b".*") {
            Some(name) => (self.rows.find(Kind::Category, name, document), 1, Code::UnknownCategory),
            None => (self.rows.find(Kind::Permission, name, document), 0, Code::UnknownPermission),
        };
        if found == 0 {
            self.report(key, code, Say::UNDECLARED);
            return 1;
        }
        2 * found + bit
    }

    #[inline(never)]
    fn grant(&mut self, role: u32, grant: u32, weight: &mut u32) {
        let get = |slot| self.rows.get(Kind::Grant, grant, slot);
        let (key, alternatives) =
            (get(grant::TARGET), get(grant::ALTERNATIVES_FROM)..get(grant::ALTERNATIVES_TO));
        let target = self.target(key);
        self.rows.set(Kind::Grant, grant, grant::TARGET, target);
        let many = alternatives.end - alternatives.start;
        self.weigh(weight, key, target, if many == 1 { 1 } else { many * SEVERAL });
        // Only an entry for a permission itself must keep to its levels, and to who may hold it.
        let explicit = if target & 1 == 0 { (target / 2).checked_sub(1) } else { None };
        if explicit.is_some_and(|permission| !alternatives.is_empty() && !self.may_hold(role, permission)) {
            let why = Say::that("the role's type excludes this permission, or the role is not standard");
            self.report(key, Code::RoleTypeMismatch, why);
        }
        for row in alternatives {
            let name = self.rows.get(Kind::Alternative, row, alternative::LEVEL);
            if name == 0 {
                continue;
            }
            let level = position(LEVELS, self.reader.bytes(name));
            self.rows.set(Kind::Alternative, row, alternative::LEVEL, level);
            let Some(permission) = explicit else { continue };
            let levels = self.rows.get(Kind::Permission, permission, permission::LEVELS);
            if levels << 1 & 1 << level == 0 {
                let scoped = Say::that("the permission does not have this level");
                let unscoped = Say::that("the permission has no levels; use `true`");
                self.report(name, Code::InvalidScope, if levels == 0 { unscoped } else { scoped });
            }
        }
    }

    /// Whether a role may hold a permission at all: its role type and `standardOnly`.
    #[inline(never)]
    fn may_hold(&self, role: u32, permission: u32) -> bool {
        let of_role = |slot| self.rows.get(Kind::Role, role, slot);
        let of_permission = |slot| self.rows.get(Kind::Permission, permission, slot);
        let (role_type, types) = (of_role(role::TYPE_OF), of_permission(permission::ROLE_TYPES));
        of_permission(permission::STANDARD_ONLY) <= of_role(role::STANDARD)
            && (role_type == 0 || types == 0 || self.rows.list(types).contains(&role_type))
    }

    #[inline(never)]
    fn denial(&mut self, denial: u32, weight: &mut u32) {
        let get = |slot| self.rows.get(Kind::Denial, denial, slot);
        let (key, when) = (get(denial::TARGET), get(denial::WHEN));
        if key == 0 {
            return;
        }
        let target = self.target(key);
        self.rows.set(Kind::Denial, denial, denial::TARGET, target);
        self.weigh(weight, key, target, 1);
        if when == BARE {
            self.rows.set(Kind::Denial, denial, denial::WHEN, 0);
            self.reader.must_differ(key);
        }
    }

    /// Numbers the forest of teams by a walk from each root, so that a team covers an interval.
    #[inline(never)]
    fn number_teams(&mut self) {
        let count = self.rows.count(Kind::Team);
        // For each team, and at 0 for none: its first child and its next sibling, as one more than their
        // rows.
        let mut child = list::filled(0, count as usize + 1);
        let mut sibling = list::copy(&child);
        for team in (1..=count).rev() {
            let parent = self.rows.get(Kind::Team, team - 1, team::PARENT);
            if let (Some(first), Some(next)) =
                (child.get_mut(parent as usize), sibling.get_mut(team as usize))
            {
                *next = core::mem::replace(first, team);
            }
        }
        let of = |links: &[u32], team: u32| links.get(team as usize).copied().unwrap_or_default();
        let mut clock = 0;
        let mut team = of(&child, 0);
        while team != 0 {
            self.rows.set(Kind::Team, team - 1, team::ENTER, clock);
            clock += 1;
            let mut next = of(&child, team);
            while next == 0 && team != 0 {
                self.rows.set(Kind::Team, team - 1, team::LEAVE, clock);
                next = of(&sibling, team);
                if next == 0 {
                    team = self.rows.get(Kind::Team, team - 1, team::PARENT);
                }
            }
            team = next;
        }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a document has fewer than 2^32 rows")]
fn row(at: usize) -> u32 {
    at as u32
}

//! The format as one table: the kinds of objects, their keys, and what each value is.
//!
//! [`read`](super::read) fills rows by it, [`resolve`](super::resolve) looks up what they refer to. A new key
//! is a line here; where it holds a new kind of value or belongs to a new kind of object, the compiler asks
//! for the rest.

use crate::code::Code;
use crate::problems::Say;

/// Numbers the slots of a row, in order.
macro_rules! slots {
    ($next:expr;) => {
        /// How many slots a row has.
        pub(crate) const WIDTH: usize = $next;
    };
    ($next:expr; $slot:ident $($rest:ident)*) => {
        #[allow(dead_code, reason = "the ends of some ranges are only asked for by JavaScript, or by the engine")]
        pub(crate) const $slot: usize = $next;
        slots!($next + 1; $($rest)*);
    };
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident $module:ident $table:literal: $($slot:ident)*;)*) => {
        /// A kind of rows.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u8)]
        pub(crate) enum Kind { $($(#[$doc])* $kind,)* }

        impl Kind {
            pub(crate) const ALL: &'static [Self] = &[$(Self::$kind,)*];

            /// How many slots a row has.
            pub(crate) fn width(self) -> usize {
                usize::from(WIDTHS.get(self as usize).copied().unwrap_or(1))
            }

            /// The name of the table, as `layout.ts` has it, and the names of its slots.
            #[cfg(test)]
            pub(crate) fn names(self) -> (&'static str, &'static [&'static str]) {
                match self { $(Self::$kind => ($table, &[$(stringify!($slot),)*]),)* }
            }
        }

        #[expect(clippy::cast_possible_truncation, reason = "a row has few slots")]
        static WIDTHS: [u8; Kind::ALL.len()] = [$($module::WIDTH as u8,)*];

        /// One slot more than the widest row: a value may write the slot behind its own.
        pub(crate) const MAX_WIDTH: usize = {
            let mut widest = 0;
            $(if widest < $module::WIDTH { widest = $module::WIDTH; })*
            widest + 1
        };

        $(
            $(#[$doc])*
            pub(crate) mod $module {
                slots!(0; $($slot)*);
            }
        )*
    };
}

// A slot holds a text, a list, a span or a number (see `rows`), one more than the index of a row, or a small
// number. Slots named `…_FROM` and `…_TO` are a range of rows.
kinds! {
    /// The document itself; one row. `ASKS_WHO` and `READS_CONTEXT` tell of its conditions, `EVERYONE_WEIGHT`
    /// how much everyone is assigned.
    Snapshot snapshot "SNAPSHOT": REVISION TENANT ISSUED_AT EXPIRES_AT PLAN EVERYONE_FROM EVERYONE_TO ASKS_WHO READS_CONTEXT EVERYONE_WEIGHT;
    /// A resource type, in the order of first appearance: its name and the paths of owner and team.
    Type resource_type "TYPE": NAME OWNER TEAM;
    /// A category of permissions.
    Category category "CATEGORY": ID PERMISSIONS_FROM PERMISSIONS_TO;
    /// A permission. `LEVELS` has bit 0 for own, 1 for team, 2 for all. Entries of `REQUIRES` are twice the
    /// index of a permission, and one more where it is asked of the same record. `PLANS` are texts.
    Permission permission "PERMISSION": ID TYPE CATEGORY LEVELS REQUIRES IMPLIES ROLE_TYPES STANDARD_ONLY IN_PLAN PLANS TITLE;
    /// A value in records that is not for everybody. `AS` is 1 for omit, 2 null, 3 redact, 4 pseudonym.
    Mask mask "MASK": TYPE FIELD PERMISSION AS AT;
    /// The tenant's words for the levels.
    Titles titles "TITLES": OWN TEAM ALL;
    /// A team. It covers the teams whose `ENTER` lies in its `ENTER..LEAVE` (a walk of the forest).
    Team team "TEAM": ID PARENT ENTER LEAVE NAME;
    /// A role. `UNTYPED` is where it stands, if it has no type and is not standard. `WEIGHT` counts its
    /// grants and denials, with what it inherits.
    Role role "ROLE": ID TYPE_OF STANDARD INHERITS GRANTS_FROM GRANTS_TO DENY_FROM DENY_TO UNTYPED NAME WEIGHT;
    /// An entry of `grants`, sorted by target within its role. Without alternatives it is `false`.
    Grant grant "GRANT": TARGET ALTERNATIVES_FROM ALTERNATIVES_TO;
    /// An alternative of a grant. `LEVEL` is 0 for the widest, 1 own, 2 team, 3 all.
    Alternative alternative "ALTERNATIVE": LEVEL WHEN;
    /// An entry of `deny`, sorted by target within its role.
    Denial denial "DENIAL": TARGET WHEN;
    /// A user.
    User user "USER": ID TEAMS ROLES_FROM ROLES_TO ATTRIBUTES DISABLED;
    /// A role that a user has, or everyone.
    Assignment assignment "ASSIGNMENT": ROLE TEAM FROM UNTIL WHEN;
    // What follows is not kept.
    /// A role type.
    RoleType role_type "": ID;
    /// A plan.
    Plan plan "": ID;
    /// The catalog: which of its lists are there.
    Catalog catalog "": ROLE_TYPES PLANS;
    /// The paths of a resource type, as written.
    Resource resource "": NAME OWNER TEAM;
    /// A rule about what nobody should hold together.
    Separation separation "": ID ROLES PERMISSIONS MAX MAX_AT;
    /// A schedule in a condition. `FROM` and `TO` are one more than the minute of the day.
    During during "": ZONE DAYS FROM FROM_AT TO TO_AT;
}

/// The tables that outlive the loading, those that JavaScript reads.
#[cfg(any(test, not(feature = "engine")))]
pub(crate) const KEPT: usize = Kind::Assignment as usize + 1;

/// The kinds whose lists are also handed out as they are written.
pub(crate) const WRITTEN: [Kind; 4] = [Kind::Category, Kind::Team, Kind::Role, Kind::User];

/// What a value is.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Is {
    /// Anything; not kept.
    Any,
    /// A string for people; not kept.
    Note,
    Text,
    /// A string of a certain form.
    Matching(Pattern),
    /// An integer from 0 to 2^53-1, written without fraction or exponent.
    Revision,
    /// An integer from 1. The slot behind its own has its offset.
    Maximum,
    Boolean,
    Time,
    /// One path, or a non-empty list of paths.
    Paths,
    /// A non-empty list of levels, as bits.
    Levels,
    /// What stands for a masked value.
    Shown,
    /// A JSON object, whatever is in it.
    Object,
    Condition,
    /// The name of a row of this kind; if there is none, this is the problem.
    Reference(Kind, Code),
    /// A list of such names.
    References(Kind, Code),
    /// A non-empty list of such names.
    SomeReferences(Kind, Code),
    /// A non-empty list of names that it declares.
    Names(Kind),
    /// The key of a grant or denial.
    Target,
    /// An object.
    Row(Kind),
    /// A list of objects.
    Rows(Kind),
    /// An object whose keys are the names of rows. The values of grants are a boolean, an alternative or a
    /// non-empty list of them; other values are objects.
    Map(Kind),
    /// A non-empty list of days, as bits.
    Days,
    /// A time of day up to this minute. The slot behind its own has its offset.
    TimeOfDay(u16),
}

/// What a string must be like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pattern {
    /// The name of the format.
    Format,
    /// An id.
    Id,
    /// The id of a permission or a category.
    DottedId,
    /// An attribute path.
    Path,
    /// The name of a level.
    Level,
    /// The name of a time zone.
    Zone,
}

/// A key of an object.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Key {
    pub(crate) name: &'static str,
    pub(crate) is: Is,
    /// The slot of its value, or [`NOWHERE`].
    pub(crate) slot: u8,
    pub(crate) required: bool,
}

/// The slot of a value that is checked and not kept in its row.
pub(crate) const NOWHERE: u8 = u8::MAX;

/// The keys of a kind of objects.
#[derive(Debug)]
pub(crate) struct Object {
    pub(crate) keys: &'static [Key],
    /// A bit for each key that is required.
    pub(crate) required: u32,
    /// Whether the first key's value may stand for the whole object.
    pub(crate) may_be_bare: bool,
    /// What should stand where something else does.
    pub(crate) expected: Say,
    #[cfg(feature = "engine")]
    pub(crate) names: &'static [&'static str],
}

#[expect(clippy::cast_possible_truncation, reason = "a row has few slots")]
const fn key(name: &'static str, is: Is, slot: usize) -> Key {
    Key { name, is, slot: slot as u8, required: false }
}

const fn required(key: Key) -> Key {
    Key { required: true, ..key }
}

const fn required_bits(keys: &[Key]) -> u32 {
    let (mut bits, mut at) = (0, 0);
    while at < keys.len() {
        #[expect(clippy::indexing_slicing, reason = "computed at compile time")]
        if keys[at].required {
            bits |= 1 << at;
        }
        at += 1;
    }
    bits
}

/// The keys of a kind: `name: what its value is => slot`.
macro_rules! object {
    ($object:ident $(bare $bare:literal)?: $($($mark:ident)? $name:literal: $is:expr $(=> $slot:expr)?),* $(,)?) => {
        pub(crate) static $object: Object = {
            const KEYS: &[Key] = &[$(object!(@key $($mark)?; key($name, $is, object!(@slot $($slot)?)))),*];
            Object {
                keys: KEYS,
                required: required_bits(KEYS),
                may_be_bare: object!(@is_bare $($bare)?),
                expected: Say::expected(object!(@expected $($bare)?)),
                #[cfg(feature = "engine")]
                names: &[$($name),*],
            }
        };
    };
    (@key ; $key:expr) => { $key };
    (@key required; $key:expr) => { required($key) };
    (@slot) => { NOWHERE as usize };
    (@slot $slot:expr) => { $slot };
    (@is_bare) => { false };
    (@is_bare $bare:literal) => { true };
    (@expected) => { "an object" };
    (@expected $bare:literal) => { $bare };
}

object! { SNAPSHOT:
    required "format": Is::Matching(Pattern::Format),
    required "revision": Is::Revision => snapshot::REVISION,
    "tenant": Is::Text => snapshot::TENANT,
    "issuedAt": Is::Time => snapshot::ISSUED_AT,
    "expiresAt": Is::Time => snapshot::EXPIRES_AT,
    "plan": Is::Text => snapshot::PLAN,
    required "catalog": Is::Row(Kind::Catalog),
    "teams": Is::Rows(Kind::Team),
    required "roles": Is::Rows(Kind::Role),
    "users": Is::Rows(Kind::User),
    "everyone": Is::Rows(Kind::Assignment) => snapshot::EVERYONE_FROM,
    "separations": Is::Rows(Kind::Separation),
    "$schema": Is::Any,
}

object! { CATALOG:
    required "categories": Is::Rows(Kind::Category),
    "roleTypes": Is::Names(Kind::RoleType) => catalog::ROLE_TYPES,
    "plans": Is::Names(Kind::Plan) => catalog::PLANS,
    "resources": Is::Map(Kind::Resource),
    "levelTitles": Is::Row(Kind::Titles),
    "masks": Is::Rows(Kind::Mask),
}

object! { CATEGORY:
    required "id": Is::Matching(Pattern::DottedId) => category::ID,
    "title": Is::Note,
    "description": Is::Note,
    required "permissions": Is::Rows(Kind::Permission) => category::PERMISSIONS_FROM,
}

object! { PERMISSION:
    required "id": Is::Matching(Pattern::DottedId) => permission::ID,
    "title": Is::Text => permission::TITLE,
    "description": Is::Note,
    "resource": Is::Matching(Pattern::Id) => permission::TYPE,
    "scopes": Is::Levels => permission::LEVELS,
    "requires": Is::References(Kind::Permission, Code::UnknownPermission) => permission::REQUIRES,
    "implies": Is::References(Kind::Permission, Code::UnknownPermission) => permission::IMPLIES,
    "roleTypes": Is::SomeReferences(Kind::RoleType, Code::UnknownRoleType) => permission::ROLE_TYPES,
    "plans": Is::SomeReferences(Kind::Plan, Code::UnknownPlan) => permission::PLANS,
    "standardOnly": Is::Boolean => permission::STANDARD_ONLY,
    "sensitive": Is::Boolean,
}

object! { RESOURCE:
    "owner": Is::Paths => resource::OWNER,
    "team": Is::Paths => resource::TEAM,
}

object! { TITLES:
    "own": Is::Text => titles::OWN,
    "team": Is::Text => titles::TEAM,
    "all": Is::Text => titles::ALL,
}

object! { MASK:
    required "resource": Is::Text => mask::TYPE,
    required "field": Is::Matching(Pattern::Path) => mask::FIELD,
    required "permission": Is::Reference(Kind::Permission, Code::UnknownPermission) => mask::PERMISSION,
    "as": Is::Shown => mask::AS,
}

object! { TEAM:
    required "id": Is::Matching(Pattern::Id) => team::ID,
    "name": Is::Text => team::NAME,
    "kind": Is::Note,
    "parent": Is::Reference(Kind::Team, Code::UnknownTeam) => team::PARENT,
}

object! { ROLE:
    required "id": Is::Matching(Pattern::Id) => role::ID,
    required "name": Is::Text => role::NAME,
    "description": Is::Note,
    "type": Is::Reference(Kind::RoleType, Code::UnknownRoleType) => role::TYPE_OF,
    "standard": Is::Boolean => role::STANDARD,
    "locked": Is::Boolean,
    "inherits": Is::References(Kind::Role, Code::UnknownRole) => role::INHERITS,
    "grants": Is::Map(Kind::Grant) => role::GRANTS_FROM,
    "deny": Is::Rows(Kind::Denial) => role::DENY_FROM,
    "approvedBy": Is::Note,
    "reviewedAt": Is::Time,
}

object! { ALTERNATIVE bare "`true`, `false`, a level or an object with `scope` and `when`":
    "scope": Is::Matching(Pattern::Level) => alternative::LEVEL,
    "when": Is::Condition => alternative::WHEN,
}

object! { DENIAL bare "an object":
    required "key": Is::Target => denial::TARGET,
    required "when": Is::Condition => denial::WHEN,
}

object! { USER:
    required "id": Is::Matching(Pattern::Id) => user::ID,
    "name": Is::Note,
    "teams": Is::References(Kind::Team, Code::UnknownTeam) => user::TEAMS,
    "roles": Is::Rows(Kind::Assignment) => user::ROLES_FROM,
    "attributes": Is::Object => user::ATTRIBUTES,
    "disabled": Is::Boolean => user::DISABLED,
}

object! { ASSIGNMENT bare "an object":
    required "role": Is::Reference(Kind::Role, Code::UnknownRole) => assignment::ROLE,
    "team": Is::Reference(Kind::Team, Code::UnknownTeam) => assignment::TEAM,
    "from": Is::Time => assignment::FROM,
    "until": Is::Time => assignment::UNTIL,
    "when": Is::Condition => assignment::WHEN,
}

object! { SEPARATION:
    required "id": Is::Matching(Pattern::Id) => separation::ID,
    "title": Is::Note,
    "roles": Is::SomeReferences(Kind::Role, Code::UnknownRole) => separation::ROLES,
    "permissions": Is::SomeReferences(Kind::Permission, Code::UnknownPermission) => separation::PERMISSIONS,
    "max": Is::Maximum => separation::MAX,
}

object! { DURING:
    required "tz": Is::Matching(Pattern::Zone) => during::ZONE,
    "days": Is::Days => during::DAYS,
    "from": Is::TimeOfDay(1439) => during::FROM,
    "to": Is::TimeOfDay(1440) => during::TO,
}

impl Object {
    /// What to say of a key that the object does not have.
    #[cfg(feature = "engine")]
    pub(crate) fn unknown_key(&self) -> Say {
        Say::NotAKey(self.names)
    }

    /// What to say of a key that the object does not have.
    #[cfg(not(feature = "engine"))]
    #[expect(clippy::unused_self, reason = "the names are not linked in")]
    pub(crate) fn unknown_key(&self) -> Say {
        Say
    }

    /// The bit of a key that the object has.
    const fn bit(&self, name: &str) -> u32 {
        let mut at = 0;
        while at < self.keys.len() {
            #[expect(clippy::indexing_slicing, reason = "computed at compile time")]
            if is_same(self.keys[at].name.as_bytes(), name.as_bytes()) {
                return 1 << at;
            }
            at += 1;
        }
        0
    }

    /// Whether the object has the keys of these lists and no others, each in one of them. Code that treats
    /// keys one by one asserts it when it is compiled, so that a new key is not passed over.
    #[cfg(feature = "engine")]
    pub(crate) const fn has_just(&self, lists: &[Words]) -> bool {
        let (mut found, mut count, mut list) = (0, 0, 0);
        while list < lists.len() {
            let mut at = 0;
            #[expect(clippy::indexing_slicing, reason = "computed at compile time")]
            while at < lists[list].len() {
                found |= self.bit(lists[list][at]);
                at += 1;
            }
            count += at;
            list += 1;
        }
        count == self.keys.len() && found.count_ones() as usize == count
    }
}

const fn is_same(a: &[u8], b: &[u8]) -> bool {
    let mut at = 0;
    while at < a.len() && at < b.len() {
        #[expect(clippy::indexing_slicing, reason = "computed at compile time")]
        if a[at] != b[at] {
            return false;
        }
        at += 1;
    }
    a.len() == b.len()
}

/// The bits of keys that rules across keys ask for.
pub(crate) mod bits {
    use super::{ALTERNATIVE, DURING, ROLE, SEPARATION};

    pub(crate) const ROLE_TYPE: u32 = ROLE.bit("type");
    pub(crate) const SCOPE_OR_WHEN: u32 = ALTERNATIVE.bit("scope") | ALTERNATIVE.bit("when");
    pub(crate) const SEPARATED_ROLES: u32 = SEPARATION.bit("roles");
    pub(crate) const SEPARATED_PERMISSIONS: u32 = SEPARATION.bit("permissions");
    pub(crate) const DURING_DAYS: u32 = DURING.bit("days");
    pub(crate) const DURING_FROM: u32 = DURING.bit("from");
    pub(crate) const DURING_TO: u32 = DURING.bit("to");
}

/// Rows without keys: what they hold is written elsewhere, or made.
static WITHOUT_KEYS: Object = Object {
    keys: &[],
    required: 0,
    may_be_bare: false,
    expected: Say::expected("an object"),
    #[cfg(feature = "engine")]
    names: &[],
};

impl Kind {
    /// The keys of an object that a row of this kind is read from.
    pub(crate) fn object(self) -> &'static Object {
        match self {
            Self::Snapshot => &SNAPSHOT,
            Self::Catalog => &CATALOG,
            Self::Category => &CATEGORY,
            Self::Permission => &PERMISSION,
            Self::Resource => &RESOURCE,
            Self::Titles => &TITLES,
            Self::Mask => &MASK,
            Self::Team => &TEAM,
            Self::Role => &ROLE,
            Self::Alternative => &ALTERNATIVE,
            Self::Denial => &DENIAL,
            Self::User => &USER,
            Self::Assignment => &ASSIGNMENT,
            Self::Separation => &SEPARATION,
            Self::During => &DURING,
            // A type is named by permissions, a grant by the key of a map, the other two by an entry of a
            // list.
            Self::Type | Self::Grant | Self::RoleType | Self::Plan => &WITHOUT_KEYS,
        }
    }
}

/// Words that a value is one of.
pub(crate) type Words = &'static [&'static str];

/// Levels, the narrowest first.
pub(crate) const LEVELS: Words = &["own", "team", "all"];
/// What may stand for a masked value; `redact` unless told otherwise.
pub(crate) const SHOWN: Words = &["omit", "null", "redact", "pseudonym"];
/// One more than the position of the default in [`SHOWN`].
pub(crate) const REDACT: u32 = 3;
/// The days of the week.
pub(crate) const DAYS: Words = &["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// What an attribute path in a condition begins with.
pub(crate) const ROOTS: Words = &["resource.", "user.", "context.", "element."];

/// The format that this version reads.
pub(crate) const FORMAT: &str = "rolegate/1";

/// What an operator has on its right, besides a reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operand {
    /// A string, number or boolean.
    Scalar,
    /// A string or number.
    Ordered,
    Text,
    /// A time, or `now` with an optional offset.
    Time,
    /// A non-empty list of scalars.
    Scalars,
    /// A block of addresses or a non-empty list of them; no reference.
    Blocks,
    /// A boolean; no reference.
    Exists,
    /// A condition on an element.
    Condition,
}

macro_rules! words {
    ($($word:ident $name:literal,)*) => {
        /// What may stand in a condition in place of a path.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Word { $($word,)* }

        impl Word {
            #[cfg(feature = "engine")]
            pub(crate) const NAMES: Words = &[$($name,)*];

            pub(crate) fn of(name: &[u8]) -> Option<Self> {
                $(if name == $name.as_bytes() {
                    return Some(Self::$word);
                })*
                None
            }
        }
    };
}

words! {
    And "$and",
    Or "$or",
    Not "$not",
    During "$during",
}

macro_rules! operators {
    ($($operator:ident $name:literal $operand:ident,)*) => {
        /// A comparison operator. A new one gets a line here and a function in `condition::leaf`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Op { $($operator,)* }

        impl Op {
            #[cfg(feature = "engine")]
            pub(crate) const NAMES: Words = &[$($name,)*];

            const ALL: &'static [(&'static str, Self, Operand)] = &[$(($name, Self::$operator, Operand::$operand),)*];

            /// The operator as the format writes it.
            #[cfg(feature = "engine")]
            pub(crate) fn name(self) -> &'static str {
                match self { $(Self::$operator => $name,)* }
            }
        }
    };
}

operators! {
    Eq "$eq" Scalar,
    Ne "$ne" Scalar,
    Lt "$lt" Ordered,
    Lte "$lte" Ordered,
    Gt "$gt" Ordered,
    Gte "$gte" Ordered,
    In "$in" Scalars,
    Nin "$nin" Scalars,
    Has "$has" Scalar,
    HasAny "$hasAny" Scalars,
    Subset "$subset" Scalars,
    Elem "$elem" Condition,
    StartsWith "$startsWith" Text,
    EndsWith "$endsWith" Text,
    Since "$since" Time,
    Before "$before" Time,
    Cidr "$cidr" Blocks,
    Exists "$exists" Exists,
}

impl Op {
    /// The operator of a name, and what stands on its right.
    pub(crate) fn of(name: &[u8]) -> Option<(Self, Operand)> {
        let found = Self::ALL.iter().find(|(known, ..)| known.as_bytes() == name)?;
        Some((found.1, found.2))
    }
}

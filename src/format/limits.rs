//! Limits on what is derived from a document, so that the time and the memory of every answer stay in
//! proportion to its bytes. They lie far beyond real tenants (docs/format.md#limits).

#[cfg(feature = "engine")]
use alloc::borrow::ToOwned;
use alloc::vec::Vec;

use super::read::Loading;
use super::table::{Kind, assignment, category, permission, role, snapshot, user};
use crate::code::Code;
use crate::collections::list;
use crate::problems::Say;

/// Pairs of a role and one that it inherits, directly or not; the same of permissions that imply one another.
const MAX_PAIRS: u32 = 250_000;

/// What may come together in one role, with what it inherits, and for one user: each alternative of a grant
/// and each denial counts as often as there are permissions that it is about, and permissions that come by
/// implication. Twin of pkg-template/src/snapshot/outsider.ts.
const MAX_ALTERNATIVES: u32 = 250_000;
/// Each of several alternatives counts so many times: each is a condition of its own, for each assignment.
pub(super) const SEVERAL: u32 = 5;
/// What comes by an assignment with a time or a condition counts so many times: nothing of it is shared with
/// other assignments. Twin of pkg-template/src/snapshot/outsider.ts.
const OWN: u32 = 4;

/// Bytes of a user's attributes, and teams, times how often conditions read the user: each may walk through a
/// list of all of them.
const MAX_READ: u64 = 25_000_000;
/// So many bytes one of the user's teams counts for.
const TEAM_BYTES: u64 = 8;

const INHERITS: Say = Say::that(
    "this makes more than 250,000 pairs of roles that inherit from one another, directly or indirectly; inherit from fewer roles, or in shorter chains",
);
const IMPLIES: Say = Say::that(
    "this makes more than 250,000 pairs of permissions that imply one another, directly or indirectly; imply fewer, or in shorter chains",
);
const IN_ROLE: Say = Say::that(
    "this gives one role more than 250,000 grants and denials, counted per permission and including inherited ones; write fewer alternatives, or for fewer permissions",
);
pub(crate) const FOR_USER: Say = Say::that(
    "this gives one user more than 250,000 grants and denials, counted per permission and assignment; assign fewer roles, or roles that grant less",
);

const READ: Say = Say::that(
    "the conditions read this user so often that they may process more than 25,000,000 bytes of attributes; write fewer or shorter attributes, or fewer conditions",
);

/// What rows weigh and how much may come together.
struct Scale<'a> {
    weights: &'a [u32],
    /// Of one row and all that it refers to.
    most: u32,
    /// Of what all rows refer to.
    most_in_all: u32,
    say: Say,
}

/// What assignments bring to somebody together.
pub(crate) struct Load<'a> {
    pub(crate) sum: u32,
    /// For each role the last to whom it was counted.
    pub(crate) counted: &'a mut [u32],
    pub(crate) whose: u32,
}

impl Load<'_> {
    /// Adds an assignment of a role that weighs so much; false beyond the limit. What a role brings at all
    /// times and under no condition counts once, on however many teams.
    pub(crate) fn takes(&mut self, role: u32, weight: u32, is_bare: bool) -> bool {
        if !is_bare {
            self.sum = self.sum.saturating_add(weight.saturating_mul(OWN));
        } else if mark(self.counted, role, self.whose) {
            self.sum = self.sum.saturating_add(weight);
        }
        self.sum <= MAX_ALTERNATIVES
    }
}

impl Loading {
    /// Checks how many pairs of rows refer to one another, directly or not; false if they are too many. What
    /// is implied is kept, to weigh grants.
    #[inline(never)]
    pub(super) fn check_pairs(&mut self) -> bool {
        let mut are_few = true;
        for (kind, slot, say) in
            [(Kind::Role, role::INHERITS, INHERITS), (Kind::Permission, permission::IMPLIES, IMPLIES)]
        {
            let weights = list::filled(1, self.rows.count(kind) as usize);
            let scale = Scale { weights: &weights, most: u32::MAX, most_in_all: MAX_PAIRS, say };
            let (sums, is_within) = self.sums(kind, slot, &scale);
            are_few &= is_within;
            if slot == permission::IMPLIES {
                // What comes by implication comes step by step, and is implied on.
                let scale = Scale { weights: &sums, most: u32::MAX, most_in_all: u32::MAX, say };
                let (steps, _) = self.sums(kind, slot, &scale);
                self.set_sizes(&steps);
            }
        }
        are_few
    }

    /// For each permission how many steps there are before it: to itself, and on by implication.
    fn set_sizes(&mut self, steps: &[u32]) {
        let mut sum = 0_u32;
        for size in steps {
            list::push(&mut self.sizes, sum);
            sum = sum.saturating_add(*size);
        }
        list::push(&mut self.sizes, sum);
    }

    /// What each row weighs, with all rows of its kind that it refers to, directly or not; and whether all of
    /// it is within the scale.
    #[inline(never)]
    fn sums(&mut self, kind: Kind, slot: usize, scale: &Scale<'_>) -> (Vec<u32>, bool) {
        let (mut sums, mut in_all) = (list::copy(scale.weights), 0_u32);
        // For each row, one more than the row from which it was reached last.
        let mut reached = list::filled(0, sums.len());
        let mut open: Vec<u32> = Vec::new();
        for row in 0..self.rows.count(kind) {
            let mut sum = weight(scale.weights, row);
            mark(&mut reached, row, row + 1);
            for (k, entry) in (0..).zip(self.entries_at(kind, slot, row)) {
                list::push(&mut open, *entry);
                while let Some(next) = open.pop() {
                    // What names nothing is 0.
                    let next = next.wrapping_sub(1);
                    if mark(&mut reached, next, row + 1) {
                        let more = weight(scale.weights, next);
                        (sum, in_all) = (sum.saturating_add(more), in_all.saturating_add(more));
                        list::extend(&mut open, self.entries_at(kind, slot, next));
                    }
                }
                if sum > scale.most || in_all > scale.most_in_all {
                    self.refuse_again(kind, row, slot, k, scale.say);
                    return (sums, false);
                }
            }
            if let Some(slot) = sums.get_mut(row as usize) {
                *slot = sum;
            }
        }
        (sums, true)
    }

    /// The entries of a list of a row.
    #[inline(never)]
    fn entries_at(&self, kind: Kind, slot: usize, row: u32) -> &[u32] {
        self.rows.list(self.rows.get(kind, row, slot))
    }

    /// Adds an entry of a role for a target, which counts so many times, to what the role weighs.
    #[inline(never)]
    pub(super) fn weigh(&mut self, weight: &mut u32, key: u32, target: u32, times: u32) {
        let row = (target / 2).wrapping_sub(1);
        let get = |slot| self.rows.get(Kind::Category, row, slot);
        let (from, to) = match target {
            0 => (0, self.rows.count(Kind::Permission)),
            1 => (0, 0),
            _ if target & 1 == 0 => (row, row + 1),
            _ => (get(category::PERMISSIONS_FROM), get(category::PERMISSIONS_TO)),
        };
        let size = self::weight(&self.sizes, to).saturating_sub(self::weight(&self.sizes, from));
        let before = *weight;
        *weight = size.saturating_mul(times).saturating_add(before);
        if before <= MAX_ALTERNATIVES && *weight > MAX_ALTERNATIVES {
            self.report(key, Code::TooComplex, IN_ROLE);
        }
    }

    /// Checks what comes together in each role, and for each user. What it comes to is kept of roles and of
    /// everyone, for people whom the document does not list.
    #[inline(never)]
    pub(super) fn check_alternatives(&mut self, own: &[u32]) {
        let scale = Scale { weights: own, most: MAX_ALTERNATIVES, most_in_all: u32::MAX, say: IN_ROLE };
        let (roles, _) = self.sums(Kind::Role, role::INHERITS, &scale);
        for (row, weight) in (0..).zip(&roles) {
            self.rows.set(Kind::Role, row, role::WEIGHT, *weight);
        }
        let heaviest = roles.iter().fold(0, |most, weight| *weight.max(&most)).saturating_mul(OWN);
        let mut counted = list::filled(0, roles.len());
        let mut common = 0;
        // Everyone comes first.
        for whose in 0..=self.rows.count(Kind::User) {
            let (kind, row, slot) = match whose {
                0 => (Kind::Snapshot, 0, snapshot::EVERYONE_FROM),
                _ => (Kind::User, whose - 1, user::ROLES_FROM),
            };
            let (from, to) = (self.rows.get(kind, row, slot), self.rows.get(kind, row, slot + 1));
            let mut load = Load { sum: common, counted: &mut counted, whose: whose + 1 };
            // Of most users one look is enough.
            let may_be_many = heaviest.saturating_mul(to - from).saturating_add(common) > MAX_ALTERNATIVES;
            for row in if whose == 0 || may_be_many { from..to } else { 0..0 } {
                let get = |slot| self.rows.get(Kind::Assignment, row, slot);
                let role = get(assignment::ROLE).wrapping_sub(1);
                let is_bare = get(assignment::WHEN) | get(assignment::FROM) | get(assignment::UNTIL) == 0;
                if !load.takes(role, weight(&roles, role), is_bare) {
                    self.refuse_again(Kind::Assignment, row, assignment::ROLE, 0, FOR_USER);
                    return;
                }
            }
            if whose == 0 {
                common = load.sum;
                self.rows.set(Kind::Snapshot, 0, snapshot::EVERYONE_WEIGHT, common);
            }
        }
    }

    /// Checks how much conditions may have to go through of one user's attributes and teams.
    #[inline(never)]
    pub(super) fn check_reading(&mut self) {
        let reads = u64::from(self.reads) + u64::from(self.own_reads);
        // Of most documents one look is enough.
        if reads.saturating_mul(TEAM_BYTES * self.reader.document.source().len() as u64) <= MAX_READ {
            return;
        }
        for row in 0..self.rows.count(Kind::User) {
            let get = |slot| self.rows.get(Kind::User, row, slot);
            let teams = self.rows.list(get(user::TEAMS)).len() as u64;
            let size = u64::from(self.rows.span_length(get(user::ATTRIBUTES)));
            if (size + TEAM_BYTES * teams).saturating_mul(reads) > MAX_READ {
                #[cfg(feature = "engine")]
                let at = self.rows.user_offsets.get(row as usize).map_or(0, |at| *at as usize);
                // Which one it was is told by the module that has the words.
                #[cfg(not(feature = "engine"))]
                let at = 0;
                self.reader.report(at, Code::TooComplex, READ);
                return;
            }
        }
    }

    /// Reports the name that stood in a slot, or the k-th in its list. Names are gone by now.
    #[cfg(not(feature = "engine"))]
    fn refuse_again(&mut self, _: Kind, _: u32, _: usize, _: usize, say: Say) {
        // Which one it was is told by the module that has the words, too.
        self.reader.report(0, Code::TooComplex, say);
    }

    /// Reports the name that stood in a slot, or the k-th in its list. Names are gone by now, so the document
    /// is read again.
    #[cfg(feature = "engine")]
    #[cold]
    #[inline(never)]
    fn refuse_again(&mut self, kind: Kind, row: u32, slot: usize, k: usize, say: Say) {
        let again = Self::read(self.reader.document.source().to_owned(), Kind::Snapshot, 0);
        let value = again.rows.get(kind, row, slot);
        let name = if kind == Kind::Assignment {
            value
        } else {
            again.rows.list(value).get(k).copied().unwrap_or_default()
        };
        self.reader.report(again.reader.document.offset_of(name), Code::TooComplex, say);
    }
}

#[inline(never)]
fn weight(weights: &[u32], row: u32) -> u32 {
    weights.get(row as usize).copied().unwrap_or_default()
}

/// Marks a row; false if it has this mark, or is none.
#[inline(never)]
fn mark(marks: &mut [u32], row: u32, with: u32) -> bool {
    match marks.get_mut(row as usize) {
        Some(slot) if *slot != with => *slot = with,
        _ => return false,
    }
    true
}

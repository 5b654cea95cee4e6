//! Reading: one function for all objects of the format, by their table of keys.
//!
//! Texts that name something are kept as they are; [`resolve`](super::resolve) looks them up.

use alloc::string::String;
use alloc::vec::Vec;

use super::rows::{Progress, Row, Rows};
use super::table::{
    DAYS, FORMAT, Is, Key, Kind, LEVELS, Object, Pattern, REDACT, SHOWN, WRITTEN, Words, assignment, bits,
    denial, during, grant, mask, role, separation,
};
use crate::code::Code;
use crate::collections::list;
use crate::json::reader::Reader;
use crate::json::text::Address;
use crate::problems::Say;
use crate::{spelling, time};

/// A document that is being read.
#[derive(Debug)]
pub(crate) struct Loading {
    pub(crate) reader: Reader,
    pub(crate) rows: Rows,
    /// The entries of lists that are being read.
    entries: Vec<u32>,
    /// A bit for each of the words that were read of a list.
    words: u32,
    /// Whether a condition asks who the user is.
    pub(crate) asks_who: bool,
    /// Whether a condition reads the context.
    pub(crate) reads_context: bool,
    /// How often conditions of roles and of everyone read the user, and the most that those of one user do
    /// besides.
    pub(super) reads: u32,
    pub(super) own_reads: u32,
    /// The root that no path may have where a condition is read: `element` outside `$elem`, `resource`
    /// inside.
    pub(super) closed_root: usize,
    /// For each permission how many steps lead to those before it, and on by implication; and behind the last
    /// one.
    pub(super) sizes: Vec<u32>,
}

/// How an object was written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// Something else was, which has been reported.
    Wrong,
    Object,
    /// The value of its first key alone.
    Bare,
}

/// In place of the condition of a denial that is written as a key alone. No span has an odd index.
pub(crate) const BARE: u32 = 1;

pub(super) const ID: Say = Say::expected("an id: 1 to 256 bytes, no control characters");
const STRING: Say = Say::expected("a string");
const LIST: Say = Say::expected("a list");
const OBJECT: Say = Say::expected("an object");
const BOOLEAN: Say = Say::expected("`true` or `false`");
const ENTRIES: Say = Say::expected("a list with at least one entry");

impl Loading {
    /// Reads a text that is one row of a kind, as deep inside a document as such a row stands there. Names in
    /// it stay names.
    #[inline(never)]
    pub(crate) fn read(source: String, kind: Kind, depth: usize) -> Self {
        let mut loading = Self {
            reader: Reader::new(source, depth),
            rows: Rows::new(),
            entries: Vec::new(),
            words: 0,
            asks_who: false,
            reads_context: false,
            reads: 0,
            own_reads: 0,
            closed_root: super::condition::root::ELEMENT,
            sizes: Vec::new(),
        };
        loading.row(kind);
        loading.reader.finish();
        loading
    }

    /// Whether the text could be read to its end, so that more problems may show when names are looked up.
    pub(crate) fn is_readable(&self) -> bool {
        !self.reader.is_stopped()
    }

    fn progress(&self) -> Progress {
        Progress { at: self.reader.pos(), end: self.reader.document.source().len() }
    }

    #[inline(never)]
    pub(super) fn push(&mut self, kind: Kind, row: &Row) {
        let progress = self.progress();
        self.rows.push(kind, row, progress);
    }

    /// Reads the row that is the next value, and keeps it unless it is wrong as a whole. Gives what names it
    /// where it is bare.
    fn row(&mut self, kind: Kind) -> Address {
        let mut row = Row::default();
        #[cfg(feature = "engine")]
        let at = self.reader.at();
        let reads = self.reads;
        let form = self.object(kind, &mut row);
        if kind == Kind::User {
            self.own_reads = self.own_reads.max(self.reads - reads);
            self.reads = reads;
        }
        let [name, ..] = row;
        if form == Form::Wrong || (form == Form::Bare && name == 0) {
            return 0;
        }
        #[cfg(feature = "engine")]
        if kind == Kind::User {
            self.rows.user_offsets.push(offset(at));
        }
        if form == Form::Bare && kind == Kind::Denial {
            row[denial::WHEN] = BARE;
        }
        self.push(kind, &row);
        if form == Form::Bare { name } else { 0 }
    }

    /// Reads an object, or what may stand for it, into a row.
    fn object(&mut self, kind: Kind, row: &mut Row) -> Form {
        let object = kind.object();
        let at = self.reader.at();
        if object.may_be_bare && self.reader.peek() == b'"' {
            if let Some(key) = object.keys.first() {
                self.value(key, row);
            }
            return Form::Bare;
        }
        if !self.reader.open(b'{', Code::Type, object.expected) {
            return Form::Wrong;
        }
        let mark = self.reader.mark();
        let (mut count, mut seen) = (0, 0_u32);
        while let key @ 1.. = self.reader.key(&mut count) {
            let name = self.reader.last();
            // Most names that are not the same differ in length or in the first byte.
            let is = |known: &Key| {
                let known = known.name.as_bytes();
                known.len() == name.len() && known.first() == name.first() && known == name
            };
            let Some(index) = object.keys.iter().position(is) else {
                self.unknown_key(key, object);
                continue;
            };
            let bit = 1 << index;
            if seen & bit != 0 {
                self.report(key, Code::DuplicateKey, Say::TWICE);
            }
            seen |= bit;
            if let Some(known) = object.keys.get(index) {
                #[cfg(feature = "engine")]
                if matches!(kind, Kind::Snapshot | Kind::Catalog) {
                    let at = self.reader.at();
                    self.rows.key_offsets.push((known.name, at));
                }
                self.value(known, row);
            }
        }
        self.reader.check_distinct(mark, Code::DuplicateKey, Say::TWICE);
        let missing = object.required & !seen;
        if missing != 0 {
            self.report_missing(at, object, missing);
        }
        self.check(kind, at, seen, row);
        Form::Object
    }

    /// Steps over the value of a key that the format does not have. It may be there for the application.
    #[inline(never)]
    fn unknown_key(&mut self, key: Address, object: &Object) {
        self.reader.must_differ(key);
        // What is not JSON in the value is told first.
        self.reader.skip();
        if !self.reader.bytes(key).starts_with(b"x-") {
            self.report(key, Code::UnknownKey, object.unknown_key());
        }
    }

    #[inline(never)]
    fn report_missing(&mut self, at: usize, object: &Object, missing: u32) {
        for (index, key) in object.keys.iter().enumerate() {
            if missing & (1 << index) != 0 {
                self.reader.report(at, Code::MissingKey, Say::missing(key.name));
            }
        }
    }

    /// Reports a problem with a string.
    #[inline(never)]
    pub(super) fn report(&mut self, text: Address, code: Code, say: Say) {
        let at = self.reader.document.offset_of(text);
        self.reader.report(at, code, say);
    }

    /// Checks what must hold between the keys of an object that begins at an offset.
    #[inline(never)]
    fn check(&mut self, kind: Kind, at: usize, seen: u32, row: &mut Row) {
        match kind {
            Kind::Mask => {
                row[mask::AT] = offset(at);
                if row[mask::AS] == 0 {
                    row[mask::AS] = REDACT;
                }
            }
            Kind::Role => {
                if seen & bits::ROLE_TYPE == 0 && row[role::STANDARD] == 0 {
                    row[role::UNTYPED] = offset(at);
                }
            }
            Kind::Alternative => {
                if seen & bits::SCOPE_OR_WHEN == 0 {
                    self.reader.report(at, Code::MissingKey, Say::missing("scope` or `when"));
                }
            }
            Kind::Assignment => self.check_window(at, row),
            Kind::Separation => self.check_separation(at, seen, row),
            Kind::During => self.check_schedule(at, seen, row),
            Kind::Snapshot
            | Kind::Catalog
            | Kind::Category
            | Kind::Permission
            | Kind::Type
            | Kind::Resource
            | Kind::Titles
            | Kind::Team
            | Kind::Grant
            | Kind::Denial
            | Kind::User
            | Kind::RoleType
            | Kind::Plan => {}
        }
    }

    #[inline(never)]
    fn check_window(&mut self, at: usize, row: &Row) {
        let (from, until) = (row[assignment::FROM], row[assignment::UNTIL]);
        if from != 0 && until != 0 && self.rows.number(from) >= self.rows.number(until) {
            self.reader.report(at, Code::InvalidWindow, Say::that("`from` must be before `until`"));
        }
    }

    #[inline(never)]
    fn check_separation(&mut self, at: usize, seen: u32, row: &Row) {
        let has_roles = seen & bits::SEPARATED_ROLES != 0;
        let has_permissions = seen & bits::SEPARATED_PERMISSIONS != 0;
        let list = row[separation::ROLES] | row[separation::PERMISSIONS];
        let max = if row[separation::MAX] == 0 { 1.0 } else { self.rows.number(row[separation::MAX]) };
        let count = self.rows.pool.get(list);
        if has_roles == has_permissions {
            let either = Say::that("a separation has either `roles` or `permissions`");
            self.reader.report(at, Code::InvalidValue, either);
        } else if count > 0 && f64::from(count) <= max {
            let at = if row[separation::MAX_AT] == 0 { at } else { row[separation::MAX_AT] as usize };
            let less = Say::that("`max` must be less than the number of entries");
            self.reader.report(at, Code::InvalidValue, less);
        }
    }

    #[inline(never)]
    fn check_schedule(&mut self, at: usize, seen: u32, row: &Row) {
        let missing = !seen & (bits::DURING_FROM | bits::DURING_TO);
        if missing.is_power_of_two() {
            self.report_missing(at, Kind::During.object(), missing);
            return;
        }
        let are_days_right = seen & bits::DURING_DAYS == 0 || row[during::DAYS] != 0;
        let is_empty = row[during::FROM] != 0 && row[during::FROM] == row[during::TO];
        if is_empty && are_days_right && row[during::ZONE] != 0 {
            let say = Say::that("`from` and `to` of a schedule must differ");
            self.reader.report(row[during::TO_AT] as usize, Code::InvalidCondition, say);
        }
    }

    /// Reads the value of a key into its slot.
    fn value(&mut self, key: &Key, row: &mut Row) {
        // What goes into the slot behind: the end of a range, or an offset.
        let mut second = 0;
        let value = match key.is {
            Is::Any => {
                self.reader.skip();
                0
            }
            Is::Note => {
                let arena = self.reader.document.arena().len();
                self.text();
                self.reader.document.forget(arena);
                0
            }
            Is::Text | Is::Reference(..) | Is::Target => self.text(),
            Is::Matching(pattern) => self.matching(pattern),
            Is::TimeOfDay(latest) => {
                second = offset(self.reader.at());
                let say = Say::that("expected a time of day like `09:00`");
                let text = self.reader.text(Code::InvalidCondition, say);
                let minutes =
                    time::minutes(self.reader.last()).filter(|minutes| text != 0 && *minutes <= latest);
                if minutes.is_none() && text != 0 {
                    self.report(text, Code::InvalidCondition, say);
                }
                minutes.map_or(0, |minutes| u32::from(minutes) + 1)
            }
            Is::Time => self.time(),
            Is::Revision => {
                let say = Say::expected("an integer from 0 to 2^53-1, without fraction or exponent");
                let value = self.integer(0, say);
                self.number(value)
            }
            Is::Maximum => {
                second = offset(self.reader.at());
                let value = self.integer(1, Say::expected("a positive integer"));
                self.number(value)
            }
            Is::Boolean => u32::from(self.reader.boolean(Code::Type, BOOLEAN).unwrap_or_default()),
            Is::Shown => {
                let say = Say::expected("`omit`, `null`, `redact` or `pseudonym`");
                let text = self.text();
                self.word(text, SHOWN, Code::InvalidValue, say)
            }
            Is::Levels => self.levels(),
            Is::Days => self.days(),
            Is::Object => {
                if self.reader.peek() == b'{' {
                    let start = self.reader.pos();
                    self.reader.skip();
                    self.span(start)
                } else {
                    self.reader.refuse(Code::Type, OBJECT);
                    0
                }
            }
            Is::Condition => {
                if self.reader.peek() == b'{' {
                    let (start, arena) = (self.reader.pos(), self.reader.document.arena().len());
                    self.condition();
                    self.reader.document.forget(arena);
                    self.span(start)
                } else {
                    self.reader.refuse(Code::Type, Say::expected("a condition"));
                    0
                }
            }
            Is::References(..) => self.references(false),
            Is::SomeReferences(..) => self.references(true),
            Is::Paths => self.paths(),
            Is::Names(kind) => {
                self.each(true, kind, Self::declaration);
                1
            }
            Is::Row(kind) => {
                self.row(kind);
                0
            }
            Is::Rows(kind) => {
                let from = self.rows.count(kind);
                self.list_of_rows(kind);
                second = self.rows.count(kind);
                from
            }
            Is::Map(kind) => {
                let from = self.rows.count(kind);
                self.map(kind);
                second = self.rows.count(kind);
                from
            }
        };
        let slot = usize::from(key.slot);
        if let Some([first, next, ..]) = row.get_mut(slot..) {
            *first = value;
            // Keys come in any order, and the slot behind may be that of another.
            if second != 0 {
                *next = second;
            }
        }
    }

    /// Reads a string that is a row.
    fn declaration(&mut self, kind: Kind) {
        let mut row = Row::default();
        row[0] = self.matching(Pattern::Id);
        if row[0] != 0 {
            self.push(kind, &row);
        }
    }

    pub(super) fn text(&mut self) -> Address {
        self.reader.text(Code::Type, STRING)
    }

    /// Reads a string that must be something; what is left of another one, which is reported, is nothing.
    fn matching(&mut self, pattern: Pattern) -> Address {
        const PATH: Say = Say::expected("an attribute path without empty parts");
        const DOTTED_ID: Say = Say::expected("an id without white space, `*` or an empty part between dots");
        const LEVEL: Say = Say::expected("`own`, `team` or `all`");
        const VERSION: Say = Say::expected("the format `rolegate/1`");
        const ZONE: Say = Say::that("expected a time zone like `Europe/Lisbon`");
        let text = if pattern == Pattern::Zone {
            self.reader.text(Code::InvalidCondition, ZONE)
        } else {
            self.text()
        };
        let bytes = self.reader.last();
        let (is_right, code, say) = match pattern {
            Pattern::Format => (bytes == FORMAT.as_bytes(), Code::UnknownFormat, VERSION),
            Pattern::Id => (spelling::is_id(bytes), Code::InvalidId, ID),
            Pattern::DottedId => (spelling::is_dotted_id(bytes), Code::InvalidId, DOTTED_ID),
            Pattern::Path => (spelling::has_parts(bytes, b'.'), Code::InvalidValue, PATH),
            Pattern::Level => (position(LEVELS, bytes) != 0, Code::InvalidScope, LEVEL),
            Pattern::Zone => (spelling::is_zone(bytes), Code::InvalidCondition, ZONE),
        };
        if text == 0 || is_right {
            return text;
        }
        self.report(text, code, say);
        0
    }

    /// One more than the position of a text among words; 0 for one that is none of them, after that was
    /// reported.
    fn word(&mut self, text: Address, words: Words, code: Code, say: Say) -> u32 {
        let position = position(words, self.reader.last());
        if position == 0 && text != 0 {
            self.report(text, code, say);
        }
        if text == 0 { 0 } else { position }
    }

    fn time(&mut self) -> u32 {
        let text = self.text();
        let time = time::parse(self.reader.last()).filter(|_| text != 0);
        if time.is_none() && text != 0 {
            self.report(text, Code::InvalidTime, Say::expected("a time like `2027-01-01T00:00:00Z`"));
        }
        self.number(time)
    }

    #[inline(never)]
    fn number(&mut self, value: Option<f64>) -> u32 {
        let Some(value) = value else { return 0 };
        list::push(&mut self.rows.numbers, value);
        offset(self.rows.numbers.len() - 1)
    }

    /// Reads an integer up to 2^53-1.
    #[expect(clippy::cast_precision_loss, reason = "the integer is below 2^53")]
    #[inline(never)]
    fn integer(&mut self, min: u64, say: Say) -> Option<f64> {
        let at = self.reader.at();
        let token = self.reader.number(Code::Type, Say::expected("a number"))?;
        let mut value = 0_u64;
        for byte in token {
            let digit = u64::from(byte.wrapping_sub(b'0'));
            // Of what is not a digit, or beyond all bounds, something that is beyond them too.
            value = if digit < 10 && value < TOO_MUCH { value * 10 + digit } else { TOO_MUCH };
        }
        if (min..TOO_MUCH).contains(&value) {
            return Some(value as f64);
        }
        self.reader.report(at, Code::InvalidValue, say);
        None
    }

    /// Keeps where a value begins and ends.
    #[inline(never)]
    fn span(&mut self, start: usize) -> u32 {
        let span = self.rows.spans.len();
        let progress = self.progress();
        self.rows.spans.push(&[offset(start), offset(progress.at)], false, progress);
        span
    }

    /// Reads a list, each element by a function, and reports an empty one if it needs entries.
    fn each(&mut self, needs_entries: bool, kind: Kind, element: fn(&mut Self, Kind)) {
        let at = self.reader.at();
        if !self.reader.open(b'[', Code::Type, LIST) {
            return;
        }
        let mut count = 0;
        while self.reader.element(&mut count) {
            element(self, kind);
        }
        if needs_entries && count == 0 {
            self.reader.report(at, Code::Type, ENTRIES);
        }
    }

    /// Reads a list of names of which none may stand there twice.
    #[inline(never)]
    fn references(&mut self, needs_entries: bool) -> u32 {
        let (base, mark) = (self.entries.len(), self.reader.mark());
        self.each(needs_entries, Kind::Snapshot, |loading, _| {
            let text = loading.text();
            list::push(&mut loading.entries, text);
            if text != 0 {
                loading.reader.must_differ(text);
            }
        });
        self.reader.check_distinct(mark, Code::DuplicateId, Say::TWICE);
        self.list(base)
    }

    /// Reads one path, or a non-empty list of paths.
    #[inline(never)]
    fn paths(&mut self) -> u32 {
        let base = self.entries.len();
        if self.reader.peek() == b'[' {
            self.each(true, Kind::Resource, |loading, _| loading.path_entry());
        } else {
            self.path_entry();
        }
        self.list(base)
    }

    fn path_entry(&mut self) {
        let path = self.matching(Pattern::Path);
        list::push(&mut self.entries, path);
    }

    /// Makes a list of the entries from `base` on. Wrong ones are 0.
    #[inline(never)]
    fn list(&mut self, base: usize) -> u32 {
        let list = self.rows.pool.len();
        let progress = self.progress();
        let entries = self.entries.get(base..).unwrap_or_default();
        self.rows.pool.push(&[offset(entries.len())], false, progress);
        self.rows.pool.push(entries, false, progress);
        self.entries.truncate(base);
        list
    }

    #[inline(never)]
    fn list_of_rows(&mut self, kind: Kind) {
        let start = self.reader.at();
        let mark = self.reader.mark();
        self.each(false, kind, |loading, kind| {
            let bare = loading.row(kind);
            // A role may be assigned twice in different ways, but not without any.
            if bare != 0 && kind == Kind::Assignment {
                loading.reader.must_differ(bare);
            }
        });
        self.reader.check_distinct(mark, Code::DuplicateId, Say::TWICE);
        if let Some(list) = WRITTEN.iter().position(|written| *written == kind) {
            let span = self.span(start);
            if let Some(list) = self.rows.lists.get_mut(list) {
                *list = span;
            }
            self.rows.shrink();
        }
    }

    /// Reads an object whose keys are the names of rows.
    #[inline(never)]
    fn map(&mut self, kind: Kind) {
        if !self.reader.open(b'{', Code::Type, OBJECT) {
            return;
        }
        let (mut count, mark) = (0, self.reader.mark());
        while let name @ 1.. = self.reader.key(&mut count) {
            self.reader.must_differ(name);
            let mut row = Row::default();
            if kind == Kind::Grant {
                self.alternatives(&mut row);
            } else {
                self.object(kind, &mut row);
            }
            // The name may be wrong as well as what it stands for.
            row[0] = name;
            self.push(kind, &row);
        }
        self.reader.check_distinct(mark, Code::DuplicateKey, Say::TWICE);
    }

    /// Reads what a grant gives. Whatever is not `false` has an alternative, also if it is wrong.
    #[inline(never)]
    fn alternatives(&mut self, row: &mut Row) {
        let from = self.rows.count(Kind::Alternative);
        let mut is_false = false;
        match self.reader.peek() {
            b't' | b'f' => is_false = self.reader.boolean(Code::Type, BOOLEAN) == Some(false),
            b'[' => self.each(true, Kind::Alternative, |loading, kind| _ = loading.row(kind)),
            _ => _ = self.row(Kind::Alternative),
        }
        if !is_false && self.rows.count(Kind::Alternative) == from {
            self.push(Kind::Alternative, &Row::default());
        }
        row[grant::ALTERNATIVES_FROM] = from;
        row[grant::ALTERNATIVES_TO] = self.rows.count(Kind::Alternative);
    }

    /// Reads a non-empty list of levels as bits.
    #[inline(never)]
    fn levels(&mut self) -> u32 {
        self.words = 0;
        let mark = self.reader.mark();
        self.each(true, Kind::Permission, |loading, _| {
            let text = loading.text();
            loading.add_word(text, LEVELS, Code::InvalidScope, Say::not_a_key(LEVELS));
        });
        self.reader.check_distinct(mark, Code::DuplicateId, Say::TWICE);
        self.words
    }

    /// Reads a non-empty list of days as bits.
    #[inline(never)]
    fn days(&mut self) -> u32 {
        self.words = 0;
        let mark = self.reader.mark();
        self.condition_list("expected a list", "expected at least one entry", |loading| {
            let text = loading.reader.text(Code::InvalidCondition, Say::that("expected a day like `mon`"));
            let say = Say::expected("`mon`, `tue`, `wed`, `thu`, `fri`, `sat` or `sun`");
            loading.add_word(text, DAYS, Code::InvalidValue, say);
        });
        self.reader.check_distinct(mark, Code::DuplicateId, Say::TWICE);
        self.words
    }

    /// Adds the bit of a word to a set, and reports one that is not one of the words. It must not stand there
    /// twice.
    #[inline(never)]
    fn add_word(&mut self, text: Address, words: Words, code: Code, say: Say) {
        self.words |= 1 << self.word(text, words, code, say) >> 1;
        if text != 0 {
            self.reader.must_differ(text);
        }
    }

    /// Reads the schedule of a condition.
    pub(super) fn schedule(&mut self) {
        let mut row = Row::default();
        self.object(Kind::During, &mut row);
    }
}

/// More than any integer of the format.
const TOO_MUCH: u64 = 1 << 53;

/// One more than the position of a word; 0 if it is none of them.
pub(super) fn position(words: Words, text: &[u8]) -> u32 {
    words.iter().position(|word| word.as_bytes() == text).map_or(0, |at| offset(at + 1))
}

#[expect(clippy::cast_possible_truncation, reason = "a document is shorter than 2^31 bytes")]
fn offset(at: usize) -> u32 {
    at as u32
}

const _: () = assert!(Kind::ALL.len() < 32);

//! Checking conditions. They stay text: what reads the rows makes of them what it needs, from their spans.

use core::mem;

use super::read::{Loading, position};
use super::table::{Op, Operand, ROOTS, Word};
use crate::cidr::Block;
use crate::code::Code;
use crate::json::number;
use crate::json::text::Address;
use crate::problems::Say;
use crate::spelling;
use crate::time;

/// What a value may be, as bits.
mod may_be {
    pub(super) const TEXT: u8 = 1;
    pub(super) const NUMBER: u8 = 2;
    pub(super) const BOOLEAN: u8 = 4;
    pub(super) const SCALAR: u8 = TEXT | NUMBER | BOOLEAN;
}

/// One more than the positions of the roots of paths.
pub(super) mod root {
    pub(super) const RESOURCE: usize = 1;
    pub(super) const USER: usize = 2;
    pub(super) const CONTEXT: usize = 3;
    pub(in super::super) const ELEMENT: usize = 4;
}

const SCALAR: Say = Say::that("expected a string, a number or a boolean");
const PATHS: Say = Say::that("a path begins with `resource.`, `user.` or `context.` and has no empty part");
const PATHS_INSIDE: Say =
    Say::that("a path inside `$elem` begins with `element.`, `user.` or `context.` and has no empty part");
const TIME: Say =
    Say::that("expected a time like `2027-01-01T00:00:00Z`, or `now` with an offset like `now-15m`");
const BLOCK: Say = Say::that("expected an address block like `10.0.0.0/8`, without host bits");
const ENTRIES: &str = "expected at least one entry";
const REFERENCE: &[&str] = &["$ref"];

impl Loading {
    /// Steps over a condition.
    pub(super) fn condition(&mut self) {
        let at = self.reader.at();
        if !self.reader.open(b'{', Code::InvalidCondition, Say::that("expected a condition")) {
            return;
        }
        let (mut count, mark) = (0, self.reader.mark());
        while let key @ 1.. = self.reader.key(&mut count) {
            self.reader.must_differ(key);
            match Word::of(self.reader.bytes(key)) {
                Some(Word::And | Word::Or) => {
                    let (list, entries) =
                        ("expected a list of conditions", "expected at least one condition");
                    self.condition_list(list, entries, Self::condition);
                }
                Some(Word::Not) => self.condition(),
                Some(Word::During) => self.during(),
                None => self.comparison(key),
            }
        }
        self.reader.check_distinct(mark, Code::DuplicateKey, Say::TWICE);
        self.require(count, at, "a condition needs at least one entry");
    }

    /// Reports an object or a list that is empty.
    fn require(&mut self, count: usize, at: usize, what: &'static str) {
        if count == 0 {
            self.reader.report(at, Code::InvalidCondition, Say::that(what));
        }
    }

    /// Reads a list in a condition that must not be empty.
    pub(super) fn condition_list(
        &mut self,
        list: &'static str,
        entries: &'static str,
        element: fn(&mut Self),
    ) {
        let at = self.reader.at();
        if !self.reader.open(b'[', Code::InvalidCondition, Say::that(list)) {
            return;
        }
        let mut count = 0;
        while self.reader.element(&mut count) {
            element(self);
        }
        self.require(count, at, entries);
    }

    fn during(&mut self) {
        if self.reader.peek() == b'{' {
            self.schedule();
        } else {
            self.reader.refuse(Code::InvalidCondition, Say::that("expected a schedule"));
        }
    }

    /// Steps over what an attribute is compared with: a scalar, a reference or operators.
    fn comparison(&mut self, left: Address) {
        if self.root(left) == 0 {
            let is_word = self.reader.bytes(left).starts_with(b"$");
            self.report(left, Code::InvalidCondition, if is_word { Say::NOT_A_WORD } else { self.no_path() });
            self.reader.skip();
            return;
        }
        if self.reader.peek() != b'{' {
            let say = Say::that("expected a string, a number, a boolean or operators");
            self.scalar(may_be::SCALAR, say);
            self.compare(left, 0);
            return;
        }
        let at = self.reader.at();
        self.reader.open(b'{', Code::InvalidCondition, SCALAR);
        let (mut count, mark, mut reference) = (0, self.reader.mark(), 0);
        while let key @ 1.. = self.reader.key(&mut count) {
            self.reader.must_differ(key);
            let name = self.reader.bytes(key);
            if name == b"$ref" {
                reference = key;
                let right = self.reference_path();
                self.compare(left, right);
            } else if let Some((_, operand)) = Op::of(name) {
                let right = self.operand(operand);
                self.compare(left, right);
            } else {
                self.report(key, Code::InvalidCondition, Say::NOT_AN_OPERATOR);
                self.reader.skip();
            }
        }
        self.reader.check_distinct(mark, Code::DuplicateKey, Say::TWICE);
        self.require(count, at, "expected at least one operator");
        if reference != 0 && count > 1 {
            self.report(reference, Code::InvalidCondition, Say::that("`$ref` takes no other keys"));
        }
    }

    /// Notes whether a comparison reads the context, and whether it asks who the user is: for attributes, or
    /// for the id where neither the record nor the context tells whom it wants (that stays open in gate
    /// data).
    fn compare(&mut self, left: Address, right: Address) {
        let roots = (1 << self.root(left)) | (1 << self.root(right));
        let reads_context = roots & (1 << root::CONTEXT) != 0;
        let stays_open = roots & (1 << root::CONTEXT | 1 << root::RESOURCE | 1 << root::ELEMENT) != 0;
        self.reads_context |= reads_context;
        for path in [left, right] {
            self.reads += u32::from(self.root(path) == root::USER);
            self.asks_who |= match self.reader.bytes(path) {
                b"user.teams" => false,
                b"user.id" => !stays_open,
                path => path.starts_with(b"user."),
            };
        }
    }

    /// The root of an attribute path; 0 where a string is none that may stand here.
    fn root(&self, text: Address) -> usize {
        let path = self.reader.bytes(text);
        let root = ROOTS.iter().position(|root| path.starts_with(root.as_bytes())).map_or(0, |root| root + 1);
        if root == self.closed_root || !spelling::has_parts(path, b'.') { 0 } else { root }
    }

    /// What a path must be like.
    fn no_path(&self) -> Say {
        if self.closed_root == root::ELEMENT { PATHS } else { PATHS_INSIDE }
    }

    /// Reads the path of a `$ref`.
    fn reference_path(&mut self) -> Address {
        let text = self.reader.text(Code::InvalidCondition, Say::that("expected a path"));
        if text != 0 && self.root(text) == 0 {
            self.report(text, Code::InvalidCondition, self.no_path());
        }
        text
    }

    /// Steps over what stands on the right of an operator, and gives the path where it is a reference.
    fn operand(&mut self, operand: Operand) -> Address {
        let is_reference = self.reader.peek() == b'{';
        match operand {
            Operand::Exists => self.scalar(may_be::BOOLEAN, Say::that("expected `true` or `false`")),
            Operand::Blocks if self.reader.peek() == b'"' => self.block(),
            Operand::Blocks => self.condition_list("expected a list", ENTRIES, Self::block),
            Operand::Condition => {
                let outside = mem::replace(&mut self.closed_root, root::RESOURCE);
                self.condition();
                self.closed_root = outside;
            }
            _ if is_reference => return self.operand_reference(),
            Operand::Scalars => self.condition_list("expected a list", ENTRIES, |loading| {
                loading.scalar(may_be::SCALAR, SCALAR);
            }),
            Operand::Scalar => self.scalar(may_be::SCALAR, SCALAR),
            Operand::Ordered => {
                self.scalar(may_be::TEXT | may_be::NUMBER, Say::that("expected a number or a string"));
            }
            Operand::Text => self.scalar(may_be::TEXT, Say::that("expected a string")),
            Operand::Time => self.moment(),
        }
        0
    }

    /// Reads `{ "$ref": path }`.
    fn operand_reference(&mut self) -> Address {
        let at = self.reader.at();
        self.reader.open(b'{', Code::InvalidCondition, SCALAR);
        let (mut count, mark, mut path) = (0, self.reader.mark(), 0);
        while let key @ 1.. = self.reader.key(&mut count) {
            self.reader.must_differ(key);
            if position(REFERENCE, self.reader.bytes(key)) != 0 {
                path = self.reference_path();
            } else {
                self.report(key, Code::InvalidCondition, Say::not_a_key(REFERENCE));
                self.reader.skip();
            }
        }
        self.reader.check_distinct(mark, Code::DuplicateKey, Say::TWICE);
        self.require(count, at, "expected an operand or a `$ref`");
        path
    }

    /// Steps over a literal.
    fn scalar(&mut self, may_be: u8, expected: Say) {
        let at = self.reader.at();
        let is = match self.reader.peek() {
            b'"' => may_be::TEXT,
            b't' | b'f' => may_be::BOOLEAN,
            b'-' | b'0'..=b'9' => may_be::NUMBER,
            b'n' => {
                let say = if may_be == may_be::BOOLEAN {
                    expected
                } else {
                    Say::that("`null` cannot be compared; use `$exists`")
                };
                return self.reader.refuse(Code::InvalidCondition, say);
            }
            _ => 0,
        };
        if is & may_be == 0 {
            return self.reader.refuse(Code::InvalidCondition, expected);
        }
        if is != may_be::NUMBER {
            return self.reader.skip();
        }
        if self.reader.number(Code::InvalidCondition, expected).is_some_and(|token| !number::is_finite(token))
        {
            let say = Say::that("this number does not fit in a double");
            self.reader.report(at, Code::InvalidCondition, say);
        }
    }

    /// Steps over a time, or `now` with an offset.
    fn moment(&mut self) {
        if self.reader.peek() != b'"' {
            return self.scalar(may_be::TEXT, TIME);
        }
        let text = self.reader.text(Code::InvalidCondition, TIME);
        let bytes = self.reader.bytes(text);
        if text != 0 && time::parse(bytes).or_else(|| time::from_now(bytes)).is_none() {
            self.report(text, Code::InvalidCondition, TIME);
        }
    }

    /// Steps over a block of addresses.
    fn block(&mut self) {
        let text = self.reader.text(Code::InvalidCondition, BLOCK);
        if text != 0 && Block::parse(self.reader.bytes(text)).is_none() {
            self.report(text, Code::InvalidCondition, BLOCK);
        }
    }
}

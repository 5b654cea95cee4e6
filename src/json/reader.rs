//! The pull reader: objects, lists, strings in document order, straight from the text.
//!
//! A wrong type, an unknown or a duplicate key becomes a problem at a byte offset and reading goes
//! on. Text that is not JSON, or too deep, stops the reader: from then on it is as if the text ended
//! there, whoever reads finds nothing more, and [`Reader::finish`] tells why.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use super::scan::{self, MAX_DEPTH, Read, Stop, StringToken};
use super::text::{self, At, Text};
use crate::error::{Code, Problems, Say};
use crate::ids::{Pairs, hash};
use crate::sort;

/// Reads one document.
#[derive(Debug)]
pub(crate) struct Reader<'a> {
    source: &'a str,
    /// The bytes of the source; none are left once reading has stopped.
    bytes: &'a [u8],
    pos: usize,
    depth: usize,
    /// Why reading stopped.
    stop: Option<Stop>,
    /// The keys of all open objects that no bit stands for, to find duplicates.
    keys: Vec<Key>,
    /// Strings that had escapes, without them; behind the source in the address space of [`Text`].
    arena: String,
    pub(crate) problems: Problems,
}

/// From so many keys on an object's are sorted to find those that are there twice.
const MANY_KEYS: usize = 256;

/// A key of an object: where it stands and what it says.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Key {
    pub(crate) at: usize,
    pub(crate) text: Text,
}

/// An object being read.
#[derive(Debug)]
pub(crate) struct Object {
    pub(crate) at: usize,
    /// One bit for each known key that was read.
    seen: u32,
    first_key: usize,
    begun: bool,
}

/// A list being read.
#[derive(Debug)]
pub(crate) struct List {
    pub(crate) at: usize,
    /// Elements, right or wrong, so far.
    pub(crate) count: u32,
    /// Whether there is a list at all.
    opened: bool,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(source: &'a str) -> Self {
        Self {
            source,
            bytes: source.as_bytes(),
            pos: 0,
            depth: 0,
            stop: None,
            keys: Vec::new(),
            arena: String::new(),
            problems: Problems::default(),
        }
    }

    /// Checks that nothing but white space is left, and gives back the arena and the problems.
    pub(crate) fn finish(mut self) -> Read<(String, Problems)> {
        if self.peek().is_some() {
            self.stop(Stop::Syntax(self.pos, "expected nothing after the snapshot"));
        }
        match self.stop {
            Some(stop) => Err(stop),
            None => Ok((self.arena, self.problems)),
        }
    }

    /// Stops reading; the first reason stays.
    fn stop(&mut self, why: Stop) {
        self.bytes = &[];
        self.stop.get_or_insert(why);
    }

    /// What the lexical layer found, or nothing: then reading stops.
    fn found<T>(&mut self, read: Read<T>) -> Option<T> {
        match read {
            Ok(found) => Some(found),
            Err(why) => {
                self.stop(why);
                None
            }
        }
    }

    /// The first byte of the next value. Most text has no white space, so that one look is enough.
    #[expect(clippy::inline_always, reason = "hot, and nothing is inlined otherwise: see docs/size-log.md")]
    #[inline(always)]
    pub(crate) fn peek(&mut self) -> Option<u8> {
        match self.bytes.get(self.pos) {
            Some(byte) if *byte > b' ' => Some(*byte),
            _ => self.peek_further(),
        }
    }

    #[inline(never)]
    fn peek_further(&mut self) -> Option<u8> {
        self.pos = scan::skip_space(self.bytes, self.pos);
        self.bytes.get(self.pos).copied()
    }

    /// The offset of the next value.
    pub(crate) fn at(&mut self) -> usize {
        self.peek();
        self.pos
    }

    /// The source text from `start` to here.
    pub(crate) fn since(&self, start: usize) -> &'a str {
        self.source.get(start..self.pos).unwrap_or_default()
    }

    pub(crate) fn str(&self, text: Text) -> &str {
        text::slice(self.source, &self.arena, text)
    }

    /// How many bytes are left to read.
    pub(crate) fn left(&self) -> usize {
        self.bytes.len().saturating_sub(self.pos)
    }

    #[inline(never)]
    pub(crate) fn report(&mut self, at: usize, code: Code, say: Say) {
        self.problems.add(at, code, say);
    }

    /// Steps over a byte that must come next.
    fn expect(&mut self, byte: u8, what: &'static str) {
        if self.peek() == Some(byte) {
            self.pos += 1;
        } else {
            self.stop(Stop::Syntax(self.pos, what));
        }
    }

    /// Opens what begins with `byte`; where the next value does not, reports that and skips it.
    fn open(&mut self, byte: u8, expected: &'static str) -> bool {
        if self.peek() != Some(byte) {
            self.wrong_type(expected);
            return false;
        }
        self.pos += 1;
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            self.stop(Stop::TooDeep);
        }
        true
    }

    fn close(&mut self) {
        self.pos += 1;
        self.depth -= 1;
    }

    /// Opens an object; where the next value is none, reports that and skips it.
    pub(crate) fn object(&mut self) -> Option<Object> {
        let at = self.at();
        let is_object = self.open(b'{', "an object");
        is_object.then_some(Object { at, seen: 0, first_key: self.keys.len(), begun: false })
    }

    /// The next key of an object that has the fixed keys `known` (at most 32), or `None` at its end.
    /// Unknown keys are reported and skipped, `x-` keys skipped.
    pub(crate) fn field(
        &mut self,
        object: &mut Object,
        known: &'static [&'static str],
    ) -> Option<&'static str> {
        while let Some((at, token)) = self.next_key(object) {
            let text = self.keep(token);
            let name = self.str(text);
            let starts_private = name.starts_with("x-");
            if let Some(index) = known.iter().position(|key| key.len() == name.len() && *key == name) {
                let bit = 1 << index;
                if object.seen & bit != 0 {
                    self.report(at, Code::DuplicateKey, Say::Twice);
                }
                object.seen |= bit;
                return known.get(index).copied();
            }
            if !starts_private {
                self.report(at, Code::UnknownKey, Say::NotAKey(known));
            }
            self.keys.push(Key { at, text });
            self.skip();
        }
        None
    }

    /// The next key of a map, or `None` at its end.
    pub(crate) fn entry(&mut self, object: &mut Object) -> Option<Key> {
        let (at, token) = self.next_key(object)?;
        let key = Key { at, text: self.keep(token) };
        self.keys.push(key);
        Some(key)
    }

    /// Steps to the next key and over its colon; at the end of the object, closes it.
    fn next_key(&mut self, object: &mut Object) -> Option<(usize, StringToken)> {
        if self.peek() == Some(b'}') {
            self.close();
            self.check_duplicates(object.first_key);
            return None;
        }
        if object.begun {
            self.expect(b',', "expected `,` or `}`");
        }
        object.begun = true;
        let token = self.string_token()?;
        self.expect(b':', "expected `:`");
        Some((token.start - 1, token))
    }

    /// Reports the keys from `first` on that stand there twice, and forgets them.
    fn check_duplicates(&mut self, first: usize) {
        if self.keys.len() > first + 1 && !self.are_distinct(first) {
            self.report_duplicates(first);
        }
        self.keys.truncate(first);
    }

    /// Whether the keys of an object have different hashes, and so are different. Of many keys it is not asked:
    /// who chooses them could have them all meet in one place.
    fn are_distinct(&self, first: usize) -> bool {
        let keys = self.keys.get(first..).unwrap_or_default();
        let mut hashes = Pairs::default();
        keys.len() < MANY_KEYS && keys.iter().all(|key| hashes.add(hash(self.str(key.text)), 0))
    }

    #[inline(never)]
    fn report_duplicates(&mut self, first: usize) {
        let keys = self.keys.get(first..).unwrap_or_default();
        let name = |at: usize| keys.get(at).map_or("", |key| text::slice(self.source, &self.arena, key.text));
        for again in sort::repeated(keys.len(), &|a: usize, b: usize| name(a).cmp(name(b))) {
            if let Some(key) = keys.get(again) {
                self.problems.add(key.at, Code::DuplicateKey, Say::Twice);
            }
        }
    }

    /// Reports that an object lacks `key`, if it does.
    pub(crate) fn require(&mut self, object: &Object, known: &'static [&'static str], key: &'static str) {
        if !Self::has(object, known, key) {
            self.report(object.at, Code::MissingKey, Say::Missing(key));
        }
    }

    /// Whether `key` was read in an object with the fixed keys `known`.
    pub(crate) fn has(object: &Object, known: &'static [&'static str], key: &str) -> bool {
        known.iter().position(|known| *known == key).is_some_and(|index| object.seen & (1 << index) != 0)
    }

    /// Opens a list; where the next value is none, reports that, skips it and gives a list without elements.
    pub(crate) fn list(&mut self) -> List {
        let at = self.at();
        List { at, count: 0, opened: self.open(b'[', "a list") }
    }

    /// Whether the list has another element, which is then next.
    pub(crate) fn element(&mut self, list: &mut List) -> bool {
        if !list.opened {
            return false;
        }
        if self.peek() == Some(b']') {
            self.close();
            return false;
        }
        if list.count > 0 {
            self.expect(b',', "expected `,` or `]`");
        }
        list.count += 1;
        self.stop.is_none()
    }

    /// Reports an empty list.
    pub(crate) fn require_elements(&mut self, list: &List) {
        if list.opened && list.count == 0 {
            self.report(list.at, Code::Type, Say::Expected("a list with at least one entry"));
        }
    }

    /// The next value as a string.
    pub(crate) fn text(&mut self) -> Option<Text> {
        if self.peek() != Some(b'"') {
            return self.refuse("a string");
        }
        let token = self.string_token()?;
        Some(self.keep(token))
    }

    /// The place of the next value, which is a string.
    pub(crate) fn text_at(&mut self) -> Option<At> {
        let at = self.at();
        self.text().map(|_| At::new(at))
    }

    /// The next value as `true` or `false`.
    pub(crate) fn boolean(&mut self) -> Option<bool> {
        let byte = self.peek();
        if !matches!(byte, Some(b't' | b'f')) {
            return self.refuse("`true` or `false`");
        }
        self.skip();
        Some(byte == Some(b't'))
    }

    /// The text of the next value, which is a number.
    pub(crate) fn number(&mut self) -> Option<&'a str> {
        if !matches!(self.peek(), Some(b'-' | b'0'..=b'9')) {
            return self.refuse("a number");
        }
        let start = self.pos;
        self.skip();
        Some(self.since(start))
    }

    /// Steps over the next value, checking its syntax and its keys.
    pub(crate) fn skip(&mut self) {
        let end = match self.peek() {
            Some(b'{') => {
                if let Some(mut object) = self.object() {
                    while self.entry(&mut object).is_some() {
                        self.skip();
                    }
                }
                return;
            }
            Some(b'[') => {
                let mut list = self.list();
                while self.element(&mut list) {
                    self.skip();
                }
                return;
            }
            Some(b'"') => {
                self.text();
                return;
            }
            Some(b'-' | b'0'..=b'9') => scan::number(self.bytes, self.pos),
            _ => scan::word(self.bytes, self.pos),
        };
        if let Some(end) = self.found(end) {
            self.pos = end;
        }
    }

    /// Reports that the next value is not what was expected, and skips it.
    #[inline(never)]
    pub(crate) fn wrong_type(&mut self, expected: &'static str) {
        let at = self.at();
        self.skip();
        self.report(at, Code::Type, Say::Expected(expected));
    }

    /// [`Reader::wrong_type`], and nothing in place of the value.
    pub(crate) fn refuse<T>(&mut self, expected: &'static str) -> Option<T> {
        self.wrong_type(expected);
        None
    }

    /// Steps over a string.
    fn string_token(&mut self) -> Option<StringToken> {
        self.peek();
        let token = scan::string(self.bytes, self.pos);
        let token = self.found(token)?;
        self.pos = token.end + 1;
        Some(token)
    }

    /// The contents of a string; those that had escapes go to the arena.
    fn keep(&mut self, token: StringToken) -> Text {
        if !token.escaped {
            return Text::span(token.start, token.end);
        }
        let unescaped = scan::unescape(self.source, token);
        let unescaped = self.found(unescaped).unwrap_or_default();
        let start = self.source.len() + self.arena.len();
        self.arena.push_str(&unescaped);
        Text::span(start, start + unescaped.len())
    }
}

/// The string at a place that was read as one.
pub(crate) fn string_at(source: &str, at: At) -> Cow<'_, str> {
    let token = scan::string(source.as_bytes(), at.place());
    token.and_then(|token| scan::contents(source, token)).unwrap_or_default()
}

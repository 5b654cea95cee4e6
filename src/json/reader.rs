//! The pull reader: objects, lists, strings in document order, straight from the text.
//!
//! A wrong type, an unknown or a duplicate key becomes a problem at a byte offset and reading goes
//! on; only text that is not JSON, or too deep, ends it.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use super::scan::{self, MAX_DEPTH, Read, Stop, StringToken};
use super::text::{self, At, Text};
use crate::error::{Code, Problems, Say};
use crate::sort::sort_by;

/// Reads one document.
#[derive(Debug)]
pub(crate) struct Reader<'a> {
    source: &'a str,
    bytes: &'a [u8],
    pos: usize,
    depth: usize,
    /// The keys of all open objects that no bit stands for, to find duplicates.
    keys: Vec<Key>,
    /// Strings that had escapes, without them; behind the source in the address space of [`Text`].
    arena: String,
    pub(crate) problems: Problems,
}

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
    seen: u64,
    first_key: usize,
    begun: bool,
}

/// A list being read.
#[derive(Debug)]
pub(crate) struct List {
    pub(crate) at: usize,
    begun: bool,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(source: &'a str) -> Self {
        Self {
            source,
            bytes: source.as_bytes(),
            pos: 0,
            depth: 0,
            keys: Vec::new(),
            arena: String::new(),
            problems: Problems::default(),
        }
    }

    /// Checks that nothing but white space is left, and gives back the arena and the problems.
    pub(crate) fn finish(mut self) -> Read<(String, Problems)> {
        if self.peek().is_some() {
            return Err(Stop::Syntax(self.pos, "expected nothing after the snapshot"));
        }
        Ok((self.arena, self.problems))
    }

    /// The first byte of the next value.
    pub(crate) fn peek(&mut self) -> Option<u8> {
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

    pub(crate) fn report(&mut self, at: usize, code: Code, say: Say) {
        self.problems.add(at, code, say);
    }

    fn expect(&mut self, byte: u8, what: &'static str) -> Read<()> {
        if self.peek() != Some(byte) {
            return Err(Stop::Syntax(self.pos, what));
        }
        self.pos += 1;
        Ok(())
    }

    fn enter(&mut self) -> Read<()> {
        self.pos += 1;
        self.depth += 1;
        if self.depth > MAX_DEPTH { Err(Stop::TooDeep) } else { Ok(()) }
    }

    fn leave(&mut self) {
        self.pos += 1;
        self.depth -= 1;
    }

    /// Opens an object; where the next value is none, reports that and skips it.
    pub(crate) fn object(&mut self) -> Read<Option<Object>> {
        if self.peek() != Some(b'{') {
            return self.wrong_type("an object").map(|()| None);
        }
        let at = self.pos;
        self.enter()?;
        Ok(Some(Object { at, seen: 0, first_key: self.keys.len(), begun: false }))
    }

    /// The next key of an object that has the fixed keys `known` (at most 64), or `None` at its end.
    /// Unknown keys are reported and skipped, `x-` keys skipped.
    pub(crate) fn field(
        &mut self,
        object: &mut Object,
        known: &'static [&'static str],
    ) -> Read<Option<&'static str>> {
        while let Some((at, token)) = self.next_key(object)? {
            let text = scan::contents(self.source, token)?;
            if let Some(index) = known.iter().position(|key| *key == text) {
                let bit = 1 << index;
                if object.seen & bit != 0 {
                    self.report(at, Code::DuplicateKey, Say::Twice);
                }
                object.seen |= bit;
                return Ok(known.get(index).copied());
            }
            if !text.starts_with("x-") {
                self.report(at, Code::UnknownKey, Say::NotAKey(known));
            }
            let text = self.keep(token)?;
            self.keys.push(Key { at, text });
            self.skip()?;
        }
        Ok(None)
    }

    /// The next key of a map, or `None` at its end.
    pub(crate) fn entry(&mut self, object: &mut Object) -> Read<Option<Key>> {
        let Some((at, token)) = self.next_key(object)? else {
            return Ok(None);
        };
        let key = Key { at, text: self.keep(token)? };
        self.keys.push(key);
        Ok(Some(key))
    }

    /// Steps to the next key and over its colon; at the end of the object, closes it.
    fn next_key(&mut self, object: &mut Object) -> Read<Option<(usize, StringToken)>> {
        if self.peek() == Some(b'}') {
            self.leave();
            self.check_duplicates(object.first_key);
            return Ok(None);
        }
        if object.begun {
            self.expect(b',', "expected `,` or `}`")?;
        }
        object.begun = true;
        let at = self.at();
        let token = scan::string(self.bytes, at)?;
        self.pos = token.end + 1;
        self.expect(b':', "expected `:`")?;
        Ok(Some((at, token)))
    }

    /// Reports the keys from `first` on that stand there twice, and forgets them.
    fn check_duplicates(&mut self, first: usize) {
        let mut keys = self.keys.split_off(first);
        if keys.len() < 2 {
            return;
        }
        let name = |key: &Key| text::slice(self.source, &self.arena, key.text);
        sort_by(&mut keys, |a, b| name(a).cmp(name(b)));
        for pair in keys.windows(2) {
            if let [a, b] = pair
                && name(a) == name(b)
            {
                self.problems.add(b.at, Code::DuplicateKey, Say::Twice);
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

    /// Opens a list; where the next value is none, reports that and skips it.
    pub(crate) fn list(&mut self) -> Read<Option<List>> {
        if self.peek() != Some(b'[') {
            return self.wrong_type("a list").map(|()| None);
        }
        let at = self.pos;
        self.enter()?;
        Ok(Some(List { at, begun: false }))
    }

    /// Whether the list has another element, which is then next.
    pub(crate) fn element(&mut self, list: &mut List) -> Read<bool> {
        if self.peek() == Some(b']') {
            self.leave();
            return Ok(false);
        }
        if list.begun {
            self.expect(b',', "expected `,` or `]`")?;
        }
        list.begun = true;
        Ok(true)
    }

    /// Reports an empty list.
    pub(crate) fn require_elements(&mut self, list: &List) {
        if !list.begun {
            self.report(list.at, Code::Type, Say::Expected("a list with at least one entry"));
        }
    }

    /// The next value as a string.
    pub(crate) fn text(&mut self) -> Read<Option<Text>> {
        match self.string_token()? {
            Some(token) => self.keep(token).map(Some),
            None => self.wrong_type("a string").map(|()| None),
        }
    }

    /// The place of the next value, which is a string.
    pub(crate) fn text_at(&mut self) -> Read<Option<At>> {
        let at = self.at();
        Ok(self.text()?.map(|_| at_offset(at)))
    }

    /// The next value as `true` or `false`.
    pub(crate) fn boolean(&mut self) -> Read<Option<bool>> {
        match self.peek() {
            Some(byte @ (b't' | b'f')) => {
                self.pos = scan::word(self.bytes, self.pos)?;
                Ok(Some(byte == b't'))
            }
            _ => self.wrong_type("`true` or `false`").map(|()| None),
        }
    }

    /// The text of the next value, which is a number.
    pub(crate) fn number(&mut self) -> Read<Option<&'a str>> {
        match self.peek() {
            Some(b'-' | b'0'..=b'9') => {
                let start = self.pos;
                self.pos = scan::number(self.bytes, start)?;
                Ok(Some(self.since(start)))
            }
            _ => self.wrong_type("a number").map(|()| None),
        }
    }

    /// Steps over the next value, checking its syntax and its keys.
    pub(crate) fn skip(&mut self) -> Read<()> {
        match self.peek() {
            Some(b'{') => {
                if let Some(mut object) = self.object()? {
                    while self.entry(&mut object)?.is_some() {
                        self.skip()?;
                    }
                }
            }
            Some(b'[') => {
                if let Some(mut list) = self.list()? {
                    while self.element(&mut list)? {
                        self.skip()?;
                    }
                }
            }
            Some(b'"') => self.text().map(drop)?,
            Some(b'-' | b'0'..=b'9') => self.pos = scan::number(self.bytes, self.pos)?,
            _ => self.pos = scan::word(self.bytes, self.pos)?,
        }
        Ok(())
    }

    /// Reports that the next value is not what was expected, and skips it.
    pub(crate) fn wrong_type(&mut self, expected: &'static str) -> Read<()> {
        let at = self.at();
        self.skip()?;
        self.report(at, Code::Type, Say::Expected(expected));
        Ok(())
    }

    fn string_token(&mut self) -> Read<Option<StringToken>> {
        if self.peek() != Some(b'"') {
            return Ok(None);
        }
        let token = scan::string(self.bytes, self.pos)?;
        self.pos = token.end + 1;
        Ok(Some(token))
    }

    fn keep(&mut self, token: StringToken) -> Read<Text> {
        Ok(match scan::contents(self.source, token)? {
            Cow::Borrowed(_) => Text::span(token.start, token.end),
            Cow::Owned(unescaped) => {
                let start = self.source.len() + self.arena.len();
                self.arena.push_str(&unescaped);
                Text::span(start, start + unescaped.len())
            }
        })
    }
}

/// A source offset kept as the place of a reference.
#[expect(clippy::cast_possible_truncation, reason = "a document is shorter than 2^31 bytes")]
pub(crate) fn at_offset(at: usize) -> At {
    At(at as u32)
}

/// The string at a place that was read as one.
pub(crate) fn string_at(source: &str, at: At) -> Cow<'_, str> {
    let token = scan::string(source.as_bytes(), at.0 as usize);
    token.and_then(|token| scan::contents(source, token)).unwrap_or_default()
}

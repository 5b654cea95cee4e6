//! The pull reader: objects, lists, strings in document order, straight from the text.
//!
//! A value of the wrong type or a duplicate key becomes a problem at a byte offset and reading goes on. Text
//! that is not JSON, or too deep, stops the reader: from then on it is as if the text ended there, whoever
//! reads finds nothing more. Without the feature `engine`, any problem stops it.

use alloc::string::String;
use alloc::vec::Vec;

use super::scan::{self, MAX_DEPTH, Stop};
use super::text::{Address, Document, Text};
use crate::code::Code;
use crate::collections::list;
use crate::collections::names::Names;
use crate::problems::{Problems, Say};

/// Reads one document.
#[derive(Debug)]
pub(crate) struct Reader {
    pub(crate) document: Document,
    /// The offset of the next byte; [`STOPPED`] once reading has stopped.
    pos: usize,
    depth: usize,
    /// The string that was read last.
    last: Text,
    /// Strings of all open objects and lists that must not repeat.
    distinct: Vec<Address>,
    pub(crate) problems: Problems,
}

/// Behind any text.
const STOPPED: usize = usize::MAX >> 1;

/// Of up to so many strings each is compared with each; more are indexed.
const FEW: usize = 16;

impl Reader {
    /// `depth` is how many objects and lists the text is to be taken as lying in.
    pub(crate) fn new(source: String, depth: usize) -> Self {
        Self {
            document: Document::new(source),
            pos: 0,
            depth,
            last: Text::default(),
            distinct: Vec::new(),
            problems: Problems::default(),
        }
    }

    /// Checks that nothing but white space is left.
    pub(crate) fn finish(&mut self) {
        if self.peek() != 0 || self.pos < self.document.source().len() {
            self.stop(Stop::syntax(self.pos, "expected the end of the document"));
        }
    }

    /// Stops reading; the first reason stays.
    #[inline(never)]
    pub(crate) fn stop(&mut self, why: Stop) {
        let (at, code, say) = match why {
            Stop::Syntax(at, say) => (at, Code::Syntax, say),
            Stop::TooDeep => (self.pos, Code::TooDeep, Say::that("nested deeper than 64")),
        };
        self.problems.stop(at, code, say);
        self.pos = STOPPED;
    }

    pub(crate) fn is_stopped(&self) -> bool {
        self.pos >= STOPPED
    }

    #[inline(never)]
    pub(crate) fn report(&mut self, at: usize, code: Code, say: Say) {
        self.problems.add(at, code, say);
        #[cfg(not(feature = "engine"))]
        {
            self.pos = STOPPED;
        }
    }

    /// The next byte; 0 at the end.
    fn byte(&self) -> u8 {
        self.document.source().as_bytes().get(self.pos).copied().unwrap_or_default()
    }

    /// The first byte of the next value. Most text has no white space, so that one look is enough.
    #[expect(clippy::inline_always, reason = "hot, and nothing is inlined otherwise: see docs/size-log.md")]
    #[inline(always)]
    pub(crate) fn peek(&mut self) -> u8 {
        let byte = self.byte();
        if byte > b' ' { byte } else { self.peek_further() }
    }

    #[inline(never)]
    fn peek_further(&mut self) -> u8 {
        self.pos = scan::skip_space(self.document.source().as_bytes(), self.pos);
        self.byte()
    }

    /// The offset of the next value.
    pub(crate) fn at(&mut self) -> usize {
        self.peek();
        self.pos
    }

    /// The offset behind the last value.
    pub(crate) fn pos(&self) -> usize {
        self.pos
    }

    /// The bytes of a string.
    pub(crate) fn bytes(&self, text: Address) -> &[u8] {
        self.document.bytes_at(text)
    }

    /// Steps over a byte that must come next.
    fn expect(&mut self, byte: u8, what: &'static str) {
        if self.peek() == byte {
            self.pos += 1;
        } else {
            self.stop(Stop::syntax(self.pos, what));
        }
    }

    /// Opens the object or list that comes next; where the next value is none, reports that and skips it.
    pub(crate) fn open(&mut self, bracket: u8, code: Code, say: Say) -> bool {
        if self.peek() != bracket {
            self.refuse(code, say);
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

    /// Whether another element of a list follows the `count` that were read, which it counts; at the end of
    /// the list, closes it.
    #[expect(clippy::inline_always, reason = "hot, and nothing is inlined otherwise: see docs/size-log.md")]
    #[inline(always)]
    pub(crate) fn element(&mut self, count: &mut usize) -> bool {
        if self.peek() == b']' {
            self.close();
            return false;
        }
        if *count > 0 {
            self.expect(b',', "expected `,` or `]`");
        }
        *count += 1;
        self.pos < STOPPED
    }

    /// Steps over the next key of an object and its colon, if there is one after the `count` that were read,
    /// which it counts; at the end of the object, closes it. 0 is not a key.
    pub(crate) fn key(&mut self, count: &mut usize) -> Address {
        let byte = self.peek();
        if byte == b'}' {
            self.close();
            return 0;
        }
        if *count > 0 {
            if byte == b',' {
                self.pos += 1;
                self.peek();
            } else {
                self.stop(Stop::syntax(self.pos, "expected `,` or `}`"));
            }
        }
        *count += 1;
        let key = self.string();
        if self.byte() == b':' {
            self.pos += 1;
        } else {
            self.expect(b':', "expected `:`");
        }
        key
    }

    /// The next value as a string; 0 where it is none, after that was reported.
    pub(crate) fn text(&mut self, code: Code, say: Say) -> Address {
        if self.peek() == b'"' {
            return self.string();
        }
        self.refuse(code, say);
        0
    }

    /// The string that begins at the next byte.
    #[expect(clippy::inline_always, reason = "hot, and nothing is inlined otherwise: see docs/size-log.md")]
    #[inline(always)]
    fn string(&mut self) -> Address {
        let quote = self.pos;
        if self.byte() != b'"' {
            self.stop(Stop::syntax(quote, "expected a string"));
            return 0;
        }
        self.pos = scan::plain_end(self.document.source().as_bytes(), quote + 1);
        if self.byte() != b'"' {
            return self.unescape(quote);
        }
        self.last = Text::span(quote + 1, self.pos);
        self.pos += 1;
        self.last.start()
    }

    /// A string that has escapes, or is wrong.
    #[inline(never)]
    fn unescape(&mut self, quote: usize) -> Address {
        let text = self.document.begin(quote);
        let (source, arena) = self.document.parts();
        let end = scan::push_unescaped(source.as_bytes(), quote, arena);
        self.document.end(text);
        self.last = self.document.text(text);
        match end {
            Ok(end) => self.pos = end,
            Err(why) => self.stop(why),
        }
        text
    }

    /// The bytes of the string that was read last.
    #[expect(clippy::inline_always, reason = "hot, and nothing is inlined otherwise: see docs/size-log.md")]
    #[inline(always)]
    pub(crate) fn last(&self) -> &[u8] {
        self.document.bytes(self.last)
    }

    /// The next value as a boolean.
    pub(crate) fn boolean(&mut self, code: Code, say: Say) -> Option<bool> {
        let byte = self.peek();
        if !matches!(byte, b't' | b'f') {
            self.refuse(code, say);
            return None;
        }
        self.skip();
        Some(byte == b't')
    }

    /// The text of the next value, which is a number.
    pub(crate) fn number(&mut self, code: Code, say: Say) -> Option<&[u8]> {
        if !matches!(self.peek(), b'-' | b'0'..=b'9') {
            self.refuse(code, say);
            return None;
        }
        let start = self.pos;
        self.skip();
        self.document.source().as_bytes().get(start..self.pos)
    }

    /// Steps over the next value, checking its syntax and its keys. None of its strings are kept.
    #[inline(never)]
    pub(crate) fn skip(&mut self) {
        let arena = self.document.arena().len();
        let mut count = 0;
        match self.peek() {
            b'{' => {
                let first = self.distinct.len();
                self.open(b'{', Code::Type, Say::expected("an object"));
                while let key @ 1.. = self.key(&mut count) {
                    self.must_differ(key);
                    self.skip();
                }
                self.check_distinct(first, Code::DuplicateKey, Say::TWICE);
            }
            b'[' => {
                self.open(b'[', Code::Type, Say::expected("a list"));
                while self.element(&mut count) {
                    self.skip();
                }
            }
            b'"' => _ = self.string(),
            byte => {
                let bytes = self.document.source().as_bytes();
                let is_number = matches!(byte, b'-' | b'0'..=b'9');
                let end = if is_number { scan::number(bytes, self.pos) } else { scan::word(bytes, self.pos) };
                match end {
                    Ok(end) => self.pos = end,
                    Err(why) => self.stop(why),
                }
            }
        }
        self.document.forget(arena);
    }

    /// Reports that the next value is not what was expected, and skips it.
    #[inline(never)]
    pub(crate) fn refuse(&mut self, code: Code, say: Say) {
        let at = self.at();
        // What is not JSON either is told first.
        self.skip();
        self.report(at, code, say);
    }

    /// How many strings must be distinct so far.
    pub(crate) fn mark(&self) -> usize {
        self.distinct.len()
    }

    /// Notes a string that no other one since a mark may equal.
    pub(crate) fn must_differ(&mut self, text: Address) {
        list::push(&mut self.distinct, text);
    }

    /// Reports the strings since a mark that stand there twice, and forgets them all.
    pub(crate) fn check_distinct(&mut self, mark: usize, code: Code, say: Say) {
        if self.distinct.len() > mark + 1 {
            self.report_repeated(mark, code, say);
        }
        self.distinct.truncate(mark);
    }

    #[inline(never)]
    fn report_repeated(&mut self, mark: usize, code: Code, say: Say) {
        let texts = self.distinct.get(mark..).unwrap_or_default();
        let bytes = |at: usize| texts.get(at).map(|text| self.document.bytes_at(*text));
        let mut again = Vec::new();
        if texts.len() > FEW {
            again = Names::new(texts.len(), &bytes).repeated(&bytes);
        } else {
            for at in 1..texts.len() {
                let text = bytes(at);
                if (0..at).any(|before| bytes(before) == text) {
                    list::push(&mut again, at);
                }
            }
        }
        for at in again {
            let offset = self.distinct.get(mark + at).map_or(0, |text| self.document.offset_of(*text));
            self.report(offset, code, say);
        }
    }
}

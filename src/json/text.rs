//! Strings of a document: the text that was loaded is kept, and they point into it.

use alloc::string::String;
#[cfg(feature = "engine")]
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::scan;
use crate::collections::list;

/// A string of the document: a span of its source, or of the arena of unescaped strings behind it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Text {
    start: u32,
    len: u32,
}

impl Text {
    /// The empty string.
    #[cfg(feature = "engine")]
    pub(crate) const EMPTY: Self = Self { start: 0, len: 0 };

    /// The span of bytes from `start` to `end`.
    #[expect(clippy::cast_possible_truncation, reason = "a document is shorter than 2^31 bytes")]
    pub(crate) fn span(start: usize, end: usize) -> Self {
        Self { start: start as u32, len: (end - start) as u32 }
    }

    /// The address of a string of the source.
    pub(crate) fn start(self) -> Address {
        self.start
    }

    /// The string without its first `bytes` bytes.
    #[cfg(feature = "engine")]
    #[expect(clippy::cast_possible_truncation, reason = "a document is shorter than 2^31 bytes")]
    pub(crate) fn skip(self, bytes: usize) -> Self {
        let skipped = (bytes as u32).min(self.len);
        Self { start: self.start + skipped, len: self.len - skipped }
    }

    /// The same string in a document that lies behind so many addresses of another.
    #[cfg(feature = "engine")]
    #[expect(
        clippy::cast_possible_truncation,
        reason = "`Document::behind` has seen to it that addresses suffice"
    )]
    pub(crate) fn behind(self, before: usize) -> Self {
        Self { start: self.start + before as u32, ..self }
    }

    /// The first `bytes` bytes of the string.
    #[expect(clippy::cast_possible_truncation, reason = "a document is shorter than 2^31 bytes")]
    pub(crate) fn take(self, bytes: usize) -> Self {
        Self { start: self.start, len: (bytes as u32).min(self.len) }
    }
}

/// The address of a string: where its contents begin in the source, if it stands there without escapes, and
/// ends at the next quote; else, from the length of the source on, where its entry in the arena begins. 0 is
/// no string.
pub(crate) type Address = u32;

/// The text that was loaded, and behind it (in one address space) the strings that had escapes or are not
/// written anywhere.
///
/// An entry of the arena is a length of four bytes, little endian, and so many bytes; before them, in four
/// bytes, the offset in the source that problems with the string are reported at.
///
/// A small document may lie behind another one: then spans and offsets that are kept of it count on from
/// those of the other.
#[derive(Debug)]
pub(crate) struct Document {
    source: String,
    arena: Vec<u8>,
    /// The document that this one lies behind.
    #[cfg(feature = "engine")]
    base: Option<Arc<Document>>,
    /// How many addresses that one takes.
    #[cfg(feature = "engine")]
    pub(crate) before: usize,
}

impl Document {
    pub(crate) fn new(source: String) -> Self {
        Self {
            source,
            arena: Vec::new(),
            #[cfg(feature = "engine")]
            base: None,
            #[cfg(feature = "engine")]
            before: 0,
        }
    }

    pub(crate) fn source(&self) -> &str {
        &self.source
    }

    #[cfg(feature = "engine")]
    pub(crate) fn into_source(self) -> String {
        self.source
    }

    /// Puts the document behind another one, and gives back one for which there are no addresses left. Half
    /// as many as there are stay free for what is unescaped later.
    #[cfg(feature = "engine")]
    pub(crate) fn behind(mut self, base: &Arc<Self>) -> Result<Self, Self> {
        let before = base.source.len() + base.arena.len();
        let own = 2 * self.source.len() + self.arena.len();
        if u32::try_from(before + own).is_err() {
            return Err(self);
        }
        self.before = before;
        self.base = Some(Arc::clone(base));
        Ok(self)
    }

    /// The source of the document that this one lies behind, or its own.
    #[cfg(feature = "engine")]
    pub(crate) fn base_source(&self) -> &str {
        self.base.as_ref().map_or(&self.source, |base| base.base_source())
    }

    /// The source in which an offset lies that was kept, and where it is in that.
    #[cfg(feature = "engine")]
    pub(crate) fn json(&self, at: usize) -> (&str, usize) {
        match (at.checked_sub(self.before), &self.base) {
            (None, Some(base)) => base.json(at),
            (own, _) => (&self.source, own.unwrap_or(at)),
        }
    }

    pub(crate) fn arena(&self) -> &[u8] {
        &self.arena
    }

    /// The span of the string at an address.
    #[inline(never)]
    pub(crate) fn text(&self, address: Address) -> Text {
        let start = address as usize;
        if let Some(entry) = start.checked_sub(self.source.len()) {
            return Text { start: address + 4, len: self.number(entry) };
        }
        if start == 0 {
            return Text::default();
        }
        Text::span(start, scan::plain_end(self.source.as_bytes(), start))
    }

    /// The bytes of a span.
    #[inline(never)]
    pub(crate) fn bytes(&self, text: Text) -> &[u8] {
        let start = text.start as usize;
        let len = text.len as usize;
        match start.checked_sub(self.source.len()) {
            None => self.source.as_bytes().get(start..start + len),
            Some(start) => self.arena.get(start..start + len),
        }
        .unwrap_or_default()
    }

    /// The bytes of the string at an address.
    #[inline(never)]
    pub(crate) fn bytes_at(&self, address: Address) -> &[u8] {
        let (start, source) = (address as usize, self.source.as_bytes());
        if start == 0 || start >= source.len() {
            return self.bytes(self.text(address));
        }
        source.get(start..scan::plain_end(source, start)).unwrap_or_default()
    }

    /// Whether a string is at an address. Of one of the source, nobody needs to know how long it is to tell.
    #[expect(clippy::inline_always, reason = "hot, and nothing is inlined otherwise: see docs/size-log.md")]
    #[inline(always)]
    pub(crate) fn is_at(&self, address: Address, string: &[u8]) -> bool {
        let start = address as usize;
        if start >= self.source.len() {
            return self.bytes_at(address) == string;
        }
        let end = start + string.len();
        let source = self.source.as_bytes();
        source.get(end) == Some(&b'"') && source.get(start..end) == Some(string)
    }

    /// The string behind a span.
    #[cfg(feature = "engine")]
    pub(crate) fn str(&self, text: Text) -> &str {
        let Some(start) = (text.start as usize).checked_sub(self.before) else {
            return self.base.as_ref().map_or("", |base| base.str(text));
        };
        if start < self.source.len() {
            return self.source.get(start..start + text.len as usize).unwrap_or_default();
        }
        core::str::from_utf8(self.bytes(Text::span(start, start + text.len as usize))).unwrap_or_default()
    }

    /// The offset of the opening quote of the string at an address.
    pub(crate) fn offset_of(&self, address: Address) -> usize {
        match (address as usize).checked_sub(self.source.len()) {
            Some(entry) => self.number(entry.wrapping_sub(4)) as usize,
            None => (address as usize).saturating_sub(1),
        }
    }

    /// Begins an entry of the arena, for a string that stands at `offset`: its bytes are pushed next.
    #[expect(clippy::cast_possible_truncation, reason = "a document is shorter than 2^31 bytes")]
    pub(crate) fn begin(&mut self, offset: usize) -> Address {
        list::extend(&mut self.arena, &(offset as u32).to_le_bytes());
        list::extend(&mut self.arena, &[0; 4]);
        (self.source.len() + self.arena.len() - 4) as u32
    }

    /// Ends the entry that begins at an address.
    #[expect(clippy::cast_possible_truncation, reason = "a document is shorter than 2^31 bytes")]
    pub(crate) fn end(&mut self, address: Address) {
        let entry = address as usize - self.source.len();
        let len = (self.arena.len() - entry - 4) as u32;
        if let Some(slot) = self.arena.get_mut(entry..).and_then(<[u8]>::first_chunk_mut) {
            *slot = len.to_le_bytes();
        }
    }

    /// The source, and the arena to push into.
    pub(crate) fn parts(&mut self) -> (&str, &mut Vec<u8>) {
        (&self.source, &mut self.arena)
    }

    /// Drops what was pushed to the arena since it had so many bytes.
    pub(crate) fn forget(&mut self, bytes: usize) {
        self.arena.truncate(bytes);
    }

    /// Keeps a string that is part of another one.
    pub(crate) fn keep(&mut self, text: Text) -> Address {
        let address = self.begin(0);
        self.append(text);
        self.end(address);
        address
    }

    /// Keeps two strings as one, which no other two are: problems with it are reported at `offset`.
    pub(crate) fn join(&mut self, offset: u32, a: Address, b: Address) -> Address {
        let address = self.begin(offset as usize);
        self.append(self.text(a));
        // In no string there is such a byte.
        list::push(&mut self.arena, 0xff);
        self.append(self.text(b));
        self.end(address);
        address
    }

    fn append(&mut self, text: Text) {
        let bytes = list::copy(self.bytes(text));
        list::extend(&mut self.arena, &bytes);
    }

    fn number(&self, entry: usize) -> u32 {
        let bytes = self.arena.get(entry..).and_then(<[u8]>::first_chunk);
        bytes.map_or(0, |bytes| u32::from_le_bytes(*bytes))
    }
}

/// The text before the first `mark`, and the text behind it, if it has one.
#[cfg(feature = "engine")]
pub(crate) fn split_at_mark(text: &str, mark: u8) -> (&str, Option<&str>) {
    match text.bytes().position(|byte| byte == mark) {
        Some(at) => (text.get(..at).unwrap_or_default(), text.get(at + 1..)),
        None => (text, None),
    }
}

//! Strings as spans: the snapshot text is kept, and names point into it.

use alloc::string::String;

/// A string of the document: a span of its source, or of the arena of unescaped strings behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Text {
    start: u32,
    len: u32,
}

impl Text {
    /// The empty string.
    pub(crate) const EMPTY: Self = Self { start: 0, len: 0 };

    /// The span of bytes from `start` to `end`.
    #[expect(clippy::cast_possible_truncation, reason = "a document is shorter than 2^31 bytes")]
    pub(crate) fn span(start: usize, end: usize) -> Self {
        Self { start: start as u32, len: (end - start) as u32 }
    }

    /// The string without its first `bytes` bytes.
    #[expect(clippy::cast_possible_truncation, reason = "a document is shorter than 2^31 bytes")]
    pub(crate) fn skip(self, bytes: usize) -> Self {
        let skipped = (bytes as u32).min(self.len);
        Self { start: self.start + skipped, len: self.len - skipped }
    }

    /// The first `bytes` bytes of the string.
    #[expect(clippy::cast_possible_truncation, reason = "a document is shorter than 2^31 bytes")]
    pub(crate) fn take(self, bytes: usize) -> Self {
        Self { start: self.start, len: (bytes as u32).min(self.len) }
    }
}

/// The snapshot text, and behind it (in one address space) the strings that had escapes.
#[derive(Debug)]
pub(crate) struct Document {
    source: String,
    arena: String,
}

impl Document {
    pub(crate) fn new(source: String, arena: String) -> Self {
        Self { source, arena }
    }

    pub(crate) fn source(&self) -> &str {
        &self.source
    }

    /// The string behind a span.
    pub(crate) fn str(&self, text: Text) -> &str {
        slice(&self.source, &self.arena, text)
    }
}

/// The string behind a span of a source or of the arena behind it.
pub(crate) fn slice<'a>(source: &'a str, arena: &'a str, text: Text) -> &'a str {
    let start = text.start as usize;
    let len = text.len as usize;
    match start.checked_sub(source.len()) {
        None => source.get(start..start + len),
        Some(start) => arena.get(start..start + len),
    }
    .unwrap_or_default()
}

/// Whether text is parts with `mark` between, none of them empty.
pub(crate) fn has_parts(text: &str, mark: u8) -> bool {
    let mut last = mark;
    for byte in text.bytes() {
        if byte == mark && last == mark {
            return false;
        }
        last = byte;
    }
    last != mark
}

/// The text before the first `mark`, and the text behind it, if it has one.
pub(crate) fn split_at_mark(text: &str, mark: u8) -> (&str, Option<&str>) {
    match text.bytes().position(|byte| byte == mark) {
        Some(at) => (text.get(..at).unwrap_or_default(), text.get(at + 1..)),
        None => (text, None),
    }
}

/// Text that has been read and is kept in place of an id until ids are resolved: the offset of the
/// opening quote of a string in the source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct At(pub(crate) u32);

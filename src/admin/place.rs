//! Values of a document where they stand, for what is told with places.

use alloc::borrow::Cow;

use super::shallow::raw;
use crate::json::scan::skip_space;
use crate::json::value::{Value, elements, member, members, scalar};

/// A value of a document.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place<'a> {
    source: &'a str,
    /// Where it begins.
    pub(super) at: usize,
}

impl<'a> Place<'a> {
    /// The whole document.
    pub(super) fn of(source: &'a str) -> Self {
        Self { source, at: skip_space(source.as_bytes(), 0) }
    }

    /// Whether it is an object (`{`), a list (`[`) or a string (`"`).
    pub(super) fn begins_with(self, mark: u8) -> bool {
        self.source.as_bytes().get(self.at) == Some(&mark)
    }

    /// The value under a key; nothing of what is no object.
    pub(super) fn get(self, key: &str) -> Option<Self> {
        member(self.source, self.at, key).map(|at| Self { at, ..self })
    }

    /// The members of an object; none of anything else.
    pub(super) fn members(self) -> impl Iterator<Item = (Cow<'a, str>, Self)> {
        let found = self.begins_with(b'{').then(|| members(self.source, self.at));
        found.into_iter().flatten().map(move |(key, at)| (key, Self { at, ..self }))
    }

    /// The entries of a list; none of anything else.
    pub(super) fn elements(self) -> impl Iterator<Item = Self> {
        let found = self.begins_with(b'[').then(|| elements(self.source, self.at));
        found.into_iter().flatten().map(move |at| Self { at, ..self })
    }

    /// The entries of the list under a key.
    pub(super) fn list(self, key: &str) -> impl Iterator<Item = Self> {
        self.get(key).into_iter().flat_map(Self::elements)
    }

    /// As it is written.
    pub(super) fn text(self) -> &'a str {
        raw(self.source, self.at)
    }

    /// The string that it is.
    pub(super) fn string(self) -> Option<Cow<'a, str>> {
        if let Value::Text(text) = scalar(self.source, self.at) { Some(text) } else { None }
    }

    /// The string under a key.
    pub(super) fn string_at(self, key: &str) -> Option<Cow<'a, str>> {
        self.get(key).and_then(Self::string)
    }

    /// Whether `true` is under a key.
    pub(super) fn is_true(self, key: &str) -> bool {
        self.get(key).is_some_and(|value| value.begins_with(b't'))
    }
}

//! Attribute values: what conditions compare and what owner and team ids are read from.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use super::text::split_at_mark;
use super::{number, scan};
use crate::names::is_id;

/// The value of an attribute, as far as conditions can tell values apart.
#[derive(Clone, Debug, PartialEq)]
pub enum Value<'a> {
    /// Absent or null.
    Null,
    /// A truth value.
    Bool(bool),
    /// A finite number.
    Number(f64),
    /// A string.
    Text(Cow<'a, str>),
    /// A list; an element that is no scalar is [`Value::Null`] or [`Value::Other`].
    List(Vec<Value<'a>>),
    /// Present, no scalar, but counts as this id (an integer beyond the doubles).
    Id(Cow<'a, str>),
    /// Present, and of no use to any comparison.
    Other,
}

impl<'a> Value<'a> {
    /// Whether this is a string, number or truth value.
    #[must_use]
    pub fn is_scalar(&self) -> bool {
        matches!(self, Self::Bool(_) | Self::Number(_) | Self::Text(_))
    }

    /// The id that the value is: a string that is an id, or a safe integer as its decimal string.
    #[must_use]
    pub fn id(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::Text(text) | Self::Id(text) => is_id(text.as_bytes()).then(|| Cow::Borrowed(&**text)),
            Self::Number(value) => {
                let mut out = String::new();
                number::push_integer(&mut out, number::safe_integer(*value)?);
                Some(Cow::Owned(out))
            }
            _ => None,
        }
    }

    /// All ids in the value: itself, or the elements of the list that are ids.
    #[must_use]
    pub fn ids(&self) -> Vec<String> {
        let mut found = Vec::new();
        self.add_ids(&mut found);
        found
    }

    /// Whether there is nothing in the value but ids.
    pub(crate) fn is_ids(&self) -> bool {
        let items = if let Self::List(items) = self { items } else { core::slice::from_ref(self) };
        items.iter().all(|item| *item == Self::Null || item.id().is_some())
    }

    pub(crate) fn add_ids(&self, found: &mut Vec<String>) {
        let items = if let Self::List(items) = self { items } else { core::slice::from_ref(self) };
        for item in items {
            if let Some(id) = item.id() {
                found.push(id.into_owned());
            }
        }
    }

    /// Parses JSON into a value of which [`Value::Other`] stands for every object.
    fn scalar_or_list(json: &'a str, pos: usize) -> Self {
        match json.as_bytes().get(pos) {
            Some(b'[') => {
                let mut items = Vec::new();
                for at in elements(json, pos) {
                    items.push(element(json, at));
                }
                Self::List(items)
            }
            _ => scalar(json, pos),
        }
    }
}

/// An element of a list that a path ends at. A list inside it is absent, but stays an element: a list
/// of lists is not empty.
fn element(json: &str, pos: usize) -> Value<'_> {
    if json.as_bytes().get(pos) == Some(&b'[') { Value::Null } else { scalar(json, pos) }
}

/// The JSON scalar at `pos`; an object or a list there is [`Value::Other`].
pub(crate) fn scalar(json: &str, pos: usize) -> Value<'_> {
    let bytes = json.as_bytes();
    match bytes.get(pos) {
        Some(b'"') => text_at(json, pos).map_or(Value::Null, Value::Text),
        Some(b'{' | b'[') => Value::Other,
        Some(b't') => Value::Bool(true),
        Some(b'f') => Value::Bool(false),
        Some(b'n') | None => Value::Null,
        Some(_) => scan::number(bytes, pos).map_or(Value::Null, |end| {
            let value = number::parse(json.get(pos..end).unwrap_or_default());
            if value.is_finite() { Value::Number(value) } else { Value::Other }
        }),
    }
}

/// Reads what `path` (dots descend) finds in the JSON value that begins at `pos` of `json`.
pub(crate) fn read_path<'a>(json: &'a str, pos: usize, path: &str) -> Value<'a> {
    let mut found = Vec::new();
    let mut entered = false;
    descend(json, pos, Some(path), &mut entered, &mut found);
    if !entered {
        return found.pop().unwrap_or(Value::Null);
    }
    let mut flat = Vec::with_capacity(found.len());
    for value in found {
        match value {
            Value::List(items) => flat.extend(items),
            one => flat.push(one),
        }
    }
    Value::List(flat)
}

fn descend<'a>(
    json: &'a str,
    pos: usize,
    path: Option<&str>,
    entered: &mut bool,
    found: &mut Vec<Value<'a>>,
) {
    let Some(path) = path else {
        found.push(Value::scalar_or_list(json, pos));
        return;
    };
    match json.as_bytes().get(pos) {
        Some(b'{') => {
            let (key, rest) = split_at_mark(path, b'.');
            if let Some(at) = member(json, pos, key) {
                descend(json, at, rest, entered, found);
            }
        }
        Some(b'[') => {
            *entered = true;
            for at in elements(json, pos) {
                descend(json, at, Some(path), entered, found);
            }
        }
        _ => {}
    }
}

/// The members of the object at `pos`, in text that is valid JSON: keys, and where their values begin.
pub(crate) fn members(json: &str, pos: usize) -> Members<'_> {
    Members { json, last: Last::Before(pos) }
}

/// Where the elements of the list at `pos` begin, in text that is valid JSON.
pub(crate) fn elements(json: &str, pos: usize) -> Elements<'_> {
    Elements { bytes: json.as_bytes(), last: Last::Before(pos) }
}

#[derive(Debug)]
pub(crate) struct Members<'a> {
    json: &'a str,
    last: Last,
}

#[derive(Debug)]
pub(crate) struct Elements<'a> {
    bytes: &'a [u8],
    last: Last,
}

/// How far a walk through an object or a list is.
#[derive(Clone, Copy, Debug)]
enum Last {
    /// At the bracket that opens it.
    Before(usize),
    /// At the value that was given last.
    Value(usize),
}

impl Last {
    /// The offset of the entry after it.
    #[inline(never)]
    fn next(self, bytes: &[u8]) -> Option<usize> {
        let at = match self {
            Self::Before(at) => at + 1,
            Self::Value(at) => {
                let comma = scan::skip_space(bytes, end_of(bytes, at)?);
                comma + usize::from(bytes.get(comma) == Some(&b','))
            }
        };
        Some(scan::skip_space(bytes, at))
    }
}

impl<'a> Iterator for Members<'a> {
    type Item = (Cow<'a, str>, usize);

    #[inline(never)]
    fn next(&mut self) -> Option<Self::Item> {
        let bytes = self.json.as_bytes();
        let key = self.last.next(bytes).filter(|key| bytes.get(*key) == Some(&b'"'))?;
        let token = scan::string(bytes, key).ok()?;
        let value = scan::skip_space(bytes, scan::skip_space(bytes, token.end + 1) + 1);
        self.last = Last::Value(value);
        Some((scan::contents(self.json, token).ok()?, value))
    }
}

impl Iterator for Elements<'_> {
    type Item = usize;

    #[inline(never)]
    fn next(&mut self) -> Option<usize> {
        let at = self.last.next(self.bytes)?;
        if matches!(self.bytes.get(at), None | Some(b']')) {
            return None;
        }
        self.last = Last::Value(at);
        Some(at)
    }
}

/// The offset of the value of `key` in the object at `pos`.
pub(crate) fn member(json: &str, pos: usize, key: &str) -> Option<usize> {
    if json.as_bytes().get(pos) != Some(&b'{') {
        return None;
    }
    for (name, at) in members(json, pos) {
        if name == key {
            return Some(at);
        }
    }
    None
}

fn text_at(json: &str, quote: usize) -> Option<Cow<'_, str>> {
    let token = scan::string(json.as_bytes(), quote).ok()?;
    scan::contents(json, token).ok()
}

/// The offset behind the value at `pos`, in text that is valid JSON.
pub(crate) fn end_of(bytes: &[u8], mut pos: usize) -> Option<usize> {
    let mut depth = 0_usize;
    loop {
        pos = match bytes.get(pos)? {
            b'{' | b'[' => {
                depth += 1;
                pos + 1
            }
            b'}' | b']' => {
                depth = depth.checked_sub(1)?;
                pos + 1
            }
            b'"' => scan::string(bytes, pos).ok()?.end + 1,
            b'-' | b'0'..=b'9' => scan::number(bytes, pos).ok()?,
            b't' | b'f' | b'n' => scan::word(bytes, pos).ok()?,
            _ => pos + 1,
        };
        if depth == 0 {
            return Some(pos);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Value<'_> {
        Value::Text(Cow::Borrowed(text))
    }

    #[test]
    fn paths_descend_and_enter_lists() {
        let json = r#"{"a": {"b\n": "x"}, "p": [{"id": "u1"}, {"id": [2, [3], null]}, {}, 5, [{"id": true}]], "l": ["y", {}]}"#;
        assert_eq!(read_path(json, 0, "a.b\n"), text("x"));
        assert_eq!(read_path(json, 0, "a"), Value::Other);
        assert_eq!(read_path(json, 0, "a.c"), Value::Null);
        let ids = [text("u1"), Value::Number(2.0), Value::Null, Value::Null, Value::Bool(true)];
        assert_eq!(read_path(json, 0, "p.id"), Value::List(ids.into()));
        assert_eq!(read_path(json, 0, "l"), Value::List([text("y"), Value::Other].into()));
        assert_eq!(read_path(json, 0, "l.z"), Value::List(Vec::new()));
    }

    #[test]
    fn ids_are_strings_or_safe_integers() {
        assert_eq!(Value::Number(-0.0).id().unwrap(), "0");
        assert_eq!(Value::Number(42.0).id().unwrap(), "42");
        assert_eq!(Value::Number(1e16).id(), None);
        assert_eq!(text("").id(), None);
        assert_eq!(text("a\u{7f}").id(), None);
        assert_eq!(Value::Bool(true).id(), None);
    }
}

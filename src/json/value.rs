//! Attribute values: what conditions compare and what owner and team ids are read from.
//!
//! Twin of pkg-template/src/core/attributes.ts; tests/package/own.mjs and tests/own.rs hold them equal.

use alloc::borrow::Cow;
use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;
use core::cell::{Cell, RefCell};

use super::text::split_at_mark;
use super::{number, scan};
use crate::collections::list::{Listed, push_all};
use crate::collections::pairs::Keyed;
use crate::collections::sort::sort_by;
use crate::ids::id;
use crate::spelling::is_id;

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
    /// A list. Of an element that is not a scalar nothing is known but what is said here.
    List(Vec<Value<'a>>),
    /// Present, no scalar, but counts as this id (an integer beyond the doubles).
    Id(Cow<'a, str>),
    /// Present, no scalar, but counts as this time, in milliseconds since the epoch.
    Time(f64),
    /// An element of a list that is an object, whose attributes can be read.
    Object(Object<'a>),
    /// Present, and of no use to any comparison.
    Other,
    /// It cannot be read: nobody knows whether there is anything.
    Unknown,
}

/// What a path finds in the object that begins at an offset of JSON text.
type Reader = for<'j> fn(&'j str, usize, &str) -> Value<'j>;

/// An object whose attributes can be read.
#[derive(Clone, Copy, Debug)]
pub struct Object<'a> {
    json: &'a str,
    /// Where it begins.
    at: usize,
    read: Reader,
}

impl<'a> Object<'a> {
    /// The object that begins at an offset of JSON text, read by a function.
    #[cfg(feature = "full")]
    pub(crate) fn new(json: &'a str, at: usize, read: Reader) -> Self {
        Self { json, at, read }
    }

    pub(crate) fn find(&self, path: &str) -> Value<'a> {
        (self.read)(self.json, self.at, path)
    }
}

/// Whether two objects are the same one.
impl PartialEq for Object<'_> {
    fn eq(&self, other: &Self) -> bool {
        core::ptr::eq(self.json, other.json) && self.at == other.at
    }
}

impl Value<'_> {
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
            Self::Null
            | Self::Bool(_)
            | Self::List(_)
            | Self::Time(_)
            | Self::Object(_)
            | Self::Other
            | Self::Unknown => None,
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
}

/// An element of a list that a path ends at. Of a list inside it nothing is known.
pub(crate) fn element(json: &str, at: usize) -> Value<'_> {
    match json.as_bytes().get(at) {
        Some(b'[') => Value::Null,
        Some(b'{') => Value::Object(Object { json, at, read: read_path }),
        _ => scalar(json, at),
    }
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
    take(json, find(json, pos, path, &member))
}

/// Where the members of the objects of one text are, by name. Of whom many attributes are read, each is found
/// without going through the others.
#[derive(Debug, Default)]
pub(crate) struct Index {
    /// How often an object was gone through.
    reads: Cell<usize>,
    /// By object: where its keys begin, by name.
    keys: RefCell<Keyed<Rc<[u32]>>>,
}

/// So often an object is gone through before it is worth an index. Checked builds have few, so that tests go
/// both ways.
const READS: usize = if cfg!(debug_assertions) { 1 } else { 16 };

impl Index {
    /// The same as [`read_path`].
    pub(crate) fn read_path<'a>(&self, json: &'a str, pos: usize, path: &str) -> Value<'a> {
        take(json, find(json, pos, path, &|json, pos, key| self.member(json, pos, key)))
    }

    fn member(&self, json: &str, pos: usize, key: &str) -> Option<usize> {
        self.reads.set(self.reads.get() + 1);
        if self.reads.get() <= READS || json.as_bytes().get(pos) != Some(&b'{') {
            return member(json, pos, key);
        }
        let keys = self.keys_of(json, pos);
        let at = keys
            .binary_search_by(|at| member_at(json, *at as usize).map(|it| it.0).as_deref().cmp(&Some(key)));
        member_at(json, *keys.get(at.ok()?)? as usize).map(|it| it.1)
    }

    fn keys_of(&self, json: &str, pos: usize) -> Rc<[u32]> {
        let object = id(pos);
        if let Some(known) = self.keys.borrow().get(object, 0) {
            return Rc::clone(known);
        }
        let mut named = Members { json, last: Last::Before(pos) }.with_keys();
        sort_by(&mut named, |a, b| a.0.cmp(&b.0));
        let keys: Rc<[u32]> = named.iter().map(|it| it.1).listed().into();
        self.keys.borrow_mut().put(object, 0, Rc::clone(&keys));
        keys
    }
}

/// The value that was found.
fn take<'a>(json: &'a str, found: Found<'_>) -> Value<'a> {
    match found {
        Found::Nothing => Value::Null,
        Found::Value(at) if is_list(json, at) => {
            Value::List(elements(json, at).map(|at| element(json, at)).listed())
        }
        Found::Value(at) => scalar(json, at),
        Found::List(at, rest) => {
            let mut items = Vec::new();
            gather(json, at, rest, &mut items);
            Value::List(items)
        }
    }
}

/// What a path comes to.
#[derive(Clone, Copy)]
enum Found<'p> {
    Nothing,
    /// The value at its end begins here.
    Value(usize),
    /// A list on the way begins here, and this is left of the path.
    List(usize, &'p str),
}

/// Where an object has a member.
type Member<'f> = dyn Fn(&str, usize, &str) -> Option<usize> + 'f;

fn find<'p>(json: &str, mut pos: usize, mut path: &'p str, member: &Member<'_>) -> Found<'p> {
    loop {
        if is_list(json, pos) {
            return Found::List(pos, path);
        }
        let (key, rest) = split_at_mark(path, b'.');
        match (member(json, pos, key), rest) {
            (None, _) => return Found::Nothing,
            (Some(at), None) => return Found::Value(at),
            (Some(at), Some(rest)) => (pos, path) = (at, rest),
        }
    }
}

/// Adds what the elements of a list on the way hold at the end of a path: a list joins in with its elements,
/// and where nothing is found there is an element of which nothing is known.
fn gather<'a>(json: &'a str, list: usize, path: &str, items: &mut Vec<Value<'a>>) {
    for at in elements(json, list) {
        match find(json, at, path, &member) {
            Found::Nothing => items.push(Value::Null),
            Found::Value(at) if is_list(json, at) => {
                push_all(items, elements(json, at).map(|at| element(json, at)));
            }
            Found::Value(at) => items.push(element(json, at)),
            Found::List(at, rest) => gather(json, at, rest, items),
        }
    }
}

/// Whether a list begins at an offset.
pub(crate) fn is_list(json: &str, pos: usize) -> bool {
    json.as_bytes().get(pos) == Some(&b'[')
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
        let (name, value) = member_at(self.json, self.last.next(self.json.as_bytes())?)?;
        self.last = Last::Value(value);
        Some((name, value))
    }
}

impl<'a> Members<'a> {
    /// The names, and where each key begins.
    fn with_keys(mut self) -> Vec<(Cow<'a, str>, u32)> {
        let mut all = Vec::new();
        while let Some(key) = self.last.next(self.json.as_bytes())
            && let Some((name, value)) = member_at(self.json, key)
        {
            all.push((name, id(key)));
            self.last = Last::Value(value);
        }
        all
    }
}

/// The member whose key begins at an offset.
fn member_at(json: &str, key: usize) -> Option<(Cow<'_, str>, usize)> {
    let bytes = json.as_bytes();
    let token = bytes.get(key).filter(|byte| **byte == b'"').and_then(|_| scan::string(bytes, key).ok())?;
    let value = scan::skip_space(bytes, scan::skip_space(bytes, token.end + 1) + 1);
    Some((scan::contents(json, token).ok()?, value))
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
        let json = r#"{"a": {"b\n": "x"}, "p": [{"id": "u1"}, {"id": [2, [3], null]}, {}, 5, [{"id": true}]], "l": ["y", {"z": 1}]}"#;
        assert_eq!(read_path(json, 0, "a.b\n"), text("x"));
        assert_eq!(read_path(json, 0, "a"), Value::Other);
        assert_eq!(read_path(json, 0, "a.c"), Value::Null);
        let nothing = Value::Null;
        let ids = [
            text("u1"),
            Value::Number(2.0),
            nothing.clone(),
            nothing.clone(),
            nothing.clone(),
            nothing.clone(),
            Value::Bool(true),
        ];
        assert_eq!(read_path(json, 0, "p.id"), Value::List(ids.into()));
        assert_eq!(read_path(json, 0, "l.z"), Value::List([nothing, Value::Number(1.0)].into()));
        let Value::List(items) = read_path(json, 0, "l") else { panic!() };
        let [one, Value::Object(object)] = &items[..] else { panic!("{items:?}") };
        assert_eq!((one, object.find("z")), (&text("y"), Value::Number(1.0)));
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

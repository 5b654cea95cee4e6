//! Where values of attributes come from: an application's own records, or JSON.

use alloc::borrow::ToOwned;
use alloc::string::String;

use crate::json::reader::Reader;
use crate::json::value::{self, Object, Value};

/// Where attributes of a record or a context come from.
///
/// ```
/// use rolegate::{Attributes, On, Snapshot, Value};
///
/// struct Call {
///     agent: String,
/// }
///
/// impl Attributes for Call {
///     fn read(&self, path: &str) -> Value<'_> {
///         if path == "owner" { Value::Text(self.agent.as_str().into()) } else { Value::Null }
///     }
/// }
///
/// let snapshot = Snapshot::from_json(br#"{
///   "format": "rolegate/1", "revision": 1,
///   "catalog": { "categories": [{ "id": "c", "permissions": [{ "id": "c.view", "scopes": ["own", "all"] }] }] },
///   "roles": [{ "id": "r", "name": "R", "grants": { "c.view": "own" } }],
///   "users": [{ "id": "ana", "roles": ["r"] }, { "id": "bo" }]
/// }"#)?;
/// let call = Call { agent: "ana".into() };
/// assert!(snapshot.subject("ana").at(1_795_000_000_000.0).can("c.view", On::Record(&call)));
/// # Ok::<(), rolegate::SnapshotError>(())
/// ```
pub trait Attributes {
    /// What `path` finds; [`Value::Null`] where there is nothing, [`Value::Unknown`] where it cannot be read.
    /// Dots descend, lists on the way are entered and give one flat list.
    fn read(&self, path: &str) -> Value<'_>;
}

impl Attributes for Object<'_> {
    fn read(&self, path: &str) -> Value<'_> {
        self.find(path)
    }
}

/// No attributes at all.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NoAttributes;

impl Attributes for NoAttributes {
    fn read(&self, _path: &str) -> Value<'_> {
        Value::Null
    }
}

/// A JSON object as attributes of a record or a context.
#[derive(Clone, Debug)]
pub struct Json(String);

impl Json {
    /// Takes a JSON object; `None` if the text is none.
    #[must_use]
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let text = core::str::from_utf8(bytes).ok()?.trim_ascii();
        let mut reader = Reader::new(text.to_owned(), 0);
        reader.skip();
        reader.finish();
        (text.starts_with('{') && reader.problems.is_empty()).then(|| Self(reader.document.into_source()))
    }

    /// The object as text.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// The object as an element of a list, for attributes of an application's own: `$elem` reads it.
    #[must_use]
    pub fn element(&self) -> Value<'_> {
        value::element(&self.0, 0)
    }
}

impl Attributes for Json {
    fn read(&self, path: &str) -> Value<'_> {
        value::read_path(&self.0, 0, path)
    }
}

//! Questions that come from JavaScript as JSON, written by the package itself.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use crate::condition::holds::{Attributes, Record};
use crate::describe;
use crate::host::HostZones;
use crate::json::value::{self, Object, Value, elements, member, members};
use crate::json::writer::strings;
use crate::list::Listed;
use crate::query::decide::Asked;
use crate::query::subject::{Bounds, Moment, Spot};
use crate::snapshot::Snapshot;

/// A JSON object whose members are read by name.
#[derive(Clone, Copy)]
pub(super) struct Question<'a> {
    json: &'a str,
    /// Where the object begins.
    at: usize,
}

impl<'a> Question<'a> {
    pub(super) fn new(json: &'a str) -> Self {
        Self { json, at: 0 }
    }

    /// Session roles and limits.
    pub(super) fn bounds(self) -> (Option<Vec<String>>, Vec<Vec<String>>) {
        let mut limits = Vec::new();
        if let Some(at) = self.member("limits") {
            for at in elements(self.json, at) {
                limits.push(self.strings_at(at));
            }
        }
        (self.member("roles").map(|at| self.strings_at(at)), limits)
    }

    pub(super) fn who_can(self, snapshot: &Snapshot) -> String {
        let mut out = String::new();
        self.put(snapshot, &mut |moment, permission, asked| {
            strings(&mut out, &snapshot.names(moment.who_can(permission, asked)));
        });
        out
    }

    pub(super) fn remedies(self, snapshot: &Snapshot) -> String {
        let mut out = String::new();
        self.put(snapshot, &mut |moment, permission, asked| {
            describe::remedies(&mut out, &moment.remedies(permission, asked));
        });
        out
    }

    /// Puts the question to a snapshot.
    #[inline(never)]
    fn put(self, snapshot: &Snapshot, ask: &mut dyn FnMut(&Moment<'_>, &str, Asked<'_>)) {
        let model = snapshot.model();
        let (roles, limits) = self.bounds();
        let bounds = Bounds::new(model, roles.as_deref(), &limits);
        let context = self.wire("context");
        let (user, now) = (self.string("user"), self.number("now"));
        let moment = Moment::new(&snapshot.engine, &user, &bounds, now, Some(&context), &HostZones);
        let permission = self.string("permission");
        let Some(at) = self.member("resource") else {
            ask(&moment, &permission, Asked::Bare);
            return;
        };
        let ids = |key| self.member(key).map(|at| self.strings_at(at)).unwrap_or_default();
        let spot = Spot::new(model, ids("owner"), &ids("team"));
        let wire = self.wire("resource");
        let is_known = self.json.as_bytes().get(at) == Some(&b'{');
        ask(
            &moment,
            &permission,
            Asked::On(&spot, if is_known { Record::Known(&wire) } else { Record::Unknown }),
        );
    }

    fn member(self, key: &str) -> Option<usize> {
        member(self.json, self.at, key)
    }

    fn string(self, key: &str) -> String {
        match self.member(key).map(|at| value::scalar(self.json, at)) {
            Some(Value::Text(text)) => text.into_owned(),
            _ => String::new(),
        }
    }

    fn number(self, key: &str) -> f64 {
        match self.member(key).map(|at| value::scalar(self.json, at)) {
            Some(Value::Number(number)) => number,
            _ => f64::NAN,
        }
    }

    fn strings_at(self, at: usize) -> Vec<String> {
        let mut found = Vec::new();
        for at in elements(self.json, at) {
            if let Value::Text(text) = value::scalar(self.json, at) {
                found.push(text.into_owned());
            }
        }
        found
    }

    fn wire(self, key: &str) -> Wire<'a> {
        Wire(self.member(key).map(|at| Self { at, ..self }))
    }
}

/// Attributes that were read by path.
struct Wire<'a>(Option<Question<'a>>);

impl Attributes for Wire<'_> {
    fn read(&self, path: &str) -> Value<'_> {
        self.0.map_or(Value::Null, |object| read_written(object.json, object.at, path))
    }
}

/// What a path finds in an object of which the keys are whole paths.
fn read_written<'a>(json: &'a str, at: usize, path: &str) -> Value<'a> {
    let Some(at) = member(json, at, path) else { return Value::Null };
    if json.as_bytes().get(at) != Some(&b'[') {
        return written(json, at);
    }
    Value::List(elements(json, at).map(|at| written(json, at)).listed())
}

/// A scalar, or an object that says what a value is: `id`, an integer beyond the doubles; `time`, a time; `object`, an object of
/// which attributes were read; `unknown`, something that cannot be read. Any other is of no use.
fn written(json: &str, at: usize) -> Value<'_> {
    let Some((what, at)) = object_member(json, at) else { return value::scalar(json, at) };
    match (&*what, value::scalar(json, at)) {
        ("id", Value::Text(id)) => Value::Id(id),
        ("time", Value::Number(time)) => Value::Time(time),
        ("object", _) => Value::Object(Object::new(json, at, read_written)),
        ("unknown", _) => Value::Unknown,
        _ => Value::Other,
    }
}

/// The only member of an object; `None` of an empty one and of what is none.
fn object_member(json: &str, at: usize) -> Option<(Cow<'_, str>, usize)> {
    if json.as_bytes().get(at) == Some(&b'{') { members(json, at).next() } else { None }
}

//! Questions that come from JavaScript as JSON, written by the package itself.

use alloc::borrow::{Cow, ToOwned};
use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;

use crate::attributes::Attributes;
use crate::collections::list::{Listed, push_all};
use crate::collections::sort::sort_by;
use crate::condition::holds::Record;
use crate::describe;
use crate::host::HostZones;
use crate::json::value::{self, Object, Value, elements, end_of, member, members};
use crate::json::writer::strings;
use crate::query::decide::Asked;
use crate::query::moment::{Bounds, Moment};
use crate::query::standing::RecordOwners;
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

    /// A list; nothing where that would take too long.
    pub(super) fn who_can(self, snapshot: &Snapshot) -> String {
        let mut out = String::new();
        self.put(snapshot, &mut |moment, permission, asked| {
            if let Ok(users) = moment.who_can(permission, asked) {
                strings(&mut out, &snapshot.names(users));
            }
        });
        out
    }

    pub(super) fn remedies(self, snapshot: &Snapshot) -> String {
        let mut out = String::new();
        self.put(snapshot, &mut |moment, permission, asked| {
            describe::found(&mut out, &moment.remedies(permission, asked));
        });
        out
    }

    /// Puts the question to a snapshot.
    #[inline(never)]
    fn put(self, snapshot: &Snapshot, ask: &mut dyn FnMut(&Moment<'_>, &str, Asked<'_>)) {
        let subject =
            self.member("subject").and_then(|at| self.json.get(at..end_of(self.json.as_bytes(), at)?));
        let outsider = subject.and_then(|subject| snapshot.outsider(subject.to_owned()).ok());
        let engine = outsider.as_ref().map_or(&snapshot.engine, |outsider| &outsider.engine);
        let user = outsider.as_ref().map_or_else(|| self.string("user"), |outsider| outsider.id().to_owned());
        let model = &engine.model;
        let (roles, limits) = self.bounds();
        let bounds = Bounds::new(model, roles.as_deref(), &limits);
        let (context, now) = (self.wire("context"), self.number("now"));
        let moment = Moment::new(engine, &user, &bounds, now, Some(&context), &HostZones, Rc::default());
        let permission = self.string("permission");
        let Some(at) = self.member("resource") else {
            ask(&moment, &permission, Asked::WithoutRecord);
            return;
        };
        let ids = |key| self.member(key).map(|at| self.strings_at(at)).unwrap_or_default();
        let owners = RecordOwners::new(model, ids("owner"), &ids("team"));
        let wire = self.wire("resource");
        let is_known = self.json.as_bytes().get(at) == Some(&b'{');
        ask(
            &moment,
            &permission,
            Asked::On(&owners, if is_known { Record::Known(&wire) } else { Record::Unknown }),
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
        let mut values = Vec::new();
        if let Some(at) = self.member(key) {
            push_all(&mut values, members(self.json, at));
        }
        sort_by(&mut values, |a, b| a.0.cmp(&b.0));
        Wire { json: self.json, values }
    }
}

/// Attributes that were read by path: whole paths, sorted, and where the values begin.
struct Wire<'a> {
    json: &'a str,
    values: Vec<(Cow<'a, str>, usize)>,
}

impl Attributes for Wire<'_> {
    fn read(&self, path: &str) -> Value<'_> {
        let found = self.values.binary_search_by(|it| it.0.as_ref().cmp(path)).ok();
        found.and_then(|at| self.values.get(at)).map_or(Value::Null, |(_, at)| written_at(self.json, *at))
    }
}

/// What a path finds in an object of which the keys are whole paths.
fn read_written<'a>(json: &'a str, at: usize, path: &str) -> Value<'a> {
    member(json, at, path).map_or(Value::Null, |at| written_at(json, at))
}

/// What was written at an offset: a list, or one value.
fn written_at(json: &str, at: usize) -> Value<'_> {
    if !value::is_list(json, at) {
        return written(json, at);
    }
    Value::List(elements(json, at).map(|at| written(json, at)).listed())
}

/// A scalar, or an object that says what a value is: `id`, an integer beyond the doubles; `time`, a time;
/// `object`, an object of which attributes were read; `unknown`, something that cannot be read. Any other is
/// of no use.
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

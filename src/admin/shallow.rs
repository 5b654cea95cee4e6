//! JSON text of which one level is taken apart. What an operation does not name stays as it is written, in its
//! order, whatever it is.

use alloc::borrow::{Cow, ToOwned};
use alloc::string::String;
use alloc::vec::Vec;

use crate::collections::list::Listed;
use crate::json::scan::skip_space;
use crate::json::value::{Value, elements, end_of, members, scalar};
use crate::json::writer::{key, next, push_string};
use crate::model::Model;

/// An object: its keys, and the texts of their values.
#[derive(Clone, Debug, Default)]
pub(super) struct Object<'a>(Vec<(Cow<'a, str>, Cow<'a, str>)>);

impl<'a> Object<'a> {
    /// The object that a text is; empty of what is none.
    pub(super) fn parse(json: &'a str) -> Self {
        let at = skip_space(json.as_bytes(), 0);
        if json.as_bytes().get(at) != Some(&b'{') {
            return Self::default();
        }
        Self(members(json, at).map(|(key, at)| (key, Cow::Borrowed(raw(json, at)))).listed())
    }

    pub(super) fn get(&self, key: &str) -> Option<&str> {
        self.0.iter().find(|member| member.0 == key).map(|member| &*member.1)
    }

    /// The text of the value of a key, which lives as long as that of the object.
    pub(super) fn taken(&self, key: &str) -> Option<Cow<'a, str>> {
        self.0.iter().find(|member| member.0 == key).map(|member| member.1.clone())
    }

    /// The string under a key.
    pub(super) fn string(&self, key: &str) -> Option<String> {
        self.get(key).and_then(string_of)
    }

    pub(super) fn is_true(&self, key: &str) -> bool {
        self.get(key) == Some("true")
    }

    /// Gives a key a value, where it stands or at the end.
    pub(super) fn set(&mut self, key: &str, value: String) {
        match self.0.iter_mut().find(|member| member.0 == key) {
            Some(member) => member.1 = Cow::Owned(value),
            None => self.0.push((Cow::Owned(key.to_owned()), Cow::Owned(value))),
        }
    }

    /// The same; `null` takes the key away.
    pub(super) fn merge(&mut self, key: &str, value: &str) {
        if value == "null" { self.remove(key) } else { self.set(key, value.to_owned()) }
    }

    pub(super) fn set_string(&mut self, key: &str, value: &str) {
        self.set(key, quoted(value));
    }

    pub(super) fn remove(&mut self, key: &str) {
        self.0.retain(|member| member.0 != key);
    }

    pub(super) fn retain(&mut self, keep: impl Fn(&str, &str) -> bool) {
        self.0.retain(|(key, value)| keep(key, value));
    }

    pub(super) fn members(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(key, value)| (&**key, &**value))
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn text(&self) -> String {
        let mut out = String::from("{");
        for (name, value) in &self.0 {
            key(&mut out, name);
            out.push_str(value);
        }
        out.push('}');
        out
    }
}

/// A list: the texts of its entries.
#[derive(Clone, Debug, Default)]
pub(super) struct List<'a>(pub(super) Vec<Cow<'a, str>>);

impl<'a> List<'a> {
    /// The list that a text is; empty of what is none.
    pub(super) fn parse(json: &'a str) -> Self {
        let at = skip_space(json.as_bytes(), 0);
        if json.as_bytes().get(at) != Some(&b'[') {
            return Self::default();
        }
        Self(elements(json, at).map(|at| Cow::Borrowed(raw(json, at))).listed())
    }

    pub(super) fn of(texts: impl Iterator<Item = String>) -> List<'static> {
        List(texts.map(Cow::Owned).listed())
    }

    pub(super) fn get(&self, at: usize) -> Option<&str> {
        self.0.get(at).map(|text| &**text)
    }

    pub(super) fn put(&mut self, at: usize, text: String) {
        if let Some(slot) = self.0.get_mut(at) {
            *slot = Cow::Owned(text);
        }
    }

    pub(super) fn push(&mut self, text: String) {
        self.0.push(Cow::Owned(text));
    }

    pub(super) fn remove(&mut self, at: usize) {
        if at < self.0.len() {
            self.0.remove(at);
        }
    }

    pub(super) fn texts(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|text| &**text)
    }

    /// The strings in it.
    pub(super) fn strings(&self) -> Vec<String> {
        self.texts().filter_map(string_of).listed()
    }

    pub(super) fn text(&self) -> String {
        let mut out = String::from("[");
        for text in &self.0 {
            next(&mut out);
            out.push_str(text);
        }
        out.push(']');
        out
    }
}

/// What stands under a key of the document, or of its catalog, as it is written.
pub(super) fn under<'a>(model: &'a Model, key: &str) -> Option<&'a str> {
    model.key_offsets.of(key).map(|at| raw(model.document.source(), at))
}

/// The value at an offset as it is written.
pub(crate) fn raw(json: &str, at: usize) -> &str {
    end_of(json.as_bytes(), at).and_then(|end| json.get(at..end)).unwrap_or("null")
}

/// The string that a text is.
pub(super) fn string_of(json: &str) -> Option<String> {
    if let Value::Text(text) = scalar(json, 0) { Some(text.into_owned()) } else { None }
}

/// A string as JSON.
pub(super) fn quoted(text: &str) -> String {
    let mut out = String::new();
    push_string(&mut out, text);
    out
}

#[cfg(test)]
mod tests {
    use super::{List, Object};

    #[test]
    fn what_is_not_named_stays_as_written() {
        let json = r#" { "a" : 1.50 , "x-\u00e9" :{ "k" : [ 1e400 ] }, "b": "\u0041" } "#;
        let mut object = Object::parse(json);
        object.set_string("b", "c\"");
        object.set("d", "[]".into());
        object.remove("a");
        assert_eq!(object.text(), r#"{"x-é":{ "k" : [ 1e400 ] },"b":"c\"","d":[]}"#);
        let mut list = List::parse("[ 1.0 , \"x\" ]");
        list.put(1, "2".into());
        list.push("3".into());
        list.remove(0);
        assert_eq!(list.text(), "[2,3]");
        assert!(Object::parse("[]").text() == "{}" && List::parse("{}").text() == "[]");
    }
}

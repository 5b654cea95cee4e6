//! Which users are alike: those of whom the same is written of all that matters to what they hold.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

use super::shallow::{Object, raw};
use crate::condition::holds::is_reserved;
use crate::condition::{Conditions, Leaf, Node, Op, Operand, Path, Root};
use crate::ids::{Id, UserId};
use crate::json::text::Document;
use crate::model::Model;

/// What of users matters to what they hold.
pub(super) struct Traits {
    attributes: Attributes,
    /// Whether any condition depends on who it is.
    id: bool,
}

/// Attributes of users that conditions read, by their paths.
pub(super) struct Attributes(Vec<String>);

impl Attributes {
    /// Those of these names that name attributes.
    pub(super) fn named<'a>(names: impl Iterator<Item = &'a str>) -> Self {
        Self(names.filter(|name| !is_reserved(name)).map(ToOwned::to_owned).collect())
    }

    /// Those of a user, from the text of all of them.
    pub(super) fn read(&self, all: &str) -> String {
        if self.0.is_empty() {
            return String::new();
        }
        let mut attributes = Object::parse(all);
        attributes.retain(|key, _| self.0.iter().any(|path| is_below(key, path)));
        attributes.text()
    }
}

impl Traits {
    pub(super) fn of(model: &Model) -> Self {
        let (conditions, document) = (&model.conditions, &model.document);
        let id = conditions.leaves().any(|leaf| depends_on_id(leaf, conditions, document));
        let reads = conditions.reads_below(Root::User, document);
        Self { attributes: Attributes::named(reads.iter().map(|read| read.path)), id }
    }

    /// Adds what a user holds, so that those who hold the same add the same.
    pub(super) fn push(&self, key: &mut Vec<u8>, model: &Model, user: Option<UserId>) {
        let mut add = |text: &str| {
            key.extend_from_slice(&u32::try_from(text.len()).unwrap_or(u32::MAX).to_le_bytes());
            key.extend_from_slice(text.as_bytes());
        };
        let source = model.document.source();
        let Some(user) = user.and_then(|user| model.users.get(user.index())) else {
            add("");
            return;
        };
        let entry = Object::parse(raw(source, user.at as usize));
        add(if user.disabled { "disabled" } else { "enabled" });
        add(entry.get("roles").unwrap_or("[]"));
        add(entry.get("teams").unwrap_or("[]"));
        add(&self.attributes.read(entry.get("attributes").unwrap_or("")));
        add(if self.id { model.str(user.id) } else { "" });
    }
}

/// Whether a path is a name, or lies below it.
pub(super) fn is_below(name: &str, path: &str) -> bool {
    path.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// Whether it matters to a comparison which id the user has. It does not where a record or the context is asked whether
/// it names the user: that is the same for everybody. Of two ids, though, one comes before the other, begins with it, or
/// is a time.
pub(super) fn depends_on_id(leaf: &Leaf, conditions: &Conditions, document: &Document) -> bool {
    let is_id = |path: Path| path.is_user_id(document);
    let is_open = |path: Path| {
        path.root != Root::User && matches!(leaf.op, Op::Eq | Op::Ne | Op::In | Op::Nin | Op::Has)
    };
    match &leaf.right {
        Operand::Path(right) if is_id(*right) => !is_open(leaf.left),
        Operand::Path(right) => is_id(leaf.left) && !is_open(*right),
        Operand::Condition(inside) if leaf.left.root == Root::User => {
            conditions.paths_of(inside.when).into_iter().any(is_id)
        }
        Operand::Condition(inside) => {
            let mut leaves = conditions.leaves_of(Some(inside.when)).into_iter();
            leaves.any(|node| matches!(node, Node::Leaf(leaf) if depends_on_id(leaf, conditions, document)))
        }
        Operand::Scalar(_)
        | Operand::List(_)
        | Operand::Time(_)
        | Operand::Blocks(_)
        | Operand::Exists(_) => is_id(leaf.left),
    }
}

#[cfg(test)]
mod tests {
    use alloc::format;
    use alloc::vec::Vec;

    use super::Traits;
    use crate::ids::{UserId, id};
    use crate::snapshot::Snapshot;

    /// Whether two people with the same role are alike where a grant has a condition.
    fn are_alike(when: &str, one: &str, other: &str) -> bool {
        let json = format!(
            r#"{{ "format": "rolegate/1", "revision": 1,
                "catalog": {{ "categories": [{{ "id": "c", "permissions": [{{ "id": "c.view", "scopes": ["all"] }}] }}] }},
                "teams": [{{ "id": "t" }}],
                "roles": [{{ "id": "r", "name": "R", "grants": {{ "c.view": {{ "scope": "all", "when": {when} }} }} }}],
                "users": [{{ "id": "ann", "roles": ["r"]{one} }}, {{ "id": "bob", "roles": ["r"]{other} }}] }}"#
        );
        let snapshot = Snapshot::from_json(json.as_bytes()).expect(&json);
        let traits = Traits::of(snapshot.model());
        let of = |at| {
            let mut key = Vec::new();
            traits.push(&mut key, snapshot.model(), Some(id::<UserId>(at)));
            key
        };
        of(0) == of(1)
    }

    #[test]
    fn an_id_tells_people_apart_only_where_it_is_compared_with_what_is_known() {
        for (when, alike) in [
            (r#"{ "resource.by": { "$ref": "user.id" } }"#, true),
            (r#"{ "resource.watchers": { "$has": { "$ref": "user.id" } } }"#, true),
            (r#"{ "user.id": { "$ref": "context.caller" } }"#, true),
            (r#"{ "resource.parts": { "$elem": { "element.by": { "$ref": "user.id" } } } }"#, true),
            (r#"{ "user.id": "ann" }"#, false),
            (r#"{ "resource.by": { "$gt": { "$ref": "user.id" } } }"#, false),
            (r#"{ "resource.by": { "$startsWith": { "$ref": "user.id" } } }"#, false),
            (r#"{ "$not": { "user.id": { "$in": ["ann"] } } }"#, false),
            (r#"{ "user.id": { "$startsWith": "a" } }"#, false),
            (r#"{ "user.id": { "$ref": "user.boss" } }"#, false),
            (r#"{ "resource.at": { "$since": { "$ref": "user.id" } } }"#, false),
            (r#"{ "user.tags": { "$elem": { "element.by": { "$ref": "user.id" } } } }"#, false),
            (r#"{ "resource.parts": { "$elem": { "element.open": true, "user.id": "ann" } } }"#, false),
        ] {
            assert_eq!(are_alike(when, "", ""), alike, "{when}");
        }
    }

    #[test]
    fn attributes_tell_people_apart_only_where_they_are_read() {
        let attributes = |text: &str| format!(r#", "attributes": {{ {text} }}"#);
        for (path, one, other, alike) in [
            ("user.region", r#""region": "eu", "mail": "a@b""#, r#""region": "eu", "mail": "c@d""#, true),
            ("user.region", r#""region": "eu""#, r#""region": "us""#, false),
            ("user.region", r#""region": "eu""#, "", false),
            ("user.regional", r#""region": "eu""#, r#""region": "us""#, true),
            ("user.at.zone", r#""at": { "zone": 1 }"#, r#""at": { "zone": 2 }"#, false),
            ("user.at.zone", r#""at.zone": 1"#, r#""at.zone": 2"#, false),
        ] {
            let when = format!(r#"{{ "resource.x": {{ "$ref": "{path}" }} }}"#);
            assert_eq!(
                are_alike(&when, &attributes(one), &attributes(other)),
                alike,
                "{path}: {one} {other}"
            );
        }
        assert!(!are_alike(r#"{ "resource.x": true }"#, r#", "teams": ["t"]"#, ""));
    }
}

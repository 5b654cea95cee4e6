//! The table of the format beside the other places that list its keys, and the rows that come of a document.
#![expect(clippy::unwrap_used, clippy::string_slice, reason = "a test fails by a panic")]

use alloc::string::String;
use alloc::vec::Vec;

use serde_json::Value;

use super::load;
use super::rows::Rows;
use super::table::{
    Kind, LEVELS, Op, assignment, category, denial, grant, permission, role, snapshot, team, user,
};
use crate::code::Code;
use crate::json::text::Document;

const SCHEMA: &str = include_str!("../../pkg-template/schema.json");
const DOCS: &str = include_str!("../../docs/format.md");

/// Where the schema has the keys of a kind of objects.
fn in_schema(kind: Kind) -> Option<&'static str> {
    match kind {
        Kind::Snapshot => Some(""),
        Kind::Catalog => Some("/$defs/catalog"),
        Kind::Category => Some("/$defs/category"),
        Kind::Permission => Some("/$defs/permission"),
        Kind::Resource => Some("/$defs/resource"),
        Kind::Titles => Some("/$defs/catalog/properties/levelTitles"),
        Kind::Mask => Some("/$defs/mask"),
        Kind::Team => Some("/$defs/team"),
        Kind::Role => Some("/$defs/role"),
        Kind::Alternative => Some("/$defs/alternative/anyOf/1"),
        Kind::Denial => Some("/$defs/denial/anyOf/1"),
        Kind::User => Some("/$defs/user"),
        Kind::Assignment => Some("/$defs/assignment/anyOf/1"),
        Kind::Separation => Some("/$defs/separation"),
        Kind::During => Some("/$defs/during"),
        Kind::Type | Kind::Grant | Kind::RoleType | Kind::Plan => None,
    }
}

fn sorted<'a>(names: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let mut names: Vec<&str> = names.into_iter().collect();
    names.sort_unstable();
    names
}

fn keys(kind: Kind) -> Vec<&'static str> {
    sorted(kind.object().keys.iter().map(|key| key.name))
}

#[test]
fn the_schema_has_the_same_keys() {
    let schema: Value = serde_json::from_str(SCHEMA).unwrap();
    for kind in Kind::ALL {
        let Some(pointer) = in_schema(*kind) else {
            assert!(keys(*kind).is_empty(), "{kind:?}");
            continue;
        };
        let object = schema.pointer(pointer).unwrap();
        let known = sorted(object["properties"].as_object().unwrap().keys().map(String::as_str));
        assert_eq!(keys(*kind), known, "{kind:?}");
        let required = object.get("required").and_then(Value::as_array).into_iter().flatten();
        let is_required = kind.object().keys.iter().filter(|key| key.required).map(|key| key.name);
        assert_eq!(sorted(is_required), sorted(required.filter_map(Value::as_str)), "{kind:?}");
    }
    let operators = schema.pointer("/$defs/operators/properties").unwrap().as_object().unwrap();
    assert_eq!(sorted(Op::NAMES.iter().copied()), sorted(operators.keys().map(String::as_str)));
    let levels = schema.pointer("/$defs/level/enum").unwrap().as_array().unwrap();
    assert_eq!(LEVELS, levels.iter().filter_map(Value::as_str).collect::<Vec<_>>());
}

/// The names in the first column of the table that begins with a line, and whether their lines say that they
/// are required.
fn in_docs(head: &str) -> Vec<(&'static str, bool)> {
    let table = DOCS.split(head).nth(1).unwrap();
    let rows = table.lines().skip(1).take_while(|line| line.starts_with('|'));
    let names = |row: &'static str| {
        let column = row.split('|').nth(1).unwrap();
        column.split('`').skip(1).step_by(2).map(move |name| (name, row.contains("Required")))
    };
    rows.flat_map(names).collect()
}

#[test]
fn the_docs_have_the_same_keys() {
    let document = in_docs("| key | value |\n");
    let names = document.iter().map(|it| it.0).chain(["$schema"]);
    assert_eq!(keys(Kind::Snapshot), sorted(names));
    let required = document.iter().filter(|it| it.1).map(|it| it.0);
    let is_required = Kind::Snapshot.object().keys.iter().filter(|key| key.required).map(|key| key.name);
    assert_eq!(sorted(is_required), sorted(required));
    let permission = in_docs("| key | meaning |\n");
    assert_eq!(keys(Kind::Permission), sorted(permission.iter().map(|it| it.0).chain(["id"])));
    let operators = in_docs("| operator | operand | holds if the attribute |\n");
    assert_eq!(Op::NAMES, operators.iter().map(|it| it.0).collect::<Vec<_>>());
    let codes = in_docs("| code | location | meaning |\n");
    assert_eq!(sorted(Code::NAMES.iter().copied()), sorted(codes.iter().map(|it| it.0)));
}

#[test]
fn what_is_required_is_named_once() {
    for kind in Kind::ALL {
        let names = kind.object().names;
        assert!(names.len() <= 32, "{kind:?}");
        assert_eq!(names.len(), sorted(names.iter().copied()).chunk_by(|a, b| a == b).count(), "{kind:?}");
    }
}

struct Loaded {
    document: Document,
    rows: Rows,
}

impl Loaded {
    fn of(text: &str) -> Self {
        let (document, rows, problems) = load(text.into());
        assert!(problems.is_empty(), "{problems:?}");
        Self { document, rows }
    }

    fn text(&self, kind: Kind, row: u32, slot: usize) -> &str {
        self.document.str(self.document.text(self.rows.get(kind, row, slot)))
    }

    /// Slots of a row.
    fn slots<const N: usize>(&self, kind: Kind, row: u32, slots: [usize; N]) -> [u32; N] {
        slots.map(|slot| self.rows.get(kind, row, slot))
    }

    fn list(&self, kind: Kind, row: u32, slot: usize) -> &[u32] {
        self.rows.list(self.rows.get(kind, row, slot))
    }
}

const TEXT: &str = r#"{
  "format": "rolegate/1", "revision": 7, "tenant": "\u0061cme", "plan": "pro",
  "catalog": {
    "categories": [
      { "id": "c", "permissions": [
        { "id": "c.a", "scopes": ["all", "own"], "plans": ["pro", "max"] },
        { "id": "c.a.b", "requires": ["c.a", "d"], "implies": ["c.a"], "plans": ["max"] } ] },
      { "id": "e", "permissions": [{ "id": "d", "resource": "c" }] }
    ],
    "resources": { "c": { "owner": ["x", "y.z"] } },
    "masks": [{ "resource": "c", "field": "f", "permission": "d" }]
  },
  "teams": [{ "id": "s", "parent": "t" }, { "id": "t" }, { "id": "u", "parent": "t" }],
  "roles": [
    { "id": "r", "name": "R", "grants": { "c.*": ["own", { "when": { "user.x": 1 } }], "*": true, "d": false },
      "deny": ["c.a", { "key": "*", "when": { "resource.owner": { "$ref": "user.id" } } }] },
    { "id": "q", "name": "Q", "standard": true, "inherits": ["r"] }
  ],
  "users": [{ "id": "a", "teams": ["u", "s"], "roles": ["r", { "role": "q", "team": "t", "until": "1970-01-01T00:00:01Z" }],
    "attributes": { "x": 1 } }],
  "everyone": ["q"]
}"#;

#[test]
fn rows_say_what_the_document_says() {
    let loaded = Loaded::of(TEXT);
    let Loaded { rows, .. } = &loaded;
    assert_eq!(loaded.text(Kind::Snapshot, 0, snapshot::TENANT), "acme");
    assert_eq!(rows.number(rows.get(Kind::Snapshot, 0, snapshot::REVISION)).to_bits(), 7_f64.to_bits());
    let everyone =
        [snapshot::EVERYONE_FROM, snapshot::EVERYONE_TO, snapshot::ASKS_WHO, snapshot::READS_CONTEXT];
    assert_eq!(loaded.slots(Kind::Snapshot, 0, everyone), [2, 3, 1, 0]);

    let range = [category::PERMISSIONS_FROM, category::PERMISSIONS_TO];
    assert_eq!(loaded.slots(Kind::Category, 1, range), [2, 3]);
    let numbers = [permission::TYPE, permission::CATEGORY, permission::LEVELS, permission::IN_PLAN];
    assert_eq!(loaded.slots(Kind::Permission, 0, numbers), [1, 1, 0b101, 1]);
    assert_eq!(loaded.slots(Kind::Permission, 1, numbers), [1, 1, 0, 0]);
    assert_eq!(loaded.slots(Kind::Permission, 2, numbers), [1, 2, 0, 1]);
    assert_eq!(loaded.list(Kind::Permission, 1, permission::REQUIRES), [1, 2 << 1 | 1]);
    assert_eq!(loaded.list(Kind::Permission, 1, permission::IMPLIES), [1]);
    assert_eq!((rows.count(Kind::Type), loaded.text(Kind::Type, 0, 0)), (1, "c"));
    assert_eq!(loaded.list(Kind::Type, 0, 1).len(), 2);
    assert_eq!(rows.get(Kind::Type, 0, 2), 0);

    let place = [team::PARENT, team::ENTER, team::LEAVE];
    let teams = [0, 1, 2].map(|row| loaded.slots(Kind::Team, row, place));
    assert_eq!(teams, [[2, 1, 2], [0, 0, 3], [2, 2, 3]]);

    assert_eq!(
        loaded.slots(Kind::Role, 0, [role::GRANTS_FROM, role::GRANTS_TO, role::DENY_FROM, role::DENY_TO]),
        [0, 3, 0, 2]
    );
    let targets = [0, 1, 2].map(|row| {
        let [target, from, to] =
            loaded.slots(Kind::Grant, row, [grant::TARGET, grant::ALTERNATIVES_FROM, grant::ALTERNATIVES_TO]);
        (target, to - from)
    });
    assert_eq!(targets, [(0, 1), (3, 2), (6, 0)]);
    assert_eq!(loaded.slots(Kind::Denial, 1, [denial::TARGET, denial::WHEN]), [2, 0]);
    let when = rows.get(Kind::Denial, 0, denial::WHEN);
    let span = [when, when + 1].map(|at| rows.spans.get(at) as usize);
    assert_eq!(&TEXT[span[0]..span[1]], r#"{ "resource.owner": { "$ref": "user.id" } }"#);

    assert_eq!(loaded.list(Kind::User, 0, user::TEAMS), [3, 1]);
    let slots = [assignment::ROLE, assignment::TEAM, assignment::FROM, assignment::WHEN];
    assert_eq!(loaded.slots(Kind::Assignment, 1, slots), [2, 2, 0, 0]);
    let until = rows.get(Kind::Assignment, 1, assignment::UNTIL);
    assert_eq!(rows.number(until).to_bits(), 1000_f64.to_bits());
    assert_eq!(rows.find(Kind::User, b"a", &loaded.document), 1);
    assert_eq!(rows.find(Kind::User, b"b", &loaded.document), 0);
}

#[test]
fn who_is_asked_for_is_known() {
    let asks = |condition: &str| {
        let text = format_condition(condition);
        let loaded = Loaded::of(&text);
        loaded.slots(Kind::Snapshot, 0, [snapshot::ASKS_WHO, snapshot::READS_CONTEXT])
    };
    assert_eq!(asks(r#""user.level": 1"#), [1, 0]);
    assert_eq!(asks(r#""user.teams": { "$has": "t" }"#), [0, 0]);
    assert_eq!(asks(r#""user.id": "a""#), [1, 0]);
    assert_eq!(asks(r#""user.id": { "$ref": "resource.owner" }"#), [0, 0]);
    assert_eq!(asks(r#""$not": { "context.user": { "$eq": { "$ref": "user.id" } } }"#), [0, 1]);
    assert_eq!(asks(r#""resource.a": { "$in": { "$ref": "user.tags" } }"#), [1, 0]);
    assert_eq!(asks(r#""resource.m": { "$elem": { "element.id": { "$ref": "user.id" } } }"#), [0, 0]);
    assert_eq!(asks(r#""resource.m": { "$elem": { "element.a": 1, "user.level": 1 } }"#), [1, 0]);
    assert_eq!(
        asks(r#""resource.m": { "$elem": { "element.m": { "$elem": { "context.a": 1 } } } }"#),
        [0, 1]
    );
    assert_eq!(asks(r#""resource.m": { "$elem": { "user.id": "a" } }"#), [1, 0]);
    assert_eq!(asks(r#""user.m": { "$elem": { "element.a": 1 } }"#), [1, 0]);
    assert_eq!(asks(r#""user.at": { "$since": "now-1h" }"#), [1, 0]);
    assert_eq!(asks(r#""context.at": { "$since": "now-1h" }, "resource.at": { "$before": "now" }"#), [0, 1]);
}

fn format_condition(condition: &str) -> String {
    alloc::format!(
        r#"{{"format":"rolegate/1","revision":1,"catalog":{{"categories":[]}},
          "roles":[{{"id":"r","name":"R","grants":{{"*":{{"when":{{{condition}}}}}}}}}]}}"#
    )
}

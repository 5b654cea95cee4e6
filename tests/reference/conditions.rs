//! Conditions over a user, a context, a moment and a record (docs/format.md#conditions).

use serde_json::{Map, Value};

use super::attributes::read;
use super::coverage::hit;
use super::operators::compare;
use super::snapshot::{list, text};
use super::time::{during, moment};

/// Truth has three values (docs/format.md#what-is-not-known).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Truth {
    /// It does not hold.
    False,
    /// Something that it needs is not known.
    Unknown,
    /// It holds.
    True,
}

impl Truth {
    /// One of the two values that are known.
    pub fn of(holds: bool) -> Self {
        if holds { Self::True } else { Self::False }
    }

    /// Kleene's negation.
    pub fn not(self) -> Self {
        match self {
            Self::True => Self::False,
            Self::False => Self::True,
            Self::Unknown => Self::Unknown,
        }
    }

    /// Kleene's conjunction: the least of all.
    pub fn all(truths: impl IntoIterator<Item = Self>) -> Self {
        truths.into_iter().min().unwrap_or(Self::True)
    }

    /// Kleene's disjunction: the greatest of all.
    pub fn any(truths: impl IntoIterator<Item = Self>) -> Self {
        truths.into_iter().max().unwrap_or(Self::False)
    }
}

/// What conditions can see.
#[derive(Clone, Copy, Debug)]
pub struct World<'a> {
    /// The entry of the user.
    pub user: &'a Value,
    /// What the caller says.
    pub context: &'a Value,
    /// Milliseconds since the epoch.
    pub now: f64,
    /// The record, unless nothing is known about it.
    pub record: Option<&'a Value>,
    /// Inside `$elem`: the element, unless nothing is known about it.
    pub element: Option<&'a Value>,
}

impl World<'_> {
    /// What a full path (`resource.…`, `user.…`, `context.…`) finds.
    pub fn find(&self, path: &str) -> Option<Value> {
        let (root, rest) = path.split_once('.')?;
        match root {
            "resource" => read(self.record?, rest),
            "user" => read(&self.user_attributes(), rest),
            "context" => read(self.context, rest),
            "element" => read(self.element?, rest),
            _ => None,
        }
    }

    /// Whether a path is `user.teams` or below it (or the attribute that a narrowed snapshot has instead), and
    /// some of the teams are unknown.
    fn has_unknown_teams(&self, path: &str) -> bool {
        let Some(rest) = path.strip_prefix("user.") else { return false };
        let first = rest.split('.').next().unwrap_or(rest);
        let own = self.user_attributes();
        let is_unknown = |teams: &Vec<Value>| teams.iter().any(Value::is_null);
        first.trim_end_matches('?') == "teams" && own[first].as_array().is_some_and(is_unknown)
    }

    /// The user's attributes, with `id` and `teams` always those of the user (docs/format.md#conditions).
    fn user_attributes(&self) -> Value {
        let mut attributes =
            self.user.get("attributes").and_then(Value::as_object).cloned().unwrap_or_default();
        attributes.insert("id".to_owned(), text(self.user, "id").into());
        attributes.insert("teams".to_owned(), list(self.user, "teams").into());
        Value::Object(attributes)
    }
}

/// One comparison of a condition.
#[derive(Clone, Copy, Debug)]
pub struct Comparison<'a> {
    /// The path of the attribute.
    pub attribute: &'a str,
    /// `$eq` and so on.
    pub operator: &'a str,
    /// What it is compared with.
    pub operand: Operand<'a>,
}

/// The right side of a comparison.
#[derive(Clone, Copy, Debug)]
pub enum Operand<'a> {
    /// The value itself.
    Literal(&'a Value),
    /// The value at a path.
    Reference(&'a str),
}

impl Comparison<'_> {
    /// Whether one side is `user.id`, so that the other is turned into an id.
    pub fn by_id(&self) -> bool {
        self.attribute == "user.id" || matches!(self.operand, Operand::Reference("user.id"))
    }

    /// Whether one side is an attribute of the record.
    pub fn reads_record(&self) -> bool {
        self.reads("resource.")
    }

    /// Whether one side has this root.
    fn reads(&self, root: &str) -> bool {
        let by_reference = matches!(self.operand, Operand::Reference(path) if path.starts_with(root));
        self.attribute.starts_with(root) || by_reference
    }

    /// What the left side is. Own teams that are all unknown may be none, so that nothing is known of whether
    /// they are a subset.
    pub fn left(&self, world: &World<'_>) -> Option<Value> {
        let is_lost = |value: &Value| {
            let teams = value.as_array().filter(|teams| !teams.is_empty());
            self.operator == "$subset"
                && world.has_unknown_teams(self.attribute)
                && teams.is_some_and(|teams| teams.iter().all(Value::is_null))
        };
        world.find(self.attribute).filter(|value| !is_lost(value))
    }

    /// What the right side is.
    pub fn operand_value(&self, world: &World<'_>) -> Option<Value> {
        match self.operand {
            Operand::Literal(value) if matches!(self.operator, "$since" | "$before") => {
                value.as_str().and_then(|text| moment(text, world.now)).map(Value::from)
            }
            Operand::Literal(value) => Some(value.clone()),
            Operand::Reference(path) => world.find(path),
        }
    }

    /// About an unknown record or element every comparison is unknown, also `$exists`
    /// (docs/format.md#what-is-not-known).
    pub fn truth(&self, world: &World<'_>) -> Truth {
        if world.record.is_none() && self.reads_record() {
            hit("unknown record in a condition");
            return Truth::Unknown;
        }
        if world.element.is_none() && self.reads("element.") {
            hit("unknown element in a condition");
            return Truth::Unknown;
        }
        let left = self.left(world);
        match (self.operator, self.operand) {
            ("$elem", Operand::Literal(inside)) => one_element(self.attribute, left.as_ref(), inside, world),
            // The literal is a time, and no id.
            ("$since" | "$before", Operand::Literal(_)) => {
                compare(self.operator, left, self.operand_value(world), false)
            }
            _ => compare(self.operator, left, self.operand_value(world), self.by_id()),
        }
    }
}

/// `$elem`: true if it is true of one element, else unknown if it is unknown of one, else false
/// (docs/format.md#elements-of-lists). It is never true of a team of the user's own that the snapshot does
/// not have.
pub fn one_element(path: &str, list: Option<&Value>, inside: &Value, world: &World<'_>) -> Truth {
    let Some(elements) = list.and_then(Value::as_array) else {
        hit("$elem: not a list");
        return Truth::Unknown;
    };
    let of_one = |element: &Value| {
        let is_unknown_team = element.is_null() && world.has_unknown_teams(path);
        let element = Some(element).filter(|element| element.is_object());
        match evaluate(Some(inside), &World { element, ..*world }) {
            Truth::True if is_unknown_team => Truth::Unknown,
            truth => truth,
        }
    };
    let truth = Truth::any(elements.iter().map(of_one));
    hit(match truth {
        Truth::True => "$elem: true",
        Truth::Unknown => "$elem: unknown",
        Truth::False => "$elem: false",
    });
    truth
}

/// Whether a path is one of the record.
pub fn is_of_record(path: &str) -> bool {
    path.starts_with("resource.")
}

/// All entries of a condition must hold (docs/format.md#conditions). No condition always holds.
pub fn evaluate(condition: Option<&Value>, world: &World<'_>) -> Truth {
    let entries = condition.and_then(Value::as_object).into_iter().flat_map(Map::iter);
    Truth::all(entries.map(|(key, value)| entry(key, value, world)).collect::<Vec<_>>())
}

fn entry(key: &str, value: &Value, world: &World<'_>) -> Truth {
    let each = |value: &Value| {
        let conditions = value.as_array().into_iter().flatten();
        conditions.map(|condition| evaluate(Some(condition), world)).collect::<Vec<_>>()
    };
    match key {
        "$and" => Truth::all(each(value)),
        "$or" => Truth::any(each(value)),
        "$not" => evaluate(Some(value), world).not(),
        "$during" => during(value, world.now),
        path => Truth::all(comparisons(path, value).iter().map(|comparison| comparison.truth(world))),
    }
}

/// A scalar, a reference, or an object of operators that must all hold (docs/format.md#conditions).
pub fn comparisons<'a>(path: &'a str, value: &'a Value) -> Vec<Comparison<'a>> {
    let Some(operators) = value.as_object() else {
        return vec![Comparison { attribute: path, operator: "$eq", operand: Operand::Literal(value) }];
    };
    if operators.contains_key("$ref") {
        return vec![Comparison { attribute: path, operator: "$eq", operand: operand(value) }];
    }
    let one = |(operator, value): (&'a String, &'a Value)| Comparison {
        attribute: path,
        operator,
        operand: operand(value),
    };
    operators.iter().map(one).collect()
}

fn operand(value: &Value) -> Operand<'_> {
    text(value, "$ref").map_or(Operand::Literal(value), Operand::Reference)
}

//! Conditions in which everything but the record is filled in, and what truth they can have
//! (docs/format.md#scopes).

use serde_json::{Map, Value};

use super::conditions::{Comparison, Operand, Truth, World, comparisons, is_of_record, one_element};
use super::coverage::hit;
use super::operators::{compare, fits_attribute, fits_operand};
use super::{attributes::read, time::during};

/// A condition over the record alone.
#[derive(Clone, Debug, PartialEq)]
pub enum Residual {
    /// A truth that no record changes.
    Constant(Truth),
    /// A comparison with an attribute of the record on one side or on both.
    Comparison {
        /// `$eq` and so on.
        operator: String,
        /// The attribute.
        left: Side,
        /// The operand.
        right: Side,
        /// Whether one side is `user.id`.
        by_id: bool,
    },
    /// `$elem` over an attribute of the record, without `resource.`, with all that its inside can see
    /// besides.
    Element {
        /// The attribute.
        list: String,
        /// The condition on an element.
        inside: Value,
        /// The entry of the user.
        user: Value,
        /// What the caller says.
        context: Value,
        /// Milliseconds since the epoch.
        now: f64,
    },
    /// All of these.
    All(Vec<Residual>),
    /// Any of these.
    Any(Vec<Residual>),
    /// Not this.
    Not(Box<Residual>),
}

/// One side of a comparison.
#[derive(Clone, Debug, PartialEq)]
pub enum Side {
    /// An attribute of the record, without `resource.`.
    Attribute(String),
    /// A value that is known.
    Value(Value),
}

impl Side {
    fn of_path(path: &str, world: &World<'_>) -> Option<Self> {
        match path.strip_prefix("resource.") {
            Some(attribute) => Some(Self::Attribute(attribute.to_owned())),
            None => world.find(path).map(Self::Value),
        }
    }

    fn find(&self, record: &Value) -> Option<Value> {
        match self {
            Self::Attribute(path) => read(record, path),
            Self::Value(value) => Some(value.clone()),
        }
    }
}

/// The truths that a condition can have, over all records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Possible {
    /// It can hold.
    pub truth: bool,
    /// It can fail to hold.
    pub falsehood: bool,
    /// It can be unknown.
    pub unknown: bool,
}

impl Residual {
    /// Its truth for one record, or for one about which nothing is known.
    pub fn truth(&self, record: Option<&Value>) -> Truth {
        match self {
            Self::Constant(truth) => *truth,
            Self::Comparison { operator, left, right, by_id } => record.map_or(Truth::Unknown, |record| {
                compare(operator, left.find(record), right.find(record), *by_id)
            }),
            Self::Element { list, inside, user, context, now } => record.map_or(Truth::Unknown, |record| {
                let world = World { user, context, now: *now, record: Some(record), element: None };
                one_element("resource.", read(record, list).as_ref(), inside, &world)
            }),
            Self::All(members) => Truth::all(members.iter().map(|member| member.truth(record))),
            Self::Any(members) => Truth::any(members.iter().map(|member| member.truth(record))),
            Self::Not(member) => member.truth(record).not(),
        }
    }

    /// Computed over the tree, where a comparison that is not constant can be both; comparisons are never
    /// combined (docs/format.md#scopes).
    pub fn possible(&self) -> Possible {
        match self {
            Self::Constant(truth) => Possible {
                truth: *truth == Truth::True,
                falsehood: *truth == Truth::False,
                unknown: *truth == Truth::Unknown,
            },
            Self::Comparison { .. } | Self::Element { .. } => {
                Possible { truth: true, falsehood: true, unknown: true }
            }
            Self::All(members) => Possible::all(members.iter().map(Self::possible)),
            Self::Any(members) => Possible::all(members.iter().map(|member| member.possible().not())).not(),
            Self::Not(member) => member.possible().not(),
        }
    }
}

impl Possible {
    /// What a conjunction can be: true if all can, false if one can, unknown if one can while no other need
    /// be false.
    fn all(members: impl IntoIterator<Item = Self>) -> Self {
        let members: Vec<_> = members.into_iter().collect();
        Self {
            truth: members.iter().all(|one| one.truth),
            falsehood: members.iter().any(|one| one.falsehood),
            unknown: members.iter().any(|one| one.unknown)
                && members.iter().all(|one| one.unknown || one.truth),
        }
    }

    /// What the negation can be.
    fn not(self) -> Self {
        Self { truth: self.falsehood, falsehood: self.truth, unknown: self.unknown }
    }

    /// Whether it always holds.
    pub fn only_true(self) -> bool {
        !self.falsehood && !self.unknown
    }

    /// Whether it never is anything but false.
    pub fn only_false(self) -> bool {
        !self.truth && !self.unknown
    }
}

/// Fills in `context.*`, `user.*` and the time (docs/format.md#scopes).
pub fn fold(condition: Option<&Value>, world: &World<'_>) -> Residual {
    let entries = condition.and_then(Value::as_object).into_iter().flat_map(Map::iter);
    Residual::All(entries.map(|(key, value)| fold_entry(key, value, world)).collect())
}

fn fold_entry(key: &str, value: &Value, world: &World<'_>) -> Residual {
    let each = |value: &Value| {
        let conditions = value.as_array().into_iter().flatten();
        conditions.map(|condition| fold(Some(condition), world)).collect()
    };
    match key {
        "$and" => Residual::All(each(value)),
        "$or" => Residual::Any(each(value)),
        "$not" => Residual::Not(Box::new(fold(Some(value), world))),
        "$during" => Residual::Constant(during(value, world.now)),
        path => {
            Residual::All(comparisons(path, value).iter().map(|one| fold_comparison(one, world)).collect())
        }
    }
}

/// A comparison is constant when neither side is an attribute of the record, or when its other side is
/// missing, null or of a type that the operator cannot use (docs/format.md#scopes).
fn fold_comparison(comparison: &Comparison<'_>, world: &World<'_>) -> Residual {
    if !comparison.reads_record() {
        hit("residual: neither side is of the record");
        return Residual::Constant(comparison.truth(world));
    }
    if let (Some(list), "$elem", Operand::Literal(inside)) =
        (comparison.attribute.strip_prefix("resource."), comparison.operator, comparison.operand)
    {
        hit("residual: $elem over the record");
        return Residual::Element {
            list: list.to_owned(),
            inside: inside.clone(),
            user: world.user.clone(),
            context: world.context.clone(),
            now: world.now,
        };
    }
    let (left, right) = sides(comparison, world);
    match (left, right) {
        (Some(left), Some(right)) if usable(comparison.operator, &left, &right) => {
            hit(match (&left, &right) {
                (Side::Attribute(_), Side::Attribute(_)) => "residual: both sides are of the record",
                (Side::Attribute(_), Side::Value(_)) => "residual: attribute of the record",
                (Side::Value(_), _) => "residual: operand of the record",
            });
            let operator = comparison.operator.to_owned();
            Residual::Comparison { operator, left, right, by_id: comparison.by_id() }
        }
        (Some(_), Some(_)) => {
            hit("residual: null or unfitting side");
            Residual::Constant(Truth::Unknown)
        }
        _ => {
            hit("residual: missing side");
            Residual::Constant(Truth::Unknown)
        }
    }
}

fn sides(comparison: &Comparison<'_>, world: &World<'_>) -> (Option<Side>, Option<Side>) {
    let right = match comparison.operand {
        Operand::Reference(path) if is_of_record(path) => Side::of_path(path, world),
        _ => comparison.operand_value(world).map(Side::Value),
    };
    let left = if is_of_record(comparison.attribute) {
        Side::of_path(comparison.attribute, world)
    } else {
        comparison.left(world).map(Side::Value)
    };
    (left, right)
}

/// Whether the operator can use the sides that are known.
fn usable(operator: &str, left: &Side, right: &Side) -> bool {
    if operator == "$exists" {
        return true;
    }
    let left = match left {
        Side::Attribute(_) => true,
        Side::Value(value) => fits_attribute(operator, value),
    };
    let right = match right {
        Side::Attribute(_) => true,
        Side::Value(value) => fits_operand(operator, value),
    };
    left && right
}

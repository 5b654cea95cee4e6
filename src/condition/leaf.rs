//! The operators, one small function each. `None` is *unknown*.
//!
//! Twin of pkg-template/src/condition/operators.ts; tests/package/vectors.mjs and tests/vectors.rs hold them
//! equal.

use alloc::borrow::Cow;
use alloc::vec::Vec;
use core::cmp::Ordering;

use super::Op;
use crate::cidr::Block;
use crate::collections::list::Listed;
use crate::collections::sort::sort_by;
use crate::json::value::Value;
use crate::time;

/// The right side of a comparison, ready to be compared with.
#[derive(Debug)]
pub(crate) enum Right<'a> {
    Value(Value<'a>),
    Time(f64),
    Blocks(&'a [Block]),
    Exists(bool),
}

/// The truth of `left op right`, where neither side is the id of the user.
pub(crate) fn truth(left: &Value<'_>, op: Op, right: &Right<'_>) -> Option<bool> {
    match right {
        Right::Exists(wanted) => Some(exists(left) == *wanted),
        Right::Blocks(blocks) => cidr(left, blocks),
        Right::Time(right) => Some((time_of(left)? < *right) == (op == Op::Before)),
        Right::Value(right) if matches!(op, Op::Since | Op::Before) => {
            truth(left, op, &Right::Time(time_of(right)?))
        }
        Right::Value(right) => compare(left, op, right),
    }
}

/// The time that a value is, in milliseconds since the epoch; fractions of one are dropped.
pub(crate) fn time_of(value: &Value<'_>) -> Option<f64> {
    match value {
        Value::Text(text) => time::parse(text.as_bytes()),
        Value::Number(time) | Value::Time(time) => Some(time::floor(*time)),
        Value::Null
        | Value::Bool(_)
        | Value::List(_)
        | Value::Id(_)
        | Value::Object(_)
        | Value::Other
        | Value::Unknown => None,
    }
}

fn compare(left: &Value<'_>, op: Op, right: &Value<'_>) -> Option<bool> {
    match op {
        Op::Eq => equal(left, right),
        Op::Ne => equal(left, right).map(|equal| !equal),
        Op::Lt => order(left, right).map(Ordering::is_lt),
        Op::Lte => order(left, right).map(Ordering::is_le),
        Op::Gt => order(left, right).map(Ordering::is_gt),
        Op::Gte => order(left, right).map(Ordering::is_ge),
        Op::In => one_of(left, right),
        Op::Nin => one_of(left, right).map(|found| !found),
        Op::Has => has(left, right),
        Op::HasAny => has_any(left, right),
        Op::Subset => subset(left, right),
        Op::StartsWith => texts(left, right).map(|(left, right)| left.starts_with(right)),
        Op::EndsWith => texts(left, right).map(|(left, right)| left.ends_with(right)),
        Op::Cidr | Op::Exists | Op::Elem | Op::Since | Op::Before => None,
    }
}

/// Equality of two scalars of one type.
fn equal(left: &Value<'_>, right: &Value<'_>) -> Option<bool> {
    match (left, right) {
        (Value::Text(a), Value::Text(b)) => Some(a == b),
        (Value::Number(a), Value::Number(b)) => Some(same_number(*a, *b)),
        (Value::Bool(a), Value::Bool(b)) => Some(a == b),
        _ => None,
    }
}

#[expect(clippy::float_cmp, reason = "equality of the format is equality of doubles")]
fn same_number(a: f64, b: f64) -> bool {
    a == b
}

/// Whether an element of a list equals a scalar; of another type, it does not.
fn same(a: &Value<'_>, b: &Value<'_>) -> bool {
    equal(a, b) == Some(true)
}

/// The order of two numbers, or of two strings by code point.
fn order(left: &Value<'_>, right: &Value<'_>) -> Option<Ordering> {
    match (left, right) {
        (Value::Text(a), Value::Text(b)) => Some(a.cmp(b)),
        (Value::Number(a), Value::Number(b)) => a.partial_cmp(b),
        _ => None,
    }
}

/// Whether there are elements of which nothing is known.
fn has_unknown(items: &[Value<'_>]) -> bool {
    !items.iter().all(Value::is_scalar)
}

/// Whether a scalar is in a list: elements of another type are skipped, and if none is left of some,
/// nothing is known.
fn one_of(left: &Value<'_>, right: &Value<'_>) -> Option<bool> {
    let Value::List(items) = right else {
        return None;
    };
    if !left.is_scalar() {
        return None;
    }
    let mut comparable = items.iter().filter_map(|item| equal(left, item)).peekable();
    if comparable.peek().is_none() && !items.is_empty() {
        return None;
    }
    found(comparable.any(|equal| equal), has_unknown(items))
}

/// Whether something was found; where it was not, and something unknown could be it, nobody knows.
fn found(is_found: bool, may_be: bool) -> Option<bool> {
    if is_found || !may_be { Some(is_found) } else { None }
}

/// Whether a list contains a scalar, or is a scalar equal to it.
fn has(left: &Value<'_>, right: &Value<'_>) -> Option<bool> {
    if !right.is_scalar() {
        return None;
    }
    match left {
        Value::List(items) => found(contains(items, right), has_unknown(items)),
        Value::Bool(_) | Value::Number(_) | Value::Text(_) => Some(same(left, right)),
        Value::Null | Value::Id(_) | Value::Time(_) | Value::Object(_) | Value::Other | Value::Unknown => {
            None
        }
    }
}

/// Whether a list has an element that equals another one.
fn contains(items: &[Value<'_>], wanted: &Value<'_>) -> bool {
    items.iter().any(|item| same(item, wanted))
}

/// Whether two lists share an element.
fn has_any(left: &Value<'_>, right: &Value<'_>) -> Option<bool> {
    let (Value::List(left), Value::List(right)) = (left, right) else { return None };
    let may_share = !left.is_empty() && !right.is_empty() && (has_unknown(left) || has_unknown(right));
    let right = Among::new(right, left.len());
    found(left.iter().any(|item| right.contains(item)), may_share)
}

/// Whether all elements of a list are in another.
fn subset(left: &Value<'_>, right: &Value<'_>) -> Option<bool> {
    let (Value::List(left), Value::List(right)) = (left, right) else { return None };
    let among = Among::new(right, left.len());
    if right.is_empty() || left.iter().all(|item| among.contains(item)) {
        return Some(!right.is_empty() || left.is_empty());
    }
    let is_out = |item: &Value<'_>| item.is_scalar() && !among.contains(item);
    (!has_unknown(right) && left.iter().any(is_out)).then_some(false)
}

/// Elements of a list in which others are looked up.
struct Among<'v, 'a> {
    items: &'v [Value<'a>],
    /// The scalars in order, where many are looked up in many.
    sorted: Option<Vec<&'v Value<'a>>>,
}

/// So many comparisons are made before a list is worth sorting. Checked builds make few, so that tests go
/// both ways.
const SHORT: usize = if cfg!(debug_assertions) { 3 } else { 256 };

impl<'v, 'a> Among<'v, 'a> {
    fn new(items: &'v [Value<'a>], others: usize) -> Self {
        let sorted = (items.len().min(others) > 1 && items.len().saturating_mul(others) > SHORT).then(|| {
            let mut scalars = items.iter().filter(|item| item.is_scalar()).listed();
            sort_by(&mut scalars, |a, b| rank(a, b));
            scalars
        });
        Self { items, sorted }
    }

    fn contains(&self, wanted: &Value<'_>) -> bool {
        match &self.sorted {
            None => contains(self.items, wanted),
            Some(sorted) => wanted.is_scalar() && sorted.binary_search_by(|item| rank(item, wanted)).is_ok(),
        }
    }
}

/// What comparing each element of a list with each of another costs.
pub(crate) fn cost(left: usize, right: usize) -> usize {
    let product = left.saturating_mul(right);
    if product > SHORT { product.min(SHORT + 16 * (left + right)) } else { product }
}

/// An order of scalars in which only equal ones are equal.
fn rank(a: &Value<'_>, b: &Value<'_>) -> Ordering {
    let kind = |value: &Value<'_>| match value {
        Value::Text(_) => 0,
        Value::Number(_) => 1,
        Value::Null
        | Value::Bool(_)
        | Value::List(_)
        | Value::Id(_)
        | Value::Time(_)
        | Value::Object(_)
        | Value::Other
        | Value::Unknown => 2,
    };
    match (a, b) {
        (Value::Bool(a), Value::Bool(b)) => a.cmp(b),
        _ => order(a, b).unwrap_or_else(|| kind(a).cmp(&kind(b))),
    }
}

fn texts<'v>(left: &'v Value<'_>, right: &'v Value<'_>) -> Option<(&'v str, &'v str)> {
    if let (Value::Text(left), Value::Text(right)) = (left, right) { Some((left, right)) } else { None }
}

/// Whether an address lies in one of the blocks.
fn cidr(left: &Value<'_>, blocks: &[Block]) -> Option<bool> {
    let Value::Text(address) = left else {
        return None;
    };
    let mut inside = false;
    for block in blocks {
        inside |= block.contains(address)?;
    }
    Some(inside)
}

fn exists(left: &Value<'_>) -> bool {
    *left != Value::Null
}

/// Whether a known left side is of a type that the operator can use, so that an unresolved right side may
/// still decide.
pub(crate) fn fits_left(left: &Value<'_>, op: Op) -> bool {
    match op {
        Op::Eq | Op::Ne | Op::In | Op::Nin => left.is_scalar(),
        Op::Lt | Op::Lte | Op::Gt | Op::Gte => matches!(left, Value::Text(_) | Value::Number(_)),
        Op::Has => left.is_scalar() || matches!(left, Value::List(_)),
        Op::HasAny | Op::Subset | Op::Elem => matches!(left, Value::List(_)),
        Op::StartsWith | Op::EndsWith => matches!(left, Value::Text(_)),
        Op::Since | Op::Before => time_of(left).is_some(),
        Op::Cidr | Op::Exists => true,
    }
}

/// The same for a known right side.
pub(crate) fn fits_right(right: &Value<'_>, op: Op) -> bool {
    match op {
        Op::Eq | Op::Ne | Op::Has => right.is_scalar(),
        Op::Lt | Op::Lte | Op::Gt | Op::Gte => matches!(right, Value::Text(_) | Value::Number(_)),
        Op::In | Op::Nin | Op::HasAny | Op::Subset => matches!(right, Value::List(_)),
        Op::StartsWith | Op::EndsWith => matches!(right, Value::Text(_)),
        Op::Since | Op::Before => time_of(right).is_some(),
        Op::Cidr | Op::Exists | Op::Elem => true,
    }
}

/// A value that is compared with the id of the user: scalars become ids or are absent, elements of a
/// list become ids, or, as scalars that are none, something of another type.
pub(crate) fn as_id(value: Value<'_>) -> Value<'_> {
    let Value::List(items) = value else { return id_of(&value).unwrap_or(Value::Null) };
    Value::List(items.into_iter().map(element_as_id).listed())
}

fn element_as_id(item: Value<'_>) -> Value<'_> {
    match id_of(&item) {
        Some(id) => id,
        None if item.is_scalar() => Value::Bool(false),
        None => item,
    }
}

fn id_of<'a>(value: &Value<'a>) -> Option<Value<'a>> {
    value.id().map(|id| Value::Text(Cow::Owned(id.into_owned())))
}

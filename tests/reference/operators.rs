//! The operators: what fits them, and what they say of values that fit (docs/format.md#conditions).

use std::cmp::Ordering;
use std::net::{IpAddr, Ipv4Addr};

use serde_json::Value;

use super::attributes::id;
use super::conditions::Truth;
use super::coverage::hit;
use super::time::time_of;

/// One comparison. `ids` tells that one side is `user.id`, so that the other is turned into an id.
pub fn compare(operator: &str, left: Option<Value>, right: Option<Value>, ids: bool) -> Truth {
    let truth = if operator == "$exists" {
        exists(left.as_ref(), right.as_ref())
    } else if ids {
        hit("compared as ids");
        fitting(operator, left.and_then(as_id), right.and_then(as_id))
    } else {
        fitting(operator, left, right)
    };
    count(operator, truth);
    truth
}

/// `$exists`: present and not null, or not (docs/format.md#conditions).
fn exists(attribute: Option<&Value>, wanted: Option<&Value>) -> Truth {
    let present = attribute.is_some_and(|value| !value.is_null());
    Truth::of(Some(&Value::Bool(present)) == wanted)
}

/// A value turned into an id (docs/format.md#ids-in-conditions); a scalar in a list that is not an id counts
/// as one of another type.
fn as_id(value: Value) -> Option<Value> {
    match value {
        Value::Array(elements) => {
            let one = |element: Value| match id(&element) {
                Some(id) => Value::String(id),
                None if is_scalar(&element) => {
                    hit("compared as ids: a scalar in a list that is not an id");
                    Value::Bool(false)
                }
                None => element,
            };
            Some(Value::Array(elements.into_iter().map(one).collect()))
        }
        scalar => id(&scalar).map(Value::String),
    }
}

/// Missing, null or of a type that the operator cannot use is unknown (docs/format.md#what-is-not-known).
fn fitting(operator: &str, left: Option<Value>, right: Option<Value>) -> Truth {
    match (left, right) {
        (Some(left), Some(right)) if fits_attribute(operator, &left) && fits_operand(operator, &right) => {
            holds(operator, &left, &right)
        }
        _ => Truth::Unknown,
    }
}

/// The types of attribute that an operator can use.
pub fn fits_attribute(operator: &str, value: &Value) -> bool {
    match operator {
        "$eq" | "$ne" | "$in" | "$nin" => is_scalar(value),
        "$lt" | "$lte" | "$gt" | "$gte" => value.is_number() || value.is_string(),
        "$has" => is_scalar(value) || value.is_array(),
        "$hasAny" | "$subset" | "$elem" => value.is_array(),
        "$startsWith" | "$endsWith" => value.is_string(),
        "$since" | "$before" => time_of(value).is_some(),
        "$cidr" => address(value).is_some(),
        _ => false,
    }
}

/// The types of operand that an operator can use.
pub fn fits_operand(operator: &str, value: &Value) -> bool {
    match operator {
        "$eq" | "$ne" | "$has" => is_scalar(value),
        "$lt" | "$lte" | "$gt" | "$gte" => value.is_number() || value.is_string(),
        "$in" | "$nin" | "$hasAny" | "$subset" => value.is_array(),
        "$startsWith" | "$endsWith" => value.is_string(),
        "$since" | "$before" => time_of(value).is_some(),
        "$elem" => true,
        "$cidr" => value.is_string() || value.is_array(),
        _ => false,
    }
}

/// Scalars: strings, numbers and booleans (docs/format.md#conditions).
fn is_scalar(value: &Value) -> bool {
    value.is_string() || value.is_number() || value.is_boolean()
}

fn holds(operator: &str, left: &Value, right: &Value) -> Truth {
    match operator {
        "$eq" => equal(left, right),
        "$ne" => equal(left, right).not(),
        "$lt" => ordered(left, right, Ordering::is_lt),
        "$lte" => ordered(left, right, Ordering::is_le),
        "$gt" => ordered(left, right, Ordering::is_gt),
        "$gte" => ordered(left, right, Ordering::is_ge),
        "$in" => one_of(left, elements(right)),
        "$nin" => one_of(left, elements(right)).not(),
        "$has" => has(left, right),
        "$hasAny" => has_any(elements(left), elements(right)),
        "$subset" => subset(elements(left), elements(right)),
        "$startsWith" => affix(left, right, |text, affix| text.starts_with(affix)),
        "$endsWith" => affix(left, right, |text, affix| text.ends_with(affix)),
        "$since" => since(left, right),
        "$before" => since(left, right).not(),
        "$cidr" => in_blocks(left, right),
        _ => Truth::Unknown,
    }
}

fn elements(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// Whether two values are scalars of one type.
fn same_type(left: &Value, right: &Value) -> bool {
    (left.is_string() && right.is_string())
        || (left.is_number() && right.is_number())
        || (left.is_boolean() && right.is_boolean())
}

/// Whether two scalars of one type are the same; numbers by value.
fn same(left: &Value, right: &Value) -> bool {
    match (left.as_f64(), right.as_f64()) {
        (Some(left), Some(right)) => left.partial_cmp(&right) == Some(Ordering::Equal),
        _ => same_type(left, right) && left == right,
    }
}

/// `$eq`: same type only.
fn equal(left: &Value, right: &Value) -> Truth {
    if same_type(left, right) { Truth::of(same(left, right)) } else { Truth::Unknown }
}

/// `$lt` and its kin: both numbers, or both strings by code point.
fn ordered(left: &Value, right: &Value, holds: fn(Ordering) -> bool) -> Truth {
    let order = match (left, right) {
        (Value::Number(left), Value::Number(right)) => left.as_f64().partial_cmp(&right.as_f64()),
        (Value::String(left), Value::String(right)) => Some(left.chars().cmp(right.chars())),
        _ => None,
    };
    order.map_or(Truth::Unknown, |order| Truth::of(holds(order)))
}

/// What is known of a list, and whether something in it is not.
fn known(list: &[Value]) -> (Vec<&Value>, bool) {
    let known: Vec<_> = list.iter().filter(|element| is_scalar(element)).collect();
    let some_unknown = known.len() < list.len();
    (known, some_unknown)
}

/// Whether a known element is the same.
fn holds_one(known: &[&Value], scalar: &Value) -> bool {
    known.iter().any(|element| same(element, scalar))
}

/// `$in`: elements of another type are skipped; if none is left it is unknown; an empty list holds nothing.
fn one_of(scalar: &Value, list: &[Value]) -> Truth {
    if list.is_empty() {
        hit("empty list found by reference");
        return Truth::False;
    }
    let (elements, some_unknown) = known(list);
    if holds_one(&elements, scalar) {
        return Truth::True;
    }
    if some_unknown {
        hit("$in: unknown elements");
        return Truth::Unknown;
    }
    if !elements.iter().any(|element| same_type(scalar, element)) {
        hit("$in: no element of the type");
        return Truth::Unknown;
    }
    Truth::False
}

/// `$has`: a list that contains it, or a scalar equal to it; another type is simply not equal.
fn has(attribute: &Value, scalar: &Value) -> Truth {
    let Value::Array(list) = attribute else {
        return Truth::of(same(attribute, scalar));
    };
    let (elements, some_unknown) = known(list);
    match (holds_one(&elements, scalar), some_unknown) {
        (true, _) => Truth::True,
        (false, true) => {
            hit("$has: unknown elements");
            Truth::Unknown
        }
        (false, false) => Truth::False,
    }
}

/// `$hasAny`: true if known elements are shared, false if one of the lists is empty, else unknown if there
/// are unknown elements.
fn has_any(list: &[Value], operand: &[Value]) -> Truth {
    let (left, left_unknown) = known(list);
    let (right, right_unknown) = known(operand);
    if left.iter().any(|element| holds_one(&right, element)) {
        return Truth::True;
    }
    if list.is_empty() || operand.is_empty() {
        hit("$hasAny: empty list");
        return Truth::False;
    }
    if left_unknown || right_unknown {
        hit("$hasAny: unknown elements");
        return Truth::Unknown;
    }
    Truth::False
}

/// `$subset`: true if all elements are known and in the known part of the operand, false if a known one is
/// not in an operand without unknown elements, else unknown. Of an empty operand only an empty list is a
/// subset.
fn subset(list: &[Value], operand: &[Value]) -> Truth {
    if operand.is_empty() {
        hit("$subset: empty operand");
        return Truth::of(list.is_empty());
    }
    let (left, left_unknown) = known(list);
    let (right, right_unknown) = known(operand);
    if !left_unknown && left.iter().all(|element| holds_one(&right, element)) {
        return Truth::True;
    }
    if !right_unknown && !left.iter().all(|element| holds_one(&right, element)) {
        return Truth::False;
    }
    hit("$subset: unknown elements");
    Truth::Unknown
}

/// `$startsWith`, `$endsWith`: string prefix, suffix.
fn affix(attribute: &Value, affix: &Value, has: fn(&str, &str) -> bool) -> Truth {
    match (attribute.as_str(), affix.as_str()) {
        (Some(attribute), Some(affix)) => Truth::of(has(attribute, affix)),
        _ => Truth::Unknown,
    }
}

/// `$since`: a time at or after another.
fn since(attribute: &Value, moment: &Value) -> Truth {
    match (time_of(attribute), time_of(moment)) {
        (Some(attribute), Some(moment)) => Truth::of(attribute >= moment),
        _ => Truth::Unknown,
    }
}

/// `$cidr`: an address inside one of the blocks.
fn in_blocks(attribute: &Value, blocks: &Value) -> Truth {
    let Some(address) = address(attribute) else {
        return Truth::Unknown;
    };
    let inside = |block: &Value| block.as_str().is_some_and(|block| in_block(address, block));
    Truth::of(inside(blocks) || elements(blocks).iter().any(inside))
}

/// An address without a zone; an IPv4-mapped IPv6 address counts as IPv4.
fn address(value: &Value) -> Option<IpAddr> {
    let Ok(written) = value.as_str()?.parse::<IpAddr>() else {
        hit("$cidr: string that is not an address");
        return None;
    };
    let address = written.to_canonical();
    hit(match (written, address) {
        (IpAddr::V4(_), _) => "$cidr: IPv4",
        (IpAddr::V6(_), IpAddr::V4(_)) => "$cidr: IPv4-mapped",
        (IpAddr::V6(_), IpAddr::V6(_)) => "$cidr: IPv6",
    });
    Some(address)
}

/// Whether the first bits of an address are those of the block.
fn in_block(address: IpAddr, block: &str) -> bool {
    let Some((network, prefix)) = block.split_once('/') else {
        return false;
    };
    match (address, network.parse(), prefix.parse::<u32>()) {
        (IpAddr::V4(address), Ok(IpAddr::V4(network)), Ok(prefix)) => {
            first_bits(address.to_bits().into(), Ipv4Addr::BITS, prefix)
                == first_bits(network.to_bits().into(), Ipv4Addr::BITS, prefix)
        }
        (IpAddr::V6(address), Ok(IpAddr::V6(network)), Ok(prefix)) => {
            first_bits(address.to_bits(), 128, prefix) == first_bits(network.to_bits(), 128, prefix)
        }
        _ => false,
    }
}

/// The first `prefix` of `width` bits.
fn first_bits(bits: u128, width: u32, prefix: u32) -> u128 {
    bits.checked_shr(width.saturating_sub(prefix)).unwrap_or(0)
}

/// Counts each operator with each truth value.
fn count(operator: &str, truth: Truth) {
    macro_rules! table {
        ($($name:literal),*) => {
            match (operator, truth) {
                $(
                    ($name, Truth::True) => hit(concat!($name, ": true")),
                    ($name, Truth::False) => hit(concat!($name, ": false")),
                    ($name, Truth::Unknown) => hit(concat!($name, ": unknown")),
                )*
                _ => hit("operator that does not exist"),
            }
        };
    }
    table!(
        "$eq",
        "$ne",
        "$lt",
        "$lte",
        "$gt",
        "$gte",
        "$in",
        "$nin",
        "$has",
        "$hasAny",
        "$subset",
        "$startsWith",
        "$endsWith",
        "$since",
        "$before",
        "$cidr",
        "$exists"
    );
}

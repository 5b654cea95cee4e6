//! The operators of section 10: what fits them, and what they say of values that fit.

use std::cmp::Ordering;
use std::net::{IpAddr, Ipv4Addr};

use serde_json::Value;

use super::attributes::id;
use super::conditions::Truth;
use super::coverage::hit;

/// One comparison. `ids` tells that one side is `user.id`, so that the other is turned into an id.
pub fn compare(operator: &str, left: Option<Value>, right: Option<Value>, ids: bool) -> Truth {
    let truth = if operator == "$exists" {
        exists(left.as_ref(), right.as_ref())
    } else if ids {
        hit("10 compared as ids");
        fitting(operator, left.and_then(as_id), right.and_then(as_id))
    } else {
        fitting(operator, left, right)
    };
    count(operator, truth);
    truth
}

/// Section 10, `$exists`: present and not null, or not.
fn exists(attribute: Option<&Value>, wanted: Option<&Value>) -> Truth {
    let present = attribute.is_some_and(|value| !value.is_null());
    Truth::of(Some(&Value::Bool(present)) == wanted)
}

/// Section 10: turned into an id as in section 7; an element of a list that is no id stays.
fn as_id(value: Value) -> Option<Value> {
    match value {
        Value::Array(elements) => {
            let stays = |element: Value| id(&element).map_or(element, Value::String);
            Some(Value::Array(elements.into_iter().map(stays).collect()))
        }
        scalar => id(&scalar).map(Value::String),
    }
}

/// Section 10: missing, null or of an unfitting type is unknown.
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
        "$hasAny" | "$subset" => value.is_array(),
        "$startsWith" => value.is_string(),
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
        "$startsWith" => value.is_string(),
        "$cidr" => value.is_string() || value.is_array(),
        _ => false,
    }
}

/// Section 10: strings, numbers and booleans.
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
        "$startsWith" => starts_with(left, right),
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

/// `$in`: elements of another type are skipped; if none is left it is unknown; an empty list holds nothing.
fn one_of(scalar: &Value, list: &[Value]) -> Truth {
    if list.is_empty() {
        hit("10 empty list found by reference");
        return Truth::False;
    }
    let comparable: Vec<_> = list.iter().filter(|element| same_type(scalar, element)).collect();
    if comparable.is_empty() {
        hit("10 $in: no element of the type");
        return Truth::Unknown;
    }
    Truth::of(comparable.into_iter().any(|element| same(scalar, element)))
}

/// `$has`: a list that contains it, or a scalar equal to it; another type is simply not equal.
fn has(attribute: &Value, scalar: &Value) -> Truth {
    match attribute {
        Value::Array(elements) => Truth::of(elements.iter().any(|element| same(element, scalar))),
        _ => Truth::of(same(attribute, scalar)),
    }
}

/// The scalars of an operand list. Nothing if it has elements, but no scalar among them.
fn usable(list: &[Value]) -> Option<Vec<&Value>> {
    let scalars: Vec<_> = list.iter().filter(|element| is_scalar(element)).collect();
    if list.is_empty() {
        hit("10 empty list found by reference");
    } else if scalars.is_empty() {
        hit("10 list without scalars found by reference");
        return None;
    }
    Some(scalars)
}

/// `$hasAny`: the list shares an element with the operand.
fn has_any(list: &[Value], operand: &[Value]) -> Truth {
    usable(operand).map_or(Truth::Unknown, |operand| {
        Truth::of(list.iter().any(|element| operand.iter().any(|wanted| same(element, wanted))))
    })
}

/// `$subset`: all elements of the list are in the operand.
fn subset(list: &[Value], operand: &[Value]) -> Truth {
    usable(operand).map_or(Truth::Unknown, |operand| {
        Truth::of(list.iter().all(|element| operand.iter().any(|allowed| same(element, allowed))))
    })
}

/// `$startsWith`: string prefix.
fn starts_with(attribute: &Value, prefix: &Value) -> Truth {
    match (attribute.as_str(), prefix.as_str()) {
        (Some(attribute), Some(prefix)) => Truth::of(attribute.starts_with(prefix)),
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
        hit("10 $cidr: string that is no address");
        return None;
    };
    let address = written.to_canonical();
    hit(match (written, address) {
        (IpAddr::V4(_), _) => "10 $cidr: IPv4",
        (IpAddr::V6(_), IpAddr::V4(_)) => "10 $cidr: IPv4-mapped",
        (IpAddr::V6(_), IpAddr::V6(_)) => "10 $cidr: IPv6",
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
                    ($name, Truth::True) => hit(concat!("10 ", $name, ": true")),
                    ($name, Truth::False) => hit(concat!("10 ", $name, ": false")),
                    ($name, Truth::Unknown) => hit(concat!("10 ", $name, ": unknown")),
                )*
                _ => hit("10 operator that does not exist"),
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
        "$cidr",
        "$exists"
    );
}

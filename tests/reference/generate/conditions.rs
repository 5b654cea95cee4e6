//! Conditions with all operators.

use serde_json::{Value, json};

use super::rng::Rng;
use super::{object, records};

const PATHS: [&str; 41] = [
    "resource.s",
    "resource.s",
    "resource.region",
    "resource.n",
    "resource.n",
    "resource.vip",
    "resource.tags",
    "resource.tags",
    "resource.items.id",
    "resource.deep.x",
    "resource.ip",
    "resource.by",
    "resource.owner",
    "resource.team",
    "resource.constructor",
    "resource.s.length",
    "resource.tags.0",
    "resource.at",
    "resource.at",
    "context.toString",
    "context.s",
    "context.region",
    "context.n",
    "context.vip",
    "context.tags",
    "context.ip",
    "context.by",
    "context.deep.x",
    "context.at",
    "user.at",
    "user.s",
    "user.region",
    "user.n",
    "user.vip",
    "user.tags",
    "user.items.id",
    "user.ip",
    "user.id",
    "user.id",
    "user.teams",
    "user.deep.x",
];

const LISTS: [&str; 8] = [
    "resource.tags",
    "context.tags",
    "user.tags",
    "user.teams",
    "user.teams.x",
    "resource.items.id",
    "resource.owner",
    "context.by",
];

/// What `$elem` goes through, mostly lists of objects.
const ELEMENTS: [&str; 11] = [
    "resource.items",
    "resource.items",
    "resource.items",
    "resource.members",
    "resource.items.items",
    "resource.tags",
    "context.items",
    "user.items",
    "user.teams",
    "user.teams.x",
    "resource.deep",
];

const MOMENTS: [&str; 9] = [
    "now",
    "now",
    "now-1s",
    "now+2s",
    "now-3s",
    "now-1h",
    "now+9999999w",
    "2026-11-18T11:06:41Z",
    "2026-11-18t12:06:40.5009+01:00",
];

const BLOCKS: [&str; 7] =
    ["10.0.0.0/8", "10.1.2.3/32", "0.0.0.0/0", "192.168.1.0/24", "2001:db8::/32", "2001:db8::7/128", "::/0"];

const ZONES: [&str; 7] = [
    "UTC",
    "Europe/Lisbon",
    "America/New_York",
    "Asia/Kolkata",
    "Pacific/Auckland",
    "Australia/Lord_Howe",
    "Nowhere/Special",
];

const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

const HOURS: [&str; 9] = ["00:00", "06:30", "09:00", "11:00", "11:15", "12:00", "17:45", "22:15", "23:59"];

/// A condition, at most three deep.
pub(super) fn condition(rng: &mut Rng) -> Value {
    nested(rng, 3)
}

/// A condition, at most one deep.
pub(super) fn simple_condition(rng: &mut Rng) -> Value {
    let depth = rng.pick(&[0, 0, 1]);
    object([entry(rng, depth)])
}

fn nested(rng: &mut Rng, depth: usize) -> Value {
    let count = rng.pick(&[1, 1, 1, 2]);
    object((0..count).map(|_| entry(rng, depth)).collect::<Vec<_>>())
}

fn entry(rng: &mut Rng, depth: usize) -> (String, Value) {
    let kind = if depth == 0 { 100 } else { rng.below(100) };
    match kind {
        0..=9 => ("$not".to_owned(), nested(rng, depth - 1)),
        10..=15 => ("$and".to_owned(), list(rng, depth - 1)),
        16..=23 => ("$or".to_owned(), list(rng, depth - 1)),
        24..=29 => ("$during".to_owned(), schedule(rng)),
        30..=39 => (rng.pick(&ELEMENTS).to_owned(), json!({ "$elem": inside(nested(rng, depth - 1)) })),
        _ => comparison(rng),
    }
}

fn list(rng: &mut Rng, depth: usize) -> Value {
    (0..rng.between(1, 3)).map(|_| nested(rng, depth)).collect()
}

fn comparison(rng: &mut Rng) -> (String, Value) {
    if rng.chance(7) {
        return with_user_id(rng);
    }
    let path = rng.pick(&PATHS);
    let value = match rng.below(100) {
        0..=24 => scalar_for(rng, path),
        25..=34 => reference(rng),
        35..=94 => object([operator(rng, path)]),
        _ => object([operator(rng, path), operator(rng, path)]),
    };
    (path.to_owned(), value)
}

/// The user's id on one side and whoever is named elsewhere on the other.
fn with_user_id(rng: &mut Rng) -> (String, Value) {
    let person = rng.pick(&["resource.by", "resource.owner", "context.by", "user.by", "resource.members.id"]);
    let operator = rng.pick(&["$eq", "$ne", "$in", "$nin", "$has", "$lt", "$startsWith", "$endsWith"]);
    let (left, right) = match operator {
        "$in" | "$nin" => ("user.id", person),
        _ if rng.chance(30) => ("user.id", person),
        _ => (person, "user.id"),
    };
    (left.to_owned(), json!({ operator: { "$ref": right } }))
}

/// A condition as it stands inside `$elem`: what it asks of the record it asks of an element.
fn inside(condition: Value) -> Value {
    let of_element = |path: String| match path.strip_prefix("resource.") {
        Some(rest) => format!("element.{rest}"),
        None => path,
    };
    match condition {
        Value::Object(members) => {
            object(members.into_iter().map(|(key, value)| (of_element(key), inside(value))))
        }
        Value::Array(items) => items.into_iter().map(inside).collect(),
        Value::String(text) => of_element(text).into(),
        scalar => scalar,
    }
}

fn reference(rng: &mut Rng) -> Value {
    json!({ "$ref": rng.pick(&PATHS) })
}

/// An operator that suits the path most of the time, with a fit operand.
fn operator(rng: &mut Rng, path: &str) -> (String, Value) {
    let any = [
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
        "$exists",
    ];
    let suiting: &[&str] = match path.rsplit('.').next() {
        Some("n" | "x") => &["$eq", "$ne", "$lt", "$lte", "$gt", "$gte", "$in", "$nin"],
        Some("tags" | "teams") => &["$has", "$hasAny", "$subset"],
        Some("ip") => &["$cidr"],
        Some("at") => &["$since", "$before"],
        Some("id") if path != "user.id" => &["$has", "$hasAny", "$subset"],
        Some("vip") => &["$eq", "$ne", "$exists"],
        _ => &["$eq", "$ne", "$in", "$nin", "$startsWith", "$endsWith", "$has", "$exists", "$lt"],
    };
    let operator = if rng.chance(80) { rng.pick(suiting) } else { rng.pick(&any) };
    (operator.to_owned(), operand(rng, operator, path))
}

fn operand(rng: &mut Rng, operator: &str, path: &str) -> Value {
    match operator {
        "$exists" => rng.chance(50).into(),
        "$cidr" => blocks(rng),
        "$in" | "$nin" | "$hasAny" | "$subset" => list_operand(rng, path),
        _ if rng.chance(30) => reference(rng),
        "$lt" | "$lte" | "$gt" | "$gte" => {
            rng.pick(&[json!(0), json!(1), json!(2), json!(2.5), json!("b"), json!("o"), json!("\u{ff5e}")])
        }
        "$startsWith" => rng.pick(&["o", "cl", "em", "a", "7"]).into(),
        "$endsWith" => rng.pick(&["n", "ed", "a", "o", "7", ""]).into(),
        "$since" | "$before" => rng.pick(&MOMENTS).into(),
        _ => scalar_for(rng, path),
    }
}

/// A list, or a reference that mostly finds one.
fn list_operand(rng: &mut Rng, path: &str) -> Value {
    match rng.below(100) {
        0..=29 => json!({ "$ref": rng.pick(&LISTS) }),
        30..=39 => reference(rng),
        _ => scalars_for(rng, path),
    }
}

/// A literal that can be equal to what the path holds.
fn scalar_for(rng: &mut Rng, path: &str) -> Value {
    let own = match path {
        "resource.items.id" | "user.items.id" => rng.pick(&[json!("a"), json!("b"), json!("c"), json!(1)]),
        "user.teams" | "resource.team" => rng.pick(&["10", "11", "12", "x"]).into(),
        "user.id" => rng.pick(&[json!("ana"), json!("7"), json!(7), json!("bo"), json!(5.5), json!(true)]),
        _ => records::attribute(rng, path.rsplit('.').next().unwrap_or_default()),
    };
    match own {
        Value::Null | Value::Object(_) => rng.pick(&[json!("open"), json!(2), json!(true)]),
        Value::Array(elements) => elements
            .into_iter()
            .find(|element| !element.is_null() && !element.is_array() && !element.is_object())
            .unwrap_or(json!("a")),
        scalar => scalar,
    }
}

/// A list of scalars, none twice.
fn scalars_for(rng: &mut Rng, path: &str) -> Value {
    let mut scalars = Vec::new();
    for _ in 0..rng.between(1, 3) {
        let scalar = if rng.chance(80) {
            scalar_for(rng, path)
        } else {
            rng.pick(&[json!(1), json!("a"), json!(false)])
        };
        if !scalars.contains(&scalar) {
            scalars.push(scalar);
        }
    }
    scalars.into()
}

fn blocks(rng: &mut Rng) -> Value {
    if rng.chance(50) {
        return rng.pick(&BLOCKS).into();
    }
    let count = rng.between(1, 3);
    rng.sample(&BLOCKS, count).into()
}

fn schedule(rng: &mut Rng) -> Value {
    let mut members = vec![("tz".to_owned(), rng.pick(&ZONES).into())];
    if rng.chance(50) {
        members.push(("days".to_owned(), rng.some_at_least_one(&DAYS, 50).into()));
    }
    let from = rng.pick(&HOURS);
    let to = if rng.chance(15) { "24:00" } else { rng.pick(&HOURS) };
    if rng.chance(75) && from != to {
        members.extend([("from".to_owned(), from.into()), ("to".to_owned(), to.into())]);
    }
    object(members)
}

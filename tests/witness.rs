//! Worlds in which something is true: attributes that satisfy a condition, and changes at random.

use serde_json::{Value, json};

use crate::reference::generate::rng::Rng;
use crate::reference::{Record, generate};
use crate::remedies::Case;

/// Sets attributes of the record, the context and the user so that a condition holds, where that is in reach.
pub(crate) fn make_true(case: &mut Case, condition: &Value, seed: u64) {
    settle(case, condition, true, &mut Rng::new(seed));
}

fn settle(case: &mut Case, condition: &Value, wanted: bool, rng: &mut Rng) {
    let entries: Vec<(String, Value)> =
        condition.as_object().into_iter().flatten().map(|(k, v)| (k.clone(), v.clone())).collect();
    let parts: Vec<_> = entries.iter().collect();
    each(&parts, wanted, rng, &mut |(key, value), rng| match (key.as_str(), value) {
        ("$not", inner) => settle(case, inner, !wanted, rng),
        ("$and" | "$or", Value::Array(items)) => {
            let items: Vec<_> = items.iter().collect();
            each(&items, (key == "$and") == wanted, rng, &mut |item, rng| settle(case, item, wanted, rng));
        }
        ("$during", _) => {}
        (path, Value::Object(operators)) if !operators.contains_key("$ref") => {
            let operators: Vec<_> = operators.iter().collect();
            each(&operators, wanted, rng, &mut |(operator, operand), rng| {
                compare(case, path, operator, operand, wanted, rng);
            });
        }
        (path, operand) => compare(case, path, "$eq", operand, wanted, rng),
    });
}

/// Every part, or one of them at random.
fn each<T>(parts: &[T], all: bool, rng: &mut Rng, settle: &mut dyn FnMut(&T, &mut Rng)) {
    if all {
        for part in parts {
            settle(part, rng);
        }
    } else if !parts.is_empty() {
        let at = rng.below(parts.len());
        settle(&parts[at], rng);
    }
}

fn compare(case: &mut Case, path: &str, operator: &str, operand: &Value, wanted: bool, rng: &mut Rng) {
    let reference = operand.get("$ref").and_then(Value::as_str);
    let is_list = matches!(operator, "$in" | "$nin" | "$hasAny" | "$subset");
    let is_fixed = |path: &str| path == "user.id" || path == "user.teams" || path.starts_with("user.id.");
    let value = match reference {
        None => operand.clone(),
        Some(other) => match find(case, other) {
            Some(value) if is_list == value.is_array() => value,
            _ if is_fixed(other) => return,
            _ => {
                let value = if is_list {
                    json!([rng.pick(&["s", "10", "ana"])])
                } else {
                    json!(rng.pick(&["s", "ana"]))
                };
                set(case, other, value.clone());
                value
            }
        },
    };
    if !is_fixed(path) {
        set(case, path, fitting(operator, &value, wanted, rng));
    } else if let (Some(other), Some(mine)) = (reference, find(case, path)) {
        set(case, other, mirrored(operator, &mine, wanted));
    }
}

/// A left side for which `left operator right` is as wanted.
fn fitting(operator: &str, right: &Value, wanted: bool, rng: &mut Rng) -> Value {
    let first =
        || right.as_array().and_then(|items| items.iter().find(|item| !item.is_null() && !item.is_array()));
    match (operator, wanted) {
        ("$eq" | "$lte" | "$gte" | "$startsWith" | "$endsWith", true) | ("$ne" | "$lt" | "$gt", false) => {
            right.clone()
        }
        ("$eq", false) | ("$ne", true) => other(right),
        ("$lt", true) | ("$gte", false) => beside(right, -1.0),
        ("$gt", true) | ("$lte", false) => beside(right, 1.0),
        ("$in", true) | ("$nin", false) => first().cloned().unwrap_or(json!("s")),
        ("$in", false) | ("$nin", true) => other(first().unwrap_or(&json!("s"))),
        ("$has", true) => {
            if rng.chance(50) {
                json!([right])
            } else {
                right.clone()
            }
        }
        ("$hasAny", true) => json!([first().unwrap_or(&json!("s"))]),
        ("$has" | "$hasAny" | "$elem", false) | ("$subset", true) => json!([]),
        ("$subset", false) => json!([other(first().unwrap_or(&json!("s")))]),
        ("$startsWith" | "$endsWith", false) => json!("\u{10fffd}"),
        ("$since", true) | ("$before", false) => json!(8e15),
        ("$since", false) | ("$before", true) => json!(-8e15),
        ("$elem", true) => json!([element(right, rng)]),
        ("$cidr", true) => address(right),
        ("$cidr", false) => json!(rng.pick(&["203.0.113.9", "fe80::9"])),
        ("$exists", _) => {
            if (right == &json!(true)) == wanted {
                json!("s")
            } else {
                Value::Null
            }
        }
        _ => Value::Null,
    }
}

/// An element for which a condition is true, as far as it asks for what is literally there.
fn element(condition: &Value, rng: &mut Rng) -> Value {
    let mut made = json!({});
    settle_element(&mut made, condition, true, rng);
    made
}

fn settle_element(made: &mut Value, condition: &Value, wanted: bool, rng: &mut Rng) {
    for (key, value) in condition.as_object().into_iter().flatten() {
        match (key.as_str(), value) {
            ("$not", inner) => settle_element(made, inner, !wanted, rng),
            ("$and" | "$or", Value::Array(items)) => {
                for item in items {
                    settle_element(made, item, wanted, rng);
                }
            }
            (path, Value::Object(operators)) if !operators.contains_key("$ref") => {
                for (operator, operand) in operators {
                    set_element(made, path, fitting(operator, operand, wanted, rng));
                }
            }
            (path, operand) => set_element(made, path, fitting("$eq", operand, wanted, rng)),
        }
    }
}

fn set_element(made: &mut Value, path: &str, value: Value) {
    let Some(rest) = path.strip_prefix("element.") else { return };
    let mut at = made;
    for key in rest.split('.') {
        if !at.is_object() {
            *at = json!({});
        }
        at = &mut at[key];
    }
    *at = value;
}

/// A right side for which `left operator right` is as wanted, where the left side is the id or the teams of
/// the user.
fn mirrored(operator: &str, left: &Value, wanted: bool) -> Value {
    match (operator, wanted) {
        ("$eq" | "$lte" | "$gte" | "$startsWith" | "$endsWith" | "$has", true) | ("$ne", false) => {
            left.as_array().and_then(|it| it.first()).unwrap_or(left).clone()
        }
        ("$eq" | "$has", false) | ("$ne", true) => json!("zz"),
        ("$in" | "$hasAny" | "$subset", true) | ("$nin", false) => {
            if left.is_array() {
                left.clone()
            } else {
                json!([left])
            }
        }
        ("$in" | "$hasAny" | "$subset", false) | ("$nin", true) => json!(["zz"]),
        ("$lt", true) | ("$gte", false) => json!("\u{10fffd}"),
        _ => json!("!"),
    }
}

/// Another value of the same type.
fn other(value: &Value) -> Value {
    match value {
        Value::Bool(value) => json!(!value),
        Value::Number(value) => json!(value.as_f64().unwrap() + 1001.0),
        Value::String(value) => json!(format!("{value}~")),
        _ => json!("~"),
    }
}

fn beside(value: &Value, step: f64) -> Value {
    match value {
        Value::Number(value) => json!(value.as_f64().unwrap() + step),
        Value::String(value) if step > 0.0 => json!(format!("{value}\u{10fffd}")),
        _ => json!(""),
    }
}

fn address(blocks: &Value) -> Value {
    let block = blocks.as_array().map_or(blocks, |blocks| &blocks[0]);
    json!(block.as_str().and_then(|block| block.split('/').next()).unwrap_or_default())
}

fn find(case: &mut Case, path: &str) -> Option<Value> {
    let (root, rest) = path.split_once('.')?;
    let user = case.user().clone();
    let mut at = match (root, rest) {
        ("user", "id" | "teams") => return user.get(rest).cloned().or(Some(json!([]))),
        ("user", _) => user.get("attributes").cloned().unwrap_or_default(),
        ("context", _) => case.question.context.clone(),
        _ => case.question.record.clone()?,
    };
    for key in rest.split('.') {
        at = at.get(key)?.clone();
    }
    Some(at).filter(|value| !value.is_null())
}

fn set(case: &mut Case, path: &str, value: Value) {
    let Some((root, rest)) = path.split_once('.') else { return };
    let mut at = match root {
        "user" => &mut case.user()["attributes"],
        "context" => &mut case.question.context,
        _ => match &mut case.question.record {
            Some(record) if record.is_object() => record,
            _ => return,
        },
    };
    for key in rest.split('.') {
        if !at.is_object() {
            *at = json!({});
        }
        at = &mut at[key];
    }
    *at = value;
}

/// Changes whatever a remedy may change, and tells what.
pub(crate) fn change_at_random(case: &mut Case, seed: u64) -> Vec<String> {
    let rng = &mut Rng::new(seed);
    let mut what = Vec::new();
    let ids = |tree: &Value, key: &str| -> Vec<String> {
        tree[key]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|it| it["id"].as_str().map(str::to_owned))
            .collect()
    };
    case.user()["disabled"] = json!(false);
    let plans: Vec<String> = ["free", "pro", "max", "basic", "p", "q"].map(str::to_owned).into();
    let named: Vec<String> = case.tree["catalog"]["plans"]
        .as_array()
        .map_or(plans, |plans| plans.iter().filter_map(|plan| plan.as_str().map(str::to_owned)).collect());
    if rng.chance(40) && !named.is_empty() {
        case.tree["plan"] = json!(rng.pick(&named));
        what.push(format!("plan {}", case.tree["plan"]));
    }
    let (roles, teams) = (ids(&case.tree, "roles"), ids(&case.tree, "teams"));
    for role in rng.some(&roles, 40) {
        what.push(format!("grant {role}"));
        push(case.user(), "roles", json!(role));
    }
    for team in rng.some(&teams, 40) {
        what.push(format!("team {team}"));
        push(case.user(), "teams", json!(team));
    }
    if rng.chance(60) {
        for role in case.tree["roles"].as_array_mut().unwrap() {
            if rng.chance(80) && role.as_object_mut().unwrap().remove("deny").is_some() {
                what.push(format!("lift {}", role["id"]));
            }
        }
    }
    if rng.chance(40) {
        let later = generate::questions(&case.tree, seed, 1)[0].now;
        if case.question.now.is_finite() && later >= case.question.now {
            case.question.now = later;
            what.push(format!("wait {later}"));
        }
    }
    what.extend(change_attributes(case, seed, rng));
    what
}

/// Other attributes, the record where it was.
fn change_attributes(case: &mut Case, seed: u64, rng: &mut Rng) -> Option<String> {
    if rng.chance(50) {
        return None;
    }
    case.question.context = generate::questions(&case.tree, seed, 1)[0].context.clone();
    case.user()["attributes"] = generate::questions(&case.tree, !seed, 1)[0].context.clone();
    if let Record::Known(record) = case.question.as_question().record
        && record.is_object()
    {
        let other = generate::record(&case.tree, "nobody", seed);
        // Owner and team stay: whatever a mapping names, and the defaults.
        let mapped = format!("{} owner team", case.tree["catalog"]["resources"]);
        let mut changed = record.clone();
        for (key, value) in other.as_object().unwrap() {
            if !mapped.contains(key.as_str()) {
                changed[key] = value.clone();
            }
        }
        case.question.record = Some(changed);
    }
    Some("attributes".to_owned())
}

fn push(object: &mut Value, key: &str, value: Value) {
    if object[key].is_null() {
        object[key] = json!([]);
    }
    object[key].as_array_mut().unwrap().push(value);
}

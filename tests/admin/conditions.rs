//! Random conditions that use all that the format has, and what they are asked of: records, contexts, attributes of
//! users, and elements of their lists have the same keys, and few values, so that what is compared is often equal.
//!
//! Two people are compared in a world in which they have changed places: whoever is named under `owner`, `by` and
//! `watchers` is the other one there. So these are compared with each other and with `user.id` only, and never with
//! a literal; `boss` stays whoever it is.

use serde_json::{Value, json};

use super::tenants::time;
use crate::reference::generate::rng::Rng;

/// Ids of users: one differs from another by case only, begins with it, is a number, or a time.
pub(super) const PEOPLE: [&str; 8] = [
    "u0",
    "u1",
    "U1",
    "u10",
    "7",
    "2026-11-18T11:00:00Z",
    "2026-11-18T13:00:00+01:00",
    "2026-11-17T00:00:00Z",
];
const WORDS: [&str; 5] = ["a", "b", "ab", "t0", "t1"];
const ORDER: [&str; 6] = ["$eq", "$ne", "$lt", "$lte", "$gt", "$gte"];
const TIMES: [&str; 6] = ["now", "now-1d", "now-60m", "now+1h", "now+1w", "2026-11-18T11:06:40Z"];

/// Where a condition stands.
#[derive(Clone, Copy)]
struct Place {
    /// The first parts of paths.
    roots: [&'static str; 3],
    /// Whether elements are those of a list of the user: there nobody changes places.
    of_user: bool,
    depth: usize,
}

/// One comparison or several.
pub(super) fn condition(rng: &mut Rng) -> Value {
    several(rng, Place { roots: ["resource", "user", "context"], of_user: false, depth: 0 })
}

fn several(rng: &mut Rng, place: Place) -> Value {
    let one = comparison(rng, place);
    match rng.below(8) {
        0 => json!({ "$and": [one, comparison(rng, place)] }),
        1 => json!({ "$or": [one, comparison(rng, place)] }),
        2 => json!({ "$not": one }),
        3 | 4 => {
            let (mut one, more) = (one, comparison(rng, place));
            one.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            one
        }
        _ => one,
    }
}

fn comparison(rng: &mut Rng, place: Place) -> Value {
    match rng.below(12) {
        _ if place.depth > 0 && rng.chance(25) => people(rng, place),
        0 => at(rng, place, "open", &json!(true)),
        1 => words(rng, place),
        2 => lists(rng, place),
        3 => numbers(rng, place),
        4 => times(rng, place),
        5 => {
            let blocks = rng.pick(&[json!("10.0.0.0/8"), json!(["10.1.0.0/16", "::/0"])]);
            at(rng, place, "ip", &json!({ "$cidr": blocks }))
        }
        6 => {
            let (key, is_there) = (rng.pick(&["dept", "n", "tags", "boss", "none"]), rng.chance(50));
            at(rng, place, key, &json!({ "$exists": is_there }))
        }
        7 if rng.chance(50) => {
            let days = if rng.chance(50) { json!(["wed", "thu"]) } else { json!(["fri"]) };
            let hours = [
                json!({ "$during": { "tz": "UTC", "from": "09:00", "to": "17:00" } }),
                json!({ "$during": { "tz": "UTC", "from": "22:00", "to": "12:00" } }),
                json!({ "$during": { "tz": "UTC", "days": days } }),
            ];
            rng.pick(&hours)
        }
        7..=9 if place.depth < 2 => elements(rng, place),
        _ => people(rng, place),
    }
}

fn path(rng: &mut Rng, place: Place, key: &str) -> String {
    format!("{}.{key}", rng.pick(&place.roots))
}

fn at(rng: &mut Rng, place: Place, key: &str, operators: &Value) -> Value {
    json!({ path(rng, place, key): operators })
}

fn reference(path: impl Into<String>) -> Value {
    json!({ "$ref": path.into() })
}

/// A word that is written, or that is somewhere else.
fn word(rng: &mut Rng, place: Place) -> Value {
    match rng.below(3) {
        0 => json!(rng.pick(&WORDS)),
        1 => reference("user.at.zone"),
        _ => reference(path(rng, place, "dept")),
    }
}

fn words(rng: &mut Rng, place: Place) -> Value {
    let left = if rng.chance(25) { "user.at.zone".into() } else { path(rng, place, "dept") };
    let operator = rng.pick(&[&ORDER[..], &["$startsWith", "$endsWith"], &["$eq"; 4]].concat());
    let right = word(rng, place);
    let list = list(rng, place);
    let one_of = rng.pick(&["$in", "$nin"]);
    rng.pick(&[json!({ &left: { operator: right } }), json!({ left: { one_of: list } })])
}

/// Words that are written, or a list that is somewhere else.
fn list(rng: &mut Rng, place: Place) -> Value {
    match rng.below(4) {
        0 => json!(["a", "t0"]),
        1 => reference("user.teams"),
        2 => reference(path(rng, place, "tags.dept")),
        _ => reference(path(rng, place, "labels")),
    }
}

fn lists(rng: &mut Rng, place: Place) -> Value {
    let left = match rng.below(4) {
        0 => "user.teams".into(),
        1 => path(rng, place, "tags.dept"),
        _ => path(rng, place, "labels"),
    };
    let (word, list) = (word(rng, place), list(rng, place));
    rng.pick(&[
        json!({ &left: { "$has": word } }),
        json!({ &left: { "$hasAny": list } }),
        json!({ left: { "$subset": list } }),
    ])
}

fn numbers(rng: &mut Rng, place: Place) -> Value {
    let right =
        if rng.chance(50) { json!(rng.pick(&[1.0, 1.5, 2.0])) } else { reference(path(rng, place, "n")) };
    let operator = rng.pick(&ORDER);
    let left = path(rng, place, "n");
    rng.pick(&[json!({ &left: { operator: right } }), json!({ left: { "$in": [1, "1", true] } })])
}

fn times(rng: &mut Rng, place: Place) -> Value {
    let right = if rng.chance(70) { json!(rng.pick(&TIMES)) } else { reference(path(rng, place, "at")) };
    let operator = rng.pick(&["$since", "$before"]);
    at(rng, place, "at", &json!({ operator: right }))
}

fn elements(rng: &mut Rng, place: Place) -> Value {
    let root = rng.pick(&place.roots);
    let list = if root == "user" && rng.chance(20) { "user.teams".into() } else { format!("{root}.tags") };
    let of_user = root == "user" || (root == "element" && place.of_user);
    let inside = Place { roots: ["element", "user", "context"], of_user, depth: place.depth + 1 };
    json!({ list: { "$elem": several(rng, inside) } })
}

/// Who the user is.
fn people(rng: &mut Rng, place: Place) -> Value {
    let literal = rng.pick(&PEOPLE);
    let own = rng.pick(&[place.roots[0], "context"]);
    if rng.chance(30) || (own == "element" && place.of_user) {
        let operator = rng.pick(&["$eq", "$ne", "$gt", "$startsWith"]);
        let (of_time, time) = (rng.pick(&["$since", "$before"]), rng.pick(&TIMES));
        return rng.pick(&[
            json!({ "user.id": literal }),
            json!({ "user.id": { operator: literal } }),
            json!({ "user.id": { "$in": [literal, 7] } }),
            json!({ "user.id": { of_time: time } }),
            json!({ "user.boss": reference("user.id") }),
            json!({ format!("{own}.boss"): reference("user.boss") }),
            json!({ format!("{own}.boss"): literal }),
        ]);
    }
    let operator = rng.pick(&[&ORDER[..], &["$startsWith", "$endsWith", "$since", "$before"]].concat());
    let of_lists = rng.pick(&["$hasAny", "$subset"]);
    let [by, watchers, id] = [format!("{own}.by"), format!("{own}.watchers"), "user.id".into()];
    rng.pick(&[
        json!({ &by: reference(&*id) }),
        json!({ &by: { operator: reference(&*id) } }),
        json!({ &id: { operator: reference(&*by) } }),
        json!({ &watchers: { "$has": reference(&*id) } }),
        json!({ &id: { "$in": reference(&*watchers) } }),
        json!({ &id: { "$nin": reference(&*watchers) } }),
        json!({ by: reference("context.by") }),
        json!({ watchers: { of_lists: reference("context.watchers") } }),
    ])
}

/// A record, a context, the attributes of a user, or an element of a list, in the eyes of these people; of a user
/// nobody changes places.
pub(super) fn thing(rng: &mut Rng, people: &[&str], depth: usize) -> Value {
    let mut thing = json!({});
    let mut put = |rng: &mut Rng, percent, key: &str, value: &dyn Fn(&mut Rng) -> Value| {
        if rng.chance(percent) {
            thing[key] = value(rng);
        }
    };
    let word = |rng: &mut Rng| json!(rng.pick(&WORDS));
    put(rng, 70, "open", &|rng| json!(rng.chance(70)));
    put(rng, 70, "dept", &word);
    put(rng, 30, "at.zone", &word);
    put(rng, 60, "n", &|rng| rng.pick(&[json!(0), json!(1), json!(1.5), json!(2), json!(3), json!("1")]));
    put(rng, 60, "labels", &|rng| {
        let some: Vec<Value> = rng.some(&[json!("a"), json!("b"), json!("t0"), json!("t1")], 40);
        if rng.chance(10) { json!([some, null, 1]) } else { json!(some) }
    });
    put(rng, 60, "at", &|rng| {
        let seconds = rng.pick(&[-172_800, -3_601, 0, 3_600, 90_000]);
        if rng.chance(50) {
            json!(time(seconds))
        } else {
            json!(super::NOW + 1000.0 * f64::from(i32::try_from(seconds).unwrap()))
        }
    });
    put(rng, 60, "ip", &|rng| json!(rng.pick(&["10.1.2.3", "10.2.0.1", "::1", "nowhere"])));
    put(rng, 50, "boss", &|rng| json!(rng.pick(&PEOPLE)));
    if !people.is_empty() {
        let person = |rng: &mut Rng| id(rng.pick(people));
        put(rng, 60, "by", &person);
        put(rng, 60, "watchers", &|rng| json!([person(rng), person(rng)]));
    }
    if depth < 2 {
        put(rng, 60, "tags", &|rng| {
            let count = rng.between(1, 2);
            json!((0..count).map(|_| self::thing(rng, people, depth + 1)).collect::<Vec<_>>())
        });
    }
    thing
}

/// Somebody as records name people. The same everywhere: by two spellings, which are not equal, one could be told from
/// oneself, and not from another.
fn id(name: &str) -> Value {
    if name == "7" { json!(7) } else { json!(name) }
}

/// The same record or context in the eyes of another: what is one's is the other's.
pub(super) fn swapped(value: &Value, [one, other]: [&str; 2], is_person: bool) -> Value {
    let id =
        |value: &Value| value.as_u64().map(|id| id.to_string()).or(value.as_str().map(ToOwned::to_owned));
    match value {
        Value::Array(items) => items.iter().map(|item| swapped(item, [one, other], is_person)).collect(),
        Value::Object(members) => {
            let is_person = |key: &str| matches!(key, "owner" | "by" | "watchers");
            let swap =
                |(key, value): (&String, &Value)| (key.clone(), swapped(value, [one, other], is_person(key)));
            Value::Object(members.iter().map(swap).collect())
        }
        _ => match id(value).filter(|_| is_person) {
            Some(id) if id == one => json!(other),
            Some(id) if id == other => json!(one),
            _ => value.clone(),
        },
    }
}

//! Records, contexts and user attributes, of fitting and of odd types.

use serde_json::{Value, json};

use super::super::snapshot::{list, text};
use super::rng::Rng;
use super::{moments, set};

const NAMES: [&str; 10] = ["s", "region", "n", "vip", "tags", "items", "deep", "ip", "by", "at"];

/// A value for an attribute of this name.
pub(super) fn attribute(rng: &mut Rng, name: &str) -> Value {
    match name {
        "s" => rng.pick(&[
            json!("open"),
            json!("open"),
            json!("open"),
            json!("closed"),
            json!("closed"),
            json!("emea"),
            json!("\u{1f512}"),
            json!(""),
            json!(3),
            json!(true),
            json!(null),
            json!(["open"]),
        ]),
        "region" => rng.pick(&["emea", "apac", "ana", "open"]).into(),
        "n" | "x" => rng.pick(&[
            json!(0),
            json!(1),
            json!(2),
            json!(3),
            json!(2.5),
            json!(-1),
            json!(2.0),
            json!("2"),
            json!(1e300),
            json!(false),
        ]),
        "vip" => rng.chance(50).into(),
        "tags" => tags(rng),
        "items" => (0..rng.below(4)).map(|_| item(rng)).collect(),
        "deep" => deep(rng),
        "ip" => address(rng),
        "at" => time(rng),
        _ => person(rng),
    }
}

fn tags(rng: &mut Rng) -> Value {
    let plain = rng.some(&["a", "b", "c"], 50);
    if rng.chance(78) {
        return plain.into();
    }
    if rng.chance(40) {
        return rng.pick(&[json!([null]), json!([{}, null]), json!([["a"]])]);
    }
    let odd = [json!("a"), json!(1), json!(null), json!({}), json!(true), json!(["a"]), json!("ana")];
    let count = rng.between(0, 2);
    rng.sample(&odd, count).into()
}

/// An element of a list that a path goes through.
fn item(rng: &mut Rng) -> Value {
    if rng.chance(30) {
        let mut item = attributes(rng);
        set(&mut item, "id", rng.pick(&["a", "b", "ana"]));
        return item;
    }
    rng.pick(&[
        json!({ "id": "a" }),
        json!({ "id": "b" }),
        json!({ "id": 1 }),
        json!({ "id": "a" }),
        json!({}),
        json!({ "id": null }),
        json!({ "id": ["a", "b"] }),
        json!([{ "id": "c" }]),
        json!("a"),
    ])
}

fn deep(rng: &mut Rng) -> Value {
    let x = attribute(rng, "x");
    let y = attribute(rng, "x");
    rng.pick(&[
        json!({ "x": x }),
        json!({ "x": x }),
        json!([{ "x": x }, { "x": y }]),
        json!({}),
        json!(null),
        x,
    ])
}

/// A time in one of the ways in which it can be said, or nearly one.
fn time(rng: &mut Rng) -> Value {
    let millis = moments::near_base(rng);
    match rng.below(10) {
        0..=4 => moments::written(rng, millis).into(),
        5..=6 => millis.into(),
        7 => json!(moments::as_clock(millis) + 0.25),
        8 => rng.pick(&[json!(0), json!(-0.5), json!(-1), json!(1e300), json!("9999-12-31T23:59:59.9999Z")]),
        _ => rng.pick(&[
            json!("2026-11-18"),
            json!("2026-11-18T11:06:40"),
            json!("2026-11-18 11:06:40Z"),
            json!("2026-11-18T11:06:60Z"),
            json!("2026-11-18T11:06:40.Z"),
            json!("now"),
            json!(""),
            json!(true),
            json!(null),
            json!([millis]),
        ]),
    }
}

fn address(rng: &mut Rng) -> Value {
    rng.pick(&[
        json!("10.1.2.3"),
        json!("10.1.2.3"),
        json!("192.168.1.9"),
        json!("2001:db8::7"),
        json!("2001:DB8:0:0:0:0:0:8"),
        json!("::ffff:10.1.9.9"),
        json!("::ffff:a01:203"),
        json!("10.1.2.3%eth0"),
        json!("fe80::1%1"),
        json!("10.1.2"),
        json!("not-an-ip"),
        json!(167_838_211),
        json!(["10.1.2.3"]),
    ])
}

/// Someone who may own a record: mostly one of the users.
fn person(rng: &mut Rng) -> Value {
    rng.pick(&[
        json!("ana"),
        json!("ana"),
        json!("bo"),
        json!("7"),
        json!(7),
        json!(7.0),
        json!(-3),
        json!(["ana", "cy"]),
        json!([7, "zed"]),
        json!([5.5, null, "bo", ["ana"]]),
        json!(["", "ana"]),
        json!([true, ""]),
        json!([["7"]]),
        json!([]),
        json!([5.5]),
        json!([null]),
        json!("zed"),
        json!(""),
        json!("a\u{7}"),
        json!(null),
        json!(5.5),
        json!(9_007_199_254_740_993_u64),
        json!(true),
        json!({ "id": "ana" }),
    ])
}

/// The id of a team, as a number now and then.
fn known_group(rng: &mut Rng, known: &[&str]) -> Value {
    if known.is_empty() {
        return json!("10");
    }
    let id = rng.pick(known);
    id.parse::<u32>().ok().filter(|_| rng.chance(30)).map_or_else(|| json!(id), |number| json!(number))
}

/// The team of a record: mostly one that the snapshot knows.
fn group(rng: &mut Rng, snapshot: &Value) -> Value {
    let known: Vec<_> = list(snapshot, "teams").iter().filter_map(|team| text(team, "id")).collect();
    let (first, second) = (known_group(rng, &known), known_group(rng, &known));
    let odd = rng.pick(&[
        json!(""),
        json!("\u{85}"),
        json!("x".repeat(257)),
        json!(12.5),
        json!(1e300),
        json!([["10"], {}]),
    ]);
    rng.pick(&[
        first.clone(),
        first.clone(),
        first.clone(),
        json!([first, second]),
        json!([first, "nowhere"]),
        json!([first, null, true]),
        json!([[first]]),
        json!("nowhere"),
        json!(null),
        json!([]),
        json!(true),
        json!({ "id": first }),
        odd,
    ])
}

/// Some attributes, each with some chance.
pub(super) fn attributes(rng: &mut Rng) -> Value {
    let mut attributes = json!({});
    for name in NAMES {
        if rng.chance(80) {
            set(&mut attributes, name, attribute(rng, name));
        }
    }
    if rng.chance(5) {
        set(&mut attributes, "deep.x", 1);
    }
    attributes
}

/// The owner of a record: every other time the one who asks.
fn owner(rng: &mut Rng, user: &str) -> Value {
    if rng.chance(50) {
        return person(rng);
    }
    let number = user.parse::<i64>().map_or_else(|_| json!(user), |number| json!(number));
    rng.pick(&[json!(user), json!(user), number, json!(["zed", user]), json!([user, null])])
}

/// A record with owners and teams wherever a mapping may look for them.
pub(super) fn record(rng: &mut Rng, snapshot: &Value, user: &str) -> Value {
    let mut record = attributes(rng);
    for path in ["owner", "assignee", "id"] {
        if rng.chance(60) {
            set(&mut record, path, owner(rng, user));
        }
    }
    for path in ["team", "teamId", "groups"] {
        if rng.chance(65) {
            set(&mut record, path, group(rng, snapshot));
        }
    }
    if rng.chance(40) {
        let groups: Vec<_> = (0..rng.below(3)).map(|_| json!({ "id": group(rng, snapshot) })).collect();
        set(&mut record, "groups", groups);
    }
    if rng.chance(50) {
        let members: Vec<_> =
            (0..rng.below(3)).map(|_| json!({ "id": owner(rng, user), "s": attribute(rng, "s") })).collect();
        let nested = rng.chance(10);
        set(&mut record, "members", if nested { json!([members]) } else { json!(members) });
    }
    if rng.chance(60) {
        set(&mut record, "meta", json!({ "owner": owner(rng, user), "team": group(rng, snapshot) }));
    }
    record
}

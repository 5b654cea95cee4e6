//! The project's own vectors (`tests/vectors/own-README.md`), asked of the native engine as far as its
//! interface goes.

use rolegate::{Attributes, Issue, Json, MAX_BYTES, On, ScopeKind, Snapshot, Subject};
use serde_json::Value;

use crate::asking::json;

fn read(text: &str) -> Vec<Value> {
    serde_json::from_str(text).unwrap()
}

fn strings(value: &Value) -> Option<Vec<String>> {
    value.as_array()?.iter().map(|item| item.as_str().map(str::to_owned)).collect()
}

fn load(value: &Value, name: &Value) -> Snapshot {
    Snapshot::from_json(value.to_string().as_bytes()).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Fails if anything went wrong, telling the first few.
fn finish(count: usize, wrong: &[String]) {
    assert!(
        wrong.is_empty(),
        "{} of {count} failed:\n{}",
        wrong.len(),
        wrong[..wrong.len().min(12)].join("\n")
    );
}

/// Whether a permission is given, in every form: decided, explained and as a scope. `Err` if they differ.
fn answer(subject: &Subject<'_>, permission: &str, record: Option<&Value>) -> Result<bool, String> {
    let Some(record) = record else {
        let found =
            [subject.can(permission, On::Anything), subject.explain(permission, On::Anything).allowed];
        return (found[0] == found[1]).then_some(found[0]).ok_or_else(|| format!("can, explain: {found:?}"));
    };
    let known = if record.is_object() { json(record) } else { None };
    let on = || known.as_ref().map_or(On::Unknown, |record| On::Record(record));
    let scope = subject.scope(permission);
    let found = [
        subject.can(permission, on()),
        subject.explain(permission, on()).allowed,
        scope.matches(known.as_ref().map(|record| record as _)),
    ];
    let same = found.iter().all(|one| *one == found[0]);
    same.then_some(found[0]).ok_or_else(|| format!("can, explain, scope: {found:?}"))
}

/// Problems of one place in the order of their codes: the format fixes the order by place only.
fn in_order<T: Copy>(issues: &[T], key: impl Fn(T) -> (String, String)) -> Vec<T> {
    let mut ordered: Vec<T> = Vec::new();
    for issue in issues {
        let (path, code) = key(*issue);
        let mut at = ordered.len();
        while at > 0 && key(ordered[at - 1]).0 == path && key(ordered[at - 1]).1 > code {
            at -= 1;
        }
        ordered.insert(at, *issue);
    }
    ordered
}

fn compare_issues(found: &[Issue], wanted: &[Value]) -> Result<(), String> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let found: Vec<&Issue> = found.iter().collect();
    let found = in_order(&found, |issue| (issue.path.clone(), issue.code.as_str().to_owned()));
    let wanted: Vec<&Value> = wanted.iter().collect();
    let wanted = in_order(&wanted, |issue| (text(&issue[0]), text(&issue[1])));
    let found_places: Vec<_> =
        found.iter().map(|it| (it.path.clone(), it.code.as_str().to_owned())).collect();
    let wanted_places: Vec<_> = wanted.iter().map(|it| (text(&it[0]), text(&it[1]))).collect();
    if found_places != wanted_places {
        return Err(format!("expected {wanted_places:?}, found {found_places:?}"));
    }
    for (issue, wanted) in found.iter().zip(wanted) {
        let details = &wanted[2];
        let line_and_column = [issue.position.map(|it| it.0), issue.position.map(|it| it.1)];
        for (key, value) in ["line", "column"].iter().zip(line_and_column) {
            if details[key].is_u64() && details[key].as_u64() != value.map(|value| value as u64) {
                return Err(format!("{key} is {value:?}, not {}", details[key]));
            }
        }
        if details.get("suggestion").is_some_and(|it| it.as_str() != issue.suggestion.as_deref()) {
            return Err(format!("suggestion at {}: {:?}", issue.path, issue.suggestion));
        }
        let says = strings(&details["says"]).unwrap_or_default();
        if !says.iter().all(|word| issue.message.contains(word)) {
            return Err(format!("the message at {} lacks one of {says:?}: {}", issue.path, issue.message));
        }
    }
    Ok(())
}

/// The bytes that pairs of hexadecimal digits say.
fn bytes_of(hex: &str) -> Vec<u8> {
    let digits: Vec<u32> = hex.chars().map(|digit| digit.to_digit(16).unwrap()).collect();
    digits.chunks(2).map(|pair| u8::try_from(pair[0] * 16 + pair[1]).unwrap()).collect()
}

#[test]
fn own_invalid() {
    let cases = read(include_str!("vectors/own-invalid.json"));
    let mut wrong = Vec::new();
    for case in &cases {
        let bytes = match case["hex"].as_str() {
            None => case["text"].as_str().unwrap().as_bytes().to_vec(),
            Some(hex) => bytes_of(hex),
        };
        let max = case["maxBytes"].as_u64().map_or(MAX_BYTES, |max| usize::try_from(max).unwrap());
        let found = Snapshot::from_json_within(&bytes, max).err().map_or_else(Vec::new, |error| error.issues);
        if let Err(what) = compare_issues(&found, case["issues"].as_array().unwrap()) {
            wrong.push(format!("{}: {what}", case["name"]));
        }
    }
    finish(cases.len(), &wrong);
    assert!(cases.len() > 800);
}

#[test]
fn own_clock() {
    let groups = read(include_str!("vectors/own-clock.json"));
    let mut wrong = Vec::new();
    let mut count = 0;
    for group in &groups {
        let snapshot = load(&group["snapshot"], &group["name"]);
        let context = json(&group["context"]).unwrap();
        for point in group["points"].as_array().unwrap() {
            count += 1;
            let now = point["now"].as_f64().unwrap();
            let subject = snapshot.subject(group["user"].as_str().unwrap()).at(now).context(&context);
            if let Err(what) = check_point(&snapshot, &subject, point) {
                wrong.push(format!("{} at {now}: {what}", group["name"]));
            }
        }
    }
    finish(count, &wrong);
    assert!(count > 200);
}

fn check_point(snapshot: &Snapshot, subject: &Subject<'_>, point: &Value) -> Result<(), String> {
    let yes = strings(&point["yes"]).unwrap();
    for permission in snapshot.permissions() {
        if answer(subject, permission, None)? != yes.iter().any(|id| id == permission) {
            return Err(format!(
                "{permission} is {}",
                subject.explain(permission, On::Anything).reason.as_str()
            ));
        }
    }
    for asked in point["on"].as_array().into_iter().flatten() {
        if Some(answer(subject, asked[0].as_str().unwrap(), Some(&asked[1]))?) != asked[2].as_bool() {
            return Err(format!("wrong on {asked}"));
        }
    }
    for (permission, reason) in point["reason"].as_object().into_iter().flatten() {
        let found = subject.explain(permission, On::Anything).reason.as_str();
        if Some(found) != reason.as_str() {
            return Err(format!("{permission}: {found}, not {reason}"));
        }
    }
    if let Some(wanted) = point.get("validUntil") {
        let found = Some(subject.valid_until()).filter(|until| until.is_finite());
        if found != wanted.as_f64() {
            return Err(format!("validUntil is {found:?}, not {wanted}"));
        }
    }
    Ok(())
}

#[test]
fn own_attributes() {
    let groups = read(include_str!("vectors/own-attributes.json"));
    let mut wrong = Vec::new();
    let mut count = 0;
    for group in &groups {
        let snapshot = load(&group["snapshot"], &group["name"]);
        for case in group["cases"].as_array().unwrap() {
            count += 1;
            // A record that was written as text: JSON's own keys and numbers.
            let written =
                case["resource"].as_str().map_or_else(|| case["resource"].to_string(), str::to_owned);
            let record = Json::parse(written.as_bytes()).unwrap();
            let subject = snapshot.subject(case["user"].as_str().unwrap()).at(case["now"].as_f64().unwrap());
            let permission = case["permission"].as_str().unwrap();
            let scope = subject.scope(permission);
            let found = [subject.can(permission, On::Record(&record)), scope.matches(Some(&record))];
            let can = case["can"].as_bool().unwrap();
            if found != [can, can] {
                wrong.push(format!("{}: can, scope {found:?} of {permission} on {written}", group["name"]));
            }
        }
    }
    finish(count, &wrong);
    assert!(count > 200);
}

/// What the options of a gate allow: the last clock and context, all limits, the roles that all lists name.
struct Options {
    now: f64,
    context: Value,
    limits: Vec<Vec<String>>,
    roles: Option<Vec<String>>,
}

impl Options {
    fn new() -> Self {
        Self { now: 0.0, context: serde_json::json!({}), limits: Vec::new(), roles: None }
    }

    /// Adds the options of one step; `None` where they are such as only a language without types can hold.
    fn add(&mut self, step: &Value) -> Option<()> {
        let options = &step["options"];
        if step.get("undefined").is_some() {
            return None;
        }
        if let Some(now) = options.get("now") {
            self.now = now.as_f64()?;
        }
        if let Some(context) = options.get("context") {
            self.context = context.is_object().then(|| context.clone())?;
        }
        if let Some(limit) = options.get("limit") {
            self.limits.push(strings(limit)?);
        }
        if let Some(roles) = options.get("roles") {
            let given = strings(roles)?;
            let before = self.roles.take();
            let kept =
                given.into_iter().filter(|role| before.as_ref().is_none_or(|before| before.contains(role)));
            self.roles = Some(kept.collect());
        }
        Some(())
    }

    fn subject<'a>(&self, snapshot: &'a Snapshot, user: &'a str, context: &'a Json) -> Subject<'a> {
        let mut subject = snapshot.subject(user).at(self.now).context(context);
        for limit in &self.limits {
            subject = subject.limit(limit);
        }
        match &self.roles {
            None => subject,
            Some(roles) => subject.roles(roles),
        }
    }
}

#[test]
fn own_with() {
    let groups = read(include_str!("vectors/own-with.json"));
    let mut wrong = Vec::new();
    let mut count = 0;
    for group in &groups {
        let snapshot = load(&group["snapshot"], &group["name"]);
        let user = group["user"].as_str().unwrap();
        let mut options = Options::new();
        for (at, step) in group["steps"].as_array().unwrap().iter().enumerate() {
            if options.add(step).is_none() {
                break;
            }
            count += 1;
            let context = json(&options.context).unwrap();
            if let Err(what) = check_point(&snapshot, &options.subject(&snapshot, user, &context), step) {
                wrong.push(format!("{} step {at}: {what}", group["name"]));
            }
        }
    }
    finish(count, &wrong);
    assert!(count > 50);
}

#[test]
fn own_scope() {
    let cases = read(include_str!("vectors/own-scope.json"));
    let mut wrong = Vec::new();
    for case in &cases {
        let snapshot = load(&case["snapshot"], &case["name"]);
        let mut options = Options::new();
        options.add(case).unwrap();
        let context = json(&options.context).unwrap();
        let subject = options.subject(&snapshot, case["user"].as_str().unwrap(), &context);
        let permission = case["permission"].as_str().unwrap();
        let kind = match subject.scope(permission).kind() {
            ScopeKind::All => "all",
            ScopeKind::Some => "some",
            ScopeKind::None => "none",
        };
        if case["scope"]["kind"] != kind {
            wrong.push(format!("{}: the kind is {kind}", case["name"]));
        }
        for (key, can) in [("yes", true), ("no", false)] {
            for record in case[key].as_array().unwrap() {
                if answer(&subject, permission, Some(record)) != Ok(can) {
                    wrong.push(format!("{}: not {can} on {record}", case["name"]));
                }
            }
        }
    }
    finish(cases.len(), &wrong);
    assert!(cases.len() > 60);
}

/// 20,000 users, 2,000 teams (a chain of 500, the others beside each other), 1,000 permissions.
#[test]
fn own_large() {
    let (users, teams, deep, permissions, per) = (20_000, 2_000, 500, 1_000, 20);
    let team = |n: usize| format!("team-{n}");
    let permission = |n: usize| format!("c{}.p{n}", n / per);
    let categories: Vec<Value> = (0..permissions / per)
        .map(|c| {
            let declared: Vec<Value> = (c * per..(c + 1) * per)
                .map(|n| {
                    let requires: Vec<String> = (n % per > 0).then(|| permission(n - 1)).into_iter().collect();
                    serde_json::json!({ "id": permission(n), "scopes": ["own", "team", "all"], "requires": requires })
                })
                .collect();
            serde_json::json!({ "id": format!("c{c}"), "permissions": declared })
        })
        .collect();
    let tree: Vec<Value> = (0..teams)
        .map(|n| match n {
            0 => serde_json::json!({ "id": team(0) }),
            _ => serde_json::json!({ "id": team(n), "parent": team(if n < deep { n - 1 } else { 0 }) }),
        })
        .collect();
    let roles: Vec<Value> = (0..permissions / per)
        .map(|c| {
            let above: Vec<String> = (c > 0).then(|| format!("r{}", c - 1)).into_iter().collect();
            let grants = serde_json::json!({ format!("c{c}.*"): "team" });
            serde_json::json!({ "id": format!("r{c}"), "name": "Role", "grants": grants, "inherits": above })
        })
        .collect();
    let people: Vec<Value> = (0..users)
        .map(|n| {
            serde_json::json!({ "id": format!("user-{n}"), "teams": [team(n % teams)], "roles": [format!("r{}", n % 50)] })
        })
        .collect();
    let tree = serde_json::json!({
        "format": "rolegate/1", "revision": 1, "catalog": { "categories": categories },
        "teams": tree, "roles": roles, "users": people,
    });
    let snapshot = Snapshot::from_json(tree.to_string().as_bytes()).unwrap();
    assert_eq!((snapshot.users().count(), snapshot.permissions().count()), (users, permissions));
    let mut held = 0;
    for n in 0..users {
        let user = format!("user-{n}");
        held += usize::from(snapshot.subject(&user).can(&permission(permissions - 1), On::Anything));
    }
    assert_eq!(held, users / 50, "holders of the last permission");
    let middle = snapshot.subject("user-250");
    let reaches = |n: usize| {
        let record = Json::parse(serde_json::json!({ "team": team(n) }).to_string().as_bytes()).unwrap();
        middle.can(&permission(per - 1), On::Record(&record))
    };
    assert_eq!([249, 250, 251, 499, 500].map(reaches), [false, true, true, true, false]);
}

/// More users than are read before room is made for the rest, at first small ones and then large ones, or the
/// other way round.
#[test]
fn many_users_of_different_sizes() {
    const COUNT: usize = 5_000;
    for large in [0..COUNT / 2, COUNT / 2..COUNT] {
        let has_r = |at: usize| large.contains(&at) || at.is_multiple_of(2);
        let user = |at: usize| {
            if large.contains(&at) {
                let name = "x".repeat(300);
                let roles = r#"["r", { "role": "s" }, { "role": "r", "team": "t" }]"#;
                return format!(r#"{{ "id": "user-{at}", "name": "{name}", "roles": {roles} }}"#);
            }
            format!(r#"{{"id":"user-{at}","roles":["{}"]}}"#, if has_r(at) { "r" } else { "s" })
        };
        let users: Vec<String> = (0..COUNT).map(user).collect();
        let text = format!(
            r#"{{ "format": "rolegate/1", "revision": 1, "catalog": {{ "categories": [{{ "id": "c", "permissions": [{{ "id": "c.a" }}] }}] }}, "teams": [{{ "id": "t" }}],
            "roles": [{{ "id": "r", "name": "R", "grants": {{ "c.a": true }} }}, {{ "id": "s", "name": "S" }}], "users": [{}] }}"#,
            users.join(",")
        );
        let snapshot = Snapshot::from_json(text.as_bytes()).unwrap();
        let expected: Vec<String> =
            (0..COUNT).filter(|at| has_r(*at)).map(|at| format!("user-{at}")).collect();
        let found: Vec<String> = (0..COUNT)
            .map(|at| format!("user-{at}"))
            .filter(|name| snapshot.subject(name).can("c.a", On::Anything))
            .collect();
        assert_eq!(found, expected);
    }
}

/// A key that stands in an object twice is found however many others there are.
#[test]
fn keys_that_are_there_twice() {
    for count in [2, 40, 254, 255, 256, 257, 1_000] {
        for again in [0, count / 2, count - 1] {
            let list = |write: &dyn Fn(usize) -> String| (0..count).map(write).collect::<Vec<_>>().join(",");
            let permissions = list(&|at| format!(r#"{{ "id": "c.p{at}" }}"#));
            let grants = list(&|at| format!(r#""c.p{at}": true"#));
            let load = |grants: &str| {
                let text = format!(
                    r#"{{ "format": "rolegate/1", "revision": 1, "catalog": {{ "categories": [{{ "id": "c", "permissions": [{permissions}] }}] }},
                    "roles": [{{ "id": "r", "name": "R", "grants": {{ {grants} }} }}] }}"#
                );
                Snapshot::from_json(text.as_bytes())
            };
            assert!(load(&grants).is_ok());
            let error = load(&format!(r#"{grants}, "c.p{again}": false"#)).unwrap_err();
            let found: Vec<(&str, &str)> =
                error.issues.iter().map(|issue| (issue.code.as_str(), issue.path.as_str())).collect();
            assert_eq!(found, [("duplicate-key", format!("/roles/0/grants/c.p{again}").as_str())]);
        }
    }
}

/// An `$elem` inside another one may go through the same list of the user again: that is worked out once, not
/// for each element of the outer list.
#[test]
fn lists_within_lists_take_no_longer() {
    const DEPTH: usize = 12;
    let mut inside = serde_json::json!({ "element.at": { "$since": "now-1h" } });
    for depth in 0..DEPTH {
        let list = if depth % 2 == 0 { "user.list" } else { "element.list" };
        inside = serde_json::json!({ list: { "$elem": inside } });
    }
    let mut when = serde_json::json!({ "$not": { "user.list": { "$elem": inside } } });
    when["$or"] = serde_json::json!([{ "user.list": { "$elem": { "element.at": { "$exists": true } } } }]);
    let now = 1_795_000_000_000_i64;
    let elements: Vec<Value> = (0..60)
        .map(|at| serde_json::json!({ "at": now - 3_700_000 - at, "list": [{ "at": now - 3_700_000, "list": [] }] }))
        .collect();
    let tree = serde_json::json!({
        "format": "rolegate/1", "revision": 1,
        "catalog": { "categories": [{ "id": "c", "permissions": [{ "id": "c.a" }] }] },
        "roles": [{ "id": "r", "name": "R", "grants": { "c.a": { "when": when } } }],
        "users": [{ "id": "ana", "roles": ["r"], "attributes": { "list": elements } }],
    });
    let snapshot = Snapshot::from_json(tree.to_string().as_bytes()).unwrap();
    #[expect(clippy::cast_precision_loss, reason = "a moment of this century")]
    let ana = snapshot.subject("ana").at(now as f64);
    // No element is from the last hour.
    assert!(ana.can("c.a", On::Anything));
    assert!(ana.valid_until().is_infinite());
}

/// Of the elements of a list that `$elem` goes through, one user's snapshot has what is asked of them and
/// nothing else.
#[test]
fn a_narrowed_list_has_what_is_asked_of_its_elements() {
    let tree = serde_json::json!({
        "format": "rolegate/1", "revision": 1,
        "catalog": { "categories": [{ "id": "c", "permissions": [{ "id": "c.a" }] }] },
        "roles": [{ "id": "r", "name": "R", "grants": { "c.a": { "when": {
            "user.m": { "$elem": { "element.a.b": 1, "element.parts": { "$elem": { "element.c": 1 } } } },
            "resource.m": { "$elem": { "user.level": 1 } }
        } } } }],
        "users": [{ "id": "ana", "roles": ["r"], "attributes": {
            "level": 1, "secret": 1,
            "m": [{ "a": { "b": 1, "secret": 1 }, "secret": 1, "parts": [{ "c": 1, "secret": 1 }] }, "x", null, [{ "secret": 1 }]]
        } }],
    });
    let snapshot = Snapshot::from_json(tree.to_string().as_bytes()).unwrap();
    let narrowed = snapshot.narrow("ana");
    let kept: Value = serde_json::from_str(&narrowed).unwrap();
    let m = serde_json::json!([{ "a": { "b": 1 }, "parts": [{ "c": 1 }] }, "x", null, [{}]]);
    assert_eq!(kept["users"][0]["attributes"], serde_json::json!({ "level": 1, "m": m }));
    let record = json(&serde_json::json!({ "m": [1] })).unwrap();
    for snapshot in [&snapshot, &Snapshot::from_json(narrowed.as_bytes()).unwrap()] {
        assert!(snapshot.subject("ana").can("c.a", On::Record(&record)));
    }
}

/// A record of an application's own, whose members are objects.
struct Club(Vec<Json>);

impl Attributes for Club {
    fn read(&self, path: &str) -> rolegate::Value<'_> {
        let members = self.0.iter().map(Json::element);
        if path == "members" { rolegate::Value::List(members.collect()) } else { rolegate::Value::Null }
    }
}

#[test]
fn elements_of_an_applications_own_lists_are_read() {
    let tree = serde_json::json!({
        "format": "rolegate/1", "revision": 1,
        "catalog": { "categories": [{ "id": "c", "permissions": [{ "id": "c.a" }] }] },
        "roles": [{ "id": "r", "name": "R", "grants": { "c.a": { "when": {
            "resource.members": { "$elem": { "element.id": { "$ref": "user.id" }, "element.role": "author" } }
        } } } }],
        "users": [{ "id": "7", "roles": ["r"] }],
    });
    let snapshot = Snapshot::from_json(tree.to_string().as_bytes()).unwrap();
    let can = |role: &str| {
        let members =
            [serde_json::json!({ "id": 8, "role": "author" }), serde_json::json!({ "id": 7, "role": role })];
        let club = Club(members.iter().filter_map(json).collect());
        snapshot.subject("7").can("c.a", On::Record(&club))
    };
    assert!(can("author") && !can("reader"));
}

/// An id may be written like a time, and is then compared as one; a number beside it is turned into an id,
/// which is none.
#[test]
fn an_id_that_is_a_time() {
    let id = "2026-11-25T09:30:00Z";
    let tree = serde_json::json!({
        "format": "rolegate/1", "revision": 1,
        "catalog": { "categories": [{ "id": "c", "permissions": [{ "id": "c.a" }] }] },
        "roles": [{ "id": "r", "name": "R", "grants": { "c.a": { "when": { "resource.at": { "$since": { "$ref": "user.id" } } } } } }],
        "users": [{ "id": id, "roles": ["r"] }],
    });
    let snapshot = Snapshot::from_json(tree.to_string().as_bytes()).unwrap();
    let can = |at: Value| {
        snapshot.subject(id).can("c.a", On::Record(&json(&serde_json::json!({ "at": at })).unwrap()))
    };
    assert!(can(serde_json::json!("2026-11-25T10:30:00+01:00")));
    assert!(
        !can(serde_json::json!("2026-11-25T09:29:59Z")) && !can(serde_json::json!(1_895_599_000_000_i64))
    );
}

/// Attributes of an application's own that cannot be read.
struct Locked;

impl Attributes for Locked {
    fn read(&self, path: &str) -> rolegate::Value<'_> {
        if path == "here" { rolegate::Value::Bool(true) } else { rolegate::Value::Unknown }
    }
}

#[test]
fn what_cannot_be_read_is_unknown() {
    let grants = serde_json::json!({
        "c.gone": { "when": { "resource.locked": { "$exists": false } } },
        "c.there": { "when": { "resource.locked": { "$exists": true } } },
        "c.here": { "when": { "resource.here": { "$exists": true }, "context.here": true } },
        "c.own": "own",
    });
    let permissions: Vec<Value> = ["c.gone", "c.there", "c.here", "c.own"]
        .map(|id| serde_json::json!({ "id": id, "scopes": ["own", "all"] }))
        .into();
    let tree = serde_json::json!({
        "format": "rolegate/1", "revision": 1,
        "catalog": { "categories": [{ "id": "c", "permissions": permissions }] },
        "roles": [{ "id": "r", "name": "R", "grants": grants, "deny": [{ "key": "c.own", "when": { "context.hold": { "$exists": true } } }] }],
        "users": [{ "id": "ana", "roles": ["r"] }],
    });
    let snapshot = Snapshot::from_json(tree.to_string().as_bytes()).unwrap();
    let ana = snapshot.subject("ana").context(&Locked);
    let can = |permission: &str| ana.can(permission, On::Record(&Locked));
    assert_eq!(["c.gone", "c.there", "c.here", "c.own"].map(can), [false, false, true, false]);
    // A context that cannot be read is one in which a denial may apply.
    assert_eq!(ana.explain("c.own", On::Anything).reason.as_str(), "denied");
    assert_eq!(ana.explain("c.gone", On::Record(&Locked)).missing, ["resource.locked"]);
}

#[test]
fn an_answer_lasts_until_a_time_of_the_record_is_passed() {
    let tree = serde_json::json!({
        "format": "rolegate/1", "revision": 1, "expiresAt": "2026-11-20T13:00:00Z",
        "catalog": { "categories": [{ "id": "c", "permissions": [
            { "id": "c.edit", "scopes": ["all"], "requires": ["c.view"] }, { "id": "c.view", "scopes": ["all"] }, { "id": "c.other" }] }] },
        "roles": [{ "id": "r", "name": "R", "grants": {
            "c.edit": { "when": { "resource.at": { "$since": "now-15m" } } },
            "c.view": { "when": { "$not": { "resource.log": { "$elem": { "element.at": { "$before": "now-1h" } } } } } },
            "c.other": { "when": { "user.at": { "$since": "now" } } } } }],
        "users": [{ "id": "ana", "roles": ["r"], "attributes": { "at": 1_795_177_000_000_i64 } }],
    });
    let snapshot = Snapshot::from_json(tree.to_string().as_bytes()).unwrap();
    let (now, minute) = (1_795_176_000_000.0, 60_000.0); // 12:00
    let ana = snapshot.subject("ana").at(now + 0.5);
    let until = |permission: &str, record: Value| {
        (ana.until(permission, On::Record(&json(&record).unwrap())) - now) / minute
    };
    let moments = [
        until("c.edit", serde_json::json!({ "at": now - 14.0 * minute, "log": [] })),
        until(
            "c.edit",
            serde_json::json!({ "at": now - 14.0 * minute, "log": [{ "at": now - 60.0 * minute }, {}] }),
        ),
        until("c.edit", serde_json::json!({ "at": now - 16.0 * minute, "log": [] })),
        until("c.edit", serde_json::json!({ "at": "2026-11-20T13:05:00+01:00" })),
        until("c.edit", serde_json::json!({ "at": "soon" })),
        until("c.other", serde_json::json!({})),
    ];
    let after = 1.0 / minute;
    let wanted = [1.0 + after, after, 60.0, 20.0 + after, 60.0, 1000.0 / 60.0 + after];
    for (found, wanted) in moments.iter().zip(wanted) {
        assert!((found - wanted).abs() < 1e-9, "{moments:?}, not {wanted:?}");
    }
    assert!((ana.until("c.edit", On::Unknown) - now - 60.0 * minute).abs() < 1e-9);
}

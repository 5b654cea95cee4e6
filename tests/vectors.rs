//! The conformance cases in `tests/vectors`, asked of the native engine.

use rolegate::{Json, On, Person, ScopeKind, Snapshot, Subject};
use serde_json::Value;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

/// The cases of a file; they are compiled in, so that they are at hand in a browser too.
fn read(name: &str) -> Vec<Value> {
    let text = match name {
        "rules" => include_str!("vectors/rules.json"),
        "rules-2" => include_str!("vectors/rules-2.json"),
        "decisions" => include_str!("vectors/decisions.json"),
        "real-argocd" => include_str!("vectors/real-argocd.json"),
        "real-nist" => include_str!("vectors/real-nist.json"),
        "real-saleor" => include_str!("vectors/real-saleor.json"),
        "own-nearest" => include_str!("vectors/own-nearest.json"),
        "invalid" => include_str!("vectors/invalid.json"),
        _ => panic!("there is no file {name}"),
    };
    serde_json::from_str(text).unwrap()
}

fn json(value: &Value) -> Json {
    Json::parse(value.to_string().as_bytes()).unwrap()
}

fn strings(value: &Value) -> Vec<String> {
    value.as_array().unwrap().iter().map(|item| item.as_str().unwrap().to_owned()).collect()
}

/// Asks every case of a file and returns how many there were.
fn ask(name: &str) -> usize {
    let mut count = 0;
    let mut failures = Vec::new();
    for (index, group) in read(name).iter().enumerate() {
        let text = group["snapshot"].to_string();
        let snapshot =
            Snapshot::from_json(text.as_bytes()).unwrap_or_else(|error| panic!("{name} {index}: {error}"));
        let rest = Snapshot::from_json(without_users(&group["snapshot"]).as_bytes()).unwrap();
        for (at, case) in group["cases"].as_array().unwrap().iter().enumerate() {
            count += 1;
            if let Err(found) = check(&snapshot, &rest, &group["snapshot"], case) {
                failures.push(format!("{name} {index} ({}) case {at}: {found}\n  {case}", group["name"]));
            }
        }
    }
    assert!(
        failures.is_empty(),
        "{} of {count} failed:\n{}",
        failures.len(),
        failures[..failures.len().min(8)].join("\n")
    );
    count
}

/// A snapshot that lists nobody.
fn without_users(snapshot: &Value) -> String {
    let mut rest = snapshot.clone();
    rest["users"] = Value::Array(Vec::new());
    rest.to_string()
}

/// Checks a case, also on the snapshot of its user alone; and a user who is listed also as somebody who is not.
fn check(snapshot: &Snapshot, rest: &Snapshot, tree: &Value, case: &Value) -> Result<(), String> {
    let given = case.get("subject").map(person);
    let subject = whom(snapshot, case, given.as_ref());
    let text = subject.narrow();
    if let Some(unknown) = case.get("unknown") {
        assert_eq!(subject.unknown_roles(), strings(&unknown["roles"]), "{case}");
        assert_eq!(subject.unknown_teams(), strings(&unknown["teams"]), "{case}");
    }
    let user = subject.user().to_owned();
    check_on(snapshot, subject, case)?;
    let narrowed =
        Snapshot::from_json(text.as_bytes()).map_err(|error| format!("narrowed: {error}\n{text}"))?;
    check_on(&narrowed, narrowed.subject(&user), case)
        .map_err(|wrong| format!("narrowed: {wrong}\n{text}"))?;
    let listed = tree["users"].as_array().into_iter().flatten().find(|it| it["id"] == case["user"]);
    for snapshot in [snapshot, rest] {
        let Some(listed) = listed.map(person) else { break };
        let subject = whom(snapshot, case, Some(&listed));
        if parsed(&subject.narrow()) != parsed(&text) {
            return Err(format!("as a subject narrowed to {}, not {text}", subject.narrow()));
        }
        check_on(snapshot, subject, case).map_err(|wrong| format!("as a subject: {wrong}"))?;
    }
    Ok(())
}

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn person(entry: &Value) -> Person {
    Person::from_json(entry.to_string().as_bytes()).unwrap()
}

/// Whom a case is about.
fn whom<'a>(snapshot: &'a Snapshot, case: &'a Value, person: Option<&Person>) -> Subject<'a> {
    match person {
        Some(person) => snapshot.subject(person).unwrap(),
        None => snapshot.subject(case["user"].as_str().unwrap()),
    }
}

fn check_on(snapshot: &Snapshot, subject: Subject<'_>, case: &Value) -> Result<(), String> {
    let context = json(&case["context"]);
    let permission = case["permission"].as_str().unwrap();
    let mut subject = subject.at(case["now"].as_f64().unwrap()).context(&context);
    if let Some(roles) = case.get("roles") {
        subject = subject.roles(&strings(roles));
    }
    if let Some(limit) = case.get("limit") {
        subject = subject.limit(&strings(limit));
    }
    let record =
        case.get("resource").map(|resource| if resource.is_object() { Some(json(resource)) } else { None });
    let on = match &record {
        None => On::Anything,
        Some(None) => On::Unknown,
        Some(Some(record)) => On::Record(record),
    };
    let can = case["can"].as_bool().unwrap();
    let found = subject.explain(permission, on);
    if found.allowed != can {
        return Err(format!("can is {}, {}", found.allowed, found.reason.as_str()));
    }
    if case.get("reason").is_some_and(|reason| reason.as_str() != Some(found.reason.as_str())) {
        return Err(format!("the reason is {}", found.reason.as_str()));
    }
    if case.get("role").is_some_and(|role| role.as_str() != found.role.as_deref()) {
        return Err(format!("the role is {:?}", found.role));
    }
    let scope = subject.scope(permission);
    let is_scoped = snapshot.is_scoped(permission);
    match &record {
        Some(record) => {
            let matches = scope.matches(record.as_ref().map(|record| record as _));
            if matches != can {
                return Err(format!("the scope matches: {matches}"));
            }
        }
        None if is_scoped && (scope.kind() != ScopeKind::None) != can => {
            return Err(format!("the scope is {:?}", scope.kind()));
        }
        None => {}
    }
    Ok(())
}

#[test]
fn rules() {
    assert!(ask("rules") > 200);
}

#[test]
fn rules_of_elements_and_times() {
    assert!(ask("rules-2") > 400);
}

#[test]
fn decisions() {
    assert_eq!(ask("decisions"), 3750);
}

#[test]
fn the_nearest_grant() {
    assert_eq!(ask("own-nearest"), 149);
}

#[test]
fn other_systems() {
    for name in ["real-argocd", "real-nist", "real-saleor"] {
        assert!(ask(name) > 0);
    }
}

#[test]
fn invalid() {
    for case in read("invalid") {
        let error = Snapshot::from_json(case["text"].as_str().unwrap().as_bytes())
            .expect_err(case["name"].as_str().unwrap());
        for wanted in case["issues"].as_array().unwrap() {
            let found = error.issues.iter().any(|issue| {
                Some(issue.code.as_str()) == wanted[1].as_str()
                    && wanted[0].as_str().is_none_or(|path| path == issue.path)
            });
            assert!(found, "{}: wanted {wanted}, found {:#?}", case["name"], error.issues);
        }
    }
}

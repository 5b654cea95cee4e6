//! The conformance cases in `tests/vectors`, asked of the native engine.

use rolegate::{Json, On, ScopeKind, Snapshot};
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
        for (at, case) in group["cases"].as_array().unwrap().iter().enumerate() {
            // Somebody whom the snapshot does not list is not asked about yet.
            if case.get("subject").is_some() {
                continue;
            }
            count += 1;
            if let Err(found) = check(&snapshot, case) {
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

/// Checks a case, also on the snapshot of its user alone.
fn check(snapshot: &Snapshot, case: &Value) -> Result<(), String> {
    check_on(snapshot, case)?;
    let text = snapshot.narrow(case["user"].as_str().unwrap());
    let narrowed =
        Snapshot::from_json(text.as_bytes()).map_err(|error| format!("narrowed: {error}\n{text}"))?;
    check_on(&narrowed, case).map_err(|wrong| format!("narrowed: {wrong}\n{text}"))
}

fn check_on(snapshot: &Snapshot, case: &Value) -> Result<(), String> {
    let context = json(&case["context"]);
    let permission = case["permission"].as_str().unwrap();
    let mut subject =
        snapshot.subject(case["user"].as_str().unwrap()).at(case["now"].as_f64().unwrap()).context(&context);
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

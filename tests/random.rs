//! Writes random cases in the form of `tests/vectors`, answered by the reference evaluator and explained by
//! the engine: `cargo run --example random -- FROM TO FILE`.
#![expect(clippy::indexing_slicing, clippy::unwrap_used, reason = "a tool of the tests fails by a panic")]

use std::fs;

use rolegate::{Explanation, Snapshot};
use serde_json::{Map, Value, json};

mod asking;
mod reference;

use asking::Asking;
use reference::generate::{self, OwnedQuestion};

/// Questions about each snapshot.
const QUESTIONS: usize = 24;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [from, to, file] = &arguments[..] else {
        eprintln!("usage: random FROM TO FILE");
        std::process::exit(2);
    };
    let groups: Vec<Value> = (from.parse().unwrap()..to.parse().unwrap()).map(group).collect();
    fs::write(file, Value::from(groups).to_string()).unwrap();
}

/// The snapshot of a seed and questions about it.
fn group(seed: u64) -> Value {
    let snapshot = generate::snapshot(seed);
    let questions = generate::questions(&snapshot, seed, QUESTIONS);
    let engine = Snapshot::from_json(snapshot.to_string().as_bytes()).unwrap();
    let cases: Vec<Value> = questions.iter().map(|question| case(&snapshot, &engine, question)).collect();
    json!({ "name": format!("seed {seed}"), "snapshot": snapshot, "cases": cases })
}

fn case(snapshot: &Value, engine: &Snapshot, question: &OwnedQuestion) -> Value {
    let asked = question.as_question();
    let answer = reference::decide(snapshot, &asked);
    let scope = match reference::scope_kind(snapshot, &asked).kind {
        reference::ScopeKind::All => "all",
        reference::ScopeKind::Some => "some",
        reference::ScopeKind::None => "none",
    };
    let mut case = json!({
        "user": question.user, "permission": question.permission, "context": question.context, "now": question.now,
        "can": answer.can, "reason": answer.reason, "scope": scope, "explanation": explain(engine, question),
    });
    let optional = [
        ("resource", question.record.clone()),
        ("roles", question.roles.clone().map(Value::from)),
        ("limit", question.limit.clone().map(Value::from)),
    ];
    for (key, value) in optional {
        if let Some(value) = value {
            case[key] = value;
        }
    }
    case
}

/// What the engine explains.
fn explain(engine: &Snapshot, question: &OwnedQuestion) -> Value {
    let asking = Asking::new(question);
    written(&question.permission, &asking.subject(engine).explain(&question.permission, asking.on()))
}

/// An explanation as the package gives it, without words and times.
fn written(permission: &str, explanation: &Explanation) -> Value {
    let mut out = Map::new();
    let list = |list: &Vec<String>| (!list.is_empty()).then(|| json!(list));
    let members = [
        ("permission", Some(json!(permission))),
        ("allowed", Some(json!(explanation.allowed))),
        ("reason", Some(json!(explanation.reason.as_str()))),
        ("role", explanation.role.as_ref().map(|role| json!(role))),
        ("assignment", explanation.assignment.map(|assignment| json!(assignment))),
        ("via", list(&explanation.via)),
        ("level", explanation.level.map(|level| json!(level.as_str()))),
        ("team", explanation.team.as_ref().map(|team| json!(team))),
        ("condition", explanation.condition.as_ref().map(|text| serde_json::from_str(text).unwrap())),
        ("requires", explanation.requires.as_ref().map(|(id, required)| written(id, required))),
        ("missing", list(&explanation.missing)),
        ("record", explanation.record.map(|record| json!(record.as_str()))),
    ];
    for (key, value) in members {
        if let Some(value) = value {
            out.insert(key.to_owned(), value);
        }
    }
    Value::Object(out)
}

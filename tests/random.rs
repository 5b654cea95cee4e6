//! Writes random cases in the form of `tests/vectors`, answered by the reference evaluator:
//! `cargo run --example random -- FROM TO FILE`.
#![expect(clippy::indexing_slicing, clippy::unwrap_used, reason = "a tool of the tests fails by a panic")]

use std::fs;

use serde_json::{Value, json};

mod reference;

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
    let cases: Vec<Value> = questions.iter().map(|question| case(&snapshot, question)).collect();
    json!({ "name": format!("seed {seed}"), "snapshot": snapshot, "cases": cases })
}

fn case(snapshot: &Value, question: &OwnedQuestion) -> Value {
    let asked = question.as_question();
    let answer = reference::decide(snapshot, &asked);
    let scope = match reference::scope_kind(snapshot, &asked).kind {
        reference::ScopeKind::All => "all",
        reference::ScopeKind::Some => "some",
        reference::ScopeKind::None => "none",
    };
    let mut case = json!({
        "user": question.user, "permission": question.permission, "context": question.context, "now": question.now,
        "can": answer.can, "reason": answer.reason, "scope": scope,
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

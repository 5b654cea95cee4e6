//! A condition, a record, the context and the attributes of a user as one JSON object: the engine and the
//! reference evaluator find the same truth.

use rolegate::{Code, Snapshot};
use serde_json::{Value, json};

use crate::agreement::{check, check_narrowed, check_until};
use crate::reference::decide;
use crate::reference::generate::OwnedQuestion;
use crate::{NOW, seen};

/// Whether a permission is granted where a condition holds, denied where it is not false, and both without
/// records.
const PERMISSIONS: [&str; 4] = ["c.granted", "c.denied", "t-granted", "t-denied"];

/// Reads `{ "when": …, "resource": …, "context": …, "user": …, "now": … }`, of which only `when` must be
/// there.
pub fn conditions(data: &[u8]) -> u64 {
    let Ok(input) = serde_json::from_slice::<Value>(data) else { return 0 };
    let Some(when) = input.get("when") else { return 0 };
    let attributes = input.get("user").filter(|user| user.is_object()).cloned().unwrap_or_else(|| json!({}));
    let tree = tenant(when, &attributes);
    let snapshot = match Snapshot::from_json(tree.to_string().as_bytes()) {
        Ok(snapshot) => snapshot,
        Err(error) => {
            let is_about_it = |path: &str| path.starts_with("/roles/0/") || path.is_empty();
            assert!(
                error.issues.iter().all(|issue| is_about_it(&issue.path) && issue.code != Code::Syntax),
                "{error}"
            );
            assert!(error.issues.iter().all(|issue| tree.pointer(&issue.path).is_some()), "{error}");
            return seen(error.issues.iter().map(|issue| issue.code.as_str()).collect::<Vec<_>>());
        }
    };
    let context =
        input.get("context").filter(|context| context.is_object()).cloned().unwrap_or_else(|| json!({}));
    let now = input.get("now").and_then(Value::as_f64).unwrap_or(NOW);
    let mut answers = Vec::new();
    for (at, permission) in PERMISSIONS.into_iter().enumerate() {
        let record = if at < 2 { input.get("resource").cloned() } else { None };
        let (user, permission) = ("ana".to_owned(), permission.to_owned());
        let question = OwnedQuestion {
            user,
            permission,
            record,
            context: context.clone(),
            now,
            roles: None,
            limit: None,
        };
        check(&snapshot, &tree, &question, 1);
        check_narrowed(&snapshot, &tree, &question, 1);
        // That takes many decisions of the slow evaluator.
        if at == 0 {
            check_until(&snapshot, &tree, &question, 1);
        }
        answers.push(decide(&tree, &question.as_question()).reason);
    }
    seen((answers, shape(when)))
}

fn tenant(when: &Value, attributes: &Value) -> Value {
    json!({
        "format": "rolegate/1", "revision": 1,
        "catalog": { "categories": [{ "id": "c", "permissions": [
            { "id": "c.granted", "scopes": ["all"] }, { "id": "c.denied", "scopes": ["all"] },
            { "id": "t-granted" }, { "id": "t-denied" },
        ] }] },
        "teams": [{ "id": "10" }, { "id": "x" }],
        "roles": [{
            "id": "r", "name": "R",
            "grants": { "c.granted": { "when": when }, "t-granted": { "when": when }, "c.denied": true, "t-denied": true },
            "deny": [{ "key": "c.denied", "when": when }, { "key": "t-denied", "when": when }],
        }],
        "users": [{ "id": "ana", "teams": ["10"], "roles": ["r"], "attributes": attributes }],
    })
}

/// The operators of a condition, in order.
fn shape(when: &Value) -> Vec<String> {
    let mut found = Vec::new();
    collect(when, &mut found);
    found
}

fn collect(tree: &Value, found: &mut Vec<String>) {
    match tree {
        Value::Object(members) => members.iter().for_each(|(key, value)| {
            let root = key.split('.').next().unwrap_or_default();
            found.push(root.to_owned());
            collect(value, found);
        }),
        Value::Array(items) => items.iter().for_each(|item| collect(item, found)),
        _ => {}
    }
}

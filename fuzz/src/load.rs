//! Documents as bytes: what is JSON is JSON for another library, too; a problem names a place that exists;
//! and what loads answers like the reference evaluator.

use rolegate::{Code, Snapshot, SnapshotError};
use serde_json::Value;

use crate::agreement::{check, check_narrowed, check_who};
use crate::reference::generate::OwnedQuestion;
use crate::reference::snapshot::{list, permission_ids, text};
use crate::reference::{decide, generate};
use crate::{NOW, seen};

/// More roles, permissions or bytes than these are no matter for the reference evaluator, which looks up
/// everything again and again.
const MOST: (usize, usize, usize) = (10, 24, 16_384);

/// Loads bytes, and asks what was loaded.
pub fn load(data: &[u8]) -> u64 {
    let theirs = serde_json::from_slice::<Value>(data);
    // That library refuses numbers that no double holds; as JSON they are well-formed.
    let is_beyond = theirs.as_ref().is_err_and(|error| error.to_string().contains("out of range"));
    match (Snapshot::from_json(data), theirs) {
        (Err(error), theirs) => refused(&error, theirs.ok().as_ref(), is_beyond),
        (Ok(snapshot), Ok(tree)) => asked(&snapshot, &tree, data.len()),
        (Ok(_), Err(_)) if is_beyond => 0,
        (Ok(_), Err(error)) => panic!("it loads, but is not JSON: {error}"),
    }
}

fn refused(error: &SnapshotError, tree: Option<&Value>, is_beyond: bool) -> u64 {
    let issues = &error.issues;
    assert!((1..=100).contains(&issues.len()), "{} problems", issues.len());
    let codes: Vec<&str> = issues.iter().map(|issue| issue.code.as_str()).collect();
    match (issues[0].code, tree) {
        (Code::Syntax, Some(_)) => panic!("it is JSON: {error}"),
        (Code::Syntax, None) => assert!(issues[0].position.is_some() && issues.len() == 1, "{error}"),
        (Code::TooDeep, Some(tree)) => assert!(depth(tree) > 64, "{error}"),
        (Code::TooDeep, None) => {}
        (_, None) => assert!(is_beyond, "it is not JSON: {error}"),
        // Of a key that is there twice the other library keeps one value.
        (_, Some(tree)) if !codes.contains(&"duplicate-key") => {
            for issue in issues {
                assert!(tree.pointer(&issue.path).is_some(), "there is no such place: {issue:?}");
                assert!(!issue.message.is_empty() && issue.position.is_none(), "{issue:?}");
            }
        }
        (_, Some(_)) => {}
    }
    seen((codes, issues[0].path.matches('/').count(), issues[0].suggestion.is_some()))
}

fn depth(tree: &Value) -> usize {
    let below = match tree {
        Value::Object(members) => members.values().map(depth).max(),
        Value::Array(items) => items.iter().map(depth).max(),
        _ => return 0,
    };
    1 + below.unwrap_or(0)
}

fn asked(snapshot: &Snapshot, tree: &Value, bytes: usize) -> u64 {
    let permissions = permission_ids(tree);
    let mut users: Vec<&str> =
        list(tree, "users").iter().filter_map(|user| text(user, "id")).take(2).collect();
    users.push("nobody");
    let seed = seen(tree.to_string()) >> 32;
    let is_small = (list(tree, "roles").len(), permissions.len(), bytes) <= MOST
        && permissions.len() <= MOST.1
        && bytes <= MOST.2;
    let mut answers = Vec::new();
    for (user, at) in users.iter().flat_map(|user| [0, 1, 2].map(|at| (user, at))) {
        let Some(permission) =
            permissions.get(usize::try_from(seed >> (8 * at) & 0xff).unwrap() % permissions.len().max(1))
        else {
            continue;
        };
        let question = OwnedQuestion {
            user: (*user).to_owned(),
            permission: (*permission).to_owned(),
            record: [None, Some(Value::Null), Some(generate::record(tree, user, seed))][at].clone(),
            context: generate::record(tree, user, !seed),
            now: NOW,
            roles: None,
            limit: None,
        };
        check_narrowed(snapshot, tree, &question, seed);
        if is_small {
            check(snapshot, tree, &question, seed);
            check_who(snapshot, tree, &question, seed);
            answers.push(decide(tree, &question.as_question()).reason);
        }
    }
    seen(answers)
}

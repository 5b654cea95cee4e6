//! What must agree on one random question: the engine and the reference evaluator, a scope and the answers on
//! records, those who are found and those who can, a snapshot and that of one user.

use rolegate::{Assigned, Explanation, On, Person, Reason, RecordState, ScopeKind, Snapshot, Subject};
use serde_json::Value;

use crate::asking::{Asking, json};
use crate::reference::coverage::uncounted;
use crate::reference::{self, Record, generate};

/// Further records for each question.
const RECORDS: u64 = 4;

fn ask(subject: &Subject<'_>, permission: &str, record: Option<&Value>) -> (bool, &'static str) {
    let found = match record {
        None => subject.explain(permission, On::Anything),
        Some(record) => match json(record) {
            None => subject.explain(permission, On::Unknown),
            Some(record) => subject.explain(permission, On::Record(&record)),
        },
    };
    check_told(&found);
    let is_unknown = record.is_some_and(|record| json(record).is_none());
    assert_eq!(found.record == Some(RecordState::Unknown), is_unknown, "{found:?}");
    (found.allowed, found.reason.as_str())
}

/// Checks that an explanation tells what it must, and nothing that is not so.
fn check_told(found: &Explanation) {
    let Explanation { reason, role, assignment, level, condition, requires, missing, .. } = found;
    let by_role = matches!(
        reason,
        Reason::Granted | Reason::Denied | Reason::NotActive | Reason::OutOfScope | Reason::ConditionFailed
    );
    assert_eq!((role.is_some(), assignment.is_some()), (by_role, by_role), "{found:?}");
    assert_eq!(level.is_some(), by_role && *reason != Reason::Denied, "{found:?}");
    match reason {
        // Besides, a schedule or an attribute of the user may be what fails.
        Reason::ConditionFailed => assert!(condition.is_some(), "{found:?}"),
        Reason::Denied => {}
        _ => assert!(condition.is_none(), "{found:?}"),
    }
    let may_miss = matches!(reason, Reason::Denied | Reason::OutOfScope | Reason::ConditionFailed);
    assert!(missing.is_empty() || may_miss, "{found:?}");
    assert!(requires.is_none() || *reason == Reason::Prerequisite, "{found:?}");
    if let Some((_, required)) = requires {
        assert!(!required.allowed, "{found:?}");
        check_told(required);
    }
}

/// Checks one question, and its scope on further records; gives the number of decisions compared.
pub(crate) fn check(
    snapshot: &Snapshot,
    tree: &Value,
    question: &generate::OwnedQuestion,
    seed: u64,
) -> usize {
    let asking = Asking::new(question);
    let subject = asking.subject(snapshot);
    let wanted = reference::decide(tree, &question.as_question());
    let found = ask(&subject, &question.permission, question.record.as_ref());
    assert_eq!(found, (wanted.can, wanted.reason), "seed {seed}: {question:?}");
    let scope = subject.scope(&question.permission);
    let expected = reference::scope_kind(tree, &question.as_question());
    let kind = match expected.kind {
        reference::ScopeKind::All => ScopeKind::All,
        reference::ScopeKind::Some => ScopeKind::Some,
        reference::ScopeKind::None => ScopeKind::None,
    };
    assert_eq!(scope.kind(), kind, "seed {seed}: scope of {question:?}");
    let own = question.record.iter().cloned();
    let others = (0..RECORDS).map(|n| generate::record(tree, &question.user, seed * 31 + n));
    let mut count = 1;
    for record in own.chain(others).chain([Value::Null]) {
        let asked = reference::Question { record: Record::Known(&record), ..question.as_question() };
        let wanted = reference::decide(tree, &asked);
        let found = ask(&subject, &question.permission, Some(&record));
        assert_eq!(found, (wanted.can, wanted.reason), "seed {seed}: {record} in {question:?}");
        let matches = scope.matches(json(&record).as_ref().map(|record| record as _));
        assert_eq!(matches, wanted.can, "seed {seed}: scope on {record} in {question:?}");
        count += 1;
    }
    count
}

/// Checks that exactly those can who are found.
pub(crate) fn check_who(snapshot: &Snapshot, tree: &Value, question: &generate::OwnedQuestion, seed: u64) {
    let context = json(&question.context).unwrap();
    let asking = Asking::new(question);
    let subject = snapshot.subject("").at(question.now).context(&context);
    let found = subject.who_can(&question.permission, asking.on()).unwrap();
    let wanted: Vec<&str> = snapshot
        .users()
        .filter(|user| {
            let asked = reference::Question { user, roles: None, limit: None, ..question.as_question() };
            reference::decide(tree, &asked).can
        })
        .collect();
    assert_eq!(found, wanted, "seed {seed}: {question:?}");
}

/// An explanation whose conditions are written like all others: texts may be escaped in more than one way.
fn read_again(mut told: Explanation) -> Explanation {
    let written = |text: &String| serde_json::from_str::<Value>(text).unwrap().to_string();
    told.condition = told.condition.as_ref().map(written);
    told.requires = told.requires.map(|(id, required)| (id, Box::new(read_again(*required))));
    told
}

/// Checks that the snapshot of one user answers like the whole, and names nothing else.
pub(crate) fn check_narrowed(
    snapshot: &Snapshot,
    tree: &Value,
    question: &generate::OwnedQuestion,
    seed: u64,
) {
    let text = snapshot.narrow(&question.user);
    let narrowed =
        Snapshot::from_json(text.as_bytes()).unwrap_or_else(|error| panic!("seed {seed}: {error}\n{text}"));
    let asking = Asking::new(question);
    let answers = [snapshot, &narrowed].map(|snapshot| {
        let subject = asking.subject(snapshot);
        (
            read_again(subject.explain(&question.permission, asking.on())),
            subject.scope(&question.permission).kind(),
            subject.valid_until(),
        )
    });
    assert_eq!(answers[0], answers[1], "seed {seed}: {question:?}\n{text}");
    let mine: Value = serde_json::from_str(&text).unwrap();
    let users: Vec<&str> = narrowed.users().collect();
    let known = snapshot.users().any(|user| user == question.user);
    assert_eq!(users, if known { vec![question.user.as_str()] } else { vec![] });
    for (key, unwanted) in [("roles", ["approvedBy", "reviewedAt", "description"]), ("users", ["x-note"; 3])]
    {
        for entry in mine[key].as_array().into_iter().flatten() {
            assert!(unwanted.iter().all(|key| entry.get(key).is_none()), "seed {seed}: {entry}");
        }
    }
    let count = |tree: &Value, key: &str| tree[key].as_array().map_or(0, Vec::len);
    for key in ["roles", "teams"] {
        assert!(count(&mine, key) <= count(tree, key));
    }
}

/// Checks that somebody who is given otherwise is answered like a user who is listed, also where nobody is.
pub(crate) fn check_person(snapshot: &Snapshot, tree: &Value, question: &generate::OwnedQuestion, seed: u64) {
    let Some(entry) = tree["users"].as_array().into_iter().flatten().find(|it| it["id"] == *question.user)
    else {
        return;
    };
    let mut nobody = tree.clone();
    nobody["users"] = Value::Array(Vec::new());
    let rest = &Snapshot::from_json(nobody.to_string().as_bytes()).unwrap();
    let asking = Asking::new(question);
    let tell = |subject: &Subject<'_>| {
        let permission = &question.permission;
        let answers = (subject.explain(permission, asking.on()), subject.scope(permission).kind());
        let times = (subject.valid_until(), subject.until(permission, asking.on()));
        let narrowed: Value = serde_json::from_str(&subject.narrow()).unwrap();
        (answers, times, subject.remedies(permission, asking.on()), narrowed)
    };
    let wanted = tell(&asking.subject(snapshot));
    let person = Person::from_json(entry.to_string().as_bytes()).unwrap();
    for snapshot in [snapshot, rest] {
        let subject = asking.bound(snapshot.subject(&person).unwrap());
        assert_eq!(tell(&subject), wanted, "seed {seed}: {question:?}");
    }
    // Names that the snapshot does not have widen nothing.
    let mut wider = person.clone().role("no role").assign(&Assigned::to("no role").team("no team"));
    if tree.get("teams").is_some() {
        wider = wider.team("no team");
        for role in entry["roles"].as_array().into_iter().flatten() {
            let role = role["role"].as_str().or(role.as_str()).unwrap();
            wider = wider.assign(&Assigned::to(role).team("no team"));
        }
    }
    let subject = asking.bound(rest.subject(&wider).unwrap());
    let can = |subject: &Subject<'_>| subject.can(&question.permission, asking.on());
    assert!(!can(&subject) || wanted.0.0.allowed, "seed {seed}: {question:?}");
    let narrowed = Snapshot::from_json(subject.narrow().as_bytes()).unwrap();
    let alone = asking.subject(&narrowed);
    assert_eq!(can(&alone), can(&subject), "seed {seed}: {question:?}\n{}", subject.narrow());
    let reason = |subject: &Subject<'_>| subject.explain(&question.permission, asking.on()).reason;
    assert_eq!(reason(&alone), reason(&subject), "seed {seed}: {question:?}\n{}", subject.narrow());
}

/// Checks that an answer stays what it is up to the moment that is told; gives whether it changes then.
pub(crate) fn check_until(
    snapshot: &Snapshot,
    tree: &Value,
    question: &generate::OwnedQuestion,
    seed: u64,
) -> bool {
    if !question.now.is_finite() {
        return false;
    }
    let asking = Asking::new(question);
    let subject = asking.subject(snapshot);
    let until = subject.until(&question.permission, asking.on());
    let valid = subject.valid_until();
    assert!(
        !(until <= question.now || valid <= question.now),
        "seed {seed}: {until}, {valid} in {question:?}"
    );
    let can = |now: f64| {
        uncounted(|| reference::decide(tree, &reference::Question { now, ..question.as_question() }).can)
    };
    let stays = |until: f64| {
        let steps =
            [1.0, 1_000.0, 3_600_000.0, 1.0e9, until - question.now - 1.0, (until - question.now) / 2.0];
        let moments = steps.map(|step| question.now + step);
        let mut inside = moments.iter().filter(|moment| moment.is_finite() && **moment < until);
        inside.all(|moment| *moment < question.now || can(*moment) == can(question.now))
    };
    assert!(stays(until), "seed {seed}: the answer changes before {until}: {question:?}");
    let is_bare = question.record.is_none();
    assert!(!is_bare || stays(valid), "seed {seed}: an answer changes before {valid}: {question:?}");
    until.is_finite() && can(until) != can(question.now)
}

//! Laws of remedies on random snapshots, with the reference evaluator as the judge: applying a whole list
//! makes the answer "yes", no part of it does, and where the list is empty no change that was tried does. On
//! tiny tenants all changes are tried.
//!
//! `ROLEGATE_SEEDS=from..to` asks other seeds than the usual ones.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use rolegate::{HostZones, Json, Level, On, Remedies, Remedy, Snapshot, Zones};
use serde_json::{Value, json};

use crate::asking::Asking;
use crate::laws::seeds;
use crate::reference::conditions::{Truth, World, evaluate};
use crate::reference::coverage::uncounted;
use crate::reference::generate::rng::Rng;
use crate::reference::{self, Record, generate};
use crate::witness;

const SEEDS: u64 = 120;
const QUESTIONS: usize = 12;
/// Random changes that are tried where a list is empty.
const TRIES: u64 = 60;

/// A snapshot and a question about it, both of which may be changed.
#[derive(Clone)]
pub(crate) struct Case {
    pub(crate) tree: Value,
    pub(crate) question: generate::OwnedQuestion,
}

impl Case {
    fn is_yes(&self) -> bool {
        uncounted(|| reference::decide(&self.tree, &self.question.as_question()).can)
    }

    pub(crate) fn user(&mut self) -> &mut Value {
        let id = self.question.user.clone();
        let users = self.tree["users"].as_array_mut().unwrap();
        users.iter_mut().find(|user| user["id"] == json!(id)).unwrap()
    }

    /// Whether a condition is true as things are.
    fn satisfies(&self, condition: &Value) -> bool {
        let mut copy = self.clone();
        let user = copy.user().clone();
        let record = match self.question.as_question().record {
            Record::Known(record) if record.is_object() => Some(record),
            _ => None,
        };
        let (context, now) = (&self.question.context, self.question.now);
        let world = World { user: &user, context, now, record, element: None };
        evaluate(Some(condition), &world) == Truth::True
    }

    fn apply(&mut self, remedy: &Remedy) {
        match remedy {
            Remedy::EnableUser => drop(self.user().as_object_mut().unwrap().remove("disabled")),
            Remedy::Plan { plans } => self.tree["plan"] = json!(plans[0]),
            Remedy::Wait { until } => self.question.now = *until,
            Remedy::Team { team } => push(self.user(), "teams", json!(team)),
            Remedy::Grant { roles, .. } => push(self.user(), "roles", json!(roles[0])),
            Remedy::LiftDenial { role } => {
                let roles = self.tree["roles"].as_array_mut().unwrap();
                let role = roles.iter_mut().find(|it| it["id"] == json!(role)).unwrap();
                assert!(role.as_object_mut().unwrap().remove("deny").is_some(), "{role} denies nothing");
            }
            Remedy::Condition { .. } => {}
            Remedy::Requires { remedies, .. } => remedies.iter().for_each(|remedy| self.apply(remedy)),
        }
    }
}

fn push(object: &mut Value, key: &str, value: Value) {
    if object[key].is_null() {
        object[key] = json!([]);
    }
    object[key].as_array_mut().unwrap().push(value);
}

fn remedies(snapshot: &Snapshot, question: &generate::OwnedQuestion) -> Remedies {
    let asking = Asking::new(question);
    asking.subject(snapshot).remedies(&question.permission, asking.on())
}

/// The lists that come of taking one each of the roles and plans that are offered.
fn variants(list: &[Remedy]) -> Vec<Vec<Remedy>> {
    let mut lists = vec![Vec::new()];
    for remedy in list {
        let choices: Vec<Remedy> = match remedy {
            Remedy::Plan { plans } => {
                plans.iter().map(|plan| Remedy::Plan { plans: vec![plan.clone()] }).collect()
            }
            Remedy::Grant { permission, level, roles } => {
                let one = |role: &String| {
                    let (permission, roles) = (permission.clone(), vec![role.clone()]);
                    Remedy::Grant { permission, level: *level, roles }
                };
                roles.iter().map(one).collect()
            }
            Remedy::Requires { permission, remedies } => {
                let one = |remedies| Remedy::Requires { permission: permission.clone(), remedies };
                variants(remedies).into_iter().map(one).collect()
            }
            other => vec![other.clone()],
        };
        assert!(!choices.is_empty(), "nothing to choose: {remedy:?}");
        let with = |list: &Vec<Remedy>| -> Vec<Vec<Remedy>> {
            choices.iter().map(|choice| [&list[..], std::slice::from_ref(choice)].concat()).collect()
        };
        lists = lists.iter().flat_map(with).collect();
    }
    lists
}

fn conditions(list: &[Remedy]) -> Vec<Value> {
    let of = |remedy: &Remedy| match remedy {
        Remedy::Condition { condition } => vec![serde_json::from_str(condition).unwrap()],
        Remedy::Requires { remedies, .. } => conditions(remedies),
        _ => Vec::new(),
    };
    list.iter().flat_map(of).collect()
}

fn kinds(list: &[Remedy], count: &mut BTreeMap<&'static str, usize>) {
    for remedy in list {
        if let Remedy::Requires { remedies, .. } = remedy {
            kinds(remedies, count);
        }
        let kind = remedy.kind();
        *count.entry(kind).or_default() += 1;
    }
}

/// Applies a list; `None` if its conditions cannot be made true by what is tried.
fn applied(case: &Case, list: &[Remedy], seed: u64) -> Option<Case> {
    let mut case = case.clone();
    for remedy in list {
        case.apply(remedy);
    }
    let conditions = conditions(list);
    if conditions.is_empty() {
        return Some(case);
    }
    (0..40).find_map(|attempt| {
        let mut case = case.clone();
        let wanted = Value::from_iter([("$and".to_owned(), Value::from(conditions.clone()))]);
        witness::make_true(&mut case, &wanted, seed * 64 + attempt);
        conditions.iter().all(|condition| case.satisfies(condition)).then_some(case)
    })
}

/// The changes of a list, those of its prerequisites among them.
fn flat(list: &[Remedy]) -> Vec<Remedy> {
    let of = |remedy: &Remedy| match remedy {
        Remedy::Requires { remedies, .. } => flat(remedies),
        other => vec![other.clone()],
    };
    list.iter().flat_map(of).collect()
}

/// Checks one list in one variant.
fn check_list(case: &Case, list: &[Remedy], is_complete: bool, seed: u64, unsatisfied: &mut usize) {
    match applied(case, list, seed) {
        Some(changed) => {
            let answer = uncounted(|| reference::decide(&changed.tree, &changed.question.as_question()));
            let question = &changed.question;
            assert!(
                answer.can,
                "seed {seed}: {list:?} is not enough: {} for {question:?}\n{}",
                answer.reason, changed.tree
            );
        }
        None => *unsatisfied += 1,
    }
    let list = flat(list);
    assert!(list.len() < 12, "seed {seed}: {list:?}");
    for part in 0..(1_u32 << list.len()) - 1 {
        let kept: Vec<Remedy> = list
            .iter()
            .enumerate()
            .filter(|(at, _)| part & (1 << at) != 0)
            .map(|(_, it)| it.clone())
            .collect();
        // A part with a condition may be enough where the condition makes more true than it says.
        if !is_complete || !conditions(&kept).is_empty() {
            continue;
        }
        let mut changed = case.clone();
        for remedy in &kept {
            changed.apply(remedy);
        }
        assert!(!changed.is_yes(), "seed {seed}: {kept:?} is enough of {list:?} for {:?}", case.question);
    }
}

/// Checks that no change that is tried makes the answer "yes".
fn check_none(case: &Case, seed: u64) {
    let known =
        case.tree["users"].as_array().into_iter().flatten().any(|it| it["id"] == json!(case.question.user));
    if !known {
        return;
    }
    for n in 0..TRIES {
        let mut changed = case.clone();
        let what = witness::change_at_random(&mut changed, seed * 1000 + n);
        assert!(!changed.is_yes(), "seed {seed}: {what:?} would do for {:?}\n{}", case.question, case.tree);
    }
}

#[test]
fn remedies_help() {
    let seeds = seeds(SEEDS);
    let mut count = BTreeMap::new();
    let (mut mended, mut hopeless, mut unsatisfied, mut given_up) = (0, 0, 0, 0);
    for seed in seeds.clone() {
        let tree = generate::snapshot(seed);
        let snapshot = Snapshot::from_json(tree.to_string().as_bytes()).unwrap();
        for question in generate::questions(&tree, seed ^ 0x5eed, QUESTIONS) {
            let found = remedies(&snapshot, &question);
            let list = found.changes;
            let case = Case { tree: tree.clone(), question };
            given_up += usize::from(!found.complete);
            if case.is_yes() {
                assert_eq!(list, [], "seed {seed}: nothing is to be mended: {:?}", case.question);
                assert!(found.complete);
            } else if list.is_empty() {
                hopeless += 1;
                if found.complete {
                    check_none(&case, seed);
                }
            } else {
                mended += 1;
                kinds(&list, &mut count);
                for list in variants(&list) {
                    check_list(&case, &list, found.complete, seed, &mut unsatisfied);
                }
            }
        }
    }
    println!(
        "{mended} mended, {hopeless} hopeless, {given_up} given up, {unsatisfied} conditions not made true; {count:?}"
    );
    if seeds.end - seeds.start >= SEEDS {
        for kind in ["grant", "team", "wait", "plan", "condition", "lift-denial", "enable-user", "requires"] {
            assert!(count.get(kind).is_some_and(|count| *count >= 4), "{kind}: {count:?}");
        }
        assert!(unsatisfied * 10 < mended, "{unsatisfied} of {mended}");
        assert!(given_up * 50 < mended + hopeless, "{given_up} of {}", mended + hopeless);
    }
}

/// A tenant in which all changes can be tried: three permissions, two of which may be required, three roles,
/// two teams, two plans.
fn tiny(seed: u64) -> Value {
    let rng = &mut Rng::new(seed);
    let scopes =
        |rng: &mut Rng| json!(rng.pick(&[vec!["own", "team", "all"], vec!["own", "team"], vec!["own"]]));
    let when = |rng: &mut Rng| {
        let conditions = [
            json!({ "context.x": 1 }),
            json!({ "context.x": 2 }),
            json!({ "$not": { "context.x": 1 } }),
            json!({ "resource.z": 1 }),
            json!({ "user.teams": { "$has": "t0" } }),
            json!({ "$not": { "user.teams": { "$has": "t0" } } }),
            json!({ "$during": { "tz": "UTC", "from": "09:00", "to": "17:00" } }),
        ];
        rng.pick(&conditions).clone()
    };
    let mut permissions = Vec::new();
    for at in 0..3 {
        let mut permission = json!({ "id": format!("{}.p{at}", rng.pick(&["c", "c", "d"])) });
        if rng.chance(70) {
            permission["scopes"] = scopes(rng);
        }
        if rng.chance(20) {
            permission["plans"] = json!([rng.pick(&["a", "b"])]);
        }
        let before: Vec<String> =
            permissions.iter().map(|it: &Value| it["id"].as_str().unwrap().to_owned()).collect();
        permission["requires"] = json!(rng.some(&before, 60));
        permissions.push(permission);
    }
    let role = |at: usize, rng: &mut Rng| {
        let mut grants = json!({});
        let mut deny = Vec::new();
        for permission in &permissions {
            let id = permission["id"].as_str().unwrap();
            if rng.chance(45) {
                let level = permission["scopes"].as_array().map(|levels| rng.pick(levels).clone());
                grants[id] = match (level, rng.chance(50)) {
                    (Some(level), false) => level,
                    (Some(level), true) => json!({ "scope": level, "when": when(rng) }),
                    (None, false) => json!(true),
                    (None, true) => json!({ "when": when(rng) }),
                };
            }
            if rng.chance(15) {
                let bare = json!(id);
                deny.push(if rng.chance(50) { bare } else { json!({ "key": id, "when": when(rng) }) });
            }
        }
        json!({ "id": format!("r{at}"), "name": "R", "grants": grants, "deny": deny })
    };
    let roles: Vec<Value> = (0..3).map(|at| role(at, rng)).collect();
    let mut assigned = Vec::new();
    for at in 0..3 {
        if rng.chance(30) {
            let mut assignment = json!({ "role": format!("r{at}") });
            if rng.chance(40) {
                assignment["team"] = json!(rng.pick(&["t0", "t1"]));
            }
            if rng.chance(30) {
                assignment["when"] = when(rng);
            }
            assigned.push(assignment);
        }
    }
    json!({
        "format": "rolegate/1", "revision": 1, "plan": "a",
        "catalog": { "categories": [{ "id": "c", "permissions": permissions }] },
        "teams": [{ "id": "t0" }, { "id": "t1", "parent": "t0" }],
        "roles": roles,
        "users": [{ "id": "u", "teams": rng.some(&["t0", "t1"], 25), "roles": assigned, "disabled": rng.chance(10) }],
    })
}

/// Tries every combination of changes that a list can name; tells the first that does.
fn any_change(case: &Case) -> Option<String> {
    let nine = 1_795_251_600_000.0;
    let moments = [case.question.now, nine, nine + 43_200_000.0];
    for bits in 0..1_u32 << 8 {
        let mut changed = case.clone();
        changed.user()["disabled"] = json!(false);
        for at in 0..3 {
            if bits & 1 << at != 0 {
                push(changed.user(), "roles", json!(format!("r{at}")));
            }
            if bits & 8 << at != 0 {
                changed.tree["roles"][at].as_object_mut().unwrap().remove("deny");
            }
        }
        for at in 0..2 {
            let team = json!(format!("t{at}"));
            let teams = changed.user()["teams"].as_array().cloned().unwrap_or_default();
            if bits & 64 << at != 0 && !teams.contains(&team) {
                push(changed.user(), "teams", team);
            }
        }
        for plan in ["a", "b"] {
            changed.tree["plan"] = json!(plan);
            for x in [Value::Null, json!(1), json!(2)] {
                changed.question.context = json!({ "x": x });
                for z in [json!(1), json!(2)] {
                    if let Some(record) = changed.question.record.as_mut().filter(|it| it.is_object()) {
                        record["z"] = z;
                    }
                    for now in moments {
                        changed.question.now = now;
                        if changed.is_yes() {
                            return Some(format!("{} {:?}", changed.tree, changed.question));
                        }
                    }
                }
            }
        }
    }
    None
}

#[test]
fn only_what_nothing_could_mend_has_no_remedies() {
    let seeds = seeds(150);
    let (mut mended, mut hopeless, mut given_up, mut unsatisfied) = (0, 0, 0, 0);
    for seed in seeds.clone() {
        let tree = tiny(seed);
        let snapshot = Snapshot::from_json(tree.to_string().as_bytes())
            .unwrap_or_else(|error| panic!("{error}\n{tree}"));
        let rng = &mut Rng::new(!seed);
        let ids: Vec<String> = snapshot.permissions().map(str::to_owned).collect();
        let records =
            [json!({}), json!({ "owner": "u" }), json!({ "team": "t1", "owner": "v" }), Value::Null];
        let record = Some(rng.pick(&records).clone()).filter(|_| rng.chance(80));
        let question = generate::OwnedQuestion {
            user: "u".to_owned(),
            permission: rng.pick(&ids).clone(),
            record,
            context: json!({}),
            now: 1_795_226_400_000.0,
            roles: None,
            limit: None,
        };
        let found = remedies(&snapshot, &question);
        assert_eq!(found, remedies(&snapshot, &question), "seed {seed}: another time, another list");
        let case = Case { tree, question };
        if case.is_yes() {
            assert_eq!(found, Remedies { changes: Vec::new(), complete: true });
        } else if !found.changes.is_empty() {
            mended += 1;
            for list in variants(&found.changes) {
                check_list(&case, &list, found.complete, seed, &mut unsatisfied);
            }
        } else if found.complete {
            hopeless += 1;
            let change = any_change(&case);
            assert_eq!(change, None, "seed {seed}: {:?}", case.question);
        } else {
            given_up += 1;
        }
    }
    println!(
        "{mended} mended, {hopeless} hopeless, {given_up} given up, {unsatisfied} conditions not made true"
    );
    if seeds.end - seeds.start >= 150 {
        assert!(mended > 40 && hopeless > 10, "{mended} mended, {hopeless} hopeless");
        assert!(given_up * 20 < mended + hopeless, "{given_up} given up");
    }
}

/// Counts how often the host is asked for the time.
struct Counted(AtomicUsize);

impl Zones for Counted {
    fn offset(&self, _: &str, _: f64) -> Option<f64> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Some(0.0)
    }
}

/// A catalog of these permissions, and roles of which each grants one of them.
fn tenant(permissions: &[Value], roles: &[Value]) -> Value {
    json!({
        "format": "rolegate/1", "revision": 1,
        "catalog": { "categories": [{ "id": "c", "permissions": permissions }] },
        "roles": roles, "users": [{ "id": "u" }],
    })
}

fn granting(at: usize, permission: &str, grant: &Value) -> Value {
    json!({ "id": format!("r{at}"), "name": "R", "grants": { permission: grant } })
}

fn ask(tree: &Value, permission: &str, record: &str, zones: &dyn Zones) -> Remedies {
    let snapshot = Snapshot::from_json(tree.to_string().as_bytes()).unwrap();
    let record = Json::parse(record.as_bytes()).unwrap();
    snapshot.subject("u").at(1_795_226_400_000.0).zones(zones).remedies(permission, On::Record(&record))
}

#[test]
fn a_search_that_cannot_end_well_asks_the_host_seldom() {
    let during = json!({ "when": { "$during": { "tz": "UTC" } } });
    let roles: Vec<Value> = [during, json!(true), json!(true)]
        .iter()
        .enumerate()
        .map(|(at, grant)| granting(at, "c.v", grant))
        .collect();
    let zones = Counted(AtomicUsize::new(0));
    let found = ask(
        &tenant(&[json!({ "id": "c.v", "scopes": ["own"] })], &roles),
        "c.v",
        r#"{ "owner": "z" }"#,
        &zones,
    );
    assert_eq!(found, Remedies { changes: Vec::new(), complete: true });
    assert!(zones.0.load(Ordering::Relaxed) < 500, "{} times", zones.0.load(Ordering::Relaxed));

    let weekly = |at: usize| {
        let (from, to) = (format!("{:02}:15", at % 12), format!("{:02}:45", 12 + at % 12));
        json!({ "$during": { "tz": format!("Zone/{at}"), "days": ["mon"], "from": from, "to": to } })
    };
    let roles: Vec<Value> = (0..200)
        .map(|at| {
            granting(
                at,
                "c.v",
                &json!({ "when": { "$and": [weekly(at), weekly(at + 7), { "$not": weekly(at) }] } }),
            )
        })
        .collect();
    let zones = Counted(AtomicUsize::new(0));
    let found = ask(&tenant(&[json!({ "id": "c.v", "scopes": ["all"] })], &roles), "c.v", "{}", &zones);
    assert_eq!(found, Remedies { changes: Vec::new(), complete: false });
    assert!(zones.0.load(Ordering::Relaxed) < 20_000, "{} times", zones.0.load(Ordering::Relaxed));
}

#[test]
fn prerequisites_are_followed_however_many() {
    let each = |count: usize, requires: &dyn Fn(usize) -> Vec<usize>, kind: &dyn Fn(usize) -> String| {
        let permissions: Vec<Value> = (0..count)
            .map(|at| {
                let requires: Vec<String> = requires(at).into_iter().map(kind).collect();
                json!({ "id": kind(at), "scopes": ["own", "all"], "requires": requires })
            })
            .collect();
        let roles: Vec<Value> = (0..count).map(|at| granting(at, &kind(at), &json!("all"))).collect();
        let found = ask(&tenant(&permissions, &roles), &kind(count - 1), "{}", &HostZones);
        (flat(&found.changes).len(), found.complete)
    };
    let same = |at: usize| format!("c.v{at}");
    let other = |at: usize| format!("t{at}.v");
    let chain = |at: usize| if at == 0 { Vec::new() } else { vec![at - 1] };
    let star = |count: usize| move |at: usize| if at + 1 == count { (0..at).collect() } else { Vec::new() };
    for kind in [&same as &dyn Fn(usize) -> String, &other] {
        for count in [2, 8, 100] {
            assert_eq!(each(count, &chain, kind), (count, true));
            assert_eq!(each(count, &star(count), kind), (count, true));
        }
    }
}

#[test]
fn a_chain_without_end_does_not_use_up_the_stack() {
    let small = std::thread::Builder::new().stack_size(128 * 1024);
    let run = || {
        let count = 20_000;
        let last = "c.v19999";
        let permissions: Vec<Value> = (0..count)
            .map(|at| {
                let requires: Vec<String> = (0..at).rev().take(1).map(|at| format!("c.v{at}")).collect();
                json!({ "id": format!("c.v{at}"), "scopes": ["all"], "requires": requires })
            })
            .collect();
        let one = [json!({ "id": "r", "name": "R", "grants": { "*": true } })];
        let found = ask(&tenant(&permissions, &one), last, "{}", &HostZones);
        let grant =
            Remedy::Grant { permission: last.to_owned(), level: Level::All, roles: vec!["r".to_owned()] };
        assert_eq!(found, Remedies { changes: vec![grant], complete: true });
        let roles: Vec<Value> =
            (0..count).map(|at| granting(at, &format!("c.v{at}"), &json!(true))).collect();
        let found = ask(&tenant(&permissions, &roles), last, "{}", &HostZones);
        assert!(found.changes.is_empty() != found.complete, "either a list, or it gave up");
    };
    small.spawn(run).unwrap().join().unwrap();
}

/// The conditions of the remedies of somebody who is granted a permission when this holds: on a record, or on
/// anything.
fn told_to(when: &Value, on: Option<&Value>) -> Vec<String> {
    let tree = json!({
        "format": "rolegate/1", "revision": 1,
        "catalog": {
            "categories": [{ "id": "c", "permissions": [{ "id": "c.v", "scopes": ["all"] }] }],
            "resources": { "c": { "owner": "meta.owner", "team": "team" } },
        },
        "teams": [{ "id": "t0" }],
        "roles": [{ "id": "r", "name": "R", "grants": { "c.v": { "when": when } } }],
        "users": [{ "id": "u", "roles": ["r"], "teams": ["t0"], "attributes": { "n": 1 } }],
    });
    let snapshot = Snapshot::from_json(tree.to_string().as_bytes()).unwrap_or_else(|error| panic!("{error}"));
    let record = on.map(|record| Json::parse(record.to_string().as_bytes()).unwrap());
    let subject = snapshot.subject("u").at(1_795_226_400_000.0);
    let found = subject.remedies("c.v", record.as_ref().map_or(On::Anything, |record| On::Record(record)));
    let of = |change: Remedy| match change {
        Remedy::Condition { condition } => condition,
        other => panic!("{other:?} for {when}"),
    };
    found.changes.into_iter().map(of).collect()
}

#[test]
fn a_condition_says_what_attributes_would_have_to_be_like() {
    let record = json!({ "meta": { "owner": ["z", 7], "id": 3 }, "team": "t0", "x": 7 });
    let cases = [
        (r#"{"resource.x":{"$lt":5}}"#, r#"{"resource.x":{"$lt":5}}"#),
        (r#"{"resource.x":{"$lt":{"$ref":"user.n"}}}"#, r#"{"resource.x":{"$lt":{"$ref":"user.n"}}}"#),
        (r#"{"$not":{"resource.x":7}}"#, r#"{"$not":{"resource.x":{"$eq":7}}}"#),
        (r#"{"context.b":true}"#, r#"{"context.b":{"$eq":true}}"#),
        (r#"{"context.b":{"$in":["a",2,false]}}"#, r#"{"context.b":{"$in":["a",2,false]}}"#),
        // Owner and team of the record stay as they are.
        (
            r#"{"resource.meta.owner":{"$has":{"$ref":"context.who"}}}"#,
            r#"{"$value":{"of":["z",7],"$has":{"$ref":"context.who"}}}"#,
        ),
        (
            r#"{"resource.team":{"$ref":"context.who"}}"#,
            r#"{"$value":{"of":"t0","$eq":{"$ref":"context.who"}}}"#,
        ),
        (r#"{"context.who":{"$in":{"$ref":"resource.meta.owner"}}}"#, r#"{"context.who":{"$in":["z",7]}}"#),
        (
            r#"{"resource.meta.owner":{"$elem":{"context.z":1}}}"#,
            r#"{"resource.meta.owner":{"$elem":{"context.z":1}}}"#,
        ),
        // What the user is stays, and is told by name.
        (
            r#"{"user.teams":{"$has":{"$ref":"context.t"}}}"#,
            r#"{"user.teams":{"$has":{"$ref":"context.t"}}}"#,
        ),
        (r#"{"context.t":{"$ref":"user.id"}}"#, r#"{"context.t":{"$eq":{"$ref":"user.id"}}}"#),
        (r#"{"user.idx":"bo"}"#, r#"{"user.idx":{"$eq":"bo"}}"#),
        // All that has to hold, but for what cannot be otherwise.
        (
            r#"{"context.a":1,"resource.x":7}"#,
            r#"{"$and":[{"context.a":{"$eq":1}},{"resource.x":{"$eq":7}}]}"#,
        ),
        (r#"{"context.a":1,"user.id":"u"}"#, r#"{"context.a":{"$eq":1}}"#),
    ];
    for (when, wanted) in cases {
        assert_eq!(told_to(&serde_json::from_str(when).unwrap(), Some(&record)), [wanted], "{when}");
    }
    for path in ["user.id", "user.id.x", "user.teams.x"] {
        assert!(told_to(&json!({ path: "bo" }), Some(&record)).is_empty(), "{path}");
    }
    // Of two ways, the one that leaves the record where it is.
    for (path, stays) in [
        ("resource.meta.owner", true),
        ("resource.meta.owner.id", true),
        ("resource.meta", true),
        ("resource.team", true),
        ("resource.meta.owners", false),
        ("resource.meta.id", false),
        ("resource.metal", false),
        ("resource.owner", false),
    ] {
        let when = json!({ "$or": [{ path: "new" }, { "context.b": 1 }] });
        let other = r#"{"context.b":{"$eq":1}}"#;
        let wanted = if stays {
            other.to_owned()
        } else {
            format!(r#"{{"$or":[{{"{path}":{{"$eq":"new"}}}},{other}]}}"#)
        };
        assert_eq!(told_to(&when, Some(&record)), [wanted], "{path}");
    }
    // Where some record is looked for, it is there: only what is asked of others is told.
    for (of_record, is_told) in [
        (r#""resource.x":1"#, false),
        (r#""resource.x":{"$elem":{"element.c":1}}"#, false),
        (r#""resource.x":{"$has":{"$ref":"resource.y"}}"#, false),
        (r#""resource.x":{"$eq":{"$ref":"user.id"}}"#, false),
        (r#""resource.x":{"$eq":{"$ref":"user.n"}}"#, true),
        (r#""resource.x":{"$eq":{"$ref":"context.n"}}"#, true),
        (r#""resource.x":{"$elem":{"context.c":1}}"#, true),
    ] {
        let when = serde_json::from_str(&format!(r#"{{"context.d":1,{of_record}}}"#)).unwrap();
        let alone = r#"{"context.d":{"$eq":1}}"#;
        let wanted =
            if is_told { format!(r#"{{"$and":[{alone},{{{of_record}}}]}}"#) } else { alone.to_owned() };
        assert_eq!(told_to(&when, None), [wanted], "{when}");
    }
}

//! Laws of remedies on random snapshots, with the reference evaluator as the judge: applying a whole list makes
//! the answer "yes", no shorter part of it does, and where the list is empty no change that was tried does.
//!
//! `ROLEGATE_SEEDS=from..to` asks other seeds than the usual ones.

use std::collections::BTreeMap;

use rolegate::{Json, On, Remedy, Snapshot};
use serde_json::{Value, json};

use crate::laws::seeds;
use crate::reference::conditions::{Truth, World, evaluate};
use crate::reference::coverage::uncounted;
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

fn remedies(snapshot: &Snapshot, question: &generate::OwnedQuestion) -> Vec<Remedy> {
    let parse = |value: &Value| Json::parse(value.to_string().as_bytes());
    let context = parse(&question.context).unwrap();
    let mut subject = snapshot.subject(&question.user).at(question.now).context(&context);
    if let Some(roles) = &question.roles {
        subject = subject.roles(roles);
    }
    if let Some(limit) = &question.limit {
        subject = subject.limit(limit);
    }
    match question.record.as_ref().map(parse) {
        None => subject.remedies(&question.permission, On::Anything),
        Some(None) => subject.remedies(&question.permission, On::Unknown),
        Some(Some(record)) => subject.remedies(&question.permission, On::Record(&record)),
    }
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

/// Checks one list in one variant.
fn check_list(case: &Case, list: &[Remedy], seed: u64, unsatisfied: &mut usize) {
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
    for part in 0..(1_u32 << list.len()) - 1 {
        let kept: Vec<Remedy> = list
            .iter()
            .enumerate()
            .filter(|(at, _)| part & (1 << at) != 0)
            .map(|(_, it)| it.clone())
            .collect();
        // A part with a condition may be enough where the condition makes more true than it says.
        if !conditions(&kept).is_empty() {
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
fn remedies_mend() {
    let seeds = seeds(SEEDS);
    let mut count = BTreeMap::new();
    let (mut mended, mut hopeless, mut unsatisfied) = (0, 0, 0);
    for seed in seeds.clone() {
        let tree = generate::snapshot(seed);
        let snapshot = Snapshot::from_json(tree.to_string().as_bytes()).unwrap();
        for question in generate::questions(&tree, seed ^ 0x5eed, QUESTIONS) {
            let list = remedies(&snapshot, &question);
            let case = Case { tree: tree.clone(), question };
            if case.is_yes() {
                assert_eq!(list, [], "seed {seed}: nothing is to be mended: {:?}", case.question);
            } else if list.is_empty() {
                hopeless += 1;
                check_none(&case, seed);
            } else {
                mended += 1;
                kinds(&list, &mut count);
                for list in variants(&list) {
                    check_list(&case, &list, seed, &mut unsatisfied);
                }
            }
        }
    }
    println!("{mended} mended, {hopeless} hopeless, {unsatisfied} conditions not made true; {count:?}");
    if seeds.end - seeds.start >= SEEDS {
        for kind in ["grant", "team", "wait", "plan", "condition", "lift-denial", "enable-user", "requires"] {
            assert!(count.get(kind).is_some_and(|count| *count >= 4), "{kind}: {count:?}");
        }
        assert!(unsatisfied * 10 < mended, "{unsatisfied} of {mended}");
    }
}

//! Snapshots that make much work of few bytes: every public call takes time in proportion to them, on a small
//! stack, or the snapshot is refused (docs/format.md#limits).
//!
//! `HOSTILE=1 cargo test --release hostile -- --nocapture` prints the times; `HOSTILE=shape:n` those of one
//! shape.

#![expect(clippy::needless_pass_by_value, reason = "values are made where they are passed")]

use std::sync::OnceLock;
use std::time::{Duration, Instant};

use rolegate::{Json, On, Snapshot, Subject};
use serde_json::{Map, Value, json};

/// What a test needs natively, and what a module of WebAssembly has at least.
const STACK: usize = 128 * 1024;

/// A shape: of a size the document, and what is asked: users, permissions, records.
struct Shape {
    name: &'static str,
    /// The size of the smallest one that is measured.
    size: usize,
    make: fn(usize) -> Case,
}

struct Case {
    document: Value,
    users: Vec<String>,
    permissions: Vec<String>,
    record: Value,
}

fn ids(prefix: &str, count: usize) -> Vec<String> {
    (0..count).map(|at| format!("{prefix}{at}")).collect()
}

fn list<T: Into<Value>>(count: usize, make: impl Fn(usize) -> T) -> Value {
    (0..count).map(|at| make(at).into()).collect::<Vec<Value>>().into()
}

/// A case about user `a` and one permission.
fn case(permissions: Value, roles: Value, assigned: Value, asked: &str) -> Case {
    Case {
        document: json!({
            "format": "rolegate/1",
            "revision": 1,
            "catalog": { "categories": [{ "id": "c", "permissions": permissions }] },
            "roles": roles,
            "users": [{ "id": "a", "roles": assigned }],
        }),
        users: vec!["a".to_owned()],
        permissions: vec![asked.to_owned()],
        record: json!({ "owner": "a", "x": 1 }),
    }
}

fn with(mut case: Case, key: &str, value: Value) -> Case {
    case.document[key] = value;
    case
}

const LEVELS: [&str; 3] = ["own", "team", "all"];

fn scoped(id: impl Into<String>) -> Value {
    json!({ "id": id.into(), "scopes": LEVELS })
}

fn one() -> Value {
    json!([scoped("c.v")])
}

fn plain(count: usize) -> Value {
    list(count, |at| json!({ "id": format!("c.v{at}") }))
}

fn chain(count: usize, key: &str, id: &dyn Fn(usize) -> String) -> Value {
    list(count, |at| {
        let before: Vec<String> = (0..at).rev().take(1).map(id).collect();
        json!({ "id": id(at), "scopes": LEVELS, (key): before })
    })
}

fn same(at: usize) -> String {
    format!("c.v{at}")
}

fn other(at: usize) -> String {
    format!("t{at}.v")
}

fn all_of(grant: Value) -> Value {
    json!([{ "id": "r", "name": "R", "grants": { "*": grant } }])
}

const SHAPES: &[Shape] = &[
    Shape {
        name: "leaves: a role inherits many with conditions, a chain above it",
        size: 160,
        make: |n| {
            let leaf = |at| json!({ "id": format!("l{at}"), "name": "L", "grants": { "*": { "when": { "resource.x": at } } } });
            let mut roles: Vec<Value> = (0..n).map(leaf).collect();
            roles.push(json!({ "id": "m0", "name": "M", "inherits": ids("l", n) }));
            for at in 0..n.min(300) {
                roles.push(
                    json!({ "id": format!("m{}", at + 1), "name": "M", "inherits": [format!("m{at}")] }),
                );
            }
            case(plain(n), roles.into(), json!([format!("m{}", n.min(300))]), "c.v0")
        },
    },
    Shape {
        name: "ladder: two ways to each of many roles",
        size: 60,
        make: |n| {
            let mut roles = vec![
                json!({ "id": "a0", "name": "A", "grants": { "c.v": "own" } }),
                json!({ "id": "b0", "name": "B", "grants": { "c.v": "team" }, "deny": ["c.w"] }),
            ];
            for at in 1..n.min(250) {
                let below = [format!("a{}", at - 1), format!("b{}", at - 1)];
                roles.push(json!({ "id": format!("a{at}"), "name": "A", "inherits": below }));
                roles.push(json!({ "id": format!("b{at}"), "name": "B", "inherits": below }));
            }
            let top = n.min(250) - 1;
            case(
                json!([scoped("c.v"), scoped("c.w")]),
                roles.into(),
                json!([format!("a{top}"), format!("b{top}")]),
                "c.v",
            )
        },
    },
    Shape {
        name: "lineage: a user has every role of a chain, each under a condition",
        size: 150,
        make: |n| {
            let roles = list(
                n,
                |at| json!({ "id": format!("r{at}"), "name": "R", "inherits": ids("r", at).split_off(at.saturating_sub(1)), "grants": if at == 0 { json!({ "*": true }) } else { json!({}) }, "deny": if at == 0 { json!([{ "key": "c.v", "when": { "resource.y": 2 } }]) } else { json!([]) } }),
            );
            let assigned = list(n, |at| json!({ "role": format!("r{at}"), "when": { "context.x": at } }));
            case(one(), roles, assigned, "c.v")
        },
    },
    Shape {
        name: "many roles grant many permissions through categories",
        size: 250,
        make: |n| {
            let roles =
                list(n, |at| json!({ "id": format!("r{at}"), "name": "R", "grants": { "c.*": "own" } }));
            let permissions = list(n, |at| scoped(same(at)));
            case(permissions, roles, json!(ids("r", 20)), "c.v0")
        },
    },
    Shape {
        name: "chain of prerequisites of one type",
        size: 170,
        make: |n| {
            let permissions = chain(n, "requires", &same);
            case(permissions, all_of(json!("own")), json!(["r"]), &same(n - 1))
        },
    },
    Shape {
        name: "chain of prerequisites of many types",
        size: 170,
        make: |n| case(chain(n, "requires", &other), all_of(json!("own")), json!(["r"]), &other(n - 1)),
    },
    Shape {
        name: "each permission requires all before it",
        size: 60,
        make: |n| {
            let permissions = list(
                n,
                |at| json!({ "id": other(at), "scopes": LEVELS, "requires": (0..at).rev().map(other).collect::<Vec<_>>() }),
            );
            case(permissions, all_of(json!("own")), json!(["r"]), &other(n - 1))
        },
    },
    Shape {
        name: "a permission requires very many, which are not held",
        size: 1_500,
        make: |n| {
            let mut permissions: Vec<Value> = (0..n).map(|at| scoped(same(at))).collect();
            permissions.push(
                json!({ "id": "c.all", "scopes": LEVELS, "requires": (0..n).map(same).collect::<Vec<_>>() }),
            );
            case(
                permissions.into(),
                json!([{ "id": "r", "name": "R", "grants": { "c.all": "own" } }]),
                json!(["r"]),
                "c.all",
            )
        },
    },
    Shape {
        name: "chain of implications under many conditions",
        size: 170,
        make: |n| {
            let permissions = list(
                n,
                |at| json!({ "id": same(at), "implies": if at + 1 < n { json!([same(at + 1)]) } else { json!([]) } }),
            );
            let grants = json!([{ "id": "r", "name": "R", "grants": { "c.v0": list(n, |at| json!({ "when": { "resource.x": at } })) } }]);
            case(permissions, grants, json!(["r"]), &same(n - 1))
        },
    },
    Shape {
        name: "many assignments with conditions, and one large condition in the role",
        size: 400,
        make: |n| {
            let assigned = list(n, |at| json!({ "role": "r", "when": { "context.x": at } }));
            let when = json!({ "when": { "resource.x": { "$in": ids("item", 4 * n) } } });
            case(one(), all_of(when), assigned, "c.v")
        },
    },
    Shape {
        name: "many denials, each on a team, of many prerequisites",
        size: 100,
        make: |n| {
            let mut roles = vec![json!({ "id": "r", "name": "R", "grants": { "*": "all" } })];
            roles.extend((0..n).map(|at| json!({ "id": format!("d{at}"), "name": "D", "deny": [same(at)] })));
            let mut assigned = vec![json!({ "role": "r", "when": { "context.x": 1 } })];
            assigned.extend((0..n).map(|at| json!({ "role": format!("d{at}"), "team": format!("t{at}"), "when": { "context.y": 1 } })));
            let made = case(chain(n, "requires", &same), roles.into(), assigned.into(), &same(n - 1));
            with(made, "teams", list(n, |at| json!({ "id": format!("t{at}") })))
        },
    },
    Shape {
        name: "one role with many denials on many teams",
        size: 300,
        make: |n| {
            let deny = list(n, |at| json!({ "key": same(at), "when": { "resource.x": at } }));
            let roles = json!([{ "id": "r", "name": "R", "grants": { "*": "all" }, "deny": deny }]);
            let assigned = list(n, |at| json!({ "role": "r", "team": format!("t{at}") }));
            let made = case(list(n, |at| scoped(same(at))), roles, assigned, "c.v1");
            with(made, "teams", list(n, |at| json!({ "id": format!("t{at}") })))
        },
    },
    Shape {
        name: "a deep tree of teams, all of them the user's and of assignments",
        size: 300,
        make: |n| {
            let teams = list(n, |at| {
                if at == 0 {
                    json!({ "id": "t0" })
                } else {
                    json!({ "id": format!("t{at}"), "parent": format!("t{}", at - 1) })
                }
            });
            let assigned =
                list(n, |at| json!({ "role": "r", "team": format!("t{at}"), "when": { "resource.x": at } }));
            let mut made = with(case(one(), all_of(json!("team")), assigned, "c.v"), "teams", teams);
            made.document["users"][0]["teams"] = json!(ids("t", n));
            made.record = json!({ "owner": "b", "team": format!("t{}", n - 1) });
            made
        },
    },
    Shape {
        name: "everyone has many assignments, and there are many users",
        size: 400,
        make: |n| {
            let everyone = list(n, |at| json!({ "role": "r", "when": { "context.x": at + 1 } }));
            let made = with(case(one(), all_of(json!(true)), json!([]), "c.v"), "everyone", everyone);
            with(
                made,
                "users",
                list(n, |at| json!({ "id": if at == 0 { "a".to_owned() } else { format!("u{at}") } })),
            )
        },
    },
    Shape {
        name: "everyone has many assignments that hang on the user",
        size: 400,
        make: |n| {
            let everyone = list(n, |at| json!({ "role": "r", "when": { "user.x": at } }));
            let made = with(case(one(), all_of(json!(true)), json!([]), "c.v"), "everyone", everyone);
            with(
                made,
                "users",
                list(
                    n,
                    |at| json!({ "id": if at == 0 { "a".to_owned() } else { format!("u{at}") }, "attributes": { "x": "y" } }),
                ),
            )
        },
    },
    Shape {
        name: "many plans and roles",
        size: 400,
        make: |n| {
            let permissions = json!([{ "id": "c.v", "plans": ids("p", n) }]);
            let roles = list(
                n,
                |at| json!({ "id": format!("r{at}"), "name": "R", "grants": if at % 2 == 0 { json!({ "c.v": true }) } else { json!({}) } }),
            );
            case(permissions, roles, json!([]), "c.v")
        },
    },
    Shape {
        name: "many attributes of the user, each read",
        size: 300,
        make: |n| {
            let any = list(n, |at| json!({ format!("user.a{at}"): 1 }));
            let roles = json!([{ "id": "r", "name": "R", "grants": { "c.v": { "when": { "$or": any } } } }]);
            let mut made = case(one(), roles, json!(["r"]), "c.v");
            made.document["users"][0]["attributes"] =
                (0..n).map(|at| (format!("a{at}"), json!(0))).collect::<Map<_, _>>().into();
            made
        },
    },
    Shape {
        name: "a large list of the user, to which many conditions refer",
        size: 120,
        make: |n| {
            let many = list(
                n,
                |at| json!({ "when": { format!("resource.x{at}"): { "$in": { "$ref": "user.l" } } } }),
            );
            let roles = json!([{ "id": "r", "name": "R", "grants": { "c.v": many } }]);
            let mut made = case(one(), roles, json!(["r"]), "c.v");
            made.document["users"][0]["attributes"] = json!({ "l": ids("item", 5 * n) });
            made
        },
    },
    Shape {
        name: "many zones",
        size: 100,
        make: |n| {
            let any = list(
                n,
                |at| json!({ "$during": { "tz": format!("Etc/A{at}"), "from": "09:00", "to": "10:00" } }),
            );
            let assigned = list(
                n,
                |at| json!({ "role": "r", "when": { "$during": { "tz": "Europe/Lisbon", "from": format!("{:02}:{:02}", at / 60 % 24, at % 60), "to": "24:00", "days": ["mon"] } } }),
            );
            case(one(), all_of(json!({ "when": { "$or": any } })), assigned, "c.v")
        },
    },
    Shape {
        name: "many conditional grants and denials",
        size: 250,
        make: |n| {
            let roles = list(
                n,
                |at| json!({ "id": format!("r{at}"), "name": "R", "grants": { "c.v": { "when": { format!("resource.x{at}"): 1 } } }, "deny": [{ "key": "c.v", "when": { format!("resource.y{at}"): 1 } }] }),
            );
            case(one(), roles, json!(ids("r", n)), "c.v")
        },
    },
    Shape {
        name: "long names",
        size: 100,
        make: |n| {
            let long = |at: usize| format!("c.{}{at}", "v".repeat(240));
            case(list(n, |at| scoped(long(at))), all_of(json!("own")), json!(["r"]), &long(0))
        },
    },
    Shape {
        name: "conditions as deep as they may be",
        size: 100,
        make: |n| {
            let deep = |at: usize| {
                let mut when = json!({ "resource.x": at });
                for level in 0..54 {
                    when = if level % 3 == 0 {
                        json!({ "$not": when })
                    } else if level % 3 == 1 {
                        json!({ "resource.l": { "$exists": false }, "$not": when })
                    } else {
                        json!({ "$not": { "$not": when } })
                    };
                    if level >= 30 {
                        break;
                    }
                }
                json!({ "when": when })
            };
            case(one(), all_of(list(n, deep)), json!(["r"]), "c.v")
        },
    },
    Shape {
        name: "many users: the base line",
        size: 4_000,
        make: |n| {
            let roles =
                list(20, |at| json!({ "id": format!("r{at}"), "name": "R", "grants": { same(at): "own" } }));
            let made = case(list(50, |at| scoped(same(at))), roles, json!([]), "c.v1");
            with(
                made,
                "users",
                list(
                    n,
                    |at| json!({ "id": if at == 0 { "a".to_owned() } else { format!("u{at}") }, "roles": [format!("r{}", at % 20)] }),
                ),
            )
        },
    },
];

/// The time that this thread has worked, where the system tells it, so that others at work do not count.
fn clock() -> Duration {
    static START: OnceLock<Instant> = OnceLock::new();
    let worked = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = worked.and_then(|text| text.split(' ').next()?.parse().ok());
    nanoseconds.map_or_else(|| START.get_or_init(Instant::now).elapsed(), Duration::from_nanos)
}

/// The times of all calls, in their order.
fn times(case: &Case) -> Option<(usize, Vec<(&'static str, Duration)>)> {
    let text = case.document.to_string();
    let start = clock();
    let loaded = Snapshot::from_json(text.as_bytes());
    let mut times = vec![("load", clock().saturating_sub(start))];
    let snapshot = match loaded {
        Ok(snapshot) => snapshot,
        Err(error) => {
            assert_eq!(error.issues[0].code.as_str(), "too-complex", "{error}");
            return None;
        }
    };
    let mut time = |name, call: &mut dyn FnMut()| {
        let start = clock();
        call();
        times.push((name, clock().saturating_sub(start)));
    };
    let record = Json::parse(case.record.to_string().as_bytes()).unwrap();
    let context = Json::parse(br#"{ "x": 1 }"#).unwrap();
    for (user, permission) in
        case.users.iter().flat_map(|user| case.permissions.iter().map(move |it| (user, it)))
    {
        let subject = snapshot.subject(user).at(1_795_000_000_000.0).context(&context);
        for (at, on) in [On::Anything, On::Unknown, On::Record(&record)].into_iter().enumerate() {
            let name = |names: [&'static str; 3]| names[at];
            time(name(["can()", "can?", "can{}"]), &mut || _ = subject.can(permission, on));
            time(name(["explain()", "explain?", "explain{}"]), &mut || _ = subject.explain(permission, on));
            time(name(["until()", "until?", "until{}"]), &mut || _ = subject.until(permission, on));
            time(name(["who()", "who?", "who{}"]), &mut || _ = subject.who_can(permission, on));
            time(name(["remedies()", "remedies?", "remedies{}"]), &mut || {
                _ = subject.remedies(permission, on);
            });
        }
        time("scope", &mut || {
            let scope = subject.scope(permission);
            _ = (scope.kind(), scope.matches(Some(&record)));
        });
        time("valid", &mut || _ = subject.valid_until());
        time("narrow", &mut || _ = snapshot.narrow(user));
    }
    time("paths", &mut || _ = snapshot.record_paths());
    time("debug", &mut || _ = format!("{snapshot:?}").len());
    Some((text.len(), times))
}

/// How fast each call grows from one size to another: the exponent of the bytes.
fn growth(shape: &Shape, sizes: [usize; 2], prints: bool) -> Vec<String> {
    let [small, large] = sizes.map(|size| times(&(shape.make)(size)));
    let mut found = Vec::new();
    let (Some((few, small)), Some((many, large))) = (small, large) else {
        if prints {
            println!("{} {sizes:?}: refused", shape.name);
        }
        return found;
    };
    for ((call, before), (_, after)) in small.into_iter().zip(large) {
        // Clocks of threads go by some milliseconds.
        let ratio = after.as_secs_f64() / before.as_secs_f64().max(0.008);
        let [few, many] = [few, many].map(|bytes| f64::from(u32::try_from(bytes).unwrap()));
        let exponent = ratio.ln() / (many / few).ln();
        if prints && after > Duration::from_millis(20) {
            println!("{} {sizes:?} {call}: {before:.1?} {after:.1?}, exponent {exponent:.1}", shape.name);
        }
        if exponent > 2.2 && after > FLOOR {
            found.push(format!("{} {call}: {before:.1?} {after:.1?}", shape.name));
        }
    }
    found
}

/// What takes less says nothing about growth. Without optimisations all takes several times as long.
const FLOOR: Duration = Duration::from_millis(if cfg!(debug_assertions) { 1_000 } else { 150 });

fn on_a_small_stack(run: impl FnOnce() + Send + 'static) {
    std::thread::Builder::new().stack_size(STACK).spawn(run).unwrap().join().unwrap();
}

/// Those in which a search for remedies has much to look at.
const SEARCHES: &[Shape] = &[
    Shape {
        name: "each of very many denials has to fail",
        size: 1_900,
        make: |n| {
            let roles = list(
                n,
                |at| json!({ "id": format!("r{at}"), "name": "R", "grants": { "c.v": { "when": { format!("resource.x{at}"): 1 } } }, "deny": [{ "key": "c.v", "when": { format!("resource.y{at}"): 1 } }] }),
            );
            case(one(), roles, json!(ids("r", n)), "c.v")
        },
    },
    Shape {
        name: "each of very many denials has to be lifted",
        size: 1_500,
        make: |n| {
            let mut roles: Vec<Value> =
                (0..n).map(|at| json!({ "id": format!("r{at}"), "name": "R", "deny": ["c.v"] })).collect();
            roles.push(
                json!({ "id": "all", "name": "All", "grants": { "*": "all" }, "inherits": ids("r", n) }),
            );
            case(one(), roles.into(), json!(["all"]), "c.v")
        },
    },
    Shape {
        name: "conditions read very many attributes",
        size: 2_000,
        make: |n| {
            let all = list(n, |at| json!({ format!("resource.x{at}"): 1 }));
            let deny = list(
                20,
                |of| json!({ "key": "c.v", "when": { "$or": list(n / 16, |at| json!({ format!("resource.y{at}.{of}"): { "$ne": 1 } })) } }),
            );
            let roles = json!([{ "id": "r", "name": "R", "grants": { "c.v": { "when": { "$and": all } } }, "deny": deny }]);
            case(one(), roles, json!(["r"]), "c.v")
        },
    },
];

/// A chain of permissions, all granted in many teams and each denied in one of them.
const CHAIN: Shape = Shape {
    name: "a chain, granted in many teams and each denied in one",
    size: 500,
    make: |n| {
        let mut roles = vec![json!({ "id": "r", "name": "R", "grants": { "*": "all" } })];
        let mut assigned = Vec::new();
        for at in 0..n {
            roles.push(json!({ "id": format!("d{at}"), "name": "D", "deny": [format!("c.v{at}")] }));
            assigned.push(json!({ "role": format!("d{at}"), "team": format!("t{at}") }));
            assigned.push(json!({ "role": "r", "team": format!("t{at}") }));
        }
        // What the record is in comes last.
        assigned.push(json!({ "role": "r", "team": "free" }));
        let made = case(chain(n, "requires", &same), roles.into(), assigned.into(), &same(n - 1));
        let mut teams = ids("t", n);
        teams.push("free".to_owned());
        let teams = list(teams.len(), |at| json!({ "id": teams[at] }));
        with(Case { record: json!({ "team": "free" }), ..made }, "teams", teams)
    },
};

/// Fails if a question takes much more than four times as long about four times as much.
fn assert_in_proportion(shape: &Shape, ask: impl Fn(&Subject<'_>, &str, On<'_>)) {
    let [before, after] = [shape.size, 4 * shape.size].map(|n| {
        let Case { document, permissions, record, .. } = (shape.make)(n);
        let snapshot = Snapshot::from_json(document.to_string().as_bytes()).unwrap();
        let record = Json::parse(record.to_string().as_bytes()).unwrap();
        let subject = snapshot.subject("a").at(1_795_000_000_000.0);
        // Others at work make some runs take longer.
        let times = (0..3).map(|_| {
            let start = clock();
            for on in [On::Record(&record), On::Anything] {
                ask(&subject, &permissions[0], on);
            }
            clock().saturating_sub(start)
        });
        times.min().unwrap()
    });
    // Clocks of threads go by some milliseconds.
    assert!(
        after < 8 * before.max(Duration::from_millis(4)),
        "{}: {before:.1?}, then {after:.1?}",
        shape.name
    );
}

#[test]
fn a_search_for_remedies_takes_time_in_proportion() {
    for shape in SEARCHES {
        assert_in_proportion(shape, |subject, permission, on| _ = subject.remedies(permission, on));
    }
}

#[test]
fn a_chain_of_permissions_is_asked_in_proportion() {
    assert_in_proportion(&CHAIN, |subject, permission, on| assert!(subject.can(permission, on)));
    assert_in_proportion(&CHAIN, |subject, permission, on| _ = subject.explain(permission, on));
    assert_in_proportion(&CHAIN, |subject, permission, _| _ = subject.scope(permission).kind());
    assert_in_proportion(&CHAIN, |subject, permission, on| _ = subject.until(permission, on));
    assert_in_proportion(&CHAIN, |subject, _, _| _ = subject.valid_until());
}

#[test]
fn every_call_takes_time_in_proportion() {
    let asked = std::env::var("HOSTILE").ok();
    on_a_small_stack(move || {
        let mut found = Vec::new();
        for shape in SHAPES {
            let only = asked.as_deref().and_then(|asked| asked.rsplit_once(':'));
            if only.is_some_and(|(name, _)| !shape.name.contains(name)) {
                continue;
            }
            let size = only.map_or(shape.size, |(_, size)| size.parse().unwrap());
            found.extend(growth(shape, [size, 4 * size], asked.is_some()));
        }
        assert!(found.is_empty(), "{}", found.join("\n"));
    });
}

//! Large tenants: 1,000 permissions, 500 roles, 1,000 teams, and as many users as one likes.

const CATEGORIES: usize = 50;
const ACTIONS: usize = 20;
const ROLES: usize = 500;
const GRANTS: usize = 50;
const TEAMS: usize = 1_000;
/// Teams form a tree in which each has so many below it.
const BRANCHES: usize = 8;
/// One user in so many has a role for a time.
const TIMED: usize = 10;

/// A moment at which every snapshot and assignment is valid.
pub const NOW: f64 = 1_795_000_000_000.0;

/// A permission that some roles have, most have not.
pub const PERMISSION: &str = "category-7.action-7";

/// The id of a user.
#[must_use]
pub fn user(number: usize) -> String {
    format!("u{number:06}")
}

/// The snapshot of a tenant with so many users, always the same: 100,000 of them take 9 MB.
#[must_use]
pub fn tenant(users: usize) -> String {
    let head = r#"{"format":"rolegate/1","revision":1,"tenant":"large","issuedAt":"2026-01-01T00:00:00Z","expiresAt":"2099-01-01T00:00:00Z""#;
    let categories = list(CATEGORIES, category);
    let (teams, roles, users) = (list(TEAMS, team), list(ROLES, role), list(users, user_entry));
    format!(
        r#"{head},"catalog":{{"categories":{categories}}},"teams":{teams},"roles":{roles},"users":{users}}}"#
    )
}

fn list(length: usize, item: impl Fn(usize) -> String) -> String {
    let items: Vec<String> = (0..length).map(item).collect();
    format!("[{}]", items.join(","))
}

fn category(number: usize) -> String {
    let permissions = list(ACTIONS, |action| {
        let id = permission_id(number * ACTIONS + action);
        format!(r#"{{"id":"{id}","scopes":["own","team","all"]}}"#)
    });
    format!(r#"{{"id":"category-{number}","permissions":{permissions}}}"#)
}

fn permission_id(number: usize) -> String {
    format!("category-{}.action-{}", number / ACTIONS, number % ACTIONS)
}

fn team(number: usize) -> String {
    match number.checked_sub(1) {
        None => r#"{"id":"t0"}"#.to_owned(),
        Some(before) => format!(r#"{{"id":"t{number}","parent":"t{}"}}"#, before / BRANCHES),
    }
}

fn role(number: usize) -> String {
    let grants: Vec<String> = (0..GRANTS).map(|grant| grant_entry(number, grant)).collect();
    format!(r#"{{"id":"r{number}","name":"Role {number}","grants":{{{}}}}}"#, grants.join(","))
}

fn grant_entry(role: usize, grant: usize) -> String {
    let permission = permission_id((role * 7 + grant * 13) % (CATEGORIES * ACTIONS));
    let level = match (role + grant) % 3 {
        0 => "own",
        1 => "team",
        _ => "all",
    };
    format!(r#""{permission}":"{level}""#)
}

fn user_entry(number: usize) -> String {
    let [first, second] = [0, 1].map(|which| assignment(number, which));
    format!(r#"{{"id":"{}","roles":[{first},{second}]}}"#, user(number))
}

fn assignment(user: usize, which: usize) -> String {
    let mixed = (user * 2 + which).wrapping_mul(2_654_435_761) >> 7;
    let (role, team) = (mixed % ROLES, mixed / ROLES % TEAMS);
    let until = if user.is_multiple_of(TIMED) { r#","until":"2098-01-01T00:00:00Z""# } else { "" };
    format!(r#"{{"role":"r{role}","team":"t{team}"{until}}}"#)
}

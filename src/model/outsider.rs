//! Somebody whom a snapshot does not list, in the place of its users. What all people share stays shared.
//!
//! Twin of pkg-template/src/snapshot/outsider.ts; tests/package/vectors.mjs and tests/vectors.rs hold them
//! equal.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::num::NonZeroU32;

use super::{Assignment, Model, Team, User};
use crate::collections::list::{self, Listed};
use crate::collections::names::Names;
use crate::collections::span::{span, within};
use crate::condition::Conditions;
use crate::condition::build::Builder;
use crate::format::limits::Load;
use crate::format::rows::Rows;
use crate::format::table::{Kind, assignment, user};
use crate::ids::{ConditionId, Id, RangeOf, TeamId, WindowId, id};
use crate::json::text::{Address, Document, Text};
use crate::spelling::is_id;
use crate::time::Window;

/// What an entry names and the snapshot does not have, each name once.
#[derive(Clone, Debug, Default)]
pub(crate) struct Unknown {
    pub(crate) roles: Vec<String>,
    pub(crate) teams: Vec<String>,
}

/// Why somebody is refused whose entry is in order.
#[derive(Clone, Debug)]
pub(crate) enum Refused {
    /// There are no addresses left for what is said of that one.
    TooLarge,
    /// With this assignment, of this role, too much comes together.
    TooComplex(u32, String),
}

/// Makes the model of a snapshot with somebody else in the place of its users.
///
/// An assignment that names what is not there stays as one of nothing, so that the others keep their
/// positions.
pub(crate) fn build(base: &Model, document: Document, rows: &Rows) -> Result<(Model, Unknown), Refused> {
    let mut document = document.behind(&base.document).map_err(|_| Refused::TooLarge)?;
    let get = |slot| rows.get(Kind::User, 0, slot);
    let (teams, team_names) = match base.key_offsets.of("teams") {
        Some(_) => (Arc::clone(&base.teams), Arc::clone(&base.team_names)),
        None => free_teams(&document, rows),
    };
    let mut people = People { base, rows, teams: &teams, team_names: &team_names, windows: Vec::new() };
    let (mut assignments, mut unknown_roles, mut unknown_teams) = (people.everyone(), Vec::new(), Vec::new());
    let everyone = all_of(&assignments);
    let mut user_teams = Vec::new();
    for name in rows.list(get(user::TEAMS)) {
        match people.team(&document, *name) {
            Some(team) => user_teams.push(team),
            None => unknown_teams.push(own_text(&document, *name)),
        }
    }
    let absent = id::<u32>(unknown_teams.len());
    let mut conditions = Arc::clone(&base.conditions);
    let mut counted = list::filled(0, base.roles.len());
    let mut load = Load { sum: base.everyone_weight, counted: &mut counted, whose: 1 };
    for row in get(user::ROLES_FROM)..get(user::ROLES_TO) {
        let of = |slot| rows.get(Kind::Assignment, row, slot);
        let role = base.role(document.str(own_text(&document, of(assignment::ROLE))));
        let team = people.team(&document, of(assignment::TEAM));
        if role.is_none() {
            unknown_roles.push(own_text(&document, of(assignment::ROLE)));
        }
        let lacks_team = team.is_none() && of(assignment::TEAM) != 0;
        if lacks_team {
            unknown_teams.push(own_text(&document, of(assignment::TEAM)));
        }
        let Some(role) = role.filter(|_| !lacks_team) else {
            assignments.push(Assignment::of_nothing());
            continue;
        };
        let is_bare = of(assignment::WHEN) | of(assignment::FROM) | of(assignment::UNTIL) == 0;
        let weight = base.roles.get(role.index()).map_or(0, |role| role.weight);
        if !load.takes(role.number(), weight, is_bare) {
            let name = document.str(own_text(&document, of(assignment::ROLE)));
            return Err(Refused::TooComplex(row, name.to_owned()));
        }
        assignments.push(Assignment {
            role,
            team,
            window: people.window(of(assignment::FROM), of(assignment::UNTIL)),
            when: condition(&mut document, &mut conditions, rows, of(assignment::WHEN)),
        });
    }
    let windows = people.windows;
    let offset = |at: usize| id::<u32>(document.before + at);
    let user = User {
        at: offset(rows.user_offsets.first().copied().unwrap_or_default() as usize),
        id: own_text(&document, get(user::ID)),
        teams: all_of(&user_teams),
        unknown_teams: absent,
        assignments: RangeOf::new(everyone.end..id(assignments.len())),
        attributes: rows.span_start(get(user::ATTRIBUTES)).and_then(|at| NonZeroU32::new(offset(at))),
        disabled: get(user::DISABLED) == 1
            || is_disabled(base, document.str(own_text(&document, get(user::ID)))),
    };
    let name = document.str(user.id).as_bytes();
    let user_names = Names::new(1, &|_| Some(name));
    let unknown =
        Unknown { roles: each_once(&document, &unknown_roles), teams: each_once(&document, &unknown_teams) };
    let model = Model {
        rules: Arc::clone(&base.rules),
        teams,
        team_names,
        users: [user].into(),
        user_names,
        everyone,
        conditions,
        assignments,
        windows,
        user_teams,
        document: Arc::new(document),
    };
    Ok((model, unknown))
}

/// What is looked up for one who is not listed.
struct People<'a> {
    base: &'a Model,
    rows: &'a Rows,
    teams: &'a [Team],
    team_names: &'a Names,
    windows: Vec<Window>,
}

impl People<'_> {
    /// The assignments that everyone has.
    fn everyone(&mut self) -> Vec<Assignment> {
        let mut assignments = Vec::new();
        for assignment in within(&self.base.assignments, self.base.everyone) {
            let window = assignment.window.map(|_| self.keep(self.base.window(assignment)));
            assignments.push(Assignment { window, ..*assignment });
        }
        assignments
    }

    fn keep(&mut self, window: Window) -> WindowId {
        WindowId::of(span(&mut self.windows, [window]).start)
    }

    /// The window between two times; none that is always open.
    fn window(&mut self, from: u32, until: u32) -> Option<WindowId> {
        let time = |number: u32, open| if number == 0 { open } else { self.rows.number(number) };
        let window =
            Window { from: time(from, Window::ALWAYS.from), until: time(until, Window::ALWAYS.until) };
        (window != Window::ALWAYS).then(|| self.keep(window))
    }

    fn team(&self, document: &Document, name: Address) -> Option<TeamId> {
        let name_at = |at: usize| self.teams.get(at).map(|team| document.str(team.id).as_bytes());
        let name = document.str(own_text(document, name));
        self.team_names.find(name.as_bytes(), &name_at).map(id)
    }
}

/// The text at an address of a document that lies behind another.
fn own_text(document: &Document, address: Address) -> Text {
    document.text(address).behind(document.before)
}

/// The teams that an entry names, where the snapshot does not say which there are. None covers another.
fn free_teams(document: &Document, rows: &Rows) -> (Arc<Vec<Team>>, Arc<Names>) {
    let mut names = Vec::new();
    for name in rows.list(rows.get(Kind::User, 0, user::TEAMS)) {
        names.push(own_text(document, *name));
    }
    for row in 0..rows.count(Kind::Assignment) {
        names.push(own_text(document, rows.get(Kind::Assignment, row, assignment::TEAM)));
    }
    // What is not an id is the team of no record.
    names.retain(|name| is_id(document.str(*name).as_bytes()));
    keep_first(document, &mut names);
    let team = |(at, name): (u32, &Text)| Team { id: *name, parent: None, enter: at, leave: at + 1 };
    let teams = (0..).zip(&names).map(team).listed();
    let name_at = |at: usize| names.get(at).map(|name| document.str(*name).as_bytes());
    let index = Names::new(names.len(), &name_at);
    (Arc::new(teams), Arc::new(index))
}

/// Drops what stands there a second time.
fn keep_first(document: &Document, names: &mut Vec<Text>) {
    let name_at = |at: usize| names.get(at).map(|name| document.str(*name).as_bytes());
    let mut repeated = Names::new(names.len(), &name_at).repeated(&name_at);
    repeated.sort_unstable();
    let mut at = 0;
    names.retain(|_| {
        at += 1;
        repeated.binary_search(&(at - 1)).is_err()
    });
}

fn each_once(document: &Document, names: &[Text]) -> Vec<String> {
    let mut names = names.to_vec();
    keep_first(document, &mut names);
    names.into_iter().map(|name| document.str(name).to_owned()).listed()
}

/// Makes the condition of a span. Those of the snapshot are copied for the first that is added to them.
fn condition(
    document: &mut Document,
    conditions: &mut Arc<Conditions>,
    rows: &Rows,
    when: u32,
) -> Option<ConditionId> {
    let at = rows.span_start(when)?;
    Some(Builder::new(document, Arc::make_mut(conditions)).whole(at))
}

fn all_of<T>(list: &[T]) -> RangeOf<T> {
    RangeOf::new(0..id(list.len()))
}

/// Whether a snapshot lists somebody as disabled.
fn is_disabled(base: &Model, name: &str) -> bool {
    base.user(name).and_then(|user| base.users.get(user.index())).is_some_and(|user| user.disabled)
}

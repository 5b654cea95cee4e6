//! Reading teams, users, assignments and separations.

use core::ops::Range;

use super::super::draft::{Draft, DraftAssignment, DraftSeparation, DraftTeam, DraftUser};
use super::{declared, each, integer, moment, references, some_references, when};
use crate::condition::{span, span_from};
use crate::error::{Code, Say};
use crate::ids::{Id, WindowId};
use crate::json::reader::Reader;
use crate::json::text::At;
use crate::time::Window;

const TEAM_KEYS: &[&str] = &["id", "name", "kind", "parent"];
const USER_KEYS: &[&str] = &["id", "name", "teams", "roles", "attributes", "disabled"];
const ASSIGNMENT_KEYS: &[&str] = &["role", "team", "from", "until", "when"];
const SEPARATION_KEYS: &[&str] = &["id", "title", "roles", "permissions", "max"];

/// From so many users on, room for more is made by what they take.
const MANY: usize = 1024;

pub(super) fn team(reader: &mut Reader<'_>, draft: &mut Draft) {
    let Some(mut object) = reader.object() else {
        return;
    };
    let mut made = DraftTeam { id: None, parent: None };
    while let Some(key) = reader.field(&mut object, TEAM_KEYS) {
        match key {
            "id" => made.id = declared(reader),
            "parent" => made.parent = reader.text_at(),
            _ => drop(reader.text()),
        }
    }
    reader.require(&object, TEAM_KEYS, "id");
    draft.teams.push(made);
}

pub(super) fn user(reader: &mut Reader<'_>, draft: &mut Draft) {
    let Some(mut object) = reader.object() else {
        return;
    };
    let mut made = DraftUser { at: object.at, ..DraftUser::default() };
    while let Some(key) = reader.field(&mut object, USER_KEYS) {
        match key {
            "id" => made.id = declared(reader),
            "name" => drop(reader.text()),
            "teams" => made.teams = references(reader, &mut draft.pools.references),
            "roles" => made.assignments = assignments(reader, draft),
            "attributes" => made.attributes = attributes(reader),
            _ => made.disabled = reader.boolean().unwrap_or_default(),
        }
    }
    reader.require(&object, USER_KEYS, "id");
    if draft.users.len() >= MANY && draft.users.len() == draft.users.capacity() {
        make_room(reader, draft);
    }
    draft.users.push(made);
}

/// Makes room for users like those that were read, as many as the rest of the text may hold. Lists that
/// double would leave gaps as large as themselves.
fn make_room(reader: &Reader<'_>, draft: &mut Draft) {
    let Some(first) = draft.users.first() else { return };
    let (read, left) = (reader.since(first.at).len() as u64, reader.left() as u64);
    let like = |count: usize| {
        let more = (count as u64 * left).checked_div(read).unwrap_or_default();
        usize::try_from(more + more / 16).unwrap_or_default()
    };
    draft.users.reserve_exact(like(draft.users.len()));
    draft.pools.assignments.reserve_exact(like(draft.pools.assignments.len()));
}

/// Reads over an object and gives its place.
fn attributes(reader: &mut Reader<'_>) -> Option<At> {
    if reader.peek() != Some(b'{') {
        return reader.refuse("an object");
    }
    let at = reader.at();
    reader.skip();
    Some(At::new(at))
}

pub(super) fn assignments(reader: &mut Reader<'_>, draft: &mut Draft) -> Range<u32> {
    let first = draft.pools.assignments.len();
    each(reader, draft, assignment);
    span_from(first, &draft.pools.assignments)
}

fn assignment(reader: &mut Reader<'_>, draft: &mut Draft) {
    let pools = &mut draft.pools;
    let mut made = DraftAssignment { role: None, team: None, window: None, when: None, bare: false };
    if reader.peek() == Some(b'"') {
        made.role = reader.text_at();
        made.bare = true;
        pools.assignments.push(made);
        return;
    }
    let Some(mut object) = reader.object() else {
        return;
    };
    let mut window = Window::ALWAYS;
    while let Some(key) = reader.field(&mut object, ASSIGNMENT_KEYS) {
        match key {
            "role" => made.role = reader.text_at(),
            "team" => made.team = reader.text_at(),
            "from" => window.from = moment(reader).unwrap_or(window.from),
            "until" => window.until = moment(reader).unwrap_or(window.until),
            _ => made.when = when(reader, &mut pools.conditions),
        }
    }
    reader.require(&object, ASSIGNMENT_KEYS, "role");
    if window.from >= window.until {
        reader.report(object.at, Code::InvalidWindow, Say::That("`from` must be before `until`"));
    }
    if window != Window::ALWAYS {
        made.window = Some(WindowId::of(span(&mut pools.windows, [window]).start));
    }
    pools.assignments.push(made);
}

pub(super) fn separation(reader: &mut Reader<'_>, draft: &mut Draft) {
    let Some(mut object) = reader.object() else {
        return;
    };
    let mut made = DraftSeparation { id: None, of_roles: false, members: 0..0 };
    let (mut max, mut max_at, mut count) = (1, None, 0);
    while let Some(key) = reader.field(&mut object, SEPARATION_KEYS) {
        match key {
            "id" => made.id = declared(reader),
            "title" => drop(reader.text()),
            "max" => {
                max_at = Some(reader.at());
                max = integer(reader, 1, u64::MAX, "an integer from 1").unwrap_or(1);
            }
            list => {
                made.of_roles = list == "roles";
                (made.members, count) = some_references(reader, &mut draft.pools.references);
            }
        }
    }
    reader.require(&object, SEPARATION_KEYS, "id");
    if Reader::has(&object, SEPARATION_KEYS, "roles") == Reader::has(&object, SEPARATION_KEYS, "permissions")
    {
        reader.report(
            object.at,
            Code::InvalidValue,
            Say::That("a separation has either `roles` or `permissions`"),
        );
    } else if count > 0 && count <= max {
        let at = max_at.unwrap_or(object.at);
        reader.report(at, Code::InvalidValue, Say::That("`max` must be less than the number of entries"));
    }
    draft.separations.push(made);
}

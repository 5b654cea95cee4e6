//! The exports of the module with administration: drafts behind small numbers; everything else is JSON text.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::cell::RefCell;

use wasm_bindgen::prelude::wasm_bindgen;

use super::slots::Slots;
use crate::admin::{Actor, AdminError, Draft, DraftError, Operation, Options, describe};
use crate::json::value::{Value, member, members, scalar};
use crate::person::Person;
use crate::snapshot::Snapshot;

static DRAFTS: Slots<RefCell<Draft>> = Slots::new();
static PROBLEMS: Slots<String> = Slots::new();

/// Begins to change a snapshot, with options as JSON: `actor` (an id, or an entry of `users`), `now`,
/// `permission`, `revision`. Gives the handle of a draft, or 0: then [`problem`] tells why.
#[wasm_bindgen(js_name = openDraft)]
pub fn open_draft(bytes: Vec<u8>, options: &str) -> u32 {
    match open(bytes, options) {
        Ok(draft) => DRAFTS.put(RefCell::new(draft)),
        Err(problem) => refuse(problem),
    }
}

/// What went wrong last: a list of issues or obstacles, behind the word for whose they are.
#[wasm_bindgen(js_name = draftProblem)]
pub fn problem() -> String {
    PROBLEMS.take(1).unwrap_or_default()
}

fn refuse(problem: String) -> u32 {
    PROBLEMS.take(1);
    PROBLEMS.put(problem);
    0
}

fn open(bytes: Vec<u8>, options: &str) -> Result<Draft, String> {
    let said = |whose: &str, list: &str| format!("{{\"{whose}\":{list}}}");
    let snapshot = Snapshot::from_vec(bytes, usize::MAX)
        .map_err(|error| said("snapshot", &crate::describe::issues(&error)))?;
    let at = |key| member(options, 0, key);
    let number = |key| match at(key).map(|at| scalar(options, at)) {
        Some(Value::Number(number)) => number,
        _ => f64::NAN,
    };
    let text = |key| match at(key).map(|at| scalar(options, at)) {
        Some(Value::Text(text)) => Some(text.into_owned()),
        _ => None,
    };
    let actor = if let Some(id) = text("actor") {
        Actor::User(id)
    } else {
        let json = at("actor").map_or("null", |at| crate::admin::raw(options, at));
        let person = Person::from_json(json.as_bytes());
        Actor::Person(person.map_err(|error| said("actor", &crate::describe::issues(&error)))?)
    };
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "an integer from 0 to 2^53-1"
    )]
    let revision = number("revision") as u64;
    let permission = text("permission");
    let options = Options { actor, now: number("now"), permission: permission.as_deref(), revision };
    Draft::of(snapshot, options).map_err(|error| match error {
        DraftError::Snapshot(error) => said("snapshot", &crate::describe::issues(&error)),
        DraftError::Actor(error) => said("actor", &crate::describe::issues(&error)),
        DraftError::Admin(error) => said("admin", &describe::obstacles(&error)),
    })
}

/// Frees a draft.
#[wasm_bindgen(js_name = freeDraft)]
pub fn free_draft(handle: u32) {
    DRAFTS.take(handle);
}

/// Does an operation, a list of its name and its arguments; or, if it is only to be tried, says what stands
/// against it: a list of obstacles, or nothing.
#[wasm_bindgen(js_name = changeDraft)]
pub fn change_draft(handle: u32, operation: &str, only_try: bool) -> String {
    let change = |draft: &RefCell<Draft>| -> Result<(), AdminError> {
        let operation = Operation::from_json(operation.as_bytes())?;
        let mut draft = draft.borrow_mut();
        if only_try { draft.can(&operation) } else { draft.apply(&operation) }
    };
    let done = DRAFTS.with(handle, change).unwrap_or(Ok(()));
    done.err().map(|error| describe::obstacles(&error)).unwrap_or_default()
}

/// Who and what uses a role; nothing if there is no such role.
#[wasm_bindgen(js_name = draftUsage)]
pub fn draft_usage(handle: u32, role: &str) -> String {
    let usage = DRAFTS.with(handle, |draft| draft.borrow().usage(role)).flatten();
    usage.map(|usage| describe::usage(&usage)).unwrap_or_default()
}

/// All separations of duties that are broken.
#[wasm_bindgen(js_name = draftViolations)]
pub fn draft_violations(handle: u32) -> String {
    DRAFTS.with(handle, |draft| describe::violations(&draft.borrow().violations())).unwrap_or_default()
}

/// What was done so far.
#[wasm_bindgen(js_name = draftEvents)]
pub fn draft_events(handle: u32) -> String {
    DRAFTS.with(handle, |draft| describe::events(draft.borrow().events())).unwrap_or_default()
}

/// The changed snapshot, by options as JSON: `approvedBy`, and `usage`, the number of holders by role. Nothing
/// if it is refused: then [`problem`] tells why.
#[wasm_bindgen(js_name = commitDraft)]
pub fn commit_draft(handle: u32, options: &str) -> String {
    let approved_by = match member(options, 0, "approvedBy").map(|at| scalar(options, at)) {
        Some(Value::Text(text)) => Some(text.into_owned()),
        _ => None,
    };
    let mut usage = Vec::new();
    for (role, at) in member(options, 0, "usage").into_iter().flat_map(|at| members(options, at)) {
        if let Value::Number(count) = scalar(options, at) {
            usage.push((role, u64::from(count > 0.0)));
        }
    }
    let usage: Vec<(&str, u64)> = usage.iter().map(|(role, count)| (&**role, *count)).collect();
    let commit = |draft: &RefCell<Draft>| draft.borrow_mut().commit(approved_by.as_deref(), &usage);
    match DRAFTS.with(handle, commit) {
        Some(Ok(json)) => json,
        Some(Err(error)) => {
            refuse(describe::obstacles(&error));
            String::new()
        }
        None => String::new(),
    }
}

/// What a draft does to people so far, up to so many rows; nothing where that takes too many steps.
#[wasm_bindgen(js_name = draftImpact)]
pub fn draft_impact(handle: u32, limit: u32) -> String {
    let impact = DRAFTS.with(handle, |draft| draft.borrow().impact(limit as usize));
    impact.and_then(Result::ok).map(|impact| describe::impact(&impact)).unwrap_or_default()
}

/// What lies between two snapshots. Nothing if one is refused: then [`problem`] tells why; or where it takes too
/// many steps.
#[wasm_bindgen]
pub fn diff(old: Vec<u8>, new: Vec<u8>, now: f64, limit: u32) -> String {
    let load = |bytes| Snapshot::from_vec(bytes, usize::MAX);
    match load(old).and_then(|old| Ok((old, load(new)?))) {
        Ok((old, new)) => {
            let impact = crate::admin::diff(&old, &new, now, limit as usize);
            impact.ok().map(|impact| describe::impact(&impact)).unwrap_or_default()
        }
        Err(error) => {
            refuse(format!("{{\"snapshot\":{}}}", crate::describe::issues(&error)));
            String::new()
        }
    }
}

//! What the module with administration tells about a snapshot: lint, forms of roles, access reports. Every
//! answer is JSON text: under `value`, or why there is none, behind the word for whose issues these are.

use alloc::format;
use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;

use wasm_bindgen::prelude::wasm_bindgen;

use super::slots::Slots;
use crate::admin::{self, AccessReport, Actor, DraftError, FormOptions, Found, describe};
use crate::error::SnapshotError;
use crate::json::value::{Value, member, scalar};
use crate::person::Person;
use crate::snapshot::Snapshot;

/// A snapshot that is reported about, the moment, and what was found out so far.
type Reported = (Snapshot, f64, Rc<Found>);

static REPORTED: Slots<Reported> = Slots::new();

fn answer(value: Result<String, String>) -> String {
    value.map_or_else(|problem| problem, |value| format!("{{\"value\":{value}}}"))
}

fn wrong(whose: &str, error: &SnapshotError) -> String {
    format!("{{\"{whose}\":{}}}", crate::describe::issues(error))
}

fn load(bytes: Vec<u8>) -> Result<Snapshot, String> {
    Snapshot::from_vec(bytes, usize::MAX).map_err(|error| wrong("snapshot", &error))
}

/// What is probably not meant in a snapshot.
#[wasm_bindgen(js_name = lintSnapshot)]
pub fn lint(bytes: Vec<u8>, now: f64) -> String {
    answer(load(bytes).map(|snapshot| describe::findings(&admin::lint(&snapshot, now))))
}

/// The form of a role, by options as JSON: `role`, `actor` (an id, or an entry of `users`), `now`, `type`. It is
/// `null` if there is no such role.
#[wasm_bindgen(js_name = roleForm)]
pub fn role_form(bytes: Vec<u8>, options: &str) -> String {
    answer(load(bytes).and_then(|snapshot| form_of(&snapshot, options)))
}

fn form_of(snapshot: &Snapshot, options: &str) -> Result<String, String> {
    let text = |key| match member(options, 0, key).map(|at| scalar(options, at)) {
        Some(Value::Text(text)) => Some(text.into_owned()),
        _ => None,
    };
    let now = match member(options, 0, "now").map(|at| scalar(options, at)) {
        Some(Value::Number(now)) => now,
        _ => f64::NAN,
    };
    let actor = match (text("actor"), member(options, 0, "actor")) {
        (Some(id), _) => Some(Actor::User(id)),
        (None, None) => None,
        (None, Some(at)) => {
            let person = Person::from_json(admin::raw(options, at).as_bytes());
            Some(Actor::Person(person.map_err(|error| wrong("actor", &error))?))
        }
    };
    let (role, role_type) = (text("role"), text("type"));
    let options = FormOptions { actor, now, role_type: role_type.as_deref() };
    match admin::role_form(snapshot, role.as_deref(), &options) {
        Ok(form) => Ok(form.map_or_else(|| "null".into(), |form| describe::form(&form))),
        Err(DraftError::Snapshot(error)) => Err(wrong("snapshot", &error)),
        Err(DraftError::Actor(error)) => Err(wrong("actor", &error)),
        Err(DraftError::Admin(error)) => Err(format!("{{\"admin\":{}}}", describe::obstacles(&error))),
    }
}

/// Begins the report of a moment. The answer is its handle.
#[wasm_bindgen(js_name = openReport)]
pub fn open_report(bytes: Vec<u8>, at: f64) -> String {
    answer(load(bytes).map(|snapshot| {
        let found = AccessReport::new(&snapshot, at).found();
        format!("{}", REPORTED.put((snapshot, at, found)))
    }))
}

/// Frees it.
#[wasm_bindgen(js_name = freeReport)]
pub fn free_report(handle: u32) {
    REPORTED.take(handle);
}

fn reported(handle: u32, ask: impl FnOnce(&AccessReport<'_>) -> String) -> String {
    let resumed =
        |(snapshot, at, found): &Reported| ask(&AccessReport::resume(snapshot, *at, Rc::clone(found)));
    REPORTED.with(handle, resumed).unwrap_or_default()
}

/// What a report is of, and how much there is in it.
#[wasm_bindgen(js_name = reportHeader)]
pub fn report_header(handle: u32) -> String {
    reported(handle, |report| describe::report_header(&report.header()))
}

/// At least so many rows of it, of users from a position on.
#[wasm_bindgen(js_name = reportRows)]
pub fn report_rows(handle: u32, from: usize, count: usize) -> String {
    reported(handle, |report| {
        let (rows, next) = report.some_rows(from, count);
        describe::report_rows(&rows, next)
    })
}

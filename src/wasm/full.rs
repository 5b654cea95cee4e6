//! The exports of the module with the whole engine.
//!
//! Structured answers go as JSON text, because one string across the border is cheaper than many small
//! values.

mod question;

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

use wasm_bindgen::prelude::wasm_bindgen;

use super::slots::Slots;
use crate::describe;
use crate::error::SnapshotError;
use crate::person;
use crate::snapshot::{Outsider, Snapshot};
use question::Question;

static SNAPSHOTS: Slots<Snapshot> = Slots::new();
static PROBLEMS: Slots<SnapshotError> = Slots::new();

/// Loads a snapshot from bytes that it keeps. Gives its handle, or 0: then [`problems`] tells why.
#[wasm_bindgen]
pub fn load(bytes: Vec<u8>) -> u32 {
    #[cfg(all(debug_assertions, feature = "std", target_arch = "wasm32"))]
    console_error_panic_hook::set_once();
    #[cfg(feature = "faults")]
    super::faults::in_document(&bytes);
    match Snapshot::from_vec(bytes, usize::MAX) {
        Ok(snapshot) => SNAPSHOTS.put(snapshot),
        Err(error) => {
            PROBLEMS.clear();
            PROBLEMS.put(error);
            0
        }
    }
}

/// Why the last load failed: a list of issues.
#[wasm_bindgen]
pub fn problems() -> String {
    let json = PROBLEMS.with(1, describe::issues);
    PROBLEMS.clear();
    json.unwrap_or_default()
}

/// Frees a snapshot.
#[wasm_bindgen]
pub fn free(handle: u32) {
    SNAPSHOTS.take(handle);
}

/// The paths that conditions read of records and of the context, without their roots:
/// `{ resource, context }`; those of somebody whom the snapshot does not list, too, where that one is given
/// as JSON.
#[wasm_bindgen]
pub fn paths(handle: u32, subject: &str) -> String {
    let paths = |snapshot: &Snapshot| {
        let outsider = outsider(snapshot, subject);
        describe::paths(outsider.as_ref().map_or(&snapshot.engine, |outsider| &outsider.engine))
    };
    SNAPSHOTS.with(handle, paths).unwrap_or_default()
}

/// Somebody whom a snapshot need not list; nobody of what is not an entry of `users`, which has been told.
fn outsider(snapshot: &Snapshot, json: &str) -> Option<Outsider> {
    snapshot.outsider(json.to_owned()).ok()
}

/// What is wrong with an entry of `users`: a list of issues, or nothing.
#[wasm_bindgen(js_name = personProblems)]
pub fn person_problems(json: &str) -> String {
    person::read(json.to_owned()).err().map(|error| describe::issues(&error)).unwrap_or_default()
}

/// The snapshot of somebody whom it need not list, given as JSON: JSON text.
#[wasm_bindgen(js_name = narrowSubject)]
pub fn narrow_subject(handle: u32, subject: &str) -> String {
    let narrow = |snapshot: &Snapshot| outsider(snapshot, subject).map(|outsider| outsider.narrow());
    SNAPSHOTS.with(handle, narrow).flatten().unwrap_or_default()
}

/// The snapshot of one user: JSON text.
#[wasm_bindgen]
pub fn narrow(handle: u32, user: &str) -> String {
    #[cfg(feature = "faults")]
    super::faults::in_name(user);
    SNAPSHOTS.with(handle, |snapshot| snapshot.narrow(user)).unwrap_or_default()
}

/// All users for whom the answer is "yes", whoever the question is about: a list of ids; nothing where
/// finding them takes too many steps.
#[wasm_bindgen(js_name = whoCan)]
pub fn who_can(handle: u32, question: &str) -> String {
    SNAPSHOTS.with(handle, |snapshot| Question::new(question).who_can(snapshot)).unwrap_or_default()
}

/// What would have to change so that an answer is "yes"; the question and the answer are JSON.
#[wasm_bindgen]
pub fn remedies(handle: u32, question: &str) -> String {
    SNAPSHOTS.with(handle, |snapshot| Question::new(question).remedies(snapshot)).unwrap_or_default()
}

//! The exports of the module with the whole engine.
//!
//! Structured answers go as JSON text, because one string across the border is cheaper than many small values.

mod question;

use alloc::string::String;
use alloc::vec::Vec;

use wasm_bindgen::prelude::wasm_bindgen;

use super::slots::Slots;
use crate::describe;
use crate::error::SnapshotError;
use crate::query::subject::Bounds;
use crate::snapshot::Snapshot;
use question::Question;

static SNAPSHOTS: Slots<Snapshot> = Slots::new();
static PROBLEMS: Slots<SnapshotError> = Slots::new();

/// Loads a snapshot from bytes that it keeps. Gives its handle, or 0: then [`problems`] tells why.
#[wasm_bindgen]
pub fn load(bytes: Vec<u8>) -> u32 {
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

/// Where the text of a snapshot lies in [`own_memory`]: as many bytes as were loaded. It stays there until the
/// snapshot is freed, also when the instance has failed.
#[wasm_bindgen]
pub fn source(handle: u32) -> usize {
    SNAPSHOTS
        .with(handle, |snapshot| snapshot.model().document.source().as_ptr() as usize)
        .unwrap_or_default()
}

/// Frees a snapshot.
#[wasm_bindgen]
pub fn free(handle: u32) {
    SNAPSHOTS.take(handle);
}

/// What there is to know about a snapshot as a whole.
#[wasm_bindgen]
pub fn describe(handle: u32) -> String {
    SNAPSHOTS.with(handle, describe::snapshot).unwrap_or_default()
}

/// A list of the snapshot: `users` (their ids), `roles`, `teams` or `categories`.
#[wasm_bindgen]
pub fn list(handle: u32, what: &str) -> String {
    SNAPSHOTS.with(handle, |snapshot| describe::list(snapshot, what)).unwrap_or_default()
}

/// A user's answers at a moment, as gate data without ids. `options` is empty or
/// `{ roles?: string[], limits?: string[][] }`.
#[wasm_bindgen]
pub fn gate(handle: u32, user: &str, now: f64, options: &str) -> String {
    #[cfg(feature = "faults")]
    super::faults::in_gate(user, now);
    let options = Question::new(options);
    let body = |snapshot: &Snapshot| {
        let (roles, limits) = options.bounds();
        let bounds = Bounds::new(snapshot.model(), roles.as_deref(), &limits);
        snapshot.subject(user).at(now).within(bounds).gate()
    };
    SNAPSHOTS.with(handle, body).unwrap_or_default()
}

/// What a user holds, in short: the gates of users who hold the same have the same data.
#[wasm_bindgen]
pub fn holdings(handle: u32, user: &str) -> String {
    SNAPSHOTS.with(handle, |snapshot| describe::holdings(snapshot.model(), user)).unwrap_or_default()
}

/// The snapshot of one user: JSON text.
#[wasm_bindgen]
pub fn narrow(handle: u32, user: &str) -> String {
    #[cfg(feature = "faults")]
    super::faults::in_name(user);
    SNAPSHOTS.with(handle, |snapshot| snapshot.narrow(user)).unwrap_or_default()
}

/// All users for whom the answer is "yes", whoever the question is about: a list of ids.
#[wasm_bindgen(js_name = whoCan)]
pub fn who_can(handle: u32, question: &str) -> String {
    SNAPSHOTS.with(handle, |snapshot| Question::new(question).who_can(snapshot)).unwrap_or_default()
}

/// What would have to change so that an answer is "yes"; the question and the answer are JSON.
#[wasm_bindgen]
pub fn remedies(handle: u32, question: &str) -> String {
    SNAPSHOTS.with(handle, |snapshot| Question::new(question).remedies(snapshot)).unwrap_or_default()
}

/// Why an answer is what it is; the question and the answer are JSON objects.
#[wasm_bindgen]
pub fn explain(handle: u32, question: &str) -> String {
    SNAPSHOTS.with(handle, |snapshot| Question::new(question).explain(snapshot)).unwrap_or_default()
}

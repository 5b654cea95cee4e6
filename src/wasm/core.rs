//! The exports of the module that loads: a snapshot becomes tables in memory, which JavaScript reads where
//! they lie.

use alloc::string::String;
use alloc::vec::Vec;
use core::sync::atomic::{AtomicU32, Ordering};

use wasm_bindgen::prelude::wasm_bindgen;

use super::slots::Slots;
use crate::code::Code;
use crate::collections::list;
use crate::format;
use crate::format::rows::Rows;
use crate::format::table::{KEPT, Kind};
use crate::json::text::Document;
use crate::problems::Problems;

/// A loaded snapshot.
struct Loaded {
    document: Document,
    rows: Rows,
    /// Address and length of each table.
    heads: Vec<u32>,
}

static SNAPSHOTS: Slots<Loaded> = Slots::new();

/// The first problem of what was refused last: its code and its offset.
static PROBLEM: [AtomicU32; 2] = [const { AtomicU32::new(0) }; 2];

/// Loads a snapshot from bytes that it keeps. Gives its handle, or 0: then [`problem`] and [`offset`] tell
/// why.
#[wasm_bindgen]
pub fn load(bytes: Vec<u8>) -> u32 {
    #[cfg(feature = "faults")]
    super::faults::in_document(&bytes);
    let Some(source) = text(bytes) else { return 0 };
    let (document, mut rows, problems) = format::load(source);
    if is_refused(&problems) {
        return 0;
    }
    rows.drop_unused(KEPT);
    let mut loaded = Loaded { document, rows, heads: Vec::new() };
    loaded.set_heads();
    SNAPSHOTS.put(loaded)
}

/// Reads somebody whom no snapshot lists. Gives 0 for what is refused: then [`problem`] and [`offset`] tell
/// why; else 1, and 2 more if a condition asks who somebody is, 4 more if one reads the context.
#[wasm_bindgen]
pub fn person(bytes: Vec<u8>) -> u32 {
    #[cfg(feature = "faults")]
    super::faults::in_document(&bytes);
    let Some(source) = text(bytes) else { return 0 };
    let read = format::person(source);
    if is_refused(&read.reader.problems) {
        return 0;
    }
    1 | u32::from(read.asks_who) << 1 | u32::from(read.reads_context) << 2
}

/// The text that bytes are, unless they are refused.
fn text(bytes: Vec<u8>) -> Option<String> {
    if bytes.len() > i32::MAX as usize {
        refuse(0, Code::TooLarge);
        return None;
    }
    match String::from_utf8(bytes) {
        Ok(text) => Some(text),
        Err(error) => {
            refuse(error.utf8_error().valid_up_to(), Code::Syntax);
            None
        }
    }
}

/// Whether there is a problem; keeps the first.
fn is_refused(problems: &Problems) -> bool {
    let first = problems.first();
    if let Some((at, code)) = first {
        refuse(at, code);
    }
    first.is_some()
}

#[expect(clippy::cast_possible_truncation, reason = "a document is shorter than 2^31 bytes")]
fn refuse(at: usize, code: Code) {
    let [problem, offset] = &PROBLEM;
    problem.store(code as u32, Ordering::Relaxed);
    offset.store(at as u32, Ordering::Relaxed);
}

/// The code of the first problem, as its position among all codes.
#[wasm_bindgen]
pub fn problem() -> u32 {
    PROBLEM[0].load(Ordering::Relaxed)
}

/// The byte offset of the first problem.
#[wasm_bindgen]
pub fn offset() -> u32 {
    PROBLEM[1].load(Ordering::Relaxed)
}

/// Where the addresses and lengths of the tables lie.
#[wasm_bindgen]
pub fn heads(handle: u32) -> usize {
    SNAPSHOTS.with(handle, |loaded| loaded.heads.as_ptr() as usize).unwrap_or_default()
}

/// Frees a snapshot.
#[wasm_bindgen]
pub fn free(handle: u32) {
    SNAPSHOTS.take(handle);
}

impl Loaded {
    /// Notes where the tables lie, in the order of `layout.ts`.
    fn set_heads(&mut self) {
        for kind in Kind::ALL.iter().take(KEPT) {
            push_head(&mut self.heads, self.rows.words(*kind));
        }
        push_head(&mut self.heads, self.rows.pool.words());
        push_head(&mut self.heads, self.rows.spans.words());
        push_head(&mut self.heads, &self.rows.numbers);
        push_head(&mut self.heads, self.document.source().as_bytes());
        push_head(&mut self.heads, self.document.arena());
        push_head(&mut self.heads, &self.rows.lists);
        push_head(&mut self.heads, self.rows.names(Kind::User));
        // Two numbers of 32 bits each.
        if let Some(length) = self.heads.last_mut() {
            *length *= 2;
        }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "wasm has addresses of 32 bits")]
fn push_head<T>(heads: &mut Vec<u32>, table: &[T]) {
    list::push(heads, table.as_ptr() as usize as u32);
    list::push(heads, table.len() as u32);
}

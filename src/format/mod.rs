//! The snapshot format, from text to rows.
//!
//! The format is one [`table`]; [`read`] fills [`rows`] by it, [`condition`] checks what conditions say, and
//! [`resolve`] looks up what rows refer to, within [`limits`]. After that nothing is checked again.

mod condition;
#[cfg(all(test, feature = "std"))]
mod layout;
pub(crate) mod limits;
mod read;
mod resolve;
pub(crate) mod rows;
pub(crate) mod table;
#[cfg(all(test, feature = "std"))]
mod tests;

use alloc::string::String;

use crate::json::text::Document;
use crate::problems::Problems;
pub(crate) use read::Loading;
use rows::Rows;
use table::{Kind, snapshot};

/// Reads a document: its text and rows, and what is wrong with it.
pub(crate) fn load(source: String) -> (Document, Rows, Problems) {
    let mut loading = Loading::read(source, Kind::Snapshot, 0);
    let (asks_who, reads_context) = (loading.asks_who, loading.reads_context);
    loading.rows.set(Kind::Snapshot, 0, snapshot::ASKS_WHO, u32::from(asks_who));
    loading.rows.set(Kind::Snapshot, 0, snapshot::READS_CONTEXT, u32::from(reads_context));
    if loading.is_readable() {
        loading.resolve();
    }
    (loading.reader.document, loading.rows, loading.reader.problems)
}

/// In so many objects and lists lies an entry of `users`.
const DEPTH_OF_USERS: usize = 2;

/// Reads somebody whom no document lists, from a text that is like an entry of `users`. Which roles and teams
/// there are is not looked up, so the rows name them by their texts.
pub(crate) fn person(source: String) -> Loading {
    Loading::read(source, Kind::User, DEPTH_OF_USERS)
}

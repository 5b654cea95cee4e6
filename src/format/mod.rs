//! The snapshot format, from text to rows.
//!
//! The format is one [`table`]; [`read`] fills [`rows`] by it, [`condition`] checks what conditions say, and [`resolve`]
//! looks up what rows refer to, within [`limits`]. After that nothing is checked again.

mod condition;
#[cfg(all(test, feature = "std"))]
mod layout;
mod limits;
mod read;
mod resolve;
pub(crate) mod rows;
pub(crate) mod table;
#[cfg(all(test, feature = "std"))]
mod tests;

use alloc::string::String;

use crate::json::text::Document;
use crate::problems::Problems;
use read::Loading;
use rows::Rows;

/// Reads a document: its text and rows, and what is wrong with it.
pub(crate) fn load(source: String) -> (Document, Rows, Problems) {
    let mut loading = Loading::read(source);
    if loading.is_readable() {
        loading.resolve();
    }
    (loading.reader.document, loading.rows, loading.reader.problems)
}

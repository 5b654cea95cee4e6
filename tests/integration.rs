//! The one native test binary: the evidence that the engine keeps to the format.
#![expect(clippy::panic, clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by a panic")]

mod admin;
mod agreement;
mod asking;
mod edges;
mod explain;
mod lasting;
mod hostile;
mod laws;
mod limits;
mod narrowed;
mod own;
mod persons;
mod reading;
mod reference;
mod remedies;
mod seldom;
mod vectors;
mod witness;

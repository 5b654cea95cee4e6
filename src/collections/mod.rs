//! Lists, indexes and sets that compile to little code: every page downloads them.

pub(crate) mod list;
pub(crate) mod sort;
#[cfg(feature = "engine")]
pub(crate) mod marks;
#[cfg(feature = "engine")]
pub(crate) mod pairs;
#[cfg(feature = "engine")]
pub(crate) mod span;
pub(crate) mod names;
pub(crate) mod graph;

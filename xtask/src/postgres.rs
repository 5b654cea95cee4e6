//! `PostgreSQL`, for the consumers that keep people in a database: found, or installed from Debian.

use std::path::Path;

use crate::{apt, process};

const PACKAGE: &str = "postgresql";

/// Where Debian keeps the programs of the server, in a folder for each version. They are not on the path.
const DEBIAN: &str = "/usr/lib/postgresql";

/// Sees to a `PostgreSQL` where `tests/consumers/postgres.mjs` looks for it. Where there is none to be had,
/// that says so, and how to get one: the other consumers are tested all the same.
pub(crate) fn ensure() {
    let found = Path::new(DEBIAN).is_dir() || process::find("initdb", &process::path_variable()).is_some();
    if !found && apt::is_usable() {
        apt::install(&[PACKAGE]).unwrap_or_else(|error| println!("{error:#}"));
    }
}

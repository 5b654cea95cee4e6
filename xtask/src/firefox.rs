//! Firefox, for the tests of more runtimes: found, or installed from Debian.

use crate::{apt, process};

const PACKAGE: &str = "firefox-esr";

/// Sees to a Firefox where `tests/runtimes/firefox.mjs` looks for it. Where there is none to be had, that
/// says so: the other runtimes are tested all the same.
pub(crate) fn ensure() {
    let path = process::path_variable();
    let named = std::env::var_os("FIREFOX").is_some();
    let found = named || ["firefox-esr", "firefox"].iter().any(|name| process::find(name, &path).is_some());
    if !found && apt::is_usable() {
        apt::install(&[PACKAGE]).unwrap_or_else(|error| println!("{error:#}"));
    }
}

//! `PostgreSQL` and `MariaDB`, for the tests of filters and for the consumers that keep people in a database: found,
//! or installed from Debian.

use std::path::Path;
use std::process::Command;

use anyhow::Result;

use crate::{apt, process};

/// Where Debian keeps the programs of a server that are not on the path, one of them, and the package that has them.
const SERVERS: [(&str, &str, &str); 2] = [
    ("/usr/lib/postgresql", "initdb", "postgresql"),
    ("/usr/sbin/mariadbd", "mariadbd", "mariadb-server-core"),
];

/// Sees to the servers where the tests look for them. Where one is not to be had, that says so; the tests that need
/// it then fail, and tell how to get it.
pub(crate) fn ensure() {
    let path = process::path_variable();
    let missing: Vec<&str> = SERVERS
        .iter()
        .filter(|(place, program, _)| !Path::new(place).exists() && process::find(program, &path).is_none())
        .map(|(_, _, package)| *package)
        .collect();
    if !missing.is_empty() && apt::is_usable() {
        apt::install(&missing).unwrap_or_else(|error| println!("{error:#}"));
    }
}

/// What asks databases by filters: by SQL, and by each library that has a filter of its own.
const LAWS: [&str; 5] = ["law", "builders", "tables", "prisma", "mongo"];

/// The rows that databases find by the filters of scopes are those that the scopes admit: all of the cases.
pub(crate) fn law() -> Result<()> {
    ensure();
    for name in LAWS {
        let file = crate::in_repo(&format!("tests/databases/{name}.mjs"));
        process::run(Command::new("node").arg(file).arg("whole").current_dir(crate::in_repo("")))?;
    }
    Ok(())
}

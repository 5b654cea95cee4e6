//! Stores of snapshots, for the tests of `rolegate/edge`: Redis and NATS from Debian, a server that speaks like S3 from
//! `PyPI`, Workers with KV, R2 and Durable Objects from npm.

use std::process::Command;

use anyhow::Result;

use crate::{apt, npm, process};

/// Programs that are also packages of Debian.
const PROGRAMS: [&str; 2] = ["redis-server", "nats-server"];

/// The server that speaks like S3, and what it needs to be one.
const MOTO: [&str; 3] = ["moto[s3]==5.2.5", "flask==3.1.3", "flask-cors==6.0.5"];

/// One file for each store, and one for the types of their clients.
const STORES: [&str; 6] = ["files", "redis", "nats", "s3", "workers", "types"];

/// What `keep`, `publish` and their sources promise, on real stores. One that is not to be had is named by its test,
/// which then fails.
pub(crate) fn test() -> Result<()> {
    ensure();
    ensure_moto().unwrap_or_else(|error| println!("{error:#}"));
    npm::install("tests/servers")?;
    let files = STORES.map(|name| crate::in_repo(&format!("tests/servers/{name}.mjs")));
    let mut node = Command::new("node");
    process::run(node.args(["--test", "--test-concurrency=1"]).args(files).current_dir(crate::in_repo("")))
}

fn ensure() {
    let path = process::path_variable();
    let missing: Vec<&str> =
        PROGRAMS.into_iter().filter(|program| process::find(program, &path).is_none()).collect();
    if !missing.is_empty() && apt::is_usable() {
        apt::install(&missing).unwrap_or_else(|error| println!("{error:#}"));
    }
}

/// In a folder of its own, so that it concerns no other Python.
fn ensure_moto() -> Result<()> {
    let folder = crate::in_repo("target/moto");
    if process::find("moto_server", &process::path_variable()).is_some()
        || folder.join("bin/moto_server").exists()
    {
        return Ok(());
    }
    process::run(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
    let install = ["-m", "pip", "install", "--quiet"];
    process::run(Command::new(folder.join("bin/python3")).args(install).args(MOTO))
}

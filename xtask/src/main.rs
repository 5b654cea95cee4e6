//! The project's tool: `cargo xtask build`, `demo`, `serve`, `test`, `fuzz`, `soak` and `bench`.
//!
//! One file per concern: [`wasm_std`] and [`debian`] see to a standard library for wasm32, [`npm`] to the
//! tools that come from npm, [`browser`], [`firefox`], [`databases`] and [`servers`] to those; [`bundle`] makes the wasm
//! module and its glue, [`package`] the npm package around them, with the [`notices`] that go with it;
//! [`checks`] proves all of it, [`consumers`] in other projects, [`fuzz`] with whatever comes to mind, and
//! [`bench`] measures it. [`steps`], [`process`], [`files`], [`stamp`] and [`apt`] are what those share.

mod apt;
mod bench;
mod browser;
mod bundle;
mod checks;
mod consumers;
mod databases;
mod debian;
mod files;
mod firefox;
mod fuzz;
mod notices;
mod npm;
mod package;
mod process;
mod servers;
mod stamp;
mod steps;
mod wasm_std;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Result, bail};

use checks::Part;
use steps::Steps;

const USAGE: &str = "\
cargo xtask build                           the npm package, into pkg/
cargo xtask demo [ARGUMENTS]                the package, then `node www/matrix.mjs [ARGUMENTS]`
cargo xtask serve [PORT]                    the package, then the page in www/ on this machine
cargo xtask test [native|wasm|package|bench]...   everything, or the parts that are named
cargo xtask test consumers                  the package in small projects with tools of their own, which are installed
cargo xtask test databases                  filters of scopes on PostgreSQL, MariaDB and SQLite, over thousands of snapshots
cargo xtask test servers                    snapshots in Redis, NATS, S3, files, and KV, R2 and Durable Objects of Workers
cargo xtask test runtimes                   the package wherever else it runs: Deno, Bun, Firefox, workers and more
cargo xtask fuzz [MINUTES]                  the fuzz targets and the mutations of snapshots, for an hour or so long
cargo xtask soak [MINUTES]                  pages that stay up to date, with a server that fails at random, for ten minutes or so long
cargo xtask bench [quick]                   the benchmarks, or what CI runs of them";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let mut steps = Steps::new();
    let result = dispatch(&arguments, &mut steps);
    steps.print_summary();
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nerror: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(arguments: &[String], steps: &mut Steps) -> Result<()> {
    match arguments {
        [command] if command == "build" => package::build(steps),
        [command, rest @ ..] if command == "demo" => show("demo", "www/matrix.mjs", rest, steps),
        [command, rest @ ..] if command == "serve" => show("serve", "www/serve.mjs", rest, steps),
        [command, parts @ ..] if command == "test" => checks::run(&Part::parse(parts)?, steps),
        [command] if command == "fuzz" => fuzz::run(60.0, steps),
        [command, minutes] if command == "fuzz" => fuzz::run(fuzz::minutes(minutes)?, steps),
        [command] if command == "soak" => fuzz::soak(10.0, steps),
        [command, minutes] if command == "soak" => fuzz::soak(fuzz::minutes(minutes)?, steps),
        [command] if command == "bench" => bench::full(steps),
        [command, quick] if command == "bench" && quick == "quick" => bench::quick(steps),
        [command] if command == "help" => {
            println!("{USAGE}");
            Ok(())
        }
        _ => bail!("not a command: `{}`\n{USAGE}", arguments.join(" ")),
    }
}

/// Builds the package and runs a script that shows it: the matrix of a snapshot, or a server of the page.
fn show(step: &'static str, script: &str, arguments: &[String], steps: &mut Steps) -> Result<()> {
    package::build(steps)?;
    let mut node = Command::new("node");
    node.arg(in_repo(script)).args(arguments);
    steps.step(step, || process::run(&mut node))
}

/// `path` below the root of the repository.
fn in_repo(path: &str) -> PathBuf {
    let manifest_dir = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest_dir.parent().unwrap_or(manifest_dir).join(path)
}

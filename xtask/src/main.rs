//! The project's tool: `cargo xtask build`, `cargo xtask demo`, `cargo xtask test`, `cargo xtask bench`.
//!
//! One file per concern: [`wasm_std`] and [`debian`] see to a standard library for wasm32, [`npm`] to the tools that
//! come from npm, [`browser`] to Chromium; [`bundle`] makes the wasm module and its glue, [`package`] the npm package
//! around them, [`checks`] proves all of it, [`bench`] measures it. [`steps`], [`process`], [`files`], [`stamp`] and
//! [`apt`] are what those share.

mod apt;
mod bench;
mod browser;
mod bundle;
mod checks;
mod debian;
mod files;
mod npm;
mod package;
mod process;
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
cargo xtask test [native|wasm|package]...   everything, or the parts that are named
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
        [command, rest @ ..] if command == "demo" => demo(rest, steps),
        [command, parts @ ..] if command == "test" => checks::run(&Part::parse(parts)?, steps),
        [command] if command == "bench" => bench::full(steps),
        [command, quick] if command == "bench" && quick == "quick" => bench::quick(steps),
        [command] if command == "help" => {
            println!("{USAGE}");
            Ok(())
        }
        _ => bail!("not a command: `{}`\n{USAGE}", arguments.join(" ")),
    }
}

/// Builds the package and asks it for the matrix of the example snapshot, or of the one that is named.
fn demo(arguments: &[String], steps: &mut Steps) -> Result<()> {
    package::build(steps)?;
    let mut matrix = Command::new("node");
    matrix.arg(in_repo("www/matrix.mjs")).args(arguments);
    steps.step("demo", || process::run(&mut matrix))
}

/// `path` below the root of the repository.
fn in_repo(path: &str) -> PathBuf {
    let manifest_dir = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest_dir.parent().unwrap_or(manifest_dir).join(path)
}

//! `cargo xtask fuzz` and `cargo xtask soak`: for as long as one likes what `cargo xtask test` does for
//! seconds.

use std::process::Command;

use anyhow::{Context, Result};

use crate::steps::Steps;
use crate::{files, package, process};

/// The targets in `fuzz/`.
const TARGETS: [&str; 5] = ["load", "conditions", "times", "addresses", "questions"];

/// Reads a number of minutes.
pub(crate) fn minutes(text: &str) -> Result<f64> {
    text.parse().with_context(|| format!("`{text}` is not a number of minutes"))
}

/// A part of the time for the targets by changes at random, as much for the package with mutations and with
/// random snapshots, and as much for the targets by cargo-fuzz, which learns from the code that they reach,
/// where it is installed.
pub(crate) fn run(minutes: f64, steps: &mut Steps) -> Result<()> {
    package::build(steps)?;
    let is_there = process::succeeds(&mut cargo_fuzz("--version"));
    let part = minutes / if is_there { 4.0 } else { 3.0 };
    steps.step("fuzz targets", || {
        let mut own = process::cargo();
        own.args(["run", "--release", "--package", "rolegate-fuzz", "--bin", "rolegate-fuzz", "--"]);
        process::run(own.arg(part.to_string()))
    })?;
    for (step, script) in
        [("mutations through the package", "run.mjs"), ("random snapshots through the package", "random.mjs")]
    {
        steps.step(step, || {
            let script = crate::in_repo("tests/mutations").join(script);
            process::run(Command::new("node").arg(script).arg(part.to_string()))
        })?;
    }
    if !is_there {
        println!(
            "skipped: fuzzing by coverage, which needs `rustup toolchain install nightly` and `cargo install cargo-fuzz`"
        );
        return Ok(());
    }
    let seconds = part * 60.0 / 5.0;
    for target in TARGETS {
        steps.step("fuzzing by coverage", || by_coverage(target, seconds))?;
    }
    Ok(())
}

/// Hours of pages that stay up to date, in a world that a seed decides.
pub(crate) fn soak(minutes: f64, steps: &mut Steps) -> Result<()> {
    package::build(steps)?;
    steps.step("soak", || {
        let script = crate::in_repo("tests/soak/run.mjs");
        process::run(Command::new("node").arg(script).arg(minutes.to_string()))
    })
}

/// What cargo-fuzz finds out is kept in `target/`, and is where it begins the next time.
fn by_coverage(target: &str, seconds: f64) -> Result<()> {
    let found = crate::in_repo("target/fuzz-corpus").join(target);
    files::make_folder(&found)?;
    let mut fuzz = cargo_fuzz("run");
    fuzz.args(["--features", "libfuzzer", target]).arg(found).arg(crate::in_repo("fuzz/corpus").join(target));
    fuzz.arg("--").arg(format!("-max_total_time={seconds:.0}"));
    fuzz.arg(format!("-dict={}", crate::in_repo("fuzz/dictionary.txt").display()));
    process::run(fuzz.args(["-max_len=16384", "-timeout=60", "-print_final_stats=1"]))
}

/// By the name on the path, since that is where rustup chooses a compiler.
fn cargo_fuzz(command: &str) -> Command {
    let mut fuzz = Command::new("cargo");
    fuzz.args(["+nightly", "fuzz", command]).current_dir(crate::in_repo(""));
    fuzz
}

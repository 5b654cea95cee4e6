//! `cargo xtask bench`: the package against code by hand and its peers, and the engine by itself.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

use crate::browser::Browser;
use crate::steps::Steps;
use crate::{files, npm, package, process};

/// The numbers of users of the large tenants; the first is the one that targets are about.
const TENANTS: [usize; 4] = [100_000, 1_000, 10_000, 1_000_000];

/// What `benches/native/src/bin/hot.rs` can repeat.
const OPERATIONS: [&str; 5] = ["load", "valid-until", "can", "who-can", "narrow"];

const NATIVE: &str = "rolegate-bench";

/// Everything; rewrites `docs/benchmarks.md`.
pub(crate) fn full(steps: &mut Steps) -> Result<()> {
    package(steps, &TENANTS, &[])?;
    steps.step("engine as native code", || {
        process::run(process::cargo().args(["bench", "--package", NATIVE, "--bench", "engine"]))
    })?;
    steps.step("instructions", instructions)
}

/// What ends within a minute and a half, and fails when a ratio is more than twice its target.
pub(crate) fn quick(steps: &mut Steps) -> Result<()> {
    package(steps, TENANTS.get(..1).unwrap_or_default(), &["quick"])
}

/// `benches/run.mjs`, with all that it needs.
fn package(steps: &mut Steps, tenants: &[usize], arguments: &[&str]) -> Result<()> {
    package::build(steps)?;
    steps.step("packages to compare with", || npm::install("benches"))?;
    steps.step("large tenants", || tenants.iter().try_for_each(|users| write_tenant(*users)))?;
    steps.step("benchmark", || {
        let mut node = Command::new("node");
        node.arg("--import").arg(crate::in_repo("benches/link.mjs")).arg(crate::in_repo("benches/run.mjs"));
        node.args(arguments).current_dir(crate::in_repo(""));
        Browser::ensure()?.name_to(&mut node);
        process::run(&mut node)
    })
}

fn write_tenant(users: usize) -> Result<()> {
    let folder = crate::in_repo("target/bench");
    files::make_folder(&folder)?;
    let mut tenant = process::cargo();
    tenant.args([
        "run",
        "--quiet",
        "--release",
        "--package",
        NATIVE,
        "--bin",
        "tenant",
        "--",
        &users.to_string(),
    ]);
    process::run(tenant.arg(folder.join(format!("tenant-{users}.json"))))
}

/// Counts what one operation takes, where valgrind is installed: the same on a busy machine and an idle one.
fn instructions() -> Result<()> {
    if process::find("valgrind", &process::path_variable()).is_none() {
        println!("left out: no valgrind (on Debian: apt-get install valgrind)");
        return Ok(());
    }
    process::run(process::cargo().args([
        "build",
        "--quiet",
        "--release",
        "--package",
        NATIVE,
        "--bin",
        "hot",
    ]))?;
    let program = crate::in_repo("target/release/hot");
    for operation in OPERATIONS {
        let [once, more] = [1, 11].map(|times| count(&program, operation, times));
        println!("{operation:<8} {:>12} instructions", more?.saturating_sub(once?) / 10);
    }
    Ok(())
}

/// The instructions of the whole program.
fn count(program: &PathBuf, operation: &str, times: u64) -> Result<u64> {
    let counts = crate::in_repo("target/bench/callgrind.out");
    let mut valgrind = Command::new("valgrind");
    valgrind.args(["--quiet", "--tool=callgrind"]).arg(format!("--callgrind-out-file={}", counts.display()));
    process::output(valgrind.arg(program).arg(operation).arg(times.to_string()))?;
    let text =
        std::fs::read_to_string(&counts).with_context(|| format!("cannot read {}", counts.display()))?;
    let total = text
        .lines()
        .find_map(|line| line.strip_prefix("totals: ").or_else(|| line.strip_prefix("summary: ")));
    total.and_then(|total| total.trim().parse().ok()).context("callgrind tells no total")
}

//! Small projects that install the packed package, each with tools of its own: `tests/consumers/`.

use std::path::Path;
use std::process::Command;

use anyhow::Result;

use crate::browser::Browser;
use crate::steps::Steps;
use crate::{npm, package, postgres, process};

/// Those that have next to nothing to install: they run with the tests of the package.
pub(crate) const QUICK: [&str; 4] = ["node", "html", "esbuild", "esbuild-node"];

/// All of them.
pub(crate) fn all(steps: &mut Steps) -> Result<()> {
    let tarball = steps.step("pack for consumers", || npm::pack(&package::folder()))?;
    steps.step("consumers", || {
        postgres::ensure();
        ask(&tarball, &[])
    })
}

/// Those that are named; all of them if none is.
pub(crate) fn ask(tarball: &Path, names: &[&str]) -> Result<()> {
    let mut node = Command::new("node");
    node.arg(crate::in_repo("tests/consumers/run.mjs")).arg(tarball).args(names);
    node.current_dir(crate::in_repo(""));
    Browser::ensure()?.name_to(&mut node);
    process::run(&mut node)
}

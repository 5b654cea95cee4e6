//! Small projects that install the packed package, each with tools of its own: `tests/consumers/`.

use std::path::Path;
use std::process::Command;

use anyhow::Result;

use crate::browser::Browser;
use crate::steps::Steps;
use crate::{databases, npm, package, process};

/// Those that have next to nothing to install: they run with the tests of the package.
pub(crate) const QUICK: [&str; 4] = ["node", "html", "esbuild", "esbuild-node"];

/// One screen in every framework.
const SCREENS: [&str; 9] = [
    "ui-react",
    "ui-react-18",
    "ui-react-compiler",
    "ui-vue",
    "ui-svelte",
    "ui-solid",
    "ui-angular",
    "ui-angular-jit",
    "ui-dom",
];

/// All of them.
pub(crate) fn all(steps: &mut Steps) -> Result<()> {
    let tarball = steps.step("pack for consumers", || npm::pack(&package::folder()))?;
    steps.step("consumers", || {
        databases::ensure();
        ask(&tarball, &[])
    })
}

/// Those that are named; all of them if none is.
pub(crate) fn ask(tarball: &Path, names: &[&str]) -> Result<()> {
    let mut node = command(tarball, names);
    Browser::ensure()?.name_to(&mut node);
    process::run(&mut node)
}

/// The screens as built, in Firefox, which is driven by what `tests/runtimes` has installed.
pub(crate) fn in_firefox(tarball: &Path) -> Result<()> {
    process::run(command(tarball, &SCREENS).env("SCREENS_IN", "firefox"))
}

fn command(tarball: &Path, names: &[&str]) -> Command {
    let mut node = Command::new("node");
    node.arg(crate::in_repo("tests/consumers/run.mjs")).arg(tarball).args(names);
    node.current_dir(crate::in_repo(""));
    node
}

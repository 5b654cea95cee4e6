//! npm: the tools that the build and the tests use, and the package as its users get it.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::stamp::Inputs;
use crate::{files, process};

/// Sees to it that the project's own tools are installed.
pub(crate) fn install_tools() -> Result<()> {
    install("")
}

/// Sees to it that `node_modules` in `folder` of this repository holds what its `package-lock.json` says.
pub(crate) fn install(folder: &str) -> Result<()> {
    let folder = crate::in_repo(folder);
    let inputs = [".npmrc", "package.json", "package-lock.json"]
        .iter()
        .fold(Inputs::default(), |inputs, file| inputs.file(&folder.join(file)));
    // Inside the folder, so that removing the folder is enough to start afresh.
    let stamp = inputs.stamp(folder.join("node_modules/.rolegate-stamp"));
    stamp.unless_current(&[], || {
        let mut npm = Command::new("npm");
        process::run(npm.current_dir(&folder).arg("ci"))
    })
}

/// `node FILE`, with `file` in the npm package `package` of the project's own tools.
pub(crate) fn tool(package: &str, file: &str) -> Command {
    let mut command = Command::new("node");
    command.arg(crate::in_repo("node_modules").join(package).join(file)).current_dir(crate::in_repo(""));
    command
}

/// The version of one of the project's own tools.
pub(crate) fn tool_manifest(package: &str) -> PathBuf {
    crate::in_repo("node_modules").join(package).join("package.json")
}

/// Packs the npm package in `folder` into a tarball below `target/pack` and returns its path.
pub(crate) fn pack(folder: &Path) -> Result<PathBuf> {
    let destination = crate::in_repo("target/pack");
    files::empty_folder(&destination)?;
    let mut npm = Command::new("npm");
    npm.current_dir(folder).args(["pack", "--ignore-scripts", "--pack-destination"]).arg(&destination);
    process::run(&mut npm)?;
    let packed = files::all_below(&destination)?.into_iter().next();
    packed.context("`npm pack` left no tarball")
}

/// Installs `tarball` into `folder`, which is emptied before and holds nothing else afterwards.
pub(crate) fn install_into(folder: &Path, tarball: &Path) -> Result<()> {
    files::empty_folder(folder)?;
    let manifest = "{ \"private\": true, \"type\": \"module\" }\n";
    files::write(&folder.join("package.json"), manifest)?;
    let mut npm = Command::new("npm");
    npm.current_dir(folder).args(["install", "--no-audit", "--no-fund", "--ignore-scripts"]).arg(tarball);
    process::run(&mut npm)
}

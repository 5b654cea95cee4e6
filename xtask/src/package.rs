//! The npm package, in `pkg/`: compiled TypeScript, the glue, the wasm modules, and what the template adds.

use std::ffi::OsStr;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::bundle::{GLUE, MODULES};
use crate::stamp::Inputs;
use crate::steps::Steps;
use crate::wasm_std::Toolchain;
use crate::{bundle, files, notices, npm, process};

const TEMPLATE: &str = "pkg-template";

/// Minifies what was compiled.
const SCRIPTS: &str = "xtask/scripts.mjs";

/// Files of the template that are published as they are.
const AS_THEY_ARE: [&str; 3] = ["package.json", "README.md", "schema.json"];

/// The finished package.
pub(crate) fn folder() -> PathBuf {
    crate::in_repo("pkg")
}

/// Builds the package, as far as anything changed.
pub(crate) fn build(steps: &mut Steps) -> Result<()> {
    let _lock = lock()?;
    let toolchain = steps.step("standard library for wasm32", || {
        let toolchain = Toolchain::ensure()?;
        println!("{}", toolchain.describe());
        Ok(toolchain)
    })?;
    steps.step("tools from npm", npm::install_tools)?;
    steps.step("wasm", || bundle::build(&toolchain))?;
    steps.step("package", assemble)?;
    steps.step("sizes", check_sizes)
}

/// Keeps two builds of this repository from writing the same files; released when dropped.
fn lock() -> Result<File> {
    let path = crate::in_repo("target/xtask.lock");
    files::write(&path, "")?;
    let file = File::open(&path)?;
    file.lock().with_context(|| format!("cannot lock {}", path.display()))?;
    Ok(file)
}

/// Type-checks and compiles the TypeScript, and lays everything else beside it.
fn assemble() -> Result<()> {
    let template = crate::in_repo(TEMPLATE);
    let mut inputs = Inputs::default()
        .folder(&template)?
        .file(&crate::in_repo("xtask/src/package.rs"))
        .file(&crate::in_repo("xtask/src/notices.rs"))
        .file(&crate::in_repo("Cargo.lock"))
        .file(&crate::in_repo("LICENSE"))
        .file(&crate::in_repo(SCRIPTS))
        .file(&npm::tool_manifest("typescript"))
        .file(&npm::tool_manifest("esbuild"))
        .file(&npm::tool_manifest("terser"));
    for module in &MODULES {
        inputs = inputs.file(&module.wasm());
    }
    let stamp = inputs.stamp(crate::in_repo("target/package.stamp"));
    stamp.unless_current(&[folder().join("package.json")], || {
        let package = folder();
        files::empty_folder(&package)?;
        compile_types(&template, &package)?;
        copy_glue(&package.join("glue"))?;
        make_small(&package)?;
        for module in &MODULES {
            files::copy(&module.wasm(), &package.join(format!("{}.wasm", module.name)))?;
        }
        for name in AS_THEY_ARE {
            files::copy(&template.join(name), &package.join(name))?;
        }
        files::write(&package.join("THIRD-PARTY.md"), &notices::text()?)?;
        files::copy(&crate::in_repo("LICENSE"), &package.join("LICENSE"))
    })
}

fn compile_types(template: &Path, package: &Path) -> Result<()> {
    let mut tsc = npm::tool("typescript", "bin/tsc");
    tsc.arg("--project").arg(template.join("tsconfig.json"));
    tsc.arg("--noEmitOnError").arg("--outDir").arg(package);
    process::run(&mut tsc)
}

/// The compiler reads the glue's types but copies neither them nor the scripts.
fn copy_glue(to: &Path) -> Result<()> {
    for file in files::all_below(&crate::in_repo(GLUE))? {
        let name = file.file_name().unwrap_or(OsStr::new(""));
        files::copy(&file, &to.join(name))?;
    }
    Ok(())
}

fn make_small(package: &Path) -> Result<()> {
    let mut scripts = Command::new("node");
    scripts.arg(crate::in_repo(SCRIPTS)).arg(package);
    process::run(&mut scripts)
}

/// Prints what a user downloads and fails if it is more than it may be.
fn check_sizes() -> Result<()> {
    let mut sizes = Command::new("node");
    sizes.arg(crate::in_repo("xtask/sizes.mjs")).arg(folder());
    process::run(&mut sizes)
}

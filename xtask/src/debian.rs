//! Debian's Rust compiler, with a standard library for wasm32 that is built once from the source Debian
//! ships.
//!
//! Only this one build uses the compiler's unstable switches. The library goes to
//! `target/wasm-sysroot-<version>`, and from then on every build is an ordinary one with another `--sysroot`.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::stamp::Inputs;
use crate::wasm_std::{TARGET, TARGET_FOLDER};
use crate::{apt, files, process};

/// What this route needs of Debian.
pub(crate) const PACKAGES: [&str; 3] = ["rustc-web", "cargo-web", "rust-web-src"];

const RUSTC: &str = "/usr/bin/rustc";
const CARGO: &str = "/usr/bin/cargo";
const SOURCE: &str = "/usr/lib/rustlib/src/rust/library/std/Cargo.toml";

/// The library's own dependencies lie beside its source, but cargo has to be told: without a network it finds
/// no others.
const VENDORED: [&str; 2] = [
    "source.crates-io.replace-with = 'debian'",
    "source.debian.directory = '/usr/lib/rustlib/src/rust/library/vendor'",
];

/// The library's panics name its source files. Shown as the library of rustup shows them, whatever machine
/// built it.
const NEUTRAL_PATHS: &str = "--remap-path-prefix=/usr/lib/rustlib/src/rust=/rustc";

/// The crates that a program and its tests link to.
const BUILD_STD: &str = "-Zbuild-std=core,alloc,std,panic_abort,proc_macro,test";

/// Debian's compiler with a library for wasm32.
#[derive(Debug)]
pub(crate) struct Toolchain {
    release: String,
    sysroot: PathBuf,
    linker: PathBuf,
}

impl Toolchain {
    /// `None` if Debian's compiler is not there, or too old, and may not (`install`) or cannot be installed.
    pub(crate) fn ensure(install: bool) -> Result<Option<Self>> {
        if usable_release().is_none() && install && apt::is_usable() {
            apt::install(&PACKAGES)?;
        }
        let Some(release) = usable_release() else {
            return Ok(None);
        };
        let sysroot = crate::in_repo(&format!("target/wasm-sysroot-{release}"));
        build_once(&sysroot)?;
        let linker = find_linker()?;
        Ok(Some(Self { release, sysroot, linker }))
    }

    /// Makes `command`, a cargo that builds for wasm32, use this toolchain.
    pub(crate) fn prepare(&self, command: &mut Command) {
        command.env("RUSTC", RUSTC).env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", &self.linker);
    }

    /// What tells the compiler where the library is.
    pub(crate) fn flag(&self) -> String {
        format!("--sysroot={}", self.sysroot.display())
    }

    pub(crate) fn describe(&self) -> String {
        format!("Debian's compiler {}, {}", self.release, self.sysroot.display())
    }
}

/// The version of Debian's compiler, if all three packages are there and it is new enough for this project.
fn usable_release() -> Option<String> {
    if ![RUSTC, CARGO, SOURCE].iter().all(|file| Path::new(file).is_file()) {
        return None;
    }
    let version = process::output(Command::new(RUSTC).arg("-vV")).ok()?;
    let release = version.lines().find_map(|line| line.strip_prefix("release: "))?;
    let new_enough = numbers(release) >= numbers(env!("CARGO_PKG_RUST_VERSION"));
    new_enough.then(|| release.to_owned())
}

/// The parts of a version, for comparing.
fn numbers(version: &str) -> Vec<u32> {
    version.split('.').map_while(|part| part.parse().ok()).collect()
}

/// Builds the library into `sysroot`, unless that is done.
fn build_once(sysroot: &Path) -> Result<()> {
    let library = sysroot.join("lib/rustlib").join(TARGET).join("lib");
    let stamp = Inputs::default()
        .file(&crate::in_repo("xtask/src/debian.rs"))
        .file(Path::new(RUSTC))
        .stamp(sysroot.join("stamp"));
    stamp.unless_current(std::slice::from_ref(&library), || {
        println!("building the standard library for {TARGET}, once; it takes about a minute");
        let work = crate::in_repo("target/wasm-std-build");
        build(&work)?;
        files::empty_folder(&library)?;
        copy_rlibs(&work.join(TARGET).join("release/deps"), &library)?;
        // Cargo does not see that what it compiled before was linked to another library.
        fs::remove_dir_all(crate::in_repo(TARGET_FOLDER)).ok();
        fs::remove_dir_all(&work).context("cannot remove target/wasm-std-build")
    })
}

/// Compiles an empty crate in `work`, and with it the library.
fn build(work: &Path) -> Result<()> {
    files::empty_folder(work)?;
    let manifest = "[package]\nname = \"empty\"\nversion = \"0.0.0\"\nedition = \"2024\"\n[workspace]\n";
    files::write(&work.join("Cargo.toml"), manifest)?;
    files::write(&work.join("src/lib.rs"), "")?;
    let mut cargo = Command::new(CARGO);
    cargo
        .current_dir(work)
        .env("RUSTC", RUSTC)
        .env("RUSTC_BOOTSTRAP", "1")
        .env("CARGO_ENCODED_RUSTFLAGS", NEUTRAL_PATHS)
        .args(VENDORED.iter().flat_map(|setting| ["--config", setting]))
        .args(["build", "--offline", "--release", BUILD_STD])
        .args(["--target", TARGET, "--target-dir"])
        .arg(work);
    process::run(&mut cargo)
}

fn copy_rlibs(from: &Path, to: &Path) -> Result<()> {
    for file in files::all_below(from)? {
        let Some(name) = file.file_name() else {
            continue;
        };
        let is_rlib = file.extension() == Some(OsStr::new("rlib"));
        if is_rlib && !name.to_string_lossy().starts_with("libempty-") {
            files::copy(&file, &to.join(name))?;
        }
    }
    Ok(())
}

/// A linker for wasm: rustup's own, or one on the `PATH`.
fn find_linker() -> Result<PathBuf> {
    let path = process::path_variable();
    let of_rustup = process::output(Command::new("rustc").args(["--print", "target-libdir"]))
        .map(|folder| PathBuf::from(folder).with_file_name("bin").join("rust-lld"));
    if let Ok(linker) = of_rustup
        && linker.is_file()
    {
        return Ok(linker);
    }
    match process::find("rust-lld", &path).or_else(|| process::find("wasm-ld", &path)) {
        Some(linker) => Ok(linker),
        None => bail!("no linker for {TARGET}: `apt-get install lld`"),
    }
}

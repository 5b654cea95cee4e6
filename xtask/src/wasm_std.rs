//! A compiler with a standard library for wasm32.
//!
//! Tried in this order: the active compiler, if it has the target; `rustup target add`; Debian's compiler,
//! with a library built from its source ([`crate::debian`]). `ROLEGATE_WASM_STD=debian` leaves out the second
//! and lets the third install the packages it needs.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail};

use crate::{debian, process};

/// The target that the npm package is built for.
pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

/// Where everything lies that cargo compiles for [`TARGET`].
pub(crate) const TARGET_FOLDER: &str = "target/wasm";

/// What the compiler leaves undone: inlining but of what is smaller inline, and what makes loops faster by
/// more variables (strength reduction, values kept out of memory) or code twice (partial redundancies, loops
/// that are unrolled, tails). With `opt-level = 2` that is smaller than `opt-level = "z"`, and loops stay as
/// fast as they are written.
const FLAGS: [&str; 8] = [
    "-Cllvm-args=-inline-threshold=20",
    "-Cllvm-args=-disable-lsr",
    "-Cllvm-args=-enable-pre=false",
    "-Cllvm-args=-enable-load-pre=false",
    "-Cllvm-args=-unroll-full-max-count=1",
    "-Cllvm-args=-unroll-runtime=false",
    "-Cllvm-args=-disable-licm-promotion",
    "-Cllvm-args=-disable-tail-duplicate",
];

/// What the environment says about where to look.
#[derive(Debug)]
pub(crate) struct Search {
    /// Where `rustc` and `rustup` are looked for, as in the variable `PATH`.
    path: OsString,
    /// `ROLEGATE_WASM_STD=debian`.
    debian: bool,
}

/// What builds for [`TARGET`].
#[derive(Debug)]
pub(crate) enum Toolchain {
    /// The active compiler.
    Active,
    /// Debian's.
    Debian(debian::Toolchain),
}

impl Toolchain {
    /// A toolchain for [`TARGET`], installed or built if there is none yet.
    pub(crate) fn ensure() -> Result<Self> {
        let search = Search {
            path: process::path_variable(),
            debian: std::env::var_os("ROLEGATE_WASM_STD").is_some_and(|value| value == "debian"),
        };
        if search.active_or_added()? {
            return Ok(Self::Active);
        }
        if let Some(toolchain) = debian::Toolchain::ensure(search.debian)? {
            return Ok(Self::Debian(toolchain));
        }
        bail!(
            "no standard library for {TARGET}. Either `rustup target add {TARGET}`, or, on Debian: \
             `apt-get install {}` and `ROLEGATE_WASM_STD=debian`",
            debian::PACKAGES.join(" ")
        )
    }

    /// `cargo VERB --target wasm32-unknown-unknown`, set up for this toolchain. What is compiled for `what` has a
    /// folder of its own, so that nothing waits for anything else.
    pub(crate) fn cargo(&self, verb: &str, what: &str) -> Command {
        let mut command = process::cargo();
        command.args([verb, "--target", TARGET, "--target-dir"]).arg(folder_of(what));
        // The encoded form of the flags is the one that bears blanks in a path.
        let mut flags = FLAGS.join("\u{1f}");
        if let Self::Debian(toolchain) = self {
            flags = format!("{flags}\u{1f}{}", toolchain.flag());
            toolchain.prepare(&mut command);
        }
        command.env("CARGO_ENCODED_RUSTFLAGS", flags);
        command
    }

    /// A line about this toolchain, for people.
    pub(crate) fn describe(&self) -> String {
        match self {
            Self::Active => format!("the active compiler has {TARGET}"),
            Self::Debian(toolchain) => toolchain.describe(),
        }
    }
}

/// Where cargo keeps what it compiles for [`TARGET`] and `what`.
pub(crate) fn folder_of(what: &str) -> PathBuf {
    crate::in_repo(TARGET_FOLDER).join(what)
}

impl Search {
    /// Whether the active compiler has the target, if need be after `rustup target add`.
    fn active_or_added(&self) -> Result<bool> {
        if self.active_has_target() {
            return Ok(true);
        }
        if self.debian {
            return Ok(false);
        }
        let Some(rustup) = process::find("rustup", &self.path) else {
            return Ok(false);
        };
        let mut add = self.command(&rustup);
        if let Err(error) = process::run(add.args(["target", "add", TARGET])) {
            println!("{error:#}");
            return Ok(false);
        }
        if self.active_has_target() {
            return Ok(true);
        }
        bail!(
            "`rustup target add {TARGET}` worked, but `rustc` on the PATH still lacks the target: is it rustup's?"
        )
    }

    fn active_has_target(&self) -> bool {
        let Some(rustc) = process::find("rustc", &self.path) else {
            return false;
        };
        let mut query = self.command(&rustc);
        let folder = process::output(query.args(["--print", "target-libdir", "--target", TARGET]));
        folder.is_ok_and(|folder| holds_core(Path::new(&folder)))
    }

    fn command(&self, program: &PathBuf) -> Command {
        let mut command = Command::new(program);
        command.env("PATH", &self.path);
        command
    }
}

/// Whether the library `core` lies compiled in `folder`.
fn holds_core(folder: &Path) -> bool {
    let Ok(mut entries) = fs::read_dir(folder) else {
        return false;
    };
    entries.any(|entry| entry.is_ok_and(|entry| entry.file_name().to_string_lossy().starts_with("libcore-")))
}

#[cfg(test)]
mod tests;

//! Starting other programs: shown before they run, with an error that repeats the command line.

use std::ffi::{OsStr, OsString};
use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;

use anyhow::{Context, Result, bail};

/// Shows `command`, runs it with its output passed through, and fails unless it succeeds.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let shown = show(command);
    println!("$ {shown}");
    let status = command.stdin(Stdio::null()).status().with_context(|| format!("cannot start `{shown}`"))?;
    if status.success() {
        return Ok(());
    }
    bail!("`{shown}` failed ({status})")
}

/// What `command` prints, without the line end; fails with its error output unless it succeeds.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let shown = show(command);
    let output = command.stdin(Stdio::null()).output().with_context(|| format!("cannot start `{shown}`"))?;
    if !output.status.success() {
        let words = String::from_utf8_lossy(&output.stderr);
        bail!("`{shown}` failed ({}): {}", output.status, words.trim())
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Does it for all of them side by side.
pub(crate) fn at_once<T: Send>(
    items: impl IntoIterator<Item = T>,
    action: impl Fn(T) -> Result<()> + Sync,
) -> Result<()> {
    let action = &action;
    thread::scope(|scope| {
        let started: Vec<_> = items.into_iter().map(|item| scope.spawn(move || action(item))).collect();
        let ended = started.into_iter().map(|it| it.join().unwrap_or_else(|cause| resume_unwind(cause)));
        ended.collect::<Vec<Result<()>>>().into_iter().collect()
    })
}

/// Whether `command` can be started and succeeds, without a word.
pub(crate) fn succeeds(command: &mut Command) -> bool {
    let silent = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    silent.status().is_ok_and(|status| status.success())
}

/// The first file called `program` in the folders of `path`, which is written as the variable `PATH` is.
pub(crate) fn find(program: &str, path: &OsStr) -> Option<PathBuf> {
    std::env::split_paths(path).map(|folder| folder.join(program)).find(|file| file.is_file())
}

/// The variable `PATH`.
pub(crate) fn path_variable() -> OsString {
    std::env::var_os("PATH").unwrap_or_default()
}

/// The cargo that runs this tool.
pub(crate) fn cargo() -> Command {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(program);
    command.current_dir(crate::in_repo(""));
    command
}

/// The command line, with paths inside the repository cut short.
fn show(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(show_word).collect::<Vec<_>>().join(" ")
}

fn show_word(word: &OsStr) -> String {
    if std::env::var_os("CARGO").is_some_and(|cargo| cargo == word) {
        return "cargo".to_owned();
    }
    let path = Path::new(word);
    let inside = path.strip_prefix(crate::in_repo(""));
    inside.unwrap_or(path).display().to_string()
}

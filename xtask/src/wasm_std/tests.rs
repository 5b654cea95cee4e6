//! The ordinary branch, with stand-ins for `rustc` and `rustup`: what they do is written to a log and nothing
//! is fetched.

use std::os::unix::fs::PermissionsExt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::*;
use crate::files;

/// A program cannot be started while another thread's new process still holds it open for writing.
static ONE_TEST_AT_A_TIME: Mutex<()> = Mutex::new(());

/// A folder with stand-ins, removed when dropped.
struct StandIns {
    folder: PathBuf,
    _alone: MutexGuard<'static, ()>,
}

impl StandIns {
    /// `rustup` runs `rustup_body`; `rustc` answers every question with the folder `lib`.
    fn new(name: &str, rustup_body: &str) -> Self {
        let alone = ONE_TEST_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
        let unique = format!("rolegate-{name}-{}", std::process::id());
        let folder = std::env::temp_dir().join(unique);
        files::empty_folder(&folder.join("lib")).unwrap();
        let stand_ins = Self { folder, _alone: alone };
        stand_ins.write("rustc", "echo \"$here/lib\"");
        stand_ins.write("rustup", &format!("echo \"$@\" >> \"$here/log\"\n{rustup_body}"));
        stand_ins
    }

    fn write(&self, program: &str, body: &str) {
        let file = self.folder.join(program);
        let script = format!("#!/bin/sh\nhere={}\n{body}\n", self.folder.display());
        files::write(&file, &script).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
    }

    fn search(&self, debian: bool) -> Search {
        let path = self.folder.clone().into_os_string();
        Search { path, debian }
    }

    /// What `rustup` was called with, a line each.
    fn log(&self) -> String {
        fs::read_to_string(self.folder.join("log")).unwrap_or_default()
    }
}

impl Drop for StandIns {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.folder).ok();
    }
}

/// As the real one: afterwards the compiler's folder holds the library.
const ADDS_THE_TARGET: &str = ": > \"$here/lib/libcore-0123456789abcdef.rlib\"";

#[test]
fn a_missing_target_is_added_by_rustup_and_the_active_compiler_goes_on() {
    let stand_ins = StandIns::new("adds", ADDS_THE_TARGET);
    assert!(stand_ins.search(false).active_or_added().unwrap());
    assert_eq!(stand_ins.log(), "target add wasm32-unknown-unknown\n");
}

#[test]
fn a_target_that_is_there_is_not_added_again() {
    let stand_ins = StandIns::new("has", "exit 1");
    files::write(&stand_ins.folder.join("lib/libcore-0.rlib"), "").unwrap();
    assert!(stand_ins.search(false).active_or_added().unwrap());
    assert_eq!(stand_ins.log(), "");
}

#[test]
fn the_debian_variable_keeps_rustup_out() {
    let stand_ins = StandIns::new("debian", ADDS_THE_TARGET);
    assert!(!stand_ins.search(true).active_or_added().unwrap());
    assert_eq!(stand_ins.log(), "");
}

#[test]
fn when_rustup_fails_the_next_way_is_tried() {
    let stand_ins = StandIns::new("fails", "exit 1");
    assert!(!stand_ins.search(false).active_or_added().unwrap());
    assert_eq!(stand_ins.log(), "target add wasm32-unknown-unknown\n");
}

#[test]
fn when_rustup_adds_to_another_compiler_that_is_said() {
    let stand_ins = StandIns::new("other", "exit 0");
    let error = stand_ins.search(false).active_or_added().unwrap_err();
    assert!(error.to_string().contains("is it rustup's?"), "{error}");
}

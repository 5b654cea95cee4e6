//! When a step runs again, and when not.

use std::cell::Cell;

use anyhow::bail;

use super::*;

/// A step that copies `input` to `output` in a folder of its own, and counts its runs.
struct Step {
    folder: PathBuf,
    runs: Cell<u32>,
}

impl Step {
    fn new(name: &str) -> Self {
        let unique = format!("rolegate-stamp-{name}-{}", std::process::id());
        let folder = std::env::temp_dir().join(unique);
        files::empty_folder(&folder).unwrap();
        let runs = Cell::new(0);
        let step = Self { folder, runs };
        step.set_input("first");
        step
    }

    fn set_input(&self, text: &str) {
        files::write(&self.folder.join("in/input"), text).unwrap();
    }

    fn stamp(&self) -> Stamp {
        let inputs = Inputs::default().folder(&self.folder.join("in")).unwrap();
        inputs.stamp(self.folder.join("stamp"))
    }

    /// Runs the step, and says how often it has run by now.
    fn run(&self) -> u32 {
        let [input, output] = ["in/input", "output"].map(|name| self.folder.join(name));
        let copy = || {
            self.runs.set(self.runs.get() + 1);
            files::copy(&input, &output)
        };
        let outputs = std::slice::from_ref(&output);
        self.stamp().unless_current(outputs, copy).unwrap();
        self.runs.get()
    }
}

impl Drop for Step {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.folder).ok();
    }
}

#[test]
fn a_step_runs_once_while_nothing_changes() {
    let step = Step::new("once");
    assert_eq!(step.run(), 1);
    assert_eq!(step.run(), 1);
}

#[test]
fn a_changed_or_additional_input_runs_it_again() {
    let step = Step::new("input");
    assert_eq!(step.run(), 1);
    step.set_input("second");
    assert_eq!(step.run(), 2);
    files::write(&step.folder.join("in/deeper/other"), "").unwrap();
    assert_eq!(step.run(), 3);
}

#[test]
fn a_missing_output_runs_it_again() {
    let step = Step::new("output");
    assert_eq!(step.run(), 1);
    fs::remove_file(step.folder.join("output")).unwrap();
    assert_eq!(step.run(), 2);
}

#[test]
fn a_step_that_failed_runs_again_even_with_its_old_input() {
    let step = Step::new("failed");
    assert_eq!(step.run(), 1);
    step.set_input("second");
    let failed = step.stamp().unless_current(&[], || bail!("no"));
    assert!(failed.is_err());
    step.set_input("first");
    assert_eq!(step.run(), 2);
}

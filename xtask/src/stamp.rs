//! Skipping a step whose inputs are what they were: a stamp file holds a hash of them.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::files;

/// What a step depends on, hashed as it is added.
#[derive(Debug, Default)]
pub(crate) struct Inputs(DefaultHasher);

impl Inputs {
    /// The content of a file. One that is not there counts as such.
    pub(crate) fn file(mut self, file: &Path) -> Self {
        fs::read(file).ok().hash(&mut self.0);
        self
    }

    /// Names and contents of all files in a folder, however deep.
    pub(crate) fn folder(mut self, folder: &Path) -> Result<Self> {
        for file in files::all_below(folder)? {
            file.strip_prefix(folder).ok().hash(&mut self.0);
            self = self.file(&file);
        }
        Ok(self)
    }

    /// The stamp that `file` should hold if its step need not run again.
    pub(crate) fn stamp(self, file: PathBuf) -> Stamp {
        let hash = format!("{:016x}", self.0.finish());
        Stamp { file, hash }
    }
}

/// The mark that a step leaves when it is done.
#[derive(Debug)]
pub(crate) struct Stamp {
    file: PathBuf,
    hash: String,
}

impl Stamp {
    /// Runs `step` unless it ran with the same inputs before and every one of its `outputs` is still there.
    pub(crate) fn unless_current(
        &self,
        outputs: &[PathBuf],
        step: impl FnOnce() -> Result<()>,
    ) -> Result<()> {
        if self.is_current() && outputs.iter().all(|output| output.exists()) {
            println!("up to date");
            return Ok(());
        }
        // A step that is broken off must run again, whatever it has written.
        fs::remove_file(&self.file).ok();
        step()?;
        files::write(&self.file, &self.hash)
    }

    fn is_current(&self) -> bool {
        fs::read_to_string(&self.file).is_ok_and(|hash| hash == self.hash)
    }
}

#[cfg(test)]
mod tests;

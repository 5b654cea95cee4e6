//! Chromium and its driver: found, or installed from Debian.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Result, bail};
use serde_json::json;

use crate::{apt, files, process};

const PACKAGES: [&str; 2] = ["chromium", "chromium-driver"];

const BROWSERS: [&str; 5] =
    ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];

/// Keep Chromium from talking to anyone, and let root run it. The test runner itself adds what makes it
/// headless.
const FLAGS: [&str; 7] = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
];

/// A browser that tests can drive.
#[derive(Debug)]
pub(crate) struct Browser {
    chrome: PathBuf,
    driver: PathBuf,
}

impl Browser {
    /// The one that `CHROME` and `CHROMEDRIVER` name, or on the `PATH`, or from Debian.
    pub(crate) fn ensure() -> Result<Self> {
        if let Some(browser) = Self::find() {
            return Ok(browser);
        }
        if apt::is_usable() {
            apt::install(&PACKAGES)?;
        }
        match Self::find() {
            Some(browser) => Ok(browser),
            None => bail!(
                "no Chromium with its driver: on Debian `apt-get install {}`; elsewhere put `chromium` (or \
                 `google-chrome`) and `chromedriver` on the PATH, or name them in CHROME and CHROMEDRIVER",
                PACKAGES.join(" ")
            ),
        }
    }

    fn find() -> Option<Self> {
        let path = process::path_variable();
        let named = |variable| std::env::var_os(variable).map(PathBuf::from);
        let on_path = |names: &[&str]| names.iter().find_map(|name| process::find(name, &path));
        Some(Self {
            chrome: named("CHROME").or_else(|| on_path(&BROWSERS))?,
            driver: named("CHROMEDRIVER").or_else(|| on_path(&["chromedriver"]))?,
        })
    }

    /// Tells `command`, and the programs it starts, which browser to use.
    pub(crate) fn name_to(&self, command: &mut Command) {
        command.env("CHROME", &self.chrome).env("CHROMEDRIVER", &self.driver);
    }

    /// Writes what the runner of wasm-bindgen-test must ask the driver for.
    pub(crate) fn write_capabilities(&self, file: &std::path::Path) -> Result<()> {
        let options = json!({ "binary": self.chrome, "args": FLAGS });
        let capabilities = json!({ "goog:chromeOptions": options });
        files::write(file, &capabilities.to_string())
    }
}

//! What cargo runs for a test that is compiled to wasm: the runner of wasm-bindgen, pinned by `Cargo.lock`.
//!
//! It runs in the folder that `ROLEGATE_TEST_HOST` names, since the runner serves from there what a page
//! imports and it has not made itself: the package's `host.js`.

use std::ffi::OsString;
use std::path::PathBuf;

use anyhow::{Context, Result};

fn main() -> Result<()> {
    let mut arguments: Vec<OsString> = std::env::args_os().collect();
    let host = std::env::var_os("ROLEGATE_TEST_HOST").context("ROLEGATE_TEST_HOST is not set")?;
    if let Some(module) = arguments.get_mut(1) {
        *module = PathBuf::from(&module).canonicalize()?.into_os_string();
    }
    std::env::set_current_dir(&host)?;
    wasm_bindgen_cli::wasm_bindgen_test_runner::run_cli_with_args(arguments)
}

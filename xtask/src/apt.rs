//! Installing packages of Debian, where that can be done without asking anyone.

use std::process::Command;

use anyhow::{Context, Result};

use crate::process;

/// How to become root, if this user can: nothing to add for root, `sudo` where it needs no password.
fn as_root() -> Option<&'static [&'static str]> {
    let user = process::output(Command::new("id").arg("-u")).ok()?;
    if user == "0" {
        return Some(&[]);
    }
    let quiet_sudo = process::succeeds(Command::new("sudo").args(["-n", "true"]));
    quiet_sudo.then_some(&["sudo", "-n"])
}

/// Whether [`install`] may be tried here.
pub(crate) fn is_usable() -> bool {
    process::find("apt-get", &process::path_variable()).is_some() && as_root().is_some()
}

/// Installs `packages` with what they need and nothing more.
pub(crate) fn install(packages: &[&str]) -> Result<()> {
    let prefix = as_root().context("only root can install Debian packages")?;
    apt_get(prefix, &["update"])?;
    let install = ["install", "-y", "--no-install-recommends"];
    apt_get(prefix, &[&install, packages].concat())
}

fn apt_get(prefix: &[&str], arguments: &[&str]) -> Result<()> {
    let quiet = ["apt-get", "-qq", "-o=Dpkg::Use-Pty=0"];
    let mut command = Command::new("env");
    command.arg("DEBIAN_FRONTEND=noninteractive").args(prefix).args(quiet).args(arguments);
    process::run(&mut command)
}

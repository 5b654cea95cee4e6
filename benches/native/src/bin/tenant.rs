//! Writes the snapshot of a large tenant: `tenant USERS FILE`.

use std::process::ExitCode;
use std::{env, fs};

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [users, file] = arguments.as_slice() else {
        return usage("two arguments are wanted");
    };
    let Ok(users) = users.parse() else {
        return usage("USERS is a number");
    };
    match fs::write(file, rolegate_bench::tenant(users)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => usage(&format!("cannot write {file}: {error}")),
    }
}

fn usage(problem: &str) -> ExitCode {
    eprintln!("{problem}\nusage: tenant USERS FILE");
    ExitCode::FAILURE
}

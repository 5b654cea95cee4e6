//! One operation of the engine, so many times: `hot load|valid-until|can|who-can|narrow TIMES`. Two runs that
//! differ in TIMES, under a tool that counts instructions, tell what one operation takes.

use std::env;
use std::hint::black_box;
use std::process::ExitCode;

use rolegate::{Json, On, Snapshot, SnapshotError};
use rolegate_bench::{NOW, PERMISSION, tenant, user};

const USERS: usize = 1_000;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let (operation, times) = match arguments.as_slice() {
        [operation, times] => (operation.as_str(), times.parse().ok()),
        _ => ("", None),
    };
    match times.map(|times| repeat(operation, times)) {
        Some(Ok(true)) => ExitCode::SUCCESS,
        Some(Err(error)) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
        _ => {
            eprintln!("usage: hot load|valid-until|can|who-can|narrow TIMES");
            ExitCode::FAILURE
        }
    }
}

/// Whether there is such an operation.
fn repeat(operation: &str, times: usize) -> Result<bool, SnapshotError> {
    let text = tenant(USERS);
    let snapshot = Snapshot::from_json(text.as_bytes())?;
    let name = user(USERS / 2);
    let subject = snapshot.subject(&name).at(NOW);
    let Some(record) = Json::parse(br#"{ "owner": "someone", "team": "t77" }"#) else {
        return Ok(false);
    };
    for _ in 0..times {
        match operation {
            "load" => drop(black_box(Snapshot::from_json(text.as_bytes())?)),
            "valid-until" => _ = black_box(subject.valid_until()),
            "can" => _ = black_box(subject.can(black_box(PERMISSION), On::Record(&record))),
            "who-can" => drop(black_box(subject.who_can(black_box(PERMISSION), On::Record(&record)))),
            "narrow" => drop(black_box(snapshot.narrow(&name))),
            _ => return Ok(false),
        }
    }
    Ok(true)
}

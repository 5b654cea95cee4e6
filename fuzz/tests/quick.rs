//! What of the fuzzing ends within seconds: the corpus, and some thousand changes of it, which are the same
//! each time.
#![expect(clippy::panic, clippy::unwrap_used, reason = "a test fails by a panic")]

use rolegate_fuzz::TARGETS;
use rolegate_fuzz::run::{Until, corpus, run, words};

const SEED: u64 = 2026;

/// Tries a target with so many inputs, and checks that they were of different kinds.
fn try_out(name: &str, inputs: u64, kinds: usize) {
    let target = TARGETS.into_iter().find(|target| target.name == name).unwrap();
    let done = run(target, corpus(target).unwrap(), &words().unwrap(), SEED, Until::Inputs(inputs))
        .unwrap_or_else(|failure| {
            panic!("seed {SEED}: {}\n{:?}", failure.message, String::from_utf8_lossy(&failure.input))
        });
    println!("{name}: seed {SEED}, {done:?}");
    assert!(done.seen >= kinds, "{done:?}");
}

#[test]
fn load() {
    try_out("load", 700, 100);
}

#[test]
fn conditions() {
    try_out("conditions", 500, 60);
}

#[test]
fn times() {
    try_out("times", 2_000, 100);
}

#[test]
fn addresses() {
    try_out("addresses", 2_000, 100);
}

#[test]
fn questions() {
    try_out("questions", 80, 40);
}

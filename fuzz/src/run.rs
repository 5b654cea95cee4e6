//! The runner that any compiler builds: changes what is in the corpus, and keeps what let a target see
//! something new.

use std::collections::HashSet;
use std::io;
use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use std::{fs, thread};

use crate::Target;
use crate::mutate::{Dice, mutated};

/// How many inputs are kept at once.
const KEPT: usize = 4096;

/// An input of at most 16 KiB that takes longer is a failure, however busy the machine.
const TOO_LONG: Duration = Duration::from_secs(20);

/// What a run came to.
#[derive(Clone, Copy, Debug)]
pub struct Done {
    /// How many inputs were tried.
    pub inputs: u64,
    /// How many different things were seen.
    pub seen: usize,
}

/// What was wrong with an input.
#[derive(Clone, Debug)]
pub struct Failure {
    /// The input, as small as it became.
    pub input: Vec<u8>,
    /// What the target said.
    pub message: String,
}

/// When a run ends.
#[derive(Clone, Copy, Debug)]
pub enum Until {
    /// After so many inputs.
    Inputs(u64),
    /// After so much time.
    Time(Duration),
}

/// The folder of this crate.
fn folder() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// What lies in the corpus of a target.
///
/// # Errors
/// If it cannot be read.
pub fn corpus(target: Target) -> io::Result<Vec<Vec<u8>>> {
    let mut files: Vec<PathBuf> = Vec::new();
    for entry in fs::read_dir(folder().join("corpus").join(target.name))? {
        files.push(entry?.path());
    }
    files.sort();
    files.iter().map(fs::read).collect()
}

/// The words of the dictionary, which libFuzzer reads, too: one in quotes on each line.
///
/// # Errors
/// If it cannot be read.
pub fn words() -> io::Result<Vec<Vec<u8>>> {
    let text = fs::read_to_string(folder().join("dictionary.txt"))?;
    let word = |line: &str| {
        line.strip_prefix('"')?
            .strip_suffix('"')
            .map(|word| word.replace("\\\"", "\"").replace("\\\\", "\\").into_bytes())
    };
    Ok(text.lines().filter_map(word).collect())
}

/// Tries the corpus as it is, then changes of it.
///
/// # Errors
/// The first input with which something is wrong.
pub fn run(
    target: Target,
    corpus: Vec<Vec<u8>>,
    words: &[Vec<u8>],
    seed: u64,
    until: Until,
) -> Result<Done, Failure> {
    let started = Instant::now();
    let mut dice = Dice::new(seed);
    let mut known = HashSet::new();
    let mut done = Done { inputs: 0, seen: 0 };
    for input in &corpus {
        known.insert(attempt(target, input)?);
        done.inputs += 1;
    }
    let mut kept = corpus;
    let goes_on = |inputs: u64| match until {
        Until::Inputs(most) => inputs < most,
        Until::Time(most) => started.elapsed() < most,
    };
    while goes_on(done.inputs) {
        let input = mutated(&mut dice, &kept, words);
        done.inputs += 1;
        if known.insert(attempt(target, &input)?) {
            if kept.len() < KEPT {
                kept.push(input);
            } else {
                let at = dice.roll(kept.len());
                kept[at] = input;
            }
        }
    }
    done.seen = known.len();
    Ok(done)
}

/// Tries an input; one that fails is made smaller as long as it still fails.
fn attempt(target: Target, input: &[u8]) -> Result<u64, Failure> {
    match outcome(target, input) {
        Ok(seen) => Ok(seen),
        Err(message) => Err(smaller(target, Failure { input: input.to_vec(), message })),
    }
}

fn outcome(target: Target, input: &[u8]) -> Result<u64, String> {
    let started = Instant::now();
    at(Some(input));
    let found = panic::catch_unwind(AssertUnwindSafe(|| (target.check)(input)));
    at(None);
    let took = started.elapsed();
    match found {
        Ok(_) if took > TOO_LONG => Err(format!("it took {took:?}")),
        Ok(seen) => Ok(seen),
        Err(panic) => {
            let text = panic.downcast_ref::<String>().map(String::as_str);
            Err(text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("a panic").to_owned())
        }
    }
}

fn smaller(target: Target, mut failure: Failure) -> Failure {
    let mut length = failure.input.len() / 2;
    while length > 0 {
        let mut at = 0;
        while at < failure.input.len() {
            let mut input = failure.input.clone();
            input.drain(at..(at + length).min(input.len()));
            match outcome(target, &input) {
                Err(message) if !message.starts_with("it took") => failure = Failure { input, message },
                _ => at += length,
            }
        }
        length /= 2;
    }
    failure
}

/// What a target is at, and since when.
static CURRENT: Mutex<Option<(Instant, Vec<u8>)>> = Mutex::new(None);

/// Gives `report` the input at which a target still is after a minute.
pub fn watch(report: fn(&[u8])) {
    thread::spawn(move || {
        loop {
            thread::sleep(Duration::from_secs(1));
            let current = CURRENT.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some((_, input)) = current.as_ref().filter(|(begun, _)| begun.elapsed() > 3 * TOO_LONG) {
                report(input);
            }
        }
    });
}

fn at(input: Option<&[u8]>) {
    let current = input.map(|input| (Instant::now(), input.to_vec()));
    *CURRENT.lock().unwrap_or_else(PoisonError::into_inner) = current;
}

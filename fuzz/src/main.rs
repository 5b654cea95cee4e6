//! `rolegate-fuzz [MINUTES] [SEED] [TARGET]...`: the targets one after another, in the time that is given for
//! all together.
#![expect(clippy::print_stdout, reason = "that is what it is for")]

use std::path::PathBuf;
use std::process::{self, ExitCode};
use std::time::{Duration, SystemTime};
use std::{fs, panic};

use rolegate_fuzz::run::{Failure, Until, corpus, run, watch, words};
use rolegate_fuzz::{TARGETS, Target};

const USAGE: &str = "usage: rolegate-fuzz [MINUTES] [SEED] [TARGET]...";

fn main() -> ExitCode {
    let (numbers, names): (Vec<String>, Vec<String>) =
        std::env::args().skip(1).partition(|argument| argument.parse::<f64>().is_ok());
    let targets: Vec<Target> = TARGETS
        .into_iter()
        .filter(|target| names.is_empty() || names.iter().any(|name| name == target.name))
        .collect();
    let minutes = numbers.first().map_or(Some(1.0), |text| text.parse().ok());
    let seed = numbers.get(1).map_or_else(|| Some(of_the_clock()), |text| text.parse().ok());
    let (Some(minutes), Some(seed), true) =
        (minutes, seed, targets.len() == names.len().max(1) || names.is_empty())
    else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    // What a target says is told with its input.
    panic::set_hook(Box::new(|_| {}));
    watch(|input| {
        println!("it takes more than a minute: {}", keep("hang", input));
        process::exit(1);
    });
    let each = Duration::from_secs_f64(minutes * 60.0 / f64::from(u32::try_from(targets.len()).unwrap_or(1)));
    let mut failed = 0;
    for target in targets {
        if !fuzz(target, seed, each) {
            failed += 1;
        }
    }
    ExitCode::from(failed)
}

fn of_the_clock() -> u64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |time| time.as_secs())
}

/// Runs a target and tells what came of it; gives whether nothing was wrong.
fn fuzz(target: Target, seed: u64, time: Duration) -> bool {
    let (corpus, words) = match (corpus(target), words()) {
        (Ok(corpus), Ok(words)) => (corpus, words),
        (Err(error), _) | (_, Err(error)) => {
            println!("{}: the corpus cannot be read: {error}", target.name);
            return false;
        }
    };
    match run(target, corpus, &words, seed, Until::Time(time)) {
        Ok(done) => {
            println!("{}: seed {seed}, {} inputs, {} things seen", target.name, done.inputs, done.seen);
        }
        Err(Failure { input, message }) => {
            let text = String::from_utf8_lossy(&input);
            println!(
                "{}: seed {seed}, FAILED: {message}\n  input, kept in {}: {text:?}",
                target.name,
                keep(target.name, &input)
            );
            return false;
        }
    }
    true
}

/// Writes an input to a file, and names that.
fn keep(name: &str, input: &[u8]) -> String {
    let folder: PathBuf = [env!("CARGO_MANIFEST_DIR"), "artifacts", name].iter().collect();
    let file = folder.join(format!("{}.input", of_the_clock()));
    match fs::create_dir_all(&folder).and_then(|()| fs::write(&file, input)) {
        Ok(()) => file.display().to_string(),
        Err(error) => format!("no file, since {error}"),
    }
}

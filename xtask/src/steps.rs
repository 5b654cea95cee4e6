//! Named, timed steps and the table of them at the end.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};

/// The steps of one run, in order.
#[derive(Debug)]
pub(crate) struct Steps {
    done: Vec<Done>,
    started: Instant,
}

#[derive(Debug)]
struct Done {
    name: &'static str,
    time: Duration,
    passed: bool,
}

impl Steps {
    pub(crate) fn new() -> Self {
        Self { done: Vec::new(), started: Instant::now() }
    }

    /// Runs `action` under `name`: prints the name before it and its time after it, and names the step in its
    /// error.
    pub(crate) fn step<T>(&mut self, name: &'static str, action: impl FnOnce() -> Result<T>) -> Result<T> {
        println!("\n== {name}");
        let started = Instant::now();
        let result = action();
        let time = started.elapsed();
        println!("-- {name}: {}", seconds(time));
        self.done.push(Done { name, time, passed: result.is_ok() });
        result.with_context(|| format!("step `{name}`"))
    }

    /// The closing table; nothing if no step ran.
    pub(crate) fn print_summary(&self) {
        if self.done.is_empty() {
            return;
        }
        println!("\n== summary");
        for step in &self.done {
            let mark = if step.passed { "ok  " } else { "FAIL" };
            println!("{mark} {:>8}  {}", seconds(step.time), step.name);
        }
        let passed = self.done.iter().filter(|step| step.passed).count();
        let failed = self.done.len() - passed;
        println!("     {:>8}  in all", seconds(self.started.elapsed()));
        println!("steps: {passed} passed, {failed} failed");
    }
}

fn seconds(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}

//! Laws of `valid_until` on random snapshots: until then no answer changes by time alone; and mostly
//! something does change then.
//!
//! `ROLEGATE_SEEDS=from..to` asks other seeds than the usual ones.

#![expect(clippy::cast_precision_loss, reason = "times and counts are far below 2^53")]

use rolegate::{Json, On, Snapshot, Subject};
use serde_json::Value;

use crate::asking::{Asking, json};
use crate::laws::seeds;
use crate::reference::generate;

const SEEDS: u64 = 40;
const QUESTIONS: usize = 6;
const QUARTER: f64 = 900_000.0;
/// A week and a day.
const QUARTERS: usize = 8 * 96;

/// Every answer that there is, as far as records are tried.
fn answers(subject: &Subject<'_>, snapshot: &Snapshot, records: &[Json]) -> Vec<bool> {
    let mut found = Vec::new();
    for permission in snapshot.permissions() {
        found.push(subject.can(permission, On::Anything));
        found.push(subject.can(permission, On::Unknown));
        found.extend(records.iter().map(|record| subject.can(permission, On::Record(record))));
    }
    found
}

/// Until when each of them stays as it is. What the record's own times do is no matter of `valid_until`.
fn untils(subject: &Subject<'_>, snapshot: &Snapshot, records: &[Json]) -> Vec<f64> {
    let all = subject.valid_until();
    let mut found = Vec::new();
    for permission in snapshot.permissions() {
        found.extend([all, all]);
        found.extend(records.iter().map(|record| subject.until(permission, On::Record(record)).min(all)));
    }
    found
}

/// Every time in a snapshot, and those beside it.
fn times(tree: &Value, found: &mut Vec<f64>) {
    match tree {
        Value::Object(members) => members.values().for_each(|value| times(value, found)),
        Value::Array(items) => items.iter().for_each(|value| times(value, found)),
        Value::String(text) => {
            if let Some(time) = crate::reference::time::milliseconds(text) {
                let time = time as f64;
                found.extend([time - 1.0, time, time + 1.0, time - 86_400_000.0]);
            }
        }
        _ => {}
    }
}

#[test]
fn a_clock_before_all_times_is_early() {
    let tree = generate::snapshot(1);
    let snapshot = Snapshot::from_json(tree.to_string().as_bytes()).unwrap();
    let until = |now: f64| snapshot.subject("nobody").at(now).valid_until();
    assert!(until(f64::NEG_INFINITY) < f64::INFINITY);
    assert_eq!(until(f64::NEG_INFINITY).to_bits(), until(-1.0).to_bits());
    assert!(until(f64::NAN).is_infinite() && until(f64::INFINITY).is_infinite());
}

#[test]
fn no_answer_changes_before_it_may() {
    let seeds = seeds(SEEDS);
    let (mut count, mut ends, mut real) = (0, 0, 0);
    for seed in seeds.clone() {
        let tree = generate::snapshot(seed);
        let snapshot = Snapshot::from_json(tree.to_string().as_bytes()).unwrap();
        let mut boundaries = Vec::new();
        times(&tree, &mut boundaries);
        for question in generate::questions(&tree, seed ^ 0xfade, QUESTIONS) {
            let asking = Asking::new(&question);
            let at = |now: f64| asking.subject(&snapshot).at(now);
            let record = |n| json(&generate::record(&tree, &question.user, seed * 7 + n)).unwrap();
            let records: Vec<Json> = (0..3).map(record).collect();
            let now = question.now;
            let until = at(now).valid_until();
            let quarters = (1..QUARTERS).map(|n| (now / QUARTER).floor() * QUARTER + n as f64 * QUARTER);
            let first = answers(&at(now), &snapshot, &records);
            let kept = untils(&at(now), &snapshot, &records);
            for time in boundaries.iter().copied().chain(quarters) {
                if time > now && time < until {
                    count += 1;
                    let then = answers(&at(time), &snapshot, &records);
                    let is_kept = |entry: usize| time >= kept[entry] || then[entry] == first[entry];
                    assert!(
                        (0..first.len()).all(is_kept),
                        "seed {seed}: from {now} to {time}, valid until {until}: {question:?}\n{tree}"
                    );
                }
            }
            let expires = tree["expiresAt"].as_str().and_then(crate::reference::time::milliseconds);
            if until.is_finite() && now >= 0.0 && expires.is_none_or(|at| until < at as f64) {
                ends += 1;
                real += usize::from(answers(&at(until), &snapshot, &records) != first);
            }
        }
    }
    println!("{count} moments compared; {real} of {ends} ends change an answer");
    assert!(count > 0);
    if seeds.end - seeds.start >= SEEDS {
        assert!(real * 5 > ends, "{real} of {ends}");
    }
}

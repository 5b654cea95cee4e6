//! Times of snapshots and clocks of questions.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::super::time::{milliseconds, time_of};
use super::rng::Rng;
use super::set;

/// 2026-11-18, 11:06:40 UTC, a Wednesday.
pub(super) const BASE: i64 = 1_795_000_000_000;

const DAY: i64 = 86_400_000;

/// Moments at which the clocks of some zone change.
const CLOCK_CHANGES: [i64; 5] =
    [1_791_041_400_000, 1_792_890_000_000, 1_793_512_800_000, 1_805_007_600_000, 1_806_195_600_000];

/// A time in one of the ways it can be written.
pub(super) fn written(rng: &mut Rng, millis: i64) -> String {
    let (suffix, minutes) =
        rng.pick(&[("Z", 0), ("Z", 0), ("z", 0), ("+00:00", 0), ("+05:30", 330), ("-08:00", -480)]);
    let local = Timestamp::from_millisecond(millis).unwrap_or_default() + SignedDuration::from_mins(minutes);
    let digits = match (millis.rem_euclid(1000), rng.below(3)) {
        (0, 0) => "",
        (_, 1) => ".%3f9",
        _ => ".%3f",
    };
    let separator = if rng.chance(10) { 't' } else { 'T' };
    format!("{}{suffix}", local.strftime(&format!("%Y-%m-%d{separator}%H:%M:%S{digits}")))
}

/// A moment some seconds around the base, so that windows and clocks meet.
pub(super) fn near_base(rng: &mut Rng) -> i64 {
    let seconds = rng.pick(&[-4, -3, -2, -1, 0, 1, 2, 3, 4]);
    BASE + seconds * 1000 + rng.pick(&[0, 0, 0, 1, 500, 999])
}

/// Sometimes `issuedAt` and `expiresAt`, close enough to matter.
pub(super) fn add_issue_and_expiry(rng: &mut Rng, snapshot: &mut Value) {
    if rng.chance(12) {
        let issued = near_base(rng) + rng.pick(&[-30 * DAY, -DAY, 0, DAY, DAY]);
        let issued = written(rng, issued);
        set(snapshot, "issuedAt", issued);
    }
    if rng.chance(8) {
        let expires = near_base(rng) + rng.pick(&[0, 0, 2000, DAY, 400 * DAY]);
        let expires = written(rng, expires);
        set(snapshot, "expiresAt", expires);
    }
}

/// A `from`, an `until` or both; a window that is never empty.
pub(super) fn add_window(rng: &mut Rng, assignment: &mut Value) {
    let from = near_base(rng) - rng.pick(&[0, 0, 2000, 5000, DAY]);
    let until = from + rng.pick(&[1, 1000, 3000, 8000, 60 * DAY]);
    let ends = rng.below(3);
    if ends != 0 {
        let from = written(rng, from);
        set(assignment, "from", from);
    }
    if ends != 1 {
        let until = written(rng, until);
        set(assignment, "until", until);
    }
}

/// A clock: mostly near the base, often beside a boundary, rarely one that tells no time.
pub(super) fn clock(rng: &mut Rng, snapshot: &Value) -> f64 {
    match rng.below(100) {
        0 => rng.pick(&[f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -1.0, -0.5]),
        1 => rng.pick(&[0.0, 1.0, -0.0, 1.0e18]),
        2..=39 => near_boundary(rng, snapshot),
        40..=55 => as_clock(near_quarter(rng)),
        56..=60 => {
            as_clock(rng.pick(&CLOCK_CHANGES) + rng.pick(&[-3_600_000, -1, 0, 1, 3_599_999, 3_600_000]))
        }
        61..=62 => as_clock(near_base(rng)) + 0.5,
        _ => as_clock(near_base(rng)),
    }
}

/// A millisecond beside a time that the snapshot names, or that time.
fn near_boundary(rng: &mut Rng, snapshot: &Value) -> f64 {
    let mut boundaries = vec![BASE];
    collect_times(snapshot, &mut boundaries);
    as_clock(rng.pick(&boundaries) + rng.pick(&[-1, 0, 0, 1]))
}

fn collect_times(value: &Value, found: &mut Vec<i64>) {
    for (key, member) in value.as_object().into_iter().flatten() {
        let millis = member.as_str().filter(|_| key != "at").and_then(milliseconds);
        match (key.as_str(), millis) {
            ("from" | "until" | "expiresAt", Some(millis)) => found.push(millis),
            ("issuedAt", Some(millis)) => found.extend([millis, millis - DAY]),
            // Times that are compared with `now`, and with what is some seconds from it.
            ("at", _) => found.extend(
                whole_time(member).into_iter().flat_map(|at| [at, at + 1, at + 1001, at + 3001, at - 1999]),
            ),
            _ => collect_times(member, found),
        }
    }
    for element in value.as_array().into_iter().flatten() {
        collect_times(element, found);
    }
}

#[expect(clippy::cast_possible_truncation, reason = "out of range saturates, and is left out")]
fn whole_time(value: &Value) -> Option<i64> {
    time_of(value).map(|time| time as i64).filter(|time| (0..4 * BASE).contains(time))
}

/// The beginning of a quarter of an hour within eight days, or the millisecond before it.
fn near_quarter(rng: &mut Rng) -> i64 {
    let quarters = i64::try_from(rng.below(8 * 96)).unwrap_or_default();
    BASE - BASE.rem_euclid(900_000) + quarters * 900_000 - rng.pick(&[0, 0, 1])
}

#[expect(clippy::cast_precision_loss, reason = "moments of this century")]
pub(super) fn as_clock(millis: i64) -> f64 {
    millis as f64
}

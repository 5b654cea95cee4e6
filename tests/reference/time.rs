//! Times, the clock, windows (docs/format.md#time) and schedules (docs/format.md#hours).

use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use serde_json::Value;

use super::coverage::hit;
use super::snapshot::{Assignment, list, strings, text};
use super::{Step, conditions::Truth};

const DAY: i64 = 24 * 60 * 60 * 1000;

/// An RFC 3339 time as milliseconds since the epoch; further digits are dropped (docs/format.md#time).
pub fn milliseconds(time: &str) -> Option<i64> {
    let (date, clock) = (time.get(..10)?, time.get(11..19)?);
    let rest = time.get(19..)?;
    let (fraction, offset) = match rest.strip_prefix('.') {
        Some(digits) => digits.split_at_checked(digits.find(|c: char| !c.is_ascii_digit())?)?,
        None => ("", rest),
    };
    let seconds = utc_seconds(date, clock)?;
    let millis: i64 = format!("{fraction:0<3}").get(..3)?.parse().ok()?;
    Some(seconds * 1000 + millis - offset_minutes(offset)? * 60_000)
}

/// What counts as a time, without fractions of a millisecond (docs/format.md#times). A date alone does not.
pub fn time_of(value: &Value) -> Option<f64> {
    if let Some(text) = value.as_str() {
        let time = milliseconds(Some(text).filter(|text| is_written_as_time(text))?).map(as_clock);
        hit(if time.is_some() { "time: text" } else { "time: text that is not a time" });
        return time;
    }
    let time = value.as_f64()?.floor();
    hit("time: number");
    Some(time)
}

/// RFC 3339 with an offset, each part in its place and in its range.
fn is_written_as_time(text: &str) -> bool {
    let Some((moment, rest)) = text.split_at_checked(19) else { return false };
    let shape: String =
        moment.chars().map(|c| if c.is_ascii_digit() { '0' } else { c.to_ascii_uppercase() }).collect();
    let fits =
        |from: usize, most: u32| number::<u32>(moment, from, from + 2).is_some_and(|part| part <= most);
    let offset =
        rest.strip_prefix('.').map_or(rest, |rest| rest.trim_start_matches(|c: char| c.is_ascii_digit()));
    let has_fraction = rest.len() - offset.len() != 1;
    let is_offset = offset.eq_ignore_ascii_case("z")
        || (offset.len() == 6
            && offset.starts_with(['+', '-'])
            && offset.get(3..4) == Some(":")
            && offset.get(1..3).is_some_and(|hours| is_digits(hours) && *hours <= *"23")
            && offset.get(4..6).is_some_and(|minutes| is_digits(minutes) && *minutes <= *"59"));
    shape == "0000-00-00T00:00:00"
        && fits(11, 23)
        && fits(14, 59)
        && fits(17, 59)
        && has_fraction
        && is_offset
}

fn is_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The operand of `$since` and `$before` as a time: `now`, with an offset or without, or a time
/// (docs/format.md#times).
pub fn moment(text: &str, now: f64) -> Option<f64> {
    let Some(offset) = text.strip_prefix("now") else { return milliseconds(text).map(as_clock) };
    hit(if offset.is_empty() { "now" } else { "now with an offset" });
    if offset.is_empty() {
        return Some(now.floor());
    }
    let unit = match offset.chars().last()? {
        's' => 1_000.0,
        'm' => 60_000.0,
        'h' => 3_600_000.0,
        'd' => 86_400_000.0,
        _ => 604_800_000.0,
    };
    let count: f64 = offset.get(..offset.len() - 1)?.parse().ok()?;
    Some(now.floor() + count * unit)
}

/// `2026-11-18` and `11:06:40`, taken as UTC.
fn utc_seconds(date: &str, clock: &str) -> Option<i64> {
    let date = Date::new(number(date, 0, 4)?, number(date, 5, 7)?, number(date, 8, 10)?).ok()?;
    let time = Time::new(number(clock, 0, 2)?, number(clock, 3, 5)?, number(clock, 6, 8)?, 0).ok()?;
    let epoch = DateTime::constant(1970, 1, 1, 0, 0, 0, 0);
    Some(date.to_datetime(time).duration_since(epoch).as_secs())
}

/// The digits between two places.
fn number<T: std::str::FromStr>(text: &str, from: usize, to: usize) -> Option<T> {
    text.get(from..to)?.parse().ok()
}

/// `Z`, or `+02:00` as 120.
fn offset_minutes(offset: &str) -> Option<i64> {
    if offset.eq_ignore_ascii_case("z") {
        return Some(0);
    }
    let minutes = number::<i64>(offset, 1, 3)? * 60 + number::<i64>(offset, 4, 6)?;
    Some(if offset.starts_with('-') { -minutes } else { minutes })
}

/// A time of the snapshot as a number to compare clocks with.
#[expect(clippy::cast_precision_loss, reason = "all times of the format are below 2^53 milliseconds")]
fn as_clock(time: i64) -> f64 {
    time as f64
}

/// A clock that is not a finite, non-negative number, or is more than a day before `issuedAt`
/// (docs/format.md#time).
pub fn clock(snapshot: &Value, now: f64) -> Step {
    if !now.is_finite() || now < 0.0 {
        hit("clock: not a time");
        return Err("clock");
    }
    match text(snapshot, "issuedAt").and_then(milliseconds) {
        Some(issued) if now < as_clock(issued - DAY) => {
            hit("clock: more than a day before issuedAt");
            Err("clock")
        }
        Some(issued) if now < as_clock(issued) => {
            hit("clock: less than a day before issuedAt");
            Ok(())
        }
        _ => Ok(()),
    }
}

/// From `expiresAt` on, everything is denied (docs/format.md#time).
pub fn not_expired(snapshot: &Value, now: f64) -> Step {
    match text(snapshot, "expiresAt").and_then(milliseconds) {
        Some(expires) if now >= as_clock(expires) => {
            hit("expired");
            Err("expired")
        }
        Some(_) => {
            hit("not yet expired");
            Ok(())
        }
        None => Ok(()),
    }
}

/// `from <= now < until`; a missing end is unbounded (docs/format.md#time).
pub fn is_active(assignment: &Assignment<'_>, now: f64) -> bool {
    let begun = assignment.from.is_none_or(|from| as_clock(from) <= now);
    let ended = assignment.until.is_some_and(|until| as_clock(until) <= now);
    match (begun, ended) {
        (false, _) => hit("window: not begun"),
        (_, true) => hit("window: ended"),
        _ if assignment.from.is_some() || assignment.until.is_some() => hit("window: inside"),
        _ => {}
    }
    begun && !ended
}

/// `$during`: whether the local time of `now` is in `[from, to)` on one of the days (docs/format.md#hours).
pub fn during(schedule: &Value, now: f64) -> Truth {
    let Some(local) = local_time(text(schedule, "tz").unwrap_or_default(), now) else {
        hit("$during: unknown zone");
        return Truth::Unknown;
    };
    let (from, to) = (minute(schedule, "from").unwrap_or(0), minute(schedule, "to").unwrap_or(24 * 60));
    let at = i64::from(local.hour()) * 60 + i64::from(local.minute());
    let today = local.date().weekday();
    let holds = if from < to {
        hit("$during: within a day");
        from <= at && at < to && on_day(schedule, today)
    } else {
        hit("$during: over midnight");
        (from <= at && on_day(schedule, today)) || (at < to && on_day(schedule, today.previous()))
    };
    hit(if holds { "$during: true" } else { "$during: false" });
    Truth::of(holds)
}

/// What clocks in a zone show at a moment; nothing if the zone is unknown or the moment has no date.
fn local_time(zone: &str, now: f64) -> Option<DateTime> {
    let zone = TimeZone::get(zone).ok()?;
    #[expect(clippy::cast_possible_truncation, reason = "out of range saturates, and that has no date")]
    let moment = Timestamp::from_millisecond(now.floor() as i64).ok()?;
    Some(Zoned::new(moment, zone).datetime())
}

/// `"09:30"` as the minute of the day.
fn minute(schedule: &Value, key: &str) -> Option<i64> {
    let (hours, minutes) = text(schedule, key)?.split_once(':')?;
    Some(hours.parse::<i64>().ok()? * 60 + minutes.parse::<i64>().ok()?)
}

/// Without `days` it is every day (docs/format.md#hours).
fn on_day(schedule: &Value, day: Weekday) -> bool {
    list(schedule, "days").is_empty() || strings(schedule, "days").contains(&day_name(day))
}

fn day_name(day: Weekday) -> &'static str {
    match day {
        Weekday::Monday => "mon",
        Weekday::Tuesday => "tue",
        Weekday::Wednesday => "wed",
        Weekday::Thursday => "thu",
        Weekday::Friday => "fri",
        Weekday::Saturday => "sat",
        Weekday::Sunday => "sun",
    }
}

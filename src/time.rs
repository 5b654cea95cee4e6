//! RFC 3339 times and windows of time, in milliseconds since the epoch.
//!
//! Twin of pkg-template/src/condition/times.ts; tests/package/own.mjs and tests/own.rs hold them equal.

#[cfg(feature = "engine")]
use crate::json::number::MAX_SAFE;

/// Milliseconds of a day.
pub(crate) const DAY: f64 = 86_400_000.0;

/// A span of time: `from <= now < until`.
#[cfg(feature = "engine")]
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Window {
    pub(crate) from: f64,
    pub(crate) until: f64,
}

#[cfg(feature = "engine")]
impl Window {
    /// The window without ends.
    pub(crate) const ALWAYS: Self = Self { from: f64::NEG_INFINITY, until: f64::INFINITY };

    pub(crate) fn contains(self, now: f64) -> bool {
        self.from <= now && now < self.until
    }

    /// Until when `contains` gives the answer that it gives at `now`.
    pub(crate) fn steady_until(self, now: f64) -> f64 {
        if now < self.from {
            self.from
        } else if now < self.until {
            self.until
        } else {
            f64::INFINITY
        }
    }
}

/// Text that is read from its first byte on. What is wrong is noted, and asked for once at the end.
struct Reading<'a> {
    rest: &'a [u8],
    is_right: bool,
}

impl<'a> Reading<'a> {
    fn new(rest: &'a [u8]) -> Self {
        Self { rest, is_right: true }
    }

    /// The next byte; 0 at the end.
    fn peek(&self) -> u8 {
        self.rest.first().copied().unwrap_or_default()
    }

    #[inline(never)]
    fn next(&mut self) -> u8 {
        let byte = self.peek();
        self.rest = self.rest.get(1..).unwrap_or_default();
        byte
    }

    /// So many digits, which are a number up to `max`.
    #[inline(never)]
    fn number(&mut self, len: usize, max: u32) -> u32 {
        let mut value = 0;
        for _ in 0..len {
            let digit = u32::from(self.next().wrapping_sub(b'0'));
            self.is_right &= digit <= 9;
            value = value * 10 + digit;
        }
        self.is_right &= value <= max;
        value
    }

    /// A number as [`Self::number`] has it, behind a mark.
    #[inline(never)]
    fn behind(&mut self, mark: u8, max: u32) -> u32 {
        self.is_right &= self.next() == mark;
        self.number(2, max)
    }

    /// Whether all was right and nothing is left.
    fn ends(&self) -> bool {
        self.is_right && self.rest.is_empty()
    }
}

/// Reads an RFC 3339 time with offset.
#[inline(never)]
pub(crate) fn parse(bytes: &[u8]) -> Option<f64> {
    let mut text = Reading::new(bytes);
    let year = text.number(4, 9999);
    let month = text.behind(b'-', 12);
    let day = text.behind(b'-', 31);
    text.is_right &= text.next() | 0x20 == b't';
    let hour = text.number(2, 23);
    let minute = text.behind(b':', 59);
    let second = text.behind(b':', 59);
    let (mut fraction, mut weight) = (0, 100);
    if text.peek() == b'.' {
        text.next();
        // One digit at least.
        while weight == 100 || text.peek().is_ascii_digit() {
            fraction += text.number(1, 9) * weight;
            weight /= 10;
        }
    }
    let sign = text.next();
    let mut offset = 0.0;
    if sign | 0x20 != b'z' {
        offset = f64::from(text.number(2, 23) * 60 + text.behind(b':', 59));
        text.is_right &= matches!(sign, b'+' | b'-');
    }
    if sign == b'-' {
        offset = -offset;
    }
    if !text.ends() || month == 0 || day == 0 || day > days_in_month(year, month) {
        return None;
    }
    let days = f64::from(days_from_epoch(year, month, day));
    let seconds = f64::from(hour * 3600 + minute * 60 + second);
    Some(days * DAY + seconds * 1000.0 + f64::from(fraction) - offset * 60_000.0)
}

/// Reads `now`, and what may stand behind it: an offset like `-15m`. Gives the offset in milliseconds.
pub(crate) fn from_now(text: &[u8]) -> Option<f64> {
    let offset = text.strip_prefix(b"now")?;
    let [sign @ (b'+' | b'-'), digits @ .., unit] = offset else {
        return offset.is_empty().then_some(0.0);
    };
    let seconds = match unit {
        b's' => 1.0,
        b'm' => 60.0,
        b'h' => 3_600.0,
        b'd' => 86_400.0,
        b'w' => 604_800.0,
        _ => return None,
    };
    let mut count = Reading::new(digits);
    if !matches!(digits, [b'1'..=b'9', ..]) || digits.len() > 7 {
        return None;
    }
    let mut offset = f64::from(count.number(digits.len(), u32::MAX)) * seconds * 1000.0;
    if *sign == b'-' {
        offset = -offset;
    }
    count.is_right.then_some(offset)
}

/// A time without fractions of a millisecond.
#[cfg(feature = "engine")]
#[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "below 2^53, exact")]
pub(crate) fn floor(time: f64) -> f64 {
    if time.abs() >= MAX_SAFE {
        return time;
    }
    let whole = time as i64 as f64;
    if whole > time { whole - 1.0 } else { whole }
}

fn days_in_month(year: u32, month: u32) -> u32 {
    match month {
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from 1970-01-01, by counting from a March so that leap days come last.
#[expect(clippy::cast_possible_wrap, reason = "a year has four digits")]
fn days_from_epoch(year: u32, month: u32, day: u32) -> i32 {
    let shifted = year + 400 - u32::from(month <= 2);
    let month_from_march = (month + 9) % 12;
    let day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
    let days = shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400 + day_of_year;
    days as i32 - 719_468 - 146_097
}

/// Reads `"HH:MM"`, up to `"24:00"`, as minutes.
#[expect(clippy::cast_possible_truncation, reason = "at most 1440")]
pub(crate) fn minutes(text: &[u8]) -> Option<u16> {
    let mut text = Reading::new(text);
    let total = text.number(2, 24) * 60 + text.behind(b':', 59);
    (text.ends() && total <= 1440).then_some(total as u16)
}

#[cfg(test)]
mod tests {
    use super::{floor, from_now, minutes, parse};

    #[test]
    fn offsets_of_now_are_strict() {
        for (text, expected) in [
            ("now", 0.0),
            ("now-15m", -900_000.0),
            ("now+1s", 1_000.0),
            ("now-9999999w", -6_047_999_395_200_000.0),
            ("now+24h", 86_400_000.0),
            ("now+1d", 86_400_000.0),
        ] {
            assert_eq!(from_now(text.as_bytes()), Some(expected), "{text}");
        }
        for text in [
            "",
            "no",
            "NOW",
            "now ",
            "now-",
            "now-m",
            "now-5",
            "now-05m",
            "now-0s",
            "now*5m",
            "now-5M",
            "now-5ms",
            "now-10000000s",
            "now--5s",
            "now-5.5h",
            "now-1h30m",
            "now5m",
            "now-99999999999m",
        ] {
            assert_eq!(from_now(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn fractions_of_times_are_dropped() {
        for (time, whole) in [(0.9, 0.0), (-0.5, -1.0), (-3.0, -3.0), (1e300, 1e300), (5.0, 5.0)] {
            assert_eq!(floor(time).to_bits(), f64::to_bits(whole), "{time}");
        }
    }

    #[test]
    fn times_of_day_are_strict() {
        assert_eq!(
            (minutes(b"00:00"), minutes(b"24:00"), minutes(b"23:59")),
            (Some(0), Some(1440), Some(1439))
        );
        for bad in ["24:01", "9:00", "09:60", "09.00", ""] {
            assert_eq!(minutes(bad.as_bytes()), None, "{bad}");
        }
    }

    #[test]
    fn times_are_read() {
        for (text, expected) in [
            ("1970-01-01T00:00:00Z", 0.0),
            ("2026-11-18T11:06:40Z", 1_795_000_000_000.0),
            ("2026-11-18t12:06:40.1239+01:00", 1_795_000_000_123.0),
            ("0000-01-01T00:00:00Z", -62_167_219_200_000.0),
            ("2000-02-29T23:59:59.5-00:00", 951_868_799_500.0),
            ("9999-12-31T23:59:59.999Z", 253_402_300_799_999.0),
        ] {
            assert_eq!(parse(text.as_bytes()), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for text in [
            "",
            "2026-11-18",
            "2026-11-18T11:06:40",
            "2026-11-18 11:06:40Z",
            "2026-02-29T00:00:00Z",
            "2026-13-01T00:00:00Z",
            "2026-11-18T24:00:00Z",
            "2026-11-18T23:59:60Z",
            "2026-11-18T11:06:40.Z",
            "2026-11-18T11:06:40+0100",
            "2026-11-18T11:06:40+24:00",
            "+026-11-18T11:06:40Z",
            "2026-11-18T11:06:40Zx",
            "2026-11-00T00:00:00Z",
        ] {
            assert_eq!(parse(text.as_bytes()), None, "{text}");
        }
    }
}

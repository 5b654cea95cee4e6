//! RFC 3339 times and windows of time, in milliseconds since the epoch.

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

    /// The time that lies in both.
    pub(crate) fn and(self, other: Self) -> Self {
        Self { from: self.from.max(other.from), until: self.until.min(other.until) }
    }

    /// The longest span around `now` in which `contains` gives the same answer.
    pub(crate) fn steady(self, now: f64) -> Self {
        if now < self.from {
            Self { from: f64::NEG_INFINITY, until: self.from }
        } else if now < self.until {
            self
        } else {
            Self { from: self.until, until: f64::INFINITY }
        }
    }
}

/// Reads an RFC 3339 time with offset.
pub(crate) fn parse(bytes: &[u8]) -> Option<f64> {
    let mut rest = bytes;
    let [year, month, day, hour, minute, second] = [
        field(&mut rest, 4, 9999, b"-")?,
        field(&mut rest, 2, 12, b"-")?,
        field(&mut rest, 2, 31, b"Tt")?,
        field(&mut rest, 2, 23, b":")?,
        field(&mut rest, 2, 59, b":")?,
        field(&mut rest, 2, 59, b"")?,
    ];
    if month == 0 || day == 0 || day > days_in_month(year, month) {
        return None;
    }
    let fraction = fraction(&mut rest)?;
    let offset = offset(rest)?;
    let days = f64::from(days_from_epoch(year, month, day));
    let seconds = f64::from(hour * 3600 + minute * 60 + second);
    Some(days * DAY + seconds * 1000.0 + f64::from(fraction) - f64::from(offset) * 60_000.0)
}

/// Takes so many digits, which are a number up to `max`, and one of the marks behind them, if there are any.
#[inline(never)]
fn field(rest: &mut &[u8], len: usize, max: u32, marks: &[u8]) -> Option<u32> {
    let mut value = 0;
    for _ in 0..len {
        value = value * 10 + digit(rest)?;
    }
    if !marks.is_empty() {
        let mark = rest.split_off_first()?;
        marks.contains(mark).then_some(())?;
    }
    (value <= max).then_some(value)
}

/// Takes a digit.
fn digit(rest: &mut &[u8]) -> Option<u32> {
    let digit = u32::from(*rest.first()?).wrapping_sub(u32::from(b'0'));
    if digit > 9 {
        return None;
    }
    rest.split_off_first();
    Some(digit)
}

/// Takes an optional fraction of a second, and gives its milliseconds.
fn fraction(rest: &mut &[u8]) -> Option<u32> {
    if rest.first() != Some(&b'.') {
        return Some(0);
    }
    rest.split_off_first();
    let (mut value, mut weight) = (digit(rest)? * 100, 10);
    while let Some(digit) = digit(rest) {
        value += digit * weight;
        weight /= 10;
    }
    Some(value)
}

/// The minutes of an offset, east positive.
fn offset(mut rest: &[u8]) -> Option<i32> {
    let sign = match rest.split_off_first()? {
        b'Z' | b'z' if rest.is_empty() => return Some(0),
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let minutes = field(&mut rest, 2, 23, b":")? * 60 + field(&mut rest, 2, 59, b"")?;
    rest.is_empty().then_some(sign * i32::try_from(minutes).ok()?)
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
pub(crate) fn minutes(text: &[u8]) -> Option<u16> {
    let [h1, h2, b':', m1, m2] = text else {
        return None;
    };
    let digit = |byte: &u8| byte.is_ascii_digit().then(|| u16::from(byte - b'0'));
    let (hours, minutes) = (digit(h1)? * 10 + digit(h2)?, digit(m1)? * 10 + digit(m2)?);
    let total = hours * 60 + minutes;
    (minutes < 60 && total <= 1440).then_some(total)
}

#[cfg(test)]
mod tests {
    use super::{minutes, parse};

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

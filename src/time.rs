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
    let punctuation = [(4, b'-'), (7, b'-'), (13, b':'), (16, b':')];
    let marks = punctuation.iter().all(|&(at, mark)| bytes.get(at) == Some(&mark));
    if !marks || !matches!(bytes.get(10), Some(b'T' | b't')) {
        return None;
    }
    let field =
        |at: usize, len: usize, max: u32| digits(bytes.get(at..at + len)?).filter(|value| *value <= max);
    let (year, month, day) = (field(0, 4, 9999)?, field(5, 2, 12)?, field(8, 2, 31)?);
    let (hour, minute, second) = (field(11, 2, 23)?, field(14, 2, 59)?, field(17, 2, 59)?);
    if month == 0 || day == 0 || day > days_in_month(year, month) {
        return None;
    }
    let (fraction, rest) = fraction(bytes.get(19..)?)?;
    let offset = offset(rest)?;
    let days = f64::from(days_from_epoch(year, month, day));
    let seconds = f64::from(hour * 3600 + minute * 60 + second);
    Some(days * DAY + seconds * 1000.0 + f64::from(fraction) - f64::from(offset) * 60_000.0)
}

/// The milliseconds of an optional fraction, and what follows it.
fn fraction(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let Some(rest) = bytes.strip_prefix(b".") else {
        return Some((0, bytes));
    };
    let len = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if len == 0 {
        return None;
    }
    let digit =
        |index: usize| rest.get(..len).and_then(|all| all.get(index)).map_or(0, |b| u32::from(b - b'0'));
    Some((digit(0) * 100 + digit(1) * 10 + digit(2), rest.get(len..)?))
}

/// The minutes of an offset, east positive.
fn offset(bytes: &[u8]) -> Option<i32> {
    match bytes {
        b"Z" | b"z" => Some(0),
        [sign @ (b'+' | b'-'), h1, h2, b':', m1, m2] => {
            let hours = digits(&[*h1, *h2]).filter(|hours| *hours <= 23)?;
            let minutes = digits(&[*m1, *m2]).filter(|minutes| *minutes <= 59)?;
            let total = i32::try_from(hours * 60 + minutes).ok()?;
            Some(if *sign == b'-' { -total } else { total })
        }
        _ => None,
    }
}

fn digits(bytes: &[u8]) -> Option<u32> {
    bytes.iter().try_fold(0, |sum, byte| byte.is_ascii_digit().then(|| sum * 10 + u32::from(byte - b'0')))
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

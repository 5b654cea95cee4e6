//! Times as the format writes them.

use alloc::format;
use alloc::string::String;

use crate::time::{self, DAY};

/// A time in milliseconds since the epoch, as RFC 3339; the nearest one that can be written.
pub(super) fn written(now: f64) -> String {
    let now = time::floor(now).clamp(-62_167_219_200_000.0, 253_402_300_799_999.0);
    let days = time::floor(now / DAY);
    #[expect(clippy::cast_possible_truncation, reason = "within the years 0000 to 9999")]
    let (days, rest) = (days as i64, (now - days * DAY) as i64);
    // Days are counted from a March, so that leap days come last.
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let (seconds, millis) = (rest / 1_000, rest % 1_000);
    let (hour, minute, second) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    let fraction = if millis == 0 { String::new() } else { format!(".{millis:03}") };
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{fraction}Z")
}

/// What an assignment says under a key, of times always in the same spelling.
pub(super) fn normal(key: &str, text: String) -> String {
    match time::parse(text.as_bytes()) {
        Some(time) if matches!(key, "from" | "until") => written(time),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::written;
    use crate::time::parse;

    #[test]
    fn times_are_written_as_they_are_read() {
        for text in [
            "1970-01-01T00:00:00Z",
            "2026-11-18T11:06:40Z",
            "2000-02-29T23:59:59.500Z",
            "1900-03-01T00:00:00.001Z",
            "0000-01-01T00:00:00Z",
            "9999-12-31T23:59:59.999Z",
        ] {
            assert_eq!(written(parse(text.as_bytes()).unwrap()), text);
        }
        assert_eq!(
            (written(-1e300), written(1e300)),
            ("0000-01-01T00:00:00Z".into(), "9999-12-31T23:59:59.999Z".into())
        );
    }
}

//! `$during`: hours of the local day, on some days of the week.
//!
//! Twin of pkg-template/src/condition/during.ts; tests/package/own.mjs and tests/own.rs hold them equal.

use crate::host::Zones;
use crate::json::text::Text;
use crate::time::{DAY, floor};

const MINUTE: f64 = 60_000.0;

/// A schedule. `from` and `to` are minutes of the local day; `from > to` spans midnight.
#[derive(Clone, Copy, Debug)]
pub(crate) struct During {
    pub(crate) zone: Text,
    /// Bit 0 is Monday.
    pub(crate) days: u8,
    pub(crate) from: u16,
    pub(crate) to: u16,
}

/// The year 10000: from then on no host is asked, and no schedule is known to hold.
const END: f64 = 253_402_300_800_000.0;

/// More steps than a week has boundaries, so that a schedule that changes does so within them.
const STEPS: usize = 40;

impl During {
    /// Whether the schedule holds at `now`; `None` where the host does not know the zone.
    pub(crate) fn holds(self, zone: &str, now: f64, zones: &dyn Zones) -> Option<bool> {
        if now >= END {
            return None;
        }
        let local = now + zones.offset(zone, now)? * MINUTE;
        let day = floor(local / DAY);
        let minute = (local - day * DAY) / MINUTE;
        let (from, to) = (f64::from(self.from), f64::from(self.to));
        if self.from < self.to {
            return Some(self.has_day(day) && from <= minute && minute < to);
        }
        Some((self.has_day(day) && from <= minute) || (self.has_day(day - 1.0) && minute < to))
    }

    /// Until when the answer stays what it is at `now`.
    pub(crate) fn steady_until(self, zone: &str, now: f64, zones: &dyn Zones) -> f64 {
        let Some(value) = self.holds(zone, now, zones) else { return f64::INFINITY };
        let differs = |at: f64| self.holds(zone, at, zones) != Some(value);
        self.next_change(zone, now, zones, &differs).map_or(f64::INFINITY, |next| next.min(END))
    }

    /// The first moment after `now` at which the answer differs.
    fn next_change(
        self,
        zone: &str,
        now: f64,
        zones: &dyn Zones,
        differs: &dyn Fn(f64) -> bool,
    ) -> Option<f64> {
        let mut at = now;
        for _ in 0..STEPS {
            let offset = zones.offset(zone, at)?;
            let mut next = at + self.until_boundary(at + offset * MINUTE);
            if !same(zones.offset(zone, next)?, offset) {
                next = transition(zone, at, next, zones)?;
            }
            if differs(next) {
                return Some(next);
            }
            at = next;
        }
        None
    }

    /// Milliseconds from a local time to the next local time at which the answer may change.
    fn until_boundary(self, local: f64) -> f64 {
        let time = local - floor(local / DAY) * DAY;
        let ahead = |boundary: f64| {
            if boundary > time { boundary - time } else { boundary + DAY - time }
        };
        self.boundaries().into_iter().map(ahead).fold(DAY, f64::min)
    }

    /// The times of day at which the answer may change, in milliseconds.
    fn boundaries(self) -> [f64; 3] {
        [0.0, f64::from(self.from) * MINUTE, f64::from(self.to % 1440) * MINUTE]
    }

    /// Whether the schedule has the weekday of a day counted from 1970-01-01, a Thursday.
    #[expect(clippy::cast_possible_truncation, reason = "a time has fewer than 2^31 days")]
    fn has_day(self, day: f64) -> bool {
        self.days & (1 << ((day as i64 + 3).rem_euclid(7))) != 0
    }
}

/// The moment between two, with different offsets, at which the offset of the first ends.
fn transition(zone: &str, before: f64, after: f64, zones: &dyn Zones) -> Option<f64> {
    let offset = zones.offset(zone, before)?;
    let (mut low, mut high) = (floor(before), floor(after) + 1.0);
    while high - low > 1.0 {
        let middle = floor(f64::midpoint(low, high));
        if same(zones.offset(zone, middle)?, offset) {
            low = middle;
        } else {
            high = middle;
        }
    }
    Some(high)
}

fn same(a: f64, b: f64) -> bool {
    (a - b).abs() < 1e-9
}

#[cfg(all(test, feature = "std"))]
mod tests {
    use super::*;
    use crate::host::HostZones;

    fn at(text: &str) -> f64 {
        crate::time::parse(text.as_bytes()).unwrap_or(f64::NAN)
    }

    fn until(during: During, now: &str) -> Option<f64> {
        Some(during.steady_until("Europe/Lisbon", at(now), &HostZones)).filter(|until| until.is_finite())
    }

    #[test]
    fn boundaries_are_found_across_days_and_summer_time() {
        let office = During { zone: crate::json::text::Text::EMPTY, days: 0b001_1111, from: 540, to: 1020 };
        // A Wednesday in winter, UTC+0.
        assert_eq!(until(office, "2026-11-18T10:00:00Z"), Some(at("2026-11-18T17:00:00Z")));
        // Friday evening to Monday morning, over the end of summer time (25 October 2026).
        assert_eq!(until(office, "2026-10-24T12:00:00Z"), Some(at("2026-10-26T09:00:00Z")));
        let always = During { days: 0x7f, from: 0, to: 1440, ..office };
        assert_eq!(until(always, "2026-10-24T12:00:00Z"), None);
        // 01:30 comes twice on that night.
        let night = During { days: 0x7f, from: 60, to: 90, ..office };
        assert_eq!(until(night, "2026-10-25T00:15:00Z"), Some(at("2026-10-25T00:30:00Z")));
        assert_eq!(until(night, "2026-10-25T00:45:00Z"), Some(at("2026-10-25T01:00:00Z")));
    }
}

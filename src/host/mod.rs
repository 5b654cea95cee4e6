//! The few things that the crate asks of the place where it runs: reading and writing odd numbers,
//! and time zones.

#[cfg(all(target_arch = "wasm32", feature = "wasm"))]
mod imports;

/// What a time zone name means. The native crate and the JS bindings each have one.
///
/// ```
/// use rolegate::{On, Snapshot, Zones};
///
/// /// For tests: every zone is UTC.
/// struct Utc;
///
/// impl Zones for Utc {
///     fn offset(&self, _zone: &str, _now: f64) -> Option<f64> {
///         Some(0.0)
///     }
/// }
///
/// let snapshot = Snapshot::from_json(br#"{
///   "format": "rolegate/1", "revision": 1,
///   "catalog": { "categories": [{ "id": "c", "permissions": [{ "id": "c.run" }] }] },
///   "roles": [{ "id": "r", "name": "R", "grants": { "c.run": { "when": {
///     "$during": { "tz": "Europe/Lisbon", "from": "09:00", "to": "17:00" } } } } }],
///   "users": [{ "id": "ana", "roles": ["r"] }]
/// }"#)?;
/// let noon = 1_795_003_200_000.0;
/// assert!(snapshot.subject("ana").at(noon).zones(&Utc).can("c.run", On::Anything));
/// # Ok::<(), rolegate::SnapshotError>(())
/// ```
#[cfg(feature = "engine")]
pub trait Zones {
    /// Minutes east of UTC in `zone` at `now` (milliseconds since the epoch); `None` if the host does
    /// not know the zone.
    fn offset(&self, zone: &str, now: f64) -> Option<f64>;
}

/// The time zones of the host.
#[derive(Clone, Copy, Debug, Default)]
#[cfg(feature = "engine")]
pub struct HostZones;

#[cfg(not(all(target_arch = "wasm32", feature = "wasm")))]
mod native {
    #[cfg(feature = "engine")]
    use alloc::string::{String, ToString};

    #[cfg(feature = "engine")]
    use super::{HostZones, Zones};

    #[cfg(feature = "engine")]
    impl Zones for HostZones {
        #[cfg(all(feature = "std", not(target_arch = "wasm32")))]
        fn offset(&self, zone: &str, now: f64) -> Option<f64> {
            #[expect(clippy::cast_possible_truncation, reason = "jiff refuses what is out of its range")]
            let moment = jiff::Timestamp::from_millisecond(now as i64).ok()?;
            let zone = jiff::tz::TimeZone::get(zone).ok()?;
            Some(f64::from(zone.to_offset(moment).seconds()) / 60.0)
        }

        #[cfg(not(all(feature = "std", not(target_arch = "wasm32"))))]
        fn offset(&self, _zone: &str, _now: f64) -> Option<f64> {
            None
        }
    }

    pub(crate) fn parse_number(token: &str) -> f64 {
        token.parse().unwrap_or(f64::NAN)
    }

    #[cfg(feature = "engine")]
    pub(crate) fn format_number(value: f64) -> String {
        value.to_string()
    }
}

#[cfg(not(all(target_arch = "wasm32", feature = "wasm")))]
pub(crate) use native::*;

#[cfg(all(target_arch = "wasm32", feature = "wasm"))]
mod wasm {
    #[cfg(feature = "engine")]
    use alloc::string::String;

    use super::imports as host;
    #[cfg(feature = "engine")]
    use super::{HostZones, Zones};

    #[cfg(feature = "engine")]
    impl Zones for HostZones {
        fn offset(&self, zone: &str, now: f64) -> Option<f64> {
            Some(host::zone_offset(zone, now)).filter(|offset| !offset.is_nan())
        }
    }

    pub(crate) fn parse_number(token: &str) -> f64 {
        host::parse_number(token)
    }

    #[cfg(feature = "admin")]
    pub(crate) fn fold_name(name: &str) -> String {
        host::fold_name(name)
    }

    #[cfg(feature = "engine")]
    pub(crate) fn format_number(value: f64) -> String {
        host::format_number(value)
    }
}

#[cfg(all(target_arch = "wasm32", feature = "wasm"))]
pub(crate) use wasm::*;

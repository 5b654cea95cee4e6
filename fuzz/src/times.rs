//! Two lines of text as times, and as moments that are counted from now: read like by a plain reader, and
//! compared like numbers.

use rolegate::{Code, Snapshot};
use serde_json::{Value, json};

use crate::reference::time::time_of;
use crate::{NOW, both, seen};

/// Reads both lines in every place where the format has a time.
pub fn times(data: &[u8]) -> u64 {
    let text = String::from_utf8_lossy(data);
    let (first, second) = text.split_once('\n').unwrap_or((&text, "now"));
    let read = [first, second].map(|text| time_of(&Value::from(text)));
    for (text, read) in [first, second].iter().zip(read) {
        assert_eq!(issued_at(text), read, "{text:?}");
    }
    // As a time of the record, beside what stands in a condition.
    let operand = read[1].or_else(|| from_now(second).map(|offset| NOW + offset));
    let found = compared(second, first);
    assert_eq!(found.is_none(), operand.is_none(), "{second:?} in a condition");
    if let (Some(found), Some(operand)) = (found, operand) {
        let wanted = read[0].map(|left| left < operand);
        assert_eq!(found, [wanted == Some(true), wanted == Some(false)], "{first:?} before {second:?}");
    }
    seen((read.map(|read| read.is_some()), operand.is_some(), first.len(), second.len()))
}

/// When a snapshot with this text says that it was made.
fn issued_at(text: &str) -> Option<f64> {
    let tree = json!({ "format": "rolegate/1", "revision": 1, "catalog": { "categories": [] }, "roles": [], "issuedAt": text });
    match Snapshot::from_json(tree.to_string().as_bytes()) {
        Ok(snapshot) => snapshot.issued_at(),
        Err(error) => {
            assert!(error.issues.len() == 1 && error.issues[0].code == Code::InvalidTime, "{error}");
            assert_eq!(error.issues[0].path, "/issuedAt");
            None
        }
    }
}

/// Whether a time of a record is before that of a condition, and whether it is not; nothing if that condition
/// does not load.
fn compared(operand: &str, time: &str) -> Option<[bool; 2]> {
    let conditions =
        [json!({ "resource.at": { "$before": operand } }), json!({ "resource.at": { "$since": operand } })];
    both(conditions, &json!({ "at": time }), NOW)
}

/// `now`, or `now` with an offset such as `-15m`, in milliseconds, read by the words of the format.
fn from_now(text: &str) -> Option<f64> {
    let offset = text.strip_prefix("now")?;
    if offset.is_empty() {
        return Some(0.0);
    }
    let sign = if offset.starts_with('-') { -1.0 } else { 1.0 };
    let rest = offset.strip_prefix(['+', '-'])?;
    let (unit, seconds) = [("s", 1), ("m", 60), ("h", 3_600), ("d", 86_400), ("w", 604_800)]
        .into_iter()
        .find(|(unit, _)| rest.ends_with(unit))?;
    let digits = rest.strip_suffix(unit)?;
    let is_plain = digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.starts_with('0');
    let count: u32 = digits.parse().ok().filter(|count| is_plain && (1..=9_999_999).contains(count))?;
    Some(sign * f64::from(count) * f64::from(seconds) * 1_000.0)
}

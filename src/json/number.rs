//! Numbers: from JSON text to the nearest double, and back.

#[cfg(feature = "engine")]
use alloc::string::String;

use crate::host;

/// The double nearest to a number token.
///
/// Up to fifteen digits and small powers of ten are exact in one division or multiplication; all
/// others go to the host, whose reading is correctly rounded.
#[cfg(feature = "engine")]
pub(crate) fn parse(token: &str) -> f64 {
    exact(token).unwrap_or_else(|| host::parse_number(token))
}

/// Whether a number token is within the range of doubles. Only one with an exponent or with hundreds of
/// digits may not be.
pub(crate) fn is_finite(token: &[u8]) -> bool {
    let is_plain = token.len() < 300 && !token.iter().any(|byte| byte | 0x20 == b'e');
    is_plain || host::parse_number(core::str::from_utf8(token).unwrap_or_default()).is_finite()
}

/// The value of a token that a double holds exactly by one rounding at most.
#[cfg(feature = "engine")]
#[expect(clippy::cast_precision_loss, reason = "the mantissa is below 2^53")]
fn exact(token: &str) -> Option<f64> {
    let (negative, digits) = match token.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, token),
    };
    let mut mantissa: u64 = 0;
    let mut fraction: Option<usize> = None;
    for byte in digits.bytes() {
        match (byte, fraction.as_mut()) {
            (b'0'..=b'9', places) => {
                mantissa = mantissa.checked_mul(10)?.checked_add(u64::from(byte - b'0'))?;
                if let Some(places) = places {
                    *places += 1;
                }
            }
            (b'.', None) => fraction = Some(0),
            _ => return None,
        }
    }
    let power = POWERS.get(fraction.unwrap_or(0))?;
    let value = if mantissa < 1 << 53 {
        mantissa as f64 / power
    } else {
        return None;
    };
    Some(if negative { -value } else { value })
}

/// The powers of ten that a double holds exactly.
#[cfg(feature = "engine")]
const POWERS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18,
    1e19, 1e20, 1e21, 1e22,
];

/// The largest integer up to which every integer is a double.
#[cfg(feature = "engine")]
pub(crate) const MAX_SAFE: f64 = 9_007_199_254_740_991.0;

/// The integer that a double is, if it is a safe one.
#[cfg(feature = "engine")]
#[expect(clippy::cast_possible_truncation, reason = "the value is within 2^53")]
pub(crate) fn safe_integer(value: f64) -> Option<i64> {
    let whole = (-MAX_SAFE..=MAX_SAFE).contains(&value).then_some(value as i64)?;
    #[expect(clippy::cast_precision_loss, clippy::float_cmp, reason = "exact within 2^53")]
    let same = whole as f64 == value;
    same.then_some(whole)
}

/// Writes an integer.
#[cfg(feature = "engine")]
pub(crate) fn push_integer(out: &mut String, value: i64) {
    let mut buffer = [0_u8; 20];
    let mut at = buffer.len();
    let mut rest = value.unsigned_abs();
    loop {
        at -= 1;
        if let Some(slot) = buffer.get_mut(at) {
            *slot = b'0' + u8::try_from(rest % 10).unwrap_or_default();
        }
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    if value < 0 {
        out.push('-');
    }
    out.push_str(core::str::from_utf8(buffer.get(at..).unwrap_or_default()).unwrap_or_default());
}

/// Writes a finite double as JSON.
#[cfg(feature = "engine")]
pub(crate) fn push_number(out: &mut String, value: f64) {
    match safe_integer(value) {
        Some(whole) => push_integer(out, whole),
        None => out.push_str(&host::format_number(value)),
    }
}

#[cfg(all(test, feature = "engine"))]
mod tests {
    use alloc::string::ToString;

    use super::*;

    #[test]
    fn agrees_with_the_standard_library() {
        for token in [
            "0",
            "-0",
            "1",
            "-1",
            "0.1",
            "1e3",
            "1E-3",
            "123456789012345678",
            "9007199254740993",
            "0.30000000000000004",
            "2.2250738585072011e-308",
            "1e400",
            "-1e400",
            "1.7976931348623157e308",
            "5e-324",
            "0.000000000000000000000001",
        ] {
            assert_eq!(parse(token).to_bits(), token.parse::<f64>().unwrap().to_bits(), "{token}");
        }
    }

    #[test]
    fn agrees_with_the_standard_library_on_random_tokens() {
        let mut state = 7_u64;
        let mut next = |sides: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % sides
        };
        for _ in 0..20_000 {
            let mut token = String::from(if next(2) == 0 { "-" } else { "" });
            let digits = u32::try_from(next(10)).unwrap_or(0);
            token.push_str(&next(10_u64.pow(digits)).to_string());
            if next(2) == 0 {
                token.push('.');
                for _ in 0..=next(24) {
                    token.push(char::from_digit(u32::try_from(next(10)).unwrap_or(0), 10).unwrap_or('0'));
                }
            }
            if next(4) == 0 {
                token.push_str("e-");
                token.push_str(&next(330).to_string());
            }
            assert_eq!(parse(&token).to_bits(), token.parse::<f64>().unwrap().to_bits(), "{token}");
        }
    }

    #[test]
    fn writes_integers_and_fractions() {
        let mut out = String::new();
        for value in [0.0, -0.0, 42.0, -7.0, 0.5, MAX_SAFE] {
            push_number(&mut out, value);
            out.push(' ');
        }
        assert_eq!(out, "0 0 42 -7 0.5 9007199254740991 ");
    }
}

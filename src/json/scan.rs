//! The lexical layer: white space, strings, numbers, and where they end.

#[cfg(feature = "engine")]
use alloc::borrow::Cow;
#[cfg(feature = "engine")]
use alloc::string::String;
use alloc::vec::Vec;

use crate::problems::Say;

/// Why reading ends for good.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Stop {
    /// Not JSON, at this byte offset.
    Syntax(usize, Say),
    /// Nested deeper than [`MAX_DEPTH`].
    TooDeep,
}

/// The result of a reading step that may end the whole reading.
pub(crate) type Read<T> = Result<T, Stop>;

impl Stop {
    pub(crate) const fn syntax(at: usize, what: &'static str) -> Self {
        Self::Syntax(at, Say::that(what))
    }
}

/// The deepest nesting that is read; the top value is depth 1.
pub(crate) const MAX_DEPTH: usize = 64;

/// The offset of the first byte from `pos` on that is no JSON white space.
pub(crate) fn skip_space(bytes: &[u8], mut pos: usize) -> usize {
    while matches!(bytes.get(pos), Some(b' ' | b'\t' | b'\n' | b'\r')) {
        pos += 1;
    }
    pos
}

/// A string token: where its contents begin and end, and whether they hold escapes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct StringToken {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) escaped: bool,
}

/// Scans the string whose opening quote is at `quote`.
pub(crate) fn string(bytes: &[u8], quote: usize) -> Read<StringToken> {
    if bytes.get(quote) != Some(&b'"') {
        return Err(Stop::syntax(quote, "expected a string"));
    }
    let start = quote + 1;
    let mut pos = skip_plain(bytes, start);
    let mut escaped = false;
    while let Some(&byte) = bytes.get(pos) {
        if byte == b'"' {
            return Ok(StringToken { start, end: pos, escaped });
        }
        if byte < 0x20 {
            return Err(Stop::syntax(pos, "a control character in a string must be escaped"));
        }
        if byte == b'\\' {
            escaped = true;
            pos += 1;
        }
        pos = skip_plain(bytes, pos + 1);
    }
    Err(Stop::syntax(quote, "this string does not end"))
}

/// Steps over bytes that mean nothing in a string, eight at a time, as far as all eight are such.
#[inline(always)]
pub(crate) fn skip_plain(bytes: &[u8], mut pos: usize) -> usize {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = ONES << 7;
    while let Some(&eight) = bytes.get(pos..).and_then(<[u8]>::first_chunk) {
        let word = u64::from_le_bytes(eight);
        // The high bit of a byte that is below 0x20, `"` or `\`. A byte above such a one may be marked too.
        let below = |of: u64, limit: u64| of.wrapping_sub(ONES * limit) & !of;
        let equal = |byte: u8| below(word ^ (ONES * u64::from(byte)), 1);
        let special = (below(word, 0x20) | equal(b'"') | equal(b'\\')) & HIGH;
        if special != 0 {
            return pos + special.trailing_zeros() as usize / 8;
        }
        pos += 8;
    }
    pos
}

/// The contents of a string token.
#[cfg(feature = "engine")]
pub(crate) fn contents(source: &str, token: StringToken) -> Read<Cow<'_, str>> {
    if token.escaped {
        return unescape(source, token).map(Cow::Owned);
    }
    Ok(Cow::Borrowed(source.get(token.start..token.end).unwrap_or_default()))
}

/// The contents of a string token with escapes, unescaped.
#[cfg(feature = "engine")]
pub(crate) fn unescape(source: &str, token: StringToken) -> Read<String> {
    let mut out = Vec::with_capacity(token.end - token.start);
    push_unescaped(source.as_bytes(), token, &mut out)?;
    Ok(String::from_utf8(out).unwrap_or_default())
}

/// Appends the contents of a string token, unescaped.
pub(crate) fn push_unescaped(bytes: &[u8], token: StringToken, out: &mut Vec<u8>) -> Read<()> {
    let mut pos = token.start;
    while pos < token.end {
        match bytes.get(pos) {
            Some(b'\\') => pos = escape(bytes, pos, token.end, out)?,
            byte => {
                out.push(byte.copied().unwrap_or_default());
                pos += 1;
            }
        }
    }
    Ok(())
}

/// Reads the escape at `pos` and gives the offset behind it.
fn escape(bytes: &[u8], pos: usize, end: usize, out: &mut Vec<u8>) -> Read<usize> {
    let plain = match bytes.get(pos + 1) {
        Some(byte @ (b'"' | b'\\' | b'/')) => *byte,
        Some(b'b') => 8,
        Some(b'f') => 12,
        Some(b'n') => b'\n',
        Some(b'r') => b'\r',
        Some(b't') => b'\t',
        Some(b'u') => {
            let (character, end) = unicode_escape(bytes, pos, end)?;
            out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
            return Ok(end);
        }
        _ => return Err(Stop::syntax(pos, "unknown escape")),
    };
    out.push(plain);
    Ok(pos + 2)
}

/// Reads `\uXXXX`, or a pair of them that is one character.
fn unicode_escape(bytes: &[u8], pos: usize, end: usize) -> Read<(char, usize)> {
    let lone = Stop::syntax(pos, "a surrogate escape must be one of a pair");
    let high = hex4(bytes, pos + 2, end).ok_or(Stop::syntax(pos, "`\\u` needs four hex digits"))?;
    if !(0xD800..0xE000).contains(&high) {
        return Ok((char::from_u32(high).ok_or(lone)?, pos + 6));
    }
    let second = bytes.get(pos + 6..pos + 8) == Some(b"\\u");
    let low = if second { hex4(bytes, pos + 8, end) } else { None }.ok_or(lone)?;
    if high >= 0xDC00 || !(0xDC00..0xE000).contains(&low) {
        return Err(lone);
    }
    let both = 0x1_0000 + ((high - 0xD800) << 10) + (low - 0xDC00);
    Ok((char::from_u32(both).ok_or(lone)?, pos + 12))
}

fn hex4(bytes: &[u8], pos: usize, end: usize) -> Option<u32> {
    if pos + 4 > end {
        return None;
    }
    let mut value = 0;
    for &byte in bytes.get(pos..pos + 4)? {
        value = value * 16 + char::from(byte).to_digit(16)?;
    }
    Some(value)
}

/// The offset behind the number that begins at `start`.
pub(crate) fn number(bytes: &[u8], start: usize) -> Read<usize> {
    let bad = Err(Stop::syntax(start, "not a JSON number"));
    let mut pos = start;
    if bytes.get(pos) == Some(&b'-') {
        pos += 1;
    }
    let whole = digits(bytes, pos);
    if whole == pos || (bytes.get(pos) == Some(&b'0') && whole > pos + 1) {
        return bad;
    }
    pos = whole;
    if bytes.get(pos) == Some(&b'.') {
        let fraction = digits(bytes, pos + 1);
        if fraction == pos + 1 {
            return bad;
        }
        pos = fraction;
    }
    if matches!(bytes.get(pos), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(pos + 1), Some(b'+' | b'-')));
        let exponent = digits(bytes, pos + 1 + sign);
        if exponent == pos + 1 + sign {
            return bad;
        }
        pos = exponent;
    }
    Ok(pos)
}

fn digits(bytes: &[u8], mut pos: usize) -> usize {
    while bytes.get(pos).is_some_and(u8::is_ascii_digit) {
        pos += 1;
    }
    pos
}

/// The offset behind `true`, `false` or `null`, if `pos` is at one.
pub(crate) fn word(bytes: &[u8], pos: usize) -> Read<usize> {
    for word in [&b"true"[..], b"false", b"null"] {
        if bytes.get(pos..).is_some_and(|rest| rest.starts_with(word)) {
            return Ok(pos + word.len());
        }
    }
    Err(Stop::syntax(pos, "expected a value"))
}

//! The lexical layer: white space, strings, numbers, and where they end.

use alloc::borrow::Cow;
use alloc::string::String;

use super::text::split_at_mark;

/// Why reading ends for good.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Stop {
    /// Not JSON, at this byte offset.
    Syntax(usize, &'static str),
    /// Nested deeper than [`MAX_DEPTH`].
    TooDeep,
}

/// The result of a reading step that may end the whole reading.
pub(crate) type Read<T> = Result<T, Stop>;

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
        return Err(Stop::Syntax(quote, "expected a string"));
    }
    let start = quote + 1;
    let mut pos = skip_plain(bytes, start);
    let mut escaped = false;
    while let Some(&byte) = bytes.get(pos) {
        if byte == b'"' {
            return Ok(StringToken { start, end: pos, escaped });
        }
        if byte < 0x20 {
            return Err(Stop::Syntax(pos, "a control character in a string must be escaped"));
        }
        if byte == b'\\' {
            escaped = true;
            pos += 1;
        }
        pos = skip_plain(bytes, pos + 1);
    }
    Err(Stop::Syntax(quote, "this string does not end"))
}

/// Steps over bytes that mean nothing in a string, eight at a time, as far as all eight are such.
#[inline(always)]
fn skip_plain(bytes: &[u8], mut pos: usize) -> usize {
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
pub(crate) fn contents(source: &str, token: StringToken) -> Read<Cow<'_, str>> {
    if token.escaped {
        return unescape(source, token).map(Cow::Owned);
    }
    Ok(Cow::Borrowed(source.get(token.start..token.end).unwrap_or_default()))
}

/// The contents of a string token with escapes, unescaped.
pub(crate) fn unescape(source: &str, token: StringToken) -> Read<String> {
    let mut out = String::with_capacity(token.end - token.start);
    let mut pos = token.start;
    while pos < token.end {
        let rest = source.get(pos..token.end).unwrap_or_default();
        let (plain, _) = split_at_mark(rest, b'\\');
        out.push_str(plain);
        pos += plain.len();
        if pos < token.end {
            pos = escape(source.as_bytes(), pos, token.end, &mut out)?;
        }
    }
    Ok(out)
}

/// Reads the escape at `pos` and gives the offset behind it.
fn escape(bytes: &[u8], pos: usize, end: usize, out: &mut String) -> Read<usize> {
    let plain = match bytes.get(pos + 1) {
        Some(b'"') => '"',
        Some(b'\\') => '\\',
        Some(b'/') => '/',
        Some(b'b') => '\u{8}',
        Some(b'f') => '\u{c}',
        Some(b'n') => '\n',
        Some(b'r') => '\r',
        Some(b't') => '\t',
        Some(b'u') => return unicode_escape(bytes, pos, end, out),
        _ => return Err(Stop::Syntax(pos, "unknown escape")),
    };
    out.push(plain);
    Ok(pos + 2)
}

/// Reads `\uXXXX`, or a pair of them that is one character.
fn unicode_escape(bytes: &[u8], pos: usize, end: usize, out: &mut String) -> Read<usize> {
    let lone = Stop::Syntax(pos, "a surrogate escape must be one of a pair");
    let high = hex4(bytes, pos + 2, end).ok_or(Stop::Syntax(pos, "`\\u` needs four hex digits"))?;
    if !(0xD800..0xE000).contains(&high) {
        out.push(char::from_u32(high).ok_or(lone)?);
        return Ok(pos + 6);
    }
    let second = bytes.get(pos + 6..pos + 8) == Some(b"\\u");
    let low = if second { hex4(bytes, pos + 8, end) } else { None }.ok_or(lone)?;
    if high >= 0xDC00 || !(0xDC00..0xE000).contains(&low) {
        return Err(lone);
    }
    out.push(char::from_u32(0x1_0000 + ((high - 0xD800) << 10) + (low - 0xDC00)).ok_or(lone)?);
    Ok(pos + 12)
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
    let bad = Err(Stop::Syntax(start, "not a JSON number"));
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
    Err(Stop::Syntax(pos, "expected a value"))
}

//! The lexical layer: white space, strings, numbers, and where they end.

#[cfg(feature = "engine")]
use alloc::borrow::Cow;
#[cfg(feature = "engine")]
use alloc::string::String;
use alloc::vec::Vec;

use crate::collections::list;
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

/// The offset of the first byte from `pos` on that is not JSON white space.
pub(crate) fn skip_space(bytes: &[u8], mut pos: usize) -> usize {
    while matches!(bytes.get(pos), Some(b' ' | b'\t' | b'\n' | b'\r')) {
        pos += 1;
    }
    pos
}

/// A string token: where its contents begin and end, and whether they hold escapes.
#[cfg(feature = "engine")]
#[derive(Clone, Copy, Debug)]
pub(crate) struct StringToken {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) escaped: bool,
}

/// Scans the string whose opening quote is at `quote`.
#[cfg(feature = "engine")]
pub(crate) fn string(bytes: &[u8], quote: usize) -> Read<StringToken> {
    let start = quote + 1;
    let mut pos = plain_end(bytes, start);
    let mut escaped = false;
    while let Some(&byte) = bytes.get(pos) {
        if byte == b'"' {
            return Ok(StringToken { start, end: pos, escaped });
        }
        if byte < 0x20 {
            return Err(Stop::syntax(pos, CONTROL));
        }
        escaped = true;
        pos = plain_end(bytes, pos + 2);
    }
    Err(Stop::syntax(quote, ENDLESS))
}

const CONTROL: &str = "a control character in a string must be escaped";
const ENDLESS: &str = "unterminated string";

/// The offset of the first byte from `pos` on that means something in a string: a quote, a backslash or a
/// control character; or the end of the text. Eight bytes are looked at at a time.
#[inline(never)]
pub(crate) fn plain_end(bytes: &[u8], mut pos: usize) -> usize {
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
    while bytes.get(pos).is_some_and(|byte| *byte >= b' ' && *byte != b'"' && *byte != b'\\') {
        pos += 1;
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
    push_unescaped(source.as_bytes(), token.start - 1, &mut out)?;
    Ok(String::from_utf8(out).unwrap_or_default())
}

/// Appends the contents of the string whose opening quote is at `quote`, unescaped, and gives the offset
/// behind it.
#[inline(never)]
pub(crate) fn push_unescaped(bytes: &[u8], quote: usize, out: &mut Vec<u8>) -> Read<usize> {
    let at = |pos: usize| bytes.get(pos).copied().unwrap_or_default();
    let mut pos = quote + 1;
    loop {
        let byte = at(pos);
        pos += 1;
        match byte {
            b'"' => return Ok(pos),
            b'\\' => {}
            b' '.. => {
                list::push(out, byte);
                continue;
            }
            _ if pos <= bytes.len() => return Err(Stop::syntax(pos - 1, CONTROL)),
            _ => return Err(Stop::syntax(quote, ENDLESS)),
        }
        let escape = at(pos);
        pos += 1;
        if escape != b'u' {
            let Some(plain) = ESCAPES.iter().position(|byte| *byte == escape) else {
                return Err(Stop::syntax(pos - 2, "unknown escape sequence"));
            };
            list::push(out, PLAIN.get(plain).copied().unwrap_or_default());
            continue;
        }
        let mut code = hex4(bytes, pos);
        if code > 0xFFFF {
            return Err(Stop::syntax(pos - 2, "`\\u` needs four hex digits"));
        }
        if code & 0xFC00 == 0xD800 && at(pos + 4) == b'\\' && at(pos + 5) == b'u' {
            let low = hex4(bytes, pos + 6).wrapping_sub(0xDC00);
            if low < 0x400 {
                code = 0x1_0000 + ((code & 0x3FF) << 10) + low;
                pos += 6;
            }
        }
        if code & 0xF800 == 0xD800 && code <= 0xFFFF {
            return Err(Stop::syntax(pos - 2, "unpaired surrogate"));
        }
        push_character(out, code);
        pos += 4;
    }
}

/// What may stand behind a backslash, besides `u`.
const ESCAPES: &[u8] = b"\"\\/bfnrt";

/// What each of [`ESCAPES`] stands for.
const PLAIN: &[u8] = b"\"\\/\x08\x0c\n\r\t";

/// Appends a character as UTF-8: a byte that tells by its leading ones how many follow, and those, of six
/// bits each.
#[expect(clippy::cast_possible_truncation, reason = "the bits of one byte")]
fn push_character(out: &mut Vec<u8>, code: u32) {
    let follow = u32::from(code >= 0x80) + u32::from(code >= 0x800) + u32::from(code >= 0x1_0000);
    let ones = if follow == 0 { 0 } else { 0xff80 >> follow };
    list::push(out, (ones | (code >> (6 * follow))) as u8);
    for at in (0..follow).rev() {
        list::push(out, (0x80 | (code >> (6 * at) & 0x3f)) as u8);
    }
}

/// The number that four hex digits are; more than any such number if they are not.
fn hex4(bytes: &[u8], pos: usize) -> u32 {
    let mut value = 0;
    for at in pos..pos + 4 {
        let digit = bytes.get(at).and_then(|byte| char::from(*byte).to_digit(16));
        value = (value << 4) | digit.unwrap_or(0x1_0000);
    }
    value
}

/// The offset behind the number that begins at `start`.
pub(crate) fn number(bytes: &[u8], start: usize) -> Read<usize> {
    let bad = Err(Stop::syntax(start, "invalid number"));
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

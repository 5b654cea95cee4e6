//! Writing JSON text.

use alloc::string::String;

#[cfg(any(feature = "full", feature = "admin"))]
use super::number::push_integer;

/// Writes a string with its quotes.
#[inline(never)]
pub(crate) fn push_string(out: &mut String, text: &str) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => {
                out.push('\\');
                out.push(character);
            }
            '\u{0}'..='\u{1f}' => push_control(out, character),
            _ => out.push(character),
        }
    }
    out.push('"');
}

fn push_control(out: &mut String, character: char) {
    out.push_str("\\u00");
    for digit in [character as u32 >> 4, character as u32 & 15] {
        out.push(char::from_digit(digit, 16).unwrap_or('0'));
    }
}

/// Begins an entry of a list: writes the comma before it, unless it is the first. What was written last
/// tells.
pub(crate) fn next(out: &mut String) {
    if !matches!(out.as_bytes().last(), None | Some(b'[' | b'{')) {
        out.push(',');
    }
}

/// Begins an entry of an object: comma, key and colon.
#[inline(never)]
pub(crate) fn key(out: &mut String, key: &str) {
    next(out);
    push_string(out, key);
    out.push(':');
}

/// An entry whose value is a string, where there is one.
#[inline(never)]
#[cfg(any(feature = "full", feature = "admin"))]
pub(crate) fn text(out: &mut String, name: &str, value: Option<&str>) {
    if let Some(value) = value {
        key(out, name);
        push_string(out, value);
    }
}

/// Writes a list of strings.
#[cfg(any(feature = "full", feature = "admin"))]
pub(crate) fn strings<T: AsRef<str>>(out: &mut String, strings: &[T]) {
    out.push('[');
    for string in strings {
        next(out);
        push_string(out, string.as_ref());
    }
    out.push(']');
}

/// Writes a count or position.
#[inline(never)]
#[cfg(any(feature = "full", feature = "admin"))]
pub(crate) fn push_index(out: &mut String, value: usize) {
    push_integer(out, i64::try_from(value).unwrap_or_default());
}

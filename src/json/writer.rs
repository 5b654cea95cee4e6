//! Writing JSON text.

use alloc::string::String;

/// Writes a string with its quotes.
pub(crate) fn push_string(out: &mut String, text: &str) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
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

/// Writes the commas of a list or object: call before each entry.
#[derive(Debug, Default)]
pub(crate) struct Commas(bool);

impl Commas {
    pub(crate) fn next(&mut self, out: &mut String) {
        if self.0 {
            out.push(',');
        }
        self.0 = true;
    }

    /// Begins the entry of an object: comma, key and colon.
    pub(crate) fn key(&mut self, out: &mut String, key: &str) {
        self.next(out);
        push_string(out, key);
        out.push(':');
    }

    /// An entry whose value is a string, where there is one.
    pub(crate) fn text(&mut self, out: &mut String, key: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.key(out, key);
            push_string(out, value);
        }
    }
}

/// Writes a list, each element by `each`.
pub(crate) fn push_list<T>(
    out: &mut String,
    items: impl IntoIterator<Item = T>,
    mut each: impl FnMut(&mut String, T),
) {
    let mut commas = Commas::default();
    out.push('[');
    for item in items {
        commas.next(out);
        each(out, item);
    }
    out.push(']');
}

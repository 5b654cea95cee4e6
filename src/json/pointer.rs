//! From byte offsets to the places that people read: JSON Pointers, lines and columns.
//!
//! Twin of pkg-template/src/core/pointer.ts; tests/unit/core/pointer.test.mjs holds them equal.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

use super::number::push_integer;
use super::scan;

/// The JSON Pointers (RFC 6901) of the values or keys at `offsets`, which are sorted and lie in valid
/// JSON. One pass over the text, whatever the number of offsets.
pub(crate) fn pointers(source: &str, offsets: &[usize]) -> Vec<String> {
    let mut walk = Walk { source, offsets, found: Vec::with_capacity(offsets.len()), path: String::new() };
    walk.value(scan::skip_space(source.as_bytes(), 0));
    walk.found
}

struct Walk<'a> {
    source: &'a str,
    offsets: &'a [usize],
    found: Vec<String>,
    path: String,
}

impl Walk<'_> {
    /// Notes the current path for every wanted offset up to `pos`. False when all are found.
    fn arrive(&mut self, pos: usize) -> bool {
        while let Some(&wanted) = self.offsets.get(self.found.len()) {
            if wanted > pos {
                return true;
            }
            self.found.push(shortened(&self.path));
        }
        false
    }

    /// Walks the value at `pos` and gives the offset behind it; `None` when all is found.
    fn value(&mut self, pos: usize) -> Option<usize> {
        if !self.arrive(pos) {
            return None;
        }
        let bytes = self.source.as_bytes();
        match bytes.get(pos)? {
            b'{' => self.members(pos, b'}'),
            b'[' => self.members(pos, b']'),
            b'"' => Some(scan::string(bytes, pos).ok()?.end + 1),
            b'-' | b'0'..=b'9' => scan::number(bytes, pos).ok(),
            _ => scan::word(bytes, pos).ok(),
        }
    }

    /// Walks the members of the object or list that opens at `pos`.
    fn members(&mut self, mut pos: usize, close: u8) -> Option<usize> {
        let source = self.source;
        let bytes = source.as_bytes();
        let mut index = 0;
        loop {
            pos = scan::skip_space(bytes, pos + 1);
            if bytes.get(pos) == Some(&close) {
                return Some(pos + 1);
            }
            let parent = self.path.len();
            self.path.push('/');
            if close == b'}' {
                let token = scan::string(bytes, pos).ok()?;
                push_escaped(&mut self.path, &scan::unescape(source, token).ok()?);
                if !self.arrive(pos) {
                    return None;
                }
                pos = scan::skip_space(bytes, scan::skip_space(bytes, token.end + 1) + 1);
            } else {
                push_integer(&mut self.path, index);
            }
            pos = scan::skip_space(bytes, self.value(pos)?);
            self.path.truncate(parent);
            if bytes.get(pos) == Some(&close) {
                return Some(pos + 1);
            }
            index += 1;
        }
    }
}

/// The longest path that is told whole. Ids have 256 bytes at most, so that only what is wrong anyway has
/// longer ones.
const MAX_PATH: usize = 4096;

/// A path; of one that is too long, the beginning and the end.
fn shortened(path: &str) -> String {
    if path.len() <= MAX_PATH {
        return path.to_owned();
    }
    let half = MAX_PATH / 2;
    let head = path.get(..path.floor_char_boundary(half)).unwrap_or_default();
    let tail = path.get(path.ceil_char_boundary(path.len() - half)..).unwrap_or_default();
    let mut short = String::from(head);
    short.push('…');
    short.push_str(tail);
    short
}

fn push_escaped(path: &mut String, key: &str) {
    for character in key.chars() {
        match character {
            '~' => path.push_str("~0"),
            '/' => path.push_str("~1"),
            _ => path.push(character),
        }
    }
}

/// Line and column (from 1, in code points) of a byte offset in text that is UTF-8 up to there.
pub(crate) fn line_and_column(bytes: &[u8], offset: usize) -> (usize, usize) {
    let before = bytes.get(..offset).unwrap_or(bytes);
    let (mut line, mut column) = (1, 1);
    for byte in before {
        if *byte == b'\n' {
            line += 1;
            column = 1;
        } else if (*byte & 0xC0) != 0x80 {
            column += 1;
        }
    }
    (line, column)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pass_finds_all_places() {
        let source = r#" { "a" : [ 1, {"b/~c": "x"} ], "d": null }"#;
        let offsets: Vec<usize> = [r#"{ "a""#, r#""a""#, "1,", r#""b/"#, r#""x""#, r#""d""#]
            .map(|s| source.find(s).unwrap())
            .into();
        assert_eq!(pointers(source, &offsets), ["", "/a", "/a/0", "/a/1/b~1~0c", "/a/1/b~1~0c", "/d"]);
    }

    #[test]
    fn long_paths_are_shortened_in_the_middle() {
        let source = alloc::format!(r#"{{"{}": {{"b": 1}}}}"#, "é".repeat(5000));
        let [path] = &pointers(&source, &[source.len() - 3])[..] else { panic!() };
        assert!(path.starts_with("/éé") && path.ends_with("éé/b") && path.contains("é…é"), "{path}");
        assert!(path.len() <= MAX_PATH + 3, "{}", path.len());
    }

    #[test]
    fn columns_count_code_points() {
        assert_eq!(line_and_column("é\nüx".as_bytes(), 5), (2, 2));
    }
}

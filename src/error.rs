//! What is wrong with a snapshot: problems are collected as data while reading and become sentences
//! once, at the end. All wording of load errors is in this file.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use crate::json::pointer;
use crate::json::scan::{self, Stop};
use crate::list::Listed;
use crate::sort::sort_by;

/// The most problems that one load reports.
pub(crate) const MAX_ISSUES: usize = 100;

/// A snapshot was refused. It never loads in part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SnapshotError {
    /// Every problem found, in document order, at most 100.
    pub issues: Vec<Issue>,
}

/// One problem of a snapshot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issue {
    /// JSON Pointer (RFC 6901) to the place; empty for the whole document.
    pub path: String,
    /// The kind of problem.
    pub code: Code,
    /// What is wrong, naming the value, and how to mend it.
    pub message: String,
    /// The nearest declared id, for a misspelt one.
    pub suggestion: Option<String>,
    /// Line and column of a syntax error, from 1, in code points.
    pub position: Option<(usize, usize)>,
}

impl fmt::Display for SnapshotError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, issue) in self.issues.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            f.write_str(if issue.path.is_empty() { "/" } else { &issue.path })?;
            f.write_str(": ")?;
            f.write_str(&issue.message)?;
        }
        Ok(())
    }
}

impl core::error::Error for SnapshotError {}

macro_rules! codes {
    ($($variant:ident $name:literal $doc:literal,)*) => {
        /// The stable code of a problem.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum Code {
            $(#[doc = $doc] $variant,)*
        }

        impl Code {
            /// The code as other programs know it.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }
        }
    };
}

codes! {
    Syntax "syntax" "Not JSON.",
    TooDeep "too-deep" "Nested deeper than 64.",
    TooLarge "too-large" "More bytes than allowed.",
    DuplicateKey "duplicate-key" "The same key twice in one object.",
    UnknownFormat "unknown-format" "`format` names no format that this version reads.",
    MissingKey "missing-key" "A required key is absent.",
    UnknownKey "unknown-key" "A key that the format does not have.",
    Type "type" "A value of the wrong JSON type, or an empty list.",
    InvalidValue "invalid-value" "A value of the right type that is not allowed.",
    InvalidId "invalid-id" "A string that is no id.",
    DuplicateId "duplicate-id" "The same id, or the same entry, twice.",
    UnknownPermission "unknown-permission" "A permission that is not declared.",
    UnknownRole "unknown-role" "A role that is not declared.",
    UnknownTeam "unknown-team" "A team that is not declared.",
    UnknownCategory "unknown-category" "A category that is not declared.",
    UnknownRoleType "unknown-role-type" "A role type that is not declared.",
    UnknownPlan "unknown-plan" "A plan that is not declared.",
    UnknownResource "unknown-resource" "A resource type that no permission has.",
    Cycle "cycle" "A reference that closes a cycle.",
    InvalidScope "invalid-scope" "A level that the permission does not have.",
    RoleTypeMismatch "role-type-mismatch" "A grant that the role may not hold.",
    InvalidTime "invalid-time" "Not a time as the format writes it.",
    InvalidWindow "invalid-window" "A window that ends before it begins.",
    InvalidCondition "invalid-condition" "A condition that means nothing.",
}

/// A problem as it was found: a place in the source and what to say about it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Problem {
    pub(crate) at: usize,
    pub(crate) code: Code,
    pub(crate) say: Say,
}

/// What a problem's sentence is made from, besides the value at its place.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Say {
    /// What should stand there.
    Expected(&'static str),
    /// The key that is missing.
    Missing(&'static str),
    /// The keys that the object may have.
    NotAKey(&'static [&'static str]),
    /// The value stands there twice.
    Twice,
    /// The value is not declared; the code says among what.
    Undeclared,
    /// The whole sentence.
    That(&'static str),
}

/// All problems of one document.
#[derive(Debug, Default)]
pub(crate) struct Problems {
    list: Vec<Problem>,
    /// An unknown format: then nothing else is reported.
    format: Option<Problem>,
}

impl Problems {
    pub(crate) fn add(&mut self, at: usize, code: Code, say: Say) {
        let problem = Problem { at, code, say };
        if code == Code::UnknownFormat {
            self.format = Some(problem);
        }
        self.list.push(problem);
        if self.list.len() >= 4 * MAX_ISSUES {
            self.trim();
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Sorts by place and keeps the first [`MAX_ISSUES`].
    fn trim(&mut self) {
        sort_by(&mut self.list, |a, b| a.at.cmp(&b.at));
        self.list.truncate(MAX_ISSUES);
    }

    /// Turns the problems into sentences with places. `nearest` gives the declared id nearest to a
    /// name, for an unknown reference.
    pub(crate) fn into_error(
        mut self,
        source: &str,
        nearest: &dyn Fn(Code, &str, &mut Work) -> Option<String>,
    ) -> SnapshotError {
        if let Some(format) = self.format {
            self.list = [format].into();
        }
        self.trim();
        let offsets = self.list.iter().map(|problem| problem.at).listed();
        let paths = pointer::pointers(source, &offsets);
        let mut work = Work(MAX_WORK);
        let mut issues = Vec::new();
        for (problem, path) in self.list.iter().zip(paths) {
            issues.push(problem.to_issue(path, source, nearest, &mut work));
        }
        SnapshotError { issues }
    }
}

impl Problem {
    fn to_issue(
        self,
        path: String,
        source: &str,
        nearest: &dyn Fn(Code, &str, &mut Work) -> Option<String>,
        work: &mut Work,
    ) -> Issue {
        let value = value_at(source, self.at);
        let suggestion = match self.say {
            Say::NotAKey(known) => nearest_of(&value, &mut known.iter().copied(), work),
            Say::Undeclared => nearest(self.code, &value, work),
            _ => None,
        };
        let mut message = self.sentence(&value);
        if let Some(suggestion) = &suggestion {
            push_all(&mut message, &["; did you mean `", suggestion, "`?"]);
        }
        Issue { path, code: self.code, message, suggestion, position: None }
    }

    fn sentence(self, value: &str) -> String {
        let mut out = String::new();
        match self.say {
            Say::Expected(expected) => {
                push_all(&mut out, &["expected ", expected, ", found `", value, "`"]);
            }
            Say::Missing(key) => push_all(&mut out, &["the key `", key, "` is missing"]),
            Say::NotAKey(_) => push_all(&mut out, &["there is no key `", value, "` here"]),
            Say::Twice => push_all(&mut out, &["`", value, "` stands here twice; keep one"]),
            Say::Undeclared => {
                push_all(&mut out, &["the ", self.undeclared(), " `", value, "` is not declared"]);
            }
            Say::That(sentence) => push_all(&mut out, &["`", value, "`: ", sentence]),
        }
        out
    }

    fn undeclared(self) -> &'static str {
        match self.code {
            Code::UnknownPermission => "permission",
            Code::UnknownRole => "role",
            Code::UnknownTeam => "team",
            Code::UnknownCategory => "category",
            Code::UnknownRoleType => "role type",
            Code::UnknownPlan => "plan",
            _ => "resource type",
        }
    }
}

/// The error of a document whose reading ended early.
pub(crate) fn stopped(stop: Stop, bytes: &[u8]) -> SnapshotError {
    let issue = match stop {
        Stop::Syntax(at, what) => Issue {
            path: String::new(),
            code: Code::Syntax,
            message: what.to_owned(),
            suggestion: None,
            position: Some(pointer::line_and_column(bytes, at)),
        },
        Stop::TooDeep => whole(Code::TooDeep, "nested deeper than 64"),
    };
    SnapshotError { issues: [issue].into() }
}

/// The error of a document that is too large.
pub(crate) fn too_large() -> SnapshotError {
    SnapshotError { issues: [whole(Code::TooLarge, "more bytes than `maxBytes` allows")].into() }
}

fn whole(code: Code, message: &str) -> Issue {
    Issue { path: String::new(), code, message: message.to_owned(), suggestion: None, position: None }
}

/// The longest part of a value that a message quotes.
const MAX_QUOTE: usize = 80;

/// The value or key at an offset of the source, as messages quote it.
fn value_at(source: &str, at: usize) -> String {
    let bytes = source.as_bytes();
    let text = match bytes.get(at) {
        Some(b'"') => {
            scan::string(bytes, at).and_then(|token| scan::unescape(source, token)).unwrap_or_default()
        }
        Some(b'{') => "{…}".to_owned(),
        Some(b'[') => "[…]".to_owned(),
        _ => {
            let rest = source.get(at..).unwrap_or_default();
            let end = rest.bytes().position(|byte| b",}] \t\n\r".contains(&byte)).unwrap_or(rest.len());
            rest.get(..end).unwrap_or_default().to_owned()
        }
    };
    if text.len() <= MAX_QUOTE {
        return text;
    }
    text.chars().take(MAX_QUOTE / 2).chain(['…']).collect()
}

fn push_all(out: &mut String, parts: &[&str]) {
    for part in parts {
        out.push_str(part);
    }
}

/// How many pairs of characters may still be compared in search of nearest names.
#[derive(Debug)]
pub(crate) struct Work(usize);

/// What one load may spend on suggestions: some tens of milliseconds.
const MAX_WORK: usize = 10_000_000;

/// The candidate nearest to `name`, if it is near: at most a third of the name edited.
pub(crate) fn nearest_of(
    name: &str,
    candidates: &mut dyn Iterator<Item = &str>,
    work: &mut Work,
) -> Option<String> {
    let wanted: Vec<char> = name.chars().take(MAX_QUOTE).listed();
    let mut limit = wanted.len() / 3 + 1;
    let mut best = None;
    for candidate in candidates {
        let found: Vec<char> = candidate.chars().take(MAX_QUOTE).listed();
        work.0 = work.0.checked_sub(1 + found.len())?;
        if found.len().abs_diff(wanted.len()) < limit {
            work.0 = work.0.checked_sub(found.len() * wanted.len())?;
            let distance = edit_distance(&wanted, &found);
            if distance < limit {
                limit = distance;
                best = Some(candidate);
            }
        }
    }
    best.map(ToOwned::to_owned)
}

/// How many insertions, deletions, replacements and swaps of neighbours lie between two words.
fn edit_distance(a: &[char], b: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).listed();
    for (i, x) in a.iter().enumerate() {
        let mut row = Vec::with_capacity(last.len());
        row.push(i + 1);
        for (j, y) in b.iter().enumerate() {
            let at = |row: &[usize], index: usize| row.get(index).copied().unwrap_or(usize::MAX / 2);
            let mut best =
                (at(&last, j) + usize::from(x != y)).min(at(&last, j + 1) + 1).min(at(&row, j) + 1);
            let swapped = j > 0 && i > 0 && b.get(j - 1) == Some(x) && a.get(i - 1) == Some(y);
            if swapped {
                best = best.min(at(&before, j - 1) + 1);
            }
            row.push(best);
        }
        before = core::mem::replace(&mut last, row);
    }
    last.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_swap_is_one_edit() {
        let chars = |text: &str| text.chars().collect::<Vec<_>>();
        assert_eq!(edit_distance(&chars("exprot"), &chars("export")), 1);
        assert_eq!(edit_distance(&chars(""), &chars("ab")), 2);
        let nearest =
            |name: &str| nearest_of(name, &mut ["c.reply", "c.view"].into_iter(), &mut Work(MAX_WORK));
        assert_eq!(nearest("c.veiw").as_deref(), Some("c.view"));
        assert_eq!(nearest("zz"), None);
        assert_eq!(nearest_of("c.veiw", &mut ["c.view"].into_iter(), &mut Work(8)), None);
    }
}

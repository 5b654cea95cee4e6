//! What is wrong with a snapshot, in words: problems are collected as data while reading and become sentences
//! once, here.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use crate::code::Code;
use crate::collections::list::Listed;
use crate::format::limits::FOR_USER;
use crate::format::rows::Rows;
use crate::format::table::Kind;
use crate::json::text::Document;
use crate::json::{number, pointer, scan};
use crate::problems::{Problem, Problems, Say};
use crate::suggest::{self, Work, nearest_of};

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
    /// What is wrong, naming the value, and how to fix it.
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

/// The error of a document in which there are problems.
pub(crate) fn refused(problems: Problems, document: &Document, rows: &Rows) -> SnapshotError {
    let source = document.source();
    if let Some(stop) = problems.stopped() {
        return stopped(stop, source.as_bytes());
    }
    let problems = problems.into_list();
    let offsets = problems.iter().map(|problem| problem.at).listed();
    let paths = pointer::pointers(source, &offsets);
    let mut work = Work::of_a_load();
    let mut issues = Vec::new();
    for (problem, path) in problems.iter().zip(paths) {
        issues.push(to_issue(*problem, path, document, rows, &mut work));
    }
    SnapshotError { issues }
}

/// Of a code that says that a name is not declared: the rows that declare such names, if suggestions come of
/// them, and the word for what it is.
fn undeclared(code: Code) -> (Option<Kind>, &'static str) {
    match code {
        Code::UnknownPermission => (Some(Kind::Permission), "permission"),
        Code::UnknownCategory => (Some(Kind::Category), "category"),
        Code::UnknownTeam => (Some(Kind::Team), "team"),
        Code::UnknownRole => (Some(Kind::Role), "role"),
        Code::UnknownRoleType => (Some(Kind::RoleType), "role type"),
        Code::UnknownPlan => (Some(Kind::Plan), "plan"),
        Code::UnknownResource => (None, "resource type"),
        Code::Syntax
        | Code::TooDeep
        | Code::TooLarge
        | Code::TooComplex
        | Code::DuplicateKey
        | Code::UnknownFormat
        | Code::MissingKey
        | Code::UnknownKey
        | Code::Type
        | Code::InvalidValue
        | Code::InvalidId
        | Code::DuplicateId
        | Code::Cycle
        | Code::InvalidScope
        | Code::RoleTypeMismatch
        | Code::InvalidTime
        | Code::InvalidWindow
        | Code::InvalidCondition => (None, "name"),
    }
}

/// The declared name nearest to one that is not declared.
fn nearest(code: Code, name: &str, document: &Document, rows: &Rows, work: &mut Work) -> Option<String> {
    let kind = undeclared(code).0?;
    let names = (0..rows.count(kind)).map(|row| rows.get(kind, row, 0)).filter(|name| *name != 0);
    let mut names = names.map(|name| document.str(document.text(name)));
    match name.strip_suffix(".*").filter(|_| code == Code::UnknownCategory) {
        Some(name) => nearest_of(name, &mut names, work).map(|id| id + ".*"),
        None => nearest_of(name, &mut names, work),
    }
}

fn to_issue(problem: Problem, path: String, document: &Document, rows: &Rows, work: &mut Work) -> Issue {
    let value = value_at(document.source(), problem.at);
    let suggestion = match problem.say {
        Say::NotAKey(known) => nearest_of(&value, &mut known.iter().copied(), work),
        Say::NotAnOperator => suggest::operator(&value),
        Say::NotAWord => suggest::word(&value),
        Say::Undeclared => nearest(problem.code, &value, document, rows, work),
        Say::Expected(_) | Say::Missing(_) | Say::Twice | Say::That(_) => None,
    };
    let is_text = document.source().as_bytes().get(problem.at) == Some(&b'"');
    let mut message = sentence(problem, &printable(&value), is_text);
    if let Some(suggestion) = &suggestion {
        push_all(&mut message, &["; did you mean `", suggestion, "`?"]);
    }
    Issue { path, code: problem.code, message, suggestion, position: None }
}

/// What messages have in place of an object and of a list, whose location says more.
const OBJECT: &str = "{…}";
const LIST: &str = "[…]";

fn sentence(problem: Problem, value: &str, is_text: bool) -> String {
    let mut out = String::new();
    match problem.say {
        Say::Expected(expected) => {
            // A string in its quotes: `"5"` is not `5`.
            let quote = if is_text { "\"" } else { "" };
            push_all(&mut out, &["expected ", expected, ", found `", quote, value, quote, "`"]);
        }
        Say::Missing(key) => push_all(&mut out, &["the key `", key, "` is missing"]),
        Say::NotAKey(_) => push_all(&mut out, &["unknown key `", value, "`"]),
        Say::NotAnOperator | Say::NotAWord => {
            push_all(&mut out, &["unknown operator `", value, "`"]);
            if let Some(instead) = suggest::instead_of(value) {
                push_all(&mut out, &["; ", instead]);
            }
        }
        Say::Twice => push_all(&mut out, &["`", value, "` appears twice; keep one"]),
        Say::Undeclared => {
            push_all(&mut out, &["the ", undeclared(problem.code).1, " `", value, "` is not declared"]);
        }
        Say::That(sentence) if value == OBJECT || value == LIST => out.push_str(sentence),
        Say::That(sentence) => push_all(&mut out, &["`", value, "`: ", sentence]),
    }
    out
}

/// The error of a document whose reading ended early.
fn stopped(stop: Problem, bytes: &[u8]) -> SnapshotError {
    let message = match stop.say {
        Say::That(message) => message,
        Say::Expected(_)
        | Say::Missing(_)
        | Say::NotAKey(_)
        | Say::NotAnOperator
        | Say::NotAWord
        | Say::Twice
        | Say::Undeclared => "",
    };
    let mut issue = whole(stop.code, message);
    if stop.code == Code::Syntax {
        issue.position = Some(pointer::line_and_column(bytes, stop.at));
    }
    SnapshotError { issues: [issue].into() }
}

/// The error of a document that is not UTF-8 from an offset on.
pub(crate) fn not_utf8(at: usize, bytes: &[u8]) -> SnapshotError {
    stopped(Problem { at, code: Code::Syntax, say: Say::That("not UTF-8") }, bytes)
}

/// The error of a document that is too large.
pub(crate) fn too_large() -> SnapshotError {
    SnapshotError { issues: [whole(Code::TooLarge, "more bytes than `maxBytes` allows")].into() }
}

/// The error of somebody for whom too much comes together, with an assignment of this role.
pub(crate) fn too_much(assignment: u32, role: &str) -> SnapshotError {
    let problem = Problem { at: 0, code: Code::TooComplex, say: FOR_USER };
    let mut issue = whole(problem.code, &sentence(problem, &printable(role), true));
    issue.path.push_str("/roles/");
    number::push_integer(&mut issue.path, assignment.into());
    SnapshotError { issues: [issue].into() }
}

fn whole(code: Code, message: &str) -> Issue {
    Issue { path: String::new(), code, message: message.to_owned(), suggestion: None, position: None }
}

/// A value as messages show it: characters that control a terminal or the direction of text are written as in
/// JSON.
pub(crate) fn printable(value: &str) -> String {
    let mut out = String::new();
    for character in value.chars() {
        if is_printable(character) {
            out.push(character);
            continue;
        }
        out.push_str("\\u");
        for shift in [12, 8, 4, 0] {
            out.extend(char::from_digit((character as u32 >> shift) & 15, 16));
        }
    }
    out
}

/// All others are below U+10000. Twin of `UNPRINTABLE` in pkg-template/src/core/errors.ts.
fn is_printable(character: char) -> bool {
    !matches!(character, '\0'..='\x1f' | '\x7f'..='\u{9f}' | '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
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
        Some(b'{') => OBJECT.to_owned(),
        Some(b'[') => LIST.to_owned(),
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

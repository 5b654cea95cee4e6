//! Reading: from the text to a [`Draft`]. One function for each object of the format.

mod catalog;
mod roles;
mod users;

use alloc::string::String;
use alloc::vec::Vec;
use core::ops::Range;

use super::draft::{Draft, Named};
use crate::condition::read::when;
use crate::condition::{add, span_from};
use crate::error::{Code, Problems, Say};
use crate::json::reader::{List, Reader};
use crate::json::scan::Read;
use crate::json::text::{At, Text, has_parts};
use crate::json::value::is_id;
use crate::time;

const TOP_KEYS: &[&str] = &[
    "format",
    "revision",
    "tenant",
    "issuedAt",
    "expiresAt",
    "plan",
    "catalog",
    "teams",
    "roles",
    "users",
    "everyone",
    "separations",
    "$schema",
];

/// The format that this version reads.
pub(crate) const FORMAT: &str = "rolegate/1";

/// Reads a document: the draft, its unescaped strings, and the problems that show without looking
/// anything up.
pub(crate) fn read(source: &str) -> Read<(Draft, String, Problems)> {
    let mut reader = Reader::new(source);
    let mut draft = Draft::default();
    snapshot(&mut reader, &mut draft);
    let (arena, problems) = reader.finish()?;
    Ok((draft, arena, problems))
}

fn snapshot(reader: &mut Reader<'_>, draft: &mut Draft) {
    let Some(mut object) = reader.object() else {
        return;
    };
    while let Some(key) = reader.field(&mut object, TOP_KEYS) {
        draft.places.add(key, reader.at());
        match key {
            "format" => format(reader),
            "revision" => draft.revision = revision(reader),
            "tenant" => draft.tenant = reader.text(),
            "issuedAt" => draft.issued_at = moment(reader),
            "expiresAt" => draft.expires_at = moment(reader),
            "plan" => draft.plan = named(reader),
            "catalog" => catalog::catalog(reader, draft),
            "teams" => each(reader, draft, users::team),
            "roles" => each(reader, draft, roles::role),
            "users" => each(reader, draft, users::user),
            "everyone" => draft.everyone = users::assignments(reader, draft),
            "separations" => each(reader, draft, users::separation),
            _ => reader.skip(),
        }
    }
    for key in ["format", "revision", "catalog", "roles"] {
        reader.require(&object, TOP_KEYS, key);
    }
}

fn format(reader: &mut Reader<'_>) {
    let at = reader.at();
    if reader.text().is_some_and(|text| reader.str(text) != FORMAT) {
        reader.report(at, Code::UnknownFormat, Say::Expected("the format `rolegate/1`"));
    }
}

fn revision(reader: &mut Reader<'_>) -> u64 {
    integer(reader, 0, (1 << 53) - 1, "an integer from 0 to 2^53-1, without fraction or exponent")
        .unwrap_or(0)
}

/// Reads an integer within bounds, written without fraction or exponent.
fn integer(reader: &mut Reader<'_>, min: u64, max: u64, expected: &'static str) -> Option<u64> {
    let at = reader.at();
    let token = reader.number()?;
    let value = token.parse().ok().filter(|value| (min..=max).contains(value));
    if value.is_none() {
        reader.report(at, Code::InvalidValue, Say::Expected(expected));
    }
    value
}

fn moment(reader: &mut Reader<'_>) -> Option<f64> {
    let at = reader.at();
    let text = reader.text()?;
    let moment = time::parse(reader.str(text));
    if moment.is_none() {
        reader.report(at, Code::InvalidTime, Say::Expected("a time like `2027-01-01T00:00:00Z`"));
    }
    moment
}

/// Reads a list, each element with `element`.
fn each(reader: &mut Reader<'_>, draft: &mut Draft, element: fn(&mut Reader<'_>, &mut Draft)) {
    let mut list = reader.list();
    while reader.element(&mut list) {
        element(reader, draft);
    }
}

/// Reads a string with its place.
fn named(reader: &mut Reader<'_>) -> Option<Named> {
    let at = reader.at();
    reader.text().map(|text| Named { at, text })
}

/// Reads the id that an object declares.
fn declared(reader: &mut Reader<'_>) -> Option<Named> {
    declared_as(reader, is_id, "an id: 1 to 256 bytes, no control characters")
}

fn declared_as(reader: &mut Reader<'_>, is_id: fn(&str) -> bool, expected: &'static str) -> Option<Named> {
    let id = named(reader)?;
    if is_id(reader.str(id.text)) {
        return Some(id);
    }
    reader.report(id.at, Code::InvalidId, Say::Expected(expected));
    None
}

/// Reads a list of references.
fn references(reader: &mut Reader<'_>, pool: &mut Vec<At>) -> Range<u32> {
    let first = pool.len();
    references_of(reader, pool);
    span_from(first, pool)
}

/// Reads a non-empty list of references, and how many entries it has, right or wrong.
fn some_references(reader: &mut Reader<'_>, pool: &mut Vec<At>) -> (Range<u32>, u64) {
    let first = pool.len();
    let list = references_of(reader, pool);
    reader.require_elements(&list);
    (span_from(first, pool), u64::from(list.count))
}

fn references_of(reader: &mut Reader<'_>, pool: &mut Vec<At>) -> List {
    let mut list = reader.list();
    while reader.element(&mut list) {
        add(pool, reader.text_at());
    }
    list
}

/// Reads an attribute path: dotted parts, none of them empty.
fn path(reader: &mut Reader<'_>) -> Option<Text> {
    let at = reader.at();
    let text = reader.text()?;
    if has_parts(reader.str(text), b'.') {
        return Some(text);
    }
    reader.report(at, Code::InvalidValue, Say::Expected("an attribute path without empty parts"));
    None
}

//! Reading: from the text to a [`Draft`]. One function for each object of the format.

mod catalog;
mod roles;
mod users;

use alloc::string::String;
use alloc::vec::Vec;
use core::ops::Range;

use super::draft::{Draft, Named};
use crate::condition::read::when;
use crate::condition::span_from;
use crate::error::{Code, Problems, Say};
use crate::json::reader::{List, Reader};
use crate::json::scan::Read;
use crate::json::text::{At, Text};
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
    snapshot(&mut reader, &mut draft)?;
    let (arena, problems) = reader.finish()?;
    Ok((draft, arena, problems))
}

fn snapshot(reader: &mut Reader<'_>, draft: &mut Draft) -> Read<()> {
    let Some(mut object) = reader.object()? else {
        return Ok(());
    };
    while let Some(key) = reader.field(&mut object, TOP_KEYS)? {
        draft.places.add(key, reader.at());
        match key {
            "format" => format(reader)?,
            "revision" => draft.revision = revision(reader)?,
            "tenant" => draft.tenant = reader.text()?,
            "issuedAt" => draft.issued_at = moment(reader)?,
            "expiresAt" => draft.expires_at = moment(reader)?,
            "plan" => draft.plan = named(reader)?,
            "catalog" => catalog::catalog(reader, draft)?,
            "teams" => {
                list(reader, |reader| users::team(reader, &mut draft.teams))?;
            }
            "roles" => list(reader, |reader| roles::role(reader, &mut draft.roles, &mut draft.pools))?,
            "users" => list(reader, |reader| users::user(reader, &mut draft.users, &mut draft.pools))?,
            "everyone" => draft.everyone = users::assignments(reader, &mut draft.pools)?,
            "separations" => list(reader, |reader| users::separation(reader, draft))?,
            _ => reader.skip()?,
        }
    }
    for key in ["format", "revision", "catalog", "roles"] {
        reader.require(&object, TOP_KEYS, key);
    }
    Ok(())
}

fn format(reader: &mut Reader<'_>) -> Read<()> {
    let at = reader.at();
    if reader.text()?.is_some_and(|text| reader.str(text) != FORMAT) {
        reader.report(at, Code::UnknownFormat, Say::Expected("the format `rolegate/1`"));
    }
    Ok(())
}

fn revision(reader: &mut Reader<'_>) -> Read<u64> {
    Ok(integer(reader, 0, (1 << 53) - 1, "an integer from 0 to 2^53-1, without fraction or exponent")?
        .unwrap_or(0))
}

/// Reads an integer within bounds, written without fraction or exponent.
fn integer(reader: &mut Reader<'_>, min: u64, max: u64, expected: &'static str) -> Read<Option<u64>> {
    let at = reader.at();
    let Some(token) = reader.number()? else {
        return Ok(None);
    };
    let value = token.parse().ok().filter(|value| (min..=max).contains(value));
    if value.is_none() {
        reader.report(at, Code::InvalidValue, Say::Expected(expected));
    }
    Ok(value)
}

fn moment(reader: &mut Reader<'_>) -> Read<Option<f64>> {
    let at = reader.at();
    let Some(text) = reader.text()? else {
        return Ok(None);
    };
    let moment = time::parse(reader.str(text));
    if moment.is_none() {
        reader.report(at, Code::InvalidTime, Say::Expected("a time like `2027-01-01T00:00:00Z`"));
    }
    Ok(moment)
}

/// Reads a list, each element by `each`.
fn list<'a>(reader: &mut Reader<'a>, each: impl FnMut(&mut Reader<'a>) -> Read<()>) -> Read<()> {
    elements(reader, each).map(drop)
}

/// Reads a list with at least one element.
fn full_list<'a>(reader: &mut Reader<'a>, each: impl FnMut(&mut Reader<'a>) -> Read<()>) -> Read<()> {
    if let Some(list) = elements(reader, each)? {
        reader.require_elements(&list);
    }
    Ok(())
}

fn elements<'a>(
    reader: &mut Reader<'a>,
    mut each: impl FnMut(&mut Reader<'a>) -> Read<()>,
) -> Read<Option<List>> {
    let Some(mut list) = reader.list()? else { return Ok(None) };
    while reader.element(&mut list)? {
        each(reader)?;
    }
    Ok(Some(list))
}

/// Reads a string with its place.
fn named(reader: &mut Reader<'_>) -> Read<Option<Named>> {
    let at = reader.at();
    Ok(reader.text()?.map(|text| Named { at, text }))
}

/// Reads the id that an object declares.
fn declared(reader: &mut Reader<'_>) -> Read<Option<Named>> {
    declared_as(reader, is_id, "an id: 1 to 256 bytes, no control characters")
}

fn declared_as(
    reader: &mut Reader<'_>,
    is_id: fn(&str) -> bool,
    expected: &'static str,
) -> Read<Option<Named>> {
    let Some(id) = named(reader)? else {
        return Ok(None);
    };
    if is_id(reader.str(id.text)) {
        return Ok(Some(id));
    }
    reader.report(id.at, Code::InvalidId, Say::Expected(expected));
    Ok(None)
}

/// Reads a list of references.
fn references(reader: &mut Reader<'_>, pool: &mut Vec<At>) -> Read<Range<u32>> {
    let first = pool.len();
    list(reader, |reader| {
        pool.extend(reader.text_at()?);
        Ok(())
    })?;
    Ok(span_from(first, pool))
}

/// Reads a non-empty list of references, and how many entries it has, right or wrong.
fn some_references(reader: &mut Reader<'_>, pool: &mut Vec<At>) -> Read<(Range<u32>, u64)> {
    let mut count = 0;
    let first = pool.len();
    full_list(reader, |reader| {
        count += 1;
        pool.extend(reader.text_at()?);
        Ok(())
    })?;
    Ok((span_from(first, pool), count))
}

/// Reads an attribute path: dotted parts, none of them empty.
fn path(reader: &mut Reader<'_>) -> Read<Option<Text>> {
    let at = reader.at();
    let Some(text) = reader.text()? else {
        return Ok(None);
    };
    if reader.str(text).split('.').all(|part| !part.is_empty()) {
        return Ok(Some(text));
    }
    reader.report(at, Code::InvalidValue, Say::Expected("an attribute path without empty parts"));
    Ok(None)
}

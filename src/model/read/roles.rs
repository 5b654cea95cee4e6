//! Reading roles: grants and denials.

use alloc::vec::Vec;

use super::super::draft::{DraftAlternative, DraftDenial, DraftGrant, DraftRole, Level, Pools};
use super::{declared, full_list, list, moment, named, references, when};
use crate::condition::span;
use crate::error::{Code, Say};
use crate::json::reader::Reader;
use crate::json::scan::Read;

const ROLE_KEYS: &[&str] = &[
    "id",
    "name",
    "description",
    "type",
    "standard",
    "locked",
    "inherits",
    "grants",
    "deny",
    "approvedBy",
    "reviewedAt",
];
const GRANT_KEYS: &[&str] = &["scope", "when"];
const DENIAL_KEYS: &[&str] = &["key", "when"];

pub(super) fn role(reader: &mut Reader<'_>, into: &mut Vec<DraftRole>, pools: &mut Pools) -> Read<()> {
    let Some(mut object) = reader.object()? else {
        return Ok(());
    };
    let mut made = DraftRole { at: object.at, ..DraftRole::default() };
    while let Some(key) = reader.field(&mut object, ROLE_KEYS)? {
        match key {
            "id" => made.id = declared(reader)?,
            "name" | "description" | "approvedBy" => drop(reader.text()?),
            "type" => {
                made.kind = named(reader)?;
                made.has_kind = true;
            }
            "standard" => made.standard = reader.boolean()?.unwrap_or_default(),
            "locked" => drop(reader.boolean()?),
            "inherits" => made.inherits = references(reader, &mut pools.references)?,
            "grants" => made.grants = grants(reader, pools)?,
            "deny" => list(reader, |reader| denial(reader, &mut made.deny, pools))?,
            _ => drop(moment(reader)?),
        }
    }
    reader.require(&object, ROLE_KEYS, "id");
    reader.require(&object, ROLE_KEYS, "name");
    into.push(made);
    Ok(())
}

fn grants(reader: &mut Reader<'_>, pools: &mut Pools) -> Read<Vec<DraftGrant>> {
    let mut found = Vec::new();
    let Some(mut object) = reader.object()? else {
        return Ok(found);
    };
    while let Some(key) = reader.entry(&mut object)? {
        let mut alternatives = Vec::new();
        match reader.peek() {
            Some(b't' | b'f') => {
                let at = reader.at();
                if reader.boolean()? == Some(true) {
                    alternatives.push(DraftAlternative { at, level: None, when: None });
                }
            }
            Some(b'[') => full_list(reader, |reader| alternative(reader, &mut alternatives, pools))?,
            _ => alternative(reader, &mut alternatives, pools)?,
        }
        let alternatives = span(&mut pools.alternatives, alternatives);
        found.push(DraftGrant { key, alternatives });
    }
    Ok(found)
}

/// Reads a level, or an object with a level, a condition or both.
fn alternative(reader: &mut Reader<'_>, into: &mut Vec<DraftAlternative>, pools: &mut Pools) -> Read<()> {
    match reader.peek() {
        Some(b'"') => {
            let at = reader.at();
            into.extend(level(reader)?.map(|level| DraftAlternative { at, level: Some(level), when: None }));
            Ok(())
        }
        Some(b'{') => conditional(reader, into, pools),
        _ => reader.wrong_type("`true`, `false`, a level or an object with `scope` and `when`"),
    }
}

fn conditional(reader: &mut Reader<'_>, into: &mut Vec<DraftAlternative>, pools: &mut Pools) -> Read<()> {
    let Some(mut object) = reader.object()? else {
        return Ok(());
    };
    let mut made = DraftAlternative { at: object.at, level: None, when: None };
    while let Some(key) = reader.field(&mut object, GRANT_KEYS)? {
        if key == "scope" {
            made.at = reader.at();
            made.level = level(reader)?;
        } else {
            made.when = when(reader, &mut pools.conditions)?;
        }
    }
    if !Reader::has(&object, GRANT_KEYS, "scope") && !Reader::has(&object, GRANT_KEYS, "when") {
        reader.report(object.at, Code::MissingKey, Say::Missing("scope` or `when"));
    }
    into.push(made);
    Ok(())
}

fn level(reader: &mut Reader<'_>) -> Read<Option<Level>> {
    let at = reader.at();
    let Some(text) = reader.text()? else {
        return Ok(None);
    };
    let level = Level::of(reader.str(text));
    if level.is_none() {
        reader.report(at, Code::InvalidScope, Say::Expected("`own`, `team` or `all`"));
    }
    Ok(level)
}

fn denial(reader: &mut Reader<'_>, into: &mut Vec<DraftDenial>, pools: &mut Pools) -> Read<()> {
    if reader.peek() == Some(b'"') {
        into.extend(named(reader)?.map(|key| DraftDenial { key, when: None, bare: true }));
        return Ok(());
    }
    let Some(mut object) = reader.object()? else {
        return Ok(());
    };
    let (mut denied, mut condition) = (None, None);
    while let Some(key) = reader.field(&mut object, DENIAL_KEYS)? {
        if key == "key" {
            denied = named(reader)?;
        } else {
            condition = when(reader, &mut pools.conditions)?;
        }
    }
    reader.require(&object, DENIAL_KEYS, "key");
    reader.require(&object, DENIAL_KEYS, "when");
    into.extend(denied.map(|key| DraftDenial { key, when: condition, bare: false }));
    Ok(())
}

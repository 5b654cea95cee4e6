//! Reading roles: grants and denials.

use alloc::vec::Vec;

use super::super::draft::{Draft, DraftAlternative, DraftDenial, DraftGrant, DraftRole, Level, Pools};
use super::{declared, moment, named, references, when};
use crate::condition::{add, span_from};
use crate::error::{Code, Say};
use crate::json::reader::Reader;

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

pub(super) fn role(reader: &mut Reader<'_>, draft: &mut Draft) {
    let Some(mut object) = reader.object() else {
        return;
    };
    let pools = &mut draft.pools;
    let mut made = DraftRole { at: object.at, ..DraftRole::default() };
    while let Some(key) = reader.field(&mut object, ROLE_KEYS) {
        match key {
            "id" => made.id = declared(reader),
            "name" | "description" | "approvedBy" => drop(reader.text()),
            "type" => {
                made.kind = named(reader);
                made.has_kind = true;
            }
            "standard" => made.standard = reader.boolean().unwrap_or_default(),
            "locked" => drop(reader.boolean()),
            "inherits" => made.inherits = references(reader, &mut pools.references),
            "grants" => made.grants = grants(reader, pools),
            "deny" => {
                let mut list = reader.list();
                while reader.element(&mut list) {
                    add(&mut made.deny, denial(reader, pools));
                }
            }
            _ => drop(moment(reader)),
        }
    }
    reader.require(&object, ROLE_KEYS, "id");
    reader.require(&object, ROLE_KEYS, "name");
    draft.roles.push(made);
}

fn grants(reader: &mut Reader<'_>, pools: &mut Pools) -> Vec<DraftGrant> {
    let mut found = Vec::new();
    let Some(mut object) = reader.object() else {
        return found;
    };
    while let Some(key) = reader.entry(&mut object) {
        let first = pools.alternatives.len();
        match reader.peek() {
            Some(b't' | b'f') => {
                let at = reader.at();
                if reader.boolean() == Some(true) {
                    pools.alternatives.push(DraftAlternative { at, level: None, when: None });
                }
            }
            Some(b'[') => {
                let mut list = reader.list();
                while reader.element(&mut list) {
                    alternative(reader, pools);
                }
                reader.require_elements(&list);
            }
            _ => alternative(reader, pools),
        }
        found.push(DraftGrant { key, alternatives: span_from(first, &pools.alternatives) });
    }
    found
}

/// Reads a level, or an object with a level, a condition or both.
fn alternative(reader: &mut Reader<'_>, pools: &mut Pools) {
    let made = match reader.peek() {
        Some(b'"') => {
            let at = reader.at();
            level(reader).map(|level| DraftAlternative { at, level: Some(level), when: None })
        }
        Some(b'{') => conditional(reader, pools),
        _ => reader.refuse("`true`, `false`, a level or an object with `scope` and `when`"),
    };
    add(&mut pools.alternatives, made);
}

fn conditional(reader: &mut Reader<'_>, pools: &mut Pools) -> Option<DraftAlternative> {
    let mut object = reader.object()?;
    let mut made = DraftAlternative { at: object.at, level: None, when: None };
    while let Some(key) = reader.field(&mut object, GRANT_KEYS) {
        if key == "scope" {
            made.at = reader.at();
            made.level = level(reader);
        } else {
            made.when = when(reader, &mut pools.conditions);
        }
    }
    if !Reader::has(&object, GRANT_KEYS, "scope") && !Reader::has(&object, GRANT_KEYS, "when") {
        reader.report(object.at, Code::MissingKey, Say::Missing("scope` or `when"));
    }
    Some(made)
}

fn level(reader: &mut Reader<'_>) -> Option<Level> {
    let at = reader.at();
    let text = reader.text()?;
    let level = Level::of(reader.str(text));
    if level.is_none() {
        reader.report(at, Code::InvalidScope, Say::Expected("`own`, `team` or `all`"));
    }
    level
}

fn denial(reader: &mut Reader<'_>, pools: &mut Pools) -> Option<DraftDenial> {
    if reader.peek() == Some(b'"') {
        return named(reader).map(|key| DraftDenial { key, when: None, bare: true });
    }
    let mut object = reader.object()?;
    let (mut denied, mut condition) = (None, None);
    while let Some(key) = reader.field(&mut object, DENIAL_KEYS) {
        if key == "key" {
            denied = named(reader);
        } else {
            condition = when(reader, &mut pools.conditions);
        }
    }
    reader.require(&object, DENIAL_KEYS, "key");
    reader.require(&object, DENIAL_KEYS, "when");
    denied.map(|key| DraftDenial { key, when: condition, bare: false })
}

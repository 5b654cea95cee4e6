//! Reading the catalog: categories, permissions, resource types and masks.

use alloc::vec::Vec;
use core::ops::Range;

use super::super::draft::{
    Draft, DraftCategory, DraftMask, DraftPermission, DraftResource, Level, Levels, Named,
};
use super::{declared_as, each, named, path, references, some_references};
use crate::condition::{add, span_from};
use crate::error::{Code, Say};
use crate::json::reader::Reader;
use crate::json::text::{Text, has_parts};
use crate::json::value::is_id;

const CATALOG_KEYS: &[&str] = &["categories", "roleTypes", "plans", "resources", "levelTitles", "masks"];
const CATEGORY_KEYS: &[&str] = &["id", "title", "description", "permissions"];
const PERMISSION_KEYS: &[&str] = &[
    "id",
    "title",
    "description",
    "resource",
    "scopes",
    "requires",
    "implies",
    "roleTypes",
    "plans",
    "standardOnly",
    "sensitive",
];
const RESOURCE_KEYS: &[&str] = &["owner", "team"];
const MASK_KEYS: &[&str] = &["resource", "field", "permission", "as"];

pub(super) fn catalog(reader: &mut Reader<'_>, draft: &mut Draft) {
    let Some(mut object) = reader.object() else {
        return;
    };
    while let Some(key) = reader.field(&mut object, CATALOG_KEYS) {
        draft.places.add(key, reader.at());
        match key {
            "categories" => each(reader, draft, category),
            "roleTypes" => draft.catalog.role_types = Some(names(reader)),
            "plans" => draft.catalog.plans = Some(names(reader)),
            "resources" => resources(reader, draft),
            "levelTitles" => level_titles(reader, draft),
            _ => each(reader, draft, mask),
        }
    }
    reader.require(&object, CATALOG_KEYS, "categories");
}

/// Reads a non-empty list of names that this list declares.
fn names(reader: &mut Reader<'_>) -> Vec<Named> {
    let mut found = Vec::new();
    let mut list = reader.list();
    while reader.element(&mut list) {
        add(&mut found, named(reader));
    }
    reader.require_elements(&list);
    found
}

fn category(reader: &mut Reader<'_>, draft: &mut Draft) {
    let Some(mut object) = reader.object() else {
        return;
    };
    let (mut id, mut permissions) = (None, 0..0);
    while let Some(key) = reader.field(&mut object, CATEGORY_KEYS) {
        match key {
            "id" => id = dotted(reader),
            "permissions" => permissions = category_permissions(reader, draft),
            _ => drop(reader.text()),
        }
    }
    reader.require(&object, CATEGORY_KEYS, "id");
    reader.require(&object, CATEGORY_KEYS, "permissions");
    draft.catalog.categories.push(DraftCategory { id, permissions });
}

fn category_permissions(reader: &mut Reader<'_>, draft: &mut Draft) -> Range<u32> {
    let first = draft.catalog.permissions.len();
    each(reader, draft, permission);
    span_from(first, &draft.catalog.permissions)
}

fn permission(reader: &mut Reader<'_>, draft: &mut Draft) {
    let Some(mut object) = reader.object() else {
        return;
    };
    let pool = &mut draft.pools.references;
    let mut made = DraftPermission::default();
    while let Some(key) = reader.field(&mut object, PERMISSION_KEYS) {
        match key {
            "id" => made.id = dotted(reader),
            "title" | "description" => drop(reader.text()),
            "resource" => made.resource = reader.text(),
            "scopes" => made.scopes = scopes(reader),
            "requires" => made.requires = references(reader, pool),
            "implies" => made.implies = references(reader, pool),
            "roleTypes" => made.role_types = Some(some_references(reader, pool).0),
            "plans" => made.plans = Some(some_references(reader, pool).0),
            "standardOnly" => made.standard_only = reader.boolean().unwrap_or_default(),
            _ => drop(reader.boolean()),
        }
    }
    reader.require(&object, PERMISSION_KEYS, "id");
    draft.catalog.permissions.push(made);
}

/// Reads the id of a permission or a category.
fn dotted(reader: &mut Reader<'_>) -> Option<Named> {
    declared_as(reader, is_dotted_id, "an id without white space, `*` or an empty part between dots")
}

fn is_dotted_id(text: &str) -> bool {
    is_id(text)
        && !text.chars().any(|character| character == '*' || character.is_whitespace())
        && has_parts(text, b'.')
}

fn scopes(reader: &mut Reader<'_>) -> Levels {
    let mut levels = Levels::default();
    let mut list = reader.list();
    while reader.element(&mut list) {
        let at = reader.at();
        let Some(text) = reader.text() else { continue };
        match Level::of(reader.str(text)) {
            None => reader.report(at, Code::InvalidScope, Say::NotAKey(&Level::NAMES)),
            Some(level) if levels.has(level) => reader.report(at, Code::DuplicateId, Say::Twice),
            Some(level) => levels.add(level),
        }
    }
    reader.require_elements(&list);
    levels
}

fn resources(reader: &mut Reader<'_>, draft: &mut Draft) {
    let Some(mut object) = reader.object() else {
        return;
    };
    while let Some(name) = reader.entry(&mut object) {
        let Some(mut mapping) = reader.object() else {
            continue;
        };
        let (mut owner, mut team) = (None, None);
        while let Some(key) = reader.field(&mut mapping, RESOURCE_KEYS) {
            let paths = Some(paths(reader, &mut draft.pools.paths));
            if key == "owner" {
                owner = paths;
            } else {
                team = paths;
            }
        }
        draft.catalog.resources.push(DraftResource { name, owner, team });
    }
}

/// Reads one path, or a non-empty list of paths.
fn paths(reader: &mut Reader<'_>, pool: &mut Vec<Text>) -> Range<u32> {
    let first = pool.len();
    if reader.peek() == Some(b'[') {
        let mut list = reader.list();
        while reader.element(&mut list) {
            add(pool, path(reader));
        }
        reader.require_elements(&list);
    } else {
        add(pool, path(reader));
    }
    span_from(first, pool)
}

fn level_titles(reader: &mut Reader<'_>, draft: &mut Draft) {
    let Some(mut object) = reader.object() else {
        return;
    };
    while let Some(key) = reader.field(&mut object, &Level::NAMES) {
        let title = reader.text();
        for (level, slot) in Level::ALL.iter().zip(&mut draft.catalog.level_titles) {
            if level.as_str() == key {
                *slot = title;
            }
        }
    }
}

fn mask(reader: &mut Reader<'_>, draft: &mut Draft) {
    let Some(mut object) = reader.object() else {
        return;
    };
    let mut made =
        DraftMask { at: object.at, resource: None, field: None, permission: None, shown: "redact" };
    while let Some(key) = reader.field(&mut object, MASK_KEYS) {
        match key {
            "resource" => made.resource = named(reader),
            "field" => made.field = path(reader),
            "permission" => made.permission = reader.text_at(),
            _ => made.shown = mask_kind(reader).unwrap_or(made.shown),
        }
    }
    for key in ["resource", "field", "permission"] {
        reader.require(&object, MASK_KEYS, key);
    }
    draft.catalog.masks.push(made);
}

fn mask_kind(reader: &mut Reader<'_>) -> Option<&'static str> {
    let at = reader.at();
    let text = reader.text()?;
    let kind = ["omit", "null", "redact", "pseudonym"].into_iter().find(|kind| *kind == reader.str(text));
    if kind.is_none() {
        reader.report(at, Code::InvalidValue, Say::Expected("`omit`, `null`, `redact` or `pseudonym`"));
    }
    kind
}

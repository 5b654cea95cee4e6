//! Reading the catalog: categories, permissions, resource types and masks.

use alloc::vec::Vec;
use core::ops::Range;

use super::super::draft::{
    Draft, DraftCategory, DraftMask, DraftPermission, DraftResource, Level, Levels, Named, Pools,
};
use super::{declared_as, full_list, list, named, path, references, some_references};
use crate::condition::span;
use crate::error::{Code, Say};
use crate::json::reader::Reader;
use crate::json::scan::Read;
use crate::json::text::Text;
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

pub(super) fn catalog(reader: &mut Reader<'_>, draft: &mut Draft) -> Read<()> {
    let Some(mut object) = reader.object()? else {
        return Ok(());
    };
    while let Some(key) = reader.field(&mut object, CATALOG_KEYS)? {
        draft.places.add(key, reader.at());
        match key {
            "categories" => list(reader, |reader| category(reader, draft))?,
            "roleTypes" => draft.catalog.role_types = Some(names(reader)?),
            "plans" => draft.catalog.plans = Some(names(reader)?),
            "resources" => resources(reader, draft)?,
            "levelTitles" => level_titles(reader, draft)?,
            _ => list(reader, |reader| mask(reader, draft))?,
        }
    }
    reader.require(&object, CATALOG_KEYS, "categories");
    Ok(())
}

/// Reads a non-empty list of names that this list declares.
fn names(reader: &mut Reader<'_>) -> Read<Vec<Named>> {
    let mut found = Vec::new();
    full_list(reader, |reader| {
        found.extend(named(reader)?);
        Ok(())
    })?;
    Ok(found)
}

fn category(reader: &mut Reader<'_>, draft: &mut Draft) -> Read<()> {
    let Some(mut object) = reader.object()? else {
        return Ok(());
    };
    let (mut id, mut permissions) = (None, 0..0);
    while let Some(key) = reader.field(&mut object, CATEGORY_KEYS)? {
        match key {
            "id" => id = dotted(reader)?,
            "permissions" => permissions = category_permissions(reader, draft)?,
            _ => drop(reader.text()?),
        }
    }
    reader.require(&object, CATEGORY_KEYS, "id");
    reader.require(&object, CATEGORY_KEYS, "permissions");
    draft.catalog.categories.push(DraftCategory { id, permissions });
    Ok(())
}

fn category_permissions(reader: &mut Reader<'_>, draft: &mut Draft) -> Read<Range<u32>> {
    let mut found = Vec::new();
    list(reader, |reader| permission(reader, &mut found, &mut draft.pools))?;
    Ok(span(&mut draft.catalog.permissions, found))
}

fn permission(reader: &mut Reader<'_>, into: &mut Vec<DraftPermission>, pools: &mut Pools) -> Read<()> {
    let Some(mut object) = reader.object()? else {
        return Ok(());
    };
    let mut made = DraftPermission::default();
    while let Some(key) = reader.field(&mut object, PERMISSION_KEYS)? {
        match key {
            "id" => made.id = dotted(reader)?,
            "title" | "description" => drop(reader.text()?),
            "resource" => made.resource = reader.text()?,
            "scopes" => made.scopes = scopes(reader)?,
            "requires" => made.requires = references(reader, &mut pools.references)?,
            "implies" => made.implies = references(reader, &mut pools.references)?,
            "roleTypes" => made.role_types = Some(some_references(reader, &mut pools.references)?.0),
            "plans" => made.plans = Some(some_references(reader, &mut pools.references)?.0),
            "standardOnly" => made.standard_only = reader.boolean()?.unwrap_or_default(),
            _ => drop(reader.boolean()?),
        }
    }
    reader.require(&object, PERMISSION_KEYS, "id");
    into.push(made);
    Ok(())
}

/// Reads the id of a permission or a category.
fn dotted(reader: &mut Reader<'_>) -> Read<Option<Named>> {
    declared_as(reader, is_dotted_id, "an id without white space, `*` or an empty part between dots")
}

fn is_dotted_id(text: &str) -> bool {
    is_id(text)
        && !text.contains(|character: char| character == '*' || character.is_whitespace())
        && text.split('.').all(|part| !part.is_empty())
}

fn scopes(reader: &mut Reader<'_>) -> Read<Levels> {
    let mut levels = Levels::default();
    full_list(reader, |reader| {
        let at = reader.at();
        let Some(text) = reader.text()? else {
            return Ok(());
        };
        match Level::of(reader.str(text)) {
            None => reader.report(at, Code::InvalidScope, Say::NotAKey(&Level::NAMES)),
            Some(level) if levels.has(level) => reader.report(at, Code::DuplicateId, Say::Twice),
            Some(level) => levels.add(level),
        }
        Ok(())
    })?;
    Ok(levels)
}

fn resources(reader: &mut Reader<'_>, draft: &mut Draft) -> Read<()> {
    let Some(mut object) = reader.object()? else {
        return Ok(());
    };
    while let Some(name) = reader.entry(&mut object)? {
        let Some(mut mapping) = reader.object()? else {
            continue;
        };
        let (mut owner, mut team) = (None, None);
        while let Some(key) = reader.field(&mut mapping, RESOURCE_KEYS)? {
            let paths = Some(paths(reader, &mut draft.pools.paths)?);
            if key == "owner" {
                owner = paths;
            } else {
                team = paths;
            }
        }
        draft.catalog.resources.push(DraftResource { name, owner, team });
    }
    Ok(())
}

/// Reads one path, or a non-empty list of paths.
fn paths(reader: &mut Reader<'_>, pool: &mut Vec<Text>) -> Read<Range<u32>> {
    let mut found = Vec::new();
    if reader.peek() == Some(b'[') {
        full_list(reader, |reader| {
            found.extend(path(reader)?);
            Ok(())
        })?;
    } else {
        found.extend(path(reader)?);
    }
    Ok(span(pool, found))
}

fn level_titles(reader: &mut Reader<'_>, draft: &mut Draft) -> Read<()> {
    let Some(mut object) = reader.object()? else {
        return Ok(());
    };
    while let Some(key) = reader.field(&mut object, &Level::NAMES)? {
        let title = reader.text()?;
        for (level, slot) in Level::ALL.iter().zip(&mut draft.catalog.level_titles) {
            if level.as_str() == key {
                *slot = title;
            }
        }
    }
    Ok(())
}

fn mask(reader: &mut Reader<'_>, draft: &mut Draft) -> Read<()> {
    let Some(mut object) = reader.object()? else {
        return Ok(());
    };
    let mut made =
        DraftMask { at: object.at, resource: None, field: None, permission: None, shown: "redact" };
    while let Some(key) = reader.field(&mut object, MASK_KEYS)? {
        match key {
            "resource" => made.resource = named(reader)?,
            "field" => made.field = path(reader)?,
            "permission" => made.permission = reader.text_at()?,
            _ => made.shown = mask_kind(reader)?.unwrap_or(made.shown),
        }
    }
    for key in ["resource", "field", "permission"] {
        reader.require(&object, MASK_KEYS, key);
    }
    draft.catalog.masks.push(made);
    Ok(())
}

fn mask_kind(reader: &mut Reader<'_>) -> Read<Option<&'static str>> {
    let at = reader.at();
    let Some(text) = reader.text()? else {
        return Ok(None);
    };
    let kind = ["omit", "null", "redact", "pseudonym"].into_iter().find(|kind| *kind == reader.str(text));
    if kind.is_none() {
        reader.report(at, Code::InvalidValue, Say::Expected("`omit`, `null`, `redact` or `pseudonym`"));
    }
    Ok(kind)
}

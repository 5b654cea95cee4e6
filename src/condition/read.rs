//! Reading conditions, strictly.

use alloc::borrow::ToOwned;
use alloc::vec::Vec;

use super::cidr::Block;
use super::during::{self, DAYS, During};
use super::{Conditions, Leaf, Node, Op, Operand, Path, Root, Scalar};
use crate::error::{Code, Say};
use crate::ids::ConditionId;
use crate::json::number;
use crate::json::reader::{Key, Reader};
use crate::json::scan::Read;
use crate::json::text::Text;

const DURING_KEYS: &[&str] = &["tz", "days", "from", "to"];

/// Reads the condition that is the next value. `None` if something in it was reported.
pub(crate) fn when(reader: &mut Reader<'_>, into: &mut Conditions) -> Read<Option<ConditionId>> {
    if reader.peek() != Some(b'{') {
        return reader.wrong_type("a condition").map(|()| None);
    }
    condition(reader, into)
}

fn condition(reader: &mut Reader<'_>, into: &mut Conditions) -> Read<Option<ConditionId>> {
    if reader.peek() != Some(b'{') {
        return refuse(reader, "expected a condition").map(|()| None);
    }
    let Some(mut object) = reader.object()? else {
        return Ok(None);
    };
    let mut parts = Vec::new();
    let mut whole = true;
    while let Some(key) = reader.entry(&mut object)? {
        let before = parts.len();
        entry(reader, into, key, &mut parts)?;
        whole &= parts.len() > before;
    }
    if whole && parts.is_empty() {
        reader.report(object.at, Code::InvalidCondition, Say::That("a condition needs at least one entry"));
    }
    if !whole || parts.is_empty() {
        return Ok(None);
    }
    Ok(Some(all_of(into, &parts)))
}

/// The conjunction of at least one condition.
pub(crate) fn all_of(into: &mut Conditions, parts: &[ConditionId]) -> ConditionId {
    if let [one] = parts {
        *one
    } else {
        let children = into.add_children(parts);
        into.add(Node::And(children))
    }
}

/// Reads one entry of a condition; adds what it says to `parts`, or nothing if it was reported.
fn entry(reader: &mut Reader<'_>, into: &mut Conditions, key: Key, parts: &mut Vec<ConditionId>) -> Read<()> {
    let name = reader.str(key.text).to_owned();
    let made = match name.as_str() {
        "$and" => list(reader, into)?.map(|children| Node::And(into.add_children(&children))),
        "$or" => list(reader, into)?.map(|children| Node::Or(into.add_children(&children))),
        "$not" => condition(reader, into)?.map(Node::Not),
        "$during" => schedule(reader)?.map(Node::During),
        _ => return comparison(reader, into, key, parts),
    };
    parts.extend(made.map(|node| into.add(node)));
    Ok(())
}

/// Reads a non-empty list of conditions.
fn list(reader: &mut Reader<'_>, into: &mut Conditions) -> Read<Option<Vec<ConditionId>>> {
    if reader.peek() != Some(b'[') {
        return refuse(reader, "expected a list of conditions").map(|()| None);
    }
    let Some(mut list) = reader.list()? else {
        return Ok(None);
    };
    let mut children = Vec::new();
    let mut whole = true;
    let mut count = 0;
    while reader.element(&mut list)? {
        count += 1;
        match condition(reader, into)? {
            Some(child) => children.push(child),
            None => whole = false,
        }
    }
    if count == 0 {
        reader.report(list.at, Code::InvalidCondition, Say::That("expected at least one condition"));
    }
    Ok((whole && count > 0).then_some(children))
}

/// Reads what an attribute is compared with: a scalar, a reference or operators.
fn comparison(
    reader: &mut Reader<'_>,
    into: &mut Conditions,
    key: Key,
    parts: &mut Vec<ConditionId>,
) -> Read<()> {
    let Some(left) = path(reader, key.text) else {
        reader.report(key.at, Code::InvalidCondition, Say::That(PATHS));
        return reader.skip();
    };
    if reader.peek() != Some(b'{') {
        let right =
            scalar(reader, "expected a string, a number, a boolean or operators")?.map(Operand::Scalar);
        parts.extend(right.map(|right| into.add(Node::Leaf(Leaf { left, op: Op::Eq, right }))));
        return Ok(());
    }
    let Some(mut object) = reader.object()? else {
        return Ok(());
    };
    let mut found = Vec::new();
    let mut whole = true;
    let mut reference = None;
    let mut count = 0;
    while let Some(key) = reader.entry(&mut object)? {
        count += 1;
        let name = reader.str(key.text).to_owned();
        let leaf = if name == "$ref" {
            reference = Some(key);
            reference_path(reader)?.map(|path| (Op::Eq, Operand::Path(path)))
        } else if let Some(op) = Op::of(&name) {
            operand(reader, into, op)?.map(|right| (op, right))
        } else {
            reader.report(key.at, Code::InvalidCondition, Say::NotAKey(Op::NAMES));
            reader.skip()?;
            None
        };
        whole &= leaf.is_some();
        found.extend(leaf.map(|(op, right)| into.add(Node::Leaf(Leaf { left, op, right }))));
    }
    if count == 0 {
        reader.report(object.at, Code::InvalidCondition, Say::That("expected at least one operator"));
    }
    if let Some(key) = reference.filter(|_| count > 1) {
        reader.report(key.at, Code::InvalidCondition, Say::That("a reference stands alone"));
        whole = false;
    }
    if whole && !found.is_empty() {
        parts.push(all_of(into, &found));
    }
    Ok(())
}

const PATHS: &str = "a path begins with `resource.`, `user.` or `context.` and has no empty part";

/// The path that a string is.
fn path(reader: &Reader<'_>, text: Text) -> Option<Path> {
    let name = reader.str(text);
    let (root, prefix) = Root::ALL.into_iter().find(|(_, prefix)| name.starts_with(prefix))?;
    let whole = name.split('.').all(|part| !part.is_empty());
    whole.then(|| Path { root, rest: text.skip(prefix.len()) })
}

/// Reads the path of a `$ref`.
fn reference_path(reader: &mut Reader<'_>) -> Read<Option<Path>> {
    if reader.peek() != Some(b'"') {
        return refuse(reader, "expected a path").map(|()| None);
    }
    let at = reader.at();
    let found = reader.text()?.and_then(|text| path(reader, text));
    if found.is_none() {
        reader.report(at, Code::InvalidCondition, Say::That(PATHS));
    }
    Ok(found)
}

/// Reads the operand of an operator.
fn operand(reader: &mut Reader<'_>, into: &mut Conditions, op: Op) -> Read<Option<Operand>> {
    match op {
        Op::Exists => exists(reader),
        Op::Cidr => blocks(reader, into),
        _ if reader.peek() == Some(b'{') => reference(reader),
        Op::In | Op::Nin | Op::HasAny | Op::Subset => scalars(reader, into),
        Op::Eq | Op::Ne | Op::Has => {
            Ok(scalar(reader, "expected a string, a number or a boolean")?.map(Operand::Scalar))
        }
        Op::Lt | Op::Lte | Op::Gt | Op::Gte => {
            fitting(reader, "expected a number or a string", |scalar| !matches!(scalar, Scalar::Bool(_)))
        }
        Op::StartsWith => fitting(reader, "expected a string", |scalar| matches!(scalar, Scalar::Text(_))),
    }
}

/// Reads `{ "$ref": path }`.
fn reference(reader: &mut Reader<'_>) -> Read<Option<Operand>> {
    let Some(mut object) = reader.object()? else {
        return Ok(None);
    };
    let mut found = None;
    let mut whole = true;
    let mut count = 0;
    while let Some(key) = reader.entry(&mut object)? {
        count += 1;
        if reader.str(key.text) == "$ref" {
            found = reference_path(reader)?;
        } else {
            reader.report(key.at, Code::InvalidCondition, Say::NotAKey(&["$ref"]));
            reader.skip()?;
            whole = false;
        }
    }
    if count == 0 {
        reader.report(object.at, Code::InvalidCondition, Say::That("expected an operand or a `$ref`"));
    }
    Ok(found.filter(|_| whole).map(Operand::Path))
}

fn exists(reader: &mut Reader<'_>) -> Read<Option<Operand>> {
    if !matches!(reader.peek(), Some(b't' | b'f')) {
        return refuse(reader, "expected `true` or `false`").map(|()| None);
    }
    Ok(reader.boolean()?.map(Operand::Exists))
}

/// Reads a literal that `fits`.
fn fitting(
    reader: &mut Reader<'_>,
    expected: &'static str,
    fits: fn(Scalar) -> bool,
) -> Read<Option<Operand>> {
    let at = reader.at();
    let Some(scalar) = scalar(reader, expected)? else {
        return Ok(None);
    };
    if !fits(scalar) {
        reader.report(at, Code::InvalidCondition, Say::That(expected));
        return Ok(None);
    }
    Ok(Some(Operand::Scalar(scalar)))
}

/// Reads a string, number or boolean.
fn scalar(reader: &mut Reader<'_>, expected: &'static str) -> Read<Option<Scalar>> {
    let at = reader.at();
    Ok(match reader.peek() {
        Some(b'"') => reader.text()?.map(Scalar::Text),
        Some(b't' | b'f') => reader.boolean()?.map(Scalar::Bool),
        Some(b'-' | b'0'..=b'9') => {
            let value = number::parse(reader.number()?.unwrap_or_default());
            if !value.is_finite() {
                reader.report(at, Code::InvalidCondition, Say::That("a number beyond the range of doubles"));
                return Ok(None);
            }
            Some(Scalar::Number(value))
        }
        Some(b'n') => refuse(reader, "`null` is no value; use `$exists`").map(|()| None)?,
        _ => refuse(reader, expected).map(|()| None)?,
    })
}

/// Reads a non-empty list of literals.
fn scalars(reader: &mut Reader<'_>, into: &mut Conditions) -> Read<Option<Operand>> {
    let items = entries(reader, |reader| scalar(reader, "expected a string, a number or a boolean"))?;
    Ok(items.map(|items| Operand::List(into.add_scalars(&items))))
}

/// Reads a block of addresses, or a non-empty list of them.
fn blocks(reader: &mut Reader<'_>, into: &mut Conditions) -> Read<Option<Operand>> {
    let blocks = match reader.peek() {
        Some(b'"') => block(reader)?.map(|block| [block].into()),
        _ => entries(reader, block)?,
    };
    Ok(blocks.map(|blocks: Vec<_>| Operand::Blocks(into.add_blocks(&blocks))))
}

fn block(reader: &mut Reader<'_>) -> Read<Option<(Block, Text)>> {
    let expected = "expected a block of addresses like `10.0.0.0/8`, without host bits";
    if reader.peek() != Some(b'"') {
        return refuse(reader, expected).map(|()| None);
    }
    let at = reader.at();
    let Some(text) = reader.text()? else {
        return Ok(None);
    };
    let block = Block::parse(reader.str(text));
    if block.is_none() {
        reader.report(at, Code::InvalidCondition, Say::That(expected));
    }
    Ok(block.map(|block| (block, text)))
}

/// Reads a non-empty list, each entry by `each`.
fn entries<T>(
    reader: &mut Reader<'_>,
    each: impl Fn(&mut Reader<'_>) -> Read<Option<T>>,
) -> Read<Option<Vec<T>>> {
    if reader.peek() != Some(b'[') {
        return refuse(reader, "expected a list").map(|()| None);
    }
    let Some(mut list) = reader.list()? else {
        return Ok(None);
    };
    let mut items = Vec::new();
    let mut count = 0;
    while reader.element(&mut list)? {
        count += 1;
        items.extend(each(reader)?);
    }
    if count == 0 {
        reader.report(list.at, Code::InvalidCondition, Say::That("expected at least one entry"));
    }
    Ok((count > 0 && items.len() == count).then_some(items))
}

/// Reads a `$during`.
fn schedule(reader: &mut Reader<'_>) -> Read<Option<During>> {
    if reader.peek() != Some(b'{') {
        return refuse(reader, "expected a schedule").map(|()| None);
    }
    let Some(mut object) = reader.object()? else {
        return Ok(None);
    };
    let (mut zone, mut days, mut from, mut to) = (None, Some(0x7f), Some(0), Some(1440));
    let mut to_at = 0;
    while let Some(key) = reader.field(&mut object, DURING_KEYS)? {
        match key {
            "tz" => zone = named_zone(reader)?,
            "days" => days = weekdays(reader)?,
            "from" => from = time_of_day(reader, 1439)?,
            _ => {
                to_at = reader.at();
                to = time_of_day(reader, 1440)?;
            }
        }
    }
    reader.require(&object, DURING_KEYS, "tz");
    if Reader::has(&object, DURING_KEYS, "from") != Reader::has(&object, DURING_KEYS, "to") {
        reader.require(&object, DURING_KEYS, "from");
        reader.require(&object, DURING_KEYS, "to");
        return Ok(None);
    }
    let (Some(zone), Some(days), Some(from), Some(to)) = (zone, days, from, to) else {
        return Ok(None);
    };
    if from == to {
        reader.report(to_at, Code::InvalidCondition, Say::That("a schedule must not end when it begins"));
        return Ok(None);
    }
    Ok(Some(During { zone, days, from, to }))
}

/// Reads a string that `accept` takes.
fn string<T>(
    reader: &mut Reader<'_>,
    expected: &'static str,
    accept: impl Fn(&str) -> Option<T>,
) -> Read<Option<(Text, T)>> {
    if reader.peek() != Some(b'"') {
        return refuse(reader, expected).map(|()| None);
    }
    let at = reader.at();
    let Some(text) = reader.text()? else {
        return Ok(None);
    };
    let accepted = accept(reader.str(text));
    if accepted.is_none() {
        reader.report(at, Code::InvalidCondition, Say::That(expected));
    }
    Ok(accepted.map(|accepted| (text, accepted)))
}

fn named_zone(reader: &mut Reader<'_>) -> Read<Option<Text>> {
    let zone = string(reader, "expected a time zone like `Europe/Lisbon`", |text| {
        during::is_zone(text).then_some(())
    })?;
    Ok(zone.map(|(text, ())| text))
}

fn time_of_day(reader: &mut Reader<'_>, latest: u16) -> Read<Option<u16>> {
    let time = string(reader, "expected a time of day like `09:00`", |text| {
        during::minutes(text).filter(|minutes| *minutes <= latest)
    })?;
    Ok(time.map(|(_, minutes)| minutes))
}

/// Reads the days of a schedule as a bit set.
fn weekdays(reader: &mut Reader<'_>) -> Read<Option<u8>> {
    let days = entries(reader, |reader| {
        if reader.peek() != Some(b'"') {
            return refuse(reader, "expected a day like `mon`").map(|()| None);
        }
        let at = reader.at();
        let Some(text) = reader.text()? else {
            return Ok(None);
        };
        let day = DAYS.iter().position(|day| *day == reader.str(text));
        if day.is_none() {
            reader.report(
                at,
                Code::InvalidValue,
                Say::Expected("`mon`, `tue`, `wed`, `thu`, `fri`, `sat` or `sun`"),
            );
        }
        Ok(day.map(|day| (at, 1_u8 << day)))
    })?;
    let Some(days) = days else { return Ok(None) };
    let mut set = 0;
    for (at, day) in days {
        if set & day != 0 {
            reader.report(at, Code::DuplicateId, Say::Twice);
        }
        set |= day;
    }
    Ok(Some(set))
}

/// Reports that the next value cannot stand in a condition, and skips it.
fn refuse(reader: &mut Reader<'_>, what: &'static str) -> Read<()> {
    let at = reader.at();
    reader.skip()?;
    reader.report(at, Code::InvalidCondition, Say::That(what));
    Ok(())
}

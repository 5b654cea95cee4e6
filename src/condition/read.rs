//! Reading conditions, strictly.

use alloc::vec::Vec;

use super::cidr::Block;
use super::during::{self, DAYS, During};
use super::{Conditions, Leaf, Node, Op, Operand, Path, Root, Scalar, add, span_from};
use crate::error::{Code, Say};
use crate::ids::ConditionId;
use crate::json::number;
use crate::json::reader::{Key, List, Reader};
use crate::json::text::{Text, has_parts};

const DURING_KEYS: &[&str] = &["tz", "days", "from", "to"];

/// Reads the condition that is the next value. `None` if something in it was reported.
pub(crate) fn when(reader: &mut Reader<'_>, into: &mut Conditions) -> Option<ConditionId> {
    if reader.peek() != Some(b'{') {
        return reader.refuse("a condition");
    }
    condition(reader, into)
}

fn condition(reader: &mut Reader<'_>, into: &mut Conditions) -> Option<ConditionId> {
    if reader.peek() != Some(b'{') {
        return refuse(reader, "expected a condition");
    }
    let mut object = reader.object()?;
    let mut parts = Vec::new();
    let mut whole = true;
    while let Some(key) = reader.entry(&mut object) {
        let before = parts.len();
        entry(reader, into, key, &mut parts);
        whole &= parts.len() > before;
    }
    if whole && parts.is_empty() {
        reader.report(object.at, Code::InvalidCondition, Say::That("a condition needs at least one entry"));
    }
    if !whole || parts.is_empty() {
        return None;
    }
    Some(all_of(into, &parts))
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
fn entry(reader: &mut Reader<'_>, into: &mut Conditions, key: Key, parts: &mut Vec<ConditionId>) {
    let made = match reader.str(key.text) {
        "$and" => list(reader, into).map(|children| Node::And(into.add_children(&children))),
        "$or" => list(reader, into).map(|children| Node::Or(into.add_children(&children))),
        "$not" => condition(reader, into).map(Node::Not),
        "$during" => schedule(reader).map(Node::During),
        _ => return comparison(reader, into, key, parts),
    };
    add(parts, made.map(|node| into.add(node)));
}

/// Reads a non-empty list of conditions.
fn list(reader: &mut Reader<'_>, into: &mut Conditions) -> Option<Vec<ConditionId>> {
    let mut list = open_list(reader, "expected a list of conditions")?;
    let mut children = Vec::new();
    while reader.element(&mut list) {
        add(&mut children, condition(reader, into));
    }
    is_whole(reader, &list, children.len(), "expected at least one condition").then_some(children)
}

/// Opens a list in a condition.
fn open_list(reader: &mut Reader<'_>, expected: &'static str) -> Option<List> {
    if reader.peek() == Some(b'[') { Some(reader.list()) } else { refuse(reader, expected) }
}

/// Whether a list has entries, and so many are right.
fn is_whole(reader: &mut Reader<'_>, list: &List, right: usize, expected: &'static str) -> bool {
    if list.count == 0 {
        reader.report(list.at, Code::InvalidCondition, Say::That(expected));
    }
    right > 0 && right == list.count as usize
}

/// Reads what an attribute is compared with: a scalar, a reference or operators.
fn comparison(reader: &mut Reader<'_>, into: &mut Conditions, key: Key, parts: &mut Vec<ConditionId>) {
    let Some(left) = path(reader, key.text) else {
        reader.report(key.at, Code::InvalidCondition, Say::That(PATHS));
        return reader.skip();
    };
    if reader.peek() != Some(b'{') {
        let right =
            scalar(reader, "expected a string, a number, a boolean or operators").map(Operand::Scalar);
        add(parts, right.map(|right| into.add(Node::Leaf(Leaf { left, op: Op::Eq, right }))));
        return;
    }
    let Some(mut object) = reader.object() else {
        return;
    };
    let mut found = Vec::new();
    let mut whole = true;
    let mut reference = None;
    let mut count = 0;
    while let Some(key) = reader.entry(&mut object) {
        count += 1;
        let name = reader.str(key.text);
        let leaf = if name == "$ref" {
            reference = Some(key);
            reference_path(reader).map(|path| (Op::Eq, Operand::Path(path)))
        } else if let Some(op) = Op::of(name) {
            operand(reader, into, op).map(|right| (op, right))
        } else {
            reader.report(key.at, Code::InvalidCondition, Say::NotAKey(Op::NAMES));
            reader.skip();
            None
        };
        whole &= leaf.is_some();
        add(&mut found, leaf.map(|(op, right)| into.add(Node::Leaf(Leaf { left, op, right }))));
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
}

const PATHS: &str = "a path begins with `resource.`, `user.` or `context.` and has no empty part";

/// The path that a string is.
fn path(reader: &Reader<'_>, text: Text) -> Option<Path> {
    let name = reader.str(text);
    let (root, prefix) = Root::ALL.into_iter().find(|(_, prefix)| name.starts_with(prefix))?;
    has_parts(name, b'.').then(|| Path { root, rest: text.skip(prefix.len()) })
}

/// Reads the path of a `$ref`.
fn reference_path(reader: &mut Reader<'_>) -> Option<Path> {
    if reader.peek() != Some(b'"') {
        return refuse(reader, "expected a path");
    }
    let at = reader.at();
    let found = reader.text().and_then(|text| path(reader, text));
    if found.is_none() {
        reader.report(at, Code::InvalidCondition, Say::That(PATHS));
    }
    found
}

/// Reads the operand of an operator.
fn operand(reader: &mut Reader<'_>, into: &mut Conditions, op: Op) -> Option<Operand> {
    match op {
        Op::Exists => exists(reader),
        Op::Cidr => blocks(reader, into),
        _ if reader.peek() == Some(b'{') => reference(reader),
        Op::In | Op::Nin | Op::HasAny | Op::Subset => scalars(reader, into),
        Op::Eq | Op::Ne | Op::Has => {
            scalar(reader, "expected a string, a number or a boolean").map(Operand::Scalar)
        }
        Op::Lt | Op::Lte | Op::Gt | Op::Gte => {
            fitting(reader, "expected a number or a string", |scalar| !matches!(scalar, Scalar::Bool(_)))
        }
        Op::StartsWith => fitting(reader, "expected a string", |scalar| matches!(scalar, Scalar::Text(_))),
    }
}

/// Reads `{ "$ref": path }`.
fn reference(reader: &mut Reader<'_>) -> Option<Operand> {
    let mut object = reader.object()?;
    let mut found = None;
    let mut whole = true;
    let mut count = 0;
    while let Some(key) = reader.entry(&mut object) {
        count += 1;
        if reader.str(key.text) == "$ref" {
            found = reference_path(reader);
        } else {
            reader.report(key.at, Code::InvalidCondition, Say::NotAKey(&["$ref"]));
            reader.skip();
            whole = false;
        }
    }
    if count == 0 {
        reader.report(object.at, Code::InvalidCondition, Say::That("expected an operand or a `$ref`"));
    }
    found.filter(|_| whole).map(Operand::Path)
}

fn exists(reader: &mut Reader<'_>) -> Option<Operand> {
    if !matches!(reader.peek(), Some(b't' | b'f')) {
        return refuse(reader, "expected `true` or `false`");
    }
    reader.boolean().map(Operand::Exists)
}

/// Reads a literal that `fits`.
fn fitting(reader: &mut Reader<'_>, expected: &'static str, fits: fn(Scalar) -> bool) -> Option<Operand> {
    let at = reader.at();
    let scalar = scalar(reader, expected)?;
    if !fits(scalar) {
        reader.report(at, Code::InvalidCondition, Say::That(expected));
        return None;
    }
    Some(Operand::Scalar(scalar))
}

/// Reads a string, number or boolean.
fn scalar(reader: &mut Reader<'_>, expected: &'static str) -> Option<Scalar> {
    let at = reader.at();
    match reader.peek() {
        Some(b'"') => reader.text().map(Scalar::Text),
        Some(b't' | b'f') => reader.boolean().map(Scalar::Bool),
        Some(b'-' | b'0'..=b'9') => {
            let value = number::parse(reader.number().unwrap_or_default());
            if !value.is_finite() {
                reader.report(at, Code::InvalidCondition, Say::That("a number beyond the range of doubles"));
                return None;
            }
            Some(Scalar::Number(value))
        }
        Some(b'n') => refuse(reader, "`null` is no value; use `$exists`"),
        _ => refuse(reader, expected),
    }
}

/// Reads a non-empty list of literals.
fn scalars(reader: &mut Reader<'_>, into: &mut Conditions) -> Option<Operand> {
    let mut list = open_list(reader, "expected a list")?;
    let first = into.scalars.len();
    while reader.element(&mut list) {
        add(&mut into.scalars, scalar(reader, "expected a string, a number or a boolean"));
    }
    let range = span_from(first, &into.scalars);
    is_whole(reader, &list, range.len(), ENTRIES).then_some(Operand::List(range))
}

/// Reads a block of addresses, or a non-empty list of them.
fn blocks(reader: &mut Reader<'_>, into: &mut Conditions) -> Option<Operand> {
    let first = into.blocks.len();
    if reader.peek() == Some(b'"') {
        into.blocks.push(block(reader)?);
        return Some(Operand::Blocks(span_from(first, &into.blocks)));
    }
    let mut list = open_list(reader, "expected a list")?;
    while reader.element(&mut list) {
        add(&mut into.blocks, block(reader));
    }
    let range = span_from(first, &into.blocks);
    is_whole(reader, &list, range.len(), ENTRIES).then_some(Operand::Blocks(range))
}

fn block(reader: &mut Reader<'_>) -> Option<(Block, Text)> {
    let expected = "expected a block of addresses like `10.0.0.0/8`, without host bits";
    if reader.peek() != Some(b'"') {
        return refuse(reader, expected);
    }
    let at = reader.at();
    let text = reader.text()?;
    let block = Block::parse(reader.str(text));
    if block.is_none() {
        reader.report(at, Code::InvalidCondition, Say::That(expected));
    }
    block.map(|block| (block, text))
}

const ENTRIES: &str = "expected at least one entry";

/// Reads a `$during`.
fn schedule(reader: &mut Reader<'_>) -> Option<During> {
    if reader.peek() != Some(b'{') {
        return refuse(reader, "expected a schedule");
    }
    let mut object = reader.object()?;
    let (mut zone, mut days, mut from, mut to) = (None, Some(0x7f), Some(0), Some(1440));
    let mut to_at = 0;
    while let Some(key) = reader.field(&mut object, DURING_KEYS) {
        match key {
            "tz" => zone = named_zone(reader),
            "days" => days = weekdays(reader),
            "from" => from = time_of_day(reader, 1439),
            _ => {
                to_at = reader.at();
                to = time_of_day(reader, 1440);
            }
        }
    }
    reader.require(&object, DURING_KEYS, "tz");
    if Reader::has(&object, DURING_KEYS, "from") != Reader::has(&object, DURING_KEYS, "to") {
        reader.require(&object, DURING_KEYS, "from");
        reader.require(&object, DURING_KEYS, "to");
        return None;
    }
    let (Some(zone), Some(days), Some(from), Some(to)) = (zone, days, from, to) else {
        return None;
    };
    if from == to {
        reader.report(to_at, Code::InvalidCondition, Say::That("a schedule must not end when it begins"));
        return None;
    }
    Some(During { zone, days, from, to })
}

/// Reads a string, and gives its place too.
fn string(reader: &mut Reader<'_>, expected: &'static str) -> Option<(usize, Text)> {
    if reader.peek() != Some(b'"') {
        return refuse(reader, expected);
    }
    let at = reader.at();
    reader.text().map(|text| (at, text))
}

fn named_zone(reader: &mut Reader<'_>) -> Option<Text> {
    let expected = "expected a time zone like `Europe/Lisbon`";
    let (at, zone) = string(reader, expected)?;
    if during::is_zone(reader.str(zone)) {
        return Some(zone);
    }
    reader.report(at, Code::InvalidCondition, Say::That(expected));
    None
}

fn time_of_day(reader: &mut Reader<'_>, latest: u16) -> Option<u16> {
    let expected = "expected a time of day like `09:00`";
    let (at, text) = string(reader, expected)?;
    let time = during::minutes(reader.str(text)).filter(|minutes| *minutes <= latest);
    if time.is_none() {
        reader.report(at, Code::InvalidCondition, Say::That(expected));
    }
    time
}

/// Reads the days of a schedule as a bit set.
fn weekdays(reader: &mut Reader<'_>) -> Option<u8> {
    let mut list = open_list(reader, "expected a list")?;
    let (mut set, mut right) = (0, 0);
    let mut again = Vec::new();
    while reader.element(&mut list) {
        if let Some((at, day)) = weekday(reader) {
            if set & day != 0 {
                again.push(at);
            }
            set |= day;
            right += 1;
        }
    }
    let is_whole = is_whole(reader, &list, right, ENTRIES);
    for at in again {
        if is_whole {
            reader.report(at, Code::DuplicateId, Say::Twice);
        }
    }
    is_whole.then_some(set)
}

/// Reads a day as a bit, and gives its place.
fn weekday(reader: &mut Reader<'_>) -> Option<(usize, u8)> {
    let (at, text) = string(reader, "expected a day like `mon`")?;
    let day = DAYS.iter().position(|day| *day == reader.str(text));
    if day.is_none() {
        let expected = "`mon`, `tue`, `wed`, `thu`, `fri`, `sat` or `sun`";
        reader.report(at, Code::InvalidValue, Say::Expected(expected));
    }
    day.map(|day| (at, 1 << day))
}

/// Reports that the next value cannot stand in a condition, and skips it.
fn refuse<T>(reader: &mut Reader<'_>, what: &'static str) -> Option<T> {
    let at = reader.at();
    reader.skip();
    reader.report(at, Code::InvalidCondition, Say::That(what));
    None
}

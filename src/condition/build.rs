//! Making conditions of their text, which the reader has checked.
//!
//! Twin of pkg-template/src/condition/condition.ts and pkg-template/src/snapshot/conditions.ts;
//! tests/package/vectors.mjs and tests/vectors.rs hold them equal.

use alloc::borrow::Cow;
use alloc::vec::Vec;

use super::during::During;
use super::{Conditions, Inside, Leaf, Node, Operand, Path, Root, Scalar, Time};
use crate::cidr::Block;
use crate::collections::list::Listed;
use crate::collections::span::span_from;
use crate::format::table::{DAYS, DURING, Op, Operand as Takes, Word};
use crate::ids::{ConditionId, RangeOf};
use crate::json::text::{Document, Text};
use crate::json::value::{Value, elements, is_list, members, scalar};
use crate::time;

/// Makes conditions of one document.
#[derive(Debug)]
pub(crate) struct Builder<'a> {
    source: &'a str,
    /// Where strings go that had escapes.
    arena: &'a mut Vec<u8>,
    /// What offsets that are kept are more than those in the source.
    before: usize,
    conditions: &'a mut Conditions,
}

impl<'a> Builder<'a> {
    pub(crate) fn new(document: &'a mut Document, conditions: &'a mut Conditions) -> Self {
        let before = document.before;
        let (source, arena) = document.parts();
        Self { source, arena, before, conditions }
    }

    /// Makes the condition that begins at an offset and is not part of another.
    pub(crate) fn whole(&mut self, at: usize) -> ConditionId {
        let condition = self.condition(at);
        self.conditions.keep_offset(condition, self.before + at);
        condition
    }

    /// Makes the condition that begins at an offset.
    fn condition(&mut self, at: usize) -> ConditionId {
        let mut parts = Vec::new();
        for (key, value) in members(self.source, at) {
            let node = match Word::of(key.as_bytes()) {
                Some(Word::And) => Node::And(self.children(value)),
                Some(Word::Or) => Node::Or(self.children(value)),
                Some(Word::Not) => Node::Not(self.condition(value)),
                Some(Word::During) => Node::During(self.during(value)),
                None => {
                    let left = self.path(key);
                    parts.push(self.comparison(left, value));
                    continue;
                }
            };
            parts.push(self.conditions.add(node));
        }
        all_of(self.conditions, &parts)
    }

    fn children(&mut self, at: usize) -> RangeOf<ConditionId> {
        let children = elements(self.source, at).map(|at| self.condition(at)).listed();
        self.conditions.add_children(&children)
    }

    fn comparison(&mut self, left: Path, at: usize) -> ConditionId {
        if self.source.as_bytes().get(at) != Some(&b'{') {
            let right = Operand::Scalar(self.scalar(at));
            return self.conditions.add(Node::Leaf(Leaf { left, op: Op::Eq, right }));
        }
        let mut parts = Vec::new();
        for (key, at) in members(self.source, at) {
            let (op, right) = match Op::of(key.as_bytes()) {
                Some((op, takes)) => (op, self.operand(takes, at)),
                // The only other key.
                None => (Op::Eq, Operand::Path(self.path_at(at))),
            };
            parts.push(self.conditions.add(Node::Leaf(Leaf { left, op, right })));
        }
        all_of(self.conditions, &parts)
    }

    fn operand(&mut self, takes: Takes, at: usize) -> Operand {
        if takes == Takes::Condition {
            return Operand::Condition(Inside { when: self.condition(at), at: self.before + at });
        }
        if self.source.as_bytes().get(at) == Some(&b'{') {
            let reference = members(self.source, at).next();
            return Operand::Path(self.path_at(reference.map_or(at, |reference| reference.1)));
        }
        match takes {
            Takes::Scalar | Takes::Ordered | Takes::Text => Operand::Scalar(self.scalar(at)),
            Takes::Time => {
                let text = self.string(at);
                let bytes = text.as_bytes();
                let (millis, is_from_now) = match time::from_now(bytes) {
                    Some(offset) => (offset, true),
                    None => (time::parse(bytes).unwrap_or_default(), false),
                };
                Operand::Time(Time { millis, is_from_now, text: self.keep(text) })
            }
            // What is not a condition has been left.
            Takes::Exists | Takes::Condition => {
                Operand::Exists(matches!(scalar(self.source, at), Value::Bool(true)))
            }
            Takes::Scalars => {
                let first = self.conditions.scalars.len();
                for at in elements(self.source, at) {
                    let scalar = self.scalar(at);
                    self.conditions.scalars.push(scalar);
                }
                Operand::List(span_from(first, &self.conditions.scalars))
            }
            Takes::Blocks => {
                let first = self.conditions.blocks.len();
                if is_list(self.source, at) {
                    for at in elements(self.source, at) {
                        self.block(at);
                    }
                } else {
                    self.block(at);
                }
                Operand::Blocks(span_from(first, &self.conditions.blocks))
            }
        }
    }

    fn block(&mut self, at: usize) {
        let text = self.string(at);
        if let Some(block) = Block::parse(text.as_bytes()) {
            let text = self.keep(text);
            self.conditions.blocks.push((block, text));
        }
    }

    fn scalar(&mut self, at: usize) -> Scalar {
        match scalar(self.source, at) {
            Value::Text(text) => Scalar::Text(self.keep(text)),
            Value::Number(number) => Scalar::Number(number),
            Value::Bool(value) => Scalar::Bool(value),
            // The reader has let nothing of these through.
            Value::Null
            | Value::List(_)
            | Value::Id(_)
            | Value::Time(_)
            | Value::Object(_)
            | Value::Other
            | Value::Unknown => Scalar::Bool(false),
        }
    }

    fn during(&mut self, at: usize) -> During {
        const { assert!(DURING.has_just(&[&["tz", "days", "from", "to"]])) };
        let mut made = During { zone: Text::EMPTY, days: 0x7f, from: 0, to: 1440 };
        for (key, at) in members(self.source, at) {
            match &*key {
                "tz" => {
                    let zone = self.string(at);
                    made.zone = self.keep(zone);
                }
                "days" => made.days = self.days(at),
                "from" => made.from = self.minutes(at),
                "to" => made.to = self.minutes(at),
                // A key of the application.
                _ => {}
            }
        }
        made
    }

    fn days(&self, at: usize) -> u8 {
        let mut set = 0;
        for at in elements(self.source, at) {
            let day = DAYS.iter().position(|day| *day == self.string(at));
            set |= day.map_or(0, |day| 1 << day);
        }
        set
    }

    fn minutes(&self, at: usize) -> u16 {
        time::minutes(self.string(at).as_bytes()).unwrap_or_default()
    }

    fn path_at(&mut self, at: usize) -> Path {
        let path = self.string(at);
        self.path(path)
    }

    fn path(&mut self, path: Cow<'a, str>) -> Path {
        let root = Root::ALL.into_iter().find(|(_, prefix)| path.starts_with(prefix));
        let (root, prefix) = root.unwrap_or((Root::Resource, ""));
        Path { root, rest: self.keep(path).skip(prefix.len()) }
    }

    fn string(&self, at: usize) -> Cow<'a, str> {
        if let Value::Text(text) = scalar(self.source, at) { text } else { Cow::Borrowed("") }
    }

    /// The text of a string of the source; one that had escapes is kept.
    fn keep(&mut self, text: Cow<'a, str>) -> Text {
        match text {
            Cow::Borrowed(text) => {
                let start = text.as_ptr() as usize - self.source.as_ptr() as usize;
                Text::span(start, start + text.len()).behind(self.before)
            }
            Cow::Owned(text) => {
                let start = self.source.len() + self.arena.len();
                self.arena.extend_from_slice(text.as_bytes());
                Text::span(start, start + text.len()).behind(self.before)
            }
        }
    }
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

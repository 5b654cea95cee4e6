//! Asking a condition: is it definitely true of these facts?

use alloc::borrow::Cow;
use alloc::vec::Vec;

use super::leaf::{self, Right};
use super::{Conditions, Leaf, Node, Op, Operand, Path, Root, Scalar};
use crate::host::Zones;
use crate::ids::ConditionId;
use crate::json::text::{Document, split_at_mark};
use crate::json::value::{self, Value};
use crate::list::Listed;

/// Where attributes of a record or a context come from.
pub trait Attributes {
    /// What `path` finds; [`Value::Null`] where there is nothing. Dots descend, lists on the way are
    /// entered and give one flat list.
    fn read(&self, path: &str) -> Value<'_>;
}

/// The record that a question is about.
#[derive(Clone, Copy)]
pub(crate) enum Record<'a> {
    /// Nothing is known about it.
    Unknown,
    /// Its attributes are at hand.
    Known(&'a dyn Attributes),
    /// Any record: what it must be like is what is being found out.
    Open,
    /// The same, but for what is at or above or below these paths: that stays as it is.
    Staying(&'a dyn Attributes, &'a [&'a str]),
}

/// How much is known about a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Knowledge {
    /// As of [`Record::Unknown`].
    Nothing,
    /// As of [`Record::Known`].
    Attributes,
    /// As of [`Record::Open`] and [`Record::Staying`].
    Open,
}

impl Record<'_> {
    pub(crate) fn knowledge(&self) -> Knowledge {
        match self {
            Self::Unknown => Knowledge::Nothing,
            Self::Known(_) => Knowledge::Attributes,
            Self::Open | Self::Staying(..) => Knowledge::Open,
        }
    }
}

/// A condition that is taken to be definitely true, or definitely false, where so much is known about
/// the record; everywhere, if it does not read the record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Supposition {
    pub(crate) when: ConditionId,
    pub(crate) truth: bool,
    pub(crate) of: Knowledge,
    /// Whether attributes that tell where the record is may be others for it.
    pub(crate) moves: bool,
}

/// Everything that a condition may ask about.
#[derive(Clone, Copy)]
pub(crate) struct Facts<'a> {
    pub(crate) document: &'a Document,
    pub(crate) conditions: &'a Conditions,
    pub(crate) user: UserFacts<'a>,
    /// The context; `None` while it is open.
    pub(crate) context: Option<&'a dyn Attributes>,
    pub(crate) record: Record<'a>,
    pub(crate) now: f64,
    pub(crate) zones: &'a dyn Zones,
    /// What is taken to be so, whatever the attributes are.
    pub(crate) supposed: &'a [Supposition],
}

/// What conditions see of the user.
#[derive(Clone, Copy, Debug)]
pub(crate) struct UserFacts<'a> {
    pub(crate) id: &'a str,
    pub(crate) teams: &'a [&'a str],
    /// Where the attributes begin in the source.
    pub(crate) attributes: Option<usize>,
    /// Whether the attributes are open: what they must be like is what is being found out.
    pub(crate) open: bool,
}

/// What one side of a comparison is.
pub(crate) enum Side<'a> {
    Known(Value<'a>),
    /// An attribute of a record of which nothing is known.
    NoRecord,
    /// Not known yet.
    Open,
}

impl<'a> Facts<'a> {
    /// What a condition as a whole is taken to be, if it is.
    pub(crate) fn truth(&self, condition: ConditionId) -> Option<bool> {
        let fits = |it: &&Supposition| {
            it.when == condition
                && (it.of == self.record.knowledge() || !self.conditions.reads(condition, Root::Resource))
        };
        self.supposed.iter().find(fits).map(|it| it.truth)
    }

    /// Whether a condition is definitely true, or, `negated`, definitely false.
    pub(crate) fn holds(&self, condition: ConditionId, negated: bool) -> bool {
        match self.conditions.node(condition) {
            None => false,
            Some(Node::Not(inner)) => self.holds(*inner, !negated),
            Some(Node::And(range)) if !negated => self.each(range, |child| self.holds(child, negated)),
            Some(Node::Or(range)) if negated => self.each(range, |child| self.holds(child, negated)),
            Some(Node::And(range) | Node::Or(range)) => {
                !self.each(range, |child| !self.holds(child, negated))
            }
            Some(node) => self.leaf(node) == Some(!negated),
        }
    }

    fn each(&self, range: &core::ops::Range<u32>, holds: impl Fn(ConditionId) -> bool) -> bool {
        self.conditions.children(range).iter().all(|child| holds(*child))
    }

    /// The truth of a node that has no children; `None` is unknown.
    pub(crate) fn leaf(&self, node: &Node) -> Option<bool> {
        match node {
            Node::During(during) => during.holds(self.document.str(during.zone), self.now, self.zones),
            Node::Leaf(leaf) => self.comparison(leaf),
            _ => None,
        }
    }

    fn comparison(&self, leaf: &Leaf) -> Option<bool> {
        let Side::Known(left) = self.read(leaf.left) else {
            return None;
        };
        let right = match &leaf.right {
            Operand::Exists(wanted) => return leaf::truth(&left, leaf.op, &Right::Exists(*wanted)),
            Operand::Blocks(range) => {
                let blocks: Vec<_> = self.conditions.blocks(range).iter().map(|(block, _)| *block).listed();
                return leaf::truth(&left, leaf.op, &Right::Blocks(&blocks));
            }
            Operand::Scalar(scalar) => self.scalar(*scalar),
            Operand::List(range) => {
                Value::List(self.conditions.scalars(range).iter().map(|scalar| self.scalar(*scalar)).listed())
            }
            Operand::Path(path) => match self.read(*path) {
                Side::Known(value) => value,
                _ => return None,
            },
        };
        let (left, right) = self.with_ids(leaf, left, right);
        leaf::truth(&left, leaf.op, &Right::Value(right))
    }

    /// Where one side is `user.id`, the other side is turned into an id.
    fn with_ids<'v>(&self, leaf: &Leaf, left: Value<'v>, right: Value<'v>) -> (Value<'v>, Value<'v>) {
        let right_is_id = matches!(leaf.right, Operand::Path(path) if self.is_user_id(path));
        match (self.is_user_id(leaf.left), right_is_id) {
            (true, false) => (left, leaf::as_id(right)),
            (false, true) => (leaf::as_id(left), right),
            _ => (left, right),
        }
    }

    pub(crate) fn is_user_id(&self, path: Path) -> bool {
        path.root == Root::User && self.document.str(path.rest) == "id"
    }

    /// What a path finds.
    pub(crate) fn read(&self, path: Path) -> Side<'a> {
        let name = self.document.str(path.rest);
        match (path.root, self.record, self.context) {
            (Root::User, ..) if self.user.open && !is_reserved(name) => Side::Open,
            (Root::User, ..) => Side::Known(self.user_attribute(name)),
            (Root::Context, _, Some(context)) => Side::Known(context.read(name)),
            (Root::Resource, Record::Known(record), _) => Side::Known(record.read(name)),
            (Root::Resource, Record::Unknown, _) => Side::NoRecord,
            (Root::Resource, Record::Staying(record, paths), _)
                if paths.iter().any(|path| overlap(path, name)) =>
            {
                Side::Known(record.read(name))
            }
            _ => Side::Open,
        }
    }

    fn user_attribute(&self, name: &str) -> Value<'a> {
        let document = self.document;
        let below = |head: &str| name.strip_prefix(head).and_then(|rest| rest.strip_prefix('.')).is_some();
        if name == "id" {
            return Value::Text(Cow::Borrowed(self.user.id));
        }
        if name == "teams" {
            return Value::List(
                self.user.teams.iter().map(|team| Value::Text(Cow::Borrowed(*team))).listed(),
            );
        }
        if below("id") {
            return Value::Null;
        }
        if below("teams") {
            return Value::List(Vec::new());
        }
        self.user.attributes.map_or(Value::Null, |at| value::read_path(document.source(), at, name))
    }

    pub(crate) fn scalar(&self, scalar: Scalar) -> Value<'a> {
        let document = self.document;
        match scalar {
            Scalar::Text(text) => Value::Text(Cow::Borrowed(document.str(text))),
            Scalar::Number(value) => Value::Number(value),
            Scalar::Bool(value) => Value::Bool(value),
        }
    }

    /// Whether a known left side can be used by the operator of a comparison.
    pub(crate) fn fits(op: Op, value: &Value<'_>, is_left: bool) -> bool {
        if is_left { leaf::fits_left(value, op) } else { leaf::fits_right(value, op) }
    }
}

/// Whether one of two paths is the other or lies below it.
pub(crate) fn overlap(a: &str, b: &str) -> bool {
    let below = |long: &str, short: &str| long.strip_prefix(short).is_some_and(|rest| rest.starts_with('.'));
    a == b || below(a, b) || below(b, a)
}

/// Whether a path below `user.` is about the id or the teams, which hide attributes of these names.
pub(crate) fn is_reserved(name: &str) -> bool {
    matches!(split_at_mark(name, b'.').0, "id" | "teams")
}

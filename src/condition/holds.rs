//! Asking a condition: is it definitely true of these facts?
//!
//! Twin of pkg-template/src/condition/condition.ts; tests/package/vectors.mjs and tests/laws.rs hold them
//! equal.

use alloc::borrow::Cow;
use alloc::vec::Vec;
use core::cell::{Cell, RefCell};

use super::leaf::{self, Right};
use super::residual::Residual;
use super::{Conditions, Leaf, Node, Op, Operand, Path, Root, Scalar};
use crate::attributes::Attributes;
use crate::collections::list::{Listed, push_all};
use crate::collections::pairs::Keyed;
use crate::host::Zones;
use crate::ids::{ConditionId, Id};
use crate::json::text::{Document, split_at_mark};
use crate::json::value::{Index, Object, Value};
use crate::work::Work;

/// The record that a question is about.
#[derive(Clone, Copy)]
pub(crate) enum Record<'a> {
    /// Nothing is known about it.
    Unknown,
    /// Its attributes are at hand.
    Known(&'a dyn Attributes),
    /// Any record: what it must be like is what is being found out.
    Any,
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
    /// As of [`Record::Any`] and [`Record::Staying`].
    Any,
}

impl Record<'_> {
    pub(crate) fn knowledge(&self) -> Knowledge {
        match self {
            Self::Unknown => Knowledge::Nothing,
            Self::Known(_) => Knowledge::Attributes,
            Self::Any | Self::Staying(..) => Knowledge::Any,
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
    /// The context; `None` while it is unresolved.
    pub(crate) context: Option<&'a dyn Attributes>,
    pub(crate) record: Record<'a>,
    /// The element that is looked at; outside of `$elem` there is none.
    pub(crate) element: Option<Object<'a>>,
    /// What was found out for all elements of a list.
    pub(crate) same: Option<&'a Same>,
    pub(crate) now: f64,
    pub(crate) zones: &'a dyn Zones,
    /// What is taken to be so, whatever the attributes are.
    pub(crate) supposed: &'a Truths,
    /// What comparing costs, where that is bounded.
    pub(crate) work: Option<&'a Work>,
    /// What was found out of the same facts before.
    pub(crate) memo: Option<&'a Memo>,
}

/// What whole conditions came to, where many assignments ask for the same ones.
#[derive(Debug, Default)]
pub(crate) struct Memo {
    /// Whether only what does not depend on the user is remembered, for the questions about all of them.
    for_anybody: bool,
    /// By condition and what was asked of it. Unknown is `Unresolved`.
    known: RefCell<Keyed<Residual>>,
}

/// What is asked of a whole condition.
#[derive(Clone, Copy)]
enum Asks {
    Truth,
    Rest,
    RestOfNegation,
    /// Whether it reads the user.
    Person,
}

impl Memo {
    /// One that is good for any user.
    pub(crate) fn for_anybody() -> Self {
        Self { for_anybody: true, known: RefCell::default() }
    }

    fn once(&self, when: ConditionId, what: u32, find: impl FnOnce() -> Residual) -> Residual {
        if let Some(known) = self.known.borrow().get(when.number(), what) {
            return *known;
        }
        let found = find();
        self.known.borrow_mut().put(when.number(), what, found);
        found
    }

    /// Whether what a condition comes to may be remembered.
    fn takes(&self, when: ConditionId, conditions: &Conditions) -> bool {
        let reads_user = || Residual::constant(conditions.reads(when, Root::User));
        !self.for_anybody || self.once(when, Asks::Person as u32, reads_user) == Residual::False
    }
}

/// The truth of an `$elem` inside another one that goes through a list of the user or the context: it is the
/// same for all elements of the outer list, and each may have a list of its own inside.
pub(crate) type Same = Cell<Vec<(ConditionId, Option<bool>)>>;

/// The truths that are supposed of conditions, by how much is known about the record; of several the first
/// counts.
#[derive(Debug)]
pub(crate) struct Truths(Keyed<bool>);

/// However much is known about the record.
const ANYWHERE: u32 = 3;

impl Truths {
    /// Nothing is supposed.
    pub(crate) const NONE: Self = Self(Keyed::NONE);

    /// Supposes something besides.
    pub(crate) fn add(&mut self, one: Supposition) {
        for of in [one.of as u32, ANYWHERE] {
            self.0.put(one.when.number(), of, one.truth);
        }
    }
}

/// What conditions see of the user.
#[derive(Clone, Copy, Debug)]
pub(crate) struct UserFacts<'a> {
    pub(crate) id: &'a str,
    pub(crate) teams: &'a [&'a str],
    /// How many there are besides that the snapshot does not have.
    pub(crate) unknown_teams: usize,
    /// Where the attributes begin in the source, and where they are.
    pub(crate) attributes: Option<usize>,
    pub(crate) index: &'a Index,
    /// Whether the attributes are unresolved: what they must be like is what is being found out.
    pub(crate) unresolved: bool,
}

/// What one side of a comparison is.
pub(crate) enum Side<'a> {
    Known(Value<'a>),
    /// An attribute that cannot be read, or of something of which nothing is known.
    Unknown,
    /// Not known yet.
    Unresolved,
}

impl<'a> Facts<'a> {
    /// What a condition as a whole is taken to be, if it is.
    pub(crate) fn truth(&self, condition: ConditionId) -> Option<bool> {
        let anywhere = self.supposed.0.get(condition.number(), ANYWHERE)?;
        if self.conditions.reads(condition, Root::Resource) {
            return self.supposed.0.get(condition.number(), self.record.knowledge() as u32).copied();
        }
        Some(*anywhere)
    }

    /// The truth of a whole condition, supposed or found; `None` is unknown.
    pub(crate) fn truth_of(&self, condition: ConditionId) -> Option<bool> {
        if let Some(truth) = self.truth(condition) {
            return Some(truth);
        }
        let find = || self.holds(condition).map_or(Residual::Unresolved, Residual::constant);
        match self.once(condition, Asks::Truth, find) {
            Residual::True => Some(true),
            Residual::False => Some(false),
            Residual::Unresolved => None,
        }
    }

    /// What is left of a whole condition, or of its negation, as it is supposed or found.
    pub(crate) fn rest_of(&self, condition: ConditionId, negated: bool) -> Residual {
        if let Some(truth) = self.truth(condition) {
            return Residual::constant(truth != negated);
        }
        let asks = if negated { Asks::RestOfNegation } else { Asks::Rest };
        self.once(condition, asks, || self.fold(condition, negated))
    }

    fn once(&self, condition: ConditionId, asks: Asks, find: impl FnOnce() -> Residual) -> Residual {
        match self.memo.filter(|memo| memo.takes(condition, self.conditions)) {
            None => find(),
            Some(memo) => memo.once(condition, 4 * self.record.knowledge() as u32 + asks as u32, find),
        }
    }

    /// The truth of a condition; `None` is unknown.
    pub(crate) fn holds(&self, condition: ConditionId) -> Option<bool> {
        match self.conditions.node(condition)? {
            Node::Not(inner) => self.holds(*inner).map(|truth| !truth),
            node @ (Node::And(range) | Node::Or(range)) => {
                let children = self.conditions.children(*range).iter();
                all_or_any(matches!(node, Node::And(_)), children.map(|child| self.holds(*child)))
            }
            node @ (Node::Leaf(_) | Node::During(_)) => self.once_for_all(condition, node),
        }
    }

    /// The truth of a node that has no children, which is worked out for one element where it is the same for
    /// all.
    fn once_for_all(&self, condition: ConditionId, node: &Node) -> Option<bool> {
        let is_same = node.on_elements().is_some_and(|(list, _)| list.root != Root::Element);
        let Some(same) = self.same.filter(|_| is_same) else { return self.leaf(node) };
        let known = same.take();
        let position = known.binary_search_by(|known| known.0.cmp(&condition));
        let found = position.ok().and_then(|at| known.get(at)).map(|known| known.1);
        same.set(known);
        if let Some(truth) = found {
            return truth;
        }
        let truth = self.leaf(node);
        let mut known = same.take();
        known.insert(known.partition_point(|known| known.0 < condition), (condition, truth));
        same.set(known);
        truth
    }

    /// The truth of a node that has no children; `None` is unknown.
    pub(crate) fn leaf(&self, node: &Node) -> Option<bool> {
        if self.is_too_much(self.work.map_or(1, Work::comparing)) {
            return None;
        }
        match node {
            Node::During(during) => during.holds(self.document.str(during.zone), self.now, self.zones),
            Node::Leaf(leaf) => self.comparison(leaf),
            Node::And(_) | Node::Or(_) | Node::Not(_) => None,
        }
    }

    fn comparison(&self, leaf: &Leaf) -> Option<bool> {
        let Side::Known(left) = self.left(leaf) else {
            return None;
        };
        let right = match &leaf.right {
            Operand::Exists(wanted) => return leaf::truth(&left, leaf.op, &Right::Exists(*wanted)),
            Operand::Time(time) => return leaf::truth(&left, leaf.op, &Right::Time(time.at(self.now))),
            Operand::Condition(inside) => return self.one_element(leaf.left, &left, inside.when),
            Operand::Blocks(range) => {
                let blocks: Vec<_> = self.conditions.blocks(*range).iter().map(|(block, _)| *block).listed();
                return leaf::truth(&left, leaf.op, &Right::Blocks(&blocks));
            }
            Operand::Scalar(scalar) => self.scalar(*scalar),
            Operand::List(range) => Value::List(
                self.conditions.scalars(*range).iter().map(|scalar| self.scalar(*scalar)).listed(),
            ),
            Operand::Path(path) => match self.read(*path) {
                Side::Known(value) => value,
                Side::Unknown | Side::Unresolved => return None,
            },
        };
        let (left, right) = self.with_ids(leaf, left, right);
        if self.is_too_much(leaf::cost(count(&left), count(&right))) {
            return None;
        }
        leaf::truth(&left, leaf.op, &Right::Value(right))
    }

    /// Whether a condition is true of one of the elements of a list.
    fn one_element(&self, path: Path, list: &Value<'_>, condition: ConditionId) -> Option<bool> {
        let Value::List(items) = list else { return None };
        let same = Same::default();
        let holds = |item| {
            let truth = self.inside(item, &same).holds(condition);
            truth.filter(|truth| !truth || !self.is_unknown_team(path, item))
        };
        all_or_any(false, items.iter().map(holds))
    }

    /// What the left side of a comparison is. Teams of which none is known may be none at all, and only no
    /// teams are a subset of none: then nothing is known of the list either.
    pub(crate) fn left(&self, leaf: &Leaf) -> Side<'_> {
        let side = self.read(leaf.left);
        let is_lost = leaf.op == Op::Subset
            && matches!(&side, Side::Known(Value::List(items)) if !items.is_empty()
                && items.iter().all(|item| self.is_unknown_team(leaf.left, item)));
        if is_lost { Side::Unknown } else { side }
    }

    /// Whether this is an element of the user's own teams of which nothing is known: it never makes an
    /// `$elem` true. A narrowed snapshot has those teams in an attribute of their own, `narrow::unlike`.
    pub(crate) fn is_unknown_team(&self, path: Path, item: &Value<'_>) -> bool {
        let is_teams = || {
            let (first, _) = split_at_mark(self.document.str(path.rest), b'.');
            first.trim_end_matches('?') == "teams"
        };
        path.root == Root::User && matches!(item, Value::Null) && is_teams()
    }

    /// What is asked about inside `$elem`, for one element.
    pub(crate) fn inside<'e>(&'e self, item: &Value<'e>, same: &'e Same) -> Facts<'e> {
        let element = if let Value::Object(object) = item { Some(*object) } else { None };
        Facts { element, same: Some(self.same.unwrap_or(same)), ..*self }
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
        path.is_user_id(self.document)
    }

    /// What a path finds.
    pub(crate) fn read(&self, path: Path) -> Side<'a> {
        let name = self.document.str(path.rest);
        let value = match path.root {
            Root::User if self.user.unresolved && !is_reserved(name) => return Side::Unresolved,
            Root::User => self.user_attribute(name),
            Root::Context => match self.context {
                Some(context) => context.read(name),
                None => return Side::Unresolved,
            },
            Root::Element => self.element.map_or(Value::Unknown, |element| element.find(name)),
            Root::Resource => match self.record {
                Record::Known(record) => record.read(name),
                Record::Unknown => Value::Unknown,
                Record::Staying(record, paths) if paths.iter().any(|path| overlap(path, name)) => {
                    record.read(name)
                }
                Record::Staying(..) | Record::Any => return Side::Unresolved,
            },
        };
        if matches!(value, Value::Unknown) { Side::Unknown } else { Side::Known(value) }
    }

    fn user_attribute(&self, name: &str) -> Value<'a> {
        let document = self.document;
        let below = |head: &str| name.strip_prefix(head).and_then(|rest| rest.strip_prefix('.')).is_some();
        if name == "id" {
            return Value::Text(Cow::Borrowed(self.user.id));
        }
        if name == "teams" {
            let mut teams = self.user.teams.iter().map(|team| Value::Text(Cow::Borrowed(*team))).listed();
            // Of a team that the snapshot does not have nothing is known.
            push_all(&mut teams, (0..self.user.unknown_teams).map(|_| Value::Null));
            return Value::List(teams);
        }
        if below("id") {
            return Value::Null;
        }
        if below("teams") {
            // Teams have no attributes. Below them nobody knows which of them are unknown: then all are.
            let count = self.user.teams.len() + self.user.unknown_teams;
            let below = || if self.user.unknown_teams > 0 { Value::Null } else { Value::Other };
            return Value::List((0..count).map(|_| below()).listed());
        }
        let Some(at) = self.user.attributes else { return Value::Null };
        if self.work.is_some_and(|work| self.is_too_much(work.reading())) {
            return Value::Null;
        }
        let (json, at) = document.json(at);
        self.user.index.read_path(json, at, name)
    }

    /// Counts what looking at so much costs; true if a search cannot afford it.
    pub(crate) fn is_too_much(&self, steps: usize) -> bool {
        let Some(work) = self.work else { return false };
        work.spend(steps);
        work.is_over()
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

/// Kleene's conjunction, or disjunction.
fn all_or_any(all: bool, truths: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut result = Some(all);
    for truth in truths {
        if truth == Some(!all) {
            return truth;
        }
        if truth.is_none() {
            result = None;
        }
    }
    result
}

/// Whether one of two paths is the other or lies below it.
fn overlap(a: &str, b: &str) -> bool {
    let below = |long: &str, short: &str| long.strip_prefix(short).is_some_and(|rest| rest.starts_with('.'));
    a == b || below(a, b) || below(b, a)
}

/// Whether a path below `user.` is about the id or the teams, which hide attributes of these names.
pub(crate) fn is_reserved(name: &str) -> bool {
    matches!(split_at_mark(name, b'.').0, "id" | "teams")
}

/// How many values there are to be compared.
pub(super) fn count(value: &Value<'_>) -> usize {
    if let Value::List(items) = value { items.len() } else { 1 }
}

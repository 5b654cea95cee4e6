//! What a condition leaves to the record: everything known is worked in, the rest stays, and can be written
//! as JSON.
//!
//! The result is a condition that *must be true*, so unknown constants fold to false in either
//! polarity, and `$not` moves down to the comparisons.
//!
//! Twin of pkg-template/src/condition/condition.ts; tests/package/vectors.mjs and tests/laws.rs hold them
//! equal.

use alloc::string::String;
use alloc::vec::Vec;

use super::holds::{Facts, Record, Side, count};
use super::{Leaf, Node, Op, Operand, Path, Root, Scalar};
use crate::ids::ConditionId;
use crate::json::number::push_number;
use crate::json::value::{Value, end_of};
use crate::json::writer::{next, push_string};

/// What a condition comes to once all that is known is worked in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Residual {
    False,
    True,
    /// The record (or a context that is unresolved) must still satisfy something.
    Unresolved,
}

impl Residual {
    /// What is settled.
    pub(crate) fn constant(value: bool) -> Self {
        if value { Self::True } else { Self::False }
    }

    /// The conjunction.
    pub(crate) fn and(self, other: Self) -> Self {
        join(true, [self, other])
    }

    /// The disjunction.
    pub(crate) fn or(self, other: Self) -> Self {
        join(false, [self, other])
    }
}

impl Facts<'_> {
    /// Folds a condition, or, `negated`, its negation.
    pub(crate) fn fold(&self, condition: ConditionId, negated: bool) -> Residual {
        match self.conditions.node(condition) {
            None => Residual::False,
            Some(Node::Not(inner)) => self.fold(*inner, !negated),
            Some(node @ (Node::And(range) | Node::Or(range))) => {
                let all = matches!(node, Node::And(_)) != negated;
                join(all, self.conditions.children(*range).iter().map(|child| self.fold(*child, negated)))
            }
            Some(Node::Leaf(leaf)) if self.is_unresolved(leaf) => self.fold_unresolved(leaf, negated),
            Some(node) => Residual::constant(self.leaf(node) == Some(!negated)),
        }
    }

    /// Writes what a condition that is unresolved after folding still asks for.
    pub(crate) fn push_unresolved(&self, out: &mut String, condition: ConditionId, negated: bool) {
        match self.conditions.node(condition) {
            Some(Node::Not(inner)) => self.push_unresolved(out, *inner, !negated),
            Some(node @ (Node::And(range) | Node::Or(range))) => {
                let is_unresolved =
                    |child: &&ConditionId| self.fold(**child, negated) == Residual::Unresolved;
                let mut rest = self.conditions.children(*range).iter().filter(is_unresolved);
                let (Some(first), second) = (rest.next(), rest.next()) else { return };
                let Some(second) = second else { return self.push_unresolved(out, *first, negated) };
                let all = matches!(node, Node::And(_)) != negated;
                out.push_str(if all { "{\"$and\":[" } else { "{\"$or\":[" });
                for child in [first, second].into_iter().chain(rest) {
                    next(out);
                    self.push_unresolved(out, *child, negated);
                }
                out.push_str("]}");
            }
            Some(Node::Leaf(leaf)) => {
                let right = if let Operand::Path(path) = leaf.right { Some(self.read(path)) } else { None };
                out.push_str(if negated { "{\"$not\":{" } else { "{" });
                self.push_comparison(out, leaf, self.read(leaf.left), right);
                out.push_str(if negated { "}}" } else { "}" });
            }
            Some(Node::During(_)) | None => {}
        }
    }

    fn is_unresolved(&self, leaf: &Leaf) -> bool {
        let is_unresolved = |path: Path| matches!(self.read(path), Side::Unresolved);
        let right = match leaf.right {
            Operand::Path(path) => is_unresolved(path),
            Operand::Condition(inside) => {
                self.conditions.paths_of(inside.when).into_iter().any(is_unresolved)
            }
            Operand::Scalar(_)
            | Operand::List(_)
            | Operand::Time(_)
            | Operand::Blocks(_)
            | Operand::Exists(_) => false,
        };
        right || is_unresolved(leaf.left)
    }

    /// Folds a comparison of which a side is unresolved: constant (unknown) where the other does not fit.
    fn fold_unresolved(&self, leaf: &Leaf, negated: bool) -> Residual {
        let left = self.left(leaf);
        let right = if let Operand::Path(path) = leaf.right { Some(self.read(path)) } else { None };
        let unfit = |side: &Side<'_>, is_left| match side {
            Side::Known(value) => !Self::fits(leaf.op, value, is_left),
            Side::Unknown => true,
            Side::Unresolved => false,
        };
        if unfit(&left, true) || right.as_ref().is_some_and(|right| unfit(right, false)) {
            return Residual::False;
        }
        if leaf.op == Op::Elem
            && let Side::Known(Value::List(items)) = &left
        {
            if items.is_empty() {
                return Residual::constant(negated);
            }
            if !negated && items.iter().all(|item| self.is_unknown_team(leaf.left, item)) {
                return Residual::False;
            }
        }
        if self.user.unresolved && matches!(self.record, Record::Any) && self.asks_record_alone(leaf) {
            return Residual::True;
        }
        let listed = if let Some(Side::Known(value)) = &right { count(value) } else { 1 };
        if self.is_too_much(listed) {
            return Residual::False;
        }
        Residual::Unresolved
    }

    /// Whether the record alone decides a comparison. Where some record is looked for, it is there.
    fn asks_record_alone(&self, leaf: &Leaf) -> bool {
        let mut paths = match leaf.right {
            Operand::Path(path) => [path].into(),
            Operand::Condition(inside) => self.conditions.paths_of(inside.when),
            Operand::Scalar(_)
            | Operand::List(_)
            | Operand::Time(_)
            | Operand::Blocks(_)
            | Operand::Exists(_) => Vec::new(),
        };
        paths.push(leaf.left);
        let is_else =
            |path: &Path| path.root != Root::Resource && matches!(self.read(*path), Side::Unresolved);
        !paths.iter().any(is_else)
    }

    fn push_comparison(&self, out: &mut String, leaf: &Leaf, left: Side<'_>, right: Option<Side<'_>>) {
        match left {
            // An `$elem` is written with its list, which has more than literals can have.
            Side::Known(value) if !self.keeps(leaf.left) && leaf.op != Op::Elem => {
                out.push_str("\"$value\":{\"of\":");
                push_value(out, &value);
                out.push(',');
            }
            Side::Known(_) | Side::Unknown | Side::Unresolved => {
                push_string(out, &self.full(leaf.left));
                out.push_str(":{");
            }
        }
        push_string(out, leaf.op.name());
        out.push(':');
        self.push_operand(out, &leaf.right, right);
        out.push('}');
    }

    fn push_operand(&self, out: &mut String, operand: &Operand, read: Option<Side<'_>>) {
        match operand {
            Operand::Scalar(scalar) => self.push_scalar(out, *scalar),
            Operand::List(range) => {
                out.push('[');
                for scalar in self.conditions.scalars(*range) {
                    next(out);
                    self.push_scalar(out, *scalar);
                }
                out.push(']');
            }
            Operand::Blocks(range) => {
                out.push('[');
                for (_, text) in self.conditions.blocks(*range) {
                    next(out);
                    push_string(out, self.document.str(*text));
                }
                out.push(']');
            }
            Operand::Exists(wanted) => out.push_str(if *wanted { "true" } else { "false" }),
            Operand::Time(time) => push_string(out, self.document.str(time.text)),
            Operand::Condition(inside) => {
                let (source, at) = self.document.json(inside.at);
                let end = end_of(source.as_bytes(), at);
                out.push_str(end.and_then(|end| source.get(at..end)).unwrap_or("{}"));
            }
            Operand::Path(path) => match read {
                Some(Side::Known(value)) if !self.keeps(*path) => push_value(out, &value),
                Some(Side::Known(_) | Side::Unknown | Side::Unresolved) | None => {
                    out.push_str("{\"$ref\":");
                    push_string(out, &self.full(*path));
                    out.push('}');
                }
            },
        }
    }

    /// Whether a path that is known is written all the same: the user's id, and any where the user is
    /// unresolved.
    fn keeps(&self, path: Path) -> bool {
        (self.user.unresolved && path.root == Root::User) || self.is_user_id(path)
    }

    fn push_scalar(&self, out: &mut String, scalar: Scalar) {
        push_value(out, &self.scalar(scalar));
    }

    /// A path as it is written.
    pub(crate) fn full(&self, path: Path) -> String {
        let mut full = String::from(path.root.prefix());
        full.push_str(self.document.str(path.rest));
        full
    }
}

/// The conjunction (`all`) or disjunction of folded conditions.
fn join(all: bool, parts: impl IntoIterator<Item = Residual>) -> Residual {
    let mut joined = Residual::constant(all);
    for part in parts {
        if part == Residual::constant(!all) {
            return part;
        }
        if part == Residual::Unresolved {
            joined = part;
        }
    }
    joined
}

/// Writes a value as a literal; an element that is not a scalar as null.
fn push_value(out: &mut String, value: &Value<'_>) {
    match value {
        Value::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Value::Number(value) => push_number(out, *value),
        Value::Text(text) => push_string(out, text),
        Value::List(items) => {
            out.push('[');
            for item in items {
                next(out);
                push_value(out, if matches!(item, Value::List(_)) { &Value::Null } else { item });
            }
            out.push(']');
        }
        Value::Null | Value::Id(_) | Value::Time(_) | Value::Object(_) | Value::Other | Value::Unknown => {
            out.push_str("null");
        }
    }
}

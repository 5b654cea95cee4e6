//! Conditions: what they are. [`build`] makes them, [`holds`] asks them of facts, [`residual`] leaves
//! what a record must still decide; [`leaf`] has the operators, one small function each.
//!
//! Only one question is ever asked of a condition: *is it definitely true?* Of a denial's condition
//! it is asked of the negation. So three-valued truth is needed in the leaves alone: `and`, `or` and
//! `not` push the negation down, and an unknown leaf is true in neither polarity.

pub(crate) mod build;
pub(crate) mod during;
pub(crate) mod holds;
pub(crate) mod leaf;
pub(crate) mod reads;
pub(crate) mod residual;

use alloc::vec::Vec;

use crate::cidr::Block;
use crate::collections::list::push_all;
use crate::collections::span::{span, within};
pub(crate) use crate::format::table::Op;
use crate::ids::{ConditionId, Id, RangeOf, id};
use crate::json::text::{Document, Text};
use crate::time::floor;
use during::During;

/// All conditions of a snapshot, as flat trees.
#[derive(Clone, Debug, Default)]
pub(crate) struct Conditions {
    nodes: Vec<Node>,
    children: Vec<ConditionId>,
    scalars: Vec<Scalar>,
    blocks: Vec<(Block, Text)>,
    /// The conditions that are not part of another, in their order, and where each begins in the source.
    offsets: Vec<(ConditionId, u32)>,
}

/// One condition.
#[derive(Clone, Debug)]
pub(crate) enum Node {
    And(RangeOf<ConditionId>),
    Or(RangeOf<ConditionId>),
    Not(ConditionId),
    Leaf(Leaf),
    During(During),
}

impl Node {
    /// The paths that a comparison reads; of anything else, none.
    pub(crate) fn paths(&self) -> impl Iterator<Item = Path> {
        let leaf = if let Self::Leaf(leaf) = self { Some(leaf) } else { None };
        let right =
            leaf.and_then(|leaf| if let Operand::Path(path) = leaf.right { Some(path) } else { None });
        leaf.map(|leaf| leaf.left).into_iter().chain(right)
    }

    /// Of an `$elem`, the path of its list, and the condition on the elements.
    pub(crate) fn on_elements(&self) -> Option<(Path, Inside)> {
        let Self::Leaf(Leaf { left, right: Operand::Condition(inside), .. }) = self else { return None };
        Some((*left, *inside))
    }
}

/// A comparison.
#[derive(Clone, Debug)]
pub(crate) struct Leaf {
    pub(crate) left: Path,
    pub(crate) op: Op,
    pub(crate) right: Operand,
}

/// Where an attribute is: a root and dotted parts below it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Path {
    pub(crate) root: Root,
    pub(crate) rest: Text,
}

impl Path {
    /// Whether it is `user.id`.
    pub(crate) fn is_user_id(self, document: &Document) -> bool {
        self.root == Root::User && document.str(self.rest) == "id"
    }
}

/// What a path begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Root {
    Resource,
    User,
    Context,
    /// Of the list that the innermost `$elem` goes through.
    Element,
}

impl Root {
    pub(crate) const ALL: [(Self, &'static str); 4] = [
        (Self::Resource, "resource."),
        (Self::User, "user."),
        (Self::Context, "context."),
        (Self::Element, "element."),
    ];

    /// The root as it is written, with its dot.
    pub(crate) fn prefix(self) -> &'static str {
        Self::ALL.iter().find(|(root, _)| *root == self).map_or("", |(_, prefix)| prefix)
    }
}

/// What an attribute is compared with.
#[derive(Clone, Debug)]
pub(crate) enum Operand {
    Scalar(Scalar),
    List(RangeOf<Scalar>),
    Path(Path),
    Time(Time),
    Blocks(RangeOf<(Block, Text)>),
    Exists(bool),
    Condition(Inside),
}

/// A time: milliseconds since the epoch, or from now.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Time {
    millis: f64,
    is_from_now: bool,
    /// As it is written.
    pub(crate) text: Text,
}

impl Time {
    /// The time that it is now.
    pub(crate) fn at(self, now: f64) -> f64 {
        if self.is_from_now { floor(now) + self.millis } else { self.millis }
    }

    /// The first moment at which another time is before it, where that is not so at all times.
    pub(crate) fn passes(self, time: f64) -> Option<f64> {
        self.is_from_now.then_some(time - self.millis + 1.0)
    }
}

/// The condition on an element.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Inside {
    pub(crate) when: ConditionId,
    /// Where it begins in the source.
    pub(crate) at: usize,
}

/// A literal.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Scalar {
    Text(Text),
    Number(f64),
    Bool(bool),
}

impl Conditions {
    pub(crate) fn add(&mut self, node: Node) -> ConditionId {
        self.nodes.push(node);
        id(self.nodes.len() - 1)
    }

    /// Keeps the children of an `And` or `Or`.
    pub(crate) fn add_children(&mut self, children: &[ConditionId]) -> RangeOf<ConditionId> {
        span(&mut self.children, children.iter().copied())
    }

    /// Keeps where a condition that is not part of another begins in the source.
    #[expect(clippy::cast_possible_truncation, reason = "a document is shorter than 2^31 bytes")]
    pub(crate) fn keep_offset(&mut self, condition: ConditionId, at: usize) {
        self.offsets.push((condition, at as u32));
    }

    /// Where it begins.
    pub(crate) fn offset_of(&self, condition: ConditionId) -> Option<usize> {
        let at = self.offsets.binary_search_by_key(&condition, |known| known.0).ok()?;
        self.offsets.get(at).map(|known| known.1 as usize)
    }

    pub(crate) fn node(&self, condition: ConditionId) -> Option<&Node> {
        self.nodes.get(condition.index())
    }

    pub(crate) fn children(&self, range: RangeOf<ConditionId>) -> &[ConditionId] {
        within(&self.children, range)
    }

    pub(crate) fn scalars(&self, range: RangeOf<Scalar>) -> &[Scalar] {
        within(&self.scalars, range)
    }

    pub(crate) fn blocks(&self, range: RangeOf<(Block, Text)>) -> &[(Block, Text)] {
        within(&self.blocks, range)
    }

    /// Every comparison and schedule in a condition, but for those on elements.
    pub(crate) fn leaves_of(&self, when: Option<ConditionId>) -> Vec<&Node> {
        let mut leaves = Vec::new();
        self.add_leaves(when, &mut leaves);
        leaves
    }

    fn add_leaves<'a>(&'a self, when: Option<ConditionId>, leaves: &mut Vec<&'a Node>) {
        match when.and_then(|when| self.node(when)) {
            Some(Node::Not(inner)) => self.add_leaves(Some(*inner), leaves),
            Some(Node::And(range) | Node::Or(range)) => {
                for child in self.children(*range) {
                    self.add_leaves(Some(*child), leaves);
                }
            }
            leaf => push_all(leaves, leaf),
        }
    }

    /// Every path that a condition reads, but for those of elements.
    pub(crate) fn paths_of(&self, when: ConditionId) -> Vec<Path> {
        let mut paths = Vec::new();
        self.add_paths(when, &mut paths);
        paths.retain(|path| path.root != Root::Element);
        paths
    }

    fn add_paths(&self, when: ConditionId, paths: &mut Vec<Path>) {
        for leaf in self.leaves_of(Some(when)) {
            push_all(paths, leaf.paths());
            if let Some((_, inside)) = leaf.on_elements() {
                self.add_paths(inside.when, paths);
            }
        }
    }

    /// Every comparison of any condition, also those on elements.
    #[cfg(feature = "administration")]
    pub(crate) fn leaves(&self) -> impl Iterator<Item = &Leaf> {
        self.nodes.iter().filter_map(|node| if let Node::Leaf(leaf) = node { Some(leaf) } else { None })
    }

    /// Every path that a comparison of any condition reads.
    pub(crate) fn paths(&self) -> impl Iterator<Item = Path> {
        self.nodes.iter().flat_map(Node::paths)
    }

    /// Whether a condition reads attributes of a root.
    pub(crate) fn reads(&self, when: ConditionId, root: Root) -> bool {
        self.paths_of(when).iter().any(|path| path.root == root)
    }
}

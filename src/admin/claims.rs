//! Conditions as they are compared: what is known of somebody is worked in, and the rest is a set of texts of
//! which all must be so, or one. Nothing is known of the context, and nothing of the time: a schedule, or a time
//! from now, is a text like any other.
//!
//! One condition lies within another if it asks for all that the other asks for, and more. That is all that is
//! found out about two conditions, so what would take reasoning does not lie within.

use alloc::borrow::ToOwned;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::rc::Rc;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::cell::RefCell;

use super::traits::{Attributes, depends_on_id, is_below};
use crate::condition::during::During;
use crate::condition::holds::{Facts, Side};
use crate::condition::residual::Residual;
use crate::condition::{Leaf, Node, Operand, Root};
use crate::format::table::DAYS;
use crate::ids::ConditionId;
use crate::json::writer::{key, next, push_string};

/// Something that a condition asks for.
pub(super) type Atom = u32;

/// Several, in order, each once.
pub(super) type Set = Rc<[Atom]>;

/// All that conditions ask for. Equal numbers mean the same, of whichever document and person they are.
#[derive(Debug, Default)]
pub(super) struct Atoms(RefCell<Known>);

#[derive(Debug, Default)]
struct Known {
    by_key: BTreeMap<String, Atom>,
    texts: Vec<Rc<str>>,
}

impl Atoms {
    /// The number of what is asked for by `text`; `more` tells it from what reads alike and is not the same.
    fn of(&self, text: String, more: &str) -> Atom {
        let mut known = self.0.borrow_mut();
        let full = if more.is_empty() { text.clone() } else { format!("{text}\n{more}") };
        if let Some(atom) = known.by_key.get(&full) {
            return *atom;
        }
        let atom = u32::try_from(known.texts.len()).unwrap_or(u32::MAX);
        known.texts.push(text.into());
        known.by_key.insert(full, atom);
        atom
    }

    /// Several as one.
    fn joined(&self, all: bool, set: &[Atom]) -> Atom {
        let more = format!("{all}{set:?}");
        self.of(self.text_of(all, set), &more)
    }

    /// The conjunction, or disjunction, as a condition. Its parts are in the order of their texts: that of their numbers
    /// depends on what was looked at before.
    fn text_of(&self, all: bool, set: &[Atom]) -> String {
        let known = self.0.borrow();
        let text = |atom: &Atom| known.texts.get(*atom as usize).map_or("{}", |text| text);
        let mut texts: Vec<&str> = set.iter().map(text).collect();
        if let [one] = texts[..] {
            return one.to_owned();
        }
        texts.sort_unstable();
        let mut out = String::from("{");
        key(&mut out, if all { "$and" } else { "$or" });
        out.push('[');
        for text in texts {
            next(&mut out);
            out.push_str(text);
        }
        out.push_str("]}");
        out
    }

    /// The condition that asks for all of these; none where nothing is asked for.
    pub(super) fn condition(&self, set: &[Atom]) -> Option<String> {
        (!set.is_empty()).then(|| self.text_of(true, set))
    }
}

/// What a condition comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Claim {
    /// It cannot be true.
    Never,
    /// It is true.
    Always,
    /// It asks for all of these, two at least or just one.
    All(Vec<Atom>),
    /// It asks for one of these, two at least.
    Any(Vec<Atom>),
}

impl Claim {
    fn set(all: bool, mut atoms: Vec<Atom>) -> Self {
        atoms.sort_unstable();
        atoms.dedup();
        match (all, atoms.len()) {
            (true, 0) => Self::Always,
            (false, 0) => Self::Never,
            (_, 1) | (true, _) => Self::All(atoms),
            (false, _) => Self::Any(atoms),
        }
    }

    /// The conjunction, or disjunction, of several.
    fn join(all: bool, claims: impl IntoIterator<Item = Self>, atoms: &Atoms) -> Self {
        let mut set = Vec::new();
        for claim in claims {
            match claim {
                Self::Never if all => return Self::Never,
                Self::Always if !all => return Self::Always,
                Self::Never | Self::Always => {}
                Self::All(more) if all || more.len() == 1 => set.extend(more),
                Self::Any(more) if !all => set.extend(more),
                Self::All(more) => set.push(atoms.joined(true, &more)),
                Self::Any(more) => set.push(atoms.joined(false, &more)),
            }
        }
        Self::set(all, set)
    }

    /// All that is asked for; `None` if it cannot be true.
    pub(super) fn asked(claims: [Self; 2], atoms: &Atoms) -> Option<Set> {
        match Self::join(true, claims, atoms) {
            Self::Never => None,
            Self::Always => Some([].into()),
            Self::All(set) => Some(set.into()),
            Self::Any(set) => Some([atoms.joined(false, &set)].into()),
        }
    }

    /// Any of what is enough; `None` if it is true anyway.
    pub(super) fn enough(claims: [Self; 2], atoms: &Atoms) -> Option<Set> {
        match Self::join(false, claims, atoms) {
            Self::Always => None,
            Self::Never => Some([].into()),
            Self::Any(set) => Some(set.into()),
            Self::All(set) => {
                let one = if let [one] = set[..] { one } else { atoms.joined(true, &set) };
                Some([one].into())
            }
        }
    }
}

/// Whether all of a set are in another one.
pub(super) fn is_within(few: &[Atom], many: &[Atom]) -> bool {
    few.iter().all(|atom| many.binary_search(atom).is_ok())
}

/// Of whom a condition is asked.
pub(super) struct Whose<'a> {
    pub(super) facts: Facts<'a>,
    /// Whether nothing is known of who it is: somebody who holds a role.
    pub(super) is_anybody: bool,
    /// The attributes of the user, as they are written.
    pub(super) attributes: &'a str,
    /// The names of the user's teams.
    pub(super) teams: &'a str,
    pub(super) atoms: &'a Atoms,
}

impl Whose<'_> {
    /// What a condition, or, `negated`, its negation, comes to.
    pub(super) fn claim(&self, condition: ConditionId, negated: bool) -> Claim {
        let conditions = self.facts.conditions;
        match conditions.node(condition) {
            None => Claim::Never,
            Some(Node::Not(inner)) => self.claim(*inner, !negated),
            Some(node @ (Node::And(range) | Node::Or(range))) => {
                let all = matches!(node, Node::And(_)) != negated;
                let children = conditions.children(*range).iter();
                Claim::join(all, children.map(|child| self.claim(*child, negated)), self.atoms)
            }
            Some(Node::During(during)) => Claim::All([self.during(*during, negated)].into()),
            Some(Node::Leaf(leaf)) => self.comparison(condition, leaf, negated),
        }
    }

    fn comparison(&self, condition: ConditionId, leaf: &Leaf, negated: bool) -> Claim {
        if !self.is_anybody {
            if self.is_of_time(leaf) {
                if matches!(self.facts.read(leaf.left), Side::Known(left) if !Facts::fits(leaf.op, &left, true))
                {
                    return Claim::Never;
                }
            } else {
                match self.facts.fold(condition, negated) {
                    Residual::False => return Claim::Never,
                    Residual::True => return Claim::Always,
                    Residual::Unresolved => {}
                }
            }
        }
        let mut text = String::new();
        self.facts.push_unresolved(&mut text, condition, negated);
        Claim::All([self.atoms.of(text, &self.untold(leaf))].into())
    }

    /// Whether time alone may change a comparison.
    fn is_of_time(&self, leaf: &Leaf) -> bool {
        match &leaf.right {
            Operand::Time(time) => time.passes(0.0).is_some(),
            Operand::Condition(inside) => {
                self.facts.conditions.leaves_of(Some(inside.when)).into_iter().any(|node| match node {
                    Node::During(_) => true,
                    Node::Leaf(leaf) => self.is_of_time(leaf),
                    Node::And(_) | Node::Or(_) | Node::Not(_) => false,
                })
            }
            Operand::Scalar(_)
            | Operand::List(_)
            | Operand::Path(_)
            | Operand::Blocks(_)
            | Operand::Exists(_) => false,
        }
    }

    /// What a comparison depends on and its text does not tell: the inside of an `$elem` is written as it is in the
    /// document, and the id of the user as `user.id`, whoever the user is.
    fn untold(&self, leaf: &Leaf) -> String {
        // Of whoever has a role nothing is known. Of a user something always is, so that they are never taken for each
        // other.
        if self.is_anybody {
            return String::new();
        }
        let mut paths = Vec::new();
        if let Operand::Condition(inside) = &leaf.right {
            paths = self.facts.conditions.paths_of(inside.when);
            paths.push(leaf.left);
        }
        let of_user = paths.into_iter().filter(|path| path.root == Root::User);
        let names: Vec<&str> = of_user.map(|path| self.facts.document.str(path.rest)).collect();
        let mut more = Attributes::named(names.iter().copied()).read(self.attributes);
        if names.iter().any(|name| is_below("teams", name)) {
            more.push_str(self.teams);
            more.push_str(&self.facts.user.unknown_teams.to_string());
        }
        if depends_on_id(leaf, self.facts.conditions, self.facts.document) {
            push_string(&mut more, self.facts.user.id);
        }
        more
    }

    fn during(&self, during: During, negated: bool) -> Atom {
        let mut text =
            String::from(if negated { "{\"$not\":{\"$during\":{\"tz\":" } else { "{\"$during\":{\"tz\":" });
        push_string(&mut text, self.facts.document.str(during.zone));
        text.push_str(",\"days\":[");
        for (at, day) in DAYS.iter().enumerate() {
            if during.days & (1 << at) != 0 {
                next(&mut text);
                push_string(&mut text, day);
            }
        }
        text.push(']');
        // Without them it is the whole day, which cannot be written with them.
        if (during.from, during.to) != (0, 1440) {
            for (name, minutes) in [("from", during.from), ("to", during.to)] {
                key(&mut text, name);
                push_string(&mut text, &format!("{:02}:{:02}", minutes / 60, minutes % 60));
            }
        }
        text.push_str(if negated { "}}}" } else { "}}" });
        self.atoms.of(text, "")
    }
}

#[cfg(test)]
mod tests {
    use super::Atoms;

    #[test]
    fn a_condition_reads_the_same_whatever_was_looked_at_before() {
        let (one, other) = (Atoms::default(), Atoms::default());
        let texts = [r#"{"resource.a":1}"#, r#"{"resource.b":1}"#];
        let set = texts.map(|text| one.of(text.into(), ""));
        for text in texts.iter().rev() {
            other.of((*text).into(), "");
        }
        assert_eq!(one.condition(&set), other.condition(&[0, 1]));
        assert_eq!(one.text_of(false, &set), other.text_of(false, &[0, 1]));
    }
}

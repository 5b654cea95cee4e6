//! What to write in place of an operator that does not exist: the one that it is a misspelling of, or what
//! other libraries call it. Never one that means the opposite.

use alloc::borrow::ToOwned;
use alloc::string::String;

use crate::collections::list::Listed;
use crate::error::edit_distance;
use crate::format::table::{Op, Word};
use crate::json::text::split_at_mark;

/// Operators, and what others call them, or what is near to one that means the opposite; without `$`.
const OTHER_NAMES: [(&str, &str); 16] = [
    ("$eq", "equal equals is"),
    ("$ne", "neq neql nequal nequals not_eq noteq notequal notequals"),
    ("$lt", "lessthan"),
    ("$lte", "le leq lessthanorequal max"),
    ("$gt", "greaterthan"),
    ("$gte", "ge geq greaterthanorequal min"),
    ("$in", "anyof oneof within"),
    ("$nin", "noneof not_in notin notoneof"),
    ("$has", "contains include includes member"),
    ("$hasAny", "any containsany hassome intersects overlap overlaps"),
    ("$subset", "issubset issubsetof subsetof"),
    ("$elem", "element elemmatch some"),
    ("$startsWith", "begins beginswith prefix starts"),
    ("$endsWith", "ends suffix"),
    ("$since", "after"),
    ("$before", "until"),
];

/// What takes another form here.
const OTHER_FORMS: [(&str, &str); 11] = [
    (
        "there are no patterns: use `$startsWith`, `$endsWith` or `$in`",
        "regex regexp match matches pattern like ilike glob options text",
    ),
    ("put `$not` around an `$or` or an `$elem`", "nor none"),
    ("it stands around comparisons, not inside: `{ \"$not\": { path: … } }`", "not and or"),
    ("use `$and` with a `$has` for each", "all hasall containsall superset"),
    ("put `$not` around an `$elem` with the opposite, or use `$subset`", "every each"),
    ("the length of a list cannot be compared", "size length count isempty empty"),
    ("use `$gte` and `$lte` together", "between range"),
    ("use `$exists` with `true` or `false`", "isnull null isset missing undefined notexists nexists"),
    ("put `$not` around a `$has`, or a `$hasAny`", "notcontains excludes nothas nhas disjoint"),
    ("compare times by `$since` and `$before`: `{ \"$since\": \"now-15m\" }`", "now date time"),
    ("the application has to work it out and give it as an attribute", "where expr function mod type"),
];

/// The operator that a name most likely stands for.
pub(crate) fn operator(name: &str) -> Option<String> {
    let other = OTHER_NAMES.iter().find(|(_, others)| has(others, name)).map(|(meant, _)| *meant);
    let found = other.or_else(|| near(name, Op::NAMES))?;
    Some(found.to_owned())
}

/// The word that a name most likely stands for, where a condition has its paths.
pub(crate) fn word(name: &str) -> Option<String> {
    near(name, Word::NAMES).map(ToOwned::to_owned)
}

/// What to do in place of an operator that there is not.
pub(crate) fn instead_of(name: &str) -> Option<&'static str> {
    if Op::of(name.as_bytes()).is_some() {
        return Some("it stands behind a path: `{ path: { operator: value } }`");
    }
    OTHER_FORMS.iter().find(|(_, names)| has(names, name)).map(|(say, _)| *say)
}

/// The one name that is nearest, if it is near, among those that negate like it. Where another one is as
/// near, nobody knows which is meant.
fn near(name: &str, known: &[&'static str]) -> Option<&'static str> {
    if instead_of(name).is_some() {
        return None;
    }
    let chars = |name: &str| name.to_ascii_lowercase().chars().listed();
    let wanted = chars(name);
    let (mut limit, mut best) = (wanted.len() / 3 + 1, None);
    for known in known.iter().filter(|known| negates(known) == negates(name)) {
        let distance = edit_distance(&wanted, &chars(known));
        if distance == limit {
            best = None;
        } else if distance < limit {
            (limit, best) = (distance, Some(*known));
        }
    }
    best
}

/// Whether a name begins like a negation.
fn negates(name: &str) -> bool {
    name.as_bytes().get(1).is_some_and(|first| first | 0x20 == b'n')
}

/// Whether one of several names between spaces is an operator's, whatever its case.
fn has(names: &str, operator: &str) -> bool {
    let wanted = operator.strip_prefix('$').unwrap_or_default();
    let mut rest = Some(names);
    while let Some(names) = rest {
        let (name, more) = split_at_mark(names, b' ');
        if name.eq_ignore_ascii_case(wanted) {
            return true;
        }
        rest = more;
    }
    false
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use super::*;

    #[test]
    fn no_suggestion_means_the_opposite() {
        for (name, meant) in [
            ("$neq", Some("$ne")),
            ("$NE", Some("$ne")),
            ("$notIn", Some("$nin")),
            ("$contains", Some("$has")),
            ("$elemMatch", Some("$elem")),
            ("$startswith", Some("$startsWith")),
            ("$endWith", Some("$endsWith")),
            ("$exist", Some("$exists")),
            ("$int", Some("$in")),
            ("$inn", Some("$in")),
            // As near to `$ne` as to `$nin`, to `$lt` as to `$gt`.
            ("$ni", None),
            ("$t", None),
            ("$nexist", None),
            ("$regex", None),
            ("$geq", Some("$gte")),
            ("$zzzzzz", None),
        ] {
            assert_eq!(operator(name).as_deref(), meant, "{name}");
        }
        for (name, meant) in [("$nor", None), ("$nand", None), ("$adn", Some("$and")), ("$eq", None)] {
            assert_eq!(word(name).as_deref(), meant, "{name}");
        }
    }

    #[test]
    fn other_names_stand_there_once_and_negate_as_what_they_mean() {
        let mut seen = Vec::new();
        for (meant, names) in OTHER_NAMES {
            assert!(Op::of(meant.as_bytes()).is_some(), "{meant}");
            for name in names.split(' ') {
                let operator = alloc::format!("${name}");
                assert_eq!(negates(&operator), negates(meant), "{name}");
                assert!(Op::of(operator.as_bytes()).is_none() && instead_of(&operator).is_none(), "{name}");
                seen.push(name);
            }
        }
        for (_, names) in OTHER_FORMS {
            seen.extend(names.split(' '));
        }
        for (at, name) in seen.iter().enumerate() {
            assert!(!seen[at + 1..].contains(name) && *name == name.to_lowercase(), "{name}");
        }
    }
}

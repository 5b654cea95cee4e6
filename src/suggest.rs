//! What to write in place of a name that does not exist: the nearest that does; of an operator also the one
//! that other libraries call so, and never one that means the opposite.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

use crate::collections::list::Listed;
use crate::format::table::{Op, Word};
use crate::json::text::split_at_mark;

/// How many pairs of characters may still be compared in search of nearest names.
#[derive(Debug)]
pub(crate) struct Work(usize);

/// What one load may spend on suggestions: some tens of milliseconds.
const MAX_WORK: usize = 10_000_000;

impl Work {
    /// What one load may spend.
    pub(crate) fn of_a_load() -> Self {
        Self(MAX_WORK)
    }
}

/// So many characters of a name are compared; messages quote no longer ones.
const MAX_CHARS: usize = 80;

/// The candidate nearest to `name`, if it is near: at most a third of the name edited.
pub(crate) fn nearest_of(
    name: &str,
    candidates: &mut dyn Iterator<Item = &str>,
    work: &mut Work,
) -> Option<String> {
    let wanted: Vec<char> = name.chars().take(MAX_CHARS).listed();
    let mut limit = wanted.len() / 3 + 1;
    let mut best = None;
    for candidate in candidates {
        let found: Vec<char> = candidate.chars().take(MAX_CHARS).listed();
        work.0 = work.0.checked_sub(1 + found.len())?;
        if found.len().abs_diff(wanted.len()) < limit {
            work.0 = work.0.checked_sub(found.len() * wanted.len())?;
            let distance = edit_distance(&wanted, &found);
            if distance < limit {
                limit = distance;
                best = Some(candidate);
            }
        }
    }
    best.map(ToOwned::to_owned)
}

/// How many insertions, deletions, replacements and swaps of neighbours lie between two words.
fn edit_distance(a: &[char], b: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).listed();
    for (i, x) in a.iter().enumerate() {
        let mut row = Vec::with_capacity(last.len());
        row.push(i + 1);
        for (j, y) in b.iter().enumerate() {
            let at = |row: &[usize], index: usize| row.get(index).copied().unwrap_or(usize::MAX / 2);
            let mut best =
                (at(&last, j) + usize::from(x != y)).min(at(&last, j + 1) + 1).min(at(&row, j) + 1);
            let swapped = j > 0 && i > 0 && b.get(j - 1) == Some(x) && a.get(i - 1) == Some(y);
            if swapped {
                best = best.min(at(&before, j - 1) + 1);
            }
            row.push(best);
        }
        before = core::mem::replace(&mut last, row);
    }
    last.last().copied().unwrap_or(0)
}

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
        "patterns are not supported: use `$startsWith`, `$endsWith` or `$in`",
        "regex regexp match matches pattern like ilike glob options text",
    ),
    ("put `$not` around an `$or` or an `$elem`", "nor none"),
    ("it goes around comparisons, not inside them: `{ \"$not\": { path: … } }`", "not and or"),
    ("use `$and` with a `$has` for each", "all hasall containsall superset"),
    ("put `$not` around an `$elem` with the opposite, or use `$subset`", "every each"),
    ("the length of a list cannot be compared", "size length count isempty empty"),
    ("use `$gte` and `$lte` together", "between range"),
    ("use `$exists` with `true` or `false`", "isnull null isset missing undefined notexists nexists"),
    ("put `$not` around a `$has`, or a `$hasAny`", "notcontains excludes nothas nhas disjoint"),
    ("compare times with `$since` and `$before`: `{ \"$since\": \"now-15m\" }`", "now date time"),
    ("compute it in the application and pass it as an attribute", "where expr function mod type"),
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
        return Some("it goes after a path: `{ path: { operator: value } }`");
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
    use super::*;

    #[test]
    fn a_swap_is_one_edit() {
        let chars = |text: &str| text.chars().collect::<Vec<_>>();
        assert_eq!(edit_distance(&chars("exprot"), &chars("export")), 1);
        assert_eq!(edit_distance(&chars(""), &chars("ab")), 2);
        let nearest =
            |name: &str| nearest_of(name, &mut ["c.reply", "c.view"].into_iter(), &mut Work::of_a_load());
        assert_eq!(nearest("c.veiw").as_deref(), Some("c.view"));
        assert_eq!(nearest("zz"), None);
        assert_eq!(nearest_of("c.veiw", &mut ["c.view"].into_iter(), &mut Work(8)), None);
    }

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

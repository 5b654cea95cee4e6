//! Conditions that mean something else than they seem to.

use alloc::borrow::Cow;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::Notes;
use super::context::{Linted, RoleAt, quote, quote_all, redeny, regrant};
use super::walk::{Site, comparisons, each_condition};
use crate::admin::place::Place;
use crate::admin::shallow::quoted;
use crate::collections::sort::sort_by;
use crate::condition::holds::is_reserved;
use crate::condition::{Leaf, Node, Op, Operand, Path, Root};
use crate::host::{HostZones, Zones};
use crate::ids::ConditionId;
use crate::json::value::{Value, read_path};

/// `deny-on-optional`: a denial applies to records that lack an attribute, because a comparison with what is
/// not there is not false.
pub(super) fn deny_on_optional(linted: &Linted<'_>, notes: &mut Notes) {
    for role in linted.roles.iter().filter(|role| role.role.deny.iter().any(|denial| denial.when.is_some())) {
        let conditions = &linted.model.conditions;
        let at = |when: ConditionId| Some((conditions.offset_of(when)?, when));
        let mut by_place: Vec<(usize, ConditionId)> =
            role.role.deny.iter().filter_map(|denial| denial.when.and_then(at)).collect();
        sort_by(&mut by_place, |a, b| a.0.cmp(&b.0));
        for (position, denial) in role.place.list("deny").enumerate() {
            let Some(condition) = denial.get("when") else { continue };
            let known = by_place.binary_search_by_key(&condition.at, |known| known.0);
            let Some((_, when)) = known.ok().and_then(|at| by_place.get(at)) else { continue };
            let missing = optional(linted, *when);
            if missing.is_empty() {
                continue;
            }
            let names: Vec<String> = missing.iter().map(|path| format!("resource.{path}")).collect();
            let message = format!(
                "this denial also applies to records without {}: ask with `$exists` whether it is there, if these are not meant",
                quote_all(names.iter().map(|name| &**name))
            );
            let suggestion = guarded(role, position, condition, &names);
            notes.add(condition.at, message, suggestion);
        }
        if linted.is_over() {
            return;
        }
    }
}

/// The attributes of the record for want of which a condition may be neither true nor false.
fn optional<'a>(linted: &Linted<'a>, when: ConditionId) -> Vec<&'a str> {
    let model = linted.model;
    let paths = model.conditions.paths_of(when).into_iter().filter(|path| path.root == Root::Resource);
    let paths: BTreeSet<&str> = paths.map(|path| model.document.str(path.rest)).collect();
    let leaves = model.conditions.leaves_of(Some(when)).len();
    let lacks = |path: &&str| linted.spend(leaves) && truths(linted, when, path) & UNKNOWN != 0;
    paths.into_iter().filter(lacks).collect()
}

/// What a condition may come to, as a set.
type Truths = u8;
const TRUE: Truths = 1;
const FALSE: Truths = 2;
const UNKNOWN: Truths = 4;

/// What a condition may come to on a record without an attribute, where all else may be true or false.
fn truths(linted: &Linted<'_>, when: ConditionId, absent: &str) -> Truths {
    let conditions = &linted.model.conditions;
    match conditions.node(when) {
        Some(Node::Not(inner)) => {
            let inner = truths(linted, *inner, absent);
            inner & UNKNOWN | (inner & TRUE) << 1 | (inner & FALSE) >> 1
        }
        Some(node @ (Node::And(range) | Node::Or(range))) => {
            // Each of these settles it, and what is neither comes between.
            let (settles, goes_on) = if matches!(node, Node::And(_)) { (FALSE, TRUE) } else { (TRUE, FALSE) };
            conditions.children(*range).iter().fold(goes_on, |all, child| {
                let more = truths(linted, *child, absent);
                let mut joined = (all | more) & settles;
                if (all & UNKNOWN != 0 && more & !settles != 0)
                    || (more & UNKNOWN != 0 && all & !settles != 0)
                {
                    joined |= UNKNOWN;
                }
                joined | (all & more & goes_on)
            })
        }
        Some(Node::Leaf(leaf)) => comparison(linted, leaf, absent),
        Some(Node::During(_)) | None => TRUE | FALSE,
    }
}

fn comparison(linted: &Linted<'_>, leaf: &Leaf, absent: &str) -> Truths {
    let lacks = |path: Path| {
        path.root == Root::Resource && is_at_or_below(linted.model.document.str(path.rest), absent)
    };
    let refers = matches!(leaf.right, Operand::Path(path) if lacks(path));
    match leaf.right {
        Operand::Exists(wanted) if lacks(leaf.left) => {
            if wanted {
                FALSE
            } else {
                TRUE
            }
        }
        Operand::Exists(_)
        | Operand::Scalar(_)
        | Operand::List(_)
        | Operand::Path(_)
        | Operand::Time(_)
        | Operand::Blocks(_)
        | Operand::Condition(_) => {
            if refers || lacks(leaf.left) {
                UNKNOWN
            } else {
                TRUE | FALSE
            }
        }
    }
}

fn is_at_or_below(path: &str, other: &str) -> bool {
    path.strip_prefix(other).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// The operation that has a denial apply only to records that have these attributes.
fn guarded(role: &RoleAt<'_>, position: usize, condition: Place<'_>, names: &[String]) -> Vec<String> {
    if !role.denies_briefly() {
        return Vec::new();
    }
    let mut all = String::from("{\"$and\":[");
    for name in names {
        all.push('{');
        all.push_str(&quoted(name));
        all.push_str(":{\"$exists\":true}},");
    }
    all.push_str(condition.text());
    all.push_str("]}");
    redeny(role, replaced(role, position, condition, &all))
}

/// The denials of a role, in one of which a part is replaced.
fn replaced<'a>(role: &RoleAt<'a>, position: usize, part: Place<'a>, new: &str) -> Vec<Cow<'a, str>> {
    let entries = role.place.list("deny").enumerate();
    entries
        .map(
            |(at, entry)| {
                if at == position { Cow::Owned(spliced(entry, part, new)) } else { entry.text().into() }
            },
        )
        .collect()
}

/// The text of a value, in which a part is replaced.
fn spliced(whole: Place<'_>, part: Place<'_>, new: &str) -> String {
    let text = whole.text();
    let start = part.at.saturating_sub(whole.at);
    let end = start + part.text().len();
    [text.get(..start), Some(new), text.get(end..)].into_iter().flatten().collect()
}

/// `grant-by-absence`: something is granted because an attribute is not there.
pub(super) fn grant_by_absence(linted: &Linted<'_>, notes: &mut Notes) {
    each_condition(linted, &mut |site, condition| {
        if matches!(site, Site::Denial(..)) {
            return;
        }
        for comparison in comparisons(condition) {
            let wanted = comparison.operator.as_deref() == Some(Op::Exists.name());
            if wanted && comparison.operand.begins_with(b't') != comparison.positive {
                let message = format!(
                    "this grants on whatever lacks {}: check that records without it are meant, and not only such as were read in part",
                    quote(&comparison.path)
                );
                notes.add(comparison.operand.at, message, Vec::new());
            }
        }
    });
}

/// Operators whose operand is a literal that is no text to be compared.
const NO_TEXTS: [Op; 3] = [Op::Exists, Op::Elem, Op::Cidr];

/// `template-literal`: a text looks as if something were to be filled in, and nothing is.
pub(super) fn template_literal(linted: &Linted<'_>, notes: &mut Notes) {
    each_condition(linted, &mut |site, condition| {
        for comparison in comparisons(condition) {
            let operator = comparison.operator.as_deref();
            let has_texts =
                comparison.path != "$during" && !NO_TEXTS.iter().any(|op| operator == Some(op.name()));
            if !has_texts {
                continue;
            }
            let is_listed = comparison.operand.begins_with(b'[');
            for literal in [comparison.operand].into_iter().chain(comparison.operand.elements()) {
                let text = literal.string().unwrap_or_default();
                let Some(meant) = template(&text) else { continue };
                let reference = Some(meant).filter(|path| is_path(path, comparison.on_elements));
                let instead = match reference {
                    Some(path) => format!("write `{{ \"$ref\": \"{path}\" }}` to compare with it"),
                    None => "nothing is filled in; compare with an attribute by `$ref`, with times by `$since` and `$before`".to_string(),
                };
                let message = format!("{} is compared as the text that it is: {instead}", quote(&text));
                let new =
                    reference.filter(|_| !is_listed).map(|path| format!("{{\"$ref\":{}}}", quoted(path)));
                let suggestion = new.map(|new| respelled(site, literal, &new)).unwrap_or_default();
                notes.add(literal.at, message, suggestion);
            }
        }
    });
}

/// What is named by a text that looks like a template: a path, or something else, or nothing.
fn template(text: &str) -> Option<&str> {
    if matches!(text, "user.id" | "user.teams") {
        return Some(text);
    }
    for (open, close) in [("${", "}"), ("{{", "}}")] {
        let Some((before, rest)) = text.split_once(open) else { continue };
        let Some((inside, after)) = rest.split_once(close) else { continue };
        return Some(if before.is_empty() && after.is_empty() { inside.trim() } else { "" });
    }
    text.strip_prefix('$').filter(|name| name.starts_with(|first: char| first.is_ascii_lowercase()))
}

/// Whether something is the path of an attribute that may stand there.
fn is_path(text: &str, on_elements: bool) -> bool {
    let roots = ["user.", "context.", if on_elements { "element." } else { "resource." }];
    let is_plain = |part: &str| {
        !part.is_empty()
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
    };
    roots.iter().any(|root| text.starts_with(root)) && text.split('.').all(is_plain)
}

/// The operation that writes something else in place of a part of a condition of a role.
fn respelled(site: &Site<'_, '_>, part: Place<'_>, new: &str) -> Vec<String> {
    match site {
        Site::Grant(role, entry) if entry.is_short() => {
            regrant(role, [(&*entry.key, spliced(entry.value, part, new))])
        }
        Site::Denial(role, entry, position) if role.denies_briefly() => {
            let entries = role.place.list("deny").enumerate();
            redeny(
                role,
                entries.map(|(at, other)| {
                    if at == *position { Cow::Owned(spliced(*entry, part, new)) } else { other.text().into() }
                }),
            )
        }
        Site::Grant(..) | Site::Denial(..) | Site::Assignment => Vec::new(),
    }
}

/// `unread-attribute`: a condition reads an attribute that no listed user has, or roles as an attribute.
pub(super) fn unread_attribute(linted: &Linted<'_>, notes: &mut Notes) {
    let mut read: Vec<(usize, String)> = Vec::new();
    each_condition(linted, &mut |_, condition| {
        for comparison in comparisons(condition) {
            if let Some(path) = comparison.path.strip_prefix(Root::User.prefix()) {
                read.push((comparison.value.at, path.into()));
            }
            let reference = comparison.reference();
            let of_user = |place: Place<'_>| {
                Some((place.at, place.string()?.strip_prefix(Root::User.prefix())?.into()))
            };
            read.extend(reference.and_then(of_user));
        }
    });
    read.retain(|(_, path)| !is_reserved(path));
    sort_by(&mut read, Ord::cmp);
    // One place may have several operators.
    read.dedup();
    let unread = unread(linted, read.iter().map(|(_, path)| &**path).collect());
    for (at, path) in &read {
        if !unread.contains(&**path) {
            continue;
        }
        let name = quote(&format!("user.{path}"));
        if path == "roles" {
            notes.add(*at, format!("{name} reads an attribute, not which roles a user has: ask for a permission, or set the attribute"), Vec::new());
        } else if !linted.model.users.is_empty() {
            notes.add(*at, format!("no user has the attribute {name}, so nothing that asks for it is ever true: set it, or correct the name"), Vec::new());
        }
    }
}

/// Those of some paths at which no user has anything.
fn unread<'p>(linted: &Linted<'_>, mut paths: BTreeSet<&'p str>) -> BTreeSet<&'p str> {
    for user in &linted.model.users {
        let Some((json, at)) = user.attributes.map(|at| linted.model.document.json(at.get() as usize)) else {
            continue;
        };
        if paths.is_empty() {
            break;
        }
        // A byte or two of attributes are gone through in the time of a step.
        if !linted.spend(1 + paths.len() * linted.model.attribute_bytes(user)) {
            return BTreeSet::new();
        }
        paths.retain(|path| !is_there(&read_path(json, at, path)));
    }
    paths
}

fn is_there(value: &Value<'_>) -> bool {
    match value {
        Value::Null | Value::Unknown => false,
        Value::List(items) => items.iter().any(|item| !matches!(item, Value::Null)),
        Value::Bool(_)
        | Value::Number(_)
        | Value::Text(_)
        | Value::Id(_)
        | Value::Time(_)
        | Value::Object(_)
        | Value::Other => true,
    }
}

/// What asking the host for a zone costs.
const ZONE: usize = 200;

/// `unknown-zone`: the host does not know the zone of a schedule, which then never holds.
pub(super) fn unknown_zone(linted: &Linted<'_>, notes: &mut Notes) {
    let mut known: BTreeMap<String, bool> = BTreeMap::new();
    each_condition(linted, &mut |_, condition| {
        for comparison in comparisons(condition).iter().filter(|it| it.path == "$during") {
            let Some(place) = comparison.operand.get("tz") else { continue };
            let zone = place.string().unwrap_or_default();
            let is_known = *known
                .entry(zone.clone().into_owned())
                .or_insert_with(|| !linted.spend(ZONE) || HostZones.offset(&zone, linted.now).is_some());
            if !is_known {
                let message = format!(
                    "the time zone {} is not known here, so this schedule is unknown at all times: write a name such as `Europe/Lisbon`",
                    quote(&zone)
                );
                notes.add(place.at, message, Vec::new());
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::{is_path, template};

    #[test]
    fn templates() {
        for (text, expected) in [
            ("${user.id}", Some("user.id")),
            ("{{ user.id }}", Some("user.id")),
            ("$user.region", Some("user.region")),
            ("user.id", Some("user.id")),
            ("$now", Some("now")),
            ("a-${user.id}", Some("")),
            ("user.created", None),
            ("$5", None),
            ("$USD", None),
            ("{a}", None),
            ("${", None),
        ] {
            assert_eq!(template(text), expected, "{text}");
        }
        assert!(is_path("user.id", false) && is_path("resource.a-b.c", false) && is_path("element.x", true));
        assert!(
            !is_path("resource.x", true)
                && !is_path("now", false)
                && !is_path("user.", false)
                && !is_path("user.a b", false)
        );
    }
}

//! Where conditions stand in a document, and the comparisons in them.

use alloc::borrow::Cow;
use alloc::vec::Vec;

use super::context::{EntryAt, Linted, RoleAt};
use crate::admin::place::Place;

/// What a condition limits.
pub(super) enum Site<'l, 'a> {
    /// A grant of a role.
    Grant(&'l RoleAt<'a>, &'l EntryAt<'a>),
    /// A denial of a role: the entry, and its position.
    Denial(&'l RoleAt<'a>, Place<'a>, usize),
    /// An assignment.
    Assignment,
}

/// Gives each condition of the document that is not part of another one.
pub(super) fn each_condition<'l, 'a>(linted: &'l Linted<'a>, give: &mut dyn FnMut(&Site<'_, 'a>, Place<'a>)) {
    for role in &linted.roles {
        for entry in &linted.entries(role) {
            let alternatives = [entry.value].into_iter().chain(entry.value.elements());
            for condition in alternatives.filter_map(|alternative| alternative.get("when")) {
                give(&Site::Grant(role, entry), condition);
            }
        }
        for (at, denial) in role.place.list("deny").enumerate() {
            if let Some(condition) = denial.get("when") {
                give(&Site::Denial(role, denial, at), condition);
            }
        }
    }
    let of_users = linted.document.list("users").flat_map(|user| user.list("roles"));
    for assignment in of_users.chain(linted.document.list("everyone")) {
        if let Some(condition) = assignment.get("when") {
            give(&Site::Assignment, condition);
        }
    }
}

/// A comparison in a condition, or a schedule.
pub(super) struct Comparison<'a> {
    /// The attribute; `$during` of a schedule.
    pub(super) path: Cow<'a, str>,
    /// What stands under it.
    pub(super) value: Place<'a>,
    /// The operator; none where the value itself is compared with.
    pub(super) operator: Option<Cow<'a, str>>,
    pub(super) operand: Place<'a>,
    /// Whether it must be true, and not false, for the condition to be true.
    pub(super) positive: bool,
    /// Whether it is one of elements of a list.
    pub(super) on_elements: bool,
}

impl<'a> Comparison<'a> {
    /// The path that it is compared with, and where that stands.
    pub(super) fn reference(&self) -> Option<Place<'a>> {
        self.operand.get("$ref")
    }
}

/// The comparisons in a condition, in no order.
pub(super) fn comparisons(condition: Place<'_>) -> Vec<Comparison<'_>> {
    let mut found = Vec::new();
    let mut open = Vec::from([(condition, true, false)]);
    while let Some((condition, positive, on_elements)) = open.pop() {
        for (path, value) in condition.members() {
            let compared = |operator, operand| Comparison {
                path: path.clone(),
                value,
                operator,
                operand,
                positive,
                on_elements,
            };
            match &*path {
                "$and" | "$or" => open.extend(value.elements().map(|part| (part, positive, on_elements))),
                "$not" => open.push((value, !positive, on_elements)),
                name if name != "$during" && value.begins_with(b'{') && value.get("$ref").is_none() => {
                    for (operator, operand) in value.members() {
                        if operator == "$elem" {
                            open.push((operand, positive, true));
                        }
                        found.push(compared(Some(operator), operand));
                    }
                }
                // Also `$during`.
                _ => found.push(compared(None, value)),
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use super::comparisons;
    use crate::admin::place::Place;

    #[test]
    fn comparisons_are_found_at_any_depth() {
        let json = r#"{ "resource.a": 1, "$not": { "$or": [ { "user.b": { "$ref": "context.c" } },
            { "resource.l": { "$elem": { "element.d": { "$gt": 1, "$lt": 5 } } } }, { "$not": { "$during": { "tz": "UTC" } } } ] } }"#;
        let mut found: Vec<_> = comparisons(Place::of(json))
            .into_iter()
            .map(|it| {
                (
                    it.operand.at,
                    it.path.into_owned(),
                    it.operator.unwrap_or_default().into_owned(),
                    it.positive,
                    it.on_elements,
                )
            })
            .collect();
        found.sort();
        let found: Vec<_> = found.iter().map(|it| (&*it.1, &*it.2, it.3, it.4)).collect();
        assert_eq!(
            found,
            [
                ("resource.a", "", true, false),
                ("user.b", "", false, false),
                ("resource.l", "$elem", false, false),
                ("element.d", "$gt", false, true),
                ("element.d", "$lt", false, true),
                ("$during", "", true, false),
            ]
        );
    }
}

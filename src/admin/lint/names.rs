//! Names, descriptions and ids.

use alloc::borrow::Cow;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::Notes;
use super::context::{Linted, quote};
use crate::admin::names::folded;
use crate::admin::place::Place;

/// Words that say nothing about what a role is for.
const GENERIC: [&str; 22] = [
    "a",
    "copy",
    "custom",
    "default",
    "for",
    "misc",
    "my",
    "name",
    "new",
    "of",
    "other",
    "permission",
    "permissions",
    "role",
    "roles",
    "some",
    "temp",
    "temporary",
    "test",
    "the",
    "unnamed",
    "untitled",
];

/// `generic-name`: a role is called "Role3", "Custom role" or the like.
pub(super) fn generic_name(linted: &Linted<'_>, notes: &mut Notes) {
    for role in &linted.roles {
        let Some(place) = role.place.get("name") else { continue };
        let name = place.string().unwrap_or_default();
        if is_generic(&name) {
            let message = format!(
                "the name {} does not say what the role is for: name the job that it is made for",
                quote(&name)
            );
            notes.add(place.at, message, Vec::new());
        }
    }
}

/// Whether there is nothing in a name but numbers and generic words.
fn is_generic(name: &str) -> bool {
    words(name).iter().all(|word| GENERIC.contains(&&**word))
}

/// The words of a name, in lower case: "NewRole-2" has "new" and "role".
pub(super) fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut before = ' ';
    for character in name.chars() {
        if character.is_alphabetic() {
            let begins = !before.is_alphabetic() || (before.is_lowercase() && character.is_uppercase());
            if begins {
                words.push(String::new());
            }
            if let Some(word) = words.last_mut() {
                word.extend(character.to_lowercase());
            }
        }
        before = character;
    }
    words
}

/// `duplicate-name`: two roles have the same name, as people read it.
pub(super) fn duplicate_name(linted: &Linted<'_>, notes: &mut Notes) {
    let mut known: BTreeMap<String, &str> = BTreeMap::new();
    for role in &linted.roles {
        let Some(place) = role.place.get("name") else { continue };
        let name = place.string().unwrap_or_default();
        let key = fold(&name);
        if let Some(other) = known.get(&key) {
            let message = format!(
                "{} is also the name of the role {}: give each role a name of its own",
                quote(&name),
                quote(other)
            );
            notes.add(place.at, message, Vec::new());
        } else {
            known.insert(key, role.name);
        }
    }
}

/// A name as it is compared with others. Most are ASCII, of which the host need not be asked.
fn fold(name: &str) -> String {
    if name.is_ascii() { name.trim().to_ascii_lowercase() } else { folded(name) }
}

/// `no-description`: nothing says what a role is for.
pub(super) fn no_description(linted: &Linted<'_>, notes: &mut Notes) {
    for role in &linted.roles {
        if role.place.string_at("description").is_none_or(|text| text.trim().is_empty()) {
            let message = format!(
                "the role {} has no description: say who should have it, and what for",
                quote(role.name)
            );
            notes.add(role.place.at, message, Vec::new());
        }
    }
}

/// `case-twins`: two ids of one kind differ in case or in the form of their characters only.
pub(super) fn case_twins(linted: &Linted<'_>, notes: &mut Notes) {
    let document = linted.document;
    let catalog = document.get("catalog");
    let categories = || catalog.into_iter().flat_map(|catalog| catalog.list("categories"));
    let permissions = categories().flat_map(|category| category.list("permissions"));
    twins(linted, "category", categories(), notes);
    twins(linted, "permission", permissions, notes);
    for (what, list) in
        [("team", "teams"), ("role", "roles"), ("user", "users"), ("separation", "separations")]
    {
        twins(linted, what, document.list(list), notes);
    }
}

fn twins<'a>(linted: &Linted<'_>, what: &str, entries: impl Iterator<Item = Place<'a>>, notes: &mut Notes) {
    let mut known: BTreeMap<String, Cow<'a, str>> = BTreeMap::new();
    for entry in entries {
        let Some(place) = entry.get("id") else { continue };
        let id = place.string().unwrap_or_default();
        if !linted.spend(1) {
            return;
        }
        let key = fold(&id);
        if let Some(other) = known.get(&key) {
            let message = format!(
                "the {what} {} is not the {what} {}, and people will take one for the other: rename one",
                quote(&id),
                quote(other)
            );
            notes.add(place.at, message, Vec::new());
        } else {
            known.insert(key, id);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{is_generic, words};

    #[test]
    fn names_that_say_nothing() {
        for name in ["Role3", "Custom role", "NewRole-2", "Copy of role", "test", "42", "ROLE", "🙂"] {
            assert!(is_generic(name), "{name}");
        }
        for name in ["Agent", "Custom reports", "Role manager", "Tester", "審査", "Test lead"] {
            assert!(!is_generic(name), "{name}");
        }
        assert_eq!(words("viewAll-ÉTÉ2x"), ["view", "all", "été", "x"]);
    }
}

//! The tree of teams (docs/format.md#teams).

use std::collections::BTreeSet;

use serde_json::Value;

use super::coverage::hit;
use super::snapshot::{list, team, text};

/// A team covers itself and all its descendants (docs/format.md#teams). The id of no team is covered by none.
pub fn covers(snapshot: &Value, ancestor: &str, id: &str) -> bool {
    let Some(entry) = team(snapshot, id) else {
        hit("coverage: team id that the snapshot does not know");
        return false;
    };
    if ancestor == id {
        hit("coverage: itself");
        return true;
    }
    let covered = text(entry, "parent").is_some_and(|parent| covers(snapshot, ancestor, parent));
    if covered {
        hit("coverage: descendant");
    }
    covered
}

/// A team covers a record if it covers any of its teams (docs/format.md#teams).
pub fn covers_any(snapshot: &Value, ancestor: &str, ids: &[String]) -> bool {
    ids.iter().any(|id| covers(snapshot, ancestor, id))
}

/// All teams that one of these covers.
pub fn covered_by(snapshot: &Value, ancestors: &[&str]) -> BTreeSet<String> {
    list(snapshot, "teams")
        .iter()
        .filter_map(|entry| text(entry, "id"))
        .filter(|id| ancestors.iter().any(|ancestor| covers(snapshot, ancestor, id)))
        .map(str::to_owned)
        .collect()
}

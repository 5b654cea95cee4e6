//! The tree of teams, section 4.

use std::collections::BTreeSet;

use serde_json::Value;

use super::coverage::hit;
use super::snapshot::{list, team, text};

/// Section 4: a team covers itself and all its descendants. An id that is no team is covered by none.
pub fn covers(snapshot: &Value, ancestor: &str, id: &str) -> bool {
    let Some(entry) = team(snapshot, id) else {
        hit("7 coverage: team id that the snapshot does not know");
        return false;
    };
    if ancestor == id {
        hit("4 coverage: itself");
        return true;
    }
    let covered = text(entry, "parent").is_some_and(|parent| covers(snapshot, ancestor, parent));
    if covered {
        hit("4 coverage: descendant");
    }
    covered
}

/// Section 7: a team covers a resource when it covers any of its teams.
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

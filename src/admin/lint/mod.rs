//! What is allowed in a snapshot and probably not meant, or due to be looked at: one row and one function for
//! each finding.
//!
//! A check goes through the document once, or through what is derived from it within a `Budget`, and notes
//! what it finds at its place. Findings are told in the order of the document.

mod conditions;
mod context;
mod levels;
mod names;
mod people;
mod roles;
mod walk;

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use crate::collections::sort::sort_by;
use crate::json::pointer::pointers;
use crate::snapshot::Snapshot;
use context::Linted;

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Probably not meant.
    Warning,
    /// Against a rule of the tenant's own, or nobody is left who could put it right.
    Error,
}

impl Severity {
    /// The severity as other programs know it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// Something that lint found.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// Where: a JSON Pointer (RFC 6901).
    pub path: String,
    /// The stable code of what it is.
    pub code: &'static str,
    /// How much it matters.
    pub severity: Severity,
    /// What it is, naming the value, and what to do about it.
    pub message: String,
    /// Operations that would put it right, one after the other, as JSON that [`Operation::from_json`] reads;
    /// often there are none.
    ///
    /// [`Operation::from_json`]: super::Operation::from_json
    pub suggestion: Vec<String>,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: {}: {}", self.severity.as_str(), self.path, self.code, self.message)
    }
}

/// A check: notes what it finds.
type Check = fn(&Linted<'_>, &mut Notes);

/// All findings, each with how much it matters in general.
const CHECKS: [(&str, Severity, Check); 25] = [
    ("generic-name", Severity::Warning, names::generic_name),
    ("duplicate-name", Severity::Warning, names::duplicate_name),
    ("no-description", Severity::Info, names::no_description),
    ("case-twins", Severity::Warning, names::case_twins),
    ("unused-role", Severity::Info, roles::unused_role),
    ("empty-role", Severity::Warning, roles::empty_role),
    ("broad-grant", Severity::Warning, roles::broad_grant),
    ("sensitive-grant", Severity::Info, roles::sensitive_grant),
    ("prerequisite", Severity::Warning, roles::prerequisite),
    ("unreachable-grant", Severity::Warning, roles::unreachable_grant),
    ("shadowed-deny", Severity::Warning, roles::shadowed_deny),
    ("type-drops-inherited", Severity::Warning, roles::type_drops_inherited),
    ("stale-review", Severity::Info, roles::stale_review),
    ("unscoped-sibling", Severity::Warning, levels::unscoped_sibling),
    ("manage-without-view", Severity::Warning, levels::manage_without_view),
    ("deny-on-optional", Severity::Warning, conditions::deny_on_optional),
    ("grant-by-absence", Severity::Info, conditions::grant_by_absence),
    ("template-literal", Severity::Warning, conditions::template_literal),
    ("unread-attribute", Severity::Warning, conditions::unread_attribute),
    ("unknown-zone", Severity::Warning, conditions::unknown_zone),
    ("separation", Severity::Error, people::separation),
    ("disabled-holder", Severity::Info, people::disabled_holder),
    ("expired-assignment", Severity::Info, people::expired_assignment),
    ("single-admin", Severity::Warning, people::single_admin),
    ("whole-tenant-in-browser", Severity::Info, people::whole_tenant_in_browser),
];

/// The code of what is told where checks ended early.
const UNFINISHED: &str = "unfinished";

/// So many findings of each code are told.
const MAX_OF_A_CODE: usize = 1_000;

/// All suggestions together are at most so many bytes.
const MAX_SUGGESTED: usize = 4_000_000;

/// What was found so far.
#[derive(Default)]
struct Notes {
    found: Vec<Note>,
    /// Of the check that is running.
    code: &'static str,
    severity: Option<Severity>,
    count: usize,
    suggested: usize,
}

/// Something that was found, at an offset of the document.
struct Note {
    at: usize,
    code: &'static str,
    severity: Severity,
    message: String,
    suggestion: Vec<String>,
}

impl Notes {
    fn begin(&mut self, code: &'static str, severity: Severity) {
        (self.code, self.severity, self.count) = (code, Some(severity), 0);
    }

    /// Whether there is room for more of this code.
    fn has_room(&self) -> bool {
        self.count < MAX_OF_A_CODE
    }

    /// Notes something that matters as usual.
    fn add(&mut self, at: usize, message: String, suggestion: Vec<String>) {
        self.add_as(self.severity.unwrap_or(Severity::Info), at, message, suggestion);
    }

    fn add_as(&mut self, severity: Severity, at: usize, message: String, mut suggestion: Vec<String>) {
        if !self.has_room() {
            return;
        }
        self.count += 1;
        self.suggested += suggestion.iter().map(String::len).sum::<usize>();
        if self.suggested > MAX_SUGGESTED {
            suggestion.clear();
        }
        self.found.push(Note { at, code: self.code, severity, message, suggestion });
    }
}

/// What is probably not meant in a snapshot, or due to be looked at, at a moment in milliseconds since the
/// epoch: in the order of the document, at most 1,000 findings of each code.
///
/// ```
/// let snapshot = rolegate::Snapshot::from_json(br#"{
///   "format": "rolegate/1", "revision": 1,
///   "catalog": { "categories": [{ "id": "c", "permissions": [{ "id": "c.view" }] }] },
///   "roles": [{ "id": "r", "name": "Role3", "description": "Reads", "grants": { "c.view": true } }]
/// }"#)?;
/// let found = rolegate::admin::lint(&snapshot, 1_795_000_000_000.0);
/// assert_eq!((found[0].code, &*found[0].path), ("generic-name", "/roles/0/name"));
/// # Ok::<(), rolegate::SnapshotError>(())
/// ```
#[must_use]
pub fn lint(snapshot: &Snapshot, now: f64) -> Vec<Finding> {
    let linted = Linted::new(snapshot, now);
    let mut notes = Notes::default();
    for (code, severity, check) in CHECKS {
        notes.begin(code, severity);
        check(&linted, &mut notes);
    }
    if linted.is_over() {
        notes.begin(UNFINISHED, Severity::Info);
        notes.add(0, "the document is so large that not everything in it was checked".into(), Vec::new());
    }
    // Of one place, in the order of the checks.
    sort_by(&mut notes.found, |a, b| a.at.cmp(&b.at));
    let offsets: Vec<usize> = notes.found.iter().map(|note| note.at).collect();
    let paths = pointers(snapshot.model().document.source(), &offsets);
    let told = |(Note { code, severity, message, suggestion, .. }, path)| Finding {
        path,
        code,
        severity,
        message,
        suggestion,
    };
    notes.found.into_iter().zip(paths).map(told).collect()
}

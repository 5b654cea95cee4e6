//! Administration: what each rule refuses and lets pass, and laws on random tenants, actors and operations.

mod conditions;
mod form;
mod lint;
mod laws;
mod model;
mod report;
mod rules;
mod tenants;

use rolegate::admin::{Actor, AdminError, Draft, DraftError, Operation, Options};
use serde_json::Value;

/// 2026-11-18T11:06:40Z
const NOW: f64 = 1_795_000_000_000.0;

fn draft_of(document: &Value, actor: &str) -> Draft {
    open(document, Actor::User(actor.into()), None).unwrap()
}

fn open(document: &Value, actor: Actor, permission: Option<&str>) -> Result<Draft, DraftError> {
    let revision = document["revision"].as_u64().unwrap();
    Draft::new(document.to_string().as_bytes(), Options { actor, now: NOW, permission, revision })
}

fn operation(json: &Value) -> Operation {
    Operation::from_json(json.to_string().as_bytes()).unwrap_or_else(|error| panic!("{json}: {error}"))
}

fn codes(result: &Result<(), AdminError>) -> Vec<&'static str> {
    let error = result.as_ref().err();
    error.map(|it| it.obstacles.iter().map(|one| one.code.as_str()).collect()).unwrap_or_default()
}

/// The document of a draft as it is.
fn document(draft: &mut Draft) -> Value {
    serde_json::from_str(&draft.commit(None, &[]).unwrap()).unwrap()
}

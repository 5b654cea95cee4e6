//! Laws on random snapshots: the engine and the reference evaluator give the same answers for the same
//! reasons, and a scope matches exactly the records on which the permission is held.
//!
//! `ROLEGATE_SEEDS=from..to` asks other seeds than the usual ones.

use rolegate::Snapshot;

use crate::agreement::{check, check_narrowed, check_person, check_until, check_who};
use crate::reference::{self, generate};

/// Questions about each snapshot.
const QUESTIONS: usize = 24;

/// The seeds that the environment names, else the first `usual` ones.
pub(crate) fn seeds(usual: u64) -> std::ops::Range<u64> {
    let Ok(text) = std::env::var("ROLEGATE_SEEDS") else { return 0..usual };
    let (from, to) = text.split_once("..").unwrap();
    from.parse().unwrap()..to.parse().unwrap()
}

#[test]
fn the_engine_agrees_with_the_reference() {
    let seeds = seeds(250);
    let (mut count, mut turned) = (0, 0);
    for seed in seeds.clone() {
        let tree = generate::snapshot(seed);
        let snapshot = Snapshot::from_json(tree.to_string().as_bytes())
            .unwrap_or_else(|error| panic!("seed {seed}: {error}"));
        for (at, question) in generate::questions(&tree, seed, QUESTIONS).into_iter().enumerate() {
            count += check(&snapshot, &tree, &question, seed);
            check_who(&snapshot, &tree, &question, seed);
            check_narrowed(&snapshot, &tree, &question, seed);
            // That asks for remedies three times.
            if at.is_multiple_of(4) {
                check_person(&snapshot, &tree, &question, seed);
            }
            // That takes many decisions of the slow evaluator.
            if at.is_multiple_of(3) {
                turned += usize::from(check_until(&snapshot, &tree, &question, seed));
            }
        }
    }
    println!(
        "{count} decisions of seeds {seeds:?} agree; {turned} answers change at the moment that is told"
    );
    assert!(count > 0);
    if seeds.end - seeds.start >= 400 {
        assert!(turned > 40, "{turned} answers change");
        check_coverage();
    }
}

/// Checks that the questions of this thread reached every rule that the reference evaluator counts.
fn check_coverage() {
    let sources = [
        include_str!("reference/attributes.rs"),
        include_str!("reference/conditions.rs"),
        include_str!("reference/decision.rs"),
        include_str!("reference/grants.rs"),
        include_str!("reference/operators.rs"),
        include_str!("reference/residual.rs"),
        include_str!("reference/scope.rs"),
        include_str!("reference/snapshot.rs"),
        include_str!("reference/teams.rs"),
        include_str!("reference/time.rs"),
    ];
    let hits = reference::coverage::hits();
    let rules = sources
        .iter()
        .flat_map(|source| source.split("hit(\"").skip(1))
        .filter_map(|rest| rest.split('"').next());
    let rules: std::collections::BTreeSet<&str> = rules.collect();
    assert!(rules.len() > 60, "{} rules", rules.len());
    for rule in rules {
        // The only operator that is missing is one that no snapshot can have.
        let wanted = if rule == "operator that does not exist" { 0 } else { 10 };
        let found = hits.get(rule).copied().unwrap_or(0);
        assert!(found >= wanted, "the rule \"{rule}\" was reached {found} times");
    }
}

//! A valid snapshot and questions about it, made of bytes: each byte is one choice of the generator that the
//! tests use.

use rolegate::Snapshot;

use crate::agreement::{check, check_narrowed, check_person, check_until, check_who};
use crate::reference::decide;
use crate::reference::generate::{self, rng::Rng};
use crate::seen;

/// Questions about each snapshot.
const QUESTIONS: usize = 3;

/// Makes a snapshot and asks.
pub fn questions(data: &[u8]) -> u64 {
    let (kind, choices) = data.split_first().unwrap_or((&0, &[]));
    let mut rng = Rng::from_bytes(choices);
    let tree = generate::snapshot_by(&mut rng, kind % 4 == 1);
    let snapshot =
        Snapshot::from_json(tree.to_string().as_bytes()).unwrap_or_else(|error| panic!("{error}\n{tree}"));
    let mut answers = Vec::new();
    for (at, question) in generate::questions_by(&mut rng, &tree, QUESTIONS).into_iter().enumerate() {
        let seed = seen(data) >> 32;
        check(&snapshot, &tree, &question, seed);
        check_who(&snapshot, &tree, &question, seed);
        check_narrowed(&snapshot, &tree, &question, seed);
        // That takes many decisions of the slow evaluator.
        if at == 0 {
            check_until(&snapshot, &tree, &question, seed);
            check_person(&snapshot, &tree, &question, seed);
        }
        answers.push(decide(&tree, &question.as_question()).reason);
    }
    seen(answers)
}

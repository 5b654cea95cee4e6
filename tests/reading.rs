//! The strict reader and a well-known JSON library agree on what is JSON and where it ends, on damaged
//! documents; and nothing that is thrown at the reader makes it panic.

use rolegate::{Code, Snapshot};
use serde_json::Value;

use crate::reference::generate;

/// Bytes that damage documents in telling ways.
const BYTES: &[u8] = b"{}[]\",:\\u0019-+.eEtrufalsn \n\t/\x00\x1f\x7f\xc3\x28\xed\xa0\x80\xf0\x9f\x92\xa9";

struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % sides
    }

    fn damage(&mut self, text: &mut Vec<u8>) {
        let at = self.roll(text.len());
        match self.roll(4) {
            0 => text[at] = BYTES[self.roll(BYTES.len())],
            1 => text.insert(at, BYTES[self.roll(BYTES.len())]),
            2 => drop(text.remove(at)),
            _ => {
                let end = (at + self.roll(12)).min(text.len());
                let copy = text[at..end].to_vec();
                let to = self.roll(text.len());
                text.splice(to..to, copy);
            }
        }
    }
}

/// Whether our reader takes a text for JSON; `None` where another limit came first.
fn is_json(text: &[u8]) -> Option<bool> {
    match Snapshot::from_json(text) {
        Ok(_) => Some(true),
        Err(error) => match error.issues[0].code {
            Code::Syntax => Some(false),
            Code::TooDeep => None,
            _ => Some(true),
        },
    }
}

#[test]
fn damaged_documents_are_json_for_both_or_for_none() {
    let (mut refused, mut count) = (0, 0);
    for seed in 0..60 {
        let whole = generate::snapshot(seed).to_string().into_bytes();
        let mut dice = Dice(seed);
        for _ in 0..60 {
            let mut text = whole.clone();
            for _ in 0..=dice.roll(2) {
                dice.damage(&mut text);
            }
            let theirs = serde_json::from_slice::<Value>(&text);
            // The library refuses numbers that no double holds; as JSON they are well-formed.
            if theirs.as_ref().is_err_and(|error| error.to_string().contains("out of range")) {
                continue;
            }
            if let Some(ours) = is_json(&text) {
                assert_eq!(ours, theirs.is_ok(), "seed {seed}: {}", String::from_utf8_lossy(&text));
                refused += usize::from(!ours);
                count += 1;
            }
        }
    }
    assert!(refused > 1000 && count - refused > 300, "{refused} of {count} refused");
}

#[test]
fn a_problem_names_a_place_that_exists() {
    for seed in 0..60 {
        let mut tree = generate::snapshot(seed);
        let mut dice = Dice(seed);
        let mut paths = Vec::new();
        collect(&tree, String::new(), &mut paths);
        let path = paths[dice.roll(paths.len())].clone();
        let wrong = [Value::Null, Value::from(-1.5), Value::from("🔒 no such id"), Value::Array(Vec::new())];
        *tree.pointer_mut(&path).unwrap() = wrong[dice.roll(wrong.len())].clone();
        if let Err(error) = Snapshot::from_json(tree.to_string().as_bytes()) {
            for issue in &error.issues {
                assert!(
                    tree.pointer(&issue.path).is_some(),
                    "seed {seed}: {issue:?} after a change at {path}"
                );
                assert!(!issue.message.is_empty());
            }
        }
    }
}

/// All JSON Pointers of a tree.
fn collect(tree: &Value, path: String, paths: &mut Vec<String>) {
    match tree {
        Value::Object(members) => members.iter().for_each(|(key, value)| {
            let key = key.replace('~', "~0").replace('/', "~1");
            collect(value, format!("{path}/{key}"), paths);
        }),
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(at, value)| collect(value, format!("{path}/{at}"), paths));
        }
        _ => {}
    }
    paths.push(path);
}

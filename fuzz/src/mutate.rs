//! Random changes of bytes, and of what is JSON as a tree. The same seed makes the same changes.

use serde_json::{Value, json};

/// The longest input that is made.
pub const LONGEST: usize = 1 << 14;

/// A generator of random numbers (splitmix64).
#[derive(Clone, Debug)]
pub struct Dice(u64);

impl Dice {
    /// The same seed rolls the same numbers.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// From 0 to one less than `sides`; 0 if there is none.
    #[expect(clippy::cast_possible_truncation, reason = "the remainder is below a usize")]
    pub fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((mixed ^ (mixed >> 31)) % sides.max(1) as u64) as usize
    }

    /// One of these, or the default of none.
    fn pick<T: Clone + Default>(&mut self, items: &[T]) -> T {
        items.get(self.roll(items.len())).cloned().unwrap_or_default()
    }
}

/// Some input of a corpus, changed; `words` are put in here and there.
pub fn mutated(dice: &mut Dice, corpus: &[Vec<u8>], words: &[Vec<u8>]) -> Vec<u8> {
    let mut text = dice.pick(corpus);
    if dice.roll(2) == 0
        && let Ok(mut tree) = serde_json::from_slice::<Value>(&text)
    {
        let other = serde_json::from_slice(&dice.pick(corpus)).unwrap_or(Value::Null);
        for _ in 0..=dice.roll(3) {
            change_tree(dice, &mut tree, &other, words);
        }
        text = tree.to_string().into_bytes();
        if dice.roll(4) > 0 {
            text.truncate(LONGEST);
            return text;
        }
    }
    let other = dice.pick(corpus);
    for _ in 0..=dice.roll(4) {
        change_bytes(dice, &mut text, &other, words);
    }
    text.truncate(LONGEST);
    text
}

fn change_bytes(dice: &mut Dice, text: &mut Vec<u8>, other: &[u8], words: &[Vec<u8>]) {
    let at = dice.roll(text.len() + 1);
    let end = (at + dice.roll(16)).min(text.len());
    match dice.roll(8) {
        0 => {
            if let Some(byte) = text.get_mut(at) {
                *byte ^= 1 << dice.roll(8);
            }
        }
        1 => {
            if let Some(byte) = text.get_mut(at) {
                *byte = u8::try_from(dice.roll(256)).unwrap();
            }
        }
        2 => drop(text.drain(at..end)),
        3 => drop(text.splice(at..end, dice.pick(words))),
        4 => drop(text.splice(at..at, dice.pick(words))),
        5 => {
            let copy = text[at..end].to_vec();
            let to = dice.roll(text.len() + 1);
            text.splice(to..to, copy);
        }
        6 => {
            let from = dice.roll(other.len() + 1);
            let to = (from + dice.roll(64)).min(other.len());
            text.splice(at..end, other[from..to].iter().copied());
        }
        _ => {
            if let Some(digit) = text.iter().skip(at).position(u8::is_ascii_digit) {
                text[at + digit] = b'0' + u8::try_from(dice.roll(10)).unwrap();
            }
        }
    }
}

/// All JSON Pointers of a tree, that of the whole first.
fn places(tree: &Value) -> Vec<String> {
    let mut found = vec![String::new()];
    let mut at = 0;
    while let Some(path) = found.get(at).cloned() {
        at += 1;
        match tree.pointer(&path) {
            Some(Value::Object(members)) => found.extend(
                members.keys().map(|key| format!("{path}/{}", key.replace('~', "~0").replace('/', "~1"))),
            ),
            Some(Value::Array(items)) => found.extend((0..items.len()).map(|at| format!("{path}/{at}"))),
            _ => {}
        }
    }
    found
}

fn change_tree(dice: &mut Dice, tree: &mut Value, other: &Value, words: &[Vec<u8>]) {
    let path = dice.pick(&places(tree));
    let new = match dice.roll(6) {
        0 => other.pointer(&dice.pick(&places(other))).cloned().unwrap_or_default(),
        1 => tree.pointer(&dice.pick(&places(tree))).cloned().unwrap_or_default(),
        2 => odd(dice),
        3 => String::from_utf8_lossy(&dice.pick(words)).into_owned().into(),
        _ => return change_members(dice, tree, &path, words),
    };
    if let Some(place) = tree.pointer_mut(&path) {
        *place = new;
    }
}

/// Takes something out of a list or an object, repeats it there, or gives it another name.
fn change_members(dice: &mut Dice, tree: &mut Value, path: &str, words: &[Vec<u8>]) {
    match tree.pointer_mut(path) {
        Some(Value::Array(items)) if !items.is_empty() => {
            let at = dice.roll(items.len());
            match dice.roll(3) {
                0 => drop(items.remove(at)),
                1 => items.push(items[at].clone()),
                _ => items.swap(0, at),
            }
        }
        Some(Value::Object(members)) if !members.is_empty() => {
            let keys: Vec<String> = members.keys().cloned().collect();
            let value = members.remove(&dice.pick(&keys)).unwrap_or_default();
            if dice.roll(2) == 0 {
                let word = String::from_utf8_lossy(&dice.pick(words)).into_owned();
                let key = if dice.roll(2) == 0 { dice.pick(&keys) } else { word };
                members.insert(key, value);
            }
        }
        _ => {}
    }
}

/// A value that is seldom meant.
fn odd(dice: &mut Dice) -> Value {
    dice.pick(&[
        json!(null),
        json!(true),
        json!(0),
        json!(-0.0),
        json!(-1),
        json!(1.5),
        json!(9_007_199_254_740_992_u64),
        json!(u64::MAX),
        json!(1e300),
        json!(5e-324),
        json!(""),
        json!("\u{0}"),
        json!("\u{2028}"),
        json!("\u{1f512}"),
        json!("x".repeat(257)),
        json!([]),
        json!([null]),
        json!([[1], {}]),
        json!({}),
        json!({ "": {} }),
        json!({ "$ref": "user.id" }),
        json!({ "id": [7, "a", null] }),
    ])
}

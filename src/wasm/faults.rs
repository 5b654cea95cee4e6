//! Failures on demand, for the tests of what JavaScript makes of them. Only in builds with the feature
//! `faults`, which are never published.

#[cfg(feature = "full")]
use core::hint::black_box;

/// Fails if `text` is a name that says so.
#[cfg(feature = "full")]
pub(super) fn in_name(text: &str) {
    match text {
        "fault: panic" => panic(),
        "fault: overflow" => _ = black_box(overflow(1)),
        _ => {}
    }
}

/// Fails if something in `text` says so.
pub(super) fn in_document(text: &[u8]) {
    let mark = b"document fault: panic";
    if text.windows(mark.len()).any(|part| part == mark) {
        panic();
    }
}

#[expect(clippy::panic, reason = "what this module is for")]
fn panic() {
    panic!("on demand");
}

/// Calls itself until there is no stack left.
#[cfg(feature = "full")]
#[expect(unconditional_recursion, reason = "what this module is for")]
fn overflow(depth: u64) -> u64 {
    let frame = black_box([depth; 64]);
    overflow(depth + 1) + frame.iter().sum::<u64>()
}

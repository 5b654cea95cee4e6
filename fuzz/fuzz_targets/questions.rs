//! `cargo fuzz run questions`
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    rolegate_fuzz::questions(data);
});

//! `cargo fuzz run load`
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    rolegate_fuzz::load(data);
});

//! `cargo fuzz run addresses`
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    rolegate_fuzz::addresses(data);
});

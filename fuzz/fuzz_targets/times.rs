//! `cargo fuzz run times`
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    rolegate_fuzz::times(data);
});

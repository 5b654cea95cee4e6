//! The conformance cases, asked of the engine inside WebAssembly: in Node and in a browser.
#![cfg(target_arch = "wasm32")]
#![expect(clippy::panic, clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by a panic")]

mod vectors;

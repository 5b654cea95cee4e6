//! What is asked of JavaScript.

use alloc::string::String;

use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen(raw_module = "../host.js")]
extern "C" {
    #[wasm_bindgen(js_name = zoneOffset)]
    pub(crate) fn zone_offset(zone: &str, now: f64) -> f64;

    #[wasm_bindgen(js_name = parseNumber)]
    pub(crate) fn parse_number(text: &str) -> f64;

    #[wasm_bindgen(js_name = formatNumber)]
    pub(crate) fn format_number(value: f64) -> String;
}

#[cfg(feature = "admin")]
#[wasm_bindgen(raw_module = "../fold-name.js")]
extern "C" {
    #[wasm_bindgen(js_name = foldName)]
    pub(crate) fn fold_name(name: &str) -> String;
}

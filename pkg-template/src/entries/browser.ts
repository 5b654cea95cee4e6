// Browsers, with a bundler or without: the wasm file lies beside the script, where every bundler finds it.
import type { Host } from "../engine.js";
import type { Load } from "../snapshot.js";
import { type Init, initOn, loadOn } from "../starting.js";

const host: Host = { locate: () => new URL("../rolegate.wasm", import.meta.url) };

export * from "../index.js";
export const init: Init = /* @__PURE__ */ initOn(host);
export const load: Load = /* @__PURE__ */ loadOn(host);

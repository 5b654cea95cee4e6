// Cloudflare Workers: the wasm file is imported, compiled.
import wasm from "../rolegate.wasm";
import type { Host } from "../engine.js";
import type { Load } from "../snapshot.js";
import { type Init, initOn, loadOn } from "../starting.js";

const host: Host = { locate: () => wasm };

export * from "../index.js";
export const init: Init = /* @__PURE__ */ initOn(host);
export const load: Load = /* @__PURE__ */ loadOn(host);

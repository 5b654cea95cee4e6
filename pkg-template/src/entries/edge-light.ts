// Vercel Edge: the wasm files are imported, compiled.
import wasm from "../rolegate.wasm?module";
import fullWasm from "../rolegate-full.wasm?module";
import { atHand } from "../full-at-hand.js";
import type { Load, LoadSync } from "../snapshot.js";
import { type Host, type Init, initOn, loadOn, loadSyncOn } from "../starting.js";

const host: Host = { locate: () => wasm, full: /* @__PURE__ */ atHand({ locate: () => fullWasm }) };

export * from "../index.js";
export const init: Init = /* @__PURE__ */ initOn(host);
export const load: Load = /* @__PURE__ */ loadOn(host);
export const loadSync: LoadSync = /* @__PURE__ */ loadSyncOn(host);

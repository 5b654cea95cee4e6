// Vercel Edge: the wasm files are imported, compiled.

import { accessAt } from "../engine/full-engine.js";
import wasm from "../rolegate.wasm?module";
import fullWasm from "../rolegate-full.wasm?module";
import { type Host, type Init, initOn, loadOn, loadSyncOn } from "../snapshot/bind.js";
import type { Load, LoadSync } from "../snapshot/snapshot.js";

const locateFull = (): WebAssembly.Module => fullWasm;

const host: Host = { locate: () => wasm, full: /* @__PURE__ */ accessAt({ locate: locateFull }, locateFull) };

export * from "../index.js";
export const init: Init = /* @__PURE__ */ initOn(host);
export const load: Load = /* @__PURE__ */ loadOn(host);
export const loadSync: LoadSync = /* @__PURE__ */ loadSyncOn(host);

// Browsers, with a bundler or without: the wasm files lie beside the script, where every bundler finds them.
import { accessAt } from "../engine/full-engine.js";
import { type Host, type Init, initOn, loadOn, loadSyncOn } from "../snapshot/bind.js";
import type { Load, LoadSync } from "../snapshot/snapshot.js";

const host: Host = {
  locate: () => new URL("../rolegate.wasm", import.meta.url),
  full: /* @__PURE__ */ accessAt({ locate: () => new URL("../rolegate-full.wasm", import.meta.url) }),
};

export * from "../index.js";
export const init: Init = /* @__PURE__ */ initOn(host);
export const load: Load = /* @__PURE__ */ loadOn(host);
export const loadSync: LoadSync = /* @__PURE__ */ loadSyncOn(host);

// Development servers: they serve the script from where the wasm files are not, so it has them itself.
// Everything else is as in the build that pages get: the second module has to be asked for, and nothing
// starts at once.

import { bytesOf } from "../engine/embedded.js";
import { accessAt } from "../engine/full-engine.js";
import { base64 as text } from "../glue/rolegate.wasm.js";
import { base64 as fullText } from "../glue/rolegate-full.wasm.js";
import { type Host, type Init, initOn, loadOn, loadSyncOn } from "../snapshot/bind.js";
import type { Load, LoadSync } from "../snapshot/snapshot.js";

const host: Host = {
  locate: () => bytesOf(text),
  full: /* @__PURE__ */ accessAt({ locate: () => bytesOf(fullText) }),
};

export * from "../index.js";
export const init: Init = /* @__PURE__ */ initOn(host);
export const load: Load = /* @__PURE__ */ loadOn(host);
export const loadSync: LoadSync = /* @__PURE__ */ loadSyncOn(host);

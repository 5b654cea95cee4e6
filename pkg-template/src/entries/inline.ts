// The wasm in the script itself, as text: for those who cannot place a file, and for starting at once.
import { core } from "../engine/core-engine.js";
import { bytesOf } from "../engine/embedded.js";
import { accessAt } from "../engine/full-engine.js";
import { base64 as text } from "../glue/rolegate.wasm.js";
import { base64 as fullText } from "../glue/rolegate-full.wasm.js";
import { type Host, type Init, initOn, loadOn, loadSyncOn } from "../snapshot/bind.js";
import type { Load, LoadSync } from "../snapshot/snapshot.js";

const locate = (): Uint8Array => bytesOf(text);
const locateFull = (): Uint8Array => bytesOf(fullText);

const host: Host = { locate, full: /* @__PURE__ */ accessAt({ locate: locateFull }, locateFull) };

const loadStarted: LoadSync = /* @__PURE__ */ loadSyncOn(host);

export * from "../index.js";
export const init: Init = /* @__PURE__ */ initOn(host);
export const load: Load = /* @__PURE__ */ loadOn(host);

/**
 * Loads a snapshot at once, and starts the engine at once on first use: compiling takes some milliseconds of
 * the calling thread.
 * @throws {SnapshotError} with every problem found
 * @throws {RolegateError} `wasm-blocked`, `not-json`, `old-revision`, `wrong-tenant`
 */
export const loadSync: LoadSync = (source, options) => {
  core.startNow(locate);
  return loadStarted(source, options);
};

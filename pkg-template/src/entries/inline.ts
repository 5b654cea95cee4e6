// The wasm in the script itself, as text: for those who cannot place a file, and for starting at once.
import { type Host, startNow } from "../engine.js";
import { base64 } from "../glue/rolegate.wasm.js";
import { type Load, loadSync as loadStarted, type Snapshot } from "../snapshot.js";
import { type Init, initOn, loadOn } from "../starting.js";
import type { LoadOptions } from "../types.js";

const bytes = (): Uint8Array => Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));

const host: Host = { locate: bytes };

export * from "../index.js";
export const init: Init = /* @__PURE__ */ initOn(host);
export const load: Load = /* @__PURE__ */ loadOn(host);

/**
 * Loads a snapshot at once, and starts the engine at once on first use: compiling takes some milliseconds of the calling thread.
 * @throws {SnapshotError} with every problem found
 * @throws {RolegateError} `wasm-blocked`, `not-json`, `old-revision`, `wrong-tenant`
 */
export function loadSync(source: string | Uint8Array | ArrayBuffer | object, options: LoadOptions = {}): Snapshot {
  startNow(bytes);
  return loadStarted(source, options);
}

// `init` and `load` as the entries export them, each bound to where its wasm file is.

import { type Host, start } from "./engine.js";
import { type Load, loader } from "./snapshot.js";
import type { WasmSource } from "./types.js";

/**
 * Starts the engine. Nobody has to call it: `load` does. Give it the wasm where it is not found by itself: a compiled
 * `WebAssembly.Module`, bytes, a `Response`, or the address of the file; or a promise of one.
 *
 * Several calls start it once. When one fails, the next tries again.
 * @throws {RolegateError} `wasm-missing`, `wasm-blocked`, `fetch-failed`
 */
export type Init = (wasm?: WasmSource | Promise<WasmSource>) => Promise<void>;

/** @internal */
export function initOn(host: Host): Init {
  return (wasm) => start(wasm, host);
}

/** @internal */
export function loadOn(host: Host): Load {
  return loader(() => start(undefined, host));
}

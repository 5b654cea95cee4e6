// `init`, `load` and `loadSync` as the entries export them, each bound to where its wasm files are.

import { type Checked, optionsOf } from "../core/options.js";
import { core } from "../engine/core-engine.js";
import type { Place } from "../engine/create-engine.js";
import type { FullAccess } from "../engine/full.js";
import type { WasmSource } from "../types/types.js";
import { type Load, type LoadSync, loader, syncLoader } from "./snapshot.js";

/** @internal What an entry knows of the place where it runs. */
export interface Host extends Place {
  readonly full: FullAccess;
}

/** Options of {@link Init}. */
export interface InitOptions {
  /**
   * Also starts the second module, which answers `whoCan`, `remedies` and `narrow`; or where that is. Only
   * browsers need to be asked: everywhere else it is there at once.
   */
  readonly full?: boolean | WasmSource | Promise<WasmSource> | undefined;
}

/**
 * Starts the engine. Nobody has to call it: `load` does. Give it the wasm where it is not found by itself: a
 * compiled `WebAssembly.Module`, bytes, a `Response`, or the address of the file; or a promise of one.
 *
 * Several calls start it once. When one fails, the next tries again.
 * @throws {RolegateError} `wasm-missing`, `wasm-blocked`, `fetch-failed`, `bad-options`
 */
export type Init = (wasm?: WasmSource | Promise<WasmSource>, options?: InitOptions) => Promise<void>;

const INIT_OPTIONS = (): Checked<InitOptions> => ({ full: undefined });

/** @internal */
export function initOn(host: Host): Init {
  return async (wasm, options) => {
    const { full = false } = optionsOf(options, INIT_OPTIONS);
    await Promise.all([
      core.start(wasm, host),
      full !== false && host.full.arrive(full === true ? undefined : full),
    ]);
  };
}

/** @internal */
export function loadOn(host: Host): Load {
  return loader(() => core.start(undefined, host), host.full);
}

/** @internal */
export function loadSyncOn({ full }: Host): LoadSync {
  return syncLoader(full);
}

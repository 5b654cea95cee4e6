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
   * Whether to start the second module, which answers `whoCan`, `remedies` and `narrow`; or where it is. Only
   * needed in browsers: everywhere else it is already available.
   */
  readonly full?: boolean | WasmSource | Promise<WasmSource> | undefined;
}

/**
 * Starts the engine. `load` does this itself. Pass the wasm if it is not found automatically: a compiled
 * `WebAssembly.Module`, bytes, a `Response`, the address of the file, or a promise of one of these.
 *
 * Several calls start it only once. If a call fails, the next one tries again.
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

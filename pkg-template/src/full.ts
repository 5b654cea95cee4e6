// Access to the whole engine. Some places have it at hand, others fetch it when they are asked to.

import type { Engine } from "./engine.js";
import { RolegateError } from "./errors.js";
import type * as bindings from "./glue/rolegate-full.js";
import type { WasmSource } from "./types.js";

export type FullBindings = typeof bindings;

export type FullEngine = Engine<FullBindings>;

/** How a place comes by the whole engine. */
export interface FullAccess {
  /**
   * It, started, if it is there; where it is at hand it starts now.
   * @throws {RolegateError} `wasm-missing`, `wasm-blocked`
   */
  now(): FullEngine | undefined;
  /**
   * It, when it is there and has started.
   * @param source where its wasm is, if the caller tells
   * @throws {RolegateError} `wasm-missing`, `wasm-blocked`, `fetch-failed`
   */
  arrive(source?: WasmSource | Promise<WasmSource>): Promise<FullEngine>;
}

/**
 * The whole engine, for a question that cannot wait.
 * @throws {RolegateError} `needs-full`
 */
export function needFull(access: FullAccess): FullEngine {
  const engine = access.now();
  if (engine !== undefined) return engine;
  const advice = "`load(source, { full: true })`, or `await init(undefined, { full: true })`";
  throw new RolegateError("needs-full", `\`whoCan\`, \`remedies\` and \`narrow\` are in a second module, which a page fetches when it asks for it: ${advice}`);
}

/** The access of places that fetch it: its script and its wasm side by side. */
export function fetching(script: () => Promise<{ readonly full: FullEngine }>, locate: () => WasmSource): FullAccess {
  let engine: FullEngine | undefined;
  const imported = async (): Promise<FullEngine> => {
    try {
      return (await script()).full;
    } catch (cause) {
      const advice = "try again; where scripts cannot be imported, as in service workers, use `rolegate/inline`";
      throw new RolegateError("fetch-failed", `cannot import the script of \`rolegate-full.wasm\`: ${advice}`, { cause });
    }
  };
  return {
    now: () => engine,
    async arrive(source) {
      // Nobody waits for it before the script is there.
      Promise.resolve(source).catch(() => {});
      const arriving = await imported();
      await arriving.start(source, { locate });
      return (engine = arriving);
    },
  };
}

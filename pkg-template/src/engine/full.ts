// Access to the whole engine: some places have its wasm at hand, others fetch it when they are asked to.

import { RolegateError } from "../core/errors.js";
import type * as bindings from "../glue/rolegate-full.js";
import type { WasmSource } from "../types/types.js";
import type { Engine } from "./create-engine.js";

export type FullBindings = typeof bindings;

export type FullEngine = Engine<FullBindings>;

/** How a place comes by the whole engine. */
export interface FullAccess {
  /**
   * It, if it has started; where its wasm is at hand it starts now.
   * @throws {RolegateError} `wasm-missing`, `wasm-blocked`
   */
  now(): FullEngine | undefined;
  /**
   * It, when it has started.
   * @param source where its wasm is, if the caller tells
   * @throws {RolegateError} `wasm-missing`, `wasm-blocked`, `fetch-failed`
   */
  arrive(source?: WasmSource | Promise<WasmSource>): Promise<FullEngine>;
}

/**
 * The whole engine, for a question that cannot wait.
 * @throws {RolegateError} `needs-full`; `wasm-missing` and `wasm-blocked` where it is at hand and cannot
 *   start
 */
export function needFull(access: FullAccess): FullEngine {
  const engine = access.now();
  if (engine !== undefined) return engine;
  const advice = "`load(source, { full: true })`, or `await init(undefined, { full: true })`";
  throw new RolegateError(
    "needs-full",
    `\`whoCan\`, \`remedies\` and \`narrow\` are in a second module, which a page loads on request: ${advice}`,
  );
}

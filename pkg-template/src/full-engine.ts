// The whole engine, for what tables do not answer, and how a place comes by it. The bindings are in every script: a bundler takes more to import
// them later than they weigh, and in service workers, and in workers as Vite builds them, nothing can be imported later. What weighs is the wasm.

import { createEngine, type Engine, type Place } from "./engine.js";
import { RolegateError } from "./errors.js";
import * as bindings from "./glue/rolegate-full.js";
import type { WasmSource } from "./types.js";

export type FullBindings = typeof bindings;

export type FullEngine = Engine<FullBindings>;

const full: FullEngine = /* @__PURE__ */ createEngine(bindings, "rolegate-full.wasm", "`init` as `full`");

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

/** @param atHand gives its wasm at once, compiled or as bytes, in a place that has it */
export function accessAt(place: Place, atHand?: () => WasmSource): FullAccess {
  return {
    now() {
      if (atHand !== undefined) full.startNow(atHand);
      return full.isStarted ? full : undefined;
    },
    async arrive(source) {
      await full.start(source, place);
      return full;
    },
  };
}

/**
 * The whole engine, for a question that cannot wait.
 * @throws {RolegateError} `needs-full`; `wasm-missing` and `wasm-blocked` where it is at hand and cannot start
 */
export function needFull(access: FullAccess): FullEngine {
  const engine = access.now();
  if (engine !== undefined) return engine;
  const advice = "`load(source, { full: true })`, or `await init(undefined, { full: true })`";
  throw new RolegateError("needs-full", `\`whoCan\`, \`remedies\` and \`narrow\` are in a second module, which a page fetches when it asks for it: ${advice}`);
}

// The whole engine. Its bindings are in every script: a bundler takes more to import them later than they
// weigh, and in service workers, and in workers as Vite 6 builds them, nothing can be imported later. What
// weighs is the wasm, and that comes when it is asked for.

import * as bindings from "../glue/rolegate-full.js";
import type { WasmSource } from "../types/types.js";
import { createEngine, type Place } from "./create-engine.js";
import type { FullAccess, FullEngine } from "./full.js";

const full: FullEngine = /* @__PURE__ */ createEngine(bindings, "rolegate-full.wasm", "`init` as `full`");

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

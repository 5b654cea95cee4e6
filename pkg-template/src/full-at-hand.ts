// The access of places that have the whole engine with them. Its wasm is compiled when it is first needed.

import type { Place } from "./engine.js";
import type { FullAccess } from "./full.js";
import { full } from "./full-engine.js";
import type { WasmSource } from "./types.js";

/** @param give the wasm at once; by default what `place.locate` gives, where that is no address */
export function atHand(place: Place, give: () => WasmSource = () => place.locate()): FullAccess {
  return {
    now() {
      full.startNow(give);
      return full;
    },
    async arrive(source) {
      await full.start(source, place);
      return full;
    },
  };
}

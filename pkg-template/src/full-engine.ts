// The whole engine, for what tables do not answer. No script that a page loads at first may import this.

import { createEngine } from "./engine.js";
import type { FullEngine } from "./full.js";
import * as bindings from "./glue/rolegate-full.js";

export const full: FullEngine = /* @__PURE__ */ createEngine(bindings, "rolegate-full.wasm", "`init` as `full`");

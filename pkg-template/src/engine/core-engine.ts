// The engine that loads snapshots into tables. Every page has it.

import * as bindings from "../glue/rolegate.js";
import { createEngine, type Engine } from "./create-engine.js";

type CoreBindings = typeof bindings;

export const core: Engine<CoreBindings> = /* @__PURE__ */ createEngine(bindings, "rolegate.wasm", "`init`");

// Node, Deno and Bun: the wasm file is read from disk.
import { readFile } from "node:fs/promises";
import type { Host } from "../engine.js";
import type { Load } from "../snapshot.js";
import { type Init, initOn, loadOn } from "../starting.js";

const host: Host = { locate: () => new URL("../rolegate.wasm", import.meta.url), readFile };

export * from "../index.js";
export const init: Init = /* @__PURE__ */ initOn(host);
export const load: Load = /* @__PURE__ */ loadOn(host);

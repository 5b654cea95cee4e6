// Node, Deno and Bun: the wasm files are read from disk.
import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { accessAt } from "../full-engine.js";
import type { Load, LoadSync } from "../snapshot.js";
import { type Host, type Init, initOn, loadOn, loadSyncOn } from "../starting.js";

const locateFull = (): URL => new URL("../rolegate-full.wasm", import.meta.url);

const host: Host = {
  locate: () => new URL("../rolegate.wasm", import.meta.url),
  readFile,
  full: /* @__PURE__ */ accessAt({ locate: locateFull, readFile }, () => readFileSync(locateFull())),
};

export * from "../index.js";
export const init: Init = /* @__PURE__ */ initOn(host);
export const load: Load = /* @__PURE__ */ loadOn(host);
export const loadSync: LoadSync = /* @__PURE__ */ loadSyncOn(host);

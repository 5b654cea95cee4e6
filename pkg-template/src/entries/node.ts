// Node, Deno and Bun: the wasm files are read from disk.
import { readFileSync } from "node:fs";
import { accessAt } from "../full-engine.js";
import type { Load, LoadSync } from "../snapshot.js";
import { type Host, type Init, initOn, loadOn, loadSyncOn } from "../starting.js";

const locateFull = (): URL => new URL("../rolegate-full.wasm", import.meta.url);
// At once: it takes a tenth of a millisecond, and what reads by another thread takes longer to get going.
const readFile = (url: URL): Uint8Array => readFileSync(url);

const host: Host = {
  locate: () => new URL("../rolegate.wasm", import.meta.url),
  readFile,
  full: /* @__PURE__ */ accessAt({ locate: locateFull, readFile }, () => readFile(locateFull())),
};

export * from "../index.js";
export const init: Init = /* @__PURE__ */ initOn(host);
export const load: Load = /* @__PURE__ */ loadOn(host);
export const loadSync: LoadSync = /* @__PURE__ */ loadSyncOn(host);

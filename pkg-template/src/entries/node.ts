// Node, Deno and Bun: the wasm files are read from disk. A bundle that has left them behind has them as text, and imports it only then.
import { readFileSync } from "node:fs";
import { bytesOf } from "../embedded.js";
import { accessAt } from "../full-engine.js";
import type { Load, LoadSync } from "../snapshot.js";
import { type Host, type Init, initOn, loadOn, loadSyncOn } from "../starting.js";

// At once: it takes a tenth of a millisecond, and what reads by another thread takes longer to get going.
const readFile = (url: URL): Uint8Array => readFileSync(url);
const readCore = (): Uint8Array => readFile(new URL("../rolegate.wasm", import.meta.url));

let fullText: string | undefined;

/** Of both modules at once: a question that needs the second one does not wait. */
async function importCore(): Promise<Uint8Array> {
  const [core, full] = await Promise.all([import("../glue/rolegate.wasm.js"), import("../glue/rolegate-full.wasm.js")]);
  fullText = full.base64;
  return bytesOf(core.base64);
}

function readFull(): Uint8Array {
  return fullText === undefined ? readFile(new URL("../rolegate-full.wasm", import.meta.url)) : bytesOf(fullText);
}

function orElse<T>(read: () => T, next: () => Promise<T>): T | Promise<T> {
  try {
    return read();
  } catch {
    return next();
  }
}

const host: Host = {
  locate: () => orElse(readCore, importCore),
  readFile,
  full: /* @__PURE__ */ accessAt({ locate: () => orElse(readFull, () => importCore().then(readFull)), readFile }, readFull),
};

export * from "../index.js";
export const init: Init = /* @__PURE__ */ initOn(host);
export const load: Load = /* @__PURE__ */ loadOn(host);
export const loadSync: LoadSync = /* @__PURE__ */ loadSyncOn(host);

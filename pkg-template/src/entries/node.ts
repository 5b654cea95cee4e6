// Node, Deno and Bun: the wasm files are read from disk. A bundle that has left them behind has them as text,
// and imports it only then.
import { readFileSync } from "node:fs";
import { bytesOf } from "../engine/embedded.js";
import { accessAt } from "../engine/full-engine.js";
import { type Host, type Init, initOn, loadOn, loadSyncOn } from "../snapshot/bind.js";
import type { Load, LoadSync } from "../snapshot/snapshot.js";
import type { WasmSource } from "../types/types.js";

const coreFile = (): URL => new URL("../rolegate.wasm", import.meta.url);
const fullFile = (): URL => new URL("../rolegate-full.wasm", import.meta.url);

/** Of the second module, as soon as a file was not there. */
let fullText: string | undefined;

// At once: it takes a tenth of a millisecond, and what reads by another thread takes longer to get going.
const readFile = (url: URL): Uint8Array => readFileSync(url);
const readCore = (): Uint8Array => readFile(coreFile());
const readFull = (): Uint8Array => (fullText === undefined ? readFile(fullFile()) : bytesOf(fullText));

/** Both at once, so that a question that needs the second module does not have to wait for it. */
async function importCore(): Promise<Uint8Array> {
  const [core, full] = await Promise.all([
    import("../glue/rolegate.wasm.js"),
    import("../glue/rolegate-full.wasm.js"),
  ]);
  fullText = full.base64;
  return bytesOf(core.base64);
}

async function importFull(): Promise<Uint8Array> {
  await importCore();
  return readFull();
}

/** Where there is no text either, the address of the file, for the error to name. */
function located(
  read: () => Uint8Array,
  importText: () => Promise<Uint8Array>,
  file: () => URL,
): WasmSource | Promise<WasmSource> {
  try {
    return read();
  } catch {
    return importText().catch(file);
  }
}

const host: Host = {
  locate: () => located(readCore, importCore, coreFile),
  readFile,
  full: /* @__PURE__ */ accessAt(
    { locate: () => located(readFull, importFull, fullFile), readFile },
    readFull,
  ),
};

export * from "../index.js";
export const init: Init = /* @__PURE__ */ initOn(host);
export const load: Load = /* @__PURE__ */ loadOn(host);
export const loadSync: LoadSync = /* @__PURE__ */ loadSyncOn(host);

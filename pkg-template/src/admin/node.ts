// Administration in Node, Deno and Bun: the wasm file is read from disk, at once. A bundle that has left it
// behind has it as text, and imports it when it starts.

import { readFileSync } from "node:fs";
import type { WasmSource } from "../types/types.js";
import { type Diff, diffOn, type Edit, editOn, type Init, initOn } from "./draft.js";
import { type Lint, lintOn, type RoleForms, roleFormOn } from "./look.js";
import { type AccessReports, accessReportOn } from "./report.js";

const readFile = (url: URL): Uint8Array => readFileSync(url);
const file = (): URL => new URL("../rolegate-admin.wasm", import.meta.url);
const read = (): Uint8Array => readFile(file());

/** Where there is no text either, the address of the file, for the error to name. */
function locate(): WasmSource | Promise<WasmSource> {
  try {
    return read();
  } catch {
    const text = Promise.all([import("../glue/rolegate-admin.wasm.js"), import("../engine/embedded.js")]);
    return text.then(([{ base64 }, { bytesOf }]) => bytesOf(base64)).catch(file);
  }
}

export * from "./common.js";
export const init: Init = /* @__PURE__ */ initOn({ locate, readFile });
export const edit: Edit = /* @__PURE__ */ editOn(read);
export const diff: Diff = /* @__PURE__ */ diffOn(read);
export const lint: Lint = /* @__PURE__ */ lintOn(read);
export const roleForm: RoleForms = /* @__PURE__ */ roleFormOn(read);
export const accessReport: AccessReports = /* @__PURE__ */ accessReportOn(read);

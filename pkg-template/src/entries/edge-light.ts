// Vercel Edge: the wasm file is imported, compiled.
import wasm from "../rolegate.wasm?module";
import type { Load } from "../snapshot.js";
import { type Init, initFrom, loadFrom } from "../starting.js";

const locate = (): WebAssembly.Module => wasm;

export * from "../index.js";
export const init: Init = /* @__PURE__ */ initFrom(locate);
export const load: Load = /* @__PURE__ */ loadFrom(locate);

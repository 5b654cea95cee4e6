// Browsers, with a bundler or without: the wasm file lies beside the script, which every bundler knows how to follow.
import type { Load } from "../snapshot.js";
import { type Init, initFrom, loadFrom } from "../starting.js";

const locate = (): URL => new URL("../rolegate.wasm", import.meta.url);

export * from "../index.js";
export const init: Init = /* @__PURE__ */ initFrom(locate);
export const load: Load = /* @__PURE__ */ loadFrom(locate);

// Node, Deno and Bun: the wasm file is read from disk.
import { readFile } from "node:fs/promises";
import type { Load } from "../snapshot.js";
import { type Init, initFrom, loadFrom } from "../starting.js";

const locate = (): Promise<Uint8Array> => readFile(new URL("../rolegate.wasm", import.meta.url));

export * from "../index.js";
export const init: Init = /* @__PURE__ */ initFrom(locate);
export const load: Load = /* @__PURE__ */ loadFrom(locate);

// The package as it is installed in a consumer's folder, and how an application there imports it.

import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The folder of this repository's tests, as an address. */
export const TESTS = new URL("../", import.meta.url);

/** @param {string} consumer a folder with node_modules/rolegate */
export function installed(consumer) {
  const folder = join(consumer, "node_modules", "rolegate");
  const { exports } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  return {
    folder,
    has: (entry) => Object.hasOwn(exports, entry),
    /** The file, relative to the package, that a resolver with these conditions picks for an entry. */
    resolve(entry, conditions) {
      const target = pick(exports[entry], new Set([...conditions, "import", "default"]));
      if (target === undefined) throw new Error(`package.json of rolegate exports no ${entry} for ${conditions.join(", ")}`);
      return target;
    },
  };
}

function pick(target, conditions) {
  if (typeof target === "string") return target;
  for (const [condition, inner] of Object.entries(target ?? {})) {
    const found = conditions.has(condition) ? pick(inner, conditions) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The two ways to have the engine: its wasm in a file of its own, or embedded. */
export function variants(library, runtime) {
  const plain = { runtime, entry: "rolegate", embedded: false };
  return library.has("./inline") ? [plain, { runtime: `${runtime} inline`, entry: "rolegate/inline", embedded: true }] : [plain];
}

/** An expression that runs the suite, for a module that has imported `start` and can import the package by its name. */
export function startExpression({ runtime, entry, embedded }, origin) {
  const imports = `() => Promise.all([import(${JSON.stringify(entry)}), import("rolegate/lite")])`;
  return `start(${imports}, { runtime: ${JSON.stringify(runtime)}, embedded: ${embedded}, origin: ${origin} })`;
}

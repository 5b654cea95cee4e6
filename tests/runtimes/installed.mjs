// The package as it is installed in a consumer's folder, and how an application there imports it.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder of this repository's tests, as an address. */
export const TESTS = new URL("../", import.meta.url);

/** The modules that fail on demand: `cargo xtask test package` builds them. */
export const FAULTY = {
  core: fileURLToPath(new URL("../target/bundle/faulty.wasm", TESTS)),
  full: fileURLToPath(new URL("../target/bundle/faulty-full.wasm", TESTS)),
};

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
      if (target === undefined)
        throw new Error(`package.json of rolegate exports no ${entry} for ${conditions.join(", ")}`);
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

/**
 * The two ways to have the engine: its wasm in files of their own, or embedded, which is asked briefly, since
 * it is the same wasm. Where those are fetched, `fetchesFull` says so.
 */
export function variants(library, runtime, { fetchesFull = false, hasPeers = true } = {}) {
  const plain = { runtime, entry: "rolegate", embedded: false, fetchesFull, hasPeers };
  return library.has("./inline")
    ? [
        plain,
        { runtime: `${runtime} inline`, entry: "rolegate/inline", embedded: true, isBrief: true, hasPeers },
      ]
    : [plain];
}

/**
 * An expression that runs the suite, for a module that has imported `start` and can import the package by its
 * name, or by what `specifier` makes of it. `dynamic` is off where there is no `import()`: then the module
 * has what {@link importStatements} imports. `faulty` and `collect` of a variant are expressions, as `start`
 * describes them.
 */
export function startExpression(variant, origin, { specifier = (name) => name, dynamic = true } = {}) {
  const {
    runtime,
    embedded,
    fetchesFull = false,
    isBrief = false,
    faulty = "undefined",
    collect = "undefined",
  } = variant;
  const modules = dynamic
    ? entriesOf(variant).map((entry) => `import(${JSON.stringify(specifier(entry))})`)
    : NAMES.slice(0, entriesOf(variant).length);
  const env = `{ runtime: ${JSON.stringify(runtime)}, embedded: ${embedded}, fetchesFull: ${fetchesFull}, isBrief: ${isBrief}, faulty: ${faulty}, collect: ${collect}, origin: ${origin} }`;
  return `start(() => Promise.all([${modules}]), ${env})`;
}

const NAMES = ["main", "lite", "testing", "signed"];

/** `hasPeers` is off where packages cannot be imported by their names. */
const entriesOf = ({ entry, hasPeers = true }) => [
  entry,
  "rolegate/lite",
  "rolegate/testing",
  ...(hasPeers ? ["rolegate/signed"] : []),
];

/**
 * Imports the package for a {@link startExpression} that cannot. They have to come after the import of
 * `start`.
 */
export function importStatements(variant, specifier) {
  return entriesOf(variant)
    .map((entry, at) => `import * as ${NAMES[at]} from ${JSON.stringify(specifier(entry))};`)
    .join("\n");
}

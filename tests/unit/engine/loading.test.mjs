// Where the wasm comes from: which entry each tool picks, and what happens where a bundler has moved the
// script or broken its addresses.

import assert from "node:assert/strict";
import { cp, mkdtemp, readFile, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import { isRolegateError } from "../../../pkg/core/errors.js";

const PKG = fileURLToPath(new URL("../../../pkg/", import.meta.url));
const json = {
  format: "rolegate/1",
  revision: 1,
  catalog: { categories: [{ id: "c", permissions: [{ id: "c.view" }] }] },
  roles: [{ id: "r", name: "Reader", grants: { "c.view": true } }],
  users: [{ id: "ana", roles: ["r"] }],
};
const folders = [];
after(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));

/** What an entry exports in a copy of the package that lacks some files. */
async function copyWithout(pattern, entry) {
  const folder = await mkdtemp(join(tmpdir(), "rolegate-copy-"));
  folders.push(folder);
  await cp(PKG, folder, { recursive: true, filter: (path) => !pattern.test(path) && !path.endsWith(".map") });
  return import(pathToFileURL(join(folder, entry)).href);
}

const FILES = /\.wasm$/;
const TEXTS = /\.wasm\.js$/;
const failing = (action) =>
  action().then(
    () => assert.fail("it should have failed"),
    (error) => error,
  );
const isAnswering = (snapshot) =>
  assert.deepEqual(
    ["c.view", "c.edit"].map((permission) => snapshot.for("ana").can(permission)),
    [true, false],
  );
const isAnsweringInFull = (snapshot) =>
  assert.deepEqual(
    [snapshot.whoCan("c.view"), JSON.parse(snapshot.narrow("ana")).users.length],
    [["ana"], 1],
  );

test("each kind of runtime gets its entry", async () => {
  const { exports } = JSON.parse(await readFile(join(PKG, "package.json"), "utf8"));
  const places = {
    Node: [["node", "import", "node-addons", "module-sync"], "node"],
    "a bundle for Node": [["node", "import", "module", "webpack"], "node"],
    "a server in development": [["node", "import", "module", "development"], "node"],
    "a page in development": [["browser", "import", "module", "development"], "development"],
    "a built page": [["browser", "import", "module", "production"], "browser"],
    "a page of a tool that says nothing": [["import"], "browser"],
    "Cloudflare Workers in development": [
      ["workerd", "worker", "browser", "module", "import", "development"],
      "workerd",
    ],
    "Vercel Edge in development": [
      ["edge-light", "worker", "browser", "module", "import", "development"],
      "edge-light",
    ],
    Deno: [["deno", "node", "import"], "node"],
    Bun: [["bun", "node", "import"], "node"],
  };
  for (const [place, [conditions, entry]] of Object.entries(places)) {
    const [, found] = Object.entries(exports["."]).find(
      ([condition]) => condition === "default" || conditions.includes(condition),
    );
    assert.equal(found, `./entries/${entry}.js`, place);
  }
});

test("in development the script needs no files, and otherwise behaves as in a built page", async () => {
  const { load, loadSync, init } = await copyWithout(FILES, "entries/development.js");
  assert.throws(() => loadSync(json), { code: "not-initialised" });
  const snapshot = await load(json);
  isAnswering(snapshot);
  assert.throws(() => snapshot.narrow("ana"), { code: "needs-full" });
  assert.throws(() => snapshot.whoCan("c.view"), { code: "needs-full" });
  await init(undefined, { full: true });
  isAnsweringInFull(snapshot);
});

test("in Node a bundle that left the files behind answers at once, in full", async () => {
  const { load } = await copyWithout(FILES, "entries/node.js");
  const snapshot = await load(json);
  isAnswering(snapshot);
  isAnsweringInFull(snapshot);
});

test("in Node a bundle that left the files behind and was given the first one gets the second", async () => {
  const { init, loadSync } = await copyWithout(FILES, "entries/node.js");
  await init(await readFile(join(PKG, "rolegate.wasm")));
  const snapshot = loadSync(json);
  isAnswering(snapshot);
  const error = await failing(async () => snapshot.narrow("ana"));
  assert.deepEqual([isRolegateError(error), error.code], [true, "wasm-missing"]);
  assert.match(error.message, /rolegate-full\.wasm.*`init` as `full`/);
  await init(undefined, { full: true });
  isAnsweringInFull(snapshot);
});

test("Node itself never imports the text", async () => {
  const { load } = await copyWithout(TEXTS, "entries/node.js");
  const snapshot = await load(json);
  isAnswering(snapshot);
  isAnsweringInFull(snapshot);
});

test("with neither files nor text the error says what to do", async () => {
  const { load } = await copyWithout(/\.wasm(\.js)?$/, "entries/node.js");
  const error = await failing(() => load(json));
  assert.deepEqual([isRolegateError(error), error.code], [true, "wasm-missing"]);
  assert.match(error.message, /rolegate\.wasm.*bundler.*`init`.*`rolegate\/inline`/);
});

test("bytes that were transferred are not wasm", async () => {
  const { init } = await copyWithout(TEXTS, "entries/node.js");
  const { buffer } = new Uint8Array(await readFile(join(PKG, "rolegate.wasm")));
  const view = new Uint8Array(buffer);
  structuredClone(buffer, { transfer: [buffer] });
  for (const bytes of [buffer, view]) assert.equal((await failing(() => init(bytes))).code, "wasm-missing");
});

/** What each is in a script without `import.meta.url`: CommonJS, or one that is not a module. */
const WITHOUT_ADDRESS = { browser: "iife", node: "cjs" };

for (const [entry, format] of Object.entries(WITHOUT_ADDRESS)) {
  test(`the entry for ${entry} where a bundler took its address`, async () => {
    const options = {
      bundle: true,
      minify: true,
      write: false,
      logLevel: "error",
      format,
      platform: entry,
      globalName: "lib",
    };
    const contents = `export * from "./entries/${entry}.js"`;
    const { outputFiles } = await build({ ...options, stdin: { contents, resolveDir: PKG } });
    const module = { exports: {} };
    const run = new Function(
      "module",
      "require",
      `${outputFiles[0].text}; return typeof lib === "object" ? lib : module.exports;`,
    );
    const lib = run(module, createRequire(import.meta.url));
    if (entry === "node") return isAnsweringInFull(await lib.load(json));
    for (const start of [() => lib.load(json), () => lib.init(), () => lib.init(undefined, { full: true })]) {
      const error = await failing(start);
      assert.deepEqual([isRolegateError(error), error.code], [true, "wasm-missing"]);
      assert.match(error.message, /bundler.*`init`.*`rolegate\/inline`/);
    }
  });
}

/** Next.js refuses to build a middleware in which it finds this, whether or not it is ever called. */
test("nothing that runs at Vercel's edge names the function that compiles", async () => {
  const { outputFiles } = await build({
    stdin: { contents: 'export * from "./entries/edge-light.js"', resolveDir: PKG },
    bundle: true,
    write: false,
    format: "esm",
    logLevel: "error",
    external: ["*.wasm?module"],
  });
  assert.doesNotMatch(outputFiles[0].text, /WebAssembly\.compile\b/);
});

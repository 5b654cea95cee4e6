// How the package is laid out: rooms that import downward only, no circles between files, one folder for each
// public entry, and what each entry imports from outside. The order of the crate's modules is held by
// src/layout_test.rs.

import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const SRC = fileURLToPath(new URL("../pkg-template/src/", import.meta.url));
const MANIFEST = readFileSync(new URL("../pkg-template/package.json", import.meta.url), "utf8");
const { exports } = JSON.parse(MANIFEST);

/** From the bottom up. A file may import from its own room and from those in the lines before. */
const ROOMS = [
  ["host", "fold-name"],
  ["types"],
  ["core"],
  ["condition"],
  ["gate"],
  ["lite", "claims", "filters"],
  ["sql", "mongo", "prisma"],
  ["kysely", "drizzle", "rls"],
  ["glue"],
  ["engine"],
  ["snapshot"],
  ["store", "admin"],
  ["signed", "testing", "bindings"],
  ["guard", "authzen", "edge"],
  ["react", "vue", "svelte", "solid", "angular", "dom", "eslint", "hono", "express", "fastify"],
  ["index", "wasm-file"],
  ["entries"],
  ["cli"],
];
/** The rooms that are entries of the package by themselves. */
const PUBLIC = [
  "admin",
  "angular",
  "authzen",
  "claims",
  "dom",
  "drizzle",
  "edge",
  "eslint",
  "express",
  "fastify",
  "guard",
  "hono",
  "kysely",
  "lite",
  "mongo",
  "prisma",
  "react",
  "rls",
  "signed",
  "solid",
  "sql",
  "store",
  "svelte",
  "testing",
  "vue",
];
/** Only what starts the engine knows the files that wasm-bindgen made. */
const TOUCH_GLUE = [
  "admin/development",
  "admin/node",
  "admin/opened",
  "engine/core-engine",
  "engine/full",
  "engine/full-engine",
  "entries/development",
  "entries/inline",
  "entries/node",
];
/**
 * What an entry imports from outside, its imports included; `rolegate` is the entry that fits where it runs.
 */
const OUTSIDE = {
  "admin/node": ["node:fs"],
  "angular/index": ["@angular/core"],
  "cli/main": [
    "jose",
    "node:fs",
    "node:fs/promises",
    "node:process",
    "node:url",
    "node:util",
    "rolegate",
    "yaml",
  ],
  "drizzle/index": ["drizzle-orm"],
  "edge/index": ["node:fs/promises", "rolegate"],
  "entries/node": ["node:fs"],
  "eslint/index": ["node:fs", "node:path"],
  "kysely/index": ["kysely"],
  "express/index": ["express"],
  "fastify/index": ["fastify"],
  "hono/index": ["hono"],
  "react/index": ["react"],
  "react/server": ["react"],
  "signed/index": ["jose", "rolegate"],
  "solid/index": ["solid-js"],
  "store/index": ["rolegate"],
  "svelte/index": ["svelte/reactivity", "svelte/store"],
  "vue/index": ["vue"],
};

const FILES = readdirSync(SRC, { recursive: true, encoding: "utf8" })
  .map((name) => name.replaceAll("\\", "/"))
  .filter((name) => name.endsWith(".ts") && !name.startsWith("glue/") && !name.endsWith(".d.ts"))
  .map((name) => name.slice(0, -3));

/** The specifiers of all imports and re-exports, also of types, and of `import()`. */
function specifiersOf(name) {
  const text = readFileSync(`${SRC}${name}.ts`, "utf8").replaceAll(/^\s*(?:\/\/|\/?\*).*$/gm, "");
  return [...text.matchAll(/(?:\bfrom|\bimport\(|^import)\s*"([^"]+)"/gm)].map(([, specifier]) => specifier);
}

/** The file that a relative specifier means. */
function targetOf(name, specifier) {
  return new URL(specifier, `file:///${name}`).pathname.slice(1).replace(/\.js$/, "");
}

const IMPORTS = new Map(
  FILES.map((name) => [
    name,
    specifiersOf(name)
      .filter((it) => it.startsWith(".") && !/\.wasm(?:\?|$)/.test(it))
      .map((it) => targetOf(name, it)),
  ]),
);
const roomOf = (name) => name.split("/")[0];
const levelOf = (name) => ROOMS.findIndex((rooms) => rooms.includes(roomOf(name)));

test("each file is in a room", () => {
  assert.ok(FILES.length > 50, "files are not found");
  assert.deepEqual(
    FILES.filter((name) => levelOf(name) < 0),
    [],
  );
});

test("imports go downward only", () => {
  const wrong = [];
  for (const [name, targets] of IMPORTS) {
    for (const target of targets) {
      assert.ok(
        target.startsWith("glue/") || IMPORTS.has(target),
        `${name} imports ${target}, which is not a file`,
      );
      if (roomOf(target) !== roomOf(name) && levelOf(target) >= levelOf(name))
        wrong.push(`${name} imports ${target}`);
    }
  }
  assert.deepEqual(wrong, []);
});

test("no files import each other in a circle, not even types", () => {
  const done = new Set();
  const circles = [];
  const visit = (name, path) => {
    if (path.includes(name)) circles.push([...path.slice(path.indexOf(name)), name].join(" > "));
    if (done.has(name) || path.includes(name)) return;
    for (const target of IMPORTS.get(name) ?? []) visit(target, [...path, name]);
    done.add(name);
  };
  for (const name of FILES) visit(name, []);
  assert.deepEqual(circles, []);
});

test("what wasm-bindgen made is imported in few places", () => {
  assert.deepEqual(
    FILES.filter((name) => IMPORTS.get(name).some((target) => roomOf(target) === "glue")).sort(),
    TOUCH_GLUE,
  );
});

/** The files that the exports of package.json name, without their endings. */
function exported() {
  const names = new Set();
  const walk = (target) => {
    if (typeof target !== "string") for (const inner of Object.values(target)) walk(inner);
    else if (/\.(?:d\.ts|js)$/.test(target))
      names.add(target.replace(/^\.\//, "").replace(/\.(?:d\.ts|js)$/, ""));
  };
  walk(exports);
  return [...names].sort();
}

test("public rooms are the package's exports", () => {
  assert.equal(
    [...MANIFEST.matchAll(/^ {4}"\.\/.*": /gm)].length,
    Object.keys(exports).length - 1,
    "each once",
  );
  const rooms = new Set(exported().map(roomOf));
  assert.deepEqual([...rooms].sort(), [...PUBLIC, "entries", "wasm-file"].sort());
  for (const room of PUBLIC)
    assert.ok(Object.hasOwn(exports, `./${room}`) && exported().includes(`${room}/index`), room);
  for (const name of exported()) assert.ok(existsSync(`${SRC}${name}.ts`), name);
});

test("each entry imports from outside what is listed, and nothing else", () => {
  for (const entry of exported()) {
    const seen = new Set();
    const outside = new Set();
    const visit = (name) => {
      if (seen.has(name) || !IMPORTS.has(name)) return;
      seen.add(name);
      for (const specifier of specifiersOf(name)) if (!specifier.startsWith(".")) outside.add(specifier);
      for (const target of IMPORTS.get(name)) visit(target);
    };
    visit(entry);
    assert.deepEqual([...outside].sort(), OUTSIDE[entry] ?? [], entry);
  }
});

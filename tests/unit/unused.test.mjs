// Nothing is exported that nobody imports, and nothing is a dependency that nobody uses.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));
const read = (path) => readFileSync(join(root, path), "utf8");
const SKIPPED = /(^|\/)(node_modules|target|glue|corpus|vectors|results)(\/|$)/;

/** The files of a folder, however deep. */
const filesIn = (folder, pattern) =>
  readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .map((entry) => [entry, join(entry.parentPath ?? entry.path, entry.name).slice(root.length)])
    .filter(([entry, path]) => entry.isFile() && pattern.test(path) && !SKIPPED.test(path))
    .map(([, path]) => path);

const SCRIPT = "pkg-template/src";
const scripts = new Map(filesIn(SCRIPT, /\.ts$/).map((path) => [path, read(path)]));
const resolved = (from, name) => normalize(join(dirname(from), name)).replace(/\.js$/, ".ts");
const namesOf = (list) =>
  list
    .split(",")
    .map((name) => name.trim().replace(/^type /, ""))
    .filter(Boolean);

/** The names that a file exports, and where it says so. */
function exportsOf(text) {
  const declared = text.matchAll(
    /^export (?:declare |async |abstract )*(?:const|let|function\*?|class|interface|type|enum) ([\w$]+)/gm,
  );
  const listed = text.matchAll(/^export (?:type )?\{([^}]*)\}/gm);
  return [
    ...Array.from(declared, ([, name]) => name),
    ...Array.from(listed, ([, list]) => namesOf(list).map((name) => name.split(" as ").at(-1))).flat(),
  ];
}

/** For each file the names that others import of it; `*` for all. */
function importedNames() {
  const imported = new Map();
  const add = (path, name) => imported.set(path, (imported.get(path) ?? new Set()).add(name));
  for (const [path, text] of scripts) {
    for (const [, list, from] of text.matchAll(/^(?:import|export) (?:type )?\{([^}]*)\} from "(\.[^"]+)"/gm))
      for (const name of namesOf(list)) add(resolved(path, from), name.split(" as ")[0]);
    for (const [, from, name] of text.matchAll(/\(await import\("(\.[^"]+)"\)\)\.(\w+)/g))
      add(resolved(path, from), name);
    for (const [, from] of text.matchAll(/(?<!await )import\("(\.[^"]+)"\)/g)) add(resolved(path, from), "*");
    for (const [, from] of text.matchAll(/^export (?:type )?\* from "(\.[^"]+)"/gm))
      add(resolved(path, from), "*");
    for (const [, name, from] of text.matchAll(/^import (?:type )?\* as (\w+) from "(\.[^"]+)"/gm))
      for (const [, member] of text.matchAll(new RegExp(`\\b${name}\\.(\\w+)`, "g")))
        add(resolved(path, from), member);
  }
  return imported;
}

test("every export is imported, or belongs to an entry", () => {
  const { exports, bin } = JSON.parse(read("pkg-template/package.json"));
  const targets = (value) => (typeof value === "string" ? [value] : Object.values(value).flatMap(targets));
  const entries = new Set(
    targets([exports, bin]).map((name) => normalize(join(SCRIPT, name)).replace(/(\.d\.ts|\.js)$/, ".ts")),
  );
  const imported = importedNames();
  // The bindings import what host.ts and fold-name.ts export; layout.ts is written as a whole.
  const bound = read("src/host/imports.rs");
  let count = 0;
  for (const [path, text] of scripts) {
    if (entries.has(path) || path.endsWith("/layout.ts") || imported.get(path)?.has("*")) continue;
    for (const name of exportsOf(text)) {
      count += 1;
      const isBound = /\/(?:host|fold-name)\.ts$/.test(path) && bound.includes(name);
      assert.ok(imported.get(path)?.has(name) || isBound, `${path}: nobody imports \`${name}\``);
    }
  }
  assert.ok(count > 200, `only ${count} exports are found`);
});

/** What nobody names: a tool that has another name, or what another package asks for by itself. */
const NAMED_AS = {
  "@angular/build": "@angular/build:application",
  "@angular/cli": "ng",
  "@angular/common": "@angular/core",
  "@angular/compiler": "@angular/core",
  "@angular/compiler-cli": "@angular/core",
  "@angular/platform-server": "@angular/ssr",
  "@arethetypeswrong/cli": "attw",
  "@babel/core": "@rolldown/plugin-babel",
  "@react-router/node": "react-router",
  "@react-router/serve": "react-router",
  "@sveltejs/vite-plugin-svelte": "@sveltejs/kit/vite",
  "babel-plugin-react-compiler": "reactCompilerPreset",
  isbot: "react-router",
  "jest-environment-jsdom": "jsdom",
  rxjs: "@angular/core",
  tslib: "@angular/core",
  vue: "nuxt",
  "vue-router": "nuxt",
  "webpack-cli": "webpack",
  "webpack-dev-server": "webpack",
};

/** Where the tools of the workspace are used. */
const everywhere = ["xtask", "tests", "benches", "www", "pkg-template"]
  .flatMap((folder) => filesIn(folder, /\.(mjs|js|jsx|ts|rs)$|tsconfig\.json$/))
  .map(read)
  .join("\n");

test("every npm dependency is used", () => {
  const manifests = [
    "package.json",
    ...["tests", "benches"].flatMap((folder) => filesIn(folder, /(^|\/)package\.json$/)),
  ];
  for (const manifest of manifests) {
    const { dependencies, devDependencies, scripts: commands = {} } = JSON.parse(read(manifest));
    const folder = dirname(manifest);
    const text =
      folder === "."
        ? everywhere
        : [
            ...filesIn(
              folder,
              /\.(mjs|cjs|js|ts|jsx|tsx|vue|svelte|astro|html|toml)$|tsconfig\.json$|angular\.json$/,
            ).map(read),
            ...Object.values(commands),
          ].join("\n");
    for (const name of Object.keys({ ...dependencies, ...devDependencies })) {
      assert.ok(
        isNamed(text, name) || (folder !== "." && isNamed(everywhere, name)),
        `${manifest}: nothing names ${name}`,
      );
    }
  }
});

function isNamed(text, name) {
  // `@types/node` is a type root, `react-dom` may be `react-dom/server`.
  const short = (NAMED_AS[name] ?? name).replace(/^@types\//, "");
  const plain = short.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`(^|["'\`/ ])${plain}(["'\`/ @]|$)`, "m").test(text);
}

test("every dependency of a crate is used", () => {
  for (const [manifest, folders] of Object.entries({
    "Cargo.toml": ["src", "tests"],
    "xtask/Cargo.toml": ["xtask"],
    "fuzz/Cargo.toml": ["fuzz", "tests/reference"],
    "benches/native/Cargo.toml": ["benches/native"],
  })) {
    const text = folders
      .flatMap((folder) => filesIn(folder, /\.rs$/))
      .map(read)
      .join("\n");
    const sections = read(manifest)
      .split(/^\[/m)
      .filter((section) => /^(?:[^\]]*\.)?(?:dev-|build-)?dependencies\]/.test(section));
    const names = sections.flatMap((section) =>
      Array.from(section.matchAll(/^([\w-]+) *=/gm), ([, name]) => name),
    );
    assert.ok(names.length > 0, manifest);
    for (const name of names)
      assert.ok(
        new RegExp(`\\b${name.replaceAll("-", "_")}\\b`).test(text),
        `${manifest}: nothing uses ${name}`,
      );
  }
});

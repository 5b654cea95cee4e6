// What is downloaded: bundled and minified with esbuild, after brotli, wasm and all.

import { readFile } from "node:fs/promises";
import { brotliCompressSync } from "node:zlib";
import { build } from "esbuild";
import { data } from "./cold/programs.mjs";
import { pathOf } from "./runtimes/bundle.mjs";

const MODULES = "benches/node_modules";

/** Each with the imports that an application has, so that nothing else is counted. */
const DOWNLOADS = {
  rolegate: { script: 'export { load } from "rolegate";', files: ["pkg/rolegate.wasm"] },
  "rolegate/lite": { script: 'export { restore } from "rolegate/lite";' },
  "rolegate/lite/core": { script: 'export { restore } from "rolegate/lite/core";' },
  CASL: { script: 'export { createMongoAbility } from "@casl/ability";' },
  "easy-rbac": { script: 'export { create } from "easy-rbac";' },
  accesscontrol: { script: 'export { AccessControl } from "accesscontrol";' },
  casbin: { script: 'export { newEnforcer, newModelFromString, StringAdapter } from "casbin";' },
  Cedar: {
    script: 'export * from "@cedar-policy/cedar-wasm/web";',
    files: [`${MODULES}/@cedar-policy/cedar-wasm/web/cedar_wasm_bg.wasm`],
  },
};

/** Casbin reads files where there are any; a browser's bundle leaves that out. */
const WITHOUT_FILES = { external: ["fs", "*.wasm"] };

async function sizeOf({ script, files = [] }) {
  const stdin = { contents: script, resolveDir: pathOf("benches") };
  const options = {
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    write: false,
    logLevel: "error",
    ...WITHOUT_FILES,
  };
  const { outputFiles } = await build({ stdin, ...options });
  const contents = [
    outputFiles[0].contents,
    ...(await Promise.all(files.map((file) => readFile(pathOf(file))))),
  ];
  return contents.reduce((sum, bytes) => sum + brotliCompressSync(bytes).length, 0);
}

/** Bytes, in the form of the other rows: a list of one for each contender. */
export async function sizes() {
  const libraries = Object.entries(DOWNLOADS).map(async ([name, download]) => [
    name,
    [await sizeOf(download)],
  ]);
  const [gate, user, rules] = [data.gate, data.user, data.rules].map((text) => [
    brotliCompressSync(text).length,
  ]);
  return {
    download: Object.fromEntries(await Promise.all(libraries)),
    data: { rolegate: user, "rolegate/lite": gate, CASL: rules },
  };
}

// Node, Bun and Deno: one script, in a process of its own.

import { execFile } from "node:child_process";
import { readdirSync } from "node:fs";
import process from "node:process";
import { promisify } from "node:util";
import { bundle, pathOf } from "./bundle.mjs";

const MODULES = "benches/node_modules";
const CEDAR = pathOf(`${MODULES}/@cedar-policy/cedar-wasm/nodejs/cedar_wasm.js`);

/**
 * npm runs no scripts of packages here, so the binaries are where they were unpacked: in the one package that
 * fits this machine.
 */
function unpacked(scope, file) {
  const [folder] = readdirSync(pathOf(`${MODULES}/${scope}`));
  return pathOf(`${MODULES}/${scope}/${folder}/${file}`);
}

const PROGRAMS = {
  // Node 20 ends with an error of its own when a call into Cedar's wasm, compiled into JavaScript, makes the
  // memory grow.
  node: () => ({ program: process.execPath, flags: ["--no-turbo-inline-js-wasm-calls"] }),
  bun: () => ({ program: unpacked("@oven", "bin/bun"), flags: ["run"] }),
  deno: () => ({ program: unpacked("@deno", "deno"), flags: ["run", "--allow-all"] }),
};

/** The `require` that packages made for CommonJS ask for. */
const REQUIRE =
  'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);';

async function measure(name, how) {
  const script = pathOf(`target/bench/${name}/main.mjs`);
  await bundle({
    entry: "runtimes/entries/server.mjs",
    outfile: script,
    conditions: [name],
    platform: "node",
    banner: { js: REQUIRE },
  });
  const { program, flags } = PROGRAMS[name]();
  const input = JSON.stringify({ ...how, wasm: pathOf("pkg/rolegate.wasm"), cedarPath: CEDAR });
  const { stdout } = await promisify(execFile)(program, [...flags, script, input], { maxBuffer: 2 ** 26 });
  return JSON.parse(stdout);
}

export const node = (how) => measure("node", how);
export const bun = (how) => measure("bun", how);
export const deno = (how) => measure("deno", how);

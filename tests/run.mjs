// Runs the suite against an installed package on the runtimes that are named, or on those of a set.
//
//   node tests/run.mjs FOLDER [quick|more|node|chromium|workerd|deno|…]...
//
// FOLDER holds node_modules/rolegate, installed from the packed tarball; its optional peer is put beside it.
// `quick` (which is also meant by nothing) is what the project's own tools are enough for; `more` needs what
// tests/runtimes/package.json lists, and Firefox.

import { cpSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { compareVectors, describeComparison } from "./compare-vectors.mjs";
import { notRun } from "./package/report.mjs";

const from = (module, name) => async () => (await import(`./runtimes/${module}.mjs`))[name];
const SETS = {
  quick: {
    chromium: from("chromium", "chromium"),
    "chromium-pages": from("chromium", "chromiumPages"),
    node: from("node", "node"),
    workerd: from("workerd", "workerd"),
  },
  more: {
    "node-require": from("node", "nodeRequire"),
    "node-newest": from("node", "nodeNewest"),
    deno: from("node", "deno"),
    bun: from("node", "bun"),
    miniflare: from("miniflare", "miniflare"),
    wrangler: from("wrangler", "wrangler"),
    "edge-light": from("edge-light", "edgeLight"),
    "chromium-workers": from("chromium", "chromiumWorkers"),
    firefox: from("firefox", "firefox"),
  },
};
const RUNTIMES = { ...SETS.quick, ...SETS.more };
/** How many runtimes are asked at the same time: browsers wait for much that needs no processor. */
const LANES = 2;
/** How many different messages are shown for one runtime. */
const SHOWN = 40;

const [folder, ...words] = process.argv.slice(2);
const named = (words.length === 0 ? ["quick"] : words).flatMap((word) =>
  Object.keys(SETS[word] ?? { [word]: word }),
);
const unknown = named.filter((name) => !Object.hasOwn(RUNTIMES, name));
if (folder === undefined || unknown.length > 0) {
  console.error(
    `usage: node tests/run.mjs FOLDER [${[...Object.keys(SETS), ...Object.keys(RUNTIMES)].join("|")}]...`,
  );
  process.exit(2);
}

cpSync(fileURLToPath(new URL("../node_modules/jose", import.meta.url)), join(folder, "node_modules/jose"), {
  recursive: true,
});
const vectors = compareVectors();
console.log(describeComparison(vectors));
const total = { passed: 0, failed: vectors.differing.length };
const waiting = [...named];
await Promise.all(Array.from({ length: LANES }, lane));
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed === 0 ? 0 : 1;

/** Takes the next runtime as soon as it has done with one. */
async function lane() {
  for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
    const started = performance.now();
    for (const result of await resultsOf(name)) print(result);
    console.log(`${" ".repeat(32)}${((performance.now() - started) / 1000).toFixed(1)} s`);
  }
}

async function resultsOf(name) {
  try {
    const runtime = await RUNTIMES[name]();
    return await runtime(resolve(folder));
  } catch (error) {
    return [{ name, ...notRun(error) }];
  }
}

function print({ name, passed, failed, pending, failures, skipped }) {
  total.passed += passed;
  total.failed += failed;
  const notes = [
    pending > 0 ? `${pending} pending` : "",
    ...skipped.map((text) => `not asked: ${text}`),
  ].filter(Boolean);
  console.log(
    `${name.padEnd(32)}${passed} passed, ${failed} failed${notes.map((note) => `; ${note}`).join("")}`,
  );
  const byMessage = new Map();
  for (const failure of failures)
    byMessage.set(failure.message, [...(byMessage.get(failure.message) ?? []), failure.name]);
  for (const [message, names] of [...byMessage].slice(0, SHOWN)) {
    console.log(
      `  FAILED ${names[0]}${names.length > 1 ? ` and ${names.length - 1} more` : ""}\n         ${message}`,
    );
  }
  if (byMessage.size > SHOWN) console.log(`  and ${byMessage.size - SHOWN} more messages`);
}

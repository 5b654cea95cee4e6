// Runs the suite against an installed package on every runtime, or on those that are named.
//
//   node tests/run.mjs FOLDER [node|chromium|workerd]...
//
// FOLDER holds node_modules/rolegate, installed from the packed tarball.

import { resolve } from "node:path";
import { compareVectors, describeComparison } from "./compare-vectors.mjs";

const RUNTIMES = {
  node: async () => (await import("./runtimes/node.mjs")).node,
  chromium: async () => (await import("./runtimes/chromium.mjs")).chromium,
  workerd: async () => (await import("./runtimes/workerd.mjs")).workerd,
};
/** How many different messages are shown for one runtime. */
const SHOWN = 40;

const [folder, ...named] = process.argv.slice(2);
const unknown = named.filter((name) => !Object.hasOwn(RUNTIMES, name));
if (folder === undefined || unknown.length > 0) {
  console.error(`usage: node tests/run.mjs FOLDER [${Object.keys(RUNTIMES).join("|")}]...`);
  process.exit(2);
}

const vectors = compareVectors();
console.log(describeComparison(vectors));
const total = { passed: 0, failed: vectors.differing.length };
for (const name of named.length === 0 ? Object.keys(RUNTIMES) : named) {
  const started = performance.now();
  const results = await resultsOf(name);
  for (const result of results) print(result);
  console.log(`${" ".repeat(24)}${((performance.now() - started) / 1000).toFixed(1)} s`);
}
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed === 0 ? 0 : 1;

async function resultsOf(name) {
  try {
    const runtime = await RUNTIMES[name]();
    return await runtime(resolve(folder));
  } catch (error) {
    const message = error?.stack ?? String(error);
    return [{ name, passed: 0, failed: 1, pending: 0, failures: [{ name: "the runtime itself", message }], skipped: [] }];
  }
}

function print({ name, passed, failed, pending, failures, skipped }) {
  total.passed += passed;
  total.failed += failed;
  const notes = [pending > 0 ? `${pending} pending` : "", ...skipped.map((text) => `not asked: ${text}`)].filter(Boolean);
  console.log(`${name.padEnd(24)}${passed} passed, ${failed} failed${notes.map((note) => `; ${note}`).join("")}`);
  const byMessage = new Map();
  for (const failure of failures) byMessage.set(failure.message, [...(byMessage.get(failure.message) ?? []), failure.name]);
  for (const [message, names] of [...byMessage].slice(0, SHOWN)) {
    console.log(`  FAILED ${names[0]}${names.length > 1 ? ` and ${names.length - 1} more` : ""}\n         ${message}`);
  }
  if (byMessage.size > SHOWN) console.log(`  and ${byMessage.size - SHOWN} more messages`);
}

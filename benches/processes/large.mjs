// One large tenant in a process of its own (`node --expose-gc`): what it takes to load it, what it holds, and
// what questions cost then.
//
//   node --expose-gc large.mjs '{ "file": …, "way": "bytes" | "text" | "object" | "parse", "repeats": … }'

import { readFileSync } from "node:fs";
import { load } from "rolegate";
import { grown, held } from "./held.mjs";

const { file, way, repeats } = JSON.parse(process.argv[2]);
const MIB = 1024 * 1024;
const bytes = readFileSync(file);
const maxBytes = 2 ** 30;

/**
 * The source in each way that `load` takes it. The text and the objects are there before the clock starts.
 */
const SOURCES = {
  bytes: () => bytes,
  text: () => bytes.toString(),
  object: () => JSON.parse(bytes.toString()),
  parse: () => bytes.toString(),
};
const source = SOURCES[way]();

async function loaded() {
  return way === "parse" ? JSON.parse(source) : load(source, { maxBytes });
}

async function timed(action) {
  const start = performance.now();
  const result = await action();
  return { result, time: performance.now() - start };
}

/** Microseconds for one of many. */
function each(count, action) {
  const start = performance.now();
  for (let n = 0; n < count; n += 1) action(n);
  return ((performance.now() - start) * 1000) / count;
}

const median = (numbers) => [...numbers].sort((a, b) => a - b)[numbers.length >> 1];

// The engine is up before anything is timed or weighed.
await load('{ "format": "rolegate/1", "revision": 1, "catalog": { "categories": [] }, "roles": [] }');
const before = await held();
const first = await timed(loaded);
const after = await held();
const peak = process.resourceUsage().maxRSS * 1024;

const times = [];
for (let n = 0; n < repeats; n += 1) {
  const { result, time } = await timed(loaded);
  if (way !== "parse") result.free();
  times.push(time);
}
const report = {
  bytes: bytes.length,
  first: first.time,
  load: median(times),
  held: grown(before, after),
  peak: (peak - before.rss) / MIB,
};
if (way === "bytes") Object.assign(report, questions(first.result));
console.log(JSON.stringify(report));

function questions(snapshot) {
  const users = snapshot.users();
  const permissions = snapshot.permissions();
  const userAt = (n) => users[(n * 7919) % users.length];
  const permissionAt = (n) => permissions[(n * 13) % permissions.length];
  const gate = snapshot.for(userAt(1));
  const record = { owner: "someone", team: "t77" };
  const ways = {
    for: [300, (n) => snapshot.for(userAt(n))],
    can: [300_000, (n) => gate.can(permissionAt(n), record)],
    narrow: [100, (n) => snapshot.narrow(userAt(n))],
    whoCan: [5, (n) => snapshot.whoCan(permissionAt(n), { resource: record })],
  };
  return Object.fromEntries(
    Object.entries(ways).map(([name, [count, action]]) => {
      each(count, action);
      return [name, each(count, action)];
    }),
  );
}

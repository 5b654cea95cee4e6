// A soak of `rolegate/store`: simulated hours of fifty clients and a server that fails at random, one after
// another.
//
//   node tests/soak/run.mjs [MINUTES] [SEED]     for so long (ten minutes), each hour with the next seed; the first one that fails ends it
//
// `pkg/` must be built.

import { argv, exit } from "node:process";
import { hour } from "./hour.mjs";

const [minutes = "10", first = String(Date.now() % 1e6)] = argv.slice(2);
if (!(Number(minutes) > 0) || !Number.isSafeInteger(Number(first))) {
  console.error("usage: node tests/soak/run.mjs [MINUTES] [SEED]");
  exit(2);
}

const end = Date.now() + Number(minutes) * 60_000;
const [times, quiet, stormy] = [{}, {}, {}];
const note = (into, found) => {
  for (const [kind, value] of Object.entries(found)) (into[kind] ??= []).push(value);
};
let [hours, revisions, faults] = [0, 0, 0];
for (let seed = Number(first); Date.now() < end; seed += 1) {
  try {
    const found = await hour(seed);
    for (const time of found.times) note(times, time);
    note(quiet, found.quiet);
    note(stormy, found.stormy);
    hours += 1;
    revisions += found.revisions;
    faults += found.faults;
  } catch (error) {
    console.error(`seed ${seed} failed: ${error.stack}`);
    exit(1);
  }
}

const sorted = (list) => list.toSorted((a, b) => a - b);
const seconds = (ms) => (ms / 1000).toFixed(1).padStart(9);
const mean = (list) => (list.reduce((sum, value) => sum + value, 0) / list.length).toFixed(1).padStart(10);
console.log(`${hours} hours from seed ${first}: ${revisions} revisions, ${faults} faults, 0 failures`);
console.log(
  `${"".padEnd(8)}${"to the last client (s)".padStart(27)}${"requests of a client in an hour".padStart(34)}`,
);
console.log(
  `${"".padEnd(8)}${["median", "90 %", "longest"].map((word) => word.padStart(9)).join("")}${["quiet", "stormy"].map((word) => word.padStart(10)).join("")}`,
);
for (const [kind, list] of Object.entries(times)) {
  const all = sorted(list);
  const at = (share) => seconds(all[Math.min(all.length - 1, Math.floor(share * all.length))]);
  console.log(
    `${kind.padEnd(8)}${at(0.5)}${at(0.9)}${seconds(all.at(-1))}${mean(quiet[kind])}${mean(stormy[kind])}`,
  );
}

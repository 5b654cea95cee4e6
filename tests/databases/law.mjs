// The law of filters, on real engines: the rows that a database returns are those that the scope admits, and
// that `can` allows, one by one.
//
//   node tests/databases/law.mjs [quick|whole] [postgres|mariadb|sqlite] [SEED]
//
// Scopes that were written by hand, over the seed table; then random snapshots, over random rows. `quick` asks
// few of these, the same each time; `whole` asks thousands, of a seed that is told. `pkg/` must be built;
// PRINTER=FILE puts another `toSql` in the place of its own.

import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { argv, env } from "node:process";
import { fileURLToPath, pathToFileURL } from "node:url";
import { ask, fill } from "./asking.mjs";
import { ENGINES } from "./engines.mjs";
import { Judge } from "./judge.mjs";
import { randomCase } from "./random.mjs";
import { randomRows, seedRows } from "./rows.mjs";
import { SCOPES } from "./scopes.mjs";

/** Random snapshots, how many of them meet the same rows, and how many rows. */
const SIZES = { quick: { cases: 240, each: 60, rows: 120 }, whole: { cases: 12_000, each: 100, rows: 200 } };
/** How many faults are told. */
const SHOWN = 20;

const words = argv.slice(2);
const size = words[0] in SIZES ? words.shift() : "quick";
const named = words[0] in ENGINES ? [words.shift()] : Object.keys(ENGINES);
const seed = Number(words.shift() ?? (size === "quick" ? 1 : Date.now() % 1_000_000_000));
if (words.length > 0 || !Number.isSafeInteger(seed)) {
  console.error("usage: node tests/databases/law.mjs [quick|whole] [postgres|mariadb|sqlite] [SEED]");
  process.exit(2);
}

const { toSql } = await import(printer());
const engines = [];
const judge = new Judge({ shown: SHOWN });
const world = { engines, judge, toSql };
const started = performance.now();
try {
  await start();
  console.log(`${named.join(", ")} started  ${seconds()}`);
  await byHand();
  console.log(`${SCOPES.length} scopes by hand  ${seconds()}`);
  console.log(`seed ${seed}`);
  await atRandom(SIZES[size]);
  console.log(`${SIZES[size].cases} random snapshots  ${seconds()}`);
} catch (error) {
  const isStarted = engines.length === named.length;
  judge.fault("to ask", { text: isStarted ? error.stack : error.message });
} finally {
  await Promise.all(engines.map((engine) => engine.close()));
}
process.exitCode = judge.close() ? 0 : 1;

/** Starts the engines; of each that there is not, it is said how to get it. */
async function start() {
  const starting = await Promise.allSettled(named.map((name) => ENGINES[name]()));
  engines.push(...starting.flatMap(({ value }) => value ?? []));
  const missing = starting.flatMap(({ reason }) => reason?.message ?? []);
  if (missing.length > 0) throw new Error(missing.join("\n"));
}

function seconds() {
  return `${((performance.now() - started) / 1000).toFixed(1)} s`;
}

/** The module that `rolegate/sql` is, unless another is named. */
function printer() {
  if (env.PRINTER) return pathToFileURL(resolve(env.PRINTER)).href;
  const pkg = new URL("../../pkg/", import.meta.url);
  const { exports } = JSON.parse(readFileSync(new URL("package.json", pkg), "utf8"));
  const entry = exports["./sql"]?.default;
  if (entry === undefined) throw new Error(`no rolegate/sql in ${fileURLToPath(pkg)}`);
  return new URL(entry, pkg).href;
}

async function byHand() {
  const rows = await fill(engines, seedRows());
  for (const [turn, [name, question]] of SCOPES.entries())
    await ask(question, rows, { ...world, name, turn, isByHand: true });
}

async function atRandom({ cases, each, rows: count }) {
  for (let first = 0; first < cases; first += each) {
    const rows = await fill(engines, randomRows(seed + first, count));
    for (let turn = first; turn < Math.min(cases, first + each); turn++)
      await ask(randomCase(seed, turn), rows, { ...world, name: `random ${turn} of seed ${seed}`, turn });
  }
}

// The law of filters, of what is no text of SQL: the rows that a library finds are those that the scope admits,
// and that `can` allows, one by one. mongo.mjs, prisma.mjs and builders.mjs say how each is asked.

import { argv } from "node:process";
import * as rolegate from "../../pkg/entries/node.js";
import { randomCase } from "./random.mjs";
import { randomRows, seedRows } from "./rows.mjs";
import { SCOPES } from "./scopes.mjs";

/** How many faults are told. */
const SHOWN = 10;

/**
 * Asks every scope of every engine: those that were written by hand, over the seed table, then those of random
 * snapshots, over random rows. The arguments of the program are `quick` or `whole`, and a seed.
 *
 * An engine is `{ name, create(rows), filter(scope), select(filter), cannot(scope), close() }`. `create` gives
 * `{ id, record }` of each row that it can hold, `select` the ids of those found; `cannot` tells why a scope may
 * be refused, if it may.
 * @param sizes how many random snapshots, how many of them meet the same rows, how many rows, and every how
 * manieth scope by hand is asked
 */
export async function prove(engines, sizes) {
  const [size = "quick", given] = argv.slice(2);
  const { cases, each, rows, step = 1 } = sizes[size];
  const seed = Number(given ?? (size === "quick" ? 1 : Date.now() % 1_000_000_000));
  const judge = new Tally();
  const started = performance.now();
  const told = (what) => console.log(`${what}  ${((performance.now() - started) / 1000).toFixed(1)} s`);
  try {
    for (const engine of engines) {
      await fill(engine, seedRows());
      for (const [turn, [name, question]] of SCOPES.entries())
        if (turn % step === 0) await ask(engine, name, question, judge);
    }
    told(`${Math.ceil(SCOPES.length / step)} scopes by hand`);
    console.log(`seed ${seed}`);
    for (let first = 0; first < cases; first += each)
      for (const engine of engines) {
        await fill(engine, randomRows(seed + first, rows));
        for (let number = first; number < Math.min(cases, first + each); number++)
          await ask(engine, `random ${number} of seed ${seed}`, randomCase(seed, number), judge);
      }
    told(`${cases} random snapshots`);
  } finally {
    for (const engine of engines) await engine.close?.();
  }
  process.exitCode = judge.close() ? 0 : 1;
}

async function fill(engine, rows) {
  engine.records = await engine.create(rows);
}

async function ask(engine, name, { document, user, permission, options }, judge) {
  const snapshot = await rolegate.load(JSON.stringify(document));
  const gate = snapshot.for(user, options);
  const scope = gate.scope(permission);
  const { records } = engine;
  const expected = records.filter(({ record }) => scope.matches(record)).map(({ id }) => id);
  const allowed = records.filter(({ record }) => gate.can(permission, record)).map(({ id }) => id);
  snapshot.free();
  if (expected.join() !== allowed.join()) judge.fault(engine, name, "`can` and `matches` differ", { scope });
  let filter;
  try {
    filter = engine.filter(scope);
  } catch (error) {
    const reason = error.code === "cannot-express" ? engine.cannot(scope, error) : undefined;
    if (reason === undefined) judge.fault(engine, name, `refused: ${error.stack}`, { scope });
    else judge.count("refused", `${engine.name}: ${reason}`);
    return;
  }
  try {
    const found = [...(await engine.select(filter))].sort((a, b) => a - b);
    judge.compared += records.length;
    const odd = found.find((id) => !expected.includes(id)) ?? expected.find((id) => !found.includes(id));
    if (odd === undefined && found.length === expected.length) judge.count("agreed", engine.name);
    else
      judge.fault(
        engine,
        name,
        `row ${odd} is ${found.includes(odd) ? "found and not admitted" : "not found"}`,
        {
          scope,
          filter: engine.shown?.(filter) ?? filter,
          record: records.find(({ id }) => id === odd)?.record,
        },
      );
  } catch (error) {
    judge.fault(engine, name, `${error.stack}`, { scope, filter: engine.shown?.(filter) ?? filter });
  }
}

class Tally {
  compared = 0;
  #faults = 0;
  #counts = { agreed: new Map(), refused: new Map() };

  count(kind, key) {
    this.#counts[kind].set(key, (this.#counts[kind].get(key) ?? 0) + 1);
  }

  fault({ name: engine }, name, text, shown) {
    this.#faults += 1;
    if (this.#faults > SHOWN) return;
    console.log(`FAILED ${name} on ${engine}\n       ${text}`);
    for (const [key, value] of Object.entries(shown))
      if (value !== undefined) console.log(`       ${key.padEnd(7)}${written(value)}`);
  }

  close() {
    for (const [kind, counts] of Object.entries(this.#counts))
      for (const [key, times] of [...counts].sort())
        console.log(`${kind}  ${String(times).padStart(6)}  ${key}`);
    const agreed = [...this.#counts.agreed.values()].reduce((sum, times) => sum + times, 0);
    console.log(`${this.compared} rows compared`);
    console.log(`${agreed} passed, ${this.#faults} failed`);
    return this.#faults === 0 && agreed > 0;
  }
}

const written = (value) =>
  JSON.stringify(value, (_, part) => (typeof part === "bigint" ? `${part}n` : part))?.slice(0, 6000);

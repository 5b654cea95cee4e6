// The measurements that need processes of their own, and a tenant from `target/bench/tenant-USERS.json`.

import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { sumHeld } from "../report/tables.mjs";
import { pathOf } from "../runtimes/bundle.mjs";

const WAYS = ["parse", "bytes", "text", "object"];
/** Growth of memory that cannot be noise, in MiB. */
const LEAK = { heap: 4, buffers: 1, wasm: 1, rss: 32 };

async function result(script, input) {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ["--expose-gc", path, JSON.stringify(input)],
    { maxBuffer: 2 ** 24 },
  );
  return JSON.parse(stdout);
}

export const tenantFile = (users) => pathOf(`target/bench/tenant-${users}.json`);

/** One tenant, loaded in each way in a process of its own. */
async function loads(users, repeats) {
  const ways = {};
  for (const way of WAYS) ways[way] = await result("large.mjs", { file: tenantFile(users), way, repeats });
  return { users, bytes: ways.parse.bytes, ways };
}

/** The rows about loading, in the form of the others: for each contender a list, one entry a round. */
export async function loading(users, rounds, repeats) {
  const runs = [];
  for (let round = 0; round < rounds; round += 1) runs.push((await loads(users, repeats)).ways);
  const row = (way, read) => ({
    rolegate: runs.map((run) => read(run[way])),
    "JSON.parse": runs.map(({ parse }) => read(parse)),
  });
  return {
    "load-bytes": row("bytes", ({ load }) => load),
    "load-text": row("text", ({ load }) => load),
    "load-object": row("object", ({ load }) => load),
    "load-first": row("bytes", ({ first }) => first),
    memory: row("bytes", ({ held }) => sumHeld(held)),
  };
}

/** Tenants of growing size, as far as their files are there. */
export async function growth(sizes, repeats) {
  const results = [];
  for (const users of sizes.filter((users) => existsSync(tenantFile(users))))
    results.push(await loads(users, repeats));
  return results;
}

/** Fails when gates or snapshots that are gone leave memory behind. */
export async function leaks(counts) {
  const results = await result("memory.mjs", counts);
  for (const [what, grown] of Object.entries(results))
    mustBeFlat(`${counts[what]} ${what} made and dropped`, grown);
  return results;
}

/**
 * People whom the snapshot does not list: rows in the form of the others, and what memory grew by. Fails when
 * they leave memory behind.
 */
export async function subjects(how) {
  const results = await result("subjects.mjs", how);
  mustBeFlat(`${how.different} different people who are not listed`, results.grown);
  return results;
}

function mustBeFlat(what, grown) {
  for (const [kind, most] of Object.entries(LEAK)) {
    if (grown[kind] > most) throw new Error(`${what} leave ${grown[kind].toFixed(1)} MiB more (${kind})`);
  }
}

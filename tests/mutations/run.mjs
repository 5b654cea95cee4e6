// Mutations of snapshots, gate data and scopes, tried through the package:
//
//   node tests/mutations/run.mjs [MINUTES] [SEED]        for so long (one minute), with a seed that is told
//   node tests/mutations/run.mjs case SEED NUMBER        one of them again
//
// `pkg/` must be built.

import { argv } from "node:process";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";

/** One mutation may take so long, however busy the machine is. */
const TOO_LONG = 60_000;
const WORKER = new URL("worker.mjs", import.meta.url);

/** Tries the mutations of a seed from one number to another, for so long at most. */
export async function tryMutations({ seed, from = 0, to = Infinity, milliseconds = Infinity }) {
  const at = new Int32Array(new SharedArrayBuffer(8));
  const worker = new Worker(WORKER, { workerData: { seed, from, to, until: Date.now() + milliseconds, at } });
  const failures = [];
  let done = { count: 0, loaded: 0, asked: 0, yes: 0 };
  let [steps, since] = [0, Date.now()];
  const watch = setInterval(() => {
    if (at[1] !== steps) [steps, since] = [at[1], Date.now()];
    if (Date.now() - since <= TOO_LONG) return;
    failures.push(`seed ${seed}, number ${at[0]}: it takes more than ${TOO_LONG / 1000} s`);
    worker.terminate();
  }, 1000);
  await new Promise((resolve, reject) => {
    worker.on("message", (message) => {
      if (message.failed === undefined) done = message;
      else failures.push(`seed ${seed}, number ${message.failed}: ${message.text}`);
    });
    worker.on("error", reject);
    worker.on("exit", resolve);
  }).finally(() => clearInterval(watch));
  return { ...done, failures };
}

async function main([first = "1", ...rest]) {
  const isOne = first === "case";
  const [seed, number] = [Number(rest[0] ?? Date.now() % 1_000_000), Number(rest[1])];
  const range = isOne ? { from: number, to: number + 1 } : { milliseconds: Number(first) * 60_000 };
  console.log(`seed ${seed}`);
  const { count, loaded, asked, yes, failures } = await tryMutations({ seed, ...range });
  for (const failure of failures.slice(0, 20)) console.log(`FAILED ${failure}`);
  console.log(
    `${count} mutations, of which ${loaded} load; ${asked} questions, ${yes} of them yes; ${failures.length} failed`,
  );
  process.exitCode = failures.length === 0 ? 0 : 1;
}

if (argv[1] === fileURLToPath(import.meta.url)) await main(argv.slice(2));

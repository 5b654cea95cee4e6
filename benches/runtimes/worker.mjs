// workerd: one worker, asked once.

import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { config, serveWorker } from "../../tests/runtimes/workerd.mjs";
import { bundle, pathOf } from "./bundle.mjs";

/**
 * The clock ticks in milliseconds, and a pause before it is read takes some of them. Longer samples make up
 * for fewer rounds.
 */
const SAMPLE = 40;
const FRESH = 1 << 17;

export async function workerd(how) {
  const folder = pathOf("target/bench/workerd");
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await bundle({
    entry: "runtimes/entries/worker.mjs",
    outfile: join(folder, "worker.mjs"),
    conditions: ["workerd"],
  });
  await writeFile(join(folder, "config.capnp"), config(await readdir(folder)));
  const worker = await serveWorker(folder);
  try {
    const body = JSON.stringify({
      ...how,
      sample: Math.max(how.sample, SAMPLE),
      rounds: Math.ceil(how.rounds / 2),
      fresh: FRESH,
    });
    const response = await fetch(`http://127.0.0.1:${worker.port}/`, { method: "POST", body });
    const text = await response.text();
    if (!response.ok) throw new Error(`the worker answered ${response.status}: ${text.slice(0, 500)}`);
    return JSON.parse(text);
  } finally {
    await worker.stop();
  }
}

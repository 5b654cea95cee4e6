// What every runtime does: import the library as an application would, and hand it to the suite.

import { run } from "./suite.mjs";
import { runTraps } from "./traps.mjs";
import { watch } from "./watch.mjs";

/**
 * Since now: also where the library is imported by a statement, which has to come after the import of this
 * module.
 */
const stopWatching = watch();

/**
 * @param {() => Promise<[object, object, object, object?]>} importLibrary imports `rolegate` (or
 *   `rolegate/inline`), `rolegate/lite`, `rolegate/testing` and, where its peer can be imported,
 *   `rolegate/signed`
 * @param {{ runtime: string, origin: string, embedded?: boolean, fetchesFull?: boolean, isBrief?: boolean,
 *   faulty?: { core: object, full: object }, collect?: () => unknown }} env `origin`: the loopback server of
 *   server.mjs; `fetchesFull`: the second module is there only when it was asked for; `isBrief`: without
 *   vectors and laws; `faulty`: what `init` takes for the modules that fail on demand, and only those are
 *   tested; `collect`: collects garbage
 */
export async function start(
  importLibrary,
  { runtime, origin, embedded = false, fetchesFull = false, isBrief = false, faulty, collect },
) {
  const [main, lite, testing, signed] = await importLibrary();
  const atImport = stopWatching();
  const lib = { ...main, restore: lite.restore, testing, signed };
  if (faulty !== undefined) return runTraps(lib, { faulty, collect });
  return run(lib, {
    runtime,
    embedded,
    fetchesFull,
    isBrief,
    atImport,
    readJson: async (name) => (await fetch(`${origin}/data/${name}`)).json(),
    urls: { missing: `${origin}/missing`, html: `${origin}/page`, acme: `${origin}/acme.json` },
  });
}

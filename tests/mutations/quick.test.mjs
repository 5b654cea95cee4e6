// What of the mutations ends within seconds; `run.mjs` goes on for as long as it is told to.

import assert from "node:assert/strict";
import { test } from "node:test";
import { tryMutations } from "./run.mjs";

const SEED = 2026;

test(`mutations of seed ${SEED}: each is refused for a place in it, or all answers agree`, async () => {
  const { count, loaded, asked, yes, failures } = await tryMutations({ seed: SEED, to: 200 });
  assert.deepEqual(failures.slice(0, 5), []);
  assert.equal(count, 200);
  assert.ok(
    loaded > 60 && count - loaded > 60 && yes > 200 && asked - yes > 200,
    `${loaded} of ${count} load, ${yes} of ${asked} are yes`,
  );
});

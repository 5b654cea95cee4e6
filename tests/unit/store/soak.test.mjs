// An hour with a server that fails at random, and fifty clients. The seed is printed;
// `node tests/soak/run.mjs 1 SEED` runs it again.

import { test } from "node:test";
import { hour } from "../../soak/hour.mjs";

const seed = Date.now() % 1e6;

test(`soak: an hour, a server that fails at random (seed ${seed})`, { timeout: 600_000 }, () => hour(seed));

// Random snapshots of new seeds through the package: the cases of the reference evaluator, and the laws
// between gates.
//
//   node tests/mutations/random.mjs [MINUTES] [SEED]     for so long (one minute), from a seed on that is told
//
// A failure names its seed. `pkg/` must be built.

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { argv } from "node:process";
import { fileURLToPath } from "node:url";
import * as main from "../../pkg/entries/node.js";
import { restore } from "../../pkg/lite/index.js";
import { laws } from "../package/laws.mjs";
import { Report } from "../package/report.mjs";
import { random } from "../package/vectors.mjs";

const REPOSITORY = fileURLToPath(new URL("../../", import.meta.url));
/** Snapshots that are made at a time. */
const AT_ONCE = 40;

const [minutes = "1", seed = `${Date.now() % 1_000_000_000}`] = argv.slice(2);
console.log(`seed ${seed}`);
await main.init(undefined, { full: true });
const lib = { ...main, restore };
const folder = mkdtempSync(join(tmpdir(), "rolegate-random-"));
const file = join(folder, "random.json");
const env = { readJson: () => JSON.parse(readFileSync(file, "utf8")) };
let [passed, failed] = [0, 0];
try {
  const until = Date.now() + Number(minutes) * 60_000;
  for (let first = Number(seed); Date.now() < until; first += AT_ONCE) {
    execFileSync(
      "cargo",
      ["run", "--quiet", "--example", "random", "--", `${first}`, `${first + AT_ONCE}`, file],
      { cwd: REPOSITORY },
    );
    const report = new Report();
    for (const part of [random, laws])
      await report.test(`(${part.name} ran to its end, from seed ${first} on)`, () => part(report, lib, env));
    for (const { name, message } of report.failures) console.log(`FAILED ${name}\n       ${message}`);
    passed += report.passed;
    failed += report.failures.length;
  }
} finally {
  rmSync(folder, { recursive: true });
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

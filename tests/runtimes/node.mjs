// Node, in a process of its own whose working folder is the consumer's, so that Node itself resolves the package.

import { spawn } from "node:child_process";
import { pathToFileURL } from "node:url";
import { equal, ok, Report } from "../package/report.mjs";
import { installed, startExpression, TESTS, variants } from "./installed.mjs";
import { serve } from "./server.mjs";

const MIB = 1024 * 1024;

/** What `init` takes here; `file` is the address of the wasm file. */
const INIT = [
  "new URL(file)",
  "file",
  "readFileSync(new URL(file))",
  "new WebAssembly.Module(readFileSync(new URL(file)))",
  "WebAssembly.compile(readFileSync(new URL(file)))",
  "fetch(served)",
  "served",
];

export async function node(consumer) {
  const library = installed(consumer);
  const server = await serve({ folders: { "/rolegate/": pathToFileURL(`${library.folder}/`) } });
  try {
    const results = [];
    for (const variant of variants(library, "node"))
      results.push({ name: variant.runtime, ...(await suite(consumer, variant, server.origin)) });
    results.push({ name: "node process", ...(await processTests(consumer, library, server.origin)) });
    return results;
  } finally {
    await server.close();
  }
}

function suite(consumer, variant, origin) {
  return resultOf(
    consumer,
    `
    import { start } from ${JSON.stringify(new URL("package/start.mjs", TESTS).href)};
    process.send(await ${startExpression(variant, JSON.stringify(origin))});
    process.disconnect();`,
  );
}

/** What needs a process of its own: each way to start the engine, and memory. */
async function processTests(consumer, library, origin) {
  const report = new Report();
  const wasm = library.resolve("./wasm", ["node"]);
  const prelude = `
    import { readFileSync } from "node:fs";
    import { init, load, loadSync } from "rolegate";
    import { acme, NOW } from ${JSON.stringify(new URL("package/acme.mjs", TESTS).href)};
    const file = ${JSON.stringify(new URL(wasm, pathToFileURL(`${library.folder}/`)).href)};
    const served = ${JSON.stringify(`${origin}/rolegate/${wasm}`)};`;
  for (const source of INIT) {
    await report.test(`init(${source})`, async () => {
      const answer = await resultOf(
        consumer,
        `${prelude}
        await init(${source});
        process.send(loadSync(acme()).for("cy", { now: NOW }).can("settings.labels"));
        process.disconnect();`,
      );
      equal(answer, true);
    });
  }
  await report.test("gates made and dropped within one task leave memory flat", async () => {
    const grown = await resultOf(
      consumer,
      `${prelude}
      const snapshot = await load(acme());
      const make = (count) => {
        for (let n = 0; n < count; n += 1) if (!snapshot.for("ana", { now: NOW }).can("settings.labels")) throw new Error("no");
      };
      make(20_000);
      const before = process.memoryUsage().rss;
      make(100_000);
      process.send(process.memoryUsage().rss - before);
      process.disconnect();`,
    );
    ok(grown < 64 * MIB, `memory grew by ${Math.round(grown / MIB)} MiB`);
  });
  await report.test("snapshots that are dropped without free give their memory back", async () => {
    const grown = await resultOf(
      consumer,
      `${prelude}
      const text = JSON.stringify({ ...acme(), users: Array.from({ length: 2000 }, (_, n) => ({ id: "user-" + n, roles: ["agent"] })) });
      const churn = async (count) => {
        for (let n = 0; n < count; n += 1) {
          (await load(text)).for("user-7", { now: NOW });
          if (n % 10 === 0) {
            globalThis.gc();
            await new Promise((resolve) => setTimeout(resolve));
          }
        }
      };
      await churn(50);
      const before = process.memoryUsage().rss;
      await churn(500);
      process.send(process.memoryUsage().rss - before);
      process.disconnect();`,
      ["--expose-gc"],
    );
    ok(grown < 32 * MIB, `memory grew by ${Math.round(grown / MIB)} MiB`);
  });
  return report.result();
}

/** What a script sends that runs in the consumer's folder; what it complains about is the error if it sends nothing. */
function resultOf(consumer, script, flags = []) {
  const options = { cwd: consumer, stdio: ["ignore", "inherit", "pipe", "ipc"] };
  const child = spawn(process.execPath, [...flags, "--input-type=module", "--eval", script], options);
  return new Promise((resolve, reject) => {
    let result;
    let complaints = "";
    child.stderr.on("data", (chunk) => (complaints += chunk));
    child.on("message", (message) => (result = message));
    child.on("error", reject);
    child.on("close", (code) => {
      if (result === undefined) reject(new Error(`node ended with code ${code} and no result: ${complaints.trim().slice(0, 1000)}`));
      else resolve(result);
    });
  });
}

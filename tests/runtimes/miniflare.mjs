// Miniflare: the worker of workerd.mjs, and a snapshot that its key-value store holds.

import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Log, LogLevel, Miniflare } from "miniflare";
import { acme, NOW } from "../package/acme.mjs";
import { equal, Report } from "../package/report.mjs";
import { startExpression, TESTS } from "./installed.mjs";
import { serve } from "./server.mjs";
import { bundleWorker, COMPATIBILITY_DATE, resultOfWorker } from "./workerd.mjs";

const MODULES = ["rolegate.wasm", "rolegate-full.wasm"];

/** What a store gives for a key, as the types that it can read it as. */
const TYPES = ["text", "json", "arrayBuffer"];

export async function miniflare(consumer) {
  const folder = await mkdtemp(join(tmpdir(), "rolegate-miniflare-"));
  const server = await serve();
  let machine;
  try {
    await bundleWorker(consumer, folder, workerScript("miniflare", server.origin));
    machine = new Miniflare({
      host: "127.0.0.1",
      port: 0,
      cf: false,
      log: new Log(LogLevel.ERROR),
      compatibilityDate: COMPATIBILITY_DATE,
      modules: [
        {
          type: "ESModule",
          path: "worker.mjs",
          contents: await readFile(join(folder, "worker.mjs"), "utf8"),
        },
        ...(await Promise.all(
          MODULES.map(async (path) => ({
            type: "CompiledWasm",
            path,
            contents: await readFile(join(folder, path)),
          })),
        )),
      ],
      kvNamespaces: ["SNAPSHOTS"],
    });
    const origin = String(await machine.ready);
    return [
      { name: "miniflare", ...(await resultOfWorker(origin)) },
      { name: "miniflare kv", ...(await storedTests(origin)) },
    ];
  } finally {
    await machine?.dispose();
    await server.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** A worker that runs the suite; takes a snapshot and keeps it; and answers from the one that it keeps. */
export function workerScript(runtime, origin) {
  const variant = { runtime, entry: "rolegate", embedded: false };
  return `
    import { start } from ${JSON.stringify(new URL("package/start.mjs", TESTS).pathname)};
    export default {
      async fetch(request, { SNAPSHOTS }) {
        const { pathname, searchParams } = new URL(request.url);
        if (pathname !== "/kept") return Response.json(await ${startExpression(variant, JSON.stringify(origin))});
        if (request.method === "PUT") return SNAPSHOTS.put("acme", request.body).then(() => new Response("kept"));
        const { load } = await import("rolegate");
        const snapshot = await load(SNAPSHOTS.get("acme", searchParams.get("type")));
        const gate = snapshot.for("ana", { now: ${NOW} });
        return Response.json(["sales", "support"].map((teamId) => gate.can("conversations.view", { teamId })));
      },
    };`;
}

/** Keeps a snapshot and has the worker answer from it. */
export async function storedTests(origin) {
  const report = new Report();
  const address = new URL("/kept", origin);
  await report.test("a snapshot is kept", async () =>
    equal((await fetch(address, { method: "PUT", body: JSON.stringify(acme()) })).status, 200),
  );
  for (const type of TYPES) {
    await report.test(`load(KV.get(key, "${type}"))`, async () => {
      const response = await fetch(`${address}?type=${type}`);
      equal([response.status, await response.json()], [200, [true, false]]);
    });
  }
  return report.result();
}

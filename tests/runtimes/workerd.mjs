// workerd, the runtime of Cloudflare Workers: a worker bundled with the `workerd` condition, its wasm beside
// it as a module.

import { spawn } from "node:child_process";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import binary from "workerd";
import { startExpression, TESTS } from "./installed.mjs";
import { serve } from "./server.mjs";

export const COMPATIBILITY_DATE = "2026-01-01";

export async function workerd(consumer) {
  const folder = await mkdtemp(join(tmpdir(), "rolegate-workerd-"));
  const server = await serve();
  let worker;
  try {
    await bundleWorker(consumer, folder, script(server.origin));
    await writeFile(join(folder, "config.capnp"), config(await readdir(folder)));
    worker = await serveWorker(folder);
    return [{ name: "workerd", ...(await resultOfWorker(`http://127.0.0.1:${worker.port}/`)) }];
  } finally {
    await worker?.stop();
    await server.close();
    await rm(folder, { recursive: true, force: true });
  }
}

function script(origin) {
  const variant = { runtime: "workerd", entry: "rolegate", embedded: false };
  return `
    import { start } from ${JSON.stringify(fileURLToPath(new URL("package/start.mjs", TESTS)))};
    export default {
      async fetch() {
        return Response.json(await ${startExpression(variant, JSON.stringify(origin))});
      },
    };`;
}

/** What the suite in a worker found. */
export async function resultOfWorker(address) {
  const response = await fetch(address);
  const body = await response.text();
  if (!response.ok) throw new Error(`the worker answered ${response.status}: ${body.slice(0, 500)}`);
  return JSON.parse(body);
}

/** Puts a worker into `folder`, and the wasm file beside it. */
export function bundleWorker(consumer, folder, contents) {
  return build({
    stdin: { contents, resolveDir: consumer, sourcefile: "worker.mjs" },
    bundle: true,
    format: "esm",
    platform: "neutral",
    conditions: ["workerd", "import"],
    loader: { ".wasm": "copy" },
    assetNames: "[name]",
    outfile: join(folder, "worker.mjs"),
    logLevel: "error",
  });
}

/** One worker on a free port, which may fetch from this machine only. */
export function config(files) {
  const wasm = files
    .filter((name) => name.endsWith(".wasm"))
    .map((name) => `(name = "./${name}", wasm = embed "${name}")`);
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "suite", worker = .suite), (name = "loopback", network = (allow = ["local"]))],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "suite")],
);
const suite :Workerd.Worker = (
  modules = [${[`(name = "worker.mjs", esModule = embed "worker.mjs")`, ...wasm].join(", ")}],
  compatibilityDate = "${COMPATIBILITY_DATE}",
  globalOutbound = "loopback",
);
`;
}

/** Starts workerd and waits until it says on which port it listens. */
export async function serveWorker(folder) {
  const child = spawn(binary.default, ["serve", "--control-fd=3", "config.capnp"], {
    cwd: folder,
    stdio: ["ignore", "inherit", "inherit", "pipe"],
  });
  const ended = new Promise((resolve) => child.once("close", resolve));
  const stop = () => (child.kill(), ended);
  try {
    const port = await new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code) => reject(new Error(`workerd ended with code ${code}`)));
      createInterface(child.stdio[3]).on("line", (line) => {
        const message = JSON.parse(line);
        if (message.event === "listen") resolve(message.port);
      });
    });
    return { port, pid: child.pid, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

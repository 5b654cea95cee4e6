// `wrangler dev`: a worker in a project of its own, which wrangler bundles as it would for Cloudflare.

import { spawn } from "node:child_process";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { storedTests, workerScript } from "./miniflare.mjs";
import { serve } from "./server.mjs";
import { COMPATIBILITY_DATE, resultOfWorker } from "./workerd.mjs";

const CLI = fileURLToPath(new URL("node_modules/wrangler/bin/wrangler.js", import.meta.url));
const PATIENCE = 60_000;

export async function wrangler(consumer) {
  const folder = join(consumer, "worker");
  const server = await serve();
  let worker;
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, "worker.mjs"), workerScript("wrangler", server.origin));
    await writeFile(join(folder, "wrangler.json"), JSON.stringify(CONFIG));
    worker = await dev(folder, await freePort());
    return [
      { name: "wrangler dev", ...(await resultOfWorker(worker.origin)) },
      { name: "wrangler kv", ...(await storedTests(worker.origin)) },
    ];
  } finally {
    await worker?.stop();
    await server.close();
    await rm(folder, { recursive: true, force: true });
  }
}

const CONFIG = {
  name: "rolegate-suite",
  main: "worker.mjs",
  compatibility_date: COMPATIBILITY_DATE,
  // What keeps names defines properties by a descriptor that inherits from `Object.prototype`.
  keep_names: false,
  kv_namespaces: [{ binding: "SNAPSHOTS", id: "snapshots" }],
  send_metrics: false,
};

/**
 * Starts it and waits until it says that it is ready. It keeps its files in `folder` and asks nobody on the
 * network.
 */
async function dev(folder, port) {
  const home = join(folder, "home");
  const env = {
    ...process.env,
    HOME: home,
    XDG_CONFIG_HOME: home,
    CI: "1",
    NO_COLOR: "1",
    WRANGLER_SEND_METRICS: "false",
    WRANGLER_LOG_PATH: join(home, "logs"),
    MINIFLARE_REGISTRY_PATH: join(home, "registry"),
    CLOUDFLARE_CF_FETCH_ENABLED: "false",
  };
  const args = [
    CLI,
    "dev",
    "--local",
    "--ip",
    "127.0.0.1",
    "--port",
    String(port),
    "--inspector-port",
    "0",
    "--show-interactive-dev-session=false",
  ];
  const child = spawn(process.execPath, args, {
    cwd: folder,
    env,
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  const ended = new Promise((resolve) => child.once("close", resolve));
  // It starts others, which go on when it is killed alone: they are a group of their own.
  const stop = () => (process.kill(-child.pid, "SIGTERM"), ended);
  let output = "";
  const ready = new Promise((resolve, reject) => {
    const listen = (chunk) => {
      output += chunk;
      if (output.includes("Ready on")) resolve();
    };
    child.stdout.setEncoding("utf8").on("data", listen);
    child.stderr.setEncoding("utf8").on("data", listen);
    child.once("error", reject);
    child.once("close", (code) =>
      reject(new Error(`wrangler ended with code ${code}: ${output.slice(-1000)}`)),
    );
    setTimeout(() => reject(new Error(`wrangler is not ready: ${output.slice(-1000)}`)), PATIENCE).unref();
  });
  try {
    await ready;
    return { origin: `http://127.0.0.1:${port}/`, stop };
  } catch (error) {
    if (child.exitCode === null) await stop();
    throw error;
  }
}

async function freePort() {
  const server = createServer();
  await new Promise((resolve, reject) => server.once("error", reject).listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

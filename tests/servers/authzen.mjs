// The AuthZEN handler behind real servers: node:http, and workerd.

import { once } from "node:events";
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { createHandler } from "../../pkg/authzen/index.js";
import { load } from "../../pkg/entries/node.js";
import { bundleWorker, config, serveWorker } from "../runtimes/workerd.mjs";

export const BASE_URL = "https://pdp.example.com";
export const TOKEN = "a-token-of-the-test";
const HERE = fileURLToPath(new URL("../unit/authzen/", import.meta.url));
const PACKAGE = fileURLToPath(new URL("../../pkg", import.meta.url));

/** @param world a module of tests/unit/authzen that has a `document` and hooks */
export async function onNode(world, options = {}) {
  const { document, resources, subject } = await import(`${HERE}${world}.mjs`);
  const handler = createHandler({
    baseUrl: BASE_URL,
    authenticate: isClient,
    snapshot: await load(document),
    resources,
    subject,
    ...options,
  });
  return served(handler);
}

const isClient = (request) => request.headers.get("authorization") === `Bearer ${TOKEN}` && "pep";

/** A `fetch` handler as a server of Node. */
export async function served(handler) {
  const answer = async (incoming, outgoing) => {
    const { method, url, headers } = incoming;
    const body = method === "POST" ? { body: Readable.toWeb(incoming), duplex: "half" } : {};
    const response = await handler(new Request(BASE_URL + url, { method, headers, ...body }));
    outgoing.writeHead(response.status, Object.fromEntries(response.headers));
    outgoing.end(await response.text());
  };
  const server = createServer((incoming, outgoing) => {
    answer(incoming, outgoing).catch(() => outgoing.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: server.address().port,
    stop: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

/**
 * The same in workerd. `script` is what was bundled.
 * @param world the name of such a module, or a path
 * @param options as script
 * @param fetch what answers, as script
 */
export async function onWorkerd(world, options = "{}", fetch = "handler") {
  const folder = await mkdtemp(join(tmpdir(), "rolegate-authzen-"));
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    // A project of its own, whatever lies around it.
    await writeFile(join(folder, "package.json"), '{ "private": true }');
    await mkdir(join(folder, "node_modules"));
    await symlink(PACKAGE, join(folder, "node_modules", "rolegate"));
    const out = join(folder, "out");
    await mkdir(out);
    await bundleWorker(
      folder,
      out,
      workerOf(world.includes("/") ? world : `${HERE}${world}.mjs`, options, fetch),
    );
    await writeFile(join(out, "config.capnp"), config(await readdir(out)));
    const { port, pid, stop } = await serveWorker(out);
    const script = await readFile(join(out, "worker.mjs"), "utf8");
    return { port, pid, script, stop: () => stop().then(remove) };
  } catch (error) {
    await remove();
    throw error;
  }
}

function workerOf(path, options, fetch) {
  return `
    import { load } from "rolegate";
    import { createHandler } from "rolegate/authzen";
    import * as world from ${JSON.stringify(path)};
    let loaded;
    const handler = createHandler({
      baseUrl: ${JSON.stringify(BASE_URL)},
      authenticate: (request) => request.headers.get("authorization") === ${JSON.stringify(`Bearer ${TOKEN}`)} && "pep",
      snapshot: () => (loaded ??= load(world.document)),
      resources: world.resources,
      subject: world.subject,
      ...${options},
    });
    const fetch = ${fetch};
    export default { fetch };`;
}

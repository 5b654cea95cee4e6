// The server of the demo page.

import { equal, match, ok } from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const SCRIPT = fileURLToPath(new URL("../../../www/serve.mjs", import.meta.url));

/** Starts the server; resolves to the process and what it prints first. */
async function started(...args) {
  const server = spawn(process.execPath, [SCRIPT, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  const said = await Promise.race([once(server.stdout, "data"), once(server.stderr, "data")]);
  return { server, said: String(said[0]) };
}

/** What the server answers to a request line as it stands, which `fetch` would have tidied. */
async function raw(port, target) {
  const socket = connect(port, "127.0.0.1");
  socket.write(`GET ${target} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n`);
  const chunks = [];
  for await (const chunk of socket) chunks.push(chunk);
  return String(Buffer.concat(chunks)).split("\r\n")[0];
}

test("the server of the demo page", async (t) => {
  const { server, said } = await started("0");
  t.after(() => server.kill());
  const { origin, port } = new URL(/http:\S+/.exec(said)[0]);

  await t.test("serves the page, its data and the package, each with its type", async () => {
    const types = {
      "/": "text/html",
      "/www/": "text/html",
      "/www/page.mjs": "text/javascript",
      "/www/page.css": "text/css",
      "/www/samples/desk.json": "application/json",
      "/pkg/entries/browser.js": "text/javascript",
      "/pkg/rolegate.wasm": "application/wasm",
    };
    for (const [path, type] of Object.entries(types)) {
      const response = await fetch(origin + path);
      equal(response.status, 200, path);
      ok(response.headers.get("content-type").startsWith(type), path);
      await response.arrayBuffer();
    }
  });
  await t.test("serves nothing else", async () => {
    const targets = [
      "/README.md",
      "/www",
      "/../README.md",
      "/www/../../README.md",
      "/www/..%2fREADME.md",
      "/www/%2e%2e/README.md",
      "/www//etc/hostname",
    ];
    targets.push(
      "/www/file:///etc/hostname",
      "/pkg/..%5c..%5cREADME.md",
      "/www/samples/",
      "//",
      "*",
      "http://elsewhere/README.md",
    );
    for (const target of targets) match(await raw(port, target), /^HTTP\/1\.1 (404|302) /, target);
    equal((await fetch(`${origin}/www/`)).status, 200, "it still runs");
  });
  await t.test("says in one sentence that a port is taken, or that it is none", async () => {
    match((await started(port)).said, /^port \d+ is taken: name another one, `cargo xtask serve \d+`\n$/);
    for (const wrong of ["http", "70000", "-1"]) match((await started(wrong)).said, /^not a port: /);
  });
});

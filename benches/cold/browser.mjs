// Cold starts in Chromium on a slow line: from the address to the first answer, with everything that is
// downloaded for it.

import { readFile } from "node:fs/promises";
import { brotliCompressSync } from "node:zlib";
import { html } from "../../tests/runtimes/browser.mjs";
import { serve } from "../../tests/runtimes/server.mjs";
import { launch } from "../runtimes/browser.mjs";
import { programs as made, question } from "./programs.mjs";

/** A slow line of a mobile network, as page audits take it: 1.6 Mbit/s and 150 ms there and back. */
const LINE = {
  offline: false,
  latency: 150,
  downloadThroughput: 1_600_000 / 8,
  uploadThroughput: 750_000 / 8,
};

const TYPES = { mjs: "text/javascript", json: "application/json", wasm: "application/wasm" };

async function compressed(file) {
  const headers = { "content-encoding": "br", "cache-control": "max-age=60" };
  return { type: TYPES[file.split(".").at(-1)], body: brotliCompressSync(await readFile(file)), headers };
}

/** A page that names early what it will need, as a careful team writes it, whichever package it uses. */
function page({ entry, wasm }) {
  const preload = (address) => `<link rel="preload" as="fetch" crossorigin href="${address}">`;
  const early = [preload(`/${entry}/data.json`), ...(wasm ? [preload("/rolegate.wasm")] : [])].join("");
  return html(`<link rel="modulepreload" href="/${entry}/main.mjs">${early}<script type="module">
    import { first } from "/${entry}/main.mjs";
    const answer = await first(fetch("/${entry}/data.json").then((response) => response.text()), ${JSON.stringify(question)});
    window.result = { answer, time: performance.now() };
  </script>`);
}

/** @returns {Promise<Record<string, number[]>>} milliseconds, for each program and round */
export async function coldInChromium(rounds) {
  const { folder, programs } = await made("browser");
  const server = await serve();
  server.pages.set("/rolegate.wasm", await compressed(`${folder}/rolegate.wasm`));
  for (const program of programs) {
    server.pages.set(`/${program.entry}/`, page(program));
    server.pages.set(`/${program.entry}/main.mjs`, await compressed(program.script));
    server.pages.set(`/${program.entry}/data.json`, await compressed(program.file));
  }
  const browser = await launch();
  try {
    const results = Object.fromEntries(programs.map(({ name }) => [name, []]));
    for (let round = 0; round < rounds; round += 1) {
      for (const { name, entry } of programs)
        results[name].push(await visit(browser, `${server.origin}/${entry}/`));
    }
    return results;
  } finally {
    await browser.close();
    await server.close();
  }
}

/** In a context of its own, which has nothing in its cache. */
async function visit(browser, address) {
  const context = await browser.newContext();
  try {
    const tab = await context.newPage();
    const session = await context.newCDPSession(tab);
    await session.send("Network.enable");
    await session.send("Network.emulateNetworkConditions", LINE);
    await tab.goto(address);
    await tab.waitForFunction("window.result !== undefined");
    const { answer, time } = await tab.evaluate("window.result");
    if (answer !== true) throw new Error(`${address} answers ${answer}`);
    return time;
  } finally {
    await context.close();
  }
}

// Chromium: a page by itself, whose clock is as fine as a page's can be.

import { readFile } from "node:fs/promises";
import { chromium as browserType } from "playwright-core";
import { html } from "../../tests/runtimes/browser.mjs";
import { executable, FLAGS } from "../../tests/runtimes/chromium.mjs";
import { serve } from "../../tests/runtimes/server.mjs";
import { bundle, pathOf } from "./bundle.mjs";

const ISOLATED = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
};

export async function chromium(how) {
  const script = pathOf("target/bench/chromium/main.js");
  await bundle({
    entry: "runtimes/entries/page.mjs",
    outfile: script,
    conditions: ["browser"],
    platform: "browser",
  });
  const server = await serve();
  server.pages.set("/", html('<script type="module" src="/main.js"></script>', ISOLATED));
  server.pages.set("/main.js", { type: "text/javascript", body: await readFile(script), headers: ISOLATED });
  server.pages.set("/rolegate.wasm", {
    type: "application/wasm",
    body: await readFile(pathOf("pkg/rolegate.wasm")),
    headers: ISOLATED,
  });
  const browser = await launch();
  try {
    const page = await browser.newPage();
    await page.goto(server.origin);
    await page.waitForFunction("window.measure !== undefined && crossOriginIsolated");
    return await page.evaluate(`window.measure(${JSON.stringify(how)})`);
  } finally {
    await browser.close();
    await server.close();
  }
}

export function launch() {
  return browserType.launch({ executablePath: executable(), args: FLAGS });
}

// Chromium: the installed files as they are, by `<script type="module">` and an import map; and a page bundled with esbuild.

import { accessSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import { chromium as browserType } from "playwright-core";
import { installed, startExpression, TESTS, variants } from "./installed.mjs";
import { serve } from "./server.mjs";

const CONDITIONS = ["browser"];
const ORIGIN = "location.origin";
/** Root may run it, and it talks to nobody but the page's own server. */
const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

export async function chromium(consumer) {
  const library = installed(consumer);
  const server = await serve({ folders: { "/rolegate/": pathToFileURL(`${library.folder}/`) } });
  const browser = await browserType.launch({ executablePath: executable(), args: FLAGS });
  try {
    const results = [];
    for (const variant of variants(library, "chromium")) {
      server.pages.set("/suite", unbundled(library, variant));
      results.push({ name: variant.runtime, ...(await resultOf(browser, `${server.origin}/suite`)) });
    }
    for (const variant of variants(library, "chromium bundled")) {
      for (const [path, page] of await bundled(consumer, library, variant)) server.pages.set(path, page);
      results.push({ name: variant.runtime, ...(await resultOf(browser, `${server.origin}/bundled/`)) });
    }
    results.push({ name: "chromium faults", ...(await faults(browser, server, library)) });
    return results;
  } finally {
    await browser.close();
    await server.close();
  }
}

function executable() {
  const candidates = [process.env.CHROME, "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].filter(Boolean);
  const found = candidates.find((path) => {
    try {
      accessSync(path);
      return true;
    } catch {
      return false;
    }
  });
  if (found === undefined) throw new Error("no Chromium: install it (on Debian: apt-get install chromium), or name it in CHROME");
  return found;
}

const html = (head, headers) => ({ type: "text/html; charset=utf-8", body: `<!doctype html><meta charset="utf-8"><title>rolegate</title>${head}`, headers });

const importMap = (library) => {
  const address = (entry) => `/rolegate/${library.resolve(entry, CONDITIONS).replace(/^\.\//, "")}`;
  const entries = [".", "./lite", "./inline"].filter(library.has);
  return `<script type="importmap">${JSON.stringify({ imports: Object.fromEntries(entries.map((entry) => [`rolegate${entry.slice(1)}`, address(entry)])) })}</script>`;
};

function unbundled(library, variant) {
  return html(`${importMap(library)}<script type="module">
    import { start } from "/tests/package/start.mjs";
    window.result = ${startExpression(variant, ORIGIN)};
  </script>`);
}

/** The page, its script and, since esbuild leaves `new URL("….wasm", import.meta.url)` alone, the wasm where the script looks for it. */
async function bundled(consumer, library, variant) {
  const folder = await mkdtemp(join(tmpdir(), "rolegate-bundle-"));
  try {
    const contents = `
      import { start } from ${JSON.stringify(fileURLToPath(new URL("package/start.mjs", TESTS)))};
      window.result = ${startExpression(variant, ORIGIN)};`;
    await build({
      stdin: { contents, resolveDir: consumer, sourcefile: "app.mjs" },
      bundle: true,
      minify: true,
      format: "esm",
      platform: "browser",
      conditions: ["import"],
      outfile: join(folder, "app.js"),
      logLevel: "error",
    });
    const pages = new Map([["/bundled/", html('<script type="module" src="/bundled/app.js"></script>')]]);
    for (const name of await readdir(folder)) pages.set(`/bundled/${name}`, { type: "text/javascript", body: await readFile(join(folder, name)) });
    const script = await readFile(join(folder, "app.js"), "utf8");
    for (const [, path] of script.matchAll(/new URL\("([^"]+\.wasm)",import\.meta\.url\)/g)) {
      const { pathname } = new URL(path, "http://localhost/bundled/app.js");
      pages.set(pathname, { type: "application/wasm", body: await readFile(join(library.folder, library.resolve("./wasm", CONDITIONS))) });
    }
    return pages;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Opens the page and waits for what its suite found. */
async function resultOf(browser, address) {
  const page = await browser.newPage();
  try {
    const broken = new Promise((_, reject) => page.once("pageerror", reject));
    await page.goto(address);
    await Promise.race([page.waitForFunction("window.result !== undefined"), broken]);
    return await Promise.race([page.evaluate("window.result"), broken]);
  } finally {
    await page.close();
  }
}

/** What only a real page shows: the wasm that does not come at first, and a policy that forbids it. */
async function faults(browser, server, library) {
  const failures = [];
  let passed = 0;
  const test = async (name, page, body) => {
    const tab = await browser.newPage();
    try {
      server.pages.set("/fault", page);
      await tab.goto(`${server.origin}/fault`);
      await body(tab);
      passed += 1;
    } catch (error) {
      failures.push({ name, message: error.message });
    } finally {
      await tab.close();
    }
  };
  const answer = async (tab) => tab.evaluate(`(async () => {
    const { load, RolegateError } = await import("rolegate");
    try {
      const snapshot = await load(fetch("/acme.json"));
      return "answers " + snapshot.for("cy", { now: Date.parse("2026-11-20T12:00:00Z") }).can("settings.labels");
    } catch (error) {
      return error instanceof RolegateError ? error.code + ": " + error.message : "not ours: " + error;
    }
  })()`);
  const expect = (actual, pattern) => {
    if (!pattern.test(actual)) throw new Error(`expected ${pattern}, got ${JSON.stringify(actual)}`);
  };
  const wasmAnswers = {
    "a 404 instead of the wasm": [{ status: 404, contentType: "text/plain", body: "not found" }, /404/],
    "a page instead of the wasm": [{ status: 200, contentType: "text/html", body: "<!doctype html>" }, /html/i],
    "an empty answer instead of the wasm": [{ status: 200, contentType: "application/wasm", body: "" }, /./],
  };
  for (const [name, [fault, message]] of Object.entries(wasmAnswers)) {
    await test(`${name}: an error that can be caught, and the next load works`, html(importMap(library)), async (tab) => {
      await tab.route("**/*.wasm", (route) => route.fulfill(fault));
      const first = await answer(tab);
      expect(first, /^(wasm-missing|wasm-blocked|fetch-failed): /);
      expect(first, message);
      await tab.unroute("**/*.wasm");
      expect(await answer(tab), /^answers true$/);
    });
  }
  await test("the wasm served with the wrong type still loads", html(importMap(library)), async (tab) => {
    await tab.route("**/*.wasm", async (route) => route.fulfill({ response: await route.fetch(), contentType: "application/octet-stream" }));
    expect(await answer(tab), /^answers true$/);
  });
  const address = `/rolegate/${library.resolve("./wasm", CONDITIONS)}`;
  for (const source of ["address", "new URL(address, location)", "await fetch(address)", "fetch(address)", "await (await fetch(address)).arrayBuffer()", "WebAssembly.compileStreaming(fetch(address))"]) {
    await test(`init(${source})`, html(importMap(library)), async (tab) => {
      const told = await tab.evaluate(`(async () => {
        const { init, loadSync } = await import("rolegate");
        const address = ${JSON.stringify(address)};
        await init(${source});
        return loadSync(await (await fetch("/acme.json")).text()).users().length;
      })()`);
      if (!(told > 0)) throw new Error(`the snapshot has ${told} users`);
    });
  }
  const policy = (scripts) => ({ "content-security-policy": `default-src 'self'; script-src 'self' 'unsafe-inline' ${scripts}` });
  await test("a policy that forbids wasm: an error that says so", html(importMap(library), policy("")), async (tab) => {
    const told = await answer(tab);
    expect(told, /^wasm-blocked: /);
    expect(told, /wasm-unsafe-eval/);
  });
  await test("a policy with 'wasm-unsafe-eval' is enough", html(importMap(library), policy("'wasm-unsafe-eval'")), async (tab) => {
    expect(await answer(tab), /^answers true$/);
  });
  return { passed, failed: failures.length, pending: 0, failures, skipped: [] };
}

// Chromium: the installed files as they are, by `<script type="module">` and an import map; and a page bundled with esbuild.

import { accessSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import { chromium as browserType } from "playwright-core";
import { NOW } from "../package/acme.mjs";
import { equal, ok, Report } from "../package/report.mjs";
import { installed, startExpression, TESTS, variants } from "./installed.mjs";
import { demoPage } from "./page.mjs";
import { serve } from "./server.mjs";

const CONDITIONS = ["browser"];
const ORIGIN = "location.origin";
/** Root may run it, and it talks to nobody but the page's own server. */
export const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export async function chromium(consumer) {
  const library = installed(consumer);
  const folder = pathToFileURL(`${library.folder}/`);
  const server = await serve({ folders: { "/rolegate/": folder, "/pkg/": folder, "/www/": new URL("../www/", TESTS) } });
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
    results.push({ name: "chromium pages", ...(await pages(browser, server, library)) });
    results.push({ name: "chromium demo", ...(await demoPage(browser, server)) });
    return results;
  } finally {
    await browser.close();
    await server.close();
  }
}

export function executable() {
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

export const html = (head, headers) => ({
  type: "text/html; charset=utf-8",
  body: `<!doctype html><meta charset="utf-8"><title>rolegate</title>${head}`,
  headers,
});

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
    for (const name of await readdir(folder))
      pages.set(`/bundled/${name}`, { type: "text/javascript", body: await readFile(join(folder, name)) });
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

/** What only a real page shows: where the wasm may come from, what happens when it does not, a policy that forbids it. */
async function pages(browser, server, library) {
  const report = new Report();
  const address = `/rolegate/${library.resolve("./wasm", CONDITIONS)}`;
  const test = (name, page, body) =>
    report.test(name, async () => {
      const tab = await browser.newPage();
      try {
        server.pages.set("/empty", page);
        await tab.goto(`${server.origin}/empty`);
        await body(tab);
      } finally {
        await tab.close();
      }
    });

  for (const source of [
    "address",
    "new URL(address, location)",
    "await fetch(address)",
    "fetch(address)",
    "await (await fetch(address)).arrayBuffer()",
    "WebAssembly.compileStreaming(fetch(address))",
  ]) {
    await test(`init(${source})`, html(importMap(library)), async (tab) => {
      equal(
        await tab.evaluate(`(async () => {
        const { init, loadSync } = await import("rolegate");
        const address = ${JSON.stringify(address)};
        await init(${source});
        return loadSync(await (await fetch("/acme.json")).text()).for("cy", { now: ${NOW} }).can("settings.labels");
      })()`),
        true,
      );
    });
  }

  /** What `load` comes to: an answer, or the code and message of the error. */
  const outcome = (tab) =>
    tab.evaluate(`(async () => {
    const { load, RolegateError } = await import("rolegate");
    try {
      const snapshot = await load(fetch("/acme.json"));
      return "answers " + snapshot.for("cy", { now: ${NOW} }).can("settings.labels");
    } catch (error) {
      return error instanceof RolegateError ? error.code + ": " + error.message : "not of this package: " + error;
    }
  })()`);
  const faults = {
    "a 404 instead of the wasm": [{ status: 404, contentType: "text/plain", body: "not found" }, /^fetch-failed: .*404/],
    "a page instead of the wasm": [
      { status: 200, contentType: "text/html", body: "<!doctype html>" },
      /^(fetch-failed|wasm-missing): .*html/i,
    ],
    "an empty answer instead of the wasm": [{ status: 200, contentType: "application/wasm", body: "" }, /^(fetch-failed|wasm-missing): /],
  };
  for (const [name, [fault, expected]] of Object.entries(faults)) {
    await test(`${name}: an error that can be caught, and the next load works`, html(importMap(library)), async (tab) => {
      await tab.route("**/*.wasm", (route) => route.fulfill(fault));
      matches(await outcome(tab), expected);
      await tab.unroute("**/*.wasm");
      equal(await outcome(tab), "answers true");
    });
  }
  await test("the wasm served with the wrong type still loads", html(importMap(library)), async (tab) => {
    await tab.route("**/*.wasm", async (route) =>
      route.fulfill({ response: await route.fetch(), contentType: "application/octet-stream" }),
    );
    equal(await outcome(tab), "answers true");
  });

  const policy = (scripts) => ({ "content-security-policy": `default-src 'self'; script-src 'self' 'unsafe-inline' ${scripts}` });
  await test(
    "a policy that forbids wasm: an error that says what to allow, and lite answers",
    html(importMap(library), policy("")),
    async (tab) => {
      matches(await outcome(tab), /^wasm-blocked: .*wasm-unsafe-eval/);
      equal(await tab.evaluate('import("rolegate/lite").then(({ restore }) => typeof restore)'), "function");
    },
  );
  await test("a policy with 'wasm-unsafe-eval' is enough", html(importMap(library), policy("'wasm-unsafe-eval'")), async (tab) => {
    equal(await outcome(tab), "answers true");
  });
  return report.result();
}

function matches(text, pattern) {
  ok(pattern.test(text), `expected ${pattern}, got ${JSON.stringify(text)}`);
}

// Chromium: the installed files as they are, by `<script type="module">` and an import map; and a page
// bundled with esbuild.

import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { chromium as browserType } from "playwright-core";
import { FETCHING, html, RESULT, resultOf, suites, withServer } from "./browser.mjs";
import { dom } from "./dom.mjs";
import { startExpression, TESTS, variants } from "./installed.mjs";
import { live } from "./live.mjs";
import { demoPage } from "./page.mjs";
import { pages } from "./pages.mjs";
import { firstThere } from "./programs.mjs";

const PLACES = [
  process.env.CHROME,
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
];
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

export const chromium = (consumer) =>
  withBrowser(consumer, async (browser, place) => {
    const { library, server } = place;
    const results = await suites(browser, place, "chromium", { pages: true, prepare });
    for (const variant of variants(library, "chromium bundled", FETCHING)) {
      for (const [path, page] of await bundled(consumer, library, { ...variant, isBrief: true }))
        server.pages.set(path, page);
      results.push({ name: variant.runtime, ...(await resultOf(browser, `${server.origin}/bundled/`)) });
    }
    return results;
  });

/** What is tested by driving a page: by mouse, by keyboard, in several tabs. All of it waits more than it computes. */
export const chromiumPages = (consumer) =>
  withBrowser(consumer, async (browser, place) => {
    const parts = {
      pages: pages(browser, place),
      dom: dom(browser, place),
      demo: demoPage(browser, place.server),
      live: liveTabs(place),
    };
    // Each of them ends before the browser is closed, also where another fails.
    const outcomes = await Promise.allSettled(Object.values(parts));
    return Object.keys(parts).map((part, index) => {
      const { value, reason } = outcomes[index];
      if (value === undefined) throw reason;
      return { name: `chromium ${part}`, ...value };
    });
  });

/** In a browser of its own, where tabs may crash, with the back/forward cache that users have. */
async function liveTabs(place) {
  const browser = await browserType.launch({
    executablePath: executable(),
    args: FLAGS,
    ignoreDefaultArgs: ["--disable-back-forward-cache"],
  });
  try {
    return await live(
      {
        open: () => browser.newContext(),
        crash: (tab) => tab.goto("chrome://crash").catch(() => {}),
        isCached: true,
      },
      place,
    );
  } finally {
    await browser.close();
  }
}

const prepare = (page) => page.exposeFunction("collect", () => page.requestGC());

export const chromiumWorkers = (consumer) =>
  withBrowser(consumer, (browser, place) => suites(browser, place, "chromium", { workers: true }));

function withBrowser(consumer, action) {
  return withServer(consumer, async (place) => {
    const browser = await browserType.launch({ executablePath: executable(), args: FLAGS });
    try {
      return await action(browser, place);
    } finally {
      await browser.close();
    }
  });
}

export const executable = () =>
  firstThere(PLACES, "no Chromium: install it (on Debian: apt-get install chromium), or name it in CHROME");

/**
 * The page, its script and, since esbuild leaves `new URL("….wasm", import.meta.url)` alone, the wasm where
 * the script looks for it.
 */
async function bundled(consumer, library, variant) {
  const folder = await mkdtemp(join(tmpdir(), "rolegate-bundle-"));
  try {
    const contents = `
      import { start } from ${JSON.stringify(fileURLToPath(new URL("package/start.mjs", TESTS)))};
      done(${startExpression(variant, "location.origin")});`;
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
    const pages = new Map([
      ["/bundled/", html(`${RESULT}<script type="module" src="/bundled/app.js"></script>`)],
    ]);
    for (const name of await readdir(folder))
      pages.set(`/bundled/${name}`, { type: "text/javascript", body: await readFile(join(folder, name)) });
    const script = await readFile(join(folder, "app.js"), "utf8");
    for (const [, path] of script.matchAll(/new URL\("([^"]+\.wasm)",import\.meta\.url\)/g)) {
      const { pathname } = new URL(path, "http://localhost/bundled/app.js");
      pages.set(pathname, {
        type: "application/wasm",
        body: await readFile(join(library.folder, basename(path))),
      });
    }
    return pages;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

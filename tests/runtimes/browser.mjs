// What Chromium and Firefox have in common: pages, workers, and the server that they talk to. A browser is
// anything with `newPage`, whose pages have `goto`, `evaluate` of an expression, `once("pageerror", …)` and
// `close`.

import { readFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import { notRun } from "../package/report.mjs";
import { FAULTY, importStatements, installed, startExpression, TESTS, variants } from "./installed.mjs";
import { serve } from "./server.mjs";

export const CONDITIONS = ["browser"];
/** Of the variants in browsers. */
export const FETCHING = { fetchesFull: true };
const WORKING = { ...FETCHING, hasPeers: false };
const ORIGIN = "location.origin";
const SCRIPT = "text/javascript";

/** Runs `action` with a server of the package and of all that tests of browsers need. */
export async function withServer(consumer, action) {
  const library = installed(consumer);
  const folder = pathToFileURL(`${library.folder}/`);
  const server = await serve({
    folders: {
      "/rolegate/": folder,
      "/pkg/": folder,
      "/jose/": new URL("../jose/", folder),
      "/www/": new URL("../www/", TESTS),
    },
  });
  try {
    for (const [name, file] of Object.entries(FAULTY))
      server.pages.set(`/faulty-${name}.wasm`, { type: "application/wasm", body: await readFile(file) });
    return await action({ consumer, library, server });
  } finally {
    await server.close();
  }
}

export const html = (head, headers) => ({
  type: "text/html; charset=utf-8",
  body: `<!doctype html><meta charset="utf-8"><title>rolegate</title>${head}`,
  headers,
});

/** The address of an entry's file, as a resolver for browsers picks it. */
export const addressOf = (library) => (entry) =>
  `/rolegate/${library.resolve(entry.replace(/^rolegate/, "."), CONDITIONS).replace(/^\.\//, "")}`;

const BUNDLED = ["rolegate", "rolegate/lite", "rolegate/testing", "rolegate/store", "rolegate/dom"];

/** Entries as bundlers find them; with `scripts` as pages without one are told to. */
export const importMap = (library, scripts = false) => {
  const imports = Object.fromEntries(
    [...BUNDLED, "rolegate/inline", "rolegate/signed", "rolegate/store/storage", "rolegate/store/tabs"].map(
      (entry) => [entry, addressOf(library)(entry)],
    ),
  );
  if (scripts) for (const entry of BUNDLED) imports[entry] = `/rolegate/script/${entry.split("/").at(-1)}.js`;
  imports.jose = "/jose/dist/webapi/index.js";
  return `<script type="importmap">${JSON.stringify({ imports })}</script>`;
};

/** For a page to begin with, which gives `done` its result or `failed` an error. */
export const RESULT =
  "<script>window.result = new Promise((done, failed) => Object.assign(window, { done, failed }));</script>";

/**
 * The suite in a page: the installed files as they are, by an import map. With the wasm that fails on demand,
 * where `faulty`.
 */
export function unbundled(library, variant) {
  return html(`${RESULT}${importMap(library, variant.scripts)}<script type="module">
    import { start } from "/tests/package/start.mjs";
    done(${startExpression(variant, ORIGIN)});
  </script>`);
}

/** The wasm that fails on demand. `window.collect` collects garbage, where the driver of the browser can. */
export const faulty = (runtime) => ({
  runtime: `${runtime} traps`,
  entry: "rolegate",
  embedded: false,
  faulty: '{ core: "/faulty-core.wasm", full: "/faulty-full.wasm" }',
  collect: "window.collect",
});

/** The suite in pages and in both kinds of worker. `prepare` gets each page before it is opened. */
export async function suites(browser, { library, server }, name, { workers, pages, prepare }) {
  const results = [];
  const run = async (runtime, path) =>
    results.push({
      name: runtime,
      ...(await resultOf(browser, server.origin + path, prepare).catch(notRun)),
    });
  const [plain, ...others] = variants(library, name, FETCHING);
  // `rolegate/signed` has no script: there it would be of another copy of the package.
  const scripts = { ...plain, runtime: `${name} script`, scripts: true, isBrief: true, hasPeers: false };
  for (const variant of pages ? [plain, scripts, ...others, faulty(name)] : []) {
    server.pages.set("/suite", unbundled(library, variant));
    await run(variant.runtime, "/suite");
  }
  for (const variant of workers ? variants(library, `${name} worker`, WORKING) : []) {
    putWorker(server, library, variant);
    await run(variant.runtime, "/worker");
  }
  for (const variant of workers ? variants(library, `${name} service worker`, WORKING) : []) {
    putServiceWorker(server, library, variant);
    await run(variant.runtime, "/service-worker");
  }
  return results;
}

/** A page with a module worker. Workers have no import maps: they import addresses. */
function putWorker({ pages }, library, variant) {
  const script = `
    import { start } from "/tests/package/start.mjs";
    postMessage(await ${startExpression(variant, ORIGIN, { specifier: addressOf(library) })});`;
  pages.set("/worker.js", { type: SCRIPT, body: script });
  pages.set(
    "/worker",
    html(`${RESULT}<script type="module">
      const worker = new Worker("/worker.js", { type: "module" });
      worker.onmessage = ({ data }) => done(data);
      worker.onerror = ({ message }) => failed(new Error("the worker failed: " + message));
    </script>`),
  );
}

/** A page with a service worker, which has no `import()` either. */
function putServiceWorker({ pages }, library, variant) {
  const script = `
    import { start } from "/tests/package/start.mjs";
    ${importStatements(variant, addressOf(library))}
    addEventListener("install", () => skipWaiting());
    addEventListener("message", (event) => {
      const result = ${startExpression(variant, ORIGIN, { dynamic: false })};
      event.waitUntil(result.then((found) => event.ports[0].postMessage(found)));
    });`;
  pages.set("/service-worker.js", { type: SCRIPT, body: script });
  pages.set(
    "/service-worker",
    html(`${RESULT}<script type="module">
      const registration = await navigator.serviceWorker.register("/service-worker.js", { type: "module", scope: "/${variant.runtime}" }).catch(failed);
      const { installing: worker } = registration;
      worker.onstatechange = () => {
        if (worker.state !== "activated") return;
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = ({ data }) => registration.unregister().then(() => done(data));
        worker.postMessage("start", [port2]);
      };
    </script>`),
  );
}

/** Opens the page and waits for what its suite found. */
export async function resultOf(browser, address, prepare = async () => {}) {
  const page = await browser.newPage();
  try {
    const broken = new Promise((_, reject) => page.once("pageerror", reject));
    broken.catch(() => {});
    await prepare(page);
    await page.goto(address);
    return await Promise.race([page.evaluate("window.result"), broken]);
  } finally {
    await page.close();
  }
}

// `rolegate/store` in real tabs, with the browser's own locks, channels, databases and caches, against a
// server over HTTP.

import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { acme } from "../package/acme.mjs";
import { equal, ok, Report } from "../package/report.mjs";
import { html, importMap } from "./browser.mjs";

const PATIENCE = 20_000;
const API = "/me/roles";

/** What a page has: `make` makes the store of the page. */
const SCRIPT = `<script type="module">
  import { createStore } from "rolegate/store";
  import { indexedDb } from "rolegate/store/storage";
  import { shareTabs } from "rolegate/store/tabs";
  window.errors = [];
  window.events = [];
  window.make = ({ isStored, isShared, isPushed, ...options } = {}) => {
    const push = (look) => {
      const source = new EventSource("/me/changes");
      source.onmessage = look;
      return () => source.close();
    };
    window.store = createStore({
      url: "${API}", user: "ana", tenant: "acme", onError: ({ code }) => errors.push(code),
      ...(isStored && { storage: indexedDb() }), ...(isShared && { tabs: shareTabs() }), ...(isPushed && { push }), ...options,
    });
    store.subscribe(({ reason, status, changes }) => events.push({ reason, status, changes: changes.length, at: Date.now() }));
  };
  window.state = () => [store.status, store.gate.can("c.reply", { owner: "bo" }) ? "all" : store.gate.can("c.reply", { owner: "ana" }) ? "own" : "none"].join();
  window.addEventListener("pageshow", ({ persisted }) => (window.wasCached = persisted));
  window.isLoaded = true;
</script>`;

function dataOf(grant, { revision = 7, ...rest } = {}) {
  const any = { all: [{}], own: [{ own: true }] }[grant];
  return {
    format: "rolegate-gate/1",
    user: "ana",
    tenant: "acme",
    revision,
    at: Date.now(),
    ids: ["c.reply"],
    rules: [0],
    table: [{ scoped: true, any }],
    ...rest,
  };
}

/** What the server says at the address of the roles, and what it was asked. */
class Api {
  requests = [];
  streams = new Set();
  fault = undefined;

  publish(body, headers = {}) {
    Object.assign(this, {
      body: typeof body === "string" ? body : JSON.stringify(body),
      headers,
      fault: undefined,
    });
    this.etag = `"${Math.random()}"`;
  }

  answer = (request, response) => {
    this.requests.push(request.headers["if-none-match"]);
    const headers = {
      "content-type": "application/json",
      "cache-control": "private, no-cache",
      etag: this.etag,
      ...this.headers,
    };
    if (this.fault !== undefined) return this.fault(response, headers);
    const isSame = request.headers["if-none-match"] === this.etag;
    response.writeHead(isSame ? 304 : 200, headers).end(isSame ? undefined : this.body);
  };

  stream = (request, response) => {
    this.streams.add(response);
    request.on("close", () => this.streams.delete(response));
    response
      .writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" })
      .write(": hello\n\n");
  };

  push() {
    for (const response of this.streams) response.write("data: anything\n\n");
  }
}

const FAULTS = {
  ...Object.fromEntries(
    [204, 206, 400, 408, 409, 425, 429, 500, 502, 503, 504].map((status) => [
      `status ${status}`,
      (response, headers) => response.writeHead(status, headers).end(status === 204 ? undefined : "{}"),
    ]),
  ),
  "a hotel's page": (response, headers) =>
    response
      .writeHead(200, { ...headers, "content-type": "text/html" })
      .end("<!doctype html><title>Welcome</title>"),
  "a redirection to a page": (response) => response.writeHead(302, { location: "/page" }).end(),
  "a body that breaks off": (response, headers) => {
    response.writeHead(200, { ...headers, "content-length": 500 }).write('{"format":');
    setTimeout(() => response.destroy(), 20);
  },
  "a connection that breaks off": (response) => response.destroy(),
  "half a body": (response, headers) => response.writeHead(200, headers).end('{"format":"rolegate-gate/1"'),
};

/** @param browser `open` gives a window of its own; `crash` does that to a tab, where it can */
export async function live({ open, crash, isCached }, { library, server }) {
  const { load } = await import(pathToFileURL(join(library.folder, "entries/node.js")).href);
  const report = new Report();
  const api = new Api();
  server.handlers.set(API, api.answer).set("/me/changes", api.stream);
  server.pages.set("/live", html(importMap(library) + SCRIPT, { "cache-control": "no-cache" }));
  server.pages.set(
    "/live-no-wasm",
    html(importMap(library, true) + SCRIPT, {
      "content-security-policy": "default-src 'self'; script-src 'self' 'unsafe-inline'",
    }),
  );

  const test = (name, body) =>
    report.test(name, async () => {
      const window = await open();
      api.requests.length = 0;
      api.publish(dataOf("own"));
      const visit = async (options, path = "/live") => {
        const tab = await window.newPage();
        await tab.goto(server.origin + path);
        await until(tab, "window.isLoaded");
        if (options !== undefined) await tab.evaluate(`make(${JSON.stringify(options)})`);
        return tab;
      };
      try {
        await body(visit, window);
      } finally {
        await window.close();
        for (const stream of api.streams) stream.destroy();
      }
    });
  const state = (tab) => tab.evaluate("state()");

  await test("gate data: no wasm is fetched, no script is imported for it; 304 comes through, and the browser's cache keeps nothing", async (visit) => {
    const tab = await visit({});
    await until(tab, 'state() === "ready,own"');
    ok(
      !(await tab.evaluate(
        'performance.getEntriesByType("resource").some(({ name }) => /wasm|entries/.test(name))',
      )),
      "wasm was fetched",
    );
    await tab.evaluate("window.before = store.gate");
    equal(await tab.evaluate("store.refresh()"), true);
    equal(api.requests, [undefined, api.etag]);
    equal(await tab.evaluate("before === store.gate"), true);
    api.publish(dataOf("all", { revision: 8 }), { "cache-control": "max-age=3600" });
    await tab.evaluate("store.refresh()");
    equal(await state(tab), "ready,all");
    api.publish(dataOf("own", { revision: 9 }));
    await tab.evaluate("store.refresh()");
    equal(await state(tab), "ready,own");
  });

  await test("gate data under a policy that forbids wasm, from the scripts for pages without a bundler", async (visit) => {
    const tab = await visit({}, "/live-no-wasm");
    await until(tab, 'state() === "ready,own"');
  });

  for (const isNarrow of [false, true]) {
    await test(`a ${isNarrow ? "narrowed" : "whole"} snapshot: the engine comes with the first`, async (visit) => {
      const document = { ...acme(), tenant: "acme" };
      api.publish(isNarrow ? (await load(document)).narrow("ana") : document);
      const tab = await visit({});
      await until(tab, 'store.status === "ready"');
      ok(
        await tab.evaluate('performance.getEntriesByType("resource").some(({ name }) => /wasm/.test(name))'),
        "wasm was fetched",
      );
      equal(
        await tab.evaluate('store.snapshot.revision + " " + (store.gate.permissions().length > 0)'),
        `${document.revision} true`,
      );
    });
  }

  await test("every fault keeps the last good answer, and the next that is in order is taken", async (visit) => {
    const tab = await visit({});
    await until(tab, 'state() === "ready,own"');
    for (const [name, fault] of Object.entries(FAULTS)) {
      api.fault = fault;
      equal([name, await tab.evaluate("store.refresh()"), await state(tab)], [name, false, "stale,own"]);
      api.fault = undefined;
      equal([name, await tab.evaluate("store.refresh()"), await state(tab)], [name, true, "ready,own"]);
    }
  });

  for (const status of [401, 403, 404, 410]) {
    await test(`status ${status} closes, and refresh() begins again`, async (visit) => {
      const tab = await visit({ isStored: true });
      await until(tab, 'state() === "ready,own"');
      api.fault = (response) => response.writeHead(status).end();
      await tab.evaluate("store.refresh()");
      equal([await state(tab), await tab.evaluate("events.at(-1).reason")], ["closed,none", "closed"]);
      await until(tab, STORED.replace("COUNT", "0"));
      api.publish(dataOf("all", { revision: 8 }));
      await tab.evaluate("store.refresh()");
      equal(await state(tab), "ready,all");
    });
  }

  await test("a server that cannot be reached, and one that can again: the event `online` looks", async (visit) => {
    const tab = await visit({});
    await until(tab, 'state() === "ready,own"');
    api.fault = FAULTS["a connection that breaks off"];
    await tab.evaluate("store.refresh()");
    equal(await state(tab), "stale,own");
    api.publish(dataOf("all", { revision: 8 }));
    await tab.evaluate('dispatchEvent(new Event("online"))');
    await until(tab, 'state() === "ready,all"');
  });

  await test("what ends is gone at that moment, also on a hidden page", async (visit) => {
    const end = Date.now() + 3000;
    api.publish(dataOf("own", { expires: end }));
    const tab = await visit({});
    await until(tab, 'state() === "ready,own"');
    await tab.evaluate(
      'Object.defineProperty(document, "visibilityState", { value: "hidden" }); document.dispatchEvent(new Event("visibilitychange"))',
    );
    await until(tab, 'events.at(-1)?.reason === "time"');
    const late = (await tab.evaluate("events.at(-1).at")) - end;
    equal(await state(tab), "expired,none");
    ok(late >= 0 && late < 1500, `${late} ms late`);
  });

  await test("the next start is at once, also without a server; what is another person's is deleted", async (visit) => {
    const tab = await visit({ isStored: true });
    await until(tab, 'state() === "ready,own"');
    await until(tab, STORED.replace("COUNT", "1"));
    api.fault = FAULTS["a connection that breaks off"];
    const again = await visit({ isStored: true });
    await until(again, 'state().endsWith(",own")');
    const bo = await visit({ isStored: true, user: "bo" });
    await until(bo, STORED.replace("COUNT", "0"));
    equal(await state(bo), "empty,none");
  });

  await test("a database that the browser closes or somebody deletes is opened again", async (visit) => {
    const tab = await visit({ isStored: true });
    await until(tab, 'state() === "ready,own"');
    const other = await visit();
    await other.evaluate(
      'new Promise((done, failed) => Object.assign(indexedDB.deleteDatabase("rolegate"), { onsuccess: done, onerror: failed })).then(() => true)',
    );
    api.publish(dataOf("all", { revision: 8 }));
    equal(await tab.evaluate("store.refresh()"), true);
    await until(tab, STORED.replace("COUNT", "1"));
    equal(await tab.evaluate("errors"), []);
  });

  await test("a browser without databases, or that refuses one", async (visit) => {
    for (const how of [
      "Object.defineProperty(window, 'indexedDB', { value: undefined })",
      "indexedDB.open = () => { throw new DOMException('no', 'SecurityError') }",
      "IDBObjectStore.prototype.put = () => { throw new DOMException('full', 'QuotaExceededError') }",
    ]) {
      const tab = await visit();
      await tab.evaluate(how);
      await tab.evaluate("make({ isStored: true })");
      await until(tab, 'state() === "ready,own"');
      await until(tab, 'errors.includes("storage")');
    }
  });

  await test("ten tabs with storage make one request; a change reaches all; signing out in one closes all", async (visit) => {
    const tabs = [];
    for (let i = 0; i < 10; i += 1) tabs.push(await visit());
    await Promise.all(tabs.map((tab) => tab.evaluate("make({ isStored: true, isShared: true })")));
    for (const tab of tabs) await until(tab, 'state() === "ready,own"');
    equal(api.requests.length, 1);
    api.publish(dataOf("all", { revision: 8 }));
    const asked = api.requests.length;
    await tabs[3].evaluate("store.refresh()");
    for (const tab of tabs) await until(tab, 'state() === "ready,all"');
    equal(api.requests.length, asked + 1);
    await tabs[5].evaluate("store.clear()");
    for (const tab of tabs) await until(tab, 'state() === "closed,none"');
    await until(tabs[0], STORED.replace("COUNT", "0"));
    await Promise.all(tabs.map((tab) => tab.evaluate("store.close()")));
    await until(
      tabs[0],
      "navigator.locks.query().then(({ held, pending }) => held.length + pending.length === 0)",
    );
  });

  await test("ten tabs without storage: each fetches, one has the lock", async (visit) => {
    const tabs = [];
    for (let i = 0; i < 10; i += 1) tabs.push(await visit({ isShared: true }));
    for (const tab of tabs) await until(tab, 'state() === "ready,own"');
    equal(api.requests.length, 10);
    equal(await tabs[9].evaluate("navigator.locks.query().then(({ held }) => held.length)"), 1);
  });

  /** The tab of those that asks: it has the connection of the push. */
  const handedOver = (name, leave) =>
    test(`the tab that asks ${name}: another goes on`, async (visit) => {
      const first = await visit({ isStored: true, isShared: true, isPushed: true });
      await until(first, 'state() === "ready,own"');
      const second = await visit({ isStored: true, isShared: true, isPushed: true });
      await until(second, 'state() === "ready,own"');
      // Some browsers show one tab at a time, and what is hidden does not ask.
      await first.bringToFront();
      await new Promise((done) => setTimeout(done, 500));
      await soon(() => api.streams.size === 1);
      const [before] = api.streams;
      await leave(first);
      await second.bringToFront();
      await soon(() => api.streams.size === 1 && !api.streams.has(before));
      await new Promise((done) => setTimeout(done, 1200)); // the look of who takes over
      api.publish(dataOf("all", { revision: 8 }));
      api.push();
      await until(second, 'state() === "ready,all"');
      return first;
    });
  await handedOver("is closed", (tab) => tab.close());
  await handedOver("goes elsewhere", (tab) => tab.goto(`${server.origin}/page`));
  await handedOver("is hidden", (tab) =>
    tab.evaluate(
      'Object.defineProperty(document, "visibilityState", { value: "hidden" }); document.dispatchEvent(new Event("visibilitychange"))',
    ),
  );
  if (crash) await handedOver("crashes", crash);
  else report.skip("a crash", "this browser's driver cannot");
  // A browser freezes only what is hidden, and no driver hides a tab: the event is all that is real here.
  await handedOver("is told that it will be frozen", (tab) =>
    tab.evaluate('document.dispatchEvent(new Event("freeze")), true'),
  );

  await test("there and back again: the page looks, and closes if somebody signed out meanwhile", async (visit) => {
    const tab = await visit({ isStored: true, isShared: true });
    await until(tab, 'state() === "ready,own"');
    await tab.goto(`${server.origin}/page`);
    const other = await visit({ isStored: true, isShared: true });
    await until(other, 'state().endsWith(",own")');
    await other.evaluate("store.clear()");
    api.fault = FAULTS["a connection that breaks off"];
    await tab.evaluate("void setTimeout(() => history.back())");
    await soon(() => tab.evaluate("window.isLoaded === true").catch(() => false)); // it is between two pages
    const isBack = await tab.evaluate("window.wasCached === true");
    const reasons =
      'JSON.stringify(performance.getEntriesByType("navigation")[0].notRestoredReasons?.reasons ?? "it does not say why")';
    if (isCached && !isBack)
      report.skip(
        "the back/forward cache",
        `the browser has thrown the page away: ${await tab.evaluate(reasons)}`,
      );
    if (isBack) await until(tab, 'state() === "closed,none"');
    else equal(await tab.evaluate("make({ isStored: true }), state()"), "empty,none");
  });

  await test("a push looks again, at once; close() ends the connection and leaves nothing", async (visit) => {
    const tab = await visit({ isPushed: true });
    await until(tab, 'state() === "ready,own"');
    await soon(() => api.streams.size === 1);
    api.publish(dataOf("all", { revision: 8 }));
    for (let i = 0; i < 20; i += 1) api.push();
    await until(tab, 'state() === "ready,all"');
    ok(api.requests.length <= 4, `${api.requests.length} requests`);
    await tab.evaluate("store.close()");
    await soon(() => api.streams.size === 0);
    equal(await state(tab), "closed,none");
  });

  server.handlers.clear();
  return report.result();
}

/** How many answers are stored: an expression for a page. */
const STORED = `new Promise((done) => {
  const request = indexedDB.open("rolegate", 1);
  request.onupgradeneeded = () => request.result.createObjectStore("kept");
  request.onsuccess = () => {
    const keys = request.result.transaction("kept").objectStore("kept").getAllKeys();
    keys.onsuccess = () => (request.result.close(), done(keys.result.filter((key) => key.startsWith("[") && JSON.parse(key).length === 3).length));
  };
}).then((count) => count === COUNT)`;

/** Waits until an expression is true in a page. */
async function until(tab, expression) {
  const end = Date.now() + PATIENCE;
  for (;;) {
    if (await tab.evaluate(expression)) return;
    if (Date.now() > end)
      throw new Error(
        `not within ${PATIENCE} ms: ${expression}; ${await tab.evaluate("window.store ? state() + ' ' + errors : ''")}`,
      );
    await new Promise((done) => setTimeout(done, 25));
  }
}

async function soon(condition) {
  const end = Date.now() + PATIENCE;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`not within ${PATIENCE} ms: ${condition}`);
    await new Promise((done) => setTimeout(done, 25));
  }
}

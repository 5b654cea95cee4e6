// Workers: KV, R2 and Durable Objects of Miniflare, and requests of workerd that share what they load.

import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { build } from "esbuild";
import { Log, LogLevel, Miniflare, Response } from "miniflare";
import { generateKeys, sign, toJwks } from "../../pkg/signed/index.js";
import { snapshot } from "../unit/edge/world.mjs";
import { large } from "./contract.mjs";

const { deepEqual, equal, ok } = assert;
const PACKAGE = new URL("../../pkg/", import.meta.url).pathname;
const MODULES = ["rolegate.wasm", "rolegate-full.wasm"];
/** The oldest that frees memory by itself, and one of today. */
const DATES = ["2025-05-05", "2026-04-01"];

/** As an application is bundled: the wasm files lie beside the script. */
async function bundled(folder) {
  const { warnings } = await build({
    entryPoints: [new URL("worker.mjs", import.meta.url).pathname],
    bundle: true,
    format: "esm",
    platform: "neutral",
    conditions: ["workerd", "import"],
    external: ["cloudflare:*"],
    alias: {
      "rolegate/edge": join(PACKAGE, "edge/index.js"),
      "rolegate/signed": join(PACKAGE, "signed/index.js"),
    },
    loader: { ".wasm": "copy" },
    assetNames: "[name]",
    outfile: join(folder, "worker.mjs"),
    logLevel: "warning",
  });
  deepEqual(warnings, []);
  const contents = await readFile(join(folder, "worker.mjs"), "utf8");
  return [
    { type: "ESModule", path: "worker.mjs", contents },
    ...(await Promise.all(
      MODULES.map(async (path) => ({
        type: "CompiledWasm",
        path,
        contents: await readFile(join(folder, path)),
      })),
    )),
  ];
}

/** An address that takes its time. */
function slowStore() {
  const store = { asked: 0, ms: 0, values: new Map() };
  store.answer = async ({ url, headers }) => {
    store.asked += 1;
    const value = store.values.get(decodeURIComponent(new URL(url).pathname.slice(1)));
    await new Promise((done) => setTimeout(done, store.ms));
    if (value === undefined) return new Response(null, { status: 404 });
    const etag = `"${value.length}"`;
    return headers.get("if-none-match") === etag
      ? new Response(null, { status: 304, headers: { etag } })
      : new Response(value, { headers: { etag } });
  };
  return store;
}

for (const compatibilityDate of DATES) {
  test(`Workers of ${compatibilityDate}`, async (t) => {
    const folder = await mkdtemp(join(tmpdir(), "rolegate-workers-"));
    const store = slowStore();
    const keys = await generateKeys();
    const machine = new Miniflare({
      host: "127.0.0.1",
      port: 0,
      cf: false,
      log: new Log(LogLevel.ERROR),
      compatibilityDate,
      modules: await bundled(folder),
      kvNamespaces: ["KV"],
      r2Buckets: ["R2"],
      durableObjects: { PUBLISHER: { className: "Publisher", useSQLite: true } },
      bindings: { KEYS: JSON.stringify(toJwks(keys)) },
      outboundService: (request) => store.answer(request),
    });
    const origin = await machine.ready;
    const ask = async (path, body) => {
      const began = performance.now();
      const response = await fetch(new URL(path, origin), { ...(body && { method: "POST", body }) });
      const said = await response.text();
      ok(response.ok, said);
      return { ...JSON.parse(said), ms: performance.now() - began };
    };
    const kv = await machine.getKVNamespace("KV");
    try {
      await t.test("KV: a missing key, a value, half a value, what is no bytes", async () => {
        equal((await ask("/current/kv/acme")).code, "fetch-failed");
        await kv.put("acme", snapshot("acme", 1));
        equal((await ask("/current/kv/acme")).revision, 1);
        await kv.put("acme", snapshot("acme", 2).slice(0, 99));
        equal((await ask("/current/kv/acme")).revision, 1);
        await kv.put("acme", new Uint8Array([255, 254, 0]));
        equal((await ask("/current/kv/acme")).revision, 1);
        await kv.put("acme", snapshot("acme", 2));
        await new Promise((done) => setTimeout(done, 1_000)); // the pause after two failures
        equal((await ask("/current/kv/acme")).revision, 2);
        equal((await ask("/put/kv/acme", snapshot("acme", 3))).code, "bad-options");
      });

      await t.test("KV, signed", async () => {
        const json = (revision) => snapshot("signed", revision, { expiresAt: "2099-01-01T00:00:00Z" });
        await kv.put("signed", json(1));
        equal((await ask("/current/signed/signed")).code, "bad-signature");
        await kv.put("signed", await sign(json(1), keys, { subject: null }));
        equal((await ask("/current/signed/signed")).revision, 1);
        await kv.put("signed", json(2));
        equal((await ask("/current/signed/signed")).revision, 1);
      });

      await t.test("a Durable Object publishes to KV: one of two wins", async () => {
        for (const round of [1, 2, 3]) {
          const all = await Promise.all(
            Array.from({ length: 8 }, (_, i) =>
              ask("/through/-/object", snapshot("object", round, { teams: [{ id: `t${i}` }] })),
            ),
          );
          equal(all.filter(({ revision }) => revision === round).length, 1);
          equal(
            all.filter(({ code, current, mine }) => code === "old-revision" && current === round && mine)
              .length,
            7,
          );
          const won = all.findIndex(({ revision }) => revision === round);
          equal(JSON.parse(await kv.get("object")).teams[0].id, `t${won}`);
        }
        equal((await ask("/current/kv/object")).revision, 3);
        equal((await ask("/through/-/large", large("large", 1))).revision, 1);
        equal(await kv.get("large"), large("large", 1));
        equal((await ask("/through/-/large", large("large", 2))).revision, 2);
        equal((await ask("/through/-/large", snapshot("other", 3))).code, "wrong-tenant");
        equal((await ask("/through/-/large", snapshot("large", 3).slice(9))).code, "syntax");
      });

      await t.test("R2: what is the same, and one of many publishers", async () => {
        equal((await ask("/current/r2/acme")).code, "fetch-failed");
        for (const round of [1, 2, 3]) {
          const all = await Promise.all(
            Array.from({ length: 8 }, (_, i) =>
              ask("/put/r2/acme", snapshot("acme", round, { teams: [{ id: `t${i}` }] })),
            ),
          );
          equal(all.filter(({ revision }) => revision === round).length, 1);
          equal(all.filter(({ code, current }) => code === "old-revision" && current === round).length, 7);
          equal((await ask("/current/r2/acme")).revision, round);
        }
        equal((await ask("/current/r2/acme")).revision, 3);
        const bucket = await machine.getR2Bucket("R2");
        await bucket.put("acme", snapshot("acme", 4).slice(0, 99));
        equal((await ask("/current/r2/acme")).revision, 3);
        equal((await ask("/put/r2/acme", snapshot("acme", 4))).code, "syntax");
        equal((await ask("/put/r2/acme?anew", snapshot("acme", 4))).revision, 4);
        equal((await ask("/put/r2/large", large("large", 1))).revision, 1);
        equal((await ask("/current/r2/large")).revision, 1);
      });

      await t.test("requests at the same time share one load", async () => {
        store.values.set("shared", snapshot("shared", 1));
        Object.assign(store, { asked: 0, ms: 400 });
        const all = await Promise.all(Array.from({ length: 30 }, () => ask("/current/url/shared")));
        deepEqual([...new Set(all.map(({ revision }) => revision))], [1]);
        equal(store.asked, 1);
      });

      await t.test("a failure rejects all that share it", async () => {
        Object.assign(store, { asked: 0, ms: 200 });
        const all = await Promise.all(Array.from({ length: 30 }, () => ask("/current/url/missing")));
        deepEqual([...new Set(all.map(({ code }) => code))], ["fetch-failed"]);
        equal(store.asked, 1);
      });

      await t.test("a request that has gone keeps nobody waiting", async () => {
        store.values.set("left", snapshot("left", 1));
        Object.assign(store, { asked: 0, ms: 1_500 });
        await ask("/leave/url/left");
        store.ms = 100;
        const all = await Promise.all(Array.from({ length: 10 }, () => ask("/current/url/left")));
        deepEqual([...new Set(all.map(({ revision }) => revision))], [1]);
        const slowest = Math.max(...all.map(({ ms }) => ms));
        ok(slowest < 1_200, `${slowest}`);
        equal(store.asked, 2);
        console.log(
          `${compatibilityDate}: after a request that has gone, the others wait ${slowest.toFixed(0)} ms`,
        );
      });

      await t.test("a request that has gone while it fetched keys keeps nobody waiting", async () => {
        const json = snapshot("keys", 1, { expiresAt: "2099-01-01T00:00:00Z" });
        await kv.put("keys", await sign(json, keys, { subject: null }));
        store.values.set("keys", JSON.stringify(toJwks(keys)));
        Object.assign(store, { asked: 0, ms: 1_500 });
        await ask("/leave/remote/keys");
        store.ms = 0;
        const all = await Promise.all(Array.from({ length: 5 }, () => ask("/current/remote/keys")));
        deepEqual([...new Set(all.map(({ revision }) => revision))], [1]);
        ok(all.every(({ ms }) => ms < 4_000));
      });

      await t.test("with `waitUntil` its load goes on", async () => {
        store.values.set("goes on", snapshot("goes on", 1));
        Object.assign(store, { asked: 0, ms: 700 });
        await ask("/leave/waiting/goes%20on");
        const { revision } = await ask("/current/waiting/goes%20on");
        deepEqual([revision, store.asked], [1, 1]);
      });

      await t.test("a client that hangs up keeps nobody waiting", async () => {
        store.values.set("hung", snapshot("hung", 1));
        Object.assign(store, { asked: 0, ms: 800 });
        const aborter = new AbortController();
        const gone = fetch(new URL("/current/url/hung", origin), aborter).catch(({ name }) => name);
        await new Promise((done) => setTimeout(done, 100));
        const others = Promise.all(Array.from({ length: 5 }, () => ask("/current/url/hung")));
        await new Promise((done) => setTimeout(done, 100));
        aborter.abort();
        equal(await gone, "AbortError");
        const all = await others;
        deepEqual([...new Set(all.map(({ revision }) => revision))], [1]);
        ok(all.every(({ ms }) => ms < 2_500));
      });

      await t.test("many tenants in one request", async () => {
        store.ms = 50;
        const names = ["__proto__", "constructor", "a b", "ä"];
        for (const [i, name] of names.entries()) store.values.set(name, snapshot(name, i + 1));
        const query = names.map((name) => `tenant=${encodeURIComponent(name)}`).join("&");
        const { ms, ...said } = await ask(`/many/url/-?${query}`);
        deepEqual(
          Object.values(said),
          names.map((name, i) => [name, i + 1]),
        );
      });

      await t.test("a thousand requests while the snapshot changes and the store fails", async () => {
        const teams = (count) => Array.from({ length: count }, (_, i) => ({ id: `t${i}` }));
        let highest = 0;
        for (let round = 1; round <= 40; round += 1) {
          store.ms = round % 4 === 0 ? 30 : 0;
          const json = snapshot("busy", round, { teams: teams(round) });
          store.values.set("busy", round % 5 === 0 ? json.slice(99) : json);
          const all = await Promise.all(Array.from({ length: 25 }, () => ask("/current/often/busy")));
          for (const { revision } of all) ok(revision >= highest, `${revision} after ${highest}`);
          highest = Math.max(...all.map(({ revision }) => revision));
        }
        store.values.set("busy", snapshot("busy", 41, { teams: teams(41) }));
        // Failures are followed by pauses.
        for (const end = Date.now() + 30_000; highest < 41 && Date.now() < end; ) {
          await new Promise((done) => setTimeout(done, 100));
          highest = (await ask("/current/often/busy")).revision;
        }
        equal(highest, 41);
      });
    } finally {
      await machine.dispose();
      await rm(folder, { recursive: true });
    }
  });
}

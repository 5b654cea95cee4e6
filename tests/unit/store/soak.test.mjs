// An hour with a server that fails at random, and fifty pages. The seed is printed; `SEED=5 node --test …` runs it again.

import assert from "node:assert/strict";
import { test } from "node:test";
import { DAY, dataOf, MINUTE, random, SECOND, Shelf, World } from "./world.mjs";

const { deepEqual, equal, ok } = assert;
const CLIENTS = 50;
const HOUR = 60 * MINUTE;
const MAX_STALE = 10 * MINUTE;
const seed = Number(process.env.SEED ?? Date.now() % 1e6);

/** What a server may say that is not in order. Where it could open something, that is `evil`, which nobody ever has. */
const evil = (change = {}) => JSON.stringify(dataOf({ evil: "all", "c.reply": "all" }, { revision: 1000, ...change }));
const FAULTS = [
  () => new TypeError("failed to fetch"),
  ...[204, 400, 408, 425, 429, 500, 502, 503, 504].map((status) => () => new Response(status === 204 ? null : evil(), { status, headers: { "retry-after": "7" } })),
  () => new Response("<!doctype html><title>Welcome</title>"),
  () => new Response(evil({ tenant: "other" })),
  () => new Response(evil({ user: "bo" })),
  () => new Response(evil({ rules: [7, 7] })),
  () => new Response(evil().slice(0, -9)),
  () => new Response(new Uint8Array([...new TextEncoder().encode(evil()), 0xff])),
  // To who has seen nothing yet, it is as good as any.
  ({ reached }) => (reached.size > 0 ? new Response(evil({ revision: 0 })) : new TypeError("failed to fetch")),
  () => new Response(new ReadableStream({ start: (stream) => (stream.enqueue(new TextEncoder().encode(evil())), stream.error(new TypeError("terminated"))) })),
  () => undefined,
];

test(`soak: an hour, ${CLIENTS} pages, a server that fails at random (seed ${seed})`, { timeout: 600_000 }, () =>
  World.in(async (world) => {
    world.turns = 3;
    world.random = random(seed);
    const roll = random(seed + 1);
    const published = [];
    const publish = () => published.push({ at: world.elapsed, data: dataOf({ "c.reply": ["own", "all"][published.length % 2] }, { revision: published.length + 1, expires: world.date + 15 * MINUTE }) });
    publish();
    let isCalm = false;
    const clients = Array.from({ length: CLIENTS }, () => ({ storage: new Shelf(), requests: 0, good: -Infinity, reached: new Map() }));
    const open = (client) => {
      const serve = async (_, { headers, signal }) => {
        client.requests += 1;
        const fault = !isCalm && roll() < 0.3 ? FAULTS[Math.floor(roll() * FAULTS.length)](client) : null;
        if (fault === undefined) return new Promise((_, failed) => signal.addEventListener("abort", () => failed(new Error("aborted"))));
        if (fault instanceof Error) throw fault;
        if (fault !== null) return fault;
        const { data } = published.at(-1);
        const etag = `"${data.revision}"`;
        client.good = world.date;
        return headers["if-none-match"] === etag ? new Response(null, { status: 304 }) : new Response(JSON.stringify(data), { headers: { etag } });
      };
      client.store = world.store({ user: "ana", tenant: "acme", fetch: serve, maxStale: MAX_STALE, storage: client.storage, onError: undefined });
    };
    for (const client of clients) open(client);

    /** What must be so at any time. */
    const check = () => {
      for (const { store, good, reached } of clients) {
        const { gate, status } = store;
        equal(gate.can("evil"), false, "an open answer from a bad body");
        if (!gate.can("c.reply", { owner: "ana" })) continue;
        ok(["ready", "stale"].includes(status));
        const { data } = published[gate.revision - 1];
        equal(gate.can("c.reply", { owner: "bo" }), data.rules.length === 1 && gate.revision % 2 === 0, "the answers are those of the revision");
        ok(world.date < data.expires, "older than its end");
        ok(world.date - good < MAX_STALE, "older than maxStale");
        if (!reached.has(gate.revision)) reached.set(gate.revision, world.elapsed);
      }
    };

    const end = world.elapsed + HOUR;
    while (world.elapsed < end) {
      await world.pass(SECOND * (1 + Math.floor(roll() * 10)));
      check();
      if (roll() < 0.02) publish();
      if (roll() < 0.03) await world.show(world.visibilityState === "hidden");
      if (roll() < 0.02) await world.event("online");
      if (roll() < 0.01) await world.sleep(roll() * 5 * MINUTE);
      check();
      if (roll() < 0.1) {
        const client = clients[Math.floor(roll() * CLIENTS)];
        client.store.close();
        equal(client.store.gate.can("c.reply", { owner: "ana" }), false);
        open(client); // the page is loaded again
      }
    }
    await world.show(true);
    const inHour = clients.reduce((sum, { requests }) => sum + requests, 0) / CLIENTS;

    // All is well again: every revision reaches everybody.
    isCalm = true;
    await world.pass(6 * MINUTE);
    publish();
    const last = published.length;
    for (let i = 0; i < 65; i += 1) {
      await world.pass(SECOND);
      check();
    }
    const times = clients.map(({ reached }) => reached.get(last) - published[last - 1].at);
    ok(times.every(Number.isFinite), "the last revision has reached all");
    equal(new Set(clients.map(({ store }) => `${store.status} ${store.gate.revision}`)).size, 1);
    console.log(`seed ${seed}: ${last} revisions; ${inHour.toFixed(1)} requests for each page and hour; the last page had the last revision after ${Math.max(...times) / SECOND} s`);

    for (const { store } of clients) store.close();
    await world.pass(DAY);
    deepEqual([world.timers.size, world.hearing.size, world.locks.size, world.channels.size], [0, 0, 0, 0]);
  }));

// Tabs that share one that asks: ten stores with locks, channels and storage of one browser.

import assert from "node:assert/strict";
import { test } from "node:test";
import { shareTabs } from "../../../pkg/store/tabs.js";
import { DAY, dataOf, HOUR, MINUTE, SECOND, Shelf, settled, World } from "./world.mjs";

const { deepEqual, equal, ok } = assert;
const rule = (name, action, where) => test(name, () => World.in(action, where));
const who = { user: "ana", tenant: "acme" };
const OWN = { owner: "ana" };
const reply = ({ gate }) =>
  gate.can("c.reply", { owner: "bo" }) ? "all" : gate.can("c.reply", OWN) ? "own" : "none";
const all = (stores) => [...new Set(stores.map(reply))];

/** The event listeners of the page are one for all stores here, so all are as visible as each other. */
function ten(world, options = {}, count = 10) {
  return Array.from({ length: count }, () => world.store({ ...who, tabs: shareTabs(), ...options }));
}

rule("with storage ten tabs make one request, and every change reaches all of them", async (world) => {
  world.serve(dataOf({ "c.reply": "own" }));
  const stores = ten(world, { storage: new Shelf() });
  await world.pass(SECOND);
  deepEqual(
    [world.requests.length, all(stores), [...new Set(stores.map(({ status }) => status))]],
    [1, ["own"], ["ready"]],
  );
  await world.pass(10 * MINUTE);
  equal(world.requests.length, 11);
  world.published = dataOf({ "c.reply": "all" }, { revision: 8 });
  await world.pass(MINUTE);
  deepEqual([world.requests.length, all(stores)], [12, ["all"]]);
});

rule("a tab that is opened later makes no request", async (world) => {
  world.serve(dataOf({ "c.reply": "own" }));
  const storage = new Shelf();
  ten(world, { storage }, 1);
  await world.pass(10 * SECOND);
  const [late] = ten(world, { storage }, 1);
  await world.pass(10 * SECOND);
  deepEqual([world.requests.length, late.status, reply(late)], [1, "ready", "own"]);
});

rule("without storage each fetches, and one polls", async (world) => {
  world.serve(dataOf({ "c.reply": "own" }));
  const stores = ten(world);
  await world.pass(SECOND);
  deepEqual([world.requests.length, all(stores)], [10, ["own"]]);
  await world.pass(10 * MINUTE);
  equal(world.requests.length, 20);
  world.published = dataOf({ "c.reply": "all" }, { revision: 8 });
  await world.pass(MINUTE + SECOND);
  deepEqual([world.requests.length, all(stores)], [30, ["all"]]);
});

rule("no message carries a snapshot", async (world) => {
  world.serve(dataOf({ "c.reply": "own" }));
  const stores = ten(world, { storage: new Shelf() }, 3);
  await world.pass(2 * MINUTE);
  await stores[0].reset();
  await stores[0].clear();
  await settled();
  deepEqual([...new Set(world.posted.map(({ kind }) => kind))].sort(), ["clear", "look", "reset"]);
  ok(
    world.posted.every(
      (message) => JSON.stringify(message).length < 100 && !/c\.reply/.test(JSON.stringify(message)),
    ),
  );
});

rule("the tab that asks is closed or crashes: another goes on", async (world) => {
  world.serve(dataOf({ "c.reply": "own" }));
  const stores = ten(world, { storage: new Shelf() });
  await world.pass(SECOND);
  for (let i = 0; i < 9; i += 1) {
    stores[i].close();
    const { length } = world.requests;
    await world.pass(2 * MINUTE);
    ok(world.requests.length > length, `after ${i + 1}`);
  }
  equal(reply(stores[9]), "own");
});

rule("a tab that holds the lock and does nothing: the others ask after two intervals", async (world) => {
  world.serve(dataOf({ "c.reply": "own" }));
  void navigator.locks.request(
    `rolegate ${JSON.stringify(["/me/roles", "acme", "ana"])}`,
    { signal: new AbortController().signal },
    () => new Promise(() => {}),
  );
  await settled();
  const [store] = ten(world, { storage: new Shelf() }, 1);
  await world.pass(4 * SECOND);
  equal(world.requests.length, 0);
  await world.pass(SECOND);
  deepEqual([world.requests.length, reply(store)], [1, "own"]);
  await world.pass(2 * MINUTE);
  equal(world.requests.length, 2);
});

rule("a full disk of the tab that asks: the others fetch", async (world) => {
  world.serve(dataOf({ "c.reply": "own" }));
  const storage = new Shelf();
  storage.fails = { set: new DOMException("full", "QuotaExceededError") };
  const stores = ten(world, { storage }, 3);
  await world.pass(6 * SECOND);
  deepEqual(all(stores), ["own"]);
});

rule("304 counts for what was asked about, and for nothing that came meanwhile", async (world) => {
  world.serve(dataOf({ "c.reply": "own" }));
  const { answer } = world;
  const storage = new Shelf();
  const [first] = ten(world, { storage }, 1);
  await world.pass(SECOND);
  // The second has nothing yet when it asks, and what the first has stored when it is answered.
  let done;
  world.answer = () => new Promise((resolve) => (done = resolve));
  storage.fails = { get: "hangs" };
  const [second] = ten(world, { storage }, 1);
  const look = second.refresh();
  await world.pass(10 * SECOND);
  storage.fails = {};
  world.answer = answer;
  world.published = dataOf({ "c.reply": "all" }, { revision: 8 });
  await first.refresh();
  await world.pass(SECOND);
  equal(reply(second), "all");
  done(new Response(null, { status: 304 }));
  equal(await look, false);
});

rule("what a tab hears late is as old as it is", async (world) => {
  world.serve(dataOf({ "c.reply": "own" }));
  const storage = new Shelf();
  const stores = ten(world, { storage, maxStale: 2 * MINUTE }, 2);
  await world.pass(SECOND);
  storage.fails = { set: "hangs", get: "hangs" };
  await world.pass(MINUTE + SECOND);
  world.answer = () => new TypeError("failed to fetch");
  // The look was a minute after the start; the other tab heard of it when the storage was given up.
  await world.pass(2 * MINUTE - 2 * SECOND);
  deepEqual(
    stores.map(({ status }) => status),
    ["expired", "expired"],
  );
});

rule(
  "signing out in one tab closes all, deletes what is stored, and no tab opens again by itself",
  async (world) => {
    world.serve(dataOf({ "c.reply": "own" }));
    const storage = new Shelf();
    const stores = ten(world, { storage });
    await world.pass(SECOND);
    const key = JSON.stringify(["/me/roles", "acme", "ana"]);
    equal(storage.map.has(key), true);
    await stores[4].clear();
    await settled();
    deepEqual(
      [[...new Set(stores.map(({ status }) => status))], all(stores), storage.map.has(key)],
      [["closed"], ["none"], false],
    );
    const { length } = world.requests;
    await world.pass(DAY);
    equal(world.requests.length, length);
  },
);

rule("a tab that is still starting hears that somebody signs out", async (world) => {
  world.serve(dataOf({ "c.reply": "own" }));
  const storage = new Shelf();
  const [first] = ten(world, { storage }, 1);
  await world.pass(SECOND);
  storage.fails = { get: "hangs" };
  const [second] = ten(world, { storage }, 1);
  await world.pass(SECOND);
  await first.clear();
  storage.fails = {};
  await world.pass(MINUTE);
  deepEqual([second.status, reply(second), world.requests.length], ["closed", "none", 1]);
});

rule("401 in the tab that asks closes all", async (world) => {
  world.serve(dataOf({ "c.reply": "own" }));
  const stores = ten(world, { storage: new Shelf() });
  await world.pass(SECOND);
  world.status(401);
  await world.pass(MINUTE);
  deepEqual([[...new Set(stores.map(({ status }) => status))], world.requests.length], [["closed"], 2]);
});

rule("a tab that closed later than another does not close it when it is back", async (world) => {
  world.serve(dataOf({ "c.reply": "own" }));
  const [first, second] = ten(world, { storage: new Shelf() }, 2);
  await world.pass(SECOND);
  const [, deaf] = [...world.channels];
  world.channels.delete(deaf);
  await first.clear();
  await world.pass(SECOND);
  await second.clear();
  world.channels.add(deaf);
  await world.pass(SECOND);
  await first.refresh();
  world.published = dataOf({ "c.reply": "all" }, { revision: 8 });
  await second.refresh();
  await world.pass(MINUTE);
  deepEqual([first.status, second.status, reply(first), reply(second)], ["ready", "ready", "all", "all"]);
});

rule("back from where it was put aside, a tab closes if somebody signed out meanwhile", async (world) => {
  world.serve(dataOf({ "c.reply": "own" }));
  const storage = new Shelf();
  const store = world.store({ ...who, storage });
  await world.pass(SECOND);
  await world.event("pagehide");
  const answer = world.answer;
  world.answer = () => new TypeError("offline");
  // Elsewhere, where this tab hears nothing.
  const markKey = JSON.stringify(["/me/roles", "acme"]);
  await storage.delete(JSON.stringify(["/me/roles", "acme", "ana"]));
  storage.map.set(markKey, { ...storage.map.get(markKey), cleared: world.date + 1 });
  await world.pass(HOUR);
  await world.event("pageshow");
  await settled();
  deepEqual([store.status, reply(store)], ["closed", "none"]);
  world.answer = answer;
});

rule("hidden, frozen and put aside, a tab lets go of the lock", async (world) => {
  world.serve(dataOf({ "c.reply": "own" }));
  world.store({ ...who, tabs: shareTabs() });
  await world.pass(SECOND);
  for (const [away, back] of [
    ["pagehide", "pageshow"],
    ["freeze", "resume"],
  ]) {
    equal(world.locks.size, 1);
    await world.event(away);
    equal(world.locks.size, 0, away);
    await world.event(back);
  }
  await world.show(false);
  equal(world.locks.size, 0);
  await world.show(true);
  equal(world.locks.size, 1);
});

rule(
  "without locks each tab asks",
  async (world) => {
    world.serve(dataOf({ "c.reply": "own" }));
    const stores = ten(world, { storage: new Shelf() }, 3);
    await world.pass(MINUTE + SECOND);
    deepEqual([world.requests.length, all(stores)], [6, ["own"]]);
  },
  { hasLocks: false },
);

rule("people, tenants and addresses do not share", async (world) => {
  world.answer = (url) =>
    new Response(
      JSON.stringify(
        dataOf({ "c.reply": url === "/bo" ? "all" : "own" }, { user: url === "/bo" ? "bo" : "ana" }),
      ),
    );
  const [ana, bo] = [
    world.store({ ...who, url: "/ana", tabs: shareTabs() }),
    world.store({ ...who, user: "bo", url: "/bo", tabs: shareTabs() }),
  ];
  await world.pass(SECOND);
  await bo.clear();
  await settled();
  deepEqual([reply(ana), bo.status, world.requests.length], ["own", "closed", 2]);
});

rule("reset() in one tab counts for all", async (world) => {
  world.serve(dataOf({ "c.reply": "own" }, { revision: 1e9 }));
  const stores = ten(world, { storage: new Shelf() }, 3);
  await world.pass(SECOND);
  world.serve(dataOf({ "c.reply": "all" }, { revision: 12 }));
  equal(await stores[2].reset(), true);
  await world.pass(MINUTE + SECOND);
  deepEqual(all(stores), ["all"]);
});

rule("close() leaves no lock and no channel", async (world) => {
  world.serve(dataOf({ "c.reply": "own" }));
  const stores = ten(world, { storage: new Shelf() }, 4);
  await world.pass(SECOND);
  for (const store of stores) store.close();
  await settled();
  deepEqual([world.locks.size, world.channels.size, world.timers.size, world.hearing.size], [0, 0, 0, 0]);
});

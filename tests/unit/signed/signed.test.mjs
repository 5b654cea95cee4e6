// `rolegate/signed`: what the suite asks everywhere; sets of keys that are fetched, with a clock and a
// network that do what the test says; and a store that takes what was signed.

import assert from "node:assert/strict";
import { test } from "node:test";
import * as main from "../../../pkg/entries/node.js";
import * as lite from "../../../pkg/lite/index.js";
import * as signedEntry from "../../../pkg/signed/index.js";
import { acme } from "../../package/acme.mjs";
import { signed } from "../../package/signed.mjs";
import { DAY, dataOf, MINUTE, SECOND, Shelf, settled, World } from "../store/world.mjs";

const { deepEqual, equal, ok, rejects } = assert;
const { generateKeys, loadSigned, remoteKeys, sign, signGate, toJwks, verifier } = signedEntry;
const HOUR = 60 * MINUTE;

await signed(
  { test, skip: (name) => assert.fail(name) },
  { ...main, restore: lite.restore, signed: signedEntry },
);

const [first, second] = [await generateKeys(), await generateKeys()];
const by = (key, revision = 7) => sign({ ...acme(), revision }, key);
const ANYBODY = { tenant: "acme" };

/** A server of a set of keys that can be changed, or fail. */
function server(world, ...keys) {
  world.keys = keys;
  world.answer = () =>
    world.fault !== undefined ? world.fault() : new Response(JSON.stringify(toJwks(world.keys)));
}

const revisionOf = async (jws, keys, options) =>
  (await loadSigned(await jws, keys, { ...ANYBODY, ...options })).revision;
const refused = (jws, keys, code = "bad-signature", options = {}) =>
  rejects(async () => revisionOf(jws, keys, options), { code });
const remote = (options) => remoteKeys("/keys", options);

test("remote keys: they are fetched once, also by many at a time", () =>
  World.in(async (world) => {
    server(world, first);
    const keys = remote();
    equal(world.requests.length, 0);
    deepEqual(
      await Promise.all([by(first), by(first), by(first)].map((jws) => revisionOf(jws, keys))),
      [7, 7, 7],
    );
    await revisionOf(by(first), keys);
    deepEqual(
      world.requests.map(({ url }) => url),
      ["/keys"],
    );
  }));

test("remote keys: an unknown name has them fetched again, once in 30 s", () =>
  World.in(async (world) => {
    server(world, first);
    const keys = remote();
    await revisionOf(by(first), keys);
    world.keys = [first, second];
    for (let i = 0; i < 5; i += 1) await refused(by(second), keys);
    equal(world.requests.length, 1, "not right after another");
    await world.pass(29 * SECOND);
    await refused(by(second), keys);
    await world.pass(SECOND);
    equal(await revisionOf(by(second), keys), 7);
    const strange = await generateKeys();
    for (let i = 0; i < 20; i += 1) await refused(by(strange), keys);
    equal(world.requests.length, 2);
    await world.pass(MINUTE);
    for (let i = 0; i < 20; i += 1) await refused(by(strange), keys);
    equal(world.requests.length, 3);
    world.fault = () => new TypeError("failed to fetch");
    await world.pass(MINUTE);
    for (let i = 0; i < 20; i += 1) await refused(by(strange), keys);
    equal(world.requests.length, 4, "a fetch that fails counts, too");
    equal(await revisionOf(by(second), keys), 7);
  }));

test("remote keys: one that is gone from the set stops verifying", () =>
  World.in(async (world) => {
    server(world, first, second);
    const [keys, storage] = [remote({ storage: new Shelf() }), new Shelf()];
    const stored = remote({ storage });
    for (const of of [keys, stored]) equal(await revisionOf(by(first), of), 7);
    world.keys = [second];
    await world.pass(10 * MINUTE + 1);
    for (const of of [keys, stored]) await refused(by(first), of);
    await refused(by(first), remote({ storage }));
    equal(await revisionOf(by(second), keys), 7);
  }));

test("remote keys: a set that cannot be fetched again counts for a day, or for `maxKeyAge`", () =>
  World.in(async (world) => {
    for (const [name, fault] of Object.entries(FAULTS)) {
      server(world, first);
      world.fault = undefined;
      const keys = remote();
      const short = remote();
      for (const of of [keys, short]) await revisionOf(by(first), of);
      world.fault = fault;
      await world.pass(HOUR - MINUTE);
      equal(await during(world, revisionOf(by(first), short, { maxKeyAge: HOUR })), 7, name);
      await world.pass(2 * MINUTE);
      await during(world, refused(by(first), short, "fetch-failed", { maxKeyAge: HOUR }));
      await world.pass(23 * HOUR - 3 * MINUTE);
      equal(await during(world, revisionOf(by(first), keys)), 7, name);
      await world.pass(3 * MINUTE);
      await during(world, refused(by(first), keys, "fetch-failed"));
      await during(world, refused(by(first), keys, "fetch-failed", { maxKeyAge: NaN }));
      world.fault = undefined;
      await world.pass(MINUTE);
      equal(await revisionOf(by(first), keys), 7, `after: ${name}`);
    }
  }));

const FAULTS = {
  "no network": () => new TypeError("failed to fetch"),
  "status 500": () => new Response("{}", { status: 500 }),
  "a set with status 404": () => new Response(JSON.stringify(toJwks([second])), { status: 404 }),
  "a page": () => new Response("<!doctype html>"),
  "no set": () => new Response('{"keys":7}'),
  "no answer": () => undefined,
};

/** Lets what waits for a timer have it; signatures take time of the real clock. */
async function during(world, promise) {
  let isOver = false;
  const done = promise.finally(() => (isOver = true));
  done.catch(() => {});
  while (!isOver) {
    await settled();
    if (!isOver && world.timers.size > 0) await world.pass(SECOND);
  }
  return done;
}

test("remote keys: a start without a network goes by what is stored, for a day", () =>
  World.in(async (world) => {
    server(world, first);
    const storage = new Shelf();
    await revisionOf(by(first), remote({ storage }));
    world.fault = () => new TypeError("failed to fetch");
    await world.pass(DAY - MINUTE);
    const keys = remote({ storage });
    storage.read = [];
    for (let i = 0; i < 3; i += 1) equal(await revisionOf(by(first), keys), 7);
    equal(storage.read.length, 1);
    await refused(by(second), remote({ storage }));
    await world.pass(2 * MINUTE);
    await refused(by(first), remote({ storage }), "fetch-failed");
    equal(await revisionOf(by(first), remote({ storage }), { maxKeyAge: 2 * DAY }), 7);
    await refused(by(first), remote(), "fetch-failed");
  }));

test("remote keys: what is stored of another address, broken, or from the future does not count", () =>
  World.in(async (world) => {
    server(world, first);
    const storage = new Shelf();
    await revisionOf(by(first), remote({ storage }));
    world.fault = () => new TypeError("failed to fetch");
    await refused(by(first), remoteKeys("/others", { storage }), "fetch-failed");
    const [[name, kept]] = storage.map;
    for (const odd of [
      { ...kept, at: world.date + 1 },
      { ...kept, at: undefined },
      { ...kept, at: "2026" },
      { ...kept, keys: {} },
      { ...kept, at: NaN },
      null,
      7,
      "x",
    ]) {
      storage.map.set(name, odd);
      await refused(by(first), remote({ storage }), "fetch-failed");
    }
    storage.map.set(name, kept);
    equal(await revisionOf(by(first), remote({ storage })), 7);
  }));

test("remote keys: a clock that is set back does not make a set younger", () =>
  World.in(async (world) => {
    server(world, first);
    const keys = remote();
    await revisionOf(by(first), keys);
    world.fault = () => new TypeError("failed to fetch");
    await world.pass(20 * HOUR);
    world.date -= 20 * HOUR;
    await world.pass(5 * HOUR);
    await refused(by(first), keys, "fetch-failed");
  }));

test("remote keys: sleep counts", () =>
  World.in(async (world) => {
    server(world, first);
    const keys = remote();
    await revisionOf(by(first), keys);
    world.fault = () => new TypeError("failed to fetch");
    await world.sleep(25 * HOUR);
    await world.pass(MINUTE);
    await refused(by(first), keys, "fetch-failed");
  }));

test("remote keys: a storage that fails or never answers is as good as none", () =>
  World.in(async (world) => {
    server(world, first);
    for (const fault of [new Error("no"), "hangs", "throws"]) {
      for (const name of ["get", "set"]) {
        const storage = new Shelf();
        if (fault === "throws")
          storage[name] = () => {
            throw new Error("no");
          };
        else storage.fails[name] = fault;
        equal(await during(world, revisionOf(by(first), remote({ storage }))), 7);
      }
    }
    equal(world.timers.size, 0);
  }));

test("remote keys: while nothing is known it is tried once in a second; an answer that is slow is given up", () =>
  World.in(async (world) => {
    server(world, first);
    const keys = remote();
    world.fault = () => undefined;
    await during(world, refused(by(first), keys, "fetch-failed"));
    ok(world.requests[0].signal.aborted);
    world.fault = undefined;
    equal(await revisionOf(by(first), keys), 7);
    equal(world.timers.size, 0);
    // Many at a time wait for the one that is under way.
    const slow = remote();
    world.answer = () =>
      new Promise((done) =>
        setTimeout(() => done(new Response(JSON.stringify(toJwks([first])))), SECOND / 2),
      );
    const before = world.requests.length;
    deepEqual(
      await during(world, Promise.all([by(first), by(first)].map((jws) => revisionOf(jws, slow)))),
      [7, 7],
    );
    equal(world.requests.length, before + 1);
    server(world, first);
    world.fault = () => new TypeError("failed to fetch");
    const others = remote();
    for (let i = 0; i < 9; i += 1) await refused(by(first), others, "fetch-failed");
    equal(world.requests.length, before + 2);
  }));

test("a store takes what was signed: fetched and stored, by epoch, and for its person alone", () =>
  World.in(async (world) => {
    const served = { jws: "" };
    world.answer = (url) => new Response(url === "/keys" ? JSON.stringify(toJwks([first])) : served.jws);
    const publish = async (change = {}, { key = first, subject = "ana", epoch = 0 } = {}) => {
      served.jws = await signGate(
        dataOf({ "c.reply": "own" }, { expires: world.date + DAY, user: subject, ...change }),
        key,
        { subject, epoch },
      );
    };
    const storage = new Shelf();
    const open = () =>
      world.store({
        user: "ana",
        tenant: "acme",
        storage,
        verify: verifier(remote({ storage }), { tenant: "acme", subject: "ana" }),
      });
    const store = open();
    const look = async () => [await store.refresh(), store.gate.revision, store.status];
    await publish();
    deepEqual(await look(), [true, 7, "ready"]);
    equal(store.gate.can("c.reply", { owner: "ana" }), true);
    for (const [change, how] of [
      [{ revision: 8 }, { key: second }],
      [{ revision: 8 }, { subject: "bo" }],
      [{ revision: 8, tenant: "other" }, {}],
      [{ revision: 6 }, {}],
    ]) {
      await publish(change, how);
      deepEqual(await look(), [false, 7, "stale"]);
    }
    served.jws = JSON.stringify(dataOf({ "c.reply": "all" }, { revision: 9 }));
    deepEqual(await look(), [false, 7, "stale"]);
    await publish({ revision: 900 }, { epoch: 1 });
    deepEqual(await look(), [true, 900, "ready"]);
    await publish({ revision: 9 }, { epoch: 2 });
    deepEqual(await look(), [true, 9, "ready"]);
    await publish({ revision: 10 }, { epoch: 1 });
    deepEqual(await look(), [false, 9, "stale"]);
    store.close();

    // Without a network, from the storage: the signature is verified again.
    world.answer = () => new TypeError("failed to fetch");
    const again = open();
    await again.ready;
    deepEqual([again.gate.revision, again.gate.can("c.reply", { owner: "ana" })], [9, true]);
    again.close();
    for (const [key, kept] of storage.map)
      if (kept.bytes !== undefined)
        storage.map.set(key, {
          ...kept,
          bytes: new TextEncoder().encode(new TextDecoder().decode(kept.bytes).replace(/.{9}$/, "AAAAAAAAA")),
        });
    const tampered = open();
    await world.pass(SECOND);
    equal(tampered.gate.can("c.reply", { owner: "ana" }), false);
  }));

// `rolegate/store`, every rule by itself, with a clock and a network that do what the test says.

import assert from "node:assert/strict";
import { test } from "node:test";
import { narrowed } from "./narrowed.mjs";
import { DAY, dataOf, HOUR, MINUTE, NOW, SECOND, Shelf, settled, World } from "./world.mjs";

const { deepEqual, equal, ok } = assert;
const rule = (name, action, where) => test(name, () => World.in(action, where));
const OWN = { owner: "ana" };
const OTHER = { owner: "bo" };
/** What Ana may reply to: nothing, her own, everything. */
const reply = ({ gate }) => (gate.can("c.reply", OTHER) ? "all" : gate.can("c.reply", OWN) ? "own" : "none");
const who = { user: "ana", tenant: "acme" };
const codes = ({ errors }) => errors.map(({ code }) => code);

// -- what comes

for (const [name, body] of Object.entries({
  "gate data": () => dataOf({ "c.view": "all", "c.reply": "own" }),
  "a whole snapshot": (world) => world.snapshot(),
  "a narrowed snapshot": (world) => narrowed(world.snapshot()),
})) {
  rule(`${name}: empty, then ready; the gate says no before`, async (world) => {
    world.serve(await body(world));
    const store = world.store(who);
    deepEqual(
      [
        store.status,
        reply(store),
        store.gate.permissions(),
        store.gate.scope("c.reply").kind,
        store.gate.explain("c.reply").allowed,
      ],
      ["empty", "none", [], "none", false],
    );
    equal(store.ready, store.ready);
    await world.pass(0);
    equal(await store.ready, store);
    deepEqual([store.status, reply(store), store.gate.user, store.gate.revision], ["ready", "own", "ana", 7]);
    equal(store.snapshot === undefined, name === "gate data");
  });

  rule(`${name}: a change is swapped in, and an answer 304 costs nothing`, async (world) => {
    world.serve(await body(world));
    const store = world.store(who);
    await world.pass(0);
    const { gate } = store;
    await world.pass(MINUTE);
    equal(world.requests.length, 2);
    ok(world.requests[1].headers["if-none-match"]);
    equal(store.gate, gate);
    world.serve(
      name === "gate data"
        ? dataOf({ "c.view": "all", "c.reply": "all" }, { revision: 8 })
        : name === "a whole snapshot"
          ? world.snapshot({ revision: 8, grant: "all" })
          : await narrowed(world.snapshot({ revision: 8, grant: "all" })),
    );
    await world.pass(MINUTE);
    deepEqual([reply(store), store.gate.revision, store.gate === gate], ["all", 8, false]);
  });

  rule(`${name}: the gate is the same object as long as no answer may have changed`, async (world) => {
    world.serve(await body(world));
    const store = world.store(who);
    await world.pass(0);
    const { gate } = store;
    const later =
      name === "gate data"
        ? {
            ...dataOf({ "c.view": "all", "c.reply": "own" }, { revision: 8, at: NOW + 5 }),
            expires: NOW + HOUR,
          }
        : world.snapshot({ revision: 8, expiresAt: new Date(NOW + HOUR).toISOString() });
    world.serve(name === "a narrowed snapshot" ? await narrowed(later) : later);
    await world.pass(MINUTE);
    deepEqual([store.gate === gate, store.gate.revision, store.gate.validUntil], [true, 8, NOW + HOUR]);
    await world.pass(HOUR - MINUTE - 1);
    equal(reply(store), "own");
    await world.pass(1);
    deepEqual([store.status, reply(store), store.gate === gate], ["expired", "none", false]);
  });
}

rule("a whole snapshot in which somebody else's roles change: the same object", async (world) => {
  world.serve(world.snapshot());
  const store = world.store(who);
  await world.pass(0);
  const { gate, snapshot } = store;
  const next = world.snapshot({ revision: 8 });
  next.users[1].roles = ["agent"];
  world.serve(next);
  await world.pass(MINUTE);
  deepEqual([store.gate === gate, store.gate.revision, store.snapshot === snapshot], [true, 8, false]);
});

rule(
  "a whole snapshot in which only a reason changes: another object, no change of an answer",
  async (world) => {
    world.serve(world.snapshot({ grant: undefined }));
    const store = world.store(who);
    await world.pass(0);
    const { gate } = store;
    const events = [];
    store.subscribe(({ changes }) => events.push(changes));
    world.serve(
      world.snapshot({
        revision: 8,
        grant: undefined,
        user: { roles: ["agent", { role: "other", until: "2020-01-01T00:00:00Z" }] },
      }),
    );
    await world.pass(MINUTE);
    deepEqual(
      [store.gate === gate, store.gate.explain("c.export").reason, events.at(-1)],
      [false, "not-active", []],
    );
  },
);

rule("without `user`: whose data it is; a snapshot of several people is refused", async (world) => {
  world.serve(await narrowed(world.snapshot()));
  const one = world.store();
  await world.pass(0);
  equal(one.gate.user, "ana");
  world.serve(world.snapshot());
  const many = world.store();
  await world.pass(0);
  deepEqual([many.status, codes(world)], ["empty", ["bad-options"]]);
});

rule("options of the gate: given, and changed", async (world) => {
  world.serve(world.snapshot({ grant: "all" }));
  const store = world.store({ ...who, options: { limit: ["c.view"] } });
  const events = [];
  store.subscribe((event) => events.push(event));
  await world.pass(0);
  const { gate } = store;
  deepEqual(gate.permissions(), ["c.view"]);
  store.configure({ limit: ["*"] });
  deepEqual([store.gate.permissions(), store.gate === gate], [["c.view", "c.reply"], false]);
  await settled();
  deepEqual(events.at(-1).changes, [{ permission: "c.reply", from: "none", to: "all", change: "wider" }]);
  assert.throws(() => store.configure({ limits: [] }), { code: "bad-options" });
  deepEqual(store.gate.permissions(), ["c.view", "c.reply"]);
  const again = store.gate;
  store.configure({ context: { ip: "::1" } });
  equal(store.gate === again, false);
});

rule("gate data do not go with an option that they cannot honour: nothing opens", async (world) => {
  world.serve(dataOf({ "c.reply": "all" }));
  const store = world.store({ ...who, options: { limit: [] } });
  await world.pass(0);
  deepEqual([store.status, reply(store), codes(world)], ["empty", "none", ["bad-options"]]);
});

test("options of a store are checked", async () => {
  await World.in(async (world) => {
    const refused = (options, code = "bad-options") => assert.throws(() => world.store(options), { code });
    refused({ url: undefined });
    refused({ intervall: 5 });
    refused({ interval: "60" });
    refused({ interval: NaN });
    refused({ maxStale: "1d" });
    refused({ activate: "never" });
    refused({ user: undefined });
    refused({ tenant: undefined }, "wrong-tenant");
    refused({ storage: new Shelf() });
    refused({ storage: new Shelf(), user: "ana" }, "wrong-tenant");
    refused({ storage: new Shelf(), tenant: null });
    equal(world.requests.length, 0);
  });
});

// -- what is in order

const faults = {
  "a network that cannot be reached": () => new TypeError("failed to fetch"),
  ...Object.fromEntries(
    [
      100 + 99,
      201,
      204,
      206,
      300,
      302,
      400,
      402,
      405,
      406,
      407,
      408,
      409,
      411,
      412,
      413,
      418,
      421,
      422,
      425,
      426,
      428,
      429,
      431,
      451,
      500,
      501,
      502,
      503,
      504,
      511,
      599,
    ]
      .filter((status) => status >= 200)
      .map((status) => [
        `status ${status}`,
        () =>
          new Response(
            status === 204 ? null : JSON.stringify(dataOf({ "c.reply": "all" }, { revision: 9 })),
            { status },
          ),
      ]),
  ),
  "304 that nobody asked for": (request) => (
    delete request.headers["if-none-match"], Object.defineProperty(new Response(null), "status", { value: 0 })
  ),
  "a hotel's page": () =>
    new Response("<!doctype html><title>Welcome</title>", { headers: { "content-type": "text/html" } }),
  "a hotel's page that says it is JSON": () =>
    new Response("<!doctype html><title>Welcome</title>", {
      headers: { "content-type": "application/json" },
    }),
  "an empty body": () => new Response(""),
  null: () => new Response("null"),
  "half a body": () => new Response(JSON.stringify(dataOf({ "c.reply": "all" })).slice(0, 80)),
  "a body that breaks off": () =>
    new Response(
      new ReadableStream({
        start: (stream) => (
          stream.enqueue(new TextEncoder().encode("{")), stream.error(new TypeError("terminated"))
        ),
      }),
    ),
  "bytes that are not text": () => new Response(new Uint8Array([0x22, 0xff, 0x22])),
  "gate data with bytes that are not text": () =>
    new Response(
      Buffer.from(
        JSON.stringify(dataOf({ "c.reply": "all", "c.X": "all" }, { revision: 9 })).replace("c.X", "c.\xff"),
        "latin1",
      ),
    ),
  "gate data that are not in order": () =>
    new Response(JSON.stringify({ ...dataOf({ "c.reply": "all" }), rules: [5] })),
  "gate data of another format": () =>
    new Response(JSON.stringify({ ...dataOf({ "c.reply": "all" }), format: "rolegate-gate/2" })),
  "a snapshot that is not in order": (_, world) =>
    new Response(JSON.stringify(world.snapshot({ revision: 9, grant: "everything" }))),
  "somebody else's gate data": () =>
    new Response(JSON.stringify(dataOf({ "c.reply": "all" }, { revision: 9, user: "bo" }))),
  "another tenant's gate data": () =>
    new Response(JSON.stringify(dataOf({ "c.reply": "all" }, { revision: 9, tenant: "other" }))),
  "another tenant's snapshot": (_, world) =>
    new Response(JSON.stringify(world.snapshot({ revision: 9, grant: "all", tenant: "other" }))),
  "gate data of no tenant": () =>
    new Response(JSON.stringify({ ...dataOf({ "c.reply": "all" }, { revision: 9 }), tenant: undefined })),
  "an older revision": () => new Response(JSON.stringify(dataOf({ "c.reply": "all" }, { revision: 6 }))),
};

for (const [name, answer] of Object.entries(faults)) {
  rule(`${name} keeps the last good answer, stale, and the next that is in order is taken`, async (world) => {
    world.serve(dataOf({ "c.view": "all", "c.reply": "own" }));
    const store = world.store(who);
    await world.pass(0);
    const { gate } = store;
    world.answer = (_, request) => answer(request, world);
    equal(await store.refresh(), false);
    deepEqual(
      [store.status, store.gate === gate, reply(store), world.errors.length],
      ["stale", true, "own", 1],
    );
    ok(world.errors[0].code);
    world.serve(dataOf({ "c.view": "all" }, { revision: 8 }));
    await world.pass(SECOND);
    deepEqual([store.status, reply(store)], ["ready", "none"]);
  });

  rule(`${name} at the start: empty, and says no`, async (world) => {
    world.answer = (_, request) => answer(request, world);
    const store = world.store(who);
    await world.pass(0);
    const isFirst = name === "an older revision"; // there was none before it
    deepEqual([store.status, reply(store)], isFirst ? ["ready", "all"] : ["empty", "none"]);
  });
}

rule("a server that does not answer is given up after a minute", async (world) => {
  world.serve(dataOf({ "c.reply": "own" }));
  const store = world.store(who);
  await world.pass(0);
  world.answer = () => undefined;
  const refreshed = store.refresh();
  await world.pass(MINUTE - 1);
  equal(store.status, "ready");
  await world.pass(1);
  deepEqual([await refreshed, store.status, reply(store)], [false, "stale", "own"]);
  equal(world.requests.at(-1).signal.aborted, true);
});

rule("a body that does not end is given up, too, also where `fetch` hears no signal", async (world) => {
  world.answer = () => ({ status: 200, headers: new Headers(), arrayBuffer: () => new Promise(() => {}) });
  const store = world.store({ ...who, fetch: (url) => world.answer(url) });
  await world.pass(MINUTE);
  deepEqual([store.status, codes(world)], ["empty", ["fetch-failed"]]);
});

for (const status of [401, 403, 404, 410]) {
  rule(
    `status ${status} closes at once, deletes what is stored, and ends the looks until refresh()`,
    async (world) => {
      const storage = new Shelf();
      world.serve(dataOf({ "c.reply": "own" }));
      const store = world.store({ ...who, storage });
      await world.pass(0);
      const events = [];
      store.subscribe((event) => events.push(event));
      const key = JSON.stringify(["/me/roles", "acme", "ana"]);
      equal(storage.map.has(key), true);
      world.status(status);
      await world.pass(MINUTE);
      deepEqual(
        [store.status, reply(store), store.gate.permissions(), storage.map.has(key)],
        ["closed", "none", [], false],
      );
      deepEqual(
        { ...events.at(-1) },
        {
          revision: 7,
          reason: "closed",
          status: "closed",
          changes: [{ permission: "c.reply", from: "own", to: "none", change: "narrower" }],
        },
      );
      equal(storage.map.get(JSON.stringify(["/me/roles", "acme"])).revision, 7);
      const { length } = world.requests;
      await world.pass(DAY);
      await world.show(false);
      await world.show(true);
      await world.event("online");
      await world.pass(DAY);
      equal(world.requests.length, length);
      world.serve(dataOf({ "c.reply": "all" }, { revision: 6 }));
      equal(await store.refresh(), false); // the revision mark has stayed
      equal(reply(store), "none");
      world.serve(dataOf({ "c.reply": "all" }, { revision: 8 }));
      equal(await store.refresh(), true);
      deepEqual([store.status, reply(store)], ["ready", "all"]);
      await world.pass(MINUTE);
      equal(world.requests.length, length + 3);
    },
  );
}

// -- how long it goes on

rule("stale until maxStale, then expired; the next answer that is in order opens again", async (world) => {
  world.serve(dataOf({ "c.reply": "own" }));
  const store = world.store({ ...who, maxStale: HOUR });
  await world.pass(0);
  const events = [];
  store.subscribe((event) => events.push([event.reason, event.status, event.changes.length]));
  await settled();
  world.status(503);
  await world.pass(HOUR - 1);
  deepEqual([store.status, reply(store)], ["stale", "own"]);
  await world.pass(1);
  deepEqual([store.status, reply(store)], ["expired", "none"]);
  deepEqual(events, [
    ["data", "ready", 1],
    ["status", "stale", 0],
    ["time", "expired", 1],
  ]);
  world.serve(dataOf({ "c.reply": "own" }));
  equal(await store.refresh(), true);
  deepEqual([store.status, reply(store)], ["ready", "own"]);
});

rule("a 304 is an answer that is in order, and does not move the end of the data", async (world) => {
  world.serve(dataOf({ "c.reply": "own" }, { expires: NOW + 3 * HOUR }));
  const store = world.store({ ...who, maxStale: HOUR });
  await world.pass(3 * HOUR - 1);
  deepEqual([store.status, reply(store)], ["ready", "own"]);
  await world.pass(1);
  deepEqual([store.status, reply(store)], ["expired", "none"]);
});

rule("a date that is set back prolongs nothing; one that is set forward ends it", async (world) => {
  world.serve(dataOf({ "c.reply": "own" }));
  const store = world.store({ ...who, maxStale: HOUR });
  await world.pass(0);
  world.status(500);
  world.date -= DAY;
  await world.pass(HOUR);
  deepEqual([store.status, reply(store)], ["expired", "none"]);
  world.serve(dataOf({ "c.reply": "own" }));
  await store.refresh();
  equal(reply(store), "own");
  world.date += 2 * HOUR;
  await settled();
  deepEqual([store.status, reply(store)], ["expired", "none"]);
});

rule("what ends is denied at that moment, and an event says so", async (world) => {
  const end = NOW + 2 * HOUR;
  world.serve(
    dataOf({ "c.view": "all", "c.reply": { scoped: true, any: [{}], until: end } }, { validUntil: end }),
  );
  const store = world.store(who);
  await world.pass(0);
  const events = [];
  store.subscribe(({ reason, changes }) => events.push([reason, changes]));
  const { gate } = store;
  await world.pass(2 * HOUR - 1);
  deepEqual([reply(store), store.gate === gate], ["all", true]);
  await world.pass(1);
  deepEqual(events.at(-1), [
    "time",
    [{ permission: "c.reply", from: "all", to: "none", change: "narrower" }],
  ]);
  deepEqual([reply(store), store.gate === gate, store.gate.can("c.view")], ["none", false, true]);
});

rule("what begins in a snapshot is there at that moment", async (world) => {
  const from = NOW + HOUR;
  world.serve(
    world.snapshot({ user: { roles: ["agent", { role: "other", from: new Date(from).toISOString() }] } }),
  );
  const store = world.store(who);
  await world.pass(HOUR - 1);
  equal(store.gate.can("c.export"), false);
  const events = [];
  store.subscribe(({ reason, changes }) => events.push([reason, changes]));
  await world.pass(1);
  deepEqual(
    [store.gate.can("c.export"), events.at(-1)],
    [true, ["time", [{ permission: "c.export", from: "none", to: "all", change: "wider" }]]],
  );
});

rule("what ends in three months: no timer is longer than 24.8 days, none fires early", async (world) => {
  world.turns = 4;
  const end = NOW + 90 * DAY;
  world.answer = () => new TypeError("offline");
  world.serve(dataOf({ "c.reply": "own" }, { expires: end }));
  const store = world.store({ ...who, interval: 60 * DAY, maxStale: 365 * DAY });
  await world.pass(0);
  let told = 0;
  store.subscribe(({ reason }) => (told += reason === "time"));
  // Not by its own looks at the clock, of which there are 130,000, but as from after a sleep.
  world.date += 90 * DAY - HOUR;
  world.elapsed += 90 * DAY - HOUR;
  for (const timer of world.timers.values())
    ok(timer.at <= world.elapsed + MINUTE || timer.at - world.elapsed < 2 ** 31);
  await world.pass(HOUR - 1);
  deepEqual([reply(store), told], ["own", 0]);
  await world.pass(1);
  deepEqual([reply(store), told], ["none", 1]);
});

rule(
  "a machine that slept: the first look at the gate sees the clock, the timers at most a minute later",
  async (world) => {
    world.serve(dataOf({ "c.reply": "own" }, { expires: NOW + HOUR }));
    const store = world.store({ ...who, interval: 10 * DAY });
    await world.pass(0);
    const events = [];
    store.subscribe(({ reason }) => events.push(reason));
    await world.sleep(HOUR);
    equal(reply(store), "none");
    await settled();
    deepEqual(events, ["data", "time"]);

    const other = world.store({ ...who, interval: 10 * DAY });
    world.serve(dataOf({ "c.reply": "own" }, { expires: world.date + HOUR }));
    await world.pass(0);
    let reason;
    other.subscribe((event) => (reason = event.reason));
    await world.sleep(HOUR);
    await world.pass(MINUTE);
    equal(reason, "time");
  },
);

rule(
  "a clock that tells no time: nothing is allowed, and the store does not look at it all the time",
  async (world) => {
    let reads = 0;
    const now = () => ((reads += 1), NaN);
    world.serve(dataOf({ "c.reply": "own" }));
    const store = world.store({ ...who, options: { now } });
    await world.pass(0);
    equal(reply(store), "none");
    reads = 0;
    await world.pass(MINUTE - 1);
    ok(reads < 10, String(reads));
  },
);

// -- when it looks

rule(
  "code for the storage that does not arrive: reported, and the store goes on without it",
  async (world) => {
    world.serve(dataOf({ "c.reply": "own" }));
    const storage = Object.defineProperty(new Shelf(), "keep", {
      get() {
        throw new TypeError("Failed to fetch dynamically imported module");
      },
    });
    const store = world.store({ ...who, storage });
    await world.pass(0);
    deepEqual([store.status, reply(store), codes(world)], ["ready", "own", ["fetch-failed"]]);
  },
);

rule("it looks every minute, or every `interval`, but not more often than every 5 seconds", async (world) => {
  world.serve(dataOf({ "c.reply": "own" }));
  world.store(who);
  await world.pass(10 * MINUTE - 1);
  equal(world.requests.length, 10);
  world.stores[0].close();
  world.requests.length = 0;
  world.store({ ...who, interval: 10 });
  await world.pass(MINUTE - 1);
  equal(world.requests.length, 12);
});

for (const [control, count] of [
  ["max-age=10", 6],
  ["max-age=1", 12],
  ["private, max-age=20", 3],
  ["max-age=0", 1],
  ["no-cache, max-age=10", 1],
  ["max-age=600", 1],
  ["s-maxage=10", 1],
]) {
  rule(`Cache-Control: ${control} gives ${count} looks in a minute`, async (world) => {
    world.serve(dataOf({ "c.reply": "own" }), { "cache-control": control });
    world.store(who);
    await world.pass(MINUTE - 1);
    equal(world.requests.length, count);
  });
}

rule(
  "after faults it looks at random moments, twice as late each time, up to five minutes",
  async (world) => {
    world.status(500);
    world.store(who);
    await world.pass(HOUR);
    const gaps = world.requests.slice(1).map(({ at }, i) => (at - world.requests[i].at) / SECOND);
    deepEqual(gaps.slice(0, 12), [0.5, 1, 2, 4, 8, 16, 32, 64, 128, 150, 150, 150]);
    world.random = () => 0.999;
    await world.pass(HOUR);
    const all = world.requests.slice(1).map(({ at }, i) => at - world.requests[i].at);
    ok(
      all.every((gap) => gap <= 300 * SECOND),
      "no gap is longer",
    );
  },
);

for (const [after, wait] of [
  ["120", 120],
  ["Thu, 18 Nov 2026 09:42:20 GMT", (Date.parse("Thu, 18 Nov 2026 09:42:20 GMT") - NOW) / SECOND],
  ["99999999", 3600],
  ["soon", 0.5],
  ["-5", 0.5],
]) {
  rule(`Retry-After: ${after} is waited for`, async (world) => {
    world.status(429, { "retry-after": after });
    const store = world.store(who);
    await world.pass(0);
    const first = world.requests.length;
    const until = Math.max(wait, 0.5) * SECOND;
    await world.show(false);
    await world.show(true);
    await world.event("online");
    await world.pass(Math.min(until, 6 * SECOND) - 1);
    if (until > 6 * SECOND) {
      await world.pass(until - 6 * SECOND);
      equal(world.requests.length, first, "not before");
      await world.pass(2);
    } else await world.pass(6 * SECOND);
    ok(world.requests.length > first, "but then");
    equal(store.status, "empty");
  });
}

rule("Retry-After is waited for, by itself", async (world) => {
  world.status(503, { "retry-after": "120" });
  world.store(who);
  await world.pass(120 * SECOND - 1);
  equal(world.requests.length, 1);
  await world.pass(1);
  equal(world.requests.length, 2);
});

rule("a hidden page does not look, but closes in time what ends; visible again it looks", async (world) => {
  const end = NOW + 10 * MINUTE;
  world.serve(dataOf({ "c.reply": "own" }, { expires: end }));
  const store = world.store(who);
  await world.pass(0);
  await world.show(false);
  let told;
  store.subscribe(({ reason }) => (told = reason));
  await world.pass(10 * MINUTE);
  deepEqual([world.requests.length, told, reply(store)], [1, "time", "none"]);
  await world.show(true);
  await world.pass(0);
  equal(world.requests.length, 2);
});

rule("becoming visible and online looks at most once in 5 seconds", async (world) => {
  world.serve(dataOf({ "c.reply": "own" }));
  world.store(who);
  await world.pass(10 * SECOND);
  for (let i = 0; i < 10; i += 1) {
    await world.show(false);
    await world.show(true);
    await world.event("online");
    await world.pass(100);
  }
  equal(world.requests.length, 2);
  await world.pass(5 * SECOND);
  equal(world.requests.length, 3);
});

rule("offline and back: the network's return looks at once", async (world) => {
  world.serve(dataOf({ "c.reply": "own" }));
  const store = world.store(who);
  await world.pass(0);
  world.random = () => 0.999;
  world.answer = () => new TypeError("offline");
  await world.pass(HOUR);
  deepEqual([store.status, reply(store)], ["stale", "own"]);
  world.serve(dataOf({ "c.reply": "all" }, { revision: 8 }));
  await world.pass(6 * SECOND);
  const { length } = world.requests;
  await world.event("online");
  await world.pass(0);
  deepEqual([world.requests.length - length <= 1, store.status, reply(store)], [true, "ready", "all"]);
});

rule("back from the back/forward cache it looks, and not while it is put aside", async (world) => {
  world.serve(dataOf({ "c.reply": "own" }));
  world.store(who);
  await world.pass(0);
  await world.event("pagehide");
  await world.pass(HOUR);
  equal(world.requests.length, 1);
  await world.event("pageshow");
  await world.pass(0);
  equal(world.requests.length, 2);
  await world.event("freeze");
  await world.pass(HOUR);
  equal(world.requests.length, 2);
  await world.event("resume");
  await world.pass(0);
  equal(world.requests.length, 3);
});

// -- push

rule(
  "a push means: look again; many are one, at a random moment; what it carries does not matter",
  async (world) => {
    world.serve(dataOf({ "c.reply": "own" }));
    let look;
    const store = world.store({ ...who, interval: HOUR, push: (given) => ((look = given), () => {}) });
    await world.pass(10 * SECOND);
    equal(world.requests.length, 1);
    world.published = dataOf({ "c.reply": "all" }, { revision: 8 });
    for (let i = 0; i < 20; i += 1) look(dataOf({ "c.reply": "none" }));
    await world.pass(499);
    equal(world.requests.length, 1);
    await world.pass(1);
    deepEqual([world.requests.length, reply(store)], [2, "all"]);
  },
);

rule("a push during a look leads to another look after it", async (world) => {
  let answer;
  world.answer = () =>
    new Promise((done) => (answer = () => done(new Response(JSON.stringify(dataOf({ "c.reply": "own" }))))));
  let look;
  world.store({ ...who, push: (given) => ((look = given), () => {}) });
  await settled();
  look();
  await world.pass(SECOND);
  equal(world.requests.length, 1);
  answer();
  await settled();
  equal(world.requests.length, 2);
  answer();
  await settled();
});

rule(
  "a push that cannot be had, stops or comes back: looks go on; it is let go of when nobody sees the page",
  async (world) => {
    world.serve(dataOf({ "c.reply": "own" }));
    const store = world.store({
      ...who,
      push: () => {
        throw new TypeError("no EventSource");
      },
    });
    await world.pass(MINUTE);
    deepEqual([world.requests.length, store.status, codes(world)], [2, "ready", ["fetch-failed"]]);
    store.close();
    const log = [];
    const pushed = world.store({ ...who, push: () => (log.push("on"), () => log.push("off")) });
    await world.pass(0);
    await world.show(false);
    await world.show(true);
    pushed.close();
    deepEqual(log, ["on", "off", "on", "off"]);
  },
);

// -- order of revisions

rule(
  "a whole snapshot of an equal revision may differ in when it was issued and ends, in nothing else",
  async (world) => {
    world.serve(world.snapshot());
    const store = world.store(who);
    await world.pass(0);
    world.serve(world.snapshot({ issuedAt: "2026-11-01T00:00:00Z", expiresAt: "2027-01-01T00:00:00Z" }));
    equal(await store.refresh(), true);
    const same = world.snapshot({ issuedAt: "2026-11-01T00:00:00Z" });
    world.serve(JSON.stringify(Object.fromEntries(Object.entries(same).reverse())));
    equal(await store.refresh(), true, "in another order");
    world.serve(world.snapshot({ grant: "all" }));
    equal(await store.refresh(), false);
    deepEqual([reply(store), codes(world)], ["own", ["old-revision"]]);
  },
);

rule("what is made for one person may change within a revision: the later answer holds", async (world) => {
  world.serve(await narrowed(world.snapshot()));
  const store = world.store(who);
  await world.pass(0);
  world.serve(await narrowed(world.snapshot({ grant: "all" })));
  equal(await store.refresh(), true);
  equal(reply(store), "all");
  world.serve(dataOf({ "c.reply": "own" }));
  equal(await store.refresh(), true);
  equal(reply(store), "own");
});

rule("reset() forgets the highest revision", async (world) => {
  world.serve(dataOf({ "c.reply": "own" }, { revision: 1e9 }));
  const store = world.store({ ...who, storage: new Shelf() });
  await world.pass(0);
  world.serve(dataOf({ "c.reply": "all" }, { revision: 12 }));
  equal(await store.refresh(), false);
  equal(await store.reset(), true);
  deepEqual([store.gate.revision, reply(store)], [12, "all"]);
});

rule("a higher epoch starts the count anew, a lower one is refused", async (world) => {
  const verify = async (bytes) => {
    const [epoch, json] = new TextDecoder().decode(bytes).split("|");
    return { bytes: new TextEncoder().encode(json), epoch: Number(epoch) };
  };
  const at = (epoch, revision, grant) =>
    world.serve(`${epoch}|${JSON.stringify(dataOf({ "c.reply": grant }, { revision }))}`);
  at(1, 1e9, "own");
  const storage = new Shelf();
  const store = world.store({ ...who, verify, storage });
  await world.pass(0);
  at(1, 12, "all");
  equal(await store.refresh(), false);
  at(2, 12, "all");
  equal(await store.refresh(), true);
  equal(reply(store), "all");
  at(1, 2e9, "own");
  equal(await store.refresh(), false);
  store.close();
  const later = world.store({ ...who, verify, storage });
  await world.pass(0);
  deepEqual([reply(later), later.gate.revision], ["all", 12]);
});

rule("what does not verify is refused, fetched or stored", async (world) => {
  let isGood = true;
  const verify = async (bytes) => {
    if (!isGood) throw new Error("forged");
    return { bytes };
  };
  world.serve(dataOf({ "c.reply": "own" }));
  const storage = new Shelf();
  const store = world.store({ ...who, verify, storage });
  await world.pass(0);
  isGood = false;
  world.published = dataOf({ "c.reply": "all" }, { revision: 8 });
  equal(await store.refresh(), false);
  deepEqual([store.status, reply(store)], ["stale", "own"]);
  store.close();
  world.answer = () => new TypeError("offline");
  const later = world.store({ ...who, verify, storage });
  await world.pass(0);
  deepEqual([later.status, reply(later)], ["empty", "none"]);
});

// -- storage

rule("the first answer comes from the storage, then `if-none-match` is asked", async (world) => {
  const storage = new Shelf();
  world.serve(dataOf({ "c.reply": "own" }));
  world.store({ ...who, storage });
  await world.pass(0);
  world.stores[0].close();
  world.requests.length = 0;
  const answer = world.answer;
  world.answer = () => undefined;
  await world.pass(HOUR);
  const store = world.store({ ...who, storage });
  await settled();
  await store.ready;
  deepEqual([store.status, reply(store), world.requests.length], ["stale", "own", 1]);
  ok(world.requests[0].headers["if-none-match"]);
  world.answer = answer;
});

for (const [name, wait, change] of [
  ["older than maxStale", DAY, {}],
  ["of data that have expired", HOUR, { expires: NOW + HOUR }],
]) {
  rule(`what is stored and ${name} is not shown`, async (world) => {
    const storage = new Shelf();
    world.serve(dataOf({ "c.reply": "own" }, change));
    world.store({ ...who, storage });
    await world.pass(0);
    world.stores[0].close();
    world.answer = () => new TypeError("offline");
    await world.pass(wait - 1);
    const early = world.store({ ...who, storage });
    await settled();
    equal(reply(early), "own");
    early.close();
    await world.pass(1);
    const store = world.store({ ...who, storage });
    await settled();
    deepEqual([store.status, reply(store)], ["empty", "none"]);
  });
}

rule("what is stored in the future is not shown: the date was set back", async (world) => {
  const storage = new Shelf();
  world.serve(dataOf({ "c.reply": "own" }));
  world.store({ ...who, storage });
  await world.pass(0);
  world.stores[0].close();
  world.answer = () => new TypeError("offline");
  world.date -= HOUR;
  const store = world.store({ ...who, storage });
  await settled();
  deepEqual([store.status, reply(store)], ["empty", "none"]);
});

rule("what is stored of somebody else is deleted unread, whatever the address", async (world) => {
  const storage = new Shelf();
  world.serve(dataOf({ "c.reply": "own" }));
  const ana = world.store({ ...who, storage, url: "/ana/roles" });
  await world.pass(0);
  ana.close();
  const key = JSON.stringify(["/ana/roles", "acme", "ana"]);
  equal(storage.map.has(key), true);
  storage.read.length = 0;
  world.answer = () => new TypeError("offline");
  const bo = world.store({ user: "bo", tenant: "acme", storage, url: "/bo/roles" });
  await settled();
  deepEqual([storage.map.has(key), storage.read.includes(key), bo.status], [false, false, "empty"]);
});

rule("the highest revision is remembered across reloads", async (world) => {
  const storage = new Shelf();
  world.serve(dataOf({ "c.reply": "own" }));
  world.store({ ...who, storage });
  await world.pass(0);
  world.stores[0].close();
  storage.map.delete(JSON.stringify(["/me/roles", "acme", "ana"]));
  world.serve(dataOf({ "c.reply": "all" }, { revision: 6 }));
  const store = world.store({ ...who, storage });
  await world.pass(0);
  deepEqual([store.status, codes(world)], ["empty", ["old-revision"]]);
});

for (const [name, fails] of Object.entries({
  "cannot be read": { get: new DOMException("no", "SecurityError") },
  "cannot be written (quota)": { set: new DOMException("full", "QuotaExceededError") },
  "cannot be opened (private mode)": {
    get: new DOMException("no", "InvalidStateError"),
    set: new DOMException("no", "InvalidStateError"),
    delete: new DOMException("no", "InvalidStateError"),
  },
  "never answers": { get: "hangs", set: "hangs", delete: "hangs" },
})) {
  rule(`a storage that ${name} is done without`, async (world) => {
    world.serve(dataOf({ "c.reply": "own" }));
    const storage = new Shelf();
    storage.fails = fails;
    const store = world.store({ ...who, storage });
    await world.pass(20 * SECOND);
    deepEqual([store.status, reply(store)], ["ready", "own"]);
    ok(codes(world).every((code) => code === "storage") && codes(world).length > 0);
    await world.pass(MINUTE);
    ok(world.requests.length >= 2);
  });
}

rule("what was written with a full disk does not come back older than it was", async (world) => {
  world.serve(dataOf({ "c.reply": "all" }));
  const storage = new Shelf();
  const store = world.store({ ...who, storage });
  await world.pass(0);
  const set = storage.set;
  storage.set = (key, value) =>
    value.bytes ? Promise.reject(new DOMException("full", "QuotaExceededError")) : set(key, value);
  world.published = dataOf({ "c.reply": "own" }, { revision: 8 });
  await store.refresh();
  store.close();
  world.answer = () => new TypeError("offline");
  const later = world.store({ ...who, storage });
  await settled();
  deepEqual([later.status, reply(later)], ["empty", "none"]);
});

for (const value of [
  "text",
  5,
  null,
  {},
  { bytes: "text", at: NOW },
  { bytes: new Uint8Array([1, 2]), at: NOW },
  { bytes: new Uint8Array(), at: "now" },
]) {
  rule(`${JSON.stringify(value)} in the storage opens nothing`, async (world) => {
    const storage = new Shelf();
    storage.map.set(JSON.stringify(["/me/roles", "acme", "ana"]), value);
    storage.map.set(JSON.stringify(["/me/roles", "acme"]), value);
    storage.map.set("rolegate", value);
    world.answer = () => new TypeError("offline");
    const store = world.store({ ...who, storage });
    await settled();
    deepEqual([store.status, reply(store)], ["empty", "none"]);
    world.serve(dataOf({ "c.reply": "own" }));
    await world.pass(MINUTE);
    equal(reply(store), "own");
  });
}

rule("clear() signs out: at once, and what is under way does not count", async (world) => {
  const storage = new Shelf();
  world.serve(dataOf({ "c.reply": "own" }));
  const store = world.store({ ...who, storage });
  await world.pass(0);
  let answer;
  world.answer = () =>
    new Promise(
      (done) =>
        (answer = () => done(new Response(JSON.stringify(dataOf({ "c.reply": "all" }, { revision: 9 }))))),
    );
  const refreshed = store.refresh();
  await settled();
  const cleared = store.clear();
  deepEqual([store.status, reply(store)], ["closed", "none"]);
  answer();
  deepEqual([await refreshed, await cleared], [false, undefined]);
  await settled();
  deepEqual(
    [store.status, reply(store), storage.map.has(JSON.stringify(["/me/roles", "acme", "ana"]))],
    ["closed", "none", false],
  );
});

rule("clear() while bytes are being verified: they do not count any more", async (world) => {
  let verified;
  const verify = (bytes) => new Promise((done) => (verified = () => done({ bytes })));
  const storage = new Shelf();
  world.serve(dataOf({ "c.reply": "all" }));
  const store = world.store({ ...who, verify, storage });
  await world.pass(0);
  await store.clear();
  verified();
  await settled();
  deepEqual(
    [store.status, reply(store), storage.map.has(JSON.stringify(["/me/roles", "acme", "ana"]))],
    ["closed", "none", false],
  );
  const again = store.refresh(); // the same person again: what is verified now counts
  await settled();
  deepEqual([store.status, reply(store)], ["empty", "none"]);
  verified();
  deepEqual([await again, reply(store)], [true, "all"]);
});

// -- listeners

rule(
  "a listener that comes late is told the present state; one that throws is in nobody's way",
  async (world) => {
    world.serve(dataOf({ "c.view": "all", "c.reply": "own" }));
    const store = world.store(who);
    const early = [];
    store.subscribe(() => {
      throw new Error("mine");
    });
    const leave = store.subscribe((event) => early.push(event));
    await world.pass(0);
    const late = [];
    store.subscribe((event) => late.push(event));
    await settled();
    const changes = [
      { permission: "c.view", from: "none", to: "all", change: "wider" },
      { permission: "c.reply", from: "none", to: "own", change: "wider" },
    ];
    deepEqual(
      [early, late],
      [
        [{ revision: 7, reason: "data", status: "ready", changes }],
        [{ revision: 7, reason: "data", status: "ready", changes }],
      ],
    );
    leave();
    world.published = dataOf({ "c.view": "all" }, { revision: 8 });
    await store.refresh();
    deepEqual([early.length, late.length], [1, 2]);
  },
);

// -- manual

rule("manual: what is taken away is gone at once, what widens or moves waits", async (world) => {
  world.serve(world.snapshot({ grant: "own" }));
  const store = world.store({ ...who, activate: "manual" });
  await world.pass(0);
  world.serve(
    world.snapshot({
      revision: 8,
      grant: "all",
      role: { grants: { "c.view": "own", "c.reply": "all", "c.export": true } },
    }),
  );
  await store.refresh();
  const { gate } = store;
  deepEqual(
    [
      gate.can("c.view", OTHER),
      gate.can("c.view", OWN),
      gate.can("c.reply", OTHER),
      gate.can("c.reply", OWN),
      gate.can("c.export"),
    ],
    [false, true, false, true, false],
  );
  deepEqual(
    [
      gate.permissions(),
      gate.scope("c.reply").level,
      gate.explain("c.reply", OTHER).allowed,
      gate.explain("c.reply", OWN).allowed,
    ],
    [["c.view", "c.reply"], "own", false, true],
  );
  deepEqual(gate.filter("c.view", [OWN, OTHER]), [OWN]);
  store.activate();
  deepEqual(
    [store.gate.can("c.view", OTHER), store.gate.can("c.reply", OTHER), store.gate.can("c.export")],
    [false, true, true],
  );
  equal(store.gate === gate, false);
});

rule("manual: a later end of the same content does not wait", async (world) => {
  world.serve(world.snapshot({ expiresAt: new Date(NOW + HOUR).toISOString() }));
  const store = world.store({ ...who, activate: "manual" });
  await world.pass(0);
  const { gate } = store;
  world.serve(world.snapshot({ revision: 8, expiresAt: new Date(NOW + DAY).toISOString() }));
  await world.pass(2 * HOUR);
  deepEqual([reply(store), store.gate.revision, store.gate === gate], ["own", 8, true]);
});

// -- the end

rule("close() leaves no timer, listener, lock or channel, and the gate says no", async (world) => {
  world.serve(dataOf({ "c.reply": "own" }));
  const events = [];
  const store = world.store({ ...who, push: () => () => {} });
  await world.pass(0);
  store.subscribe(({ reason }) => events.push(reason));
  await settled();
  store.close();
  await settled();
  deepEqual(
    [store.status, reply(store), world.timers.size, world.hearing.size, events],
    ["closed", "none", 0, 0, ["data", "closed"]],
  );
  equal(await store.refresh(), false);
  equal(world.requests.length, 1);
});

rule("close() before anything came", async (world) => {
  world.answer = () => undefined;
  const store = world.store(who);
  await settled();
  store.close();
  await store.ready;
  await settled();
  deepEqual([world.timers.size, world.hearing.size, world.requests[0].signal.aborted], [0, 0, true]);
});

rule("two stores know nothing of each other", async (world) => {
  world.serve(dataOf({ "c.reply": "own" }));
  const [one, other] = [world.store(who), world.store(who)];
  await world.pass(0);
  await one.clear();
  one.close();
  deepEqual([other.status, reply(other)], ["ready", "own"]);
});

rule(
  "where there is no page and no lock, it works the same",
  async (world) => {
    world.serve(dataOf({ "c.reply": "own" }));
    const store = world.store(who);
    await world.pass(MINUTE);
    deepEqual([reply(store), world.requests.length], ["own", 2]);
  },
  { hasPage: false, hasLocks: false },
);

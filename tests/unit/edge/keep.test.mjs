// What `keep` promises, rule by rule, with a clock and stores that do what the test says.

import assert from "node:assert/strict";
import { test } from "node:test";
import { keep } from "../../../pkg/edge/index.js";
import { HOUR, KEPT, MINUTE, NOW, SECOND, settled, snapshot, World } from "./world.mjs";

const { deepEqual, equal, match, notEqual, ok, rejects, throws } = assert;
const rule = (name, action) => test(name, () => World.in(action));

rule("within `every` memory answers; after it the store is asked with the etag", async (world) => {
  const shelf = world.put("acme", snapshot("acme", 1));
  const roles = world.keep();
  const first = await roles.current("acme");
  world.go(MINUTE - 1);
  equal(await roles.current("acme"), first);
  deepEqual(shelf.asked, [undefined]);
  world.go(1);
  equal(await roles.current("acme"), first, "the same costs no load");
  deepEqual(shelf.asked, [undefined, "e1"]);
  shelf.put(snapshot("acme", 2));
  equal((await roles.current("acme")).revision, 1);
  world.go(MINUTE);
  equal((await roles.current("acme")).revision, 2);
  equal(first.for("ana").can("c.view"), true, "requests in progress go on");
});

rule("calls at the same time share one load", async (world) => {
  const shelf = world.put("acme", snapshot("acme", 1));
  shelf.ms = 300;
  const roles = world.keep();
  const calls = Array.from({ length: 50 }, () => roles.current("acme"));
  await world.pass(300);
  equal(new Set(await Promise.all(calls)).size, 1);
  equal(shelf.asked.length, 1);
  equal(world.timers.size, 0, "no timer is left");
});

rule("a source without etags is compared by the digest of its bytes", async (world) => {
  let [value, asked] = [snapshot("acme", 1), []];
  const source = { get: async (etag) => (asked.push(etag), { bytes: value }) };
  const roles = keep(() => source, KEPT);
  const first = await roles.current("acme");
  world.go(MINUTE);
  equal(await roles.current("acme"), first);
  equal(asked[1].length, 64);
  value = new TextEncoder().encode(snapshot("acme", 2)).buffer;
  world.go(MINUTE);
  equal((await roles.current("acme")).revision, 2);
});

// -- what does not take the place of the last good one

const BAD = {
  "broken JSON": ['{"format":', "syntax"],
  "half of it": [snapshot("acme", 2).slice(0, 200), "syntax"],
  "a page": ["<html>", "not-json"],
  "another tenant's": [snapshot("other", 2), "wrong-tenant"],
  "nobody's": [snapshot(undefined, 2), "wrong-tenant"],
  "an older one": [snapshot("acme", 0), "old-revision"],
  "one that does not load": [snapshot("acme", 2, { roles: "all" }), "type"],
  "a missing key": [undefined, "fetch-failed"],
  "what is not bytes": [{ tenant: "acme" }, "fetch-failed"],
  "a number": [17, "fetch-failed"],
};
for (const [name, [value, code]] of Object.entries(BAD)) {
  rule(`${name}: the last good one stays until \`maxStale\`, then nothing`, async (world) => {
    const shelf = world.put("acme", snapshot("acme", 1));
    const roles = world.keep();
    const good = await roles.current("acme");
    shelf.put(value);
    for (let at = 0; at < HOUR; at += MINUTE) {
      equal(await roles.current("acme"), good);
      world.go(MINUTE);
    }
    equal(await roles.current("acme"), good);
    world.go(1);
    await rejects(roles.current("acme"), { code });
    deepEqual([...new Set(world.errors)], [`acme ${code}`]);
    shelf.put(snapshot("acme", 2));
    world.go(MINUTE);
    equal((await roles.current("acme")).revision, 2, "and it comes back");
  });

  rule(`${name}: as the first, it is refused`, async (world) => {
    world.put("acme", value);
    const first = world.keep().current("acme");
    if (name === "an older one") equal((await first).revision, 0);
    else await rejects(first, { code, name: /Error$/ });
  });
}

rule(
  "an expired one is given, and denies everything; it is asked about once more when it ends",
  async (world) => {
    const until = (ms) => ({ expiresAt: new Date(NOW + ms).toISOString() });
    const shelf = world.put("acme", snapshot("acme", 1, until(10 * SECOND)));
    const roles = world.keep();
    equal((await roles.current("acme")).for("ana").can("c.view"), true);
    world.go(10 * SECOND);
    const over = await roles.current("acme");
    deepEqual([over.for("ana").can("c.view"), shelf.asked.length], [false, 2]);
    await roles.current("acme");
    equal(shelf.asked.length, 2, "not again before `every`");
    shelf.put(snapshot("acme", 1, until(HOUR)));
    world.go(MINUTE);
    equal((await roles.current("acme")).for("ana").can("c.view"), true, "renewed without a new revision");
    shelf.put(snapshot("acme", 1, until(10 * SECOND)));
    world.go(MINUTE);
    equal((await roles.current("acme")).for("ana").can("c.view"), true, "an old copy, as caches have");
    deepEqual(world.errors, ["acme old-revision"]);
    shelf.put(snapshot("acme", 2, until(10 * SECOND)));
    world.go(MINUTE);
    equal((await roles.current("acme")).for("ana").can("c.view"), false, "a newer one that has ended counts");
  },
);

rule("what `verify` refuses is not loaded, and epochs come before revisions", async (world) => {
  const shelf = world.put("acme", snapshot("acme", 900));
  let epoch = 0;
  const seen = [];
  const verify = async (bytes, tenant) => {
    seen.push([bytes instanceof Uint8Array, tenant]);
    if (epoch < 0) throw Object.assign(new Error("no"), { code: "mine" });
    return { bytes, epoch };
  };
  const roles = world.keep({ verify });
  equal((await roles.current("acme")).revision, 900);
  deepEqual(seen, [[true, "acme"]]);
  const turn = async (revision, of) => {
    shelf.put(snapshot("acme", revision));
    epoch = of;
    world.go(MINUTE);
    return (await roles.current("acme")).revision;
  };
  equal(await turn(901, -1), 900);
  equal(await turn(7, 0), 900, "older");
  equal(await turn(7, 1), 7, "a higher epoch begins anew");
  equal(await turn(950, 0), 7, "a lower epoch is older");
  equal(await turn(8, 1), 8);
  deepEqual(world.errors, ["acme fetch-failed", "acme old-revision", "acme old-revision"]);
});

// -- failures

rule("a first load that fails rejects all who wait, and the next call tries again", async (world) => {
  const shelf = world.shelf("acme");
  const roles = world.keep();
  const calls = await Promise.allSettled(Array.from({ length: 20 }, () => roles.current("acme")));
  deepEqual([...new Set(calls.map(({ reason }) => reason.code))], ["fetch-failed"]);
  equal(shelf.asked.length, 1);
  shelf.put(snapshot("acme", 1));
  equal((await roles.current("acme")).revision, 1);
});

rule("a store that is down for an hour is asked seldom, with and without a snapshot", async (world) => {
  for (const tenant of ["acme", "none"]) {
    const shelf = world.put(tenant, tenant === "acme" ? snapshot(tenant, 1) : undefined);
    const roles = world.keep();
    if (tenant === "acme") await roles.current(tenant);
    shelf.failure = new Error("down");
    shelf.asked.length = 0;
    for (let at = 0; at < HOUR; at += 250) {
      world.go(250);
      const [{ status }] = await Promise.allSettled([roles.current(tenant)]);
      equal(status, tenant === "acme" ? "fulfilled" : "rejected");
    }
    // Four requests a second; a pause of half a minute, less up to a half by chance.
    ok(shelf.asked.length < 180, `${tenant}: ${shelf.asked.length}`);
    ok(shelf.asked.length > 120, `${tenant}: ${shelf.asked.length}`);
    shelf.failure = undefined;
    shelf.put(snapshot(tenant, 2));
    world.go(30 * SECOND);
    equal((await roles.current(tenant)).revision, 2);
    equal(shelf.asked.length < 181, true);
  }
});

rule(
  "a slow store: a call waits a second while an older snapshot can answer, and others not at all",
  async (world) => {
    const shelf = world.put("acme", snapshot("acme", 1));
    const roles = world.keep();
    await roles.current("acme");
    shelf.put(snapshot("acme", 2));
    shelf.ms = 5 * SECOND;
    world.go(MINUTE);
    deepEqual(await world.outcome(roles.current("acme"), 2 * SECOND), [1, SECOND]);
    deepEqual(await world.outcome(roles.current("acme")), [1, 0]);
    await world.pass(3 * SECOND);
    deepEqual(await world.outcome(roles.current("acme")), [2, 0], "it has arrived meanwhile");
    equal(shelf.asked.length, 2);
  },
);

rule("a slow store: without a snapshot a call waits, but not for ever", async (world) => {
  const shelf = world.put("acme", snapshot("acme", 1));
  const roles = world.keep();
  shelf.ms = 9 * SECOND;
  deepEqual(await world.outcome(roles.current("acme"), 10 * SECOND), [1, 9 * SECOND]);
  const slow = world.put("slow", snapshot("slow", 1));
  slow.ms = HOUR;
  const first = roles.current("slow");
  const began = world.outcome(first, 11 * SECOND);
  deepEqual(await began, ["fetch-failed", 10 * SECOND]);
  await settled();
  equal(slow.asked.length, 1);
});

rule("a source learns that its time is over", async (world) => {
  const signals = [];
  const source = { get: (_, signal) => (signals.push(signal), world.wait(HOUR)) };
  const roles = keep(() => source, KEPT);
  await world.outcome(roles.current("acme"), 11 * SECOND);
  equal(signals[0].aborted, true);
});

rule("a load whose request has gone is begun anew by one who waits", async (world) => {
  const shelf = world.put("acme", snapshot("acme", 1));
  shelf.ms = 5 * SECOND;
  const roles = world.keep();
  // As when a request of Workers ends: none of its timers fires any more, and no promise settles.
  void roles.current("acme");
  await settled();
  world.timers.clear();
  shelf.ms = 0;
  const waiting = [world.outcome(roles.current("acme"), 2 * SECOND), world.outcome(roles.current("acme"))];
  const [[revision, ms]] = await Promise.all(waiting);
  equal(revision, 1);
  ok(ms <= 600, `${ms}`);
  equal(shelf.asked.length, 2, "one of them");
});

rule("a lost load stands in nobody's way after an older snapshot was given instead", async (world) => {
  const shelf = world.put("acme", snapshot("acme", 1));
  const roles = world.keep();
  await roles.current("acme");
  shelf.put(snapshot("acme", 2));
  shelf.ms = 5 * SECOND;
  world.go(MINUTE);
  deepEqual(await world.outcome(roles.current("acme"), SECOND), [1, SECOND]);
  world.timers.clear();
  shelf.ms = 0;
  world.go(11 * SECOND);
  equal((await roles.current("acme")).revision, 2);
});

rule("`waitUntil` is given every load, and may throw", async (world) => {
  world.put("acme", snapshot("acme", 1));
  const works = [];
  const roles = world.keep({ waitUntil: (work) => works.push(work) });
  await roles.current("acme");
  await roles.current("acme");
  equal(works.length, 1);
  equal(await works[0], undefined, "it never rejects");
  const throwing = world.keep({
    waitUntil: () => {
      throw new Error("no request");
    },
  });
  equal((await throwing.current("acme")).revision, 1);
  deepEqual(world.errors, ["acme fetch-failed"]);
});

rule("what the application throws is a failure of that tenant", async (world) => {
  const roles = keep(
    (tenant) => {
      throw new Error(`who is ${tenant}?`);
    },
    { ...KEPT, onError: () => (world.errors.push("heard"), undefined.x) },
  );
  await rejects(roles.current("acme"), { code: "fetch-failed", message: /who is acme/ });
  deepEqual(world.errors, ["heard"]);
});

// -- clocks

rule("a clock that is set back makes nothing younger, one set forward nothing worse", async (world) => {
  const shelf = world.put("acme", snapshot("acme", 1));
  const roles = world.keep();
  await roles.current("acme");
  shelf.failure = new Error("down");
  world.date -= 24 * HOUR;
  world.go(MINUTE);
  await roles.current("acme");
  equal(shelf.asked.length, 2, "asked again after a minute");
  world.go(HOUR);
  await rejects(roles.current("acme"), { code: "fetch-failed" }, "and out of use after an hour");
  shelf.failure = undefined;
  world.go(MINUTE);
  await roles.current("acme");
  world.date += 2 * HOUR;
  equal((await roles.current("acme")).revision, 1);
});

// -- many tenants

rule(
  "no more than `max` tenants and `maxBytes` are kept: who was asked for the longest ago goes",
  async (world) => {
    const of = (options) => {
      const roles = world.keep(options);
      return async (name) => {
        world.put(name, world.shelves.get(name)?.value ?? snapshot(name, 1));
        const shelf = world.shelf(name);
        shelf.asked.length = 0;
        const { tenant } = await roles.current(name);
        equal(tenant, name);
        return shelf.asked.length === 1 ? "loaded" : "kept";
      };
    };
    const size = snapshot("a", 1).length;
    for (const bound of [{ max: 2 }, { maxBytes: 2 * size }, { maxBytes: 3 * size - 1 }]) {
      const ask = of(bound);
      const said = [];
      for (const name of ["a", "b", "a", "c", "a", "b", "c"]) said.push(`${name} ${await ask(name)}`);
      deepEqual(
        said,
        ["a loaded", "b loaded", "a kept", "c loaded", "a kept", "b loaded", "c loaded"],
        JSON.stringify(bound),
      );
    }
    const roles = world.keep({ maxBytes: size - 1 });
    await rejects(roles.current("a"), { code: "too-large" }, "one alone that is larger");
  },
);

rule("gates of a tenant that had to go continue to answer", async (world) => {
  world.put("a", snapshot("a", 1));
  world.put("b", snapshot("b", 1));
  const roles = world.keep({ max: 1 });
  const held = await roles.current("a");
  const gate = held.for("ana");
  await roles.current("b");
  deepEqual([gate.can("c.view"), held.for("ana").can("c.view")], [true, true]);
});

rule("a tenant that had to go does not come back older", async (world) => {
  const shelf = world.put("a", snapshot("a", 5));
  world.put("b", snapshot("b", 1));
  const roles = world.keep({ max: 1 });
  await roles.current("a");
  await roles.current("b");
  shelf.put(snapshot("a", 4));
  await rejects(roles.current("a"), { code: "old-revision" });
  shelf.put(snapshot("a", 5));
  equal((await roles.current("a")).revision, 5);
});

rule("names that nobody has heard of push out nobody", async (world) => {
  const shelf = world.put("acme", snapshot("acme", 1));
  const roles = world.keep({ max: 3 });
  await roles.current("acme");
  for (let i = 0; i < 100; i += 1) await rejects(roles.current(`x${i}`), { code: "fetch-failed" });
  await roles.current("acme");
  equal(shelf.asked.length, 1);
});

rule(
  "names that somebody makes up: no more than a thousand loads at once, and none of who is known waits",
  async (world) => {
    const shelf = world.put("acme", snapshot("acme", 1));
    const gone = world.put("gone", snapshot("gone", 7));
    world.put("other", snapshot("other", 1));
    let loads = 0;
    const slow = { get: () => ((loads += 1), world.wait(5 * SECOND)) };
    const roles = keep((tenant) => world.shelves.get(tenant)?.source ?? slow, { ...KEPT, max: 2 });
    for (const name of ["gone", "acme", "other"]) await roles.current(name);
    const calls = Array.from({ length: 20_000 }, (_, i) => roles.current(`x${i}`).catch((error) => error));
    const shared = roles.current("x7").catch((error) => error);
    await settled();
    equal(loads, 1_000);
    const refused = await Promise.all(calls.slice(1_000));
    deepEqual(
      [...new Set(refused.map(({ code, message }) => `${code}: ${message}`))],
      ["fetch-failed: too many unknown tenants"],
    );
    // Who is kept is looked at, and who was forgotten comes back.
    world.go(MINUTE);
    shelf.put(snapshot("acme", 2));
    deepEqual(await world.outcome(roles.current("acme")), [2, 0]);
    gone.ms = 10;
    const back = [roles.current("gone"), roles.current("gone")];
    await world.pass(10);
    equal(await back[0], await back[1]);
    equal(gone.asked.length, 2, "one load for both");
    await world.pass(6 * SECOND);
    match((await shared).message, /no snapshot of `x7`/);
    world.put("new", snapshot("new", 1));
    equal((await roles.current("new")).revision, 1, "when they have ended");
  },
);

rule("loads whose requests have gone stand in nobody's way for long", async (world) => {
  const roles = keep((tenant) => world.shelves.get(tenant)?.source ?? { get: () => world.wait(HOUR) }, KEPT);
  for (let i = 0; i < 2_000; i += 1) roles.current(`x${i}`).catch(() => {});
  await settled();
  world.timers.clear(); // as when requests of Workers end
  world.put("acme", snapshot("acme", 1));
  await rejects(roles.current("acme"), { message: /too many unknown tenants/ });
  world.go(11 * SECOND + 1);
  equal((await roles.current("acme")).revision, 1);
});

rule("a load in progress is shared, however many others fail meanwhile", async (world) => {
  const shelf = world.put("slow", snapshot("slow", 1));
  shelf.ms = SECOND;
  const roles = world.keep({ max: 2 });
  const first = roles.current("slow");
  for (let i = 0; i < 10; i += 1) await rejects(roles.current(`x${i}`), { code: "fetch-failed" });
  const second = roles.current("slow");
  await world.pass(SECOND);
  equal(await first, await second);
  equal(shelf.asked.length, 1);
});

rule("each tenant has its own snapshot, whatever its name is", async (world) => {
  const names = ["__proto__", "constructor", "toString", "a/b", "ä 🙂", "acme"];
  for (const [i, name] of names.entries()) world.put(name, snapshot(name, i + 1));
  const roles = world.keep();
  const all = await Promise.all(names.map((name) => roles.current(name)));
  deepEqual(
    all.map(({ tenant, revision }) => [tenant, revision]),
    names.map((name, i) => [name, i + 1]),
  );
  for (const name of [undefined, null, "", 7, ["acme"], { toString: () => "acme" }])
    await rejects(roles.current(name), { code: "wrong-tenant" });
});

// -- watched sources

rule("what watches is asked at once after a change, and no more when its tenant has gone", async (world) => {
  const shelf = world.put("acme", snapshot("acme", 1));
  world.put("b", snapshot("b", 1));
  let [changed, stopped, watched] = [undefined, 0, 0];
  Object.assign(shelf.source, {
    watch: async (hear) => {
      watched += 1;
      changed = hear;
      return () => (stopped += 1);
    },
  });
  const roles = world.keep({ max: 1, every: HOUR });
  await roles.current("acme");
  shelf.put(snapshot("acme", 2));
  await settled();
  equal((await roles.current("acme")).revision, 2, "it may have changed before it was watched");
  shelf.put(snapshot("acme", 1));
  shelf.put(snapshot("acme", 2));
  const asked = shelf.asked.length;
  await roles.current("acme");
  equal(shelf.asked.length, asked);
  changed();
  equal((await roles.current("acme")).revision, 2);
  shelf.ms = 10;
  changed();
  const call = roles.current("acme");
  await settled();
  shelf.put(snapshot("acme", 3));
  changed();
  await world.pass(10);
  equal((await call).revision, 2, "it was asked before");
  const next = roles.current("acme");
  await world.pass(10);
  equal((await next).revision, 3, "heard during a load");
  equal(watched, 1);
  await roles.current("b");
  equal(stopped, 1);
});

rule("a change whose load fails is not forgotten", async (world) => {
  const shelf = world.put("acme", snapshot("acme", 1));
  let changed;
  shelf.source.watch = (hear) => ((changed = hear), () => undefined);
  const roles = world.keep({ every: HOUR });
  await roles.current("acme");
  await settled();
  await roles.current("acme");
  shelf.put(snapshot("acme", 2));
  shelf.failure = new Error("down");
  changed();
  equal((await roles.current("acme")).revision, 1);
  shelf.failure = undefined;
  equal((await roles.current("acme")).revision, 2);
});

rule("what cannot be watched is asked once per `every`", async (world) => {
  for (const watch of [
    () => {
      throw new Error("no");
    },
    async () => Promise.reject(new Error("no")),
  ]) {
    const tenant = `acme-${world.shelves.size}`;
    const shelf = world.put(tenant, snapshot(tenant, 1));
    shelf.source.watch = watch;
    const roles = world.keep();
    const first = await roles.current(tenant);
    await settled();
    equal(await roles.current(tenant), first);
    equal(shelf.asked.length, 1);
    world.go(MINUTE);
    await roles.current(tenant);
    equal(shelf.asked.length, 2);
    deepEqual(world.errors.splice(0), [`${tenant} fetch-failed`]);
  }
});

// -- options

test("misspelt options and meaningless numbers are errors", () => {
  const source = () => ({ get: async () => undefined });
  const bad = (options, of = source) => throws(() => keep(of, options), { code: "bad-options" });
  for (const value of [undefined, NaN, -1, "60000", Infinity, null]) {
    bad({ ...KEPT, every: value });
    bad({ ...KEPT, maxStale: value });
    if (value !== undefined) bad({ ...KEPT, max: value });
    if (value !== undefined) bad({ ...KEPT, maxBytes: value });
  }
  bad({ ...KEPT, max: 0 });
  bad({ every: 2, maxStale: 1 });
  bad({ ...KEPT, maxstale: 1 });
  bad({ ...KEPT, verify: true });
  bad({ ...KEPT, waitUntil: {} });
  bad({ ...KEPT, onError: "log" });
  bad(undefined);
  bad(KEPT, { get: async () => undefined });
  ok(keep(source, { every: 0, maxStale: 0 }));
  notEqual(keep(source, KEPT), keep(source, KEPT));
});

// What every store must do, whatever it is: asked of each real one through `keep` and `publish`.

import assert from "node:assert/strict";
import { keep, publish } from "../../pkg/edge/index.js";
import { snapshot } from "../unit/edge/world.mjs";

const { deepEqual, equal, ok, rejects } = assert;

/** As soon as it is asked. */
export const AT_ONCE = { every: 0, maxStale: 60_000 };

/** A snapshot of almost a megabyte, which is as much as NATS takes by itself. */
export const large = (tenant, revision) =>
  snapshot(tenant, revision, {
    users: Array.from({ length: 18_000 }, (_, i) => ({ id: `user-${i}`, roles: ["r"], name: "ÄÖ 🙂" })),
  });

/**
 * @param source of a tenant, whose key is in nobody else's use
 * @param write puts any value under the key of a tenant, past all checks; `undefined` deletes it
 */
export async function holds(t, source, write) {
  const tenant = "acme";
  const roles = () => keep(source, AT_ONCE);
  const to = (revision, more, options) =>
    publish(source(tenant), snapshot(tenant, revision, more), { tenant, ...options });

  await t.test("a missing key, the first snapshot, the next one", async () => {
    equal((await source(tenant).get()) ?? undefined, undefined);
    await rejects(roles().current(tenant), { code: "fetch-failed", message: /no snapshot of `acme`/ });
    await to(1, {}, { base: null });
    const kept = roles();
    equal((await kept.current(tenant)).revision, 1);
    await to(2, {}, { base: 1 });
    equal((await kept.current(tenant)).revision, 2);
    await rejects(to(2, { teams: [] }), { code: "old-revision" });
    await to(2);
  });

  await t.test("what is the same costs no load", async () => {
    const found = await source(tenant).get();
    const kept = roles();
    const first = await kept.current(tenant);
    equal(await kept.current(tenant), first);
    if (found.etag !== undefined) equal(await source(tenant).get(found.etag), "same");
  });

  await t.test("of ten publishers at once exactly one wins", async () => {
    for (let round = 3; round < 8; round += 1) {
      const all = await Promise.allSettled(
        Array.from({ length: 10 }, (_, i) => to(round, { teams: [{ id: `t${i}` }] })),
      );
      const won = all.flatMap(({ status }, i) => (status === "fulfilled" ? [`t${i}`] : []));
      equal(won.length, 1, `${won} won`);
      for (const { reason } of all)
        if (reason !== undefined) deepEqual([reason.code, reason.current.revision], ["old-revision", round]);
      const { bytes } = await source(tenant).get();
      deepEqual(JSON.parse(typeof bytes === "string" ? bytes : new TextDecoder().decode(bytes)).teams, [
        { id: won[0] },
      ]);
    }
  });

  await t.test("half a value, or none: the last good one stays, and publishing mends it", async () => {
    const kept = roles();
    const good = await kept.current(tenant);
    for (const value of [snapshot(tenant, 8).slice(0, 100), "", undefined]) {
      await write(tenant, value);
      equal(await kept.current(tenant), good);
      await rejects(roles().current(tenant), { name: /Error$/ });
    }
    await to(8);
    equal((await roles().current(tenant)).revision, 8);
    await write(tenant, snapshot(tenant, 9).slice(0, 100));
    await rejects(to(9), { message: /cannot be read/ });
    await to(9, {}, { base: null });
    equal((await roles().current(tenant)).revision, 9);
  });

  await t.test("almost a megabyte", async () => {
    const json = large("large", 1);
    ok(json.length > 800_000);
    await publish(source("large"), json, { tenant: "large" });
    const loaded = await roles().current("large");
    equal(JSON.stringify(loaded), json);
  });
}

/** How long each takes, in milliseconds: the median of many. For the tables of docs/edge.md. */
export async function times(name, source) {
  const median = async (count, action) => {
    const taken = [];
    for (let i = 0; i < count; i += 1) {
      const began = performance.now();
      await action(i);
      taken.push(performance.now() - began);
    }
    return taken.sort((a, b) => a - b)[count >> 1].toFixed(2);
  };
  const tenant = "times";
  const { etag } = (await source(tenant).get()) ?? {};
  ok(etag === undefined);
  const published = await median(50, (i) => publish(source(tenant), snapshot(tenant, i + 1), { tenant }));
  const read = await median(200, () => source(tenant).get());
  const known = await source(tenant).get();
  const same = await median(200, () => source(tenant).get(known.etag));
  console.log(`${name}: publish ${published} ms, read ${read} ms, unchanged ${same} ms`);
}

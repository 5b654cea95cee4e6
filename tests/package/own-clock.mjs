// Answers over time (own-clock.json), and clocks that JSON cannot hold.

import { narrow, travel } from "./own-parts.mjs";
import { equal, ok, show } from "./report.mjs";

export async function clock(report, lib, { name, snapshot: json, user, context, points }) {
  const test = (what, body) => report.test(`own-clock/${name}: ${what}`, body);
  const snapshot = await lib.load(JSON.stringify(json));
  const gateAt = (now) => snapshot.for(user, { now, context });
  const narrowed = await narrow(lib, snapshot, user);
  const asks = (gate, point, label) => {
    equal(gate.permissions(), point.yes, `${label}, permissions()`);
    for (const permission of snapshot.permissions())
      equal(gate.can(permission), point.yes.includes(permission), `${label}, ${permission}`);
    for (const [permission, record, can] of point.on ?? []) {
      equal(
        [gate.can(permission, record), gate.scope(permission).matches(record)],
        [can, can],
        `${label}, ${permission} on ${show(record)}`,
      );
    }
  };

  for (const point of points) {
    await test(`at ${point.now}`, () => {
      const gate = gateAt(point.now);
      asks(gate, point, "can");
      if (point.validUntil !== undefined) equal(gate.validUntil, point.validUntil ?? Infinity, "validUntil");
      for (const [permission, reason] of Object.entries(point.reason ?? {}))
        equal(gate.explain(permission).reason, reason, `why ${permission}`);
    });
  }
  const forward = points.map((_, index) => index);
  const orders = {
    forward,
    backward: forward.toReversed?.() ?? [...forward].reverse(),
    "to and fro": forward.flatMap((index) => [index, points.length - 1 - index]),
    "again and again": forward.flatMap((index) => [index, index]),
  };
  for (const [way, order] of Object.entries(orders)) {
    await test(`one gate, its clock going ${way}`, () => {
      let now = points[order[0]].now;
      const gate = gateAt(() => now);
      const derived = gate.with({ context });
      for (const index of order) {
        const point = points[index];
        now = point.now;
        asks(gate, point, `at ${now}`);
        asks(derived, point, `derived, at ${now}`);
        if (point.validUntil !== undefined)
          equal(gate.validUntil, point.validUntil ?? Infinity, `validUntil at ${now}`);
        const lite = lib.restore(travel(gate.toJSON()), { now, context });
        asks(lite, point, `data of now, at ${now}`);
        if (point.validUntil !== undefined)
          equal(lite.validUntil, point.validUntil ?? Infinity, `validUntil of the data of ${now}`);
      }
    });
  }
  await test("gates with frozen clocks, derived from one another", () => {
    for (const made of points) {
      const gate = gateAt(made.now);
      for (const point of points)
        asks(gate.with({ now: point.now }), point, `from ${made.now} to ${point.now}`);
      asks(gate, made, `at ${made.now}, afterwards`);
    }
  });
  narrowed?.free();
  await test("data of one moment at all others", () => {
    for (const made of points) {
      const gate = gateAt(made.now);
      const data = travel(gate.toJSON());
      for (const point of points) {
        const lite = lib.restore(data, { now: point.now, context });
        for (const permission of snapshot.permissions()) {
          const label = `data of ${made.now} at ${point.now}, ${permission}`;
          const can = lite.can(permission);
          equal(
            [
              lite.permissions().includes(permission),
              lite.scope(permission).kind !== "none" || isPlain(json, permission),
            ],
            [can, can || isPlain(json, permission)],
            label,
          );
          if (can) ok(point.yes.includes(permission), `${label}: yes, but it is no`);
          if (point.now < made.now || made.until === undefined) continue;
          equal(
            can,
            made.yes.includes(permission) &&
              point.now < Math.min(made.until[permission] ?? Infinity, expiry(json)),
            label,
          );
        }
      }
    }
  });
  snapshot.free();
}

const isPlain = (json, permission) =>
  json.catalog.categories.some((category) =>
    category.permissions.some(({ id, scopes }) => id === permission && scopes === undefined),
  );
const expiry = ({ expiresAt }) => (expiresAt === undefined ? Infinity : Date.parse(expiresAt));

/** Clocks that JSON cannot hold, and clocks that lie. */
export async function oddClocks(report, lib) {
  const snapshot = await lib.load({
    format: "rolegate/1",
    revision: 1,
    catalog: { categories: [{ id: "c", permissions: [{ id: "c.a" }, { id: "c.b", scopes: ["all"] }] }] },
    roles: [{ id: "r", name: "R", grants: { "*": true } }],
    users: [{ id: "u", roles: ["r"] }],
  });
  const NOW = 1_795_080_214_000;
  const data = travel(snapshot.for("u", { now: NOW }).toJSON());
  const throws = () => {
    throw new Error("no clock");
  };
  const wrong = {
    NaN: NaN,
    Infinity: Infinity,
    "-Infinity": -Infinity,
    "-1": -1,
    "-0.001": -0.001,
    "the least number": -Number.MIN_VALUE,
    "a string": String(NOW),
    "an ISO time": "2026-11-20T12:00:00Z",
    "an empty string": "",
    null: null,
    true: true,
    "a bigint": BigInt(NOW),
    "a Date": new Date(NOW),
    "a Number object": Object(NOW),
    "an object with valueOf": { valueOf: () => NOW },
    "a list": [NOW],
    "a symbol": Symbol("now"),
    "a function that returns nothing": () => undefined,
    "a function that returns a string": () => String(NOW),
    "a function that returns a Date": () => new Date(NOW),
    "a function that returns a function": () => () => NOW,
    "a function that returns a promise": async () => NOW,
    "a function that returns NaN": () => NaN,
    "a function that returns -1": () => -1,
    "a function that throws": throws,
    "a proxy that throws": new Proxy({}, { get: throws, has: throws, getPrototypeOf: throws }),
  };
  const asks = (gate, can, what) => {
    equal(
      [gate.can("c.a"), gate.can("c.a", {}), gate.can("c.b"), gate.can("c.b", null)],
      [can, can, can, can],
      `${what}: can`,
    );
    equal(
      [gate.permissions().length, gate.scope("c.b").kind, gate.filter("c.b", [{}]).length],
      can ? [2, "all", 1] : [0, "none", 0],
      what,
    );
    equal(
      [gate.canAll(["c.a", "c.b"]), gate.canAny(["c.a", "c.b"], {})],
      [can, can],
      `${what}: canAll, canAny`,
    );
    equal(typeof gate.validUntil, "number", `${what}: validUntil`);
    ok(!Number.isNaN(gate.validUntil), `${what}: validUntil is NaN`);
  };
  for (const [name, now] of Object.entries(wrong)) {
    await report.test(`own-clock: now is ${name}`, () => {
      const gate = snapshot.for("u", { now });
      asks(gate, false, "for");
      equal(gate.explain("c.a").reason, "clock", "reason");
      asks(snapshot.for("u", { now: NOW }).with({ now }), false, "with");
      asks(lib.restore(data, { now }), false, "restore");
      equal(lib.restore(data, { now }).reason("c.a"), "clock", "reason of restored data");
      asks(gate.with({ now: NOW }), true, "with a clock again");
      equal(JSON.stringify(travel(gate.toJSON())), JSON.stringify(gate.toJSON()), "gate data survive JSON");
      asks(lib.restore(travel(gate.toJSON()), { now }), false, "data made by that clock, at that time");
    });
  }
  for (const now of [0, -0, 0.5, 1, Number.MIN_VALUE, 2 ** 53, 8.64e15, 8.64e15 + 1, Number.MAX_VALUE]) {
    await report.test(`own-clock: now is ${Object.is(now, -0) ? "-0" : now}`, () => {
      asks(snapshot.for("u", { now }), true, "for");
      asks(snapshot.for("u", { now: () => now }), true, "a function");
      asks(lib.restore(data, { now }), true, "restore");
    });
  }
  await report.test("own-clock: a clock that breaks and comes back", () => {
    let now = NOW;
    const gate = snapshot.for("u", { now: () => now });
    const lite = lib.restore(data, { now: () => now });
    for (now of [NOW, NaN, NOW, -1, NOW + 1, Infinity, 0, "x", NOW, null, NOW]) {
      const can = typeof now === "number" && now >= 0 && now < Infinity;
      asks(gate, can, show(now));
      asks(lite, can, `lite, ${show(now)}`);
    }
  });
  await report.test("own-clock: a gate made by a broken clock answers when it is mended", () => {
    for (const broken of [NaN, -1, Infinity, -Infinity, "x", null]) {
      let now = broken;
      const gate = snapshot.for("u", { now: () => now });
      asks(gate, false, `${broken}, broken`);
      now = NOW;
      asks(gate, true, `${broken}, mended`);
      asks(gate.with({ context: {} }), true, `${broken}, derived`);
    }
  });
  snapshot.free();
}

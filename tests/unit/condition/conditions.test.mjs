// The condition language, asked through scopes: `where` must be definitely true of the record.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Scope } from "../../../pkg/gate/scope-data.js";
import { restore } from "../../../pkg/lite/index.js";

const scope = (where, user = "ana") =>
  Scope.from({ user, map: [["owner"], ["team"]], kind: "some", parts: [{ any: [{ where }], none: [] }] });
const holds = (where, record, user) => scope(where, user).matches(record);
/** Whether a comparison is true, false or unknown of the record. */
const truth = (where, record, user) =>
  holds(where, record, user) ? true : holds({ $not: where }, record, user) ? false : undefined;
const check = (operand, cases) => {
  for (const [value, expected] of cases)
    assert.equal(
      truth({ "resource.a": operand }, value === undefined ? {} : { a: value }),
      expected,
      `${JSON.stringify(operand)} of ${typeof value} ${String(value)}`,
    );
};

test("equality wants the same type", () => {
  check("x", [
    ["x", true],
    ["y", false],
    [1, undefined],
    [undefined, undefined],
    [null, undefined],
    [["x"], undefined],
    [{}, undefined],
  ]);
  check({ $eq: 1 }, [
    [1, true],
    [2, false],
    ["1", undefined],
    [NaN, undefined],
    [1n, true],
    [2n, false],
  ]);
  check({ $eq: 2 ** 53 }, [
    [2n ** 53n, undefined],
    [2n ** 53n - 1n, false],
  ]);
  check({ $ne: true }, [
    [true, false],
    [false, true],
    ["true", undefined],
    [undefined, undefined],
  ]);
});

test("order is of numbers, or of strings by code point", () => {
  check({ $lt: 3 }, [
    [2, true],
    [3, false],
    ["2", undefined],
  ]);
  check({ $lte: 3 }, [
    [3, true],
    [4, false],
  ]);
  check({ $gt: "b" }, [
    ["c", true],
    ["b", false],
    ["ba", true],
    ["", false],
    [3, undefined],
  ]);
  check({ $gte: 3 }, [
    [3, true],
    [2, false],
    [true, undefined],
  ]);
  check({ $gt: "\uffee" }, [["🔒", true]]);
  check({ $lt: "🔒" }, [
    ["\uffee", true],
    ["🔓", false],
    ["🔐", true],
    ["🔒", false],
  ]);
});

test("membership skips other types, and is unknown when none is left", () => {
  check({ $in: ["a", 1] }, [
    ["a", true],
    ["b", false],
    [1, true],
    [true, undefined],
    [["a"], undefined],
  ]);
  check({ $nin: ["a", null] }, [
    ["a", false],
    ["b", undefined],
    [1, undefined],
  ]);
  check({ $nin: ["a", 1] }, [
    ["a", false],
    ["b", true],
    [true, undefined],
  ]);
  check({ $in: [] }, [
    ["a", false],
    [["a"], undefined],
    [undefined, undefined],
  ]);
  check({ $nin: [] }, [
    ["a", true],
    [undefined, undefined],
  ]);
  check({ $in: [null] }, [["a", undefined]]);
  check({ $in: ["a", null] }, [
    ["a", true],
    ["b", undefined],
  ]);
});

test("lists", () => {
  check({ $has: "a" }, [
    [["a"], true],
    [["b", 1], false],
    [["b", {}], undefined],
    [["b", null], undefined],
    [["b", NaN], undefined],
    [["b", ["a"]], undefined],
    [["b", 2n ** 60n], undefined],
    [["a", {}], true],
    ["a", true],
    [1, false],
    [{}, undefined],
    [[], false],
  ]);
  check({ $hasAny: ["a", "b"] }, [
    [["b"], true],
    [["c"], false],
    [["c", null], undefined],
    [["b", null], true],
    [[], false],
    ["a", undefined],
  ]);
  check({ $hasAny: [null] }, [
    [[null], undefined],
    [["a"], undefined],
    [[], false],
  ]);
  check({ $hasAny: [] }, [
    [[null], false],
    [["a"], false],
  ]);
  check({ $subset: [null] }, [
    [[], true],
    [["a"], undefined],
  ]);
  check({ $subset: ["a"] }, [
    [["a", null], undefined],
    [["a", {}], undefined],
    [["b", null], false],
  ]);
  check({ $subset: ["a", null] }, [
    [["a"], true],
    [[], true],
    [["a", null], undefined],
    [["a", "c"], undefined],
    ["a", undefined],
  ]);
  check({ $subset: [] }, [
    [[], true],
    [["a"], false],
    [[null], false],
  ]);
});

test("prefixes and presence", () => {
  check({ $startsWith: "ab" }, [
    ["abc", true],
    ["a", false],
    [1, undefined],
  ]);
  check({ $exists: true }, [
    ["", true],
    [{}, true],
    [[], true],
    [undefined, false],
    [null, false],
  ]);
  assert.equal(truth({ "resource.a": { $exists: false } }, null), undefined);
});

test("suffixes", () => {
  check({ $endsWith: "@acme.com" }, [
    ["bo@acme.com", true],
    ["acme.com", false],
    [1, undefined],
    [["@acme.com"], undefined],
  ]);
});

test("one element, several comparisons", () => {
  const both = { $elem: { "element.id": { $ref: "user.id" }, "element.role": "author" } };
  check(both, [
    [[{ id: "ana", role: "author" }], true],
    [
      [
        { id: "ana", role: "reader" },
        { id: "bo", role: "author" },
      ],
      false,
    ],
    [[], false],
    [[{ id: "ana" }], undefined],
    [[{ id: "bo" }], false],
    [[{ id: "ana" }, { id: "ana", role: "author" }], true],
    [["65f0"], undefined],
    [[null], undefined],
    [[[{ id: "ana", role: "author" }]], undefined],
    [[new Map()], undefined],
    [[Promise.resolve({ id: "bo" })], undefined],
    [{ id: "ana", role: "author" }, undefined],
    ["ana", undefined],
    [undefined, undefined],
  ]);
  check({ $elem: { "element.x": { $exists: false } } }, [
    [[{}], true],
    [[{ x: 1 }], false],
    [["65f0"], undefined],
    [
      [
        {
          get x() {
            throw new Error("no");
          },
        },
      ],
      undefined,
    ],
  ]);
  check({ $elem: { "element.a": 1, "element.parts": { $elem: { "element.a": 2 } } } }, [
    [[{ a: 1, parts: [{ a: 2 }] }], true],
    [[{ a: 1, parts: [{ a: 1 }] }], false],
  ]);
  check({ $elem: { $or: [{ "element.x": 1 }, { $not: { "element.y": 2 } }] } }, [
    [[{ x: 1 }], true],
    [[{ x: 2, y: 2 }], false],
    [[{ x: 2 }], undefined],
  ]);
  check({ $elem: { $value: { of: true, $eq: true } } }, [
    [[1], true],
    [[], false],
    [1, undefined],
  ]);
  for (const where of [
    { "element.x": 1 },
    { "resource.a": { $elem: { "resource.x": 1 } } },
    { "resource.a": { $elem: { "user.x": 1 } } },
    { "resource.a": { $elem: {} } },
    { $value: { of: ["x"], $elem: { "element.x": 1 } } },
  ]) {
    assert.throws(() => scope(where), { code: "bad-gate-data" }, JSON.stringify(where));
  }
});

test("an element is read once, however often it is asked about", () => {
  let reads = 0;
  const member = {
    get id() {
      reads += 1;
      return "bo";
    },
  };
  const where = {
    $or: ["ana", "cy", "dee"].map((id) => ({ "resource.a": { $elem: { "element.id": id } } })),
  };
  assert.equal(holds(where, { a: [member] }), false);
  assert.equal(reads, 1);
});

test("lists within each other are gone through once each", () => {
  let where = { "element.x": 1 };
  for (let depth = 0; depth < 40; depth += 1) where = { "context.list": { $elem: where } };
  const asked = Scope.from({
    user: "ana",
    map: [["owner"], ["team"]],
    kind: "some",
    parts: [{ any: [{ where: { "resource.a": { $elem: where } } }], none: [] }],
  });
  // It would take 3^40 steps.
  assert.equal(asked.matches({ a: [{}, {}, {}] }), false);
  const list = [{ x: 0 }, { x: 0 }, { x: 0 }];
  const gate = restore(
    {
      format: "rolegate-gate/1",
      user: "ana",
      revision: 1,
      at: 1,
      ids: ["p"],
      rules: [0],
      table: [{ scoped: true, any: [{ where: { "resource.a": { $elem: where } } }] }],
      maps: [],
      teams: [],
      types: [],
    },
    { now: 1, context: { list } },
  );
  assert.equal(gate.can("p", { a: list }), false);
  assert.equal(gate.with({ context: { list: [...list, { x: 1 }] } }).can("p", { a: list }), true);
});

const AT = Date.parse("2026-11-25T09:30:00Z");

test("times", () => {
  check({ $since: "2026-11-25T09:30:00Z" }, [
    [AT, true],
    [AT - 1, false],
    [AT + 0.5, true],
    [AT - 0.5, false],
    [BigInt(AT), true],
    [new Date(AT), true],
    [new Date(NaN), undefined],
    [2n ** 60n, undefined],
    [NaN, undefined],
    [true, undefined],
    ["2026-11-25T09:30:00Z", true],
    ["2026-11-25t10:30:00+01:00", true],
    ["2026-11-25T10:29:59.999+01:00", false],
    ["2026-11-25T09:29:59.9999z", false],
    ["2026-11-25T09:30:00.0001Z", true],
    ["2026-11-25T00:30:00-09:00", true],
    ["2026-11-25", undefined],
    ["2026-11-25T09:30:00", undefined],
    ["2026-11-25 09:30:00Z", undefined],
    ["2026-11-25T24:00:00Z", undefined],
    ["2026-11-25T23:59:60Z", undefined],
    ["2026-02-29T00:00:00Z", undefined],
    ["2026-13-01T00:00:00Z", undefined],
    ["2026-11-25T09:30:00.Z", undefined],
    ["2026-11-25T09:30:00+1:00", undefined],
    ["2026-11-25T09:30Z", undefined],
    ["tomorrow", undefined],
    [[AT], undefined],
  ]);
  check({ $before: "2026-11-25T10:30:00+01:00" }, [
    [AT, false],
    [AT - 1, true],
    ["2024-02-29T00:00:00Z", true],
    ["0000-01-01T00:00:00Z", true],
    ["9999-12-31T23:59:59Z", false],
  ]);
  check({ $before: { $ref: "resource.b" } }, [[AT, undefined]]);
  assert.equal(
    truth(
      { "resource.a": { $before: { $ref: "resource.b" } } },
      { a: new Date(AT), b: "2026-11-25T09:30:00.001Z" },
    ),
    true,
  );
  for (const operand of [
    "now+0s",
    "now-",
    "now-15",
    "now-15x",
    "now-01m",
    "now-12345678s",
    "now 1m",
    "NOW",
    "tomorrow",
    "2026-11-25",
    "",
    true,
    null,
    [AT],
  ]) {
    assert.throws(
      () => scope({ "resource.a": { $since: operand } }),
      { code: "bad-gate-data" },
      String(operand),
    );
  }
});

test("times by the clock", () => {
  const quarter = {
    user: "ana",
    map: [["owner"], ["team"]],
    kind: "some",
    parts: [{ any: [{ where: { "resource.a": { $since: "now-15m" } } }], none: [] }],
  };
  let now = AT + 900_000;
  const live = Scope.from(quarter, { now: () => now });
  assert.deepEqual([live.matches({ a: AT }), live.matches({ a: AT - 1 })], [true, false]);
  now += 0.9;
  assert.equal(live.matches({ a: AT }), true);
  now += 0.1;
  assert.equal(live.matches({ a: AT }), false);
  const units = ["now+1w", "now-1d", "now", "now+2h", "now-9999999s"].map((operand) =>
    Scope.from(
      { ...quarter, parts: [{ any: [{ where: { "resource.a": { $before: operand } } }], none: [] }] },
      { now: AT },
    ),
  );
  assert.deepEqual(
    units.map(
      (it) => [6, -2, -1, 0, 1].filter((days) => it.matches({ a: AT + days * 86_400_000 - 1 })).length,
    ),
    [5, 2, 3, 3, 0],
  );
  const ending = Scope.from({ ...quarter, validUntil: AT }, { now: () => now });
  assert.deepEqual([ending.validUntil, ending.matches({ a: now })], [AT, false]);
  now = AT - 1;
  assert.equal(ending.matches({ a: now }), true);
  assert.deepEqual(
    [ending.toJSON().validUntil, live.validUntil, "validUntil" in live.toJSON()],
    [AT, Infinity, false],
  );
});

test("addresses", () => {
  check({ $cidr: ["10.0.0.0/8", "2001:db8::/32"] }, [
    ["10.9.8.7", true],
    ["11.0.0.1", false],
    ["::ffff:10.1.1.1", true],
    ["::ffff:a01:101", true],
    ["2001:db8::1", true],
    ["2001:db9::1", false],
    ["fe80::1%eth0", undefined],
    ["10.1", undefined],
    ["010.0.0.1", undefined],
    ["", undefined],
    ["::", false],
    ["1::2::3", undefined],
    [":::", undefined],
    ["1:2:3:4:5:6:7:8", false],
    ["1:2:3:4:5:6:7::", false],
    ["1:2:3:4:5:6:7::8", undefined],
    ["1:2:3:4:5:6:1.2.3.4", false],
    ["1.2.3.4::", undefined],
    ["::1.2.3.256", undefined],
    ["12345::", undefined],
    [" 10.0.0.1", undefined],
    ["10.0.0.1\n", undefined],
  ]);
  check({ $cidr: "0.0.0.0/0" }, [
    ["1.2.3.4", true],
    ["::1", false],
  ]);
  check({ $cidr: "::/0" }, [
    ["1.2.3.4", false],
    ["::1", true],
  ]);
  check({ $cidr: "192.168.1.128/25" }, [
    ["192.168.1.200", true],
    ["192.168.1.1", false],
  ]);
  for (const block of [
    "10.0.0.0",
    "10.0.0.1/8",
    "10.0.0.0/33",
    "10.0.0.0/08",
    "10.0.0.0/+8",
    "::ffff:10.0.0.0/104",
    "fe80::1%eth0/64",
    "/8",
    "::/129",
    "10.0.0.0/",
    "10.0.0.0/8/8",
  ]) {
    assert.throws(() => scope({ "resource.a": { $cidr: block } }), { code: "bad-gate-data" }, block);
  }
});

test("references, values, and the user's id as an id", () => {
  assert.equal(truth({ "resource.a": { $lt: { $ref: "resource.b" } } }, { a: 1, b: 2 }), true);
  assert.equal(truth({ "resource.a": { $ref: "resource.b" } }, { a: 1 }), undefined);
  assert.equal(truth({ $value: { of: "x", $in: { $ref: "resource.tags" } } }, { tags: ["x"] }), true);
  assert.equal(
    truth({ $value: { of: ["x", null], $subset: { $ref: "resource.tags" } } }, { tags: ["x"] }),
    undefined,
  );
  const by = (value) => truth({ "resource.by": { $ref: "user.id" } }, { by: value }, "7");
  assert.deepEqual(
    [by("7"), by(7), by(7n), by(8), by(5.5), by(true), by("")],
    [true, true, true, false, undefined, undefined, undefined],
  );
  const among = (list) => truth({ "user.id": { $in: { $ref: "resource.by" } } }, { by: list }, "7");
  assert.deepEqual(
    [among([7]), among([5.5, 7n]), among([5.5]), among([8]), among([]), among(["", true]), among(["", 8])],
    [true, true, undefined, false, false, undefined, false],
  );
});

test("and, or and not are Kleene's", () => {
  const [yes, no, unknown] = [{ "resource.t": 1 }, { "resource.t": 2 }, { "resource.u": 1 }];
  const of = (where) => truth(where, { t: 1 });
  assert.deepEqual(
    [
      [yes, no],
      [yes, unknown],
      [no, unknown],
    ].map(($and) => of({ $and })),
    [false, undefined, false],
  );
  assert.deepEqual(
    [
      [yes, no],
      [yes, unknown],
      [no, unknown],
    ].map(($or) => of({ $or })),
    [true, true, undefined],
  );
  assert.deepEqual(
    [yes, no, unknown].map(($not) => of({ $not })),
    [false, true, undefined],
  );
  assert.equal(of({ $not: { $or: [no, { $not: { $and: [yes, yes] } }] } }), true);
});

test("anything but a condition is rejected", () => {
  const bad = [
    null,
    [],
    {},
    "x",
    { a: 1 },
    { "resource.": 1 },
    { "resource.a..b": 1 },
    { "user.name": 1 },
    { "resource.a": null },
    { "resource.a": {} },
    { "resource.a": [] },
    { "resource.a": { $like: 1 } },
    { "resource.a": { constructor: 1 } },
    { "resource.a": { __proto__x: 1 } },
    JSON.parse('{"resource.a":{"__proto__":1}}'),
    { "resource.a": { $in: "x" } },
    { "resource.a": { $in: [{}] } },
    { "resource.a": { $lt: true } },
    { "resource.a": { $exists: 1 } },
    { "resource.a": { $exists: { $ref: "resource.b" } } },
    { "resource.a": { $cidr: { $ref: "resource.b" } } },
    { "resource.a": { $ref: 1 } },
    { "resource.a": { $ref: "other.b" } },
    { $and: [] },
    { $or: {} },
    { $and: { length: 3 } },
    { $not: [] },
    { $value: { of: 1 } },
    { $value: { of: null, $eq: 1 } },
    { $value: { of: null, $in: { $ref: "resource.a" } } },
    { $value: { of: {}, $eq: 1 } },
    { $value: { $eq: 1 } },
    { $during: { tz: "UTC" } },
  ];
  for (const where of bad)
    assert.throws(
      () => scope(where),
      { name: "RolegateError", code: "bad-gate-data", message: /^scope\/parts\/0\/any\/0/ },
      `accepted ${JSON.stringify(where)}`,
    );
  let deep = { "resource.a": 1 };
  for (let i = 0; i < 100_000; i++) deep = { $not: deep };
  assert.throws(() => scope(deep), { code: "bad-gate-data" });
});

test("a scope writes what it reads", () => {
  const where = [
    { "resource.a": 1 },
    { "resource.a": { $ne: "x" } },
    { $not: { "resource.a": { $in: [1, null] } } },
    { "resource.a": { $ref: "user.id" } },
    { "user.id": { $in: { $ref: "resource.by" } } },
    { $value: { of: [1, "x"], $hasAny: { $ref: "resource.tags" } } },
    { "resource.ip": { $cidr: "10.0.0.0/8" } },
    { $or: [{ "resource.a": 1 }, { $and: [{ "resource.b": 2 }, { "resource.c": { $exists: true } }] }] },
  ];
  for (const condition of where) assert.deepEqual(scope(condition).toJSON().parts[0].any[0].where, condition);
});

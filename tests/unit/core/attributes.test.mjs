// Reading attributes of objects of every kind, the hostile ones too.

import assert from "node:assert/strict";
import { test } from "node:test";
import { runInNewContext } from "node:vm";
import { isInsideAny, parseBlock } from "../../../pkg/condition/cidr.js";
import { isRecord, readPath, toId, toIds } from "../../../pkg/core/attributes.js";

const read = (object, path) => readPath(object, path.split("."));
/** A list with its objects as a word. */
const shape = (list) => list.map((item) => (typeof item === "object" && item !== null ? "object" : item));
const throwing = () => {
  throw new Error("no");
};
const revoked = (target) => {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy;
};

test("dots descend, lists on the way are entered and give one flat list", () => {
  const record = {
    a: { b: "x" },
    p: [{ id: "u1" }, { id: [2, [3], null] }, {}, 5, [{ id: true }]],
    l: ["y", {}],
    e: [],
  };
  assert.equal(read(record, "a.b"), "x");
  assert.equal(read(record, "a.c"), undefined);
  assert.equal(read(record, "a.b.c"), undefined);
  assert.deepEqual(read(record, "p.id"), ["u1", 2, null, null, null, null, true]);
  assert.deepEqual(shape(read(record, "l")), ["y", "object"]);
  assert.deepEqual(read(record, "l.z"), [null, null]);
  assert.deepEqual(read(record, "e"), []);
});

test("what no operator can use is there, but is nothing", () => {
  for (const value of [{}, () => 1, Symbol("s"), NaN, Infinity, "\ud800", new Date(NaN), new Map()])
    assert.deepEqual(read({ value }, "value"), {}, String(value));
  for (const value of [null, undefined]) assert.equal(read({ value }, "value"), undefined);
  assert.equal(read({ value: new Date(7) }, "value").ms, 7);
  assert.deepEqual(
    [7n, -(2n ** 53n) + 1n, 2n ** 53n].map((value) => read({ value }, "value")),
    [7, -(2 ** 53) + 1, 2n ** 53n],
  );
});

test("own properties and getters of classes count", () => {
  class Base {
    get inherited() {
      return "base";
    }
  }
  class Ticket extends Base {
    plain = "own";
    #secret = "private";
    get owner() {
      return this.#secret;
    }
    method() {}
  }
  const ticket = new Ticket();
  assert.deepEqual(
    ["plain", "owner", "inherited", "method", "constructor"].map((key) => read(ticket, key)),
    ["own", "private", "base", {}, {}],
  );
  assert.equal(read(Object.create({ owner: "proto" }), "owner"), "proto");
  assert.equal(read(Object.assign(Object.create(null), { owner: "bare" }), "owner"), "bare");
});

test("properties that all objects have are not attributes", (context) => {
  Object.prototype.owner = "everyone";
  Array.prototype.owner = "every list";
  context.after(() => {
    delete Object.prototype.owner;
    delete Array.prototype.owner;
  });
  assert.equal(read({}, "owner"), undefined);
  assert.equal(read(new (class {})(), "owner"), undefined);
  assert.deepEqual(read({ list: [] }, "list.owner"), []);
  for (const key of ["toString", "constructor", "__proto__", "hasOwnProperty"])
    assert.equal(read({}, key), undefined, key);
  assert.equal(read(JSON.parse('{"__proto__":"mine"}'), "__proto__"), "mine");
});

test("prototypes of the language do not count, in any realm", () => {
  assert.equal(read(Object.create(runInNewContext("Map.prototype")), "get"), null);
  const foreign = runInNewContext("Object.prototype.owner = 'everyone'; ({ team: 't' })");
  assert.deepEqual([read(foreign, "owner"), read(foreign, "team")], [undefined, "t"]);
  assert.deepEqual(read({ list: runInNewContext("['a']") }, "list"), ["a"]);
});

test("objects made by the language or the platform are unknown", () => {
  function* generate() {}
  const made = [
    new Map([["x", 1]]),
    new Set(),
    new WeakMap(),
    new Date(0),
    /x/,
    new Error("x"),
    Promise.resolve({ x: 1 }),
    { then() {}, x: 1 },
    new (class {
      then() {}
    })(),
    new (class extends Map {})(),
    new (class extends Error {})(),
    new Uint8Array(1),
    new ArrayBuffer(1),
    new DataView(new ArrayBuffer(1)),
    Buffer.from("x"),
    Object("x"),
    Object(1),
    Object(true),
    Object(1n),
    Object(Symbol("x")),
    generate(),
    [][Symbol.iterator](),
    new Map().keys(),
    new URL("https://example.com"),
    new URLSearchParams("x=1"),
    new Headers({ x: "1" }),
    new Response("x"),
    new AbortController(),
    new Intl.NumberFormat(),
    new Proxy(new Map(), {}),
    new Event("x"),
    new Blob(["x"]),
    runInNewContext("new Map([['x', 1]])"),
    runInNewContext("Promise.resolve({ x: 1 })"),
    revoked({ x: 1 }),
    () => 1,
    class {},
  ];
  const nothing = [[{ x: 1 }], "x", 1, null, undefined];
  for (const [at, value] of [...made, ...nothing].entries()) assert.equal(isRecord(value), false, String(at));
  for (const [at, inner] of made.entries()) assert.equal(read({ inner }, "inner.x"), null, String(at));
});

test("objects of applications are records, whatever they are made of", () => {
  class Row {
    x = 1;
  }
  function Old() {
    this.x = 1;
  }
  Old.prototype = { kind: "old" };
  const odd = Object.create({ constructor: "no function", x: 1 });
  const tagged = new (class {
    x = 1;
    get [Symbol.toStringTag]() {
      return "Row";
    }
  })();
  for (const value of [
    { x: 1 },
    new Row(),
    new (class extends Row {})(),
    new Old(),
    Object.assign(Object.create(null), { x: 1 }),
    odd,
    tagged,
    new Proxy({ x: 1 }, {}),
    { then: "later", x: 1 },
    runInNewContext("({ x: 1 })"),
    runInNewContext("new (class { x = 1 })()"),
    Object.freeze({ x: 1 }),
  ]) {
    assert.equal(isRecord(value), true);
    assert.equal(read(value, "x"), 1);
  }
});

test("whatever throws is unknown, and nothing else is", () => {
  const record = {
    get bad() {
      return throwing();
    },
    good: "x",
    list: [
      { id: 1 },
      {
        get id() {
          return throwing();
        },
      },
      { id: 3 },
    ],
  };
  assert.equal(read(record, "bad"), null);
  assert.equal(read(record, "bad.deeper"), null);
  assert.equal(read(record, "good"), "x");
  assert.deepEqual(read(record, "list.id"), [1, null, 3]);
  for (const trap of ["get", "getOwnPropertyDescriptor", "getPrototypeOf"])
    assert.equal(
      read(new Proxy(trap === "getPrototypeOf" ? {} : { owner: "x" }, { [trap]: throwing }), "owner"),
      null,
      trap,
    );
  assert.equal(read({ inner: revoked({}) }, "inner.owner"), null);
  assert.deepEqual(read({ inner: revoked([]) }, "inner"), {});
  assert.equal(isRecord(revoked({})), false);
});

test("a proxy that answers for what it does not have is not believed", () => {
  assert.equal(read(new Proxy({}, { get: () => "ana" }), "owner"), undefined);
  assert.equal(read(new Proxy({ owner: "ana" }, {}), "owner"), "ana");
});

test("circular and endless objects are read without hanging", () => {
  const list = [];
  list.push(list);
  assert.deepEqual(read({ list }, "list"), [null]);
  assert.equal(read({ list }, "list.id"), null);
  const ring = {};
  ring.self = ring;
  assert.deepEqual(read(ring, "self.self.self"), {});
  const endless = new Proxy({}, { getPrototypeOf: () => endless });
  assert.equal(read(endless, "owner"), null);
});

test("ids", () => {
  assert.deepEqual(["a", "ü🔒", 7, -0, 2n ** 70n, "x".repeat(256), "€".repeat(85)].map(toId), [
    "a",
    "ü🔒",
    "7",
    "0",
    String(2n ** 70n),
    "x".repeat(256),
    "€".repeat(85),
  ]);
  for (const value of [
    "",
    "a\nb",
    "\x7f",
    "\x85",
    "\ud800",
    "x".repeat(257),
    "€".repeat(86),
    1.5,
    2 ** 53,
    NaN,
    true,
    null,
    undefined,
    {},
    [],
  ])
    assert.equal(toId(value), undefined, String(value));
  assert.deepEqual(toIds(["a", 7, {}, null, "", 8n]), ["a", "7", "8"]);
  assert.deepEqual([toIds("a"), toIds(undefined), toIds({})], [["a"], [], []]);
});

test("text that is far too long for an id or an address is not searched", () => {
  assert.equal(toId("€".repeat(20_000_000)), undefined);
  const blocks = [parseBlock("10.0.0.0/8"), parseBlock("2001:db8::/32")];
  const started = performance.now();
  for (const text of [`${"1.".repeat(50_000)}1:`, "1".repeat(100_000), ":".repeat(100_000)])
    assert.equal(isInsideAny(text, blocks), undefined);
  // It took 20 s; now it takes no time at all.
  assert.ok(performance.now() - started < 2000);
  assert.equal(isInsideAny("2001:0db8:0000:0000:0000:0000:255.255.255.255", blocks), true);
});

test("who tracks what is read learns of what is absent, too", () => {
  const asked = [];
  const tracked = new Proxy(
    {},
    {
      has: (target, key) => {
        asked.push(key);
        return key in target;
      },
    },
  );
  assert.equal(read({ team: tracked }, "team.id"), undefined);
  assert.ok(asked.includes("id"), asked.join());
});

// Reading attributes of objects of every kind, the hostile ones too.

import assert from "node:assert/strict";
import { test } from "node:test";
import { runInNewContext } from "node:vm";
import { isRecord, readPath, toId, toIds } from "../../pkg/attributes.js";
import { isInsideAny, parseBlock } from "../../pkg/cidr.js";

const read = (object, path) => readPath(object, path.split("."));
const throwing = () => {
  throw new Error("no");
};
const revoked = (target) => {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy;
};

test("dots descend, lists on the way are entered and give one flat list", () => {
  const record = { a: { b: "x" }, p: [{ id: "u1" }, { id: [2, [3], null] }, {}, 5, [{ id: true }]], l: ["y", {}], e: [] };
  assert.equal(read(record, "a.b"), "x");
  assert.equal(read(record, "a.c"), undefined);
  assert.equal(read(record, "a.b.c"), undefined);
  assert.deepEqual(read(record, "p.id"), ["u1", 2, null, null, true]);
  assert.deepEqual(read(record, "l"), ["y", {}]);
  assert.deepEqual(read(record, "l.z"), []);
  assert.deepEqual(read(record, "e"), []);
});

test("what no operator can use is there, but is nothing", () => {
  for (const value of [{}, () => 1, Symbol("s"), NaN, Infinity, "\ud800", new Date(0), new Map()]) assert.deepEqual(read({ value }, "value"), {}, String(value));
  for (const value of [null, undefined]) assert.equal(read({ value }, "value"), undefined);
  assert.equal(read({ value: 7n }, "value"), 7n);
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
  assert.deepEqual(["plain", "owner", "inherited", "method", "constructor"].map((key) => read(ticket, key)), ["own", "private", "base", {}, {}]);
  assert.equal(read(Object.create({ owner: "proto" }), "owner"), "proto");
  assert.equal(read(Object.assign(Object.create(null), { owner: "bare" }), "owner"), "bare");
});

test("what all objects have is nobody's attribute", (context) => {
  Object.prototype.owner = "everyone";
  Array.prototype.owner = "every list";
  context.after(() => {
    delete Object.prototype.owner;
    delete Array.prototype.owner;
  });
  assert.equal(read({}, "owner"), undefined);
  assert.equal(read(new (class {})(), "owner"), undefined);
  assert.deepEqual(read({ list: [] }, "list.owner"), []);
  for (const key of ["toString", "constructor", "__proto__", "hasOwnProperty"]) assert.equal(read({}, key), undefined, key);
  assert.equal(read(JSON.parse('{"__proto__":"mine"}'), "__proto__"), "mine");
});

test("prototypes of the language do not count, in any realm", () => {
  assert.equal(read(new Map([[1, 2]]), "size"), undefined);
  assert.equal(read(new (class extends Map {})([[1, 2]]), "size"), undefined);
  assert.equal(read(new Date(0), "getTime"), undefined);
  const foreign = runInNewContext("Object.prototype.owner = 'everyone'; ({ team: 't' })");
  assert.deepEqual([read(foreign, "owner"), read(foreign, "team")], [undefined, "t"]);
  assert.deepEqual(read({ list: runInNewContext("['a']") }, "list"), ["a"]);
});

test("whatever throws is absent, and nothing else is", () => {
  const record = { get bad() { return throwing(); }, good: "x", list: [{ id: 1 }, { get id() { return throwing(); } }, { id: 3 }] };
  assert.equal(read(record, "bad"), undefined);
  assert.equal(read(record, "good"), "x");
  assert.deepEqual(read(record, "list.id"), [1, 3]);
  for (const trap of ["get", "getOwnPropertyDescriptor", "getPrototypeOf"]) assert.equal(read(new Proxy(trap === "getPrototypeOf" ? {} : { owner: "x" }, { [trap]: throwing }), "owner"), undefined, trap);
  assert.equal(read({ inner: revoked({}) }, "inner.owner"), undefined);
  assert.equal(read({ inner: revoked([]) }, "inner"), undefined);
  assert.equal(isRecord(revoked({})), false);
});

test("a proxy that answers for what it does not have is not believed", () => {
  assert.equal(read(new Proxy({}, { get: () => "ana" }), "owner"), undefined);
  assert.equal(read(new Proxy({ owner: "ana" }, {}), "owner"), "ana");
});

test("endless objects end", () => {
  const list = [];
  list.push(list);
  assert.deepEqual(read({ list }, "list"), [null]);
  assert.ok([undefined, "[]"].includes(JSON.stringify(read({ list }, "list.id"))));
  const ring = {};
  ring.self = ring;
  assert.deepEqual(read(ring, "self.self.self"), {});
  const endless = new Proxy({}, { getPrototypeOf: () => endless });
  assert.equal(read(endless, "owner"), undefined);
});

test("ids", () => {
  assert.deepEqual(["a", "ü🔒", 7, -0, 2n ** 70n, "x".repeat(256), "€".repeat(85)].map(toId), ["a", "ü🔒", "7", "0", String(2n ** 70n), "x".repeat(256), "€".repeat(85)]);
  for (const value of ["", "a\nb", "\x7f", "\x85", "\ud800", "x".repeat(257), "€".repeat(86), 1.5, 2 ** 53, NaN, true, null, undefined, {}, []]) assert.equal(toId(value), undefined, String(value));
  assert.deepEqual(toIds(["a", 7, {}, null, "", 8n]), ["a", "7", "8"]);
  assert.deepEqual([toIds("a"), toIds(undefined), toIds({})], [["a"], [], []]);
});

test("text that is far too long for an id or an address is not searched", () => {
  assert.equal(toId("€".repeat(20_000_000)), undefined);
  const blocks = [parseBlock("10.0.0.0/8"), parseBlock("2001:db8::/32")];
  const started = performance.now();
  for (const text of [`${"1.".repeat(50_000)}1:`, "1".repeat(100_000), ":".repeat(100_000)]) assert.equal(isInsideAny(text, blocks), undefined);
  // It took 20 s; now it takes no time at all.
  assert.ok(performance.now() - started < 2000);
  assert.equal(isInsideAny("2001:0db8:0000:0000:0000:0000:255.255.255.255", blocks), true);
});

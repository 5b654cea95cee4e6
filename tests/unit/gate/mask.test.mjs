// Masks over gate data: every kind of replacement, paths, hostile records, and a law against a slow
// reference.

import assert from "node:assert/strict";
import { test } from "node:test";
import { isDeepStrictEqual } from "node:util";
import { isRolegateError, restore } from "../../../pkg/lite/index.js";

const NOW = 1_795_000_000_000;
const KINDS = ["omit", "null", "redact", "pseudonym"];
const IDS = ["r.all", "r.own", "r.team"];
/** What a mask names for a permission that the user does not have at all. */
const NOBODY = -1;
const data = (masks, change = {}) => ({
  format: "rolegate-gate/1",
  user: "ana",
  revision: 1,
  at: NOW,
  ids: IDS,
  rules: [0, 1, 2],
  table: [
    { scoped: true, any: [{}] },
    { scoped: true, any: [{ own: true }] },
    { scoped: true, any: [{ teams: 0 }] },
  ],
  teams: [["sales"]],
  types: ["r", "s"],
  ...(masks && { masks }),
  ...change,
});
const gate = (masks, change, options) => restore(data(masks, change), { now: NOW, ...options });
/** Masks a record of which nothing is for the user: `hide("a.b", "omit")`, or several pairs. */
const hide = (...pairs) => gate(pairs.map(([field, as]) => [0, field, NOBODY, as]));
const mask = (field, as, record) => hide([field, as]).mask("r", record);

test("every kind of replacement", () => {
  const record = { id: 1, name: "Ann", note: null };
  const told = KINDS.map((as) => mask("name", as, record));
  assert.deepEqual(told, [
    { id: 1, note: null },
    { id: 1, name: null, note: null },
    { id: 1, name: "•••", note: null },
    { id: 1, name: "#1", note: null },
  ]);
  assert.deepEqual(record, { id: 1, name: "Ann", note: null });
  assert.deepEqual(Object.keys(told[0]), ["id", "note"]);
});

test("what is absent or null stays as it is", () => {
  for (const as of KINDS) {
    for (const record of [{}, { name: null }, { name: undefined }, { b: 1 }])
      assert.deepEqual(mask("name", as, record), record);
    for (const record of [
      {},
      { a: null },
      { a: 3 },
      { a: "text" },
      { a: [] },
      { a: [null, 3, []] },
      { a: { c: 1 } },
    ])
      assert.deepEqual(mask("a.name", as, record), record);
  }
  assert.deepEqual(
    ["", 0, false, {}, NaN].map((name) => mask("name", "redact", { name }).name),
    Array(5).fill("•••"),
  );
});

test("paths descend, and lists on the way are entered, however deep", () => {
  const record = {
    rows: [{ name: "Ann", n: 1 }, [{ name: "Bo" }, [{ name: "Ann" }]], { n: 2 }, null],
    name: "Cy",
    "rows.name": "Dee",
  };
  assert.deepEqual(mask("rows.name", "pseudonym", record), {
    rows: [{ name: "#1", n: 1 }, [{ name: "#2" }, [{ name: "#1" }]], { n: 2 }, null],
    name: "Cy",
    "rows.name": "#3",
  });
  assert.deepEqual(mask("rows.name", "omit", record).rows, [{ n: 1 }, [{}, [{}]], { n: 2 }, null]);
});

test("of a list at the end of a path every element is replaced, and omit drops the key", () => {
  const record = { names: ["Ann", null, ["Bo", ["Ann"], []], { first: "Cy" }] };
  assert.deepEqual(mask("names", "redact", record), { names: ["•••", null, ["•••", ["•••"], []], "•••"] });
  assert.deepEqual(mask("names", "null", record), { names: [null, null, [null, [null], []], null] });
  assert.deepEqual(mask("names", "pseudonym", record), { names: ["#1", null, ["#2", ["#1"], []], "#3"] });
  assert.deepEqual([mask("names", "omit", record), mask("names", "omit", { names: [] })], [{}, {}]);
});

test("a masked object goes with everything in it", () => {
  assert.deepEqual(mask("a", "redact", { a: { b: { c: "Ann" } }, d: 1 }), { a: "•••", d: 1 });
});

test("keys with dots count as the parts that they spell", () => {
  for (const [record, told] of [
    [{ "a.b": "Ann" }, { "a.b": "•••" }],
    [
      { "a.b.c": "Ann", "a.bc": 1, "a.": 2, ".a.b": 3, "x.a.b": 4 },
      { "a.b.c": "•••", "a.bc": 1, "a.": 2, ".a.b": 3, "x.a.b": 4 },
    ],
    [{ a: [{ b: "Ann" }, { "b.c": "Bo" }] }, { a: [{ b: "•••" }, { "b.c": "•••" }] }],
  ]) {
    assert.deepEqual(mask("a.b", "redact", record), told);
  }
  const spelt = [
    { "agent.name": { first: "Ann" } },
    { agent: { "name.first": "Ann" } },
    { "agent.name.first": "Ann" },
    { agent: { name: { first: "Ann" } } },
  ];
  assert.deepEqual(
    mask("agent.name.first", "redact", spelt),
    JSON.parse(JSON.stringify(spelt).replaceAll("Ann", "•••")),
  );
  assert.deepEqual(mask("agent.name", "omit", spelt), [{}, { agent: {} }, {}, { agent: {} }]);
  // Where a record has a path twice, the order of its keys decides.
  assert.deepEqual(mask("a.b", "pseudonym", { "a.b": "Ann", a: { b: "Bo" } }), {
    "a.b": "#1",
    a: { b: "#2" },
  });
});

test("only values on the path that are not plain objects become null", () => {
  const mapped = mask("a.b", "redact", { a: new Map([["b", "Ann"]]), c: new Map() });
  assert.deepEqual(mapped, { a: null, c: {} });
  for (const a of [
    new Set(),
    new Date(0),
    /x/,
    new Error("b"),
    new URL("https://example.com"),
    Promise.resolve({ b: 1 }),
    { then() {}, b: "Ann" },
  ])
    assert.deepEqual(mask("a.b", "redact", { a, d: 1 }), { a: null, d: 1 });
  assert.deepEqual(mask("a.b", "redact", { a: "text", d: [1] }), { a: "text", d: [1] });
});

test("one numbering: by record, then by mask, then by position", () => {
  const masks = hide(["b.name", "pseudonym"], ["a", "pseudonym"], ["c", "redact"]);
  const records = [
    { a: "Ann", b: [{ name: "Bo" }, { name: "Cy" }], c: "Zoe" },
    { a: "Cy", b: { name: "Ann" } },
    { a: "Dee", b: { name: "Eve" } },
  ];
  assert.deepEqual(masks.mask("r", records), [
    { a: "#3", b: [{ name: "#1" }, { name: "#2" }], c: "•••" },
    { a: "#2", b: { name: "#3" } },
    { a: "#5", b: { name: "#4" } },
  ]);
  assert.equal(masks.mask("r", records[2]).a, "#2");
});

test("equal JSON values get equal labels, whatever the order of keys; others do not", () => {
  const values = [
    1,
    "1",
    true,
    "true",
    { a: 1, b: [{ c: 1, d: 2 }] },
    { b: [{ d: 2, c: 1 }], a: 1 },
    { a: 1, b: [{ c: 1, d: "2" }] },
    1.0,
    "",
    {},
    { "a,b": "c" },
    { a: "b,c" },
    { a: 1, "a,b": 2 },
    { "a,b": 2, a: 1 },
    { 0: 1, a: 2 },
    { a: 2, 0: 1 },
  ];
  const labels = mask(
    "v",
    "pseudonym",
    values.map((v) => ({ v })),
  ).map(({ v }) => v);
  assert.deepEqual(labels, [
    "#1",
    "#2",
    "#3",
    "#4",
    "#5",
    "#5",
    "#6",
    "#1",
    "#7",
    "#8",
    "#9",
    "#10",
    "#11",
    "#11",
    "#12",
    "#12",
  ]);
  assert.deepEqual(
    mask("v", "pseudonym", { v: [[1, 2], { __proto__: null, x: 1 }, JSON.parse('{"__proto__":1}'), {}] }).v,
    [["#1", "#2"], "#3", "#4", "#5"],
  );
});

test("overlapping masks give the same result in any order, and removed values take no number", () => {
  const record = {
    rows: [
      { name: "Ann", n: 1 },
      { name: "Bo", n: 1 },
    ],
    who: "Cy",
    rowsx: "Dee",
  };
  const pairs = [
    ["rows.name", "pseudonym"],
    ["rows", "redact"],
    ["who", "pseudonym"],
    ["rows.n", "omit"],
  ];
  for (const order of [pairs, [...pairs].reverse(), [pairs[1], pairs[0], pairs[3], pairs[2]]]) {
    assert.deepEqual(hide(...order).mask("r", record), { rows: ["•••", "•••"], who: "#1", rowsx: "Dee" });
  }
  assert.deepEqual(
    hide(["a", "omit"], ["a.b", "null"], ["a.b.c", "redact"]).mask("r", { a: { b: { c: 1 } } }),
    {},
  );
  assert.deepEqual(
    hide(["a.b", "pseudonym"], ["a.b.c", "redact"]).mask("r", { a: { b: [{ c: 1 }, { c: 2 }, { c: 1 }] } }),
    { a: { b: ["#1", "#2", "#1"] } },
  );
  const half = gate([
    [0, "rows", 1, "redact"],
    [0, "rows.name", NOBODY, "pseudonym"],
  ]);
  assert.deepEqual(
    half.mask("r", [
      { owner: "bo", rows: [{ name: "Ann" }] },
      { owner: "ana", rows: [{ name: "Bo", n: 1 }] },
    ]),
    [
      { owner: "bo", rows: ["•••"] },
      { owner: "ana", rows: [{ name: "#1", n: 1 }] },
    ],
  );
});

test("each record is asked about by itself, before it is masked", () => {
  const ana = gate([
    [0, "owner", 1, "omit"],
    [0, "x", 1, "null"],
    [0, "y", 2, "redact"],
    [1, "x", NOBODY, "redact"],
    [0, "z", 0, "redact"],
  ]);
  const records = [
    { owner: "ana", x: 1, y: 1, z: 1 },
    { owner: "bo", team: "sales", x: 1, y: 1, z: 1 },
    { x: 1, y: 1, z: 1 },
  ];
  assert.deepEqual(ana.mask("r", records), [
    { owner: "ana", x: 1, y: "•••", z: 1 },
    { team: "sales", x: null, y: 1, z: 1 },
    { x: null, y: "•••", z: 1 },
  ]);
  assert.deepEqual(
    records.map((record) => ana.fields("r", record).map(({ field, as }) => `${field} ${as}`)),
    [["y redact"], ["owner omit", "x null"], ["owner omit", "x null", "y redact"]],
  );
  assert.deepEqual(
    [
      ana.fields("r"),
      ana.fields("r", undefined).length,
      ana.fields("r", null).length,
      ana.fields("s"),
      ana.mask("s", { x: 1, y: 1 }),
    ],
    [[], 3, 3, [{ field: "x", as: "redact" }], { x: "•••", y: 1 }],
  );
});

test("a permission is asked once for each record", () => {
  let reads = 0;
  const record = {
    get owner() {
      return (reads += 1) && "bo";
    },
  };
  const ana = gate(["a", "b", "c", "d"].map((field) => [0, field, 1, "omit"]));
  ana.fields("r", record);
  assert.equal(reads, 1);
});

test("a type that no permission has", () => {
  const ana = gate([[0, "x", NOBODY, "omit"]]);
  for (const type of [
    "t",
    "",
    "r.all",
    "__proto__",
    "constructor",
    undefined,
    null,
    3,
    Symbol("r"),
    {},
    Object.create(null),
    ["r"],
  ]) {
    for (const ask of [
      () => ana.mask(type, { x: 1 }),
      () => ana.fields(type),
      () => ana.mask(type, null),
      () => gate(undefined, { types: undefined }).mask(type, { x: 1 }),
    ])
      assert.throws(ask, (error) => isRolegateError(error) && error.code === "unknown-resource");
  }
  assert.deepEqual([gate().mask("r", { x: 1 }), gate().fields("r")], [{ x: 1 }, []]);
});

test("expired data, and data of an unknown user, hide everything", () => {
  const masks = [[0, "x", 0, "redact"]];
  const record = { owner: "ana", x: 1 };
  for (const ana of [
    gate(masks, { expires: NOW }),
    gate(masks, { since: NOW + 1 }),
    gate(masks, {}, { now: NaN }),
    gate(masks, { table: [{ scoped: true, any: [{}], until: NOW }, { any: [{}] }, { any: [{}] }] }),
    gate([[0, "x", NOBODY, "redact"]], { ids: [], rules: [], table: [] }),
  ]) {
    assert.deepEqual(
      [ana.mask("r", record), ana.fields("r")],
      [{ owner: "ana", x: "•••" }, [{ field: "x", as: "redact" }]],
    );
  }
  assert.deepEqual(gate(masks).mask("r", record), record);
  assert.deepEqual(gate(masks, { recordsOnly: [0] }).fields("r"), [{ field: "x", as: "redact" }]);
});

test("masks do not call onDecision", () => {
  const heard = [];
  const ana = gate(
    [
      [0, "x", 1, "redact"],
      [0, "y", NOBODY, "redact"],
    ],
    {},
    { onDecision: (decision) => heard.push(decision) },
  );
  ana.mask("r", [{}, {}]);
  ana.fields("r", {});
  assert.deepEqual(heard, []);
});

test("values that are not records", () => {
  const masked = hide(["x", "redact"]);
  assert.deepEqual(
    [null, undefined, 3, "x", '{"x":1}', true, NaN, 1n].map((record) => masked.mask("r", record)),
    [null, undefined, null, null, null, null, null, null],
  );
  assert.deepEqual(masked.mask("r", [null, undefined, 3, { x: 1 }, [{ x: 1 }, [{ x: 2, y: 1 }]], "x", []]), [
    null,
    undefined,
    null,
    { x: "•••" },
    [{ x: "•••" }, [{ x: "•••", y: 1 }]],
    null,
    [],
  ]);
  assert.deepEqual(
    [
      masked.mask("r", () => "x"),
      masked.mask("r", Symbol("x")),
      masked.mask("r", []),
      masked.mask("r", new Set([{ x: 1 }])),
    ],
    [null, null, [], null],
  );
  assert.deepEqual(
    [gate().mask("r", 3), gate().mask("r", "x"), gate().mask("r", null), gate().mask("r", [3])],
    [3, "x", null, [3]],
  );
});

test("a copy is plain data and shares nothing with the record", () => {
  const record = {
    a: { b: [{ c: 1 }] },
    at: new Date(NOW),
    big: 2n ** 60n,
    nothing: undefined,
    not: null,
    call() {},
    [Symbol("s")]: "Ann",
    nan: NaN,
  };
  Object.defineProperty(record, "hidden", { value: "Ann" });
  const copy = hide(["x", "redact"]).mask("r", record);
  assert.deepEqual(copy, {
    a: { b: [{ c: 1 }] },
    at: new Date(NOW),
    big: String(2n ** 60n),
    nothing: undefined,
    not: null,
    call: undefined,
    nan: NaN,
  });
  assert.deepEqual(Reflect.ownKeys(copy), ["a", "at", "big", "nothing", "not", "call", "nan"]);
  copy.a.b[0].c = 2;
  copy.at.setTime(0);
  assert.deepEqual([record.a.b[0].c, record.at.getTime()], [1, NOW]);
  assert.equal(Object.getPrototypeOf(copy.a), Object.prototype);
  const odd = hide(["__proto__", "redact"], ["constructor.name", "redact"]).mask(
    "r",
    JSON.parse('{"__proto__":{"x":"Ann"},"constructor":{"name":"Bo"},"y":{"__proto__":{"z":1}}}'),
  );
  assert.equal(
    JSON.stringify(odd),
    '{"__proto__":"•••","constructor":{"name":"•••"},"y":{"__proto__":{"z":1}}}',
  );
  assert.equal(odd.x, undefined);
});

test("the input may be frozen, and is not changed", () => {
  const record = Object.freeze({ rows: Object.freeze([Object.freeze({ name: "Ann" })]) });
  assert.deepEqual(mask("rows.name", "omit", record), { rows: [{}] });
  assert.deepEqual(record, { rows: [{ name: "Ann" }] });
});

test("objects of classes: what their JSON is", () => {
  class Own {
    name = "Ann";
    n = 1;
    get shout() {
      return this.name.toUpperCase();
    }
  }
  assert.deepEqual(mask("name", "redact", new Own()), { name: "•••", n: 1 });
  class Document {
    #data = { name: "Ann", n: 1 };
    _doc = this.#data;
    get name() {
      return this._doc.name;
    }
    toJSON() {
      return this.#data;
    }
  }
  assert.deepEqual(mask("name", "redact", new Document()), { name: "•••", n: 1 });
  assert.deepEqual(mask("rows.name", "redact", { rows: [new Document(), new Own()] }), {
    rows: [
      { name: "•••", n: 1 },
      { name: "•••", n: 1 },
    ],
  });
  class Money {
    constructor(n) {
      this.n = n;
    }
    toJSON() {
      return String(this.n);
    }
  }
  assert.deepEqual(
    mask("name", "redact", {
      price: new Money(3),
      to: new URL("https://example.com/"),
      buffer: Buffer.from("a"),
    }),
    { price: "3", to: "https://example.com/", buffer: { type: "Buffer", data: [97] } },
  );
  assert.deepEqual(mask("price", "pseudonym", [{ price: new Money(3) }, { price: "3" }]), [
    { price: "#1" },
    { price: "#1" },
  ]);
  assert.deepEqual(
    mask("at", "pseudonym", [
      { at: new Date(NOW) },
      { at: new Date(NOW).toISOString() },
      { at: new Date(0) },
    ]),
    [{ at: "#1" }, { at: "#1" }, { at: "#2" }],
  );
  assert.deepEqual(mask("x", "redact", { map: new Map([["x", "Ann"]]), set: new Set(["Ann"]) }), {
    map: {},
    set: {},
  });
});

test("a record whose copy might show the value under another name has none", () => {
  class Backed {
    _name = "Ann";
    get name() {
      return this._name;
    }
  }
  class Renamed {
    name = "Ann";
    toJSON() {
      return { full_name: this.name };
    }
  }
  class Flat {
    name = "Ann";
    toJSON() {
      return `by ${this.name}`;
    }
  }
  const unseen = Object.defineProperty({ also: "Ann" }, "name", { value: "Ann" });
  for (const record of [new Backed(), new Renamed(), new Flat(), unseen]) {
    assert.equal(mask("name", "redact", record), null);
    assert.deepEqual(mask("by.name", "redact", [{ by: [record] }, { by: { name: "Bo" } }]), [
      { by: [null] },
      { by: { name: "•••" } },
    ]);
    assert.deepEqual(mask("by", "redact", { by: record }), { by: "•••" });
    assert.notEqual(mask("by.other", "redact", { by: record }), null);
  }
});

test("the same where a key with dots is what the copy might show under another name", () => {
  class Backed {
    _name = "Ann";
    get "by.name"() {
      return this._name;
    }
  }
  class Deeper {
    _name = "Ann";
    get "by.name.first"() {
      return this._name;
    }
  }
  class Renamed {
    "by.name" = "Ann";
    toJSON() {
      return { full_name: this["by.name"] };
    }
  }
  const unseen = Object.defineProperty({ also: "Ann" }, "by.name", { value: "Ann" });
  for (const record of [new Backed(), new Deeper(), new Renamed(), unseen]) {
    assert.equal(mask("by.name", "redact", record), null);
    assert.deepEqual(mask("of.by.name", "redact", { of: [record, { "by.name": "Bo" }] }), {
      of: [null, { "by.name": "•••" }],
    });
    assert.notEqual(mask("by.other", "redact", record), null);
  }
  class Spelt {
    by = { name: "Ann" };
    toJSON() {
      return { "by.name": this.by.name };
    }
  }
  assert.deepEqual(mask("by.name", "redact", new Spelt()), { "by.name": "•••" });
});

test("hostile records are masked or given up, and never thrown", () => {
  const fail = () => {
    throw new Error("no");
  };
  const { proxy: revoked, revoke } = Proxy.revocable({ name: "Ann" }, {});
  revoke();
  const circle = { name: "Ann", n: 1 };
  circle.self = circle;
  const web = Array.from({ length: 40 }, () => ({ name: "Ann" }));
  for (const one of web) one.all = web;
  const deep = (depth) => {
    let at = { name: "Ann" };
    for (let i = 0; i < depth; i++) at = { at, name: "Ann" };
    return at;
  };
  const endless = () =>
    new Proxy(
      {},
      {
        ownKeys: () => ["a", "b", "name"],
        getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true, value: 1 }),
        get: (_, key) => (key === "toJSON" ? undefined : endless()),
      },
    );
  const records = {
    revoked,
    circle,
    web: web[0],
    deep: deep(100_000),
    endless: endless(),
    keys: new Proxy({ name: "Ann" }, { ownKeys: fail }),
    get: new Proxy({ name: "Ann" }, { get: fail }),
    all: new Proxy(
      { name: "Ann" },
      { get: fail, has: fail, ownKeys: fail, getPrototypeOf: fail, getOwnPropertyDescriptor: fail },
    ),
    getter: {
      get name() {
        throw "Ann";
      },
      other: 1,
    },
    json: { name: "Ann", toJSON: fail },
    self: {
      name: "Ann",
      toJSON() {
        return this;
      },
    },
    date: Object.create(Date.prototype),
    list: Object.defineProperty(["Ann"], 0, { get: fail }),
    long: new Proxy([], { get: (list, key) => (key === "length" ? 2 ** 53 : list[key]) }),
    primitive: { name: { [Symbol.toPrimitive]: fail, toString: fail, valueOf: fail } },
  };
  for (const [which, record] of Object.entries(records)) {
    for (const as of KINDS) {
      for (const [field, given] of [
        ["name", record],
        ["name", [record]],
        ["name", { name: record }],
        ["name", { name: [record] }],
        ["at.name", { at: record }],
        ["at.name", { at: [[record]] }],
      ]) {
        assert.ok(!String(JSON.stringify(mask(field, as, given))).includes("Ann"), `${which} ${as}`);
      }
    }
  }
  assert.deepEqual(
    [
      mask("name", "redact", circle),
      mask("name", "redact", deep(600)),
      gate().mask("r", circle),
      mask("name", "redact", records.getter),
    ],
    [null, null, null, { name: undefined, other: 1 }],
  );
  assert.notEqual(mask("at.name", "redact", deep(400)), null);
  assert.deepEqual(mask("name", "redact", records.self), { name: "•••", toJSON: undefined });
  assert.equal(mask("name", "redact", new Proxy([{ name: "Ann" }], { get: fail })), null);
  assert.deepEqual(
    mask("name", "redact", Object.defineProperty([{ name: "Ann" }], Symbol.iterator, { get: fail })),
    [{ name: "•••" }],
  );
});

test("properties of built-in prototypes do not matter", (context) => {
  Object.assign(Object.prototype, { name: "Ann", masks: [], types: ["q"] });
  context.after(() => ["name", "masks", "types"].forEach((key) => delete Object.prototype[key]));
  assert.deepEqual(Object.keys(mask("name", "redact", { n: 1 })), ["n"]);
  assert.throws(() => gate(undefined, { types: undefined }).mask("q", {}), { code: "unknown-resource" });
});

test("invalid masks and types are rejected with their location", () => {
  const good = [0, "x", NOBODY, "omit"];
  const bad = {
    "data/types": [{ types: "r" }, { types: ["r", "r"] }, { types: null }, { types: {} }],
    "data/types/0": [{ types: [1] }],
    "data/masks": [{ masks: null }, { masks: {} }, { masks: "x" }],
    "data/masks/0": [
      { masks: [null] },
      { masks: [{}] },
      { masks: [[]] },
      { masks: [good.slice(0, 3)] },
      { masks: [[...good, 1]] },
      { masks: [{ ...good, length: 4 }] },
    ],
    "data/masks/0/0": [
      { masks: [[2, "x", 0, "omit"]] },
      { masks: [["r", "x", 0, "omit"]] },
      { masks: [[-1, "x", 0, "omit"]] },
      { masks: [good], types: [] },
      { masks: [good], types: undefined },
    ],
    "data/masks/0/1": ["", "a..b", ".", 1, null, ["x"]].map((path) => ({ masks: [[0, path, 0, "omit"]] })),
    "data/masks/0/2": [3, -2, 0.5, "r.all", null, undefined, "-1"].map((at) => ({
      masks: [[0, "x", at, "omit"]],
    })),
    "data/masks/0/3": ["OMIT", "", "none", null, undefined, ["omit"]].map((as) => ({
      masks: [[0, "x", 0, as]],
    })),
    "data/masks/1/1": [{ masks: [good, [0, "x", 0, "redact"]] }],
    "data/mask": [{ mask: [good] }],
  };
  for (const [place, changes] of Object.entries(bad)) {
    for (const change of changes)
      assert.throws(
        () => gate(undefined, change),
        (error) => error.code === "bad-gate-data" && error.message.startsWith(`${place} `),
        `${place}: ${JSON.stringify(change)}`,
      );
  }
  assert.deepEqual(gate([good, [1, "x", 0, "null"], [0, "x.y", 0, "null"]]).toJSON().masks.length, 3);
});

// The law.

/** Numbers that look random, always the same of a seed. */
function generator(seed) {
  let state = seed + 1;
  return (below) => ((state = (state * 48271) % 2147483647), state % below);
}

const KEYS = ["a", "b", "c", "0", "__proto__"];

function randomValue(random, depth) {
  const kind = random(depth > 3 ? 6 : 12);
  if (kind < 4) return `secret${random(30)}.`;
  if (kind === 4) return 100_000 + random(9);
  if (kind === 5) return [null, true, "", 0][random(4)];
  if (kind < 9) return Array.from({ length: random(4) }, () => randomValue(random, depth + 1));
  return randomRecord(random, depth + 1);
}

function randomRecord(random, depth = 0) {
  const entries = KEYS.filter(() => random(3) > 0).map((key) => [key, randomValue(random, depth)]);
  const known =
    depth > 0
      ? []
      : [
          ["owner", ["ana", "bo"][random(2)]],
          ["team", ["sales", "support"][random(2)]],
        ];
  return Object.fromEntries([...entries, ...known]);
}

function randomMasks(random) {
  const fields = new Set(
    Array.from({ length: 1 + random(5) }, () =>
      Array.from({ length: 1 + random(3) }, () => KEYS[random(KEYS.length)]).join("."),
    ),
  );
  return [...fields].map((field) => [0, field, random(4) - 1, KINDS[random(4)]]);
}

/** Every place in a value: the steps to it (a key, or `[i]` in a list), and what is there. */
function* places(value, steps = []) {
  yield { steps, value };
  if (typeof value !== "object" || value === null) return;
  const isList = Array.isArray(value);
  for (const key of Object.keys(value)) yield* places(value[key], [...steps, isList ? [Number(key)] : key]);
}

/** The keys on the way to a place, without the positions in lists. */
const keysOf = (steps) => steps.filter((step) => !Array.isArray(step));
const startsWith = (steps, keys) => keys.every((key, i) => keysOf(steps)[i] === key);

/** What masks should come to: of every place it is asked whether it is masked. */
function reference(ana, masks, records) {
  const seen = [];
  const label = (value) => {
    const at = seen.findIndex((other) => isDeepStrictEqual(other, value));
    return `#${at < 0 ? seen.push(value) : at + 1}`;
  };
  return records.map((record) => {
    const hidden = masks
      .filter(([, , permission]) => permission < 0 || !ana.can(IDS[permission], record))
      .map(([, field, , as]) => ({ keys: field.split("."), as }));
    const top = hidden.filter(
      ({ keys }) =>
        !hidden.some(
          (other) => other.keys.length < keys.length && other.keys.every((key, i) => keys[i] === key),
        ),
    );
    const copy = JSON.parse(JSON.stringify(record));
    const shown = { null: () => null, redact: () => "•••", pseudonym: label };
    for (const { keys, as } of top) {
      for (const { steps, value } of places(record)) {
        if (keysOf(steps).length !== keys.length || !startsWith(steps, keys) || value === null) continue;
        const holder = steps.slice(0, -1).reduce((at, step) => at?.[step], copy);
        const last = steps.at(-1);
        if (as === "omit" && !Array.isArray(last)) delete holder[last];
        if (as !== "omit" && !Array.isArray(value)) holder[last] = shown[as](value);
      }
    }
    return { copy, hidden };
  });
}

test("law: what is masked is nowhere, what is not is the same, and a slow reference agrees", () => {
  let secrets = 0;
  for (let seed = 0; seed < 3000; seed++) {
    const random = generator(seed);
    const masks = randomMasks(random);
    const records = Array.from({ length: 1 + random(3) }, () => randomRecord(random));
    const before = JSON.stringify(records);
    const ana = gate(masks);
    const told = ana.mask("r", records);
    const wanted = reference(ana, masks, records);
    const about = `seed ${seed}: ${before} under ${JSON.stringify(masks)}`;
    assert.equal(JSON.stringify(records), before, about);
    assert.equal(JSON.stringify(told), JSON.stringify(wanted.map(({ copy }) => copy)), about);
    assert.equal(
      JSON.stringify(ana.mask("r", records[0])),
      JSON.stringify(reference(ana, masks, [records[0]])[0].copy),
      about,
    );
    const all = records.flatMap((record, i) =>
      [...places(record)].map((place) => ({
        ...place,
        isHidden: wanted[i].hidden.some(({ keys }) => startsWith(place.steps, keys)),
      })),
    );
    const visible = new Set(all.filter(({ isHidden }) => !isHidden).map(({ value }) => value));
    for (const { value, isHidden } of all) {
      if (
        !isHidden ||
        visible.has(value) ||
        !/^secret|^1000/.test(String(value)) ||
        typeof value === "object"
      )
        continue;
      secrets += 1;
      assert.ok(!JSON.stringify(told).includes(String(value)), `${value} of ${about}`);
    }
    for (const one of told)
      for (const { value } of places(one))
        if (typeof value === "object" && value !== null)
          assert.ok(!all.some((place) => place.value === value), `shared: ${about}`);
  }
  assert.ok(secrets > 3000, `${secrets} values were hidden`);
});

// Whatever is put on `Object.prototype` under a name that the package uses changes no answer.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { init, loadSync, Scope } from "../../../pkg/entries/node.js";
import { restore } from "../../../pkg/lite/index.js";

const folder = new URL("../../../pkg/", import.meta.url);
const NOW = 1_795_000_000_000;

const document = {
  format: "rolegate/1",
  revision: 1,
  catalog: {
    categories: [
      {
        id: "c",
        permissions: [
          { id: "c.v", scopes: ["own", "team", "all"] },
          { id: "c.e", scopes: ["own", "team", "all"], requires: ["c.v"] },
          { id: "c.n", scopes: ["own", "all"] },
          { id: "c.d", scopes: ["all"] },
          { id: "s" },
        ],
      },
    ],
    resources: { c: { owner: "by", team: "in" } },
    masks: [{ resource: "c", field: "x.y", permission: "c.n" }],
  },
  teams: [{ id: "t1" }, { id: "t2", parent: "t1" }],
  roles: [
    {
      id: "r",
      name: "R",
      deny: [{ key: "c.d", when: { "resource.lock": { $exists: true } } }],
      grants: {
        "c.v": { when: { "resource.region": { $ref: "context.region" } } },
        "c.e": "team",
        "c.d": true,
        "c.n": {
          when: {
            $or: [
              { "resource.m": { $elem: { "element.id": { $ref: "user.id" } } } },
              { "user.level": { $gt: 5 } },
              { "resource.at": { $since: "now-1h" } },
            ],
          },
        },
      },
    },
  ],
  users: [
    {
      id: "ana",
      teams: ["t2"],
      roles: [{ role: "r", until: "2030-01-01T00:00:00Z" }],
      attributes: { level: 1 },
    },
    { id: "bo" },
  ],
};
const TEXT = JSON.stringify(document);
const questions = [
  ["c.v"],
  ["c.v", { region: "eu" }],
  ["c.e", { by: "zed", in: "t9" }],
  ["c.e", { by: "ana" }],
  ["c.n", { m: [{ id: "ana" }] }],
  ["c.n", { m: [{ id: "zed" }] }],
  ["c.n", {}],
  ["c.d", { lock: 1 }],
  ["c.d", {}],
  ["s"],
  ["c.e", null],
  ["c.e", []],
];

/** Every answer of gates of every kind. */
function answers() {
  const snapshot = loadSync(TEXT);
  const ana = snapshot.for("ana", { now: NOW });
  const data = ana.toJSON();
  const gates = [
    ana,
    snapshot.for("bo", { now: NOW }),
    snapshot.for("ana", { now: NOW, limit: ["c.v"] }),
    snapshot.for("ana", { now: NOW, roles: [] }),
    snapshot.for("ana", { now: NOW, until: 5 }),
    ana.with({ records: "required" }).with({}),
    ana.with({ context: { region: "eu" } }),
    snapshot.for("ana", { now: 2e12 }),
    restore(data, { now: NOW }),
  ];
  const told = gates.flatMap((gate) =>
    questions.flatMap((question) => [
      gate.can(...question),
      question.length > 1 ? gate.scope(question[0]).matches(question[1]) : gate.scope(question[0]).kind,
    ]),
  );
  told.push(
    Scope.from(ana.scope("c.e").toJSON(), { now: NOW }).matches({ in: "t9" }),
    ana.mask("c", { x: { y: 1 } }).x.y,
    ana.explain("c.v", { region: "eu" }).reason,
  );
  snapshot.free();
  return told;
}

test("no name on Object.prototype changes an answer", async () => {
  await init();
  const wanted = answers();
  const scripts = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter(
    (name) => /(?<!\.wasm)\.js$/.test(name) && !name.startsWith("script"),
  );
  const names = new Set(
    scripts.flatMap(
      (name) => readFileSync(new URL(name, folder), "utf8").match(/(?<=[.{,]\s*)[A-Za-z_$][\w$]{2,}/g) ?? [],
    ),
  );
  // The language itself reads `return` of every iterator that is left early.
  names.delete("return");
  for (const name of names) {
    if (Object.hasOwn(Object.prototype, name)) continue;
    let told;
    Object.defineProperty(Object.prototype, name, {
      __proto__: null,
      value: "eu",
      configurable: true,
      enumerable: true,
      writable: true,
    });
    try {
      told = answers();
    } catch (error) {
      told = `${error.stack} ${error.cause?.stack}`;
    } finally {
      delete Object.prototype[name];
    }
    assert.deepEqual(told, wanted, name);
  }
  assert.ok(names.size > 300);
});

const BUILT_IN = {
  Object,
  Array,
  Function,
  String,
  Number,
  Boolean,
  Symbol,
  BigInt,
  Promise,
  Map,
  Set,
  Date,
  RegExp,
  Error,
  ArrayBuffer,
  Uint8Array,
  Uint32Array,
  WeakMap,
  JSON: { prototype: JSON },
  Iterator: { prototype: Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]())) },
};
const NAMES = [
  ...new Set(Object.values(BUILT_IN).flatMap(({ prototype }) => Object.getOwnPropertyNames(prototype))),
];

test("no built-in name is special", () => {
  assert.ok(
    NAMES.length > 150 &&
      ["__proto__", "constructor", "hasOwnProperty", "length", "then"].every((name) => NAMES.includes(name)),
  );
  const members = (of) => `{${NAMES.map((name) => `${JSON.stringify(name)}:${of(name)}`).join()}}`;
  const list = (of) => `[${NAMES.map(of).join()}]`;
  const q = JSON.stringify;
  // Written by hand: as a key of a literal one of them would be lost.
  const text = `{"format":"rolegate/1","revision":1,"catalog":{"categories":[{"id":"c","permissions":${list((name) => `{"id":${q(name)},"scopes":["own","team","all"]}`)}},{"id":"o","permissions":[{"id":"o.x"}]}]},
    "teams":${list((name) => `{"id":${q(name)}}`)},"roles":${list((name) => `{"id":${q(name)},"name":"R","grants":{${q(name)}:{"when":{${q(`resource.${name}`)}:"yes",${q(`context.${name}`)}:"yes",${q(`user.${name}`)}:"yes"}}}}`)},
    "users":${list((name) => `{"id":${q(name)},"teams":[${q(name)}],"roles":[${q(name)}],"attributes":{${q(name)}:"yes"}}`)}}`;
  const snapshot = loadSync(text);
  const all = JSON.parse(members(() => '"yes"'));
  for (const name of NAMES) {
    const one = JSON.parse(`{${q(name)}:"yes"}`);
    const gate = snapshot.for(name, { context: all });
    const others = NAMES[(NAMES.indexOf(name) + 1) % NAMES.length];
    for (const it of [gate, restore(JSON.parse(JSON.stringify(gate.toJSON())), { context: all })]) {
      assert.deepEqual(
        [
          it.can(name, one),
          it.can(name, {}),
          it.can(name, []),
          it.can(others, all),
          it.can("o.x"),
          it.can(name, { [`${name}.x`]: "yes" }),
        ],
        [true, false, false, false, false, false],
        name,
      );
    }
    assert.deepEqual(
      [
        snapshot.for(name).can(name, one),
        snapshot.for(name, { context: {} }).can(name, all),
        snapshot.for(`${name} `).can(name, all),
      ],
      [false, false, false],
      name,
    );
    assert.deepEqual(snapshot.for(name, { context: all, limit: [others] }).can(name, one), false, name);
  }
  snapshot.free();
});

/** What stands where somebody looks for something else. */
const VALUES = { text: "eu", object: { any: [{}], own: true }, function: () => true };
const PROTOTYPES = { "Object.prototype": Object.prototype, "Array.prototype": Array.prototype };
const ODD = [
  "get",
  "set",
  "value",
  "writable",
  "enumerable",
  "configurable",
  "toJSON",
  "then",
  "0",
  "1",
  "2",
  "length",
  "any",
  "none",
  "own",
  "teams",
  "where",
  "unless",
  "when",
  "scope",
  "limit",
  "roles",
  "until",
  "now",
  "records",
  "context",
  "resource",
  "allowed",
  "isDisabled",
  "by",
  "in",
  "region",
  "owner",
  "team",
  "next",
  "done",
  "raw",
  "index",
  "cause",
  "code",
  "stack",
];

test("no name on a prototype widens an answer", async () => {
  await init();
  const wanted = answers();
  const before = loadSync(JSON.stringify(document));
  const asked = (gate) => questions.map((question) => gate.can(...question));
  const gate = before.for("ana", { now: NOW });
  const told = asked(gate);
  for (const [where, prototype] of Object.entries(PROTOTYPES))
    for (const name of ODD) {
      if (Object.hasOwn(prototype, name)) continue;
      for (const [what, value] of Object.entries(VALUES))
        for (const descriptor of [
          { value, writable: true },
          { get: () => value, set() {} },
        ]) {
          // With setters for positions no list of the language grows any more; and a record with `toJSON` is
          // masked as that tells.
          if (("set" in descriptor && /^\d/.test(name)) || (name === "toJSON" && typeof value === "function"))
            continue;
          let found;
          Object.defineProperty(prototype, name, {
            __proto__: null,
            configurable: true,
            enumerable: true,
            ...descriptor,
          });
          try {
            found = [answers(), asked(gate), asked(before.for("ana", { now: NOW }))];
          } catch (error) {
            found = `${error.stack} ${error.cause?.stack}`;
          } finally {
            delete prototype[name];
          }
          assert.deepEqual(found, [wanted, told, told], `${where}.${name}: ${what}`);
        }
    }
});

/** What a call gives, or that it throws: then it gives nothing. */
function attempt(run) {
  try {
    return run();
  } catch {
    return undefined;
  }
}

test("setters for positions and a `toJSON` function on Object.prototype widen nothing, and no mask shows a value", async () => {
  await init();
  const masked = {
    ...document,
    catalog: {
      ...document.catalog,
      masks: [
        ...document.catalog.masks,
        { resource: "c", field: "rows.who", permission: "c.n", as: "pseudonym" },
        { resource: "c", field: "gone", permission: "c.n", as: "omit" },
      ],
    },
  };
  const text = JSON.stringify(masked);
  const before = loadSync(text).for("ana", { now: NOW });
  const data = JSON.stringify(before.toJSON());
  const open = questions.filter((question) => before.can(...question));
  const shown = ["Ann", "Bo", "Dee"];
  const polluted = [["0"], ["1"], ["0", "1", "2"]].map((names) => [
    names,
    { get: () => undefined, set() {} },
  ]);
  for (const [names, descriptor] of [
    ...polluted,
    [["toJSON"], { value: () => "eu", writable: true }],
    [["toJSON"], { value: () => ({ x: { y: "Ann" }, by: "ana" }), writable: true }],
  ]) {
    const record = { x: { y: "Ann" }, rows: [{ who: "Bo" }], gone: "Dee", by: "zed" };
    const asked = questions.map((question) => [question, attempt(() => before.can(...question))]);
    for (const name of names)
      Object.defineProperty(Object.prototype, name, { __proto__: null, configurable: true, ...descriptor });
    let gates, told, masks;
    try {
      gates = [
        () => before,
        () => loadSync(text).for("ana", { now: NOW }),
        () => restore(JSON.parse(data), { now: NOW }),
      ];
      told = gates.map((make) => questions.map((question) => attempt(() => make().can(...question))));
      masks = gates.map((make) => attempt(() => make().mask("c", record)));
    } finally {
      for (const name of names) delete Object.prototype[name];
    }
    assert.equal(asked.filter(([, answer]) => answer).length, open.length);
    for (const answers of told)
      for (const [at, answer] of answers.entries())
        assert.ok(!answer || open.includes(questions[at]), `${names}: ${JSON.stringify(questions[at])}`);
    for (const mask of masks)
      for (const value of shown)
        assert.ok(!JSON.stringify(mask ?? null).includes(value), `${names}: ${JSON.stringify(mask)}`);
  }
});

test("no built-in name is special as the field of a mask", async () => {
  await init();
  const kinds = ["omit", "null", "redact", "pseudonym"];
  const told = [undefined, null, "•••", "#1"];
  for (const [at, as] of kinds.entries()) {
    const masks = NAMES.map((field) => ({ resource: "c", field, permission: "c.v", as }));
    const snapshot = loadSync(
      JSON.stringify({
        ...document,
        catalog: { ...document.catalog, masks },
        roles: [],
        users: [{ id: "ana" }],
      }),
    );
    const gate = snapshot.for("ana", { now: NOW });
    for (const it of [gate, restore(JSON.parse(JSON.stringify(gate.toJSON())), { now: NOW })]) {
      assert.deepEqual(
        it.fields("c"),
        NAMES.map((field) => ({ field, as })),
      );
      for (const name of NAMES) {
        const record = JSON.parse(`{"other":1,${JSON.stringify(name)}:"secret"}`);
        // A record that one can wait for is none.
        const hidden = it.mask("c", record);
        const own =
          hidden !== null && Object.hasOwn(hidden, name)
            ? Object.getOwnPropertyDescriptor(hidden, name).value
            : undefined;
        assert.deepEqual(
          [own, JSON.stringify(hidden).includes("secret"), hidden?.other],
          [told[at], false, 1],
          `${as} ${name}`,
        );
      }
      assert.deepEqual(it.mask("c", { other: 1 }), { other: 1 });
    }
    snapshot.free();
  }
});

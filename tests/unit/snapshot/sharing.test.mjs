// Nothing internal is handed out, and nothing that was passed in is kept: whatever any public call returned
// is changed in every way, and whatever it was given, and then everything is asked again. What it has to be
// is told by a process in which nobody changed anything.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import * as main from "../../../pkg/entries/node.js";
import * as core from "../../../pkg/lite/core.js";
import * as lite from "../../../pkg/lite/index.js";
import * as testing from "../../../pkg/testing/index.js";
import { failing } from "../../failing.mjs";

const NOW = 1_795_000_000_000;
const PKG = new URL("../../../pkg/", import.meta.url);

const documentOf = () => ({
  format: "rolegate/1",
  revision: 7,
  tenant: "acme",
  issuedAt: "2026-01-01T00:00:00Z",
  expiresAt: "2031-01-01T00:00:00Z",
  catalog: {
    categories: [
      {
        id: "c",
        title: "C",
        permissions: [
          { id: "c.v", title: "View", scopes: ["own", "team", "all"] },
          { id: "c.e", scopes: ["own", "team", "all"], requires: ["c.v"] },
          { id: "c.w", scopes: ["all"] },
          { id: "c.x", scopes: ["all"] },
          { id: "c.d", scopes: ["own", "team", "all"] },
          { id: "c.n", scopes: ["all"] },
          { id: "c.t", scopes: ["all"] },
        ],
      },
      { id: "s", permissions: [{ id: "s.a" }, { id: "s.b" }] },
    ],
    levelTitles: { own: "Mine", team: "Ours", all: "Every" },
    resources: { c: { owner: ["by", "people.id"], team: "in" } },
    masks: [
      { resource: "c", field: "pay.sum", permission: "c.n" },
      { resource: "c", field: "name", permission: "c.t", as: "pseudonym" },
    ],
  },
  teams: [{ id: "t1", name: "One" }, { id: "t2", parent: "t1" }, { id: "t3" }],
  roles: [
    {
      id: "base",
      name: "Base",
      grants: { "c.v": { when: { "resource.status": { $in: ["open", "new"] } } } },
    },
    {
      id: "r",
      name: "R",
      inherits: ["base"],
      deny: [{ key: "c.d", when: { "resource.lock": { $hasAny: ["a", "b"] } } }],
      grants: {
        "c.e": "team",
        "c.d": ["own", { scope: "team", when: { "resource.tags": { $subset: ["x", "y"] } } }],
        "c.w": {
          when: {
            $or: [
              {
                "resource.m": {
                  $elem: { "element.id": { $ref: "user.id" }, "element.kind": { $in: ["k"] } },
                },
              },
              { "user.level": { $gt: 5 } },
            ],
          },
        },
        "c.x": {
          when: {
            $and: [
              { "context.ip": { $cidr: ["10.0.0.0/8", "192.168.0.0/16"] } },
              { "context.session.tags": { $has: "mfa" } },
              { "context.list": { $elem: { "element.ok": true } } },
            ],
          },
        },
        "c.t": { when: { "user.groups": { $has: "g1" } } },
        "s.a": true,
      },
    },
  ],
  users: [
    {
      id: "ana",
      name: "Ana",
      teams: ["t1"],
      roles: [{ role: "r", until: "2030-01-01T00:00:00Z" }],
      attributes: { level: 1, groups: ["g1"] },
    },
    { id: "bo", teams: ["t3"], roles: ["r"], attributes: { level: 9, groups: [] } },
    { id: "cy", roles: [{ role: "r", team: "t2", when: { "resource.zone": { $in: ["eu"] } } }] },
  ],
});

const PERMISSIONS = ["c.v", "c.e", "c.w", "c.x", "c.d", "c.n", "c.t", "s.a", "s.b", "gone"];
const recordsOf = () => [
  {},
  { status: "open" },
  { status: "secret" },
  { by: "ana", in: "t9", status: "new" },
  { by: "zed", in: "t2", status: "open", tags: ["x"], zone: "eu" },
  { people: [{ id: "ana" }], status: "open" },
  { m: [{ id: "ana", kind: "k" }] },
  { m: [{ id: "ana", kind: "secret" }] },
  { in: "t3", tags: ["x", "secret"] },
  { in: "t1", lock: ["a"] },
  { in: "secret", zone: "secret" },
  null,
];
const rowOf = () => ({ by: "ana", in: "t1", name: "Zoë", pay: { sum: 5, when: new Date(0) }, tags: ["x"] });
const contextOf = () => ({
  ip: "10.1.2.3",
  session: { tags: ["mfa", "sms"] },
  list: [{ ok: true }, { ok: false }],
});
const optionsOf = () => ({
  context: contextOf(),
  now: NOW,
  limit: ["c.*", "s.a"],
  roles: ["r"],
  records: "optional",
  until: NOW + 1e6,
});
const plain = (value) => (value === undefined ? "undefined" : JSON.parse(JSON.stringify(value)));

/** Everything that gates of one kind answer. */
function answersOf(gate, hasMasks = true) {
  const records = recordsOf();
  return [
    gate.user,
    gate.tenant,
    gate.revision,
    String(gate.validUntil),
    gate.permissions(),
    gate.toJSON(),
    ...PERMISSIONS.map((id) => [
      gate.can(id),
      records.map((record) => gate.can(id, record)),
      gate.filter(id, records).length,
      gate.reason(id) ?? "",
      plain(gate.scope(id)),
      records.map((record) => gate.scope(id).matches(record)),
      String(gate.until(id, records[3])),
    ]),
    hasMasks ? [gate.mask("c", [rowOf(), rowOf()]), gate.fields("c"), gate.fields("c", rowOf())] : [],
  ];
}
const explained = (gate) =>
  PERMISSIONS.flatMap((id) =>
    [undefined, ...recordsOf()].map((record) =>
      record === undefined ? gate.explain(id) : gate.explain(id, record),
    ),
  );

/** Everything that a snapshot answers, by gates that are there and by new ones. */
function answers({ snapshot, gates, restored, small, made, scopes }) {
  const fresh = ["ana", "bo", "cy", "nobody"].map((user) =>
    snapshot.for(user, { ...optionsOf(), limit: ["*"] }),
  );
  return JSON.parse(
    JSON.stringify([
      [
        snapshot.tenant,
        snapshot.revision,
        snapshot.issuedAt,
        snapshot.expiresAt,
        snapshot.users(),
        snapshot.user("ana"),
        snapshot.permissions(),
        snapshot.categories(),
        snapshot.roles(),
        snapshot.teams(),
        snapshot.levelTitles(),
        snapshot.toJSON(),
        snapshot.narrow("ana"),
      ],
      PERMISSIONS.map((id) => [
        snapshot.whoCan(id, { now: NOW }),
        snapshot.remedies("cy", id, { now: NOW, resource: { status: "no" } }),
        snapshot.remedies("cy", id, { now: NOW }).complete,
      ]),
      [...gates, ...fresh].map((gate) => [answersOf(gate), explained(gate), gate.toJSON({ explain: true })]),
      restored.map((gate) => [answersOf(gate), explained(gate)]),
      small.map((gate) => answersOf(gate, false)),
      made.map((gate) => answersOf(gate)),
      scopes.map((scope) => [
        scope,
        recordsOf().map((record) => scope.matches(record)),
        String(scope.validUntil),
        scope.level,
        scope.conditional,
        scope.parts,
      ]),
    ]),
  );
}

const dataOf = () =>
  main.loadSync(documentOf()).for("ana", { context: contextOf(), now: NOW }).toJSON({ explain: true });
const bareOf = () => ({
  format: "rolegate-gate/1",
  user: "ana",
  revision: 1,
  at: NOW,
  ids: ["c.v", "c.e"],
  rules: [0, 1],
  table: [{ any: [{}] }, { scoped: true, map: 0, any: [{ own: true }, { teams: 0 }] }],
  maps: [[["by"], ["in"]]],
  teams: [["t1"]],
  types: ["c"],
});
const scopeOf = () => plain(main.loadSync(documentOf()).for("ana", { now: NOW }).scope("c.d"));
const grantsOf = () => ({
  "c.v": { scope: "team", when: { "resource.status": { $in: ["open"] } } },
  "c.n": ["own", { when: { "resource.zone": { $nin: ["eu"] } } }],
});
const testOptionsOf = () => ({
  user: "ana",
  teams: ["t1"],
  resources: { c: { owner: ["by"], team: ["in"] } },
  masks: [{ resource: "c", field: "pay.sum", permission: "c.n" }],
  context: contextOf(),
  now: NOW,
});

/** One of everything. `given` is what it was all made from. */
function world() {
  const given = [];
  const give = (thing) => (given.push(thing), thing);
  const snapshot = main.loadSync(give(documentOf()));
  const bytes = give(new TextEncoder().encode(JSON.stringify(documentOf())));
  const other = main.loadSync(bytes.buffer);
  const gates = [
    snapshot.for("ana", give(optionsOf())),
    snapshot.for("bo", give(optionsOf())),
    other.for("cy", give(optionsOf())),
    snapshot.for("ana", { now: NOW }).with(give({ context: contextOf(), limit: ["c.v", "c.x"] })),
  ];
  const restored = [
    lite.restore(give(dataOf()), give({ context: contextOf(), now: NOW })),
    lite.restore(give(dataOf()), { now: NOW }).with(give({ context: contextOf() })),
  ];
  const small = [core.restore(give(bareOf()), give({ now: NOW }))];
  const made = [
    testing.testGate(give(grantsOf()), give(testOptionsOf())),
    testing.testGate(give(["c.v"]), give(testOptionsOf())),
    testing.denyAll(give(testOptionsOf())),
  ];
  const scopes = [
    main.Scope.from(give(scopeOf()), give({ now: NOW })),
    snapshot.for("ana", { now: NOW }).scope("c.v"),
  ];
  return { snapshot, gates, restored, small, made, scopes, given };
}

if (process.env.ROLEGATE_ANSWERS !== undefined) {
  await main.init();
  // A pipe takes it piece by piece.
  await new Promise((done) => void process.stdout.write(JSON.stringify(answers(world())), done));
  process.exit();
}
const wanted = JSON.parse(
  execFileSync(process.execPath, [fileURLToPath(import.meta.url)], {
    env: { ...process.env, NODE_TEST_CONTEXT: "", ROLEGATE_ANSWERS: "1" },
    maxBuffer: 1 << 28,
    encoding: "utf8",
  }),
);

/**
 * Changes everything in it. Gates and snapshots are not data: whoever puts a method in its place has asked for
 * it.
 */
function vandalise(value, seen = new Set()) {
  if (typeof value !== "object" || value === null || seen.has(value)) return;
  seen.add(value);
  if (
    value instanceof core.CoreGate ||
    value instanceof main.Snapshot ||
    value instanceof main.LiteGate ||
    value instanceof testing.LiteGate
  )
    return;
  const attempt = (change) => {
    try {
      change();
    } catch {
      /* frozen */
    }
  };
  for (const key of Reflect.ownKeys(value)) attempt(() => vandalise(value[key], seen));
  if (ArrayBuffer.isView(value)) return void attempt(() => value.fill(32));
  if (value instanceof ArrayBuffer) return void attempt(() => new Uint8Array(value).fill(32));
  if (value instanceof Date) attempt(() => value.setTime(0));
  if (value instanceof Map)
    attempt(() => {
      value.clear();
      value.set("secret", "secret");
    });
  if (value instanceof Set)
    attempt(() => {
      value.clear();
      value.add("secret");
    });
  if (Array.isArray(value)) {
    const first = value[0];
    attempt(() => value.push("secret", {}, [], { role: "r" }));
    attempt(() => value.reverse());
    attempt(() => (value[0] = typeof first === "number" ? 0 : typeof first === "string" ? "secret" : {}));
  } else {
    for (const key of Object.keys(value)) {
      const was = value[key];
      attempt(
        () =>
          (value[key] =
            typeof was === "string"
              ? "secret"
              : typeof was === "number"
                ? was + 1
                : typeof was === "boolean"
                  ? !was
                  : {}),
      );
    }
    attempt(() => delete value[Object.keys(value)[0]]);
    attempt(() =>
      Object.defineProperty(value, "any", { get: () => [{}], configurable: true, enumerable: true }),
    );
    for (const [key, more] of [
      ["own", true],
      ["secret", "secret"],
      ["where", {}],
      ["toJSON", () => "secret"],
      ["kind", "all"],
      ["allowed", true],
    ])
      attempt(() => (value[key] = more));
  }
  attempt(() => Object.setPrototypeOf(value, { allowed: true, any: [{}], then: undefined }));
}

const failed = (act) =>
  act().then(
    () => assert.fail("it should have failed"),
    (error) => error,
  );

/** What is asked of gates of each kind. */
const GATE = {
  user: (gate) => [gate.user],
  unknown: (gate) => [gate.unknown],
  tenant: (gate) => [gate.tenant],
  revision: (gate) => [gate.revision],
  validUntil: (gate) => [gate.validUntil],
  can: (gate) =>
    PERMISSIONS.flatMap((id) => [gate.can(id), ...recordsOf().map((record) => gate.can(id, record))]),
  canAll: (gate) => [gate.canAll(["c.v", "c.e"]), gate.canAll(["c.v"], recordsOf()[1])],
  canAny: (gate) => [gate.canAny(["c.v", "c.e"]), gate.canAny(["c.v"], recordsOf()[1])],
  filter: (gate) => PERMISSIONS.map((id) => gate.filter(id, recordsOf())),
  scope: (gate) =>
    PERMISSIONS.flatMap((id) => [gate.scope(id), gate.scope(id).parts, gate.scope(id).toJSON()]),
  permissions: (gate) => [gate.permissions()],
  until: (gate) => [gate.until("c.v", {})],
  reason: (gate) => [gate.reason("c.v")],
  toJSON: (gate) => [
    gate.toJSON(),
    gate.toJSON.length > 0 && gate instanceof main.Gate ? gate.toJSON({ explain: true }) : {},
  ],
  with: (gate) => [
    gate.with({ now: NOW }),
    GATE.scope(gate.with({ context: contextOf() })),
    gate.with({ context: contextOf() }).toJSON(),
  ],
  explain: (gate) =>
    gate.toJSON().explain === undefined && !(gate instanceof main.Gate)
      ? [failing(() => gate.explain("c.v"))]
      : explained(gate),
  fields: (gate) => [gate.fields("c"), gate.fields("c", rowOf()), failing(() => gate.fields("none"))],
  mask: (gate) => {
    const rows = [rowOf(), rowOf()];
    return [gate.mask("c", rows), gate.mask("c", rows[0]), rows];
  },
};
const SNAPSHOT = {
  tenant: (it) => [it.tenant],
  revision: (it) => [it.revision],
  issuedAt: (it) => [it.issuedAt],
  expiresAt: (it) => [it.expiresAt],
  for: (it) => ["ana", "bo", "nobody"].map((user) => it.for(user, optionsOf())),
  users: (it) => [it.users()],
  user: (it) => ["ana", "bo", "nobody"].map((user) => it.user(user)),
  permissions: (it) => [it.permissions()],
  categories: (it) => [it.categories()],
  roles: (it) => [it.roles()],
  teams: (it) => [it.teams()],
  levelTitles: (it) => [it.levelTitles()],
  whoCan: (it) => PERMISSIONS.map((id) => it.whoCan(id, { now: NOW, resource: recordsOf()[1] })),
  remedies: (it) => PERMISSIONS.map((id) => it.remedies("cy", id, { now: NOW, resource: recordsOf()[2] })),
  narrow: (it) => [it.narrow("ana")],
  toJSON: (it) => [it.toJSON()],
  free: () => {
    const own = main.loadSync(documentOf());
    own.free();
    return [failing(() => own.users())];
  },
  [Symbol.dispose ?? "dispose"]: () => [],
};
const SCOPE = {
  kind: (it) => [it.kind],
  level: (it) => [it.level],
  conditional: (it) => [it.conditional],
  validUntil: (it) => [it.validUntil],
  parts: (it) => [it.parts],
  matches: (it) => recordsOf().map((record) => it.matches(record)),
  toJSON: (it) => [it.toJSON()],
};
/** What the entries export: each with what it gives. */
const EXPORTS = {
  init: async () => [await main.init(), await main.init(undefined, {})],
  load: async () => [
    await main.load(documentOf()),
    await failed(() => main.load({ format: "rolegate/1", roles: 7, users: [{}] })),
    await failed(() => main.load(documentOf(), { tenant: "other" })),
    await failed(() => main.load("https://x.test")),
  ],
  loadSync: () => [
    main.loadSync(documentOf()),
    failing(() => main.loadSync({ format: "rolegate/1", roles: 7, users: [{}] })),
    failing(() => main.loadSync(documentOf(), { minRevision: 99 })),
  ],
  restore: () => [
    lite.restore(dataOf()),
    failing(() => lite.restore({ ...dataOf(), ids: 7 })),
    core.restore(bareOf()),
    failing(() => core.restore(dataOf())),
  ],
  isRolegateError: () => [main.isRolegateError({}), main.isRolegateError(failing(() => main.loadSync({})))],
  formatExplanation: () => {
    const told = main.loadSync(documentOf()).for("bo").explain("c.v", {});
    return [
      main.formatExplanation(told),
      main.formatExplanation(told, { "condition-failed": (it) => (vandalise(it), "no"), title: (id) => id }),
      told,
    ];
  },
  testGate: () => [
    testing.testGate(["c.v"]),
    testing.testGate(grantsOf(), testOptionsOf()),
    failing(() => testing.testGate({ "c.v": 7 })),
  ],
  testStore: () => {
    const store = testing.testStore(grantsOf());
    store.emit(["c.v"]);
    return [store.gate, failing(() => store.emit({ "c.v": 7 }))];
  },
  denyAll: () => [testing.denyAll()],
  allowAll: () => [testing.allowAll(), GATE.mask(testing.allowAll(testOptionsOf()))],
  RolegateError: () => [new main.RolegateError("trap", "x")],
  SubjectError: () => {
    const issues = [{ path: "", code: "type", message: "x" }];
    return [new main.SubjectError(issues), issues];
  },
  SnapshotError: () => {
    const issues = [{ path: "", code: "type", message: "x" }];
    return [new main.SnapshotError(issues), issues];
  },
  Scope: () => [main.Scope.from(scopeOf()), failing(() => main.Scope.from({ ...scopeOf(), kind: "all" }))],
  Gate: () => [],
  LiteGate: () => [],
  CoreGate: () => [],
  Snapshot: () => [],
};

/** The members that a class declares to users: those of its type. */
function declared(file, name) {
  const text = readFileSync(new URL(file, PKG), "utf8");
  const [, body] = new RegExp(
    `export (?:declare )?(?:class|interface) ${name}\\b[^{]*\\{\\n(.*?)\\n\\}`,
    "s",
  ).exec(text);
  return [
    ...body.matchAll(
      /^ {4}(?!private|\*|\/)(?:readonly |get |static |abstract )*(\[Symbol\.dispose\]|[A-Za-z]\w*)\??[(<:]/gm,
    ),
  ]
    .map(([, member]) => (member === "[Symbol.dispose]" ? (Symbol.dispose ?? "dispose") : member))
    .filter((member) => member !== "constructor");
}

test("every public call is in the list", () => {
  for (const module of [main, lite, core, testing])
    for (const name of Object.keys(module)) assert.ok(Object.hasOwn(EXPORTS, name), name);
  const classes = [
    ["gate/core-gate.d.ts", "CoreGate", core.CoreGate, GATE],
    ["gate/lite-gate.d.ts", "LiteGate", lite.LiteGate, GATE],
    ["snapshot/gate.d.ts", "Gate", main.Gate, GATE],
    ["snapshot/snapshot.d.ts", "Snapshot", main.Snapshot, SNAPSHOT],
    ["types/types.d.ts", "Scope", undefined, SCOPE],
  ];
  for (const [file, name, Class, calls] of classes) {
    const members = declared(file, name);
    assert.ok(members.length > 2, name);
    for (const member of members)
      assert.ok(Object.hasOwn(calls, member), `${name}.${String(member)} is not asked`);
    // What a prototype has and no type declares is internal: marked so in the source.
    const source =
      Class &&
      readFileSync(
        new URL(`../../../pkg-template/src/${file.replace(".d.ts", ".ts")}`, import.meta.url),
        "utf8",
      );
    for (const key of Class ? Object.getOwnPropertyNames(Class.prototype) : []) {
      const isInternal = new RegExp(
        `(?:@internal[^\\n]*(?:\\*/)?\\n(?:[^\\n]*\\*/\\n)?\\s*(?:override |readonly )*|private (?:get )?)${key}\\b`,
      ).test(source);
      assert.ok(
        key === "constructor" || Object.hasOwn(calls, key) || isInternal,
        `${name}.prototype.${key} is neither asked nor internal`,
      );
    }
  }
});

test("changing a returned value changes no answer", async () => {
  await main.init();
  const it = world();
  const ask = () => assert.deepEqual(answers(it), wanted);
  ask();
  const gates = [...it.gates, ...it.restored, ...it.made];
  const told = {
    ...Object.fromEntries(
      Object.entries(GATE).map(([name, call]) => [
        `gate.${name}`,
        () => [...gates, ...it.small.filter((gate) => name in gate)].map(call),
      ]),
    ),
    ...Object.fromEntries(
      Reflect.ownKeys(SNAPSHOT).map((name) => [
        `snapshot.${String(name)}`,
        () => SNAPSHOT[name](it.snapshot),
      ]),
    ),
    ...Object.fromEntries(
      Object.entries(SCOPE).map(([name, call]) => [`scope.${name}`, () => it.scopes.map(call)]),
    ),
    ...EXPORTS,
  };
  for (const [name, call] of Object.entries(told)) {
    vandalise(await call());
    assert.deepEqual(answers(it), wanted, name);
  }
  ask();
  assert.deepEqual(answers(world()), wanted);
});

test("onDecision cannot change decisions", () => {
  const seen = [];
  const onDecision = (decision) => {
    seen.push({ ...decision });
    vandalise(decision);
  };
  const listening = main.loadSync(documentOf()).for("ana", { ...optionsOf(), onDecision });
  const silent = main.loadSync(documentOf()).for("ana", optionsOf());
  for (let round = 0; round < 2; round += 1) {
    assert.deepEqual(GATE.can(listening), GATE.can(silent));
    assert.deepEqual(listening.filter("c.v", recordsOf()).length, silent.filter("c.v", recordsOf()).length);
  }
  assert.ok(
    seen.length > 200 &&
      seen.every(({ user, tenant, revision }) => user === "ana" && tenant === "acme" && revision === 7),
  );
});

test("changing an argument after the call changes no answer", async () => {
  const it = world();
  // Contexts are read once, when they are first asked.
  assert.deepEqual(answers(it), wanted);
  vandalise(it.given);
  assert.deepEqual(answers(it), wanted);

  const untouched = world();
  // All but the options, before the first question.
  vandalise(untouched.given.filter((thing) => !("context" in thing)));
  assert.deepEqual(answers(untouched), wanted);
});

test("the argument of load may be changed right after the call", async () => {
  const text = JSON.stringify(documentOf());
  const bytes = new TextEncoder().encode(text);
  for (const source of [
    documentOf(),
    bytes.slice(),
    bytes.slice().buffer,
    new DataView(bytes.slice().buffer),
    Object.assign(documentOf(), { then: undefined }),
  ]) {
    if ("then" in source) delete source.then;
    const options = { tenant: "acme" };
    const loading = main.load(source, options);
    vandalise([source, options]);
    if (source instanceof DataView) new Uint8Array(source.buffer).fill(32);
    assert.deepEqual((await loading).toJSON(), JSON.parse(text));
  }
  const records = [rowOf(), ...recordsOf()];
  const snapshot = await main.load(bytes);
  const gate = snapshot.for("ana", { now: NOW });
  const [copy, kept] = [gate.mask("c", records), gate.filter("c.v", records)];
  const before = [
    JSON.stringify(copy),
    JSON.stringify(snapshot.remedies("cy", "c.e", { now: NOW, resource: records[1], context: contextOf() })),
  ];
  assert.ok(
    kept.length > 0 && kept.every((record) => records.includes(record)),
    "filter gives the records themselves",
  );
  vandalise(records);
  assert.deepEqual(
    [
      JSON.stringify(copy),
      JSON.stringify(
        snapshot.remedies("cy", "c.e", { now: NOW, resource: recordsOf()[0], context: contextOf() }),
      ),
    ],
    before,
  );
});

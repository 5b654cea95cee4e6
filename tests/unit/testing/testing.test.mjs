// Gates for tests of applications: what each way to grant comes to, and what is refused.

import assert from "node:assert/strict";
import { test } from "node:test";
import { LiteGate, restore } from "../../../pkg/lite/index.js";
import { allowAll, denyAll, isRolegateError, testGate } from "../../../pkg/testing/index.js";

const travel = (data) => JSON.parse(JSON.stringify(data));

test("a list: each permission on everything, and nothing else", () => {
  const gate = testGate(["conversations.view", "conversations.reply", "conversations.view", "__proto__"]);
  assert.deepEqual(gate.permissions(), ["conversations.view", "conversations.reply", "__proto__"]);
  assert.deepEqual(
    [
      gate.can("conversations.reply"),
      gate.can("conversations.reply", { owner: "bo" }),
      gate.can("conversations.reply", null),
    ],
    [true, true, true],
  );
  assert.deepEqual(
    [
      gate.can("conversations.close"),
      gate.can("conversations.close", {}),
      gate.can("conversations.*"),
      gate.can("toString"),
    ],
    [false, false, false, false],
  );
  assert.deepEqual(
    [
      gate.scope("conversations.view").kind,
      gate.scope("conversations.close").kind,
      gate.user,
      gate.tenant,
      gate.revision,
      gate.validUntil,
    ],
    ["all", "none", "user", undefined, 1, Infinity],
  );
  assert.ok(gate instanceof LiteGate);
});

test("levels, as a role would grant them", () => {
  const grants = { "c.own": "own", "c.team": "team", "c.all": "all", "c.yes": true, "c.no": false };
  const gate = testGate(grants, {
    user: "ana",
    teams: ["sales"],
    resources: { c: { owner: "assigneeId", team: ["teamId", "team.id"] } },
  });
  assert.deepEqual(gate.permissions(), ["c.own", "c.team", "c.all", "c.yes"]);
  const can = (record) => Object.keys(grants).map((id) => gate.can(id, record));
  assert.deepEqual(can({ assigneeId: "ana" }), [true, true, true, true, false]);
  assert.deepEqual(can({ assigneeId: "bo", teamId: "sales" }), [false, true, true, true, false]);
  assert.deepEqual(
    [can({ team: { id: "sales" } }), can({ owner: "ana", team: "sales" }), can(undefined)],
    [
      [false, true, true, true, false],
      [false, false, true, true, false],
      [false, false, true, true, false],
    ],
  );
  assert.deepEqual(
    ["c.own", "c.team", "c.all", "c.no"].map((id) => gate.scope(id).level),
    ["own", "team", "all", "none"],
  );
});

test("conditions, and alternatives", () => {
  const gate = testGate(
    {
      "c.vip": { when: { "resource.vip": true } },
      "c.own": { scope: "own", when: { "context.mode": "live" } },
      "c.free": ["own", { scope: "all", when: { "resource.owner": { $exists: false } } }],
    },
    { context: { mode: "live" } },
  );
  assert.deepEqual(
    [gate.can("c.vip"), gate.can("c.vip", { vip: true }), gate.can("c.vip", {})],
    [true, true, false],
  );
  assert.deepEqual(
    [
      gate.can("c.own", { owner: "user" }),
      gate.can("c.own", {}),
      gate.with({ context: {} }).can("c.own", { owner: "user" }),
    ],
    [true, false, false],
  );
  assert.deepEqual(
    [gate.can("c.free", { owner: "user" }), gate.can("c.free", {}), gate.can("c.free", { owner: "bo" })],
    [true, true, false],
  );
});

test("the type of a permission: a mapped prefix, else what stands before the last dot", () => {
  const gate = testGate(["a.b.c.d", "x.y.z", "solo"], { resources: { "a.b": { owner: "by" }, a: {} } });
  assert.deepEqual(gate.toJSON().types, ["a.b", "x.y", "solo", "a"]);
  assert.deepEqual(
    testGate({ "a.b.c": "own", "a.d": "own" }, { resources: { "a.b": { owner: "by" } } }).filter("a.b.c", [
      { by: "user" },
      { owner: "user" },
    ]).length,
    1,
  );
});

test("masks", () => {
  const masks = [
    { resource: "reports", field: "name", permission: "reports.names", as: "pseudonym" },
    { resource: "reports", field: "cost", permission: "reports.cost" },
  ];
  const gate = testGate({ "reports.names": "own" }, { masks });
  assert.deepEqual(
    gate.mask("reports", [
      { owner: "user", name: "Ann", cost: 1 },
      { name: "Bo", cost: 1 },
    ]),
    [
      { owner: "user", name: "Ann", cost: "•••" },
      { name: "#1", cost: "•••" },
    ],
  );
  assert.deepEqual(
    [
      gate.fields("reports").length,
      denyAll({ masks }).fields("reports").length,
      allowAll({ masks }).fields("reports"),
    ],
    [1, 2, []],
  );
  assert.throws(() => gate.mask("calls", {}), { code: "unknown-resource" });
  assert.throws(() => denyAll().mask("reports", {}), { code: "unknown-resource" });
  assert.deepEqual(allowAll().mask("whatever", { a: 1 }), { a: 1 });
});

test("all or nothing", () => {
  const [all, none] = [allowAll({ user: "ana" }), denyAll({ tenant: "acme", revision: 4 })];
  assert.deepEqual(
    [
      all.can("a"),
      all.can("a", null),
      all.canAll(["a", "b"], {}),
      all.filter("x", [1, 2]).length,
      all.scope("y").kind,
      all.user,
      all.with({ context: {} }).can("z"),
      all.can(undefined),
    ],
    [true, true, true, 2, "all", "ana", true, false],
  );
  assert.deepEqual(
    [
      none.can("a"),
      none.canAny(["a", "b"]),
      none.permissions(),
      none.scope("a").kind,
      none.tenant,
      none.revision,
    ],
    [false, false, [], "none", "acme", 4],
  );
  assert.deepEqual([all.permissions(), restore(travel(all)).can("a")], [[], false]);
});

test("it travels, tells its decisions and has no clock of its own", () => {
  const heard = [];
  const gate = testGate(
    { "c.view": "team" },
    {
      user: "ana",
      teams: ["sales"],
      tenant: "acme",
      onDecision: ({ permission, allowed }) => heard.push([permission, allowed]),
      now: 5,
    },
  );
  const copy = restore(travel(gate), { now: 5 });
  assert.deepEqual(
    [copy.can("c.view", { team: "sales" }), copy.can("c.view", {}), copy.toJSON()],
    [true, false, gate.toJSON()],
  );
  gate.can("c.view", {});
  assert.deepEqual(heard, [["c.view", false]]);
  assert.deepEqual(testGate(["c.view"], { now: NaN }).reason("c.view"), "clock");
});

test("meaningless grants and options are rejected with their location", () => {
  const bad = {
    permissions: [["c.view"].values(), new Set(["c.view"]), "c.view", undefined, null, 3],
    "permissions/0": [[1], [undefined]],
    "permissions/c.view": [
      "",
      "onw",
      "toString",
      1,
      null,
      undefined,
      [],
      {},
      { scope: undefined },
      () => true,
    ].map((grant) => ({ "c.view": grant })),
    "permissions/c.view/0": [{ "c.view": [true] }, { "c.view": [["own"]] }],
    "permissions/c.view/whne": [{ "c.view": { whne: { "resource.a": 1 } } }],
    "permissions/c.view/resource.a": [{ "c.view": { "resource.a": 1 } }],
    "permissions/c.view/when": [{}, { "resource.a": { $like: 1 } }, { "user.region": "eu" }, null].map(
      (when) => ({ "c.view": { when } }),
    ),
  };
  const refused = (place) => (error) =>
    isRolegateError(error) && error.code === "bad-gate-data" && error.message.startsWith(`${place} `);
  for (const [place, list] of Object.entries(bad))
    for (const permissions of list) assert.throws(() => testGate(permissions), refused(place), place);
  const options = {
    options: [null, 3, []],
    "options/limit": [{ limit: [] }],
    "options/team": [{ team: "sales" }],
    "options/masks": [{ masks: {} }],
    "options/masks/0/feild": [{ masks: [{ feild: "x" }] }],
    "options/user": [{ user: 3 }],
    "options/revision": [{ revision: -1 }],
  };
  for (const [place, list] of Object.entries(options))
    for (const one of list) assert.throws(() => testGate(["c.view"], one), refused(place), place);
  for (const mask of [
    {},
    { resource: "r", field: "a", permission: "r.a", as: "blur" },
    { resource: "r", field: "a..b", permission: "r.a" },
    { resource: 1, field: "a", permission: "r.a" },
    { resource: "r", permission: "r.a" },
    { resource: "r", field: "a", permission: 3 },
  ]) {
    assert.throws(
      () => testGate(["r.a"], { masks: [mask] }),
      { code: "bad-gate-data" },
      JSON.stringify(mask),
    );
  }
  assert.throws(() => testGate({ "c.view": "team" }, { teams: "sales" }), { code: "bad-gate-data" });
  assert.throws(() => testGate({ "c.view": "team" }, { resources: { c: { owner: "a..b" } } }), {
    code: "bad-gate-data",
  });
});

// Gates with the engine: the clock, renewal, options, and what happens when the snapshot is freed or the
// engine fails.

import assert from "node:assert/strict";
import { test } from "node:test";
import { core } from "../../../pkg/engine/core-engine.js";
import { isRolegateError, load, loadSync, SnapshotError } from "../../../pkg/entries/node.js";

const NOW = Date.parse("2026-11-20T12:00:00Z");
const HOUR = 3_600_000;
const json = {
  format: "rolegate/1",
  revision: 3,
  tenant: "acme",
  issuedAt: "2026-11-19T00:00:00Z",
  expiresAt: "2027-01-01T00:00:00Z",
  catalog: {
    categories: [
      {
        id: "c",
        permissions: [
          { id: "c.view", scopes: ["own", "team", "all"] },
          { id: "c.reply", scopes: ["own", "team", "all"], requires: ["c.view"] },
          { id: "c.close", scopes: ["team", "all"] },
        ],
      },
      { id: "s", permissions: [{ id: "s.flag" }, { id: "s.live" }] },
    ],
    resources: { c: { owner: "assigneeId", team: "teamId" } },
  },
  teams: [{ id: "sales" }],
  roles: [
    {
      id: "agent",
      name: "Agent",
      grants: { "c.view": "own", "c.reply": "all", "s.live": { when: { "context.mode": "live" } } },
    },
    { id: "lead", name: "Lead", grants: { "c.*": "team", "s.flag": true } },
  ],
  users: [
    {
      id: "ana",
      teams: ["sales"],
      roles: ["agent", { role: "lead", from: "2026-11-20T11:00:00Z", until: "2026-11-20T13:00:00Z" }],
    },
  ],
};

const snapshot = await load(json);
const gate = (options) => snapshot.for("ana", { now: NOW, ...options });

test("a gate follows its clock, forwards and backwards", () => {
  let now = NOW;
  const ana = gate({ now: () => now });
  const told = [
    NOW,
    NOW + HOUR - 1,
    NOW + HOUR,
    NOW - HOUR - 1,
    NaN,
    NOW,
    Date.parse(json.expiresAt),
    NOW,
    0,
  ].map((time) => ((now = time), ana.can("s.flag")));
  assert.deepEqual(told, [true, true, false, false, false, true, false, true, false]);
  now = NOW;
  assert.equal(ana.validUntil, NOW + HOUR);
});

test("the default clock is read once per task", async () => {
  const { now } = Date;
  let reads = 0;
  Date.now = () => ((reads += 1), NOW);
  try {
    const ana = snapshot.for("ana");
    for (let i = 0; i < 100; i++) ana.can("s.flag");
    ana.filter("c.view", [{}, {}]);
    assert.equal(reads, 1);
    await null;
    ana.can("s.flag");
    assert.equal(reads, 2);
  } finally {
    await null;
    Date.now = now;
  }
});

test("filter and canAll ask the clock once, can every time", () => {
  let reads = 0;
  const ana = gate({ now: () => ((reads += 1), NOW) });
  reads = 0;
  ana.filter("c.view", [{}, {}, {}]);
  ana.canAll(["c.view", "s.flag"]);
  assert.equal(reads, 2);
  ana.can("s.flag");
  ana.can("s.flag");
  assert.equal(reads, 4);
});

test("a freed snapshot: gates go on, whatever the time is", async () => {
  const other = await load(json);
  let now = NOW;
  const ana = other.for("ana", { now: () => now });
  other.free();
  assert.deepEqual(
    [
      ana.can("s.flag"),
      ana.can("c.view", { assigneeId: "ana" }),
      ana.with({ context: { mode: "live" } }).can("s.live"),
    ],
    [true, true, true],
  );
  for (const use of [() => other.for("ana"), () => other.users(), () => other.permissions()])
    assert.throws(use, { code: "freed" });
  assert.deepEqual(
    [ana.explain("s.flag").role, ana.with({ limit: ["s.*"] }).permissions(), ana.scope("c.close").level],
    ["lead", ["s.flag"], "team"],
  );
  now = NOW + HOUR;
  assert.deepEqual([ana.can("s.flag"), ana.can("s.live")], [false, false]);
  now = NOW;
  assert.equal(ana.can("s.flag"), true);
});

test("limit and roles intersect", () => {
  const can = (ana) => ana.permissions();
  const limited = gate({ limit: ["c.*"] });
  assert.deepEqual(
    [
      can(limited),
      can(limited.with({ limit: ["*"] })),
      can(limited.with({ limit: ["c.view", "s.flag"] })),
      can(limited.with({ limit: undefined })),
    ],
    [["c.view", "c.reply", "c.close"], ["c.view", "c.reply", "c.close"], ["c.view"], []],
  );
  assert.deepEqual(
    [
      can(gate({ roles: ["lead"] })),
      can(gate({ roles: ["lead"] }).with({ roles: ["agent", "lead"] })),
      can(gate({ roles: ["lead"] }).with({ roles: ["agent"] })),
    ],
    [["c.view", "c.reply", "c.close", "s.flag"], ["c.view", "c.reply", "c.close", "s.flag"], []],
  );
  const list = ["c.*"];
  const copied = gate({ limit: list });
  list.push("s.*");
  assert.deepEqual(can(copied.with({ limit: ["*"] })), ["c.view", "c.reply", "c.close"]);
  assert.equal(gate({ limit: [] }).explain("c.view").reason, "limited");
});

test("options that are not named keep their values", () => {
  const heard = [];
  const ana = gate({
    records: "required",
    onUnknown: "throw",
    onDecision: (decision) => heard.push(decision.allowed),
    context: { mode: "live" },
  })
    .with({ limit: ["*"] })
    .with({ context: undefined, records: undefined });
  assert.deepEqual(
    [
      ana.can("c.view"),
      ana.can("s.live"),
      ana.explain("c.view").reason,
      ana.explain("c.view", { assigneeId: "ana" }).reason,
    ],
    [false, true, "limited", "granted"],
  );
  assert.throws(() => ana.can("c.vew"), { code: "unknown-permission" });
  assert.deepEqual(heard, [false, true]);
  assert.equal(ana.with({ records: "optional" }).can("c.view"), true);
});

test("explanations see what a check sees", () => {
  class Record {
    get assigneeId() {
      return 7n;
    }
  }
  assert.equal(gate({ now: NOW + HOUR }).explain("c.view", { assigneeId: ["x", "ana"] }).reason, "granted");
  assert.equal(gate({ now: NOW + HOUR }).explain("c.view", new Record()).reason, "out-of-scope");
  assert.equal(gate({ context: { mode: "li\ud800ve" } }).explain("s.live").allowed, false);
  assert.equal(gate({ context: { mode: "live" } }).explain("s.live").allowed, true);
  assert.match(gate().explain("s.flag").text, /Lead/);
  for (const permission of ["c.vew", "\ud800", 3, undefined])
    assert.equal(gate().explain(permission).reason, "unknown-permission");
  for (const user of ["\ud800", "", 3, null])
    assert.deepEqual(
      [
        snapshot.for(user, { now: NOW }).explain("c.view").reason,
        snapshot.for(user, { now: NOW }).permissions(),
      ],
      ["unknown-user", []],
    );
});

test("gate data contain what is or may become allowed, and nothing else", () => {
  const { ids, rules, table, teams } = gate().toJSON();
  assert.deepEqual(ids, ["c.view", "c.reply", "c.close", "s.flag", "s.live"]);
  assert.ok(rules.every((at) => at < table.length) && new Set(rules).size === table.length);
  assert.deepEqual(teams, [["sales"]]);
  const later = gate({ now: NOW + HOUR }).toJSON();
  assert.deepEqual([later.ids, later.teams, later.at], [["c.view", "c.reply", "s.live"], [], NOW + HOUR]);
  assert.deepEqual(snapshot.for("ghost", { now: NOW }).toJSON().ids, []);
});

test("texts that cannot be a snapshot", () => {
  const code = (source, options) => {
    try {
      return loadSync(source, options) && "loaded";
    } catch (error) {
      assert.ok(isRolegateError(error));
      return error instanceof SnapshotError ? error.issues : error.code;
    }
  };
  for (const address of [
    "https://example.com/x",
    "http:x",
    "/roles",
    "../roles",
    "../../roles",
    "roles.json",
    "file:///roles.json",
    "data:application/json,{}",
    new URL("https://example.com"),
  ])
    assert.equal(code(address), "not-json", String(address));
  const gone = new ArrayBuffer(8);
  const views = [gone, new Uint8Array(gone), new DataView(gone)];
  structuredClone(gone, { transfer: [gone] });
  for (const source of views) assert.equal(code(source), "not-json", "a buffer that was handed on");
  const [issue] = code('{\n "format": "🔒\ud800"}');
  assert.deepEqual([issue.path, issue.code, issue.line, issue.column], ["", "syntax", 2, 14]);
  for (const [source, maxBytes] of [
    [JSON.stringify(json), 10],
    [json, 10],
    [new TextEncoder().encode(JSON.stringify(json)), 10],
    ["é".repeat(6), 11],
    ["{}", NaN],
  ])
    assert.equal(code(source, { maxBytes })[0].code, "too-large");
  assert.equal(code(json, { minRevision: 4 }), "old-revision");
  assert.equal(code(json, { minRevision: NaN }), "old-revision");
  assert.equal(code(json, { tenant: "" }), "wrong-tenant");
});

test("after a trap the engine restarts, and snapshots with it", () => {
  const fail = () =>
    core.call(() => {
      throw new WebAssembly.RuntimeError("unreachable");
    });
  assert.throws(fail, { code: "trap" });
  assert.deepEqual(
    [snapshot.for("ana", { now: NOW }).can("s.flag"), gate().explain("s.flag").allowed, snapshot.users()],
    [true, true, ["ana"]],
  );
  assert.throws(fail, { code: "trap" });
  assert.equal(loadSync(json).revision, 3);
  assert.equal(snapshot.for("ana", { now: NOW }).can("s.flag"), true);
});

test("what a parent grants is not forgotten while it is joined with what another grants", async () => {
  const many = (length) => Array.from({ length }, (_, n) => ({ scope: "all", when: { "resource.n": n } }));
  const snapshot = await load({
    format: "rolegate/1",
    revision: 1,
    catalog: { categories: [{ id: "c", permissions: [{ id: "c.view", scopes: ["own", "all"] }] }] },
    roles: [
      { id: "small", name: "Small", grants: { "c.view": { when: { "resource.status": "open" } } } },
      // Together they are more than what is kept, and the first to be forgotten is the small one.
      { id: "big", name: "Big", grants: { "c.view": many(42_000) } },
      { id: "other", name: "Other", grants: { "c.view": many(46_000) } },
      { id: "child", name: "Child", inherits: ["other", "small"] },
    ],
    users: [
      { id: "bo", roles: ["small"] },
      { id: "cy", roles: ["big"] },
      { id: "ana", roles: ["child"] },
    ],
  });
  for (const [user, allowed] of Object.entries({ bo: true, cy: false, ana: true }))
    assert.equal(snapshot.for(user).can("c.view", { status: "open" }), allowed, user);
});

test("a context that is not an object is unknown, in every kind of gate", () => {
  const snapshot = loadSync(
    JSON.stringify({
      format: "rolegate/1",
      revision: 1,
      catalog: { categories: [{ id: "c", permissions: [{ id: "c.x" }] }] },
      roles: [{ id: "r", name: "R", grants: { "c.x": { when: { "context.region": { $exists: false } } } } }],
      users: [{ id: "ana", roles: ["r"] }],
    }),
  );
  for (const [context, allowed] of [
    [undefined, true],
    [{}, true],
    [null, false],
    [Promise.resolve({}), false],
    [new Map(), false],
    ["eu", false],
    [[], false],
  ]) {
    assert.equal(snapshot.for("ana", { context }).can("c.x"), allowed, String(context));
    assert.deepEqual(snapshot.whoCan("c.x", { context }), allowed ? ["ana"] : [], String(context));
    assert.equal(snapshot.remedies("ana", "c.x", { context }).length, allowed ? 0 : 1, String(context));
  }
});

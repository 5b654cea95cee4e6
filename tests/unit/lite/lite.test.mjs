// Gates over gate data: what is refused, how time passes, and what a scope becomes.

import assert from "node:assert/strict";
import { test } from "node:test";
import { isRolegateError, restore } from "../../../pkg/lite/index.js";

const NOW = 1_795_000_000_000;
const base = {
  format: "rolegate-gate/1",
  user: "ana",
  tenant: "acme",
  revision: 7,
  at: NOW,
  ids: ["c.all", "c.mine", "c.team", "c.reply", "s.flag"],
  rules: [0, 1, 2, 3, 4],
  table: [
    { scoped: true, any: [{}] },
    { scoped: true, any: [{ own: true }], until: NOW + 1000 },
    { scoped: true, map: 0, any: [{ own: true }, { teams: 0 }] },
    { scoped: true, map: 0, any: [{}], same: [2], other: [4] },
    { any: [{ where: { "context.mode": "live" } }], none: [{ teams: 0, unless: { "context.safe": true } }] },
  ],
  maps: [[["assignee", "members.id"], ["team.id"]]],
  teams: [["sales", "sales.emea"]],
};
const data = (change = {}) => ({ ...structuredClone(base), ...change });
const gate = (change, options) =>
  restore(data(change), { now: NOW, context: { mode: "live", safe: true }, ...options });
const withRule = (rule) => ({ ids: ["p"], rules: [0], table: [rule] });

test("asks with and without a record", () => {
  const ana = gate();
  assert.deepEqual(ana.permissions(), base.ids);
  assert.deepEqual([ana.can("c.all"), ana.can("c.all", null), ana.can("c.all", 3)], [true, true, true]);
  assert.deepEqual(
    [ana.can("c.team"), ana.can("c.team", undefined), ana.can("c.team", {})],
    [true, false, false],
  );
  assert.deepEqual(
    [
      { assignee: "ana" },
      { members: [{ id: "bo" }, { id: "ana" }] },
      { team: { id: "sales.emea" } },
      { team: [{ id: 1 }, { id: "sales" }] },
      { team: { id: "other" } },
    ].map((record) => ana.can("c.team", record)),
    [true, true, true, true, false],
  );
  assert.deepEqual(
    [ana.can("c.reply", { assignee: "ana" }), ana.can("c.reply", {}), ana.can("c.nothing")],
    [true, false, false],
  );
});

test("a prerequisite without a record decides for every record", () => {
  const quiet = gate({}, { context: {} });
  assert.deepEqual(
    [
      quiet.can("s.flag"),
      quiet.can("c.reply"),
      quiet.can("c.reply", { assignee: "ana" }),
      quiet.scope("c.reply").kind,
    ],
    [false, false, false, "none"],
  );
  assert.equal(quiet.with({ context: { mode: "live", safe: true } }).can("c.reply"), true);
});

test("an exclusion on a team covers records without one, and may be lifted", () => {
  const flag = (context, ...record) => gate({}, { context }).can("s.flag", ...record);
  assert.deepEqual(
    [
      flag({ mode: "live" }),
      flag({ mode: "live" }, { team: "other" }),
      flag({ mode: "live" }, { team: "sales" }),
      flag({ mode: "live" }, {}),
      flag({ mode: "live", safe: true }, {}),
    ],
    [false, true, false, false, true],
  );
});

test("every attribute is read at most once per question", () => {
  const count = {};
  const record = new Proxy(
    { status: "open", amount: 5, owner: "bo", team: "t" },
    { get: (target, key) => ((count[key] = (count[key] ?? 0) + 1), target[key]) },
  );
  const where = (amount) => ({
    $and: [
      { "resource.status": "open" },
      { "resource.amount": { $gt: amount } },
      { "resource.owner": { $ne: { $ref: "user.id" } } },
    ],
  });
  const ana = gate(
    withRule({
      scoped: true,
      any: [{ own: true, where: where(1) }, { teams: 0 }, { where: where(9) }, { where: where(3) }],
      none: [{ teams: 0 }, { unless: where(2) }],
    }),
  );
  assert.equal(ana.can("p", record), true);
  assert.deepEqual(count, { status: 1, amount: 1, owner: 1, team: 1 });
});

test("a getter of the record may ask the gate", () => {
  const ana = gate();
  const record = {
    get assignee() {
      return ana.can("c.team", { assignee: "ana" }) ? "ana" : "bo";
    },
  };
  assert.equal(ana.can("c.team", record), true);
});

test("each permission ends by itself", () => {
  let now = NOW;
  const ana = restore(data({ expires: NOW + 5000, since: NOW - 5000, validUntil: NOW + 1000 }), {
    now: () => now,
  });
  const told = [
    NOW,
    NOW + 999,
    NOW + 1000,
    NOW + 4999,
    NOW + 5000,
    NOW - 5000,
    NOW - 5001,
    NaN,
    NOW,
    Infinity,
    -1,
    NOW,
  ].map((time) => ((now = time), [ana.can("c.mine"), ana.can("c.all"), ana.can("c.mine", { owner: "ana" })]));
  const [both, one, none] = [
    [true, true, true],
    [false, true, false],
    [false, false, false],
  ];
  assert.deepEqual(told, [both, both, one, one, none, both, none, none, both, none, none, both]);
  const until = (time) => ((now = time), ana.validUntil);
  assert.deepEqual(
    [until(NOW), until(NOW + 1000), until(NOW + 5000), until(NOW - 6000), until(NaN)],
    [NOW + 1000, NOW + 5000, Infinity, NOW - 5000, Infinity],
  );
  const why = (time, permission) => ((now = time), ana.reason(permission));
  assert.deepEqual(
    [
      why(NOW, "c.team"),
      why(NOW, "c.all"),
      why(NOW + 5000, "c.all"),
      why(NOW - 6000, "c.all"),
      why(NaN, "c.all"),
    ],
    ["depends", undefined, "expired", "clock", "clock"],
  );
});

test("what is not given now may be, when the data are renewed", () => {
  const ana = gate({ validUntil: NOW + 1000 });
  assert.deepEqual(
    [
      ana.until("c.later", { assignee: "ana" }),
      ana.until("c.all", {}),
      gate(withRule({ any: [{}] })).until("later", {}),
    ],
    [NOW + 1000, NOW + 1000, Infinity],
  );
});

test("a scope matches nothing at an invalid time", () => {
  let now = NOW;
  for (const scope of ["c.all", "c.team"].map((id) => gate({}, { now: () => now }).scope(id))) {
    const told = [NOW, 0, -1, NaN, Infinity, NOW].map(
      (time) => ((now = time), scope.matches({ assignee: "ana" })),
    );
    assert.deepEqual(told, [true, true, false, false, false, true]);
  }
});

test("a permission ends with its prerequisites", () => {
  const chain = {
    ids: ["a", "b", "c"],
    rules: [0, 1, 2],
    table: [
      { scoped: true, any: [{}], same: [1] },
      { scoped: true, any: [{}], other: [2] },
      { any: [{}], until: NOW + 10 },
    ],
  };
  assert.deepEqual(
    [gate(chain).permissions(), gate(chain, { now: NOW + 10 }).permissions()],
    [["a", "b", "c"], []],
  );
});

test("scope: an unconditional exclusion cuts alternatives of every part", () => {
  const cut = gate({
    ids: ["p", "q"],
    rules: [0, 1],
    table: [
      { scoped: true, any: [{ teams: 0 }, { own: true }], same: [1] },
      { scoped: true, any: [{}], none: [{ teams: 0, unless: { "context.on": true } }] },
    ],
  });
  assert.deepEqual(cut.scope("p").toJSON(), {
    user: "ana",
    map: [["owner"], ["team"]],
    kind: "some",
    parts: [
      { any: [{ own: true }], none: [] },
      { any: [{}], none: [{ teams: ["sales", "sales.emea"] }] },
    ],
  });
  assert.deepEqual(
    [cut.scope("p").level, cut.scope("q").level, cut.scope("p").conditional],
    ["own", "team", false],
  );
  assert.equal(cut.with({ context: { on: true } }).scope("p").parts.length, 1);
  const none = gate(withRule({ scoped: true, any: [{ teams: 0 }], none: [{ teams: 0 }] }));
  assert.deepEqual(
    [none.can("p"), none.scope("p").kind, none.scope("p").level, none.scope("p").matches({ team: "sales" })],
    [false, "none", "none", false],
  );
});

test("scope: the context is substituted", () => {
  const ana = gate(
    withRule({
      scoped: true,
      any: [
        {
          where: {
            $and: [
              { "context.max": { $exists: true } },
              { "resource.amount": { $lt: { $ref: "context.max" } } },
            ],
          },
        },
      ],
    }),
    { context: { max: 3 } },
  );
  const scope = ana.scope("p");
  assert.deepEqual(
    [scope.kind, scope.level, scope.conditional, scope.parts],
    ["some", "all", true, [{ any: [{ where: { "resource.amount": { $lt: 3 } } }], none: [] }]],
  );
  assert.deepEqual(
    [
      ana.with({ context: {} }).can("p"),
      ana.with({ context: { max: "x" } }).can("p"),
      ana.with({ context: { max: true } }).can("p"),
      ana.with({}).can("p"),
    ],
    [false, true, false, true],
  );
});

test("the context is read once per gate, when it is needed", () => {
  let reads = 0;
  const ana = gate(
    {},
    {
      context: {
        get mode() {
          return (reads += 1) && "live";
        },
        safe: true,
      },
    },
  );
  assert.equal(reads, 0);
  for (let i = 0; i < 5; i++) ana.can("s.flag", { team: "other" });
  assert.equal(ana.can("s.flag"), true);
  assert.equal(reads, 1);
});

test("a context that is not an object has no attributes", () => {
  for (const context of [null, 3, "live", ["live"], () => {}])
    assert.equal(gate({}, { context }).can("s.flag"), false);
});

test("onDecision hears decisions and cannot change them", () => {
  const heard = [];
  const ana = gate({}, { onDecision: (decision) => heard.push(decision) });
  assert.equal(ana.can("c.all"), true);
  assert.deepEqual(heard, [{ permission: "c.all", user: "ana", tenant: "acme", revision: 7, allowed: true }]);
  ana.filter("c.team", [{}, { assignee: "ana" }]);
  ana.canAny(["c.nothing", "c.all", "c.team"]);
  assert.deepEqual(
    heard.slice(1).map(({ permission, allowed }) => [permission, allowed]),
    [
      ["c.team", false],
      ["c.team", true],
      ["c.nothing", false],
      ["c.all", true],
    ],
  );
  assert.equal(
    gate(
      {},
      {
        onDecision: () => {
          throw new Error("no");
        },
      },
    ).can("c.all"),
    true,
  );
});

test("canAll and canAny are false for an empty list and anything but a list", () => {
  const ana = gate();
  for (const list of [[], undefined, null, "c.all", new Set(["c.all"]), { 0: "c.all", length: 1 }])
    assert.deepEqual([ana.canAll(list), ana.canAny(list), ana.canAll(list, {})], [false, false, false]);
});

test("limit and roles need the engine", () => {
  for (const options of [{ limit: ["c.all"] }, { roles: undefined }]) {
    assert.throws(() => gate({}, options), { code: "bad-options" });
    assert.throws(() => gate().with(options), { code: "bad-options" });
  }
});

test("toJSON gives back the data", () => {
  assert.deepEqual(restore(JSON.parse(JSON.stringify(gate()))).toJSON(), base);
});

test("anything but gate data is rejected with its location", () => {
  const rule = (change) => withRule({ any: [{}], ...change });
  const bad = {
    data: [undefined, null, [], "x", 3, {}],
    "data/format": [data({ format: "rolegate-gate/2" })],
    "data/user": [data({ user: 1 })],
    "data/tenant": [data({ tenant: null })],
    "data/revision": [data({ revision: -1 }), data({ revision: 1.5 }), data({ revision: "7" })],
    "data/at": [data({ at: NaN }), data({ at: undefined })],
    "data/expires": [data({ expires: "never" })],
    "data/validUntil": [data({ validUntil: null })],
    "data/ids/0": [data({ ids: [1, 2, 3, 4, 5] })],
    "data/rules/1": [
      data({ rules: [0, 5, 0, 0, 0] }),
      data({ rules: [0, -1, 0, 0, 0] }),
      data({ rules: [0, 0.5, 0, 0, 0] }),
    ],
    "data ": [data({ ids: ["a", "a", "b", "c", "d"] }), data({ rules: [0, 1, 2, 3] })],
    "data/table": [data({ table: {} })],
    "data/table/0/any": [data(rule({ any: undefined })), data(rule({ any: {} }))],
    "data/table/0/any/0/own": [data(rule({ any: [{ own: false }] }))],
    "data/table/0/any/0/teams": [
      data(rule({ any: [{ teams: 1 }] })),
      data(rule({ any: [{ teams: "0" }] })),
      data(rule({ any: [{ teams: ["sales"] }] })),
    ],
    "data/table/0/any/0/where": [data(rule({ any: [{ where: { "resource.a": { $like: 1 } } }] }))],
    "data/table/0/none/0/unless": [data(rule({ none: [{ unless: {} }] }))],
    "data/table/0/map": [data(rule({ map: 1 })), data(rule({ map: -1 }))],
    "data/table/0/same/0": [data(rule({ same: [1] })), data(rule({ same: ["0"] }))],
    "data/table/0/since": [data(rule({ since: "x" }))],
    "data/maps/0": [data({ maps: [[["assignee"]]] }), data({ maps: [[["a..b"], ["c"]]] })],
    "data/teams/0": [data({ teams: [[1]] }), data({ teams: ["sales"] })],
    "data/table/0/any/0/onw": [data(rule({ any: [{ onw: true }] }))],
    "data/table/0/nnoe": [data(rule({ nnoe: [{}] }))],
    "data/table/0/any/0/unless": [data(rule({ any: [{ unless: { "resource.a": 1 } }] }))],
    "data/table/0/none/0/own": [data(rule({ none: [{ own: true }] }))],
    "data/expire": [data({ expire: 0 })],
  };
  for (const [place, list] of Object.entries(bad)) {
    for (const json of list) {
      assert.throws(
        () => restore(json),
        (error) =>
          isRolegateError(error) && error.code === "bad-gate-data" && error.message.startsWith(place),
        `${place}: ${JSON.stringify(json)?.slice(0, 300)}`,
      );
    }
  }
});

test("hostile gate data", (context) => {
  const thrower = Object.defineProperty(data(), "table", {
    enumerable: true,
    get() {
      throw null;
    },
  });
  assert.throws(() => restore(thrower), { code: "bad-gate-data" });
  const long = Array.from({ length: 50_000 }, (_, i) => ({
    any: [{}],
    ...(i < 49_999 && { same: [i + 1] }),
  }));
  const chain = restore(
    data({ ids: long.map((_, i) => `p${i}`), rules: long.map((_, i) => i), table: long }),
  );
  assert.deepEqual([chain.can("p0"), chain.can("p0", {})], [true, true]);
  const circle = [
    { any: [{}], other: [1] },
    { any: [{}], other: [0] },
    { any: [{}], other: [2] },
    { scoped: true, any: [{}], same: [3] },
  ];
  const round = restore(data({ ids: ["a", "b", "c", "d"], rules: [0, 1, 2, 3], table: circle }));
  assert.deepEqual(
    ["a", "b", "c", "d"].map((id) => [round.can(id), round.can(id, {})]),
    [
      [false, false],
      [false, false],
      [false, false],
      [true, true],
    ],
  );
  Object.assign(Object.prototype, { none: [{}], own: true, until: 0 });
  context.after(() => ["none", "own", "until"].forEach((key) => delete Object.prototype[key]));
  assert.deepEqual([gate().can("c.all"), gate().can("c.team", {})], [true, false]);
});

test("ids are only names", () => {
  const odd = gate({
    ...withRule({ any: [{}] }),
    ids: ["__proto__", "constructor", "a/b", "🔒,"],
    rules: [0, 0, 0, 0],
    user: "__proto__",
  });
  assert.deepEqual(odd.permissions(), ["__proto__", "constructor", "a/b", "🔒,"]);
  assert.deepEqual([odd.can("toString"), odd.can("hasOwnProperty", {})], [false, false]);
});

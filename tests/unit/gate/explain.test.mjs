// Explanations: of gates over a snapshot, of those restored from data, and of gates whose snapshot was freed.

import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "../../../pkg/entries/node.js";
import { formatExplanation } from "../../../pkg/index.js";
import { restore } from "../../../pkg/lite/index.js";

const NOW = Date.parse("2026-11-20T12:00:00Z");
const HOUR = 3_600_000;
const json = {
  format: "rolegate/1",
  revision: 3,
  plan: "basic",
  issuedAt: "2026-11-19T00:00:00Z",
  expiresAt: "2027-01-01T00:00:00Z",
  catalog: {
    categories: [
      {
        id: "c",
        permissions: [
          { id: "c.view", scopes: ["own", "team", "all"] },
          {
            id: "c.reply",
            scopes: ["own", "team", "all"],
            requires: ["c.view", "s.on"],
            implies: ["c.note"],
          },
          { id: "c.note", scopes: ["own", "team", "all"] },
          { id: "c.export", scopes: ["all"] },
          { id: "c.sell", scopes: ["all"], plans: ["pro"] },
        ],
      },
      { id: "s", permissions: [{ id: "s.on" }, { id: "s.off" }] },
    ],
    resources: { c: { owner: "assignee", team: "team" } },
    plans: ["basic", "pro"],
  },
  teams: [{ id: "sales" }, { id: "help" }],
  roles: [
    { id: "reader", name: "Reader", grants: { "c.view": "team" } },
    {
      id: "agent",
      name: "Agent",
      inherits: ["reader"],
      grants: { "c.reply": true, "c.sell": true, "s.off": { when: { "user.badge": "blue" } } },
    },
    {
      id: "exporter",
      name: "Exporter",
      grants: {
        "c.export": {
          when: {
            $or: [{ "user.level": { $gte: 3 } }, { "resource.region": { $ref: "user.region" } }],
            "context.mode": "live",
          },
        },
      },
    },
    { id: "switch", name: "Switch", grants: { "s.on": true } },
    { id: "careful", name: "Careful", deny: [{ key: "c.export", when: { "resource.secret": true } }] },
  ],
  users: [
    {
      id: "ana",
      teams: ["sales"],
      attributes: { region: "eu", level: 1 },
      roles: [
        "agent",
        { role: "exporter", from: "2026-11-20T11:00:00Z", until: "2026-11-20T13:00:00Z" },
        { role: "switch", when: { "context.on": true } },
        { role: "careful", team: "sales" },
      ],
    },
    { id: "bo", disabled: true, roles: ["agent"] },
  ],
};
const snapshot = await load(json);
const OPTIONS = { now: NOW, context: { on: true, mode: "live" } };
const RECORDS = [
  [],
  [undefined],
  [{}],
  [{ assignee: "ana" }],
  [{ assignee: "ana", team: "help" }],
  [{ team: "sales", region: "eu" }],
  [{ region: "eu" }],
  [{ region: "us", team: "help" }],
  [{ region: "eu", team: "help", secret: true }],
];
const QUESTIONS = [...snapshot.permissions(), "c.nothing"].flatMap((permission) =>
  RECORDS.map((record) => [permission, ...record]),
);
const travel = (gate) => JSON.parse(JSON.stringify(gate.toJSON({ explain: true })));
const withoutMissing = (explanation) =>
  JSON.parse(
    JSON.stringify(explanation, (key, value) => (key === "missing" || key === "text" ? undefined : value)),
  );
/** A snapshot with one permission, unless `more` says otherwise, and what `ana` is told about it. */
const told = async (role, more = {}, user = {}) => {
  const catalog = {
    categories: [
      {
        id: "c",
        permissions: [
          { id: "c.x", title: "Answer calls", scopes: ["own", "team", "all"] },
          { id: "c.y", scopes: ["own", "team", "all"] },
        ],
      },
    ],
  };
  const own = await load({
    format: "rolegate/1",
    revision: 1,
    catalog,
    teams: [{ id: "t", name: "Sales" }, { id: "u" }],
    roles: [{ id: "r", name: "Agent", ...role }],
    users: [{ id: "ana", roles: ["r"], ...user }],
    ...more,
  });
  const gate = own.for("ana", { now: NOW });
  const lite = restore(travel(gate), { now: NOW });
  return (...question) => {
    const explanation = gate.explain(...question);
    assert.deepEqual(lite.explain(...question), explanation);
    return explanation;
  };
};

test("a restored gate explains as the gate that it comes from", () => {
  const reasons = new Set();
  for (const user of ["ana", "bo", "ghost"]) {
    for (const options of [
      OPTIONS,
      { now: NOW },
      { ...OPTIONS, limit: ["c.*"] },
      { ...OPTIONS, roles: ["exporter"] },
      { ...OPTIONS, records: "required" },
    ]) {
      const gate = snapshot.for(user, options);
      const lite = restore(travel(gate), { now: NOW, context: options.context });
      for (const question of QUESTIONS) {
        const [mine, theirs] = [lite.explain(...question), gate.explain(...question)];
        assert.deepEqual(withoutMissing(mine), withoutMissing(theirs), `${user} ${JSON.stringify(question)}`);
        assert.equal(mine.allowed, lite.can(...question), `${user} ${JSON.stringify(question)}`);
        reasons.add(mine.reason);
      }
    }
  }
  assert.deepEqual([...reasons].sort(), [
    "condition-failed",
    "denied",
    "granted",
    "limited",
    "not-granted",
    "not-in-plan",
    "out-of-scope",
    "prerequisite",
    "unknown-permission",
    "unknown-user",
    "user-disabled",
  ]);
});

test("role, assignment and the way come with the data", () => {
  const ana = restore(travel(snapshot.for("ana", OPTIONS)), OPTIONS);
  const { role, assignment, via } = ana.explain("c.view", { team: "sales" });
  assert.deepEqual([role, assignment, via], ["agent", 0, ["reader"]]);
  assert.deepEqual(ana.explain("c.note", { assignee: "ana" }).via, ["c.reply"]);
  assert.deepEqual(
    [ana.explain("c.reply", { team: "help" }).requires.permission, ana.explain("c.reply").reason],
    ["c.view", "granted"],
  );
  const { requires } = ana.with({ context: {} }).explain("c.reply", { assignee: "ana" });
  assert.deepEqual(
    [requires.permission, requires.role, requires.missing],
    ["s.on", "switch", ["context.on"]],
  );
});

test("assignments begin and end", () => {
  const data = travel(snapshot.for("ana", OPTIONS));
  const at = (now) =>
    restore(data, { ...OPTIONS, now }).explain("c.export", { region: "eu", team: "help" }).reason;
  assert.deepEqual(
    [
      NOW,
      NOW + HOUR - 1,
      NOW + HOUR,
      NOW - HOUR - 1,
      Date.parse(json.expiresAt),
      Date.parse(json.issuedAt) - 25 * HOUR,
    ].map(at),
    ["granted", "granted", "not-active", "not-active", "expired", "clock"],
  );
});

test("the context may be another", () => {
  const ana = restore(travel(snapshot.for("ana", { now: NOW })), { now: NOW });
  assert.deepEqual(ana.explain("s.on").missing, ["context.on"]);
  assert.equal(ana.with({ context: { on: true } }).explain("s.on").reason, "granted");
  assert.deepEqual(
    [
      ana.with({ context: { on: 1 } }).explain("s.on").reason,
      ana.with({ context: { on: 1 } }).explain("s.on").missing,
    ],
    ["condition-failed", ["context.on"]],
  );
  assert.deepEqual(
    [
      ana.with({ context: { on: false } }).explain("s.on").reason,
      ana.with({ context: { on: false } }).explain("s.on").missing,
    ],
    ["condition-failed", undefined],
  );
});

test("missing lists what still matters once the user is known", () => {
  const ana = restore(travel(snapshot.for("ana", OPTIONS)), OPTIONS);
  assert.deepEqual(ana.explain("c.export", { team: "help", secret: false }).missing, ["resource.region"]);
  assert.deepEqual(ana.explain("c.export", { team: "sales", region: "eu" }).missing, ["resource.secret"]);
  assert.deepEqual(ana.explain("s.off").missing, ["user.badge"]);
});

test("data name roles only when explanations were asked for", () => {
  const gate = snapshot.for("ana", OPTIONS);
  for (const json of [
    JSON.stringify(gate),
    JSON.stringify(gate.toJSON()),
    JSON.stringify(gate.toJSON({ explain: false })),
    JSON.stringify(gate.toJSON("explain")),
  ]) {
    assert.doesNotMatch(json, /agent|exporter|careful|"explain"/);
    assert.throws(() => restore(JSON.parse(json)).explain("c.view"), { code: "bad-gate-data" });
  }
  assert.match(JSON.stringify(gate.toJSON({ explain: true })), /"careful"/);
});

test("damaged explanations in gate data are rejected with their location", () => {
  const data = travel(snapshot.for("ana", OPTIONS));
  const { explain } = data;
  const way = (change) => ({
    ...explain,
    table: [
      { ...explain.table[0], any: [{ ...explain.table[0].any[0], ...change }] },
      ...explain.table.slice(1),
    ],
  });
  const bad = {
    "data/explain ": [
      [],
      "x",
      null,
      { ...explain, ids: explain.ids.slice(1) },
      { ...explain, ids: explain.ids.map(() => "c.view") },
    ],
    "data/explain/resaon": [{ ...explain, resaon: "expired" }],
    "data/explain/reason": [{ ...explain, reason: 1 }],
    "data/explain/rules/0": [{ ...explain, rules: [explain.table.length, ...explain.rules.slice(1)] }],
    "data/explain/by/0": [
      { ...explain, by: ["agent"] },
      ...[["agent"], [0], [0, "agent", "Agent", "", "", 1], [-1, "agent", "Agent", "", ""]].map((by) => ({
        ...explain,
        by: [by, ...explain.by.slice(1)],
      })),
    ],
    "data/explain/titles": [
      { ...explain, titles: undefined },
      { ...explain, titles: explain.ids.map(() => 1) },
    ],
    "data/explain/table/0/any/0/level": [way({ level: "none" }), way({ level: 1 }), way({ level: "allx" })],
    "data/explain/table/0/any/0/condition": [way({ condition: "x" }), way({ condition: [] })],
    "data/explain/table/0/any/0/by": [way({ by: explain.by.length }), way({ by: undefined })],
    "data/explain/table/0/any/0/never": [way({ never: false })],
    "data/explain/table/0/any/0/since": [way({ since: "x" })],
    "data/explain/table/0/any/0/where": [way({ where: {} }), way({ where: { "resource.a": { $like: 1 } } })],
    "data/explain/table/0/any/0/unles": [way({ unles: {} })],
    "data/explain/table/0/requires/0": [
      {
        ...explain,
        table: [{ ...explain.table[0], requires: [2 * explain.ids.length] }, ...explain.table.slice(1)],
      },
    ],
  };
  for (const [place, list] of Object.entries(bad)) {
    for (const explain of list) {
      const message = (error) => error.code === "bad-gate-data" && error.message.startsWith(place);
      assert.throws(
        () => restore({ ...data, explain }),
        message,
        `${place}: ${JSON.stringify(explain)?.slice(0, 200)}`,
      );
    }
  }
});

test("a gate explains when its snapshot is freed", async () => {
  const { users, ...rest } = json; // what is read of the others stands behind them
  const other = await load({ users, ...rest });
  let now = NOW;
  const gate = other.for("ana", { ...OPTIONS, now: () => now });
  gate.can("s.on");
  const wanted = QUESTIONS.map((question) => snapshot.for("ana", OPTIONS).explain(...question));
  other.free();
  assert.deepEqual(
    QUESTIONS.map((question) => gate.explain(...question)),
    wanted,
  );
  now = NOW + HOUR;
  assert.deepEqual(
    [gate.explain("c.export").reason, gate.with({ limit: ["s.*"] }).explain("c.view").reason],
    ["not-active", "limited"],
  );
  assert.equal(restore(travel(gate), { now }).explain("c.view", { team: "sales" }).role, "agent");
});

test("the condition of an assignment is first asked when the snapshot is freed", async () => {
  const other = await load(json);
  const gate = other.for("ana", OPTIONS);
  other.free();
  assert.deepEqual([gate.can("s.on"), gate.explain("s.on").role], [true, "switch"]);
});

test("an explanation allows exactly what can allows: data that are not right any more have expired", async () => {
  const hours = { $during: { tz: "UTC", from: "09:00", to: "17:00" } };
  const open = await load({
    format: "rolegate/1",
    revision: 1,
    catalog: { categories: [{ id: "c", permissions: [{ id: "c.view", scopes: ["all"] }] }] },
    roles: [{ id: "day", name: "Day", grants: { "c.view": { when: hours } } }],
    users: [{ id: "ana", roles: ["day"] }],
  });
  const data = travel(open.for("ana", { now: NOW }));
  const late = restore(data, { now: NOW + 8 * HOUR });
  assert.deepEqual(
    [late.can("c.view", {}), late.explain("c.view", {}).allowed, late.explain("c.view").reason],
    [false, false, "expired"],
  );
});

test("reasons of gate data are those that there are", async () => {
  const data = travel((await load(json)).for("ana", OPTIONS));
  for (const reason of ["valueOf", "__proto__", "constructor", "title", "nonsense", "", 1]) {
    const [all, one] = [structuredClone(data), structuredClone(data)];
    Object.assign(all.explain, { reason });
    Object.assign(one.explain.table[0], { reason });
    assert.throws(() => restore(all), { code: "bad-gate-data", message: /explain\/reason/ });
    assert.throws(() => restore(one), { code: "bad-gate-data", message: /explain\/table\/0\/reason/ });
  }
});

test("how far the grant reaches, its team, and the condition as the snapshot has it", async () => {
  const [inner, outer] = [{ "resource.n": { $lt: 5, $gt: 1 } }, { $or: [{ "user.badge": "blue" }] }];
  const ask = await told(
    { grants: { "c.x": { scope: "team", when: inner } } },
    {},
    { roles: [{ role: "r", team: "t", when: outer }], attributes: { badge: "blue" } },
  );
  const { permission, reason, level, team, condition } = ask("c.x", { team: "t", n: 7 });
  assert.deepEqual(
    { permission, reason, level, team, condition },
    {
      permission: "c.x",
      reason: "condition-failed",
      level: "team",
      team: "t",
      condition: { $and: [outer, inner] },
    },
  );
  assert.deepEqual(
    ["level", "team", "condition"].map((key) => ask("c.x", { team: "t", n: 2 })[key]),
    ["team", "t", undefined],
  );
  assert.deepEqual(
    ["level", "team", "condition"].map((key) => ask("c.y")[key]),
    [undefined, undefined, undefined],
  );
  const denied = await told({
    grants: { "c.x": "own" },
    deny: [
      { key: "c.x", when: inner },
      { key: "*", when: { "resource.m": 1 } },
    ],
  });
  assert.deepEqual(
    ["level", "condition", "missing"].map((key) => denied("c.x", { owner: "ana", m: 0 })[key]),
    [undefined, inner, ["resource.n"]],
  );
  assert.deepEqual(denied("c.x", { owner: "ana", m: 1, n: 9 }).condition, { "resource.m": 1 });
});

test("changing a condition in an explanation changes no answer", async () => {
  const own = await load({ ...json, users: [{ id: "ana", roles: ["agent", "careful", "exporter"] }] });
  for (const gate of [own.for("ana", OPTIONS), restore(travel(own.for("ana", OPTIONS)), OPTIONS)]) {
    const denied = () => gate.explain("c.export", { secret: true });
    denied().condition["resource.secret"] = false;
    assert.deepEqual([denied().condition, denied().reason], [{ "resource.secret": true }, "denied"]);
    assert.equal(
      gate.with({ context: { mode: "live" } }).explain("c.export", { secret: false }).reason,
      "condition-failed",
    );
  }
});

test("a record that is not there yet", async () => {
  const ask = await told({ grants: { "c.x": "own" } });
  for (const record of [undefined, null, 7, "x", [], () => {}]) {
    assert.equal(ask("c.x", record).record, "unknown");
    assert.equal(ask("c.nothing", record).record, "unknown");
  }
  assert.deepEqual(
    [ask("c.x").record, ask("c.x", {}).record, ask("c.nothing", {}).record],
    [undefined, undefined, undefined],
  );
  assert.match(ask("c.x", null).text, /not known yet/);
});

test("missing names what is there and cannot be used", async () => {
  const owned = await told({ grants: { "c.x": "own" } });
  const missing = (ask, record) => ask("c.x", record).missing;
  const odd = { toHexString: () => "ana" };
  assert.deepEqual(
    [odd, [odd], ["bo", odd], true, 1.5, ""].map((owner) => missing(owned, { owner })),
    Array(6).fill(["resource.owner"]),
  );
  assert.deepEqual(
    [undefined, null, "bo", 7, [], ["bo", null], 2n ** 70n].map((owner) =>
      missing(owned, { owner, team: odd }),
    ),
    Array(7).fill(undefined),
  );
  assert.equal(missing(owned, null), undefined);
  const inTeams = await told({ grants: { "c.x": "team" } }, {}, { teams: ["t"] });
  assert.deepEqual(missing(inTeams, { owner: odd, team: odd }), ["resource.owner", "resource.team"]);
  const limited = await told({ grants: { "c.x": "team" } }, {}, { roles: [{ role: "r", team: "t" }] });
  assert.deepEqual(missing(limited, { owner: odd, team: odd }), ["resource.team"]);
  const denying = await told(
    { grants: { "c.x": true } },
    {
      roles: [
        { id: "r", name: "R", grants: { "c.x": true } },
        { id: "no", name: "No", deny: ["c.x"] },
      ],
    },
    { roles: ["r", { role: "no", team: "t" }] },
  );
  assert.deepEqual(
    [denying("c.x", { team: odd }).reason, missing(denying, { team: odd }), missing(denying, {})],
    ["denied", ["resource.team"], undefined],
  );
  const mapped = await told(
    { grants: { "c.x": "own" } },
    {
      catalog: {
        categories: [{ id: "c", permissions: [{ id: "c.x", scopes: ["own"] }] }],
        resources: { c: { owner: ["by.id", "for"] } },
      },
    },
  );
  assert.deepEqual(missing(mapped, { by: { id: odd }, for: [odd] }), ["resource.by.id", "resource.for"]);
  const conditional = await told({
    grants: { "c.x": { when: { "resource.n": { $lte: 5 }, "resource.s": "open" } } },
  });
  assert.deepEqual(missing(conditional, { n: new Date(0), s: "open" }), ["resource.n"]);
  assert.deepEqual(missing(conditional, { n: "4", s: 4 }), ["resource.n", "resource.s"]);
  assert.deepEqual(missing(conditional, { n: 6, s: "closed" }), undefined);
});

test("a gate that wants a record says so", () => {
  const strict = snapshot.for("ana", { ...OPTIONS, records: "required" });
  for (const gate of [strict, restore(travel(strict), OPTIONS)]) {
    const { allowed, reason, record, text, role } = gate.explain("c.view");
    assert.deepEqual(
      [allowed, reason, record, text, role],
      [false, "limited", "required", "A record is needed for `c.view`.", undefined],
    );
    assert.equal(gate.explain("c.view", { team: "sales" }).allowed, true);
  }
  const limited = snapshot.for("ana", { ...OPTIONS, limit: ["s.*"] }).explain("c.view");
  assert.deepEqual(
    [limited.reason, limited.record, limited.text],
    ["limited", undefined, "Your access does not include `c.view`."],
  );
});

test("prerequisites that are allowed, but not on one record", async () => {
  const permissions = [
    { id: "c.view", scopes: ["own", "team", "all"] },
    { id: "c.reply", scopes: ["own", "team", "all"], requires: ["c.view"] },
  ];
  const ask = await told(
    { grants: { "c.reply": true } },
    {
      catalog: { categories: [{ id: "c", permissions }] },
      roles: [
        { id: "r", name: "R", grants: { "c.reply": true } },
        { id: "v", name: "V", grants: { "c.view": true } },
        { id: "no", name: "No", deny: ["c.view"] },
      ],
    },
    { roles: [{ role: "r", team: "t" }, "v", { role: "no", team: "t" }] },
  );
  const { reason, requires, text } = ask("c.reply");
  assert.deepEqual(
    [reason, requires, text],
    ["prerequisite", undefined, "There is no record on which you have all that `c.reply` requires."],
  );
  assert.equal(ask("c.reply", { team: "t" }).requires.reason, "denied");
});

/** Numbers below `n`, always the same. */
function random(seed) {
  let state = seed * 2654435761 + 1;
  return (n) => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) | 0;
    return ((state ^ (state >>> 13)) >>> 0) % n;
  };
}

test("no explanation names a prerequisite that is held, or none without words for it", async () => {
  const ids = ["c.a", "c.b", "c.d", "e.f"];
  const levels = ["own", "team", "all"];
  let [together, named] = [0, 0];
  for (let seed = 1; seed <= 400; seed += 1) {
    const pick = random(seed);
    const some = (list, most) => [
      ...new Set(Array.from({ length: list.length && pick(most + 1) }, () => list[pick(list.length)])),
    ];
    const permissions = ids.map((id, place) => ({
      id,
      ...(pick(5) > 0 && { scopes: levels }),
      requires: some(ids.slice(0, place), 2),
    }));
    const isScoped = (id) => permissions.find((it) => it.id === id).scopes !== undefined;
    const when = () => (pick(4) === 0 ? { "resource.n": pick(2) } : undefined);
    const grant = (id) => ({
      ...(isScoped(id) && { scope: levels[pick(3)] }),
      ...(!isScoped(id) || pick(3) === 0 ? { when: { "resource.n": pick(2) } } : {}),
    });
    const roles = Array.from({ length: 5 }, (_, at) => ({
      id: `r${at}`,
      name: `R${at}`,
      grants: Object.fromEntries(some(ids, 4).map((id) => [id, pick(2) ? true : grant(id)])),
      deny:
        at < 2
          ? some(ids, 2)
              .map((key) => ({ key, when: when() }))
              .map(({ key, when }) => (when ? { key, when } : key))
          : [],
    }));
    const assignments = Array.from({ length: 5 }, (_, at) => ({
      role: `r${at}`,
      ...(pick(2) && { team: ["a", "b"][pick(2)] }),
    }));
    const own = await load({
      format: "rolegate/1",
      revision: 1,
      catalog: { categories: [{ id: "c", permissions }] },
      teams: [{ id: "a" }, { id: "b", parent: "a" }],
      roles,
      users: [{ id: "ana", teams: some(["a", "b"], 1), roles: assignments }],
    });
    const gate = own.for("ana", { now: NOW });
    for (const asked of [gate, restore(travel(gate), { now: NOW })]) {
      for (const id of ids) {
        for (const question of [[id], [id, { team: "b", n: 0 }], [id, undefined]]) {
          const explanation = asked.explain(...question);
          assert.equal(explanation.allowed, asked.can(...question), `${seed} ${id}`);
          for (let at = explanation; at !== undefined; at = at.requires) {
            assert.equal(at === explanation || !at.allowed, true, `${seed} ${id}: ${explanation.text}`);
            assert.match(at.text, /^[A-Z][^[\]{}]*\.$/);
            assert.doesNotMatch(at.text, /undefined| {2}| [.;,]|\.\./);
            if (at.reason === "prerequisite") at.requires === undefined ? (together += 1) : (named += 1);
          }
        }
      }
    }
    own.free();
  }
  assert.ok(together > 20 && named > 200, `${together} ${named}`);
});

test("sentences name roles, permissions and teams as the snapshot does, else by their ids", async () => {
  const text = async (role, question, user, more) => (await told(role, more, user))(...question).text;
  assert.equal(
    await text({ grants: { "c.x": "own" } }, ["c.x", { owner: "bo" }]),
    "Your role “Agent” gives you “Answer calls” only for what is yours; this is not.",
  );
  assert.equal(
    await text({ grants: { "c.y": "team" } }, ["c.y", {}]),
    "Your role “Agent” gives you `c.y` only for what is yours or your teams'; this is not.",
  );
  assert.equal(
    await text({ grants: { "c.x": true } }, ["c.x", {}], { roles: [{ role: "r", team: "t" }] }),
    "Your role “Agent” gives you “Answer calls” only within the team “Sales”; this is not.",
  );
  assert.equal(
    await text({ grants: { "c.x": "own" } }, ["c.x", {}], { roles: [{ role: "r", team: "u" }] }),
    "Your role “Agent” gives you “Answer calls” only for what is yours within the team `u`; this is not.",
  );
  assert.equal(
    await text({ grants: { "c.x": "own" } }, ["c.x"]),
    "Your role “Agent” gives you “Answer calls” for what is yours.",
  );
  assert.equal(
    await text({ grants: { "c.x": true } }, ["c.x", {}]),
    "Your role “Agent” gives you “Answer calls”.",
  );
  assert.equal(
    await text({ grants: { "c.x": true } }, ["c.x"], {
      roles: [{ role: "r", until: "2026-11-18T17:00:00Z" }],
    }),
    "Your role “Agent” gives you “Answer calls” only until Wed, 18 Nov 2026 17:00:00 GMT.",
  );
  assert.equal(
    await text({ grants: { "c.x": true }, deny: ["*"] }, ["c.x"]),
    "Your role “Agent” denies you “Answer calls”.",
  );
  assert.equal(
    await text({ grants: { "c.x": true } }, ["c.x"], {}, { expiresAt: "2026-11-19T00:00:00Z" }),
    "Your permissions have expired on Thu, 19 Nov 2026 00:00:00 GMT.",
  );
  const endless = await load({ ...json, expiresAt: undefined });
  assert.equal(
    endless.for("ana", { now: 1e16, until: 8.64e15 + 1 }).explain("c.view").text,
    "Your permissions have expired.",
    "a time that no calendar has",
  );
  assert.deepEqual(
    [await text({}, ["c.z"]), await text({}, [""]), await text({}, [undefined])],
    ["There is no permission `c.z`.", "There is no permission.", "There is no permission."],
  );
  assert.equal(await text({ name: "" }, ["c.x"]), "None of your roles gives you “Answer calls”.");
  assert.equal(
    await text({ name: "", grants: { "c.x": true } }, ["c.x"]),
    "Your role `r` gives you “Answer calls”.",
  );
});

test("publicText names no role, team or condition", async () => {
  for (const user of ["ana", "bo", "ghost"]) {
    const gate = snapshot.for(user, OPTIONS);
    for (const question of QUESTIONS) {
      const { allowed, publicText } = gate.explain(...question);
      assert.equal(publicText, allowed ? "You may do this." : "You may not do this.");
    }
  }
});

test("custom messages", async () => {
  const ask = await told({ grants: { "c.x": "own" } }, {}, { roles: [{ role: "r", team: "t" }] });
  const out = ask("c.x", {});
  const german = {
    "out-of-scope": "Rolle {role}: {permission} nur[ {level}][ im Team {team}].[ Unbekannt: {missing}.]",
    "out-of-scope.unknown": ({ record }) => `Noch ${record}.`,
    "level.own": "für Eigenes",
  };
  assert.equal(
    formatExplanation(out, german),
    "Rolle “Agent”: “Answer calls” nur für Eigenes im Team “Sales”.",
  );
  assert.equal(
    formatExplanation(ask("c.x", { team: {} }), german),
    "Rolle “Agent”: “Answer calls” nur für Eigenes im Team “Sales”. Unbekannt: resource.team.",
  );
  assert.equal(formatExplanation(ask("c.x", null), german), "Noch unknown.");
  assert.equal(
    formatExplanation(out, { ...german, title: (id, what) => `${what} ${id}` }),
    "Rolle role r: permission c.x nur für Eigenes im Team team t.",
  );
  assert.equal(formatExplanation(JSON.parse(JSON.stringify(out))), out.text);
  assert.equal(
    formatExplanation(out, { "out-of-scope": "[sic] {role} [sic] {team}" }),
    "[sic] “Agent” [sic] “Sales”",
  );
});

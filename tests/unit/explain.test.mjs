// Explanations: of gates over a snapshot, of those restored from data, and of gates whose snapshot was freed.

import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "../../pkg/entries/node.js";
import { restore } from "../../pkg/lite.js";

const NOW = Date.parse("2026-11-20T12:00:00Z");
const HOUR = 3_600_000;
const json = {
  format: "rolegate/1", revision: 3, plan: "basic", issuedAt: "2026-11-19T00:00:00Z", expiresAt: "2027-01-01T00:00:00Z",
  catalog: {
    categories: [
      {
        id: "c",
        permissions: [
          { id: "c.view", scopes: ["own", "team", "all"] },
          { id: "c.reply", scopes: ["own", "team", "all"], requires: ["c.view", "s.on"], implies: ["c.note"] },
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
    { id: "agent", name: "Agent", inherits: ["reader"], grants: { "c.reply": true, "c.sell": true, "s.off": { when: { "user.badge": "blue" } } } },
    { id: "exporter", name: "Exporter", grants: { "c.export": { when: { $or: [{ "user.level": { $gte: 3 } }, { "resource.region": { $ref: "user.region" } }], "context.mode": "live" } } } },
    { id: "switch", name: "Switch", grants: { "s.on": true } },
    { id: "careful", name: "Careful", deny: [{ key: "c.export", when: { "resource.secret": true } }] },
  ],
  users: [
    { id: "ana", teams: ["sales"], attributes: { region: "eu", level: 1 }, roles: ["agent", { role: "exporter", from: "2026-11-20T11:00:00Z", until: "2026-11-20T13:00:00Z" }, { role: "switch", when: { "context.on": true } }, { role: "careful", team: "sales" }] },
    { id: "bo", disabled: true, roles: ["agent"] },
  ],
};
const snapshot = await load(json);
const OPTIONS = { now: NOW, context: { on: true, mode: "live" } };
const RECORDS = [[], [undefined], [{}], [{ assignee: "ana" }], [{ assignee: "ana", team: "help" }], [{ team: "sales", region: "eu" }], [{ region: "eu" }], [{ region: "us", team: "help" }], [{ region: "eu", team: "help", secret: true }]];
const QUESTIONS = [...snapshot.permissions(), "c.nothing"].flatMap((permission) => RECORDS.map((record) => [permission, ...record]));
const travel = (gate) => JSON.parse(JSON.stringify(gate.toJSON({ explain: true })));
const withoutMissing = (explanation) => JSON.parse(JSON.stringify(explanation, (key, value) => (key === "missing" || key === "text" ? undefined : value)));

test("a restored gate explains as the gate that it comes from", () => {
  const reasons = new Set();
  for (const user of ["ana", "bo", "ghost"]) {
    for (const options of [OPTIONS, { now: NOW }, { ...OPTIONS, limit: ["c.*"] }, { ...OPTIONS, roles: ["exporter"] }, { ...OPTIONS, records: "required" }]) {
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
  assert.deepEqual([...reasons].sort(), ["condition-failed", "denied", "granted", "limited", "not-granted", "not-in-plan", "out-of-scope", "prerequisite", "unknown-permission", "unknown-user", "user-disabled"]);
});

test("role, assignment and the way come with the data", () => {
  const ana = restore(travel(snapshot.for("ana", OPTIONS)), OPTIONS);
  const { role, assignment, via } = ana.explain("c.view", { team: "sales" });
  assert.deepEqual([role, assignment, via], ["agent", 0, ["reader"]]);
  assert.deepEqual(ana.explain("c.note", { assignee: "ana" }).via, ["c.reply"]);
  assert.deepEqual([ana.explain("c.reply", { team: "help" }).requires.permission, ana.explain("c.reply").reason], ["c.view", "granted"]);
  const { requires } = ana.with({ context: {} }).explain("c.reply", { assignee: "ana" });
  assert.deepEqual([requires.permission, requires.role, requires.missing], ["s.on", "switch", ["context.on"]]);
});

test("assignments begin and end", () => {
  const data = travel(snapshot.for("ana", OPTIONS));
  const at = (now) => restore(data, { ...OPTIONS, now }).explain("c.export", { region: "eu", team: "help" }).reason;
  assert.deepEqual([NOW, NOW + HOUR - 1, NOW + HOUR, NOW - HOUR - 1, Date.parse(json.expiresAt), Date.parse(json.issuedAt) - 25 * HOUR].map(at), ["granted", "granted", "not-active", "not-active", "expired", "clock"]);
});

test("the context may be another", () => {
  const ana = restore(travel(snapshot.for("ana", { now: NOW })), { now: NOW });
  assert.deepEqual(ana.explain("s.on").missing, ["context.on"]);
  assert.equal(ana.with({ context: { on: true } }).explain("s.on").reason, "granted");
  assert.deepEqual([ana.with({ context: { on: 1 } }).explain("s.on").reason, ana.with({ context: { on: 1 } }).explain("s.on").missing], ["condition-failed", undefined]);
});

test("missing lists what still matters once the user is known", () => {
  const ana = restore(travel(snapshot.for("ana", OPTIONS)), OPTIONS);
  assert.deepEqual(ana.explain("c.export", { team: "help", secret: false }).missing, ["resource.region"]);
  assert.deepEqual(ana.explain("c.export", { team: "sales", region: "eu" }).missing, ["resource.secret"]);
  assert.deepEqual(ana.explain("s.off").missing, ["user.badge"]);
});

test("data name roles only when explanations were asked for", () => {
  const gate = snapshot.for("ana", OPTIONS);
  for (const json of [JSON.stringify(gate), JSON.stringify(gate.toJSON()), JSON.stringify(gate.toJSON({ explain: false })), JSON.stringify(gate.toJSON("explain"))]) {
    assert.doesNotMatch(json, /agent|exporter|careful|"explain"/);
    assert.throws(() => restore(JSON.parse(json)).explain("c.view"), { code: "bad-gate-data" });
  }
  assert.match(JSON.stringify(gate.toJSON({ explain: true })), /"careful"/);
});

test("what explains is refused if it is damaged, with its place", () => {
  const data = travel(snapshot.for("ana", OPTIONS));
  const { explain } = data;
  const way = (change) => ({ ...explain, table: [{ ...explain.table[0], any: [{ ...explain.table[0].any[0], ...change }] }, ...explain.table.slice(1)] });
  const bad = {
    "data/explain ": [[], "x", null, { ...explain, ids: explain.ids.slice(1) }, { ...explain, ids: explain.ids.map(() => "c.view") }],
    "data/explain/resaon": [{ ...explain, resaon: "expired" }],
    "data/explain/reason": [{ ...explain, reason: 1 }],
    "data/explain/rules/0": [{ ...explain, rules: [explain.table.length, ...explain.rules.slice(1)] }],
    "data/explain/by/0": [{ ...explain, by: ["agent"] }, { ...explain, by: [["agent"], ...explain.by.slice(1)] }, { ...explain, by: [["agent", 0, 1], ...explain.by.slice(1)] }],
    "data/explain/table/0/any/0/by": [way({ by: explain.by.length }), way({ by: undefined })],
    "data/explain/table/0/any/0/never": [way({ never: false })],
    "data/explain/table/0/any/0/since": [way({ since: "x" })],
    "data/explain/table/0/any/0/where": [way({ where: {} }), way({ where: { "resource.a": { $like: 1 } } })],
    "data/explain/table/0/any/0/unles": [way({ unles: {} })],
    "data/explain/table/0/requires/0": [{ ...explain, table: [{ ...explain.table[0], requires: [2 * explain.ids.length] }, ...explain.table.slice(1)] }],
  };
  for (const [place, list] of Object.entries(bad)) {
    for (const explain of list) {
      const message = (error) => error.code === "bad-gate-data" && error.message.startsWith(place);
      assert.throws(() => restore({ ...data, explain }), message, `${place}: ${JSON.stringify(explain)?.slice(0, 200)}`);
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
  assert.deepEqual(QUESTIONS.map((question) => gate.explain(...question)), wanted);
  now = NOW + HOUR;
  assert.deepEqual([gate.explain("c.export").reason, gate.with({ limit: ["s.*"] }).explain("c.view").reason], ["not-active", "limited"]);
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
    format: "rolegate/1", revision: 1,
    catalog: { categories: [{ id: "c", permissions: [{ id: "c.view", scopes: ["all"] }] }] },
    roles: [{ id: "day", name: "Day", grants: { "c.view": { when: hours } } }],
    users: [{ id: "ana", roles: ["day"] }],
  });
  const data = travel(open.for("ana", { now: NOW }));
  const late = restore(data, { now: NOW + 8 * HOUR });
  assert.deepEqual([late.can("c.view", {}), late.explain("c.view", {}).allowed, late.explain("c.view").reason], [false, false, "expired"]);
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

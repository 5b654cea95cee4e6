// `rolegate/lite/core`: gates from data without conditions and masks.

import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "../../../pkg/entries/node.js";
import * as core from "../../../pkg/lite/core.js";
import * as lite from "../../../pkg/lite/index.js";

const NOW = 1_795_000_000_000;
const plain = await load({
  format: "rolegate/1",
  revision: 2,
  catalog: {
    categories: [
      {
        id: "c",
        permissions: [
          { id: "c.view", scopes: ["own", "team", "all"] },
          { id: "c.reply", scopes: ["own", "team", "all"], requires: ["c.view", "s.on"] },
          { id: "c.drop", scopes: ["all"] },
        ],
      },
      { id: "s", permissions: [{ id: "s.on" }] },
    ],
    resources: { c: { owner: "assignee", team: ["team", "teams.id"] } },
  },
  teams: [{ id: "emea" }, { id: "sales", parent: "emea" }, { id: "apac" }],
  roles: [
    { id: "agent", name: "Agent", grants: { "c.view": "team", "c.reply": "own", "s.on": true } },
    { id: "boss", name: "Boss", grants: { "c.*": true } },
    { id: "careful", name: "Careful", deny: ["c.drop"] },
  ],
  users: [
    {
      id: "ana",
      teams: ["emea"],
      roles: ["agent", { role: "boss", until: "2026-11-30T00:00:00Z" }, { role: "careful", team: "apac" }],
    },
    { id: "bo", teams: ["sales"], roles: ["agent"] },
  ],
});
const RECORDS = [
  [],
  [undefined],
  [{}],
  [{ assignee: "ana" }],
  [{ assignee: "bo", team: "sales" }],
  [{ team: "apac" }],
  [{ teams: [{ id: "apac" }, { id: "emea" }] }],
];
const dataOf = (user) => JSON.parse(JSON.stringify(plain.for(user, { now: NOW }).toJSON()));

test("answers as rolegate/lite does", () => {
  for (const user of ["ana", "bo"]) {
    const data = dataOf(user);
    for (const now of [NOW, data.validUntil ?? NOW + 1, NOW + 1e10]) {
      const [mine, theirs] = [core, lite].map(({ restore }) => restore(data, { now }));
      for (const permission of [...plain.permissions(), "c.nothing"]) {
        for (const record of RECORDS)
          assert.equal(
            mine.can(permission, ...record),
            theirs.can(permission, ...record),
            `${user} ${permission} ${JSON.stringify(record)} ${now}`,
          );
        assert.deepEqual(mine.scope(permission).toJSON(), theirs.scope(permission).toJSON());
      }
      assert.deepEqual(
        [mine.permissions(), mine.validUntil, mine.reason("c.view")],
        [theirs.permissions(), theirs.validUntil, theirs.reason("c.view")],
      );
      assert.deepEqual(mine.filter("c.view", RECORDS.flat()), theirs.filter("c.view", RECORDS.flat()));
    }
  }
  const ana = core.restore(dataOf("ana"), { now: NOW });
  assert.deepEqual(
    [
      ana.can("c.drop"),
      ana.can("c.drop", { team: "apac" }),
      ana.can("c.drop", { team: "sales" }),
      ana.can("c.reply", {}),
    ],
    [true, false, true, true],
  );
});

test("a derived gate is one of the same kind", () => {
  const ana = core.restore(dataOf("ana"), { now: NOW });
  const later = ana.with({ now: NOW + 1e10 });
  assert.ok(later instanceof core.CoreGate && later.constructor === ana.constructor);
  assert.deepEqual([ana.can("c.drop"), later.can("c.drop"), later.can("s.on")], [true, false, true]);
  assert.deepEqual(JSON.parse(JSON.stringify(later)), dataOf("ana"));
  for (const name of ["explain", "fields", "mask"]) assert.equal(name in ana, false, name);
});

test("data with conditions or masks are rejected with their location", () => {
  const data = dataOf("bo");
  const [rule] = data.table;
  const withRule = (change) => ({ ...data, table: [{ ...rule, ...change }, ...data.table.slice(1)] });
  const bad = {
    "data/table/0/any/0/where": withRule({ any: [{ where: { "resource.a": 1 } }] }),
    "data/table/0/none/0/unless": withRule({ none: [{ unless: { "resource.a": 1 } }] }),
    "data/masks": { ...data, masks: [[0, "phone", -1, "redact"]] },
    "data/teams/0/0": { ...data, teams: [[1]] },
    "data/mask": { ...data, mask: [] },
    "data/format": { ...data, format: "rolegate-gate/2" },
  };
  for (const [place, json] of Object.entries(bad)) {
    assert.throws(
      () => core.restore(json),
      ({ code, message }) => code === "bad-gate-data" && message.startsWith(`${place} `),
      place,
    );
  }
  assert.throws(() => core.restore({ ...data, masks: [] }), { code: "bad-gate-data" });
  assert.throws(() => core.restore(data, { limit: ["c.view"] }), { code: "bad-options" });
});

test("explanations in the data are not read", () => {
  const data = plain.for("bo", { now: NOW }).toJSON({ explain: true });
  assert.equal(core.restore(data, { now: NOW }).can("c.view", { team: "sales" }), true);
});

// Whatever is put on `Object.prototype` under a name that filters use changes none of them.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { init, loadSync, Scope } from "../../../pkg/entries/node.js";
import { toMongo } from "../../../pkg/mongo/index.js";
import { toPrisma } from "../../../pkg/prisma/index.js";
import { rlsCheckSql, rlsSql, toSession } from "../../../pkg/rls/index.js";
import { toSql } from "../../../pkg/sql/index.js";

await init();
const folder = new URL("../../../pkg/", import.meta.url);
const now = 1_795_000_000_000;
const levels = ["own", "team", "all"];
const snapshot = loadSync(
  JSON.stringify({
    format: "rolegate/1",
    revision: 1,
    catalog: {
      categories: [{ id: "c", permissions: ["c.v", "c.e", "c.w"].map((id) => ({ id, scopes: levels })) }],
      resources: { c: { owner: "by", team: "in" } },
    },
    teams: [{ id: "t1" }, { id: "t2", parent: "t1" }],
    roles: [
      {
        id: "r",
        name: "R",
        grants: {
          "c.v": {
            when: {
              "resource.region": { $in: ["a", "b"] },
              "resource.at": { $since: "2020-01-01T00:00:00Z" },
              "resource.list": { $elem: { "element.id": { $ref: "user.id" } } },
            },
          },
          "c.e": "team",
          "c.w": { when: { "resource.region": { $ne: "c" }, "resource.at": { $exists: true } } },
        },
      },
      { id: "d", name: "D", deny: ["c.e", { key: "c.v", when: { "resource.region": "x" } }] },
    ],
    users: [{ id: "ana", teams: ["t1"], roles: ["r", { role: "d", team: "t2" }] }],
  }),
);
const SCOPES = ["c.v", "c.e", "c.w"].map((id) => snapshot.for("ana", { now }).scope(id).toJSON());
snapshot.free();

const columns = () => ({
  by: "t.by",
  in: { sql: "t.in" },
  region: "t.region",
  list: { sql: "t.list", type: "json" },
  at: { sql: "t.at", type: "epoch-s" },
});
const mongo = () => ({
  by: "by",
  in: "in",
  region: "region",
  list: "list",
  at: { field: "at", type: "number" },
});
const prisma = () => ({
  by: { field: "by", type: "id" },
  in: { field: "in", type: "id" },
  region: "region",
  at: { field: "at", type: "bigint" },
});

/** A filter, or why there is none. */
function made(make) {
  try {
    return structuredClone(make());
  } catch (error) {
    return [error.code, error.message];
  }
}

/** Every filter of every printer. */
function filters() {
  const scopes = SCOPES.map((json) => Scope.from(json, { now }));
  const tables = {
    t: { type: "c", columns: { by: "by", in: { sql: "in" } }, permissions: { select: "c.e" } },
  };
  return [
    ...scopes.flatMap((scope) => [
      ...["postgres", "mysql", "sqlite"].map((dialect) =>
        made(() => toSql(scope, { dialect, columns: columns(), now })),
      ),
      made(() => toMongo(scope, { fields: mongo(), now })),
      made(() => toPrisma(scope, { fields: prisma(), collation: "deterministic", now })),
      made(() => toSession({ scope: () => scope }, ["c.e"])),
    ]),
    rlsSql({ tables }),
    rlsCheckSql({ tables }),
  ];
}

const VALUES = ["json", true, false, ["t2"], {}, null, () => true];
/** Each name has every third of them, in turn: all would take a minute. */
const TURNS = 3;

test("no name on Object.prototype changes a filter", () => {
  const wanted = filters();
  const names = new Set(["0", "1"]);
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" }))
    if (/^(?:filters|sql|mongo|prisma|rls)\/.*\.js$/.test(name))
      for (const [word] of readFileSync(new URL(name, folder), "utf8").matchAll(/[A-Za-z_$][\w$]*/g))
        names.add(word);
  // The language itself reads these, of every iterator that is left early and all that is written as JSON.
  for (const name of ["return", "toJSON"]) names.delete(name);
  for (const [turn, name] of [...names].entries()) {
    if (Object.hasOwn(Object.prototype, name)) continue;
    for (const value of VALUES.filter((_, at) => (at + turn) % TURNS === 0)) {
      let told;
      Object.defineProperty(Object.prototype, name, {
        __proto__: null,
        value,
        configurable: true,
        enumerable: true,
        writable: true,
      });
      try {
        told = filters();
      } catch (error) {
        told = error.stack;
      } finally {
        delete Object.prototype[name];
      }
      assert.deepEqual(told, wanted, `${name}: ${String(value)}`);
    }
  }
  assert.ok(names.size > 300);
});

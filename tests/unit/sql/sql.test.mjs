// What printers of SQL are told: columns and hooks as somebody may write them. That filters are right,
// tests/databases asks real servers.

import assert from "node:assert/strict";
import { test } from "node:test";
import { DummyDriver, Kysely, PostgresAdapter, PostgresQueryCompiler, sql } from "kysely";
import initSqlJs from "sql.js";
import { init, loadSync } from "../../../pkg/entries/node.js";
import { toKysely } from "../../../pkg/kysely/index.js";
import { toSql } from "../../../pkg/sql/index.js";

await init();
const { Database } = await initSqlJs();

/** The scope of somebody in the team `t1` who is given something by a level or a condition. */
function scopeOf(grant, deny = []) {
  const snapshot = loadSync(
    JSON.stringify({
      format: "rolegate/1",
      revision: 1,
      catalog: {
        categories: [{ id: "c", permissions: [{ id: "c.v", scopes: ["own", "team", "all"] }] }],
        resources: { c: { owner: "by", team: "in" } },
      },
      teams: [{ id: "t1" }],
      roles: [
        { id: "r", name: "R", grants: { "c.v": grant } },
        { id: "d", name: "D", deny },
      ],
      users: [{ id: "ana", teams: ["t1"], roles: ["r", { role: "d", team: "t1" }] }],
    }),
  );
  const scope = snapshot.for("ana").scope("c.v");
  snapshot.free();
  return scope;
}

test("an expression of Kysely stands on its own", () => {
  const db = new Kysely({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: () => undefined,
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
  });
  const printed = (given) =>
    db
      .selectFrom("t")
      .select("id")
      .where(
        toKysely(scopeOf({ when: { "resource.x": false } }), {
          columns: { x: { sql: given, type: "bool" } },
        }),
      )
      .compile().sql;
  // Else it would be `a or (b = false)`.
  assert.equal(printed(sql`a or b`), 'select "id" from "t" where (a or b) = $1::boolean');
  assert.equal(printed("t.x"), 'select "id" from "t" where "t"."x" = $1::boolean');
});

test("a column that ends with a comment takes nothing else with it", () => {
  const db = new Database();
  db.run("CREATE TABLE t (n INTEGER); INSERT INTO t VALUES (1), (2)");
  const { text, values } = toSql(scopeOf({ when: { "resource.x": 1 } }), {
    dialect: "sqlite",
    columns: { x: { sql: "n -- a number", type: "int" } },
  });
  assert.deepEqual(db.exec(`SELECT n FROM t WHERE (${text}) AND n < 9`, values)[0].values, [[1]]);
});

test("a hook is an expression, on its own, in exclusions, too", () => {
  const columns = { by: "t.by", in: "t.in" };
  const options = { dialect: "sqlite", columns };
  const db = new Database();
  db.run(
    `CREATE TABLE t ("by" TEXT, "in" TEXT); INSERT INTO t VALUES ('bo', 't1'), ('ana', 't2'), ('bo', NULL)`,
  );
  const found = (scope, teams) => {
    const { text, values } = toSql(scope, { ...options, teams });
    const where = text.replaceAll(/t\.(by|in)/g, 't."$1"');
    return db.exec(`SELECT "by" || ifnull("in", '') FROM t WHERE ${where}`, values)[0].values.flat();
  };
  const either = (_, parameter) => `t.in = ${parameter("t1")} OR t.in = 't9' -- either`;
  assert.deepEqual(found(scopeOf("team"), either), ["bot1", "anat2"]);
  assert.deepEqual(found(scopeOf("all", ["c.v"]), either), ["anat2"]);
  for (const nothing of [undefined, null, "", "  ", 1, ["t.in"], Promise.resolve("t.in")])
    for (const scope of [scopeOf("team"), scopeOf("all", ["c.v"])])
      assert.throws(() => toSql(scope, { ...options, teams: () => nothing }), { code: "bad-options" });
});

test("what is no scope is refused", () => {
  const options = { dialect: "postgres", columns: { by: "t.by", in: "t.in" } };
  for (const odd of [undefined, null, {}, "c.v", { toJSON: 1 }, { toJSON: () => ({ kind: "all" }) }])
    assert.throws(() => toSql(odd, options), { code: "bad-gate-data" });
});

test("a list of one name is no name", () => {
  const scope = scopeOf("own");
  const columns = { by: { sql: "t.by", type: ["text"] } };
  assert.throws(() => toSql(scope, { dialect: ["postgres"], columns: { by: "t.by" } }), {
    code: "bad-options",
  });
  assert.throws(() => toSql(scope, { dialect: "postgres", columns }), { code: "bad-options" });
});

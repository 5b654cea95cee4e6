// What tables of Drizzle say of their columns: for every type of column, the rows that a filter finds are those
// that the scope admits, as Drizzle gives them.
//
//   node tests/databases/tables.mjs

import * as my from "drizzle-orm/mysql-core";
import { drizzle as drizzleMySql } from "drizzle-orm/mysql2";
import { drizzle as drizzlePostgres } from "drizzle-orm/node-postgres";
import * as pgc from "drizzle-orm/pg-core";
import { drizzle as drizzleSqlite } from "drizzle-orm/sql-js";
import * as lite from "drizzle-orm/sqlite-core";
import mysql from "mysql2";
import pg from "pg";
import { toDrizzle } from "../../pkg/drizzle/index.js";
import * as rolegate from "../../pkg/entries/node.js";
import { ENGINES } from "./engines.mjs";
import { NOW } from "./rows.mjs";

const TEXT = ["open", "Open", "open ", "a", "B", "", "17", "ä", "🦊"];
const WORD = ["open", "closed"];
const INT = [0, 1, -1, 17, 100];
const REAL = [0, 0.1, 0.5, -2.5, 17, 1 / 3, 16_777_217];
const TIMES = [NOW, NOW - 1, NOW - 900_000, NOW - 86_400_000, 172_800_000].map((ms) => new Date(ms));
const BIG = [0, 17, 2 ** 53 - 1];
const HUGE = [0n, 17n, 2n ** 53n + 1n, -(2n ** 62n)];
const LISTS = [[], ["open"], ["Open", "a"], ["open", "17"]];
const JSONS = ["open", 17, true, ["open"], { a: 1 }, [1, "open", null], 0.1];
const UUIDS = ["6fa459ea-ee8a-3ca4-894e-db77e160355e", "00000000-0000-0000-0000-000000000000"];

/** Columns by name, with what is put in them; without values, the table does not tell what the column holds. */
const mood = pgc.pgEnum("mood", WORD);
// Of an enum of TypeScript.
const moodText = pgc.pgEnum("mood_text", { Open: "open", Closed: "closed" });
const COLUMNS = {
  postgres: {
    text: [pgc.text(), TEXT],
    varchar: [pgc.varchar({ length: 9 }), TEXT],
    mood: [mood(), WORD],
    moodText: [moodText(), WORD],
    uuid: [pgc.uuid(), UUIDS],
    int: [pgc.integer(), INT],
    small: [pgc.smallint(), INT],
    bigNumber: [pgc.bigint({ mode: "number" }), BIG],
    big: [pgc.bigint({ mode: "bigint" }), HUGE],
    decimal: [pgc.numeric({ precision: 20, scale: 4, mode: "number" }), [0, 0.1, 17, -2.5]],
    whole: [pgc.numeric({ mode: "bigint" }), [0n, 17n, 2n ** 53n + 1n]],
    real: [pgc.real(), REAL],
    double: [pgc.doublePrecision(), REAL],
    bool: [pgc.boolean(), [true, false]],
    json: [pgc.json(), JSONS],
    jsonb: [pgc.jsonb(), JSONS],
    zoned: [pgc.timestamp({ withTimezone: true }), TIMES],
    zoned3: [pgc.timestamp({ withTimezone: true, precision: 3 }), TIMES],
    local: [pgc.timestamp(), TIMES],
    list: [pgc.text().array(), LISTS],
    listOfVarchar: [pgc.varchar({ length: 9 }).array(), LISTS],
    char: [pgc.char({ length: 9 })],
    decimalText: [pgc.numeric()],
    zonedText: [pgc.timestamp({ withTimezone: true, mode: "string" })],
    date: [pgc.date()],
    dateAsDate: [pgc.date({ mode: "date" })],
    time: [pgc.time()],
    interval: [pgc.interval()],
    inet: [pgc.inet()],
    lists: [pgc.text().array().array()],
    listOfInt: [pgc.integer().array()],
    listOfUuid: [pgc.uuid().array()],
    point: [pgc.point()],
    bits: [pgc.bit({ dimensions: 3 })],
  },
  mariadb: {
    text: [my.text(), TEXT],
    varchar: [my.varchar({ length: 9 }), TEXT],
    char: [my.char({ length: 9 }), TEXT],
    mood: [my.mysqlEnum(WORD), WORD],
    int: [my.int(), INT],
    unsigned: [my.int({ unsigned: true }), [0, 17, 4_000_000_000]],
    tiny: [my.tinyint(), INT],
    bigNumber: [my.bigint({ mode: "number" }), BIG],
    big: [my.bigint({ mode: "bigint" }), HUGE],
    decimal: [my.decimal({ precision: 20, scale: 4, mode: "number" }), [0, 0.1, 17, -2.5]],
    double: [my.double(), REAL],
    bool: [my.boolean(), [true, false]],
    json: [my.json(), JSONS],
    zoned: [my.timestamp({ fsp: 3 }), TIMES],
    local: [my.datetime({ fsp: 3 }), TIMES],
    float: [my.float()],
    decimalText: [my.decimal()],
    zonedText: [my.timestamp({ mode: "string" })],
    date: [my.date()],
    time: [my.time()],
    binary: [my.binary({ length: 4 })],
  },
  sqlite: {
    text: [lite.text(), TEXT],
    textJson: [lite.text({ mode: "json" }), JSONS],
    int: [lite.integer(), INT],
    bool: [lite.integer({ mode: "boolean" }), [true, false]],
    seconds: [lite.integer({ mode: "timestamp" }), TIMES],
    milliseconds: [lite.integer({ mode: "timestamp_ms" }), TIMES],
    decimal: [lite.numeric({ mode: "number" }), [0, 0.1, 17, -2.5]],
    real: [lite.real(), REAL],
    decimalText: [lite.numeric()],
    bytes: [lite.blob({ mode: "buffer" })],
    blobJson: [lite.blob({ mode: "json" })],
    blobBig: [lite.blob({ mode: "bigint" })],
  },
};
const TABLE = { postgres: pgc.pgTable, mariadb: my.mysqlTable, sqlite: lite.sqliteTable };
const OPEN = {
  async postgres({ url }) {
    const pool = new pg.Pool({ connectionString: url, max: 1, options: "-c TimeZone=Asia/Kolkata" });
    pool.on("error", () => {});
    for (const name of ["mood", "mood_text"])
      await pool.query(`CREATE TYPE ${name} AS ENUM ('open', 'closed')`);
    return { database: drizzlePostgres(pool), run: (text) => pool.query(text), close: () => pool.end() };
  },
  async mariadb({ address }) {
    // Drizzle takes times for those of UTC, whatever the zone of the session.
    const pool = mysql.createPool({ ...address, connectionLimit: 1 }).promise();
    await pool.query("SET time_zone = '+05:30'");
    return { database: drizzleMySql(pool), run: (text) => pool.query(text), close: () => pool.end() };
  },
  async sqlite({ database }) {
    return { database: drizzleSqlite(database), run: (text) => database.run(text), close: () => {} };
  },
};

/** Whatever can be asked of a column. */
const LITERALS = [
  "open",
  "Open",
  "open ",
  "a",
  "",
  "17",
  17,
  0,
  0.1,
  0.5,
  1 / 3,
  2 ** 53 - 1,
  true,
  ...UUIDS.slice(0, 1),
];
const ORDERS = ["$lt", "$lte", "$gt", "$gte"];
const CONDITIONS = [
  ...LITERALS.flatMap((value) => [{ $eq: value }, { $ne: value }, { $has: value }]),
  ...LITERALS.filter((value) => typeof value !== "boolean").flatMap((value) =>
    ORDERS.map((name) => ({ [name]: value })),
  ),
  ...[["open", 17, 0.1], ["a"], [true]].flatMap((list) => [{ $in: list }, { $nin: list }]),
  ...[["open", "a"], ["17"]].flatMap((list) => [{ $hasAny: list }, { $subset: list }]),
  ...["", "op", "o"].flatMap((text) => [{ $startsWith: text }, { $endsWith: text }]),
  ...["now", "now-15m", "1970-01-03T00:00:00Z"].flatMap((time) => [{ $since: time }, { $before: time }]),
  ...[true, false].map((is) => ({ $exists: is })),
  { $eq: { $ref: "user.id" } },
  { $ne: { $ref: "user.id" } },
];

async function scopeOf(condition, id) {
  const snapshot = await rolegate.load({
    format: "rolegate/1",
    revision: 1,
    catalog: {
      categories: [
        { id: "rows", permissions: [{ id: "rows.view", resource: "rows", scopes: ["own", "team", "all"] }] },
      ],
      resources: { rows: { owner: "value", team: "value" } },
    },
    roles: [{ id: "reader", name: "Reader", grants: { "rows.view": condition } }],
    users: [{ id, roles: ["reader"] }],
  });
  const scope = snapshot.for(id, { now: NOW }).scope("rows.view");
  snapshot.free();
  return scope;
}

const SCOPES = [];
for (const id of ["17", "open"]) {
  SCOPES.push(await scopeOf("own", id));
  for (const condition of CONDITIONS)
    for (const when of [{ "resource.value": condition }, { $not: { "resource.value": condition } }])
      SCOPES.push(await scopeOf({ scope: "all", when }, id));
}

let [agreed, failed, refused] = [0, 0, 0];
function fault(text) {
  failed += 1;
  if (failed <= 20) console.log(`FAILED ${text}`);
}

for (const [name, start] of Object.entries(ENGINES)) {
  const engine = await start();
  const { database, run, close } = await OPEN[name](engine);
  try {
    for (const [of, [column, values]] of Object.entries(COLUMNS[name])) {
      const table = TABLE[name](`t_${of.toLowerCase()}`, {
        id: (name === "postgres" ? pgc : name === "mariadb" ? my : lite)[
          name === "mariadb" ? "int" : "integer"
        ](),
        value: column,
      });
      if (values === undefined) {
        const scope = await scopeOf({ scope: "all", when: { "resource.value": "open" } }, "17");
        try {
          toDrizzle(scope, { dialect: engine.dialect, columns: { value: table.value } });
          fault(`${name} ${of}: the table does not tell what it holds`);
        } catch (error) {
          if (error.code !== "bad-options" || !error.message.includes("`value`"))
            fault(`${name} ${of}: ${error.stack}`);
          else agreed += 1;
        }
        continue;
      }
      await run(
        `CREATE TABLE t_${of.toLowerCase()} (id int, value ${table.value.getSQLType()}${name === "mariadb" && /^t/.test(table.value.getSQLType()) ? " NULL" : ""})`,
      );
      await database.insert(table).values([...values, null].map((value, id) => ({ id, value })));
      const rows = await database.select().from(table).orderBy(table.id);
      for (const scope of SCOPES) {
        let filter;
        try {
          filter = toDrizzle(scope, { dialect: engine.dialect, columns: { value: table.value }, now: NOW });
        } catch (error) {
          if (error.code === "cannot-express") refused += 1;
          else fault(`${name} ${of}: ${error.stack}`);
          continue;
        }
        try {
          const found = await database.select().from(table).where(filter).orderBy(table.id);
          const ids = (list) => list.map(({ id }) => id).join();
          if (ids(found) === ids(rows.filter((row) => scope.matches(row)))) agreed += 1;
          else
            fault(
              `${name} ${of}: found ${ids(found)} of ${JSON.stringify(rows, (_, it) => (typeof it === "bigint" ? `${it}n` : it))}\n       ${JSON.stringify(scope)}\n       ${JSON.stringify(database.select().from(table).where(filter).toSQL())}`,
            );
        } catch (error) {
          fault(
            `${name} ${of}: ${error.stack}\n       ${error.cause?.message}\n       ${JSON.stringify(scope)}`,
          );
        }
      }
    }
  } finally {
    await close();
    await engine.close();
  }
}
console.log(`${refused} cannot be said`);
console.log(`${agreed} passed, ${failed} failed`);
process.exitCode = failed === 0 && agreed > 0 ? 0 : 1;

// The law of filters, of Kysely's and Drizzle's: the rows that each finds are those that the scope admits. What
// their filters cannot say is what `rolegate/sql` cannot.
//
//   node tests/databases/builders.mjs [quick|whole] [SEED]

import { sql as drizzleSql } from "drizzle-orm";
import { drizzle as drizzleMySql } from "drizzle-orm/mysql2";
import { drizzle as drizzlePostgres } from "drizzle-orm/node-postgres";
import { drizzle as drizzleSqlite } from "drizzle-orm/sql-js";
import { Kysely, sql as kyselySql, MysqlDialect, PostgresDialect, SqliteDialect } from "kysely";
import mysql from "mysql2";
import pg from "pg";
import { toDrizzle } from "../../pkg/drizzle/index.js";
import { toKysely } from "../../pkg/kysely/index.js";
import { toSql } from "../../pkg/sql/index.js";
import { ENGINES } from "./engines.mjs";
import { prove } from "./libraries.mjs";
import { isHeld, NOW, recordOf } from "./rows.mjs";

/** As each library reaches an engine. */
const OPEN = {
  postgres({ url }) {
    const pool = new pg.Pool({ connectionString: url, max: 1 });
    pool.on("error", () => {});
    const kysely = new Kysely({ dialect: new PostgresDialect({ pool }) });
    return { kysely, drizzle: drizzlePostgres(pool), close: () => pool.end() };
  },
  mariadb({ address }) {
    const pool = mysql.createPool({ ...address, connectionLimit: 1 });
    const kysely = new Kysely({ dialect: new MysqlDialect({ pool }) });
    return { kysely, drizzle: drizzleMySql(pool.promise()), close: () => pool.promise().end() };
  },
  sqlite({ database }) {
    const kysely = new Kysely({ dialect: new SqliteDialect({ database: likeBetterSqlite(database) }) });
    return { kysely, drizzle: drizzleSqlite(database), close: () => {} };
  },
};

/** What Kysely asks of a driver of SQLite. */
function likeBetterSqlite(database) {
  return {
    close: () => {},
    prepare: (text) => ({
      reader: true,
      all(parameters) {
        const statement = database.prepare(text);
        statement.bind([...parameters]);
        const rows = [];
        while (statement.step()) rows.push(statement.getAsObject());
        statement.free();
        return rows;
      },
    }),
  };
}

/** A column of the engine as a library takes it: a name where it is no more than that. */
const columnsOf = (columns, made) =>
  Object.fromEntries(
    Object.entries(columns).map(([path, { sql, ...told }]) => [path, { ...told, sql: made(sql) }]),
  );

/** @param held makes the table, and tells the rows in it, for both libraries of an engine */
function libraries(engine, held) {
  const { kysely, drizzle, close } = OPEN[engine.name](engine);
  const { dialect, columns } = engine;
  const cannot = (scope) => {
    try {
      toSql(scope, { dialect, columns, now: NOW });
    } catch (error) {
      return error.code === "cannot-express" ? "what rolegate/sql cannot say" : undefined;
    }
    return undefined;
  };
  const named = columnsOf(columns, (text) => (/^t\.\w+$/.test(text) ? text : kyselySql.raw(`(${text})`)));
  const raw = columnsOf(columns, (text) => drizzleSql.raw(text));
  return [
    {
      name: `kysely, ${engine.name}`,
      create: held,
      cannot,
      filter: (scope) => toKysely(scope, { dialect, columns: named, now: NOW }),
      async select(filter) {
        const query = kysely.selectFrom("records as t").select("t.id").where("t.id", ">", 0).where(filter);
        return (await query.execute()).map(({ id }) => id);
      },
      close,
    },
    {
      name: `drizzle, ${engine.name}`,
      create: held,
      cannot,
      filter: (scope) => toDrizzle(scope, { dialect, columns: raw, now: NOW }),
      async select(filter) {
        const query = drizzle
          .select({ id: drizzleSql`t.id` })
          .from(drizzleSql`records t`)
          .where(drizzleSql`t.id > ${0} and ${filter}`);
        return (await query).map(({ id }) => id);
      },
      close: () => engine.close(),
    },
  ];
}

const engines = [];
for (const start of Object.values(ENGINES)) {
  const engine = await start();
  engines.push(
    ...libraries(engine, async (rows) => {
      await engine.create(rows);
      return rows
        .filter((row) => isHeld(row, engine.dialect))
        .map((row) => ({ id: row.id, record: recordOf(row) }));
    }),
  );
}
await prove(engines, {
  quick: { cases: 60, each: 60, rows: 60, step: 8 },
  whole: { cases: 6000, each: 100, rows: 150 },
});

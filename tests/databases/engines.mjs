// The engines that filters are asked of, each with one table: started here, with collations and settings that
// forgive nothing, and asked through the drivers that applications use.
//
// An engine is `{ name, dialect, columns, create(rows), select(filter, turn), close() }`, and how others
// reach it (`url`, `address` or `database`). `select` gives the
// ids of the rows that a filter admits, in order; the filter stands in a query that has a parameter of its
// own before it. Odd turns go through a session whose settings are unlike the usual ones.

import pg from "pg";
import { startPostgres } from "../consumers/postgres.mjs";
import { COLUMNS, cellsOf, isHeld, mappingOf, tableOf } from "./rows.mjs";
import { findProgram, startServer } from "./server.mjs";

/** The engines by name. */
export const ENGINES = { postgres, mariadb, sqlite };

/** Where the parameters of a filter begin: the query has one of its own. */
export const START_AT = 2;

/** The language decides what comes before what, unlike bytes. */
const ICU = ["--locale-provider=icu", "--icu-locale=en-US", "--locale=C.UTF-8"];
const SLACK = `CREATE COLLATION "slack" (provider = icu, locale = 'und-u-ks-level1', deterministic = false)`;
const ODD_POSTGRES = [
  "SET TimeZone = 'Asia/Kolkata'",
  "SET DateStyle = 'German'",
  "SET IntervalStyle = 'sql_standard'",
  "SET standard_conforming_strings = off",
  "SET escape_string_warning = off",
  "SET plan_cache_mode = 'force_generic_plan'",
  "SET extra_float_digits = 0",
  "SET enable_seqscan = off",
];

async function postgres() {
  const server = await startPostgres(ICU);
  const sessions = [];
  const close = async () => {
    for (const session of sessions) await session.end().catch(() => {});
    await server.stop();
  };
  try {
    for (const settings of [["SET TimeZone = 'UTC'"], ODD_POSTGRES]) {
      const session = new pg.Client({ connectionString: server.url });
      sessions.push(session);
      // A server that is stopped with its sessions is not a fault.
      session.on("error", () => {});
      await session.connect();
      for (const setting of settings) await session.query(setting);
    }
    await sessions[0].query("CREATE EXTENSION citext");
    await sessions[0].query(SLACK);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    name: "postgres",
    url: server.url,
    dialect: "postgres",
    columns: mappingOf("postgres"),
    async create(rows) {
      const [session] = sessions;
      await session.query("DROP TABLE IF EXISTS records");
      await session.query(tableOf("postgres"));
      await session.query("BEGIN");
      for (const cells of heldBy("postgres", rows))
        await session.query({
          name: "insert",
          text: `INSERT INTO records VALUES (${cells.map((_, at) => `$${at + 1}`)})`,
          values: cells,
        });
      await session.query("COMMIT");
    },
    async select({ text, values }, turn = 0) {
      const query = `SELECT t.id FROM records t WHERE t.id > $1 AND (${text}) ORDER BY t.id`;
      const { rows } = await sessions[turn % 2].query(query, [0, ...values]);
      return rows.map(({ id }) => id);
    },
    close,
  };
}

const HOW = "on Debian `apt-get install mariadb-server-core`; elsewhere put `mariadbd` on the PATH";
/** Small, in haste, and nothing of it has to survive. */
const HASTY = [
  "--skip-grant-tables",
  "--skip-log-bin",
  "--skip-name-resolve",
  "--innodb-buffer-pool-size=32M",
  "--innodb-flush-log-at-trx-commit=0",
  "--innodb-flush-method=nosync",
];
const CARELESS = ["--character-set-server=utf8mb4", "--collation-server=utf8mb4_general_ci"];
const ODD_MARIADB = [
  "SET time_zone = '+05:30'",
  "SET sql_mode = 'ANSI,NO_BACKSLASH_ESCAPES,STRICT_ALL_TABLES,PAD_CHAR_TO_FULL_LENGTH'",
  "SET NAMES utf8mb4 COLLATE utf8mb4_unicode_520_ci",
  "SET group_concat_max_len = 4",
  "SET div_precision_increment = 0",
];

async function mariadb() {
  const { default: mysql } = await import("mysql2/promise");
  const program = findProgram("mariadbd");
  if (program === undefined) throw new Error(`no MariaDB (\`mariadbd\`): ${HOW}`);
  const at = (folder) => ["--no-defaults", `--datadir=${folder}`];
  const server = await startServer({
    name: "mariadb",
    accounts: ["mysql"],
    prepare: (folder, run) =>
      run(
        program,
        [...at(folder), "--bootstrap", "--skip-grant-tables", ...CARELESS],
        "create database records;\n",
      ),
    command: (folder, port) => [
      program,
      [
        ...at(folder),
        "--bind-address=127.0.0.1",
        `--port=${port}`,
        `--socket=${folder}/socket`,
        ...HASTY,
        ...CARELESS,
      ],
    ],
    ready: "ready for connections",
    signal: "SIGTERM",
  });
  const sessions = [];
  const close = async () => {
    for (const session of sessions) session.destroy();
    await server.stop();
  };
  try {
    const database = { host: "127.0.0.1", port: Number(server.port), user: "root", database: "records" };
    for (const settings of [["SET time_zone = '+00:00'"], ODD_MARIADB]) {
      const session = await mysql.createConnection(database);
      sessions.push(session);
      for (const setting of settings) await session.query(setting);
    }
  } catch (error) {
    await close();
    throw error;
  }
  return {
    name: "mariadb",
    address: { host: "127.0.0.1", port: Number(server.port), user: "root", database: "records" },
    dialect: "mysql",
    columns: mappingOf("mysql"),
    async create(rows) {
      const [session] = sessions;
      await session.query("DROP TABLE IF EXISTS records");
      await session.query(tableOf("mysql"));
      await session.query("START TRANSACTION");
      for (const cells of heldBy("mysql", rows))
        await session.execute(`INSERT INTO records VALUES (${cells.map(() => "?")})`, cells);
      await session.query("COMMIT");
    },
    async select({ text, values }, turn = 0) {
      const session = sessions[turn % 2];
      const query = `SELECT t.id FROM records t WHERE t.id > ? AND (${text}) ORDER BY t.id`;
      const [rows] = await session.execute(query, [0, ...values]);
      // Each stays prepared for as long as the session does, and there are thousands.
      session.unprepare(query);
      return rows.map(({ id }) => id);
    },
    close,
  };
}

async function sqlite() {
  const { default: initSqlJs } = await import("sql.js");
  const { Database } = await initSqlJs();
  const database = new Database();
  return {
    name: "sqlite",
    database,
    dialect: "sqlite",
    columns: mappingOf("sqlite"),
    async create(rows) {
      database.run("DROP TABLE IF EXISTS records");
      database.run(tableOf("sqlite"));
      database.run("BEGIN");
      const insert = database.prepare(`INSERT INTO records VALUES (?${", ?".repeat(COLUMNS.length)})`);
      for (const cells of heldBy("sqlite", rows)) insert.run(cells);
      insert.free();
      database.run("COMMIT");
    },
    async select({ text, values }, turn = 0) {
      for (const value of values)
        if (!["string", "number", "bigint"].includes(typeof value) && value !== null)
          throw new TypeError(`no driver of SQLite takes ${JSON.stringify(value)} as a value`);
      database.run(`PRAGMA case_sensitive_like = ${turn % 2}`);
      const statement = database.prepare(
        `SELECT t.id FROM records t WHERE t.id > ? AND (${text}) ORDER BY t.id`,
      );
      try {
        statement.bind([0, ...values]);
        const ids = [];
        while (statement.step()) ids.push(statement.get()[0]);
        return ids;
      } finally {
        statement.free();
      }
    },
    close: async () => database.close(),
  };
}

/** The rows that the columns of an engine can hold, as values for its driver. */
function heldBy(engine, rows) {
  return rows.filter((row) => isHeld(row, engine)).map((row) => cellsOf(row, engine));
}

// The law of filters, of Prisma's: the rows that its engine finds in PostgreSQL and SQLite are those that the
// scope admits, as Prisma gives them.
//
//   node tests/databases/prisma.mjs [quick|whole] [SEED]
//
// The client is made and installed in a folder of its own, which stays for the next run: PRISMA=FOLDER.

import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { env, execPath } from "node:process";
import { fileURLToPath } from "node:url";
import { toPrisma } from "../../pkg/prisma/index.js";
import { startPostgres } from "../consumers/postgres.mjs";
import { prove } from "./libraries.mjs";
import { NOW, recordOf } from "./rows.mjs";

const FOLDER = env.PRISMA ?? join(tmpdir(), "rolegate-prisma");
const HERE = fileURLToPath(new URL("prisma/", import.meta.url));

/** The columns, as the schema says them: type, what comes after it on PostgreSQL, and what filters are told. */
const MODEL = {
  assigneeId: ["String?", "", { type: "id" }],
  teamId: ["String?", "", { type: "id" }],
  title: ["String?", "", {}],
  code: ["String?", "", { collation: "binary" }],
  region: ["String", "", { nullable: false }],
  ip: ["String?", "", {}],
  due: ["String?", "", {}],
  priority: ["Int?", "", { type: "int" }],
  size: ["Int", "", { type: "int", nullable: false }],
  serial: ["BigInt?", "", { type: "bigint" }],
  score: ["Float?", "", { type: "float" }],
  ref: ["String?", "@db.Uuid", { type: "uuid" }],
  isOpen: ["Boolean?", "", { type: "boolean" }],
  createdAt: ["DateTime?", "@db.Timestamptz(6)", { type: "date" }],
  sentAt: ["BigInt?", "", { type: "bigint" }],
  tags: ["String[]", "", { type: "list" }],
  watchers: ["String[]", "", { type: "list" }],
  teamIds: ["String[]", "", { type: "list", nullable: false }],
};
const PROVIDERS = {
  postgresql: { hasLists: true, hasTypes: true },
  sqlite: { hasLists: false, hasTypes: false },
};

function schemaOf(provider) {
  const { hasLists, hasTypes } = PROVIDERS[provider];
  const lines = Object.entries(MODEL)
    .filter(([, [type]]) => hasLists || !type.endsWith("[]"))
    .map(([name, [type, native]]) => `  ${name} ${type} ${hasTypes ? native : ""}`);
  return `generator client {
  provider = "prisma-client-js"
  output   = "./${provider}"
}
datasource db {
  provider = "${provider}"
}
model Row {
  id Int @id
${lines.join("\n")}
}
`;
}

/** Makes the clients, unless they are there. */
function prepared() {
  mkdirSync(FOLDER, { recursive: true });
  for (const name of ["package.json", "package-lock.json"]) cpSync(join(HERE, name), join(FOLDER, name));
  const run = (program, words, more = {}) => {
    const { status, stdout, stderr, error } = spawnSync(program, words, {
      cwd: FOLDER,
      encoding: "utf8",
      env: { ...env, CHECKPOINT_DISABLE: "1", ...more },
    });
    if (status !== 0) throw new Error(`${program} ${words[0]}: ${error ?? `${stdout}${stderr}`}`);
  };
  if (!existsSync(join(FOLDER, "node_modules/@prisma/client"))) run("npm", ["ci", "--ignore-scripts"]);
  for (const provider of Object.keys(PROVIDERS)) {
    rmSync(join(FOLDER, provider), { recursive: true, force: true });
    writeFileSync(join(FOLDER, `${provider}.prisma`), schemaOf(provider));
    const words = ["node_modules/prisma/build/index.js", "generate", "--schema", `${provider}.prisma`];
    // A client needs no engine for schemas, which would be fetched.
    run(execPath, words, { PRISMA_SCHEMA_ENGINE_BINARY: execPath });
  }
}

prepared();
const require = createRequire(join(FOLDER, "package.json"));
const clientOf = (provider, adapter) => new (require(`./${provider}/index.js`).PrismaClient)({ adapter });

const DDL = {
  postgresql: {
    String: "text",
    Int: "integer",
    BigInt: "bigint",
    Float: "double precision",
    Boolean: "boolean",
  },
  sqlite: {
    String: "TEXT",
    Int: "INTEGER",
    BigInt: "BIGINT",
    Float: "REAL",
    Boolean: "BOOLEAN",
    DateTime: "DATETIME",
  },
};
function tableOf(provider) {
  const columns = Object.entries(MODEL).flatMap(([name, [type, native]]) => {
    const [base] = /^\w+/.exec(type);
    const isList = type.endsWith("[]");
    if (isList && !PROVIDERS[provider].hasLists) return [];
    const own =
      provider === "postgresql" && { "@db.Uuid": "uuid", "@db.Timestamptz(6)": "timestamptz(6)" }[native];
    const collation = name === "code" && provider === "postgresql" ? ' COLLATE "C"' : "";
    const isSolid = MODEL[name][2].nullable === false;
    return `"${name}" ${own || DDL[provider][base]}${isList ? "[]" : ""}${collation}${isSolid ? " NOT NULL" : ""}`;
  });
  return `CREATE TABLE "Row" (id integer PRIMARY KEY, ${columns.join(", ")})`;
}

const isId = (text) => Buffer.byteLength(text) <= 256 && /^[^\0-\x1f\x7f-\x9f]+$/.test(text);

/** A time as a date, if all databases have it. */
function dateOf(value) {
  const date = typeof value === "string" || value instanceof Date ? new Date(value) : undefined;
  return date?.getTime() > Date.UTC(1000, 0) && date.getTime() < Date.UTC(10_000, 0) ? date : null;
}

/** A row as Prisma takes it: what its types cannot hold is absent. */
function dataOf(row, provider) {
  const record = recordOf(row);
  const data = { id: row.id };
  for (const [name, [type, , { type: kind, nullable }]] of Object.entries(MODEL)) {
    let value = record[name] ?? null;
    if (type === "DateTime?" && value !== null) value = dateOf(value);
    if (value instanceof Date && type === "BigInt?") value = value.getTime();
    if (type === "BigInt?" && value !== null) value = Number.isNaN(value) ? null : BigInt(value);
    // The driver refuses to read what is no number to JavaScript.
    if (provider === "sqlite" && typeof value === "bigint" && !Number.isSafeInteger(Number(value)))
      value = null;
    if (kind === "id" && value !== null && !isId(value)) value = null;
    if (type.endsWith("[]")) {
      if (!PROVIDERS[provider].hasLists) continue;
      value =
        nullable === false || row.id % 3 > 0
          ? [value ?? []].flat().filter((item) => typeof item === "string")
          : undefined;
    }
    if (provider === "sqlite" && typeof value === "number" && !Number.isFinite(value)) value = null;
    data[name] = value;
  }
  return data;
}

function engineOf(provider, collation, client, close) {
  const fields = { id: { field: "id", type: "int", nullable: false } };
  for (const [name, [type, , of]] of Object.entries(MODEL))
    if (PROVIDERS[provider].hasLists || !type.endsWith("[]")) fields[name] = { field: name, ...of };
  return {
    name: provider,
    async create(rows) {
      await client.$executeRawUnsafe('DROP TABLE IF EXISTS "Row"');
      await client.$executeRawUnsafe(tableOf(provider));
      await client.row.createMany({ data: rows.map((row) => dataOf(row, provider)) });
      const records = await client.row.findMany({ orderBy: { id: "asc" } });
      return records.map((record) => ({ id: record.id, record }));
    },
    filter: (scope) => toPrisma(scope, { fields, collation, now: NOW }),
    async select(where) {
      return (await client.row.findMany({ where, select: { id: true } })).map(({ id }) => id);
    },
    cannot(scope, { message }) {
      const [, operator, path] = /^`([$\w]+)` of `(?:resource\.)?(.*?)`/.exec(message) ?? [];
      if (!JSON.stringify(scope).includes(JSON.stringify(path).slice(1, -1)) && path !== "a value")
        return undefined;
      if (fields[path] === undefined) return path === "a value" ? "two columns" : "no field";
      const advice = message.split(": ").slice(1).join(": ");
      return `${operator} of ${fields[path].type ?? "text"}: ${advice}`;
    },
    close,
  };
}

async function postgres() {
  const server = await startPostgres(["--locale-provider=icu", "--icu-locale=en-US", "--locale=C.UTF-8"]);
  const { PrismaPg } = require("@prisma/adapter-pg");
  const client = clientOf("postgresql", new PrismaPg({ connectionString: server.url }));
  return engineOf("postgresql", "deterministic", client, async () => {
    await client.$disconnect();
    await server.stop();
  });
}

function sqlite() {
  const { PrismaLibSql } = require("@prisma/adapter-libsql");
  const client = clientOf("sqlite", new PrismaLibSql({ url: "file::memory:?cache=shared" }));
  return engineOf("sqlite", "binary", client, () => client.$disconnect());
}

const engines = [await postgres(), sqlite()];
await prove(engines, {
  quick: { cases: 600, each: 60, rows: 120 },
  whole: { cases: 12_000, each: 100, rows: 200 },
});

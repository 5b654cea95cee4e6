// rolegate/rls: row level security of PostgreSQL. Policies are made once; each transaction says whose they are.

import { RolegateError } from "../core/errors.js";
import { optionsOf } from "../core/options.js";
import { refuse } from "../filters/refusals.js";
import type { Column, ColumnType } from "../sql/columns.js";
import { POSTGRES } from "../sql/postgres.js";
import { COLUMN_OPTIONS, textColumn } from "../sql/settings.js";
import { FUNCTIONS } from "./functions.js";

export type { Column, ColumnType } from "../sql/columns.js";
export { type Scopes, toSession } from "./session.js";

/** What is done to rows. */
export type Command = "select" | "insert" | "update" | "delete";

/** A table whose rows are records. */
export interface RlsTable {
  /** The resource type that its rows are of. */
  readonly type: string;
  /** Attribute path → column of the table itself: those of owners and teams. */
  readonly columns: Readonly<Record<string, string | Column>>;
  /** The permission that each command needs on a row. What is not named, nobody may do. */
  readonly permissions: Readonly<Partial<Record<Command, string>>>;
}

export interface RlsOptions {
  /** By name, with its schema if that is not on the search path. */
  readonly tables: Readonly<Record<string, RlsTable>>;
  /** The role that policies are for; everybody if it is not given. */
  readonly to?: string;
}

const COMMANDS: readonly Command[] = ["select", "insert", "update", "delete"];

/**
 * The functions and policies, as statements that may be run again. Roles change no policy: what a person may
 * do, `toSession` says.
 * @throws {RolegateError} `cannot-express` for a column of a type that is no owner and no team; `bad-options`
 */
export function rlsSql(options: RlsOptions): string {
  const { tables, to } = readOptions(options);
  const role = to === undefined ? "PUBLIC" : quoted(to);
  return [FUNCTIONS, ...tables.flatMap((table) => statementsOf(table, role))].join("\n");
}

/**
 * A query that names whatever passes around the policies: one row with `what` and `name` for each role, owner,
 * grant, view, function or policy. Superusers are always among them.
 */
export function rlsCheckSql(options: RlsOptions): string {
  const { tables, to } = readOptions(options);
  const all = tables.map(({ name }) => `${literal(name)}::regclass`).join(", ");
  const role = to === undefined ? "NULL" : literal(to);
  return CHECK.replace("$TABLES", () => all).replace("$ROLE", () => role);
}

interface Table {
  readonly name: string;
  readonly columns: ReadonlyMap<string, IdColumn>;
  readonly permissions: readonly (readonly [Command, string])[];
}

function readOptions(options: RlsOptions): { tables: readonly Table[]; to: string | undefined } {
  const { tables, to } = optionsOf<Partial<RlsOptions>>(options, () => ({
    tables: undefined,
    to: undefined,
  }));
  if (typeof tables !== "object" || tables === null) refuse("`tables` must be an object of tables by name");
  return { tables: Object.entries(tables).map(([name, table]) => readTable(name, table)), to };
}

function readTable(name: string, table: RlsTable): Table {
  const absent = () => ({ type: undefined, columns: undefined, permissions: undefined });
  const { type, columns, permissions } = optionsOf<Partial<RlsTable>>(table, absent);
  const place = `\`tables["${name}"]\``;
  if (typeof type !== "string") refuse(`${place} needs \`type\`: the resource type of its rows`);
  if (typeof columns !== "object" || columns === null) refuse(`${place} needs \`columns\``);
  const asked = optionsOf<Partial<Record<Command, string>>>(permissions, () => ({
    select: undefined,
    insert: undefined,
    update: undefined,
    delete: undefined,
  }));
  const names = name.split(".");
  if (names.length > 2) refuse(`${place}: a table is named alone or with its schema, and no name has a dot`);
  return {
    name: names.map(quoted).join("."),
    columns: new Map(Object.entries(columns).map(([path, column]) => [path, idColumn(path, column)])),
    permissions: COMMANDS.flatMap((command) => {
      const permission = asked[command];
      return permission === undefined ? [] : [[command, permission] as const];
    }),
  };
}

/** A column as ids, which the functions of a type give. */
interface IdColumn {
  readonly type: "text" | "uuid" | "bigint";
  /** Whether it is an id, and whether it is one of those that a query gives. */
  is(id: string): string;
  isIn(ids: string): string;
  readonly has: string;
}

function idColumn(path: string, given: string | Column): IdColumn {
  const { sql: written, type = "text" } = optionsOf<Partial<Column>>(
    typeof given === "string" ? { sql: given } : given,
    COLUMN_OPTIONS,
  );
  const { sql } = textColumn(written) ?? refuse(`\`columns["${path}"]\` must be a column`);
  const make = Object.hasOwn(COLUMNS, type) ? COLUMNS[type] : undefined;
  if (make === undefined)
    throw new RolegateError(
      "cannot-express",
      `a column of type \`${type}\` (\`${path}\`) is no owner and no team of a row: use one of type ` +
        Object.keys(COLUMNS).join(", "),
    );
  return make(sql);
}

const COLUMNS: Readonly<Partial<Record<ColumnType, (sql: string) => IdColumn>>> = {
  text: (sql) => idsOf("text", POSTGRES.bytes(sql), isId(POSTGRES.bytes(sql))),
  uuid: (sql) => idsOf("uuid", sql, `${sql} IS NOT NULL`),
  int: (sql) => idsOf("bigint", sql, `${sql} IS NOT NULL`),
  bigint: (sql) => idsOf("bigint", sql, `${sql} IS NOT NULL`),
  array: (sql) => {
    const flat = `(CASE WHEN array_ndims(${sql}) = 1 THEN ${sql}::text[] END COLLATE "C")`;
    return {
      type: "text",
      is: (id) => `${id} = ANY (${flat})`,
      isIn: (ids) => `${flat} && ARRAY(${ids})`,
      has: `EXISTS (SELECT 1 FROM unnest(${flat}) rg(id) WHERE ${isId("rg.id")})`,
    };
  },
};

function idsOf(type: IdColumn["type"], sql: string, has: string): IdColumn {
  return { type, is: (id) => `${sql} = ${id}`, isIn: (ids) => `${sql} IN (${ids})`, has };
}

function isId(text: string): string {
  return POSTGRES.isId(text, (_, value) => literal(String(value)));
}

function statementsOf(table: Table, role: string): string[] {
  const { name, permissions } = table;
  const statements = [
    `ALTER TABLE ${name} ENABLE ROW LEVEL SECURITY;`,
    `ALTER TABLE ${name} FORCE ROW LEVEL SECURITY;`,
    ...COMMANDS.map((command) => `DROP POLICY IF EXISTS rolegate_${command} ON ${name};`),
  ];
  for (const [command, permission] of permissions) {
    const condition = conditionOf(table, permission);
    const using = command === "insert" ? "" : `\n  USING (${condition})`;
    // What a row becomes is asked like what it was.
    const check = command === "insert" || command === "update" ? `\n  WITH CHECK (${condition})` : "";
    statements.push(
      `CREATE POLICY rolegate_${command} ON ${name} FOR ${command.toUpperCase()} TO ${role}${using}${check};`,
    );
  }
  return statements;
}

/** Each sub-select in it is worked out once for a statement, whatever the number of rows. */
function conditionOf({ columns }: Table, permission: string): string {
  const asked = literal(permission);
  const once = (call: string): string => `(SELECT rolegate.${call})`;
  const some = (test: (column: IdColumn, path: string) => string): string =>
    `(${[...columns].map(([path, column]) => test(column, literal(path))).join(" OR ") || "FALSE"})`;
  const isOwner = (form: string, odd: boolean): string =>
    some((it, path) => it.is(once(`${it.type}_owner(${asked}, '${form}', ${path}, ${odd})`)));
  const isAmong = (form: string, odd: boolean): string =>
    some((it, path) => it.isIn(`SELECT rolegate.${it.type}_teams(${asked}, '${form}', ${path}, ${odd})`));
  const hasTeam = some((column, path) => `(${once(`is_team(${asked}, ${path})`)} AND ${column.has})`);
  const isApart = `(${hasTeam} AND ${isAmong("without", true)} IS NOT TRUE)`;
  const admitted = [
    once(`has(${asked}, 'all')`),
    isOwner("own", true),
    isAmong("teams", true),
    `(${isOwner("ownTeams", true)} AND ${isAmong("ownTeams", true)})`,
  ];
  const paths = `ARRAY[${[...columns.keys()].map(literal).join(", ")}]::text[]`;
  return [
    once(`is_all(${asked}, ${paths})`),
    isOwner("own", false),
    isAmong("teams", false),
    `(${once(`is_odd(${asked})`)}\n` +
      `      AND (${once(`has(${asked}, 'without')`)} IS NOT TRUE OR ${isApart})\n` +
      `      AND (${admitted.join(" OR ")}))`,
  ].join("\n    OR ");
}

function quoted(name: string): string {
  if (typeof name !== "string" || name === "" || name.includes("\0")) refuse("a name must not be empty");
  return `"${name.replaceAll('"', '""')}"`;
}

function literal(text: string): string {
  if (typeof text !== "string" || text.includes("\0")) refuse("a permission or a path must be text");
  const plain = `'${text.replaceAll("'", "''")}'`;
  return text.includes("\\") ? ` E${plain.replaceAll("\\", "\\\\")}` : plain;
}

/** One row for each that passes around the policies. */
const CHECK = `
WITH RECURSIVE given AS (SELECT unnest(ARRAY[$TABLES]::regclass[]) AS id),
tables AS (
  SELECT id, id AS root FROM given
  UNION SELECT inhrelid::regclass, root FROM tables JOIN pg_inherits ON inhparent = id
),
passing AS (SELECT oid, rolname FROM pg_roles WHERE rolsuper OR rolbypassrls),
-- A view reads as its owner whatever it reads, other views included.
reads AS (
  SELECT DISTINCT ev_class AS reader, refobjid AS id
  FROM pg_rewrite JOIN pg_depend ON classid = 'pg_rewrite'::regclass AND objid = pg_rewrite.oid
  WHERE refclassid = 'pg_class'::regclass AND refobjid <> ev_class
),
reading AS (
  SELECT reader FROM reads JOIN tables USING (id)
  UNION SELECT reads.reader FROM reads JOIN reading ON reads.id = reading.reader
),
readers AS (
  SELECT oid, relowner, relkind, reloptions FROM pg_class JOIN reading ON reader = oid
  WHERE oid NOT IN (SELECT id FROM tables)
)
SELECT 'role that passes all policies' AS what, rolname::text AS name FROM passing
UNION ALL
SELECT 'table without row level security', id::text FROM given JOIN pg_class ON oid = id
WHERE NOT relrowsecurity
UNION ALL
SELECT 'table whose owner passes its policies', id::text FROM tables JOIN pg_class ON oid = id
WHERE relrowsecurity AND NOT relforcerowsecurity
UNION ALL
SELECT 'table that the role of its policies owns', id::text FROM tables JOIN pg_class ON oid = id
WHERE pg_has_role((SELECT oid FROM pg_roles WHERE rolname = $ROLE AND NOT rolsuper), relowner, 'MEMBER')
UNION ALL
SELECT 'grant that no policy is asked about', format('%s on %s to %s', privilege_type, id,
  CASE WHEN grantee = 0 THEN 'PUBLIC' ELSE grantee::regrole::text END)
FROM tables JOIN pg_class ON oid = id, aclexplode(relacl)
WHERE privilege_type IN ('TRUNCATE', 'REFERENCES', 'TRIGGER') AND grantee <> relowner
  AND grantee NOT IN (SELECT oid FROM passing)
UNION ALL
SELECT 'policy that admits more', format('%I on %s', polname, id) FROM tables JOIN pg_policy ON polrelid = id
WHERE polpermissive AND polname NOT LIKE 'rolegate!_%' ESCAPE '!'
UNION ALL
SELECT 'part of a table that has no policies', id::text FROM tables JOIN pg_class ON oid = id
WHERE id <> root AND NOT relrowsecurity
UNION ALL
SELECT 'materialized view', oid::regclass::text FROM readers WHERE relkind = 'm'
UNION ALL
SELECT 'view that reads as a role that passes all policies', readers.oid::regclass::text FROM readers
JOIN passing ON relowner = passing.oid
WHERE relkind = 'v' AND array_to_string(reloptions, ' ') ~ 'security_invoker=(true|on|yes|1)' IS NOT TRUE
UNION ALL
SELECT 'function that runs as a role that passes all policies', pg_proc.oid::regprocedure::text
FROM pg_proc JOIN passing ON proowner = passing.oid
WHERE prosecdef AND pronamespace <> 'pg_catalog'::regnamespace
ORDER BY 1, 2`;

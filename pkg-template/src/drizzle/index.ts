// rolegate/drizzle: a scope as SQL of Drizzle.

import { Column as DrizzleColumn, is, SQL, sql } from "drizzle-orm";
import { optionsOf } from "../core/options.js";
import { refuse } from "../filters/refusals.js";
import type { ColumnType } from "../sql/columns.js";
import { FILTER_OPTIONS, type FilterOptions, printed, type ReadColumn } from "../sql/settings.js";
import type { Scope } from "../types/types.js";

export type { Column, ColumnType } from "../sql/columns.js";
export type { DialectName } from "../sql/dialect.js";

/** Where the attributes of a record sit: columns of a table, or any SQL of a row. */
export type DrizzleOptions = FilterOptions<DrizzleColumn | SQL>;

/**
 * A scope as SQL for `.where(…)`: true of exactly the rows that the scope matches. What a column holds is told
 * by the table. Make it anew for each query. Takes time in proportion to the scope.
 * @throws {RolegateError} `cannot-express` where the database cannot say it exactly; `bad-options`
 */
export function toDrizzle(scope: Scope, options: DrizzleOptions): SQL<boolean> {
  const checked = optionsOf<Partial<DrizzleOptions>>(options, FILTER_OPTIONS) as DrizzleOptions;
  const { pieces } = printed(scope, checked, columnOf);
  return sql.join(
    pieces.map((piece) =>
      typeof piece === "string"
        ? sql.raw(piece)
        : "value" in piece
          ? sql`${sql.param(piece.value)}`
          : sql`${piece.column as DrizzleColumn}`,
    ),
  ) as SQL<boolean>;
}

const columnOf: ReadColumn = (given, isTold) => {
  if (is(given, SQL)) return { sql: sql`(${given})` };
  if (!is(given, DrizzleColumn)) return undefined;
  const column = { sql: given, nullable: !given.notNull };
  return isTold ? column : { ...column, ...readingOf(given, given.getSQLType().toLowerCase()) };
};

/** What the library makes of a column, and how the database comes to the same. */
interface Reading {
  readonly type: ColumnType;
  readonly sql?: SQL;
}

function readingOf(column: DrizzleColumn, type: string): Reading {
  // Bytes, of which the library makes what it wants.
  if (type === "blob") return unknown(column, type);
  switch (column.dataType) {
    case "boolean":
      return { type: "bool" };
    case "json":
      return { type: "json" };
    case "bigint":
      return { type: "bigint" };
    case "number":
      return numberOf(column, type);
    case "date":
      return timeOf(column, type);
    case "array":
      return /^(?:text|varchar(?:\(\d+\))?)\[\d*\]$/.test(type) ? { type: "array" } : unknown(column, type);
    case "string":
      return textOf(column, type);
    default:
      return unknown(column, type);
  }
}

function numberOf(column: DrizzleColumn, type: string): Reading {
  // Drivers do not agree how many digits such a number has; what PostgreSQL writes of one, is read again.
  if (column.columnType === "PgReal") return { type: "number", sql: sql`(${column}::text::float8)` };
  if (type.startsWith("float")) return unknown(column, type);
  return { type: /int|serial/.test(type) ? "int" : "number" };
}

function textOf(column: DrizzleColumn, type: string): Reading {
  switch (column.columnType) {
    case "PgUUID":
      return { type: "uuid" };
    case "PgEnumColumn":
    case "PgEnumObjectColumn":
      return { type: "text", sql: sql`(${column}::text)` };
    case "PgChar":
      // The database fills it with spaces, and compares as if they were not there.
      return unknown(column, type);
    default:
      return /char|text|enum/.test(type) ? { type: "text" } : unknown(column, type);
  }
}

/** The library takes a time without a zone for one of UTC, whatever the session does. */
function timeOf(column: DrizzleColumn, type: string): Reading {
  switch (column.columnType) {
    case "SQLiteTimestamp":
      return { type: (column as { mode?: string }).mode === "timestamp_ms" ? "epoch-ms" : "epoch-s" };
    case "PgTimestamp":
      return type.includes("with time zone")
        ? { type: "timestamp" }
        : { type: "timestamp", sql: sql`(${column} AT TIME ZONE 'UTC')` };
    case "MySqlTimestamp":
    case "MySqlDateTime":
      return {
        type: "epoch-ms",
        sql: sql`(TIMESTAMPDIFF(MICROSECOND, '1970-01-01', ${column}) DIV 1000)`,
      };
    default:
      return unknown(column, type);
  }
}

function unknown({ name }: DrizzleColumn, type: string): never {
  return refuse(
    `what \`${name}\` (${type}) holds must be said: give \`{ sql: column, type: … }\`, ` +
      "or a column of another type",
  );
}

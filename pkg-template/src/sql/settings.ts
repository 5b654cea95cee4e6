// The options of the printers.

import { optionsOf } from "../core/options.js";
import { bare } from "../filters/bare.js";
import { checkFlag, mappingOf } from "../filters/mapping.js";
import { refuse } from "../filters/refusals.js";
import { filterOf } from "../filters/tree.js";
import type { Scope } from "../types/types.js";
import type { Column, ColumnType } from "./columns.js";
import type { Dialect, DialectName } from "./dialect.js";
import { MYSQL } from "./mysql.js";
import { POSTGRES } from "./postgres.js";
import { alone, MARK, type Piece, print, type TeamsHook } from "./print.js";
import { SQLITE } from "./sqlite.js";

const DIALECTS: Readonly<Record<DialectName, Dialect>> = { postgres: POSTGRES, mysql: MYSQL, sqlite: SQLITE };

const TYPES: Readonly<Record<ColumnType, true>> = {
  text: true,
  int: true,
  bigint: true,
  number: true,
  uuid: true,
  bool: true,
  timestamp: true,
  "epoch-s": true,
  "epoch-ms": true,
  json: true,
  array: true,
};

/** What all printers of SQL are told. */
export interface FilterOptions<Given> {
  readonly dialect: DialectName;
  /** Attribute path, without `resource.`, → column. */
  readonly columns: Readonly<Record<string, Given | Column<Given>>>;
  /** How the teams of a record are compared with those of the scope, instead of by a list of all of them. */
  readonly teams?: TeamsHook;
  /** The clock, in milliseconds; that of the host if it is not given. */
  readonly now?: number | (() => number);
}

/** A scope in pieces of SQL. */
interface Printed {
  readonly pieces: readonly Piece[];
  readonly dialect: Dialect;
  readonly validUntil: number;
}

/**
 * What a column that is given as it is comes to; `undefined` if it is none.
 * @param isTold whether it is said what it holds, so that nobody need find out
 */
export type ReadColumn = (given: unknown, isTold: boolean) => Column<unknown> | undefined;

/** @throws {RolegateError} `bad-options`, `cannot-express` */
export function printed<T>(
  scope: Scope,
  { dialect, columns, teams, now }: FilterOptions<T>,
  read: ReadColumn,
): Printed {
  if (!isNameIn(DIALECTS, dialect))
    refuse(`\`dialect\` must be one of ${Object.keys(DIALECTS).join(", ")}, not ${String(dialect)}`);
  if (teams !== undefined && typeof teams !== "function") refuse("`teams` must be a function of ids");
  const known = mappingOf("columns", columns, (column, place) => columnOf(place, column, read));
  const { tree, validUntil } = filterOf(scope, now);
  const of = DIALECTS[dialect];
  return {
    pieces: print(tree, { dialect: of, column: (path) => known.get(path), teams }),
    dialect: of,
    validUntil,
  };
}

/** The options that all printers of SQL have, and those of a column. */
export const FILTER_OPTIONS = () => ({
  dialect: undefined,
  columns: undefined,
  teams: undefined,
  now: undefined,
});
export const COLUMN_OPTIONS = () => ({
  sql: undefined,
  type: undefined,
  nullable: undefined,
  collation: undefined,
});

function columnOf(place: string, given: unknown, read: ReadColumn): Column<unknown> {
  const known = read(given, false);
  if (known !== undefined) return bare(known);
  const { sql, collation, ...told } = optionsOf(given as Partial<Column>, COLUMN_OPTIONS);
  const column = bare(read(sql, told.type !== undefined) ?? refuse(`${place}: \`sql\` must be a column`));
  const { type = column.type ?? "text", nullable = column.nullable } = told;
  if (!isNameIn(TYPES, type))
    refuse(`${place}: \`type\` must be one of ${Object.keys(TYPES).join(", ")}, not ${String(type)}`);
  checkFlag(place, "nullable", nullable);
  return bare({
    sql: column.sql,
    type,
    ...(nullable !== undefined && { nullable }),
    ...(collation !== undefined && { collation }),
  });
}

/** A list of one name would be taken for it. */
function isNameIn(names: object, given: unknown): boolean {
  return typeof given === "string" && Object.hasOwn(names, given);
}

/** What is more than a name stands on its own. */
const NAME = /^[\w.$"`[\]]+$/;

/** A column as text. */
export function textColumn(given: unknown): Column | undefined {
  if (typeof given !== "string") return undefined;
  if (given.trim() === "" || given.includes(MARK)) refuse("a column must not be empty");
  return { sql: NAME.test(given) ? given : alone(given) };
}

// rolegate/sql: a scope as the text of a `WHERE`, with its parameters.

import { optionsOf } from "../core/options.js";
import { refuse } from "../filters/refusals.js";
import type { Scope } from "../types/types.js";
import { FILTER_OPTIONS, type FilterOptions, printed, textColumn } from "./settings.js";
import { FALSE, TRUE } from "./values.js";

export type { Column, ColumnType } from "./columns.js";
export type { DialectName } from "./dialect.js";
export type { TeamsHook } from "./print.js";

/** Where the attributes of a record sit in a query, and how the query is written. */
export interface SqlOptions extends FilterOptions<string> {
  /** The number of the first placeholder, on PostgreSQL; 1 if it is not given. */
  readonly startAt?: number;
}

/** The records of a scope, for a query. */
export interface SqlFilter {
  /** Whether it is every row, none, or those that `text` tells. */
  readonly kind: "all" | "none" | "where";
  /** What stands in `WHERE`, on its own where that matters; valid SQL whatever the kind is. */
  readonly text: string;
  /** What its placeholders stand for, in their order. */
  readonly values: readonly unknown[];
  /** Milliseconds since the epoch from which on it is wrong; `Infinity` if never. */
  readonly validUntil: number;
}

const OPTIONS = () => ({ ...FILTER_OPTIONS(), startAt: undefined });

/**
 * A scope as SQL: the rows for which `text` is true are exactly the records that the scope matches. No value
 * stands in the text. Takes time in proportion to the scope; each of its lists is one parameter.
 * @throws {RolegateError} `cannot-express` where the database cannot say it exactly; `bad-options`
 */
export function toSql(scope: Scope, options: SqlOptions): SqlFilter {
  const checked = optionsOf<Partial<SqlOptions>>(options, OPTIONS) as SqlOptions;
  const { startAt = 1 } = checked;
  if (!Number.isSafeInteger(startAt) || startAt < 1) refuse("`startAt` must be a number from 1");
  const { pieces, dialect, validUntil } = printed(scope, checked, textColumn);
  const isNumbered = dialect.placeholder(1) !== dialect.placeholder(2);
  const values: unknown[] = [];
  const known = new Map<object, string>();
  const text = pieces
    .map((piece) => {
      if (typeof piece === "string") return piece;
      const again = isNumbered ? known.get(piece) : undefined;
      if (again !== undefined) return again;
      values.push("value" in piece ? piece.value : undefined);
      const placeholder = dialect.placeholder(startAt + values.length - 1);
      known.set(piece, placeholder);
      return placeholder;
    })
    .join("");
  const kind = text === TRUE ? "all" : text === FALSE ? "none" : "where";
  return { kind, text, values, validUntil };
}

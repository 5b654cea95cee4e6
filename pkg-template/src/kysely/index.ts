// rolegate/kysely: a scope as an expression of Kysely.

import { type Expression, type RawBuilder, type SqlBool, sql } from "kysely";
import { optionsOf } from "../core/options.js";
import type { Column } from "../sql/columns.js";
import type { DialectName } from "../sql/dialect.js";
import { FILTER_OPTIONS, type FilterOptions, printed, type ReadColumn } from "../sql/settings.js";
import type { Scope } from "../types/types.js";

export type { Column, ColumnType } from "../sql/columns.js";
export type { DialectName } from "../sql/dialect.js";

/** A column by its name in the query, such as `"t.assignee_id"`, or any expression of a row. */
export type KyselyColumn = string | Expression<unknown>;

/** Where the attributes of a record sit in a query. */
export interface KyselyOptions extends Omit<FilterOptions<KyselyColumn>, "dialect"> {
  /** That of the database; `"postgres"` if it is not given. */
  readonly dialect?: DialectName;
}

/**
 * A scope as an expression for `.where(…)`: true of exactly the rows that the scope matches. Make it anew for
 * each query. Takes time in proportion to the scope.
 * @throws {RolegateError} `cannot-express` where the database cannot say it exactly; `bad-options`
 */
export function toKysely(scope: Scope, options: KyselyOptions): RawBuilder<SqlBool> {
  const checked = optionsOf<Partial<KyselyOptions>>(options, FILTER_OPTIONS) as KyselyOptions;
  const { pieces } = printed(scope, { ...checked, dialect: checked.dialect ?? "postgres" }, columnOf);
  return sql.join<SqlBool>(
    pieces.map((piece) =>
      typeof piece === "string"
        ? sql.raw(piece)
        : "value" in piece
          ? sql.val(piece.value)
          : (piece.column as Expression<unknown>),
    ),
    sql.raw(""),
  );
}

const columnOf: ReadColumn = (given) => {
  if (typeof given === "string") return { sql: sql.ref(given) } satisfies Column<unknown>;
  // On its own, whatever operators it has.
  return isExpression(given) ? { sql: sql`(${given})` } : undefined;
};

function isExpression(given: unknown): boolean {
  return typeof (given as Partial<Expression<unknown>> | undefined)?.toOperationNode === "function";
}

// rolegate/prisma: a scope as a `where` of Prisma.

import { optionsOf } from "../core/options.js";
import { checkFlag, mappingOf } from "../filters/mapping.js";
import { refuse } from "../filters/refusals.js";
import { filterOf } from "../filters/tree.js";
import type { Scope } from "../types/types.js";
import {
  type Column,
  EVERYTHING,
  KINDS,
  type PrismaCollation,
  type PrismaType,
  type Where,
} from "./columns.js";
import { print } from "./print.js";

export type { PrismaCollation, PrismaType } from "./columns.js";

/** A `where` for a model. */
export type PrismaWhere = { [key: string]: unknown };

/** A field of a model. */
export interface PrismaField {
  /** As the schema calls it; one of the model itself. */
  readonly field: string;
  /** `"text"` if it is not given. `"id"` is text that is always an id: 1 to 256 bytes without control characters. */
  readonly type?: PrismaType;
  /** `false`: it is never absent. */
  readonly nullable?: boolean;
  /** Of this field alone. */
  readonly collation?: PrismaCollation;
}

/** Where the attributes of a record sit in a row, and what is known of its text. */
export interface PrismaOptions {
  /** Attribute path, without `resource.`, → field. */
  readonly fields: Readonly<Record<string, string | PrismaField>>;
  /**
   * What is known of the text of all fields. `"deterministic"`: equal texts are the same, letter for letter; in
   * PostgreSQL all are, unless a collation was made with `deterministic = false`, or the type is `citext`.
   * `"binary"`: they are ordered by code points besides, as by `"C"`, SQLite's `BINARY` and `utf8mb4_0900_bin`.
   */
  readonly collation?: PrismaCollation;
  /** The clock, in milliseconds; that of the host if it is not given. */
  readonly now?: number | (() => number);
}

const OPTIONS = () => ({ fields: undefined, collation: undefined, now: undefined });
const FIELD = () => ({ field: undefined, type: undefined, nullable: undefined, collation: undefined });

/**
 * A scope as a `where`: the rows that Prisma finds by it are exactly those that the scope matches, as Prisma gives
 * them. Make it anew for each query. Takes time in proportion to the scope.
 * @throws {RolegateError} `cannot-express` where Prisma cannot say it exactly; `bad-options`
 */
export function toPrisma(scope: Scope, options: PrismaOptions): PrismaWhere {
  const { fields, collation, now } = optionsOf<Partial<PrismaOptions>>(options, OPTIONS);
  checkCollation("`collation`", collation);
  const known = mappingOf("fields", fields, (given, place, path) => columnOf(given, place, path, collation));
  const where: Where = print(filterOf(scope, now).tree, (path) => known.get(path));
  return where === EVERYTHING ? {} : where;
}

function columnOf(
  given: string | PrismaField,
  place: string,
  path: string,
  known: PrismaCollation | undefined,
): Column {
  const {
    field,
    type = "text",
    nullable,
    collation = known,
  } = optionsOf<Partial<PrismaField>>(typeof given === "string" ? { field: given } : given, FIELD);
  if (typeof field !== "string" || !/^(?!(?:AND|OR|NOT)$)[A-Za-z]\w*$/.test(field))
    return refuse(`${place}: \`field\` must be the name of a field`);
  if (typeof type !== "string" || !Object.hasOwn(KINDS, type))
    refuse(`${place}: \`type\` must be one of ${Object.keys(KINDS).join(", ")}, not ${String(type)}`);
  checkFlag(place, "nullable", nullable);
  checkCollation(`${place}: \`collation\``, collation);
  return { path, field, type, nullable: nullable ?? true, collation };
}

function checkCollation(place: string, given: unknown): void {
  if (given !== undefined && given !== "deterministic" && given !== "binary")
    refuse(`${place} must be "deterministic" or "binary", not ${String(given)}`);
}

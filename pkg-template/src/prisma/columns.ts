// Fields of Prisma as what the engine reads of a row that Prisma gives, and what `where` can say of each exactly.

import { bare } from "../filters/bare.js";
import { isInt64, isUuid, numbersOf, wholeOf } from "../filters/ids.js";

/** What a field holds, as the schema says it. */
export type PrismaType = "text" | "id" | "uuid" | "int" | "bigint" | "float" | "boolean" | "date" | "list";

/** Which texts of a field are equal: the same alone; and whether their order is that of code points. */
export type PrismaCollation = "deterministic" | "binary";

/** A field of a model. */
export interface Column {
  readonly path: string;
  /** As the schema calls it. */
  readonly field: string;
  readonly type: PrismaType;
  readonly nullable: boolean;
  readonly collation: PrismaCollation | undefined;
}

export type Where = { [key: string]: unknown };

/** What every row meets. */
export const EVERYTHING: Where = {};
type Kind = "string" | "number" | "boolean";

/** What scalars of a type are to a comparison; of others, it never holds. */
export const KINDS: Readonly<Record<PrismaType, Kind | undefined>> = {
  text: "string",
  id: "string",
  uuid: "string",
  int: "number",
  bigint: "number",
  float: "number",
  boolean: "boolean",
  date: undefined,
  list: undefined,
};

const SAFE = Number.MAX_SAFE_INTEGER;

/** The numbers that a field of whole ones can hold, and that are numbers to JavaScript. */
const RANGES: Readonly<Partial<Record<PrismaType, readonly [number, number]>>> = /* @__PURE__ */ bare<
  Partial<Record<PrismaType, readonly [number, number]>>
>({
  int: [-(2 ** 31), 2 ** 31 - 1],
  bigint: [-SAFE, SAFE],
});

/** A literal as the client takes it; `undefined` if the field can hold no such value. */
function given(type: PrismaType, value: unknown): unknown {
  if (typeof value !== KINDS[type]) return undefined;
  if (type === "uuid") return isUuid(value as string) ? value : undefined;
  const [least, most] = RANGES[type] ?? [];
  if (least === undefined || most === undefined) return value;
  const isHeld = Number.isInteger(value) && (value as number) >= least && (value as number) <= most;
  return isHeld ? whole(type, value as number) : undefined;
}

function whole(type: PrismaType, value: number): unknown {
  return type === "bigint" ? BigInt(value) : value;
}

/** The literals among these that a field can hold. */
export function allGiven(type: PrismaType, values: readonly unknown[]): unknown[] {
  return values.map((value) => given(type, value)).filter((value) => value !== undefined);
}

/** Ids as the client takes them: a `bigint` that is no number to comparisons is an id all the same. */
export function idsGiven(type: PrismaType, ids: readonly string[]): unknown[] {
  if (type === "bigint") return wholeOf(ids).map(BigInt).filter(isInt64);
  return allGiven(type === "list" ? "text" : type, KINDS[type] === "number" ? numbersOf(ids) : ids);
}

/** The greatest number but a few that the client gives as it is: it rounds others to 16 digits. */
const GREAT = 1.79769313486231e308;

/** Whether the client gives a number to the database as it is. */
export function isGivenExactly(value: unknown): boolean {
  return typeof value !== "number" || Number(value.toPrecision(15)) === value;
}

/** What must hold of a number that a comparison is to use, besides; none of other types. */
export function bounds(type: PrismaType): Where {
  if (type === "bigint") return { gte: BigInt(-SAFE), lte: BigInt(SAFE) };
  return type === "float" ? { gte: -GREAT, lte: GREAT } : {};
}

/** What any value meets that a comparison can use. */
export function anyValue({ type, nullable }: Column): Where {
  if (nullable) return { not: null, ...bounds(type) };
  return type === "bigint" || type === "float" ? bounds(type) : EVERYTHING;
}

/**
 * What a number that is before, or after, a literal must meet; `undefined` if none is.
 * @param operator `lt`, `lte`, `gt` or `gte`
 */
export function orderedNumber(column: Column, operator: string, value: number): Where | undefined {
  const { type } = column;
  const [least, most] = RANGES[type] ?? [];
  if (least === undefined || most === undefined) return { ...bounds(type), [operator]: value };
  const isBelow = operator.startsWith("l");
  // Before 2.5 is up to 2.
  const [at, is] = Number.isInteger(value)
    ? [value, operator]
    : isBelow
      ? [Math.floor(value), "lte"]
      : [Math.ceil(value), "gte"];
  if (isBelow ? at > most : at < least) return anyValue(column);
  return at < least || at > most ? undefined : { ...bounds(type), [is]: whole(type, at) };
}

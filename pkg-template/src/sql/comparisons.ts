// The operators, as expressions over values: true exactly where a comparison is certainly what is wanted.
//
// Each says what condition/operators.ts says of three values; tests/databases holds them equal.

import { bare } from "../filters/bare.js";
import type { Operator } from "../filters/tree.js";
import {
  and,
  FALSE,
  KINDS,
  type KindName,
  type List,
  notTrue,
  or,
  type Scalar,
  TRUE,
  type Value,
} from "./values.js";

type Comparison = (left: Value, right: Value, wanted: boolean) => string;

/** By name. `$exists`, `$cidr`, and times, have literals on the right: print.ts. */
export const COMPARISONS: Readonly<
  Record<Exclude<Operator, "$cidr" | "$exists" | "$before" | "$startsWith" | "$endsWith">, Comparison>
> = {
  $eq: (a, b, wanted) => either((kind) => compare(a[kind], wanted ? "=" : "<>", b[kind])),
  $lt: (a, b, wanted) => ordered(a, wanted ? "<" : ">=", b),
  $gt: (a, b, wanted) => ordered(a, wanted ? ">" : "<=", b),
  $in: isAmong,
  $has: contains,
  $hasAny: sharesAny,
  $subset: isSubset,
};

function either(test: (kind: KindName) => string): string {
  return or(KINDS.map(test));
}

/** Two scalars of one kind. */
export function compare(left: Scalar | undefined, operator: string, right: Scalar | undefined): string {
  if (left === undefined || right === undefined) return FALSE;
  const [a, b] = [bare(left), bare(right)];
  const guards = and(guardOf(a), guardOf(b));
  const typed = typedOf(a, b) ?? typedOf(b, a);
  // What is of another type, or too large for it, is equal to nothing.
  if (typed === null && operator === "=") return FALSE;
  if (typed) return and(`${typed.get(a)} ${operator} ${typed.get(b)}`, operator === "=" ? TRUE : guards);
  // Two columns may have collations that do not go together.
  const isQuick = (a.literal ?? b.literal) !== undefined && (operator === "=" || operator === "<>");
  const quick =
    isQuick && a.quick !== undefined && b.quick !== undefined
      ? `${a.quick} ${operator} ${b.quick}`
      : undefined;
  if (quick !== undefined && (a.isExact || b.isExact)) return and(quick, guards);
  return and(operator === "=" ? (quick ?? TRUE) : TRUE, `${a.sql} ${operator} ${b.sql}`, guards);
}

/** A column and a literal as a type of the database; `null` if the literal cannot be of it. */
function typedOf(column: Scalar, other: Scalar): ReadonlyMap<Scalar, string> | null | undefined {
  const [{ native }, { literal }] = [column, other];
  if (native === undefined || literal === undefined) return undefined;
  if (!native.fits(literal.value)) return null;
  return new Map([
    [column, native.sql],
    [other, literal.as(native.type)],
  ]);
}

/** What must be true besides, where the expression alone does not tell that the value is of its kind. */
export function guardOf({ sql, is }: Scalar): string {
  return sql.startsWith(is.replace(/ IS NOT NULL$/, "")) && is.endsWith(" IS NOT NULL") ? TRUE : is;
}

function ordered(a: Value, operator: string, b: Value): string {
  return or(compare(a.text, operator, b.text), compare(a.number, operator, b.number));
}

/** Whether a scalar is there. */
export function isScalar(value: Value): string {
  return either((kind) => value[kind]?.is ?? FALSE);
}

/** Elements of another type are skipped; if none is left of some, nothing is known. */
function isAmong(a: Value, { list }: Value, wanted: boolean): string {
  if (list === undefined) return FALSE;
  const isIn = (kind: KindName): string => {
    const scalar = a[kind];
    return scalar === undefined ? FALSE : list.has(kind, scalar);
  };
  if (wanted) return and(list.isList, either(isIn));
  return and(
    list.isList,
    list.isKnown,
    either((kind) => and(a[kind]?.is ?? FALSE, or(list.isEmpty, list.has(kind)), notTrue(isIn(kind)))),
  );
}

/** A scalar of another type is simply not equal. */
function contains(a: Value, b: Value, wanted: boolean): string {
  const { list } = a;
  const equal = COMPARISONS.$eq(a, b, true);
  const found = list === undefined ? FALSE : hasEqual(list, b);
  if (wanted) return or(equal, list === undefined ? FALSE : and(list.isList, found));
  return and(
    isScalar(b),
    or(
      and(isScalar(a), notTrue(equal)),
      list === undefined ? FALSE : and(list.isList, list.isKnown, notTrue(found)),
    ),
  );
}

/** Whether an element of a list is equal to a scalar. */
function hasEqual(list: List, item: Value): string {
  return either((kind) => {
    const scalar = item[kind];
    return scalar === undefined ? FALSE : list.has(kind, scalar);
  });
}

function sharesAny(a: Value, b: Value, wanted: boolean): string {
  if (a.list === undefined || b.list === undefined) return FALSE;
  const lists = and(a.list.isList, b.list.isList);
  // A literal is asked, rather than gone through.
  const [x, y] = bare(a.list).literal ? [b.list, a.list] : [a.list, b.list];
  const isShared = x.some((element) => hasEqual(y, element));
  if (wanted) return and(lists, isShared);
  return and(lists, or(x.isEmpty, y.isEmpty, and(x.isKnown, y.isKnown, notTrue(isShared))));
}

function isSubset(a: Value, b: Value, wanted: boolean): string {
  if (a.list === undefined || b.list === undefined) return FALSE;
  const [x, y] = [a.list, b.list];
  const lists = and(x.isList, y.isList);
  // Nothing is in an empty list, whatever it is.
  const isOutside = x.some((element) => or(y.isEmpty, and(isScalar(element), notTrue(hasEqual(y, element)))));
  if (wanted) return and(lists, x.isKnown, notTrue(isOutside));
  return and(lists, y.isKnown, isOutside);
}

// The operators of conditions: what each side must be, and what is then tested. With a side that is something else the
// comparison is unknown.

import { isInsideAny } from "./cidr.js";

// What a value that was read is, as bits. Nothing of it: an attribute of a record of which nothing is known.
const TEXT = 1;
const NUMBER = 2;
const FLAG = 4;
const LIST = 8;
const OTHER = 16;
const ORDERED = 3;
const ANYTHING = 31;
export const SCALAR = 7;

type List = readonly unknown[];

/** What the left and the right side may be, and the test; `undefined`: unknown. */
export type Operator = readonly [left: number, right: number, test: (left: unknown, right: unknown) => boolean | undefined];

/** By name. */
export const operators: Readonly<Record<string, Operator>> = {
  $eq: [SCALAR, SCALAR, equal],
  $ne: [SCALAR, SCALAR, not(equal)],
  $lt: [ORDERED, ORDERED, isBelow],
  $gte: [ORDERED, ORDERED, not(isBelow)],
  $gt: [ORDERED, ORDERED, (a, b) => isBelow(b, a)],
  $lte: [ORDERED, ORDERED, not((a, b) => isBelow(b, a))],
  $in: [SCALAR, LIST, isAmong],
  $nin: [SCALAR, LIST, not(isAmong)],
  $has: [SCALAR | LIST, SCALAR, (a, b) => [a].flat().includes(b)],
  $hasAny: [LIST, LIST, (a, b) => (saysNothing(b) ? undefined : (a as List).some(isIn(b)))],
  $subset: [LIST, LIST, (a, b) => (saysNothing(b) ? undefined : (a as List).every(isIn(b)))],
  $startsWith: [TEXT, TEXT, (a, b) => (a as string).startsWith(b as string)],
  $cidr: [TEXT, LIST, isInsideAny],
  $exists: [ANYTHING, FLAG, (a, b) => (a !== undefined) === b],
};

/** Whether a value that was read is one of `kinds`. */
export function isA(kinds: number, value: unknown): boolean {
  return (kinds & kindOf(value)) > 0;
}

function kindOf(value: unknown): number {
  switch (typeof value) {
    case "string":
      return TEXT;
    case "number":
      return NUMBER;
    case "boolean":
      return FLAG;
    default:
      return Array.isArray(value) ? LIST : value === null ? 0 : OTHER;
  }
}

function not(test: Operator[2]): Operator[2] {
  return (a, b) => {
    const result = test(a, b);
    return result === undefined ? result : !result;
  };
}

function equal(a: unknown, b: unknown): boolean | undefined {
  return typeof a === typeof b ? a === b : undefined;
}

/** Numbers by value, strings by code point. */
function isBelow(a: unknown, b: unknown): boolean | undefined {
  if (typeof a === "number" && typeof b === "number") return a < b;
  if (typeof a !== "string" || typeof b !== "string") return undefined;
  let i = 0;
  while (i < a.length && a[i] === b[i]) i++;
  return (a.codePointAt(i) ?? -1) < (b.codePointAt(i) ?? -1);
}

/** Elements of another type are skipped; if none is left of some, nothing is known. */
function isAmong(item: unknown, list: unknown): boolean | undefined {
  const comparable = (list as List).filter((other) => typeof other === typeof item);
  return comparable.length > 0 || (list as List).length === 0 ? comparable.includes(item) : undefined;
}

/** Whether a list has elements, but none that is a scalar. */
function saysNothing(list: unknown): boolean {
  return (list as List).length > 0 && !(list as List).some((item) => isA(SCALAR, item));
}

function isIn(list: unknown): (item: unknown) => boolean {
  return (item) => isA(SCALAR, item) && (list as List).includes(item);
}

// The operators of conditions: what each side must be, and what is then tested. With a side that is something
// else the comparison is unknown. An element of a list that is not a scalar is unknown, too.
//
// Twin of src/condition/leaf.rs; tests/package/vectors.mjs and tests/vectors.rs hold them equal.

import type { Operators } from "../types/types.js";
import { isInsideAny } from "./cidr.js";

// What a value that was read is, as bits. Nothing of it: what is unknown.
export const TEXT = 1;
export const NUMBER = 2;
export const FLAG = 4;
const LIST = 8;
const OTHER = 16;
const ORDERED = 3;
export const ANYTHING = 31;
export const SCALAR = 7;

type List = readonly unknown[];

/** A comparison with some right side; `undefined`: unknown. */
export type Test = (left: unknown) => boolean | undefined;

/**
 * What the left and the right side may be, and the test that a right side makes: whatever can be worked out
 * of it, is.
 */
export type Operator = readonly [left: number, right: number, bind: (right: unknown) => Test];

/** By name. `$elem` is not among them: what it asks is a condition (condition.ts). */
export const operators: Readonly<Record<Exclude<keyof Operators, "$elem">, Operator>> = {
  $eq: [SCALAR, SCALAR, equal],
  $ne: [SCALAR, SCALAR, not(equal)],
  $lt: [ORDERED, ORDERED, isBelow],
  $gte: [ORDERED, ORDERED, not(isBelow)],
  $gt: [ORDERED, ORDERED, isAbove],
  $lte: [ORDERED, ORDERED, not(isAbove)],
  $in: [SCALAR, LIST, isAmong],
  $nin: [SCALAR, LIST, not(isAmong)],
  $has: [SCALAR | LIST, SCALAR, (b) => (a) => (Array.isArray(a) ? has(a, b) || unlessKnown(a) : a === b)],
  $hasAny: [LIST, LIST, sharesAny],
  $subset: [LIST, LIST, isSubset],
  $startsWith: [TEXT, TEXT, (b) => (a) => (a as string).startsWith(b as string)],
  $endsWith: [TEXT, TEXT, (b) => (a) => (a as string).endsWith(b as string)],
  // Their sides are read as milliseconds.
  $since: [NUMBER, NUMBER, not(isBelow)],
  $before: [NUMBER, NUMBER, isBelow],
  $cidr: [TEXT, LIST, (b) => (a) => isInsideAny(a, b)],
  $exists: [ANYTHING, FLAG, (b) => (a) => (a !== undefined) === b],
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

function not(bind: Operator[2]): Operator[2] {
  return (right) => {
    const test = bind(right);
    return (left) => {
      const result = test(left);
      return result === undefined ? result : !result;
    };
  };
}

function equal(b: unknown): Test {
  return (a) => (typeof a === typeof b ? a === b : undefined);
}

/** Numbers by value, strings by code point. */
function isBelow(b: unknown): Test {
  return (a) => below(a, b);
}

function isAbove(b: unknown): Test {
  return (a) => below(b, a);
}

function below(a: unknown, b: unknown): boolean | undefined {
  if (typeof a === "number" && typeof b === "number") return a < b;
  if (typeof a !== "string" || typeof b !== "string") return undefined;
  let i = 0;
  while (i < a.length && a[i] === b[i]) i++;
  return (a.codePointAt(i) ?? -1) < (b.codePointAt(i) ?? -1);
}

/** Elements of another type are skipped; if none is left of some, nothing is known. */
function isAmong(list: unknown): Test {
  const items = list as List;
  const otherwise = unlessKnown(items);
  return (a) =>
    has(items, a) ||
    (otherwise === false && (items.length === 0 || hasKind(items, kindOf(a))) ? false : undefined);
}

function sharesAny(right: unknown): Test {
  const b = right as List;
  const otherwise = unlessKnown(b);
  return (left) => {
    const a = left as List;
    // What is not a scalar is equal to nothing.
    const [few, many] = a.length < b.length ? [a, b] : [b, a];
    if (few.some((item) => isScalar(item) && has(many, item))) return true;
    if (few.length === 0) return false;
    return unlessKnown(a) === false ? otherwise : undefined;
  };
}

function isSubset(right: unknown): Test {
  const b = right as List;
  const otherwise = unlessKnown(b);
  return (left) => {
    let isAll = true;
    for (const item of left as List) {
      if (isScalar(item) && has(b, item)) continue;
      isAll = false;
      // Nothing is in an empty list, whatever it is.
      if (isScalar(item) || b.length === 0) return otherwise;
    }
    return isAll || undefined;
  };
}

function isScalar(value: unknown): boolean {
  return isA(SCALAR, value);
}

/** What is worked out of a long list: many conditions may ask for the same one. */
interface Known {
  readonly items: ReadonlySet<unknown>;
  readonly kinds: number;
  readonly isScalar: boolean;
}

const known = new WeakMap<List, Known>();
/** Elements that are looked through one by one. */
const FEW = 32;

function knownOf(list: List): Known | undefined {
  if (list.length <= FEW) return undefined;
  let found = known.get(list);
  if (found === undefined) {
    found = {
      items: new Set(list),
      kinds: list.reduce((kinds: number, item) => kinds | kindOf(item), 0),
      isScalar: list.every(isScalar),
    };
    known.set(list, found);
  }
  return found;
}

function has(list: List, item: unknown): boolean {
  return knownOf(list)?.items.has(item) ?? list.includes(item);
}

function hasKind(list: List, kind: number): boolean {
  const found = knownOf(list);
  return found === undefined ? list.some((item) => kindOf(item) === kind) : (found.kinds & kind) > 0;
}

/** What is `false` of a list whose elements are all known, and else unknown. */
function unlessKnown(list: List): false | undefined {
  return (knownOf(list)?.isScalar ?? list.every(isScalar)) ? false : undefined;
}

// The operators of conditions: what each side must be, and what is then tested. With a side that is something else the
// comparison is unknown.

import { type Block, isInside, parseAddress } from "./cidr.js";

/** What a side of a comparison must be. `null` is an attribute of a record of which nothing is known. */
type Kind = (value: unknown) => boolean;

/** What the left and the right side must be, and the test; `undefined`: unknown. */
export type Operator = readonly [left: Kind, right: Kind, test: (left: unknown, right: unknown) => boolean | undefined];

type Ordered = string | number;
type List = readonly unknown[];

const isText: Kind = (value) => typeof value === "string";
const isList: Kind = (value) => Array.isArray(value);
const isFlag: Kind = (value) => typeof value === "boolean";
const isOrdered: Kind = (value) => isText(value) || typeof value === "number";
const isEither: Kind = (value) => isScalar(value) || isList(value);

export const isScalar: Kind = (value) => isOrdered(value) || isFlag(value);

/** By name. */
export const operators: Readonly<Record<string, Operator>> = {
  $eq: [isScalar, isScalar, (a, b) => (typeof a === typeof b ? a === b : undefined)],
  $lt: [isOrdered, isOrdered, (a, b) => (typeof a === typeof b ? compare(a as Ordered, b as Ordered) < 0 : undefined)],
  $lte: [isOrdered, isOrdered, (a, b) => (typeof a === typeof b ? compare(a as Ordered, b as Ordered) <= 0 : undefined)],
  $in: [isScalar, isList, (a, b) => isAmong(a, b as List)],
  $has: [isEither, isScalar, (a, b) => (Array.isArray(a) ? a.includes(b) : a === b)],
  $hasAny: [isList, isList, (a, b) => (a as List).some(isIn(b as List))],
  $subset: [isList, isList, (a, b) => (a as List).every(isIn(b as List))],
  $startsWith: [isText, isText, (a, b) => (a as string).startsWith(b as string)],
  $cidr: [isText, isList, (a, b) => isInsideAny(a as string, b as readonly Block[])],
  $exists: [(value) => value !== null, isFlag, (a, b) => (a !== undefined) === b],
};

/** The operators that say the contrary of another one. */
export const contraries: Readonly<Record<string, string>> = { $eq: "$ne", $lt: "$gte", $lte: "$gt", $in: "$nin" };

/** Elements of another type are skipped; if none is left of some, nothing is known. */
function isAmong(item: unknown, list: List): boolean | undefined {
  if (list.includes(item)) return true;
  return list.length === 0 || list.some((other) => typeof other === typeof item) ? false : undefined;
}

function isIn(list: List): (item: unknown) => boolean {
  return (item) => isScalar(item) && list.includes(item);
}

/** Numbers by value, strings by code point. */
function compare(a: Ordered, b: Ordered): number {
  if (typeof a === "number" || typeof b === "number") return Number(a) - Number(b);
  let i = 0;
  while (i < a.length && a[i] === b[i]) i++;
  return (a.codePointAt(i) ?? -1) - (b.codePointAt(i) ?? -1);
}

function isInsideAny(text: string, blocks: readonly Block[]): boolean | undefined {
  const address = parseAddress(text);
  return address === undefined ? undefined : blocks.some((block) => isInside(address, block));
}

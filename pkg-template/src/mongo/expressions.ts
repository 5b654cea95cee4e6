// Expressions of MongoDB's aggregation that say whether something is true of a document, and the values that
// they compare. They hold for one type at a time, since the database would order any type before another.

import { isA, SCALAR } from "../condition/operators.js";

/** What an expression comes to is whatever a document holds. */
export type Expression = string | object | number | boolean | null;

/** Whether something is true: known already, or told by an expression that is `true` or `false`. */
export type Test = boolean | object;

/** A value of a document, or a literal. */
export interface Value {
  readonly is: Expression;
  /** What it is, where it is known. In a list, `null` is an unknown element. */
  readonly literal: unknown;
  /** Whether it is known to be absent, or `null`. */
  readonly isAbsent: Test;
}

export type Kind = "string" | "number" | "boolean";
const KINDS: readonly Kind[] = ["string", "number", "boolean"];

/** Types of numbers that are numbers to JavaScript; `decimal` is none. */
const NUMBERS = ["int", "long", "double"];
export const MAX: number = Number.MAX_VALUE;
/** Beyond it, a driver gives a `long` as something that is no number. */
export const SAFE: number = 2 ** 53;
/** Nothing is there. */
export const NOTHING: readonly string[] = ["missing", "null", "undefined"];

/** All of these. */
export function and(...tests: readonly (Test | readonly Test[])[]): Test {
  const left = tests.flat().filter((test) => test !== true);
  if (left.includes(false)) return false;
  if (left.length === 0) return true;
  return left.length === 1 ? (left[0] as Test) : { $and: left };
}

/** One of these. */
export function or(...tests: readonly (Test | readonly Test[])[]): Test {
  const left = tests.flat().filter((test) => test !== false);
  if (left.includes(true)) return true;
  if (left.length === 0) return false;
  return left.length === 1 ? (left[0] as Test) : { $or: left };
}

export function not(test: Test): Test {
  return typeof test === "boolean" ? !test : { $not: [test] };
}

/** A literal, which no text in it can turn into anything else. */
export function literal(value: unknown): Value {
  return { is: { $literal: value }, literal: value, isAbsent: false };
}

/** A value that is not known, and is there. */
export function unknown(is: Expression): Value {
  return { is, literal: undefined, isAbsent: false };
}

export function isType(value: Expression, types: readonly string[]): Test {
  const type = { $type: value };
  return types.length === 1 ? { $eq: [type, types[0]] } : { $in: [type, types] };
}

/** Whether a value is of a kind, and such that a comparison can use it. */
export function isKind({ is, literal: known }: Value, kind: Kind): Test {
  if (known !== undefined) return typeof known === kind;
  if (kind === "number")
    return and(isType(is, NUMBERS), within(is, MAX), or({ $ne: [{ $type: is }, "long"] }, within(is, SAFE)));
  return isType(is, [kind === "string" ? "string" : "bool"]);
}

function within(value: Expression, most: number): Test {
  return { $and: [{ $gte: [value, -most] }, { $lte: [value, most] }] };
}

export function isScalar(value: Value): Test {
  return either((kind) => isKind(value, kind));
}

/** Whether something is true of one of the kinds. */
export function either(test: (kind: Kind) => Test): Test {
  return or(KINDS.map(test));
}

export function isList({ is, literal: known }: Value): Test {
  return known === undefined ? { $isArray: [is] } : Array.isArray(known);
}

export function isEmpty(list: Value): Test {
  const { literal: known } = list;
  return Array.isArray(known) ? known.length === 0 : { $eq: [{ $size: elementsOf(list) }, 0] };
}

/** The elements of a list; of anything else, none. */
function elementsOf({ is, literal: known }: Value): Expression {
  return known === undefined ? { $cond: [{ $isArray: [is] }, is, []] } : is;
}

/** Names of variables. */
export type Names = () => string;

/** Whether something is true of an element of a list. */
export function some(list: Value, name: Names, test: (element: Value) => Test): Test {
  const as = name();
  const found = test(unknown(`$$${as}`));
  if (found === false) return false;
  return { $anyElementTrue: [{ $map: { input: elementsOf(list), as, in: found } }] };
}

/** Whether all elements of a list are scalars. */
export function isKnown(list: Value, name: Names): Test {
  const { literal: known } = list;
  return Array.isArray(known)
    ? known.every((item) => isA(SCALAR, item))
    : not(some(list, name, (element) => not(isScalar(element))));
}

/** A value that an expression makes, worked out once. */
export function given(made: Expression, name: Names, use: (variable: string) => Expression): Expression {
  if (typeof made === "string") return use(made);
  const as = name();
  return { $let: { vars: { [as]: made }, in: use(`$$${as}`) } };
}

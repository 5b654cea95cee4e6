// The operators, as expressions: true exactly where a comparison is certainly what is wanted.
//
// Each says what condition/operators.ts says of three values; tests/databases holds them equal.

import { isA, SCALAR } from "../condition/operators.js";
import type { Operator } from "../filters/tree.js";
import {
  and,
  either,
  isEmpty,
  isKind,
  isKnown,
  isList,
  isScalar,
  type Kind,
  type Names,
  not,
  or,
  some,
  type Test,
  type Value,
} from "./expressions.js";

type Comparison = (left: Value, right: Value, wanted: boolean, name: Names) => Test;

/** By name. `$exists`, and times, are asked of fields: print.ts. */
export const COMPARISONS: Readonly<Record<Exclude<Operator, "$cidr" | "$exists" | "$before">, Comparison>> = {
  $eq: (a, b, wanted) => either((kind) => compare(kind, a, wanted ? "$eq" : "$ne", b)),
  $lt: (a, b, wanted) => ordered(a, wanted ? "$lt" : "$gte", b),
  $gt: (a, b, wanted) => ordered(a, wanted ? "$gt" : "$lte", b),
  $in: isAmong,
  $has: contains,
  $hasAny: sharesAny,
  $subset: isSubset,
  $startsWith: (a, b, wanted) =>
    texts(a, b, wanted, (text, part) => ({ $eq: [{ $indexOfBytes: [text, part] }, 0] })),
  $endsWith: (a, b, wanted) => texts(a, b, wanted, endsWith),
};

function compare(kind: Kind, a: Value, operator: string, b: Value): Test {
  return and(isKind(a, kind), isKind(b, kind), { [operator]: [a.is, b.is] });
}

function ordered(a: Value, operator: string, b: Value): Test {
  return or(compare("string", a, operator, b), compare("number", a, operator, b));
}

/** What is no text counts as empty, so that no function of text meets it. */
function texts(a: Value, b: Value, wanted: boolean, test: (text: object, part: object) => Test): Test {
  const [x, y] = [isKind(a, "string"), isKind(b, "string")];
  const found = test({ $cond: [x, a.is, ""] }, { $cond: [y, b.is, ""] });
  return and(x, y, wanted ? found : not(found));
}

function endsWith(text: object, part: object): Test {
  const [all, end] = [{ $strLenCP: text }, { $strLenCP: part }];
  const last = { $substrCP: [text, { $subtract: [all, end] }, end] };
  return { $cond: [{ $gte: [all, end] }, { $eq: [last, part] }, false] };
}

/** Whether a scalar is an element of a list. */
function isIn(list: Value, item: Value, name: Names): Test {
  const { literal: known } = list;
  if (!Array.isArray(known)) return some(list, name, (element) => COMPARISONS.$eq(element, item, true, name));
  const scalars: unknown[] = known.filter((value) => isA(SCALAR, value));
  return either((kind) => {
    const fit = scalars.filter((value) => typeof value === kind);
    return fit.length === 0 ? false : and(isKind(item, kind), { $in: [item.is, { $literal: fit }] });
  });
}

function hasKind(list: Value, kind: Kind, name: Names): Test {
  const { literal: known } = list;
  return Array.isArray(known)
    ? known.some((value) => typeof value === kind)
    : some(list, name, (element) => isKind(element, kind));
}

/** Elements of another type are skipped; if none is left of some, nothing is known. */
function isAmong(a: Value, b: Value, wanted: boolean, name: Names): Test {
  const found = isIn(b, a, name);
  if (wanted) return and(isList(b), found);
  return and(
    isList(b),
    isKnown(b, name),
    either((kind) => and(isKind(a, kind), or(isEmpty(b), hasKind(b, kind, name)))),
    not(found),
  );
}

/** A scalar of another type is simply not equal. */
function contains(a: Value, b: Value, wanted: boolean, name: Names): Test {
  const equal = COMPARISONS.$eq(a, b, true, name);
  const found = isIn(a, b, name);
  if (wanted) return or(equal, and(isList(a), found));
  return and(isScalar(b), or(and(isScalar(a), not(equal)), and(isList(a), isKnown(a, name), not(found))));
}

function sharesAny(a: Value, b: Value, wanted: boolean, name: Names): Test {
  // A literal is asked, rather than gone through.
  const [x, y] = a.literal === undefined ? [a, b] : [b, a];
  const isShared = some(x, name, (element) => isIn(y, element, name));
  const lists = and(isList(a), isList(b));
  if (wanted) return and(lists, isShared);
  return and(lists, or(isEmpty(x), isEmpty(y), and(isKnown(x, name), isKnown(y, name), not(isShared))));
}

function isSubset(a: Value, b: Value, wanted: boolean, name: Names): Test {
  const lists = and(isList(a), isList(b));
  // Nothing is in an empty list, whatever it is.
  const isOutside = some(a, name, (element) =>
    or(isEmpty(b), and(isScalar(element), not(isIn(b, element, name)))),
  );
  return and(lists, wanted ? and(isKnown(a, name), not(isOutside)) : and(isKnown(b, name), isOutside));
}

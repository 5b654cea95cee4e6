// What operators of queries say exactly, so that indexes serve it. These operators look at the elements of
// lists, too, and at decimals as numbers; an attribute that is a list is no scalar, and a decimal is no number.

import { isA, SCALAR } from "../condition/operators.js";
import { isId } from "../core/attributes.js";
import { numbersOf } from "../filters/ids.js";
import type { Tree } from "../filters/tree.js";
import { MAX, SAFE } from "./expressions.js";
import type { Field, MongoFilter } from "./fields.js";
import { LAST } from "./times.js";

type Compare = Tree & { kind: "compare" };
type Conditions = { [operator: string]: unknown };

/** What is no scalar of JavaScript. */
const NO_SCALAR = { $type: ["array", "decimal"] };

/** A filter that says the same as a leaf; `undefined` if there is none. */
export function quickOf(tree: Tree, fieldOf: (path: string) => Field): MongoFilter | undefined {
  switch (tree.kind) {
    case "own":
      return anyOf(tree.paths.map((path) => idsIn(fieldOf(path), [tree.user])));
    case "covered":
      return anyOf(tree.paths.map((path) => idsIn(fieldOf(path), tree.teams)));
    case "elements":
      return "path" in tree.left && !tree.every ? elementsOf(tree.inner, fieldOf(tree.left.path)) : undefined;
    case "compare":
      return "path" in tree.left ? comparisonOf(tree, fieldOf(tree.left.path)) : undefined;
    default:
      return undefined;
  }
}

function anyOf(filters: readonly (MongoFilter | undefined)[]): MongoFilter | undefined {
  if (filters.includes(undefined)) return undefined;
  return filters.length === 1 ? filters[0] : { $or: filters };
}

/** `$elemMatch` takes lists for objects with numbers as keys, and asks of objects alone. */
function elementsOf(inner: Tree, { keys }: Field): MongoFilter | undefined {
  const filter = keys.length === 1 ? memberOf(inner) : undefined;
  return filter && { [keys.join()]: { $elemMatch: filter } };
}

function memberOf(tree: Tree): MongoFilter | undefined {
  if (tree.kind === "any" && tree.of.length > 0) return anyOf(tree.of.map(memberOf));
  if (tree.kind === "all" && tree.of.length > 0) {
    const filters = tree.of.map(memberOf);
    return filters.includes(undefined) ? undefined : { $and: filters };
  }
  if (tree.kind !== "compare" || !("element" in tree.left) || !/^[^$.\d][^.]*$/.test(tree.left.element))
    return undefined;
  const isAbsence = tree.operator === "$exists" && (tree.right as { value: unknown }).value !== tree.wanted;
  return isAbsence || tree.operator === "$before"
    ? undefined
    : comparisonOf(tree, { keys: [tree.left.element], type: undefined, flat: false });
}

function comparisonOf({ operator, right, wanted }: Compare, field: Field): MongoFilter | undefined {
  if (operator === "$before") return "time" in right ? beforeOf(field, right.time, wanted) : undefined;
  if ("user" in right) {
    if (!wanted || !isId(right.user)) return undefined;
    if (operator === "$has") return idsIn(field, [right.user]);
    const ids = [right.user, ...numbersOf([right.user])];
    return operator === "$eq" ? scalar(field, among(ids)) : undefined;
  }
  if (!("value" in right)) return undefined;
  const { value } = right;
  const known = (Array.isArray(value) ? value : [value]).filter((item) => isA(SCALAR, item));
  switch (operator) {
    case "$exists":
      return existenceOf(field, value === wanted);
    case "$eq":
    case "$in":
      return wanted && isSafe(known) ? scalar(field, among(known)) : undefined;
    case "$has":
      return wanted && isSafe(known) ? contains(field, known) : undefined;
    case "$hasAny":
      return wanted && isSafe(known) && field.keys.length === 1
        ? { [field.keys.join()]: { $elemMatch: { ...among(known), $not: NO_SCALAR } } }
        : undefined;
    case "$lt":
      return ordered(field, wanted ? "$lt" : "$gte", value);
    case "$gt":
      return ordered(field, wanted ? "$gt" : "$lte", value);
    case "$startsWith":
      return wanted ? matched(field, `^${escaped(value as string)}`) : undefined;
    case "$endsWith":
      // `$` would leave a new line after it.
      return wanted ? matched(field, `${escaped(value as string)}(?![\\s\\S])`) : undefined;
    default:
      return undefined;
  }
}

/** A filter of a value that is no list, nor lies in one. */
function scalar({ keys }: Field, conditions: Conditions): MongoFilter {
  return Object.fromEntries(
    keys.map((_, at) => [
      keys.slice(0, at + 1).join("."),
      at + 1 < keys.length ? { $not: { $type: "array" } } : { ...conditions, $not: NO_SCALAR },
    ]),
  );
}

function among(values: readonly unknown[]): Conditions {
  return values.length === 1 ? { $eq: values[0] } : { $in: values };
}

/** No `long` that is no number to the application is equal to one of these. */
function isSafe(values: readonly unknown[]): boolean {
  return values.every((value) => typeof value !== "number" || Math.abs(value) < SAFE);
}

function idsIn(field: Field, ids: readonly string[]): MongoFilter | undefined {
  return contains(field, [...ids, ...numbersOf(ids)]);
}

/** A value that is one of these, or a list that contains one. */
function contains({ keys, flat }: Field, values: readonly unknown[]): MongoFilter | undefined {
  const [numbers, others] = [true, false].map((is) => values.filter((it) => (typeof it === "number") === is));
  const path = keys.join(".");
  // Of texts, what queries find in lists is what they are to find.
  if (numbers?.length === 0) return keys.length === 1 || flat ? { [path]: among(others ?? []) } : undefined;
  if (keys.length > 1) return undefined;
  const isNumber = { ...among(numbers ?? []), $not: NO_SCALAR };
  const filters = [{ [path]: isNumber }, { [path]: { $elemMatch: isNumber } }];
  return { $or: others?.length === 0 ? filters : [{ [path]: among(others ?? []) }, ...filters] };
}

function existenceOf({ keys }: Field, isThere: boolean): MongoFilter | undefined {
  const path = keys.join(".");
  if (keys.length > 1) return undefined;
  if (isThere) return { $or: [{ [path]: { $ne: null } }, { [path]: { $type: "array" } }] };
  return { [path]: { $eq: null, $not: { $type: "array" } } };
}

/** Text is only compared with text, and numbers with numbers. */
function ordered(field: Field, operator: string, value: unknown): MongoFilter {
  if (typeof value === "string") return scalar(field, { [operator]: value });
  const isAbove = operator.startsWith("$g");
  const path = field.keys.join(".");
  return {
    ...scalar(field, { [operator]: value, [isAbove ? "$lte" : "$gte"]: isAbove ? MAX : -MAX }),
    $nor: [{ [path]: { $type: "long", $not: { $gte: -SAFE, $lte: SAFE } } }],
  };
}

function beforeOf(field: Field, time: number, wanted: boolean): MongoFilter | undefined {
  const operator = wanted ? "$lt" : "$gte";
  if (field.type === "number") return ordered(field, operator, time);
  if (field.type === undefined || Math.abs(time) > LAST) return undefined;
  return scalar(field, {
    [operator]: new Date(time),
    [wanted ? "$gte" : "$lte"]: new Date(wanted ? -LAST : LAST),
  });
}

function matched(field: Field, $regex: string): MongoFilter {
  // What holds a pattern is equal to it.
  return { $and: [scalar(field, { $regex }), { [field.keys.join(".")]: { $not: { $type: "regex" } } }] };
}

function escaped(text: string): string {
  return text
    .replace(/[!-/:-@[-^`{-~]/g, "\\$&")
    .replace(/[\0-\x1f\x7f]/g, (it) => `\\x${it.charCodeAt(0).toString(16).padStart(2, "0")}`);
}

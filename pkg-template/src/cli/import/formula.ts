// Conditions as they are put together: with `true` and `false`, which a snapshot does not write.

import type { Condition, Operators } from "../../types/types.js";

export type Formula = boolean | Condition;

/** The condition that an attribute is so. */
export function is(path: string, operators: Operators): Condition {
  const { $eq, ...more } = operators;
  return { [path]: $eq !== undefined && Object.keys(more).length === 0 ? $eq : operators };
}

export function not(formula: Formula): Formula {
  if (typeof formula === "boolean") return !formula;
  const { $not } = formula;
  return $not !== undefined && Object.keys(formula).length === 1 ? $not : { $not: formula };
}

/** All of them hold. */
export function all(formulas: readonly Formula[]): Formula {
  const parts = distinct(formulas.filter((formula) => formula !== true));
  if (parts.includes(false)) return false;
  const conditions = parts as Condition[];
  if (conditions.length === 0) return true;
  return together(conditions) ?? { $and: conditions.flatMap((one) => partsOf(one, "$and")) };
}

/** One of them holds. */
export function any(formulas: readonly Formula[]): Formula {
  const parts = distinct(formulas.filter((formula) => formula !== false));
  if (parts.includes(true)) return true;
  const conditions = parts as Condition[];
  if (conditions.length === 0) return false;
  const [only] = conditions;
  if (conditions.length === 1 && only !== undefined) return only;
  return { $or: conditions.flatMap((one) => partsOf(one, "$or")) };
}

/** As one object, where no key occurs twice, or only with different operators. */
function together(conditions: readonly Condition[]): Condition | undefined {
  const found = new Map<string, unknown>();
  for (const [key, value] of conditions.flatMap((one) => Object.entries(one))) {
    const before = found.get(key);
    const both = before === undefined ? value : bothOf(key, before, value);
    if (both === undefined) return undefined;
    found.set(key, both);
  }
  return Object.fromEntries(found) as Condition;
}

function bothOf(key: string, one: unknown, other: unknown): unknown {
  if (key.startsWith("$") || !isOperators(one) || !isOperators(other)) return undefined;
  return Object.keys(other).some((word) => Object.hasOwn(one, word)) ? undefined : { ...one, ...other };
}

function isOperators(value: unknown): value is Operators {
  return typeof value === "object" && value !== null && !Object.hasOwn(value, "$ref");
}

function partsOf(condition: Condition, word: "$and" | "$or"): readonly Condition[] {
  const parts = condition[word];
  return parts !== undefined && Object.keys(condition).length === 1 ? parts : [condition];
}

function distinct(formulas: readonly Formula[]): Formula[] {
  return [...new Map(formulas.map((formula) => [JSON.stringify(formula), formula])).values()];
}

/**
 * What a comparison is for, where it cannot be said exactly: for grants it is true only if it `holds`, for what
 * restricts it is false only if it does not `apply`. So a grant is never wider, and a denial never narrower,
 * than what was imported.
 */
export type Side = "holds" | "applies";

export const otherSide = (side: Side): Side => (side === "holds" ? "applies" : "holds");

/** Nothing is known of it. */
export const unsaid = (side: Side): boolean => side === "applies";

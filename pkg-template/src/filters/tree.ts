// What a scope asks of a row, without any language of databases: which comparisons must be certainly true.
//
// Only one question is ever asked of a comparison: is it certainly what is wanted? So negation is pushed down to
// the comparisons, and what is unknown does not hold, whichever way it was wanted. A printer gives each leaf an
// expression that is true exactly then, and anything else otherwise; it never negates one.

import { offsetOf, timeOf } from "../condition/times.js";
import { isId } from "../core/attributes.js";
import { readNow, taskNow } from "../core/clock.js";
import { Scope } from "../gate/scope-data.js";
import type { Condition, ScopeData } from "../types/types.js";
import { bare } from "./bare.js";

/** One side of a comparison. */
export type Term =
  | { readonly path: string }
  /** An attribute of the element that a `$elem` asks about. */
  | { readonly element: string }
  /** The id of the user. */
  | { readonly user: string }
  /** A scalar, or a list, in which `null` is an unknown element. */
  | { readonly value: unknown }
  /** A time in milliseconds. */
  | { readonly time: number };

/** The operators that are left: others are the opposite of one of these. */
export type Operator =
  | "$eq"
  | "$lt"
  | "$gt"
  | "$in"
  | "$has"
  | "$hasAny"
  | "$subset"
  | "$startsWith"
  | "$endsWith"
  | "$before"
  | "$cidr"
  | "$exists";

/** What must be true of a row. */
export type Tree =
  /** All of these; every row if there are none. */
  | { readonly kind: "all"; readonly of: readonly Tree[] }
  /** One of these; no row if there are none. */
  | { readonly kind: "any"; readonly of: readonly Tree[] }
  /** An owner is the user. */
  | { readonly kind: "own"; readonly paths: readonly string[]; readonly user: string }
  /** A team is among these. */
  | { readonly kind: "covered"; readonly paths: readonly string[]; readonly teams: readonly string[] }
  /** There is a team, and none is among these; of no list: there is never a team that counts. */
  | { readonly kind: "apart"; readonly paths: readonly string[]; readonly teams: readonly string[] }
  | {
      readonly kind: "compare";
      readonly operator: Operator;
      readonly left: Term;
      readonly right: Term;
      readonly wanted: boolean;
    }
  /** The list at a path has an element (or, for `every`, only elements) of which this is true. */
  | { readonly kind: "elements"; readonly left: Term; readonly inner: Tree; readonly every: boolean };

/** What a scope asks, at a moment. */
interface Filter {
  readonly tree: Tree;
  /** From then on (ms) it is wrong. */
  readonly validUntil: number;
}

const NEVER: Tree = { kind: "any", of: [] };

/**
 * @param now the clock, or what it tells; that of the host if it is `undefined`
 * @throws {RolegateError} `bad-gate-data` for what is no scope
 */
export function filterOf(scope: Scope, now: unknown): Filter {
  // What is asked of a database is what the engine itself would read.
  const json = typeof scope?.toJSON === "function" ? scope.toJSON() : undefined;
  const data = Scope.from(json).toJSON();
  const { validUntil = Infinity } = bare(data);
  const moment = now === undefined ? taskNow() : readNow(now);
  // A clock that does not go forward opens nothing.
  if (!(moment >= 0 && moment < validUntil)) return { tree: NEVER, validUntil };
  const reading = { user: data.user, now: Math.floor(moment), isDated: false };
  const tree = data.kind === "none" ? NEVER : treeOf(data, reading);
  return { tree, validUntil: reading.isDated ? Math.min(moment, validUntil) : validUntil };
}

interface Reading {
  readonly user: string;
  readonly now: number;
  /** Whether `now` was replaced by the moment. */
  isDated: boolean;
}

function treeOf({ parts, map: [owners, teams], user }: ScopeData, reading: Reading): Tree {
  return all(
    parts.map(({ any, none }) =>
      all([
        some(
          any
            .map(bare)
            .map(({ own, teams: covered, where }) =>
              all([
                ...(own ? [isId(user) ? ({ kind: "own", paths: owners, user } as const) : NEVER] : []),
                ...(covered ? [{ kind: "covered", paths: teams, teams: covered } as const] : []),
                ...(where ? [conditionOf(where, true, reading)] : []),
              ]),
            ),
        ),
        ...none
          .map(bare)
          .map(({ teams: taken, unless }) =>
            some([
              ...(taken ? [{ kind: "apart", paths: teams, teams: taken } as const] : []),
              ...(unless ? [conditionOf(unless, true, reading)] : []),
            ]),
          ),
      ]),
    ),
  );
}

function all(of: readonly Tree[]): Tree {
  const [one] = of;
  return of.length === 1 && one !== undefined ? one : { kind: "all", of };
}

function some(of: readonly Tree[]): Tree {
  const [one] = of;
  return of.length === 1 && one !== undefined ? one : { kind: "any", of };
}

/** @param wanted whether the condition must be certainly true, or certainly false */
function conditionOf(condition: Condition, wanted: boolean, reading: Reading): Tree {
  const group = wanted ? all : some;
  return group(
    Object.entries(condition).map(([key, value]): Tree => {
      switch (key) {
        case "$and":
        case "$or": {
          const items = (value as Condition[]).map((item) => conditionOf(item, wanted, reading));
          return ((key === "$and") === wanted ? all : some)(items);
        }
        case "$not":
          return conditionOf(value as Condition, !wanted, reading);
        case "$value": {
          const { of, ...operators } = value as { of: unknown };
          return comparisonsOf(bare({ value: of }), operators, wanted, reading);
        }
        default:
          return comparisonsOf(attribute(key, reading), value, wanted, reading);
      }
    }),
  );
}

function attribute(name: string, { user }: Reading): Term {
  if (name === "user.id") return bare({ user });
  const at = name.indexOf(".");
  const path = name.slice(at + 1);
  return bare(name.slice(0, at) === "element" ? { element: path } : { path });
}

/** What each operator is the opposite of. */
const OPPOSITES: { readonly [name: string]: Operator } = /* @__PURE__ */ bare({
  $ne: "$eq",
  $gte: "$lt",
  $lte: "$gt",
  $nin: "$in",
  $since: "$before",
});

function comparisonsOf(left: Term, value: unknown, wanted: boolean, reading: Reading): Tree {
  if (typeof value !== "object" || value === null || refOf(value) !== undefined)
    return { kind: "compare", operator: "$eq", left, right: operand("$eq", value, reading), wanted };
  const group = wanted ? all : some;
  return group(
    Object.entries(value).map(([name, operandOf]): Tree => {
      if (name === "$elem")
        return { kind: "elements", left, inner: conditionOf(operandOf, wanted, reading), every: !wanted };
      const opposite = OPPOSITES[name];
      const operator = opposite ?? (name as Operator);
      const right = operand(name, operandOf, reading);
      // A time on the left, too, is one in milliseconds.
      const from = operator === "$before" && "value" in left ? timed(left.value, reading) : left;
      return { kind: "compare", operator, left: from, right, wanted: wanted === (opposite === undefined) };
    }),
  );
}

function refOf(value: unknown): string | undefined {
  return typeof value === "object" && value !== null && Object.hasOwn(value, "$ref")
    ? (value as { $ref: string }).$ref
    : undefined;
}

function operand(name: string, value: unknown, reading: Reading): Term {
  const ref = refOf(value);
  if (ref !== undefined) return attribute(ref, reading);
  if (name === "$since" || name === "$before") return timed(value, reading);
  return bare({ value: name === "$cidr" ? [value].flat() : value });
}

function timed(value: unknown, reading: Reading): Term {
  const offset = offsetOf(value);
  if (offset === undefined) return bare({ time: timeOf(value) as number });
  reading.isDated = true;
  return bare({ time: reading.now + offset });
}

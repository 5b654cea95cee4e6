// Conditions of gate data and scopes.
//
// Only one question is ever asked of a condition: is it definitely true? So negation is pushed down to the comparisons, and a
// comparison that is unknown simply does not hold, whichever way it was wanted. Where the record is still open, what is left of
// the condition is the answer.

import { isRecord, readPath, toId } from "./attributes.js";
import { parseBlock } from "./cidr.js";
import { contraries, isScalar, type Operator, operators } from "./operators.js";
import type { Condition } from "./types.js";

const MAX_DEPTH = 64;
const USER = "user.id";

/** What a comparison reads of a record that is still open. */
const OPEN: unique symbol = Symbol("open");

/** A condition that is parsed. */
export interface Node {
  readonly json: Condition;
  /** Whether it is definitely true; what is left of it, if the record is open. */
  readonly test: (facts: Facts) => boolean | Node;
}

/** What conditions ask about. */
export interface Facts {
  readonly user: string;
  readonly record: Attributes;
  readonly context: Attributes;
}

/** Reads a path; `null` if nothing is known of anything. */
export type Attributes = (path: Path) => unknown;

/** An attribute path without its root. */
export interface Path {
  readonly name: string;
  readonly keys: readonly string[];
}

/** One side of a comparison: a value, or an attribute, which has a name. */
interface Side {
  readonly name: string | undefined;
  readonly json: unknown;
  readonly read: (facts: Facts) => unknown;
}

/** Any record: what it must be like is what is being found out. */
export const openRecord: Attributes = () => OPEN;

/** Reads the paths of an object, each at most once; of anything else nothing is known. */
export function attributesOf(source: unknown): Attributes {
  if (!isRecord(source)) return () => null;
  const seen: unknown[] = []; // Names and values in turn. They are few.
  return ({ name, keys }) => {
    for (let i = 0; i < seen.length; i += 2) if (seen[i] === name) return seen[i + 1];
    const value = readPath(source, keys);
    seen.push(name, value);
    return value;
  };
}

export function parsePath(name: string): Path {
  const keys = name.split(".");
  return { name, keys: must(keys.includes("") ? undefined : keys) };
}

/** Reads a condition that is wanted to be true, or to be false. Throws something if it is none. */
export function parseCondition(json: unknown, wanted: boolean = true, depth: number = 0): Node {
  if (depth > MAX_DEPTH) throw new RangeError();
  const inner = (item: unknown, want: boolean): Node => parseCondition(item, want, depth + 1);
  return parseEntries(json, wanted, (key, value) => {
    if (key === "$and" || key === "$or") return group((key === "$and") === wanted, list(value).map((item) => inner(item, wanted)));
    if (key === "$not") return inner(value, !wanted);
    if (key !== "$value") return parseComparisons(attribute(key), value, wanted);
    const { of, ...rest } = { __proto__: null, ...(value as { of: unknown }) };
    return parseComparisons(constant(must(of)), rest, wanted);
  });
}

/** All entries of an object hold. */
function parseEntries(json: unknown, wanted: boolean, parse: (key: string, value: unknown) => Node): Node {
  return group(wanted, Object.entries(isRecord(json) ? json : {}).map(([key, value]) => parse(key, value)));
}

function parseComparisons(left: Side, json: unknown, wanted: boolean): Node {
  if (isScalar(json) || isReference(json)) return parseComparison(left, "$eq", json, wanted);
  return parseEntries(json, wanted, (name, value) => parseComparison(left, name, value, wanted));
}

function parseComparison(left: Side, written: string, json: unknown, wanted: boolean): Node {
  const contrary = Object.keys(contraries).find((key) => contraries[key] === written);
  const name = contrary ?? written;
  return comparison(left, name, operand(name, json), (contrary === undefined) === wanted);
}

function operand(name: string, json: unknown): Side {
  if (isReference(json) && name !== "$cidr" && name !== "$exists") return attribute(json.$ref);
  const items = [json].flat();
  if (name === "$cidr") return constant(items.map((item) => must(parseBlock(item as string))), json);
  const [, isRight] = operators[name] as Operator;
  return constant(must(isRight(json) && items.every((item) => item === null || isScalar(item)) ? json : undefined));
}

function isReference(json: unknown): json is { readonly $ref: string } {
  return isRecord(json) && Object.keys(json).join() === "$ref";
}

function attribute(name: string): Side {
  if (name === USER) return { name, json: undefined, read: ({ user }) => user };
  const [, root, rest = ""] = must(/^(resource|context)\.(.+)/s.exec(name));
  const path = parsePath(rest);
  return { name, json: undefined, read: root === "context" ? ({ context }) => context(path) : ({ record }) => record(path) };
}

function constant(value: unknown, json: unknown = value): Side {
  return { name: undefined, json, read: () => value };
}

function group(all: boolean, nodes: readonly Node[]): Node {
  if (nodes.length < 2) return must(nodes[0]);
  return {
    get json() {
      return { [all ? "$and" : "$or"]: nodes.map(({ json }) => json) };
    },
    test(facts) {
      let left: Node[] | undefined;
      for (const node of nodes) {
        const result = node.test(facts);
        if (result === !all) return result;
        if (result !== all) (left ??= []).push(result as Node);
      }
      return left === undefined ? all : group(all, left);
    },
  };
}

function comparison(left: Side, name: string, right: Side, wanted: boolean): Node {
  const [isLeft, isRight, test] = operators[name] as Operator;
  return {
    get json() {
      return write(left, name, right, wanted);
    },
    test(facts) {
      let a = left.read(facts);
      let b = right.read(facts);
      if (a === OPEN || b === OPEN) {
        const fits = (a === OPEN || isLeft(a)) && (b === OPEN || isRight(b));
        return fits && comparison(fix(left, a), name, fix(right, b), wanted);
      }
      if (right.name === USER) a = asId(a);
      if (left.name === USER) b = asId(b);
      return isLeft(a) && isRight(b) && test(a, b) === wanted;
    },
  };
}

/** What is compared with the user's id is an id; an element of a list that is none stays and equals nothing. */
function asId(value: unknown): unknown {
  return Array.isArray(value) ? value.map((item) => toId(item) ?? item) : toId(value);
}

/** A side of what is left: an attribute of the context as its value. */
function fix(side: Side, value: unknown): Side {
  if (value === OPEN || side.name === undefined || side.name === USER) return side;
  return constant(Array.isArray(value) ? value.map((item) => (isScalar(item) ? item : null)) : value);
}

function write(left: Side, name: string, right: Side, wanted: boolean): Condition {
  const contrary = contraries[name];
  const written = wanted ? name : (contrary ?? name);
  const operand = right.name === undefined ? right.json : { $ref: right.name };
  const test = left.name === undefined ? { $value: { of: left.json, [written]: operand } } : { [left.name]: written === "$eq" ? operand : { [written]: operand } };
  return (wanted || contrary !== undefined ? test : { $not: test }) as Condition;
}

function list(json: unknown): readonly unknown[] {
  return must(Array.isArray(json) ? json : undefined);
}

/** For what must be there. Where it is not, the caller knows the place. */
function must<T>(value: T | undefined | null): T {
  if (value === undefined || value === null) throw new SyntaxError();
  return value;
}

// Conditions of gate data and scopes.
//
// Only one question is ever asked of a condition: is it definitely true? So negation is pushed down to the comparisons, and a
// comparison that is unknown simply does not hold, whichever way it was wanted. Where the record is still open, what is left of
// the condition is the answer.

import { has, isRecord, isWellFormed, readPath, toId } from "./attributes.js";
import { parseBlock } from "./cidr.js";
import { ANYTHING, isA, type Operator, operators, SCALAR, type Test } from "./operators.js";
import { must } from "./read.js";
import type { Condition } from "./types.js";

const MAX_DEPTH = 64;
const USER = "user.id";

/** What a comparison reads of a record that is still open. */
const OPEN: unique symbol = Symbol("open");

/** A condition that is parsed. */
export interface Node {
  readonly json: Condition;
  /** The full names of the attributes that it reads, each as often as it stands there. */
  readonly names: readonly string[];
  /** Whether it is definitely true; what is left of it, if the record is open. */
  readonly test: (facts: Facts) => boolean | Node;
  /** The short way to the same, where it reads nothing but single keys of a record. */
  readonly short: ((record: object) => boolean) | undefined;
  /** Of what it is made, if it is a group. */
  readonly nodes?: readonly Node[];
  /** If it is a comparison: its sides, and whether it holds; `undefined` where that is unknown. */
  readonly sides?: readonly [Side, Side];
  readonly truth?: (facts: Facts) => boolean | undefined;
}

/** What conditions ask about. */
export interface Facts {
  readonly user: string;
  readonly resource: Attributes;
  readonly context: Attributes;
}

/** What a snapshot's conditions may say besides: how its own words are read. */
export interface Words {
  attribute(name: string): Side | undefined;
  during(json: unknown, wanted: boolean): Node;
}

/** Where attributes are read. */
export interface Attributes {
  /** What a path finds; `null` if nothing is known of anything. */
  read(path: Path): unknown;
}

/** An attribute path without its root. */
export interface Path {
  readonly name: string;
  readonly keys: readonly string[];
}

/** One side of a comparison: a value, or an attribute, which has a name. */
export interface Side {
  readonly name?: string;
  readonly json?: unknown;
  readonly value?: unknown;
  /** The key of the record that it reads, where that is all. */
  readonly key?: string | undefined;
  readonly read: (facts: Facts) => unknown;
}

/** Any record: what it must be like is what is being found out. */
export const ANY_RECORD: Attributes = { read: () => OPEN };

/** What is no object: nothing is known of it. */
const NOTHING: Attributes = { read: () => null };

/** The attributes of an object. */
class Source implements Attributes {
  private readonly source: object;
  /** Names and values in turn, where a path may be asked for again. They are few. */
  private readonly seen: unknown[] | undefined;

  constructor(source: object, seen: unknown[] | undefined) {
    this.source = source;
    this.seen = seen;
  }

  read(path: Path): unknown {
    const { source, seen } = this;
    if (seen === undefined) return readPath(source, path.keys);
    for (let i = 0; i < seen.length; i += 2) if (seen[i] === path.name) return seen[i + 1];
    const value = readPath(source, path.keys);
    seen.push(path.name, value);
    return value;
  }
}

/**
 * The attributes of an object; of anything else nothing is known.
 * @param isAskedOnce whether no path is asked for twice: else what was read is kept, so that each is read at most once
 */
export function attributesOf(source: unknown, isAskedOnce?: boolean): Attributes {
  return isRecord(source) ? new Source(source, isAskedOnce ? undefined : []) : NOTHING;
}

export function parsePath(name: unknown): Path {
  const keys = String(name).split(".");
  must(typeof name === "string" && !keys.includes(""));
  return { name: name as string, keys };
}

/** Reads a condition that is wanted to be true, or to be false. */
export function parseCondition(json: unknown, wanted: boolean, depth: number, words?: Words): Node {
  must(depth < MAX_DEPTH);
  const inner = (item: unknown, want: boolean): Node => parseCondition(item, want, depth + 1, words);
  return parseEntries(json, wanted, (key, value) => {
    if (key === "$and" || key === "$or") return group((key === "$and") === wanted, must(Array.isArray(value) && value).map((item) => inner(item, wanted)));
    if (key === "$not") return inner(value, !wanted);
    if (key === "$during") return must(words).during(value, wanted);
    if (key !== "$value") return parseComparisons(attribute(key, words), value, wanted, words);
    const { of, ...rest } = Object(value) as Record<string, unknown>;
    must(of !== undefined);
    return parseComparisons({ json: of, read: () => of }, rest, wanted, words);
  });
}

/** All entries of an object hold. */
function parseEntries(json: unknown, wanted: boolean, parse: (key: string, value: unknown) => Node): Node {
  return group(wanted, Object.entries(must(isRecord(json) && json)).map(([key, value]) => parse(key, value)));
}

function parseComparisons(left: Side, json: unknown, wanted: boolean, words: Words | undefined): Node {
  const isPlain = isA(SCALAR, json) || refOf(json) !== undefined;
  return parseEntries(isPlain ? { $eq: json } : json, wanted, (name, value) => comparison(left, name, operand(name, value, words), wanted));
}

function operand(name: string, json: unknown, words: Words | undefined): Side {
  const ref = refOf(json);
  if (ref !== undefined && name !== "$cidr" && name !== "$exists") return attribute(ref, words);
  const items = [json].flat();
  const value = name === "$cidr" ? items.map((item) => must(parseBlock(item as string))) : json;
  must(isA(operatorOf(name)[1], value) && items.every((item) => item === null || isA(SCALAR, item)));
  return { json, value, read: () => value };
}

function refOf(json: unknown): unknown {
  return isRecord(json) && Object.keys(json).join() === "$ref" ? (json as { $ref: unknown }).$ref : undefined;
}

function operatorOf(name: string): Operator {
  return must(Object.hasOwn(operators, name) && operators[name]);
}

function attribute(name: unknown, words: Words | undefined): Side {
  if (name === USER) return { name, read: ({ user }) => user };
  const [, root, rest] = /^(resource|context)\.(.+)/s.exec(name as string) ?? [];
  if (root === undefined) return must(words?.attribute(name as string));
  const path = parsePath(rest);
  if (root === "context") return { name: name as string, read: (facts) => facts.context.read(path) };
  return { name: name as string, key: path.keys.length === 1 ? rest : undefined, read: (facts) => facts.resource.read(path) };
}

/** Nodes that all hold, or of which some does. */
export function group(all: boolean, nodes: readonly Node[]): Node {
  if (nodes.length < 2) return must(nodes[0]);
  const shorts = nodes.map(({ short }) => short);
  return {
    get json() {
      return { [all ? "$and" : "$or"]: nodes.map(({ json }) => json) };
    },
    get names() {
      return nodes.flatMap(({ names }) => names);
    },
    test(facts) {
      let left: Node[] | undefined;
      for (const node of nodes) {
        const result = node.test(facts);
        if (result === !all) return result;
        if (result !== all) (left ??= []).push(result as Node);
      }
      if (left === undefined) return all;
      return left.length === nodes.length && left.every((node, at) => node === nodes[at]) ? this : group(all, left);
    },
    short: shorts.includes(undefined) ? undefined : shortGroup(all, shorts as ((record: object) => boolean)[]),
    nodes,
  };
}

function shortGroup(all: boolean, shorts: readonly ((record: object) => boolean)[]): (record: object) => boolean {
  return (record) => {
    for (const short of shorts) if (short(record) !== all) return !all;
    return all;
  };
}

function comparison(left: Side, name: string, right: Side, wanted: boolean): Node {
  const [lefts, rights, bind] = operatorOf(name);
  // The short way: an attribute and a literal, which is looked at once.
  const bound = right.value !== undefined && left.name !== USER && isA(rights, right.value) ? bind(right.value) : undefined;
  const truthOf = (a: unknown, b: unknown): boolean | undefined => {
    if (right.name === USER) a = asId(a);
    if (left.name === USER) b = asId(b);
    return isA(lefts, a) && isA(rights, b) ? bind(b)(a) : undefined;
  };
  return {
    get json() {
      const to = right.name === undefined ? right.json : { $ref: right.name };
      const condition = left.name === undefined ? { $value: { of: left.json, [name]: to } } : { [left.name]: name === "$eq" ? to : { [name]: to } };
      return (wanted ? condition : { $not: condition }) as Condition;
    },
    get names() {
      return [left.name, right.name].flatMap((name) => name ?? []);
    },
    test(facts) {
      const a = left.read(facts);
      if (bound !== undefined && a !== OPEN) return isA(lefts, a) && bound(a) === wanted;
      const b = right.read(facts);
      if (a !== OPEN && b !== OPEN) return truthOf(a, b) === wanted;
      if ((a !== OPEN && !isA(lefts, a)) || (b !== OPEN && !isA(rights, b))) return false;
      const [fixedLeft, fixedRight] = [fix(left, a), fix(right, b)];
      return fixedLeft === left && fixedRight === right ? this : comparison(fixedLeft, name, fixedRight, wanted);
    },
    short: bound !== undefined && left.key !== undefined ? shortComparison(left.key, lefts, bound, wanted) : undefined,
    sides: [left, right],
    truth(facts) {
      const [a, b] = [left.read(facts), right.read(facts)];
      return a === OPEN || b === OPEN ? undefined : truthOf(a, b);
    },
  };
}

/** It comes to the same as reading the record as {@link attributesOf} does, but looks at most values only once. */
function shortComparison(key: string, kinds: number, test: Test, wanted: boolean): (record: object) => boolean {
  return (record) => {
    let value: unknown;
    try {
      value = (record as Record<string, unknown>)[key];
    } catch {
      value = undefined;
    }
    // Whether the property counts, and whether a string is text, matters only to what would be a yes. An absent one is a yes to some.
    const type = typeof value;
    if (kinds !== ANYTHING && (type === "string" || type === "boolean" || (type === "number" && Number.isFinite(value)))) {
      return isA(kinds, value) && test(value) === wanted && has(record, key) && (type !== "string" || isWellFormed(value as string));
    }
    const found = value === undefined || !has(record, key) ? undefined : readPath(value, []);
    return isA(kinds, found) && test(found) === wanted;
  };
}

/** What is compared with the user's id is an id; an element of a list that is none stays and equals nothing. */
function asId(value: unknown): unknown {
  return Array.isArray(value) ? value.map((item) => toId(item) ?? item) : toId(value);
}

/** A side of what is left: an attribute that is known as its value. */
function fix(side: Side, value: unknown): Side {
  if (side.name === undefined || side.name === USER || value === OPEN) return side;
  const json = Array.isArray(value) ? value.map((item) => (isA(SCALAR, item) ? item : null)) : value;
  return { json, value: json, read: () => json };
}

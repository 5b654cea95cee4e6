// Conditions of gate data and scopes.
//
// Only one question is ever asked of a condition: is it definitely true? So negation is pushed down to the comparisons, and a
// comparison that is unknown simply does not hold, whichever way it was wanted. Where the record is still open, what is left of
// the condition is the answer.

import { isRecord, readPath, toId } from "./attributes.js";
import { parseBlock } from "./cidr.js";
import { isA, type Operator, operators, SCALAR } from "./operators.js";
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
}

/** What conditions ask about. */
export interface Facts {
  readonly user: string;
  readonly resource: Attributes;
  readonly context: Attributes;
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
interface Side {
  readonly name?: string;
  readonly json?: unknown;
  readonly value?: unknown;
  readonly read: (facts: Facts) => unknown;
}

/** Any record: what it must be like is what is being found out. */
export const openRecord: Attributes = { read: () => OPEN };

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
export function parseCondition(json: unknown, wanted: boolean, depth: number): Node {
  must(depth < MAX_DEPTH);
  const inner = (item: unknown, want: boolean): Node => parseCondition(item, want, depth + 1);
  return parseEntries(json, wanted, (key, value) => {
    if (key === "$and" || key === "$or") return group((key === "$and") === wanted, must(Array.isArray(value) && value).map((item) => inner(item, wanted)));
    if (key === "$not") return inner(value, !wanted);
    if (key !== "$value") return parseComparisons(attribute(key), value, wanted);
    const { of, ...rest } = Object(value) as Record<string, unknown>;
    must(of !== undefined);
    return parseComparisons({ json: of, read: () => of }, rest, wanted);
  });
}

/** All entries of an object hold. */
function parseEntries(json: unknown, wanted: boolean, parse: (key: string, value: unknown) => Node): Node {
  return group(wanted, Object.entries(must(isRecord(json) && json)).map(([key, value]) => parse(key, value)));
}

function parseComparisons(left: Side, json: unknown, wanted: boolean): Node {
  const isPlain = isA(SCALAR, json) || refOf(json) !== undefined;
  return parseEntries(isPlain ? { $eq: json } : json, wanted, (name, value) => comparison(left, name, operand(name, value), wanted));
}

function operand(name: string, json: unknown): Side {
  const ref = refOf(json);
  if (ref !== undefined && name !== "$cidr" && name !== "$exists") return attribute(ref);
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

function attribute(name: unknown): Side {
  if (name === USER) return { name, read: ({ user }) => user };
  const [, root, rest] = must(/^(resource|context)\.(.+)/s.exec(name as string));
  const path = parsePath(rest);
  return { name: name as string, read: root === "context" ? (facts) => facts.context.read(path) : (facts) => facts.resource.read(path) };
}

function group(all: boolean, nodes: readonly Node[]): Node {
  if (nodes.length < 2) return must(nodes[0]);
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
      return left === undefined ? all : group(all, left);
    },
  };
}

function comparison(left: Side, name: string, right: Side, wanted: boolean): Node {
  const [lefts, rights, bind] = operatorOf(name);
  // The short way: an attribute and a literal, which is looked at once.
  const bound = right.value !== undefined && left.name !== USER && isA(rights, right.value) ? bind(right.value) : undefined;
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
      let a = left.read(facts);
      if (bound !== undefined && a !== OPEN) return isA(lefts, a) && bound(a) === wanted;
      let b = right.read(facts);
      const isOpen = a === OPEN || b === OPEN;
      if (!isOpen && right.name === USER) a = asId(a);
      if (!isOpen && left.name === USER) b = asId(b);
      if ((a !== OPEN && !isA(lefts, a)) || (b !== OPEN && !isA(rights, b))) return false;
      return isOpen ? comparison(fix(left, a), name, fix(right, b), wanted) : bind(b)(a) === wanted;
    },
  };
}

/** What is compared with the user's id is an id; an element of a list that is none stays and equals nothing. */
function asId(value: unknown): unknown {
  return Array.isArray(value) ? value.map((item) => toId(item) ?? item) : toId(value);
}

/** A side of what is left: an attribute of the context as its value. */
function fix(side: Side, value: unknown): Side {
  const json = Array.isArray(value) ? value.map((item) => (isA(SCALAR, item) ? item : null)) : value;
  return side.name === undefined || side.name === USER || value === OPEN ? side : { json, read: () => json };
}

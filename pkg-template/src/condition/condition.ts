// Conditions of gate data and scopes, made of JSON; snapshot/conditions.ts adds what only snapshots say.
//
// Only one question is ever asked of a condition: is it definitely true? So negation is pushed down to the
// comparisons, and a comparison that is unknown simply does not hold, whichever way it was wanted. Where the
// record is still open, what is left of the condition is the answer.
//
// Twin of src/condition/build.rs, src/condition/holds.rs and src/condition/residual.rs;
// tests/package/vectors.mjs, tests/vectors.rs and tests/laws.rs hold them equal.

import { Element, has, isRecord, isWellFormed, NOTHING_KNOWN, readAt, toId } from "../core/attributes.js";
import { must } from "../core/read.js";
import type { Condition } from "../types/types.js";
import { parseBlock } from "./cidr.js";
import { both, steadyIn } from "./during.js";
import {
  ANY_RECORD,
  ELEMENT,
  type Facts,
  NODES,
  type Node,
  OPEN,
  type Path,
  parsePath,
  SAME,
  type Side,
  TURN,
  UNKNOWN,
} from "./facts.js";
import {
  ANYTHING,
  FLAG,
  isA,
  NUMBER,
  type Operator,
  operators,
  SCALAR,
  TEXT,
  type Test,
} from "./operators.js";
import { offsetOf, timeOf, writeTime } from "./times.js";

const MAX_DEPTH = 64;
const USER = "user.id";

/** What a snapshot's conditions may say besides: how its own words are read. */
export interface Words {
  attribute(name: string): Side | undefined;
  during(json: unknown, wanted: boolean): Node;
}

/** Where a condition stands: what its words mean there. */
interface Place {
  readonly words: Words | undefined;
  /** Whether it asks about an element of a list. */
  readonly isInside: boolean;
}

/** Reads a condition that is wanted to be true, or to be false. */
export function parseCondition(json: unknown, wanted: boolean, depth: number, words?: Words): Node {
  return parse(words === undefined ? ownOf(json) : json, wanted, depth, { words, isInside: false });
}

function parse(json: unknown, wanted: boolean, depth: number, place: Place): Node {
  must(depth < MAX_DEPTH);
  const nodes: Node[] = [];
  for (const [key, value] of entriesOf(json)) {
    if (key === "$and" || key === "$or") {
      const items = must(Array.isArray(value) && (value as unknown[]));
      nodes.push(
        group(
          (key === "$and") === wanted,
          Array.from(items, (item) => parse(item, wanted, depth + 1, place)),
        ),
      );
    } else if (key === "$not") nodes.push(parse(value, !wanted, depth + 1, place));
    else if (key === "$during") nodes.push(must(place.words).during(value, wanted));
    else if (key === "$value") {
      const { of, ...rest } = Object(value) as Record<string, unknown>;
      must(isA(SCALAR, of) || Array.isArray(of));
      nodes.push(parseComparisons(new Literal(of, undefined), rest, wanted, depth, place));
    } else nodes.push(parseComparisons(attribute(key, place), value, wanted, depth, place));
  }
  return group(wanted, nodes);
}

function entriesOf(json: unknown): [string, unknown][] {
  return Object.entries(must(isRecord(json) && json));
}

function parseComparisons(left: Side, json: unknown, wanted: boolean, depth: number, place: Place): Node {
  if (isA(SCALAR, json) || refOf(json) !== undefined)
    return new Comparison(left, "$eq", operand("$eq", json, place), wanted);
  return group(
    wanted,
    entriesOf(json).map(([name, value]) => {
      if (name === "$elem")
        return elements(must(left.name !== undefined && left), value, wanted, depth + 1, {
          ...place,
          isInside: true,
        });
      const right = operand(name, value, place);
      return isOfTimes(name)
        ? new Comparison(new Time(left), name, right[TURN] === undefined ? new Time(right) : right, wanted)
        : new Comparison(left, name, right, wanted);
    }),
  );
}

function elements(left: Side, json: unknown, wanted: boolean, depth: number, place: Place): Elements {
  return new Elements(left, parse(json, wanted, depth, place), wanted, () =>
    elements(left, json, !wanted, depth, place),
  );
}

function isOfTimes(name: string): boolean {
  return name === "$since" || name === "$before";
}

function operand(name: string, json: unknown, place: Place): Side {
  const [, rights] = operatorOf(name);
  const ref = refOf(json);
  if (ref !== undefined && name !== "$cidr" && name !== "$exists") return attribute(ref, place);
  if (isOfTimes(name)) {
    const offset = offsetOf(json);
    return offset === undefined
      ? new Literal(json, must(timeOf(json) !== undefined && json))
      : new Now(json as string, offset);
  }
  const items = Array.isArray(json) ? json : [json];
  const value: unknown = name === "$cidr" ? items.map((item) => must(parseBlock(item as string))) : json;
  must(isA(rights, value));
  for (const item of items) must(item === null || isA(SCALAR, item));
  return new Literal(json, value);
}

/**
 * A copy of what came from outside, so that whoever changes it there changes no answer. What is not JSON
 * stays, and is refused.
 */
function ownOf(json: unknown): unknown {
  if (Array.isArray(json)) return Array.from(json, ownOf);
  return isRecord(json)
    ? Object.fromEntries(entriesOf(json).map(([key, value]) => [key, ownOf(value)]))
    : json;
}

function refOf(json: unknown): unknown {
  return isRecord(json) && "$ref" in json && Object.keys(json).join() === "$ref" ? json.$ref : undefined;
}

function operatorOf(name: string): Operator {
  return must(Object.hasOwn(operators, name) && operators[name as keyof typeof operators]);
}

function attribute(name: unknown, { words, isInside }: Place): Side {
  if (name === USER) return THE_USER;
  const [, root, rest] = /^(resource|element|context)\.(.+)/s.exec(name as string) ?? [];
  if (root === undefined) return must(words?.attribute(name as string));
  // Inside, the element is the record.
  must(root === "context" || (root === "element") === isInside);
  return new Attribute(name as string, root as Root, parsePath(rest));
}

type Root = "resource" | "element" | "context";

const THE_USER: Side = {
  name: USER,
  json: undefined,
  value: undefined,
  key: undefined,
  read: ({ user }) => user,
};

class Attribute implements Side {
  readonly json: undefined = undefined;
  readonly value: undefined = undefined;
  readonly name: string;
  /** The key of the record, where that is all that is read. */
  readonly key: string | undefined;
  private readonly root: Root;
  private readonly path: Path;

  constructor(name: string, root: Root, path: Path) {
    this.name = name;
    this.key = root === "resource" && path.keys.length === 1 ? path.name : undefined;
    this.root = root;
    this.path = path;
  }

  read(facts: Facts): unknown {
    const { root, path } = this;
    return (root === "element" ? (facts[ELEMENT] ?? NOTHING_KNOWN) : facts[root]).read(path);
  }
}

class Literal implements Side {
  readonly name: undefined = undefined;
  readonly key: undefined = undefined;
  readonly json: unknown;
  readonly value: unknown;

  /** @param value what it is compared as; `undefined` for a left side */
  constructor(json: unknown, value: unknown) {
    this.json = json;
    this.value = value;
  }

  read(): unknown {
    return this.value === undefined ? this.json : this.value;
  }
}

/** A side of a comparison of times. */
class Time implements Side {
  readonly key: undefined = undefined;
  readonly name: string | undefined;
  readonly json: unknown;
  readonly value: unknown;
  private readonly side: Side;

  constructor(side: Side) {
    this.side = side;
    this.name = side.name;
    this.json = side.json;
    this.value = timeOf(side.value);
  }

  read(facts: Facts): unknown {
    const value = this.side.read(facts);
    return value === OPEN ? value : timeOf(value);
  }
}

/** The clock, or a moment so far from it. */
class Now implements Side {
  readonly name: undefined = undefined;
  readonly value: undefined = undefined;
  readonly key: undefined = undefined;
  readonly json: string;
  private readonly offset: number;

  constructor(json: string, offset: number) {
    this.json = json;
    this.offset = offset;
  }

  read({ now }: Facts): number {
    return Math.floor(now) + this.offset;
  }

  /** A time is before it from the millisecond on that comes after the one at which it is the same. */
  [TURN](value: unknown, { now, noting }: Facts): void {
    if (typeof value === "number" && noting !== undefined)
      noting.steady = both(noting.steady, steadyIn([value - this.offset + 1, Infinity], now));
  }
}

/** Nodes that all hold, or of which some does. */
export function group(all: boolean, nodes: readonly Node[]): Node {
  return nodes.length < 2 ? must(nodes[0]) : new Group(all, nodes);
}

class Group implements Node {
  readonly [NODES]: readonly Node[];
  private readonly all: boolean;

  constructor(all: boolean, nodes: readonly Node[]) {
    this.all = all;
    this[NODES] = nodes;
  }

  get json(): Condition {
    return { [this.all ? "$and" : "$or"]: this[NODES].map(({ json }) => json) };
  }

  get names(): readonly string[] {
    return this[NODES].flatMap(({ names }) => names);
  }

  test(facts: Facts): boolean | Node {
    const { all, [NODES]: nodes } = this;
    let left: Node[] | undefined;
    for (const node of nodes) {
      const result = node.test(facts);
      if (result === !all) return result;
      if (result !== all) (left ??= []).push(result as Node);
    }
    if (left === undefined) return all;
    return left.length === nodes.length && left.every((node, at) => node === nodes[at])
      ? this
      : group(all, left);
  }

  get short(): ((record: object) => boolean) | undefined {
    const { all, [NODES]: nodes } = this;
    const shorts = nodes.map(({ short }) => short);
    if (shorts.includes(undefined)) return undefined;
    return (record) => {
      for (const short of shorts as ((record: object) => boolean)[]) if (short(record) !== all) return !all;
      return all;
    };
  }
}

class Comparison implements Node {
  private readonly sides: readonly [Side, Side];
  private readonly name: string;
  private readonly operator: Operator;
  private readonly wanted: boolean;
  /** The test that a literal on the right makes, which is looked at once. */
  private readonly bound: Test | undefined;

  constructor(left: Side, name: string, right: Side, wanted: boolean) {
    const operator = operatorOf(name);
    this.sides = [left, right];
    this.name = name;
    this.operator = operator;
    this.wanted = wanted;
    this.bound =
      right.value !== undefined && left.name !== USER && isA(operator[1], right.value)
        ? operator[2](right.value)
        : undefined;
  }

  get json(): Condition {
    const { sides, name, wanted } = this;
    const [left, right] = sides;
    const to = right.name === undefined ? right.json : { $ref: right.name };
    const condition =
      left.name === undefined
        ? { $value: { of: left.json, [name]: to } }
        : { [left.name]: name === "$eq" ? to : { [name]: to } };
    return (wanted ? condition : { $not: condition }) as Condition;
  }

  get names(): readonly string[] {
    return this.sides.flatMap(({ name }) => name ?? []);
  }

  test(facts: Facts): boolean | Node {
    const { bound, operator, wanted } = this;
    const [lefts, rights] = operator;
    const [left, right] = this.sides;
    const a = this.readLeft(facts);
    if (bound !== undefined && a !== OPEN) return isA(lefts, a) && bound(a) === wanted;
    const b = right.read(facts);
    if (a !== OPEN) right[TURN]?.(a, facts);
    if (a !== OPEN && b !== OPEN) return this.compare(a, b) === wanted;
    if ((a !== OPEN && !isA(lefts, a)) || (b !== OPEN && !isA(rights, b))) return false;
    const [fixedLeft, fixedRight] = [fix(left, a), fix(right, b)];
    return fixedLeft === left && fixedRight === right
      ? this
      : new Comparison(fixedLeft, this.name, fixedRight, wanted);
  }

  [UNKNOWN](facts: Facts): readonly string[] {
    const { sides, operator } = this;
    const values = [this.readLeft(facts), sides[1].read(facts)] as const;
    const isOpen = values.includes(OPEN);
    if (!isOpen && this.compare(values[0], values[1]) !== undefined) return [];
    const unfit = sides.filter((_, at) => values[at] !== OPEN && !isA(operator[at as 0 | 1], values[at]));
    // Each may be fit by itself, and of another type than the other.
    return (isOpen || unfit.length > 0 ? unfit : sides).flatMap(({ name }) =>
      name === USER ? [] : (name ?? []),
    );
  }

  /**
   * It comes to the same as reading the record as `attributesOf` does, but looks at most values only once.
   * Whether the property counts, and whether a string is text, matters only to what would be a yes; an absent
   * one is a yes to some.
   */
  get short(): ((record: object) => boolean) | undefined {
    const { bound: test, operator, wanted } = this;
    const [kinds] = operator;
    const [{ key }] = this.sides;
    if (test === undefined || key === undefined) return undefined;
    return (record) => {
      let value: unknown;
      try {
        value = (record as Record<string, unknown>)[key];
      } catch {
        return false;
      }
      if (kinds !== ANYTHING) {
        if (typeof value === "string")
          return (kinds & TEXT) > 0 && test(value) === wanted && has(record, key) && isWellFormed(value);
        if (typeof value === "boolean")
          return (kinds & FLAG) > 0 && test(value) === wanted && has(record, key);
        if (typeof value === "number" && Number.isFinite(value))
          return (kinds & NUMBER) > 0 && test(value) === wanted && has(record, key);
      }
      const found = value === undefined ? value : readAt(record, key, value);
      return isA(kinds, found) && test(found) === wanted;
    };
  }

  /** Whether two values that were read compare; `undefined` where that is unknown. */
  /**
   * Teams of which none is known may be none at all, and only no teams are a subset of none: then nothing is
   * known of the list either.
   */
  private readLeft(facts: Facts): unknown {
    const [left] = this.sides;
    const value = left.read(facts);
    const isLost =
      this.name === "$subset" &&
      OWN_TEAMS.test(left.name as string) &&
      Array.isArray(value) &&
      value.length > 0 &&
      value.every((it) => it === null);
    return isLost ? undefined : value;
  }

  private compare(a: unknown, b: unknown): boolean | undefined {
    const [lefts, rights, bind] = this.operator;
    const [left, right] = this.sides;
    if (right.name === USER) a = asId(a);
    if (left.name === USER && this.name !== "$exists") b = asId(b);
    return isA(lefts, a) && isA(rights, b) ? bind(b)(a) : undefined;
  }
}

/** `$elem`: whether a condition is true of one element, or, wanted to be false, is false of each. */
class Elements implements Node {
  readonly short: undefined = undefined;
  private readonly left: Side;
  private readonly inner: Node;
  private readonly wanted: boolean;
  /** The same, wanted the other way, where it stands as it was read. */
  private readonly other: (() => Elements) | undefined;

  /** @param inner wanted as the whole is */
  constructor(left: Side, inner: Node, wanted: boolean, other?: () => Elements) {
    this.left = left;
    this.inner = inner;
    this.wanted = wanted;
    this.other = other;
  }

  get json(): Condition {
    const { left, inner, wanted } = this;
    const condition = { [left.name as string]: { $elem: wanted ? inner.json : { $not: inner.json } } };
    return (wanted ? condition : { $not: condition }) as Condition;
  }

  get names(): readonly string[] {
    return [this.left.name as string, ...this.inner.names.filter((name) => !name.startsWith("element."))];
  }

  test(facts: Facts): boolean | Node {
    // What is inside another list and reads no element of that comes to the same for each of its elements.
    const same = this.left.name?.startsWith("element.") ? undefined : facts[SAME];
    const result = same?.get(this) ?? this.ask(facts);
    same?.set(this, result);
    return result;
  }

  private ask(facts: Facts): boolean | Node {
    const { left, inner, wanted } = this;
    const list = left.read(facts);
    if (list === OPEN) {
      const rest = inner.test({ ...facts, [ELEMENT]: ANY_RECORD });
      // Whatever is left of the inside, only the record tells whether there are elements.
      return rest === inner
        ? this
        : new Elements(left, typeof rest === "boolean" ? constant(rest) : rest, wanted);
    }
    if (!Array.isArray(list)) return false;
    const nodes: Node[] = [];
    const inside: Facts = { ...facts, [SAME]: new Map() };
    for (const item of list) {
      const rest = inner.test({ ...inside, [ELEMENT]: item instanceof Element ? item : NOTHING_KNOWN });
      // A team that is not known may be none.
      if (wanted && item === null && OWN_TEAMS.test(left.name as string)) continue;
      // One that holds is enough, or one that does not is too many.
      if (rest === wanted) return wanted;
      if (typeof rest !== "boolean") nodes.push(rest);
    }
    return nodes.length === 0 ? !wanted : group(!wanted, nodes);
  }

  [UNKNOWN](facts: Facts): readonly string[] {
    const { left, other } = this;
    const list = left.read(facts);
    const isKnown =
      list === OPEN ||
      (Array.isArray(list) && (this.test(facts) === true || (other?.().test(facts) ?? true) === true));
    return isKnown ? [] : [left.name as string];
  }
}

/**
 * The user's own teams, and what lies below them: `null` is one that the snapshot does not have. In a narrowed
 * snapshot, where some are not known, they are an attribute of their own.
 */
const OWN_TEAMS = /^user\.teams\?*(\.|$)/;

/** A condition that is always true, or always false. */
function constant(truth: boolean): Node {
  return new Comparison(new Literal(true, undefined), "$eq", new Literal(truth, truth), true);
}

/**
 * What is compared with the user's id is an id. A scalar in a list that is none counts as one of another
 * type.
 */
function asId(value: unknown): unknown {
  return Array.isArray(value)
    ? value.map((item) => toId(item) ?? (typeof item === "string" ? false : item))
    : toId(value);
}

/** A side of what is left: an attribute that is known as its value. */
function fix(side: Side, value: unknown): Side {
  if (side.name === undefined || side.name === USER || value === OPEN) return side;
  const isTime = side instanceof Time;
  const json = isTime ? writeTime(value as number) : Array.isArray(value) ? fixedList(value) : value;
  const literal = new Literal(json, json);
  return isTime ? new Time(literal) : literal;
}

const fixed = new WeakMap<readonly unknown[], readonly unknown[]>();

/** A list as a literal: the same one for all conditions that read the same. */
function fixedList(list: readonly unknown[]): readonly unknown[] {
  let known = fixed.get(list);
  if (known === undefined) fixed.set(list, (known = list.map((item) => (isA(SCALAR, item) ? item : null))));
  return known;
}

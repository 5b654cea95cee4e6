// What is asked about: attributes of records, users and contexts, and conditions on them. condition.ts makes conditions of JSON; whoever
// only asks them needs no more than this.

import { isRecord, readPath } from "./attributes.js";
import { must } from "./read.js";
import type { Condition } from "./types.js";

/** What a comparison reads of a record that is still open. */
export const OPEN: unique symbol = Symbol("open");

/** A condition that is parsed. */
export interface Node {
  readonly json: Condition;
  /** The full names of the attributes that it reads, each as often as it stands there. */
  readonly names: readonly string[];
  /** Whether it is definitely true; what is left of it, if the record is open. */
  test(facts: Facts): boolean | Node;
  /** The short way to the same, where it reads nothing but single keys of a record. Made anew each time. */
  readonly short: ((record: object) => boolean) | undefined;
  /** Of what it is made, if it is a group. */
  readonly nodes?: readonly Node[];
  /** If it is a comparison: its sides, and whether it holds; `undefined` where that is unknown. */
  readonly sides?: readonly [Side, Side];
  truth?(facts: Facts): boolean | undefined;
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
export interface Side {
  readonly name: string | undefined;
  readonly json: unknown;
  /** What a literal on the right is compared as. */
  readonly value: unknown;
  /** The key of the record that it reads, where that is all. */
  readonly key: string | undefined;
  read(facts: Facts): unknown;
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

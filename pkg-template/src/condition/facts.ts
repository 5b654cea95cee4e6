// What is asked about: attributes of records, users and contexts, and conditions on them. condition.ts makes
// conditions of JSON; whoever only asks them needs no more than this.

import type { Attributes, Path } from "../core/attributes.js";
import { must } from "../core/read.js";
import type { Condition } from "../types/types.js";
import type { Window } from "./during.js";

export { type Attributes, attributesOf, type Path } from "../core/attributes.js";

/** What a comparison reads of a record that is still open. */
export const OPEN: unique symbol = Symbol("open");

// What may be absent has a symbol for a name: nobody can put anything in its place on `Object.prototype`.
export const ELEMENT: unique symbol = Symbol("element");
export const SAME: unique symbol = Symbol("same");
export const TURN: unique symbol = Symbol("turn");
export const NODES: unique symbol = Symbol("nodes");
export const UNKNOWN: unique symbol = Symbol("unknown");

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
  readonly [NODES]?: readonly Node[];
  /**
   * If it is a comparison: the names of the attributes on account of which its truth is unknown, if it is.
   */
  [UNKNOWN]?(facts: Facts): readonly string[];
}

/** What conditions ask about. */
export interface Facts {
  readonly user: string;
  readonly resource: Attributes;
  readonly context: Attributes;
  /** What `$elem` asks about. */
  readonly [ELEMENT]?: Attributes;
  /** What was worked out for all elements of a list alike. */
  readonly [SAME]?: Map<Node, boolean | Node>;
  /** The clock. */
  readonly now: number;
  /** Takes note of how long what is asked of the clock stays so. */
  readonly noting: Steady | undefined;
}

/** The time in which comparisons with the clock stay as they were found. */
export interface Steady {
  steady: Window;
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
  /** Of the clock: notes until when a comparison of it with a value stays as it is. */
  [TURN]?(value: unknown, facts: Facts): void;
}

/** Any record: what it must be like is what is being found out. */
export const ANY_RECORD: Attributes = { read: () => OPEN };

export function parsePath(name: unknown): Path {
  const keys = String(name).split(".");
  must(typeof name === "string" && !keys.includes(""));
  return { name: name as string, keys };
}

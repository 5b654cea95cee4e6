// The questions of components, and when two answers are the same.

import { textOf } from "../core/read.js";
import type { LiteGate } from "../gate/lite-gate.js";
import type { Explanation, Permission, Resource, Scope } from "../types/types.js";
import type { Live } from "./live.js";

/** What a question is about: nothing in particular, or a record, which may not be there yet. */
export type About = readonly [] | readonly [resource: Resource | null | undefined];

/** A question of a component, to answers of some time. */
export type Ask<T> = (live: Live, gate: LiteGate) => T;

/** An answer for a component that shows something else while there is none. */
export type State = "allowed" | "denied" | "pending";

/** Asks a gate in the form that is meant: about nothing in particular, or about a record. */
export function asked<K extends "can" | "explain">(
  gate: Pick<LiteGate, K>,
  method: K,
  permission: Permission,
  about: About,
): ReturnType<LiteGate[K]> {
  const ask = gate[method] as (...question: readonly unknown[]) => ReturnType<LiteGate[K]>;
  return about.length > 0 ? ask(permission, about[0]) : ask(permission);
}

/**
 * Whether this is allowed; and the listeners hear when time changes it. A page is told what a gate throws that
 * is loud (`onUnknown`), and the answer is no: an error would leave on most screens what was there before.
 */
export function isAllowed(live: Live, gate: LiteGate, permission: Permission, about: About): boolean {
  try {
    return timed(live, gate, "can", permission, about);
  } catch (error) {
    if (!globalThis.reportError) throw error; // on a server nothing is shown then
    reportError(error);
    return false;
  }
}

/** The answers of the first rendering are replaced before they could end. */
function timed<K extends "can" | "explain">(
  live: Live,
  gate: LiteGate,
  method: K,
  permission: Permission,
  about: About,
): ReturnType<LiteGate[K]> {
  if (about.length > 0 && gate === live.gate) live.wake(gate.until(permission, about[0]));
  return asked(gate, method, permission, about);
}

/** The same; what is denied only for want of the answers or of the record is `pending`. */
export function stateOf(live: Live, gate: LiteGate, permission: Permission, about: About): State {
  if (isAllowed(live, gate, permission, about)) return "allowed";
  return live.isEmpty || (about.length > 0 && about[0] == null) ? "pending" : "denied";
}

/** @throws {RolegateError} `bad-gate-data` if the gate is from data without explanations */
export function explanationOf(live: Live, gate: LiteGate, permission: Permission, about: About): Explanation {
  return timed(live, gate, "explain", permission, about);
}

/** Why this is denied, if the gate can tell. */
export function whyNot(
  live: Live,
  gate: LiteGate,
  permission: Permission,
  about: About,
): Explanation | undefined {
  try {
    const why = explanationOf(live, gate, permission, about);
    if (!why.allowed) return why;
  } catch {
    // Gate data without explanations.
  }
  return undefined;
}

/** Asks a gate once, however often a framework looks; and again only another gate. */
export function once<T>(ask: (gate: LiteGate) => T): (gate: LiteGate) => T {
  let asked: LiteGate | undefined;
  let answer: T;
  return (gate) => {
    if (gate !== asked) answer = ask(gate);
    asked = gate;
    return answer;
  };
}

/**
 * Makes answers the same object as long as they say the same. Scopes go by a clock: those of the first
 * rendering, and those of another source, are others.
 */
export function steady<T>(): (ask: Ask<T>) => Ask<T> {
  let last: T;
  let text: string | undefined;
  let clock: object | undefined;
  return (ask) => (live, gate) => {
    const value = ask(live, gate);
    const said = sayingOf(value);
    const by = isScope(value) && gate !== live.gate ? gate : live;
    if (said === undefined || said !== text || by !== clock) last = value;
    text = said;
    clock = by;
    return last;
  };
}

/** What an answer says as text; `undefined` if that would be too long. */
function sayingOf(value: unknown): string | undefined {
  try {
    return textOf(isScope(value) ? value.toJSON() : value);
  } catch {
    return undefined;
  }
}

function isScope(value: unknown): value is Scope {
  return Object.hasOwn(Object(value), "toJSON");
}

// The questions of components, and when two answers are the same.

import type { LiteGate } from "../gate/lite-gate.js";
import type { Explanation, Permission, Resource, Scope } from "../types/types.js";
import type { Live } from "./live.js";

/** What a question is about: nothing in particular, or a record, which may not be there yet. */
export type About = readonly [] | readonly [resource: Resource | null | undefined];

/** An answer for a component that shows something else while there is none. */
type State = "allowed" | "denied" | "pending";

/** Whether this is allowed; and the listeners hear when time changes it. */
export function isAllowed(live: Live, gate: LiteGate, permission: Permission, about: About): boolean {
  if (about.length === 0) return gate.can(permission);
  live.wake(gate.until(permission, about[0]));
  return gate.can(permission, about[0]);
}

/** The same; what is denied only for want of the answers or of the record is `pending`. */
export function stateOf(live: Live, gate: LiteGate, permission: Permission, about: About): State {
  if (isAllowed(live, gate, permission, about)) return "allowed";
  return live.isEmpty || (about.length > 0 && about[0] == null) ? "pending" : "denied";
}

/** @throws {RolegateError} `bad-gate-data` if the gate is from data without explanations */
export function explanationOf(live: Live, gate: LiteGate, permission: Permission, about: About): Explanation {
  isAllowed(live, gate, permission, about);
  return about.length === 0 ? gate.explain(permission) : gate.explain(permission, about[0]);
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
    return why.allowed ? undefined : why;
  } catch {
    return undefined; // gate data without explanations
  }
}

/** Passes values on, but gives the same object again while they say the same. */
export function steady<T>(): (value: T) => T {
  let last: T;
  let text: string | undefined;
  return (value) => {
    if (value === last) return last;
    const said = textOf(value);
    if (said === undefined || said !== text) last = value;
    text = said;
    return last;
  };
}

/** What a value says as text; `undefined` if that would be too long. */
function textOf(value: unknown): string | undefined {
  try {
    return JSON.stringify([value, (value as Scope | undefined)?.level]);
  } catch {
    return undefined;
  }
}

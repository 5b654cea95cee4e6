// What bytes are: a snapshot, or gate data. Nothing is taken that is not whole, in order, and of the right tenant and person.

import { RolegateError } from "../errors.js";
import { restore } from "../lite.js";
import type { LiteGate } from "../lite-gate.js";
import type { Load, Snapshot } from "../snapshot.js";
import type { GateData, GateOptions } from "../types.js";
import type { Settings } from "./settings.js";

/** What was read. */
export interface Body {
  readonly revision: number;
  readonly snapshot: Snapshot | undefined;
  /** A snapshot of more than one person: within a revision it stays the same. */
  readonly isWhole: boolean;
  /** From then on every answer is "no" (ms). */
  readonly expires: number;
  readonly gate: (options: GateOptions | undefined) => LiteGate;
}

/** @throws {RolegateError} for anything that is not in order */
export async function read(bytes: Uint8Array, { user, tenant, load }: Pick<Settings, "user" | "tenant" | "load">): Promise<Body> {
  const text = textOf(bytes);
  // A snapshot may have the words somewhere; it is parsed once more then.
  const data = /rolegate-gate/.test(text) && (parse(text) as GateData | null);
  if (!data || data.format !== "rolegate-gate/1") return ofSnapshot(await (load ?? (await engine()))(bytes, tenant == null ? {} : { tenant }), user);
  const { tenant: whose, user: who, revision, expires = Infinity } = restore(data).toJSON();
  if (tenant != null && whose !== tenant) throw new RolegateError("wrong-tenant", `the gate data are of tenant \`${whose}\`, and \`${tenant}\`'s are wanted`);
  if (user !== undefined && who !== String(user)) throw new RolegateError("bad-gate-data", `the gate data are of \`${who}\`, and \`${user}\`'s are wanted`);
  return { revision, snapshot: undefined, isWhole: false, expires, gate: (options) => restore(data, options) };
}

function ofSnapshot(snapshot: Snapshot, user: Settings["user"]): Body {
  const users = snapshot.users();
  const who = user ?? users[0] ?? "";
  if (user === undefined && users.length > 1) throw new RolegateError("bad-options", "a snapshot of several people needs the option `user`: or give each only their own part, `snapshot.narrow(user)`");
  // The part of somebody whom the tenant does not know has neither users nor roles.
  const isWhole = users.length > 1 || (users.length === 0 && snapshot.roles().length > 0);
  return { revision: snapshot.revision, snapshot, isWhole, expires: snapshot.expiresAt?.getTime() ?? Infinity, gate: (options) => snapshot.for(who, options) };
}

/** WebAssembly is for those who get snapshots. By this name every place finds its own entry. */
async function engine(): Promise<Load> {
  return (await import("rolegate")).load;
}

function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new RolegateError("not-json", "this is no UTF-8 text", { cause });
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new RolegateError("not-json", `this is no JSON: ${String(cause)}`, { cause });
  }
}

/** Whether two documents say the same, but for when they were issued and end. */
export function isSameContent(one: Snapshot, other: Snapshot): boolean {
  const [a, b] = [one, other].map((snapshot) => ({ ...snapshot.toJSON(), issuedAt: 0, expiresAt: 0 }));
  return isEqual(a, b);
}

/** Of JSON that the engine has read, and that is no deeper than it allows. */
function isEqual(a: unknown, b: unknown): boolean {
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return a === b;
  const [keys, others] = [Object.keys(a), Object.keys(b)];
  const isList = Array.isArray(a) === Array.isArray(b);
  return isList && keys.length === others.length && keys.every((key) => Object.hasOwn(b, key) && isEqual((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]));
}

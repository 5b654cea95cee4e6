// What bytes are: a snapshot, or gate data. Nothing is taken that is not whole, in order, and of the right tenant and person.

import { RolegateError } from "../errors.js";
import { restore } from "../lite.js";
import type { LiteGate } from "../lite-gate.js";
import type { Snapshot } from "../snapshot.js";
import type { GateData, GateOptions } from "../types.js";
import type { Settings } from "./settings.js";

/** What was read. */
export interface Body {
  readonly revision: number;
  readonly snapshot?: Snapshot;
  /** Of a snapshot of more than one person, what it says: within a revision that stays the same. */
  readonly content?: () => string;
  /** From then on every answer is "no" (ms). */
  readonly expires: number;
  readonly gate: (options: GateOptions) => LiteGate;
}

/** @throws for anything that is not in order */
export async function read(bytes: Uint8Array, { user, tenant, load }: Pick<Settings, "user" | "tenant" | "load">): Promise<Body> {
  const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  // A snapshot may have the word somewhere; it is parsed once more then.
  const data = text.includes("rolegate-gate") ? (JSON.parse(text) as GateData) : undefined;
  if (data?.format !== "rolegate-gate/1") {
    // WebAssembly is for those who get snapshots. By this name every place finds its own entry.
    const loaded = load ?? (await import("rolegate")).load;
    return ofSnapshot(await loaded(bytes, tenant == null ? {} : { tenant }), user);
  }
  const gate = restore(data);
  if (tenant != null && gate.tenant !== tenant) throw new RolegateError("wrong-tenant", `these are \`${gate.tenant}\`'s, not \`${tenant}\`'s`);
  if (user !== undefined && gate.user !== String(user)) throw new RolegateError("bad-gate-data", `these are \`${gate.user}\`'s, not \`${user}\`'s`);
  return { revision: gate.revision, expires: data.expires ?? Infinity, gate: (options) => restore(data, options) };
}

function ofSnapshot(snapshot: Snapshot, user: Settings["user"]): Body {
  const users = snapshot.users();
  const { revision, expiresAt } = snapshot;
  if (user === undefined && users.length > 1) throw new RolegateError("bad-options", "a snapshot of several people needs the option `user`");
  // The part of somebody whom the tenant does not know has neither users nor roles.
  const isWhole = users.length > 1 || (users.length === 0 && snapshot.roles().length > 0);
  return { revision, snapshot, ...(isWhole && { content: () => wordsOf(snapshot) }), expires: expiresAt?.getTime() ?? Infinity, gate: (options) => snapshot.for(user ?? users[0] ?? "", options) };
}

/** What a snapshot says, but for when it was issued and ends, in whatever order. */
function wordsOf(snapshot: Snapshot): string {
  const sorted = (_: string, value: unknown): unknown => (typeof value === "object" && value !== null && !Array.isArray(value) ? Object.fromEntries(Object.entries(value).sort()) : value);
  return JSON.stringify({ ...snapshot.toJSON(), issuedAt: 0, expiresAt: 0 }, sorted);
}

/** Answers as text, without what only says since when and until when they are so. */
export function contentOf({ at, revision, expires, validSince, validUntil, ...rest }: GateData): string {
  return JSON.stringify(rest);
}

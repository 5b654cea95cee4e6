// What callers give, as the engine reads it. What cannot be read is refused: it must not count as nothing.

import { isWellFormed, toId } from "../core/attributes.js";
import { type Issue, RolegateError, type SubjectError } from "../core/errors.js";
import { plain } from "../core/options.js";
import { isSubject, write } from "../snapshot/subject.js";
import type { Obstacles } from "./errors.js";
import type { Operations } from "./types.js";

export function bad(message: string): RolegateError {
  return new RolegateError("bad-options", message);
}

/** Gives what `read` gives, unless that cannot be read. */
function read<T>(refusal: string, read: () => T | false): T {
  let value: T | false = false;
  try {
    value = read();
  } catch {} // such as a proxy, or what has no prototype
  if (value === false) throw bad(refusal);
  return value;
}

/** A moment in milliseconds. */
export function momentOf(at: unknown): number {
  return read("`at` is required: a `Date`, or milliseconds since the epoch", () => {
    const moment = typeof at === "number" ? at : Date.prototype.getTime.call(at as Date);
    return Number.isFinite(moment) && moment;
  });
}

export function clock(now: unknown): number {
  if (typeof now === "number" && Number.isFinite(now)) return now;
  throw bad("`now` is a number of milliseconds since the epoch");
}

/** How many people have each role. */
export function countsOf(usage: unknown): Record<string, number> {
  return read("`usage` has a whole number of people for each role", () => {
    const counts = Object.entries(plain(usage) as Record<string, number>);
    return (
      counts.every(([, count]) => Number.isSafeInteger(count) && count >= 0) && Object.fromEntries(counts)
    );
  });
}

/** When each user last used each permission. */
export type LastUses = Readonly<Record<string, Readonly<Record<string, string>>>>;

export function lastUsesOf(usage: unknown): LastUses {
  return read('`usage` is by user and permission: `{ "ana": { "tickets.view": "2030-01-31" } }`', () => {
    const users: unknown[] = Object.values(plain(usage) as object);
    const isTime = (time: unknown): boolean => typeof time === "string" && time !== "";
    return users.every((uses) => Object.values(plain(uses) as object).every(isTime)) && (usage as LastUses);
  });
}

/**
 * Whether a role can have this id. Whoever has lost an id must be told.
 * @throws {RolegateError} `bad-options` if it is not a string
 */
export function canBeRole(role: unknown, key = "role"): boolean {
  if (typeof role === "string") return isWellFormed(role);
  throw bad(`\`${key}\` is the id of one, a string`);
}

/** Somebody as JSON: the id, or all there is to say. */
export function actorOf(actor: unknown): string {
  const id = isSubject(actor) ? write(actor) : toId(actor);
  if (id === undefined) throw bad("`actor` is the id of a user, or a subject");
  return isSubject(actor) ? id : JSON.stringify(id);
}

/** Operations of which the first argument is a user. */
const OF_USERS: ReadonlySet<string> = /* @__PURE__ */ new Set<keyof Operations>([
  "removeUser",
  "disableUser",
  "enableUser",
  "setUserTeams",
  "setAttributes",
  "assign",
  "unassign",
]);

/** No operation has as many arguments. */
const MOST = 8;

/** An operation as the engine reads it; what stands against it, if it cannot be written. */
export function written(operation: keyof Operations, args: readonly unknown[]): string | Obstacles {
  const name = typeof operation === "string" ? operation : "";
  let count = Math.min(args.length, MOST);
  while (count > 0 && args[count - 1] === undefined) count -= 1;
  const all: unknown[] = [name, ...args.slice(0, count)];
  if (OF_USERS.has(name) && count > 0) all[1] = toId(args[0]) ?? args[0];
  let isMissing = false;
  try {
    return write(all, (value) => {
      // Without its end, team or condition, an assignment would be wider than was meant.
      isMissing = value === undefined;
      // JSON has no form for a symbol.
      if (isMissing) return Symbol();
      const isDate = Object.prototype.toString.call(value) === "[object Date]";
      return isDate ? Date.prototype.toISOString.call(value as Date) : value;
    });
  } catch (error) {
    const { path, message } = (error as SubjectError).issues[0] as Issue;
    const why = isMissing ? "leave out what is `undefined`" : message;
    return invalid(`\`${name}\`${path.replace("/", ", argument ")}: ${why}`);
  }
}

export function invalid(message: string): Obstacles {
  return [{ code: "invalid", message }];
}

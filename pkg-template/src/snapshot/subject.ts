// Somebody whom a snapshot does not list: what a caller gives is copied, and read like an entry of `users`.

import { isWellFormed, toId } from "../core/attributes.js";
import { type Issue, SubjectError } from "../core/errors.js";
import { pointerOf } from "../core/pointer.js";
import type { Assignment } from "../types/types.js";

/** An entry as it was read. Every key is there, so that no prototype lends it one. */
export interface Entry {
  id: string;
  name: string | undefined;
  teams: readonly string[] | undefined;
  roles: readonly Assignment[] | undefined;
  attributes: object | undefined;
  disabled: boolean | undefined;
}

/** Somebody whose entry is in order. */
export interface Outsider {
  readonly entry: Entry;
  /** As JSON; empty where names are all there is to it. */
  readonly text: string;
  /**
   * Of the conditions of its assignments: 1 if there may be any, and 2 more if one asks who somebody is, 4
   * more if one reads the context.
   */
  readonly flags: number;
}

/** Checks the JSON text of an entry and gives its flags, or throws. */
export type Check = (text: string) => number;

/** An entry lies two deep in a document, which may be 64 deep. */
const MAX_DEPTH = 62;
/**
 * About the longest text of an entry: 16 MiB. One whose parts are shared would be as long as all ways to
 * them.
 */
const MAX_LENGTH = 16 << 20;

/** Whether this is not an id of a user, but all there is to say of one. */
export function isSubject(user: unknown): user is object {
  return typeof user === "object" && user !== null;
}

/**
 * @param text what {@link write} gave
 * @throws {SubjectError}
 */
export function readWritten(text: string, check: Check): Outsider {
  const flags = check(text);
  return { entry: { ...nobody(), ...(JSON.parse(text) as Entry) }, text, flags };
}

/** Whether these strings are text, and no two the same. */
export function areNames(names: readonly unknown[] = []): boolean {
  return new Set(names).size === names.length && (names as readonly string[]).every(isWellFormed);
}

/** What an object has of its own. */
export function own<T extends object>(object: T): T {
  return { __proto__: null, ...object };
}

function nobody(): Entry {
  return {
    id: "",
    name: undefined,
    teams: undefined,
    roles: undefined,
    attributes: undefined,
    disabled: undefined,
  };
}

/** How many characters more there may be. */
interface Room {
  left: number;
}

/**
 * The entry of most, each value read once: roles and teams by their names alone, and attributes that nobody
 * asks for. Whether the names are in order is still to be checked. `undefined` where there is more to it, or
 * something wrong.
 */
export function plainEntry(subject: object): Entry | undefined {
  try {
    if (!isPlain(subject)) return undefined;
    const entry = nobody();
    const room = { left: MAX_LENGTH };
    for (const key in subject) {
      if (!hasOwnProperty.call(subject, key)) continue;
      const value = (subject as Record<string, unknown>)[key];
      if (value !== undefined && !take(entry, key, value, room)) return undefined;
    }
    return entry.id === "" ? undefined : entry;
  } catch {
    return undefined; // what cannot be read is met again
  }
}

/** Copies the value of a key, if it is plain. Attributes need only be in order. */
function take(entry: Entry, key: string, value: unknown, room: Room): boolean {
  switch (key) {
    case "id":
      return (entry.id = toId(value) ?? "") !== "";
    case "teams":
    case "roles":
      return (entry[key] = namesIn(value, room)) !== undefined;
    case "attributes":
      return typeof value === "object" && value !== null && !Array.isArray(value) && isData(value, room);
    case "name":
      return typeof value === "string" && isWellFormed((entry.name = value));
    case "disabled":
      return typeof (entry.disabled = value as boolean) === "boolean";
    default:
      return false;
  }
}

/** A copy of a list of strings. */
function namesIn(list: unknown, room: Room): readonly string[] | undefined {
  if (!Array.isArray(list)) return undefined;
  const names: string[] = [];
  for (let i = 0; i < list.length; i += 1) {
    const name: unknown = list[i];
    if (typeof name !== "string" || (room.left -= name.length + 3) < 0) return undefined;
    names.push(name);
  }
  return names;
}

/** Whether {@link write} has a form for this, and the engine nothing against it. */
function isData(value: unknown, room: Room, depth = 1): boolean {
  if (typeof value === "string") return (room.left -= value.length) >= 0 && isWellFormed(value);
  if ((room.left -= 4) < 0) return false;
  if (typeof value !== "object" || value === null)
    return value === null || value === undefined || typeof value === "boolean" || Number.isFinite(value);
  if (depth >= MAX_DEPTH || !(Array.isArray(value) || isPlain(value))) return false;
  for (const key in value) {
    if (!hasOwnProperty.call(value, key)) continue;
    if (!isData(key, room) || !isData((value as Record<string, unknown>)[key], room, depth + 1)) return false;
  }
  return true;
}

/** Engines know it best: in a loop over keys it costs nothing. */
const { hasOwnProperty } = Object.prototype;

/** An object of no class: its prototype is `Object.prototype`, of this realm or another, or there is none. */
function isPlain(object: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(object);
  return (
    prototype === Object.prototype ||
    prototype === null ||
    (Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype as object, "hasOwnProperty"))
  );
}

/**
 * Writes plain data as JSON: own properties, each read once, and nothing by `toJSON`. What JSON has no form
 * for is refused.
 * @param instead gives what is written in place of each value below
 * @throws {SubjectError}
 */
export function write(subject: object, instead = (value: unknown): unknown => value): string {
  const path: (string | number)[] = [];
  let left = MAX_LENGTH;

  function refused(code: Issue["code"], message: string, at = path): SubjectError {
    return new SubjectError([{ path: pointerOf(at), code, message }]);
  }

  /** Takes note of so many characters more. */
  function grow(length: number): void {
    if ((left -= length) < 0) throw refused("too-large", "longer than 16 MiB", []);
  }

  /** What stands at a key; `undefined` if it is not there. */
  function member(holder: object, key: string | number): string | undefined {
    path.push(key);
    const text = writeValue(instead((holder as Record<string | number, unknown>)[key]));
    path.pop();
    return text;
  }

  function writeValue(value: unknown): string | undefined {
    if (typeof value === "string") {
      grow(value.length);
      return JSON.stringify(value);
    }
    grow(4);
    return typeof value === "object" && value !== null ? writeObject(value) : writeScalar(value);
  }

  function writeScalar(value: unknown): string | undefined {
    const isInteger = typeof value === "bigint" || Number.isSafeInteger(value);
    if (value === undefined) return undefined;
    if (isInteger && path.length === 1 && path[0] === "id") return `"${String(value)}"`;
    if (
      value === null ||
      typeof value === "boolean" ||
      Number.isFinite(value) ||
      (isInteger && Number.isSafeInteger(Number(value)))
    )
      return String(value);
    throw refused("type", "expected a JSON value; write a large integer as a string");
  }

  function writeObject(value: object): string {
    if (path.length >= MAX_DEPTH) throw refused("too-deep", "nested deeper than 62", []);
    let members = "";
    if (Array.isArray(value)) {
      for (let i = 0; i < value.length; i += 1) members += `${i > 0 ? "," : ""}${member(value, i) ?? "null"}`;
      return `[${members}]`;
    }
    if (!isPlain(value)) throw refused("type", "expected a plain object");
    for (const key of Object.keys(value)) {
      const text = member(value, key);
      grow(key.length);
      if (text !== undefined) members += `${members && ","}${JSON.stringify(key)}:${text}`;
    }
    return `{${members}}`;
  }

  try {
    return writeValue(subject) as string;
  } catch (error) {
    // A getter or a proxy that throws.
    throw error instanceof SubjectError ? error : refused("type", "this cannot be read");
  }
}

// Reading data from elsewhere (gate data, scopes): whatever is not exactly right is refused, with its place.

import { isRecord } from "./attributes.js";
import { RolegateError } from "./errors.js";

/** Makes something of JSON, or throws. */
export type Read<T> = (json: unknown) => T;

/** The value, unless it is `false`, null or undefined: then whoever reads tells the place. */
export function must<T>(value: T | false | null | undefined): T {
  if (value === false || value === null || value === undefined) throw new SyntaxError();
  return value;
}

/** Reads the own property `key`. Where it is absent, it is `otherwise`. */
export function field<T>(object: object, key: PropertyKey, read: Read<T>, otherwise?: T): T {
  try {
    const json: unknown = Object.hasOwn(object, key)
      ? (object as Record<PropertyKey, unknown>)[key]
      : undefined;
    return json === undefined && otherwise !== undefined ? otherwise : read(json);
  } catch (error) {
    return fail(key, error);
  }
}

/** What is wrong at a key, or below it. */
function fail(key: PropertyKey, error?: unknown): never {
  const problem = error instanceof RolegateError ? `/${error.message}` : " is not valid";
  throw new RolegateError("bad-gate-data", String(key) + problem, { cause: error });
}

/** Reads every element of a list. */
export function list<T>(read: Read<T>): Read<T[]> {
  return (json) => {
    const items = must(Array.isArray(json) && (json as unknown[]));
    const made: T[] = [];
    for (let i = 0; i < items.length; i += 1) made.push(field(items, i, read));
    return made;
  };
}

/**
 * An object that has no other keys than `known`: one that is misspelt must not widen an answer by its
 * absence.
 */
export function object(known: string): Read<object> {
  const keys = known.split(" ");
  return (json) => {
    const found = must(isRecord(json) && json);
    for (const key of Object.keys(found)) if (!keys.includes(key)) fail(key);
    return found;
  };
}

export const text: Read<string> = (json) => must(typeof json === "string" && json);

export const time: Read<number> = (json) => must(Number.isFinite(json) && (json as number));

/** A natural number below `end`. */
export function index(end: number): Read<number> {
  return (json) =>
    must(Number.isInteger(json) && (json as number) >= 0 && (json as number) < end && (json as number));
}

/** `true`: what is false is not written. */
export const yes: Read<true> = (json) => must(json === true);

/** A position in a list, as what stands there. */
export function among<T>(all: readonly T[]): Read<T> {
  return (at) => all[index(all.length)(at)] as T;
}

/** What may be absent. */
export function optional<T>(read: Read<T>): Read<T | undefined> {
  return (json) => (json === undefined ? undefined : read(json));
}

/** A copy of plain data, so that whoever changes what was handed out changes no answer. */
export function copyOf<T>(data: T, room?: Room): T {
  room?.take(typeof data === "string" ? data.length : 0);
  if (typeof data !== "object" || data === null) return data;
  if (Array.isArray(data)) return data.map((item: unknown) => copyOf(item, room)) as T;
  return Object.fromEntries(
    Object.entries(data).flatMap(([key, value]) =>
      value === undefined ? [] : [[key, copyOf(value as unknown, room)]],
    ),
  ) as T;
}

/**
 * How much may be written of one answer, in letters: what a document says in a few bytes may be a long list
 * for each of many.
 */
const MOST_WRITTEN = 4_000_000;
/** What a value takes besides its letters. */
const VALUE = 8;

/** The room that is left for what is being written. */
export class Room {
  private left = MOST_WRITTEN;

  /** @throws {RolegateError} `too-complex` */
  take(letters: number): void {
    if ((this.left -= VALUE + letters) < 0) throw new RolegateError("too-complex", "too much data to write");
  }

  /** The names in a set. */
  listed(names: Iterable<string>): string[] {
    const list: string[] = [];
    for (const name of names) {
      this.take(name.length);
      list.push(name);
    }
    return list;
  }
}

/** Writes a list in a few letters, or not. */
type Short = (list: readonly unknown[]) => string | undefined;

/** Plain data as JSON text, whatever `toJSON` there is on a prototype. */
export function textOf(data: unknown, short?: Short): string {
  if (typeof data !== "object" || data === null) return JSON.stringify(data) ?? "null";
  if (Array.isArray(data))
    return short?.(data) ?? `[${data.map((item: unknown) => textOf(item, short)).join()}]`;
  const members = Object.entries(data).flatMap(([key, value]) =>
    value === undefined ? [] : `${JSON.stringify(key)}:${textOf(value, short)}`,
  );
  return `{${members.join()}}`;
}

// Reading attributes of application objects. Whatever the object, nothing here throws, and what cannot be
// read is unknown.
//
// A value that was read is one of: `undefined` (absent or null), `null` (unknown: it cannot be read, or lies
// in something of which nothing is known), a string, finite number, boolean or large bigint, an `Instant`, a
// list, or an object, which stands for whatever else is there and equals nothing. In a list, whatever is no
// string, number or boolean is an unknown element.
//
// Twin of src/json/value.rs; tests/package/own.mjs and tests/own.rs hold them equal.

const UNFIT: object = {};
const UNREADABLE: unique symbol = Symbol("unreadable");
const MAX_PROTOTYPES = 64;
/** Names and values that are looked through one by one. */
const FEW = 32;
/** What no id is longer than. */
export const MAX_ID_BYTES = 256;

const ILL_FORMED = /[\ud800-\udfff]/u;
const ID = /^[^\0-\x1f\x7f-\x9f\ud800-\udfff]+$/u;

/** A moment that was a `Date`. */
export class Instant {
  readonly ms: number;

  constructor(ms: number) {
    this.ms = ms;
  }
}

/** Calls that fit on the stack wherever something is read. */
const ROOM = 400;

/**
 * What stands for what cannot be read. Where only the stack was at its end, that must not stand for good:
 * then this throws, too.
 * @throws {RangeError}
 */
export function unread<T>(value: T): T {
  descendInto(ROOM);
  return value;
}

function descendInto(depth: number): number {
  return depth > 0 ? descendInto(depth - 1) + 1 : 0;
}

/** Where attributes are read. */
export interface Attributes {
  /** What a path finds. */
  read(path: Path): unknown;
}

/** An attribute path without its root. */
export interface Path {
  readonly name: string;
  readonly keys: readonly string[];
}

/** Prototypes below which there is nothing but classes of applications. */
const APPLICATIONS: WeakSet<object> = /* @__PURE__ */ new WeakSet();

/** An object with attributes: no list, no promise, nothing that the language or the platform makes. */
export function isRecord(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  try {
    // Nearly all records go by this; engines find the prototype fast where a property was looked for before.
    return "then" in value || Object.getPrototypeOf(value) !== Object.prototype
      ? isOddRecord(value)
      : !Array.isArray(value);
  } catch {
    return unread(false);
  }
}

/** The prototype that was seen last: records of one kind come one after another. */
let lastPrototype: object | null = null;

/** The same of what has another prototype than most, or a key `then`; throws where it cannot be told. */
export function isOddRecord(value: { then?: unknown }): boolean {
  const prototype = Object.getPrototypeOf(value) as object | null;
  const isPlain =
    prototype === lastPrototype ||
    prototype === Object.prototype ||
    prototype === null ||
    APPLICATIONS.has(prototype) ||
    isApplications(prototype);
  lastPrototype = isPlain ? prototype : null;
  // What somebody put on `Object.prototype` makes no promise of anything.
  return (
    isPlain &&
    (typeof value.then !== "function" || value.then === (Object.prototype as { then?: unknown }).then) &&
    !Array.isArray(value)
  );
}

function isApplications(prototype: object): boolean {
  let at = prototype;
  for (let i = 0; i < MAX_PROTOTYPES; i += 1) {
    const next = Object.getPrototypeOf(at) as object | null;
    // The last one is `Object.prototype`, of this realm or another.
    if (next === null) {
      APPLICATIONS.add(prototype);
      return true;
    }
    if (isBuiltIn(at)) return false;
    at = next;
  }
  return false;
}

function isList(value: unknown): value is readonly unknown[] {
  try {
    return Array.isArray(value);
  } catch {
    return unread(false); // a revoked proxy
  }
}

/** The raw value of a property that counts; `unreadable` if it cannot be read. */
export function readKey(object: object, key: PropertyKey, unreadable?: unknown): unknown {
  try {
    return counts(object, key) ? (object as Record<PropertyKey, unknown>)[key] : undefined;
  } catch {
    return unread(unreadable);
  }
}

/** Whether a property counts, as far as that can be told. */
export function has(object: object, key: PropertyKey): boolean {
  try {
    return counts(object, key);
  } catch {
    return unread(false);
  }
}

/**
 * Whether a property counts: an own one, or one of a prototype that is not built in, such as a getter of a
 * class. Of what is absent, `in` is what tells a reactive proxy that somebody waits for it.
 */
function counts(object: object, key: PropertyKey): boolean {
  return Object.hasOwn(object, key) || (key in object && inherits(object, key));
}

function inherits(object: object, key: PropertyKey): boolean {
  let at: object | null = object;
  for (let i = 0; i < MAX_PROTOTYPES; i++) {
    at = Object.getPrototypeOf(at) as object | null;
    if (at === null || at === Object.prototype || isBuiltIn(at)) break;
    if (Object.hasOwn(at, key)) return true;
  }
  return false;
}

/**
 * Of the language or the platform, in this realm or another: its constructor is native code, or it has a tag
 * that nobody can set.
 */
function isBuiltIn(prototype: object): boolean {
  const { constructor } = prototype;
  const isNative =
    Object.hasOwn(prototype, "constructor") &&
    typeof constructor === "function" &&
    Function.prototype.toString.call(constructor).slice(-20).includes("[native code]");
  return isNative || Object.getOwnPropertyDescriptor(prototype, Symbol.toStringTag)?.writable === false;
}

/** What is not a record: nothing is known of it. */
export const NOTHING_KNOWN: Attributes = { read: () => null };

/** The attributes of an object. */
class Source implements Attributes {
  private readonly source: object;
  /** Names and values in turn, where a path may be asked for again. Mostly they are few. */
  private readonly seen: unknown[] | undefined;
  private many: Map<string, unknown> | undefined = undefined;

  constructor(source: object, seen: unknown[] | undefined) {
    this.source = source;
    this.seen = seen;
  }

  read(path: Path): unknown {
    const { source, seen } = this;
    if (seen === undefined) return readFrom(source, path.keys);
    const { name } = path;
    for (let i = 0; i < seen.length; i += 2) if (seen[i] === name) return seen[i + 1];
    const { many } = this;
    if (many?.has(name)) return many.get(name);
    const value = readFrom(source, path.keys);
    if (seen.length < FEW) seen.push(name, value);
    else (this.many ??= new Map()).set(name, value);
    return value;
  }
}

/**
 * The attributes of an object; of anything else nothing is known.
 * @param isAskedOnce whether no path is asked for twice: else what was read is kept, so that each is read
 *   at most once
 */
export function attributesOf(source: unknown, isAskedOnce?: boolean): Attributes {
  return isRecord(source) ? attributesOfRecord(source, isAskedOnce) : NOTHING_KNOWN;
}

/** The same of what is known to be a record. */
export function attributesOfRecord(record: object, isAskedOnce?: boolean): Attributes {
  return new Source(record, isAskedOnce ? undefined : []);
}

/** An element of a list that is an object. What was read of it stays. */
export class Element implements Attributes {
  private readonly object: object;
  private attributes: Attributes | undefined = undefined;

  constructor(object: object) {
    this.object = object;
  }

  read(path: Path): unknown {
    return (this.attributes ??= attributesOf(this.object)).read(path);
  }
}

/** What {@link readPath} gives of a record. */
function readFrom(record: object, keys: readonly string[]): unknown {
  try {
    return descend(readKey(record, keys[0] as string, UNREADABLE), keys, 1);
  } catch {
    return unread(null); // a proxy that throws, or a list within itself
  }
}

/** What `keys` find: each descends, and lists on the way are entered, which gives one flat list. */
export function readPath(value: unknown, keys: readonly string[]): unknown {
  try {
    return descend(value, keys, 0);
  } catch {
    return unread(null);
  }
}

/** The same for a property whose raw value was read already. */
export function readAt(object: object, key: string, value: unknown): unknown {
  try {
    return counts(object, key) ? descend(value, [], 0) : undefined;
  } catch {
    return unread(null);
  }
}

/** @param found the list, once one was entered: what is found joins it, be it that nothing is */
function descend(value: unknown, keys: readonly string[], at: number, found?: unknown[]): unknown {
  const key = at < keys.length ? keys[at] : undefined;
  if (isList(value)) {
    const all = found ?? [];
    for (let i = 0; i < value.length; i++) {
      const item = readKey(value, i, UNREADABLE);
      // A list inside the list that the path ends at is an element of which nothing is known.
      if (key !== undefined) descend(item, keys, at, all);
      else all.push(isList(item) ? null : elementOf(item));
    }
    return all;
  }
  if (key !== undefined && isRecord(value))
    return descend(readKey(value, key, UNREADABLE), keys, at + 1, found);
  const one =
    key === undefined
      ? value
      : (typeof value === "object" && value !== null) || typeof value === "function" || value === UNREADABLE
        ? UNREADABLE
        : undefined;
  if (found === undefined) return one === UNREADABLE ? null : simple(one);
  found.push(elementOf(one));
  return found;
}

function elementOf(value: unknown): unknown {
  if (value === UNREADABLE) return null;
  return typeof value === "object" && value !== null ? new Element(value) : (simple(value) ?? null);
}

function simple(value: unknown): unknown {
  switch (typeof value) {
    case "string":
      return isWellFormed(value) ? value : UNFIT;
    case "number":
      return Number.isFinite(value) ? value : UNFIT;
    case "bigint":
      return Number.isSafeInteger(Number(value)) ? Number(value) : value;
    case "boolean":
    case "undefined":
      return value;
    case "object":
      return value === null ? undefined : instantOf(value);
    default:
      return UNFIT;
  }
}

function instantOf(value: object): object {
  try {
    const ms =
      Object.prototype.toString.call(value) === "[object Date]" ? Date.prototype.getTime.call(value) : NaN;
    return ms === ms ? new Instant(ms) : UNFIT;
  } catch {
    return unread(UNFIT); // what only calls itself a date
  }
}

/** Whether a string is Unicode text. Another one cannot occur in a snapshot, so it equals nothing there. */
export function isWellFormed(text: string & { isWellFormed?(): boolean }): boolean {
  return text.isWellFormed?.() ?? !ILL_FORMED.test(text);
}

/** The id that a value which was read stands for; `undefined` if it is none. */
export function toId(value: unknown): string | undefined {
  if (typeof value === "string") return isId(value) ? value : undefined;
  return typeof value === "bigint" || Number.isSafeInteger(value) ? String(value) : undefined;
}

/** The ids that a value which was read stands for. */
export function toIds(value: unknown): string[] {
  return [value].flat().flatMap((item) => toId(item) ?? []);
}

export function isId(text: string): boolean {
  // A unit of UTF-16 takes one to three bytes of UTF-8, so most ids need not be counted, nor what is far too
  // long be searched.
  return (
    text.length <= MAX_ID_BYTES &&
    ID.test(text) &&
    (text.length * 3 <= MAX_ID_BYTES || encodeURIComponent(text).replace(/%../g, "_").length <= MAX_ID_BYTES)
  );
}

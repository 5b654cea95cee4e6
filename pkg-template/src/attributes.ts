// Reading attributes of application objects. Whatever the object, nothing here throws, and what cannot be read is absent.
//
// A value that was read is one of: `undefined` (absent or null), a string, finite number, boolean or bigint, a list of such, or an
// object, which stands for whatever else is there and equals nothing. In lists `null` stays.

const UNFIT: object = {};
const MAX_PROTOTYPES = 64;
const MAX_ID_BYTES = 256;

const ILL_FORMED = /[\ud800-\udfff]/u;
const ID = /^[^\0-\x1f\x7f-\x9f\ud800-\udfff]+$/u;

/** An object that is no list (and no function). */
export function isRecord(value: unknown): value is object {
  return typeof value === "object" && value !== null && !isList(value);
}

/** A revoked proxy counts as a list, for nothing can be known of it. */
function isList(value: unknown): value is readonly unknown[] {
  try {
    return Array.isArray(value);
  } catch {
    return true;
  }
}

/** The raw value of a property that counts. */
export function readKey(object: object, key: PropertyKey): unknown {
  try {
    return has(object, key) ? (object as Record<PropertyKey, unknown>)[key] : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a property counts: an own one, or one of a prototype that is not built in, such as a getter of a class. */
export function has(object: object, key: PropertyKey): boolean {
  try {
    let at: object | null = object;
    for (let i = 0; i < MAX_PROTOTYPES && at !== null; i++) {
      if (Object.hasOwn(at, key)) return true;
      at = Object.getPrototypeOf(at) as object | null;
      if (at === Object.prototype || (at !== null && isBuiltIn(at))) break;
    }
  } catch {
    // A proxy that throws.
  }
  return false;
}

/** Of the language or the platform, in this realm or another: its constructor is native code. */
function isBuiltIn(prototype: object): boolean {
  return Object.hasOwn(prototype, "constructor") && Function.prototype.toString.call(prototype.constructor).slice(-20).includes("[native code]");
}

/** What `keys` find: each descends, and lists on the way are entered, which gives one flat list. */
export function readPath(value: unknown, keys: readonly string[]): unknown {
  try {
    if (keys.length === 1 && isRecord(value)) {
      const found = readKey(value, keys[0] as string);
      return typeof found === "object" ? descend(found, keys, 1) : simple(found);
    }
    return descend(value, keys, 0);
  } catch {
    return undefined; // a proxy that throws, or a list within itself
  }
}

/** @param found the list, once one was entered */
function descend(value: unknown, keys: readonly string[], at: number, found?: unknown[]): unknown {
  const key = keys[at];
  if (isList(value)) {
    found ??= [];
    for (let i = 0; i < value.length; i++) {
      const item = readKey(value, i);
      // A list inside the list that the path ends at is absent, but an element: a list of lists is not empty.
      if (key !== undefined) descend(item, keys, at, found);
      else found.push(isList(item) ? null : (simple(item) ?? null));
    }
  } else if (key !== undefined) {
    if (isRecord(value)) return descend(readKey(value, key), keys, at + 1, found);
  } else if (found === undefined) {
    return simple(value);
  } else if (value !== undefined) {
    found.push(simple(value) ?? null);
  }
  return found;
}

function simple(value: unknown): unknown {
  switch (typeof value) {
    case "string":
      return isWellFormed(value) ? value : UNFIT;
    case "number":
      return Number.isFinite(value) ? value : UNFIT;
    case "boolean":
    case "bigint":
      return value;
    default:
      return value === null || value === undefined ? undefined : UNFIT;
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
  // A unit of UTF-16 takes one to three bytes of UTF-8, so most ids need not be counted, nor what is far too long be searched.
  return text.length <= MAX_ID_BYTES && ID.test(text) && (text.length * 3 <= MAX_ID_BYTES || encodeURIComponent(text).replace(/%../g, "_").length <= MAX_ID_BYTES);
}
